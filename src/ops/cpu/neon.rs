//! NEON: 4 values a vector, fused multiply-add.

use std::arch::aarch64::*;

use super::backend::backend;
use super::lanes::Lanes;

backend!("neon", Vector, true, #[target_feature(enable = "neon")]);

struct Vector;

// SAFETY of every block below: the trait's contract, which is also the intrinsics'.
#[allow(clippy::undocumented_unsafe_blocks)]
impl Lanes for Vector {
    const N: usize = 4;
    // 18 sums, 3 inputs and a weight of the 32 registers.
    const BLOCK: usize = 6;
    const VECTORS: usize = 3;
    const GRADIENT_BLOCK: usize = 6;
    type V = float32x4_t;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self::V {
        unsafe { vdupq_n_f32(value) }
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self::V {
        unsafe { vld1q_f32(from) }
    }

    #[inline(always)]
    unsafe fn load_partial(from: *const f32, count: usize) -> Self::V {
        unsafe { vld1q_f32(buffer(from, count).as_ptr()) }
    }

    #[inline(always)]
    unsafe fn store(to: *mut f32, value: Self::V) {
        unsafe { vst1q_f32(to, value) }
    }

    #[inline(always)]
    unsafe fn store_partial(to: *mut f32, value: Self::V, count: usize) {
        unsafe {
            let values: [f32; 4] = std::mem::transmute(value);
            std::ptr::copy_nonoverlapping(values.as_ptr(), to, count);
        }
    }

    #[inline(always)]
    unsafe fn multiply_add(a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        unsafe { vfmaq_f32(c, a, b) }
    }

    #[inline(always)]
    unsafe fn multiply(a: Self::V, b: Self::V) -> Self::V {
        unsafe { vmulq_f32(a, b) }
    }

    #[inline(always)]
    unsafe fn add(a: Self::V, b: Self::V) -> Self::V {
        unsafe { vaddq_f32(a, b) }
    }

    #[inline(always)]
    unsafe fn subtract(a: Self::V, b: Self::V) -> Self::V {
        unsafe { vsubq_f32(a, b) }
    }

    #[inline(always)]
    unsafe fn max(a: Self::V, b: Self::V) -> Self::V {
        unsafe { vmaxq_f32(a, b) }
    }

    #[inline(always)]
    unsafe fn where_positive(mask: Self::V, value: Self::V) -> Self::V {
        unsafe { vreinterpretq_f32_u32(vandq_u32(vcgtq_f32(mask, vdupq_n_f32(0.0)), vreinterpretq_u32_f32(value))) }
    }

    #[inline(always)]
    unsafe fn fold(value: Self::V) -> [f32; 4] {
        unsafe { std::mem::transmute(value) }
    }
}

/// The first `count` (below 4) values, then zeros.
#[inline(always)]
unsafe fn buffer(from: *const f32, count: usize) -> [f32; 4] {
    // SAFETY: the caller promises `count` readable values.
    std::array::from_fn(|i| if i < count { unsafe { *from.add(i) } } else { 0.0 })
}
