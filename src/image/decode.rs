//! Reading: bytes to an upright [`Picture`].

use std::io::{Cursor, ErrorKind};

use image::codecs::{bmp, gif, ico, jpeg, png, webp};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError};

use super::colour::{self, Described};
use super::container::{
    bmp_profile, frame_count, png_colours, png_is_for_iphones, png_size, webp_frame_is_wrong, webp_profile,
};
use super::jpeg::{Header, scans, with_end, without_filling};
use super::limits::Limits;
use super::problems::{CMYK_NOTE, DAMAGE_NOTE, cut_short, too_much_memory, uncommon, unsupported};
use super::sniff::{Content, sniff, sniff_binary};
use super::{Layout, Picture, Samples, exif, profile, tiff};
use crate::error::{Error, Result};

/// Reads a PNG, JPEG, WebP, GIF, BMP, TIFF or ICO file; the format is recognised by the content.
///
/// The EXIF orientation is applied, so the picture is upright and nothing must turn it again. Grey
/// stays grey, 16 bits stay 16; palettes and transparent colours are expanded. CMYK becomes RGB. Of
/// several frames or pages, the first is read; of several icon sizes, the best. A note says so.
/// An ICC profile that fits is kept in [`Picture::profile`]. HDR and floating-point samples become
/// sRGB.
///
/// # Errors
/// [`Error::UnsupportedFormat`] for other content, [`Error::TooLarge`] when the header claims more
/// than `limits` (before memory is taken), [`Error::Decode`] for damaged, cut or empty files.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Picture> {
    let content = sniff(bytes);
    let input = Cursor::new(bytes);
    let failed = |error| explain(content, error);
    let file = File { content, bytes, limits };
    match content {
        Content::Png => {
            if png_is_for_iphones(bytes) {
                return Err(uncommon(content, "made for iPhone apps only"));
            }
            if let Some((width, height)) = png_size(bytes) {
                limits.check(width, height)?;
            }
            // The limits go in before the header is read: compressed chunks before the pixels can
            // be bombs too.
            file.read(png::PngDecoder::with_limits(input, limits.for_decoder()).map_err(failed)?)
        }
        Content::Jpeg => jpeg(file),
        Content::WebP => {
            // The decoder would write such pixels beyond the frame.
            if webp_frame_is_wrong(bytes) {
                return Err(Error::Decode(
                    "the WebP file cannot be decoded (its first frame and its pixels differ in size)".into(),
                ));
            }
            file.read(webp::WebPDecoder::new(input).map_err(failed)?)
        }
        Content::Gif => file.read(gif::GifDecoder::new(input).map_err(failed)?).map(drop_opaque),
        Content::Bmp => file.read(bmp::BmpDecoder::new(input).map_err(failed)?),
        Content::Tiff => {
            let page = tiff::read(bytes, limits)?;
            finish(page.image, page.orientation, page.notes, Colours::Icc(page.icc))
        }
        Content::Ico => file.read(ico::IcoDecoder::new(input).map_err(failed)?),
        Content::Empty => Err(Error::Decode("the file is empty".into())),
        Content::Avif => {
            Err(unsupported("AVIF: open it in the page, where the browser decodes it, or convert it to PNG"))
        }
        Content::Svg => Err(unsupported("SVG is a vector drawing: export it as PNG in the size that you need")),
        Content::Heif | Content::JpegXl => {
            Err(unsupported(&format!("{}: convert it to PNG or JPEG first", content.name())))
        }
        Content::Text => Err(unsupported("it is text; use PNG, JPEG, WebP, GIF, BMP, TIFF or ICO")),
        Content::Unknown => Err(unsupported("use PNG, JPEG, WebP, GIF, BMP, TIFF or ICO")),
    }
}

/// Reads a JPEG. Its end marker may be missing, but no pixel.
fn jpeg(file: File) -> Result<Picture> {
    let header = Header::of(file.bytes);
    if let Some(kind) = header.uncommon() {
        return Err(uncommon(file.content, &kind));
    }
    let decode = |bytes: &[u8]| {
        let decoder = jpeg::JpegDecoder::new(Cursor::new(bytes)).map_err(|error| explain(file.content, error))?;
        File { bytes, ..file }.read(decoder)
    };
    let mut picture = if header.ends {
        let mut picture = decode(file.bytes)?;
        picture.notes.extend(damage(file.bytes).map(String::from));
        picture
    } else {
        let cut = || cut_short(file.content);
        let data = without_filling(file.bytes);
        let decoded = decode(&with_end(data));
        let mut picture = decoded.map_err(|error| if matches!(error, Error::Decode(_)) { cut() } else { error })?;
        if scans::are_whole(data) != Some(true) {
            return Err(cut());
        }
        picture.notes.push("its end marker is missing, but all pixels are there".into());
        picture
    };
    if header.is_cmyk() {
        picture.notes.insert(0, CMYK_NOTE.into());
    }
    Ok(picture)
}

/// A note on a file that any decoder reads, although a part of its pixels is missing.
pub fn damage(file: &[u8]) -> Option<&'static str> {
    let is_damaged = sniff_binary(file) == Some(Content::Jpeg) && scans::are_whole(file) == Some(false);
    is_damaged.then_some(DAMAGE_NOTE)
}

/// A file that one of the decoders of `image` reads.
#[derive(Clone, Copy)]
struct File<'a> {
    content: Content,
    bytes: &'a [u8],
    limits: &'a Limits,
}

impl File<'_> {
    fn read(self, decoder: impl ImageDecoder) -> Result<Picture> {
        self.read_boxed(Box::new(decoder))
    }

    /// Boxed, because otherwise this code, most of it from `image`, would be compiled again for
    /// each decoder.
    fn read_boxed(self, mut decoder: Box<dyn ImageDecoder + '_>) -> Result<Picture> {
        let Self { content, bytes, limits } = self;
        let failed = |error| explain(content, error);
        let (width, height) = decoder.dimensions();
        limits.check(width, height)?;
        let described = if content == Content::Png { png_colours(bytes) } else { None };
        let colours = match described {
            Some(described) => Colours::Described(described),
            None if content == Content::Bmp => Colours::Icc(bmp_profile(bytes).map(<[u8]>::to_vec)),
            // The decoder takes as much memory as the chunk claims to have.
            None if content == Content::WebP => Colours::Icc(webp_profile(bytes).map(<[u8]>::to_vec)),
            // The pixels are usable even if the profile cannot be read.
            None => Colours::Icc(decoder.icc_profile().ok().flatten()),
        };
        decoder.set_limits(limits.for_decoder()).map_err(failed)?;
        let image = DynamicImage::from_decoder(decoder).map_err(failed)?;
        finish(image, exif::orientation(content, bytes), frame_note(content, bytes), colours)
    }
}

/// The colours as the file describes them.
enum Colours {
    Icc(Option<Vec<u8>>),
    Described(Described),
}

fn finish(mut image: DynamicImage, orientation: Orientation, notes: Vec<String>, colours: Colours) -> Result<Picture> {
    image.apply_orientation(orientation);
    let mut picture = from_image(image)?;
    picture.notes = notes;
    match colours {
        Colours::Icc(None) => {}
        Colours::Icc(Some(icc)) => profile::attach(&mut picture, icc),
        Colours::Described(described) => colour::apply(&mut picture, described),
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
        _ => unreachable!("no decoder here gives floats"),
    };
    // No decoder may hand out an empty picture, whatever the header says.
    Picture::new(width, height, layout, samples)
        .map_err(|_| Error::Decode(format!("it claims a size of {width} x {height} pixels")))
}

/// The GIF decoder always gives alpha. If every pixel is opaque, alpha is useless and costs a
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
        (count, Content::Ico) => vec![format!("the best of {count} sizes")],
        (count, _) => vec![format!("the first of {count} frames")],
    }
}

/// One line in our words, around the decoder's own reason.
fn explain(content: Content, error: ImageError) -> Error {
    let name = content.name();
    match error {
        ImageError::Unsupported(error) => uncommon(content, &error.to_string()),
        ImageError::Limits(_) => too_much_memory(content),
        ImageError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => cut_short(content),
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
    fn an_opaque_alpha_is_dropped_and_another_is_kept() {
        let opaque = Picture::new(1, 1, Layout::RgbAlpha, Samples::U8(vec![1, 2, 3, 255])).unwrap();
        assert_eq!(drop_opaque(opaque).layout, Layout::Rgb);
        let clear = Picture::new(1, 1, Layout::RgbAlpha, Samples::U8(vec![1, 2, 3, 254])).unwrap();
        assert_eq!(drop_opaque(clear).layout, Layout::RgbAlpha);
    }
}
