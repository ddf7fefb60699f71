//! Networks that are simple enough to know what they give.

use splitsr::Result;
use splitsr::upscale::Enlarge;

/// Repeats each pixel: sees nothing but the pixel itself.
pub struct Nearest(pub usize);

impl Enlarge for Nearest {
    fn scale(&self) -> usize {
        self.0
    }

    fn halo(&self) -> Option<usize> {
        Some(0)
    }

    fn auto_halo(&self) -> Option<usize> {
        None
    }

    fn bytes_per_pixel(&self) -> usize {
        3 * size_of::<f32>() * (1 + self.0 * self.0)
    }

    fn enlarge(&self, planes: Vec<f32>, height: usize, width: usize) -> Result<Vec<f32>> {
        let mut enlarged = Vec::with_capacity(planes.len() * self.0 * self.0);
        for row in planes.chunks_exact(width).take(3 * height) {
            for _ in 0..self.0 {
                enlarged.extend(row.iter().flat_map(|&value| std::iter::repeat_n(value, self.0)));
            }
        }
        Ok(enlarged)
    }
}
