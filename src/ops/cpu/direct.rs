//! The direct convolution: a pixel's result depends on its 3x3 neighbourhood alone, to the last
//! bit.

use super::band::Band;
use super::lanes::Lanes;
use super::tile::{Job, Packed, Tile, Weights, aligned, convolve, for_each_tile, padded_width, window};

/// How many values of each kernel a picture of this height needs: in a single row, the kernel's
/// upper and lower rows meet only zeros.
pub(super) fn taps(height: usize) -> usize {
    if height == 1 { 3 } else { 9 }
}

/// Packs `weight` for [`forward`]: as many taps as `packed` has room for, the
/// middle ones.
pub(super) fn pack(mut packed: Packed, in_channels: usize, weight: Weights) -> Packed {
    let Packed { block, taps, .. } = packed;
    let first = (9 - taps) / 2;
    for o in 0..packed.out_channels {
        for i in 0..in_channels {
            for tap in 0..taps {
                let at = ((o / block * in_channels + i) * taps + tap) * block + o % block;
                packed.values[at] = weight(o, i, first + tap);
            }
        }
    }
    packed
}

/// Rows to compute from one padded copy: few enough that it stays in the second-level cache.
pub(super) fn band_rows(channels: usize, width: usize) -> usize {
    const CACHED: usize = 1 << 16; // values: 256 KB
    (CACHED / (channels * width)).clamp(4, 64)
}

/// Convolves the job's band.
///
/// # Safety
/// See [`Lanes`]; the weights must be packed by [`pack`] for the band's channels, `out` writable
/// for all its rows.
#[inline(always)]
pub(super) unsafe fn forward<L: Lanes>(job: &Job, scratch: &mut Vec<f32>) {
    let Band { channels, width, rows, .. } = job.input;
    let row_stride = padded_width::<L>(width);
    let kernel_rows = job.weights.taps / 3;
    // A cache line more, so that the channels' rows fall into different sets of the cache.
    let channel_stride = (rows + kernel_rows - 1) * row_stride + 16;
    let padded = aligned(scratch, channels * channel_stride);
    // SAFETY: the caller's promise; a padded row holds a vector more than the row in whole vectors.
    unsafe {
        pad::<L>(&job.input, kernel_rows / 2, row_stride, channel_stride, padded);
        let window = window(channels, channel_stride, kernel_rows, row_stride);
        let tile = Padded { job, values: padded.as_ptr().add(L::N - 1), row_stride, window: &window };
        for_each_tile::<L, _>(&tile, job.weights, rows, width);
    }
}

/// Copies the band, `more` rows above and below, with zeros around, to `padded`.
#[inline(always)]
unsafe fn pad<L: Lanes>(band: &Band, more: usize, row_stride: usize, channel_stride: usize, padded: &mut [f32]) {
    for channel in 0..band.channels {
        for y in 0..band.rows + 2 * more {
            let to = &mut padded[channel * channel_stride + y * row_stride..][..row_stride + L::N];
            let from = band.row(channel, (band.top + y) as isize - more as isize);
            for at in (0..band.width).step_by(L::N) {
                // SAFETY: the caller's promise; `to` has room for the row in whole vectors after a
                // vector.
                unsafe { L::store(to.as_mut_ptr().add(L::N + at), from.load::<L>(at, band.width - at)) }
            }
            to[L::N - 1] = 0.0;
            to[L::N + band.width] = 0.0;
        }
    }
}

/// A job and its band with zeros around: `[channels, rows + kernel_rows - 1, row_stride]`.
struct Padded<'a> {
    job: &'a Job<'a>,
    values: *const f32,
    row_stride: usize,
    window: &'a [usize],
}

impl<L: Lanes> Tile<L> for Padded<'_> {
    #[inline(always)]
    unsafe fn run<const C: usize, const V: usize>(&self, first: usize, row: usize, at: usize) {
        let Job { input: Band { channels, width, .. }, weights, .. } = *self.job;
        let left = at * L::N;
        // SAFETY: the caller's promise.
        unsafe {
            let mut sums: [[L::V; V]; C] = std::array::from_fn(|c| [L::splat(weights.bias[first + c]); V]);
            convolve::<L, C, V>(
                &mut sums,
                self.values.add(row * self.row_stride + left),
                self.window,
                weights.values.as_ptr().add(first * channels * weights.taps),
                weights.block,
            );
            for (c, sums) in sums.iter().enumerate() {
                for (v, &sum) in sums.iter().enumerate() {
                    let at = left + v * L::N;
                    self.job.store::<L>(first + c, row * width + at, sum, width - at);
                }
            }
        }
    }
}
