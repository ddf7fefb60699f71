//! Burn's own operations on floats that the networks use, without the branches for quantised
//! tensors in [`Tensor`]'s methods, which would be a tenth of the browser's bundle and never run.

use burn::backend::ops::FloatTensorOps;
use burn::backend::{Dispatch, DispatchTensorKind};
use burn::tensor::{Device, Shape, Tensor, TensorData};
use burn_flex::FlexTensor;

use super::flex::{contiguous, slice};
use super::float_ops::{Binary, FloatOps, Reduction, Unary};

/// A tensor of that shape.
///
/// # Panics
/// If there are not as many values.
pub fn from_values<const D: usize>(values: Vec<f32>, shape: impl Into<Shape>, device: &Device) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::float_from_data(TensorData::new(values, shape), device.as_dispatch()))
}

/// The values of a tensor on the CPU.
///
/// # Panics
/// If it is elsewhere, or needs gradients.
pub fn values<const D: usize>(x: Tensor<D>) -> Vec<f32> {
    slice(&contiguous(on_cpu(x))).to_vec()
}

pub(super) fn on_cpu<const D: usize>(x: Tensor<D>) -> FlexTensor {
    match x.into_dispatch().kind {
        DispatchTensorKind::Flex(tensor) => tensor.float(),
        #[allow(unreachable_patterns)] // in a build for the CPU alone
        _ => panic!("the tensor is not on the CPU, or needs gradients"),
    }
}

/// `a + b`; sizes of 1 are broadcast.
pub fn add<const D: usize>(a: Tensor<D>, b: Tensor<D>) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::binary(Binary::Add, a.into_dispatch(), b.into_dispatch()))
}

/// `a - b`; sizes of 1 are broadcast.
pub fn subtract<const D: usize>(a: Tensor<D>, b: Tensor<D>) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::binary(Binary::Subtract, a.into_dispatch(), b.into_dispatch()))
}

/// `a * b`, value by value; sizes of 1 are broadcast.
pub fn multiply<const D: usize>(a: Tensor<D>, b: Tensor<D>) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::binary(Binary::Multiply, a.into_dispatch(), b.into_dispatch()))
}

/// The larger of each value and 0.
pub fn relu<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::unary(Unary::Relu, x.into_dispatch()))
}

/// The logistic function of each value.
pub fn sigmoid<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::unary(Unary::Sigmoid, x.into_dispatch()))
}

/// The exponential function of each value.
pub fn exp<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::unary(Unary::Exp, x.into_dispatch()))
}

/// The square root of each value.
pub fn sqrt<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::unary(Unary::Sqrt, x.into_dispatch()))
}

/// 1 divided by each value.
pub fn reciprocal<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::unary(Unary::Reciprocal, x.into_dispatch()))
}

/// The sums along `dim`, whose size becomes 1.
pub fn sum_dim<const D: usize>(x: Tensor<D>, dim: usize) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::reduce(Reduction::Sum, x.into_dispatch(), dim))
}

/// The means along `dim`, whose size becomes 1.
pub fn mean_dim<const D: usize>(x: Tensor<D>, dim: usize) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::reduce(Reduction::Mean, x.into_dispatch(), dim))
}

/// The largest values along `dim`, whose size becomes 1. Gradients do not pass through them: they
/// are for results that do not depend on them, such as a softmax.
pub fn max_dim<const D: usize>(x: Tensor<D>, dim: usize) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::reduce(Reduction::Max, x.into_dispatch(), dim))
}

/// The `length` entries of `x` from `start` on along `dim`.
pub fn narrow<const D: usize>(x: Tensor<D>, dim: usize, start: usize, length: usize) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::narrow(x.into_dispatch(), dim, start, length))
}

/// The same values, in another shape.
pub fn reshape<const D: usize, const E: usize>(x: Tensor<D>, shape: impl Into<Shape>) -> Tensor<E> {
    Tensor::from_dispatch(Dispatch::reshape(x.into_dispatch(), shape.into()))
}

/// The dimensions in another order.
pub fn permute<const D: usize>(x: Tensor<D>, order: [usize; D]) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::permute(x.into_dispatch(), order.to_vec()))
}

/// `parts` one after another along `dim`.
pub fn cat<const D: usize>(parts: Vec<Tensor<D>>, dim: usize) -> Tensor<D> {
    #[cfg(feature = "gpu")]
    let parts = match super::gpu::cat(parts, dim) {
        Ok(whole) => return whole,
        Err(parts) => parts,
    };
    cat_by_burn(parts, dim)
}

#[cfg(feature = "train")]
fn cat_by_burn<const D: usize>(parts: Vec<Tensor<D>>, dim: usize) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::float_cat(parts.into_iter().map(Tensor::into_dispatch).collect(), dim))
}

/// On the CPU, past `Dispatch`, which would hold Burn's kernels for the GPU.
#[cfg(not(feature = "train"))]
fn cat_by_burn<const D: usize>(parts: Vec<Tensor<D>>, dim: usize) -> Tensor<D> {
    let whole = super::flex_float::cat(parts.into_iter().map(on_cpu).collect(), dim);
    let kind = DispatchTensorKind::Flex(burn::backend::BackendTensor::Float(whole));
    Tensor::from_dispatch(burn::backend::DispatchTensor { kind, autodiff: Default::default() })
}

/// The entries of `x` at `indices` along `dim`.
pub fn select<const D: usize>(x: Tensor<D>, dim: usize, indices: Vec<i32>) -> Tensor<D> {
    Tensor::from_dispatch(Dispatch::select(x.into_dispatch(), dim, indices))
}
