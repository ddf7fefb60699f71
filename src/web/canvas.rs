//! Pixels from a canvas and for a canvas.

use js_sys::Uint8ClampedArray;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ContextAttributes2d, ImageBitmap, ImageData, OffscreenCanvas, OffscreenCanvasRenderingContext2d};

use super::Result;

/// Draws a bitmap on a canvas of its own, to read its pixels.
pub(super) fn draw(bitmap: &ImageBitmap) -> Result<OffscreenCanvasRenderingContext2d> {
    let (width, height) = (bitmap.width(), bitmap.height());
    // Keeps the pixels in the main memory, where they are read.
    let options = ContextAttributes2d::new();
    options.set_will_read_frequently(true);
    let canvas = OffscreenCanvas::new(width, height)?;
    let context = canvas.get_context_with_context_options("2d", &options)?;
    let no_canvas = || JsValue::from(js_sys::Error::new("the browser gave no canvas for the picture"));
    let context: OffscreenCanvasRenderingContext2d = context.ok_or_else(no_canvas)?.unchecked_into();
    context.draw_image_with_image_bitmap(bitmap, 0.0, 0.0)?;
    Ok(context)
}

/// A copy of RGBA8 pixels that belongs to JavaScript: a view of this instance's memory would move
/// when that grows.
pub(super) fn image_data(rgba8: &[u8], width: u32, height: u32) -> Result<ImageData> {
    ImageData::new_with_js_u8_clamped_array_and_sh(&Uint8ClampedArray::from(rgba8), width, height)
}
