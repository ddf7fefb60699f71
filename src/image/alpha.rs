//! Colours hidden under fully transparent pixels.
//!
//! Programs leave anything there: black, white, bright green. A network or a kernel that enlarges
//! the colours on their own, beside the alpha, would draw it into the visible edge as a fringe.
//! [`fill_hidden`] puts in what the visible neighbourhood suggests.

use super::{Picture, Samples};

/// Gives each pixel of alpha 0 the colour of its visible neighbourhood: smooth, nearest first.
/// Every other pixel, and alpha itself, stays. A picture without alpha, or without a visible pixel,
/// stays as it is.
///
/// Works by push-pull (Gortler and others, "The Lumigraph", 1996): averages weighted by alpha are
/// pushed up a pyramid and pulled down into the holes. Needs less than 6 bytes a pixel for the time
/// of the call.
pub fn fill_hidden(picture: &mut Picture) {
    if !picture.layout.has_alpha() {
        return;
    }
    let (width, channels) = (picture.width as usize, picture.layout.channels());
    match &mut picture.samples {
        Samples::U8(values) => fill(values, width, channels, 255.0, |value| value.round() as u8),
        Samples::U16(values) => fill(values, width, channels, 65535.0, |value| value.round() as u16),
    }
}

/// A colour and how far it is known, from 0 (not at all) to 1.
#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    colour: [f32; 3],
    weight: f32,
}

/// One level of the pyramid; the picture itself is level 0 and not stored.
struct Level {
    width: usize,
    cells: Vec<Cell>,
}

impl Level {
    /// Halves a `width` x `height` grid: each cell is the weighted mean of up to four.
    fn halved(width: usize, height: usize, at: impl Fn(usize, usize) -> Cell) -> Self {
        let half = width.div_ceil(2);
        let mut cells = Vec::with_capacity(half * height.div_ceil(2));
        for top in (0..height).step_by(2) {
            for left in (0..width).step_by(2) {
                let mut sum = Cell::default();
                for y in top..height.min(top + 2) {
                    for x in left..width.min(left + 2) {
                        let cell = at(x, y);
                        sum.weight += cell.weight;
                        for (sum, colour) in sum.colour.iter_mut().zip(cell.colour) {
                            *sum += colour * cell.weight;
                        }
                    }
                }
                if sum.weight > 0.0 {
                    sum.colour = sum.colour.map(|colour| colour / sum.weight);
                    sum.weight = sum.weight.min(1.0);
                }
                cells.push(sum);
            }
        }
        Self { width: half, cells }
    }

    fn height(&self) -> usize {
        self.cells.len() / self.width
    }

    /// Completes cells that are known in part from the level above.
    fn pull(&mut self, above: &Self) {
        for (index, cell) in self.cells.iter_mut().enumerate() {
            let (x, y) = (index % self.width, index / self.width);
            let known = above.cells[y / 2 * above.width + x / 2].colour;
            for (colour, known) in cell.colour.iter_mut().zip(known) {
                *colour = known + (*colour - known) * cell.weight;
            }
        }
    }
}

fn fill<T: Copy + PartialEq + Default + Into<f32>>(
    values: &mut [T],
    width: usize,
    channels: usize,
    max: f32,
    quantise: impl Fn(f32) -> T,
) {
    let hidden = T::default();
    let colours = channels - 1;
    let visible = |pixel: &[T]| pixel[colours] != hidden;
    if values.chunks_exact(channels).all(visible) || !values.chunks_exact(channels).any(visible) {
        return;
    }
    let height = values.len() / channels / width;
    let mut levels = vec![Level::halved(width, height, |x, y| {
        let pixel = &values[(y * width + x) * channels..][..channels];
        let mut colour = [0.0; 3];
        for (colour, &value) in colour.iter_mut().zip(&pixel[..colours]) {
            *colour = value.into();
        }
        Cell { colour, weight: pixel[colours].into() / max }
    })];
    while let Some(level) = levels.last().filter(|level| level.cells.len() > 1) {
        levels.push(Level::halved(level.width, level.height(), |x, y| level.cells[y * level.width + x]));
    }
    let mut above = levels.pop().expect("one level at least");
    while let Some(mut level) = levels.pop() {
        level.pull(&above);
        above = level;
    }
    for (index, pixel) in values.chunks_exact_mut(channels).enumerate() {
        if pixel[colours] == hidden {
            let (x, y) = (index % width, index / width);
            let known = above.cells[y / 2 * above.width + x / 2].colour;
            for (value, known) in pixel[..colours].iter_mut().zip(known) {
                *value = quantise(known);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::Layout;
    use proptest::prelude::*;

    #[test]
    fn holes_take_the_nearest_visible_colour() {
        let mut values = [[0u8, 255, 0, 0]; 16].concat();
        values[..4].copy_from_slice(&[200, 10, 20, 255]);
        values[60..].copy_from_slice(&[20, 10, 200, 128]);
        let mut picture = Picture::new(16, 1, Layout::RgbAlpha, Samples::U8(values.clone())).unwrap();
        fill_hidden(&mut picture);
        let Samples::U8(filled) = &picture.samples else { panic!("still 8 bits") };
        assert_eq!((&filled[..4], &filled[60..]), (&values[..4], &values[60..]));
        assert_eq!(filled[4..8], [200, 10, 20, 0]);
        assert!(filled.chunks_exact(4).all(|pixel| pixel[1] == 10), "no green is left: {filled:?}");
        assert!(filled[14 * 4] < 110, "red fades towards the blue end: {filled:?}");
    }

    #[test]
    fn nothing_visible_or_nothing_hidden_changes_nothing() {
        for alpha in [0, 1] {
            let picture = Picture::new(3, 2, Layout::GreyAlpha, Samples::U16([9, alpha].repeat(6))).unwrap();
            let mut filled = picture.clone();
            fill_hidden(&mut filled);
            assert_eq!(filled, picture);
        }
    }

    proptest! {
        #[test]
        fn only_hidden_colours_change_and_stay_between_the_visible(
            (width, height) in (1usize..9, 1usize..9),
            pixels in proptest::collection::vec((0u8..=255, prop_oneof![Just(0u8), any::<u8>()]), 64),
        ) {
            let values: Vec<u8> = pixels[..width * height].iter().flat_map(|&(grey, alpha)| [grey, alpha]).collect();
            let mut picture =
                Picture::new(width as u32, height as u32, Layout::GreyAlpha, Samples::U8(values.clone())).unwrap();
            fill_hidden(&mut picture);
            let Samples::U8(filled) = picture.samples else { panic!("still 8 bits") };
            let visible = || values.chunks_exact(2).filter(|pixel| pixel[1] > 0).map(|pixel| pixel[0]);
            let (low, high) = (visible().min(), visible().max());
            for (before, after) in values.chunks_exact(2).zip(filled.chunks_exact(2)) {
                prop_assert_eq!(before[1], after[1]);
                if before[1] > 0 || low.is_none() {
                    prop_assert_eq!(before[0], after[0]);
                } else {
                    prop_assert!((low.unwrap()..=high.unwrap()).contains(&after[0]));
                }
            }
        }
    }
}
