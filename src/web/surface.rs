//! The classes and functions that JavaScript sees.

use burn::tensor::Device;
use bytemuck::{cast_slice, pod_collect_to_vec};
use serde::Deserialize;
use wasm_bindgen::prelude::*;

use super::errors::to_js;
use super::pack;
use crate::error::{Error, Result as SplitsrResult};
use crate::image::{self, Format, Layout, Limits, Samples, profile};
use crate::ops::cpu;
use crate::upscale::{self, Facts, Options, Target, TileInput};
use crate::weights;

/// What a call from JavaScript gives: a value, or an `Error` that is thrown.
type Result<T> = std::result::Result<T, JsValue>;

/// Shows panics in the console with their message and place.
#[wasm_bindgen(start)]
fn start() {
    console_error_panic_hook::set_once();
}

/// Reads a picture file, whose format is recognised by its content. More than `maxMegapixels` (10^6 pixels) are refused
/// before memory is taken. Throws `UnsupportedFormat`, `Decode` or `TooLarge`.
#[wasm_bindgen]
pub fn decode(bytes: &[u8], #[wasm_bindgen(js_name = maxMegapixels)] max_megapixels: f64) -> Result<Picture> {
    let limits = Limits { max_pixels: (max_megapixels * 1e6) as u64 };
    image::decode(bytes, &limits).map(Picture).map_err(to_js)
}

/// The instruction set that the network is computed with: "simd128" or "relaxed-simd".
#[wasm_bindgen(js_name = instructionSet)]
pub fn instruction_set() -> String {
    cpu::instruction_set().into()
}

/// SHA-256, in lower-case hexadecimal.
#[wasm_bindgen]
pub fn sha256(bytes: &[u8]) -> String {
    weights::hex_sha256(bytes)
}

/// A decoded picture, upright. Call `free()` when done with it.
#[wasm_bindgen]
pub struct Picture(image::Picture);

#[wasm_bindgen]
impl Picture {
    /// An sRGB picture of `4 * width * height` bytes: red, green, blue, alpha, row by row without padding. Where every
    /// pixel is opaque the picture has no alpha.
    #[wasm_bindgen(js_name = fromRgba8)]
    pub fn from_rgba8(data: Vec<u8>, width: u32, height: u32) -> Result<Self> {
        let picture = image::Picture::new(width, height, Layout::RgbAlpha, Samples::U8(data)).map_err(to_js)?;
        let (colours, alpha) = picture.clone().split_alpha();
        let opaque = alpha.is_some_and(|alpha| alpha.samples == Samples::U8(vec![255; alpha.samples.len()]));
        Ok(Self(if opaque { colours } else { picture }))
    }

    /// Reads what `pack` wrote.
    pub fn unpack(bytes: &[u8]) -> Result<Self> {
        pack::unpack(bytes).map(Self).map_err(to_js)
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

    /// Bits of a channel: 8 or 16.
    #[wasm_bindgen(getter)]
    pub fn depth(&self) -> u32 {
        match self.0.samples {
            Samples::U8(_) => 8,
            Samples::U16(_) => 16,
        }
    }

    /// What is worth knowing about how the file was read, each a phrase: "the first of 4 frames".
    #[wasm_bindgen(getter)]
    pub fn notes(&self) -> Vec<String> {
        self.0.notes.clone()
    }

    /// `4 * width * height` bytes: red, green, blue, alpha, row by row without padding, in sRGB. What a canvas shows.
    pub fn rgba8(&self) -> Result<Vec<u8>> {
        if self.0.profile.is_none() {
            return Ok(self.0.to_rgba8());
        }
        Ok(profile::into_srgb(self.0.clone()).map_err(to_js)?.to_rgba8())
    }

    /// The picture as a file: "image/png", "image/jpeg", "image/webp", ... `quality` is 1 to 100 and for JPEG only.
    /// Depth, alpha and colour profile are kept where the format has them. Throws `Encode`.
    pub fn encode(&self, kind: &str, quality: Option<u8>) -> Result<Vec<u8>> {
        let mut format = Format::from_name(kind.strip_prefix("image/").unwrap_or(kind)).map_err(to_js)?;
        if let (Format::Jpeg { quality: chosen }, Some(quality)) = (&mut format, quality) {
            *chosen = quality;
        }
        image::encode(&self.0, format).map_err(to_js)
    }

    /// All of the picture as bytes for `unpack`, without loss: a buffer of JavaScript's, which outlives this instance.
    pub fn pack(&self) -> Vec<u8> {
        pack::pack(&self.0)
    }
}

/// A network with its weights. Call `free()` when done with it.
#[wasm_bindgen]
pub struct Model(weights::Model);

#[wasm_bindgen]
impl Model {
    /// Reads a weights file. Throws `Weights`.
    pub fn load(bytes: &[u8]) -> Result<Self> {
        weights::Model::from_bytes(bytes, &Device::flex()).map(Self).map_err(to_js)
    }

    /// What it is called in lists, "splitsr-x2".
    #[wasm_bindgen(getter)]
    pub fn name(&self) -> String {
        self.0.metadata.name.clone()
    }

    /// How much it enlarges: 2, 3 or 4.
    #[wasm_bindgen(getter)]
    pub fn scale(&self) -> u32 {
        self.0.metadata.config.scale() as u32
    }

    /// SHA-256 of the file, in lower-case hexadecimal.
    #[wasm_bindgen(getter)]
    pub fn sha256(&self) -> String {
        self.0.sha256.clone()
    }

    /// What a `Job` needs to know of the model, as JSON: `{"scale", "halo", "autoHalo", "bytesPerPixel"}`, halos in
    /// low-resolution pixels or null.
    #[wasm_bindgen(getter)]
    pub fn facts(&self) -> String {
        serde_json::to_string(&Facts::of(&self.0)).expect("facts are plain data")
    }

    /// Computes a tile: takes what `Job.tileInput` gives, gives what `Job.accept` takes.
    #[wasm_bindgen(js_name = runTile)]
    pub fn run_tile(&self, input: &[u8]) -> Result<Vec<u8>> {
        let input = TileInput::from_bytes(input).map_err(to_js)?;
        let planes = upscale::run_tile(&self.0, input).map_err(to_js)?;
        Ok(cast_slice(&planes).to_vec())
    }
}

/// The second argument of `new Job`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct JobOptions {
    scale: Option<f64>,
    width: Option<u32>,
    height: Option<u32>,
    tile: Option<String>,
    #[serde(default)]
    ensemble: bool,
    /// How many tiles can be computed at once.
    #[serde(default = "one")]
    workers: usize,
}

fn one() -> usize {
    1
}

impl JobOptions {
    fn parse(json: &str) -> SplitsrResult<(Options, usize)> {
        let parsed: Self = serde_json::from_str(json)
            .map_err(|error| Error::Config(format!("the options are not understood ({error})")))?;
        let target = match (parsed.scale, parsed.width, parsed.height) {
            (Some(zoom), None, None) => Target::Zoom(zoom),
            (None, Some(width), Some(height)) => Target::Size { width, height },
            _ => return Err(Error::Config("give either a scale, or a width and a height".into())),
        };
        let mut options = Options { ensemble: parsed.ensemble, ..Options::new(target) };
        if let Some(tile) = parsed.tile {
            options.tiling = tile.parse()?;
        }
        Ok((options, parsed.workers))
    }
}

/// A picture on its way to another size. As long as `pass < passCount`, have each of the `tileCount` tiles computed, in
/// any order, and `accept` them; then `finish`. Call `free()` on a job that is given up.
#[wasm_bindgen]
pub struct Job(upscale::Job);

#[wasm_bindgen]
impl Job {
    /// Plans the enlargement of `picture`, which is copied.
    ///
    /// `facts` is `Model.facts`. `options` is JSON: `{"scale": 3.5}` or `{"width": 960, "height": 720}`, and optionally
    /// `"tile"` ("auto", "exact" or a halo in pixels, "24"), `"ensemble"` (boolean) and `"workers"` (how many tiles can
    /// be computed at once). Throws `Config` or `TooLarge`.
    #[wasm_bindgen(constructor)]
    pub fn new(picture: &Picture, facts: &str, options: &str) -> Result<Self> {
        let plan = || {
            let facts = serde_json::from_str(facts)
                .map_err(|error| Error::Config(format!("the model's facts are not understood ({error})")))?;
            let (options, workers) = JobOptions::parse(options)?;
            upscale::Job::new(picture.0.clone(), facts, &options, workers)
        };
        plan().map(Self).map_err(to_js)
    }

    /// Pixels in a row of the result.
    #[wasm_bindgen(getter)]
    pub fn width(&self) -> u32 {
        self.0.size().0
    }

    /// Rows of the result.
    #[wasm_bindgen(getter)]
    pub fn height(&self) -> u32 {
        self.0.size().1
    }

    /// The pass at hand, from 0; `passCount` when all are done.
    #[wasm_bindgen(getter)]
    pub fn pass(&self) -> usize {
        self.0.pass()
    }

    /// How often the network runs over the picture: 0 if the size stays, more than 1 if the zoom is above the model's
    /// scale.
    #[wasm_bindgen(getter, js_name = passCount)]
    pub fn pass_count(&self) -> usize {
        self.0.pass_count()
    }

    /// Tiles of the pass at hand.
    #[wasm_bindgen(getter, js_name = tileCount)]
    pub fn tile_count(&self) -> usize {
        self.0.tile_count()
    }

    /// How much of the network's work is done, from 0 to 1.
    #[wasm_bindgen(getter)]
    pub fn fraction(&self) -> f64 {
        self.0.fraction()
    }

    /// What `Model.runTile` needs for tile `index` of the pass at hand.
    #[wasm_bindgen(js_name = tileInput)]
    pub fn tile_input(&self, index: usize) -> Vec<u8> {
        self.0.tile_input(index).to_bytes()
    }

    /// Puts a tile's result in its place. With the last tile of a pass the next begins: `pass` and `tileCount` change.
    pub fn accept(&mut self, index: usize, output: &[u8]) -> Result<()> {
        self.0.accept(index, &pod_collect_to_vec::<u8, f32>(output)).map_err(to_js)
    }

    /// The result, after the last pass. The job is freed.
    pub fn finish(self) -> Result<Picture> {
        self.0.finish().map(Picture).map_err(to_js)
    }
}
