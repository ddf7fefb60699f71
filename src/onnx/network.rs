//! The networks' graphs: the same layers as the modules in [`crate::network`], by the names of their weights.

use std::collections::VecDeque;

use super::builder::Builder;
use crate::config::{BlockKind, NetworkConfig, SplitSrConfig};
use crate::image::matlab::Axis;
use crate::network::MEAN;
use crate::network::srcnn::{BICUBIC_RADIUS, LAYERS, LUMA};
use crate::network::upsampler::steps;

impl Builder {
    /// The network that `config` describes, applied to `input`. Returns the result.
    pub(super) fn network(&mut self, config: &NetworkConfig, input: &str) -> String {
        match config {
            NetworkConfig::SplitSr(config) => self.around_mean(input, |graph, x| graph.splitsr(x, config)),
            NetworkConfig::Edsr(config) => self.around_mean(input, |graph, x| {
                let head = graph.conv(x, "head");
                let y = graph.standard_group(&head, "body", config.blocks, false);
                let y = graph.upsampler(y, config.scale, None);
                graph.conv(&y, "tail")
            }),
            NetworkConfig::Srcnn(config) => self.srcnn(input, config.scale),
        }
    }

    fn conv_relu(&mut self, x: &str, layer: &str) -> String {
        let y = self.conv(x, layer);
        self.relu(&y)
    }

    fn depthwise_relu(&mut self, x: &str, layer: &str) -> String {
        let y = self.depthwise(x, layer);
        self.relu(&y)
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
                self.standard_group(&y, &path, config.blocks, config.attention.is_some())
            };
        }
        let y = self.conv(&y, "body");
        let y = self.add(&y, &head);
        let y = self.upsampler(y, config.scale, config.lightweight_upsampler().then_some(config));
        self.conv(&y, "tail")
    }

    fn standard_group(&mut self, x: &str, path: &str, blocks: usize, attention: bool) -> String {
        let mut y = x.to_owned();
        for block in (0..blocks).map(|block| format!("{path}.blocks.{block}")) {
            let hidden = self.conv_relu(&y, &format!("{block}.conv1"));
            let mut residual = self.conv(&hidden, &format!("{block}.conv2"));
            if attention {
                residual = self.attention(&residual, &format!("{block}.attention"));
            }
            y = self.add(&residual, &y);
        }
        let y = self.conv(&y, &format!("{path}.conv"));
        self.add(&y, x)
    }

    fn attention(&mut self, x: &str, path: &str) -> String {
        let pooled = self.apply("GlobalAveragePool", &[x]);
        let squeezed = self.conv_relu(&pooled, &format!("{path}.squeeze"));
        let excited = self.conv(&squeezed, &format!("{path}.excite"));
        let gate = self.apply("Sigmoid", &[&excited]);
        self.apply("Mul", &[x, &gate])
    }

    fn lightweight_group(&mut self, x: &str, path: &str, config: &SplitSrConfig) -> String {
        let blocks: Vec<String> = (0..config.blocks).map(|block| format!("{path}.blocks.{block}")).collect();
        let y = match config.block {
            BlockKind::Split => self.split_blocks(x, &blocks, config),
            _ => blocks.iter().fold(x.to_owned(), |y, block| self.lightweight_block(&y, block, config)),
        };
        let y = self.conv(&y, &format!("{path}.conv"));
        self.add(&y, x)
    }

    fn lightweight_block(&mut self, x: &str, path: &str, config: &SplitSrConfig) -> String {
        let split = config.split_channels();
        let idle = config.channels - split;
        match config.block {
            BlockKind::Split => self.split_blocks(x, &[path.to_owned()], config),
            BlockKind::Shuffle => self.shuffle_block(x, path, config.channels / 2),
            BlockKind::InvertedResidual => self.inverted_residual(x, path),
            BlockKind::Idle if idle == 0 => self.inverted_residual(x, &format!("{path}.active")),
            BlockKind::Idle => {
                let parts = self.split(x, &[split, idle]);
                let active = self.inverted_residual(&parts[0], &format!("{path}.active"));
                self.concat_channels(&[&active, &parts[1]])
            }
            BlockKind::Ghost => self.ghost_block(x, path, split, idle),
        }
    }

    /// SplitSR's blocks. Each moves the channels that it convolves from the front to the back, so the chain is a queue of chunks, which is
    /// put together at its end: other runtimes, like ours, then copy no channel that a block does not touch.
    fn split_blocks(&mut self, x: &str, paths: &[String], config: &SplitSrConfig) -> String {
        let (channels, split) = (config.channels, config.split_channels());
        let sizes: Vec<usize> = (0..channels).step_by(split).map(|first| split.min(channels - first)).collect();
        let mut queue: VecDeque<(String, usize)> = self.cut(x, &sizes).into_iter().zip(sizes).collect();
        for path in paths {
            let front = self.pop(&mut queue, split);
            queue.push_back((self.conv_relu(&front, &format!("{path}.conv")), split));
        }
        let chunks: Vec<String> = queue.into_iter().map(|(chunk, _)| chunk).collect();
        self.join(&chunks)
    }

    /// Takes `count` channels from the front of the queue, cutting the last chunk where it holds more.
    fn pop(&mut self, queue: &mut VecDeque<(String, usize)>, count: usize) -> String {
        let mut taken = Vec::new();
        let mut missing = count;
        while missing > 0 {
            let (chunk, channels) = queue.pop_front().expect("the queue always holds all channels");
            if channels > missing {
                let parts = self.cut(&chunk, &[missing, channels - missing]);
                taken.push(parts[0].clone());
                queue.push_front((parts[1].clone(), channels - missing));
                break;
            }
            taken.push(chunk);
            missing -= channels;
        }
        self.join(&taken)
    }

    fn cut(&mut self, x: &str, sizes: &[usize]) -> Vec<String> {
        if sizes.len() == 1 { vec![x.to_owned()] } else { self.split(x, sizes) }
    }

    fn join(&mut self, chunks: &[String]) -> String {
        let chunks: Vec<&str> = chunks.iter().map(String::as_str).collect();
        if let [chunk] = chunks[..] { chunk.to_owned() } else { self.concat_channels(&chunks) }
    }

    fn shuffle_block(&mut self, x: &str, path: &str, half: usize) -> String {
        let halves = self.split(x, &[half, half]);
        let y = self.conv_relu(&halves[1], &format!("{path}.reduce"));
        let y = self.depthwise(&y, &format!("{path}.depthwise"));
        let y = self.conv_relu(&y, &format!("{path}.expand"));
        let y = self.concat_channels(&[&halves[0], &y]);
        self.gather_channels(&y, (0..2 * half).map(|channel| channel % 2 * half + channel / 2))
    }

    fn inverted_residual(&mut self, x: &str, path: &str) -> String {
        let y = self.conv_relu(x, &format!("{path}.expand"));
        let y = self.depthwise_relu(&y, &format!("{path}.depthwise"));
        let y = self.conv(&y, &format!("{path}.project"));
        self.add(&y, x)
    }

    fn ghost_block(&mut self, x: &str, path: &str, primary: usize, others: usize) -> String {
        let y = self.conv_relu(x, &format!("{path}.primary"));
        if others == 0 {
            return y;
        }
        let sources = self.gather_channels(&y, (0..others).map(|channel| channel % primary));
        let made = self.depthwise_relu(&sources, &format!("{path}.cheap"));
        self.concat_channels(&[&y, &made])
    }

    /// `light`: the config whose blocks stand in the upsampler.
    fn upsampler(&mut self, x: String, scale: usize, light: Option<&SplitSrConfig>) -> String {
        steps(scale).iter().enumerate().fold(x, |x, (step, &factor)| {
            let path = format!("upsampler.steps.{step}.expand");
            let expanded = match light {
                None => self.conv(&x, &path),
                Some(config) => {
                    let y = self.lightweight_block(&x, &format!("{path}.block"), config);
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

    /// MATLAB's bicubic enlargement by an integer: a convolution for each position within a pixel, and a pixel shuffle. ONNX's own Resize
    /// repeats the edge where MATLAB mirrors the picture.
    fn bicubic(&mut self, x: &str, scale: usize) -> String {
        let side = 2 * BICUBIC_RADIUS + 1;
        // The weights of the pixels around one, from which no mirror is in reach.
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
