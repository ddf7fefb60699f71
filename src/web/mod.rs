//! The WebAssembly surface: what the page's workers call. Thin: each function converts its arguments and calls the
//! library.
//!
//! A coordinating worker reads the picture ([`decode`](surface::decode)), plans a [`Job`](surface::Job) and hands its
//! tiles to a pool of workers, each with its own instance and its own [`Model`](surface::Model); messages are plain
//! bytes that can be transferred.
//!
//! Everything that fails throws an `Error` whose `message` is the one line of [`crate::Error`] and whose `name` is the
//! variant.

#[cfg(target_arch = "wasm32")]
mod errors;
mod pack;
#[cfg(target_arch = "wasm32")]
mod surface;
