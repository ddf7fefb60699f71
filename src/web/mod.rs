//! The WebAssembly surface: what the page's workers call. Thin: each function converts its arguments and calls the
//! library.
//!
//! A coordinating worker plans a [`Job`](engine::Job) for a picture and hands its tiles to a pool of workers, each with
//! its own instance and its own [`Model`](engine::Model); messages are plain bytes that can be transferred. What reads
//! and writes picture files ([`codecs`]) is a bundle of its own, since the browser does it for most pictures: the
//! features `web-engine` and `web-codecs` choose what a bundle exports. Between bundles a picture travels packed.
//!
//! Everything that fails throws an `Error` whose `message` is the one line of [`crate::Error`] and whose `name` is the
//! variant.

#[cfg(all(target_arch = "wasm32", feature = "web-codecs"))]
pub mod codecs;
#[cfg(all(target_arch = "wasm32", feature = "web-engine"))]
pub mod engine;
#[cfg(target_arch = "wasm32")]
mod errors;
#[cfg(all(feature = "gpu", not(feature = "web-bench"), target_arch = "wasm32"))]
mod gpu;
mod pack;
#[cfg(target_arch = "wasm32")]
mod picture;
mod shapes;
#[cfg(all(feature = "web-bench", target_arch = "wasm32"))]
mod stock;
#[cfg(all(feature = "web-tune", target_arch = "wasm32"))]
pub mod tune;

/// What a call from JavaScript gives: a value, or an `Error` that is thrown.
#[cfg(target_arch = "wasm32")]
type Result<T> = std::result::Result<T, wasm_bindgen::JsValue>;

/// Shows panics in the console with their message and place.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen(start)]
fn start() {
    console_error_panic_hook::set_once();
}
