//! Burn's own operations on floats that the networks use, without the alternatives for quantised
//! tensors that [`Tensor`]'s methods also hold: in the browser's bundle these would be a tenth of
//! the code, and never run.

use burn::backend::Dispatch;
use burn::backend::ops::{ActivationOps, FloatTensorOps, IntTensorOps};
use burn::tensor::{Device, Shape, Slice, Tensor, TensorData};

/// A tensor of that shape.
///
/// # Panics
/// If there are not as many values.
pub fn from_values<const D: usize>(values: Vec<f32>, shape: impl Into<Shape>, device: &Device) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::float_from_data(TensorData::new(values, shape), device.as_dispatch()))
}

/// `a + b`; sizes of 1 are broadcast.
pub fn add<const D: usize>(a: Tensor<D>, b: Tensor<D>) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::float_add(a.into_dispatch(), b.into_dispatch()))
}

/// `a - b`; sizes of 1 are broadcast.
pub fn subtract<const D: usize>(a: Tensor<D>, b: Tensor<D>) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::float_sub(a.into_dispatch(), b.into_dispatch()))
}

/// `a * b`, value by value; sizes of 1 are broadcast.
pub fn multiply<const D: usize>(a: Tensor<D>, b: Tensor<D>) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::float_mul(a.into_dispatch(), b.into_dispatch()))
}

/// The larger of each value and 0.
pub fn relu<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::relu(x.into_dispatch()))
}

/// The logistic function of each value.
pub fn sigmoid<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::sigmoid(x.into_dispatch()))
}

/// The sums along `dim`, whose size becomes 1.
pub fn sum_dim<const D: usize>(x: Tensor<D>, dim: usize) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::float_sum_dim(x.into_dispatch(), dim))
}

/// The means along `dim`, whose size becomes 1.
pub fn mean_dim<const D: usize>(x: Tensor<D>, dim: usize) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::float_mean_dim(x.into_dispatch(), dim))
}

/// The `length` entries of `x` from `start` on along `dim`.
pub fn narrow<const D: usize>(x: Tensor<D>, dim: usize, start: usize, length: usize) -> Tensor<D> {
    let mut slices = [Slice::full(); D];
    slices[dim] = Slice::from(start..start + length);
    Tensor::from_dispatch(Dispatch::float_slice(x.into_dispatch(), &slices))
}

/// The same values, in another shape.
pub fn reshape<const D: usize, const E: usize>(x: Tensor<D>, shape: impl Into<Shape>) -> Tensor<E> {
    Tensor::from_dispatch(Dispatch::float_reshape(x.into_dispatch(), shape.into()))
}

/// The dimensions in another order.
pub fn permute<const D: usize>(x: Tensor<D>, order: [usize; D]) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::float_permute(x.into_dispatch(), &order))
}

/// `parts` one after another along `dim`.
pub fn cat<const D: usize>(parts: Vec<Tensor<D>>, dim: usize) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::float_cat(parts.into_iter().map(Tensor::into_dispatch).collect(), dim))
}

/// The entries of `x` at `indices` along `dim`.
pub fn select<const D: usize>(x: Tensor<D>, dim: usize, indices: Vec<i32>) -> Tensor<D> {
    let count = indices.len();
    let indices = Dispatch::int_from_data(TensorData::new(indices, [count]), x.device().as_dispatch());
    Tensor::from_dispatch(Dispatch::float_select(x.into_dispatch(), dim, indices))
}
