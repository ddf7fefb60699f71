//! Any machine: arrays of 8 that the compiler may or may not turn into vectors; multiply, then add.

use super::backend::backend;
use super::lanes::Lanes;

backend!("portable", Array, true);

struct Array;

impl Lanes for Array {
    const N: usize = 8;
    const BLOCK: usize = 4;
    const VECTORS: usize = 2;
    const GRADIENT_BLOCK: usize = 4;
    type V = [f32; 8];

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self::V {
        [value; 8]
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self::V {
        // SAFETY: the trait's contract.
        unsafe { from.cast::<Self::V>().read_unaligned() }
    }

    #[inline(always)]
    unsafe fn load_partial(from: *const f32, count: usize) -> Self::V {
        // SAFETY: the trait's contract.
        std::array::from_fn(|i| if i < count { unsafe { *from.add(i) } } else { 0.0 })
    }

    #[inline(always)]
    unsafe fn store(to: *mut f32, value: Self::V) {
        // SAFETY: the trait's contract.
        unsafe { to.cast::<Self::V>().write_unaligned(value) }
    }

    #[inline(always)]
    unsafe fn store_partial(to: *mut f32, value: Self::V, count: usize) {
        // SAFETY: the trait's contract.
        value.iter().take(count).enumerate().for_each(|(i, &v)| unsafe { *to.add(i) = v });
    }

    #[inline(always)]
    unsafe fn multiply_add(a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        std::array::from_fn(|i| a[i] * b[i] + c[i])
    }

    #[inline(always)]
    unsafe fn multiply(a: Self::V, b: Self::V) -> Self::V {
        std::array::from_fn(|i| a[i] * b[i])
    }

    #[inline(always)]
    unsafe fn add(a: Self::V, b: Self::V) -> Self::V {
        std::array::from_fn(|i| a[i] + b[i])
    }

    #[inline(always)]
    unsafe fn subtract(a: Self::V, b: Self::V) -> Self::V {
        std::array::from_fn(|i| a[i] - b[i])
    }

    #[inline(always)]
    unsafe fn max(a: Self::V, b: Self::V) -> Self::V {
        std::array::from_fn(|i| a[i].max(b[i]))
    }

    #[inline(always)]
    unsafe fn where_positive(mask: Self::V, value: Self::V) -> Self::V {
        std::array::from_fn(|i| if mask[i] > 0.0 { value[i] } else { 0.0 })
    }

    #[inline(always)]
    unsafe fn fold(value: Self::V) -> [f32; 4] {
        std::array::from_fn(|i| value[i] + value[i + 4])
    }
}
