//! Checks whether a JPEG's scans hold the whole picture: decoders silently fill gaps with grey.
//!
//! The codes are walked as a decoder would, but no coefficient is computed. This is in the bundle
//! that the page loads first: plain loops, and few functions that are inlined, keep it small.

use super::{END, SCAN, segments};
use crate::image::bytes::read_u16;

const CODES: u8 = 0xc4;
const RESTARTS: u8 = 0xdd;

/// The largest frame that is looked at: a progressive one takes a byte for 8 pixels and component.
const MAX_PIXELS: usize = 1 << 28;

/// More scans than encoders write. Each may go through all blocks without any data.
const MAX_SCANS: usize = 100;

/// Returns whether the scans hold each coefficient of each block. `None` if that cannot be
/// determined: without a frame or its height, without the tables that a scan names, or with another
/// process than sequential or progressive Huffman coding.
pub(in super::super) fn are_whole(bytes: &[u8]) -> Option<bool> {
    let mut frame = Frame::default();
    let mut scans = 0;
    for (marker, content, after) in segments(bytes) {
        match marker {
            0xc0..=0xc2 => frame.begin(marker, content)?,
            CODES => frame.add_codes(content)?,
            RESTARTS => frame.interval = read_u16(content, 0, u16::from_be_bytes)?.into(),
            SCAN => {
                scans += 1;
                if scans > MAX_SCANS {
                    return None;
                }
                if !frame.scan(content, after)? {
                    return Some(false);
                }
            }
            END => break,
            _ => {}
        }
    }
    let mut components = frame.components.iter();
    (scans > 0).then(|| components.all(|component| component.sent == u64::MAX))
}

#[derive(Default)]
struct Component {
    id: u8,
    /// How often it is sampled.
    across: usize,
    down: usize,
    /// A bit for each coefficient that a scan has brought to its last precision.
    sent: u64,
    /// For each block, a bit for each coefficient that is not zero so far: later scans have one
    /// more bit of these only. Empty before the first such scan.
    nonzero: Vec<u64>,
}

#[derive(Default)]
struct Frame<'a> {
    progressive: bool,
    width: usize,
    height: usize,
    components: Vec<Component>,
    /// The largest sampling factors of the components, across and down.
    max_sampling: (usize, usize),
    /// By their numbers: those of the first coefficients, then those of the others.
    codes: [Codes<'a>; 8],
    /// Units between two restarts; 0 where there are none.
    interval: usize,
}

/// A component's part of a scan: its index, how many of its blocks are in a unit, and the indices
/// of the codes of its first coefficient and of the others.
type Part = (usize, usize, usize, usize);

impl<'a> Frame<'a> {
    fn begin(&mut self, process: u8, header: &[u8]) -> Option<()> {
        self.progressive = process == 0xc2;
        self.height = read_u16(header, 1, u16::from_be_bytes)?.into();
        self.width = read_u16(header, 3, u16::from_be_bytes)?.into();
        self.components.clear();
        self.max_sampling = (1, 1);
        for fields in header.get(6..)?.chunks_exact(3) {
            let (across, down) = (usize::from(fields[1] >> 4), usize::from(fields[1] & 15));
            if across.wrapping_sub(1) > 3 || down.wrapping_sub(1) > 3 {
                return None;
            }
            self.max_sampling = (self.max_sampling.0.max(across), self.max_sampling.1.max(down));
            self.components.push(Component { id: fields[0], across, down, ..Component::default() });
        }
        (1..=MAX_PIXELS).contains(&(self.width * self.height)).then_some(())
    }

    /// The tables of a segment.
    fn add_codes(&mut self, mut content: &'a [u8]) -> Option<()> {
        while let Some((&kind, rest)) = content.split_first() {
            let (counts, rest) = rest.split_first_chunk()?;
            let number = usize::from((kind >> 4) * 4 + (kind & 3));
            content = self.codes.get_mut(number)?.read(counts, rest)?;
        }
        Some(())
    }

    /// Walks a scan; `data` begin with it. Returns whether it is whole.
    #[inline(never)]
    fn scan(&mut self, header: &[u8], data: &[u8]) -> Option<bool> {
        let count = usize::from(*header.first()?);
        if count == 0 {
            return None;
        }
        let &[first, last, approximation] = header.get(1 + 2 * count..)?.first_chunk()?;
        let mut scan = Scan { first: 0, last: 63, progressive: self.progressive, refines: false, run: 0 };
        let mut is_last = true;
        if self.progressive {
            (scan.first, scan.last) = (first.into(), last.into());
            scan.refines = approximation >> 4 > 0;
            // Lower bits follow in a later scan.
            is_last = approximation & 15 == 0;
            // The first coefficients of all components, or others of one of them.
            if last > 63 || first > last || (last > 0 && (first == 0 || count != 1)) {
                return None;
            }
        }
        let (mut width, mut height) = (self.width, self.height);
        let mut parts: [Part; 4] = [(0, 0, 0, 0); 4];
        for (index, part) in parts.get_mut(..count)?.iter_mut().enumerate() {
            let (id, tables) = (header[1 + 2 * index], header[2 + 2 * index]);
            let place = self.components.iter().position(|component| component.id == id)?;
            let component = &mut self.components[place];
            *part =
                (place, component.across * component.down, usize::from(tables >> 4 & 3), 4 + usize::from(tables & 3));
            if count == 1 {
                (width, height, part.1) = (width * component.across, height * component.down, 1);
            }
            let lacks = |needed: bool, codes: usize| needed && self.codes[codes].symbols.is_empty();
            if lacks(scan.first == 0 && !scan.refines, part.2) || lacks(scan.last > 0, part.3) {
                return None;
            }
            if is_last {
                component.sent |= (u64::MAX >> (63 - (scan.last - scan.first))) << scan.first;
            }
        }
        let units = width.div_ceil(8 * self.max_sampling.0) * height.div_ceil(8 * self.max_sampling.1);
        if scan.first > 0 {
            self.components[parts[0].0].nonzero.resize(units, 0);
        }
        let mut bits = Bits { data, held: 0, count: 0 };
        for unit in 0..units {
            if self.interval > 0 && unit > 0 && unit % self.interval == 0 {
                bits.restart();
                scan.run = 0;
            }
            for &(place, blocks, first, others) in &parts[..count] {
                for _ in 0..blocks {
                    let mut none = 0;
                    // Only scans of a single component come back to a block.
                    let nonzero = match scan.first {
                        0 => &mut none,
                        _ => &mut self.components[place].nonzero[unit],
                    };
                    if scan.block(&mut bits, &self.codes[first], &self.codes[others], nonzero).is_none() {
                        return Some(false);
                    }
                }
            }
        }
        Some(true)
    }
}

struct Scan {
    /// The coefficients, in zigzag order.
    first: u32,
    last: u32,
    progressive: bool,
    /// Whether it adds one bit to coefficients that came before.
    refines: bool,
    /// Blocks without further new coefficients that are still to come.
    run: u32,
}

impl Scan {
    /// Walks through a block. `None` if the data end or are invalid.
    #[inline(never)]
    fn block(&mut self, bits: &mut Bits, first: &Codes, others: &Codes, nonzero: &mut u64) -> Option<()> {
        let mut at = self.first;
        if at == 0 {
            let size = if self.refines { 1 } else { bits.symbol(first)?.min(16) };
            bits.skip(size)?;
            at = 1;
        }
        while self.run == 0 && at <= self.last {
            let symbol = bits.symbol(others)?;
            let (mut zeros, size) = (symbol >> 4, symbol & 15);
            if size == 0 && zeros < 15 {
                self.run = if self.progressive { (1 << zeros) + bits.take(zeros)? } else { 1 };
                break;
            }
            // A new coefficient, or its sign.
            bits.skip(if self.refines { size.min(1) } else { size })?;
            // It comes after `zeros` zeros. Each nonzero coefficient between them has one more bit.
            while at <= self.last {
                if self.refines && *nonzero >> at & 1 == 1 {
                    bits.skip(1)?;
                } else if zeros == 0 {
                    *nonzero |= u64::from(size > 0) << at;
                    break;
                } else {
                    zeros -= 1;
                }
                at += 1;
            }
            at += 1;
        }
        if self.run > 0 {
            self.run -= 1;
            if self.refines && at <= self.last {
                // At most 63.
                let left = ((*nonzero << (63 - self.last)) >> (63 - self.last) >> at).count_ones();
                bits.skip(left / 2)?;
                bits.skip(left - left / 2)?;
            }
        }
        Some(())
    }
}

/// Codes up to this length are looked up at once.
const SHORT: usize = 9;

/// A table of Huffman codes. A missing table has no symbols.
struct Codes<'a> {
    /// By the next bits: a code's length, and its symbol in the upper eight bits. 0 where the code
    /// is longer.
    short: [u16; 1 << SHORT],
    /// By length: where codes of this length end, as 16 bits.
    ends: [u32; 17],
    /// By length: what a code and its symbol's index differ by.
    offsets: [usize; 17],
    symbols: &'a [u8],
}

impl Default for Codes<'_> {
    fn default() -> Self {
        Self { short: [0; 1 << SHORT], ends: [0; 17], offsets: [0; 17], symbols: &[] }
    }
}

impl<'a> Codes<'a> {
    /// Returns what comes after the table.
    #[inline(never)]
    fn read(&mut self, counts: &[u8; 16], symbols: &'a [u8]) -> Option<&'a [u8]> {
        self.short.fill(0);
        let (mut code, mut index) = (0_usize, 0_usize);
        for length in 1..=16 {
            self.offsets[length] = index.wrapping_sub(code);
            for _ in 0..counts[length - 1] {
                let &symbol = symbols.get(index)?;
                if length <= SHORT {
                    let spread = 1 << (SHORT - length);
                    self.short
                        .get_mut(code * spread..(code + 1) * spread)?
                        .fill(u16::from(symbol) << 8 | length as u16);
                }
                code += 1;
                index += 1;
            }
            self.ends[length] = (code << (16 - length)) as u32;
            code *= 2;
        }
        let (symbols, rest) = symbols.split_at(index);
        self.symbols = symbols;
        Some(rest)
    }
}

/// The bits of entropy-coded data, up to a marker.
struct Bits<'a> {
    data: &'a [u8],
    /// The next bits come first; zeros follow.
    held: u64,
    count: u32,
}

impl Bits<'_> {
    #[inline(never)]
    fn fill(&mut self) {
        while self.count <= 56 {
            let (byte, length) = match *self.data {
                [0xff, 0, ..] => (0xff, 2),
                [0xff, 0xff, ..] => {
                    self.data = &self.data[1..];
                    continue;
                }
                [] | [0xff, ..] => return,
                [byte, ..] => (byte, 1),
            };
            self.data = &self.data[length..];
            self.held |= u64::from(byte) << (56 - self.count);
            self.count += 8;
        }
    }

    /// Leaves out up to 32 bits.
    #[inline(never)]
    fn skip(&mut self, bits: u32) -> Option<()> {
        if self.count < bits {
            self.fill();
        }
        self.count = self.count.checked_sub(bits)?;
        self.held <<= bits;
        Some(())
    }

    /// A number of up to 15 bits.
    fn take(&mut self, bits: u32) -> Option<u32> {
        self.fill();
        let value = self.held >> 1 >> (63 - bits);
        self.skip(bits)?;
        Some(value as u32)
    }

    #[inline(never)]
    fn symbol(&mut self, codes: &Codes) -> Option<u32> {
        if self.count < 16 {
            self.fill();
        }
        let next = (self.held >> 48) as u32;
        let short = u32::from(codes.short[(next >> (16 - SHORT)) as usize]);
        let (length, symbol) = if short > 0 {
            (short & 255, short >> 8)
        } else {
            let length = (SHORT + 1..=16).find(|&length| next < codes.ends[length])?;
            let index = (next as usize >> (16 - length)).wrapping_add(codes.offsets[length]);
            (length as u32, u32::from(*codes.symbols.get(index)?))
        };
        self.skip(length)?;
        Some(symbol)
    }

    /// Moves to the data after the next marker if that is a restart, otherwise to the end of all
    /// data.
    #[inline(never)]
    fn restart(&mut self) {
        let is_marker = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0 | 0xff);
        let next = self.data.windows(2).position(is_marker).unwrap_or(self.data.len());
        let after = match self.data.get(next + 1) {
            Some(0xd0..=0xd7) => next + 2,
            _ => self.data.len(),
        };
        *self = Self { data: &self.data[after..], held: 0, count: 0 };
    }
}
