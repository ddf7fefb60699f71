//! Feature maps of which only some rows are there.

use std::ops::Range;

use super::steps::{Plane, are_neighbours};
use crate::ops::cpu::Rows;

/// The rows of a feature map that are still needed: `[channels, rows, width]`.
pub(super) struct Map {
    pub channels: usize,
    /// The map's columns that are left out at the left.
    pub left: usize,
    pub width: usize,
    /// The map's rows when it is complete.
    pub height: usize,
    /// The first of `rows`.
    pub from: usize,
    pub rows: usize,
    /// The values while the map grows and is read, in a buffer that several maps share in turn;
    /// else they are in `kept`.
    pub current: Option<Vec<f32>>,
    pub kept: Vec<f32>,
}

impl Map {
    pub const EMPTY: Self =
        Self { left: 0, channels: 0, width: 0, height: 0, from: 0, rows: 0, current: None, kept: Vec::new() };

    pub fn end(&self) -> usize {
        self.from + self.rows
    }

    pub fn values(&self) -> &[f32] {
        match &self.current {
            Some(current) => &current[..self.channels * self.rows * self.width],
            None => &self.kept,
        }
    }

    /// Copies rows of a channel, `columns` of each.
    fn copy_rows(&self, channel: usize, rows: &Range<usize>, columns: &Range<usize>, to: &mut [f32]) {
        let start = (channel * self.rows + rows.start - self.from) * self.width;
        let from = self.values()[start..start + rows.len() * self.width].chunks_exact(self.width);
        let columns = columns.start - self.left..columns.end - self.left;
        for (to, from) in to.chunks_exact_mut(columns.len()).zip(from) {
            to.copy_from_slice(&from[columns.clone()]);
        }
    }

    /// Moves to `buffer` and adds `count` rows, with any values.
    pub fn grow(&mut self, count: usize, buffer: &mut Vec<f32>) -> &mut [f32] {
        debug_assert!(self.current.is_none(), "a map grows once, then it is trimmed");
        let (old, new) = (self.rows * self.width, (self.rows + count) * self.width);
        let mut grown = std::mem::take(buffer);
        if grown.len() < self.channels * new {
            grown.resize(self.channels * new, 0.0);
        }
        if old > 0 {
            for (to, from) in grown.chunks_exact_mut(new).zip(self.kept.chunks_exact(old)) {
                to[..old].copy_from_slice(from);
            }
        }
        self.rows += count;
        &mut self.current.insert(grown)[..self.channels * new]
    }

    /// Forgets the rows before `row`, and gives its buffer back.
    pub fn trim(&mut self, row: usize, buffer: &mut Vec<f32>) {
        let (row, end) = (row.clamp(self.from, self.end()), self.end());
        let (skip, plane) = ((row - self.from) * self.width, self.rows * self.width);
        (self.from, self.rows) = (row, end - row);
        match self.current.take() {
            Some(current) => {
                self.kept.clear();
                // Vectors that grow by themselves take up to twice the memory.
                self.kept.reserve_exact(self.channels * (plane - skip));
                for channel in 0..self.channels {
                    self.kept.extend_from_slice(&current[channel * plane + skip..(channel + 1) * plane]);
                }
                *buffer = current;
            }
            None => {
                for channel in 0..self.channels {
                    let rest = channel * plane + skip..(channel + 1) * plane;
                    self.kept.copy_within(rest, channel * (plane - skip));
                }
                self.kept.truncate(self.channels * (plane - skip));
            }
        }
    }
}

/// Rows of these planes, `columns` of each: where they are, or gathered.
pub(super) fn rows_of<'a>(
    maps: &'a [Map],
    planes: &[Plane],
    rows: Range<usize>,
    columns: &Range<usize>,
    gathered: &'a mut Vec<f32>,
) -> Rows<'a> {
    let (first, width) = (planes[0], columns.len());
    let map = &maps[first.map];
    if map.width == width && are_neighbours(planes) {
        let plane = map.rows * width;
        let values = &map.values()[first.channel * plane..(first.channel + planes.len()) * plane];
        return Rows { values, height: map.rows, width, top: rows.start - map.from };
    }
    let size = rows.len() * width;
    if gathered.len() < planes.len() * size {
        *gathered = vec![0.0; planes.len() * size];
    }
    let gathered = &mut gathered[..planes.len() * size];
    for (plane, to) in planes.iter().zip(gathered.chunks_exact_mut(size)) {
        maps[plane.map].copy_rows(plane.channel, &rows, columns, to);
    }
    Rows { values: gathered, height: rows.len(), width, top: 0 }
}
