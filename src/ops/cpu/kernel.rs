//! The vectors, and the loops that every instruction set shares.

use super::Shape;

/// A vector of f32 of an instruction set, and how many of them the kernels may hold at once.
///
/// # Safety
/// The functions may only be called where the machine has the instruction set; pointers must be valid for [`Self::N`] values (for
/// the `partial` ones: for `count` values, `count < N`).
pub(super) trait Lanes {
    /// Values in a vector; a multiple of 4.
    const N: usize;
    /// Most output channels that are computed together; at most 8.
    const BLOCK: usize;
    /// Vectors of a row that are computed together, 2 or 3; `BLOCK * VECTORS` sums stay in registers.
    const VECTORS: usize;
    /// Output channels whose weight gradients are computed together, at most 8; `3 * GRADIENT_BLOCK` sums stay in registers.
    const GRADIENT_BLOCK: usize;
    /// The vector.
    type V: Copy;

    unsafe fn splat(value: f32) -> Self::V;
    unsafe fn load(from: *const f32) -> Self::V;
    /// The first `count` values, then zeros.
    unsafe fn load_partial(from: *const f32, count: usize) -> Self::V;
    unsafe fn store(to: *mut f32, value: Self::V);
    unsafe fn store_partial(to: *mut f32, value: Self::V, count: usize);
    /// `a * b + c`, fused or not, but always the same.
    unsafe fn multiply_add(a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    unsafe fn multiply(a: Self::V, b: Self::V) -> Self::V;
    unsafe fn add(a: Self::V, b: Self::V) -> Self::V;
    unsafe fn subtract(a: Self::V, b: Self::V) -> Self::V;
    unsafe fn max(a: Self::V, b: Self::V) -> Self::V;
    /// `value` where `mask` is positive, 0 elsewhere.
    unsafe fn where_positive(mask: Self::V, value: Self::V) -> Self::V;
    /// Sums over every fourth value.
    unsafe fn fold(value: Self::V) -> [f32; 4];

    /// Up to [`Self::N`] values, then zeros.
    #[inline(always)]
    unsafe fn load_some(from: *const f32, count: usize) -> Self::V {
        // SAFETY: the trait's contract.
        unsafe { if count >= Self::N { Self::load(from) } else { Self::load_partial(from, count) } }
    }

    /// Stores up to [`Self::N`] values.
    #[inline(always)]
    unsafe fn store_some(to: *mut f32, value: Self::V, count: usize) {
        // SAFETY: the trait's contract.
        unsafe { if count >= Self::N { Self::store(to, value) } else { Self::store_partial(to, value, count) } }
    }
}

/// An instruction set: its sizes, and the entry points that its file compiles for it.
#[derive(Clone, Copy)]
pub(super) struct Backend {
    pub name: &'static str,
    /// Whether this machine has it.
    pub available: fn() -> bool,
    /// See [`Lanes::BLOCK`].
    pub block: usize,
    /// [`super::direct::forward`]
    pub direct: unsafe fn(&Job, &mut Vec<f32>),
    /// [`super::winograd::forward`]
    pub winograd: unsafe fn(&Job, &mut Vec<f32>),
    /// [`super::winograd::weight_gradient`]
    pub weight_gradient: unsafe fn(&mut WeightJob, &mut Vec<f32>),
    /// [`multiply_adds`]
    pub multiply_adds: unsafe fn(usize) -> usize,
}

/// Defines `BACKEND` for the vector type `$vector`: the generic loops, compiled with `$feature`, to be used where `$available`.
macro_rules! backend {
    ($name:expr, $vector:ty, $available:expr $(, #[$feature:meta])?) => {
        pub(super) const BACKEND: super::kernel::Backend = {
            use super::kernel::{Backend, Job, Lanes, WeightJob};

            $(#[$feature])?
            unsafe fn direct(job: &Job, scratch: &mut Vec<f32>) {
                // SAFETY: this function has the instruction set; the rest is the caller's promise.
                unsafe { super::direct::forward::<$vector>(job, scratch) }
            }

            $(#[$feature])?
            unsafe fn winograd(job: &Job, scratch: &mut Vec<f32>) {
                // SAFETY: as above.
                unsafe { super::winograd::forward::<$vector>(job, scratch) }
            }

            $(#[$feature])?
            unsafe fn weight_gradient(job: &mut WeightJob, scratch: &mut Vec<f32>) {
                // SAFETY: as above.
                unsafe { super::winograd::weight_gradient::<$vector>(job, scratch) }
            }

            $(#[$feature])?
            unsafe fn multiply_adds(rounds: usize) -> usize {
                // SAFETY: as above.
                unsafe { super::kernel::multiply_adds::<$vector>(rounds) }
            }

            Backend {
                name: $name,
                available: || $available,
                block: <$vector>::BLOCK,
                direct,
                winograd,
                weight_gradient,
                multiply_adds,
            }
        };
    };
}
pub(super) use backend;

/// Rows `top..top + rows` of one picture.
#[derive(Clone, Copy)]
pub(super) struct Band<'a> {
    /// `[channels, height, width]`
    pub values: &'a [f32],
    pub channels: usize,
    pub height: usize,
    pub width: usize,
    pub top: usize,
    pub rows: usize,
    /// As `values`, which count as 0 where this is not positive.
    pub mask: Option<&'a [f32]>,
}

impl Band<'_> {
    /// Row `y` of a channel.
    #[inline(always)]
    pub fn row(&self, channel: usize, y: isize) -> Row {
        static ZEROS: [f32; 16] = [0.0; 16];
        if (0..self.height as isize).contains(&y) {
            let row = |plane: &[f32]| plane[(channel * self.height + y as usize) * self.width..][..self.width].as_ptr();
            Row { values: row(self.values), mask: self.mask.map_or(std::ptr::null(), row), step: 1 }
        } else {
            Row { values: ZEROS.as_ptr(), mask: std::ptr::null(), step: 0 }
        }
    }

    /// The rows `top..top + R` of a channel.
    #[inline(always)]
    pub fn rows<const R: usize>(&self, channel: usize, top: isize) -> [Row; R] {
        let mut rows = [Row { values: std::ptr::null(), mask: std::ptr::null(), step: 0 }; R];
        for (y, row) in (top..).zip(&mut rows) {
            *row = self.row(channel, y);
        }
        rows
    }
}

/// A row of a picture, or outside it a vector of zeros that stands for the whole row.
#[derive(Clone, Copy)]
pub(super) struct Row {
    values: *const f32,
    /// See [`Band::mask`]; null if there is none.
    mask: *const f32,
    /// 1 or 0
    step: usize,
}

impl Row {
    /// The vector from `at` on, zeros where fewer than a vector's values are left.
    ///
    /// # Safety
    /// See [`Lanes`]; the row must have `left` values from `at` on.
    #[inline(always)]
    pub unsafe fn load<L: Lanes>(self, at: usize, left: usize) -> L::V {
        // SAFETY: the caller's promise; `ZEROS` is as long as the longest vector.
        unsafe {
            let values = L::load_some(self.values.add(at * self.step), left);
            if self.mask.is_null() { values } else { L::where_positive(L::load_some(self.mask.add(at), left), values) }
        }
    }
}

/// A band to convolve.
pub(super) struct Job<'a> {
    pub input: Band<'a>,
    pub weights: &'a Packed,
    pub relu: bool,
    /// Where the band's first row of output channel 0 goes; row `y` of channel `c` goes `(c * out_height + y) * width` values further.
    pub out: *mut f32,
    pub out_height: usize,
    /// What to add, laid out as `out`; null if there is nothing.
    pub residual: *const f32,
}

impl Job<'_> {
    /// Finishes the sums of the `left` pixels, a vector at most, that are `at` values after the band's first, and stores them.
    ///
    /// # Safety
    /// See [`Lanes`]; the pixels must lie in the band.
    #[inline(always)]
    pub unsafe fn store<L: Lanes>(&self, at: usize, sums: L::V, left: usize) {
        // SAFETY: the caller's promise; `residual` is laid out as `out`.
        unsafe {
            let mut value = if self.relu { L::max(sums, L::splat(0.0)) } else { sums };
            if !self.residual.is_null() {
                value = L::add(value, L::load_some(self.residual.add(at), left));
            }
            L::store_some(self.out.add(at), value, left);
        }
    }
}

/// Bands of two tensors to take weight gradients from.
pub(super) struct WeightJob<'a> {
    pub shape: Shape,
    /// The tensor `[batch, in_channels, height, width]` and the gradient `[batch, out_channels, height, width]`.
    pub x: &'a [f32],
    pub dy: &'a [f32],
    /// As `dy`: see [`Band::mask`].
    pub mask: Option<&'a [f32]>,
    /// Which bands, of all pictures' one after the other.
    pub bands: std::ops::Range<usize>,
    pub band_rows: usize,
    /// `[out_channels, in_channels, 3, 3]`, overwritten
    pub dweight: &'a mut [f32],
    /// `[out_channels]`, overwritten
    pub dbias: &'a mut [f32],
}

impl<'a> WeightJob<'a> {
    /// A band of one picture of `values`.
    pub fn band(
        &self,
        values: &'a [f32],
        mask: Option<&'a [f32]>,
        channels: usize,
        picture: usize,
        top: usize,
    ) -> Band<'a> {
        let Shape { height, width, .. } = self.shape;
        let size = channels * height * width;
        let rows = self.band_rows.min(height - top);
        let [values, mask] = [Some(values), mask].map(|values| values.map(|values| &values[picture * size..][..size]));
        Band { values: values.expect("given"), channels, height, width, top, rows, mask }
    }
}

/// Weights in the order in which the kernels read them: `[blocks, taps, in_channels, 3, block]`, where a tap is a row of the kernel or of its
/// transform, and `[blocks, in_channels, 3 (rows), 3, block]` for the direct kernel. The last block is filled up with zeros.
pub(super) struct Packed {
    pub out_channels: usize,
    /// Output channels of a block: as near to each other as blocks allow, because small ones are slow.
    pub block: usize,
    pub values: Vec<f32>,
    /// `[blocks * block]`
    pub bias: Vec<f32>,
}

impl Packed {
    /// Zeros for at most `most` output channels a block and `taps` values for each pair of channels.
    pub fn new(out_channels: usize, in_channels: usize, most: usize, taps: usize, bias: Option<&[f32]>) -> Self {
        let block = out_channels.div_ceil(out_channels.div_ceil(most));
        let filled = out_channels.next_multiple_of(block);
        let mut packed =
            Self { out_channels, block, values: vec![0.0; filled * in_channels * taps], bias: vec![0.0; filled] };
        if let Some(bias) = bias {
            packed.bias[..out_channels].copy_from_slice(bias);
        }
        packed
    }
}

/// The values that a padded row takes: one to the left, the row in whole vectors, at least one to the right, and as many that every row
/// begins at a whole vector.
pub(super) fn padded_width<L: Lanes>(width: usize) -> usize {
    width.next_multiple_of(L::N) + L::N
}

/// `size` values of `scratch` that begin at a cache line; what they hold is left from the last use.
pub(super) fn aligned(scratch: &mut Vec<f32>, size: usize) -> &mut [f32] {
    const LINE: usize = 64;
    if scratch.len() < size + LINE / 4 {
        scratch.resize(size + LINE / 4, 0.0);
    }
    let skip = scratch.as_ptr().align_offset(LINE).min(LINE / 4);
    &mut scratch[skip..][..size]
}

/// Adds to `sums`, for `C` output channels and `V` vectors of a row, the products with the vectors at each offset from `x`.
///
/// One flat loop over `offsets` rather than loops over channels, rows and columns: unrolled ones are scheduled such that the sums no longer fit
/// into WebAssembly's few registers.
///
/// # Safety
/// See [`Lanes`]; `x` must be readable for `V` vectors at each offset, `weights` for `[offsets, block]`.
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

/// Where the values of a 3-wide window lie, in the order of packed weights: `rows` rows of each channel.
pub(super) fn window(channels: usize, channel_stride: usize, rows: usize, row_stride: usize) -> Vec<usize> {
    (0..channels * rows * 3).map(|i| i / (rows * 3) * channel_stride + i / 3 % rows * row_stride + i % 3).collect()
}

/// A part of a result that is computed with all its sums in registers.
pub(super) trait Tile<L: Lanes> {
    /// Computes `C` output channels, from `first` on, of `V` vectors of row `row`, from vector `at` on.
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

#[inline(always)]
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
