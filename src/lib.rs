#![doc = "SplitSR super-resolution: enlarges pictures with a small hybrid network, on the CPU, natively and in a browser."]

pub mod config;
pub mod error;
pub mod network;
pub mod ops;

pub use config::NetworkConfig;
pub use error::{Error, Result};
