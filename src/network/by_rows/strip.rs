//! A network on its way down a strip of a picture.

use std::ops::Range;
use std::sync::Arc;

use super::ROWS;
use super::map::{Map, rows_of};
use super::steps::{MapShape, Plane, Step, Steps, reads};
use crate::network::MEAN;

/// The part of a picture that goes through a network by rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strip {
    /// Columns.
    pub width: usize,
    /// Rows down to the end of the picture.
    pub height: usize,
    /// Whether the picture goes on at the left and at the right.
    pub inner: [bool; 2],
}

/// A network on its way down a picture.
pub struct ByRows {
    steps: Arc<Steps>,
    /// The rows of its input that each step has convolved.
    done: Vec<usize>,
    pub(super) maps: Vec<Map>,
    /// The result's first row that is still wanted.
    wanted: usize,
    /// The memory of the maps that grow or are read.
    pub(super) buffers: Vec<Vec<f32>>,
    /// Planes of several maps, side by side: those to convolve, and those to add.
    pub(super) gathered: [Vec<f32>; 2],
}

impl ByRows {
    /// Starts at the top of a picture, or of a part of one.
    pub(crate) fn new(steps: Arc<Steps>, Strip { width, height, inner }: Strip) -> Self {
        let map = |&MapShape { channels, factor, trim, .. }: &MapShape| {
            let [left, right] = inner.map(|inner| if inner { trim } else { 0 });
            Map {
                channels,
                left: factor * left,
                width: factor * (width - left - right),
                height: factor * height,
                from: 0,
                rows: 0,
                current: None,
                kept: Vec::new(),
            }
        };
        let maps: Vec<Map> = steps.maps.iter().map(map).collect();
        let sizes = steps.buffer_sizes(|index| {
            let Map { channels, width, height, .. } = &maps[index];
            channels * steps.most_rows(index).min(*height) * width
        });
        Self {
            done: vec![0; steps.steps.len()],
            maps,
            wanted: 0,
            buffers: sizes.into_iter().map(|size| vec![0.0; size]).collect(),
            gathered: Default::default(),
            steps,
        }
    }

    /// The picture's rows that have been read.
    pub fn read(&self) -> usize {
        self.maps[0].end()
    }

    /// Reads the next rows of the picture: `rows` of `planes`, `[3, height, width]`, RGB in [0, 1].
    pub fn push(&mut self, planes: &[f32], height: usize, rows: Range<usize>) {
        for start in rows.clone().step_by(ROWS) {
            self.read_rows(planes, height, start..(start + ROWS).min(rows.end));
            self.advance();
        }
        // At the picture's end, what the network is behind.
        while self.read() == self.maps[0].height && self.result().1.end < self.maps.last().map_or(0, |map| map.height) {
            self.advance();
        }
    }

    fn read_rows(&mut self, planes: &[f32], height: usize, rows: Range<usize>) {
        let input = &mut self.maps[0];
        let (width, first) = (input.width, input.rows);
        let grown = input.grow(rows.len(), &mut self.buffers[self.steps.buffers[0]]);
        let count = grown.len() / MEAN.len();
        for ((to, from), mean) in grown.chunks_exact_mut(count).zip(planes.chunks_exact(height * width)).zip(MEAN) {
            let from = &from[rows.start * width..rows.end * width];
            to[first * width..].iter_mut().zip(from).for_each(|(to, from)| *to = from - mean);
        }
    }

    /// Reads the whole strip, `[3, height, width]`, RGB in [0, 1]. Gives the result,
    /// `[3, scale * height, columns]`, without what [`Self::columns`] leaves out.
    pub(super) fn run_whole(mut self, planes: &[f32]) -> Vec<f32> {
        let (height, result) = (self.maps[0].height, self.maps.last().expect("the input is one"));
        let (width, plane) = (result.width, result.height * result.width);
        let mut whole = vec![0.0; result.channels * plane];
        for start in (0..height).step_by(ROWS) {
            self.push(planes, height, start..(start + ROWS).min(height));
            let (values, rows) = self.result();
            let from = values.chunks_exact((rows.len() * width).max(1));
            for (to, from) in whole.chunks_exact_mut(plane).zip(from) {
                to[rows.start * width..rows.end * width].copy_from_slice(from);
            }
            self.want_from(rows.end);
        }
        whole
    }

    /// Has each step compute the rows that it can.
    fn advance(&mut self) {
        for step in 0..self.done.len() {
            self.run(step);
            for map in 0..self.maps.len() {
                if self.steps.last_readers[map] == Some(step) {
                    self.trim(map, self.needed_from(map));
                }
            }
        }
        self.trim(self.maps.len() - 1, self.wanted);
    }

    /// Forgets the rows of a map before `row`.
    fn trim(&mut self, map: usize, row: usize) {
        self.maps[map].trim(row, &mut self.buffers[self.steps.buffers[map]]);
    }

    /// Computes the rows of a step that its input suffices for, but not more than usual at once,
    /// since that would take more memory.
    fn run(&mut self, index: usize) {
        let Self { steps, done, maps, buffers, gathered, .. } = self;
        let (Step { conv, input, add, output }, done) = (&steps.steps[index], &mut done[index]);
        let end_of = |planes: &[Plane]| planes.iter().map(|plane| maps[plane.map].end()).min();
        let (end, height) = (end_of(input).unwrap_or(0), maps[input[0].map].height);
        // The last row sees nothing below it.
        let end = if end == height { end } else { end.saturating_sub(1) };
        let most = *done + ROWS * height / maps[0].height;
        let rows = *done..end.min(end_of(add).unwrap_or(end)).min(most);
        if rows.is_empty() {
            return;
        }
        let mut target = std::mem::replace(&mut maps[*output], Map::EMPTY);
        let (first, factor) = (target.rows, conv.factor());
        let columns = target.left / factor..(target.left + target.width) / factor;
        let grown = target.grow(rows.len() * factor, &mut buffers[steps.buffers[*output]]);
        let reads = rows.start.saturating_sub(1)..(rows.end + 1).min(height);
        let [to_convolve, to_add] = gathered;
        let mut convolved = rows_of(maps, input, reads, &columns, to_convolve);
        convolved.top += usize::from(rows.start > 0);
        let added = (!add.is_empty()).then(|| rows_of(maps, add, rows.clone(), &columns, to_add));
        conv.run(convolved, added, rows.len(), grown, first);
        *done = rows.end;
        maps[*output] = target;
    }

    /// The first row of a map that a step still needs.
    fn needed_from(&self, map: usize) -> usize {
        let needs = |(step, &done): (&Step, &usize)| {
            let convolves = reads(&step.input, map).then(|| done.saturating_sub(1));
            let adds = reads(&step.add, map).then_some(done);
            convolves.into_iter().chain(adds).min()
        };
        self.steps.steps.iter().zip(&self.done).filter_map(needs).min().unwrap_or(0)
    }

    /// The rows of the result so far, from the first that is wanted: `[3, rows, width]`, at high
    /// resolution.
    pub fn result(&self) -> (&[f32], Range<usize>) {
        let result = self.maps.last().expect("the input is one");
        (result.values(), result.from..result.end())
    }

    /// The columns of the picture that the result covers: none that the edges have changed.
    pub fn columns(&self) -> Range<usize> {
        let (input, result) = (&self.maps[0], self.maps.last().expect("the input is one"));
        let scale = result.height / input.height;
        result.left / scale..(result.left + result.width) / scale
    }

    /// Forgets the result's rows before `row`.
    pub fn want_from(&mut self, row: usize) {
        self.wanted = row;
        self.trim(self.maps.len() - 1, row);
    }
}
