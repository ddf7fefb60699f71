//! SplitSR's block: `concat(x[split..], ReLU(conv3x3(x[..split])))`.
//!
//! Each block convolves the first `split` channels and puts them last, so a chain of blocks is a
//! rotation. It runs as a queue of channel chunks: the front chunk is convolved and pushed to the
//! back, and the channels are gathered once, at the end. No block moves the channels that it does
//! not touch. Where `split` does not divide the channels, a chunk is cut or joined when the front
//! does not hold `split` channels.

use std::collections::VecDeque;

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use super::block::{Block, ChannelFlow, Sizes};
use crate::network::by_rows::{Plane, Steps};
use crate::network::conv::Conv3x3;
use crate::network::counting::{Reach, Tally, furthest};
#[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
use crate::onnx::Builder;
use crate::ops::cpu::Then;
use crate::ops::float::{cat, narrow};

/// See the module.
#[derive(Module, Debug)]
pub struct SplitBlock {
    conv: Conv3x3,
    split: usize,
}

impl Block for SplitBlock {
    fn new(&Sizes { split, .. }: &Sizes, device: &Device) -> Self {
        Self { conv: Conv3x3::new(split, split, device), split }
    }

    /// By the definition, with its copies. A chain does without them.
    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let channels = x.dims()[1];
        let convolved = self.conv.forward_relu(narrow(x.clone(), 1, 0, self.split));
        if self.split == channels {
            return convolved;
        }
        cat(vec![narrow(x, 1, self.split, channels - self.split), convolved], 1)
    }

    fn forward_chain(blocks: &[&Self], x: Tensor<4>) -> Tensor<4> {
        let Some(split) = blocks.first().map(|block| block.split) else { return x };
        #[cfg(feature = "gpu")]
        {
            let blocks: Vec<_> = blocks.iter().map(|block| block.conv.parameters()).collect();
            if let Some(rotated) = crate::ops::gpu::rotate(&x, &blocks) {
                return rotated;
            }
        }
        let channels = x.dims()[1];
        let chunk = |first| narrow(x.clone(), 1, first, split.min(channels - first));
        let mut queue: VecDeque<Tensor<4>> = (0..channels).step_by(split).map(chunk).collect();
        for block in blocks {
            let front = pop_channels(&mut queue, split);
            queue.push_back(block.conv.forward_relu(front));
        }
        join(queue.into())
    }

    fn by_rows(&self, mut x: Vec<Plane>, steps: &mut Steps) -> Option<Vec<Plane>> {
        let front = x.drain(..self.split).collect();
        x.extend(steps.conv(front, &self.conv, Then::Relu));
        Some(x)
    }

    fn count(&Sizes { split, .. }: &Sizes, tally: &mut Tally, area: usize) {
        tally.conv(3, split, split, 1, area);
    }

    fn extend(&Sizes { channels, split, .. }: &Sizes, reach: &mut Reach) {
        let front = furthest(&reach.0[..split]) + 1;
        reach.0.rotate_left(split);
        reach.0[channels - split..].fill(front);
    }

    #[cfg(feature = "gpu")]
    fn runs_in_half(&Sizes { channels, split, .. }: &Sizes, blocks: usize) -> bool {
        // As `rotate` needs it: all else moves channels.
        split != 3 && channels.is_multiple_of(split) && blocks >= channels / split
    }

    fn flow(&Sizes { channels, split, .. }: &Sizes) -> ChannelFlow {
        ChannelFlow {
            convolved: (0..channels).map(|place| place < split).collect(),
            moves_to: (0..channels).map(|place| (place + channels - split) % channels).collect(),
            about: if split == channels {
                "each block convolves all channels.".into()
            } else {
                format!(
                    "each block convolves the first {split} of {channels} channels and puts them last, so that all \
                     get their turn."
                )
            },
        }
    }

    #[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
    fn export(sizes: &Sizes, graph: &mut Builder, x: &str, path: &str) -> String {
        Self::export_chain(sizes, graph, x, &[path.to_owned()])
    }

    /// A queue here too: other runtimes then copy no channel that a block does not touch.
    #[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
    fn export_chain(&Sizes { channels, split, .. }: &Sizes, graph: &mut Builder, x: &str, paths: &[String]) -> String {
        let sizes: Vec<usize> = (0..channels).step_by(split).map(|first| split.min(channels - first)).collect();
        let mut queue: VecDeque<(String, usize)> = onnx::cut(graph, x, &sizes).into_iter().zip(sizes).collect();
        for path in paths {
            let front = onnx::pop_channels(graph, &mut queue, split);
            queue.push_back((graph.conv_relu(&front, &format!("{path}.conv")), split));
        }
        let chunks: Vec<String> = queue.into_iter().map(|(chunk, _)| chunk).collect();
        onnx::join(graph, &chunks)
    }
}

/// Takes `count` channels from the front of the queue, cutting the last chunk where it holds more.
fn pop_channels(queue: &mut VecDeque<Tensor<4>>, count: usize) -> Tensor<4> {
    let mut taken = Vec::new();
    let mut missing = count;
    while missing > 0 {
        let chunk = queue.pop_front().expect("the queue always holds all channels of the group");
        let channels = chunk.dims()[1];
        if channels > missing {
            queue.push_front(narrow(chunk.clone(), 1, missing, channels - missing));
            taken.push(narrow(chunk, 1, 0, missing));
            break;
        }
        missing -= channels;
        taken.push(chunk);
    }
    join(taken)
}

fn join(mut chunks: Vec<Tensor<4>>) -> Tensor<4> {
    if chunks.len() == 1 { chunks.remove(0) } else { cat(chunks, 1) }
}

/// The queue in an ONNX graph: chunks are names, with how many channels they hold.
#[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
mod onnx {
    use std::collections::VecDeque;

    use crate::onnx::Builder;

    /// As its namesake for tensors.
    pub fn pop_channels(graph: &mut Builder, queue: &mut VecDeque<(String, usize)>, count: usize) -> String {
        let mut taken = Vec::new();
        let mut missing = count;
        while missing > 0 {
            let (chunk, channels) = queue.pop_front().expect("the queue always holds all channels");
            if channels > missing {
                let parts = cut(graph, &chunk, &[missing, channels - missing]);
                taken.push(parts[0].clone());
                queue.push_front((parts[1].clone(), channels - missing));
                break;
            }
            taken.push(chunk);
            missing -= channels;
        }
        join(graph, &taken)
    }

    pub fn cut(graph: &mut Builder, x: &str, sizes: &[usize]) -> Vec<String> {
        if sizes.len() == 1 { vec![x.to_owned()] } else { graph.split(x, sizes) }
    }

    pub fn join(graph: &mut Builder, chunks: &[String]) -> String {
        let chunks: Vec<&str> = chunks.iter().map(String::as_str).collect();
        if let [chunk] = chunks[..] { chunk.to_owned() } else { graph.concat_channels(&chunks) }
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Distribution;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 24, ..Default::default() })]
        /// The queue gives, bit for bit, what the definition gives: split, convolve, concatenate,
        /// block by block.
        #[test]
        fn the_chunk_queue_equals_split_and_concat(
            channels in 1usize..=20,
            split_ratio in 0.01f64..=1.0,
            blocks in 1usize..=9,
            (height, width) in (1usize..=9, 1usize..=9),
        ) {
            let device = Device::flex();
            let split = ((split_ratio * channels as f64).round() as usize).clamp(1, channels);
            let sizes = Sizes { channels, split, attention: None };
            let blocks: Vec<_> = (0..blocks).map(|_| SplitBlock::new(&sizes, &device)).collect();
            let x = Tensor::<4>::random([2, channels, height, width], Distribution::Normal(0.0, 1.0), &device);
            let chain: Vec<&SplitBlock> = blocks.iter().collect();
            let queue = SplitBlock::forward_chain(&chain, x.clone()).into_data();
            let literal = blocks.iter().fold(x, |x, block| block.forward(x)).into_data();
            prop_assert_eq!(queue, literal);
        }
    }
}
