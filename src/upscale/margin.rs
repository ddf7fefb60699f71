//! A margin around pictures of few rows or columns.

use super::tile::{Tile, TileInput};

/// A picture with a side of fewer pixels gets a margin: networks take what lies outside for black,
/// and in so small a picture that would change the colour of every pixel.
const MIN_SIDE: u32 = 4;

/// Enough that a picture of one colour keeps it, within two levels.
const PIXELS: usize = 2;

/// A longer strip gets no margin, which would take ten times as long. No JPEG can be longer.
const MAX_SIDE: u32 = 65_535;

/// How many pixels a tile is extended by to each side: copies of its edge.
#[derive(Clone, Copy)]
pub(super) struct Margin(usize);

impl Margin {
    pub(super) fn of(tile: &Tile) -> Self {
        let (width, height) = tile.source_size;
        Self(if width.min(height) < MIN_SIDE && width.max(height) <= MAX_SIDE { PIXELS } else { 0 })
    }

    pub(super) fn is_none(self) -> bool {
        self.0 == 0
    }

    /// The planes with the margin, their height and their width.
    pub(super) fn extend(self, input: &TileInput) -> (Vec<f32>, usize, usize) {
        let (height, width) = (input.tile.source.height as usize, input.tile.source.width as usize);
        if self.is_none() {
            return (input.planes.clone(), height, width);
        }
        let (wide, high) = (width + 2 * self.0, height + 2 * self.0);
        let mut extended = Vec::with_capacity(3 * high * wide);
        for plane in input.planes.chunks_exact(height * width) {
            for y in 0..high {
                let row = &plane[y.saturating_sub(self.0).min(height - 1) * width..][..width];
                extended.resize(extended.len() + self.0, row[0]);
                extended.extend_from_slice(row);
                extended.resize(extended.len() + self.0, row[width - 1]);
            }
        }
        (extended, high, wide)
    }

    /// The network's result without the margin.
    pub(super) fn cut(self, enlarged: Vec<f32>, tile: &Tile, scale: usize) -> Vec<f32> {
        if self.is_none() {
            return enlarged;
        }
        let (width, height) = (scale * tile.source.width as usize, scale * tile.source.height as usize);
        let margin = scale * self.0;
        let wide = width + 2 * margin;
        let mut cut = Vec::with_capacity(3 * height * width);
        for plane in enlarged.chunks_exact((height + 2 * margin) * wide) {
            for row in margin..margin + height {
                cut.extend_from_slice(&plane[row * wide + margin..][..width]);
            }
        }
        cut
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::Area;

    fn input(width: u32, height: u32) -> TileInput {
        let area = Area { left: 0, top: 0, width, height };
        let tile = Tile { source_size: (width, height), target_size: (width, height), source: area, target: area };
        let planes = (0..3 * width * height).map(|value| value as f32).collect();
        TileInput { tile, ensemble: false, exact: true, plan: None, planes }
    }

    #[test]
    fn a_margin_repeats_the_edge_and_is_cut_off_again() {
        for (width, height) in [(1, 1), (1, 7), (7, 1), (3, 3), (2, 9)] {
            let input = input(width, height);
            let margin = Margin::of(&input.tile);
            let (planes, high, wide) = margin.extend(&input);
            assert_eq!((wide, high), (width as usize + 2 * PIXELS, height as usize + 2 * PIXELS));
            assert_eq!((planes[0], planes[planes.len() - 1]), (0.0, (3 * width * height - 1) as f32));
            assert_eq!(margin.cut(planes, &input.tile, 1), input.planes);
        }
    }

    #[test]
    fn other_pictures_stay_as_they_are() {
        for (width, height) in [(4, 4), (100_000, 4), (100_000, 1), (1, 100_000)] {
            let margin = Margin::of(&input(width, height).tile);
            assert!(margin.is_none(), "{width} x {height}");
        }
    }
}
