//! SplitSR super-resolution: enlarges pictures with a small hybrid network, on the CPU or a GPU,
//! natively and in a browser.
//!
//! ```
//! use std::{ops::ControlFlow, sync::Arc};
//!
//! use splitsr::upscale::{Options, Target, upscale};
//! use splitsr::{image, models};
//!
//! let model = Arc::new(models::load("splitsr-x2")?);
//! let file = std::fs::read("www/public/demo/fur.png").unwrap();
//! let picture = image::decode(&file, &image::Limits::default())?;
//! assert_eq!((picture.width, picture.height), (372, 280));
//!
//! let options = Options::new(Target::Zoom(1.5));
//! let (large, report) =
//!     upscale(&model, picture, &options, |_progress| ControlFlow::Continue(()))?;
//! assert_eq!((large.width, large.height, report.passes), (558, 420, 1));
//! let png = image::encode(&large, image::Format::Png)?;
//! # assert!(png.len() > 100_000);
//! # Ok::<(), splitsr::Error>(())
//! ```
//!
//! | module | what is in it |
//! |---|---|
//! | [`image`] | decode, encode, alpha, colour profiles, resizing, the strength of a compression |
//! | [`config`], [`network`] | hyper-parameters, networks as Burn modules, what they cost and see |
//! | [`ops`] | the 3x3 convolution as a Burn backend extension, and its kernels |
//! | [`weights`], [`model`], [`models`] | weight files, a loaded model, finding one by name |
//! | [`clean_up`] | a second set of weights for compressed pictures, and how much of it to mix in |
//! | [`elastic`], [`budget`] | one weights file that holds many networks; the best one for a time |
//! | [`device`] | the choice between CPU and GPU |
//! | [`upscale`](mod@upscale) | any zoom of any picture: passes, tiles, progress, cancel |
//! | [`onnx`] | networks as ONNX files, for other runtimes |
//! | [`pytorch`] | weights of public PyTorch implementations |
//! | [`eval`] | PSNR and SSIM by the usual protocol |
//! | [`train`] | recipes, patches, one training step, resumable runs |
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `cli` | yes | the `splitsr` command, [`onnx`], [`pytorch`]; brings `train`; no WebAssembly |
//! | `train` | yes | [`train`]: gradients, Adam, recipes in TOML |
//! | `gpu` | yes | [`device::Backend::Gpu`]: WebGPU, Vulkan, Metal and DirectX 12, through wgpu |
//! | `tools` | | programs for the files of this repository |
//! | `web-engine`, `web-codecs`, `web-tune`, `web-bench` | | exports of the WebAssembly bundles |
//!
//! Without any feature the crate enlarges pictures on the CPU. The folder `examples` shows how to
//! enlarge (`upscale`), how to train (`train_tiny`), and how to write a block of your own on the
//! crate's kernels (`custom_block`). Rust 1.95 or newer is needed.

#[cfg(not(target_arch = "wasm32"))]
pub mod budget;
pub mod clean_up;
pub mod config;
pub mod device;
pub mod elastic;
pub mod error;
pub mod eval;
#[cfg(not(target_arch = "wasm32"))]
pub mod files;
pub mod image;
pub mod model;
#[cfg(not(target_arch = "wasm32"))]
pub mod models;
pub mod network;
#[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
pub mod onnx;
pub mod ops;
#[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
pub mod pytorch;
#[cfg(feature = "train")]
pub mod train;
mod twin;
pub mod upscale;
#[cfg(any(test, target_arch = "wasm32"))]
mod web;
pub mod weights;

/// The examples of README.md, which are compiled with those of the documentation.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub use config::NetworkConfig;
pub use error::{Error, Result};
