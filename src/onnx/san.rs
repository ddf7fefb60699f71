//! SAN's graph: covariances and windows, whose sizes depend on the picture's.

use super::builder::{Builder, int, ints};
use super::network::block_paths;
use crate::config::SanConfig;
use crate::network::attention::{ChannelAttention, ITERATIONS, MIN_TRACE};
use crate::network::blocks::{Block, StandardBlock};
use crate::network::non_local::{OUTSIDE, WINDOW, embedded};

/// ONNX's number for the type f32.
const FLOAT: i64 = 1;

impl Builder {
    /// The part before the upsampler, of a picture less its mean.
    pub(super) fn san_features(&mut self, x: &str, config: &SanConfig) -> String {
        let head = self.conv(x, "head");
        let source = self.non_local(&head, config.channels);
        let (gamma, _) = self.parameter("gamma");
        let shared = self.apply("Mul", &[&source, &gamma]);
        let mut y = source;
        for group in 0..config.groups {
            let path = format!("groups.{group}");
            let z = StandardBlock::export_chain(&config.block_sizes(), self, &y, &block_paths(&path, config.blocks));
            let pooled = self.covariance_pool(&z, config.channels);
            let z = ChannelAttention::export_gate(self, &z, &pooled, &format!("{path}.attention"));
            let z = self.group_end(&y, &z, &path);
            y = self.add(&z, &shared);
        }
        let y = self.non_local(&y, config.channels);
        self.add(&y, &head)
    }

    /// See [`covariance_pool`](crate::network::attention).
    fn covariance_pool(&mut self, x: &str, channels: usize) -> String {
        let flat = self.reshape(x, &[channels as i64, -1]);
        let turned = self.transpose(&flat, &[1, 0]);
        let products = self.apply("MatMul", &[&flat, &turned]);
        let shape = self.apply("Shape", &[&flat]);
        let count = self.slice(&shape, 0, 1, 2);
        let count = self.with("Cast", &[&count], vec![int("to", FLOAT)]);
        let products = self.apply("Div", &[&products, &count]);
        let means = self.apply("GlobalAveragePool", &[x]);
        let means = self.reshape(&means, &[channels as i64, 1]);
        let turned = self.transpose(&means, &[1, 0]);
        let means = self.apply("MatMul", &[&means, &turned]);
        let covariance = self.apply("Sub", &[&products, &means]);

        let values: Vec<f32> = (0..channels * channels).map(|at| f32::from(at % (channels + 1) == 0)).collect();
        let identity = self.shared_constant("identity", &[channels, channels], &values);
        let smallest = self.shared_constant("min_trace", &[1, 1], &[MIN_TRACE]);
        let diagonal = self.apply("Mul", &[&covariance, &identity]);
        let trace = self.apply("ReduceSum", &[&diagonal]);
        let trace = self.relu(&trace);
        let trace = self.add(&trace, &smallest);
        let normal = self.apply("Div", &[&covariance, &trace]);
        let root = self.square_root(&normal, &identity);
        let size = self.apply("Sqrt", &[&trace]);
        let root = self.apply("Mul", &[&root, &size]);
        let means = self.shared_constant("row_mean", &[channels, 1], &vec![1.0 / channels as f32; channels]);
        let pooled = self.apply("MatMul", &[&root, &means]);
        self.reshape(&pooled, &[1, channels as i64, 1, 1])
    }

    fn square_root(&mut self, a: &str, identity: &str) -> String {
        let three = self.shared_constant("three", &[1, 1], &[3.0]);
        let half = self.shared_constant("half", &[1, 1], &[0.5]);
        let three = self.apply("Mul", &[identity, &three]);
        let step = |graph: &mut Self, product: &str| {
            let rest = graph.apply("Sub", &[&three, product]);
            graph.apply("Mul", &[&rest, &half])
        };
        let t = step(self, a);
        let (mut y, mut z) = (self.apply("MatMul", &[a, &t]), t);
        for _ in 2..ITERATIONS {
            let product = self.apply("MatMul", &[&z, &y]);
            let t = step(self, &product);
            (y, z) = (self.apply("MatMul", &[&y, &t]), self.apply("MatMul", &[&t, &z]));
        }
        let product = self.apply("MatMul", &[&z, &y]);
        let t = step(self, &product);
        self.apply("MatMul", &[&y, &t])
    }

    /// See [`NonLocal`](crate::network::non_local).
    fn non_local(&mut self, x: &str, channels: usize) -> String {
        let embedded = embedded(channels) as i64;
        let shape = self.apply("Shape", &[x]);
        let size = self.slice(&shape, 0, 2, 4);
        let [window, almost] = [WINDOW, WINDOW - 1].map(|side| self.integers(&[side as i64]));
        let more = self.add(&size, &almost);
        let counts = self.apply("Div", &[&more, &window]);
        let padded = self.apply("Mul", &[&counts, &window]);
        let missing = self.apply("Sub", &[&padded, &size]);
        let none = self.integers(&[0; 6]);
        let pads = self.concat(&[&none, &missing], 0);
        let [rows, columns] = [(0, 1), (1, 2)].map(|(from, to)| self.slice(&counts, 0, from, to));

        let cut = |graph: &mut Self, x: &str, channels: i64, fill: f32| {
            let fill = graph.shared_constant(&format!("fill{fill}"), &[], &[fill]);
            let x = graph.apply("Pad", &[x, &pads, &fill]);
            let channel_count = graph.integers(&[channels]);
            let parts = graph.concat(&[&channel_count, &rows, &window, &columns, &window], 0);
            let x = graph.apply("Reshape", &[&x, &parts]);
            let x = graph.transpose(&x, &[1, 3, 0, 2, 4]);
            graph.reshape(&x, &[-1, channels, (WINDOW * WINDOW) as i64])
        };
        let [theta, phi, g] = ["theta", "phi", "g"].map(|part| {
            let embedding = self.conv(x, &format!("non_local.{part}"));
            cut(self, &embedding, embedded, 0.0)
        });
        let one = self.integers(&[1, 1]);
        let plane = self.concat(&[&one, &size], 0);
        let inside = self.apply("ConstantOfShape", &[&plane]);
        let outside = cut(self, &inside, 1, OUTSIDE);
        let outside = self.transpose(&outside, &[0, 2, 1]);
        let phi = self.transpose(&phi, &[0, 2, 1]);
        let scores = self.apply("MatMul", &[&phi, &theta]);
        let scores = self.add(&scores, &outside);
        let weights = self.with("Softmax", &[&scores], vec![int("axis", 1)]);
        let means = self.apply("MatMul", &[&g, &weights]);

        let channel_count = self.integers(&[embedded]);
        let parts = self.concat(&[&counts, &channel_count, &window, &window], 0);
        let means = self.apply("Reshape", &[&means, &parts]);
        let means = self.transpose(&means, &[2, 0, 3, 1, 4]);
        let batch = self.integers(&[1]);
        let whole = self.concat(&[&batch, &channel_count, &padded], 0);
        let means = self.apply("Reshape", &[&means, &whole]);
        let (start, axes) = (self.integers(&[0, 0]), self.integers(&[2, 3]));
        let means = self.apply("Slice", &[&means, &start, &size, &axes]);
        let change = self.conv(&means, "non_local.out");
        self.add(&change, x)
    }

    fn reshape(&mut self, x: &str, shape: &[i64]) -> String {
        let shape = self.integers(shape);
        self.apply("Reshape", &[x, &shape])
    }

    fn transpose(&mut self, x: &str, order: &[i64]) -> String {
        self.with("Transpose", &[x], vec![ints("perm", order)])
    }
}
