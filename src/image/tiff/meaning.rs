//! The meaning of samples: colours, alpha, and depth.

use image::{DynamicImage, ImageBuffer};
use tiff::decoder::DecodingResult;

use crate::error::{Error, Result};
use crate::image::colour::{encode_srgb, share};
use crate::image::problems::{CMYK_NOTE, uncommon};
use crate::image::sample::Sample;
use crate::image::sniff::Content;

/// The kind of colours.
pub(super) enum Kind {
    Grey { white_is_zero: bool },
    Rgb,
    Palette(Vec<[u8; 3]>),
    Cmyk,
    YCbCr,
    Lab { signed: bool },
}

impl Kind {
    /// By the tag. `colour_map` reads the palette: all reds, all greens, all blues.
    pub fn new(photometric: u16, bits: u16, colour_map: impl FnOnce() -> Result<Option<Vec<u64>>>) -> Result<Self> {
        match photometric {
            0 | 1 => Ok(Self::Grey { white_is_zero: photometric == 0 }),
            2 => Ok(Self::Rgb),
            3 => {
                let map = colour_map()?.unwrap_or_default();
                let colours = map.len() / 3;
                if bits > 16 || colours < 1 << bits {
                    return Err(Error::Decode("the TIFF file's palette is incomplete".into()));
                }
                // Some old programs write 8 bits.
                let narrow = map.iter().all(|&value| value <= 255);
                let level = |value: u64| if narrow { value as u8 } else { ((value.min(65535) + 128) / 257) as u8 };
                Ok(Self::Palette(
                    (0..colours).map(|at| [0, 1, 2].map(|plane| level(map[plane * colours + at]))).collect(),
                ))
            }
            4 => Err(uncommon(Content::Tiff, "a mask without a picture")),
            5 => Ok(Self::Cmyk),
            6 => Ok(Self::YCbCr),
            8 => Ok(Self::Lab { signed: true }),
            9 => Ok(Self::Lab { signed: false }),
            32803 | 34892 => Err(super::camera_raw()),
            u16::MAX => Err(uncommon(Content::Tiff, "it does not say what its values mean")),
            other => Err(uncommon(Content::Tiff, &format!("photometric interpretation {other}"))),
        }
    }

    pub fn is_ycbcr(&self) -> bool {
        matches!(self, Self::YCbCr)
    }

    /// Samples of a colour.
    fn samples(&self) -> usize {
        match self {
            Self::Grey { .. } | Self::Palette(_) => 1,
            Self::Cmyk => 4,
            Self::Rgb | Self::YCbCr | Self::Lab { .. } => 3,
        }
    }
}

/// The meaning of a pixel's samples.
pub(super) struct Meaning {
    kind: Kind,
    /// Samples of a pixel.
    samples: usize,
    /// Bits of a sample.
    bits: u16,
    /// Which sample is alpha, and whether the colours are premultiplied with it.
    alpha: Option<(usize, bool)>,
    /// Samples that are neither colour nor alpha.
    spare: usize,
}

impl Meaning {
    pub fn new(kind: Kind, samples: usize, bits: u16, extra: Option<Vec<u64>>) -> Result<Self> {
        let Some(others) = samples.checked_sub(kind.samples()) else {
            return Err(Error::Decode("the TIFF file has too few channels for its colours".into()));
        };
        const ASSOCIATED: u64 = 1;
        const UNASSOCIATED: u64 = 2;
        let extra = extra.unwrap_or_default();
        let alpha = extra.iter().take(others).position(|&kind| matches!(kind, ASSOCIATED | UNASSOCIATED));
        let alpha = alpha.map(|index| (kind.samples() + index, extra[index] == ASSOCIATED));
        let spare = others - usize::from(alpha.is_some());
        Ok(Self { kind, samples, bits, alpha, spare })
    }

    /// Whether the crate reads all samples of such a file, and changes none.
    pub fn is_read_as_it_is(&self) -> bool {
        let Self { kind, samples, spare, .. } = self;
        *spare == 0
            && match kind {
                Kind::Grey { white_is_zero } => !white_is_zero && *samples == 1,
                Kind::Rgb => true,
                _ => false,
            }
    }

    /// The pixels.
    pub fn picture(
        self,
        values: Values,
        width: u32,
        height: u32,
        has_profile: bool,
        notes: &mut Vec<String>,
    ) -> Result<DynamicImage> {
        match self.spare {
            0 => {}
            1 => notes.push("its spare channel is left out".into()),
            count => notes.push(format!("its {count} spare channels are left out")),
        }
        match self.kind {
            Kind::Cmyk => notes.push(CMYK_NOTE.into()),
            Kind::Lab { .. } => notes.push("its Lab colours are converted to sRGB".into()),
            _ => {}
        }
        let layout = (self.has_one_colour(), self.alpha.is_some());
        let pixels = match (values, &self.kind) {
            (Values::Float(values), _) => {
                let values = self.develop(values, has_profile, notes)?;
                buffer_16(width, height, layout, values)
            }
            (Values::U8(values), Kind::Palette(palette)) => {
                buffer_8(width, height, layout, self.look_up(&values, palette, |alpha| alpha))
            }
            (Values::U16(values), Kind::Palette(palette)) => {
                let narrow = |alpha: u16| ((u32::from(alpha) + 128) / 257) as u8;
                buffer_8(width, height, layout, self.look_up(&values, palette, narrow))
            }
            (Values::U8(values), _) => buffer_8(width, height, layout, self.convert(values)),
            (Values::U16(values), _) => buffer_16(width, height, layout, self.convert(values)),
        };
        pixels.ok_or_else(|| Error::Decode("the TIFF file has too few samples".into()))
    }

    fn has_one_colour(&self) -> bool {
        matches!(self.kind, Kind::Grey { .. })
    }

    fn look_up<T: Sample>(&self, values: &[T], palette: &[[u8; 3]], alpha: impl Fn(T) -> u8) -> Vec<u8> {
        let pixels = values.chunks_exact(self.samples);
        let mut found = Vec::with_capacity(pixels.len() * (3 + usize::from(self.alpha.is_some())));
        for pixel in pixels {
            found.extend(palette.get(Into::<u32>::into(pixel[0]) as usize).copied().unwrap_or_default());
            found.extend(self.alpha.map(|(index, _)| alpha(pixel[index])));
        }
        found
    }

    /// Whole numbers to grey or RGB, with straight alpha if there is one.
    fn convert<T: Sample>(&self, mut values: Vec<T>) -> Vec<T> {
        let premultiplied = self.alpha.is_some_and(|(_, premultiplied)| premultiplied);
        if self.is_read_as_it_is() && !premultiplied {
            return values;
        }
        let max = T::MAX as f32;
        let level = |value: T| -> u32 { value.into() };
        let unit = |value: T| level(value) as f32 / max;
        match &self.kind {
            Kind::Grey { white_is_zero: true } => {
                for pixel in values.chunks_exact_mut(self.samples) {
                    pixel[0] = T::from_u32(T::MAX - level(pixel[0]));
                }
                self.pack(&values, |pixel| [pixel[0]])
            }
            Kind::Grey { .. } => self.pack(&values, |pixel| [pixel[0]]),
            Kind::Rgb | Kind::Palette(_) => self.pack(&values, |pixel| [pixel[0], pixel[1], pixel[2]]),
            Kind::Cmyk => self.pack(&values, |pixel| {
                [0, 1, 2].map(|ink| T::from_unit((1.0 - unit(pixel[ink])) * (1.0 - unit(pixel[3]))))
            }),
            Kind::YCbCr => self.pack(&values, |pixel| {
                let middle = (T::MAX / 2 + 1) as f32 / max;
                let (y, blue, red) = (unit(pixel[0]), unit(pixel[1]) - middle, unit(pixel[2]) - middle);
                [y + 1.402 * red, y - 0.344_136 * blue - 0.714_136 * red, y + 1.772 * blue].map(T::from_unit)
            }),
            Kind::Lab { signed } => self.pack(&values, |pixel| {
                let scale = (T::MAX / 255).min(256) as f32;
                let channel = |value: T| {
                    let half = T::MAX / 2 + 1;
                    let value = if *signed { (level(value) + half) & T::MAX } else { level(value) };
                    (value as f32 - half as f32) / scale
                };
                let lightness =
                    if *signed || T::MAX == 255 { unit(pixel[0]) } else { level(pixel[0]) as f32 / 65280.0 };
                lab_to_srgb(100.0 * lightness, channel(pixel[1]), channel(pixel[2])).map(T::from_unit)
            }),
        }
    }

    /// Colours and straight alpha, one after the other.
    fn pack<T: Sample, const N: usize>(&self, values: &[T], colours: impl Fn(&[T]) -> [T; N]) -> Vec<T> {
        let pixels = values.chunks_exact(self.samples);
        let mut packed = Vec::with_capacity(pixels.len() * (N + usize::from(self.alpha.is_some())));
        for pixel in pixels {
            let mut colours = colours(pixel);
            if let Some((index, premultiplied)) = self.alpha {
                let alpha = u64::from(pixel[index].into());
                if premultiplied {
                    colours = colours.map(|value| {
                        let product = u64::from(value.into()) * u64::from(T::MAX);
                        T::from_u32((product + alpha / 2).checked_div(alpha).unwrap_or(0).min(T::MAX.into()) as u32)
                    });
                }
                packed.extend(colours);
                packed.push(pixel[index]);
            } else {
                packed.extend(colours);
            }
        }
        packed
    }

    /// Floats to 16 bits. Without a profile they are linear light, as all programs write
    /// them.
    fn develop(&self, values: Vec<f32>, has_profile: bool, notes: &mut Vec<String>) -> Result<Vec<u16>> {
        let colours = match self.kind {
            Kind::Grey { white_is_zero: false } => 1,
            Kind::Rgb => 3,
            _ => return Err(uncommon(Content::Tiff, "floats that are neither grey nor RGB")),
        };
        let pixels = values.chunks_exact(self.samples);
        let count = pixels.len() as u64;
        let mut developed = Vec::with_capacity(pixels.len() * (colours + usize::from(self.alpha.is_some())));
        let (mut beyond, mut invalid) = (0, 0);
        for pixel in pixels {
            let alpha = self.alpha.map(|(index, premultiplied)| (pixel[index].clamp(0.0, 1.0), premultiplied));
            let by = match alpha {
                Some((alpha, true)) if alpha > 0.0 => alpha,
                _ => 1.0,
            };
            invalid += u64::from(pixel[..colours].iter().any(|value| value.is_nan()));
            beyond += u64::from(pixel[..colours].iter().any(|&value| value / by > 1.0001));
            for &value in &pixel[..colours] {
                let value = value / by;
                developed.push(u16::from_unit(if has_profile { value } else { encode_srgb(value) }));
            }
            developed.extend(alpha.map(|(alpha, _)| u16::from_unit(alpha)));
        }
        let mut note = String::from(if has_profile {
            "its floating-point values were converted to 16 bits"
        } else {
            "its floating-point values are taken as linear light and converted to 16-bit sRGB"
        });
        if let Some(share) = share(beyond, count) {
            note += &format!("; {share} of the pixels are brighter than white and were clipped");
        }
        if let Some(share) = share(invalid, count) {
            note += &format!("; {share} of the pixels are not numbers and were set to black");
        }
        notes.push(note);
        Ok(developed)
    }
}

/// Samples in the order of pixels.
pub(super) enum Values {
    U8(Vec<u8>),
    U16(Vec<u16>),
    Float(Vec<f32>),
}

impl Values {
    /// From samples as stored: packed if they have fewer than 8 bits, plane by plane if there are
    /// several planes.
    pub fn new(
        stored: DecodingResult,
        meaning: &Meaning,
        width: u32,
        planes: usize,
        notes: &mut Vec<String>,
    ) -> Result<Self> {
        let mut shortened = |bits: u16| notes.push(format!("its {bits} bits per channel were reduced to 16"));
        let values = match stored {
            DecodingResult::U8(values) if meaning.bits < 8 => {
                let row = width as usize * if planes > 1 { 1 } else { meaning.samples };
                let is_index = matches!(meaning.kind, Kind::Palette(_));
                Self::U8(unpack(&values, row, meaning.bits.into(), is_index))
            }
            DecodingResult::U8(values) => Self::U8(values),
            DecodingResult::U16(values) => Self::U16(values),
            DecodingResult::U32(values) => {
                shortened(32);
                Self::U16(values.into_iter().map(|value| (value >> 16) as u16).collect())
            }
            DecodingResult::U64(values) => {
                shortened(64);
                Self::U16(values.into_iter().map(|value| (value >> 48) as u16).collect())
            }
            DecodingResult::F16(values) => Self::Float(values.into_iter().map(f32::from).collect()),
            DecodingResult::F32(values) => Self::Float(values),
            DecodingResult::F64(values) => Self::Float(values.into_iter().map(|value| value as f32).collect()),
            _ => return Err(uncommon(Content::Tiff, "signed numbers")),
        };
        Ok(if planes < 2 {
            values
        } else {
            match values {
                Self::U8(values) => Self::U8(interleave(&values, planes)),
                Self::U16(values) => Self::U16(interleave(&values, planes)),
                Self::Float(values) => Self::Float(interleave(&values, planes)),
            }
        })
    }
}

/// Samples of fewer than 8 bits, each row in whole bytes. Colours are widened to the full range.
fn unpack(values: &[u8], row: usize, bits: usize, is_index: bool) -> Vec<u8> {
    let max = (1_u32 << bits) - 1;
    let mut unpacked = Vec::with_capacity(values.len() * 8 / bits);
    for bytes in values.chunks_exact((row * bits).div_ceil(8)) {
        let mut kept = 0_u32;
        let mut have = 0;
        let mut bytes = bytes.iter();
        for _ in 0..row {
            while have < bits {
                kept = kept << 8 | u32::from(*bytes.next().expect("a row has all its bits"));
                have += 8;
            }
            have -= bits;
            let value = kept >> have & max;
            unpacked.push(if is_index { value as u8 } else { ((value * 255 + max / 2) / max) as u8 });
        }
    }
    unpacked
}

fn interleave<T: Copy>(values: &[T], planes: usize) -> Vec<T> {
    let pixels = values.len() / planes;
    (0..pixels).flat_map(|pixel| (0..planes).map(move |plane| values[plane * pixels + pixel])).collect()
}

/// CIE L*a*b* of white D50 to sRGB from 0 to 1, by way of XYZ.
fn lab_to_srgb(lightness: f32, a: f32, b: f32) -> [f32; 3] {
    let middle = (lightness + 16.0) / 116.0;
    let cubed = |value: f32| if value > 6.0 / 29.0 { value.powi(3) } else { (value - 4.0 / 29.0) * 108.0 / 841.0 };
    let [x, y, z] = [0.9642 * cubed(middle + a / 500.0), cubed(middle), 0.8249 * cubed(middle - b / 200.0)];
    // Bradford's adaptation to D65 is part of it.
    const TO_SRGB: [[f32; 3]; 3] =
        [[3.133_856, -1.616_867, -0.490_615], [-0.978_768, 1.916_142, 0.033_454], [0.071_945, -0.228_991, 1.405_243]];
    TO_SRGB.map(|row| encode_srgb(row[0] * x + row[1] * y + row[2] * z))
}

fn buffer_8(width: u32, height: u32, (grey, alpha): (bool, bool), values: Vec<u8>) -> Option<DynamicImage> {
    match (grey, alpha) {
        (true, false) => ImageBuffer::from_raw(width, height, values).map(DynamicImage::ImageLuma8),
        (true, true) => ImageBuffer::from_raw(width, height, values).map(DynamicImage::ImageLumaA8),
        (false, false) => ImageBuffer::from_raw(width, height, values).map(DynamicImage::ImageRgb8),
        (false, true) => ImageBuffer::from_raw(width, height, values).map(DynamicImage::ImageRgba8),
    }
}

fn buffer_16(width: u32, height: u32, (grey, alpha): (bool, bool), values: Vec<u16>) -> Option<DynamicImage> {
    match (grey, alpha) {
        (true, false) => ImageBuffer::from_raw(width, height, values).map(DynamicImage::ImageLuma16),
        (true, true) => ImageBuffer::from_raw(width, height, values).map(DynamicImage::ImageLumaA16),
        (false, false) => ImageBuffer::from_raw(width, height, values).map(DynamicImage::ImageRgb16),
        (false, true) => ImageBuffer::from_raw(width, height, values).map(DynamicImage::ImageRgba16),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_unpacked_row_by_row() {
        assert_eq!(unpack(&[0b1010_0000, 0b0100_0000], 3, 1, false), [255, 0, 255, 0, 255, 0]);
        assert_eq!(unpack(&[0x12, 0x30], 3, 4, true), [1, 2, 3]);
        assert_eq!(unpack(&[0b0001_1000, 0b1000_0000], 3, 3, false), [0, 219, 36]);
    }

    #[test]
    fn lab_of_known_colours() {
        for (lab, srgb) in [
            ([100.0, 0.0, 0.0], [255.0, 255.0, 255.0]),
            ([53.585, 0.0, 0.0], [128.0, 128.0, 128.0]),
            // sRGB's red under D50.
            ([54.29, 80.81, 69.89], [255.0, 0.0, 0.0]),
        ] {
            let got = lab_to_srgb(lab[0], lab[1], lab[2]).map(|value| value * 255.0);
            assert!(got.iter().zip(srgb).all(|(a, b): (&f32, f32)| (a - b).abs() < 1.5), "{got:?}");
        }
    }

    #[test]
    fn premultiplied_colours_are_divided() {
        let meaning = Meaning::new(Kind::Rgb, 4, 8, Some(vec![1])).unwrap();
        assert_eq!(meaning.convert(vec![64_u8, 32, 0, 64, 9, 9, 9, 0]), [255, 128, 0, 64, 0, 0, 0, 0]);
    }
}
