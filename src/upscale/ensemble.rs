//! Self-ensemble: the mean of a network's results for the 8 flips and rotations of its input
//! (Timofte and others, "Seven ways to improve example-based single image super resolution", CVPR
//! 2016).

use super::enlarge::{Enlarge, enlarged_picture};
use crate::error::Result;
use crate::image::Picture;

/// One of the 8 symmetries of the square.
#[derive(Clone, Copy, Debug)]
struct Symmetry {
    transpose: bool,
    flip_x: bool,
    flip_y: bool,
}

const SYMMETRIES: [Symmetry; 8] = {
    let mut all = [Symmetry { transpose: false, flip_x: false, flip_y: false }; 8];
    let mut index = 0;
    while index < 8 {
        all[index] = Symmetry { transpose: index & 4 != 0, flip_x: index & 2 != 0, flip_y: index & 1 != 0 };
        index += 1;
    }
    all
};

impl Symmetry {
    /// Height and width of what a `height` x `width` plane becomes.
    fn size(self, height: usize, width: usize) -> (usize, usize) {
        if self.transpose { (width, height) } else { (height, width) }
    }

    /// For each pixel of the transformed plane, row by row, the index of its source pixel in the
    /// `height` x `width` plane.
    fn sources(self, height: usize, width: usize) -> impl Iterator<Item = usize> {
        let (rows, columns) = self.size(height, width);
        (0..rows).flat_map(move |row| {
            (0..columns).map(move |column| {
                let (y, x) = if self.transpose { (column, row) } else { (row, column) };
                let y = if self.flip_y { height - 1 - y } else { y };
                let x = if self.flip_x { width - 1 - x } else { x };
                y * width + x
            })
        })
    }

    fn apply(self, planes: &[f32], height: usize, width: usize) -> Vec<f32> {
        let planes = planes.chunks_exact(height * width);
        planes.flat_map(|plane| self.sources(height, width).map(|index| plane[index])).collect()
    }
}

/// Returns the bytes that [`enlarge`] takes for each low-resolution pixel beside the network: its
/// input, and the sum of the results.
pub(super) fn bytes_per_pixel(scale: usize) -> usize {
    3 * size_of::<f32>() * (1 + scale * scale)
}

/// As [`Enlarge::enlarge`], but the mean of 8 results. The sum has a fixed order, so that a pixel
/// does not depend on its tile.
pub(super) fn enlarge<M: Enlarge + ?Sized>(model: &M, planes: &[f32], height: usize, width: usize) -> Result<Vec<f32>> {
    let (high, wide) = (model.scale() * height, model.scale() * width);
    let mut sum = vec![0.0; 3 * high * wide];
    for symmetry in SYMMETRIES {
        let (rows, columns) = symmetry.size(height, width);
        let enlarged = model.enlarge(symmetry.apply(planes, height, width), rows, columns)?;
        for (sum, plane) in sum.chunks_exact_mut(high * wide).zip(enlarged.chunks_exact(high * wide)) {
            for (index, value) in symmetry.sources(high, wide).zip(plane) {
                sum[index] += value;
            }
        }
    }
    let count = SYMMETRIES.len() as f32;
    sum.iter_mut().for_each(|value| *value /= count);
    Ok(sum)
}

/// [`Enlarge::enlarge_picture`] with self-ensemble: see
/// [`Options::ensemble`](super::Options::ensemble).
///
/// # Errors
/// As [`Enlarge::enlarge`].
pub fn enlarge_picture_ensemble<M: Enlarge + ?Sized>(model: &M, low: &Picture) -> Result<Picture> {
    let (height, width) = (low.height as usize, low.width as usize);
    enlarged_picture(low, model.scale(), &enlarge(model, &low.rgb_planes(low.area()), height, width)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eight_symmetries_differ_and_each_is_a_permutation() {
        let plane: Vec<f32> = (0..6).map(|value| value as f32).collect();
        let mut seen: Vec<_> = SYMMETRIES.map(|symmetry| (symmetry.size(2, 3), symmetry.apply(&plane, 2, 3))).into();
        seen.dedup();
        assert_eq!(seen.len(), 8);
        for (_, mut values) in seen {
            values.sort_by(f32::total_cmp);
            assert_eq!(values, plane);
        }
        // A quarter turn: the first row becomes a column.
        let turned = Symmetry { transpose: true, flip_x: false, flip_y: true }.apply(&plane, 2, 3);
        assert_eq!(turned, [3.0, 0.0, 4.0, 1.0, 5.0, 2.0]);
    }

    /// Enlarges by 2 and darkens the left half of its input.
    struct Lopsided;

    impl Enlarge for Lopsided {
        fn scale(&self) -> usize {
            2
        }
        fn halo(&self) -> Option<usize> {
            None
        }
        fn auto_halo(&self) -> Option<usize> {
            None
        }
        fn bytes_per_pixel(&self) -> usize {
            48
        }
        fn enlarge(&self, planes: Vec<f32>, height: usize, width: usize) -> Result<Vec<f32>> {
            let mut enlarged = Vec::new();
            for row in 0..3 * height * 2 {
                for column in 0..width * 2 {
                    let value = planes[row / 2 * width + column / 2];
                    enlarged.push(if column < width { value / 2.0 } else { value });
                }
            }
            Ok(enlarged)
        }
    }

    #[test]
    fn the_mean_has_no_preferred_side() {
        let mean = enlarge(&Lopsided, &[1.0; 3 * 4 * 4], 4, 4).unwrap();
        assert_eq!(mean, [0.75; 3 * 8 * 8]);
    }
}
