//! WebAssembly: 4 values a vector; multiply, then add, or, built with relaxed SIMD, what the
//! machine does fastest.

use std::arch::wasm32::*;

use super::backend::backend;
use super::lanes::Lanes;

backend!(if cfg!(target_feature = "relaxed-simd") { "relaxed-simd" } else { "simd128" }, Vector, true);

struct Vector;

// SAFETY of every block below: the trait's contract, which is also the intrinsics'.
#[allow(clippy::undocumented_unsafe_blocks)]
impl Lanes for Vector {
    const N: usize = 4;
    // x86 has 16 registers, of which one is the compiler's: 12 sums, 2 inputs and a weight. Without
    // fused multiply-add the product needs one, too, and a sum that is spilled limits the whole
    // loop.
    const BLOCK: usize = if cfg!(target_feature = "relaxed-simd") { 6 } else { 5 };
    const VECTORS: usize = 2;
    const GRADIENT_BLOCK: usize = 3;
    type V = v128;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self::V {
        f32x4_splat(value)
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self::V {
        unsafe { v128_load(from.cast()) }
    }

    #[inline(always)]
    unsafe fn load_partial(from: *const f32, count: usize) -> Self::V {
        unsafe { v128_load(buffer(from, count).as_ptr().cast()) }
    }

    #[inline(always)]
    unsafe fn store(to: *mut f32, value: Self::V) {
        unsafe { v128_store(to.cast(), value) }
    }

    #[inline(always)]
    unsafe fn store_partial(to: *mut f32, value: Self::V, count: usize) {
        unsafe {
            let mut values = [0f32; 4];
            v128_store(values.as_mut_ptr().cast(), value);
            std::ptr::copy_nonoverlapping(values.as_ptr(), to, count);
        }
    }

    #[inline(always)]
    unsafe fn multiply_add(a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        multiply_add(a, b, c)
    }

    #[inline(always)]
    unsafe fn multiply(a: Self::V, b: Self::V) -> Self::V {
        f32x4_mul(a, b)
    }

    #[inline(always)]
    unsafe fn add(a: Self::V, b: Self::V) -> Self::V {
        f32x4_add(a, b)
    }

    #[inline(always)]
    unsafe fn subtract(a: Self::V, b: Self::V) -> Self::V {
        f32x4_sub(a, b)
    }

    #[inline(always)]
    unsafe fn max(a: Self::V, b: Self::V) -> Self::V {
        f32x4_pmax(a, b)
    }

    #[inline(always)]
    unsafe fn where_positive(mask: Self::V, value: Self::V) -> Self::V {
        v128_and(f32x4_gt(mask, f32x4_splat(0.0)), value)
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

#[cfg(target_feature = "relaxed-simd")]
#[inline(always)]
fn multiply_add(a: v128, b: v128, c: v128) -> v128 {
    f32x4_relaxed_madd(a, b, c)
}

#[cfg(not(target_feature = "relaxed-simd"))]
#[inline(always)]
fn multiply_add(a: v128, b: v128, c: v128) -> v128 {
    f32x4_add(f32x4_mul(a, b), c)
}
