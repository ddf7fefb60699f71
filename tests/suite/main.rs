//! All integration tests but `memory`, which counts every allocation of its process: one program
//! links once.

mod awkward;
mod batch;
mod clean_up;
mod command;
mod compression;
mod corpus;
mod damage;
mod data;
mod elastic;
mod evaluation_protocol;
mod faults;
mod field;
mod fine_tuning;
mod formats;
#[cfg(feature = "gpu")]
mod gpu;
mod gradients;
mod jobs;
mod nearest;
mod network;
mod not_finite;
mod random;
mod schedule;
mod training;
mod upscale;
mod upscale_command;
mod upscale_threads;
mod weights;
