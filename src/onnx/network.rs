//! The networks' graphs: the same layers as the modules in [`crate::network`], by the names of
//! their weights.

use super::builder::Builder;
use crate::config::{NetworkConfig, SplitSrConfig};
use crate::image::matlab::Axis;
use crate::network::MEAN;
use crate::network::blocks::{Block, Sizes, StandardBlock};
use crate::network::srcnn::{BICUBIC_RADIUS, LAYERS, LUMA};
use crate::network::upsampler::steps;

impl Builder {
    /// The network that `config` describes, applied to `input`. Returns the result.
    pub(super) fn network(&mut self, config: &NetworkConfig, input: &str) -> String {
        match config {
            NetworkConfig::SplitSr(config) => self.around_mean(input, |graph, x| graph.splitsr(x, config)),
            NetworkConfig::Edsr(config) => self.around_mean(input, |graph, x| {
                let head = graph.conv(x, "head");
                let y = graph.standard_group(&head, "body", config.blocks, &config.block_sizes());
                let y = graph.upsampler(y, config.scale, None);
                graph.conv(&y, "tail")
            }),
            NetworkConfig::San(config) => self.around_mean(input, |graph, x| {
                let y = graph.san_features(x, config);
                let y = graph.upsampler(y, config.scale, None);
                graph.conv(&y, "tail")
            }),
            NetworkConfig::Srcnn(config) => self.srcnn(input, config.scale),
        }
    }

    /// `network(input - mean) + mean`
    fn around_mean(&mut self, input: &str, network: impl FnOnce(&mut Self, &str) -> String) -> String {
        let mean = self.constant("mean", &[1, 3, 1, 1], &MEAN);
        let x = self.apply("Sub", &[input, &mean]);
        let y = network(self, &x);
        self.add(&y, &mean)
    }

    fn splitsr(&mut self, x: &str, config: &SplitSrConfig) -> String {
        let head = self.conv(x, "head");
        let mut y = head.clone();
        for (index, lightweight) in config.lightweight_groups().into_iter().enumerate() {
            let path = format!("groups.{index}");
            y = if lightweight {
                self.lightweight_group(&y, &path, config)
            } else {
                self.standard_group(&y, &path, config.blocks, &config.block_sizes())
            };
        }
        let y = self.conv(&y, "body");
        let y = self.add(&y, &head);
        let y = self.upsampler(y, config.scale, config.lightweight_upsampler().then_some(config));
        self.conv(&y, "tail")
    }

    fn standard_group(&mut self, x: &str, path: &str, blocks: usize, sizes: &Sizes) -> String {
        let y = StandardBlock::export_chain(sizes, self, x, &block_paths(path, blocks));
        self.group_end(x, &y, path)
    }

    fn lightweight_group(&mut self, x: &str, path: &str, config: &SplitSrConfig) -> String {
        let y = config.block.export(&config.block_sizes(), self, x, &block_paths(path, config.blocks));
        self.group_end(x, &y, path)
    }

    /// The convolution at the end of a group, plus the group's input `x`.
    pub(super) fn group_end(&mut self, x: &str, y: &str, path: &str) -> String {
        let y = self.conv(y, &format!("{path}.conv"));
        self.add(&y, x)
    }

    /// `light`: the config whose blocks stand in the upsampler.
    fn upsampler(&mut self, x: String, scale: usize, light: Option<&SplitSrConfig>) -> String {
        steps(scale).iter().enumerate().fold(x, |x, (step, &factor)| {
            let path = format!("upsampler.steps.{step}.expand");
            let expanded = match light {
                None => self.conv(&x, &path),
                Some(config) => {
                    let y = config.block.export(&config.block_sizes(), self, &x, &[format!("{path}.block")]);
                    self.conv(&y, &format!("{path}.project"))
                }
            };
            self.pixel_shuffle(&expanded, factor)
        })
    }

    fn srcnn(&mut self, x: &str, scale: usize) -> String {
        let enlarged = self.bicubic(x, scale);
        let weights = self.constant("luma", &[1, 3, 1, 1], &LUMA);
        let luma = self.conv_by(&enlarged, &weights, 1, 1);
        let last = LAYERS.len() - 1;
        let y = (0..last).fold(luma.clone(), |y, layer| self.conv_relu(&y, &format!("layers.{layer}")));
        let y = self.conv(&y, &format!("layers.{last}"));
        let change = self.apply("Sub", &[&y, &luma]);
        self.add(&enlarged, &change)
    }

    /// MATLAB's bicubic enlargement by an integer: a convolution for each position within a pixel,
    /// and a pixel shuffle. ONNX's own Resize repeats the edge where MATLAB mirrors the picture.
    fn bicubic(&mut self, x: &str, scale: usize) -> String {
        let side = 2 * BICUBIC_RADIUS + 1;
        // The weights of the pixels around one that is too far from the edges to be mirrored.
        let axis = Axis::new(side, side * scale);
        let taps: Vec<Vec<f64>> = (0..scale)
            .map(|phase| {
                let mut taps = vec![0.0; side];
                axis.of(BICUBIC_RADIUS * scale + phase).for_each(|(input, weight)| taps[input] += weight);
                taps
            })
            .collect();
        let kernel = |vertical: &[f64], horizontal: &[f64]| {
            let row = |v: f64| horizontal.iter().map(move |h| (v * h) as f32);
            vertical.iter().flat_map(|&v| row(v).collect::<Vec<f32>>()).collect::<Vec<f32>>()
        };
        let of_channel: Vec<f32> =
            taps.iter().flat_map(|v| taps.iter().flat_map(|h| kernel(v, h)).collect::<Vec<_>>()).collect();
        let weights = self.constant("bicubic", &[3 * scale * scale, 1, side, side], &of_channel.repeat(3));
        let padded = (2..4).fold(x.to_owned(), |x, axis| self.mirror(&x, axis));
        let phases = self.conv_by(&padded, &weights, side, 3);
        self.pixel_shuffle(&phases, scale)
    }

    /// Two pixels more at both ends of an axis: 1 0 | 0 1 ... y z | z y
    fn mirror(&mut self, x: &str, axis: i64) -> String {
        let [first, second, last, last_but_one] =
            [(0, 1), (1, 2), (-1, i64::MAX), (-2, -1)].map(|(start, end)| self.slice(x, axis, start, end));
        self.concat(&[&second, &first, x, &last, &last_but_one], axis)
    }
}

/// The names of a group's blocks.
pub(super) fn block_paths(group: &str, blocks: usize) -> Vec<String> {
    (0..blocks).map(|block| format!("{group}.blocks.{block}")).collect()
}
