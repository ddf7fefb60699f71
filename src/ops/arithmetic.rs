//! How convolutions are computed, as a property of the thread.

use std::cell::Cell;
use std::thread::LocalKey;

/// How [`conv3x3`](super::conv3x3) computes on the CPU.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Arithmetic {
    /// A pixel's result depends on its 3x3 neighbourhood alone, to the last bit: not on the
    /// picture's size, not on where the pixel lies in it, and not on the number of threads.
    #[default]
    Deterministic,
    /// Winograd's algorithm, up to twice as fast. The last bits depend on a pixel's row as well,
    /// but not on the number of threads.
    Winograd,
    /// Burn's own convolution, or on a GPU the kernel of [`conv_same`](super::conv_same): tests and
    /// benchmarks compare with it.
    Reference,
}

thread_local! {
    static ARITHMETIC: Cell<Arithmetic> = const { Cell::new(Arithmetic::Deterministic) };
}

impl Arithmetic {
    /// How convolutions on this thread are computed: [`Deterministic`](Self::Deterministic) outside
    /// of [`run`](Self::run).
    pub fn current() -> Self {
        ARITHMETIC.get()
    }

    /// Runs `work`, whose convolutions on this thread are computed this way.
    ///
    /// It is a property of the thread because it must reach the convolutions through modules that
    /// do not know about it.
    pub fn run<T>(self, work: impl FnOnce() -> T) -> T {
        scoped(&ARITHMETIC, self, work)
    }
}

/// Runs `work` with another value of a property of the thread.
pub(super) fn scoped<V: Copy + 'static, T>(
    property: &'static LocalKey<Cell<V>>,
    value: V,
    work: impl FnOnce() -> T,
) -> T {
    struct Restore<V: Copy + 'static>(&'static LocalKey<Cell<V>>, V);
    impl<V: Copy> Drop for Restore<V> {
        fn drop(&mut self) {
            self.0.set(self.1);
        }
    }
    let _restore = Restore(property, property.replace(value));
    work()
}
