//! AVX-512: 16 values a vector, fused multiply-add.

use std::arch::x86_64::*;

use super::backend::backend;
use super::lanes::Lanes;

// The first has the arithmetic; the others give shorter vectors access to all registers.
backend!(
    "avx512",
    Vector,
    std::is_x86_feature_detected!("avx512f")
        && std::is_x86_feature_detected!("avx512dq")
        && std::is_x86_feature_detected!("avx512vl"),
    #[target_feature(enable = "avx512f,avx512dq,avx512vl")]
);

struct Vector;

// SAFETY of every block below: the trait's contract, which is also the intrinsics'.
#[allow(clippy::undocumented_unsafe_blocks)]
impl Lanes for Vector {
    const N: usize = 16;
    // 24 sums, 3 inputs and a weight of the 32 registers.
    const BLOCK: usize = 8;
    const VECTORS: usize = 3;
    const GRADIENT_BLOCK: usize = 8;
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
    unsafe fn multiply(a: Self::V, b: Self::V) -> Self::V {
        unsafe { _mm512_mul_ps(a, b) }
    }

    #[inline(always)]
    unsafe fn add(a: Self::V, b: Self::V) -> Self::V {
        unsafe { _mm512_add_ps(a, b) }
    }

    #[inline(always)]
    unsafe fn subtract(a: Self::V, b: Self::V) -> Self::V {
        unsafe { _mm512_sub_ps(a, b) }
    }

    #[inline(always)]
    unsafe fn max(a: Self::V, b: Self::V) -> Self::V {
        unsafe { _mm512_max_ps(a, b) }
    }

    #[inline(always)]
    unsafe fn where_positive(mask: Self::V, value: Self::V) -> Self::V {
        unsafe { _mm512_maskz_mov_ps(_mm512_cmp_ps_mask::<_CMP_GT_OQ>(mask, _mm512_setzero_ps()), value) }
    }

    #[inline(always)]
    unsafe fn fold(value: Self::V) -> [f32; 4] {
        unsafe {
            let half = _mm256_add_ps(_mm512_castps512_ps256(value), _mm512_extractf32x8_ps::<1>(value));
            let quarter = _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps::<1>(half));
            std::mem::transmute(quarter)
        }
    }
}

/// A mask of the first `count` (below 16) values.
fn first(count: usize) -> u16 {
    (1 << count) - 1
}
