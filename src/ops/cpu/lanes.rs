//! The vectors that an instruction set brings.

/// A vector of f32 of an instruction set, and how many of them the kernels may hold at once.
///
/// # Safety
/// The functions may only be called where the machine has the instruction set; pointers must be
/// valid for [`Self::N`] values (for the `partial` ones: for `count` values, `count < N`).
pub(super) trait Lanes {
    /// Values in a vector; a multiple of 4.
    const N: usize;
    /// The largest number of output channels that are computed together; at most 8.
    const BLOCK: usize;
    /// Vectors of a row that are computed together, 2 or 3; `BLOCK * VECTORS` sums stay in
    /// registers.
    const VECTORS: usize;
    /// Output channels whose weight gradients are computed together, at most 8;
    /// `3 * GRADIENT_BLOCK` sums stay in registers.
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

/// `12 * N` multiply-adds a round, in registers alone: what the machine can do at most. Returns how
/// many were done.
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
