//! The kind of a file by its content: names and declared types are too often wrong.

/// The kind of a file by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// PNG or APNG.
    Png,
    /// JPEG.
    Jpeg,
    /// WebP, still or animated.
    WebP,
    /// GIF.
    Gif,
    /// BMP.
    Bmp,
    /// TIFF.
    Tiff,
    /// A Windows icon.
    Ico,
    /// AVIF: not decoded here, but by today's browsers.
    Avif,
    /// HEIC and its relatives: not decoded here.
    Heif,
    /// JPEG XL: not decoded here.
    JpegXl,
    /// A vector drawing: not decoded here.
    Svg,
    /// Text of some other kind.
    Text,
    /// No byte at all.
    Empty,
    /// Nothing that is known here.
    Unknown,
}

impl Content {
    /// The name that users know.
    pub fn name(self) -> &'static str {
        match self {
            Self::Png => "PNG",
            Self::Jpeg => "JPEG",
            Self::WebP => "WebP",
            Self::Gif => "GIF",
            Self::Bmp => "BMP",
            Self::Tiff => "TIFF",
            Self::Ico => "ICO",
            Self::Avif => "AVIF",
            Self::Heif => "HEIC",
            Self::JpegXl => "JPEG XL",
            Self::Svg => "SVG",
            Self::Text => "text",
            Self::Empty => "an empty file",
            Self::Unknown => "an unknown format",
        }
    }
}

/// How many bytes [`sniff`] looks at: enough for an XML declaration, a document type and a licence
/// comment before `<svg`.
pub const SNIFFED: usize = 4096;

/// Recognises a file by its first [`SNIFFED`] bytes.
pub fn sniff(bytes: &[u8]) -> Content {
    sniff_binary(bytes).unwrap_or_else(|| sniff_text(bytes))
}

/// Recognises a file that is not text.
pub(super) fn sniff_binary(bytes: &[u8]) -> Option<Content> {
    let content = match bytes {
        [] => Content::Empty,
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Content::Png,
        [0xff, 0xd8, 0xff, ..] => Content::Jpeg,
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Content::WebP,
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Content::Gif,
        [b'B', b'M', ..] if bytes.len() >= 26 => Content::Bmp,
        // 43 is BigTIFF.
        [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Content::Tiff,
        [0, 0, 1, 0, count, _, ..] if *count > 0 => Content::Ico,
        [a, b, c, d, b'f', b't', b'y', b'p', rest @ ..] => {
            let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
            sniff_iso_brands(&rest[..rest.len().min(length.saturating_sub(8))])
        }
        [0xff, 0x0a, ..] | [0, 0, 0, 12, b'J', b'X', b'L', b' ', ..] => Content::JpegXl,
        _ => return None,
    };
    Some(content)
}

/// Distinguishes AVIF from HEIC; both are ISO base media files: by the main brand or, where that
/// only says "a picture", by the compatible brands after it.
fn sniff_iso_brands(brands: &[u8]) -> Content {
    let main = brands.chunks_exact(4).take(1);
    // Between them stands the main brand's version.
    for brand in main.chain(brands.chunks_exact(4).skip(2)) {
        match brand {
            b"avif" | b"avis" => return Content::Avif,
            b"heic" | b"heix" | b"hevc" | b"hevx" | b"heim" | b"heis" => return Content::Heif,
            _ => {}
        }
    }
    if brands.starts_with(b"mif1") || brands.starts_with(b"msf1") { Content::Heif } else { Content::Unknown }
}

fn sniff_text(bytes: &[u8]) -> Content {
    let start = &bytes[..bytes.len().min(SNIFFED)];
    // A file can still be text if the end of `start` cuts a character.
    let text = match std::str::from_utf8(start) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&start[..error.valid_up_to()]).expect("valid up to there")
        }
        Err(_) => return Content::Unknown,
    };
    if text.contains('\0') {
        Content::Unknown
    } else if text.trim_start_matches('\u{feff}').trim_start().starts_with('<') && text.contains("<svg") {
        Content::Svg
    } else {
        Content::Text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_that_are_not_decoded_are_named() {
        assert_eq!(sniff(b"\0\0\0\x1cftypavif\0\0\0\0"), Content::Avif);
        assert_eq!(sniff(b"\0\0\0\x18ftypheic\0\0\0\0"), Content::Heif);
        assert_eq!(sniff(b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif"), Content::Avif);
        assert_eq!(sniff(b"\0\0\0\x18ftypmif1\0\0\0\0mif1miaf"), Content::Heif);
        // The box has ended before the last brand.
        assert_eq!(sniff(b"\0\0\0\x10ftypisom\0\0\0\0avif"), Content::Unknown);
        assert_eq!(sniff(b"\0\0\0\x18ftypisom\0\0\0\0"), Content::Unknown);
        assert_eq!(sniff(b"<?xml version=\"1.0\"?>\n<!-- drawn -->\n<svg/>"), Content::Svg);
        assert_eq!(sniff(b"<html>"), Content::Text);
        assert_eq!(sniff("na\u{ef}ve".as_bytes()), Content::Text);
        assert_eq!(sniff(&"\u{ef}".as_bytes()[..1]), Content::Text);
        assert_eq!(sniff(b"\x01\xff\xfe"), Content::Unknown);
        assert_eq!(sniff(b""), Content::Empty);
    }
}
