//! One axis of a pass: its parts, and what they read.

use std::ops::Range;

/// Along an axis, every number of parts up to this one is considered. Above it, each candidate is a
/// sixteenth larger than the one before: a picture of such a length needs no exact balance.
const EVERY_COUNT: u32 = 512;

/// The radius of the Lanczos filter, in pixels of its target.
const LANCZOS_RADIUS: f64 = 3.0;

/// The smallest side of a tile, in low-resolution pixels without the halo, for any number of
/// workers.
pub(super) const MIN_CORE: u32 = 32;

/// How far from the middle of a pixel of its target the filter that shrinks reads, and a pixel more
/// for rounding. The pixel is as wide as `ratio` pixels of the network's result.
pub(super) fn filter_reach(ratio: f64) -> f64 {
    LANCZOS_RADIUS * ratio + 1.0
}

/// One axis of a pass.
pub(super) struct Axis {
    /// Low-resolution pixels.
    pub source: u32,
    /// Pixels of the picture that is written, at most `scale * source`.
    pub target: u32,
    pub scale: u32,
    /// Low-resolution pixels.
    pub halo: u32,
}

impl Axis {
    /// Part `index` of `count` equal ones of the target.
    pub fn part(&self, index: u32, count: u32) -> Range<u32> {
        let cut = |index: u32| (u64::from(self.target) * u64::from(index) / u64::from(count)) as u32;
        cut(index)..cut(index + 1)
    }

    /// The low-resolution pixels that decide `part` of the target.
    pub fn reads(&self, part: &Range<u32>) -> Range<u32> {
        let enlarged = u64::from(self.source) * u64::from(self.scale);
        let (start, end) = if enlarged == u64::from(self.target) {
            (u64::from(part.start), u64::from(part.end))
        } else {
            let ratio = enlarged as f64 / f64::from(self.target);
            let reach = filter_reach(ratio);
            let start = (f64::from(part.start) + 0.5) * ratio - reach;
            let end = (f64::from(part.end) - 0.5) * ratio + reach;
            (start.floor().max(0.0) as u64, (end.ceil() as u64).min(enlarged))
        };
        let scale = u64::from(self.scale);
        let (start, end) = ((start / scale) as u32, end.div_ceil(scale) as u32);
        start.saturating_sub(self.halo)..end.saturating_add(self.halo).min(self.source)
    }

    /// The numbers of parts to choose from, each with the most pixels that a part reads along this
    /// axis. The list ends where parts of a picture that is `breadth` pixels wide have at most
    /// `max_pixels` pixels, so that it is short however long the axis is.
    pub fn cuts(&self, breadth: u32, max_pixels: u64) -> Vec<(u32, u64)> {
        let limit = (self.target / (MIN_CORE * self.scale)).max(1);
        let mut cuts = Vec::new();
        let mut count = 1;
        while count <= limit {
            let lengths = (0..count).map(|index| self.reads(&self.part(index, count)).len() as u64);
            let largest = lengths.max().unwrap_or(0);
            cuts.push((count, largest));
            if count >= EVERY_COUNT && largest.saturating_mul(breadth.into()) <= max_pixels {
                break;
            }
            count += if count < EVERY_COUNT { 1 } else { count / 16 };
        }
        cuts
    }
}
