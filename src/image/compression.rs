//! Estimates how strongly a picture was compressed: from the headers of its file, without decoding,
//! or from its pixels.
//!
//! All arithmetic is on integers, because the result must be the same on every machine.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::container::webp_lossy_frame;
use super::interpolate::interpolate;
use super::jpeg::{QuantTable, Quantisation};
use super::sniff::{Content, sniff_binary};
use super::{Picture, blocks, tiff, vp8};

/// The loss that a picture has suffered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compression {
    /// The kind of evidence for it.
    pub kind: CompressionKind,
    /// The quality from 1 (worst) to 100 on the scale of libjpeg, which scales the tables of Annex
    /// K of the JPEG standard (ITU-T T.81). 100 still rounds.
    pub quality: u8,
    /// The resolution of the colours; `None` if there are none, or if it is unknown.
    pub chroma: Option<ChromaSampling>,
}

/// The evidence for how strongly a picture was compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum CompressionKind {
    /// The quantisation tables of a JPEG. The quality is that which the encoder was asked for if
    /// it is libjpeg, MozJPEG or one with the same tables. Otherwise it is that of libjpeg with
    /// about the same loss.
    Jpeg,
    /// The quantiser of a lossy WebP. The quality is that of a JPEG with the same error.
    WebP,
    /// Steps in the pixels across a grid of 8x8. The quality is a rough estimate, at most 95.
    Blocks,
}

/// The resolution of the colours, relative to the brightness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum ChromaSampling {
    /// All of it.
    #[serde(rename = "4:4:4")]
    Full,
    /// Half the width.
    #[serde(rename = "4:2:2")]
    HalfWidth,
    /// Half the height.
    #[serde(rename = "4:4:0")]
    HalfHeight,
    /// Half the width and half the height, as most encoders choose.
    #[serde(rename = "4:2:0")]
    Half,
    /// Less than that in one direction.
    #[serde(rename = "4:1:1")]
    Quarter,
}

impl Compression {
    /// Reads it from the headers of a JPEG or a lossy WebP file. `None` for other files, for
    /// lossless ones, and where the headers are broken.
    pub fn of_file(bytes: &[u8]) -> Option<Self> {
        match sniff_binary(bytes)? {
            Content::Jpeg => {
                let quantisation = Quantisation::of(bytes)?;
                let chroma = ChromaSampling::of(&quantisation.sampling);
                Some(Self { kind: CompressionKind::Jpeg, quality: jpeg_quality(&quantisation.luma), chroma })
            }
            Content::WebP => {
                let quality = webp_quality(vp8::quantiser_index(webp_lossy_frame(bytes)?)?);
                let quality = interpolate(&JPEG_OF_WEBP, quality.into()) as u8;
                Some(Self { kind: CompressionKind::WebP, quality, chroma: Some(ChromaSampling::Half) })
            }
            _ => None,
        }
    }

    /// Estimates it from the pixels: by the steps in brightness across the 8x8 grid of JPEG from
    /// the top left corner, beyond those beside it. `None` where there is no such grid: in pictures
    /// that were never compressed, or were resized or cropped later. A quality of 95 or more leaves
    /// none in many pictures.
    pub fn of_pixels(picture: &Picture) -> Option<Self> {
        let quality = blocks::quality(picture)?;
        Some(Self { kind: CompressionKind::Blocks, quality, chroma: None })
    }

    /// From the headers of the `file` that the picture was read from; from the pixels where the
    /// format loses something but its headers are not read here (AVIF, HEIC, TIFF with JPEG), or
    /// where there is no file (`file` is empty).
    pub fn of(file: &[u8], picture: &Picture) -> Option<Self> {
        match sniff_binary(file) {
            Some(Content::Jpeg | Content::WebP) => Self::of_file(file),
            Some(Content::Png | Content::Gif | Content::Bmp | Content::Ico) => None,
            Some(Content::Tiff) if !tiff::is_jpeg(file) => None,
            _ => Self::of_pixels(picture),
        }
    }
}

impl fmt::Display for Compression {
    /// For example "JPEG, quality about 72, 4:2:0".
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let words = match self.kind {
            CompressionKind::Jpeg => "JPEG, quality",
            CompressionKind::WebP => "WebP, like JPEG of quality",
            CompressionKind::Blocks => "blocks like those of JPEG of quality",
        };
        write!(f, "{words} about {}", self.quality)?;
        self.chroma.map_or(Ok(()), |chroma| write!(f, ", {chroma}"))
    }
}

impl fmt::Display for ChromaSampling {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Full => "4:4:4",
            Self::HalfWidth => "4:2:2",
            Self::HalfHeight => "4:4:0",
            Self::Half => "4:2:0",
            Self::Quarter => "4:1:1",
        })
    }
}

impl ChromaSampling {
    /// By how often each component is sampled, across and down. Black in CMYK does not count.
    fn of(sampling: &[(u8, u8)]) -> Option<Self> {
        let (&(width, height), colours) = sampling.split_first()?;
        let chroma = colours.get(..2)?;
        let least = |side: fn(&(u8, u8)) -> u8| chroma.iter().map(side).min().filter(|&least| least > 0);
        let (chroma_width, chroma_height) = (least(|side| side.0)?, least(|side| side.1)?);
        Some(match (width / chroma_width, height / chroma_height) {
            (0 | 1, 0 | 1) => Self::Full,
            (2, 0 | 1) => Self::HalfWidth,
            (0 | 1, 2) => Self::HalfHeight,
            (2, 2) => Self::Half,
            _ => Self::Quarter,
        })
    }
}

/// The table of brightness for quality 50 in Annex K of the standard, which most encoders use; in
/// zigzag order.
const ANNEX_K: QuantTable = [
    16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61,
    60, 57, 51, 56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87, 95, 98, 103, 104, 103, 62, 77, 113,
    121, 112, 100, 120, 92, 101, 103, 99,
];

/// Nicolas Robidoux's, which MozJPEG uses unless asked for another (its `jcparam.c`).
const ROBIDOUX: QuantTable = [
    16, 16, 16, 16, 17, 16, 18, 20, 20, 18, 25, 27, 24, 27, 25, 37, 34, 31, 31, 34, 37, 56, 40, 43, 40, 43, 40, 56, 85,
    53, 62, 53, 53, 62, 53, 85, 75, 91, 74, 69, 74, 91, 75, 135, 106, 94, 94, 106, 135, 156, 131, 124, 131, 156, 189,
    169, 169, 189, 238, 226, 238, 311, 311, 418,
];

/// jpegli's at its quality 60, of which its other tables are almost multiples.
const JPEGLI: QuantTable = [
    10, 9, 9, 17, 12, 17, 17, 17, 17, 17, 26, 19, 20, 19, 26, 27, 27, 23, 23, 27, 27, 30, 25, 27, 27, 27, 25, 30, 30,
    32, 31, 33, 33, 31, 32, 30, 32, 30, 35, 36, 35, 30, 32, 33, 35, 39, 39, 35, 33, 36, 44, 43, 44, 36, 43, 40, 40, 43,
    48, 43, 48, 42, 42, 34,
];

/// The quality with this table of brightness or, if there is none, the one that needs about the
/// same clean-up. Tables of colours do not count: encoders' tables differ more than their pictures.
fn jpeg_quality(luma: &QuantTable) -> u8 {
    let steps = || luma.iter().map(|&step| u32::from(step));
    let largest = if steps().any(|step| step > 255) { 32767 } else { 255 };
    let is = |base, quality| scaled(base, quality, largest).eq(steps());
    let equal = (1..=100).find(|&quality| is(&ANNEX_K, quality) || is(&ROBIDOUX, quality));

    // Low frequencies weigh most.
    let weights = || (1..=64).rev();
    let distance = |base, quality| -> u64 {
        let squares =
            scaled(base, quality, largest).zip(steps()).map(|(a, b)| u64::from(log2(a).abs_diff(log2(b))).pow(2));
        squares.zip(weights()).map(|(square, weight)| square * weight).sum()
    };
    // On average a quarter of a doubling.
    let near = weights().sum::<u64>() * 64 * 64;
    let least = |difference: &dyn Fn(u8) -> u64| (1..=100).min_by_key(|&quality| difference(quality)).unwrap_or(1);
    equal.unwrap_or_else(|| {
        if (1..=100).any(|quality| distance(&JPEGLI, quality) < near) {
            // The loss is larger than the steps suggest.
            least(&|quality| distance(&ANNEX_K, quality))
        } else {
            // The mean step predicts the best strength better than the other measures that were
            // tried.
            let sum: u32 = steps().sum();
            least(&|quality| scaled(&ANNEX_K, quality, largest).sum::<u32>().abs_diff(sum).into())
        }
    })
}

/// The steps at a quality from 1 to 100 by libjpeg's rule (`jcparam.c`).
fn scaled(base: &QuantTable, quality: u8, largest: u32) -> impl Iterator<Item = u32> {
    let quality = u32::from(quality);
    let percent = if quality < 50 { 5000 / quality } else { 200 - 2 * quality };
    base.iter().map(move |&step| ((u32::from(step) * percent + 50) / 100).clamp(1, largest))
}

/// The logarithm to the base 2, in 256ths. `value` is at least 1.
fn log2(value: u32) -> u32 {
    let whole = value.ilog2();
    // From 1 to 2, as a multiple of 2^-31. Each squaring gives one more bit of the logarithm.
    let mut rest = (u64::from(value) << 31) >> whole;
    (0..8).fold(whole, |log, _| {
        rest = (rest * rest) >> 31;
        let bit = rest >> 32;
        rest >>= bit;
        (log << 1) | bit as u32
    })
}

/// The quality, 0 to 100, that libwebp was asked for: the inverse of its `QualityToCompression`
/// (`src/enc/quant_enc.c`). The other settings hardly change the quantiser index.
fn webp_quality(index: u8) -> u8 {
    // The compression is 1 - index / 127, rounded down. Its cube is piecewise linear in the
    // quality.
    const WHOLE: u64 = 254 * 254 * 254;
    let compression = 254_u64.saturating_sub(2 * u64::from(index) + 1);
    let cube = compression * compression * compression;
    let percent = if 2 * cube < WHOLE { 150 * cube } else { 50 * (cube + WHOLE) };
    ((percent + WHOLE / 2) / WHOLE) as u8
}

/// Qualities of libwebp and those of JPEG (4:2:0, Annex K) with the same error: mean over 19
/// photographs of the logarithm of the mean squared error of brightness, with libwebp 1.6 and
/// libjpeg-turbo 3.2.
const JPEG_OF_WEBP: [(u32, u32); 12] = [
    (0, 6),
    (10, 23),
    (20, 36),
    (30, 50),
    (40, 63),
    (50, 70),
    (60, 75),
    (75, 81),
    (80, 86),
    (90, 93),
    (95, 96),
    (100, 97),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_are_exact_to_the_last_bit_but_one() {
        for value in 1..=40_000_u32 {
            let exact = f64::from(value).log2() * 256.0;
            assert!((exact - 1.01..=exact + 0.01).contains(&f64::from(log2(value))), "{value}");
        }
    }

    #[test]
    fn every_quality_is_found_again_with_steps_of_8_and_of_16_bits() {
        for base in [ANNEX_K, ROBIDOUX] {
            for quality in 1..=100 {
                for largest in [255, 32767] {
                    let steps: Vec<u16> = scaled(&base, quality, largest).map(|step| step as u16).collect();
                    // All steps are cut to 255 at the lowest qualities, which then look the same.
                    let lowest = steps.iter().all(|&step| step == 255);
                    assert_eq!(jpeg_quality(&steps.try_into().unwrap()), if lowest { 1 } else { quality });
                }
            }
        }
    }

    #[test]
    fn the_quality_of_libwebp_is_found_again() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/webp_headers.txt");
        let mut errors = Vec::new();
        for line in std::fs::read_to_string(path).unwrap().lines() {
            let (quality, hex) = line.split_once(' ').unwrap();
            let frame = (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap());
            let index = vp8::quantiser_index(&frame.collect::<Vec<_>>()).unwrap();
            let found = webp_quality(index);
            errors.push(found.abs_diff(quality.parse().unwrap()));
        }
        errors.sort_unstable();
        println!("{} files, median error {}, errors {errors:?}", errors.len(), errors[errors.len() / 2]);
        assert!(errors[errors.len() * 9 / 10] <= 5);
    }

    #[test]
    fn without_segments_the_quantiser_index_goes_through_the_whole_scale() {
        assert_eq!([0, 127].map(webp_quality), [99, 0]);
        // libwebp's default, 75, gives this index. So does 74.
        assert_eq!(webp_quality(26), 74);
        assert!((0..=127).map(webp_quality).is_sorted_by(|a, b| a >= b));
    }

    #[test]
    fn a_tiff_is_asked_for_its_method() {
        let read = |name| std::fs::read(format!("{}/tests/pictures/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        for (name, is_jpeg) in [("jpeg.tif", true), ("tiled.tif", false), ("big_pages.tif", false), ("raw.dng", false)]
        {
            assert_eq!(tiff::is_jpeg(&read(name)), is_jpeg, "{name}");
        }
    }

    #[test]
    fn sampling_is_told_apart() {
        let of = |luma, chroma| ChromaSampling::of(&[luma, chroma, chroma]).map(|found| found.to_string());
        let found = [((1, 1), (1, 1)), ((2, 1), (1, 1)), ((1, 2), (1, 1)), ((2, 2), (1, 1)), ((4, 1), (1, 1))];
        let found = found.map(|(luma, chroma)| of(luma, chroma).unwrap());
        assert_eq!(found, ["4:4:4", "4:2:2", "4:4:0", "4:2:0", "4:1:1"]);
        assert_eq!(of((2, 2), (2, 2)).as_deref(), Some("4:4:4"));
        assert_eq!(of((2, 2), (0, 1)), None);
        assert_eq!(ChromaSampling::of(&[(2, 2)]), None);
    }
}
