//! Pictures: reading, writing, colour, alpha and resizing.
//!
//! Everything here works on bytes in memory, without files, threads or C, so that the command and
//! the browser run the same code. [`decode`] sniffs the format from the content and gives an
//! upright [`Picture`]; [`encode`] writes one.
//!
//! ```
//! use splitsr::image::{Format, Layout, Limits, Picture, Samples, decode, encode};
//!
//! let picture = Picture::new(2, 1, Layout::Rgb, Samples::U8(vec![255, 0, 0, 0, 0, 255]))?;
//! let png = encode(&picture, Format::Png)?;
//! assert_eq!(decode(&png, &Limits::default())?, picture);
//! # Ok::<(), splitsr::Error>(())
//! ```

pub mod alpha;
mod blocks;
mod bytes;
mod colour;
mod compression;
mod container;
mod decode;
mod encode;
mod exif;
mod heif;
mod interpolate;
mod jpeg;
mod limits;
pub(crate) mod matlab;
mod planes;
mod problems;
pub mod profile;
pub mod resize;
mod sample;
mod sniff;
mod tiff;
mod vp8;

pub use compression::{ChromaSampling, Compression, CompressionKind};
pub use decode::{damage, decode};
pub use encode::{DEFAULT_JPEG_QUALITY, Encoded, Format, encode, encode_with};
pub use exif::exif;
pub use heif::{browser_notes, name_colours};
pub(crate) use interpolate::interpolate;
pub use limits::Limits;
pub use planes::Area;
pub(crate) use planes::LUMA;
pub(crate) use planes::to_8_bits;
pub use sniff::{Content, SNIFFED, sniff};

use std::ops::Range;

use crate::error::{Error, Result};

/// A decoded picture: upright (the EXIF orientation is already applied), rows from the top, without
/// padding, channels interleaved.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// Pixels in a row; at least 1.
    pub width: u32,
    /// Rows; at least 1.
    pub height: u32,
    /// Which channels a pixel has.
    pub layout: Layout,
    /// `width * height * layout.channels()` values.
    pub samples: Samples,
    /// The ICC profile that gives the values their colours, to be carried into the output; `None`
    /// means sRGB.
    pub profile: Option<Vec<u8>>,
    /// Remarks for the user about how the file was read, each a phrase: "the first of 4 frames".
    pub notes: Vec<String>,
}

/// The channels of a pixel, in their order. Alpha is straight, not premultiplied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// One channel.
    Grey,
    /// Grey, then alpha.
    GreyAlpha,
    /// Red, green, blue.
    Rgb,
    /// Red, green, blue, alpha.
    RgbAlpha,
}

impl Layout {
    /// All channels of a pixel, alpha included.
    pub fn channels(self) -> usize {
        self.colours() + usize::from(self.has_alpha())
    }

    /// The channels without alpha: 1 or 3.
    pub fn colours(self) -> usize {
        if self.is_grey() { 1 } else { 3 }
    }

    /// Whether the last channel is alpha.
    pub fn has_alpha(self) -> bool {
        matches!(self, Self::GreyAlpha | Self::RgbAlpha)
    }

    /// Whether there is one colour channel.
    pub fn is_grey(self) -> bool {
        matches!(self, Self::Grey | Self::GreyAlpha)
    }

    /// The same colours with or without alpha.
    pub fn with_alpha(self, alpha: bool) -> Self {
        match (self.is_grey(), alpha) {
            (true, false) => Self::Grey,
            (true, true) => Self::GreyAlpha,
            (false, false) => Self::Rgb,
            (false, true) => Self::RgbAlpha,
        }
    }
}

/// Bits of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// 0 to 255.
    Eight,
    /// 0 to 65535.
    Sixteen,
}

/// The values of a picture's channels.
#[derive(Debug, Clone, PartialEq)]
pub enum Samples {
    /// 8 bits per channel.
    U8(Vec<u8>),
    /// 16 bits per channel.
    U16(Vec<u16>),
}

impl Samples {
    /// How many values there are.
    pub fn len(&self) -> usize {
        match self {
            Self::U8(values) => values.len(),
            Self::U16(values) => values.len(),
        }
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bits of a channel.
    pub fn depth(&self) -> Depth {
        match self {
            Self::U8(_) => Depth::Eight,
            Self::U16(_) => Depth::Sixteen,
        }
    }
}

/// 16 bits to 8, to the nearest: 65535 becomes 255, and no value overflows.
fn narrow(value: u16) -> u8 {
    ((u32::from(value) * 255 + 32767) / 65535) as u8
}

impl Picture {
    /// An sRGB picture without notes.
    ///
    /// # Errors
    /// [`Error::Config`] when a side is 0 or the number of samples is not
    /// `width * height * channels`.
    pub fn new(width: u32, height: u32, layout: Layout, samples: Samples) -> Result<Self> {
        let expected = u64::from(width) * u64::from(height) * layout.channels() as u64;
        if expected == 0 || samples.len() as u64 != expected {
            let got = samples.len();
            return Err(Error::Config(format!(
                "a {width} x {height} picture of {} channels has {expected} samples (at least 1), not {got}",
                layout.channels()
            )));
        }
        Ok(Self { width, height, layout, samples, profile: None, notes: Vec::new() })
    }

    /// A picture whose samples are all 0: black, and fully transparent if it has alpha.
    ///
    /// # Errors
    /// As [`Picture::new`].
    pub fn blank(width: u32, height: u32, layout: Layout, depth: Depth) -> Result<Self> {
        let len = width as usize * height as usize * layout.channels();
        let samples = match depth {
            Depth::Eight => Samples::U8(vec![0; len]),
            Depth::Sixteen => Samples::U16(vec![0; len]),
        };
        Self::new(width, height, layout, samples)
    }

    /// The same picture with other pixels: profile and notes stay.
    fn with_pixels(&self, width: u32, height: u32, layout: Layout, samples: Samples) -> Self {
        debug_assert_eq!(samples.len(), width as usize * height as usize * layout.channels());
        let (profile, notes) = (self.profile.clone(), self.notes.clone());
        Self { width, height, layout, samples, profile, notes }
    }

    /// The part of it in `area`.
    ///
    /// # Panics
    /// When `area` is empty or not inside the picture.
    pub fn crop(&self, area: Area) -> Self {
        assert!(area.width > 0 && area.height > 0, "an empty area is no picture");
        let rows = (0..area.height).map(|y| self.row_range(area, y));
        let count = area.width as usize * area.height as usize * self.layout.channels();
        let samples = match &self.samples {
            Samples::U8(values) => Samples::U8(gather(values, rows, count)),
            Samples::U16(values) => Samples::U16(gather(values, rows, count)),
        };
        self.with_pixels(area.width, area.height, self.layout, samples)
    }

    /// 8 bits per channel, each value rounded to the nearest.
    pub fn into_8_bit(mut self) -> Self {
        if let Samples::U16(values) = &self.samples {
            self.samples = Samples::U8(values.iter().map(|&value| narrow(value)).collect());
        }
        self
    }

    /// Grey replicated to red, green and blue; alpha stays. A grey profile does not describe RGB
    /// values: convert the colours first ([`profile::into_srgb`]) where there may be one.
    pub fn into_rgb(self) -> Self {
        if !self.layout.is_grey() {
            return self;
        }
        let alpha = self.layout.has_alpha();
        let samples = match &self.samples {
            Samples::U8(values) => Samples::U8(replicate(values, alpha)),
            Samples::U16(values) => Samples::U16(replicate(values, alpha)),
        };
        let mut rgb = self.with_pixels(self.width, self.height, Layout::Rgb.with_alpha(alpha), samples);
        rgb.profile = None;
        rgb
    }

    /// The colours, and the alpha channel as a grey picture (`None` where there is none).
    pub fn split_alpha(self) -> (Self, Option<Self>) {
        if !self.layout.has_alpha() {
            return (self, None);
        }
        let channels = self.layout.channels();
        let (colour, alpha) = match &self.samples {
            Samples::U8(values) => {
                let (colour, alpha) = split_last(values, channels);
                (Samples::U8(colour), Samples::U8(alpha))
            }
            Samples::U16(values) => {
                let (colour, alpha) = split_last(values, channels);
                (Samples::U16(colour), Samples::U16(alpha))
            }
        };
        let colour = self.with_pixels(self.width, self.height, self.layout.with_alpha(false), colour);
        let mut alpha = self.with_pixels(self.width, self.height, Layout::Grey, alpha);
        (alpha.profile, alpha.notes) = (None, Vec::new());
        (colour, Some(alpha))
    }

    /// The inverse of [`Picture::split_alpha`].
    ///
    /// # Errors
    /// [`Error::Config`] when `alpha` is not a grey picture of the same size and depth, or this one
    /// has alpha already.
    pub fn join_alpha(self, alpha: &Self) -> Result<Self> {
        let same_size = (self.width, self.height) == (alpha.width, alpha.height);
        if !same_size || alpha.layout != Layout::Grey || self.layout.has_alpha() {
            return Err(Error::Config("alpha must be a grey picture of the same size as the colours".into()));
        }
        let colours = self.layout.colours();
        let samples = match (&self.samples, &alpha.samples) {
            (Samples::U8(colour), Samples::U8(alpha)) => Samples::U8(append(colour, alpha, colours)),
            (Samples::U16(colour), Samples::U16(alpha)) => Samples::U16(append(colour, alpha, colours)),
            _ => {
                return Err(Error::Config("alpha must have the same depth as the colours".into()));
            }
        };
        Ok(self.with_pixels(self.width, self.height, self.layout.with_alpha(true), samples))
    }

    /// Red, green, blue, alpha, 8 bits each, row by row without padding: `4 * width * height`
    /// bytes.
    ///
    /// The values are as stored, whatever the profile says: a canvas expects sRGB, so convert first
    /// ([`profile::into_srgb`]) where the picture may carry one.
    pub fn to_rgba8(&self) -> Vec<u8> {
        let channels = self.layout.channels();
        match &self.samples {
            Samples::U8(values) => rgba(values, channels, |value| value),
            Samples::U16(values) => rgba(values, channels, narrow),
        }
    }
}

/// The `count` values in these ranges.
fn gather<T: Copy>(values: &[T], ranges: impl Iterator<Item = Range<usize>>, count: usize) -> Vec<T> {
    let mut gathered = Vec::with_capacity(count);
    ranges.for_each(|range| gathered.extend_from_slice(&values[range]));
    gathered
}

fn replicate<T: Copy>(values: &[T], alpha: bool) -> Vec<T> {
    if alpha {
        values.chunks_exact(2).flat_map(|pixel| [pixel[0], pixel[0], pixel[0], pixel[1]]).collect()
    } else {
        values.iter().flat_map(|&value| [value; 3]).collect()
    }
}

fn split_last<T: Copy>(values: &[T], channels: usize) -> (Vec<T>, Vec<T>) {
    let pixels = values.len() / channels;
    let (mut rest, mut last) = (Vec::with_capacity(values.len() - pixels), Vec::with_capacity(pixels));
    for pixel in values.chunks_exact(channels) {
        rest.extend_from_slice(&pixel[..channels - 1]);
        last.push(pixel[channels - 1]);
    }
    (rest, last)
}

fn append<T: Copy>(values: &[T], last: &[T], channels: usize) -> Vec<T> {
    let mut joined = Vec::with_capacity(values.len() + last.len());
    for (pixel, &last) in values.chunks_exact(channels).zip(last) {
        joined.extend_from_slice(pixel);
        joined.push(last);
    }
    joined
}

fn rgba<T: Copy>(values: &[T], channels: usize, to_8_bit: impl Fn(T) -> u8) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(values.len() / channels * 4);
    for pixel in values.chunks_exact(channels) {
        let value = |index: usize| to_8_bit(pixel[index]);
        bytes.extend_from_slice(&match channels {
            1 => [value(0), value(0), value(0), 255],
            2 => [value(0), value(0), value(0), value(1)],
            3 => [value(0), value(1), value(2), 255],
            _ => [value(0), value(1), value(2), value(3)],
        });
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn narrowing_rounds_and_inverts_widening() {
        for value in 0..=255u8 {
            assert_eq!(narrow(u16::from(value) * 257), value);
        }
        assert_eq!((narrow(128), narrow(129), narrow(65406), narrow(65407)), (0, 1, 254, 255));
    }

    #[test]
    fn wrong_sizes_are_refused() {
        assert!(Picture::new(2, 2, Layout::Rgb, Samples::U8(vec![0; 11])).is_err());
        assert!(Picture::new(0, 2, Layout::Rgb, Samples::U8(vec![])).is_err());
        let colour = Picture::blank(2, 2, Layout::Rgb, Depth::Eight).unwrap();
        let narrow = Picture::blank(1, 2, Layout::Grey, Depth::Eight).unwrap();
        let deep = Picture::blank(2, 2, Layout::Grey, Depth::Sixteen).unwrap();
        assert!(colour.clone().join_alpha(&narrow).is_err());
        assert!(colour.join_alpha(&deep).is_err());
    }

    #[test]
    fn rgba_of_each_layout() {
        let grey = Picture::new(1, 1, Layout::GreyAlpha, Samples::U16(vec![257 * 9, 257 * 7])).unwrap();
        assert_eq!(grey.to_rgba8(), [9, 9, 9, 7]);
        assert_eq!(grey.into_rgb().to_rgba8(), [9, 9, 9, 7]);
        let rgb = Picture::new(1, 1, Layout::Rgb, Samples::U8(vec![1, 2, 3])).unwrap();
        assert_eq!(rgb.to_rgba8(), [1, 2, 3, 255]);
    }

    proptest! {
        #[test]
        fn alpha_splits_and_joins(values in proptest::collection::vec(any::<u16>(), 24)) {
            let picture = Picture::new(3, 2, Layout::RgbAlpha, Samples::U16(values)).unwrap();
            let (colour, alpha) = picture.clone().split_alpha();
            prop_assert_eq!(colour.layout, Layout::Rgb);
            prop_assert_eq!(colour.join_alpha(&alpha.unwrap()).unwrap(), picture);
        }
    }
}
