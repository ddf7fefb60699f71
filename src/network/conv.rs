//! The convolutions that the networks are made of.

use std::sync::atomic::{AtomicU64, Ordering};

use burn::module::{Module, Param, ParamId};
use burn::tensor::{Device, Tensor};

use crate::ops::float::{add, cat, from_values, narrow, reshape};
use crate::ops::{conv_same, conv3x3, conv3x3_add, conv3x3_shuffle};

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
        // Added to the bias, which saves a pass over the result.
        conv3x3(x, self.weight.val(), add(self.bias.val(), offset), false)
    }

    /// Weight and bias.
    pub(super) fn parameters(&self) -> (Tensor<4>, Tensor<1>) {
        (self.weight.val(), self.bias.val())
    }
}

/// A convolution of another size or in groups, with bias, on [`crate::ops::conv_same`].
#[derive(Module, Debug)]
pub struct ConvSame {
    /// `[out_channels, in_channels / groups, kernel, kernel]`
    pub weight: Param<Tensor<4>>,
    /// `[out_channels]`
    pub bias: Param<Tensor<1>>,
}

impl ConvSame {
    /// Initialised as [`Conv3x3`].
    pub(super) fn new(kernel: usize, in_channels: usize, out_channels: usize, groups: usize, device: &Device) -> Self {
        let fan_in = in_channels / groups * kernel * kernel;
        Self {
            weight: uniform([out_channels, in_channels / groups, kernel, kernel], fan_in, device),
            bias: uniform([out_channels], fan_in, device),
        }
    }

    /// A pointwise (1x1) convolution.
    pub(super) fn pointwise(in_channels: usize, out_channels: usize, device: &Device) -> Self {
        Self::new(1, in_channels, out_channels, 1, device)
    }

    /// A pointwise convolution that gives zeros until it is trained.
    pub(super) fn zero(in_channels: usize, out_channels: usize, device: &Device) -> Self {
        Self { weight: zero([out_channels, in_channels, 1, 1], device), bias: zero([out_channels], device) }
    }

    /// A depthwise 3x3 convolution.
    pub(super) fn depthwise(channels: usize, device: &Device) -> Self {
        Self::new(3, channels, channels, channels, device)
    }

    /// `[batch, in_channels, height, width]` -> `[batch, out_channels, height, width]`
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        conv_same(x, self.weight.val(), self.bias.val())
    }
}

/// A convolution that keeps the size, of an odd kernel wider than 3, with zero padding: the sum of
/// 3x3 convolutions of the shifted input.
///
/// Not Burn's own, where the last bits of a pixel depend on the picture's width: tiles would differ
/// from the whole picture. It is slower, too.
///
/// # Shapes
/// - `x`: `[batch, in_channels, height, width]`
/// - `weight`: `[out_channels, in_channels, kernel, kernel]`, `bias`: `[out_channels]`
/// - result: `[batch, out_channels, height, width]`
pub(super) fn wide_conv(x: Tensor<4>, weight: Tensor<4>, bias: Tensor<1>) -> Tensor<4> {
    let ([.., height, width], [out_channels, .., kernel]) = (x.dims(), weight.dims());
    let parts = kernel.div_ceil(3);
    // Zeros where a part reaches beyond the kernel.
    let filled = 3 * parts - kernel;
    let weight = with_zeros(with_zeros(weight, 2, 0, filled), 3, 0, filled);
    let padding = kernel / 2;
    let x = with_zeros(with_zeros(x, 2, padding, padding + filled), 3, padding, padding + filled);
    let part = |index: usize| {
        let (top, left) = (index / parts * 3, index % parts * 3);
        // A frame of one pixel more, which is cut off at the end.
        let x = narrow(narrow(x.clone(), 2, top, height + 2), 3, left, width + 2);
        (x, narrow(narrow(weight.clone(), 2, top, 3), 3, left, 3))
    };
    let none = from_values(vec![0.0; out_channels], [out_channels], &bias.device());
    let (first, kernels) = part(0);
    let sum = conv3x3(first, kernels, bias, false);
    let sum = (1..parts * parts).map(part).fold(sum, |sum, (x, weight)| conv3x3_add(x, weight, none.clone(), sum));
    narrow(narrow(sum, 2, 1, height), 3, 1, width)
}

/// The products of matrices, in pairs: `[batch, rows, inner]`, `[batch, inner, columns]` ->
/// `[batch, rows, columns]`. A pointwise convolution of each pair as a group computes them, so that
/// every device has them, and their gradients, without another kernel.
pub(super) fn matmul(a: Tensor<3>, b: Tensor<3>) -> Tensor<3> {
    let bias = from_values(vec![0.0; a.dims()[0] * a.dims()[1]], [a.dims()[0] * a.dims()[1]], &a.device());
    matmul_add(a, b, bias)
}

/// [`matmul`], plus a number for each row: `bias` is `[batch * rows]`.
pub(super) fn matmul_add(a: Tensor<3>, b: Tensor<3>, bias: Tensor<1>) -> Tensor<3> {
    let ([batch, rows, inner], [_, _, columns]) = (a.dims(), b.dims());
    let (a, b) = (reshape::<3, 4>(a, [batch * rows, inner, 1, 1]), reshape(b, [1, batch * inner, 1, columns]));
    reshape(conv_same(b, a, bias), [batch, rows, columns])
}

/// `x` between `before` and `after` zeros along `dim`.
pub(super) fn with_zeros(x: Tensor<4>, dim: usize, before: usize, after: usize) -> Tensor<4> {
    let zeros = |count| {
        let mut shape = x.dims();
        shape[dim] = count;
        (count > 0).then(|| from_values(vec![0.0; shape.iter().product()], shape, &x.device()))
    };
    let parts: Vec<_> = [zeros(before), Some(x.clone()), zeros(after)].into_iter().flatten().collect();
    cat(parts, dim)
}

/// A parameter that is drawn when it is first used: uniform in +-1/sqrt(fan_in), as Burn and
/// PyTorch initialise convolutions. Without the feature `train` it is zero: then weights only ever
/// come from files.
///
/// Not by Burn's `Initializer`, an enum that the compiler cannot see through: its other variants (a
/// QR decomposition among them) and the random distributions would be a tenth of the browser's
/// bundle.
fn uniform<const D: usize>(shape: [usize; D], fan_in: usize, device: &Device) -> Param<Tensor<D>> {
    parameter(shape, device, move |device| draw_uniform(shape, 1.0 / (fan_in as f64).sqrt(), device))
}

/// A parameter that begins at 0.
pub(super) fn zero<const D: usize>(shape: [usize; D], device: &Device) -> Param<Tensor<D>> {
    parameter(shape, device, move |device| from_values(vec![0.0; shape.iter().product()], shape, device))
}

fn parameter<const D: usize>(
    shape: [usize; D],
    device: &Device,
    initial: impl Fn(&Device) -> Tensor<D> + Send + Sync + 'static,
) -> Param<Tensor<D>> {
    let initial = move |device: &Device, require_grad| {
        let values = initial(device);
        if require_grad { values.require_grad() } else { values }
    };
    // Burn draws ids at random, but they only have to differ within the process.
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let id = ParamId::from(NEXT.fetch_add(1, Ordering::Relaxed));
    Param::uninitialized(id, initial, device.clone(), true, shape.into())
}

#[cfg(feature = "train")]
fn draw_uniform<const D: usize>(shape: [usize; D], bound: f64, device: &Device) -> Tensor<D> {
    Tensor::random(shape, burn::tensor::Distribution::Uniform(-bound, bound), device)
}

#[cfg(not(feature = "train"))]
fn draw_uniform<const D: usize>(shape: [usize; D], _: f64, device: &Device) -> Tensor<D> {
    from_values(vec![0.0; shape.iter().product()], shape, device)
}

#[cfg(test)]
mod tests {
    use burn::tensor::Distribution;

    use super::*;

    #[test]
    fn a_wide_convolution_is_burns_and_does_not_depend_on_the_width() {
        let device = Device::flex();
        for (kernel, input, output) in [(5, 3, 4), (7, 2, 5), (9, 1, 3)] {
            let layer = ConvSame::new(kernel, input, output, 1, &device);
            let wide = |x| wide_conv(x, layer.weight.val(), layer.bias.val());
            let x = Tensor::random([2, input, 21, 37], Distribution::Uniform(-1.0, 1.0), &device);
            let result = wide(x.clone());
            let difference = (result.clone() - layer.forward(x.clone())).abs().max().into_scalar::<f32>();
            assert!(difference < 1e-5, "{kernel}: {difference}");
            let reach = kernel / 2;
            for left in [0, 3, 10] {
                let part = wide(x.clone().narrow(3, left, 20)).narrow(3, reach, 20 - 2 * reach);
                let same = result.clone().narrow(3, left + reach, 20 - 2 * reach);
                assert_eq!(part.into_data(), same.into_data(), "{kernel} from {left}");
            }
        }
    }
}
