//! TIFF: the crate reads and writes samples, and this module gives them their meaning.
//!
//! The crate knows fewer kinds of colours than there are, and misreads spare channels behind a
//! predictor. So it reads from a copy of the file that says its samples are grey, as many as there
//! are, and gives them back untouched.

mod directory;
mod fax;
mod meaning;
mod write;

use std::borrow::Cow;
use std::io::{Cursor, ErrorKind};

use image::DynamicImage;
use image::metadata::Orientation;
use tiff::TiffError;
use tiff::decoder::{Decoder, DecodingResult, Limits as DecoderLimits};
use tiff::tags::Tag;

pub(super) use write::write;

use super::jpeg::{self, scans};
use super::limits::Limits;
use super::problems::{DAMAGE_NOTE, cut_short, too_much_memory, uncommon};
use super::sniff::Content;
use crate::error::{Error, Result};
use directory::File;
use meaning::{Kind, Meaning, Values};

/// A page, as the file has it.
pub(super) struct Page {
    pub image: DynamicImage,
    pub orientation: Orientation,
    pub icc: Option<Vec<u8>>,
    pub notes: Vec<String>,
}

/// Whether JPEG compresses the first page in full resolution.
pub(super) fn is_jpeg(bytes: &[u8]) -> bool {
    const JPEG_AS_IN_TIFF_6: u32 = 6;
    const JPEG: u32 = 7;
    let method = || {
        let file = File::new(bytes)?;
        let page = file.pages().into_iter().find(|page| !page.is_reduced)?;
        file.value(file.entry(page.at, Tag::Compression.to_u16())?)
    };
    matches!(method(), Some(JPEG_AS_IN_TIFF_6 | JPEG))
}

/// Reads the first page in full resolution.
///
/// # Errors
/// As [`decode`](super::decode).
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Page> {
    let file = File::new(bytes).ok_or_else(|| cut_short(Content::Tiff))?;
    let pages = file.pages();
    let full: Vec<usize> = (0..pages.len()).filter(|&index| !pages[index].is_reduced).collect();
    let index = full.first().copied().unwrap_or(0);
    let directory = pages.get(index).ok_or_else(|| cut_short(Content::Tiff))?.at;
    if bytes.get(8..10) == Some(b"CR") || file.entry(directory, DNG_VERSION).is_some() {
        return Err(camera_raw());
    }
    if full.is_empty() && file.entry(directory, Tag::SubIfd.to_u16()).is_some() {
        return Err(camera_raw());
    }
    let mut decoder = open(bytes, index, limits)?;
    let mut notes = Vec::new();
    if full.len() > 1 {
        notes.push(format!("the first of {} pages", full.len()));
    }
    let (width, height) = decoder.dimensions().map_err(explain)?;
    limits.check(width, height)?;
    let tags = Tags::read(&mut decoder)?;
    if tags.bytes_in(bytes.len() as u64) > MAX_SHARED_BYTES + 4 * bytes.len() as u64 {
        return Err(too_much_memory(Content::Tiff));
    }
    // A tile's row is taken at once.
    limits.check(tags.tile.0, tags.tile.1).map_err(|_| too_much_memory(Content::Tiff))?;
    let samples = if tags.compression == FAX3 {
        Raw { values: fax::read(&tags, bytes, width, height)?, planes: 1 }
    } else {
        read_samples(&file, directory, index, &tags, height, limits)?
    };
    if tags.has_damaged_jpeg(bytes) {
        notes.push(DAMAGE_NOTE.into());
    }
    let values = Values::new(samples.values, &tags.meaning, width, samples.planes, &mut notes)?;
    let image = tags.meaning.picture(values, width, height, tags.icc.is_some(), &mut notes)?;
    Ok(Page { image, orientation: tags.orientation, icc: tags.icc, notes })
}

fn camera_raw() -> Error {
    let why = "a camera's raw file: develop it in a photo editor and export it as TIFF or PNG";
    Error::UnsupportedFormat(why.into())
}

type Reader<'a> = Decoder<Cursor<Cow<'a, [u8]>>>;

fn open<'a>(bytes: impl Into<Cow<'a, [u8]>>, index: usize, limits: &Limits) -> Result<Reader<'a>> {
    let bytes = bytes.into();
    let max_bytes = usize::try_from(limits.for_decoder().max_alloc.unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
    let mut for_decoder = DecoderLimits::default();
    for_decoder.decoding_buffer_size = max_bytes;
    for_decoder.intermediate_buffer_size = max_bytes;
    // A profile may be larger than the pixels.
    for_decoder.ifd_value_size = bytes.len();
    let mut decoder = Decoder::new(Cursor::new(bytes)).map_err(explain)?.with_limits(for_decoder);
    decoder.seek_to_image(index).map_err(explain)?;
    Ok(decoder)
}

/// Parts may share their data, as blank tiles do. More would take too long to copy and decode.
const MAX_SHARED_BYTES: u64 = 64 << 20;
const DNG_VERSION: u16 = 50706;
const FAX3: u16 = 3;
const OLD_JPEG: u16 = 6;
const JPEG: u16 = 7;

/// The directory's data beside the samples themselves.
struct Tags {
    meaning: Meaning,
    compression: u16,
    /// Whether the first bit of each byte is the lowest.
    is_reversed: bool,
    /// Rows of a strip, as written; often far more than there are.
    strip_rows: Option<u64>,
    /// Width and height of a tile; 0 where there are strips.
    tile: (u32, u32),
    /// Where the data of each strip or tile begin, and how many bytes they are.
    parts: Vec<(u64, u64)>,
    fax_options: u32,
    /// The tables that the JPEGs of all parts share, as a file without a picture.
    jpeg_tables: Vec<u8>,
    orientation: Orientation,
    icc: Option<Vec<u8>>,
}

impl Tags {
    fn read(decoder: &mut Reader<'_>) -> Result<Self> {
        let small = |value: Option<u64>, default: u16| value.map_or(default, |value| value.min(u16::MAX.into()) as u16);
        let compression = small(number(decoder, Tag::Compression)?, 1);
        let is_reversed = number(decoder, Tag::FillOrder)? == Some(2);
        let strip_rows = number(decoder, Tag::RowsPerStrip)?;
        let side = |value: Option<u64>| value.unwrap_or(0).min(u32::MAX.into()) as u32;
        let tile = (side(number(decoder, Tag::TileWidth)?), side(number(decoder, Tag::TileLength)?));
        let fax_options = number(decoder, Tag::Unknown(292))?.unwrap_or(0) as u32;
        let orientation = small(number(decoder, Tag::Orientation)?, 1).min(255) as u8;
        let samples = usize::from(small(number(decoder, Tag::SamplesPerPixel)?, 1));
        let bits = small(number(decoder, Tag::BitsPerSample)?, 1);
        let photometric = small(number(decoder, Tag::PhotometricInterpretation)?, u16::MAX);
        let extra = list(decoder, Tag::ExtraSamples)?;
        let subsampling = list(decoder, Tag::ChromaSubsampling)?.unwrap_or_else(|| vec![2, 2]);
        let kind = Kind::new(photometric, bits, || list(decoder, Tag::ColorMap))?;
        if kind.is_ycbcr() && compression != JPEG && subsampling != [1, 1] {
            return Err(uncommon(Content::Tiff, "YCbCr with subsampled chroma"));
        }
        let starts = match list(decoder, Tag::StripOffsets)? {
            Some(starts) => starts,
            None => list(decoder, Tag::TileOffsets)?.unwrap_or_default(),
        };
        let lengths = match list(decoder, Tag::StripByteCounts)? {
            Some(lengths) => lengths,
            None => list(decoder, Tag::TileByteCounts)?.unwrap_or_default(),
        };
        Ok(Self {
            meaning: Meaning::new(kind, samples, bits, extra)?,
            compression,
            is_reversed,
            strip_rows,
            tile,
            parts: starts.into_iter().zip(lengths).collect(),
            fax_options,
            jpeg_tables: decoder.get_tag_u8_vec(Tag::JPEGTables).unwrap_or_default(),
            orientation: Orientation::from_exif(orientation).unwrap_or(Orientation::NoTransforms),
            icc: decoder.get_tag_u8_vec(Tag::IccProfile).ok(),
        })
    }

    /// The sum of what the parts take from a file of so many bytes.
    fn bytes_in(&self, file: u64) -> u64 {
        let end = |&(start, length): &(u64, u64)| file.min(start.saturating_add(length));
        self.parts.iter().map(|part| end(part).saturating_sub(part.0)).sum()
    }

    /// The data of part `index`, with the highest bit first.
    fn part(&self, bytes: &[u8], index: usize) -> Result<Vec<u8>> {
        let range = self.range(index).ok_or_else(|| cut_short(Content::Tiff))?;
        let mut data = bytes.get(range).ok_or_else(|| cut_short(Content::Tiff))?.to_vec();
        if self.is_reversed {
            data.iter_mut().for_each(|byte| *byte = byte.reverse_bits());
        }
        Ok(data)
    }

    /// Returns whether pixels are missing from a part that is a JPEG. The crate's decoder fills
    /// them with grey.
    fn has_damaged_jpeg(&self, bytes: &[u8]) -> bool {
        let tables = self.jpeg_tables.strip_suffix(&jpeg::END_MARKER).unwrap_or(&jpeg::START_MARKER);
        let is_damaged = |index| {
            let part = self.range(index).and_then(|range| bytes.get(range)?.strip_prefix(&jpeg::START_MARKER));
            part.is_some_and(|part| scans::are_whole(&[tables, part].concat()) == Some(false))
        };
        self.compression == JPEG && (0..self.parts.len()).any(is_damaged)
    }

    fn range(&self, index: usize) -> Option<std::ops::Range<usize>> {
        let &(start, length) = self.parts.get(index)?;
        let start = usize::try_from(start).ok()?;
        Some(start..start.checked_add(usize::try_from(length).ok()?)?)
    }
}

/// Values of whole numbers, if the tag is there.
fn list(decoder: &mut Reader<'_>, tag: Tag) -> Result<Option<Vec<u64>>> {
    decoder.find_tag_unsigned_vec(tag).map_err(explain)
}

fn number(decoder: &mut Reader<'_>, tag: Tag) -> Result<Option<u64>> {
    Ok(list(decoder, tag)?.and_then(|values| values.first().copied()))
}

/// Samples as stored, plane by plane if there are several planes.
struct Raw {
    values: DecodingResult,
    planes: usize,
}

/// Reads from a copy of the file, changed where the crate would go wrong.
fn read_samples(
    file: &File<'_>,
    directory: usize,
    index: usize,
    tags: &Tags,
    height: u32,
    limits: &Limits,
) -> Result<Raw> {
    let mut copy = Cow::Borrowed(file.bytes);
    if !tags.meaning.is_read_as_it_is()
        && let Some(entry) = file.entry(directory, Tag::PhotometricInterpretation.to_u16())
    {
        const GREY: u32 = 1;
        file.set(copy.to_mut(), entry, GREY);
    }
    // The fax decoder of the crate counts rows in 16 bits.
    if tags.strip_rows.is_some_and(|rows| rows > height.into())
        && let Some(entry) = file.entry(directory, Tag::RowsPerStrip.to_u16())
    {
        file.set(copy.to_mut(), entry, height);
    }
    if tags.is_reversed && !matches!(tags.compression, JPEG | OLD_JPEG) {
        for index in 0..tags.parts.len() {
            let data = tags.part(file.bytes, index)?;
            let range = tags.range(index).expect("the part was read");
            copy.to_mut()[range].copy_from_slice(&data);
        }
    }
    let mut decoder = open(copy, index, limits)?;
    let mut values = DecodingResult::U8(Vec::new());
    let layout = decoder.read_image_to_buffer(&mut values).map_err(explain)?;
    if values.as_buffer(0).byte_len() < layout.complete_len {
        return Err(too_much_memory(Content::Tiff));
    }
    Ok(Raw { values, planes: layout.planes })
}

/// One line in our words, around the crate's own reason.
fn explain(error: TiffError) -> Error {
    match error {
        TiffError::UnsupportedError(error) => uncommon(Content::Tiff, &error.to_string()),
        TiffError::LimitsExceeded => too_much_memory(Content::Tiff),
        TiffError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => cut_short(Content::Tiff),
        error => {
            let reason = error.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
            Error::Decode(format!("the TIFF file cannot be decoded ({reason})"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Grey rows of one byte, each in a strip of its own that claims the whole file.
    fn with_strips(count: u32) -> Vec<u8> {
        const SHORT: u16 = 3;
        const LONG: u16 = 4;
        let lists = 8 + 2 + 9 * 12 + 4;
        let length = lists + 8 * count;
        let entries = [
            (256, SHORT, 1, 1),
            (257, LONG, 1, count),
            (258, SHORT, 1, 8),
            (259, SHORT, 1, 1),
            (262, SHORT, 1, 1),
            (273, LONG, count, lists),
            (277, SHORT, 1, 1),
            (278, SHORT, 1, 1),
            (279, LONG, count, lists + 4 * count),
        ];
        let mut bytes = b"II\x2a\0\x08\0\0\0\x09\0".to_vec();
        for (tag, kind, count, value) in entries {
            bytes.extend([u16::to_le_bytes(tag), u16::to_le_bytes(kind)].concat());
            bytes.extend([u32::to_le_bytes(count), u32::to_le_bytes(value)].concat());
        }
        bytes.extend([0; 4]);
        bytes.extend(0u32.to_le_bytes().repeat(count as usize));
        bytes.extend(length.to_le_bytes().repeat(count as usize));
        bytes
    }

    #[test]
    fn parts_that_share_their_data_are_read_unless_they_add_up_to_too_much() {
        let page = read(&with_strips(100), &Limits::default()).unwrap();
        assert_eq!((page.image.width(), page.image.height()), (1, 100));
        let error = read(&with_strips(10_000), &Limits::default()).err().unwrap().to_string();
        assert!(error.contains("more memory than a file of its size"), "{error}");
    }
}
