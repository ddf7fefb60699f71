//! Burn has one random generator for the process: tests side by side take each other's numbers.

use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

static GENERATOR: RwLock<()> = RwLock::new(());

/// For a test whose outcome depends on its random numbers, its time or the GPU: no other test that
/// draws runs beside it.
pub fn alone() -> RwLockWriteGuard<'static, ()> {
    // A test that failed says so itself.
    GENERATOR.write().unwrap_or_else(PoisonError::into_inner)
}

/// For a test that draws, but passes with any numbers.
pub fn shared() -> RwLockReadGuard<'static, ()> {
    GENERATOR.read().unwrap_or_else(PoisonError::into_inner)
}
