//! All integration tests but `memory`, which counts every allocation of its process: one program
//! links once.

mod awkward;
mod command;
mod data;
mod evaluation_protocol;
mod field;
mod fine_tuning;
mod formats;
#[cfg(feature = "gpu")]
mod gpu;
mod gradients;
mod nearest;
mod network;
mod random;
mod training;
mod upscale;
mod weights;
