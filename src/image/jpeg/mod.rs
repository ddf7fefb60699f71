//! A JPEG's markers: of which kind it is, whether it is whole, and how it is quantised.

pub(super) mod scans;

use super::bytes::read_u16;

/// The contents of a JPEG's markers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Header {
    /// The frame's marker, which gives the process: C0 to C2 are the usual ones. 0 without a frame.
    process: u8,
    /// Bits of a sample.
    precision: u8,
    /// How often each component is sampled: across in the upper four bits, down in the lower ones.
    sampling: Vec<u8>,
    /// Whether the end-of-image marker is there.
    pub ends: bool,
}

impl Header {
    /// Walks the markers up to the end-of-image marker.
    pub fn of(bytes: &[u8]) -> Self {
        let mut header = Self::default();
        for (marker, content, _) in segments(bytes) {
            match marker {
                END => header.ends = true,
                // Without DHT (C4), JPG (C8) and DAC (CC).
                0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                    header.process = marker;
                    header.precision = content.first().copied().unwrap_or(0);
                    let components = content.get(6..).unwrap_or_default().chunks_exact(3);
                    header.sampling = components.map(|fields| fields[1]).collect();
                }
                _ => {}
            }
        }
        header
    }

    /// Whether it is CMYK.
    pub fn is_cmyk(&self) -> bool {
        self.sampling.len() == 4
    }

    /// Describes the property that makes it a JPEG of a kind that few programs read.
    pub fn uncommon(&self) -> Option<String> {
        match self.process {
            0..0xc0 => None,
            0xc3 | 0xc7 | 0xcb | 0xcf => Some("lossless".into()),
            0xc5 | 0xc6 | 0xcd | 0xce => Some("hierarchical".into()),
            0xc9 | 0xca => Some("with arithmetic coding".into()),
            _ if self.precision != 8 => Some(format!("with {} bits", self.precision)),
            _ if !matches!(self.sampling.len(), 1 | 3 | 4) => Some(format!("with {} channels", self.sampling.len())),
            _ => {
                // A component can be sampled 3 times where another is sampled once or twice.
                let mut factors = self.sampling.iter().flat_map(|each| [each >> 4, each & 15]);
                factors.any(|factor| factor == 3).then(|| "with a sampling factor of 3".into())
            }
        }
    }
}

/// The steps of the 64 coefficients, in zigzag order.
pub(super) type QuantTable = [u16; 64];

/// The loss: the steps of the coefficients, and the resolution of the colours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Quantisation {
    /// The first component's table: that of the brightness, in most files.
    pub luma: QuantTable,
    /// How often each component is sampled, across and down.
    pub sampling: Vec<(u8, u8)>,
}

impl Quantisation {
    /// As the markers before the first scan say. `None` where the process is lossless, samples do
    /// not have 8 bits, or the first component's table is missing or broken.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let mut tables = [None; 4];
        let mut frame = None;
        for (marker, content, _) in segments(bytes) {
            match marker {
                TABLES => find_tables(content, &mut tables),
                0xc0..=0xc2 | 0xc5 | 0xc6 | 0xc9 | 0xca | 0xcd | 0xce => frame = Some(content),
                SCAN | END => break,
                _ => {}
            }
        }
        let frame = frame.filter(|frame| frame.first() == Some(&8))?;
        let components = frame.get(6..)?.chunks_exact(3);
        let steps = (*tables.get(usize::from(components.clone().next()?[2]))?)?;
        let mut luma = [0; 64];
        for (step, bytes) in luma.iter_mut().zip(steps.chunks_exact(steps.len() / 64)) {
            *step = bytes.iter().fold(0, |value, &byte| (value << 8) | u16::from(byte));
        }
        let sampling = components.map(|fields| (fields[1] >> 4, fields[1] & 15)).collect();
        (!luma.contains(&0)).then_some(Self { luma, sampling })
    }
}

/// Finds the tables of a segment by their numbers, up to the first that is not whole. A step has
/// one or two bytes.
fn find_tables<'a>(mut content: &'a [u8], tables: &mut [Option<&'a [u8]>; 4]) {
    while let Some((&kind, rest)) = content.split_first()
        && let Some((table, rest)) = rest.split_at_checked(if kind >> 4 == 0 { 64 } else { 128 })
        && let Some(place) = tables.get_mut(usize::from(kind & 15))
    {
        *place = Some(table);
        content = rest;
    }
}

pub(super) const START_MARKER: [u8; 2] = [0xff, 0xd8];
pub(super) const END_MARKER: [u8; 2] = [0xff, END];

const TABLES: u8 = 0xdb;
const END: u8 = 0xd9;
const SCAN: u8 = 0xda;

/// The data without half a marker at their end, and without the zeros that fill a file which was
/// truncated or never written completely.
pub(super) fn without_filling(bytes: &[u8]) -> &[u8] {
    // Fewer may belong to the picture.
    const FILLING: usize = 16;
    let zeros = bytes.iter().rev().take_while(|&&byte| byte == 0).count();
    let data = if zeros < FILLING { bytes } else { &bytes[..bytes.len() - zeros] };
    data.strip_suffix(&[0xff]).unwrap_or(data)
}

/// The file with an end marker.
pub(super) fn with_end(data: &[u8]) -> Vec<u8> {
    [data, &END_MARKER].concat()
}

/// Returns the segments of a JPEG up to the end marker. Each has its marker, its content and the
/// bytes after it.
pub(super) fn segments(bytes: &[u8]) -> Segments<'_> {
    Segments { bytes, at: 2 }
}

pub(super) struct Segments<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Iterator for Segments<'a> {
    type Item = (u8, &'a [u8], &'a [u8]);

    /// Not inlined: several functions in a bundle call it.
    #[inline(never)]
    fn next(&mut self) -> Option<Self::Item> {
        let Self { bytes, at } = *self;
        let is_marker = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0x01 | 0xd0..=0xd7 | 0xff);
        // Outside a segment there is entropy-coded data, where FF 00 is a stuffed FF, FF D0 to D7
        // are restarts and FF FF is padding.
        let at = at + bytes.get(at..)?.windows(2).position(is_marker)?;
        let marker = bytes[at + 1];
        if marker == END {
            self.at = bytes.len();
            return Some((marker, &[], &[]));
        }
        let length = usize::from(read_u16(bytes, at + 2, u16::from_be_bytes)?);
        self.at = at + 2 + length;
        let (content, after) = (bytes.get(at + 4..self.at), bytes.get(self.at..));
        Some((marker, content.unwrap_or_default(), after.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_end_marker_inside_a_thumbnail_does_not_count() {
        let segment = [0xff, 0xd8, 0xff, 0xe1, 0, 4, 0xff, 0xd9];
        assert!(!Header::of(&segment).ends);
        assert!(Header::of(&[&segment[..], &[0xff, 0xda, 0, 2, 1, 0xff, 0, 0xff, 0xd9]].concat()).ends);
    }

    #[test]
    fn zeros_at_the_end_are_no_data() {
        assert_eq!(without_filling(&[1, 0, 0]), [1, 0, 0]);
        assert_eq!(without_filling(&[&[1, 2][..], &[0; 40]].concat()), [1, 2]);
        assert_eq!(without_filling(&[1, 0xff]), [1]);
    }

    proptest! {
        #[test]
        fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            Header::of(&bytes).uncommon();
            scans::are_whole(&bytes);
            Quantisation::of(&bytes);
            Quantisation::of(&[&START_MARKER[..], &[0xff, TABLES], &bytes].concat());
            Header::of(&[&START_MARKER[..], &[0xff, 0xc2], &bytes].concat());
        }
    }
}
