//! The CPU kernels: 3x3 convolution (stride 1, zero padding 1) of few channels on plain slices, NCHW, f32.
//!
//! Every instruction set runs the same loops ([`direct`], [`winograd`]) on its own vectors ([`Lanes`](kernel::Lanes)); natively the widest set
//! that the machine has is chosen at run time.
//!
//! **In [`forward`] a pixel's result depends on its 3x3 neighbourhood alone**, to the last bit: every output is the bias plus the products in
//! the order channel, row, column, added one by one with the same instruction, whichever vector, tile or thread it falls in. Zero
//! padding adds products that are exactly 0. [`forward_fast`] and the gradients give up that, not the independence of threads, for about
//! half of the multiplications.

mod direct;
mod kernel;
mod portable;
mod winograd;

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod wasm;

use kernel::{Backend, Band, Job, Packed, WeightJob};

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
        if std::is_x86_feature_detected!("avx512f")
            && std::is_x86_feature_detected!("avx512dq")
            && std::is_x86_feature_detected!("avx512vl")
        {
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
    forward_on((best(), Algorithm::Direct), shape, x, weight, bias, relu, out);
}

/// [`forward`] where not each bit counts: up to twice as fast. A pixel's last bits depend on its row's place in the picture, too; the rounding
/// error stays within a few times that of [`forward`].
///
/// # Panics
/// As [`forward`].
pub fn forward_fast(shape: &Shape, x: &[f32], weight: &[f32], bias: &[f32], relu: bool, out: &mut [f32]) {
    forward_on((best(), Algorithm::fastest(shape)), shape, x, weight, bias, relu, out);
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
    backward_data_on((best(), Algorithm::fastest(shape)), shape, dy, weight, dx);
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

/// How a convolution is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Algorithm {
    Direct,
    Winograd,
}

impl Algorithm {
    fn fastest(shape: &Shape) -> Self {
        if winograd::pays(shape.in_channels, shape.out_channels) { Self::Winograd } else { Self::Direct }
    }
}

fn forward_on(
    (backend, algorithm): (Backend, Algorithm),
    shape: &Shape,
    x: &[f32],
    weight: &[f32],
    bias: &[f32],
    relu: bool,
    out: &mut [f32],
) {
    assert_eq!(weight.len(), shape.weights(), "the weights of {shape:?}");
    assert_eq!(bias.len(), shape.out_channels, "the bias of {shape:?}");
    let weight = |o, i, tap| weight[(o * shape.in_channels + i) * 9 + tap];
    convolve((backend, algorithm), shape, x, weight, Some(bias), relu, out);
}

fn backward_data_on(
    (backend, algorithm): (Backend, Algorithm),
    shape: &Shape,
    dy: &[f32],
    weight: &[f32],
    dx: &mut [f32],
) {
    assert_eq!(weight.len(), shape.weights(), "the weights of {shape:?}");
    let transposed = Shape { in_channels: shape.out_channels, out_channels: shape.in_channels, ..*shape };
    let weight = |o, i, tap| weight[(i * shape.in_channels + o) * 9 + (8 - tap)];
    convolve((backend, algorithm), &transposed, dy, weight, None, false, dx);
}

/// `weight(output, input, tap)`
fn convolve(
    (backend, algorithm): (Backend, Algorithm),
    shape: &Shape,
    x: &[f32],
    weight: impl Fn(usize, usize, usize) -> f32,
    bias: Option<&[f32]>,
    relu: bool,
    out: &mut [f32],
) {
    assert_eq!(x.len(), shape.input(), "the input of {shape:?}");
    assert_eq!(out.len(), shape.output(), "the output of {shape:?}");
    if out.is_empty() {
        return;
    }
    let Shape { batch, in_channels, out_channels, height, width } = *shape;
    let empty = |taps| Packed::new(out_channels, in_channels, backend.block, taps, bias);
    let (run, weights, rows) = match algorithm {
        Algorithm::Direct => {
            (backend.direct, direct::pack(empty(9), in_channels, weight), direct::band_rows(in_channels, width))
        }
        Algorithm::Winograd => (
            backend.winograd,
            winograd::pack(empty(winograd::PACKED), in_channels, weight),
            winograd::band_rows(in_channels, width),
        ),
    };
    let plane = height * width;
    let bands = height.div_ceil(rows);
    let out = Output(out.as_mut_ptr());
    for_each_unit(batch * bands, shape.output() * in_channels * 9, Vec::new, |unit, scratch| {
        let (picture, top) = (unit / bands, unit % bands * rows);
        let values = &x[picture * in_channels * plane..][..in_channels * plane];
        let job = Job {
            input: Band { values, channels: in_channels, height, width, top, rows: rows.min(height - top) },
            weights: &weights,
            relu,
            // SAFETY: `picture` and `top` lie inside the output, whose length was checked.
            out: unsafe { out.get().add(picture * out_channels * plane + top * width) },
        };
        // SAFETY: `backend` is one that this machine has; the weights are packed for it and for `run`; the units write disjoint rows of
        // the output, which lives as long as this call.
        unsafe { run(&job, scratch) }
    });
}

fn backward_weight_on(backend: Backend, shape: &Shape, x: &[f32], dy: &[f32], dweight: &mut [f32], dbias: &mut [f32]) {
    assert_eq!(x.len(), shape.input(), "the input of {shape:?}");
    assert_eq!(dy.len(), shape.output(), "the output's gradient of {shape:?}");
    assert_eq!(dweight.len(), shape.weights(), "the weights' gradient of {shape:?}");
    assert_eq!(dbias.len(), shape.out_channels, "the bias's gradient of {shape:?}");
    // The same split for any number of threads, so that the sums are the same, too.
    const UNITS: usize = 16;
    let band_rows = winograd::gradient_band_rows(shape.width);
    let bands = shape.batch * shape.height.div_ceil(band_rows);
    let units = bands.min(UNITS);
    let size = dweight.len() + dbias.len();
    let mut partial = vec![0.0; units * size];
    let sums = Output(partial.as_mut_ptr());
    for_each_unit(units, shape.output() * shape.in_channels * 9, Vec::new, |unit, scratch| {
        // SAFETY: each unit has its own `size` values of `partial`, which lives as long as this call.
        let sums = unsafe { std::slice::from_raw_parts_mut(sums.get().add(unit * size), size) };
        let (dweight, dbias) = sums.split_at_mut(shape.weights());
        let bands = bands * unit / units..bands * (unit + 1) / units;
        let mut job = WeightJob { shape: *shape, x, dy, bands, band_rows, dweight, dbias };
        // SAFETY: `backend` is one that this machine has.
        unsafe { (backend.weight_gradient)(&mut job, scratch) }
    });
    dweight.fill(0.0);
    dbias.fill(0.0);
    for sums in partial.chunks_exact(size) {
        let (weights, bias) = sums.split_at(dweight.len());
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
