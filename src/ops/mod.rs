//! The hot operation of every network here, as a Burn backend extension: one definition, one implementation a device.
//!
//! [`conv3x3`] is a 3x3 convolution (stride 1, zero padding 1) with bias and what usually follows it. On the CPU (Flex) it runs our own
//! kernels in [`cpu`], which are made for few channels; gradients come from the `Autodiff` implementation. Stock Burn
//! operations are the reference that the tests and benchmarks compare with: [`Arithmetic::Stock`].

mod awake;
mod buffers;
pub mod cpu;

#[cfg(feature = "train")]
mod autodiff;
mod flex;
pub mod float;
#[cfg(feature = "gpu")]
pub mod gpu;

use std::cell::Cell;
use std::thread::LocalKey;

pub use awake::awake;
pub use buffers::recycling;
use burn::backend::{Backend, Dispatch, TensorMetadata, backend_extension, tensor::FloatTensor};
use burn::tensor::activation;
use burn::tensor::module::conv2d;
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Shape, Tensor};

/// Operations beyond Burn's own that a device must have to run the networks.
#[cfg_attr(feature = "train", backend_extension(Flex, Cube: cfg(feature = "gpu"), Autodiff))]
#[cfg_attr(not(feature = "train"), backend_extension(Flex, Cube: cfg(feature = "gpu")))]
pub trait SrBackend: Backend {
    /// See [`conv3x3`].
    fn conv3x3(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        relu: bool,
    ) -> FloatTensor<Self>;

    /// See [`conv3x3_add`].
    fn conv3x3_add(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        residual: FloatTensor<Self>,
    ) -> FloatTensor<Self>;

    /// See [`conv3x3_shuffle`].
    fn conv3x3_shuffle(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        factor: usize,
    ) -> FloatTensor<Self> {
        let y = Self::conv3x3(x, weight, bias, false);
        let [n, channels, h, w] = y.shape().dims();
        let (r, c) = (factor, channels / (factor * factor));
        let y = Self::float_reshape(y, Shape::new([n, c, r, r, h, w]));
        Self::float_reshape(Self::float_permute(y, &[0, 1, 4, 2, 5, 3]), Shape::new([n, c, h * r, w * r]))
    }

    /// See [`residual_block`].
    fn residual_block(
        x: FloatTensor<Self>,
        weight1: FloatTensor<Self>,
        bias1: FloatTensor<Self>,
        weight2: FloatTensor<Self>,
        bias2: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        two_convolutions::<Self>(x, weight1, bias1, weight2, bias2)
    }
}

/// A [`residual_block`] as two operations: what devices do that have no kernel for it.
fn two_convolutions<B: SrBackend>(
    x: FloatTensor<B>,
    weight1: FloatTensor<B>,
    bias1: FloatTensor<B>,
    weight2: FloatTensor<B>,
    bias2: FloatTensor<B>,
) -> FloatTensor<B> {
    let y = B::conv3x3(x.clone(), weight1, bias1, true);
    B::conv3x3_add(y, weight2, bias2, x)
}

/// What training needs of a device besides [`SrBackend`].
#[cfg(feature = "train")]
pub trait SrGradients: SrBackend {
    /// The gradient by the input: `dy` `[N, Co, H, W]`, `weight` `[Co, Ci, 3, 3]` -> `[N, Ci, H, W]`.
    ///
    /// `activated` is the result of the operation if it had a ReLU: `dy` counts only where it is positive.
    fn conv3x3_data_gradient(
        dy: FloatTensor<Self>,
        activated: Option<FloatTensor<Self>>,
        weight: FloatTensor<Self>,
    ) -> FloatTensor<Self>;

    /// The gradients by weight and bias: `x` `[N, Ci, H, W]`, `dy` `[N, Co, H, W]` -> `[Co, Ci, 3, 3]`, `[Co]`; `activated` as above.
    fn conv3x3_weight_gradient(
        x: FloatTensor<Self>,
        dy: FloatTensor<Self>,
        activated: Option<FloatTensor<Self>>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);
}

/// How [`conv3x3`] computes on the CPU.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Arithmetic {
    /// A pixel's result depends on its 3x3 neighbourhood alone, to the last bit: not on the picture's size, on where the pixel lies in it, nor on
    /// the number of threads.
    #[default]
    Exact,
    /// Up to twice as fast, by Winograd's algorithm: the last bits depend on a pixel's row, too. Still not on the number of threads.
    Fast,
    /// Burn's own operations, on any device: what tests and benchmarks compare with.
    Stock,
}

thread_local! {
    static ARITHMETIC: Cell<Arithmetic> = const { Cell::new(Arithmetic::Exact) };
}

impl Arithmetic {
    /// What convolutions on this thread use at the moment: `Exact` outside of [`run`](Self::run).
    pub fn current() -> Self {
        ARITHMETIC.get()
    }

    /// Runs `work`, whose convolutions on this thread are computed this way.
    ///
    /// A property of the thread, because it must reach the convolutions through modules that have nothing to do with it.
    pub fn run<T>(self, work: impl FnOnce() -> T) -> T {
        scoped(&ARITHMETIC, self, work)
    }
}

/// Runs `work` with another value of a property of the thread.
fn scoped<V: Copy + 'static, T>(property: &'static LocalKey<Cell<V>>, value: V, work: impl FnOnce() -> T) -> T {
    struct Restore<V: Copy + 'static>(&'static LocalKey<Cell<V>>, V);
    impl<V: Copy> Drop for Restore<V> {
        fn drop(&mut self) {
            self.0.set(self.1);
        }
    }
    let _restore = Restore(property, property.replace(value));
    work()
}

/// 3x3 convolution, stride 1, zero padding 1, then ReLU if `relu`.
///
/// # Shapes
/// - `x`: `[batch, in_channels, height, width]`
/// - `weight`: `[out_channels, in_channels, 3, 3]`, `bias`: `[out_channels]`
/// - result: `[batch, out_channels, height, width]`
pub fn conv3x3(x: Tensor<4>, weight: Tensor<4>, bias: Tensor<1>, relu: bool) -> Tensor<4> {
    if Arithmetic::current() == Arithmetic::Stock {
        let result = stock_conv3x3(x, weight, bias);
        return if relu { activation::relu(result) } else { result };
    }
    let [x, weight] = [x, weight].map(Tensor::into_dispatch);
    Tensor::from_dispatch(Dispatch::conv3x3(x, weight, bias.into_dispatch(), relu))
}

/// 3x3 convolution, stride 1, zero padding 1, plus `residual`.
///
/// # Shapes
/// As [`conv3x3`]; `residual` has the result's.
pub fn conv3x3_add(x: Tensor<4>, weight: Tensor<4>, bias: Tensor<1>, residual: Tensor<4>) -> Tensor<4> {
    if Arithmetic::current() == Arithmetic::Stock {
        return stock_conv3x3(x, weight, bias) + residual;
    }
    let [x, weight, residual] = [x, weight, residual].map(Tensor::into_dispatch);
    Tensor::from_dispatch(Dispatch::conv3x3_add(x, weight, bias.into_dispatch(), residual))
}

/// [`conv3x3`] without ReLU, then a pixel shuffle: channel `c * r * r + r * dy + dx` goes to channel `c` at offset (dy, dx), as PyTorch's,
/// where r is `factor`.
///
/// # Shapes
/// - `x`: `[batch, in_channels, height, width]`
/// - `weight`: `[out_channels * r * r, in_channels, 3, 3]`, `bias`: `[out_channels * r * r]`
/// - result: `[batch, out_channels, r * height, r * width]`
pub fn conv3x3_shuffle(x: Tensor<4>, weight: Tensor<4>, bias: Tensor<1>, factor: usize) -> Tensor<4> {
    if Arithmetic::current() == Arithmetic::Stock {
        return pixel_shuffle(stock_conv3x3(x, weight, bias), factor);
    }
    let [x, weight] = [x, weight].map(Tensor::into_dispatch);
    Tensor::from_dispatch(Dispatch::conv3x3_shuffle(x, weight, bias.into_dispatch(), factor))
}

/// `[n, c * r * r, h, w]` -> `[n, c, h * r, w * r]`: see [`conv3x3_shuffle`].
pub fn pixel_shuffle(x: Tensor<4>, r: usize) -> Tensor<4> {
    let [n, channels, h, w] = x.dims();
    let c = channels / (r * r);
    x.reshape([n, c, r, r, h, w]).permute([0, 1, 4, 2, 5, 3]).reshape([n, c, h * r, w * r])
}

/// A residual block: `x + conv(ReLU(conv(x)))`, of two [`conv3x3`].
///
/// # Shapes
/// - `x` and the result: `[batch, channels, height, width]`
/// - a convolution's weight: `[channels, channels, 3, 3]`, its bias: `[channels]`
pub fn residual_block(x: Tensor<4>, first: (Tensor<4>, Tensor<1>), second: (Tensor<4>, Tensor<1>)) -> Tensor<4> {
    if Arithmetic::current() == Arithmetic::Stock {
        let y = activation::relu(stock_conv3x3(x.clone(), first.0, first.1));
        return stock_conv3x3(y, second.0, second.1) + x;
    }
    let [x, weight1, weight2] = [x, first.0, second.0].map(Tensor::into_dispatch);
    let [bias1, bias2] = [first.1, second.1].map(Tensor::into_dispatch);
    Tensor::from_dispatch(Dispatch::residual_block(x, weight1, bias1, weight2, bias2))
}

fn stock_conv3x3(x: Tensor<4>, weight: Tensor<4>, bias: Tensor<1>) -> Tensor<4> {
    conv2d(x, weight, Some(bias), ConvOptions::new([1, 1], [1, 1], [1, 1], 1))
}
