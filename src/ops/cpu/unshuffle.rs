//! The gradient of a pixel shuffle.

use std::mem::MaybeUninit;

use super::buffers;

/// Undoes a pixel shuffle by `factor` r: the value of each plane at (y, x) goes to plane
/// `r * (y % r) + x % r` of the r^2 that the plane becomes, at (y / r, x / r).
///
/// # Shapes
/// `[planes, height, width]`, the shape of `values` -> `[planes * r * r, height / r, width / r]`
///
/// # Panics
/// If `values` does not have the length of its shape, or r does not divide height and width.
pub fn unshuffle([planes, height, width]: [usize; 3], factor: usize, values: &[f32]) -> Vec<f32> {
    let size = height * width;
    assert_eq!(values.len(), planes * size, "the values of {planes} planes of {height} x {width}");
    assert!(height.is_multiple_of(factor) && width.is_multiple_of(factor), "a multiple of {factor} pixels");
    let mut out = buffers::take(values.len());
    if values.is_empty() {
        return out;
    }
    let spread = |(out, plane): (&mut [MaybeUninit<f32>], &[f32])| {
        let (part, width_after) = (size / (factor * factor), width / factor);
        for (y, row) in plane.chunks_exact(width).enumerate() {
            for dx in 0..factor {
                let start = (factor * (y % factor) + dx) * part + y / factor * width_after;
                let out = out[start..][..width_after].iter_mut();
                out.zip(row.chunks_exact(factor)).for_each(|(out, values)| _ = out.write(values[dx]));
            }
        }
    };
    let room = &mut out.spare_capacity_mut()[..values.len()];
    #[cfg(not(target_arch = "wasm32"))]
    {
        use rayon::prelude::*;
        room.par_chunks_mut(size).zip(values.par_chunks(size)).for_each(spread);
    }
    #[cfg(target_arch = "wasm32")]
    room.chunks_mut(size).zip(values.chunks(size)).for_each(spread);
    // SAFETY: each value has gone to a place of its own, so all were written.
    unsafe { out.set_len(values.len()) };
    out
}
