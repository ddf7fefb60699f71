//! The WebAssembly interface, which the page's workers call. It is thin: each function converts its
//! arguments and calls the library.
//!
//! A coordinating worker plans a `Job` for a picture and hands its tiles to a pool of workers, each
//! with its own instance and its own `Model`. Messages are plain bytes that can be transferred. The
//! codecs are a bundle of their own, since the browser reads and writes most pictures: the features
//! `web-engine` and `web-codecs` choose what a bundle exports. Pictures are
//! packed when one bundle hands them to another.
//!
//! A failure throws an `Error` whose `message` is the line of [`crate::Error`] and whose `name` is
//! its variant.

#[cfg(target_arch = "wasm32")]
mod canvas;
#[cfg(all(target_arch = "wasm32", feature = "web-codecs"))]
pub mod codecs;
#[cfg(all(target_arch = "wasm32", feature = "web-engine"))]
pub mod engine;
#[cfg(target_arch = "wasm32")]
mod errors;
#[cfg(all(feature = "gpu", not(feature = "web-bench"), target_arch = "wasm32"))]
mod gpu;
#[cfg(all(feature = "gpu", not(feature = "web-bench"), not(feature = "web-tune"), target_arch = "wasm32"))]
mod gpu_model;
#[cfg(all(
    any(feature = "web-engine", all(feature = "gpu", not(feature = "web-bench"), not(feature = "web-tune"))),
    target_arch = "wasm32"
))]
mod networks;
mod pack;
#[cfg(target_arch = "wasm32")]
mod picture;
#[cfg(all(feature = "web-bench", target_arch = "wasm32"))]
mod reference;
#[cfg(all(feature = "web-tune", target_arch = "wasm32"))]
mod scope;
mod shapes;
#[cfg(all(
    any(feature = "web-engine", all(feature = "gpu", not(feature = "web-bench"), not(feature = "web-tune"))),
    target_arch = "wasm32"
))]
mod tile;
#[cfg(all(feature = "web-tune", target_arch = "wasm32"))]
pub mod tune;

/// The result of a call from JavaScript: a value, or an `Error` that is thrown.
#[cfg(target_arch = "wasm32")]
type Result<T> = std::result::Result<T, wasm_bindgen::JsValue>;

/// Shows panics in the console with their message and location.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen(start)]
fn start() {
    console_error_panic_hook::set_once();
}
