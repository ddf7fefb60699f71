//! The CPU kernels: 3x3 convolution (stride 1, zero padding 1) of few channels on plain slices, NCHW, f32.
//!
//! Every instruction set runs the same loops ([`kernel`]) on its own vectors ([`Lanes`](kernel::Lanes)); natively the widest set that
//! the machine has is chosen at run time.
//!
//! **A pixel's result depends on its 3x3 neighbourhood alone**, to the last bit: every output is the bias plus the products in the
//! order channel, row, column, added one by one with the same instruction, whichever vector, tile or thread it falls in. Zero padding
//! adds products that are exactly 0.

mod kernel;
mod portable;

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod wasm;

use kernel::{Job, WeightJob, pad_rows, padded_width};

/// The sizes of one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Pictures.
    pub batch: usize,
    /// Channels of the input.
    pub in_channels: usize,
    /// Channels of the output.
    pub out_channels: usize,
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
}

impl Shape {
    fn input(&self) -> usize {
        self.batch * self.in_channels * self.height * self.width
    }

    fn output(&self) -> usize {
        self.batch * self.out_channels * self.height * self.width
    }

    fn weights(&self) -> usize {
        self.out_channels * self.in_channels * 9
    }
}

/// An instruction set: the entry points that its file compiles for it.
#[derive(Clone, Copy)]
struct Backend {
    name: &'static str,
    /// Output channels that are computed together; weights are packed in such blocks.
    block: usize,
    /// f32 values in a vector.
    lanes: usize,
    /// # Safety
    /// The machine must have the instruction set.
    forward: unsafe fn(&Job),
    /// # Safety
    /// As `forward`.
    weight_gradient: unsafe fn(&WeightJob, &mut [f32], &mut [f32]),
    /// # Safety
    /// As `forward`.
    multiply_adds: unsafe fn(usize) -> usize,
}

/// The widest instruction set of this machine.
fn best() -> Backend {
    backends().next_back().expect("the portable one is always there")
}

/// All instruction sets that this machine has, the portable one first.
fn backends() -> impl DoubleEndedIterator<Item = Backend> {
    let mut all = vec![portable::BACKEND];
    #[cfg(target_arch = "x86_64")]
    {
        if std::is_x86_feature_detected!("avx2") && std::is_x86_feature_detected!("fma") {
            all.push(avx2::BACKEND);
        }
        if std::is_x86_feature_detected!("avx512f") {
            all.push(avx512::BACKEND);
        }
    }
    #[cfg(target_arch = "aarch64")]
    all.push(neon::BACKEND);
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    all.push(wasm::BACKEND);
    all.into_iter()
}

/// The instruction set that the kernels use here, for reports: "avx512", "avx2", "neon", "simd128", "relaxed-simd" or "portable".
pub fn instruction_set() -> &'static str {
    best().name
}

/// Multiply-adds in registers alone, on this thread: the yardstick of benchmarks. Returns how many were done, for the time that it took.
pub fn multiply_adds(rounds: usize) -> usize {
    // SAFETY: this machine has the best of its instruction sets.
    unsafe { (best().multiply_adds)(rounds) }
}

/// `out = conv(x) + bias`, then ReLU if `relu`.
///
/// # Shapes
/// - `x`: `[batch, in_channels, height, width]`
/// - `weight`: `[out_channels, in_channels, 3, 3]`, `bias`: `[out_channels]`
/// - `out`: `[batch, out_channels, height, width]`; every value is written
///
/// # Panics
/// If a slice has not the length of its shape.
pub fn forward(shape: &Shape, x: &[f32], weight: &[f32], bias: &[f32], relu: bool, out: &mut [f32]) {
    forward_on(best(), shape, x, weight, bias, relu, out);
}

/// The gradient by the input: the convolution of `dy` with the weights flipped and transposed.
///
/// # Shapes
/// - `dy`: `[batch, out_channels, height, width]`, `weight`: `[out_channels, in_channels, 3, 3]`
/// - `dx`: `[batch, in_channels, height, width]`; every value is written
///
/// # Panics
/// If a slice has not the length of its shape.
pub fn backward_data(shape: &Shape, dy: &[f32], weight: &[f32], dx: &mut [f32]) {
    backward_data_on(best(), shape, dy, weight, dx);
}

/// The gradients by weight and bias. The same for any number of threads: partial sums over fixed bands of rows are added in order.
///
/// # Shapes
/// - `x`: `[batch, in_channels, height, width]`, `dy`: `[batch, out_channels, height, width]`
/// - `dweight`: `[out_channels, in_channels, 3, 3]`, `dbias`: `[out_channels]`; every value is written
///
/// # Panics
/// If a slice has not the length of its shape.
pub fn backward_weight(shape: &Shape, x: &[f32], dy: &[f32], dweight: &mut [f32], dbias: &mut [f32]) {
    backward_weight_on(best(), shape, x, dy, dweight, dbias);
}

fn forward_on(backend: Backend, shape: &Shape, x: &[f32], weight: &[f32], bias: &[f32], relu: bool, out: &mut [f32]) {
    assert_eq!(weight.len(), shape.weights(), "the weights of {shape:?}");
    assert_eq!(bias.len(), shape.out_channels, "the bias of {shape:?}");
    let packed = pack(backend, shape, Some(bias), |o, i, tap| weight[(o * shape.in_channels + i) * 9 + tap]);
    run_forward(backend, shape, x, &packed, relu, out);
}

fn backward_data_on(backend: Backend, shape: &Shape, dy: &[f32], weight: &[f32], dx: &mut [f32]) {
    assert_eq!(weight.len(), shape.weights(), "the weights of {shape:?}");
    let transposed = Shape { in_channels: shape.out_channels, out_channels: shape.in_channels, ..*shape };
    let packed = pack(backend, &transposed, None, |o, i, tap| weight[(i * shape.in_channels + o) * 9 + (8 - tap)]);
    run_forward(backend, &transposed, dy, &packed, false, dx);
}

/// Weights in the order in which the kernel reads them: by block of output channels, input channel, tap, output channel of the block;
/// then the biases. The last block is filled up with zeros.
struct Packed {
    weights: Vec<f32>,
    bias: Vec<f32>,
}

fn pack(backend: Backend, shape: &Shape, bias: Option<&[f32]>, weight: impl Fn(usize, usize, usize) -> f32) -> Packed {
    let (block, blocks) = (backend.block, shape.out_channels.div_ceil(backend.block));
    let mut packed =
        Packed { weights: vec![0.0; blocks * block * shape.in_channels * 9], bias: vec![0.0; blocks * block] };
    for o in 0..shape.out_channels {
        for i in 0..shape.in_channels {
            for tap in 0..9 {
                packed.weights[((o / block * shape.in_channels + i) * 9 + tap) * block + o % block] = weight(o, i, tap);
            }
        }
    }
    if let Some(bias) = bias {
        packed.bias[..bias.len()].copy_from_slice(bias);
    }
    packed
}

/// Rows that are computed from one padded copy: few enough that it stays in the second-level cache.
fn band_rows(channels: usize, width: usize) -> usize {
    const CACHED: usize = 1 << 16; // values: 256 KB
    (CACHED / (channels * width)).clamp(4, 64)
}

fn run_forward(backend: Backend, shape: &Shape, x: &[f32], packed: &Packed, relu: bool, out: &mut [f32]) {
    assert_eq!(x.len(), shape.input(), "the input of {shape:?}");
    assert_eq!(out.len(), shape.output(), "the output of {shape:?}");
    if out.is_empty() {
        return;
    }
    let plane = shape.height * shape.width;
    let width = padded_width(shape.width, backend.lanes);
    let rows = band_rows(shape.in_channels, width);
    let bands = shape.height.div_ceil(rows);
    let out = Output(out.as_mut_ptr());
    let work = |unit: usize, padded: &mut Vec<f32>| {
        let (picture, top) = (unit / bands, unit % bands * rows);
        let height = rows.min(shape.height - top);
        let x = &x[picture * shape.in_channels * plane..][..shape.in_channels * plane];
        pad_rows(x, shape, top, height, width, padded);
        let job = Job {
            padded,
            padded_width: width,
            rows: height,
            width: shape.width,
            in_channels: shape.in_channels,
            out_channels: shape.out_channels,
            weights: &packed.weights,
            bias: &packed.bias,
            relu,
            // SAFETY: `picture` and `top` lie inside the output, whose length was checked.
            out: unsafe { out.get().add(picture * shape.out_channels * plane + top * shape.width) },
            out_plane: plane,
        };
        // SAFETY: `backend` is one that this machine has. The job's slices have the lengths that its sizes need, and the units write
        // disjoint rows of the output, which lives as long as this call.
        unsafe { (backend.forward)(&job) }
    };
    let cost = shape.output() * shape.in_channels * 9;
    for_each_unit(shape.batch * bands, cost, Vec::new, |unit, padded| work(unit, padded));
}

fn backward_weight_on(backend: Backend, shape: &Shape, x: &[f32], dy: &[f32], dweight: &mut [f32], dbias: &mut [f32]) {
    assert_eq!(x.len(), shape.input(), "the input of {shape:?}");
    assert_eq!(dy.len(), shape.output(), "the output's gradient of {shape:?}");
    assert_eq!(dweight.len(), shape.weights(), "the weights' gradient of {shape:?}");
    assert_eq!(dbias.len(), shape.out_channels, "the bias's gradient of {shape:?}");
    let (inputs, outputs) = (shape.in_channels, shape.out_channels);
    let plane = shape.height * shape.width;
    let width = padded_width(shape.width, backend.lanes);
    let rows = band_rows(inputs + outputs, width);
    let bands = shape.height.div_ceil(rows);
    let units = shape.batch * bands;
    let mut partial = vec![0.0; units * (outputs * inputs * 9 + outputs)];
    let sums = Output(partial.as_mut_ptr());
    let size = outputs * inputs * 9 + outputs;
    for_each_unit(units, shape.output() * inputs * 9, Vec::new, |unit, padded: &mut Vec<f32>| {
        let (picture, top) = (unit / bands, unit % bands * rows);
        let height = rows.min(shape.height - top);
        pad_rows(&x[picture * inputs * plane..][..inputs * plane], shape, top, height, width, padded);
        let job = WeightJob {
            padded,
            padded_width: width,
            rows: height,
            width: shape.width,
            in_channels: inputs,
            out_channels: outputs,
            dy: &dy[picture * outputs * plane + top * shape.width..],
            dy_plane: plane,
        };
        // SAFETY: each unit has its own `size` values of `partial`, which lives as long as this call.
        let sums = unsafe { std::slice::from_raw_parts_mut(sums.get().add(unit * size), size) };
        let (dweight, dbias) = sums.split_at_mut(outputs * inputs * 9);
        // SAFETY: `backend` is one that this machine has; the job's slices have the lengths that its sizes need.
        unsafe { (backend.weight_gradient)(&job, dweight, dbias) }
    });
    dweight.fill(0.0);
    dbias.fill(0.0);
    for sums in partial.chunks_exact(size) {
        let (weights, bias) = sums.split_at(outputs * inputs * 9);
        dweight.iter_mut().zip(weights).for_each(|(sum, part)| *sum += part);
        dbias.iter_mut().zip(bias).for_each(|(sum, part)| *sum += part);
    }
}

/// A buffer that several threads write, each its own part.
struct Output(*mut f32);

impl Output {
    fn get(&self) -> *mut f32 {
        self.0
    }
}

// SAFETY: the users hand each thread a part of its own.
unsafe impl Send for Output {}
// SAFETY: as above.
unsafe impl Sync for Output {}

/// Runs `work` for each unit, on all threads where the cost (multiply-adds) is worth waking them, with one scratch a thread.
#[cfg(not(target_arch = "wasm32"))]
fn for_each_unit<S: Send>(
    units: usize,
    cost: usize,
    scratch: impl Fn() -> S + Sync + Send,
    work: impl Fn(usize, &mut S) + Sync + Send,
) {
    use rayon::prelude::*;
    const WORTH_THREADS: usize = 200_000;
    if units > 1 && cost >= WORTH_THREADS {
        (0..units).into_par_iter().for_each_init(scratch, |scratch, unit| work(unit, scratch));
    } else {
        let mut scratch = scratch();
        (0..units).for_each(|unit| work(unit, &mut scratch));
    }
}

/// As natively, on the only thread that there is.
#[cfg(target_arch = "wasm32")]
fn for_each_unit<S>(units: usize, _cost: usize, scratch: impl Fn() -> S, work: impl Fn(usize, &mut S)) {
    let mut scratch = scratch();
    (0..units).for_each(|unit| work(unit, &mut scratch));
}

#[cfg(test)]
mod tests;
