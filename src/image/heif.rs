//! Reads from an AVIF or HEIC file what it says about its pixels. Only browsers decode them: they
//! give 8 bits, mostly in sRGB, and do not report what was lost.

use moxcms::ColorProfile;

use super::Picture;
use super::bytes::{read_u16, read_u32};
use super::colour::{self, CodePoints, Described};
use super::profile;
use super::sniff::{Content, sniff};

/// Remarks for the user on an AVIF or HEIC file that the browser decoded to 8 bits in sRGB, as
/// [`Picture::notes`]. None for other files.
pub fn browser_notes(bytes: &[u8]) -> Vec<String> {
    let Some(header) = Header::of(bytes) else { return Vec::new() };
    let mut notes = header.losses();
    if let Some(colours) = header.colours {
        notes.push(format!("its colours ({}) are converted to sRGB", colours.name()));
    }
    notes
}

/// Gives the picture of an AVIF or HEIC file the colours that the file names, and
/// [`browser_notes`]: for browsers that decode the values and do not convert them.
pub fn name_colours(picture: &mut Picture, bytes: &[u8]) {
    let Some(header) = Header::of(bytes) else { return };
    picture.notes.extend(header.losses());
    match header.colours {
        Some(Colours::Code(code)) => colour::apply(picture, Described::Code(code)),
        Some(Colours::Profile { icc, .. }) => profile::attach(picture, icc.to_vec()),
        None => {}
    }
}

/// Colours that are not sRGB.
#[derive(Debug)]
enum Colours<'a> {
    Code(CodePoints),
    Profile { name: String, icc: &'a [u8] },
}

impl Colours<'_> {
    fn name(self) -> String {
        match self {
            Self::Code(code) => code.name(),
            Self::Profile { name, .. } => name,
        }
    }
}

#[derive(Debug, Default)]
struct Header<'a> {
    /// Bits of a channel; 0 if unknown.
    bits: u8,
    colours: Option<Colours<'a>>,
    /// Whether it is a sequence of frames.
    sequence: bool,
}

impl<'a> Header<'a> {
    /// None of other files.
    fn of(bytes: &'a [u8]) -> Option<Self> {
        if !matches!(sniff(bytes), Content::Avif | Content::Heif) {
            return None;
        }
        let mut header = Self::default();
        for (kind, content) in boxes(bytes) {
            match kind {
                b"ftyp" => header.sequence = matches!(content.first_chunk(), Some(b"avis" | b"hevc" | b"msf1")),
                // Its first 4 bytes are version and flags.
                b"meta" => {
                    let properties = find(content.get(4..).unwrap_or_default(), b"iprp");
                    let properties = properties.and_then(|content| find(content, b"ipco")).unwrap_or_default();
                    boxes(properties).for_each(|(kind, content)| header.property(kind, content));
                }
                _ => {}
            }
        }
        Some(header)
    }

    /// Describes in words what the browser left out.
    fn losses(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.sequence {
            notes.push("the first of several frames".into());
        }
        if self.bits > 8 {
            notes.push(format!("reduced from {} to 8 bits per channel", self.bits));
        }
        notes
    }

    fn property(&mut self, kind: &[u8], content: &'a [u8]) {
        let bits = match kind {
            // After version, flags and the number of channels.
            b"pixi" => content.get(5..).and_then(|depths| depths.iter().max().copied()),
            b"av1C" => content.get(2).map(|flags| match flags & 0x60 {
                0x60 => 12,
                0x40 => 10,
                _ => 8,
            }),
            b"hvcC" => content.get(17).map(|depth| (depth & 7) + 8),
            _ => None,
        };
        self.bits = self.bits.max(bits.unwrap_or(0));
        if kind == b"colr" && self.colours.is_none() {
            self.colours = colours(content);
        }
    }
}

/// Returns the colours that a `colr` box describes, unless they are sRGB.
fn colours(content: &[u8]) -> Option<Colours<'_>> {
    let (kind, rest) = content.split_first_chunk::<4>()?;
    match kind {
        b"nclx" => {
            let [primaries, transfer] = [0, 2].map(|at| read_u16(rest, at, u16::from_be_bytes).unwrap_or(0) as u8);
            let code = CodePoints { primaries, transfer, full_range: true };
            // Browsers treat these curves, which are those of video, as sRGB.
            let ordinary = matches!(primaries, 1 | 2 | 5 | 6) && matches!(transfer, 1 | 2 | 6 | 13 | 14 | 15);
            (!ordinary).then_some(Colours::Code(code))
        }
        b"prof" | b"rICC" => {
            let name = ColorProfile::new_from_slice(rest).ok().and_then(|profile| profile::name(&profile))?;
            (!name.contains("sRGB")).then_some(Colours::Profile { name, icc: rest })
        }
        _ => None,
    }
}

fn find<'a>(bytes: &'a [u8], wanted: &[u8; 4]) -> Option<&'a [u8]> {
    boxes(bytes).find(|(kind, _)| kind == wanted).map(|(_, content)| content)
}

/// The boxes of an ISO base media file, each its kind and its content, up to the first that is not
/// whole.
fn boxes(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut at = 0_usize;
    std::iter::from_fn(move || {
        let kind = bytes.get(at.checked_add(4)?..at.checked_add(8)?)?;
        let (header, length) = match read_u32(bytes, at, u32::from_be_bytes)? {
            // It reaches to the end.
            0 => (8, bytes.len() - at),
            1 => (16, usize::try_from(u64::from_be_bytes(*bytes.get(at + 8..)?.first_chunk()?)).ok()?),
            length => (8, length as usize),
        };
        let end = at.checked_add(length)?;
        let content = bytes.get(at + header..end)?;
        at = end;
        Some((kind, content))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::{Layout, Samples};
    use proptest::prelude::*;

    fn made(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
        [&(content.len() as u32 + 8).to_be_bytes(), &kind[..], content].concat()
    }

    fn file(brand: &[u8; 4], properties: &[u8]) -> Vec<u8> {
        let properties = made(b"iprp", &made(b"ipco", properties));
        [made(b"ftyp", &[&brand[..], &[0; 4]].concat()), made(b"meta", &[&[0; 4], &properties[..]].concat())].concat()
    }

    #[test]
    fn depth_and_colours_are_noted() {
        let p3 = made(b"colr", b"nclx\0\x0c\0\x0d\0\x00\x80");
        let srgb = made(b"colr", b"nclx\0\x01\0\x0d\0\x06\x80");
        let ten = made(b"pixi", &[0, 0, 0, 0, 3, 10, 10, 10]);
        let deep = file(b"avif", &[&ten[..], &p3].concat());
        assert_eq!(
            browser_notes(&deep),
            ["reduced from 10 to 8 bits per channel", "its colours (Display P3) are converted to sRGB"]
        );
        assert!(browser_notes(&file(b"avif", &srgb)).is_empty());
        assert_eq!(browser_notes(&file(b"avis", &srgb)), ["the first of several frames"]);
        let twelve = made(b"av1C", &[0x81, 0, 0x60, 0]);
        assert_eq!(browser_notes(&file(b"avif", &twelve)), ["reduced from 12 to 8 bits per channel"]);
        let icc = ColorProfile::new_display_p3().encode().unwrap();
        let notes = browser_notes(&file(b"heic", &made(b"colr", &[b"prof", &icc[..]].concat())));
        assert_eq!(notes, ["its colours (Display P3) are converted to sRGB"]);
    }

    #[test]
    fn values_that_the_browser_did_not_convert_get_the_colours_of_their_file() {
        let icc = ColorProfile::new_display_p3().encode().unwrap();
        let ten = made(b"pixi", &[0, 0, 0, 0, 3, 10, 10, 10]);
        for colr in [&b"nclx\0\x0c\0\x0d\0\x00\x80"[..], &[b"prof", &icc[..]].concat()] {
            let mut picture = Picture::new(1, 1, Layout::Rgb, Samples::U8(vec![200, 100, 50])).unwrap();
            name_colours(&mut picture, &file(b"avif", &[&ten[..], &made(b"colr", colr)].concat()));
            let [depth, colours] = &picture.notes[..] else { panic!("{:?}", picture.notes) };
            assert_eq!(depth, "reduced from 10 to 8 bits per channel");
            assert!(colours.contains("Display P3"), "{colours}");
            assert_eq!(profile::into_srgb(picture).to_rgba8(), [215, 93, 31, 255]);
        }
        let mut picture = Picture::new(1, 1, Layout::Rgb, Samples::U8(vec![200, 100, 50])).unwrap();
        name_colours(&mut picture, &file(b"avif", &made(b"colr", b"nclx\0\x01\0\x0d\0\x06\x80")));
        assert_eq!((picture.profile, picture.notes), (None, vec![]));
    }

    proptest! {
        #[test]
        fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            boxes(&bytes).for_each(drop);
            browser_notes(&file(b"avif", &bytes));
            for kind in [b"colr", b"pixi", b"av1C", b"hvcC"] {
                browser_notes(&file(b"avif", &made(kind, &bytes)));
            }
        }
    }
}
