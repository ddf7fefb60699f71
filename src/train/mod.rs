//! Training: pictures in, a weights file out. One [`Trainer::step`] serves the command and the page.
//!
//! The order of the work is fixed by the config and the step number alone: which patches a step takes comes from a generator that is
//! seeded by `(seed, step)`. So a run that was killed and resumed takes the same steps as an unbroken one.

mod branches;
mod config;
mod data;
mod degradation;
pub mod generic;
mod hold_out;
mod interpolate;
mod loss;
mod parameters;
#[cfg(not(target_arch = "wasm32"))]
mod run;
mod session;
mod trainer;
mod tune_settings;
mod warm_start;

pub use config::{Finish, Loss, MIN_LR_PATCH, Recipe, Schedule, TrainConfig, Trained};
#[cfg(not(target_arch = "wasm32"))]
pub use data::read_folder;
pub use data::{Batch, Dataset, Pair};
pub use degradation::{Degradation, Shrink};
#[cfg(not(target_arch = "wasm32"))]
pub use generic::generic_pictures;
pub use hold_out::{ENOUGH_PICTURES, HELD_OUT_PARTS, HeldOut, gather};
#[cfg(not(target_arch = "wasm32"))]
pub use run::{Event, Files, Limits, run};
pub use session::{Pictures, Score, Session, bounded_psnr_y};
pub use trainer::Trainer;
pub use tune_settings::{MAX_PICTURES, Range, TuneSettings};
