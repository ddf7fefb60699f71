//! Estimates from a picture's pixels how strongly JPEG compressed it.

use super::interpolate::interpolate;
use super::{Picture, Samples};

/// Brightness is in 256ths of a level.
const LEVEL: u32 = 256;
/// A step counts only if its neighbours are at most this large: the edges of objects in the picture
/// are steeper than those of blocks.
const MAX_NEIGHBOUR: u32 = 3 * LEVEL;
/// Larger steps count as this one.
const MAX_STEP: u32 = 8 * LEVEL;
/// With fewer steps than this at one of the 8 places in a block, there is no estimate.
const MIN_STEPS: u64 = 200;
/// The smallest excess of the mean step across the grid over that at each other place, in 256ths of
/// a level. In 117 photographs without a grid, the excess is at most half of this.
const MIN_EXCESS: u32 = 26;
/// Rows and columns are left out of larger pictures.
const MAX_PIXELS: usize = 4_000_000;

/// How far the mean step across the grid exceeds the median of the means at the other places, in
/// 256ths of a level, and the quality at which libjpeg-turbo (4:2:0) causes that. The values are
/// medians over 60 photographs and screenshots.
const QUALITY_OF_EXCESS: [(u32, u32); 11] = [
    (72, 95),
    (138, 90),
    (195, 85),
    (236, 80),
    (279, 75),
    (376, 60),
    (440, 50),
    (517, 40),
    (637, 30),
    (814, 20),
    (1175, 10),
];

/// Returns the quality from 10 to 95, or `None` where the pixels show no grid of 8x8 or have 16
/// bits, which no decoder of a lossy format gives.
pub(super) fn quality(picture: &Picture) -> Option<u8> {
    let Samples::U8(samples) = &picture.samples else { return None };
    let (width, height) = (picture.width as usize, picture.height as usize);
    let (channels, is_grey) = (picture.layout.channels(), picture.layout.is_grey());
    let luma = |pixel: usize| {
        let colour = |index: usize| u32::from(samples[pixel * channels + index]);
        // As in JPEG: 0.299 R + 0.587 G + 0.114 B.
        if is_grey { LEVEL * colour(0) } else { 77 * colour(0) + 150 * colour(1) + 29 * colour(2) }
    };
    let every = (width * height).div_ceil(MAX_PIXELS);
    let rows = (0..height).step_by(every).map(|y| (y * width, 1, width));
    let columns = (0..width).step_by(every).map(|x| (x, width, height));
    let mut steps = Steps::default();
    for (first, stride, count) in rows.chain(columns) {
        steps.add((0..count).map(|index| luma(first + index * stride)));
    }
    steps.quality()
}

/// The steps from pixel to pixel at each of the 8 places in a block. The first is its edge.
#[derive(Debug, Default)]
struct Steps {
    sums: [u64; 8],
    counts: [u64; 8],
}

impl Steps {
    /// Adds those along a row or a column.
    fn add(&mut self, mut line: impl Iterator<Item = u32>) {
        let Some(mut last) = line.next() else { return };
        let (mut before, mut step) = (None, None);
        // `step` leads to the pixel before this one, whose place it is.
        for (place, pixel) in (0..8).cycle().zip(line) {
            let after = pixel.abs_diff(last);
            last = pixel;
            // Flat areas carry no information.
            if let (Some(before), Some(step)) = (before, step)
                && after.max(before) <= MAX_NEIGHBOUR
                && before + step + after > 0
            {
                self.sums[place] += u64::from(MAX_STEP.min(step));
                self.counts[place] += 1;
            }
            (before, step) = (step, Some(after));
        }
    }

    fn quality(&self) -> Option<u8> {
        if self.counts.iter().any(|&count| count < MIN_STEPS) {
            return None;
        }
        let mean = |place: usize| (self.sums[place] / self.counts[place]) as u32;
        let (edge, others) = (mean(0), [1, 2, 3, 4, 5, 6, 7].map(mean));
        let largest = others.into_iter().fold(0, u32::max);
        // Without sorting, which would be most of the code.
        let below = |limit: u32| others.iter().filter(|&&mean| mean < limit).count();
        let median = others.into_iter().filter(|&mean| below(mean) <= others.len() / 2).fold(0, u32::max);
        (edge >= largest + MIN_EXCESS).then(|| interpolate(&QUALITY_OF_EXCESS, edge - median) as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_excess_is_over_the_median() {
        let quality = |sums| Steps { sums, counts: [MIN_STEPS; 8] }.quality();
        let sums = |edge: u64, others: [u64; 7]| {
            let mut sums = [MIN_STEPS * edge; 8];
            (1..8).for_each(|place| sums[place] = MIN_STEPS * others[place - 1]);
            sums
        };
        assert_eq!(quality(sums(640, [300, 100, 200, 100, 400, 200, 300])), Some(50));
        assert_eq!(quality(sums(425, [300, 100, 200, 100, 400, 200, 300])), None);
        assert_eq!(quality(sums(276, [0; 7])), Some(75));
        assert_eq!(Steps { sums: [1; 8], counts: [MIN_STEPS - 1; 8] }.quality(), None);
    }
}
