//! The targets as the fuzzer runs them: with little memory.

mod targets;

use std::alloc::{GlobalAlloc, Layout, System};

pub use targets::*;

/// Larger than anything that these inputs need.
const MAX_BLOCK: usize = 256 << 20;

/// The system's allocator. It ends the program when a single block is asked for that is too large.
struct Bounded;

#[global_allocator]
static ALLOCATOR: Bounded = Bounded;

fn check(size: usize) {
    if size > MAX_BLOCK {
        // To print would allocate; the fuzzer's report has the stack.
        std::process::abort();
    }
}

// SAFETY: all calls go to the system's allocator as they are.
unsafe impl GlobalAlloc for Bounded {
    unsafe fn alloc(&self, block: Layout) -> *mut u8 {
        check(block.size());
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(block) }
    }

    unsafe fn alloc_zeroed(&self, block: Layout) -> *mut u8 {
        check(block.size());
        // SAFETY: the caller keeps the contract of `alloc_zeroed`.
        unsafe { System.alloc_zeroed(block) }
    }

    unsafe fn realloc(&self, start: *mut u8, block: Layout, size: usize) -> *mut u8 {
        check(size);
        // SAFETY: the caller keeps the contract of `realloc`.
        unsafe { System.realloc(start, block, size) }
    }

    unsafe fn dealloc(&self, start: *mut u8, block: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(start, block) }
    }
}
