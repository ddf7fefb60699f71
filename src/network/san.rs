//! SAN (Dai and others, "Second-order Attention Network for Single Image Super-Resolution", CVPR
//! 2019), much smaller: residual groups that end with an attention by the channels' covariance,
//! between two non-local blocks with the same weights.

use burn::module::{Module, Param};
use burn::tensor::{Device, Tensor};

use super::attention::ChannelAttention;
use super::blocks::{Block, StandardBlock};
use super::conv::{Conv3x3, zero};
use super::mean;
use super::non_local::NonLocal;
use super::upsampler::Upsampler;
use crate::config::SanConfig;
use crate::ops::float::{add, multiply, reshape, subtract};

/// Head, non-local block, groups, the same non-local block, upsampler, tail. After each group, a
/// learnt multiple of what the first non-local block gave is added (the share-source skip).
#[derive(Module, Debug)]
pub struct San {
    head: Conv3x3,
    non_local: NonLocal,
    groups: Vec<SanGroup>,
    /// `[1]`: the factor of the share-source skip. It begins at 0.
    gamma: Param<Tensor<1>>,
    upsampler: Upsampler,
    tail: Conv3x3,
}

/// Residual blocks, second-order attention and a convolution, plus the group's input.
#[derive(Module, Debug)]
struct SanGroup {
    blocks: Vec<StandardBlock>,
    attention: ChannelAttention,
    conv: Conv3x3,
}

impl SanGroup {
    fn new(config: &SanConfig, device: &Device) -> Self {
        let c = config.channels;
        Self {
            blocks: (0..config.blocks).map(|_| StandardBlock::new(&config.block_sizes(), device)).collect(),
            attention: ChannelAttention::new(c, config.reduction, device),
            conv: Conv3x3::new(c, c, device),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let blocks: Vec<&StandardBlock> = self.blocks.iter().collect();
        let y = StandardBlock::forward_chain(&blocks, x.clone());
        self.conv.forward_add(self.attention.forward_second_order(y), x)
    }
}

impl San {
    pub(super) fn new(config: &SanConfig, device: &Device) -> Self {
        let c = config.channels;
        Self {
            head: Conv3x3::new(3, c, device),
            non_local: NonLocal::new(c, device),
            groups: (0..config.groups).map(|_| SanGroup::new(config, device)).collect(),
            gamma: zero([1], device),
            upsampler: Upsampler::dense(c, config.scale, device),
            tail: Conv3x3::new(c, 3, device),
        }
    }

    /// See [`Network::features`](super::Network::features).
    pub(super) fn features(&self, x: Tensor<4>) -> Tensor<4> {
        let mean = mean([1, 3, 1, 1], &x.device());
        let head = self.head.forward(subtract(x, mean));
        let source = self.non_local.forward(head.clone());
        let shared = multiply(source.clone(), reshape(self.gamma.val(), [1, 1, 1, 1]));
        let y = self.groups.iter().fold(source, |y, group| add(group.forward(y), shared.clone()));
        add(self.non_local.forward(y), head)
    }

    /// See [`Network::reconstruct`](super::Network::reconstruct).
    pub(super) fn reconstruct(&self, features: Tensor<4>) -> Tensor<4> {
        let mean = mean([3], &features.device());
        self.tail.forward_offset(self.upsampler.forward(features), mean)
    }
}
