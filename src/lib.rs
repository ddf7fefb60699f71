#![doc = "SplitSR super-resolution: enlarges pictures with a small hybrid network, on the CPU, natively and in a browser."]

pub mod config;
pub mod error;
pub mod eval;
#[cfg(not(target_arch = "wasm32"))]
pub mod files;
pub mod image;
#[cfg(not(target_arch = "wasm32"))]
pub mod models;
pub mod network;
pub mod ops;
#[cfg(feature = "train")]
pub mod train;
pub mod upscale;
#[cfg(any(test, target_arch = "wasm32"))]
mod web;
pub mod weights;

pub use config::NetworkConfig;
pub use error::{Error, Result};
