//! EXIF metadata: which way up the picture is, and what may be carried into a result.

use image::metadata::Orientation;

use super::bytes::{read_u16, read_u32};
use super::container;
use super::sniff::{Content, sniff};

/// How the pixels must be turned.
pub(super) fn orientation(content: Content, bytes: &[u8]) -> Orientation {
    let exif = container::exif(content, bytes);
    exif.and_then(Orientation::from_exif_chunk).unwrap_or(Orientation::NoTransforms)
}

/// The EXIF metadata of a PNG, JPEG or WebP file, as [`encode_with`](super::encode_with) takes it:
/// without the orientation, which [`decode`](super::decode) has applied, and without a thumbnail
/// that would now lie on its side. `None` where there is none, or none that can be read.
pub fn exif(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut exif = container::exif(sniff(bytes), bytes)?.to_vec();
    Order::of(&exif)?;
    let orientation = Orientation::remove_from_exif_chunk(&mut exif);
    if orientation.is_some_and(|orientation| orientation != Orientation::NoTransforms) {
        drop_thumbnail(&mut exif);
    }
    Some(exif)
}

/// A JPEG's segment has 16 bits for its length, which counts itself and the prefix.
const JPEG_LIMIT: usize = 65535 - 2 - 6;

/// Returns the metadata as a JPEG can hold them, without their thumbnail if necessary, and a note
/// on what is left out.
pub(super) fn fit_jpeg(mut exif: Vec<u8>) -> (Option<Vec<u8>>, Option<String>) {
    if exif.len() <= JPEG_LIMIT {
        return (Some(exif), None);
    }
    drop_thumbnail(&mut exif);
    if exif.len() <= JPEG_LIMIT {
        return (Some(exif), Some("the thumbnail in its metadata is left out: a JPEG holds at most 64 KB".into()));
    }
    (None, Some("its metadata is left out: a JPEG holds at most 64 KB".into()))
}

/// The byte order of a TIFF structure.
#[derive(Clone, Copy)]
struct Order {
    short: fn([u8; 2]) -> u16,
    long: fn([u8; 4]) -> u32,
}

impl Order {
    fn of(exif: &[u8]) -> Option<Self> {
        match exif.first_chunk()? {
            b"II\x2a\0" => Some(Self { short: u16::from_le_bytes, long: u32::from_le_bytes }),
            b"MM\0\x2a" => Some(Self { short: u16::from_be_bytes, long: u32::from_be_bytes }),
            _ => None,
        }
    }
}

/// Removes the second directory, which describes the thumbnail, from the chain, and removes the
/// thumbnail's pixels, which usually stand at the end.
fn drop_thumbnail(exif: &mut Vec<u8>) -> Option<()> {
    let Order { short, long } = Order::of(exif)?;
    let directory = long(*exif[4..].first_chunk()?) as usize;
    let link = directory.checked_add(2)? + 12 * usize::from(read_u16(exif, directory, short)?);
    let second = read_u32(exif, link, long)? as usize;
    let value = |exif: &[u8], wanted: u16| {
        let entries = usize::from(read_u16(exif, second, short)?);
        let mut entries = (0..entries).map(|index| second + 2 + 12 * index);
        let entry = entries.find(|&entry| read_u16(exif, entry, short) == Some(wanted))?;
        read_u32(exif, entry + 8, long).map(|value| value as usize)
    };
    const START: u16 = 0x201;
    const LENGTH: u16 = 0x202;
    let pixels = value(exif, START).zip(value(exif, LENGTH));
    exif[link..link + 4].fill(0);
    let (start, length) = pixels?;
    let end = start.checked_add(length).filter(|&end| start >= link + 4 && end <= exif.len())?;
    exif[start..end].fill(0);
    if end == exif.len() {
        exif.truncate(start);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A directory with an orientation of 6, and one with a thumbnail of that many bytes.
    fn sample(thumbnail: usize) -> Vec<u8> {
        let mut exif = b"MM\0\x2a\0\0\0\x08".to_vec();
        exif.extend([0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 26]);
        exif.extend([0, 2, 2, 1, 0, 4, 0, 0, 0, 1, 0, 0, 0, 56, 2, 2, 0, 4, 0, 0, 0, 1]);
        exif.extend((thumbnail as u32).to_be_bytes());
        exif.extend([0; 4]);
        assert_eq!(exif.len(), 56);
        exif.resize(56 + thumbnail, 7);
        exif
    }

    /// A WebP file with these metadata.
    fn webp(exif: &[u8]) -> Vec<u8> {
        let length = (exif.len() as u32).to_le_bytes();
        [b"RIFF\0\0\0\0WEBPEXIF", &length[..], exif].concat()
    }

    #[test]
    fn what_was_turned_loses_its_thumbnail() {
        let upright = exif(&webp(&sample(100))).unwrap();
        assert_eq!((upright.len(), upright[19], &upright[22..26]), (56, 1, &[0; 4][..]));
        let prefixed = [b"Exif\0\0", &sample(100)[..]].concat();
        assert_eq!(exif(&webp(&prefixed)), Some(upright));
    }

    #[test]
    fn what_was_upright_keeps_its_thumbnail() {
        let mut upright = sample(100);
        upright[19] = 1;
        assert_eq!(exif(&webp(&upright)), Some(upright));
    }

    #[test]
    fn a_jpeg_holds_64_kilobytes() {
        let (kept, note) = fit_jpeg(sample(100));
        assert_eq!((kept.unwrap().len(), note), (156, None));
        let (kept, note) = fit_jpeg(sample(70_000));
        assert_eq!((kept.unwrap().len(), note.unwrap().contains("thumbnail")), (56, true));
        let mut large = sample(0);
        large.resize(JPEG_LIMIT + 1, 1);
        let (kept, note) = fit_jpeg(large);
        assert_eq!((kept, note.unwrap().contains("metadata is left out")), (None, true));
    }

    proptest! {
        #[test]
        fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            for start in [&b"II\x2a\0\x08\0\0\0"[..], b"MM\0\x2a\0\0\0\x08"] {
                let mut exif = [start, &bytes].concat();
                drop_thumbnail(&mut exif);
                super::exif(&webp(&exif));
            }
        }
    }
}
