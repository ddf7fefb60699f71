//! Whether a JPEG's scans hold the whole picture. Decoders fill what is missing with grey, silently.
//!
//! The codes are walked as a decoder would, but no coefficient is computed.

use super::{END, SCAN, segments};
use crate::image::container::read_u16;

const CODES: u8 = 0xc4;
const RESTARTS: u8 = 0xdd;

/// The largest frame that is looked at: a progressive one takes a byte for 8 pixels and component.
const MAX_PIXELS: usize = 1 << 28;

/// More scans than encoders write. Each may go through all blocks without any data.
const MAX_SCANS: usize = 100;

/// Whether the scans hold each coefficient of each block. `None` where that cannot be told: without a
/// frame or its height, without the tables that a scan names, with another process than Huffman
/// coding, sequential or progressive.
///
pub(in super::super) fn are_whole(bytes: &[u8]) -> Option<bool> {
    let mut frame = None;
    let mut tables = Tables::default();
    let mut scans = 0;
    for (marker, content, after) in segments(bytes) {
        match marker {
            0xc0..=0xc2 => frame = Some(Frame::of(marker, content)?),
            CODES => tables.add(content)?,
            RESTARTS => tables.interval = read_u16(content, 0, u16::from_be_bytes)?.into(),
            SCAN => {
                scans += 1;
                if scans > MAX_SCANS {
                    return None;
                }
                let scan = Scan::of(frame.as_mut()?, &tables, content)?;
                if scan.walk(after, tables.interval).is_none() {
                    return Some(false);
                }
            }
            END => break,
            _ => {}
        }
    }
    Some(frame?.components.iter().all(|component| component.sent == u64::MAX))
}

struct Frame {
    progressive: bool,
    width: usize,
    height: usize,
    components: Vec<Component>,
}

#[derive(Default)]
struct Component {
    id: u8,
    /// How often it is sampled.
    across: usize,
    down: usize,
    /// A bit for each coefficient that a scan has brought to its last precision.
    sent: u64,
    /// For each block, a bit for each coefficient that is not zero so far: later scans have one more
    /// bit of these only. Empty before the first such scan.
    nonzero: Vec<u64>,
}

impl Frame {
    fn of(process: u8, header: &[u8]) -> Option<Self> {
        let side = |at| read_u16(header, at, u16::from_be_bytes).map(usize::from).filter(|&side| side > 0);
        let components = header.get(6..)?.chunks_exact(3).map(|fields| {
            let (across, down) = ((fields[1] >> 4).into(), (fields[1] & 15).into());
            let valid = (1..=4).contains(&across) && (1..=4).contains(&down);
            valid.then(|| Component { id: fields[0], across, down, ..Component::default() })
        });
        let components = components.collect::<Option<_>>()?;
        let (height, width) = (side(1)?, side(3)?);
        (width <= MAX_PIXELS / height).then_some(Self { progressive: process == 0xc2, width, height, components })
    }

    /// How many units of so many pixels cover the picture.
    fn units(&self, width: usize, height: usize, divisor: (usize, usize)) -> usize {
        (self.width * width).div_ceil(8 * divisor.0) * (self.height * height).div_ceil(8 * divisor.1)
    }
}

#[derive(Default)]
struct Tables {
    /// By their numbers: those of the first coefficients, then those of the others.
    codes: [Option<Codes>; 8],
    /// Units between two restarts; 0 where there are none.
    interval: usize,
}

impl Tables {
    /// The tables of a segment.
    fn add(&mut self, mut content: &[u8]) -> Option<()> {
        while let Some((&kind, rest)) = content.split_first() {
            let (counts, rest) = rest.split_first_chunk()?;
            let (symbols, rest) = rest.split_at_checked(counts.iter().map(|&count| usize::from(count)).sum())?;
            *self.codes.get_mut(usize::from((kind >> 4) * 4 + (kind & 3)))? = Some(Codes::new(counts, symbols)?);
            content = rest;
        }
        Some(())
    }
}

/// Codes up to this length are looked up at once.
const SHORT: u32 = 9;

/// A table of Huffman codes.
struct Codes {
    /// By the next bits: a code's length and symbol. 0 where the code is longer.
    short: [(u8, u8); 1 << SHORT],
    /// By length: where codes of this length end, as 16 bits.
    ends: [u32; 17],
    /// By length: what a code and its symbol's index differ by.
    offsets: [usize; 17],
    symbols: Vec<u8>,
}

impl Codes {
    fn new(counts: &[u8; 16], symbols: &[u8]) -> Option<Self> {
        let (short, ends, offsets) = ([(0, 0); 1 << SHORT], [0; 17], [0; 17]);
        let mut codes = Self { short, ends, offsets, symbols: symbols.to_vec() };
        let (mut code, mut index) = (0_usize, 0_usize);
        for (length, &count) in (1..).zip(counts) {
            codes.offsets[length as usize] = index.wrapping_sub(code);
            for &symbol in &symbols[index..index + usize::from(count)] {
                if length <= SHORT {
                    let spread = 1 << (SHORT - length);
                    codes.short.get_mut(code * spread..)?.get_mut(..spread)?.fill((length as u8, symbol));
                }
                code += 1;
            }
            index += usize::from(count);
            codes.ends[length as usize] = (code << (16 - length)) as u32;
            code *= 2;
        }
        Some(codes)
    }

    /// The length and the symbol of the code that these 16 bits begin with.
    fn find(&self, bits: u32) -> Option<(u8, u8)> {
        let found = self.short[(bits >> (16 - SHORT)) as usize];
        if found.0 > 0 {
            return Some(found);
        }
        let length = (SHORT as usize + 1..=16).find(|&length| bits < self.ends[length])?;
        let index = (bits as usize >> (16 - length)).wrapping_add(self.offsets[length]);
        Some((length as u8, *self.symbols.get(index)?))
    }
}

/// A component's part of a scan.
struct Part<'a> {
    component: &'a mut Component,
    /// How many of its blocks are in a unit.
    blocks: usize,
    /// The codes of the first coefficient and of the others, where the scan needs them.
    first: Option<&'a Codes>,
    others: Option<&'a Codes>,
}

struct Scan<'a> {
    parts: Vec<Part<'a>>,
    units: usize,
    /// The coefficients, in zigzag order.
    band: (u32, u32),
    progressive: bool,
    /// Whether it adds one bit to coefficients that came before.
    refines: bool,
}

impl<'a> Scan<'a> {
    fn of(frame: &'a mut Frame, tables: &'a Tables, header: &[u8]) -> Option<Self> {
        let (&count, header) = header.split_first()?;
        let (names, header) = header.split_at_checked(2 * usize::from(count))?;
        let &[first, last, approximation] = header.first_chunk()?;
        let progressive = frame.progressive;
        let (band, approximation) = if progressive { ((first, last), approximation) } else { ((0, 63), 0) };
        let valid = band.0 <= band.1 && band.1 < 64 && !(progressive && band.0 == 0 && band.1 > 0);
        if !valid || (band.0 > 0 && count != 1) {
            return None;
        }
        let refines = approximation >> 4 > 0;
        let largest = |side: fn(&Component) -> usize| frame.components.iter().map(side).max();
        let largest = (largest(|component| component.across)?, largest(|component| component.down)?);
        let units = match names {
            &[id, _] => {
                let component = frame.components.iter().find(|component| component.id == id)?;
                frame.units(component.across, component.down, largest)
            }
            _ => frame.units(1, 1, largest),
        };
        let mut parts = Vec::new();
        for component in &mut frame.components {
            let Some(name) = names.chunks_exact(2).find(|name| name[0] == component.id) else {
                continue;
            };
            // Lower bits follow in a later scan.
            if approximation & 15 == 0 {
                component.sent |= (u64::MAX >> (63 - (band.1 - band.0))) << band.0;
            }
            if progressive && band.0 > 0 && component.nonzero.is_empty() {
                component.nonzero = vec![0; units];
            }
            let table = |number: u8, needed: bool| match tables.codes.get(usize::from(number)) {
                _ if !needed => Some(None),
                Some(Some(codes)) => Some(Some(codes)),
                _ => None,
            };
            parts.push(Part {
                blocks: if count == 1 { 1 } else { component.across * component.down },
                first: table(name[1] >> 4, band.0 == 0 && !refines)?,
                others: table(4 + (name[1] & 15), band.1 > 0)?,
                component,
            });
        }
        let band = (band.0.into(), band.1.into());
        (parts.len() == usize::from(count)).then_some(Self { parts, units, band, progressive, refines })
    }

    /// Through the data that begin there. `None` where they end too early, or have no meaning.
    fn walk(mut self, data: &[u8], interval: usize) -> Option<()> {
        let mut bits = Bits { data, held: 0, count: 0 };
        // Blocks without further coefficients that are still to come.
        let mut run = 0;
        for unit in 0..self.units {
            if interval > 0 && unit > 0 && unit % interval == 0 {
                bits.restart();
                run = 0;
            }
            for part in &mut self.parts {
                let mut none = 0;
                for _ in 0..part.blocks {
                    if let Some(codes) = part.first {
                        let size = bits.symbol(codes)?;
                        bits.skip(u32::from(size).min(16))?;
                    } else if self.band.0 == 0 {
                        bits.skip(1)?;
                    }
                    let Some(codes) = part.others else {
                        continue;
                    };
                    // Only scans of a single component come back to a block.
                    let nonzero = part.component.nonzero.get_mut(unit).unwrap_or(&mut none);
                    let band = (self.band.0.max(1), self.band.1);
                    if self.refines {
                        refine(&mut bits, codes, band, nonzero, &mut run)?;
                    } else if run > 0 {
                        run -= 1;
                    } else {
                        run = first_bits(&mut bits, codes, band, nonzero, self.progressive)?;
                    }
                }
            }
        }
        Some(())
    }
}

/// A block's coefficients; returns how many blocks after it have none.
#[inline]
fn first_bits(
    bits: &mut Bits,
    codes: &Codes,
    (first, last): (u32, u32),
    nonzero: &mut u64,
    progressive: bool,
) -> Option<u32> {
    let mut at = first;
    while at <= last {
        let symbol = bits.symbol(codes)?;
        let (zeros, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
        match (zeros, size) {
            (15, 0) => at += 16,
            (_, 0) if progressive => return Some((1 << zeros) - 1 + bits.take(zeros)?),
            (_, 0) => break,
            _ => {
                bits.skip(size)?;
                at += zeros;
                *nonzero |= 1_u64.checked_shl(at).unwrap_or(0);
                at += 1;
            }
        }
    }
    Some(0)
}

/// One more bit of a block's coefficients.
fn refine(bits: &mut Bits, codes: &Codes, (first, last): (u32, u32), nonzero: &mut u64, run: &mut u32) -> Option<()> {
    let mut at = first;
    while *run == 0 && at <= last {
        let symbol = bits.symbol(codes)?;
        let (mut zeros, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
        if size == 0 && zeros < 15 {
            *run = (1 << zeros) + bits.take(zeros)?;
            break;
        }
        // The sign of the new coefficient.
        bits.skip(u32::from(size > 0))?;
        // It comes after so many zeros; those which are none have a bit each.
        while at <= last {
            if *nonzero >> at & 1 == 1 {
                bits.skip(1)?;
            } else if zeros == 0 {
                break;
            } else {
                zeros -= 1;
            }
            at += 1;
        }
        if size > 0 && at <= last {
            *nonzero |= 1 << at;
        }
        at += 1;
    }
    if *run > 0 {
        *run -= 1;
        for at in at..=last {
            bits.skip((*nonzero >> at & 1) as u32)?;
        }
    }
    Some(())
}

/// The bits of entropy-coded data, up to a marker.
struct Bits<'a> {
    data: &'a [u8],
    /// The next bits come first; zeros follow.
    held: u64,
    count: u32,
}

impl Bits<'_> {
    #[inline]
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
    #[inline]
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
        let value = (self.held >> 32) as u32;
        self.skip(bits)?;
        Some(value.checked_shr(32 - bits).unwrap_or(0))
    }

    #[inline]
    fn symbol(&mut self, codes: &Codes) -> Option<u8> {
        if self.count < 16 {
            self.fill();
        }
        let (length, symbol) = codes.find((self.held >> 48) as u32)?;
        self.skip(length.into())?;
        Some(symbol)
    }

    /// To the data after the next marker if that is a restart; otherwise to the end of all data.
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
