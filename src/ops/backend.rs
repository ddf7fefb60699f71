//! The operations that a device must have.

use burn::backend::{Backend, TensorMetadata, backend_extension, tensor::FloatTensor};
use burn::tensor::Shape;

/// Operations beyond Burn's own that a device must have to run the networks.
#[cfg_attr(feature = "train", backend_extension(Flex, Cube: cfg(feature = "gpu"), Autodiff))]
#[cfg_attr(not(feature = "train"), backend_extension(Flex, Cube: cfg(feature = "gpu")))]
pub trait SrBackend: Backend {
    /// See [`conv3x3`](super::conv3x3).
    fn conv3x3(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        relu: bool,
    ) -> FloatTensor<Self>;

    /// See [`conv3x3_add`](super::conv3x3_add).
    fn conv3x3_add(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        residual: FloatTensor<Self>,
    ) -> FloatTensor<Self>;

    /// See [`conv3x3_shuffle`](super::conv3x3_shuffle).
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

    /// See [`residual_block`](super::residual_block).
    fn residual_block(
        x: FloatTensor<Self>,
        weight1: FloatTensor<Self>,
        bias1: FloatTensor<Self>,
        weight2: FloatTensor<Self>,
        bias2: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        two_convolutions::<Self>(x, weight1, bias1, weight2, bias2)
    }

    /// See [`conv_same`](super::conv_same). It does not use Burn's `conv2d`, whose kernels for the
    /// GPU would be a quarter of the command.
    fn conv_same(x: FloatTensor<Self>, weight: FloatTensor<Self>, bias: FloatTensor<Self>) -> FloatTensor<Self>;
}

/// The kernel's size and the number of groups, by the sizes of the input and the weight of a
/// [`conv_same`](super::conv_same).
///
/// # Panics
/// If they do not fit, or the kernel is not square and odd.
pub(super) fn kernel_and_groups(x: [usize; 4], weight: [usize; 4]) -> (usize, usize) {
    let ([_, inputs, ..], [outputs, of_group, height, width]) = (x, weight);
    assert!(height == width && height % 2 == 1, "conv_same: a kernel of {height}x{width}");
    let groups = inputs / of_group;
    assert!(groups * of_group == inputs && outputs % groups == 0, "conv_same: the weight does not fit the input");
    (height, groups)
}

/// A [`residual_block`](super::residual_block) as two operations, for devices that have no kernel
/// for it.
pub(super) fn two_convolutions<B: SrBackend>(
    x: FloatTensor<B>,
    weight1: FloatTensor<B>,
    bias1: FloatTensor<B>,
    weight2: FloatTensor<B>,
    bias2: FloatTensor<B>,
) -> FloatTensor<B> {
    let y = B::conv3x3(x.clone(), weight1, bias1, true);
    B::conv3x3_add(y, weight2, bias2, x)
}

/// The gradients, which training needs besides [`SrBackend`].
#[cfg(feature = "train")]
pub trait SrGradients: SrBackend {
    /// The gradient by the input: `dy` `[N, Co, H, W]`, `weight` `[Co, Ci, 3, 3]` ->
    /// `[N, Ci, H, W]`.
    ///
    /// `activated` is the result of the operation if it had a ReLU: `dy` counts only where it is
    /// positive.
    fn conv3x3_data_gradient(
        dy: FloatTensor<Self>,
        activated: Option<FloatTensor<Self>>,
        weight: FloatTensor<Self>,
    ) -> FloatTensor<Self>;

    /// The gradients by weight and bias: `x` `[N, Ci, H, W]`, `dy` `[N, Co, H, W]` ->
    /// `[Co, Ci, 3, 3]`, `[Co]`; `activated` as above.
    fn conv3x3_weight_gradient(
        x: FloatTensor<Self>,
        dy: FloatTensor<Self>,
        activated: Option<FloatTensor<Self>>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);

    /// The gradient of a pixel shuffle by its input, which undoes the shuffle:
    /// `[n, c, h * r, w * r]` -> `[n, c * r * r, h, w]`, where r is `factor`.
    fn pixel_unshuffle(dy: FloatTensor<Self>, factor: usize) -> FloatTensor<Self> {
        let [n, c, height, width] = dy.shape().dims();
        let (r, h, w) = (factor, height / factor, width / factor);
        let dy = Self::float_reshape(dy, Shape::new([n, c, h, r, w, r]));
        Self::float_reshape(Self::float_permute(dy, &[0, 1, 3, 5, 2, 4]), Shape::new([n, c * r * r, h, w]))
    }

    /// The gradient of [`conv_same`](SrBackend::conv_same) by its input `x`.
    fn conv_same_data_gradient(
        x: FloatTensor<Self>,
        dy: FloatTensor<Self>,
        weight: FloatTensor<Self>,
    ) -> FloatTensor<Self>;

    /// The gradients of [`conv_same`](SrBackend::conv_same) by weight and bias.
    fn conv_same_weight_gradient(
        x: FloatTensor<Self>,
        dy: FloatTensor<Self>,
        weight: FloatTensor<Self>,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);
}
