//! The bundle of codecs and comparisons: neither is needed to show a first result.

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

use super::errors::to_js;
use super::picture::Picture;
use super::{Result, canvas};
use crate::error::Error;
use crate::eval;
use crate::image::resize::{Filter, resize_rgb};
use crate::image::{self, Format, Layout, Limits, Samples, profile};
use crate::upscale::Tile;
use crate::upscale::schedule::{Errors, RungMap, Scheduler, Scheduling, Score};

/// Reads a picture file, whose format is recognised by its content. Refuses more than
/// `maxMegapixels` (10^6 pixels) before it takes memory. Throws `UnsupportedFormat`, `Decode` or
/// `TooLarge`.
#[wasm_bindgen]
pub fn decode(bytes: &[u8], #[wasm_bindgen(js_name = maxMegapixels)] max_megapixels: f64) -> Result<Picture> {
    let limits = Limits { max_pixels: (max_megapixels * 1e6) as u64 };
    image::decode(bytes, &limits).map(Picture).map_err(to_js)
}

/// Notes on an AVIF or HEIC file that the browser has decoded; none on other files.
#[wasm_bindgen(js_name = browserNotes)]
pub fn browser_notes(bytes: &[u8]) -> Vec<String> {
    image::browser_notes(bytes)
}

/// Returns `picture`, which the browser has decoded from an AVIF or HEIC file and not converted to
/// sRGB, with the colours that the file names and notes on what is lost.
#[wasm_bindgen(js_name = nameColours)]
pub fn name_colours(mut picture: Picture, bytes: &[u8]) -> Picture {
    image::name_colours(&mut picture.0, bytes);
    picture
}

/// A written file.
#[wasm_bindgen(getter_with_clone)]
pub struct Encoded {
    /// The file.
    pub bytes: Vec<u8>,
    /// Notes on what the format cannot hold, each a phrase.
    pub notes: Vec<String>,
}

/// Writes `picture` as a file: "image/png", "image/jpeg", "image/webp", ... `quality` is 1 to 100
/// and for JPEG only. Keeps depth, alpha, colour profile and the EXIF metadata of the file
/// `original` if the format can. Throws `Encode`.
#[wasm_bindgen]
pub fn encode(picture: &Picture, kind: &str, quality: Option<u8>, original: Option<Vec<u8>>) -> Result<Encoded> {
    let mut format = Format::from_name(kind.strip_prefix("image/").unwrap_or(kind)).map_err(to_js)?;
    if let (Format::Jpeg { quality: chosen }, Some(quality)) = (&mut format, quality) {
        *chosen = quality;
    }
    let exif = original.and_then(|original| image::exif(&original));
    let image::Encoded { bytes, notes } = image::encode_with(&picture.0, format, exif).map_err(to_js)?;
    Ok(Encoded { bytes, notes })
}

/// `picture` for a canvas: RGBA8 in sRGB, row by row without padding.
#[wasm_bindgen(js_name = srgbRgba8)]
pub fn srgb_rgba8(picture: &Picture) -> Result<Uint8Array> {
    canvas::rgba8(&picture.0, |piece| profile::into_srgb(piece).to_rgba8())
}

/// Converts `rgba`, opaque pixels in the colours of the profile `icc`, to sRGB, as `srgbRgba8` does
/// for a picture of them. Works in place, so that the caller of many pieces leaves no garbage.
#[wasm_bindgen(js_name = intoSrgb)]
pub fn into_srgb(rgba: &mut [u8], icc: Vec<u8>) -> Result<()> {
    let colours: Vec<u8> = rgba.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    let count = colours.len() / 3;
    let mut row = image::Picture::new(count as u32, 1, Layout::Rgb, Samples::U8(colours)).map_err(to_js)?;
    row.profile = Some(icc);
    if let Samples::U8(colours) = profile::into_srgb(row).samples {
        for (pixel, colour) in rgba.chunks_exact_mut(4).zip(colours.chunks_exact(3)) {
            pixel[..3].copy_from_slice(colour);
        }
    }
    Ok(())
}

/// Resizes `picture` without a network, as 8-bit RGB: "nearest", "bilinear", "bicubic" (as in
/// MATLAB) or "lanczos3". Throws `Config`.
#[wasm_bindgen(js_name = resize)]
pub fn resize_by(picture: &Picture, width: u32, height: u32, filter: &str) -> Result<Picture> {
    let opaque = picture.0.clone().split_alpha().0;
    // A grey profile does not describe RGB values.
    let opaque = if opaque.layout.is_grey() { profile::into_srgb(opaque) } else { opaque };
    let opaque = opaque.into_8_bit().into_rgb();
    let by = |filter| resize_rgb(&opaque, width, height, filter);
    match filter {
        "nearest" => by(None),
        "bilinear" => by(Some(Filter::Bilinear)),
        "bicubic" => eval::bicubic(&opaque, width, height),
        "lanczos3" => by(Some(Filter::Lanczos3)),
        other => Err(Error::Config(format!("there is no resizer \"{other}\""))),
    }
    .map(Picture)
    .map_err(to_js)
}

/// The evaluation protocol's low-resolution version of a picture: cropped to a multiple of the
/// scale, shrunk by MATLAB's bicubic, 8 bits. Throws `Data`.
#[wasm_bindgen]
pub fn shrink(picture: &Picture, scale: usize) -> Result<Picture> {
    eval::degrade(picture.0.clone(), scale).map(|(_, small)| Picture(small)).map_err(to_js)
}

/// Compares two pictures of the same size: PSNR in dB, SSIM, the largest and the mean difference,
/// as in [`eval::Distance`]; NaN is `None`. Throws `Data`.
///
/// Numbers instead of JSON, because code that formats floats would enlarge the bundle.
#[wasm_bindgen]
pub fn distance(a: &Picture, b: &Picture, border: usize) -> Result<Vec<f64>> {
    let eval::Distance { psnr_y, ssim_y, largest, mean } = eval::distance(&a.0, &b.0, border).map_err(to_js)?;
    Ok(vec![psnr_y.unwrap_or(f64::NAN), ssim_y.unwrap_or(f64::NAN), largest.into(), mean])
}

/// A map of the differences between two pictures of the same size: black where equal, white where
/// they differ most. Throws `Data`.
#[wasm_bindgen(js_name = heatMap)]
pub fn heat_map(a: &Picture, b: &Picture) -> Result<Picture> {
    eval::heat_map(&a.0, &b.0).map(Picture).map_err(to_js)
}

/// Which rung computes which part of a picture, in one pass.
#[wasm_bindgen(getter_with_clone)]
pub struct SchedulePlan {
    /// The argument of `Job.schedule`.
    pub plans: Vec<u32>,
    /// The networks' work in each tile, in low-resolution pixels of the whole network.
    #[wasm_bindgen(js_name = tileWork)]
    pub tile_work: Vec<f64>,
    /// How many cells each rung computes: bicubic, the cheap and the whole network.
    pub cells: Vec<u32>,
    /// The low-resolution pixels that the whole network would compute, and the networks' work in
    /// the same unit.
    pub work: Vec<f64>,
    /// The edges of the columns of cells, from 0 to 1 along the width.
    pub x: Vec<f32>,
    /// The edges of the rows, from 0 to 1 along the height.
    pub y: Vec<f32>,
    /// The rung of each cell, row by row: 0 to 2, as in `cells`.
    pub rungs: Vec<u8>,
}

/// Plans a pass of a `Job` over `picture`: see `Job.packSource`. `errors` are the scores of an
/// elastic model's table and the errors of bicubic, the cheap and the whole network, one after the
/// other. `cheapCost` is the cheap network's work, if that of the whole one is 1. Throws `Config`
/// or `Weights`.
#[wasm_bindgen(js_name = planSchedule)]
pub fn plan_schedule(
    picture: &Picture,
    tiles: &[u32],
    halo: Option<usize>,
    errors: &[f32],
    score: &str,
    effort: u8,
    #[wasm_bindgen(js_name = cheapCost)] cheap_cost: f64,
) -> Result<SchedulePlan> {
    let plan = || {
        let count = (errors.len() / 4).max(1);
        let mut parts = errors.chunks_exact(count).map(<[f32]>::to_vec);
        let mut part = || parts.next().unwrap_or_default();
        let errors = Errors { score: part(), bicubic: part(), cheap: part(), whole: part() };
        let score = Score::from_name(score)?;
        let scheduler = Scheduler::from_errors(errors, cheap_cost, effort, score)?;
        let tiles: Vec<Tile> = tiles.as_chunks().0.iter().map(Tile::from_numbers).collect();
        let plan = scheduler.plan(&picture.0, &tiles, halo);
        let mut done = Scheduling::default();
        done.add(&plan);
        let mut plans = Vec::new();
        for tile in plan.tiles(&tiles) {
            let numbers = tile.map(|tile| tile.to_numbers()).unwrap_or_default();
            plans.push(numbers.len() as u32);
            plans.extend(numbers);
        }
        let Scheduling { cells, map: RungMap { x, y, rungs }, pixels: (whole, work), .. } = done;
        let rungs = rungs.into_iter().map(|rung| rung as u8).collect();
        Ok(SchedulePlan {
            plans,
            tile_work: plan.tile_work,
            cells: cells.map(|count| count as u32).to_vec(),
            work: vec![whole, work],
            x,
            y,
            rungs,
        })
    };
    plan().map_err(to_js)
}
