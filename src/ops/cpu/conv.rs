//! The three operations, divided among threads: [`forward`], and its gradients by the input and
//! by the weights.

use std::cell::RefCell;
use std::ops::Range;

use super::backend::Backend;
use super::band::{Band, WeightJob};
use super::detect::best;
use super::shape::Shape;
use super::tile::{Job, Packed, Weights};
use super::{buffers, direct, winograd};

/// The steps that follow the convolution in [`forward`], and how it is computed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// Sets negative results to 0.
    pub relu: bool,
    /// A tensor to add to the results, after `relu`: `[batch, out_channels, height, width]`.
    pub residual: Option<&'a [f32]>,
    /// The factor r of a pixel shuffle at the end: channel `c * r * r + r * dy + dx` goes to
    /// channel `c` at offset (dy, dx). Not together with `residual`.
    pub shuffle: Option<usize>,
    /// Winograd's algorithm, up to twice as fast. A pixel's last bits then depend on its row's
    /// place in the picture as well, and the rounding error is at most a few times larger.
    pub winograd: bool,
}

/// `conv(x) + bias`, then what the options say.
///
/// # Shapes
/// - `x`: `[batch, in_channels, height, width]`
/// - `weight`: `[out_channels, in_channels, 3, 3]`, `bias`: `[out_channels]`
/// - result: `[batch, out_channels, height, width]`; with a shuffle by r
///   `[batch, out_channels / r^2, r * height, r * width]`
///
/// # Panics
/// If a slice does not have the length of its shape.
pub fn forward(shape: &Shape, x: &[f32], weight: &[f32], bias: &[f32], options: &Options) -> Vec<f32> {
    let algorithm = if options.winograd { Algorithm::fastest(shape) } else { Algorithm::Direct };
    forward_on((best(), algorithm), shape, x, weight, bias, options)
}

/// The gradient by the input: the convolution of `dy` with the weights flipped and transposed.
///
/// `activated` is the result of a [`forward`] with `relu` (and without residual): `dy` counts only
/// where it is positive.
///
/// # Shapes
/// - `dy`, `activated`: `[batch, out_channels, height, width]`
/// - `weight`: `[out_channels, in_channels, 3, 3]`
/// - result: `[batch, in_channels, height, width]`
///
/// # Panics
/// If a slice does not have the length of its shape.
pub fn backward_data(shape: &Shape, dy: &[f32], activated: Option<&[f32]>, weight: &[f32]) -> Vec<f32> {
    backward_data_on((best(), Algorithm::fastest(shape)), shape, dy, activated, weight)
}

/// The gradients by weight and bias. The same for any number of threads: partial sums over fixed
/// bands of rows are added in order.
///
/// # Shapes
/// - `x`: `[batch, in_channels, height, width]`
/// - `dy`: `[batch, out_channels, height, width]`, `activated` as in [`backward_data`]
/// - result: `[out_channels, in_channels, 3, 3]` and `[out_channels]`
///
/// # Panics
/// If a slice does not have the length of its shape.
pub fn backward_weight(shape: &Shape, x: &[f32], dy: &[f32], activated: Option<&[f32]>) -> (Vec<f32>, Vec<f32>) {
    backward_weight_on(best(), shape, x, dy, activated)
}

/// How a convolution is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    Direct,
    Winograd,
}

impl Algorithm {
    fn fastest(shape: &Shape) -> Self {
        if winograd::pays(shape.in_channels, shape.out_channels) { Self::Winograd } else { Self::Direct }
    }
}

pub(super) fn forward_on(
    implementation: (Backend, Algorithm),
    shape: &Shape,
    x: &[f32],
    weight: &[f32],
    bias: &[f32],
    options: &Options,
) -> Vec<f32> {
    assert_eq!(weight.len(), shape.weights(), "the weights of {shape:?}");
    assert_eq!(bias.len(), shape.out_channels, "the bias of {shape:?}");
    let weight = |o, i, tap| weight[(o * shape.in_channels + i) * 9 + tap];
    convolve(implementation, shape, (x, None), &weight, Some(bias), options)
}

pub(super) fn backward_data_on(
    implementation: (Backend, Algorithm),
    shape: &Shape,
    dy: &[f32],
    activated: Option<&[f32]>,
    weight: &[f32],
) -> Vec<f32> {
    assert_eq!(weight.len(), shape.weights(), "the weights of {shape:?}");
    let transposed = Shape { in_channels: shape.out_channels, out_channels: shape.in_channels, ..*shape };
    let weight = |o, i, tap| weight[(i * shape.in_channels + o) * 9 + (8 - tap)];
    convolve(implementation, &transposed, (dy, activated), &weight, None, &Options::default())
}

/// Convolves `x`, masked (see [`Band::mask`]).
fn convolve(
    (backend, algorithm): (Backend, Algorithm),
    shape: &Shape,
    (x, mask): (&[f32], Option<&[f32]>),
    weight: Weights,
    bias: Option<&[f32]>,
    options: &Options,
) -> Vec<f32> {
    // A single row needs a third of the kernel, so that Winograd's algorithm loses there.
    let algorithm = if shape.height == 1 { Algorithm::Direct } else { algorithm };
    let size = shape.output();
    assert_eq!(x.len(), shape.input(), "the input of {shape:?}");
    assert_eq!(mask.map_or(x.len(), <[f32]>::len), x.len(), "the mask of {shape:?}");
    let shuffled = options.shuffle.map_or(1, |factor| factor * factor);
    assert!(shuffled > 0 && shape.out_channels.is_multiple_of(shuffled), "the channels to shuffle of {shape:?}");
    assert_eq!(options.residual.map_or(size, <[f32]>::len), size, "the residual of {shape:?}");
    let mut out = buffers::take(size);
    if size == 0 {
        return out;
    }
    let Shape { in_channels, out_channels, height, width, .. } = *shape;
    let empty = |taps| Packed::new(out_channels, in_channels, backend.block, taps, bias);
    let (run, weights, band_rows) = match algorithm {
        Algorithm::Direct => (
            backend.direct,
            direct::pack(empty(direct::taps(height)), in_channels, weight),
            direct::band_rows(in_channels, width),
        ),
        Algorithm::Winograd => (
            backend.winograd,
            winograd::pack(empty(winograd::PACKED), in_channels, weight),
            winograd::band_rows(in_channels, width),
        ),
    };
    let kernel = Kernel { run, weights: &weights, band_rows, relu: options.relu, shuffle: options.shuffle };
    let target = Target {
        to: out.as_mut_ptr(),
        channel_rows: height * options.shuffle.unwrap_or(1),
        residual: options.residual.map_or(std::ptr::null(), <[f32]>::as_ptr),
        residual_rows: height,
    };
    // SAFETY: `out` has room for the results, `residual` has their size, and `backend` is one that
    // this machine has.
    unsafe { kernel.run_rows(shape, (x, mask), 0..height, &target) };
    // SAFETY: all rows of all channels of all pictures were written.
    unsafe { out.set_len(size) };
    out
}

/// A kernel with its packed weights, and what follows the convolution.
pub(super) struct Kernel<'a> {
    pub run: unsafe fn(&Job, &mut Vec<f32>),
    pub weights: &'a Packed,
    /// Rows to compute from one padded copy of the input.
    pub band_rows: usize,
    pub relu: bool,
    /// See [`Options::shuffle`].
    pub shuffle: Option<usize>,
}

/// Where the results of some rows go.
pub(super) struct Target {
    /// The first of these rows in output channel 0.
    pub to: *mut f32,
    /// The rows from one output channel to the next, after the shuffle.
    pub channel_rows: usize,
    /// The first row, in channel 0, of the tensor to add; null if there is none.
    pub residual: *const f32,
    /// As `channel_rows`.
    pub residual_rows: usize,
}

// SAFETY: the units of `Kernel::run_rows` write disjoint rows.
unsafe impl Sync for Target {}

impl Kernel<'_> {
    /// Convolves `rows` of each picture of `x`, masked (see [`Band::mask`]).
    ///
    /// # Safety
    /// This machine must have the instructions of `run`, which must fit the weights; the memory of
    /// `target` must be writable for the rows' results, and readable for the residual.
    pub unsafe fn run_rows(
        &self,
        shape: &Shape,
        (x, mask): (&[f32], Option<&[f32]>),
        rows: Range<usize>,
        target: &Target,
    ) {
        let Shape { batch, in_channels, out_channels, height, width } = *shape;
        let bands = rows.len().div_ceil(self.band_rows);
        // As equal as possible: in whole groups of Winograd's algorithm.
        let band_rows = rows.len().div_ceil(bands.max(1)).next_multiple_of(winograd::ROWS).min(self.band_rows);
        let cost = batch * out_channels * rows.len() * width * in_channels * 9;
        for_each_unit(batch * bands, cost, |unit, scratch| {
            let (picture, first) = (unit / bands, unit % bands * band_rows);
            let band_rows = band_rows.min(rows.len() - first);
            let this = picture * shape.input() / batch..(picture + 1) * shape.input() / batch;
            let input = Band {
                values: &x[this.clone()],
                channels: in_channels,
                height,
                width,
                top: rows.start + first,
                rows: band_rows,
                mask: mask.map(|mask| &mask[this]),
            };
            // SAFETY: the caller's promise; the units write disjoint rows.
            unsafe {
                let begin = |channel_rows: usize| (picture * out_channels * channel_rows + first) * width;
                let (out, out_height) = match self.shuffle {
                    None => (target.to.add(begin(target.channel_rows)), target.channel_rows),
                    Some(_) => {
                        scratch.band.resize(out_channels * band_rows * width, 0.0);
                        (scratch.band.as_mut_ptr(), band_rows)
                    }
                };
                let residual_height = target.residual_rows;
                let residual = match target.residual {
                    none if none.is_null() => none,
                    residual => residual.add(begin(residual_height)),
                };
                let job =
                    Job { input, weights: self.weights, relu: self.relu, out, out_height, residual, residual_height };
                (self.run)(&job, &mut scratch.padded);
                if let Some(factor) = self.shuffle {
                    let part = Shuffle { factor, picture, top: first, rows: band_rows };
                    part.run(shape, &scratch.band, target);
                }
            }
        });
    }
}

pub(super) fn backward_weight_on(
    backend: Backend,
    shape: &Shape,
    x: &[f32],
    dy: &[f32],
    activated: Option<&[f32]>,
) -> (Vec<f32>, Vec<f32>) {
    assert_eq!(x.len(), shape.input(), "the input of {shape:?}");
    assert_eq!(dy.len(), shape.output(), "the output's gradient of {shape:?}");
    assert_eq!(activated.map_or(dy.len(), <[f32]>::len), dy.len(), "the mask of {shape:?}");
    // The same split for any number of threads, so that the sums are the same, too.
    const UNITS: usize = 16;
    let band_rows = winograd::gradient_band_rows(shape.width);
    let bands = shape.batch * shape.height.div_ceil(band_rows);
    let units = bands.min(UNITS);
    let (mut dweight, mut dbias) = (vec![0.0; shape.weights()], vec![0.0; shape.out_channels]);
    let size = dweight.len() + dbias.len();
    let mut partial = vec![0.0; units * size];
    let sums = Output(partial.as_mut_ptr());
    for_each_unit(units, shape.output() * shape.in_channels * 9, |unit, scratch| {
        // SAFETY: each unit has its own `size` values of `partial`, which lives as long as this
        // call.
        let sums = unsafe { std::slice::from_raw_parts_mut(sums.get().add(unit * size), size) };
        let (dweight, dbias) = sums.split_at_mut(shape.weights());
        let bands = bands * unit / units..bands * (unit + 1) / units;
        let mut job = WeightJob { shape: *shape, x, dy, mask: activated, bands, band_rows, dweight, dbias };
        // SAFETY: `backend` is one that this machine has.
        unsafe { (backend.weight_gradient)(&mut job, &mut scratch.padded) }
    });
    for sums in partial.chunks_exact(size) {
        let (weights, bias) = sums.split_at(dweight.len());
        dweight.iter_mut().zip(weights).for_each(|(sum, part)| *sum += part);
        dbias.iter_mut().zip(bias).for_each(|(sum, part)| *sum += part);
    }
    (dweight, dbias)
}

/// A thread's memory besides input and output.
#[derive(Default)]
struct Scratch {
    /// A band of the input, padded or transformed.
    padded: Vec<f32>,
    /// A band of the output that is to be shuffled: `[out_channels, rows, width]`.
    band: Vec<f32>,
}

/// The pixel shuffle of a band, while it is in the cache.
struct Shuffle {
    factor: usize,
    picture: usize,
    top: usize,
    rows: usize,
}

impl Shuffle {
    /// Writes `band` `[out_channels, rows, width]` to its places in the result.
    ///
    /// # Safety
    /// `target` must be writable for these rows, and nobody else may write them.
    unsafe fn run(&self, shape: &Shape, band: &[f32], target: &Target) {
        let Self { factor, picture, top, rows } = *self;
        let Shape { out_channels, width, .. } = *shape;
        for (channel, plane) in band.chunks_exact(rows * width).enumerate() {
            let (c, dy, dx) = (channel / (factor * factor), channel / factor % factor, channel % factor);
            let c = picture * out_channels / (factor * factor) + c;
            for (y, row) in plane.chunks_exact(width).enumerate() {
                let to_row = c * target.channel_rows + (top + y) * factor + dy;
                // SAFETY: the caller's promise.
                let to =
                    unsafe { std::slice::from_raw_parts_mut(target.to.add(to_row * width * factor), width * factor) };
                to.iter_mut().skip(dx).step_by(factor).zip(row).for_each(|(to, &value)| *to = value);
            }
        }
    }
}

/// A buffer that several threads write, each its own part.
struct Output(*mut f32);

impl Output {
    fn get(&self) -> *mut f32 {
        self.0
    }
}

// SAFETY: callers give each thread its own part.
unsafe impl Send for Output {}
// SAFETY: as above.
unsafe impl Sync for Output {}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// Runs `work` for each unit, on all threads if the cost (multiply-adds) justifies waking them,
/// with one scratch a thread.
fn for_each_unit(units: usize, cost: usize, work: impl Fn(usize, &mut Scratch) + Sync + Send) {
    let work = |unit| SCRATCH.with_borrow_mut(|scratch| work(unit, scratch));
    #[cfg(not(target_arch = "wasm32"))]
    {
        use rayon::prelude::*;
        const WORTH_THREADS: usize = 200_000;
        if units > 1 && cost >= WORTH_THREADS {
            return (0..units).into_par_iter().for_each(work);
        }
    }
    let _ = cost; // in the browser there is one thread
    (0..units).for_each(work);
}
