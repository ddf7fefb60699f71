//! The convolutions that the networks are made of.

use burn::module::{Initializer, Module, Param};
use burn::nn::PaddingConfig2d;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::tensor::{Device, Tensor};

use crate::ops::conv3x3;

/// 3x3 convolution, stride 1, zero padding 1, with bias, on [`crate::ops::conv3x3`].
#[derive(Module, Debug)]
pub struct Conv3x3 {
    /// `[out_channels, in_channels, 3, 3]`
    pub weight: Param<Tensor<4>>,
    /// `[out_channels]`
    pub bias: Param<Tensor<1>>,
}

impl Conv3x3 {
    /// Randomly initialised, uniform in +-1/sqrt(9 * in_channels).
    pub fn new(in_channels: usize, out_channels: usize, device: &Device) -> Self {
        let init = Initializer::KaimingUniform { gain: 1.0 / 3f64.sqrt(), fan_out_only: false };
        let fan_in = Some(9 * in_channels);
        Self {
            weight: init.init_with([out_channels, in_channels, 3, 3], fan_in, None, device),
            bias: init.init_with([out_channels], fan_in, None, device),
        }
    }

    /// `[batch, in_channels, height, width]` -> `[batch, out_channels, height, width]`
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        conv3x3(x, self.weight.val(), self.bias.val(), false)
    }

    /// [`Self::forward`], then ReLU.
    pub fn forward_relu(&self, x: Tensor<4>) -> Tensor<4> {
        conv3x3(x, self.weight.val(), self.bias.val(), true)
    }
}

/// A pointwise (1x1) convolution with bias.
pub(super) fn pointwise(in_channels: usize, out_channels: usize, device: &Device) -> Conv2d {
    Conv2dConfig::new([in_channels, out_channels], [1, 1]).init(device)
}

/// A depthwise 3x3 convolution, zero padding 1, with bias.
pub(super) fn depthwise(channels: usize, device: &Device) -> Conv2d {
    Conv2dConfig::new([channels, channels], [3, 3])
        .with_groups(channels)
        .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
        .init(device)
}
