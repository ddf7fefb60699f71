//! Writing: a [`Picture`] to bytes.

use std::borrow::Cow;
use std::io::Cursor;
use std::path::Path;

use image::codecs::{bmp, gif, jpeg, png, webp};
use image::{ExtendedColorType, ImageEncoder, ImageError};

use super::exif::fit_jpeg;
use super::profile::{into_srgb, is_convertible};
use super::{Depth, Layout, Picture, Samples, tiff};
use crate::error::{Error, Result};

/// The JPEG quality where none is asked for: no visible loss, as photographs are usually kept.
pub const DEFAULT_JPEG_QUALITY: u8 = 92;

/// A format to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Lossless; every layout, 16 bits, profile.
    Png,
    /// Lossy; 8 bits, profile. Transparent pixels are put on white.
    Jpeg {
        /// 1 (small) to 100 (good).
        quality: u8,
    },
    /// Lossless here; 8 bits, alpha, profile; at most 16384 pixels a side.
    WebP,
    /// Lossless; 8 bits, alpha, no profile: colours are converted to sRGB.
    Bmp,
    /// Lossless; 16 bits, alpha, profile.
    Tiff,
    /// 256 colours and full or no transparency; no profile: colours are converted to sRGB.
    Gif,
}

impl Format {
    /// The format that a file name asks for by its ending.
    ///
    /// # Errors
    /// [`Error::Encode`] when the ending is missing or of no format that is written here.
    pub fn from_path(path: &Path) -> Result<Self> {
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        Self::from_name(extension)
    }

    /// The format of that name or file ending, without a dot: "png", "JPG", "webp".
    ///
    /// # Errors
    /// [`Error::Encode`] when there is none.
    pub fn from_name(name: &str) -> Result<Self> {
        match name.to_ascii_lowercase().as_str() {
            "png" => Ok(Self::Png),
            "jpg" | "jpeg" => Ok(Self::Jpeg { quality: DEFAULT_JPEG_QUALITY }),
            "webp" => Ok(Self::WebP),
            "bmp" => Ok(Self::Bmp),
            "tif" | "tiff" => Ok(Self::Tiff),
            "gif" => Ok(Self::Gif),
            _ => Err(Error::Encode(format!(
                "\"{name}\" is not a format that can be written: choose png, jpg, webp, bmp, tif or gif"
            ))),
        }
    }

    /// The usual file ending, without a dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg { .. } => "jpg",
            Self::WebP => "webp",
            Self::Bmp => "bmp",
            Self::Tiff => "tif",
            Self::Gif => "gif",
        }
    }

    /// Checks whether a file of this format can hold so many pixels in `layout` and `depth`.
    ///
    /// # Errors
    /// [`Error::Encode`] if not.
    pub fn check(self, width: u32, height: u32, layout: Layout, depth: Depth) -> Result<()> {
        let bytes_per_value = if depth == Depth::Eight { 1 } else { 2 };
        let bytes = u64::from(width) * u64::from(height) * layout.channels() as u64 * bytes_per_value;
        let max_side = match self {
            Self::WebP => 16384,
            Self::Jpeg { .. } | Self::Gif => u16::MAX.into(),
            Self::Png | Self::Bmp | Self::Tiff => u32::MAX,
        };
        let why = if width.max(height) > max_side {
            format!("it has at most {max_side} pixels a side")
        } else if self == Self::Tiff && bytes > MAX_TIFF_BYTES {
            "it has at most 4 GB".into()
        } else {
            return Ok(());
        };
        let name = self.extension();
        Err(Error::Encode(format!("{width} x {height} pixels as {name}: {why}: choose another format, such as png")))
    }
}

/// The most bytes of pixels in a TIFF: its offsets have 32 bits. A little is left for the rest.
const MAX_TIFF_BYTES: u64 = u32::MAX as u64 - (1 << 24);

/// Writes `picture` in `format`. What the format cannot hold is reduced as each [`Format`] says;
/// the profile is carried where that is possible. No EXIF is written, so nothing can turn the
/// picture again.
///
/// # Errors
/// [`Error::Encode`] when the format cannot hold a picture of that size, or the JPEG quality is not
/// 1 to 100.
pub fn encode(picture: &Picture, format: Format) -> Result<Vec<u8>> {
    encode_with(picture, format, None).map(|encoded| encoded.bytes)
}

/// A written picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// The file.
    pub bytes: Vec<u8>,
    /// Remarks for the user on what the format cannot hold, each a phrase, as
    /// [`Picture::notes`](Picture::notes).
    pub notes: Vec<String>,
}

/// [`encode`], with EXIF metadata (see [`exif`](super::exif)) where the format is PNG, JPEG or
/// WebP; others have none.
///
/// # Errors
/// As [`encode`].
pub fn encode_with(picture: &Picture, format: Format, exif: Option<Vec<u8>>) -> Result<Encoded> {
    format.check(picture.width, picture.height, picture.layout, picture.samples.depth())?;
    let mut notes = Vec::new();
    let picture = fit(picture, format, &mut notes);
    let exif = exif.and_then(|exif| fit_exif(exif, format, &mut notes));
    let mut bytes = Cursor::new(Vec::new());
    match format {
        Format::Png => write(&picture, png::PngEncoder::new(&mut bytes), format, exif),
        Format::Jpeg { quality } => {
            if !(1..=100).contains(&quality) {
                return Err(Error::Encode(format!("the JPEG quality must be from 1 to 100, not {quality}")));
            }
            write(&picture, jpeg::JpegEncoder::new_with_quality(&mut bytes, quality), format, exif)
        }
        Format::WebP => write(&picture, webp::WebPEncoder::new_lossless(&mut bytes), format, exif),
        Format::Bmp => write(&picture, bmp::BmpEncoder::new(&mut bytes), format, None),
        Format::Tiff => {
            let written = tiff::write(&picture).map_err(|error| refused(&picture, format, &error))?;
            return Ok(Encoded { bytes: written, notes });
        }
        Format::Gif => write(&picture, gif::GifEncoder::new_with_speed(&mut bytes, GIF_SPEED), format, None),
    }?;
    Ok(Encoded { bytes: bytes.into_inner(), notes })
}

/// The metadata as `format` can hold it.
fn fit_exif(exif: Vec<u8>, format: Format, notes: &mut Vec<String>) -> Option<Vec<u8>> {
    match format {
        Format::Png | Format::WebP => Some(exif),
        Format::Jpeg { .. } => {
            let (fitted, note) = fit_jpeg(exif);
            notes.extend(note);
            fitted
        }
        Format::Bmp | Format::Tiff | Format::Gif => {
            notes.push(format!("its metadata is left out: it is not written to {} files", format.extension()));
            None
        }
    }
}

/// The palette search's own default: below it the time grows much faster than the quality.
const GIF_SPEED: i32 = 10;

/// The picture as `format` can hold it.
fn fit<'a>(picture: &'a Picture, format: Format, notes: &mut Vec<String>) -> Cow<'a, Picture> {
    let mut fitted = Cow::Borrowed(picture);
    // As the encoders write them, BMP has no grey with alpha, and GIF no grey at all.
    let needs_rgb = match format {
        Format::Bmp => picture.layout == Layout::GreyAlpha,
        Format::Gif => picture.layout.is_grey(),
        _ => false,
    };
    let name = format.extension();
    if picture.profile.is_some() && matches!(format, Format::Bmp | Format::Gif) {
        let done = if is_convertible(picture) { "converted to" } else { "taken as" };
        notes.push(format!("its colours are {done} sRGB: no profile is written to {name} files"));
        fitted = Cow::Owned(into_srgb(fitted.into_owned()));
    }
    let keeps_16_bit = matches!(format, Format::Png | Format::Tiff);
    if !keeps_16_bit && matches!(fitted.samples, Samples::U16(_)) {
        notes.push(format!("reduced from 16 to 8 bits per channel, as {name} files have"));
        fitted = Cow::Owned(fitted.into_owned().into_8_bit());
    }
    if matches!(format, Format::Jpeg { .. }) && picture.layout.has_alpha() {
        notes.push("transparent parts are now white, because jpg files have no transparency".into());
        fitted = Cow::Owned(over_white(&fitted));
    }
    if needs_rgb {
        fitted = Cow::Owned(fitted.into_owned().into_rgb());
    }
    fitted
}

/// The 8-bit colours blended over white by their alpha.
fn over_white(picture: &Picture) -> Picture {
    let Samples::U8(values) = &picture.samples else { unreachable!("reduced to 8 bits before") };
    let channels = picture.layout.channels();
    let mut blended = Vec::with_capacity(values.len() / channels * (channels - 1));
    for pixel in values.chunks_exact(channels) {
        let alpha = u32::from(pixel[channels - 1]);
        let blend = |&value: &u8| ((u32::from(value) * alpha + 255 * (255 - alpha) + 127) / 255) as u8;
        blended.extend(pixel[..channels - 1].iter().map(blend));
    }
    picture.with_pixels(picture.width, picture.height, picture.layout.with_alpha(false), Samples::U8(blended))
}

fn refused(picture: &Picture, format: Format, error: &dyn std::error::Error) -> Error {
    let (name, width, height) = (format.extension(), picture.width, picture.height);
    Error::Encode(format!("{width} x {height} pixels as {name}: {error}"))
}

fn write(picture: &Picture, mut encoder: impl ImageEncoder, format: Format, exif: Option<Vec<u8>>) -> Result<()> {
    let failed = |error: ImageError| refused(picture, format, &error);
    if let Some(icc) = &picture.profile {
        encoder.set_icc_profile(icc.clone()).map_err(|error| failed(ImageError::Unsupported(error)))?;
    }
    if let Some(exif) = exif {
        encoder.set_exif_metadata(exif).map_err(|error| failed(ImageError::Unsupported(error)))?;
    }
    let (colour, bytes) = match &picture.samples {
        Samples::U8(values) => {
            let colour = match picture.layout {
                Layout::Grey => ExtendedColorType::L8,
                Layout::GreyAlpha => ExtendedColorType::La8,
                Layout::Rgb => ExtendedColorType::Rgb8,
                Layout::RgbAlpha => ExtendedColorType::Rgba8,
            };
            (colour, values.as_slice())
        }
        Samples::U16(values) => {
            let colour = match picture.layout {
                Layout::Grey => ExtendedColorType::L16,
                Layout::GreyAlpha => ExtendedColorType::La16,
                Layout::Rgb => ExtendedColorType::Rgb16,
                Layout::RgbAlpha => ExtendedColorType::Rgba16,
            };
            (colour, bytemuck::cast_slice(values))
        }
    };
    encoder.write_image(bytes, picture.width, picture.height, colour).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::{Limits, decode};
    use proptest::prelude::*;

    const LAYOUTS: [Layout; 4] = [Layout::Grey, Layout::GreyAlpha, Layout::Rgb, Layout::RgbAlpha];

    fn read_back(picture: &Picture, format: Format) -> Picture {
        decode(&encode(picture, format).unwrap(), &Limits::default()).unwrap()
    }

    #[test]
    fn names_and_endings_agree() {
        for name in ["png", "jpg", "webp", "bmp", "tif", "gif"] {
            assert_eq!(Format::from_name(name).unwrap().extension(), name);
        }
        assert_eq!(Format::from_path(Path::new("a/b.JPEG")).unwrap().extension(), "jpg");
        for path in ["noending", "picture.xyz"] {
            assert!(matches!(Format::from_path(Path::new(path)), Err(Error::Encode(_))));
        }
    }

    #[test]
    fn what_a_format_cannot_hold_is_refused_in_words() {
        let wide = Picture::blank(16385, 1, Layout::Grey, Depth::Eight).unwrap();
        let error = encode(&wide, Format::WebP).unwrap_err().to_string();
        assert!(error.contains("16385 x 1"), "{error}");
        let wider = Picture::blank(65536, 1, Layout::Grey, Depth::Eight).unwrap();
        assert!(encode(&wider, Format::Gif).is_err());
        assert!(encode(&wider, Format::Jpeg { quality: 90 }).is_err());
        assert!(encode(&wide, Format::Jpeg { quality: 0 }).is_err());
        // Without such a picture: it would have 5 GB.
        let check = |format: Format| format.check(65535, 20_000, Layout::RgbAlpha, Depth::Eight);
        let error = check(Format::Tiff).unwrap_err().to_string();
        assert!(error.contains("65535 x 20000 pixels as tif: it has at most 4 GB"), "{error}");
        assert!(check(Format::Png).is_ok() && check(Format::Gif).is_ok());
        assert!(Format::WebP.check(16384, 16384, Layout::Rgb, Depth::Eight).is_ok());
    }

    #[test]
    fn jpeg_puts_transparent_pixels_on_white() {
        let samples = Samples::U8([[0, 0, 0, 0]; 64].concat());
        let picture = Picture::new(8, 8, Layout::RgbAlpha, samples).unwrap();
        let read = read_back(&picture, Format::Jpeg { quality: 90 });
        assert_eq!((read.layout, read.to_rgba8()[0]), (Layout::Rgb, 255));
    }

    #[test]
    fn gif_keeps_few_colours_and_full_transparency() {
        let samples = Samples::U8(vec![255, 0, 0, 255, 0, 0, 255, 255, 0, 0, 0, 0, 255, 255, 255, 255]);
        let picture = Picture::new(2, 2, Layout::RgbAlpha, samples).unwrap();
        let read = read_back(&picture, Format::Gif);
        assert_eq!(read.layout, Layout::RgbAlpha);
        let alpha = |rgba: Vec<u8>| rgba.chunks_exact(4).map(|pixel| pixel[3]).collect::<Vec<_>>();
        assert_eq!(alpha(read.to_rgba8()), alpha(picture.to_rgba8()));
        assert_eq!(read.to_rgba8()[..8], picture.to_rgba8()[..8]);
    }

    #[test]
    fn the_profile_is_carried_or_its_colours_converted() {
        let p3 = moxcms::ColorProfile::new_display_p3().encode().unwrap();
        let samples = Samples::U8([[200, 100, 50]; 64].concat());
        let mut picture = Picture::new(8, 8, Layout::Rgb, samples).unwrap();
        picture.profile = Some(p3);
        for format in [Format::Png, Format::Jpeg { quality: 100 }, Format::WebP, Format::Tiff] {
            assert!(read_back(&picture, format).profile == picture.profile, "{format:?}");
        }
        let converted = into_srgb(picture.clone());
        assert_ne!(converted.samples, picture.samples);
        assert_eq!(read_back(&picture, Format::Bmp).samples, converted.samples);
        let note = |picture: &Picture| encode_with(picture, Format::Bmp, None).unwrap().notes.remove(0);
        assert!(note(&picture).starts_with("its colours are converted to sRGB"));
        picture.profile = Some(b"what cannot be converted".to_vec());
        assert!(note(&picture).starts_with("its colours are taken as sRGB"));
    }

    proptest! {
        #[test]
        fn lossless_formats_give_back_every_value(
            values in proptest::collection::vec(any::<u16>(), 5 * 3 * 4),
        ) {
            for layout in LAYOUTS {
                let values = &values[..5 * 3 * layout.channels()];
                let deep = Picture::new(5, 3, layout, Samples::U16(values.to_vec())).unwrap();
                let flat = Picture::new(5, 3, layout, Samples::U8(values.iter().map(|&v| v as u8).collect())).unwrap();
                prop_assert_eq!(&read_back(&deep, Format::Png), &deep);
                prop_assert_eq!(&read_back(&flat, Format::Png), &flat);
                prop_assert_eq!(read_back(&flat, Format::WebP).to_rgba8(), flat.to_rgba8());
                for picture in [&deep, &flat] {
                    prop_assert_eq!(&read_back(picture, Format::Tiff), picture);
                }
                prop_assert_eq!(read_back(&flat, Format::Bmp).to_rgba8(), flat.to_rgba8());
            }
        }
    }
}
