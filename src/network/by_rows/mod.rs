//! The forward pass by rows, of a picture that comes in rows or of a whole one: each layer computes
//! the rows that its input suffices for, while these are in the cache, and keeps the few rows that
//! it needs again. Every pixel is computed once, with deterministic arithmetic bit for bit as by
//! [`Network::forward`]. On the CPU.
//!
//! A network describes itself as [`Steps`]: 3x3 convolutions of lists of [`Plane`]s. A split block
//! then takes planes from the front of a list and puts others to its back.

mod map;
mod steps;
mod strip;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub(crate) use steps::{Plane, Steps};
pub use strip::{ByRows, Strip};

/// The rows that are computed together: enough that a call of a kernel costs little, few enough
/// that they stay in the cache.
const ROWS: usize = 16;

impl Steps {
    /// Enlarges a picture `[3, height, width]`, RGB in [0, 1], to
    /// `[3, scale * height, scale * width]`. The threads share its columns. Their number does not
    /// change a bit.
    pub fn enlarge(self: Arc<Self>, planes: &[f32], height: usize, width: usize) -> Vec<f32> {
        let result = self.maps.last().expect("the input is one");
        let (scale, halo) = (result.factor, result.lag.div_ceil(result.factor));
        let cuts = threads().min(width / halo.max(1)).max(1);
        if cuts == 1 {
            return ByRows::new(self, Strip { width, height, inner: [false; 2] }).run_whole(planes);
        }
        let part = |index: usize| {
            let keeps = width * index / cuts..width * (index + 1) / cuts;
            let reads = keeps.start.saturating_sub(halo)..(keeps.end + halo).min(width);
            let planes: Vec<f32> = planes.chunks_exact(width).flat_map(|row| &row[reads.clone()]).copied().collect();
            let strip = Strip { width: reads.len(), height, inner: [reads.start > 0, reads.end < width] };
            let rows = ByRows::new(self.clone(), strip);
            let columns = rows.columns();
            let skip = scale * (keeps.start - reads.start - columns.start);
            (rows.run_whole(&planes), scale * columns.len(), skip..skip + scale * keeps.len())
        };
        let parts = on_all_threads(cuts, part);
        let mut whole = Vec::with_capacity(3 * scale * height * scale * width);
        for row in 0..3 * scale * height {
            for (values, width, columns) in &parts {
                whole.extend_from_slice(&values[row * width..][columns.clone()]);
            }
        }
        whole
    }
}

/// The threads that can compute strips at once.
fn threads() -> usize {
    #[cfg(not(target_arch = "wasm32"))]
    return rayon::current_num_threads();
    #[cfg(target_arch = "wasm32")]
    1
}

/// The results of `part` for the numbers below `count`, in order.
fn on_all_threads<T: Send>(count: usize, part: impl Fn(usize) -> T + Sync + Send) -> Vec<T> {
    #[cfg(not(target_arch = "wasm32"))]
    {
        use rayon::prelude::*;
        (0..count).into_par_iter().map(part).collect()
    }
    #[cfg(target_arch = "wasm32")]
    (0..count).map(part).collect()
}
