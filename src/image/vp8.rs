//! The header of a VP8 frame (RFC 6386, sections 9 and 19.2), which says how coarsely a lossy WebP
//! is quantised.

/// The frame's quantiser index, 0 (finest) to 127: the base index or, where the frame has segments
/// with indices of their own, their mean by the segments' share of the picture. `None` where the
/// header is cut or not that of a key frame.
pub(super) fn quantiser_index(frame: &[u8]) -> Option<u8> {
    // A frame tag, whose lowest bit is clear for key frames, a start code and the size.
    if frame.first()? & 1 != 0 || frame.get(3..6)? != [0x9d, 0x01, 0x2a] {
        return None;
    }
    let mut bits = Bits::new(frame.get(10..)?)?;
    // The colour space, and whether the decoder has to clamp.
    bits.number(2)?;
    let mut segments = None;
    if bits.flag()? {
        segments = read_segments(&mut bits)?;
    }
    // The loop filter: its kind, level and sharpness, then its adjustments.
    bits.number(1 + 6 + 3)?;
    if bits.flag()? && bits.flag()? {
        for _ in 0..8 {
            bits.optional(6)?;
        }
    }
    // The number of partitions.
    bits.number(2)?;
    let base = bits.number(7)?;
    let index = match segments {
        None => base,
        Some(Segments { quantisers, is_absolute, shares }) => {
            let of = |quantiser: i32| (if is_absolute { quantiser } else { base + quantiser }).clamp(0, 127);
            let sum: i32 = quantisers.iter().zip(shares).map(|(&quantiser, share)| of(quantiser) * share).sum();
            (sum + WHOLE / 2) / WHOLE
        }
    };
    Some(index as u8)
}

const WHOLE: i32 = 256 * 256;

struct Segments {
    quantisers: [i32; 4],
    /// Whether these replace the base index; otherwise they are added to it.
    is_absolute: bool,
    /// Each segment's share of the picture's macroblocks, of [`WHOLE`].
    shares: [i32; 4],
}

/// `None` inside where the segments have no quantisers of their own.
fn read_segments(bits: &mut Bits) -> Option<Option<Segments>> {
    let (has_map, has_values) = (bits.flag()?, bits.flag()?);
    let mut quantisers = None;
    if has_values {
        let is_absolute = bits.flag()?;
        let mut values = [0; 4];
        for value in &mut values {
            *value = bits.optional(7)?;
        }
        quantisers = Some((values, is_absolute));
        // The strengths of the loop filter.
        for _ in 0..4 {
            bits.optional(6)?;
        }
    }
    // A tree's three probabilities, of 256: for the first two segments, then within each pair.
    let mut probabilities = [255; 3];
    if has_map {
        for probability in &mut probabilities {
            if bits.flag()? {
                *probability = bits.number(8)?;
            }
        }
    }
    let [pair, first, third] = probabilities;
    let rest = 256 - pair;
    let shares = [pair * first, pair * (256 - first), rest * third, rest * (256 - third)];
    Some(quantisers.map(|(quantisers, is_absolute)| Segments { quantisers, is_absolute, shares }))
}

/// The boolean decoder of VP8 (RFC 6386, section 7), for bits that are as likely 0 as 1.
struct Bits<'a> {
    /// The bytes that are not in `value` yet.
    data: &'a [u8],
    /// Two bytes. The upper one decides the next bit.
    value: u32,
    /// How many bits of the lower one are used up.
    used: u32,
    range: u32,
}

impl<'a> Bits<'a> {
    fn new(data: &'a [u8]) -> Option<Self> {
        let (&[first, second], data) = data.split_first_chunk()?;
        Some(Self { data, value: u16::from_be_bytes([first, second]).into(), used: 0, range: 255 })
    }

    fn flag(&mut self) -> Option<bool> {
        let split = 1 + ((self.range - 1) >> 1);
        let bit = self.value >= split << 8;
        if bit {
            self.range -= split;
            self.value -= split << 8;
        } else {
            self.range = split;
        }
        while self.range < 128 {
            self.range <<= 1;
            self.value <<= 1;
            self.used += 1;
            if self.used == 8 {
                let (&next, data) = self.data.split_first()?;
                (self.data, self.value, self.used) = (data, self.value | u32::from(next), 0);
            }
        }
        Some(bit)
    }

    /// A number of `bits` bits, the highest first.
    fn number(&mut self, bits: u32) -> Option<i32> {
        (0..bits).try_fold(0, |number, _| Some((number << 1) | i32::from(self.flag()?)))
    }

    /// A number with a sign, or 0 where a flag says that there is none.
    fn optional(&mut self, bits: u32) -> Option<i32> {
        if !self.flag()? {
            return Some(0);
        }
        let number = self.number(bits)?;
        Some(if self.flag()? { -number } else { number })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEY_FRAME: [u8; 10] = [0, 0, 0, 0x9d, 0x01, 0x2a, 16, 0, 16, 0];

    #[test]
    fn other_frames_have_no_index() {
        let frame = [&KEY_FRAME[..], &[0; 8]].concat();
        assert_eq!(quantiser_index(&frame), Some(0));
        assert_eq!(quantiser_index(&[&[1], &frame[1..]].concat()), None);
        assert_eq!(quantiser_index(&frame[1..]), None);
        assert_eq!(quantiser_index(&frame[..12]), None);
    }

    proptest! {
        #[test]
        fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            quantiser_index(&bytes);
            if let Some(index) = quantiser_index(&[&KEY_FRAME[..], &bytes].concat()) {
                prop_assert!(index <= 127);
            }
        }
    }
}
