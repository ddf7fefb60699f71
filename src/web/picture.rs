//! Pictures as JavaScript holds them.

use wasm_bindgen::prelude::*;

use super::errors::to_js;
use super::{Result, pack};
use crate::error::Error;
use crate::image::{self, Area, Layout, Samples};

/// A decoded picture, upright. Call `free()` when done with it.
#[wasm_bindgen]
pub struct Picture(pub(super) image::Picture);

#[wasm_bindgen]
impl Picture {
    /// Reads what `pack` wrote.
    pub fn unpack(bytes: &[u8]) -> Result<Self> {
        pack::unpack(bytes).map(Self).map_err(to_js)
    }

    /// An sRGB picture of `4 * width * height` bytes: red, green, blue, alpha, row by row without padding. Where every
    /// pixel is opaque the picture has no alpha.
    #[wasm_bindgen(js_name = fromRgba8)]
    pub fn from_rgba8(data: Vec<u8>, width: u32, height: u32) -> Result<Self> {
        let opaque = data.chunks_exact(4).all(|pixel| pixel[3] == u8::MAX);
        let picture = image::Picture::new(width, height, Layout::RgbAlpha, Samples::U8(data)).map_err(to_js)?;
        Ok(Self(if opaque { picture.split_alpha().0 } else { picture }))
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

    /// Whether it has an alpha channel.
    #[wasm_bindgen(getter, js_name = hasAlpha)]
    pub fn has_alpha(&self) -> bool {
        self.0.layout.has_alpha()
    }

    /// Whether it has a colour profile, so that only the codecs know its colours in sRGB.
    #[wasm_bindgen(getter, js_name = hasProfile)]
    pub fn has_profile(&self) -> bool {
        self.0.profile.is_some()
    }

    /// Whether it is 8-bit RGB without alpha and profile: an opaque picture that a canvas can hold.
    #[wasm_bindgen(getter, js_name = isPlain)]
    pub fn is_plain(&self) -> bool {
        let Self(picture) = self;
        picture.layout == Layout::Rgb && matches!(picture.samples, Samples::U8(_)) && picture.profile.is_none()
    }

    /// What is worth knowing about how the file was read, each a phrase: "the first of 4 frames".
    #[wasm_bindgen(getter)]
    pub fn notes(&self) -> Vec<String> {
        self.0.notes.clone()
    }

    /// A part of it. Throws `Config` where that is empty or not inside.
    pub fn crop(&self, left: u32, top: u32, width: u32, height: u32) -> Result<Self> {
        let Self(picture) = self;
        let inside =
            |start: u32, length: u32, side: u32| length > 0 && start.checked_add(length).is_some_and(|end| end <= side);
        if !inside(left, width, picture.width) || !inside(top, height, picture.height) {
            return Err(to_js(Error::Config("the part is empty, or not inside the picture".into())));
        }
        Ok(Self(picture.crop(Area { left, top, width, height })))
    }

    /// `4 * width * height` bytes: red, green, blue, alpha, row by row without padding, in the colours of its profile.
    pub fn rgba8(&self) -> Vec<u8> {
        self.0.to_rgba8()
    }

    /// All of the picture as bytes for `unpack`, without loss: a buffer of JavaScript's, which outlives this instance.
    pub fn pack(&self) -> Vec<u8> {
        pack::pack(&self.0)
    }
}
