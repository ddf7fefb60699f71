//! The operations on floats that [`float`](super::float) calls, as a Burn backend extension. By
//! default they are Burn's own, as gradients need them; CPU and GPU have versions of their own.

use burn::backend::tensor::FloatTensor;
use burn::backend::{Backend, TensorMetadata, backend_extension};
use burn::tensor::{Shape, Slice, TensorData};

/// An operation of two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Binary {
    /// Their sum.
    Add,
    /// The first without the second.
    Subtract,
    /// Their product.
    Multiply,
}

/// A function of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unary {
    /// The larger of it and 0.
    Relu,
    /// The logistic function.
    Sigmoid,
    /// The exponential function.
    Exp,
    /// The square root.
    Sqrt,
    /// 1 divided by it.
    Reciprocal,
}

/// A reduction of the values along a dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reduction {
    /// Their sum.
    Sum,
    /// Their mean.
    Mean,
    /// The largest.
    Max,
}

/// The operations, by default Burn's own. See the functions of [`float`](super::float).
#[cfg_attr(feature = "train", backend_extension(Flex, Cube: cfg(feature = "gpu"), Autodiff))]
#[cfg_attr(not(feature = "train"), backend_extension(Flex, Cube: cfg(feature = "gpu")))]
pub trait FloatOps: Backend {
    /// See [`add`](super::float::add), [`subtract`](super::float::subtract) and
    /// [`multiply`](super::float::multiply).
    fn binary(kind: Binary, a: FloatTensor<Self>, b: FloatTensor<Self>) -> FloatTensor<Self> {
        match kind {
            Binary::Add => Self::float_add(a, b),
            Binary::Subtract => Self::float_sub(a, b),
            Binary::Multiply => Self::float_mul(a, b),
        }
    }

    /// See [`relu`](super::float::relu) and those after it.
    fn unary(kind: Unary, x: FloatTensor<Self>) -> FloatTensor<Self> {
        match kind {
            Unary::Relu => Self::relu(x),
            Unary::Sigmoid => Self::sigmoid(x),
            Unary::Exp => Self::float_exp(x),
            Unary::Sqrt => Self::float_sqrt(x),
            Unary::Reciprocal => Self::float_recip(x),
        }
    }

    /// See [`sum_dim`](super::float::sum_dim), [`mean_dim`](super::float::mean_dim) and
    /// [`max_dim`](super::float::max_dim).
    fn reduce(kind: Reduction, x: FloatTensor<Self>, dim: usize) -> FloatTensor<Self> {
        match kind {
            Reduction::Sum => Self::float_sum_dim(x, dim),
            Reduction::Mean => Self::float_mean_dim(x, dim),
            Reduction::Max => Self::float_max_dim(x, dim),
        }
    }

    /// See [`narrow`](super::float::narrow).
    fn narrow(x: FloatTensor<Self>, dim: usize, start: usize, length: usize) -> FloatTensor<Self> {
        let mut slices = vec![Slice::full(); x.shape().num_dims()];
        slices[dim] = Slice::from(start..start + length);
        Self::float_slice(x, &slices)
    }

    /// See [`reshape`](super::float::reshape).
    fn reshape(x: FloatTensor<Self>, shape: Shape) -> FloatTensor<Self> {
        Self::float_reshape(x, shape)
    }

    /// See [`permute`](super::float::permute).
    fn permute(x: FloatTensor<Self>, order: Vec<usize>) -> FloatTensor<Self> {
        Self::float_permute(x, &order)
    }

    /// See [`select`](super::float::select).
    fn select(x: FloatTensor<Self>, dim: usize, indices: Vec<i32>) -> FloatTensor<Self> {
        let count = indices.len();
        let indices = Self::int_from_data(TensorData::new(indices, [count]), &x.device());
        Self::float_select(x, dim, indices)
    }
}
