//! AVX-512: 16 values a vector, fused multiply-add.

use std::arch::x86_64::*;

use super::Backend;
use super::kernel::{self, Job, Lanes, WeightJob};

pub(super) const BACKEND: Backend =
    Backend { name: "avx512", block: Vector::BLOCK, lanes: Vector::N, forward, weight_gradient, multiply_adds };

#[target_feature(enable = "avx512f")]
unsafe fn forward(job: &Job) {
    // SAFETY: this function has the instruction set; the rest is the caller's promise.
    unsafe { kernel::forward::<Vector>(job) }
}

#[target_feature(enable = "avx512f")]
unsafe fn weight_gradient(job: &WeightJob, dweight: &mut [f32], dbias: &mut [f32]) {
    // SAFETY: as above.
    unsafe { kernel::weight_gradient::<Vector>(job, dweight, dbias) }
}

#[target_feature(enable = "avx512f")]
unsafe fn multiply_adds(rounds: usize) -> usize {
    // SAFETY: as above.
    unsafe { kernel::multiply_adds::<Vector>(rounds) }
}

struct Vector;

// SAFETY of every block below: the trait's contract, which is also the intrinsics'.
#[allow(clippy::undocumented_unsafe_blocks)]
impl Lanes for Vector {
    const N: usize = 16;
    // 24 sums, 3 inputs and a weight of the 32 registers.
    const BLOCK: usize = 8;
    const VECTORS: usize = 3;
    type V = __m512;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self::V {
        unsafe { _mm512_set1_ps(value) }
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self::V {
        unsafe { _mm512_loadu_ps(from) }
    }

    #[inline(always)]
    unsafe fn load_partial(from: *const f32, count: usize) -> Self::V {
        unsafe { _mm512_maskz_loadu_ps(first(count), from) }
    }

    #[inline(always)]
    unsafe fn store(to: *mut f32, value: Self::V) {
        unsafe { _mm512_storeu_ps(to, value) }
    }

    #[inline(always)]
    unsafe fn store_partial(to: *mut f32, value: Self::V, count: usize) {
        unsafe { _mm512_mask_storeu_ps(to, first(count), value) }
    }

    #[inline(always)]
    unsafe fn multiply_add(a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        unsafe { _mm512_fmadd_ps(a, b, c) }
    }

    #[inline(always)]
    unsafe fn max(a: Self::V, b: Self::V) -> Self::V {
        unsafe { _mm512_max_ps(a, b) }
    }

    #[inline(always)]
    unsafe fn sum(value: Self::V) -> f32 {
        unsafe { _mm512_reduce_add_ps(value) }
    }
}

/// A mask of the first `count` (below 16) values.
fn first(count: usize) -> u16 {
    (1 << count) - 1
}
