//! A whole picture as bytes, to send it to another worker without loss and without encoding it.

use bytemuck::{Pod, cast_slice, cast_slice_mut};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::image::{Layout, Picture, Samples};

/// The JSON header. Its length (32 bits) comes before it; the profile and the samples follow.
#[derive(Serialize, Deserialize)]
struct Header {
    width: u32,
    height: u32,
    grey: bool,
    alpha: bool,
    /// 8 or 16.
    depth: u8,
    /// Bytes of the profile.
    profile: Option<usize>,
    notes: Vec<String>,
}

/// Returns `picture` as bytes that [`unpack`] reads, in the same build on the same machine. The two
/// parts are the header with the profile, and the samples, which are the picture's own memory.
pub(super) fn pack(picture: &Picture) -> (Vec<u8>, &[u8]) {
    let (samples, depth): (&[u8], u8) = match &picture.samples {
        Samples::U8(values) => (values, 8),
        Samples::U16(values) => (cast_slice(values), 16),
    };
    let header = Header {
        width: picture.width,
        height: picture.height,
        grey: picture.layout.is_grey(),
        alpha: picture.layout.has_alpha(),
        depth,
        profile: picture.profile.as_ref().map(Vec::len),
        notes: picture.notes.clone(),
    };
    ([&header.to_bytes(), picture.profile.as_deref().unwrap_or_default()].concat(), samples)
}

/// Returns the bytes that [`pack`] gives for a picture in 8-bit RGB, up to its samples.
#[cfg(any(test, feature = "web-engine"))]
pub(super) fn rgb8_header((width, height): (u32, u32), profile: Option<&[u8]>, notes: Vec<String>) -> Vec<u8> {
    let length = profile.map(<[u8]>::len);
    let header = Header { width, height, grey: false, alpha: false, depth: 8, profile: length, notes };
    [&header.to_bytes(), profile.unwrap_or_default()].concat()
}

impl Header {
    fn to_bytes(&self) -> Vec<u8> {
        let json = serde_json::to_vec(self).expect("the header is plain data");
        [&(json.len() as u32).to_le_bytes(), json.as_slice()].concat()
    }
}

/// Reads the `length` bytes that [`pack`] wrote. `read(at, into)` fills `into` with the bytes from
/// `at` on, so that they need not be in this instance's memory, which never shrinks.
///
/// # Errors
/// [`Error::Decode`] if the bytes are something else.
pub(super) fn unpack(length: usize, read: impl Fn(usize, &mut [u8])) -> Result<Picture> {
    let mut bytes = Bytes { read, at: 0, left: length };
    let size = bytes.take::<u8>(4)?.try_into().map_err(|_| broken())?;
    let header = bytes.take::<u8>(u32::from_le_bytes(size) as usize)?;
    // From a string: the engine has serde_json's parser for those already.
    let header = String::from_utf8(header).map_err(|_| broken())?;
    let header: Header = serde_json::from_str(&header).map_err(|_| broken())?;
    let profile = header.profile.map(|length| bytes.take(length)).transpose()?;
    let layout = if header.grey { Layout::Grey } else { Layout::Rgb }.with_alpha(header.alpha);
    let samples = match header.depth {
        8 => Samples::U8(bytes.take(bytes.left)?),
        16 if bytes.left % 2 == 0 => Samples::U16(bytes.take(bytes.left / 2)?),
        _ => return Err(broken()),
    };
    let mut picture = Picture::new(header.width, header.height, layout, samples).map_err(|_| broken())?;
    (picture.profile, picture.notes) = (profile, header.notes);
    Ok(picture)
}

/// Bytes that are read one after the other.
struct Bytes<F> {
    read: F,
    at: usize,
    left: usize,
}

impl<F: Fn(usize, &mut [u8])> Bytes<F> {
    /// The next `count` values.
    fn take<T: Pod>(&mut self, count: usize) -> Result<Vec<T>> {
        let length = count.saturating_mul(size_of::<T>());
        self.left = self.left.checked_sub(length).ok_or_else(broken)?;
        let mut values = vec![T::zeroed(); count];
        (self.read)(self.at, cast_slice_mut(&mut values));
        self.at += length;
        Ok(values)
    }
}

fn broken() -> Error {
    Error::Decode("this is not a packed picture".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pictures() -> impl Iterator<Item = Picture> {
        [Layout::Grey, Layout::GreyAlpha, Layout::Rgb, Layout::RgbAlpha].into_iter().flat_map(|layout| {
            let values: Vec<u16> = (0..6 * layout.channels() as u16).map(|value| value * 2500 + 1).collect();
            let flat = Samples::U8(values.iter().map(|&value| value as u8).collect());
            let mut deep = Picture::new(2, 3, layout, Samples::U16(values)).unwrap();
            deep.profile = Some(vec![1, 2, 3]);
            deep.notes = vec!["a note with \"quotes\"".into(), "ü".into()];
            [deep, Picture::new(3, 2, layout, flat).unwrap()]
        })
    }

    fn packed(picture: &Picture) -> Vec<u8> {
        let (head, samples) = pack(picture);
        [&head, samples].concat()
    }

    fn unpacked(bytes: &[u8]) -> Result<Picture> {
        unpack(bytes.len(), |at, into| into.copy_from_slice(&bytes[at..at + into.len()]))
    }

    #[test]
    fn every_kind_of_picture_comes_back() {
        for picture in pictures() {
            assert_eq!(unpacked(&packed(&picture)).unwrap(), picture);
        }
    }

    #[test]
    fn a_picture_in_rgb_can_be_packed_in_pieces() {
        let notes = || vec!["a note".to_owned()];
        let mut picture = Picture::new(2, 1, Layout::Rgb, Samples::U8(vec![1, 2, 3, 4, 5, 6])).unwrap();
        picture.notes = notes();
        for profile in [None, Some(vec![7, 8, 9])] {
            picture.profile.clone_from(&profile);
            let header = rgb8_header((2, 1), profile.as_deref(), notes());
            assert_eq!([header, vec![1, 2, 3, 4, 5, 6]].concat(), packed(&picture));
        }
    }

    #[test]
    fn other_bytes_are_refused() {
        for picture in pictures() {
            let bytes = packed(&picture);
            for length in 0..bytes.len() {
                assert!(unpacked(&bytes[..length]).is_err(), "{length} of {}", bytes.len());
            }
        }
        assert!(unpacked(&[255; 64]).is_err());
    }
}
