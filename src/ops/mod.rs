//! The hot operation of every network here, as a Burn backend extension: one definition, one implementation a device.
//!
//! [`conv3x3`] is a 3x3 convolution (stride 1, zero padding 1) with bias and an optional ReLU. On the CPU (Flex) it runs our own
//! kernels in [`cpu`], which are made for few channels; gradients come from the `Autodiff` implementation. Stock Burn
//! operations are the reference that the tests compare with.

pub mod cpu;

#[cfg(feature = "train")]
mod autodiff;
mod flex;

use burn::backend::{Backend, Dispatch, backend_extension, tensor::FloatTensor};
use burn::tensor::Tensor;

/// Operations beyond Burn's own that a device must have to run the networks.
#[cfg_attr(feature = "train", backend_extension(Flex, Autodiff))]
#[cfg_attr(not(feature = "train"), backend_extension(Flex))]
pub trait SrBackend: Backend {
    /// See [`conv3x3`].
    fn conv3x3(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        relu: bool,
    ) -> FloatTensor<Self>;
}

/// What training needs of a device besides [`SrBackend`].
#[cfg(feature = "train")]
pub trait SrGradients: SrBackend {
    /// [`SrBackend::conv3x3`] where a pixel's last bits need not depend on its neighbourhood alone, which may be faster.
    fn conv3x3_in_training(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        relu: bool,
    ) -> FloatTensor<Self>;

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

/// 3x3 convolution, stride 1, zero padding 1, then ReLU if `relu`.
///
/// On the CPU a pixel's result depends on its 3x3 neighbourhood alone, to the last bit: not on the picture's size, on
/// where the pixel lies in it, nor on the number of threads.
///
/// # Shapes
/// - `x`: `[batch, in_channels, height, width]`
/// - `weight`: `[out_channels, in_channels, 3, 3]`, `bias`: `[out_channels]`
/// - result: `[batch, out_channels, height, width]`
pub fn conv3x3(x: Tensor<4>, weight: Tensor<4>, bias: Tensor<1>, relu: bool) -> Tensor<4> {
    Tensor::from_dispatch(Dispatch::conv3x3(x.into_dispatch(), weight.into_dispatch(), bias.into_dispatch(), relu))
}
