//! Errors for JavaScript.

use wasm_bindgen::JsValue;

use crate::error::Error;

/// A JavaScript `Error` with the message of `error` and the name of its variant, for `map_err`.
pub(super) fn to_js(error: Error) -> JsValue {
    let thrown = js_sys::Error::new(&error.to_string());
    thrown.set_name(match error {
        Error::Io { .. } => "Io",
        Error::UnsupportedFormat(_) => "UnsupportedFormat",
        Error::Decode(_) => "Decode",
        Error::TooLarge { .. } => "TooLarge",
        Error::Encode(_) => "Encode",
        Error::Weights(_) => "Weights",
        Error::UnknownModel { .. } => "UnknownModel",
        Error::Config(_) => "Config",
        Error::Data(_) => "Data",
        Error::Device(_) => "Device",
        Error::Cancelled => "Cancelled",
    });
    thrown.into()
}
