//! SplitSR: RCAN's skeleton with some groups made lightweight. With hybrid index 0 and attention it
//! is RCAN.

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use super::by_rows::{Plane, Steps};
use super::conv::Conv3x3;
use super::group::{Group, LightGroup, StandardGroup};
use super::upsampler::Upsampler;
use super::{MEAN, mean};
use crate::config::SplitSrConfig;
use crate::ops::cpu::Then;
use crate::ops::float::subtract;

/// See `SplitSR: An End-to-End Approach to Super-Resolution on Mobile Devices` (Liu and others,
/// 2021); this is a reconstruction.
#[derive(Module, Debug)]
pub struct SplitSr {
    head: Conv3x3,
    groups: Vec<Group>,
    body: Conv3x3,
    upsampler: Upsampler,
    tail: Conv3x3,
}

impl SplitSr {
    pub(super) fn new(config: &SplitSrConfig, device: &Device) -> Self {
        let c = config.channels;
        let (sizes, blocks) = (config.block_sizes(), config.blocks);
        let group = |light| match light {
            true => Group::Light(LightGroup::new(config.block, &sizes, blocks, device)),
            false => Group::Standard(StandardGroup::new(&sizes, blocks, device)),
        };
        Self {
            head: Conv3x3::new(3, c, device),
            groups: config.lightweight_groups().into_iter().map(group).collect(),
            body: Conv3x3::new(c, c, device),
            upsampler: if config.lightweight_upsampler() {
                Upsampler::lightweight(config.block, &sizes, config.scale, device)
            } else {
                Upsampler::dense(c, config.scale, device)
            },
            tail: Conv3x3::new(c, 3, device),
        }
    }

    #[cfg(feature = "train")]
    pub(super) fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// See [`Network::features`](super::Network::features).
    pub(super) fn features(&self, x: Tensor<4>) -> Tensor<4> {
        let mean = mean([1, 3, 1, 1], &x.device());
        let head = self.head.forward(subtract(x, mean));
        let y = self.groups.iter().fold(head.clone(), |y, group| group.forward(y));
        self.body.forward_add(y, head)
    }

    /// Adds its convolutions of a picture, less the mean, that comes in rows.
    pub(super) fn by_rows(&self, x: Vec<Plane>, steps: &mut Steps) -> Option<Vec<Plane>> {
        let head = steps.conv(x, &self.head, Then::Nothing);
        let y = self.groups.iter().try_fold(head.clone(), |y, group| group.by_rows(y, steps))?;
        let features = steps.conv_add(y, &self.body, head);
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
