//! EDSR (Lim and others, 2017), without residual scaling: one residual group between head and
//! upsampler.

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use super::conv::Conv3x3;
use super::group::StandardGroup;
use super::mean;
use super::upsampler::Upsampler;
use crate::config::EdsrConfig;
use crate::ops::float::subtract;

/// Head, one residual group whose skip is the long skip, upsampler, tail.
#[derive(Module, Debug)]
pub struct Edsr {
    head: Conv3x3,
    body: StandardGroup,
    upsampler: Upsampler,
    tail: Conv3x3,
}

impl Edsr {
    pub(super) fn new(config: &EdsrConfig, device: &Device) -> Self {
        let c = config.channels;
        Self {
            head: Conv3x3::new(3, c, device),
            body: StandardGroup::new(&config.block_sizes(), config.blocks, device),
            upsampler: Upsampler::dense(c, config.scale, device),
            tail: Conv3x3::new(c, 3, device),
        }
    }

    /// See [`Network::features`](super::Network::features).
    pub(super) fn features(&self, x: Tensor<4>) -> Tensor<4> {
        let mean = mean([1, 3, 1, 1], &x.device());
        self.body.forward(self.head.forward(subtract(x, mean)))
    }

    /// See [`Network::reconstruct`](super::Network::reconstruct).
    pub(super) fn reconstruct(&self, features: Tensor<4>) -> Tensor<4> {
        let mean = mean([3], &features.device());
        self.tail.forward_offset(self.upsampler.forward(features), mean)
    }
}
