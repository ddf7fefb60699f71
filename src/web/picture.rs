//! Pictures for JavaScript.

use js_sys::{Reflect, Uint8Array, Uint8ClampedArray};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{ImageBitmap, ImageData};

use super::errors::to_js;
use super::{Result, canvas, pack};
use crate::error::Error;
use crate::image::{self, Area, Layout, Samples};

/// A decoded picture, upright. Call `free()` when done with it.
#[wasm_bindgen]
pub struct Picture(pub(super) image::Picture);

#[wasm_bindgen]
impl Picture {
    /// Reads a picture that `pack` wrote.
    pub fn unpack(bytes: &Uint8Array) -> Result<Self> {
        let read = |at: usize, into: &mut [u8]| bytes.subarray(at as u32, (at + into.len()) as u32).copy_to(into);
        pack::unpack(bytes.length() as usize, read).map(Self).map_err(to_js)
    }

    /// An sRGB picture with these pixels. If all of them are opaque, the picture has no alpha.
    #[wasm_bindgen(js_name = fromImageData)]
    pub fn from_image_data(pixels: &ImageData) -> Result<Self> {
        let (width, height) = (pixels.width(), pixels.height());
        let values: Uint8ClampedArray = Reflect::get(pixels, &"data".into())?.unchecked_into();
        let row = 4 * width;
        join(width, height, |top, rows| Ok(values.subarray(top * row, (top + rows) * row).to_vec()))
    }

    /// `fromImageData` with the pixels of a bitmap. The bitmap is closed, also on failure.
    #[wasm_bindgen(js_name = fromBitmap)]
    pub fn from_bitmap(bitmap: &ImageBitmap) -> Result<Self> {
        let (width, height) = (bitmap.width(), bitmap.height());
        let drawn = canvas::draw(bitmap);
        bitmap.close();
        let context = drawn?;
        let picture = join(width, height, |top, rows| {
            Ok(context.get_image_data(0.0, top.into(), width.into(), rows.into())?.data().0)
        });
        // Frees the memory now, and not when the garbage is collected.
        context.canvas().set_width(0);
        picture
    }

    /// Pixels in a row.
    #[wasm_bindgen(getter)]
    pub fn width(&self) -> u32 {
        self.0.width
    }

    /// Rows.
    #[wasm_bindgen(getter)]
    pub fn height(&self) -> u32 {
        self.0.height
    }

    /// Whether the picture has an alpha channel.
    #[wasm_bindgen(getter, js_name = hasAlpha)]
    pub fn has_alpha(&self) -> bool {
        self.0.layout.has_alpha()
    }

    /// Whether the picture has a colour profile, so that only the codecs know its colours in sRGB.
    #[wasm_bindgen(getter, js_name = hasProfile)]
    pub fn has_profile(&self) -> bool {
        self.0.profile.is_some()
    }

    /// Whether the picture is 8-bit RGB without alpha and profile, which a canvas can hold.
    #[wasm_bindgen(getter, js_name = isPlain)]
    pub fn is_plain(&self) -> bool {
        let Self(picture) = self;
        picture.layout == Layout::Rgb && matches!(picture.samples, Samples::U8(_)) && picture.profile.is_none()
    }

    /// Notes on how the file was read, each a phrase: "the first of 4 frames".
    #[wasm_bindgen(getter)]
    pub fn notes(&self) -> Vec<String> {
        self.0.notes.clone()
    }

    /// Adds a note.
    #[wasm_bindgen(js_name = addNote)]
    pub fn add_note(&mut self, note: String) {
        self.0.notes.push(note);
    }

    /// A part of the picture. Throws `Config` if the part is empty or not inside.
    pub fn crop(&self, left: u32, top: u32, width: u32, height: u32) -> Result<Self> {
        let Self(picture) = self;
        let inside =
            |start: u32, length: u32, side: u32| length > 0 && start.checked_add(length).is_some_and(|end| end <= side);
        if !inside(left, width, picture.width) || !inside(top, height, picture.height) {
            return Err(to_js(Error::Config("the part is empty or not inside the picture".into())));
        }
        Ok(Self(picture.crop(Area { left, top, width, height })))
    }

    /// `4 * width * height` bytes: red, green, blue, alpha, row by row without padding, in the
    /// colours of the picture's profile.
    pub fn rgba8(&self) -> Result<Uint8Array> {
        canvas::rgba8(&self.0, |piece| piece.to_rgba8())
    }

    /// The whole picture as bytes for `unpack`, without loss, in a buffer that outlives this
    /// instance.
    pub fn pack(&self) -> Result<Uint8Array> {
        packed(&self.0)
    }
}

/// A picture of the RGBA8 pixels that `read(top, rows)` gives: without alpha if all are opaque. It
/// is read in pieces.
fn join(width: u32, height: u32, read: impl Fn(u32, u32) -> Result<Vec<u8>>) -> Result<Picture> {
    let step = (canvas::PIECE_PIXELS / width.max(1)).max(1);
    let mut layout = Layout::Rgb;
    let mut samples = Vec::new();
    let mut top = 0;
    while top < height {
        let channels = layout.channels();
        samples.reserve_exact(channels * width as usize * height as usize - samples.len());
        let piece = read(top, step.min(height - top))?;
        if layout == Layout::Rgb && piece.chunks_exact(4).any(|pixel| pixel[3] != u8::MAX) {
            // From the beginning, with alpha.
            (layout, samples, top) = (Layout::RgbAlpha, Vec::new(), 0);
            continue;
        }
        for pixel in piece.chunks_exact(4) {
            samples.extend_from_slice(&pixel[..channels]);
        }
        top = top.saturating_add(step);
    }
    image::Picture::new(width, height, layout, Samples::U8(samples)).map(Picture).map_err(to_js)
}

/// `Picture.pack` of `picture`.
pub(super) fn packed(picture: &image::Picture) -> Result<Uint8Array> {
    let (head, samples) = pack::pack(picture);
    let (start, end) = (head.len() as u32, (head.len() + samples.len()) as u32);
    let bytes = canvas::allocate(end)?;
    bytes.subarray(0, start).copy_from(&head);
    bytes.subarray(start, end).copy_from(samples);
    Ok(bytes)
}
