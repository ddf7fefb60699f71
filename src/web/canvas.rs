//! Pixels from a canvas and for a canvas.

use js_sys::Uint8Array;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{ContextAttributes2d, ImageBitmap, OffscreenCanvas, OffscreenCanvasRenderingContext2d};

use super::Result;
use crate::image::{Area, Picture};

/// Draws a bitmap on a canvas of its own, to read its pixels.
pub(super) fn draw(bitmap: &ImageBitmap) -> Result<OffscreenCanvasRenderingContext2d> {
    let (width, height) = (bitmap.width(), bitmap.height());
    // Keeps the pixels in the main memory, where they are read.
    let options = ContextAttributes2d::new();
    options.set_will_read_frequently(true);
    let canvas = OffscreenCanvas::new(width, height)?;
    let context = canvas.get_context_with_context_options("2d", &options)?;
    let no_canvas = || JsValue::from(js_sys::Error::new("the browser could not create a canvas for the picture"));
    let context: OffscreenCanvasRenderingContext2d = context.ok_or_else(no_canvas)?.unchecked_into();
    context.draw_image_with_image_bitmap(bitmap, 0.0, 0.0)?;
    Ok(context)
}

/// Pixels that are copied at once: an instance's memory never shrinks, so that a copy of a whole
/// picture would stay.
pub(super) const PIECE_PIXELS: u32 = 1 << 20;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = Uint8Array)]
    type Allocated;

    #[wasm_bindgen(constructor, catch, js_class = "Uint8Array")]
    fn new(length: u32) -> Result<Allocated>;
}

/// Returns an array in JavaScript's memory. Throws `RangeError` if there is no room for it. An
/// exception from the constructor of `js_sys` would leave this instance in the middle of a call.
pub(super) fn allocate(length: u32) -> Result<Uint8Array> {
    Ok(Allocated::new(length)?.unchecked_into())
}

/// A picture's RGBA8 pixels in JavaScript's memory. `to_rgba8` converts one piece at a time.
pub(super) fn rgba8(picture: &Picture, to_rgba8: impl Fn(Picture) -> Vec<u8>) -> Result<Uint8Array> {
    let Picture { width, height, .. } = *picture;
    let pixels = allocate(4 * width * height)?;
    let step = (PIECE_PIXELS / width).max(1);
    for top in (0..height).step_by(step as usize) {
        let piece = to_rgba8(picture.crop(Area { left: 0, top, width, height: step.min(height - top) }));
        let start = 4 * width * top;
        pixels.subarray(start, start + piece.len() as u32).copy_from(&piece);
    }
    Ok(pixels)
}
