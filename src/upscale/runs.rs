//! Runs: tiles below each other that one worker computes in order, so that none computes again what
//! the one above it has. Between two tiles the worker keeps the rows that the network needs again:
//! see [`Column`](super::Column).

use super::axis::{Axis, MIN_CORE};

/// The most memory that a worker should take for a run, in bytes.
const RUN_BYTES: u64 = 40 << 20;

/// The rows of a tile, in pixels of the network's result: enough that reading its halo takes little
/// beside the network, few enough for fine-grained progress.
const TILE_ROWS: u64 = 64;

/// The pixels of its result, at least: a narrow picture has taller tiles.
const TILE_PIXELS: u64 = 1 << 14;

/// How a picture is cut into runs.
pub(super) struct Runs {
    pub columns: u32,
    /// Runs below each other in a column.
    pub bands: u32,
    /// Tiles of a run.
    pub tiles: u32,
}

impl Runs {
    /// The runs with which `workers` finish soonest. `row_bytes` is the network's memory for each
    /// column, in bytes.
    pub fn plan(across: &Axis, down: &Axis, row_bytes: u64, workers: u64) -> Self {
        let rows = TILE_ROWS / u64::from(across.scale) + 2 * u64::from(down.halo);
        let max_width =
            RUN_BYTES / Self::tile_bytes(row_bytes, (across.scale.into(), down.halo.into()), 1, (rows, TILE_ROWS));
        let max_width = max_width.max(u64::from(3 * across.halo.max(MIN_CORE)));
        let breadth = u64::from(down.source);
        let heights = down.cuts(across.source, 0);
        let mut best = ((u64::MAX, u64::MAX, u64::MAX), (1, 1));
        for (columns, width) in across.cuts(down.source, max_width.saturating_mul(breadth)) {
            for &(bands, height) in heights.iter().take(workers as usize) {
                let count = u64::from(columns) * u64::from(bands);
                let time = (width * height).saturating_mul(count.div_ceil(workers));
                best = best.min(((width.saturating_sub(max_width), time, count), (columns, bands)));
            }
        }
        let (columns, bands) = best.1;
        let scale = u64::from(across.scale);
        let rows = TILE_ROWS.max(TILE_PIXELS * u64::from(columns) / (scale * u64::from(across.source)));
        Self { columns, bands, tiles: (scale * breadth).div_ceil(rows * u64::from(bands)) as u32 }
    }

    /// The memory that a tile takes, in bytes: `row_bytes` for each column, its input and that of
    /// the tile before, and its result before and after it is cut out. At the picture's end the
    /// network gives all rows at once that it is behind, at most `halo`. The tile reads `width`
    /// columns and `rows` rows of the picture and writes `high_rows` rows of the result.
    pub fn tile_bytes(row_bytes: u64, (scale, halo): (u64, u64), width: u64, (rows, high_rows): (u64, u64)) -> u64 {
        let planes = 3 * size_of::<f32>() as u64;
        width * (row_bytes + 2 * planes * rows + planes * scale * (3 * high_rows + 2 * scale * halo))
    }
}
