//! Reading: bytes to an upright [`Picture`].

use std::io::{Cursor, ErrorKind};

use image::codecs::{bmp, gif, ico, jpeg, png, tiff, webp};
use image::metadata::Orientation;
use image::{DynamicImage, ExtendedColorType, ImageDecoder, ImageError};

use super::container::{frame_count, jpeg_facts, png_gamma, png_size};
use super::profile;
use super::sniff::{Content, sniff};
use super::{Layout, Picture, Samples};
use crate::error::{Error, Result};

/// How large a picture may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Width times height, at most.
    pub max_pixels: u64,
}

impl Default for Limits {
    /// 128 megapixels: the largest medium-format cameras pass (102), and a decoded picture stays
    /// below 1 GiB even with 16 bits and alpha.
    fn default() -> Self {
        Self { max_pixels: 128_000_000 }
    }
}

impl Limits {
    fn check(&self, width: u32, height: u32) -> Result<()> {
        let (width, height) = (u64::from(width), u64::from(height));
        if width * height <= self.max_pixels {
            return Ok(());
        }
        let limit = self.max_pixels / 1_000_000;
        Err(Error::TooLarge { what: "the picture", width, height, limit, advice: "choose a smaller picture" })
    }

    /// The most that a decoder may allocate: the result with 16 bits and alpha, and as much again
    /// for its own work.
    fn for_decoder(&self) -> image::Limits {
        let mut limits = image::Limits::no_limits();
        limits.max_alloc = Some(self.max_pixels.saturating_mul(2 * 8).max(1 << 24));
        limits
    }
}

/// Reads a PNG, JPEG, WebP, GIF, BMP, TIFF or ICO file; the format is recognised by the content.
///
/// The EXIF orientation is applied, so the picture is upright and nothing must turn it again. Grey
/// stays grey, 16 bits stay 16; palettes and transparent colours are expanded. CMYK becomes RGB. Of
/// several frames or pages, the first is read; of several icon sizes, the best. A note says so.
/// An ICC profile that fits is kept in [`Picture::profile`].
///
/// # Errors
/// [`Error::UnsupportedFormat`] for other content, [`Error::TooLarge`] when the header claims more
/// than `limits` (before memory is taken), [`Error::Decode`] for damaged, cut or empty files.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Picture> {
    let content = sniff(bytes);
    let input = Cursor::new(bytes);
    let failed = |error| explain(content, error);
    let mut notes = frame_note(content, bytes);
    match content {
        Content::Png => {
            if let Some((width, height)) = png_size(bytes) {
                limits.check(width, height)?;
            }
            // The limits go in before the header is read: compressed chunks before the pixels can
            // be bombs too.
            let decoder = png::PngDecoder::with_limits(input, limits.for_decoder()).map_err(failed)?;
            notes.extend(gamma_note(bytes));
            read(Box::new(decoder), content, limits, notes)
        }
        Content::Jpeg => {
            let facts = jpeg_facts(bytes);
            if !facts.complete {
                return Err(Error::Decode("the JPEG file is cut short".into()));
            }
            let cmyk = facts.components == 4;
            notes.extend(cmyk.then(cmyk_note));
            read(Box::new(jpeg::JpegDecoder::new(input).map_err(failed)?), content, limits, notes)
        }
        Content::WebP => read(Box::new(webp::WebPDecoder::new(input).map_err(failed)?), content, limits, notes),
        Content::Gif => {
            read(Box::new(gif::GifDecoder::new(input).map_err(failed)?), content, limits, notes).map(drop_opaque)
        }
        Content::Bmp => read(Box::new(bmp::BmpDecoder::new(input).map_err(failed)?), content, limits, notes),
        Content::Tiff => {
            let decoder = tiff::TiffDecoder::new(input).map_err(failed)?;
            let original = decoder.original_color_type();
            let cmyk = matches!(original, ExtendedColorType::Cmyk8 | ExtendedColorType::Cmyk16);
            notes.extend(cmyk.then(cmyk_note));
            read(Box::new(decoder), content, limits, notes)
        }
        Content::Ico => read(Box::new(ico::IcoDecoder::new(input).map_err(failed)?), content, limits, notes),
        Content::Empty => Err(Error::Decode("the file is empty".into())),
        Content::Avif => {
            Err(unsupported("AVIF: open it in the page, where the browser decodes it, or convert it to PNG"))
        }
        Content::Svg => {
            Err(unsupported("SVG is a vector drawing, which needs no enlarging by pixels: export it as PNG"))
        }
        Content::Heif | Content::JpegXl => {
            Err(unsupported(&format!("{}: convert it to PNG or JPEG first", content.name())))
        }
        Content::Text => Err(unsupported("it is text; use PNG, JPEG, WebP, GIF, BMP, TIFF or ICO")),
        Content::Unknown => Err(unsupported("use PNG, JPEG, WebP, GIF, BMP, TIFF or ICO")),
    }
}

/// The EXIF metadata of a PNG, JPEG or WebP file, as [`encode_with`](super::encode_with) takes it:
/// without the orientation, which [`decode`] has applied. `None` where there is none, or none that
/// can be read.
pub fn exif(bytes: &[u8]) -> Option<Vec<u8>> {
    let input = Cursor::new(bytes);
    let mut decoder: Box<dyn ImageDecoder> = match sniff(bytes) {
        Content::Png => Box::new(png::PngDecoder::with_limits(input, Limits::default().for_decoder()).ok()?),
        Content::Jpeg => Box::new(jpeg::JpegDecoder::new(input).ok()?),
        Content::WebP => Box::new(webp::WebPDecoder::new(input).ok()?),
        _ => return None,
    };
    let mut exif = decoder.exif_metadata().ok().flatten()?;
    // The orientation is removed because it is already applied; its value is not needed.
    let _ = Orientation::remove_from_exif_chunk(&mut exif);
    Some(exif)
}

fn unsupported(why: &str) -> Error {
    Error::UnsupportedFormat(why.into())
}

/// By reference, whatever the decoder: most of this is code of `image` that would be compiled again
/// for each.
fn read(
    mut decoder: Box<dyn ImageDecoder + '_>,
    content: Content,
    limits: &Limits,
    notes: Vec<String>,
) -> Result<Picture> {
    let failed = |error| explain(content, error);
    let (width, height) = decoder.dimensions();
    limits.check(width, height)?;
    // Metadata that cannot be read is no reason to refuse the pixels. It comes before the limits:
    // with them the TIFF decoder takes no profile that is larger than the pixels.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let icc = decoder.icc_profile().ok().flatten();
    decoder.set_limits(limits.for_decoder()).map_err(failed)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(failed)?;
    image.apply_orientation(orientation);
    let mut picture = from_image(image)?;
    picture.notes = notes;
    if let Some(icc) = icc {
        profile::attach(&mut picture, icc);
    }
    Ok(picture)
}

fn from_image(image: DynamicImage) -> Result<Picture> {
    let (width, height) = (image.width(), image.height());
    let (layout, samples) = match image {
        DynamicImage::ImageLuma8(pixels) => (Layout::Grey, Samples::U8(pixels.into_raw())),
        DynamicImage::ImageLumaA8(pixels) => (Layout::GreyAlpha, Samples::U8(pixels.into_raw())),
        DynamicImage::ImageRgb8(pixels) => (Layout::Rgb, Samples::U8(pixels.into_raw())),
        DynamicImage::ImageRgba8(pixels) => (Layout::RgbAlpha, Samples::U8(pixels.into_raw())),
        DynamicImage::ImageLuma16(pixels) => (Layout::Grey, Samples::U16(pixels.into_raw())),
        DynamicImage::ImageLumaA16(pixels) => (Layout::GreyAlpha, Samples::U16(pixels.into_raw())),
        DynamicImage::ImageRgb16(pixels) => (Layout::Rgb, Samples::U16(pixels.into_raw())),
        DynamicImage::ImageRgba16(pixels) => (Layout::RgbAlpha, Samples::U16(pixels.into_raw())),
        // 32-bit floats, which only TIFF has here.
        image if image.color().has_alpha() => (Layout::RgbAlpha, Samples::U16(image.into_rgba16().into_raw())),
        image => (Layout::Rgb, Samples::U16(image.into_rgb16().into_raw())),
    };
    // No decoder may hand out an empty picture, whatever the header says.
    Picture::new(width, height, layout, samples)
        .map_err(|_| Error::Decode(format!("it claims a size of {width} x {height} pixels")))
}

/// The GIF decoder always gives alpha. Where every pixel is opaque it says nothing, and costs a
/// quarter of the memory.
fn drop_opaque(picture: Picture) -> Picture {
    let opaque = match &picture.samples {
        Samples::U8(values) => values.chunks_exact(4).all(|pixel| pixel[3] == u8::MAX),
        Samples::U16(values) => values.chunks_exact(4).all(|pixel| pixel[3] == u16::MAX),
    };
    if opaque { picture.split_alpha().0 } else { picture }
}

fn frame_note(content: Content, bytes: &[u8]) -> Vec<String> {
    match (frame_count(content, bytes), content) {
        (0 | 1, _) => Vec::new(),
        (count, Content::Tiff) => vec![format!("the first of {count} pages")],
        (count, Content::Ico) => vec![format!("the best of {count} sizes")],
        (count, _) => vec![format!("the first of {count} frames")],
    }
}

fn cmyk_note() -> String {
    "converted from CMYK to RGB without a profile: colours are approximate".into()
}

/// A note if a PNG asks for a gamma other than about 1 / 2.2, which few programs honour.
fn gamma_note(bytes: &[u8]) -> Option<String> {
    let gamma = png_gamma(bytes)?;
    let unusual = (gamma - 1.0 / 2.2).abs() > 0.02;
    unusual.then(|| format!("its gamma value of {gamma:.2} is ignored: the colours are taken as sRGB"))
}

/// One line in our words, around the decoder's own reason.
fn explain(content: Content, error: ImageError) -> Error {
    let name = content.name();
    match error {
        ImageError::Unsupported(error) => {
            unsupported(&format!("a {name} file of an uncommon kind ({error}): save it as an ordinary PNG or JPEG"))
        }
        ImageError::Limits(_) => Error::Decode(format!("the {name} file needs more memory than its size justifies")),
        ImageError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
            Error::Decode(format!("the {name} file is cut short"))
        }
        error => {
            // The outer error only repeats the format's name.
            let reason = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
            // The rest of the PNG decoder's message is a dump of its chunk's flags.
            let reason = reason.split(" while decoding").next().unwrap_or_default();
            let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
            Error::Decode(format!("the {name} file cannot be decoded ({})", reason.trim_end_matches('.')))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_on_the_area() {
        let limits = Limits { max_pixels: 100 };
        assert!(limits.check(10, 10).is_ok());
        assert!(limits.check(100, 1).is_ok());
        let error = limits.check(11, 10).unwrap_err();
        assert!(matches!(error, Error::TooLarge { width: 11, height: 10, .. }));
        assert!(limits.check(u32::MAX, u32::MAX).is_err());
    }

    #[test]
    fn an_opaque_alpha_is_dropped_and_another_is_kept() {
        let opaque = Picture::new(1, 1, Layout::RgbAlpha, Samples::U8(vec![1, 2, 3, 255])).unwrap();
        assert_eq!(drop_opaque(opaque).layout, Layout::Rgb);
        let clear = Picture::new(1, 1, Layout::RgbAlpha, Samples::U8(vec![1, 2, 3, 254])).unwrap();
        assert_eq!(drop_opaque(clear).layout, Layout::RgbAlpha);
    }
}
