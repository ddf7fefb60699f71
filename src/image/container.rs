//! Facts in a file that the decoders do not pass on: the number of frames, whether a JPEG is whole,
//! the gamma of a PNG. Only markers and lengths are read; no pixel is decoded.

use super::sniff::Content;

/// How many frames, pages or sizes the file holds; at least 1. Damage ends the count, never in an
/// error: it is the decoder that judges the file.
pub(super) fn frame_count(content: Content, bytes: &[u8]) -> u32 {
    let count = match content {
        Content::Png => png_frames(bytes),
        Content::Gif => gif_frames(bytes),
        Content::WebP => webp_frames(bytes),
        Content::Tiff => tiff_pages(bytes),
        Content::Ico => read_u16(bytes, 4, u16::from_le_bytes).map(u32::from),
        _ => None,
    };
    count.unwrap_or(1).max(1)
}

fn read_u16(bytes: &[u8], at: usize, order: fn([u8; 2]) -> u16) -> Option<u16> {
    bytes.get(at..)?.first_chunk().copied().map(order)
}

fn read_u32(bytes: &[u8], at: usize, order: fn([u8; 4]) -> u32) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(order)
}

/// The content of the first chunk of that name before the pixels.
fn png_chunk<'a>(bytes: &'a [u8], name: &[u8; 4]) -> Option<&'a [u8]> {
    let mut at = 8_usize;
    loop {
        let length = read_u32(bytes, at, u32::from_be_bytes)? as usize;
        let start = at.checked_add(8)?;
        let end = start.checked_add(length)?;
        match bytes.get(at + 4..start)? {
            found if found == name => return bytes.get(start..end),
            b"IDAT" => return None,
            // The checksum follows.
            _ => at = end.checked_add(4)?,
        }
    }
}

/// Width and height by the header, unchecked. The decoder tells them too, but not where addresses
/// have 32 bits and the pixels would not fit.
pub(super) fn png_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let header = png_chunk(bytes, b"IHDR")?;
    Some((read_u32(header, 0, u32::from_be_bytes)?, read_u32(header, 4, u32::from_be_bytes)?))
}

fn png_frames(bytes: &[u8]) -> Option<u32> {
    read_u32(png_chunk(bytes, b"acTL")?, 0, u32::from_be_bytes)
}

/// The exponent that a PNG's samples were encoded with (0.4545 for ordinary ones), unless better
/// information about its colours makes it void. The decoder has a function for this, but version
/// 0.18 never fills it.
pub(super) fn png_gamma(bytes: &[u8]) -> Option<f64> {
    let void = [b"sRGB", b"iCCP", b"cICP"].into_iter().any(|name| png_chunk(bytes, name).is_some());
    let scaled = read_u32(png_chunk(bytes, b"gAMA")?, 0, u32::from_be_bytes)?;
    (!void && scaled > 0).then(|| f64::from(scaled) / 100_000.0)
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
    let (mut at, mut frames) = (12, 0);
    while let Some(name) = bytes.get(at..at + 4) {
        frames += u32::from(name == b"ANMF");
        let Some(length) = read_u32(bytes, at + 4, u32::from_le_bytes) else {
            break;
        };
        // Chunks are padded to an even length.
        let length = (length as usize).checked_next_multiple_of(2)?;
        at = at.checked_add(8)?.checked_add(length)?;
    }
    Some(frames)
}

/// Follows the chain of directories.
fn tiff_pages(bytes: &[u8]) -> Option<u32> {
    let big = bytes.first() == Some(&b'M');
    let order_16 = if big { u16::from_be_bytes } else { u16::from_le_bytes };
    let order_32 = if big { u32::from_be_bytes } else { u32::from_le_bytes };
    let mut at = read_u32(bytes, 4, order_32)? as usize;
    let mut pages = 0;
    // A circular chain must end too; no real file has that many pages.
    while at != 0 && pages < 10_000 {
        let Some(entries) = read_u16(bytes, at, order_16) else {
            break;
        };
        pages += 1;
        let Some(next) = read_u32(bytes, at + 2 + 12 * usize::from(entries), order_32) else {
            break;
        };
        at = next as usize;
    }
    Some(pages)
}

/// Facts from a JPEG's markers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct JpegFacts {
    /// Colour components of the frame: 1 grey, 3 colour, 4 CMYK; 0 when there is no frame header.
    pub components: u8,
    /// Whether the end-of-image marker is there. Decoders fill what is missing with grey, silently.
    pub complete: bool,
}

/// Walks the markers of a JPEG up to its end-of-image marker.
pub(super) fn jpeg_facts(bytes: &[u8]) -> JpegFacts {
    let mut facts = JpegFacts { components: 0, complete: false };
    let mut at = 2;
    while let Some(&[lead, marker]) = bytes.get(at..).and_then(|rest| rest.first_chunk::<2>()) {
        // Outside a segment there is entropy-coded data, where FF 00 is a stuffed FF, FF D0 to D7
        // are restarts and FF FF is padding.
        if lead != 0xff || matches!(marker, 0x00 | 0x01 | 0xd0..=0xd7 | 0xff) {
            at += 1;
            continue;
        }
        if marker == 0xd9 {
            facts.complete = true;
            break;
        }
        let Some(length) = read_u16(bytes, at + 2, u16::from_be_bytes) else {
            break;
        };
        // SOF0 to SOF15, without DHT (C4), JPG (C8) and DAC (CC).
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            facts.components = bytes.get(at + 9).copied().unwrap_or(0);
        }
        at += 2 + usize::from(length);
    }
    facts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_tiff_chain_that_bites_its_tail_ends() {
        let loops = b"II\x2a\0\x08\0\0\0\0\0\x08\0\0\0";
        assert!(frame_count(Content::Tiff, loops) > 1);
    }

    #[test]
    fn an_end_marker_inside_a_thumbnail_does_not_count() {
        let segment = [0xff, 0xd8, 0xff, 0xe1, 0, 4, 0xff, 0xd9];
        assert!(!jpeg_facts(&segment).complete);
        assert!(jpeg_facts(&[&segment[..], &[0xff, 0xda, 0, 2, 1, 0xff, 0, 0xff, 0xd9]].concat()).complete);
    }

    proptest! {
        #[test]
        fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            for content in [Content::Png, Content::Gif, Content::WebP, Content::Tiff, Content::Ico] {
                prop_assert!(frame_count(content, &bytes) >= 1);
            }
            jpeg_facts(&bytes);
            png_gamma(&bytes);
        }
    }
}
