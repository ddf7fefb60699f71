//! Enlarging pictures of any size, by any zoom from 1 to 16, with bounded memory.
//!
//! A network enlarges by its scale (2, 3 or 4). A zoom takes as few **passes** of it as reach the size, each reading
//! the picture that the one before wrote; the last pass shrinks what the network gives to the exact size (Lanczos,
//! antialiased). Each pass is cut into **tiles**, rectangles of the picture that it writes. What a tile reads is its
//! own part of the source and a **halo** around it, which ends where the picture ends: there, and only there, the
//! network pads as it does for a whole picture. With the halo of the network's receptive field ([`Tiling::Exact`]) the
//! tiles give the untiled result bit for bit.
//!
//! [`Job`] is the bookkeeping of one picture: which tiles there are, what each reads, where each goes. [`run_tile`] is
//! the computation, which needs nothing but the network and the tile's input. [`upscale`] drives both with threads; in
//! the browser, a coordinating worker holds the job and a pool of workers runs the tiles.
//!
//! # Memory
//! Besides the source, the result and the network's weights:
//! - the tiles being computed: at most [`plan::IN_FLIGHT_BYTES`] together, whatever the size of the picture, or one
//!   tile if a single one takes more. A tile takes at most [`plan::TILE_BYTES`] by [`Enlarge::bytes_per_pixel`], except
//!   where a wide halo makes a larger one necessary: it is never cut below three halos. On a GPU one is computed at a time, of at
//!   most [`plan::GPU_TILE_BYTES`].
//! - where there are several passes, the 16-bit picture between two of them: 6 bytes a pixel, and fewer pixels than the
//!   result has;
//! - where there is alpha, the channels apart from each other: one more source, one more result, and for the time of
//!   the start 6 bytes for each of the source's pixels;
//! - for a network without a halo (channel attention), which cannot be tiled exactly, the whole picture as one tile.
//!
//! So a picture without alpha enlarged in a single pass takes 0 bytes for each megapixel beyond the two pictures
//! themselves.

mod calibrate;
mod ensemble;
mod job;
pub mod plan;
#[cfg(not(target_arch = "wasm32"))]
mod run;
mod tile;

use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use calibrate::{auto_halo, measure_halo};
pub use job::Job;
#[cfg(not(target_arch = "wasm32"))]
pub use run::{Progress, Report, upscale};
#[cfg(feature = "gpu")]
pub use tile::run_tile_async;
pub use tile::{Tile, TileInput, run_tile};

use crate::error::{Error, Result};
use crate::image::{Depth, Layout, Limits, Picture};

/// The largest zoom.
pub const MAX_ZOOM: u32 = 16;

/// What the upscaler needs of a network.
pub trait Enlarge: Send + Sync {
    /// How much it enlarges: 2, 3 or 4.
    fn scale(&self) -> usize;

    /// How far an output pixel sees, in low-resolution pixels to each side; `None` if it sees the whole picture
    /// (channel attention).
    fn halo(&self) -> Option<usize>;

    /// The smallest halo for which the 8-bit result was measured to be at most 1 level off; `None` if that was not
    /// measured.
    fn auto_halo(&self) -> Option<usize>;

    /// Bytes that [`Self::enlarge`] holds at its peak, for each low-resolution pixel. Bounds the size of tiles.
    fn bytes_per_pixel(&self) -> usize;

    /// Whether it is computed on a GPU, which takes one tile at a time, but a large one.
    fn on_gpu(&self) -> bool {
        false
    }

    /// Enlarges a picture or a part of one.
    ///
    /// # Shapes
    /// - `planes`: `3 * height * width` (CHW), RGB in [0, 1]
    /// - result: `3 * (scale * height) * (scale * width)`, RGB, may overshoot [0, 1]
    ///
    /// # Errors
    /// What the network's device says.
    fn enlarge(&self, planes: Vec<f32>, height: usize, width: usize) -> Result<Vec<f32>>;

    /// Enlarges a picture as one piece, to 8-bit RGB: what measuring needs. [`upscale`] is for pictures of any size, kind and zoom.
    ///
    /// # Errors
    /// As [`Self::enlarge`].
    fn enlarge_picture(&self, low: &Picture) -> Result<Picture> {
        let planes = self.enlarge(low.rgb_planes(low.area()), low.height as usize, low.width as usize)?;
        enlarged_picture(low, self.scale(), &planes)
    }

    /// [`Self::enlarge_picture`] with self-ensemble: see [`Options::ensemble`].
    ///
    /// # Errors
    /// As [`Self::enlarge`].
    fn enlarge_picture_ensemble(&self, low: &Picture) -> Result<Picture> {
        let (height, width) = (low.height as usize, low.width as usize);
        let planes = ensemble::enlarge(self, &low.rgb_planes(low.area()), height, width)?;
        enlarged_picture(low, self.scale(), &planes)
    }
}

fn enlarged_picture(low: &Picture, scale: usize, planes: &[f32]) -> Result<Picture> {
    let scale = scale as u32;
    let mut high = Picture::blank(low.width * scale, low.height * scale, Layout::Rgb, Depth::Eight)?;
    high.set_rgb_planes(high.area(), planes);
    Ok(high)
}

/// What planning needs to know of a network, without holding it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Facts {
    /// [`Enlarge::scale`].
    pub scale: usize,
    /// [`Enlarge::halo`].
    pub halo: Option<usize>,
    /// [`Enlarge::auto_halo`].
    pub auto_halo: Option<usize>,
    /// [`Enlarge::bytes_per_pixel`].
    pub bytes_per_pixel: usize,
    /// [`Enlarge::on_gpu`].
    pub on_gpu: bool,
}

impl Facts {
    /// The facts of `model`.
    pub fn of<M: Enlarge + ?Sized>(model: &M) -> Self {
        Self {
            scale: model.scale(),
            halo: model.halo(),
            auto_halo: model.auto_halo(),
            bytes_per_pixel: model.bytes_per_pixel(),
            on_gpu: model.on_gpu(),
        }
    }

    /// The halo that `tiling` means, in low-resolution pixels; `None` if the picture must stay whole. More than the
    /// exact halo would change nothing.
    fn halo(&self, tiling: Tiling) -> Option<usize> {
        let wanted = match tiling {
            Tiling::Auto => self.auto_halo,
            Tiling::Exact => None,
            Tiling::Halo(halo) => Some(halo),
        };
        match (wanted, self.halo) {
            (Some(wanted), Some(exact)) => Some(wanted.min(exact)),
            (wanted, exact) => wanted.or(exact),
        }
    }
}

/// How large the result is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Target {
    /// A factor from 1 to 16 for both sides; the sides are rounded to the nearest pixel.
    Zoom(f64),
    /// Exactly this size, of sides 1 to 16 times those of the picture. The shape may change.
    Size {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
    },
}

impl Target {
    /// The size that a picture of `width` x `height` pixels becomes.
    ///
    /// # Errors
    /// [`Error::Config`] if that is out of range, [`Error::TooLarge`] if it is beyond `limits`.
    pub fn size(self, width: u32, height: u32, limits: &Limits) -> Result<(u32, u32)> {
        let (to_width, to_height) = match self {
            Self::Zoom(zoom) => {
                if !(1.0..=f64::from(MAX_ZOOM)).contains(&zoom) {
                    return Err(Error::Config(format!("the zoom is {zoom}; it must be from 1 to {MAX_ZOOM}")));
                }
                let side = |pixels: u32| (f64::from(pixels) * zoom).round() as u64;
                (side(width), side(height))
            }
            Self::Size { width: to_width, height: to_height } => {
                let fits = |from: u32, to: u32| (from..=from.saturating_mul(MAX_ZOOM)).contains(&to);
                if !fits(width, to_width) || !fits(height, to_height) {
                    let (most_wide, most_high) = (width.saturating_mul(MAX_ZOOM), height.saturating_mul(MAX_ZOOM));
                    return Err(Error::Config(format!(
                        "the size is {to_width}x{to_height}; for this picture it must be from {width}x{height} to \
                         {most_wide}x{most_high}"
                    )));
                }
                (u64::from(to_width), u64::from(to_height))
            }
        };
        match (u32::try_from(to_width), u32::try_from(to_height)) {
            (Ok(width), Ok(height)) if to_width * to_height <= limits.max_pixels => Ok((width, height)),
            _ => Err(Error::TooLarge {
                what: "the result",
                width: to_width,
                height: to_height,
                limit: limits.max_pixels / 1_000_000,
                advice: "choose a smaller zoom",
            }),
        }
    }
}

/// How much of its surroundings a tile reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tiling {
    /// As much as was measured to leave 8-bit results within 1 level of the exact one; [`Tiling::Exact`] for a network
    /// for which that was not measured.
    #[default]
    Auto,
    /// All that the network sees: the result is the untiled one, bit for bit.
    Exact,
    /// So many low-resolution pixels to each side.
    Halo(usize),
}

impl FromStr for Tiling {
    type Err = Error;

    /// "auto", "exact" or a number of low-resolution pixels.
    fn from_str(text: &str) -> Result<Self> {
        match text {
            "auto" => Ok(Self::Auto),
            "exact" => Ok(Self::Exact),
            _ => text.parse().map(Self::Halo).map_err(|_| {
                Error::Config(format!("the tiling is \"{text}\"; it must be auto, exact or a halo in pixels"))
            }),
        }
    }
}

/// How to enlarge a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// How large the result is.
    pub target: Target,
    /// How much of its surroundings a tile reads.
    pub tiling: Tiling,
    /// Self-ensemble: the mean of the results for the 8 flips and rotations. Takes 8 times as long.
    pub ensemble: bool,
    /// How large the result may be.
    pub limits: Limits,
}

impl Options {
    /// Any result up to 1024 megapixels (256 in a browser, where a WebAssembly instance addresses at most 4 GB).
    pub fn new(target: Target) -> Self {
        let megapixels = if cfg!(target_arch = "wasm32") { 256 } else { 1024 };
        let limits = Limits { max_pixels: megapixels * 1_000_000 };
        Self { target, tiling: Tiling::default(), ensemble: false, limits }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { max_pixels: 1_000_000 };

    #[test]
    fn sizes_are_rounded_and_ranges_are_named() {
        let size = |target: Target| target.size(100, 61, &LIMITS);
        assert_eq!(size(Target::Zoom(2.5)).unwrap(), (250, 153));
        assert_eq!(size(Target::Zoom(1.0)).unwrap(), (100, 61));
        assert_eq!(Target::Zoom(1.4).size(1, 1, &LIMITS).unwrap(), (1, 1));
        for zoom in [0.99, 16.01, f64::NAN, f64::INFINITY, -2.0] {
            let error = size(Target::Zoom(zoom)).unwrap_err().to_string();
            assert!(error.ends_with("it must be from 1 to 16"), "{error}");
        }
        assert_eq!(size(Target::Size { width: 100, height: 976 }).unwrap(), (100, 976));
        for (width, height) in [(99, 61), (100, 60), (1601, 61), (100, 977), (0, 0)] {
            let error = size(Target::Size { width, height }).unwrap_err().to_string();
            assert!(error.ends_with("it must be from 100x61 to 1600x976"), "{error}");
        }
    }

    #[test]
    fn what_is_too_large_is_refused_without_overflow() {
        let error = Target::Zoom(16.0).size(100, 61, &LIMITS).unwrap_err().to_string();
        assert_eq!(error, "the result would be 1600 x 976 pixels; the limit is 1 megapixels: choose a smaller zoom");
        assert!(matches!(Target::Zoom(16.0).size(u32::MAX, u32::MAX, &LIMITS), Err(Error::TooLarge { .. })));
    }

    #[test]
    fn the_halo_is_the_smallest_that_serves() {
        let facts = Facts { scale: 2, halo: Some(73), auto_halo: Some(16), bytes_per_pixel: 1, on_gpu: false };
        let halo =
            |facts: Facts| [Tiling::Auto, Tiling::Exact, Tiling::Halo(9), Tiling::Halo(99)].map(|t| facts.halo(t));
        assert_eq!(halo(facts), [Some(16), Some(73), Some(9), Some(73)]);
        assert_eq!(halo(Facts { auto_halo: None, ..facts }), [Some(73), Some(73), Some(9), Some(73)]);
        assert_eq!(halo(Facts { halo: None, ..facts }), [Some(16), None, Some(9), Some(99)]);
    }

    #[test]
    fn tilings_are_parsed() {
        assert_eq!(
            ["auto", "exact", "24"].map(|text| text.parse::<Tiling>().unwrap()),
            [Tiling::Auto, Tiling::Exact, Tiling::Halo(24)]
        );
        for text in ["", "Auto", "-3", "2.5"] {
            assert!(text.parse::<Tiling>().is_err());
        }
    }
}
