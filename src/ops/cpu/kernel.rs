//! The loops that every instruction set shares.

use super::Shape;

/// A vector of f32 of an instruction set, and how many of them the kernels may hold at once.
///
/// # Safety
/// The functions may only be called where the machine has the instruction set; pointers must be valid for [`Self::N`] values (for
/// the `partial` ones: for `count` values, `count <= N`).
pub(super) trait Lanes {
    /// Values in a vector.
    const N: usize;
    /// Output channels in a block; at most 8.
    const BLOCK: usize;
    /// Vectors of a row that are computed together; `BLOCK * VECTORS` sums stay in registers.
    const VECTORS: usize;
    /// The vector.
    type V: Copy;

    unsafe fn splat(value: f32) -> Self::V;
    unsafe fn load(from: *const f32) -> Self::V;
    unsafe fn load_partial(from: *const f32, count: usize) -> Self::V;
    unsafe fn store(to: *mut f32, value: Self::V);
    unsafe fn store_partial(to: *mut f32, value: Self::V, count: usize);
    /// `a * b + c`, fused or not, but always the same.
    unsafe fn multiply_add(a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    unsafe fn max(a: Self::V, b: Self::V) -> Self::V;
    unsafe fn sum(value: Self::V) -> f32;
}

/// Some rows of one picture to convolve.
pub(super) struct Job<'a> {
    /// `[in_channels, rows + 2, padded_width]`: see [`pad_rows`].
    pub padded: &'a [f32],
    pub padded_width: usize,
    pub rows: usize,
    pub width: usize,
    pub in_channels: usize,
    pub out_channels: usize,
    /// Packed: `[blocks, in_channels, 9, BLOCK]`.
    pub weights: &'a [f32],
    /// `[blocks * BLOCK]`
    pub bias: &'a [f32],
    pub relu: bool,
    /// Where the first row of channel 0 goes; row `y` of channel `c` goes `c * out_plane + y * width` values further.
    pub out: *mut f32,
    pub out_plane: usize,
}

/// Some rows of one picture to take weight gradients from.
pub(super) struct WeightJob<'a> {
    /// As in [`Job`].
    pub padded: &'a [f32],
    pub padded_width: usize,
    pub rows: usize,
    pub width: usize,
    pub in_channels: usize,
    pub out_channels: usize,
    /// Row `y` of channel `c` begins at `c * dy_plane + y * width`.
    pub dy: &'a [f32],
    pub dy_plane: usize,
}

/// Columns of a padded row: one to the left, the row, one to the right, and as many more as whole vectors may read.
pub(super) fn padded_width(width: usize, lanes: usize) -> usize {
    width.div_ceil(lanes) * lanes + 2
}

/// Copies rows `top - 1 ..= top + rows` of every channel of `x` (one picture of `shape`) with zeros around, to
/// `[in_channels, rows + 2, padded_width]`.
pub(super) fn pad_rows(x: &[f32], shape: &Shape, top: usize, rows: usize, padded_width: usize, padded: &mut Vec<f32>) {
    let size = shape.in_channels * (rows + 2) * padded_width;
    // What the last use left there is overwritten below, so only new memory needs to be zeroed.
    padded.resize(size, 0.0);
    for (line, row) in padded.chunks_exact_mut(padded_width).enumerate() {
        let (channel, y) = (line / (rows + 2), top + line % (rows + 2));
        if y == 0 || y > shape.height {
            row.fill(0.0);
        } else {
            let from = &x[(channel * shape.height + y - 1) * shape.width..][..shape.width];
            row[0] = 0.0;
            row[1..=shape.width].copy_from_slice(from);
            row[1 + shape.width..].fill(0.0);
        }
    }
}

/// Convolves the job's rows.
///
/// # Safety
/// See [`Lanes`]; the job's slices must have the lengths that its sizes need, `out` must be writable for all its rows.
#[inline(always)]
pub(super) unsafe fn forward<L: Lanes>(job: &Job) {
    for block in 0..job.out_channels.div_ceil(L::BLOCK) {
        let channels = (job.out_channels - block * L::BLOCK).min(L::BLOCK);
        // SAFETY: the caller's promise; `channels` is at most L::BLOCK.
        unsafe {
            match channels {
                1 => forward_block::<L, 1>(job, block),
                2 => forward_block::<L, 2>(job, block),
                3 => forward_block::<L, 3>(job, block),
                4 => forward_block::<L, 4>(job, block),
                5 if L::BLOCK >= 5 => forward_block::<L, 5>(job, block),
                6 if L::BLOCK >= 6 => forward_block::<L, 6>(job, block),
                7 if L::BLOCK >= 7 => forward_block::<L, 7>(job, block),
                8 if L::BLOCK >= 8 => forward_block::<L, 8>(job, block),
                _ => unreachable!("blocks have at most BLOCK channels"),
            }
        }
    }
}

/// The rows of `C` output channels.
#[inline(always)]
unsafe fn forward_block<L: Lanes, const C: usize>(job: &Job, block: usize) {
    let vectors = job.width.div_ceil(L::N);
    for y in 0..job.rows {
        let mut at = 0;
        // SAFETY: the caller's promise, and `at + V` is at most `vectors`.
        unsafe {
            while vectors - at >= L::VECTORS {
                match L::VECTORS {
                    2 => forward_tile::<L, C, 2>(job, block, y, at),
                    3 => forward_tile::<L, C, 3>(job, block, y, at),
                    _ => unreachable!("VECTORS is 2 or 3"),
                }
                at += L::VECTORS;
            }
            match vectors - at {
                0 => {}
                1 => forward_tile::<L, C, 1>(job, block, y, at),
                2 => forward_tile::<L, C, 2>(job, block, y, at),
                _ => unreachable!("fewer than VECTORS are left"),
            }
        }
    }
}

/// `C` output channels of `V` vectors of row `y`, from vector `at` on: all sums stay in registers.
#[inline(always)]
unsafe fn forward_tile<L: Lanes, const C: usize, const V: usize>(job: &Job, block: usize, y: usize, at: usize) {
    // SAFETY: the caller's promise: a padded row holds two values more than whole vectors, so the last load ends inside it; partial
    // stores write the pixels that the row has.
    unsafe {
        let left = at * L::N;
        let bias = job.bias.as_ptr().add(block * L::BLOCK);
        let mut sums: [[L::V; V]; C] = std::array::from_fn(|c| [L::splat(*bias.add(c)); V]);
        let mut weights = job.weights.as_ptr().add(block * job.in_channels * 9 * L::BLOCK);
        let mut row = job.padded.as_ptr().add(y * job.padded_width + left);
        for _ in 0..job.in_channels {
            for ky in 0..3 {
                let from = row.add(ky * job.padded_width);
                for kx in 0..3 {
                    let x: [L::V; V] = std::array::from_fn(|v| L::load(from.add(kx + v * L::N)));
                    for (c, sums) in sums.iter_mut().enumerate() {
                        let weight = L::splat(*weights.add(c));
                        for (sum, &x) in sums.iter_mut().zip(&x) {
                            *sum = L::multiply_add(x, weight, *sum);
                        }
                    }
                    weights = weights.add(L::BLOCK);
                }
            }
            row = row.add((job.rows + 2) * job.padded_width);
        }
        let zero = L::splat(0.0);
        for (c, sums) in sums.iter().enumerate() {
            let to = job.out.add((block * L::BLOCK + c) * job.out_plane + y * job.width + left);
            for (v, &sum) in sums.iter().enumerate() {
                let value = if job.relu { L::max(sum, zero) } else { sum };
                let room = job.width - left - v * L::N;
                if room >= L::N {
                    L::store(to.add(v * L::N), value);
                } else {
                    L::store_partial(to.add(v * L::N), value, room);
                }
            }
        }
    }
}

/// Adds the gradients of the job's rows to `dweight` `[out_channels, in_channels, 3, 3]` and `dbias` `[out_channels]`.
///
/// # Safety
/// As [`forward`].
#[inline(always)]
pub(super) unsafe fn weight_gradient<L: Lanes>(job: &WeightJob, dweight: &mut [f32], dbias: &mut [f32]) {
    let mut first = 0;
    while first < job.out_channels {
        // SAFETY: the caller's promise; the channels first..first + C exist.
        unsafe {
            match (job.out_channels - first).min(L::BLOCK) {
                1 => weight_block::<L, 1>(job, first, dweight),
                2 => weight_block::<L, 2>(job, first, dweight),
                3 => weight_block::<L, 3>(job, first, dweight),
                4 => weight_block::<L, 4>(job, first, dweight),
                5 if L::BLOCK >= 5 => weight_block::<L, 5>(job, first, dweight),
                6 if L::BLOCK >= 6 => weight_block::<L, 6>(job, first, dweight),
                7 if L::BLOCK >= 7 => weight_block::<L, 7>(job, first, dweight),
                8 if L::BLOCK >= 8 => weight_block::<L, 8>(job, first, dweight),
                _ => unreachable!("blocks have at most BLOCK channels"),
            }
        }
        first += L::BLOCK;
    }
    for (c, sum) in dbias.iter_mut().enumerate() {
        *sum = job.dy[c * job.dy_plane..][..job.rows * job.width]
            .chunks(job.width)
            .map(|row| row.iter().sum::<f32>())
            .sum();
    }
}

/// The gradients of `C` output channels: for each input channel and kernel row, `3 * C` sums over all pixels stay in registers.
#[inline(always)]
unsafe fn weight_block<L: Lanes, const C: usize>(job: &WeightJob, first: usize, dweight: &mut [f32]) {
    let vectors = job.width.div_ceil(L::N);
    for i in 0..job.in_channels {
        for ky in 0..3 {
            // SAFETY: the caller's promise: a padded row holds two values more than whole vectors; partial loads of `dy` read the pixels
            // that the row has and are 0 beyond.
            unsafe {
                let mut sums = [[L::splat(0.0); 3]; C];
                for y in 0..job.rows {
                    let row = job.padded.as_ptr().add((i * (job.rows + 2) + y + ky) * job.padded_width);
                    let dy = job.dy.as_ptr().add(first * job.dy_plane + y * job.width);
                    for v in 0..vectors {
                        let x: [L::V; 3] = std::array::from_fn(|kx| L::load(row.add(v * L::N + kx)));
                        let room = job.width - v * L::N;
                        for (c, sums) in sums.iter_mut().enumerate() {
                            let from = dy.add(c * job.dy_plane + v * L::N);
                            let dy = if room >= L::N { L::load(from) } else { L::load_partial(from, room) };
                            for (sum, &x) in sums.iter_mut().zip(&x) {
                                *sum = L::multiply_add(x, dy, *sum);
                            }
                        }
                    }
                }
                for (c, sums) in sums.iter().enumerate() {
                    for (kx, &sum) in sums.iter().enumerate() {
                        dweight[((first + c) * job.in_channels + i) * 9 + ky * 3 + kx] = L::sum(sum);
                    }
                }
            }
        }
    }
}

/// `12 * N` multiply-adds a round, in registers alone: what the machine can do at most. Returns how many were done.
///
/// # Safety
/// The machine must have the instruction set.
#[inline(always)]
pub(super) unsafe fn multiply_adds<L: Lanes>(rounds: usize) -> usize {
    // SAFETY: the caller's promise.
    unsafe {
        let mut sums: [L::V; 12] = std::array::from_fn(|i| L::splat(i as f32));
        let (a, b) = (std::hint::black_box(L::splat(0.999)), std::hint::black_box(L::splat(0.5)));
        for _ in 0..rounds {
            for sum in &mut sums {
                *sum = L::multiply_add(a, b, *sum);
            }
        }
        std::hint::black_box(sums);
    }
    12 * L::N * rounds
}
