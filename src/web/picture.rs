//! Pictures for JavaScript.

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
    pub fn unpack(bytes: &[u8]) -> Result<Self> {
        pack::unpack(bytes).map(Self).map_err(to_js)
    }

    /// An sRGB picture with these pixels. If all of them are opaque, the picture has no alpha.
    #[wasm_bindgen(js_name = fromImageData)]
    pub fn from_image_data(pixels: &ImageData) -> Result<Self> {
        let (width, height, data) = (pixels.width(), pixels.height(), pixels.data().0);
        let opaque = data.chunks_exact(4).all(|pixel| pixel[3] == u8::MAX);
        let (layout, data) = if opaque { (Layout::Rgb, without_alpha(data)) } else { (Layout::RgbAlpha, data) };
        image::Picture::new(width, height, layout, Samples::U8(data)).map(Self).map_err(to_js)
    }

    /// `fromImageData` with the pixels of a bitmap. The bitmap is closed, also on failure.
    #[wasm_bindgen(js_name = fromBitmap)]
    pub fn from_bitmap(bitmap: &ImageBitmap) -> Result<Self> {
        let pixels = canvas::read(bitmap);
        bitmap.close();
        Self::from_image_data(&pixels?)
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

    /// The pixels for a canvas, in the colours of the picture's profile.
    #[wasm_bindgen(js_name = imageData)]
    pub fn image_data(&self) -> Result<ImageData> {
        canvas::image_data(&self.0.to_rgba8(), self.0.width, self.0.height)
    }

    /// `4 * width * height` bytes: red, green, blue, alpha, row by row without padding, in the
    /// colours of the picture's profile.
    pub fn rgba8(&self) -> Vec<u8> {
        self.0.to_rgba8()
    }

    /// The whole picture as bytes for `unpack`, without loss, in a buffer that outlives this
    /// instance.
    pub fn pack(&self) -> Vec<u8> {
        pack::pack(&self.0)
    }
}

/// RGBA to RGB in place: an instance's memory never shrinks.
pub(super) fn without_alpha(mut data: Vec<u8>) -> Vec<u8> {
    let pixels = data.len() / 4;
    for index in 0..pixels {
        data.copy_within(4 * index..4 * index + 3, 3 * index);
    }
    data.truncate(3 * pixels);
    data.shrink_to_fit();
    data
}
