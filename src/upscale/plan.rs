//! Cuts a picture into passes and tiles.

use std::ops::Range;

use super::axis::{Axis, MIN_CORE};
use super::enlarge::NetworkInfo;
use super::runs::Runs;
use super::tile::Tile;
use crate::error::{Error, Result};
use crate::image::Area;

/// The most memory that a tile may take, in bytes: natively, four workers can be busy.
///
/// Larger tiles spend less on their halos: with its exact halo of 73 pixels, splitsr-x2 computes
/// twice the pixels of the picture at this size, and four times at a quarter of it.
pub const TILE_BYTES: u64 = 128 << 20;

/// The same if the cuts must not depend on the workers: four can be busy in a browser, too.
const SHARED_TILE_BYTES: u64 = 64 << 20;

/// The most memory that a tile may take on a GPU, in bytes. Every adapter can bind buffers of 128
/// MiB, and a larger tile would freeze the screen for too long.
pub const GPU_TILE_BYTES: u64 = 128 << 20;

/// The most memory that the tiles in flight may take together, in bytes, whatever the number of
/// workers. In a browser the rest of 512 MiB is for what garbage collectors have not freed yet.
pub const IN_FLIGHT_BYTES: u64 = if cfg!(target_arch = "wasm32") { 416 << 20 } else { 512 << 20 };

/// The memory that a worker takes beside its tile, in bytes: what the kernels copy of their input
/// and output, and in a browser an instance of the runtime and of the engine.
const WORKER_BYTES: u64 = if cfg!(target_arch = "wasm32") { 12 << 20 } else { 2 << 20 };

/// The most memory that a picture may take as one tile, in bytes: half of what an instance can
/// address.
const WHOLE_BYTES: u64 = 2 << 30;

/// The side of a comfortable tile, in halos: it spends a quarter of its time on them. Larger tiles
/// would only make progress coarser.
const SIDE_IN_HALOS: u64 = 18;

/// The smallest comfortable side of a tile, in low-resolution pixels, so that the overhead of a
/// call does not matter.
const MIN_SIDE: u64 = 256;

/// The number of tiles if the cuts must not depend on the number of workers, so that up to this
/// many workers are busy, ...
const SHARED_TILES: u64 = 8;

/// ... unless tiles would get smaller than this side, in low-resolution pixels without the halo.
const SHARED_SIDE: u64 = 160;

/// The widest tile of a strip of few rows, in low-resolution pixels: a row of all channels then
/// stays in the second-level cache.
const MAX_STRIP: u64 = 4096;

/// One run of the network over a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pass {
    /// Width and height of the picture that it writes.
    pub target: (u32, u32),
    /// The tiles, run by run, and the runs row by row; they cover the target once.
    pub tiles: Vec<Tile>,
    /// The tiles of a run, which one worker should compute in order; 1 if any worker may compute
    /// any tile.
    pub run: usize,
    /// The halo of each tile, in low-resolution pixels to each side; `None` if the picture is not
    /// cut.
    pub halo: Option<usize>,
    /// See [`Pass::tile_bytes`].
    tile_bytes: u64,
}

impl Pass {
    /// The low-resolution pixels that the network computes, including halos.
    pub fn work(&self) -> u64 {
        (0..self.tiles.len()).map(|index| self.work_of(index)).sum()
    }

    /// Those of tile `index`. A tile of a run computes only the rows below those of the one before.
    pub fn work_of(&self, index: usize) -> u64 {
        let source = self.tiles[index].source;
        let above = if index.is_multiple_of(self.run) { None } else { Some(self.tiles[index - 1].source) };
        let read = above.map_or(0, |above| above.top + above.height - source.top);
        u64::from(source.width) * u64::from(source.height - read)
    }

    /// The memory that the largest tile takes while it is computed, in bytes.
    pub fn tile_bytes(&self) -> u64 {
        self.tile_bytes
    }

    /// How many of `workers` can compute a tile at once within [`IN_FLIGHT_BYTES`]: at least one.
    pub fn at_once(&self, workers: usize) -> usize {
        let fit = IN_FLIGHT_BYTES / (self.tile_bytes + WORKER_BYTES).max(1);
        workers.min(self.tiles.len().div_ceil(self.run)).min(fit as usize).max(1)
    }

    /// The memory that these take together, in bytes.
    pub fn bytes_at_once(&self, workers: usize) -> u64 {
        self.at_once(workers) as u64 * (self.tile_bytes + WORKER_BYTES)
    }
}

/// The passes from a picture of size `source` to one of size `target`: as few as possible, all but
/// the last by the full scale. There are none if the size stays the same.
///
/// `halo` is in low-resolution pixels; `None` keeps the picture whole. `workers` is the number of
/// tiles that can be computed at once; `None` makes the cuts independent of it.
///
/// # Errors
/// [`Error::Config`] if a picture that must stay whole would take too much memory, and if it is
/// empty or the network does not enlarge.
pub fn passes(
    source: (u32, u32),
    target: (u32, u32),
    info: &NetworkInfo,
    halo: Option<usize>,
    workers: Option<usize>,
) -> Result<Vec<Pass>> {
    if info.scale < 2 || source.0.min(source.1) == 0 {
        return Err(Error::Config("a picture needs pixels, and a network a scale of 2 or more".into()));
    }
    let scale = info.scale as u32;
    let mut passes = Vec::new();
    let mut size = source;
    while size != target {
        let enlarged = (size.0.saturating_mul(scale), size.1.saturating_mul(scale));
        let reached = enlarged.0 >= target.0 && enlarged.1 >= target.1;
        // Only the last pass shrinks, so that no side is shrunk twice.
        let next = if reached { target } else { enlarged };
        passes.push(pass(size, next, info, halo, workers)?);
        size = next;
    }
    Ok(passes)
}

fn pass(
    source: (u32, u32),
    target: (u32, u32),
    info: &NetworkInfo,
    halo: Option<usize>,
    workers: Option<usize>,
) -> Result<Pass> {
    let reach = halo.map_or(u32::MAX, |halo| u32::try_from(halo).unwrap_or(u32::MAX));
    let scale = info.scale as u32;
    let axis = |source, target| Axis { source, target, scale, halo: reach };
    let (across, down) = (axis(source.0, target.0), axis(source.1, target.1));
    let bytes_per_pixel = bytes_per_pixel(info);
    if let (Some(halo), Some(row_bytes), Some(workers)) = (halo, info.row_bytes, workers) {
        let row_bytes = row_bytes as u64;
        let runs = Runs::plan(&across, &down, row_bytes, workers.max(1) as u64);
        let (tiles, run) = (tiles(&across, &down, (runs.columns, runs.bands), runs.tiles), runs.tiles as usize);
        let bytes = |Tile { source, target, .. }: &Tile| {
            Runs::tile_bytes(
                row_bytes,
                (scale.into(), halo as u64),
                source.width.into(),
                (source.height.into(), target.height.into()),
            )
        };
        let tile_bytes = tiles.iter().map(bytes).max().unwrap_or(0);
        return Ok(Pass { target, tiles, run, halo: Some(halo), tile_bytes });
    }
    let (columns, rows) = match halo {
        Some(halo) => {
            let halo = halo as u64;
            let max = |bytes| max_pixels(halo, bytes_per_pixel, bytes);
            match workers {
                _ if info.on_gpu => {
                    let max = (GPU_TILE_BYTES / bytes_per_pixel).max(min_pixels(halo));
                    grid(&across, &down, max, 1)
                }
                Some(workers) => {
                    let workers = workers.max(1) as u64;
                    let share = (IN_FLIGHT_BYTES / workers).saturating_sub(WORKER_BYTES).min(TILE_BYTES);
                    grid(&across, &down, max(share), workers)
                }
                None => {
                    let share = u64::from(source.0) * u64::from(source.1) / SHARED_TILES;
                    let side = share.isqrt().max(SHARED_SIDE) + 2 * halo;
                    grid(&across, &down, max(SHARED_TILE_BYTES).min(side.saturating_pow(2)), 1)
                }
            }
        }
        None => {
            let bytes = u64::from(source.0) * u64::from(source.1) * bytes_per_pixel;
            if bytes > WHOLE_BYTES {
                let (megabytes, limit) = (bytes >> 20, WHOLE_BYTES >> 20);
                return Err(Error::Config(format!(
                    "this network sees the whole picture at once (channel attention), which would take {megabytes} MiB, but \
                     the limit is {limit} MiB: choose a smaller picture, or set a halo in pixels"
                )));
            }
            (1, 1)
        }
    };
    let tiles = tiles(&across, &down, (columns, rows), 1);
    let tile_bytes = tiles.iter().map(|tile| tile.source.pixels()).max().unwrap_or(0) * bytes_per_pixel;
    Ok(Pass { target, tiles, run: 1, halo, tile_bytes })
}

/// The tiles of a grid of runs.
fn tiles(across: &Axis, down: &Axis, (columns, bands): (u32, u32), run: u32) -> Vec<Tile> {
    let mut tiles = Vec::with_capacity(columns as usize * bands as usize * run as usize);
    for band in 0..bands {
        for column in 0..columns {
            for row in band * run..(band + 1) * run {
                let (x, y) = (across.part(column, columns), down.part(row, bands * run));
                tiles.push(Tile {
                    source_size: (across.source, down.source),
                    target_size: (across.target, down.target),
                    source: to_area(&across.reads(&x), &down.reads(&y)),
                    target: to_area(&x, &y),
                });
            }
        }
    }
    tiles
}

fn to_area(x: &Range<u32>, y: &Range<u32>) -> Area {
    Area { left: x.start, top: y.start, width: x.end - x.start, height: y.end - y.start }
}

/// The memory that a tile takes per low-resolution pixel. On the CPU: its input, and then the
/// network, or the network's result and the part that is cut out of it.
fn bytes_per_pixel(info: &NetworkInfo) -> u64 {
    let input = 3 * size_of::<f32>();
    let result = input * info.scale * info.scale;
    let bytes = if info.on_gpu {
        info.gpu_bytes_per_pixel + input + 2 * result
    } else {
        input + info.bytes_per_pixel.max(2 * result)
    };
    bytes as u64
}

/// The most low-resolution pixels that a tile should read, if it may take `bytes`.
fn max_pixels(halo: u64, bytes_per_pixel: u64, bytes: u64) -> u64 {
    let comfortable = (SIDE_IN_HALOS * halo).max(MIN_SIDE).saturating_pow(2);
    (bytes / bytes_per_pixel).min(comfortable).max(min_pixels(halo))
}

/// A smaller tile would compute more than nine times the pixels that it keeps.
fn min_pixels(halo: u64) -> u64 {
    (3 * halo).max(2 * (halo + 8) + u64::from(MIN_CORE)).saturating_pow(2)
}

/// The numbers of columns and rows with which `workers` finish soonest, if possible with tiles of
/// at most `max_pixels` pixels.
fn grid(across: &Axis, down: &Axis, max_pixels: u64, workers: u64) -> (u32, u32) {
    let max_pixels = max_pixels.min(MAX_STRIP * u64::from(down.source));
    let (widths, heights) = (across.cuts(down.source, max_pixels), down.cuts(across.source, max_pixels));
    let mut best = ((u64::MAX, u64::MAX, u64::MAX), (1, 1));
    for &(columns, width) in &widths {
        for &(rows, height) in &heights {
            let (largest, count) = (width * height, u64::from(columns) * u64::from(rows));
            let rank = (largest.saturating_sub(max_pixels), largest.saturating_mul(count.div_ceil(workers)), count);
            best = best.min((rank, (columns, rows)));
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FLAGSHIP: NetworkInfo = NetworkInfo {
        scale: 2,
        halo: Some(73),
        auto_halo: None,
        bytes_per_pixel: 332,
        gpu_bytes_per_pixel: 620,
        row_bytes: None,
        on_gpu: false,
    };

    fn targets(source: (u32, u32), target: (u32, u32), scale: usize) -> Vec<(u32, u32)> {
        let passes = passes(source, target, &NetworkInfo { scale, ..FLAGSHIP }, Some(8), Some(2)).unwrap();
        passes.iter().map(|pass| pass.target).collect()
    }

    #[test]
    fn as_few_passes_as_reach_the_size() {
        assert_eq!(targets((10, 20), (10, 20), 2), []);
        assert_eq!(targets((10, 20), (11, 22), 4), [(11, 22)]);
        assert_eq!(targets((10, 20), (20, 40), 2), [(20, 40)]);
        assert_eq!(targets((10, 20), (21, 40), 2), [(20, 40), (21, 40)]);
        assert_eq!(targets((10, 20), (160, 320), 2), [(20, 40), (40, 80), (80, 160), (160, 320)]);
        assert_eq!(targets((10, 20), (160, 320), 3), [(30, 60), (90, 180), (160, 320)]);
        assert_eq!(targets((10, 20), (10, 320), 4), [(40, 80), (10, 320)]);
    }

    #[test]
    fn an_empty_picture_and_a_network_that_does_not_enlarge_are_refused() {
        for (source, scale) in [((0, 9), 2), ((9, 0), 2), ((9, 9), 1), ((9, 9), 0)] {
            let info = NetworkInfo { scale, row_bytes: Some(1000), ..FLAGSHIP };
            let refused = passes(source, (2 * source.0, 2 * source.1), &info, Some(8), Some(2));
            assert!(matches!(refused, Err(Error::Config(_))), "{source:?} by {scale}");
        }
    }

    #[test]
    fn tiles_stay_small_and_worth_their_halo() {
        let pixels = 4000 * 3000;
        for (halo, factor) in [(0, 1.0), (16, 1.3), (73, 2.0)] {
            let pass = &passes((4000, 3000), (8000, 6000), &FLAGSHIP, Some(halo), Some(2)).unwrap()[0];
            assert!(pass.tile_bytes() <= TILE_BYTES, "{halo}");
            assert!(pass.work() as f64 <= factor * pixels as f64, "{halo}: {}", pass.work() as f64 / pixels as f64);
            assert!(pass.tiles.len() > 40, "progress is fine-grained: {}", pass.tiles.len());
        }
    }

    #[test]
    fn small_pictures_are_shared_by_the_workers_but_not_shredded() {
        let count = |size: (u32, u32), workers| {
            passes(size, (2 * size.0, 2 * size.1), &FLAGSHIP, Some(16), Some(workers)).unwrap()[0].tiles.len()
        };
        assert_eq!(count((512, 512), 1), 4, "by size alone");
        assert_eq!(count((600, 400), 4), 4);
        assert_eq!(count((600, 400), 8), 8);
        assert_eq!(count((40, 40), 8), 1);
        assert_eq!(count((1, 1), 8), 1);
    }

    #[test]
    fn without_workers_the_tiles_are_enough_for_several() {
        let count = |size: (u32, u32)| {
            passes(size, (2 * size.0, 2 * size.1), &FLAGSHIP, Some(10), None).unwrap()[0].tiles.len()
        };
        assert_eq!([(100, 100), (320, 180), (640, 360)].map(count), [1, 2, 8]);
        let large = count((4000, 3000)) as u64;
        assert!((4000 * 3000 / (288 * 288)..300).contains(&large), "no more than memory and progress ask for: {large}");
    }

    #[test]
    fn tiles_on_a_gpu_are_as_large_as_its_memory_allows() {
        let info = NetworkInfo { on_gpu: true, ..FLAGSHIP };
        let pass =
            |size: (u32, u32)| passes(size, (2 * size.0, 2 * size.1), &info, Some(10), Some(8)).unwrap().remove(0);
        assert_eq!([(100, 100), (320, 320), (640, 360)].map(|size| pass(size).tiles.len()), [1, 1, 2]);
        assert!(pass((4000, 3000)).tile_bytes() <= GPU_TILE_BYTES);
        assert!(pass((4000, 3000)).work() < 4000 * 3000 * 12 / 10);
    }

    #[test]
    fn a_wide_halo_makes_large_tiles_rather_than_endless_work() {
        let info = NetworkInfo { scale: 4, halo: Some(400), bytes_per_pixel: 10_000, ..FLAGSHIP };
        let pass = &passes((4000, 4000), (16000, 16000), &info, Some(400), Some(2)).unwrap()[0];
        assert!(pass.work() <= 9 * 16_000_000, "{}", pass.work());
    }

    #[test]
    fn a_whole_picture_that_is_too_large_is_refused() {
        assert_eq!(passes((1000, 1000), (2000, 2000), &FLAGSHIP, None, Some(8)).unwrap()[0].tiles.len(), 1);
        let error = passes((4000, 3000), (8000, 6000), &FLAGSHIP, None, Some(8)).unwrap_err().to_string();
        assert!(error.contains("3936 MiB"), "{error}");
    }

    /// Width and height: of any shape, up to that many pixels.
    fn shapes(max_pixels: u32) -> impl Strategy<Value = (u32, u32)> {
        (0.0..1.0f64, 0.0..1.0f64, any::<bool>()).prop_map(move |(long, short, turned)| {
            let power = |base: f64, exponent: f64| (base.powf(exponent) as u32).max(1);
            let width = power(max_pixels.into(), long);
            let height = power(f64::from(max_pixels / width), short);
            if turned { (height, width) } else { (width, height) }
        })
    }

    /// The tiles cover the target once, and each reads its surroundings.
    fn check(pass: &Pass, halo: u32) -> Result<(), TestCaseError> {
        let (mut right, mut bottom) = (0, 0);
        let mut covered = 0;
        prop_assert!(pass.tiles.len().is_multiple_of(pass.run));
        // Row by row without gaps: a run is a tile whose parts lie below each other.
        for run in pass.tiles.chunks_exact(pass.run) {
            let (first, last) = (run[0].target, run[run.len() - 1].target);
            let part = Area { height: last.top + last.height - first.top, ..first };
            if part.left == 0 {
                prop_assert_eq!(part.top, bottom);
                bottom = part.top + part.height;
                right = 0;
            }
            prop_assert_eq!(part.left, right);
            right = part.left + part.width;
            prop_assert_eq!(part.top + part.height, bottom);
            for pair in run.windows(2) {
                let (above, below) = (pair[0].target, pair[1].target);
                prop_assert_eq!((above.left, above.width), (below.left, below.width));
                prop_assert_eq!(above.top + above.height, below.top);
            }
        }
        for tile in &pass.tiles {
            let Tile { source_size, target_size, target: part, source } = *tile;
            prop_assert_eq!(target_size, pass.target);
            covered += part.pixels();
            // The halo, or the picture's end.
            let axes = [
                (source_size.0, pass.target.0, source.left, source.width, part.left, part.width),
                (source_size.1, pass.target.1, source.top, source.height, part.top, part.height),
            ];
            for (from, to, reads, length, start, count) in axes {
                let ratio = f64::from(from) / f64::from(to);
                let first = (f64::from(start) * ratio).floor() - f64::from(halo);
                let last = (f64::from(start + count) * ratio).ceil() + f64::from(halo);
                prop_assert!(f64::from(reads) <= first.max(0.0));
                prop_assert!(f64::from(reads + length) >= last.min(f64::from(from)));
                prop_assert!(length > 0 && reads + length <= from);
            }
        }
        prop_assert_eq!(covered, u64::from(pass.target.0) * u64::from(pass.target.1));
        prop_assert_eq!((right, bottom), pass.target);
        Ok(())
    }

    #[test]
    fn runs_compute_little_more_than_the_picture_in_little_memory() {
        let info = NetworkInfo { row_bytes: Some(33_000), ..FLAGSHIP };
        for workers in [1, 2, 4] {
            let pass = &passes((4000, 3000), (8000, 6000), &info, Some(73), Some(workers)).unwrap()[0];
            check(pass, 73).unwrap();
            assert!(pass.work() as f64 <= 1.25 * 4000.0 * 3000.0, "{}", pass.work() as f64 / 12e6);
            assert!(pass.tile_bytes() <= 41 << 20, "{}", pass.tile_bytes());
            assert_eq!(pass.at_once(workers), workers);
            assert!(pass.tiles.len() > 40, "progress is fine-grained: {}", pass.tiles.len());
            // The first tile of a run reads the halo above it; the others compute each row once.
            let rows: u64 =
                (0..pass.run).map(|index| pass.work_of(index) / u64::from(pass.tiles[0].source.width)).sum();
            let last = pass.tiles[pass.run - 1].source;
            assert_eq!(rows, u64::from(last.top + last.height - pass.tiles[0].source.top));
        }
        let small = &passes((640, 360), (1280, 720), &info, Some(73), Some(2)).unwrap()[0];
        assert_eq!(small.at_once(2), 2, "both workers have a run");
    }

    #[test]
    fn a_strip_is_planned_at_once() {
        for (size, target) in [((8_000_000, 1), (16_000_000, 2)), ((1, 8_000_000), (5, 40_000_000))] {
            for (halo, workers) in [(14, None), (73, Some(8)), (0, Some(1))] {
                let start = std::time::Instant::now();
                let passes = passes(size, target, &FLAGSHIP, Some(halo), workers).unwrap();
                assert!(start.elapsed().as_secs_f64() < 1.0, "{size:?}: {:?}", start.elapsed());
                for pass in passes {
                    assert!((8..4000).contains(&pass.tiles.len()), "{size:?}: {}", pass.tiles.len());
                    assert!(pass.tile_bytes() <= TILE_BYTES);
                    check(&pass, halo as u32).unwrap();
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        /// As large as the command takes them.
        #[test]
        fn plans_of_any_shape_are_bounded_in_time_and_memory(
            (width, height) in shapes(128_000_000),
            (zoom_x, zoom_y) in (1.0f64..16.0, 1.0f64..16.0),
            (scale, halo, workers) in (2usize..=4, 0usize..120, proptest::option::of(1usize..65)),
            (bytes_per_pixel, on_gpu) in (12usize..20_000, any::<bool>()),
            row_bytes in proptest::option::of(1_000usize..100_000),
        ) {
            let side = |pixels: u32, zoom: f64| (f64::from(pixels) * zoom) as u64;
            let (to_width, to_height) = (side(width, zoom_x), side(height, zoom_y));
            prop_assume!(to_width * to_height <= 1_024_000_000);
            let info = NetworkInfo { scale, bytes_per_pixel, gpu_bytes_per_pixel: bytes_per_pixel, row_bytes, on_gpu, ..FLAGSHIP };
            let start = std::time::Instant::now();
            let passes = passes((width, height), (to_width as u32, to_height as u32), &info, Some(halo), workers).unwrap();
            // It used to take minutes.
            prop_assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
            for pass in &passes {
                // A strip a pixel high has most: 40 MB hold 400 columns, and 240 are halo.
                prop_assert!(pass.tiles.len() < 4_000_000, "{}", pass.tiles.len());
                let workers = workers.unwrap_or(64);
                let at_once = pass.at_once(workers);
                prop_assert!((1..=workers).contains(&at_once));
                prop_assert!(at_once == 1 || pass.bytes_at_once(workers) <= IN_FLIGHT_BYTES);
                check(pass, halo as u32)?;
            }
        }

        #[test]
        fn tiles_cover_the_target_once_and_read_their_surroundings(
            (width, height) in (1u32..700, 1u32..700),
            (zoom_x, zoom_y) in (1.0f64..16.0, 1.0f64..16.0),
            (scale, halo, workers) in (2usize..=4, 0usize..40, proptest::option::of(1usize..9)),
            row_bytes in proptest::option::of(1_000usize..100_000),
        ) {
            let target = ((f64::from(width) * zoom_x) as u32, (f64::from(height) * zoom_y) as u32);
            let info = NetworkInfo { scale, row_bytes, ..FLAGSHIP };
            for pass in passes((width, height), target, &info, Some(halo), workers).unwrap() {
                check(&pass, halo as u32)?;
            }
        }
    }
}
