//! Residual groups: a chain of blocks, a convolution, plus the group's input.

use std::collections::VecDeque;

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use super::blocks::{Lightweight, SplitBlock, StandardBlock};
use super::conv::Conv3x3;
use crate::config::{BlockKind, SplitSrConfig};
use crate::ops::float::cat;

/// A group of standard residual blocks.
#[derive(Module, Debug)]
pub struct StandardGroup {
    blocks: Vec<StandardBlock>,
    conv: Conv3x3,
}

/// A group of SplitSR blocks.
///
/// Each block convolves the first `split` channels and puts them last, so the chain is a rotation. It runs as a queue of
/// channel chunks: the front chunk is convolved and pushed to the back, and the channels are gathered once, at the end.
/// No block moves the channels that it does not touch. Where `split` does not divide the channels, a chunk is cut or
/// joined when the front does not hold `split` channels.
#[derive(Module, Debug)]
pub struct SplitGroup {
    blocks: Vec<SplitBlock>,
    conv: Conv3x3,
}

/// A group of the other lightweight blocks.
#[derive(Module, Debug)]
pub struct LightGroup {
    blocks: Vec<Lightweight>,
    conv: Conv3x3,
}

/// Any group.
#[derive(Module, Debug)]
pub enum Group {
    /// Standard residual blocks.
    Standard(StandardGroup),
    /// SplitSR blocks.
    Split(SplitGroup),
    /// Other lightweight blocks.
    Light(LightGroup),
}

impl StandardGroup {
    pub(super) fn new(channels: usize, blocks: usize, attention: Option<usize>, device: &Device) -> Self {
        Self {
            blocks: (0..blocks).map(|_| StandardBlock::new(channels, attention, device)).collect(),
            conv: Conv3x3::new(channels, channels, device),
        }
    }

    /// `[batch, channels, height, width]` -> the same.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let y = self.blocks.iter().fold(x.clone(), |y, block| block.forward(y));
        self.conv.forward_add(y, x)
    }
}

impl SplitGroup {
    fn new(config: &SplitSrConfig, device: &Device) -> Self {
        let split = config.split_channels();
        Self {
            blocks: (0..config.blocks).map(|_| SplitBlock::new(split, device)).collect(),
            conv: Conv3x3::new(config.channels, config.channels, device),
        }
    }

    /// The blocks without the group's convolution and skip. `[batch, channels, height, width]` -> the same.
    pub fn rotate(&self, x: Tensor<4>) -> Tensor<4> {
        let Some(split) = self.blocks.first().map(|block| block.split) else { return x };
        #[cfg(feature = "gpu")]
        {
            let blocks: Vec<_> = self.blocks.iter().map(|block| block.conv.parameters()).collect();
            if let Some(rotated) = crate::ops::gpu::rotate(&x, &blocks) {
                return rotated;
            }
        }
        let mut queue: VecDeque<Tensor<4>> = x.split(split, 1).into();
        for block in &self.blocks {
            let front = pop_channels(&mut queue, split);
            queue.push_back(block.conv.forward_relu(front));
        }
        join(queue.into())
    }

    /// `[batch, channels, height, width]` -> the same.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        self.conv.forward_add(self.rotate(x.clone()), x)
    }

    /// [`Self::rotate`] by the definition, one concat a block: the reference for tests.
    #[doc(hidden)]
    pub fn rotate_literally(&self, x: Tensor<4>) -> Tensor<4> {
        self.blocks.iter().fold(x, |y, block| block.forward(y))
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
            queue.push_front(chunk.clone().narrow(1, missing, channels - missing));
            taken.push(chunk.narrow(1, 0, missing));
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

impl Group {
    /// A group of lightweight or standard blocks.
    pub fn new(config: &SplitSrConfig, lightweight: bool, device: &Device) -> Self {
        if !lightweight {
            return Self::Standard(StandardGroup::new(config.channels, config.blocks, config.attention, device));
        }
        if config.block == BlockKind::Split {
            return Self::Split(SplitGroup::new(config, device));
        }
        Self::Light(LightGroup {
            blocks: (0..config.blocks).map(|_| Lightweight::new(config, device)).collect(),
            conv: Conv3x3::new(config.channels, config.channels, device),
        })
    }

    /// `[batch, channels, height, width]` -> the same.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        match self {
            Self::Standard(group) => group.forward(x),
            Self::Split(group) => group.forward(x),
            Self::Light(group) => {
                let y = group.blocks.iter().fold(x.clone(), |y, block| block.forward(y));
                group.conv.forward_add(y, x)
            }
        }
    }
}
