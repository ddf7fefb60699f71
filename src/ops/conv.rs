//! The operations as functions of tensors.

use burn::backend::Dispatch;
use burn::tensor::Tensor;

use super::arithmetic::Arithmetic;
use super::backend::SrBackend;
use super::float::{self, add, permute, reshape};

/// 3x3 convolution, stride 1, zero padding 1, then ReLU if `relu`.
///
/// # Shapes
/// - `x`: `[batch, in_channels, height, width]`
/// - `weight`: `[out_channels, in_channels, 3, 3]`, `bias`: `[out_channels]`
/// - result: `[batch, out_channels, height, width]`
pub fn conv3x3(x: Tensor<4>, weight: Tensor<4>, bias: Tensor<1>, relu: bool) -> Tensor<4> {
    if Arithmetic::current() == Arithmetic::Reference {
        let result = reference_conv3x3(x, weight, bias);
        return if relu { float::relu(result) } else { result };
    }
    let [x, weight] = [x, weight].map(Tensor::into_dispatch);
    Tensor::from_dispatch(Dispatch::conv3x3(x, weight, bias.into_dispatch(), relu))
}

/// 3x3 convolution, stride 1, zero padding 1, plus `residual`.
///
/// # Shapes
/// As [`conv3x3`]; `residual` has the result's.
pub fn conv3x3_add(x: Tensor<4>, weight: Tensor<4>, bias: Tensor<1>, residual: Tensor<4>) -> Tensor<4> {
    if Arithmetic::current() == Arithmetic::Reference {
        return add(reference_conv3x3(x, weight, bias), residual);
    }
    let [x, weight, residual] = [x, weight, residual].map(Tensor::into_dispatch);
    Tensor::from_dispatch(Dispatch::conv3x3_add(x, weight, bias.into_dispatch(), residual))
}

/// [`conv3x3`] without ReLU, then a pixel shuffle: channel `c * r * r + r * dy + dx` goes to
/// channel `c` at offset (dy, dx), as PyTorch's, where r is `factor`.
///
/// # Shapes
/// - `x`: `[batch, in_channels, height, width]`
/// - `weight`: `[out_channels * r * r, in_channels, 3, 3]`, `bias`: `[out_channels * r * r]`
/// - result: `[batch, out_channels, r * height, r * width]`
pub fn conv3x3_shuffle(x: Tensor<4>, weight: Tensor<4>, bias: Tensor<1>, factor: usize) -> Tensor<4> {
    if Arithmetic::current() == Arithmetic::Reference {
        return pixel_shuffle(reference_conv3x3(x, weight, bias), factor);
    }
    let [x, weight] = [x, weight].map(Tensor::into_dispatch);
    Tensor::from_dispatch(Dispatch::conv3x3_shuffle(x, weight, bias.into_dispatch(), factor))
}

/// `[n, c * r * r, h, w]` -> `[n, c, h * r, w * r]`: see [`conv3x3_shuffle`].
pub fn pixel_shuffle(x: Tensor<4>, r: usize) -> Tensor<4> {
    let [n, channels, h, w] = x.dims();
    let c = channels / (r * r);
    reshape(permute(reshape(x, [n, c, r, r, h, w]), [0, 1, 4, 2, 5, 3]), [n, c, h * r, w * r])
}

/// A residual block: `x + conv(ReLU(conv(x)))`, of two [`conv3x3`].
///
/// # Shapes
/// - `x` and the result: `[batch, channels, height, width]`
/// - a convolution's weight: `[channels, channels, 3, 3]`, its bias: `[channels]`
pub fn residual_block(x: Tensor<4>, first: (Tensor<4>, Tensor<1>), second: (Tensor<4>, Tensor<1>)) -> Tensor<4> {
    if Arithmetic::current() == Arithmetic::Reference {
        let y = float::relu(reference_conv3x3(x.clone(), first.0, first.1));
        return add(reference_conv3x3(y, second.0, second.1), x);
    }
    let [x, weight1, weight2] = [x, first.0, second.0].map(Tensor::into_dispatch);
    let [bias1, bias2] = [first.1, second.1].map(Tensor::into_dispatch);
    Tensor::from_dispatch(Dispatch::residual_block(x, weight1, bias1, weight2, bias2))
}

/// A convolution of any odd kernel and any number of groups, stride 1, with the zero padding that
/// keeps the size, and bias: for the layers that have no kernel of their own.
///
/// # Shapes
/// - `x`: `[batch, in_channels, height, width]`
/// - `weight`: `[out_channels, in_channels / groups, kernel, kernel]`, `bias`: `[out_channels]`
/// - result: `[batch, out_channels, height, width]`
pub fn conv_same(x: Tensor<4>, weight: Tensor<4>, bias: Tensor<1>) -> Tensor<4> {
    let [x, weight] = [x, weight].map(Tensor::into_dispatch);
    Tensor::from_dispatch(Dispatch::conv_same(x, weight, bias.into_dispatch()))
}

fn reference_conv3x3(x: Tensor<4>, weight: Tensor<4>, bias: Tensor<1>) -> Tensor<4> {
    // The benchmark compares with Burn's own kernels on the GPU, too.
    #[cfg(feature = "web-bench")]
    return {
        let options = burn::tensor::ops::ConvOptions::new([1, 1], [1, 1], [1, 1], 1);
        burn::tensor::module::conv2d(x, weight, Some(bias), options)
    };
    #[cfg(not(feature = "web-bench"))]
    conv_same(x, weight, bias)
}
