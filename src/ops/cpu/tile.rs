//! Tiles: parts of a result that are small enough to keep all their sums in registers.

use super::band::Band;
use super::lanes::Lanes;

/// `weight(output, input, tap)`, where a tap is one of the kernel's 9 values.
pub(super) type Weights<'a> = &'a dyn Fn(usize, usize, usize) -> f32;

/// Weights in the order in which the kernels read them: `[blocks, taps, in_channels, 3, block]`,
/// where a tap is a row of the kernel or of its transform, and
/// `[blocks, in_channels, rows, 3, block]` for the direct kernel. The last block is filled up
/// with zeros.
pub(super) struct Packed {
    pub out_channels: usize,
    /// Values for each pair of channels.
    pub taps: usize,
    /// Output channels of a block. All blocks are as equal in size as possible, because small ones
    /// are slow.
    pub block: usize,
    pub values: Vec<f32>,
    /// `[blocks * block]`
    pub bias: Vec<f32>,
}

impl Packed {
    /// Zeros for at most `max_block` output channels a block and `taps` values for each pair of
    /// channels.
    pub fn new(out_channels: usize, in_channels: usize, max_block: usize, taps: usize, bias: Option<&[f32]>) -> Self {
        let block = out_channels.div_ceil(out_channels.div_ceil(max_block));
        let filled = out_channels.next_multiple_of(block);
        let mut packed =
            Self { out_channels, taps, block, values: vec![0.0; filled * in_channels * taps], bias: vec![0.0; filled] };
        if let Some(bias) = bias {
            packed.bias[..out_channels].copy_from_slice(bias);
        }
        packed
    }
}

/// A band to convolve.
pub(super) struct Job<'a> {
    pub input: Band<'a>,
    pub weights: &'a Packed,
    pub relu: bool,
    /// Where the band's first row of output channel 0 goes; row `y` of channel `c` goes
    /// `(c * out_height + y) * width` values further.
    pub out: *mut f32,
    pub out_height: usize,
    /// The tensor to add; null if there is none. Its rows lie as those of `out`.
    pub residual: *const f32,
    pub residual_height: usize,
}

impl Job<'_> {
    /// Finishes the sums of the `left` pixels of a channel, a vector at most, that are `at` values
    /// after the band's first, and stores them.
    ///
    /// # Safety
    /// See [`Lanes`]; the pixels must lie in the band.
    #[inline(always)]
    pub unsafe fn store<L: Lanes>(&self, channel: usize, at: usize, sums: L::V, left: usize) {
        let place = |height: usize| channel * height * self.input.width + at;
        // SAFETY: the caller's promise.
        unsafe {
            let mut value = if self.relu { L::max(sums, L::splat(0.0)) } else { sums };
            if !self.residual.is_null() {
                value = L::add(value, L::load_some(self.residual.add(place(self.residual_height)), left));
            }
            L::store_some(self.out.add(place(self.out_height)), value, left);
        }
    }
}

/// The values that a padded row takes: the row in whole vectors, and a vector between it and the
/// next row. There is such a vector before the first row, too, so that all rows begin at a whole
/// vector: stores across two cache lines are slow, most of all on Intel's processors.
pub(super) fn padded_width<L: Lanes>(width: usize) -> usize {
    width.next_multiple_of(L::N) + L::N
}

/// `size` values of `scratch` that begin at a cache line; they still hold values from the last use.
pub(super) fn aligned(scratch: &mut Vec<f32>, size: usize) -> &mut [f32] {
    const LINE: usize = 64;
    if scratch.len() < size + LINE / 4 {
        scratch.resize(size + LINE / 4, 0.0);
    }
    let skip = scratch.as_ptr().align_offset(LINE).min(LINE / 4);
    &mut scratch[skip..][..size]
}

/// Adds to `sums`, for `C` output channels and `V` vectors of a row, the products with the vectors
/// at each offset from `x`.
///
/// One flat loop over `offsets` rather than loops over channels, rows and columns: compilers
/// schedule unrolled ones so that the sums no longer fit into WebAssembly's few registers.
///
/// # Safety
/// See [`Lanes`]; `x` must be readable for `V` vectors at each offset, `weights` for
/// `[offsets, block]`.
#[inline(always)]
pub(super) unsafe fn convolve<L: Lanes, const C: usize, const V: usize>(
    sums: &mut [[L::V; V]; C],
    x: *const f32,
    offsets: &[usize],
    mut weights: *const f32,
    block: usize,
) {
    for &offset in offsets {
        // SAFETY: the caller's promise.
        unsafe {
            let x: [L::V; V] = std::array::from_fn(|v| L::load(x.add(offset + v * L::N)));
            for (c, sums) in sums.iter_mut().enumerate() {
                let weight = L::splat(*weights.add(c));
                for (sum, &x) in sums.iter_mut().zip(&x) {
                    *sum = L::multiply_add(x, weight, *sum);
                }
            }
            weights = weights.add(block);
        }
    }
}

/// Where the values of a 3-wide window lie, in the order of packed weights: `rows` rows of each
/// channel.
pub(super) fn window(channels: usize, channel_stride: usize, rows: usize, row_stride: usize) -> Vec<usize> {
    (0..channels * rows * 3).map(|i| i / (rows * 3) * channel_stride + i / 3 % rows * row_stride + i % 3).collect()
}

/// A part of a result that is computed with all its sums in registers.
pub(super) trait Tile<L: Lanes> {
    /// Computes `C` output channels, from `first` on, of `V` vectors of row `row`, from vector `at`
    /// on.
    ///
    /// # Safety
    /// See [`Lanes`]; the tile must lie inside the result.
    unsafe fn run<const C: usize, const V: usize>(&self, first: usize, row: usize, at: usize);
}

/// Runs all tiles of a result: blocks of channels, rows, vectors.
///
/// # Safety
/// As [`Tile::run`].
#[inline(always)]
pub(super) unsafe fn for_each_tile<L: Lanes, T: Tile<L>>(tile: &T, weights: &Packed, rows: usize, width: usize) {
    let vectors = width.div_ceil(L::N);
    for first in (0..weights.out_channels).step_by(weights.block) {
        // SAFETY: the caller's promise.
        unsafe {
            match (weights.out_channels - first).min(weights.block) {
                1 => tiles_of_block::<L, T, 1>(tile, first, rows, vectors),
                2 => tiles_of_block::<L, T, 2>(tile, first, rows, vectors),
                3 => tiles_of_block::<L, T, 3>(tile, first, rows, vectors),
                4 => tiles_of_block::<L, T, 4>(tile, first, rows, vectors),
                5 if L::BLOCK >= 5 => tiles_of_block::<L, T, 5>(tile, first, rows, vectors),
                6 if L::BLOCK >= 6 => tiles_of_block::<L, T, 6>(tile, first, rows, vectors),
                7 if L::BLOCK >= 7 => tiles_of_block::<L, T, 7>(tile, first, rows, vectors),
                8 if L::BLOCK >= 8 => tiles_of_block::<L, T, 8>(tile, first, rows, vectors),
                _ => unreachable!("blocks have 1 to BLOCK channels"),
            }
        }
    }
}

/// In WebAssembly a function of its own: browsers optimise the few that a network needs, and soon,
/// where one function for all sizes of blocks would take long.
#[cfg_attr(not(target_arch = "wasm32"), inline(always))]
#[cfg_attr(target_arch = "wasm32", inline(never))]
unsafe fn tiles_of_block<L: Lanes, T: Tile<L>, const C: usize>(tile: &T, first: usize, rows: usize, vectors: usize) {
    for row in 0..rows {
        let mut at = 0;
        // SAFETY: the caller's promise; `at + V` is at most `vectors`.
        unsafe {
            while L::VECTORS == 3 && vectors - at >= 3 {
                tile.run::<C, 3>(first, row, at);
                at += 3;
            }
            while vectors - at >= 2 {
                tile.run::<C, 2>(first, row, at);
                at += 2;
            }
            if vectors - at == 1 {
                tile.run::<C, 1>(first, row, at);
            }
        }
    }
}
