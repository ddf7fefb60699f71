//! The bundle of codecs: what reads and writes files, and knows colour profiles.

use wasm_bindgen::prelude::*;

use super::Result;
use super::errors::to_js;
use super::picture::Picture;
use crate::image::{self, Format, Limits, profile};

/// Reads a picture file, whose format is recognised by its content. More than `maxMegapixels` (10^6 pixels) are refused
/// before memory is taken. Throws `UnsupportedFormat`, `Decode` or `TooLarge`.
#[wasm_bindgen]
pub fn decode(bytes: &[u8], #[wasm_bindgen(js_name = maxMegapixels)] max_megapixels: f64) -> Result<Picture> {
    let limits = Limits { max_pixels: (max_megapixels * 1e6) as u64 };
    image::decode(bytes, &limits).map(Picture).map_err(to_js)
}

/// `picture` as a file: "image/png", "image/jpeg", "image/webp", ... `quality` is 1 to 100 and for JPEG only. Depth,
/// alpha and colour profile are kept where the format has them. Throws `Encode`.
#[wasm_bindgen]
pub fn encode(picture: &Picture, kind: &str, quality: Option<u8>) -> Result<Vec<u8>> {
    let mut format = Format::from_name(kind.strip_prefix("image/").unwrap_or(kind)).map_err(to_js)?;
    if let (Format::Jpeg { quality: chosen }, Some(quality)) = (&mut format, quality) {
        *chosen = quality;
    }
    image::encode(&picture.0, format).map_err(to_js)
}

/// `picture` as a canvas shows it: RGBA8 in sRGB, row by row without padding. Throws `Decode` if its profile is of no
/// use.
#[wasm_bindgen(js_name = srgbRgba8)]
pub fn srgb_rgba8(picture: &Picture) -> Result<Vec<u8>> {
    Ok(profile::into_srgb(picture.0.clone()).map_err(to_js)?.to_rgba8())
}
