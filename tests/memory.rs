//! The memory that enlarging takes besides the two pictures does not grow with them.

#[path = "suite/nearest.rs"]
mod nearest;

use std::alloc::{GlobalAlloc, Layout as Block, System};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use burn::tensor::Device;
use nearest::Nearest;
use splitsr::NetworkConfig;
use splitsr::config::SplitSrConfig;
use splitsr::image::{Depth, Layout, Picture};
use splitsr::model::Model;
use splitsr::network::Network;
use splitsr::upscale::{Enlarge, Job, NetworkInfo, Options, Target, Tiling, plan, upscale};
use splitsr::weights::Metadata;

/// The system's allocator, counting.
struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: all calls go to the system's allocator as they are.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, block: Block) -> *mut u8 {
        count(block.size());
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(block) }
    }

    unsafe fn alloc_zeroed(&self, block: Block) -> *mut u8 {
        count(block.size());
        // SAFETY: the caller keeps the contract of `alloc_zeroed`.
        unsafe { System.alloc_zeroed(block) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, block: Block) {
        HELD.fetch_sub(block.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(pointer, block) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn count(size: usize) {
    let held = HELD.fetch_add(size, Ordering::Relaxed) + size;
    PEAK.fetch_max(held, Ordering::Relaxed);
}

/// Bytes that enlarging on two threads takes at its peak besides the source and the result.
fn besides(model: &Arc<impl Enlarge + 'static>, options: &Options, (width, height): (u32, u32)) -> usize {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    let before = HELD.load(Ordering::Relaxed);
    let source = Picture::blank(width, height, Layout::Rgb, Depth::Eight).unwrap();
    PEAK.store(HELD.load(Ordering::Relaxed), Ordering::Relaxed);
    let run = || upscale(model, source, options, |_| ControlFlow::Continue(()));
    let (result, _) = pool.install(run).unwrap();
    let pictures = 3 * width as usize * height as usize + result.samples.len();
    PEAK.load(Ordering::Relaxed) - before - pictures
}

/// The plan's figure for the same: two tiles at once.
fn planned(model: &impl Enlarge, options: &Options, (width, height): (u32, u32)) -> usize {
    let source = Picture::blank(width, height, Layout::Rgb, Depth::Eight).unwrap();
    let info = NetworkInfo::of(model);
    let job = Job::new(source, info, options, 2).unwrap();
    job.passes()[0].bytes_at_once(2) as usize
}

const MEGABYTE: usize = 1 << 20;

/// A single test, since another one at the same time would be counted too.
#[test]
fn besides_the_pictures_memory_is_bounded() {
    let model = Arc::new(Nearest(4));
    for zoom in [4.0, 2.7] {
        does_not_grow(&model, zoom, (800, 600));
    }
    // Two passes: the 16-bit picture between them, 16 times the source, and nothing else that
    // grows.
    let between = 6 * 16 * 1000 * 800;
    let large = besides(&model, &by(5.0), (1000, 800));
    let bound = between + besides(&model, &by(4.0), (1000, 800)) * 5 / 4 + MEGABYTE;
    assert!((between..bound).contains(&large), "{large}, {bound}");

    for scale in 2..=4 {
        let config = SplitSrConfig { scale, channels: 8, groups: 2, blocks: 1, hybrid_index: 1, ..Default::default() };
        does_not_grow(&network(config), scale as f64, (500, 400));
    }
    // The flagship keeps to its own estimate.
    let (model, size) = (network(SplitSrConfig::default()), (400, 300));
    let options = by(2.0);
    let (taken, both) = (besides(&model, &options, size), planned(&*model, &options, size));
    assert!(taken < both, "{taken} bytes, planned {both}");
    // Also for exact tiles, of which no worker takes more than 40 MB, and 2 MB for its kernels.
    let (options, size) = (Options { tiling: Tiling::Exact, ..options }, (2400, 300));
    let (taken, both) = (besides(&model, &options, size), planned(&*model, &options, size));
    assert!(taken < both && both <= 84 * MEGABYTE, "{taken} bytes, planned {both}");
}

fn by(zoom: f64) -> Options {
    Options::new(Target::Zoom(zoom))
}

/// Enlarges pictures of `size` and of nine times as many pixels.
fn does_not_grow(model: &Arc<impl Enlarge + 'static>, zoom: f64, size: (u32, u32)) {
    for factor in [1, 3] {
        let size = (factor * size.0, factor * size.1);
        let (taken, planned) = (besides(model, &by(zoom), size), planned(&**model, &by(zoom), size));
        assert!(planned as u64 <= plan::IN_FLIGHT_BYTES);
        assert!(taken < planned + MEGABYTE, "{taken} bytes, planned {planned}, for {size:?} at {zoom}");
    }
}

/// With random weights: what they are does not matter here.
fn network(config: SplitSrConfig) -> Arc<Model> {
    let (config, device) = (NetworkConfig::SplitSr(config), Device::flex());
    let network = Network::new(&config, &device);
    Arc::new(Model::new(Metadata::new("random", config), network, &device).unwrap())
}
