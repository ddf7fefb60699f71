//! Attention to channels: each channel is multiplied by a number that depends on the whole picture.
//! RCAN's takes it from the channels' means; SAN's from their covariance.

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use super::conv::{ConvSame, matmul};
use super::counting::Tally;
#[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
use crate::onnx::Builder;
use crate::ops::float::{
    add, from_values, mean_dim, multiply, permute, reciprocal, relu, reshape, sigmoid, sqrt, subtract, sum_dim,
};

/// Iterations of Newton-Schulz, as in SAN's paper.
pub(crate) const ITERATIONS: usize = 5;

/// Added to the trace, so that flat pictures, which have none, divide by no zero.
pub(crate) const MIN_TRACE: f32 = 1e-5;

/// Two pointwise convolutions and a sigmoid: from a number for each channel to its gate.
#[derive(Module, Debug)]
pub struct ChannelAttention {
    squeeze: ConvSame,
    excite: ConvSame,
}

impl ChannelAttention {
    /// `reduction`: how many times fewer channels lie between the two convolutions.
    pub(super) fn new(channels: usize, reduction: usize, device: &Device) -> Self {
        let hidden = hidden(channels, reduction);
        Self {
            squeeze: ConvSame::pointwise(channels, hidden, device),
            excite: ConvSame::pointwise(hidden, channels, device),
        }
    }

    /// RCAN's: by the channels' means. `[batch, channels, height, width]` -> the same.
    pub(super) fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let pooled = mean_dim(mean_dim(x.clone(), 3), 2);
        self.gate(x, pooled)
    }

    /// SAN's: by their [`covariance_pool`]. `[batch, channels, height, width]` -> the same.
    pub(super) fn forward_second_order(&self, x: Tensor<4>) -> Tensor<4> {
        let pooled = covariance_pool(x.clone());
        self.gate(x, pooled)
    }

    /// `pooled`: `[batch, channels, 1, 1]`
    fn gate(&self, x: Tensor<4>, pooled: Tensor<4>) -> Tensor<4> {
        multiply(x, sigmoid(self.excite.forward(relu(self.squeeze.forward(pooled)))))
    }

    /// Adds its parameters and multiply-adds.
    pub(super) fn count(channels: usize, reduction: usize, tally: &mut Tally) {
        let hidden = hidden(channels, reduction);
        tally.params += (2 * channels * hidden + hidden + channels) as u64;
        tally.macs_per_picture += (2 * channels * hidden) as u64;
        tally.global = true;
    }

    #[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
    pub(crate) fn export(graph: &mut Builder, x: &str, path: &str) -> String {
        let pooled = graph.apply("GlobalAveragePool", &[x]);
        Self::export_gate(graph, x, &pooled, path)
    }

    #[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
    pub(crate) fn export_gate(graph: &mut Builder, x: &str, pooled: &str, path: &str) -> String {
        let squeezed = graph.conv_relu(pooled, &format!("{path}.squeeze"));
        let excited = graph.conv(&squeezed, &format!("{path}.excite"));
        let gate = graph.apply("Sigmoid", &[&excited]);
        graph.apply("Mul", &[x, &gate])
    }
}

fn hidden(channels: usize, reduction: usize) -> usize {
    (channels / reduction).max(1)
}

/// The means of the rows of the square root of the channels' covariance matrix:
/// `[batch, channels, height, width]` -> `[batch, channels, 1, 1]`.
///
/// See Dai and others, "Second-order Attention Network for Single Image Super-Resolution" (CVPR
/// 2019). The covariance is the mean of products less the product of means, summed row by row. The
/// root comes from Newton-Schulz, which needs a matrix of small norm: so it is divided by its trace
/// before, and the root multiplied by the trace's root after.
pub(super) fn covariance_pool(x: Tensor<4>) -> Tensor<4> {
    let ([n, c, h, w], device) = (x.dims(), x.device());
    let means = mean_dim(mean_dim(x.clone(), 3), 2);
    let rows = reshape(permute(x, [0, 2, 1, 3]), [n * h, c, w]);
    let products = matmul(rows.clone(), permute(rows, [0, 2, 1]));
    let products = reshape(mean_dim(reshape::<3, 4>(products, [n, h, c, c]), 1), [n, c, c]);
    let products = multiply(products, number(1.0 / w as f32, &device));
    let means: Tensor<3> = reshape(means, [n, c, 1]);
    let covariance = subtract(products, multiply(means.clone(), permute(means, [0, 2, 1])));

    let identity = identity(c, &device);
    let trace = sum_dim(sum_dim(multiply(covariance.clone(), identity.clone()), 2), 1);
    // Rounding can make the variance of a flat channel negative.
    let trace = add(relu(trace), number(MIN_TRACE, &device));
    let normal = multiply(covariance, reciprocal(trace.clone()));
    let root = multiply(square_root(normal, identity), sqrt(trace));
    reshape(mean_dim(root, 2), [n, c, 1, 1])
}

/// The square root of each matrix by Newton-Schulz: `[batch, c, c]`, of a norm below 1.
fn square_root(a: Tensor<3>, identity: Tensor<3>) -> Tensor<3> {
    let (three, half) = (multiply(identity.clone(), number(3.0, &a.device())), number(0.5, &a.device()));
    let step = |product: Tensor<3>| multiply(subtract(three.clone(), product), half.clone());
    let t = step(a.clone());
    let (mut y, mut z) = (matmul(a, t.clone()), t);
    for _ in 2..ITERATIONS {
        let t = step(matmul(z.clone(), y.clone()));
        (y, z) = (matmul(y, t.clone()), matmul(t, z));
    }
    let t = step(matmul(z, y.clone()));
    matmul(y, t)
}

fn identity(size: usize, device: &Device) -> Tensor<3> {
    let values = (0..size * size).map(|at| f32::from(at % (size + 1) == 0)).collect();
    from_values(values, [1, size, size], device)
}

fn number(value: f32, device: &Device) -> Tensor<3> {
    from_values(vec![value], [1, 1, 1], device)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::float::values;

    const SHAPE: [usize; 4] = [2, 5, 6, 7];

    /// Numbers that look random, with channels of different means and sizes that depend on each
    /// other. The third channel of the second picture is flat.
    fn picture() -> Vec<f32> {
        let [n, c, h, w] = SHAPE;
        let noise = |seed: usize| ((seed * 7919 + 13) % 1009) as f32 / 1009.0 - 0.5;
        let value = |image: usize, channel: usize, at: usize| match (image, channel) {
            (1, 2) => 0.7,
            _ => noise(at + 97 * image) * (1.0 + channel as f32) + noise(at * 31 + channel) + 0.4 * channel as f32,
        };
        (0..n * c * h * w).map(|i| value(i / (c * h * w), i / (h * w) % c, i % (h * w))).collect()
    }

    type Matrix = Vec<Vec<f64>>;

    fn product(a: &Matrix, b: &Matrix) -> Matrix {
        let cell = |row: &[f64], column: usize| row.iter().zip(b).map(|(x, y)| x * y[column]).sum();
        a.iter().map(|row| (0..b[0].len()).map(|column| cell(row, column)).collect()).collect()
    }

    /// `(a * 3 - b) / 2`
    fn step(identity: &Matrix, b: &Matrix) -> Matrix {
        identity.iter().zip(b).map(|(a, b)| a.iter().zip(b).map(|(a, b)| (3.0 * a - b) / 2.0).collect()).collect()
    }

    /// The definition in f64, with the covariance as the mean of products of differences.
    fn expected(x: &[f32]) -> Vec<f64> {
        let [_, c, h, w] = SHAPE;
        let area = (h * w) as f64;
        let of_picture = |picture: &[f32]| -> Vec<f64> {
            let maps: Matrix = picture.chunks(h * w).map(|map| map.iter().map(|&v| f64::from(v)).collect()).collect();
            let centred: Matrix = maps
                .iter()
                .map(|map| {
                    let mean = map.iter().sum::<f64>() / area;
                    map.iter().map(|value| value - mean).collect()
                })
                .collect();
            let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>() / area;
            let covariance: Matrix = centred.iter().map(|a| centred.iter().map(|b| dot(a, b)).collect()).collect();
            let trace = (0..c).map(|at| covariance[at][at]).sum::<f64>() + 1e-5;
            let a: Matrix = covariance.iter().map(|row| row.iter().map(|value| value / trace).collect()).collect();
            let identity: Matrix = (0..c).map(|i| (0..c).map(|j| if i == j { 1.0 } else { 0.0 }).collect()).collect();
            let t = step(&identity, &a);
            let (mut y, mut z) = (product(&a, &t), t);
            for _ in 0..3 {
                let t = step(&identity, &product(&z, &y));
                (y, z) = (product(&y, &t), product(&t, &z));
            }
            let y = product(&y, &step(&identity, &product(&z, &y)));
            y.iter().map(|row| row.iter().sum::<f64>() / c as f64 * trace.sqrt()).collect()
        };
        x.chunks(c * h * w).flat_map(of_picture).collect()
    }

    #[test]
    fn the_pool_is_the_definition_in_f64() {
        let x = picture();
        let found = values(covariance_pool(from_values(x.clone(), SHAPE, &Device::flex())));
        let expected = expected(&x);
        assert!(expected.iter().any(|value| value.abs() > 0.05), "{expected:?}");
        for (found, expected) in found.into_iter().zip(expected) {
            assert!((f64::from(found) - expected).abs() < 1e-4, "{found}, not {expected}");
        }
    }

    #[test]
    fn five_iterations_come_near_the_square_root() {
        // Twice the root of diag(0.6, 0.4) after the division by its trace, 1.
        let device = Device::flex();
        let a = from_values(vec![0.6, 0.0, 0.0, 0.4], [1, 2, 2], &device);
        let root = values(square_root(a, identity(2, &device)));
        for (found, expected) in root.into_iter().zip([0.6_f32.sqrt(), 0.0, 0.0, 0.4_f32.sqrt()]) {
            assert!((found - expected).abs() < 1e-4, "{found}, not {expected}");
        }
    }

    #[test]
    fn a_flat_picture_has_a_finite_pool() {
        for value in [0.0, 0.3, -50.0] {
            let flat = from_values(vec![value; SHAPE.iter().product()], SHAPE, &Device::flex());
            let pool = values(covariance_pool(flat));
            assert!(pool.iter().all(|value| value.abs() < 0.05), "{value}: {pool:?}");
        }
    }

    /// Along a direction, the slope by the gradient is the one in f64 by central differences.
    #[cfg(feature = "train")]
    #[test]
    fn the_gradient_is_the_slope() {
        use burn::tensor::TensorData;
        let x = picture();
        let probe: Vec<f32> = (0..SHAPE[0] * SHAPE[1]).map(|at| (at * 37 % 11) as f32 / 11.0 - 0.3).collect();
        let device = Device::flex().autodiff();
        let leaf = Tensor::<4>::from_data(TensorData::new(x.clone(), SHAPE), &device).require_grad();
        let weights = Tensor::<4>::from_data(TensorData::new(probe.clone(), [SHAPE[0], SHAPE[1], 1, 1]), &device);
        let gradients = multiply(covariance_pool(leaf.clone()), weights).sum().backward();
        let gradient = values(leaf.grad(&gradients).unwrap());
        let value = |x: &[f32]| expected(x).iter().zip(&probe).map(|(y, p)| y * f64::from(*p)).sum::<f64>();
        // The root of the flat channel's variance has no derivative there: it keeps its values.
        let area = SHAPE[2] * SHAPE[3];
        let is_flat = |at: usize| at / area == SHAPE[1] + 2;
        for seed in 1..=5 {
            let direction: Vec<f32> = (0..x.len())
                .map(|at| if is_flat(at) { 0.0 } else { (at * (7919 + seed) % 1013) as f32 / 1013.0 - 0.5 })
                .collect();
            let moved = |by: f32| x.iter().zip(&direction).map(|(x, d)| x + by * d).collect::<Vec<f32>>();
            let difference = (value(&moved(1e-2)) - value(&moved(-1e-2))) / 2e-2;
            let slope: f64 = gradient.iter().zip(&direction).map(|(g, d)| f64::from(*g) * f64::from(*d)).sum();
            assert!((slope - difference).abs() < 1e-3 * difference.abs().max(0.1), "{seed}: {slope}, not {difference}");
        }
    }
}
