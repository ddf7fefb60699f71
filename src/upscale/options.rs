//! The options of an enlargement: the size of the result, tiling, ensemble, limits.

use std::str::FromStr;

use crate::error::{Error, Result};
use crate::image::Limits;

/// The largest zoom.
pub const MAX_ZOOM: u32 = 16;

/// The size of the result.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Target {
    /// A factor from 1 to 16 for both sides, which are rounded to whole pixels.
    Zoom(f64),
    /// An exact size. Each side is 1 to 16 times the picture's; the aspect ratio may change.
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
    /// [`Error::Config`] if the size is out of range, [`Error::TooLarge`] if it exceeds `limits`.
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
                    let (max_width, max_height) = (width.saturating_mul(MAX_ZOOM), height.saturating_mul(MAX_ZOOM));
                    return Err(Error::Config(format!(
                        "the size is {to_width}x{to_height}; for this picture it must be from {width}x{height} to \
                         {max_width}x{max_height}"
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

/// The halo of the tiles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tiling {
    /// The halo that keeps 8-bit results within 1 level of the exact one, as measured, or as a
    /// [`Model`](crate::model::Model) estimates it if its file has no measurement;
    /// [`Tiling::Exact`] for another network without one.
    #[default]
    Auto,
    /// The receptive field: the result equals the untiled one bit for bit.
    Exact,
    /// A number of low-resolution pixels to each side.
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
    /// The size of the result.
    pub target: Target,
    /// The halo of the tiles.
    pub tiling: Tiling,
    /// Self-ensemble: the mean of the results for the 8 flips and rotations. It takes 8 times as
    /// long.
    pub ensemble: bool,
    /// The largest result that is allowed.
    pub limits: Limits,
}

impl Options {
    /// Allows results of up to 1024 megapixels; 256 in a browser, where an instance addresses at
    /// most 4 GB.
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
        assert_eq!(
            error,
            "the result would have 1600 x 976 pixels, but the limit is 1 megapixels: choose a smaller zoom"
        );
        assert!(matches!(Target::Zoom(16.0).size(u32::MAX, u32::MAX, &LIMITS), Err(Error::TooLarge { .. })));
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
