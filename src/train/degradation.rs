//! The degradation that makes the low-resolution pictures for training.

use std::ops::RangeInclusive;

use image::codecs::jpeg::JpegDecoder;
use image::{DynamicImage, RgbImage, imageops};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::eval::bicubic;
use crate::eval::protocol::high_resolution;
use crate::image::resize::{Filter, resize_rgb};
use crate::image::{ChromaSampling, Compression, CompressionKind, Layout, Picture, Samples};

/// The strongest blur: a standard deviation in high-resolution pixels.
pub(super) const MAX_BLUR: f32 = 4.0;
/// The strongest noise: a standard deviation in levels of 255.
pub(super) const MAX_NOISE: f32 = 50.0;
/// The qualities of JPEG.
pub(super) const JPEG_QUALITIES: RangeInclusive<u8> = 1..=100;

/// Blur, then shrinking, noise and JPEG. The default is the evaluation protocol's: MATLAB's bicubic
/// only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default, deny_unknown_fields)]
pub struct Degradation {
    /// The filter that shrinks the picture.
    pub shrink: Shrink,
    /// Standard deviation of a Gaussian blur before shrinking, in high-resolution pixels: 0 (none)
    /// to 4.
    pub blur: f32,
    /// Standard deviation of Gaussian noise after shrinking, in levels of 255: 0 (none) to 50.
    pub noise: f32,
    /// Quality of a final JPEG compression, 1 to 100, or none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jpeg: Option<u8>,
    /// Whether JPEG halves the resolution of the colours (4:2:0), as most cameras and programs do.
    pub half_chroma: bool,
    /// Quality of a JPEG compression before that one, 1 to 100, or none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jpeg_before: Option<u8>,
}

/// A filter that shrinks pictures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Shrink {
    /// MATLAB's bicubic, antialiased.
    #[default]
    Bicubic,
    /// The mean of the pixels that become one, as in cameras.
    Area,
    /// A windowed sinc of three lobes, antialiased: the sharpest.
    Lanczos,
    /// A triangle, antialiased: the softest.
    Bilinear,
}

impl Degradation {
    /// Describes the first field that is out of its range.
    pub(super) fn complaint(&self) -> Option<String> {
        let (min, max) = (*JPEG_QUALITIES.start(), *JPEG_QUALITIES.end());
        let checks = [
            ((0.0..=MAX_BLUR).contains(&self.blur), format!("degradation.blur must be from 0 to {MAX_BLUR}")),
            ((0.0..=MAX_NOISE).contains(&self.noise), format!("degradation.noise must be from 0 to {MAX_NOISE}")),
            (
                [self.jpeg, self.jpeg_before].into_iter().flatten().all(|quality| JPEG_QUALITIES.contains(&quality)),
                format!("degradation.jpeg and jpeg_before must be from {min} to {max}"),
            ),
        ];
        checks.into_iter().find(|(holds, _)| !holds).map(|(_, why)| why)
    }

    /// Checks that every field is in its range.
    ///
    /// # Errors
    /// [`Error::Config`] describes the first that is not.
    pub fn check(&self) -> Result<()> {
        self.complaint().map_or(Ok(()), |why| Err(Error::Config(why)))
    }

    /// Returns the compression that would be found in the file of a picture with this degradation.
    pub fn compression(&self) -> Option<Compression> {
        let chroma = Some(if self.half_chroma { ChromaSampling::Half } else { ChromaSampling::Full });
        self.jpeg.map(|quality| Compression { kind: CompressionKind::Jpeg, quality, chroma })
    }

    /// The high-resolution picture, 8-bit RGB and cropped to a multiple of the scale, and the
    /// low-resolution one. `seed` is for the noise.
    ///
    /// # Errors
    /// [`Error::Data`] if the picture is smaller than the scale; [`Error::Encode`] if it is larger
    /// than a JPEG can be.
    pub fn apply(&self, picture: Picture, scale: usize, seed: u64) -> Result<(Picture, Picture)> {
        let hr = high_resolution(picture, scale)?;
        let (width, height) = (hr.width / scale as u32, hr.height / scale as u32);
        let blurred;
        let source = if self.blur > 0.0 {
            blurred = picture_of(imageops::blur(&image_of(&hr), self.blur));
            &blurred
        } else {
            &hr
        };
        let by = |filter| resize_rgb(source, width, height, Some(filter));
        let mut lr = match self.shrink {
            Shrink::Bicubic => bicubic(source, width, height),
            Shrink::Area => by(Filter::Area),
            Shrink::Lanczos => by(Filter::Lanczos3),
            Shrink::Bilinear => by(Filter::Bilinear),
        }?;
        if self.noise > 0.0 {
            lr = with_noise(lr, self.noise, seed);
        }
        for quality in [self.jpeg_before, self.jpeg].into_iter().flatten() {
            lr = through_jpeg(&lr, quality, self.half_chroma)?;
        }
        Ok((hr, lr))
    }
}

fn image_of(picture: &Picture) -> RgbImage {
    let Samples::U8(values) = &picture.samples else { unreachable!("degraded pictures have 8 bits") };
    RgbImage::from_raw(picture.width, picture.height, values.clone()).expect("a picture has its size")
}

fn picture_of(image: RgbImage) -> Picture {
    let (width, height) = image.dimensions();
    Picture::new(width, height, Layout::Rgb, Samples::U8(image.into_raw())).expect("an image has its size")
}

fn with_noise(mut picture: Picture, deviation: f32, seed: u64) -> Picture {
    let Samples::U8(values) = &mut picture.samples else { unreachable!("degraded pictures have 8 bits") };
    let mut rng = StdRng::seed_from_u64(seed);
    for value in values {
        // The Box-Muller transform: a normally distributed number from two uniform ones.
        let (radius, angle): (f32, f32) = (rng.random(), rng.random());
        let normal = (-2.0 * (1.0 - radius).ln()).sqrt() * (std::f32::consts::TAU * angle).cos();
        *value = (f32::from(*value) + deviation * normal).round().clamp(0.0, 255.0) as u8;
    }
    picture
}

fn through_jpeg(picture: &Picture, quality: u8, half_chroma: bool) -> Result<Picture> {
    let failed = |error: &dyn std::fmt::Display| Error::Encode(format!("JPEG for training: {error}"));
    let side = |length: u32| {
        u16::try_from(length)
            .map_err(|_| failed(&format_args!("a side of {length} pixels is longer than 65535: use smaller pictures")))
    };
    let (width, height) = (side(picture.width)?, side(picture.height)?);
    let mut bytes = Vec::new();
    let image = image_of(picture);
    let mut encoder = Encoder::new(&mut bytes, quality);
    encoder.set_sampling_factor(if half_chroma { SamplingFactor::F_2_2 } else { SamplingFactor::F_1_1 });
    encoder.encode(image.as_raw(), width, height, ColorType::Rgb).map_err(|error| failed(&error))?;
    let failed = |error: image::ImageError| failed(&error);
    let decoder = JpegDecoder::new(std::io::Cursor::new(bytes)).map_err(failed)?;
    Ok(picture_of(DynamicImage::from_decoder(decoder).map_err(failed)?.into_rgb8()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::{degrade, psnr_y};

    fn picture() -> Picture {
        let value = |index: usize| {
            let (x, y) = (index / 3 % 62, index / 3 / 62);
            ((x as f32 * 0.3).sin() * 60.0 + (y as f32 * 0.2).cos() * 50.0 + 128.0 + (x / 9 * 17 % 31) as f32) as u8
        };
        Picture::new(62, 47, Layout::Rgb, Samples::U8((0..62 * 47 * 3).map(value).collect())).unwrap()
    }

    #[test]
    fn the_default_is_the_evaluation_protocol() {
        let (hr, lr) = Degradation::default().apply(picture(), 3, 1).unwrap();
        assert_eq!((hr, lr), degrade(picture(), 3).unwrap());
    }

    #[test]
    fn area_takes_the_mean_of_the_pixels_that_become_one() {
        let (hr, lr) = Degradation { shrink: Shrink::Area, ..Default::default() }.apply(picture(), 2, 1).unwrap();
        assert_eq!((lr.width, lr.height), (31, 23));
        let (Samples::U8(hr), Samples::U8(lr)) = (hr.samples, lr.samples) else { panic!("8 bits") };
        for (index, &value) in lr.iter().enumerate() {
            let (x, y, channel) = (index / 3 % 31, index / 93, index % 3);
            let at = |x: usize, y: usize| u32::from(hr[(y * 62 + x) * 3 + channel]);
            let sum = at(2 * x, 2 * y) + at(2 * x + 1, 2 * y) + at(2 * x, 2 * y + 1) + at(2 * x + 1, 2 * y + 1);
            assert!((f64::from(sum) / 4.0 - f64::from(value)).abs() <= 1.0, "{sum} / 4 and {value}, rounded twice");
        }
    }

    #[test]
    fn each_kind_of_damage_makes_the_small_picture_worse_and_the_seed_decides_the_noise() {
        let clean = Degradation::default();
        let score = |degradation: Degradation, seed| {
            let (hr, lr) = degradation.apply(picture(), 2, seed).unwrap();
            psnr_y(&bicubic(&lr, hr.width, hr.height).unwrap(), &hr, 2).unwrap()
        };
        let best = score(clean, 1);
        let noisy = Degradation { noise: 10.0, ..clean };
        for damage in [Degradation { blur: 1.5, ..clean }, noisy, Degradation { jpeg: Some(20), ..clean }] {
            assert!(score(damage, 1) < best - 0.3, "{damage:?}");
        }
        assert_eq!(score(noisy, 1), score(noisy, 1));
        assert_ne!(score(noisy, 1), score(noisy, 2));
    }

    #[test]
    fn noise_has_the_deviation_that_was_asked_for() {
        let grey = Picture::new(120, 120, Layout::Rgb, Samples::U8(vec![128; 120 * 120 * 3])).unwrap();
        let Samples::U8(values) = with_noise(grey, 12.0, 5).samples else { panic!("8 bits") };
        let (count, mean) =
            (values.len() as f64, values.iter().map(|&v| f64::from(v)).sum::<f64>() / values.len() as f64);
        let deviation = (values.iter().map(|&v| (f64::from(v) - mean).powi(2)).sum::<f64>() / count).sqrt();
        assert!((mean - 128.0).abs() < 0.3 && (deviation - 12.0).abs() < 0.2, "{mean} {deviation}");
    }
}
