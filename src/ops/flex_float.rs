//! [`FloatOps`] on the CPU, for f32 alone. Burn's own know every type of numbers, which made a
//! tenth of the browser's bundle.

use burn::backend::Flex;
use burn::backend::tensor::FloatTensor;
use burn::tensor::Shape;
use burn_flex::{FlexTensor, Layout};

use super::cpu::take;
use super::flex::{contiguous, slice, tensor};
use super::float_ops::{Binary, FloatOps, Reduction, Unary};

impl FloatOps for Flex {
    fn binary(kind: Binary, a: FlexTensor, b: FlexTensor) -> FloatTensor<Self> {
        match kind {
            Binary::Add => broadcast(&a, &b, |a, b| a + b),
            Binary::Subtract => broadcast(&a, &b, |a, b| a - b),
            Binary::Multiply => broadcast(&a, &b, |a, b| a * b),
        }
    }

    fn unary(kind: Unary, x: FlexTensor) -> FloatTensor<Self> {
        match kind {
            Unary::Relu => map(x, |x| x.max(0.0)),
            Unary::Sigmoid => map(x, |x| 1.0 / (1.0 + exp(-x))),
            Unary::Exp => map(x, exp),
            Unary::Sqrt => map(x, f32::sqrt),
            Unary::Reciprocal => map(x, f32::recip),
        }
    }

    fn reduce(kind: Reduction, x: FlexTensor, dim: usize) -> FloatTensor<Self> {
        let length = x.layout().shape()[dim];
        match kind {
            Reduction::Sum => fold(x, dim, 0.0, |sum, x| sum + x),
            Reduction::Mean => map(fold(x, dim, 0.0, |sum, x| sum + x), |sum| sum / length as f32),
            Reduction::Max => fold(x, dim, f32::NEG_INFINITY, f32::max),
        }
    }

    fn narrow(x: FlexTensor, dim: usize, start: usize, length: usize) -> FloatTensor<Self> {
        x.narrow(dim, start, length)
    }

    fn reshape(x: FlexTensor, shape: Shape) -> FloatTensor<Self> {
        let x = contiguous(x);
        assert_eq!(shape.num_elements(), x.layout().num_elements(), "reshape: another number of values");
        let start = x.layout().start_offset();
        let strides = Layout::contiguous(shape.clone()).strides().to_vec();
        x.with_layout(Layout::new(shape, strides, start))
    }

    fn permute(x: FlexTensor, order: Vec<usize>) -> FloatTensor<Self> {
        x.permute(&order)
    }

    fn select(x: FlexTensor, dim: usize, indices: Vec<i32>) -> FloatTensor<Self> {
        let x = contiguous(x);
        let mut shape = x.layout().shape().to_vec();
        let inner: usize = shape[dim + 1..].iter().product();
        let length = std::mem::replace(&mut shape[dim], indices.len());
        let mut y = take(shape.iter().product());
        for part in slice(&x).chunks_exact((length * inner).max(1)) {
            indices.iter().for_each(|&index| y.extend_from_slice(&part[index as usize * inner..][..inner]));
        }
        tensor(y, shape)
    }
}

/// `parts` one after another along `dim`.
#[cfg(any(test, not(feature = "train")))]
pub(super) fn cat(parts: Vec<FlexTensor>, dim: usize) -> FlexTensor {
    let parts: Vec<FlexTensor> = parts.into_iter().map(contiguous).collect();
    let mut shape = parts[0].layout().shape().to_vec();
    shape[dim] = parts.iter().map(|part| part.layout().shape()[dim]).sum();
    let inner: usize = shape[dim + 1..].iter().product();
    let mut y = take(shape.iter().product());
    for outer in 0..shape[..dim].iter().product() {
        for part in &parts {
            let length = part.layout().shape()[dim] * inner;
            y.extend_from_slice(&slice(part)[outer * length..][..length]);
        }
    }
    tensor(y, shape)
}

/// `f` of the values of `a` and `b` at each place; sizes of 1 are broadcast.
fn broadcast(a: &FlexTensor, b: &FlexTensor, f: impl Fn(f32, f32) -> f32) -> FlexTensor {
    let (a, b) = (contiguous(a.clone()), contiguous(b.clone()));
    let (a_shape, b_shape) = (a.layout().shape().to_vec(), b.layout().shape().to_vec());
    let (a, b) = (slice(&a), slice(&b));
    if a_shape == b_shape {
        let mut y = take(a.len());
        y.extend(a.iter().zip(b).map(|(&a, &b)| f(a, b)));
        return tensor(y, a_shape);
    }
    let shape: Vec<usize> = a_shape.iter().zip(&b_shape).map(|(&a, &b)| a.max(b)).collect();
    let mut y = take(shape.iter().product());
    let (&width, outer) = shape.split_last().expect("a tensor has a dimension");
    for row in 0..outer.iter().product() {
        let (a, b) = (row_of(a, &a_shape, &shape, row), row_of(b, &b_shape, &shape, row));
        match (a, b) {
            ([a], b) if width > 1 => y.extend(b.iter().map(|&b| f(*a, b))),
            (a, [b]) if width > 1 => y.extend(a.iter().map(|&a| f(a, *b))),
            (a, b) => y.extend(a.iter().zip(b).map(|(&a, &b)| f(a, b))),
        }
    }
    tensor(y, shape)
}

/// The row of a tensor of shape `own` that stands at row `row` of `shape`, to which it is
/// broadcast.
fn row_of<'v>(values: &'v [f32], own: &[usize], shape: &[usize], mut row: usize) -> &'v [f32] {
    let last = own.len() - 1;
    let (mut at, mut stride) = (0, own[last]);
    for dim in (0..last).rev() {
        if own[dim] > 1 {
            at += row % shape[dim] * stride;
        }
        row /= shape[dim];
        stride *= own[dim];
    }
    &values[at..][..own[last]]
}

fn map(x: FlexTensor, f: impl Fn(f32) -> f32) -> FlexTensor {
    let x = contiguous(x);
    let mut y = take(slice(&x).len());
    y.extend(slice(&x).iter().map(|&x| f(x)));
    tensor(y, x.layout().shape().to_vec())
}

/// Combines the values along `dim`, whose size becomes 1. `f` may take them in any order.
fn fold(x: FlexTensor, dim: usize, initial: f32, f: impl Fn(f32, f32) -> f32) -> FlexTensor {
    /// So many partial results along a row, which the compiler keeps in a register or two.
    const LANES: usize = 8;
    let x = contiguous(x);
    let mut shape = x.layout().shape().to_vec();
    let inner: usize = shape[dim + 1..].iter().product();
    let length = std::mem::replace(&mut shape[dim], 1);
    let mut y = take(shape.iter().product());
    for part in slice(&x).chunks_exact((length * inner).max(1)) {
        if inner == 1 {
            let mut lanes = [initial; LANES];
            for values in part.chunks(LANES) {
                lanes.iter_mut().zip(values).for_each(|(lane, &value)| *lane = f(*lane, value));
            }
            y.push(lanes.into_iter().fold(initial, &f));
        } else {
            let from = y.len();
            y.resize(from + inner, initial);
            for row in part.chunks_exact(inner) {
                y[from..].iter_mut().zip(row).for_each(|(sum, &value)| *sum = f(*sum, value));
            }
        }
    }
    tensor(y, shape)
}

/// The exponential function, to 3 units in the last place; 0 below -87, at most 2^127. It has no
/// branches, so that the compiler computes several at once, which the system's function prevents.
fn exp(x: f32) -> f32 {
    use std::f32::consts::LOG2_E;
    // The natural logarithm of 2 in two parts: multiples of the first are exact.
    const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    let power = (x * LOG2_E).clamp(-126.0, 127.0).round_ties_even();
    let rest = (x - power * LN_2[0] - power * LN_2[1]).clamp(-1.0, 1.0);
    // Cephes' polynomial for exp between -ln(2) / 2 and ln(2) / 2.
    let series = [1.987_569_1e-4, 1.398_2e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5];
    let tail = series.into_iter().reduce(|sum, next| sum * rest + next).expect("it has terms");
    let value = (tail * rest * rest + rest) + 1.0;
    value * f32::from_bits(((power as i32 + 127) as u32) << 23)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::float;
    use burn::backend::{BackendTensor, DispatchTensor, DispatchTensorKind};
    use burn::tensor::{Device, Tensor};

    fn numbers(count: usize) -> Vec<f32> {
        (0..count).map(|at| ((at * 7919) % 257) as f32 / 64.0 - 2.0).collect()
    }

    fn random<const D: usize>(shape: [usize; D]) -> Tensor<D> {
        float::from_values(numbers(shape.iter().product()), shape, &Device::flex())
    }

    fn assert_close<const D: usize>(found: Tensor<D>, expected: Tensor<D>, what: &str) {
        assert_eq!(found.dims(), expected.dims(), "{what}");
        for (found, expected) in float::values(found).into_iter().zip(float::values(expected)) {
            assert!((found - expected).abs() <= 1e-5 * expected.abs().max(1.0), "{what}: {found}, not {expected}");
        }
    }

    #[test]
    fn they_compute_what_burns_operations_do() {
        let shapes = [[2, 3, 5, 17], [2, 3, 1, 1], [1, 3, 5, 1], [1, 1, 1, 17], [2, 1, 5, 17], [1, 1, 1, 1]];
        for a in shapes {
            for b in shapes {
                let what = format!("{a:?} and {b:?}");
                let (a, b) = (random(a), random(b) + 0.1);
                assert_close(float::add(a.clone(), b.clone()), a.clone() + b.clone(), &what);
                assert_close(float::subtract(a.clone(), b.clone()), a.clone() - b.clone(), &what);
                assert_close(float::multiply(a.clone(), b.clone()), a * b, &what);
            }
        }
        // Also of views whose values do not lie one after another.
        for order in [[0, 3, 1, 2], [3, 2, 1, 0], [1, 0, 2, 3]] {
            let x = random([2, 3, 5, 17]).permute(order.map(|axis| axis as isize)).narrow(0, 1, 1);
            let shape = [x.dims().iter().product::<usize>()];
            assert_close(float::reshape(x.clone(), shape), x.reshape(shape), "reshape");
        }
        let x = float::permute(random([2, 3, 5, 17]), [0, 3, 1, 2]);
        for dim in 0..4 {
            let what = format!("along {dim}");
            assert_close(float::sum_dim(x.clone(), dim), x.clone().sum_dim(dim), &what);
            assert_close(float::mean_dim(x.clone(), dim), x.clone().mean_dim(dim), &what);
            assert_close(float::max_dim(x.clone(), dim), x.clone().max_dim(dim), &what);
            let expected = Tensor::cat(vec![x.clone().narrow(dim, 1, 1), x.clone().narrow(dim, 0, 1)], dim);
            assert_close(float::select(x.clone(), dim, vec![1, 0]), expected, &what);
            let parts = vec![x.clone().narrow(dim, 1, 1), x.clone(), x.clone().narrow(dim, 0, 2)];
            let found = cat(parts.clone().into_iter().map(float::on_cpu).collect(), dim);
            let kind = DispatchTensorKind::Flex(BackendTensor::Float(found));
            let found = Tensor::from_dispatch(DispatchTensor { kind, autodiff: Default::default() });
            assert_close(found, Tensor::cat(parts, dim), &what);
        }
        assert_close(float::relu(x.clone()), x.clone().clamp_min(0.0), "relu");
        assert_close(float::exp(x.clone()), x.clone().exp(), "exp");
        let sigmoid = (x.clone().neg().exp() + 1.0).recip();
        assert_close(float::sigmoid(x.clone()), sigmoid, "sigmoid");
        let positive = x.clone() * x + 0.5;
        assert_close(float::sqrt(positive.clone()), positive.clone().sqrt(), "sqrt");
        assert_close(float::reciprocal(positive.clone()), positive.recip(), "reciprocal");
    }

    #[test]
    fn exp_is_exact_to_3_units_in_the_last_place() {
        for step in -87_000..=88_000 {
            let x = step as f32 / 1000.0;
            let (found, expected) = (f64::from(exp(x)), f64::from(x).exp());
            assert!((found / expected - 1.0).abs() < 3.0 * f64::from(f32::EPSILON), "{x}: {found}, not {expected}");
        }
        assert_eq!([exp(0.0), exp(-1000.0), exp(f32::NEG_INFINITY)].map(|y| y < 1e-37), [false, true, true]);
        assert!(exp(f32::NAN).is_nan());
    }
}
