//! Reads from a file what the decoders do not pass on: the number of frames, the colours that a PNG
//! describes, the place of the EXIF metadata. Only lengths are read; no pixel is decoded.

use super::bytes::{read_u16, read_u32};
use super::colour::{CodePoints, Described};
use super::jpeg;
use super::sniff::Content;

/// Returns how many frames or sizes the file holds, at least 1. Damage ends the count without an
/// error, because the decoder judges the file.
pub(super) fn frame_count(content: Content, bytes: &[u8]) -> u32 {
    let count = match content {
        Content::Png => png_frames(bytes),
        Content::Gif => gif_frames(bytes),
        Content::WebP => webp_frames(bytes),
        Content::Ico => read_u16(bytes, 4, u16::from_le_bytes).map(u32::from),
        _ => None,
    };
    count.unwrap_or(1).max(1)
}

/// The chunks of a PNG, each its name and its content, up to the first that is not whole.
fn png_chunks(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut at = 8_usize;
    std::iter::from_fn(move || {
        let length = read_u32(bytes, at, u32::from_be_bytes)? as usize;
        let start = at.checked_add(8)?;
        let end = start.checked_add(length)?;
        let chunk = (bytes.get(at + 4..start)?, bytes.get(start..end)?);
        // The checksum follows.
        at = end.checked_add(4)?;
        Some(chunk)
    })
}

/// The content of the first chunk of that name before the pixels.
fn png_chunk<'a>(bytes: &'a [u8], name: &[u8; 4]) -> Option<&'a [u8]> {
    let mut header = png_chunks(bytes).take_while(|(name, _)| *name != b"IDAT");
    header.find(|(found, _)| found == name).map(|(_, content)| content)
}

/// Whether it is a PNG as iPhones keep them in their programs, which no other system reads.
pub(super) fn png_is_for_iphones(bytes: &[u8]) -> bool {
    png_chunks(bytes).next().is_some_and(|(name, _)| name == b"CgBI")
}

/// Width and height by the header, unchecked. The decoder also reports them, but not where
/// addresses have 32 bits and the pixels would not fit.
pub(super) fn png_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let header = png_chunk(bytes, b"IHDR")?;
    Some((read_u32(header, 0, u32::from_be_bytes)?, read_u32(header, 4, u32::from_be_bytes)?))
}

/// The ICC profile in a BMP file, if it has one.
pub(super) fn bmp_profile(bytes: &[u8]) -> Option<&[u8]> {
    const HEADER: usize = 14;
    let read = |at| read_u32(bytes, HEADER + at, u32::from_le_bytes);
    // Only the fifth version of the header has it.
    let embedded = read(0)? >= 124 && read(56)? == u32::from_be_bytes(*b"MBED");
    let (start, length) = (HEADER.checked_add(read(112)? as usize)?, read(116)? as usize);
    bytes.get(start..start.checked_add(length)?).filter(|_| embedded)
}

fn png_frames(bytes: &[u8]) -> Option<u32> {
    read_u32(png_chunk(bytes, b"acTL")?, 0, u32::from_be_bytes)
}

/// How a PNG describes its colours without an ICC profile. `None` if it does not, or if a better
/// description takes precedence.
pub(super) fn png_colours(bytes: &[u8]) -> Option<Described> {
    // The order is the standard's.
    if let Some(&[primaries, transfer, _, full_range]) = png_chunk(bytes, b"cICP") {
        return Some(Described::Code(CodePoints { primaries, transfer, full_range: full_range != 0 }));
    }
    if [b"sRGB", b"iCCP"].into_iter().any(|name| png_chunk(bytes, name).is_some()) {
        return None;
    }
    let read = |content: &[u8], at| read_u32(content, at, u32::from_be_bytes).map(|value| f64::from(value) / 1e5);
    let gamma = png_chunk(bytes, b"gAMA").and_then(|content| read(content, 0)).filter(|&gamma| gamma > 0.0);
    let chromaticities = png_chunk(bytes, b"cHRM").and_then(|content| {
        let mut values = [0.0; 8];
        for (index, value) in values.iter_mut().enumerate() {
            *value = read(content, 4 * index)?;
        }
        Some(values)
    });
    Some(Described::Measured { gamma, chromaticities })
}

/// The EXIF metadata of a PNG, JPEG or WebP file: a TIFF structure, without JPEG's prefix, which
/// some programs write into other files too.
pub(super) fn exif(content: Content, bytes: &[u8]) -> Option<&[u8]> {
    const PREFIX: &[u8] = b"Exif\0\0";
    let found = match content {
        // It may also come after the pixels.
        Content::Png => png_chunks(bytes).find(|(name, _)| *name == b"eXIf")?.1,
        Content::WebP => webp_chunks(bytes).find(|(name, _)| *name == b"EXIF")?.1,
        Content::Jpeg => {
            jpeg::segments(bytes).find(|(marker, content, _)| *marker == 0xe1 && content.starts_with(PREFIX))?.1
        }
        _ => return None,
    };
    Some(found.strip_prefix(PREFIX).unwrap_or(found))
}

/// Counts the image descriptors, skipping extensions and data by their sub-block lengths.
fn gif_frames(bytes: &[u8]) -> Option<u32> {
    let palette = |flags: u8| {
        if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
    };
    let skip_blocks = |mut at: usize| loop {
        match bytes.get(at) {
            Some(&length) if length > 0 => at += 1 + usize::from(length),
            _ => return at + 1,
        }
    };
    let mut at = 13 + palette(*bytes.get(10)?);
    let mut frames = 0;
    loop {
        match bytes.get(at) {
            Some(0x21) => at = skip_blocks(at + 2),
            Some(0x2c) => {
                frames += 1;
                let Some(&flags) = bytes.get(at + 9) else {
                    return Some(frames);
                };
                at = skip_blocks(at + 11 + palette(flags));
            }
            _ => return Some(frames),
        }
    }
}

/// Counts the `ANMF` chunks.
fn webp_frames(bytes: &[u8]) -> Option<u32> {
    Some(webp_chunks(bytes).filter(|(name, _)| *name == b"ANMF").count() as u32)
}

/// An animation's frame in a WebP file begins with its place, size and duration.
const FRAME_HEADER: usize = 16;

/// The first frame of a WebP file if it is lossy: its VP8 bitstream.
pub(super) fn webp_lossy_frame(bytes: &[u8]) -> Option<&[u8]> {
    let is_pixels = |(name, _): &(&[u8], &[u8])| matches!(*name, b"VP8 " | b"VP8L" | b"ANMF");
    let (mut name, mut content) = webp_chunks(bytes).find(is_pixels)?;
    if name == b"ANMF" {
        (name, content) = riff_chunks(content, FRAME_HEADER).find(is_pixels)?;
    }
    (name == b"VP8 ").then_some(content)
}

/// The colour profile of a WebP file.
pub(super) fn webp_profile(bytes: &[u8]) -> Option<&[u8]> {
    webp_chunks(bytes).find(|(name, _)| *name == b"ICCP").map(|(_, content)| content)
}

/// Whether the first frame of an animation with transparency has another size than its pixels.
pub(super) fn webp_frame_is_wrong(bytes: &[u8]) -> bool {
    let sizes = || {
        // The frame may be cut.
        let (_, at, _) = riff_headers(bytes, 12).find(|(name, ..)| *name == b"ANMF")?;
        let side = |offset| Some(read_u32(bytes, at + offset, u32::from_le_bytes)? % (1 << 24) + 1);
        let mut inner = riff_headers(bytes, at + FRAME_HEADER);
        let (name, ..) = inner.next()?;
        // Pixels come next, whatever the name says: the decoder does not look at it.
        let (_, pixels, _) = inner.next()?;
        // After three bytes with its kind and three that are always the same.
        let pixel_side = |offset| Some(u32::from(read_u16(bytes, pixels + offset, u16::from_le_bytes)? & 0x3fff));
        (name == b"ALPH").then_some(([side(6)?, side(9)?], [pixel_side(6)?, pixel_side(8)?]))
    };
    sizes().is_some_and(|(frame, pixels)| frame != pixels)
}

/// The chunks of a WebP file, each its name and its content, up to the first that is not whole.
fn webp_chunks(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    riff_chunks(bytes, 12)
}

fn riff_chunks(bytes: &[u8], at: usize) -> impl Iterator<Item = (&[u8], &[u8])> {
    riff_headers(bytes, at)
        .map_while(|(name, start, length)| Some((name, bytes.get(start..start.checked_add(length)?)?)))
}

/// Returns the headers of chunks. Each has a name, the start of the content and its length, which
/// may be more than there is.
fn riff_headers(bytes: &[u8], mut at: usize) -> impl Iterator<Item = (&[u8], usize, usize)> {
    std::iter::from_fn(move || {
        let length = read_u32(bytes, at.checked_add(4)?, u32::from_le_bytes)? as usize;
        let header = (&bytes[at..at + 4], at + 8, length);
        // Chunks are padded to an even length.
        at = header.1.checked_add(length.checked_next_multiple_of(2)?)?;
        Some(header)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            for content in [Content::Png, Content::Jpeg, Content::Gif, Content::WebP, Content::Ico] {
                prop_assert!(frame_count(content, &bytes) >= 1);
                exif(content, &bytes);
            }
            webp_lossy_frame(&bytes);
            webp_frame_is_wrong(&bytes);
            png_colours(&bytes);
            bmp_profile(&bytes);
        }
    }
}
