//! Threads that spin instead of sleeping while they wait for work.

/// Runs `work`, a chain of many short parallel steps, while the other threads of this rayon pool
/// spin between the steps.
///
/// A sleeping thread takes tens of microseconds to wake, or ten times that on an idle virtual
/// machine; a layer of a network takes a few hundred. Outside a pool, whose threads are unknown,
/// and in the browser, which has one thread, `work` simply runs.
pub fn with_spinning_pool<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    #[cfg(not(target_arch = "wasm32"))]
    if let Some(here) = rayon::current_thread_index()
        && rayon::current_num_threads() > 1
    {
        return beside_spinning(here, work);
    }
    work()
}

/// [`with_spinning_pool`] on thread `here` of a pool that has others.
#[cfg(not(target_arch = "wasm32"))]
fn beside_spinning<T: Send>(here: usize, work: impl FnOnce() -> T + Send) -> T {
    use std::sync::atomic::{AtomicBool, Ordering};

    struct Done<'a>(&'a AtomicBool);
    impl Drop for Done<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Release);
        }
    }
    let done = AtomicBool::new(false);
    rayon::scope(|scope| {
        // Also when `work` panics: the scope waits for the others.
        let _done = Done(&done);
        // Each thread gets its own task: this thread must not pick one up while it waits for a
        // step.
        scope.spawn_broadcast(|_, context| {
            while context.index() != here && !done.load(Ordering::Acquire) {
                if rayon::yield_now() != Some(rayon::Yield::Executed) {
                    std::hint::spin_loop();
                }
            }
        });
        work()
    })
}

#[cfg(test)]
mod tests {
    use rayon::prelude::*;

    use super::*;

    fn pool(threads: usize) -> rayon::ThreadPool {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap()
    }

    fn steps() -> usize {
        (0..100).map(|step| (0..64).into_par_iter().map(|i| i * step).sum::<usize>()).sum()
    }

    #[test]
    fn the_work_is_done_wherever_it_is_called() {
        let expected = 99 * 50 * 63 * 32;
        assert_eq!(with_spinning_pool(steps), expected);
        for threads in 1..4 {
            assert_eq!(pool(threads).install(|| with_spinning_pool(steps)), expected);
            assert_eq!(
                pool(threads).install(|| with_spinning_pool(|| with_spinning_pool(steps))),
                expected,
                "one in the other"
            );
        }
    }

    #[test]
    fn a_panic_comes_through() {
        let panicked = std::panic::catch_unwind(|| pool(2).install(|| with_spinning_pool(|| panic!("in the work"))));
        assert!(panicked.is_err());
        assert_eq!(pool(2).install(|| with_spinning_pool(|| 7)), 7);
    }
}
