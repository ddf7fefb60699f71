//! What enlarging takes besides the two pictures does not grow with them.

mod common;

use std::alloc::{GlobalAlloc, Layout as Block, System};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::Nearest;
use splitsr::image::{Depth, Layout, Picture};
use splitsr::upscale::{Enlarge, Options, Target, plan, upscale};

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

/// Bytes that enlarging takes at its peak besides the source and the result.
fn besides(model: &Arc<impl Enlarge + 'static>, zoom: f64, (width, height): (u32, u32)) -> usize {
    let before = HELD.load(Ordering::Relaxed);
    let source = Picture::blank(width, height, Layout::Rgb, Depth::Eight).unwrap();
    PEAK.store(HELD.load(Ordering::Relaxed), Ordering::Relaxed);
    let (result, _) = upscale(model, source, &Options::new(Target::Zoom(zoom)), |_| ControlFlow::Continue(())).unwrap();
    let pictures = 3 * width as usize * height as usize + result.samples.len();
    PEAK.load(Ordering::Relaxed) - before - pictures
}

/// One test: another one at the same time would be counted in.
#[test]
fn besides_the_pictures_memory_is_bounded() {
    let model = Arc::new(Nearest(4));
    let megabyte = 1 << 20;
    for zoom in [4.0, 2.7] {
        let [small, large] = [(800, 600), (2400, 1800)].map(|size| besides(&model, zoom, size));
        assert!(large < small + small / 4 + megabyte, "{small} bytes for 0.5 megapixels, {large} for 4.3 at {zoom}");
        assert!((large as u64) < plan::IN_FLIGHT_BYTES, "{large}");
    }
    // Two passes: the 16-bit picture between them, 16 times the source, and nothing else that grows.
    let between = 6 * 16 * 1000 * 800;
    let large = besides(&model, 5.0, (1000, 800));
    let bound = between + besides(&model, 4.0, (1000, 800)) * 5 / 4 + megabyte;
    assert!((between..bound).contains(&large), "{large}, {bound}");
}
