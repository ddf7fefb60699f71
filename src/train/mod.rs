//! Training: pictures in, a weights file out. One [`Trainer::step`] serves the command and the
//! page.
//!
//! The config and the step number determine the work: the patches of a step come from a generator
//! that is seeded by `(seed, step)`. So a run that was killed and resumed takes the same steps as
//! an uninterrupted one.

mod bilinear_init;
mod config;
mod data;
mod degradation;
mod elastic;
mod fine_tuning;
mod hold_out;
mod loss;
mod parameters;
mod pictures;
mod random_degradation;
mod recipe;
mod reparameterised;
mod replay_set;
#[cfg(not(target_arch = "wasm32"))]
mod run;
mod session;
mod setting_ranges;
#[cfg(not(target_arch = "wasm32"))]
mod spectrum;
mod split_step;
mod trainer;
mod warm_start;

pub use config::TrainConfig;
#[cfg(not(target_arch = "wasm32"))]
pub use data::read_folder;
pub use data::{Batch, Dataset, Pair, model_psnr_y};
pub use degradation::{Degradation, Shrink};
pub use fine_tuning::{FineTuning, FineTuningInfo, FineTuningScore, FineTuningSettings, HeldOutKind, Scoring};
pub use hold_out::{HELD_OUT_PARTS, HeldOut, MIN_PICTURES_HELD_OUT_WHOLE, gather};
pub use pictures::Pictures;
pub use random_degradation::RandomDegradation;
pub use recipe::{Loss, MIN_LR_PATCH, Recipe, Schedule, SecondStage, Trained};
pub use replay_set::cut_replay_row;
#[cfg(not(target_arch = "wasm32"))]
pub use replay_set::replay_pictures;
#[cfg(not(target_arch = "wasm32"))]
pub use run::{Event, Files, Limits, run};
pub use session::{Score, Session};
pub use setting_ranges::{MAX_PICTURES, SettingRange};
pub use split_step::{GradientWorker, SplitStep};
pub use trainer::Trainer;
