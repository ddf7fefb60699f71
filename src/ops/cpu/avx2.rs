//! AVX2 and FMA: 8 values a vector, fused multiply-add.

use std::arch::x86_64::*;

use super::Backend;
use super::kernel::{self, Job, Lanes, WeightJob};

pub(super) const BACKEND: Backend =
    Backend { name: "avx2", block: Vector::BLOCK, lanes: Vector::N, forward, weight_gradient, multiply_adds };

#[target_feature(enable = "avx2,fma")]
unsafe fn forward(job: &Job) {
    // SAFETY: this function has the instruction set; the rest is the caller's promise.
    unsafe { kernel::forward::<Vector>(job) }
}

#[target_feature(enable = "avx2,fma")]
unsafe fn weight_gradient(job: &WeightJob, dweight: &mut [f32], dbias: &mut [f32]) {
    // SAFETY: as above.
    unsafe { kernel::weight_gradient::<Vector>(job, dweight, dbias) }
}

#[target_feature(enable = "avx2,fma")]
unsafe fn multiply_adds(rounds: usize) -> usize {
    // SAFETY: as above.
    unsafe { kernel::multiply_adds::<Vector>(rounds) }
}

struct Vector;

// SAFETY of every block below: the trait's contract, which is also the intrinsics'.
#[allow(clippy::undocumented_unsafe_blocks)]
impl Lanes for Vector {
    const N: usize = 8;
    // 12 sums, 3 inputs and a weight: all 16 registers.
    const BLOCK: usize = 4;
    const VECTORS: usize = 3;
    type V = __m256;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self::V {
        unsafe { _mm256_set1_ps(value) }
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self::V {
        unsafe { _mm256_loadu_ps(from) }
    }

    #[inline(always)]
    unsafe fn load_partial(from: *const f32, count: usize) -> Self::V {
        unsafe { _mm256_maskload_ps(from, first(count)) }
    }

    #[inline(always)]
    unsafe fn store(to: *mut f32, value: Self::V) {
        unsafe { _mm256_storeu_ps(to, value) }
    }

    #[inline(always)]
    unsafe fn store_partial(to: *mut f32, value: Self::V, count: usize) {
        unsafe { _mm256_maskstore_ps(to, first(count), value) }
    }

    #[inline(always)]
    unsafe fn multiply_add(a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        unsafe { _mm256_fmadd_ps(a, b, c) }
    }

    #[inline(always)]
    unsafe fn max(a: Self::V, b: Self::V) -> Self::V {
        unsafe { _mm256_max_ps(a, b) }
    }

    #[inline(always)]
    unsafe fn sum(value: Self::V) -> f32 {
        unsafe { std::mem::transmute::<__m256, [f32; 8]>(value).iter().sum() }
    }
}

/// A mask of the first `count` values.
#[inline(always)]
unsafe fn first(count: usize) -> __m256i {
    // SAFETY: called where the machine has AVX2.
    unsafe { _mm256_cmpgt_epi32(_mm256_set1_epi32(count as i32), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7)) }
}
