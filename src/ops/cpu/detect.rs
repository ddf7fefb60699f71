//! The instruction sets of this machine, and which of them the kernels use.

use super::backend::Backend;

/// The widest instruction set of this machine.
pub(super) fn best() -> Backend {
    backends().next_back().expect("there is always one")
}

/// The instruction sets that this machine has, the widest last.
pub(super) fn backends() -> impl DoubleEndedIterator<Item = Backend> {
    BACKENDS.iter().copied().filter(|backend| (backend.available)())
}

/// The instruction sets that are compiled in, the widest last.
const BACKENDS: &[Backend] = &[
    #[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
    super::portable::BACKEND,
    #[cfg(target_arch = "x86_64")]
    super::avx2::BACKEND,
    #[cfg(target_arch = "x86_64")]
    super::avx512::BACKEND,
    #[cfg(target_arch = "aarch64")]
    super::neon::BACKEND,
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    super::wasm::BACKEND,
];

/// The instruction set that the kernels use here, for reports: "avx512", "avx2", "neon", "simd128",
/// "relaxed-simd" or "portable".
pub fn instruction_set() -> &'static str {
    best().name
}

/// Multiply-adds in registers alone, on this thread. Returns how many were done, for the time that
/// it took.
pub fn multiply_adds(rounds: usize) -> usize {
    // SAFETY: this machine has the best of its instruction sets.
    unsafe { (best().multiply_adds)(rounds) }
}

/// Floating point operations per second that multiply-adds in registers reach on all threads: the
/// yardstick of benchmarks. The best of many runs in half a second.
#[cfg(not(target_arch = "wasm32"))]
pub fn peak_flops() -> f64 {
    use std::time::{Duration, Instant};
    const ROUNDS: usize = 200_000;
    let (mut best, begin) = (0.0f64, Instant::now());
    while begin.elapsed() < Duration::from_millis(500) {
        let start = Instant::now();
        let operations: usize = rayon::broadcast(|_| 2 * multiply_adds(ROUNDS)).iter().sum();
        best = best.max(operations as f64 / start.elapsed().as_secs_f64());
    }
    best
}
