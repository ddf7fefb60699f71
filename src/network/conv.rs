//! The convolutions that the networks are made of.

use std::sync::atomic::{AtomicU64, Ordering};

use burn::module::{Module, Param, ParamId};
use burn::nn::PaddingConfig2d;
use burn::nn::conv::Conv2d;
use burn::tensor::{Device, Tensor};

use crate::ops::float::add;
use crate::ops::{conv3x3, conv3x3_add, conv3x3_shuffle};

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
        let fan_in = 9 * in_channels;
        Self {
            weight: uniform([out_channels, in_channels, 3, 3], fan_in, device),
            bias: uniform([out_channels], fan_in, device),
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

    /// [`Self::forward`], plus `residual`, which has the result's shape.
    pub fn forward_add(&self, x: Tensor<4>, residual: Tensor<4>) -> Tensor<4> {
        conv3x3_add(x, self.weight.val(), self.bias.val(), residual)
    }

    /// [`Self::forward`], then a pixel shuffle: `[batch, in_channels, height, width]` ->
    /// `[batch, out_channels / factor^2, factor * height, factor * width]`
    pub fn forward_shuffle(&self, x: Tensor<4>, factor: usize) -> Tensor<4> {
        conv3x3_shuffle(x, self.weight.val(), self.bias.val(), factor)
    }

    /// [`Self::forward`], plus `offset`, `[out_channels]`.
    pub fn forward_offset(&self, x: Tensor<4>, offset: Tensor<1>) -> Tensor<4> {
        // Into the bias: a pass over the result less.
        conv3x3(x, self.weight.val(), add(self.bias.val(), offset), false)
    }

    /// Weight and bias.
    pub(super) fn parameters(&self) -> (Tensor<4>, Tensor<1>) {
        (self.weight.val(), self.bias.val())
    }
}

/// A pointwise (1x1) convolution with bias.
pub(super) fn pointwise(in_channels: usize, out_channels: usize, device: &Device) -> Conv2d {
    conv2d(1, in_channels, out_channels, 1, device)
}

/// A depthwise 3x3 convolution, zero padding 1, with bias.
pub(super) fn depthwise(channels: usize, device: &Device) -> Conv2d {
    conv2d(3, channels, channels, channels, device)
}

/// A convolution that keeps the size: stride 1, an odd kernel, zero padding; with bias, initialised
/// as [`Conv3x3`].
pub(super) fn conv2d(kernel: usize, in_channels: usize, out_channels: usize, groups: usize, device: &Device) -> Conv2d {
    let fan_in = in_channels / groups * kernel * kernel;
    let padding = kernel / 2;
    Conv2d {
        weight: uniform([out_channels, in_channels / groups, kernel, kernel], fan_in, device),
        bias: Some(uniform([out_channels], fan_in, device)),
        stride: [1, 1],
        kernel_size: [kernel, kernel],
        dilation: [1, 1],
        groups,
        padding: PaddingConfig2d::Explicit(padding, padding, padding, padding),
    }
}

/// A parameter that is drawn when it is first used: uniform in +-1/sqrt(fan_in), as Burn and
/// PyTorch initialise convolutions. Without the feature `train` it is zero: then weights only ever
/// come from files.
///
/// Not by Burn's `Initializer`, an enum that the compiler cannot see through: its other variants (a
/// QR decomposition among them) and the random distributions would be a tenth of the browser's
/// bundle.
fn uniform<const D: usize>(shape: [usize; D], fan_in: usize, device: &Device) -> Param<Tensor<D>> {
    let draw = move |device: &Device, require_grad| {
        let drawn = draw_uniform(shape, 1.0 / (fan_in as f64).sqrt(), device);
        if require_grad { drawn.require_grad() } else { drawn }
    };
    // Burn's own ids are drawn; these only have to differ within the process.
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let id = ParamId::from(NEXT.fetch_add(1, Ordering::Relaxed));
    Param::uninitialized(id, draw, device.clone(), true, shape.into())
}

#[cfg(feature = "train")]
fn draw_uniform<const D: usize>(shape: [usize; D], bound: f64, device: &Device) -> Tensor<D> {
    Tensor::random(shape, burn::tensor::Distribution::Uniform(-bound, bound), device)
}

#[cfg(not(feature = "train"))]
fn draw_uniform<const D: usize>(shape: [usize; D], _: f64, device: &Device) -> Tensor<D> {
    Tensor::zeros(shape, device)
}
