//! All integration tests but `memory`, which counts every allocation of its process: one program
//! links once.

mod awkward;
mod command;
mod corpus;
mod data;
mod evaluation_protocol;
mod faults;
mod fine_tuning;
#[cfg(feature = "gpu")]
mod gpu;
mod gradients;
mod nearest;
mod network;
mod random;
mod training;
mod upscale;
mod weights;
