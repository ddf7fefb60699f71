//! Winograd's algorithm along the columns, F(4, 3): four rows of a result from six rows of the
//! input with six multiplications where the definition takes twelve (A. Lavin, S. Gray, "Fast
//! Algorithms for Convolutional Neural Networks", arXiv 1509.09308; here in one dimension, so that
//! vectors along the rows need no shuffling). Twice as fast as the direct convolution at most.
//!
//! With the interpolation points 0, +-a, +-b, infinity, a = sqrt(1/2), b = sqrt(2), whose matrices
//! have the smallest entries and so the smallest rounding errors. For a group of rows `d` of the
//! input, `g` of the kernel, `y` of the output, and transposed for the kernel's gradient:
//!
//! ```text
//! y  = A^T [(G g) * (B^T d)]
//! dg = G^T [(A dy) * (B^T d)]
//! ```
//!
//! The products run over all channels before the outer transform, as [`convolve`] of single rows.

use super::band::{Band, WeightJob};
use super::lanes::Lanes;
use super::shape::Shape;
use super::tile::{Job, Packed, Tile, Weights, aligned, convolve, for_each_tile, padded_width, window};

/// Rows of a group.
pub(super) const ROWS: usize = 4;
/// Rows of a transformed group.
const TAPS: usize = 6;

const A: f32 = std::f32::consts::FRAC_1_SQRT_2;
const B: f32 = std::f32::consts::SQRT_2;
const A3: f32 = A / 2.0;
const B3: f32 = B * 2.0;

/// `G`: the kernel's rows to taps.
const G: [[f64; 3]; TAPS] = {
    const S: f64 = std::f64::consts::SQRT_2;
    [
        [1.0, 0.0, 0.0],
        [-2.0 / 3.0, -S / 3.0, -1.0 / 3.0],
        [-2.0 / 3.0, S / 3.0, -1.0 / 3.0],
        [1.0 / 6.0, S / 6.0, 1.0 / 3.0],
        [1.0 / 6.0, -S / 6.0, 1.0 / 3.0],
        [0.0, 0.0, 1.0],
    ]
};

/// Whether this beats the direct convolution: each channel's transform costs as much as one or two
/// pairs of channels.
pub(super) fn pays(in_channels: usize, out_channels: usize) -> bool {
    in_channels.min(out_channels) >= 3
}

/// Transforms and packs `weight` for [`forward`]:
/// `[blocks, TAPS, in_channels, 3, block]`.
pub(super) fn pack(mut packed: Packed, in_channels: usize, weight: Weights) -> Packed {
    let block = packed.block;
    for o in 0..packed.out_channels {
        for i in 0..in_channels {
            let kernel: [f64; 9] = std::array::from_fn(|tap| f64::from(weight(o, i, tap)));
            for (t, row) in G.iter().enumerate() {
                let at = ((o / block * TAPS + t) * in_channels + i) * 3 * block + o % block;
                for kx in 0..3 {
                    let value = row[0] * kernel[kx] + row[1] * kernel[3 + kx] + row[2] * kernel[6 + kx];
                    packed.values[at + kx * block] = value as f32;
                }
            }
        }
    }
    packed
}

/// Values of a packed pair of channels.
pub(super) const PACKED: usize = 3 * TAPS;

/// Rows to compute from one transformed copy: few enough that it stays in the second-level cache.
pub(super) fn band_rows(channels: usize, width: usize) -> usize {
    const CACHED: usize = 1 << 16; // values: 256 KB
    ROWS * (CACHED / (TAPS * channels * width)).clamp(1, 16)
}

/// Convolves the job's band.
///
/// # Safety
/// See [`Lanes`]; the weights must be packed by [`pack`] for the band's channels, `out` writable
/// for all its rows.
#[inline(always)]
pub(super) unsafe fn forward<L: Lanes>(job: &Job, scratch: &mut Vec<f32>) {
    let Band { channels, width, rows, .. } = job.input;
    let groups = rows.div_ceil(ROWS);
    let row_stride = padded_width::<L>(width);
    // A cache line more, so that the channels' rows fall into different sets of the cache.
    let channel_stride = groups * row_stride + 16;
    let transformed = aligned(scratch, TAPS * channels * channel_stride);
    // SAFETY: the caller's promise; a padded row holds a vector more than the row in whole vectors.
    unsafe {
        transform_input::<L>(&job.input, L::N, row_stride, channel_stride, transformed);
        let window = window(channels, channel_stride, 1, row_stride);
        let tap_stride = channels * channel_stride;
        let tile =
            Transformed { job, values: transformed.as_ptr().add(L::N - 1), tap_stride, row_stride, window: &window };
        for_each_tile::<L, _>(&tile, job.weights, groups, width);
    }
}

/// `B^T d` for every group of the band's rows: `[TAPS, channels, groups, row_stride]`, with a zero
/// on both sides of each row. A channel's first row begins after `lead` values, and a row is stored
/// in whole vectors.
#[inline(always)]
unsafe fn transform_input<L: Lanes>(
    band: &Band,
    lead: usize,
    row_stride: usize,
    channel_stride: usize,
    to: &mut [f32],
) {
    let tap_stride = band.channels * channel_stride;
    assert!(to.len() >= TAPS * tap_stride);
    for channel in 0..band.channels {
        for group in 0..band.rows.div_ceil(ROWS) {
            let to = to[channel * channel_stride + lead + group * row_stride..].as_mut_ptr();
            let top = (band.top + group * ROWS) as isize - 1;
            let rows = band.rows::<6>(channel, top);
            // SAFETY: the caller's promise; `to` has room for a vector more than the row in whole
            // vectors in each tap.
            unsafe {
                for at in (0..band.width).step_by(L::N) {
                    let mut d = [L::splat(0.0); 6];
                    for (d, row) in d.iter_mut().zip(rows) {
                        *d = row.load::<L>(at, band.width - at);
                    }
                    let (minus_5_2, minus_a, minus_b) = (L::splat(-2.5), L::splat(-A), L::splat(-B));
                    let even = |factor| L::multiply_add(L::splat(factor), d[2], d[4]);
                    let (even_a, even_b) = (even(-2.0), even(-0.5));
                    let odd_a = L::multiply_add(minus_b, d[1], L::multiply(L::splat(A), d[3]));
                    let odd_b = L::multiply_add(minus_a, d[1], L::multiply(L::splat(B), d[3]));
                    let taps = [
                        L::multiply_add(minus_5_2, d[2], L::add(d[0], d[4])),
                        L::add(even_a, odd_a),
                        L::subtract(even_a, odd_a),
                        L::add(even_b, odd_b),
                        L::subtract(even_b, odd_b),
                        L::multiply_add(minus_5_2, d[3], L::add(d[1], d[5])),
                    ];
                    for (t, &tap) in taps.iter().enumerate() {
                        L::store(to.add(t * tap_stride + at), tap);
                    }
                }
                // Last, since the last vector may reach into the next row.
                for t in 0..TAPS {
                    let row = to.add(t * tap_stride);
                    *row.sub(1) = 0.0;
                    *row.add(band.width) = 0.0;
                }
            }
        }
    }
}

/// A job and its band transformed: `[TAPS, channels, groups, row_stride]`.
struct Transformed<'a> {
    job: &'a Job<'a>,
    values: *const f32,
    tap_stride: usize,
    row_stride: usize,
    window: &'a [usize],
}

impl<L: Lanes> Tile<L> for Transformed<'_> {
    /// `row` is a group of rows.
    #[inline(always)]
    // `products` is indexed by the tap first, which is the innermost loop here.
    #[allow(clippy::needless_range_loop)]
    unsafe fn run<const C: usize, const V: usize>(&self, first: usize, row: usize, at: usize) {
        let Job { input: Band { channels, width, rows, .. }, weights, .. } = *self.job;
        let left = at * L::N;
        let rows = (rows - row * ROWS).min(ROWS);
        // SAFETY: the caller's promise; each tap of `products` is written before it is read.
        unsafe {
            let zero = L::splat(0.0);
            let mut products = std::mem::MaybeUninit::<[[[L::V; V]; C]; TAPS]>::uninit();
            let taps = products.as_mut_ptr().cast::<[[L::V; V]; C]>();
            for t in 0..TAPS {
                let mut sums = [[zero; V]; C];
                convolve::<L, C, V>(
                    &mut sums,
                    self.values.add(t * self.tap_stride + row * self.row_stride + left),
                    self.window,
                    weights.values.as_ptr().add((first * TAPS + t * weights.block) * channels * 3),
                    weights.block,
                );
                taps.add(t).write(sums);
            }
            let products = products.assume_init_ref();
            for c in 0..C {
                let bias = L::splat(weights.bias[first + c]);
                for v in 0..V {
                    let at = left + v * L::N;
                    let y = transform_output::<L>(std::array::from_fn(|t| products[t][c][v]), bias);
                    for (r, &y) in y.iter().enumerate().take(rows) {
                        self.job.store::<L>(first + c, (row * ROWS + r) * width + at, y, width - at);
                    }
                }
            }
        }
    }
}

/// `A^T m + bias`
#[inline(always)]
unsafe fn transform_output<L: Lanes>(m: [L::V; TAPS], bias: L::V) -> [L::V; ROWS] {
    // SAFETY: the caller's promise.
    unsafe {
        let (sum_a, difference_a) = (L::add(m[1], m[2]), L::subtract(m[1], m[2]));
        let (sum_b, difference_b) = (L::add(m[3], m[4]), L::subtract(m[3], m[4]));
        let scaled = |factor, value, rest| L::multiply_add(L::splat(factor), value, rest);
        [
            L::add(L::add(m[0], bias), L::add(sum_a, sum_b)),
            scaled(A, difference_a, scaled(B, difference_b, bias)),
            scaled(0.5, sum_a, scaled(2.0, sum_b, bias)),
            scaled(A3, difference_a, scaled(B3, difference_b, L::add(m[5], bias))),
        ]
    }
}

/// Rows of a band for [`weight_gradient`]: few enough that one tap of a block of output channels
/// stays in the first-level cache.
pub(super) fn gradient_band_rows(width: usize) -> usize {
    const CACHED: usize = 640; // values of a channel
    ROWS * (CACHED / (width + 2)).clamp(1, 16)
}

/// The weight and bias gradients of the job's bands.
///
/// # Safety
/// See [`Lanes`].
#[inline(always)]
pub(super) unsafe fn weight_gradient<L: Lanes>(job: &mut WeightJob, scratch: &mut Vec<f32>) {
    let Shape { in_channels: inputs, out_channels: outputs, height, width, .. } = job.shape;
    // Here a row ends where the next begins, its padding between them, so that all rows of a band
    // are one long row.
    let row_stride = width + 2;
    let length = job.band_rows.div_ceil(ROWS) * row_stride;
    let stride = length.next_multiple_of(16) + 16;
    let sizes = [TAPS * inputs * stride, TAPS * outputs * stride, TAPS * outputs * inputs * 12, outputs * 4];
    let scratch = aligned(scratch, sizes.iter().sum());
    let (x, scratch) = scratch.split_at_mut(sizes[0]);
    let (dy, scratch) = scratch.split_at_mut(sizes[1]);
    let (sums, bias_sums) = scratch.split_at_mut(sizes[2]);
    sums.fill(0.0);
    bias_sums.fill(0.0);
    let bands = height.div_ceil(job.band_rows);
    for band in job.bands.clone() {
        let (picture, top) = (band / bands, band % bands * job.band_rows);
        let x_band = job.band(job.x, None, inputs, picture, top);
        let dy_band = job.band(job.dy, job.mask, outputs, picture, top);
        let length = x_band.rows.div_ceil(ROWS) * row_stride;
        // The last vector reads beyond the end. Nothing may be left there from another use: 0 * NaN
        // is NaN.
        for channel in x.chunks_exact_mut(stride).chain(dy.chunks_exact_mut(stride)) {
            channel[length..].fill(0.0);
        }
        // SAFETY: the caller's promise; a channel of `x` holds more than a vector more than
        // `length`.
        unsafe {
            transform_input::<L>(&x_band, 1, row_stride, stride, x);
            transform_gradient::<L>(&dy_band, row_stride, stride, dy, bias_sums);
            for t in 0..TAPS {
                let (x, dy) = (x.as_ptr().add(t * inputs * stride), dy.as_ptr().add(t * outputs * stride));
                let sums = sums.as_mut_ptr().add(t * outputs * inputs * 12);
                for first in (0..outputs).step_by(L::GRADIENT_BLOCK) {
                    let (dy, sums) = (dy.add(first * stride), sums.add(first * inputs * 12));
                    let (vectors, strides) = (length.div_ceil(L::N), (inputs, stride));
                    match (outputs - first).min(L::GRADIENT_BLOCK) {
                        1 => correlate::<L, 1>(x, dy, strides, vectors, sums),
                        2 => correlate::<L, 2>(x, dy, strides, vectors, sums),
                        3 => correlate::<L, 3>(x, dy, strides, vectors, sums),
                        4 => correlate::<L, 4>(x, dy, strides, vectors, sums),
                        5 if L::GRADIENT_BLOCK >= 5 => correlate::<L, 5>(x, dy, strides, vectors, sums),
                        6 if L::GRADIENT_BLOCK >= 6 => correlate::<L, 6>(x, dy, strides, vectors, sums),
                        7 if L::GRADIENT_BLOCK >= 7 => correlate::<L, 7>(x, dy, strides, vectors, sums),
                        8 if L::GRADIENT_BLOCK >= 8 => correlate::<L, 8>(x, dy, strides, vectors, sums),
                        _ => unreachable!("GRADIENT_BLOCK is 8 at most"),
                    }
                }
            }
        }
    }
    let (sums, bias_sums) = (sums.as_chunks::<4>().0, bias_sums.as_chunks::<4>().0);
    for (pair, dweight) in job.dweight.chunks_exact_mut(9).enumerate() {
        for kx in 0..3 {
            let taps: [f64; TAPS] =
                std::array::from_fn(|t| f64::from(sums[(t * outputs * inputs + pair) * 3 + kx].iter().sum::<f32>()));
            for ky in 0..3 {
                dweight[ky * 3 + kx] = (0..TAPS).map(|t| G[t][ky] * taps[t]).sum::<f64>() as f32;
            }
        }
    }
    job.dbias.iter_mut().zip(bias_sums).for_each(|(to, sums)| *to = sums.iter().sum());
}

/// `A dy` for every group of the band's rows: `[TAPS, channels, groups, row_stride]`, two zeros to
/// the right of each row; the sums over each channel are added to `sums` `[channels, 4]`.
#[inline(always)]
unsafe fn transform_gradient<L: Lanes>(
    band: &Band,
    row_stride: usize,
    stride: usize,
    to: &mut [f32],
    sums: &mut [f32],
) {
    let tap_stride = band.channels * stride;
    assert!(to.len() >= TAPS * tap_stride);
    for channel in 0..band.channels {
        // SAFETY: the caller's promise; `to` has room for `row_stride` values of each group in each
        // tap.
        unsafe {
            let mut sum = L::splat(0.0);
            for group in 0..band.rows.div_ceil(ROWS) {
                let to = to[channel * stride + group * row_stride..].as_mut_ptr();
                let top = band.top + group * ROWS;
                let rows = band.rows::<ROWS>(channel, top as isize);
                for at in (0..band.width).step_by(L::N) {
                    let room = band.width - at;
                    let mut y = [L::splat(0.0); ROWS];
                    for (y, row) in y.iter_mut().zip(rows) {
                        *y = row.load::<L>(at, room);
                    }
                    sum = L::add(sum, L::add(L::add(y[0], y[1]), L::add(y[2], y[3])));
                    let even_a = L::multiply_add(L::splat(0.5), y[2], y[0]);
                    let even_b = L::multiply_add(L::splat(2.0), y[2], y[0]);
                    let odd_a = L::multiply_add(L::splat(A3), y[3], L::multiply(L::splat(A), y[1]));
                    let odd_b = L::multiply_add(L::splat(B3), y[3], L::multiply(L::splat(B), y[1]));
                    let taps = [
                        y[0],
                        L::add(even_a, odd_a),
                        L::subtract(even_a, odd_a),
                        L::add(even_b, odd_b),
                        L::subtract(even_b, odd_b),
                        y[3],
                    ];
                    for (t, &tap) in taps.iter().enumerate() {
                        L::store(to.add(t * tap_stride + at), tap);
                    }
                }
                for t in 0..TAPS {
                    let end = to.add(t * tap_stride + band.width);
                    *end = 0.0;
                    *end.add(1) = 0.0;
                }
            }
            add_folded::<L>(sums[channel * 4..].as_mut_ptr(), sum);
        }
    }
}

/// Adds `sum(dy[c] * x[i][.. + kx])` over all vectors to `sums` `[C, inputs, 3, 4]`.
#[inline(always)]
unsafe fn correlate<L: Lanes, const C: usize>(
    x: *const f32,
    dy: *const f32,
    (inputs, stride): (usize, usize),
    vectors: usize,
    to: *mut f32,
) {
    for i in 0..inputs {
        // SAFETY: the caller's promise.
        unsafe {
            let x = x.add(i * stride);
            let mut sums = [[L::splat(0.0); 3]; C];
            for at in 0..vectors {
                let x = x.add(at * L::N);
                let x = [L::load(x), L::load(x.add(1)), L::load(x.add(2))];
                let mut dy = dy.add(at * L::N);
                for sums in &mut sums {
                    let value = L::load(dy);
                    dy = dy.add(stride);
                    for (sum, x) in sums.iter_mut().zip(x) {
                        *sum = L::multiply_add(x, value, *sum);
                    }
                }
            }
            for (c, sums) in sums.iter().enumerate() {
                for (kx, &sum) in sums.iter().enumerate() {
                    add_folded::<L>(to.add(((c * inputs + i) * 3 + kx) * 4), sum);
                }
            }
        }
    }
}

/// Adds the sums over every fourth value to the four values at `to`.
#[inline(always)]
unsafe fn add_folded<L: Lanes>(to: *mut f32, value: L::V) {
    // SAFETY: the caller's promise.
    unsafe {
        let to = to.cast::<[f32; 4]>();
        let (old, new) = (*to, L::fold(value));
        *to = std::array::from_fn(|i| old[i] + new[i]);
    }
}
