//! The forward pass of a picture that comes in rows, in little memory: each layer computes the rows
//! that its input suffices for, and keeps the few rows that it needs again. Every pixel is computed
//! once, bit for bit as by [`Network::forward`] with deterministic arithmetic. On the CPU.
//!
//! A network describes itself as [`Steps`]: 3x3 convolutions of lists of [`Plane`]s. A split block
//! then takes planes from the front of a list and puts others to its back.

use std::ops::Range;

use super::conv::Conv3x3;
use super::{MEAN, Network};
use crate::ops::cpu::{RowConv, Rows, Then};
use crate::ops::float::values;

/// The rows that are computed together: enough that a call of a kernel costs little, few enough
/// that they stay in the cache.
const ROWS: usize = 16;

/// A channel of a feature map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Plane {
    map: usize,
    channel: usize,
}

/// The convolutions of a network, in order.
#[derive(Default)]
pub(crate) struct Steps {
    maps: Vec<MapShape>,
    steps: Vec<Step>,
    /// See [`Self::trim`].
    trim: usize,
}

#[derive(Clone, Copy)]
struct MapShape {
    channels: usize,
    /// Its rows and columns for a low-resolution pixel.
    factor: usize,
    /// How many rows, of its own, it is behind the input; as many columns at an edge of the tile
    /// are wrong.
    lag: usize,
    /// The low-resolution columns that it lacks at each edge of the tile.
    trim: usize,
}

struct Step {
    conv: RowConv,
    input: Vec<Plane>,
    /// The planes to add to the result, or none.
    add: Vec<Plane>,
    output: usize,
}

impl Steps {
    /// The steps of `network`; `None` if it has others than 3x3 convolutions.
    pub fn of(network: &Network) -> Option<Self> {
        let mut steps = Self::default();
        let input = steps.map(MapShape { channels: MEAN.len(), factor: 1, lag: 0, trim: 0 });
        match network {
            Network::SplitSr(network) => network.by_rows(input, &mut steps)?,
            Network::Edsr(network) => network.by_rows(input, &mut steps)?,
            Network::San(_) | Network::Srcnn(_) => return None,
        };
        Some(steps)
    }

    fn map(&mut self, shape: MapShape) -> Vec<Plane> {
        let map = self.maps.len();
        self.maps.push(shape);
        (0..shape.channels).map(|channel| Plane { map, channel }).collect()
    }

    /// From here on the columns are left out that are wrong in `planes`, which have a row for each
    /// of the picture: where the tile ends inside the picture.
    pub fn trim(&mut self, planes: &[Plane]) {
        self.trim = self.lag(planes);
    }

    fn lag(&self, planes: &[Plane]) -> usize {
        planes.iter().map(|plane| self.maps[plane.map].lag).max().unwrap_or(0)
    }

    /// `then(conv(input))`
    pub fn conv(&mut self, input: Vec<Plane>, conv: &Conv3x3, then: Then) -> Vec<Plane> {
        self.push(input, (values(conv.weight.val()), values(conv.bias.val())), Vec::new(), then)
    }

    /// `conv(input) + add`
    pub fn conv_add(&mut self, input: Vec<Plane>, conv: &Conv3x3, add: Vec<Plane>) -> Vec<Plane> {
        self.push(input, (values(conv.weight.val()), values(conv.bias.val())), add, Then::Add)
    }

    /// `conv(input) + offset`, where `offset` has a value for each channel of the result.
    pub fn conv_offset(&mut self, input: Vec<Plane>, conv: &Conv3x3, offset: &[f32]) -> Vec<Plane> {
        let mut bias = values(conv.bias.val());
        bias.iter_mut().zip(offset).for_each(|(bias, offset)| *bias += offset);
        self.push(input, (values(conv.weight.val()), bias), Vec::new(), Then::Nothing)
    }

    fn push(
        &mut self,
        input: Vec<Plane>,
        (weight, bias): (Vec<f32>, Vec<f32>),
        add: Vec<Plane>,
        then: Then,
    ) -> Vec<Plane> {
        let conv = RowConv::new(&weight, &bias, input.len(), then);
        let shape = MapShape {
            channels: conv.out_channels(),
            factor: self.maps[input[0].map].factor * conv.factor(),
            lag: (self.lag(&input) + 1).max(self.lag(&add)) * conv.factor(),
            trim: self.trim,
        };
        let output = self.maps.len();
        self.steps.push(Step { conv, input, add, output });
        self.map(shape)
    }

    /// The memory that it takes at its peak, in bytes for each low-resolution column: the rows that
    /// are kept, and again those of the maps that grow, with the new ones.
    pub fn bytes(&self) -> usize {
        let row = |map: usize| 4 * self.maps[map].channels * self.maps[map].factor;
        let kept: Vec<usize> = (0..self.maps.len()).map(|map| row(map) * self.kept_rows(map)).collect();
        let grown = |map: usize| kept[map] + row(map) * self.maps[map].factor * ROWS;
        let last_reader: Vec<_> = (0..self.maps.len()).map(|map| self.last_reader(map)).collect();
        let live = |(index, step): (usize, &Step)| {
            let read_later = |&map: &usize| last_reader[map].is_none_or(|last| last >= index);
            (0..=step.output).filter(read_later).map(grown).sum::<usize>()
        };
        kept.iter().sum::<usize>() + self.steps.iter().enumerate().map(live).max().unwrap_or(0)
    }

    /// The rows of a map that are kept, while the picture goes on.
    fn kept_rows(&self, map: usize) -> usize {
        let rows = self.steps.iter().map(|step| {
            let lag = self.maps[step.output].lag / step.conv.factor();
            let of = |planes: &[Plane], more: usize| {
                if reads(planes, map) { lag + more - self.maps[map].lag } else { 0 }
            };
            of(&step.input, 1).max(of(&step.add, 0))
        });
        rows.max().unwrap_or(0)
    }

    /// The last step that reads a map; the result has none.
    fn last_reader(&self, map: usize) -> Option<usize> {
        self.steps.iter().rposition(|step| reads(&step.input, map) || reads(&step.add, map))
    }
}

/// Whether some of the planes are of that map.
fn reads(planes: &[Plane], map: usize) -> bool {
    planes.iter().any(|plane| plane.map == map)
}

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
    steps: Vec<Step>,
    /// The rows of its input that each step has convolved.
    done: Vec<usize>,
    maps: Vec<Map>,
    /// For each map the last step that reads it; the result has none.
    last_reader: Vec<Option<usize>>,
    /// The result's first row that is still wanted.
    wanted: usize,
    /// Planes of several maps, side by side.
    gathered: Vec<f32>,
}

/// The rows of a feature map that are still needed: `[channels, rows, width]`.
struct Map {
    channels: usize,
    /// The map's columns that are left out at the left.
    left: usize,
    width: usize,
    /// The map's rows when it is complete.
    height: usize,
    /// The first of `rows`.
    from: usize,
    rows: usize,
    /// The values while the map is read or grows; else they are in `kept`.
    current: Option<Vec<f32>>,
    kept: Vec<f32>,
}

impl Map {
    fn end(&self) -> usize {
        self.from + self.rows
    }

    fn values(&self) -> &[f32] {
        self.current.as_ref().unwrap_or(&self.kept)
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

    /// Adds `count` rows of zeros.
    fn grow(&mut self, count: usize) {
        let (old, new) = (self.rows * self.width, (self.rows + count) * self.width);
        let mut grown = vec![0.0; self.channels * new];
        if old > 0 {
            for (to, from) in grown.chunks_exact_mut(new).zip(self.values().chunks_exact(old)) {
                to[..old].copy_from_slice(from);
            }
        }
        self.rows += count;
        self.current = Some(grown);
    }

    /// Forgets the rows before `row`.
    fn trim(&mut self, row: usize) {
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

impl ByRows {
    /// Starts at the top of a picture, or of a part of one.
    pub(crate) fn new(steps: Steps, Strip { width, height, inner }: Strip) -> Self {
        let last_reader = (0..steps.maps.len()).map(|map| steps.last_reader(map)).collect();
        let Steps { maps, steps, .. } = steps;
        let map = |MapShape { channels, factor, trim, .. }| {
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
        Self {
            done: vec![0; steps.len()],
            steps,
            maps: maps.into_iter().map(map).collect(),
            last_reader,
            wanted: 0,
            gathered: Vec::new(),
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
        let width = input.width;
        let first = input.rows;
        input.grow(rows.len());
        let count = input.rows * width;
        let values = input.current.as_mut().expect("it grows");
        for ((to, from), mean) in values.chunks_exact_mut(count).zip(planes.chunks_exact(height * width)).zip(MEAN) {
            let from = &from[rows.start * width..rows.end * width];
            to[first * width..].iter_mut().zip(from).for_each(|(to, from)| *to = from - mean);
        }
    }

    /// Has each step compute the rows that it can.
    fn advance(&mut self) {
        for step in 0..self.steps.len() {
            self.run(step);
            for map in 0..self.maps.len() {
                if self.last_reader[map] == Some(step) {
                    let needed = self.needed_from(map);
                    self.maps[map].trim(needed);
                }
            }
        }
        let result = self.maps.len() - 1;
        self.maps[result].trim(self.wanted);
    }

    /// Computes the rows of a step that its input suffices for, but not more than usual at once,
    /// since that would take more memory.
    fn run(&mut self, index: usize) {
        let Self { steps, done, maps, gathered, .. } = self;
        let (Step { conv, input, add, output }, done) = (&steps[index], &mut done[index]);
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
        let first = target.rows;
        target.grow(rows.len() * conv.factor());
        let (channel_size, row, factor) = (target.rows * target.width, target.width, conv.factor());
        let (columns, width) = (target.left / factor..(target.left + target.width) / factor, target.width / factor);
        let values = target.current.as_mut().expect("it grows");
        for (plane, to) in add.iter().zip(values.chunks_exact_mut(channel_size)) {
            maps[plane.map].copy_rows(plane.channel, &rows, &columns, &mut to[first * row..]);
        }
        let reads = rows.start.saturating_sub(1)..(rows.end + 1).min(height);
        let source = &maps[input[0].map];
        let in_place = source.width == width
            && input
                .iter()
                .enumerate()
                .all(|(index, plane)| (plane.map, plane.channel) == (input[0].map, input[0].channel + index));
        let (read, from) = if in_place {
            let plane = source.rows * source.width;
            let channels = input[0].channel * plane..(input[0].channel + input.len()) * plane;
            (Rows { values: &source.values()[channels], height: source.rows, width }, source.from)
        } else {
            let size = reads.len() * width;
            gathered.resize(input.len() * size, 0.0);
            for (plane, to) in input.iter().zip(gathered.chunks_exact_mut(size)) {
                maps[plane.map].copy_rows(plane.channel, &reads, &columns, to);
            }
            (Rows { values: gathered, height: reads.len(), width }, reads.start)
        };
        conv.run(read, (rows.start - from, rows.len()), values, first);
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
        self.steps.iter().zip(&self.done).filter_map(needs).min().unwrap_or(0)
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
        self.maps.last_mut().expect("the input is one").trim(row);
    }
}

impl Map {
    const EMPTY: Self =
        Self { left: 0, channels: 0, width: 0, height: 0, from: 0, rows: 0, current: None, kept: Vec::new() };
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;
    use proptest::prelude::*;

    use super::*;
    use crate::config::{EdsrConfig, HybridMode, NetworkConfig, SplitSrConfig};
    use crate::ops::float::from_values;

    fn networks() -> Vec<NetworkConfig> {
        let small = SplitSrConfig { groups: 2, blocks: 3, hybrid_index: 1, ..Default::default() };
        let splitsr = |scale, channels, split_ratio| {
            NetworkConfig::SplitSr(SplitSrConfig { scale, channels, split_ratio, ..small.clone() })
        };
        let last = SplitSrConfig { hybrid_mode: HybridMode::StandardFirst, blocks: 5, ..small.clone() };
        let edsr = NetworkConfig::Edsr(EdsrConfig { scale: 3, channels: 8, blocks: 2 });
        // A split that divides the channels, and one that does not.
        vec![splitsr(2, 16, 0.25), splitsr(3, 10, 0.3), splitsr(4, 8, 1.0), NetworkConfig::SplitSr(last), edsr]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 24, ..Default::default() })]
        #[test]
        fn rows_give_the_same_bits_as_the_whole(
            which in 0usize..5,
            (width, height) in (4usize..=40, 4usize..=70),
            cuts in prop::collection::vec(1usize..=30, 1..6),
        ) {
            let config = &networks()[which];
            let device = Device::flex();
            let network = Network::new(config, &device);
            let pixels: Vec<f32> = (0..3 * height * width).map(|i| (i * 7919 % 256) as f32 / 255.0).collect();
            let whole = values(network.forward(from_values::<4>(pixels.clone(), [1, 3, height, width], &device)));
            let strip = Strip { width, height, inner: [false; 2] };
            let mut by_rows = ByRows::new(Steps::of(&network).unwrap(), strip);
            let (wide, high) = (config.scale() * width, config.scale() * height);
            let mut result = vec![f32::NAN; 3 * wide * high];
            let mut cuts = cuts.into_iter().cycle();
            while by_rows.read() < height {
                let start = by_rows.read();
                by_rows.push(&pixels, height, start..(start + cuts.next().unwrap()).min(height));
                let (values, rows) = by_rows.result();
                for (to, from) in result.chunks_exact_mut(wide * high).zip(values.chunks_exact((rows.len() * wide).max(1))) {
                    to[rows.start * wide..rows.end * wide].copy_from_slice(from);
                }
                let end = rows.end;
                by_rows.want_from(end);
            }
            prop_assert!(result == whole, "{config:?}");
        }
    }

    #[test]
    fn memory_is_as_estimated() {
        for config in networks() {
            let network = Network::new(&config, &Device::flex());
            let steps = Steps::of(&network).unwrap();
            let (bytes, width) = (steps.bytes(), 5);
            let kept_rows: Vec<_> = (0..steps.maps.len()).map(|map| steps.kept_rows(map)).collect();
            let mut by_rows = ByRows::new(steps, Strip { width, height: 1000, inner: [false; 2] });
            for _ in 0..12 {
                by_rows.push(&[0.5; 3 * 40 * 5], 40, 0..40);
                let end = by_rows.result().1.end;
                by_rows.want_from(end);
            }
            assert!(by_rows.maps.iter().all(|map| map.current.is_none()));
            assert_eq!(by_rows.maps.iter().map(|map| map.rows).collect::<Vec<_>>(), kept_rows, "{config:?}");
            let kept = by_rows.maps.iter().map(|map| 4 * map.kept.capacity()).sum::<usize>();
            assert!(kept <= bytes * width, "{config:?}: {kept}");
        }
    }
}
