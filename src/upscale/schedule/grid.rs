//! The cells of a picture.

use std::ops::Range;

use super::partition::Cells;
use crate::image::Area;
use crate::upscale::Tile;

/// The side of a cell, in low-resolution pixels, as in ARM (Chen and others, ECCV 2022).
const CELL: u32 = 32;

/// The cells of a picture: rectangles of about [`CELL`] pixels a side, between columns and rows of
/// edges.
///
/// Where two tiles meet, a cell lies centred on the seam. Both tiles compute their part of it by
/// the same rung, so that the seam shows nothing, and edges of cells, where rungs change, lie well
/// within tiles.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Grid {
    /// In low-resolution pixels, from 0 to the width.
    pub(super) x: Vec<u32>,
    /// From 0 to the height.
    pub(super) y: Vec<u32>,
}

impl Grid {
    pub(super) fn new((width, height): (u32, u32), cores: &[Area]) -> Self {
        let x = edges(width, cores.iter().map(|core| core.left..core.left + core.width));
        let y = edges(height, cores.iter().map(|core| core.top..core.top + core.height));
        Self { x, y }
    }

    pub(super) fn columns(&self) -> usize {
        self.x.len() - 1
    }

    pub(super) fn rows(&self) -> usize {
        self.y.len() - 1
    }

    pub(super) fn index(&self, column: usize, row: usize) -> usize {
        row * self.columns() + column
    }

    /// The cells that share pixels with `area`.
    pub(super) fn cells(&self, area: Area) -> Cells {
        let touched = |edges: &[u32], start: u32, end: u32| {
            let first = edges.partition_point(|&edge| edge <= start).saturating_sub(1);
            first..edges.partition_point(|&edge| edge < end)
        };
        Cells {
            x: touched(&self.x, area.left, area.left + area.width),
            y: touched(&self.y, area.top, area.top + area.height),
        }
    }

    /// The pixels of `cells` that are in `area`.
    pub(super) fn pixels(&self, cells: &Cells, area: Area) -> Area {
        let (left, top) = (self.x[cells.x.start].max(area.left), self.y[cells.y.start].max(area.top));
        let (right, bottom) =
            (self.x[cells.x.end].min(area.left + area.width), self.y[cells.y.end].min(area.top + area.height));
        Area { left, top, width: right.saturating_sub(left), height: bottom.saturating_sub(top) }
    }
}

/// The low-resolution pixels of a tile without its halo.
pub(super) fn core(tile: &Tile, halo: u32) -> Area {
    let along = |start: u32, length: u32, side: u32| {
        let first = if start == 0 { 0 } else { start + halo };
        let last = if start + length == side { side } else { start + length - halo };
        (first, last - first)
    };
    let (left, width) = along(tile.source.left, tile.source.width, tile.source_size.0);
    let (top, height) = along(tile.source.top, tile.source.height, tile.source_size.1);
    Area { left, top, width, height }
}

/// The edges of the cells along one side, whose tiles without halo have these `spans`.
fn edges(length: u32, spans: impl Iterator<Item = Range<u32>>) -> Vec<u32> {
    let mut spans: Vec<_> = spans.map(|span| (span.start, span.end)).collect();
    spans.sort_unstable();
    spans.dedup();
    let mut edges = vec![0];
    let mut fill = |to: u32| {
        let from = *edges.last().expect("it begins with one");
        // A shorter rest is a part of the next cell.
        if to >= from + CELL / 4 {
            let count = ((to - from + CELL / 2) / CELL).max(1);
            edges.extend((1..=count).map(|index| from + (to - from) * index / count));
        }
    };
    for pair in spans.windows(2) {
        let seam = u32::midpoint(pair[0].1, pair[1].0);
        fill(seam.saturating_sub(CELL / 2));
        fill((seam + CELL / 2).min(length));
    }
    fill(length);
    match edges.last_mut() {
        Some(last) if *last > 0 => *last = length,
        _ => edges.push(length),
    }
    edges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_centred_on_seams_and_the_rest_is_even() {
        assert_eq!(edges(100, std::iter::once(0..100)), [0, 33, 66, 100]);
        assert_eq!(edges(7, std::iter::once(0..7)), [0, 7]);
        assert_eq!(edges(200, [0..100, 100..200].into_iter()), [0, 28, 56, 84, 116, 144, 172, 200]);
        // Tiles that overlap, because the result is smaller than the network's.
        assert_eq!(edges(200, [0..102, 96..200].into_iter()), [0, 27, 55, 83, 115, 143, 171, 200]);
        // Tiles as small as a cell.
        assert_eq!(edges(96, [0..32, 32..64, 64..96].into_iter()), [0, 16, 48, 80, 96]);
    }

    #[test]
    fn areas_and_cells_correspond() {
        let area = |left, width| Area { left, top: 0, width, height: 40 };
        let grid = Grid { x: vec![0, 30, 60, 100], y: vec![0, 40] };
        assert_eq!(grid.cells(area(30, 30)), Cells { x: 1..2, y: 0..1 });
        assert_eq!(grid.cells(area(29, 32)), Cells { x: 0..3, y: 0..1 });
        assert_eq!(grid.pixels(&Cells { x: 1..3, y: 0..1 }, area(0, 70)), area(30, 40));
        assert_eq!(area(30, 30).with_halo(8, area(25, 75)), area(25, 43));
        let tile = |left, width| Tile {
            source_size: (100, 40),
            target_size: (200, 80),
            source: area(left, width),
            target: area(0, 1),
        };
        assert_eq!(core(&tile(0, 64), 14), area(0, 50));
        assert_eq!(core(&tile(36, 64), 14), area(50, 50));
    }
}
