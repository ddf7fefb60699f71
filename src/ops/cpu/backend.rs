//! An instruction set as a table of entry points: the shared loops, compiled for its vectors.

use super::band::WeightJob;
use super::tile::Job;

/// An instruction set: its sizes, and the entry points that its file compiles for it.
#[derive(Clone, Copy)]
pub(super) struct Backend {
    pub name: &'static str,
    /// Whether this machine has it.
    pub available: fn() -> bool,
    /// See [`Lanes::BLOCK`](super::lanes::Lanes::BLOCK).
    pub block: usize,
    /// [`direct::forward`](super::direct::forward)
    pub direct: unsafe fn(&Job, &mut Vec<f32>),
    /// [`winograd::forward`](super::winograd::forward)
    pub winograd: unsafe fn(&Job, &mut Vec<f32>),
    /// [`winograd::weight_gradient`](super::winograd::weight_gradient)
    pub weight_gradient: unsafe fn(&mut WeightJob, &mut Vec<f32>),
    /// [`lanes::multiply_adds`](super::lanes::multiply_adds)
    pub multiply_adds: unsafe fn(usize) -> usize,
}

/// Defines `BACKEND` for the vector type `$vector`: the generic loops, compiled with `$feature`, to
/// be used where `$available`.
macro_rules! backend {
    ($name:expr, $vector:ty, $available:expr $(, #[$feature:meta])?) => {
        pub(super) const BACKEND: super::backend::Backend = {
            use super::backend::Backend;
            use super::band::WeightJob;
            use super::lanes::{self, Lanes};
            use super::tile::Job;
            use super::{direct, winograd};

            $(#[$feature])?
            unsafe fn direct(job: &Job, scratch: &mut Vec<f32>) {
                // SAFETY: this function has the instruction set; the rest is the caller's promise.
                unsafe { direct::forward::<$vector>(job, scratch) }
            }

            $(#[$feature])?
            unsafe fn winograd(job: &Job, scratch: &mut Vec<f32>) {
                // SAFETY: as above.
                unsafe { winograd::forward::<$vector>(job, scratch) }
            }

            $(#[$feature])?
            unsafe fn weight_gradient(job: &mut WeightJob, scratch: &mut Vec<f32>) {
                // SAFETY: as above.
                unsafe { winograd::weight_gradient::<$vector>(job, scratch) }
            }

            $(#[$feature])?
            unsafe fn multiply_adds(rounds: usize) -> usize {
                // SAFETY: as above.
                unsafe { lanes::multiply_adds::<$vector>(rounds) }
            }

            Backend {
                name: $name,
                available: || $available,
                block: <$vector>::BLOCK,
                direct,
                winograd,
                weight_gradient,
                multiply_adds,
            }
        };
    };
}
pub(super) use backend;
