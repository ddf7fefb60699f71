//! EDSR (Lim and others, 2017), without residual scaling: one residual group between head and
//! upsampler.

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use super::by_rows::{Plane, Steps};
use super::conv::Conv3x3;
use super::group::StandardGroup;
use super::upsampler::Upsampler;
use super::{MEAN, mean};
use crate::config::EdsrConfig;
use crate::ops::cpu::Then;
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

    /// Adds its convolutions of a picture, less the mean, that comes in rows.
    pub(super) fn by_rows(&self, x: Vec<Plane>, steps: &mut Steps) -> Option<Vec<Plane>> {
        let head = steps.conv(x, &self.head, Then::Nothing);
        let features = self.body.by_rows(head, steps)?;
        steps.trim(&features);
        let high = self.upsampler.by_rows(features, steps)?;
        Some(steps.conv_offset(high, &self.tail, &MEAN))
    }

    /// See [`Network::reconstruct`](super::Network::reconstruct).
    pub(super) fn reconstruct(&self, features: Tensor<4>) -> Tensor<4> {
        let mean = mean([3], &features.device());
        self.tail.forward_offset(self.upsampler.forward(features), mean)
    }
}
