//! The blocks: the standard residual one and the lightweight ones that may take its place. Each maps
//! `[batch, channels, height, width]` to the same shape.

use burn::module::Module;
use burn::nn::conv::Conv2d;
use burn::tensor::{Device, Tensor};

use super::conv::{Conv3x3, depthwise, pointwise};
use crate::config::{BlockKind, SplitSrConfig};
use crate::ops::float::{add, cat, mean_dim, multiply, relu, sigmoid};
use crate::ops::residual_block;

/// Expansion of the inverted residual, and of the idle block.
pub(super) const EXPANSION: usize = 6;

/// RCAN's channel attention: global average, two pointwise convolutions, a sigmoid gate per channel.
#[derive(Module, Debug)]
pub struct ChannelAttention {
    squeeze: Conv2d,
    excite: Conv2d,
}

impl ChannelAttention {
    fn new(channels: usize, reduction: usize, device: &Device) -> Self {
        let hidden = (channels / reduction).max(1);
        Self { squeeze: pointwise(channels, hidden, device), excite: pointwise(hidden, channels, device) }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let pooled = mean_dim(mean_dim(x.clone(), 3), 2);
        multiply(x, sigmoid(self.excite.forward(relu(self.squeeze.forward(pooled)))))
    }
}

/// Conv, ReLU, conv (and channel attention, if configured), plus the input.
#[derive(Module, Debug)]
pub struct StandardBlock {
    conv1: Conv3x3,
    conv2: Conv3x3,
    attention: Option<ChannelAttention>,
}

impl StandardBlock {
    pub(super) fn new(channels: usize, attention: Option<usize>, device: &Device) -> Self {
        Self {
            conv1: Conv3x3::new(channels, channels, device),
            conv2: Conv3x3::new(channels, channels, device),
            attention: attention.map(|reduction| ChannelAttention::new(channels, reduction, device)),
        }
    }

    /// `[batch, channels, height, width]` -> the same.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        match &self.attention {
            Some(attention) => add(attention.forward(self.conv2.forward(self.conv1.forward_relu(x.clone()))), x),
            None => residual_block(x, self.conv1.parameters(), self.conv2.parameters()),
        }
    }
}

/// SplitSR's block: `concat(x[split..], ReLU(conv3x3(x[..split])))`.
#[derive(Module, Debug)]
pub struct SplitBlock {
    pub(super) conv: Conv3x3,
    pub(super) split: usize,
}

impl SplitBlock {
    pub(super) fn new(split: usize, device: &Device) -> Self {
        Self { conv: Conv3x3::new(split, split, device), split }
    }

    /// One block by itself, literally. A chain of blocks runs without the copies: see
    /// [`SplitGroup`](super::SplitGroup).
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let channels = x.dims()[1];
        let convolved = self.conv.forward_relu(x.clone().narrow(1, 0, self.split));
        if self.split == channels {
            return convolved;
        }
        cat(vec![x.narrow(1, self.split, channels - self.split), convolved], 1)
    }
}

/// ShuffleNet v2's unit: half the channels pass, half go through pointwise, depthwise, pointwise; then they are interleaved.
#[derive(Module, Debug)]
pub struct ShuffleBlock {
    reduce: Conv2d,
    depthwise: Conv2d,
    expand: Conv2d,
}

impl ShuffleBlock {
    fn new(channels: usize, device: &Device) -> Self {
        let half = channels / 2;
        Self {
            reduce: pointwise(half, half, device),
            depthwise: depthwise(half, device),
            expand: pointwise(half, half, device),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let [n, c, h, w] = x.dims();
        let pass = x.clone().narrow(1, 0, c / 2);
        let y = relu(self.reduce.forward(x.narrow(1, c / 2, c / 2)));
        let y = relu(self.expand.forward(self.depthwise.forward(y)));
        let y = cat(vec![pass, y], 1);
        y.reshape([n, 2, c / 2, h, w]).swap_dims(1, 2).reshape([n, c, h, w])
    }
}

/// MobileNet v2's inverted residual: pointwise expansion, depthwise, linear projection, plus the input.
#[derive(Module, Debug)]
pub struct InvertedResidual {
    expand: Conv2d,
    depthwise: Conv2d,
    project: Conv2d,
}

impl InvertedResidual {
    fn new(channels: usize, device: &Device) -> Self {
        let hidden = channels * EXPANSION;
        Self {
            expand: pointwise(channels, hidden, device),
            depthwise: depthwise(hidden, device),
            project: pointwise(hidden, channels, device),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let y = relu(self.expand.forward(x.clone()));
        add(self.project.forward(relu(self.depthwise.forward(y))), x)
    }
}

/// IdleBlock: an inverted residual on the first `split` channels, the others pass.
#[derive(Module, Debug)]
pub struct IdleBlock {
    active: InvertedResidual,
    split: usize,
}

impl IdleBlock {
    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let channels = x.dims()[1];
        if self.split == channels {
            return self.active.forward(x);
        }
        let idle = x.clone().narrow(1, self.split, channels - self.split);
        cat(vec![self.active.forward(x.narrow(1, 0, self.split)), idle], 1)
    }
}

/// GhostNet's module: a pointwise convolution makes `primary` channels, a cheap depthwise one makes the others from
/// them, taking the primary ones in turn where there are more others than primary ones.
#[derive(Module, Debug)]
pub struct GhostBlock {
    primary: Conv2d,
    cheap: Option<Conv2d>,
}

impl GhostBlock {
    fn new(channels: usize, primary: usize, device: &Device) -> Self {
        let others = channels - primary;
        Self { primary: pointwise(channels, primary, device), cheap: (others > 0).then(|| depthwise(others, device)) }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let channels = x.dims()[1];
        let primary = relu(self.primary.forward(x));
        let Some(cheap) = &self.cheap else { return primary };
        let count = primary.dims()[1];
        let mut others = channels - count;
        let mut sources = Vec::new();
        while others > 0 {
            let taken = others.min(count);
            sources.push(primary.clone().narrow(1, 0, taken));
            others -= taken;
        }
        let made = relu(cheap.forward(cat(sources, 1)));
        cat(vec![primary, made], 1)
    }
}

/// A lightweight block.
#[derive(Module, Debug)]
pub enum Lightweight {
    /// SplitSR's own.
    Split(SplitBlock),
    /// ShuffleNet v2.
    Shuffle(ShuffleBlock),
    /// MobileNet v2.
    InvertedResidual(InvertedResidual),
    /// IdleBlock.
    Idle(IdleBlock),
    /// GhostNet.
    Ghost(GhostBlock),
}

impl Lightweight {
    /// A block of the config's kind.
    pub(super) fn new(config: &SplitSrConfig, device: &Device) -> Self {
        let (channels, split) = (config.channels, config.split_channels());
        match config.block {
            BlockKind::Split => Self::Split(SplitBlock::new(split, device)),
            BlockKind::Shuffle => Self::Shuffle(ShuffleBlock::new(channels, device)),
            BlockKind::InvertedResidual => Self::InvertedResidual(InvertedResidual::new(channels, device)),
            BlockKind::Idle => Self::Idle(IdleBlock { active: InvertedResidual::new(split, device), split }),
            BlockKind::Ghost => Self::Ghost(GhostBlock::new(channels, split, device)),
        }
    }

    /// `[batch, channels, height, width]` -> the same.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        match self {
            Self::Split(block) => block.forward(x),
            Self::Shuffle(block) => block.forward(x),
            Self::InvertedResidual(block) => block.forward(x),
            Self::Idle(block) => block.forward(x),
            Self::Ghost(block) => block.forward(x),
        }
    }
}
