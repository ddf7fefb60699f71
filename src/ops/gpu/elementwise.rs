//! The operations of [`FloatOps`] as one kernel, a value of the result a thread. Burn's own would
//! bring a compiler's worth of kernels into the browser's bundle.

use burn::backend::TensorMetadata;
use burn::backend::ops::IntTensorOps;
use burn::backend::tensor::FloatTensor;
use burn::tensor::{Shape, TensorData};
use burn_cubecl::Cube;
use burn_wgpu::CubeTensor;

use super::launch::{Shader, launch};
use super::shader::Element;
use super::tensor::{assert_f32, empty};
use crate::ops::float_ops::{Binary, FloatOps, Reduction, Unary};

/// Threads of a workgroup, and workgroups along x: devices allow 65,535.
const THREADS: usize = 256;
const MAX_GROUPS: usize = 32_768;

/// Dimensions that the kernel knows: a pixel shuffle has 6.
const RANK: usize = 6;

/// The rule for a value of the result, from the value of `a` at its place and, where there are two
/// inputs, that of `b`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Copy,
    Unary(Unary),
    Binary(Binary),
    /// Over the inputs along `dim`.
    Reduce(Reduction, usize),
    /// `a`, and behind it along `dim` `b`.
    Join(usize),
    /// `a` at the index that `b` holds for the place along `dim`.
    Select(usize),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Elementwise(Kind);

impl Shader for Elementwise {
    fn threads(&self) -> [usize; 3] {
        [THREADS, 1, 1]
    }

    fn text(&self) -> String {
        let a = "a[place(0u, c)]";
        let b = "b[place(2u, c)]";
        let value = match self.0 {
            Kind::Copy => format!("let value = {a};"),
            Kind::Unary(Unary::Relu) => format!("let value = max({a}, 0.0);"),
            Kind::Unary(Unary::Sigmoid) => format!("let value = 1.0 / (1.0 + exp(-{a}));"),
            Kind::Unary(Unary::Exp) => format!("let value = exp({a});"),
            Kind::Unary(Unary::Sqrt) => format!("let value = sqrt({a});"),
            Kind::Unary(Unary::Reciprocal) => format!("let value = 1.0 / {a};"),
            Kind::Binary(Binary::Add) => format!("let value = {a} + {b};"),
            Kind::Binary(Binary::Subtract) => format!("let value = {a} - {b};"),
            Kind::Binary(Binary::Multiply) => format!("let value = {a} * {b};"),
            Kind::Reduce(reduction, dim) => {
                let sum = format!("value + {a}");
                let (next, share) = match reduction {
                    Reduction::Sum => (sum, ""),
                    Reduction::Mean => (sum, " / f32(info.length.x)"),
                    Reduction::Max => (format!("max(value, {a})"), ""),
                };
                format!(
                    "var value = {a};
    for (c[{dim}] = 1u; c[{dim}] < info.length.x; c[{dim}]++) {{ value = {next}; }}
    value = value{share};"
                )
            }
            Kind::Join(dim) => format!(
                "var value = 0.0;
    if c[{dim}] < info.length.x {{ value = {a}; }} else {{ c[{dim}] -= info.length.x; value = {b}; }}"
            ),
            Kind::Select(dim) => format!("c[{dim}] = u32(b[c[{dim}]]);\n    let value = {a};"),
        };
        let (b, y) = match self.0 {
            Kind::Binary(_) | Kind::Join(_) => ("@group(0) @binding(1) var<storage, read> b: array<f32>;", 2),
            Kind::Select(_) => ("@group(0) @binding(1) var<storage, read> b: array<i32>;", 2),
            _ => ("", 1),
        };
        format!(
            "// `strides`: two vectors each for a and b; `length`: of a along the dimension, values, where a begins.
struct Info {{ shape: array<vec4<u32>, 2>, strides: array<vec4<u32>, 4>, length: vec4<u32> }}
@group(0) @binding(0) var<storage, read> a: array<f32>;
{b}
@group(0) @binding({y}) var<storage, read_write> y: array<f32>;
@group(0) @binding({}) var<uniform> info: Info;

fn place(first: u32, c: array<u32, {RANK}>) -> u32 {{
    let low = info.strides[first];
    let high = info.strides[first + 1u];
    let begin = select(0u, info.length.z, first == 0u);
    return begin + c[0] * low.x + c[1] * low.y + c[2] * low.z + c[3] * low.w + c[4] * high.x + c[5] * high.y;
}}

@compute @workgroup_size({THREADS})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {{
    let at = (group.y * {MAX_GROUPS}u + group.x) * {THREADS}u + index;
    if at >= info.length.y {{ return; }}
    var c: array<u32, {RANK}>;
    let low = info.shape[0];
    let high = info.shape[1];
    var rest = at;
    c[5] = rest % high.y; rest /= high.y;
    c[4] = rest % high.x; rest /= high.x;
    c[3] = rest % low.w; rest /= low.w;
    c[2] = rest % low.z; rest /= low.z;
    c[1] = rest % low.y; rest /= low.y;
    c[0] = rest;
    {value}
    y[at] = value;
}}
",
            y + 1
        )
    }
}

/// Runs the kernel for a result of `shape`. `begin` is where `a` begins, `length` what the kind
/// needs.
fn run(kind: Kind, a: &CubeTensor, b: Option<&CubeTensor>, shape: &[usize], begin: usize, length: usize) -> CubeTensor {
    assert_f32(&[a]);
    let lead = RANK - shape.len();
    let count = shape.iter().product();
    let y = empty(a, shape, Element::F32);
    let padded = |values: &[usize], fill: usize| {
        let mut padded = [fill; 8];
        padded[lead..RANK].copy_from_slice(values);
        [[padded[0], padded[1], padded[2], padded[3]], [padded[4], padded[5], 0, 0]]
    };
    // A size of 1 stands for any: the stride is 0, so that every place reads the same.
    let strides = |tensor: &CubeTensor| {
        let sizes = tensor.shape();
        let strides: Vec<usize> = sizes
            .iter()
            .zip(tensor.meta.strides().iter())
            .map(|(&size, &stride)| if size == 1 { 0 } else { stride })
            .collect();
        padded(&strides, 0)
    };
    let b_strides = match (b, kind) {
        (Some(b), Kind::Binary(_) | Kind::Join(_)) => strides(b),
        _ => [[0; 4]; 2],
    };
    let ([shape_low, shape_high], [a_low, a_high], [b_low, b_high]) = (padded(shape, 1), strides(a), b_strides);
    let info = [shape_low, shape_high, a_low, a_high, b_low, b_high, [length, count, begin, 0]];
    let shift = |kind| match kind {
        Kind::Reduce(reduction, dim) => Kind::Reduce(reduction, lead + dim),
        Kind::Join(dim) => Kind::Join(lead + dim),
        Kind::Select(dim) => Kind::Select(lead + dim),
        other => other,
    };
    let groups = count.div_ceil(THREADS);
    let mut inputs = vec![a];
    inputs.extend(b);
    let reads = match kind {
        Kind::Reduce(..) => length,
        Kind::Binary(_) => 2,
        _ => 1,
    };
    let grid = [groups.min(MAX_GROUPS), groups.div_ceil(MAX_GROUPS), 1];
    launch(Elementwise(shift(kind)), grid, &inputs, &[&y], &info, 4 * (count * (1 + reads)) as u64);
    y
}

/// The same values, one after another.
pub(super) fn contiguous(x: CubeTensor) -> CubeTensor {
    if x.is_contiguous() {
        return x;
    }
    let shape = x.shape();
    run(Kind::Copy, &x, None, &shape, 0, 0)
}

/// `a`, and behind it along `dim` `b`.
pub(super) fn join(a: &CubeTensor, b: &CubeTensor, dim: usize) -> CubeTensor {
    let mut shape = a.shape();
    let length = shape[dim];
    shape[dim] += b.shape()[dim];
    run(Kind::Join(dim), a, Some(b), &shape, 0, length)
}

impl FloatOps for Cube {
    fn binary(kind: Binary, a: CubeTensor, b: CubeTensor) -> FloatTensor<Self> {
        let shape: Vec<usize> = a.shape().iter().zip(b.shape().iter()).map(|(&a, &b)| a.max(b)).collect();
        run(Kind::Binary(kind), &a, Some(&b), &shape, 0, 0)
    }

    fn unary(kind: Unary, x: CubeTensor) -> FloatTensor<Self> {
        run(Kind::Unary(kind), &x, None, &x.shape(), 0, 0)
    }

    fn reduce(kind: Reduction, x: CubeTensor, dim: usize) -> FloatTensor<Self> {
        let mut shape = x.shape();
        let length = std::mem::replace(&mut shape[dim], 1);
        run(Kind::Reduce(kind, dim), &x, None, &shape, 0, length)
    }

    fn narrow(x: CubeTensor, dim: usize, start: usize, length: usize) -> FloatTensor<Self> {
        let mut shape = x.shape();
        shape[dim] = length;
        run(Kind::Copy, &x, None, &shape, start * x.meta.strides()[dim], 0)
    }

    fn reshape(x: CubeTensor, shape: Shape) -> FloatTensor<Self> {
        let x = contiguous(x);
        CubeTensor::new_contiguous(x.client, x.device, shape, x.handle, x.dtype)
    }

    fn permute(mut x: CubeTensor, order: Vec<usize>) -> FloatTensor<Self> {
        x.meta.permute(&order).expect("every dimension once");
        x
    }

    fn select(x: CubeTensor, dim: usize, indices: Vec<i32>) -> FloatTensor<Self> {
        let mut shape = x.shape();
        shape[dim] = indices.len();
        let count = indices.len();
        let indices = Cube::int_from_data(TensorData::new(indices, [count]), &x.device);
        run(Kind::Select(dim), &x, Some(&indices), &shape, 0, 0)
    }
}
