//! A network as a list of convolutions.

use super::ROWS;
use crate::network::conv::Conv3x3;
use crate::network::{MEAN, Network};
use crate::ops::Arithmetic;
use crate::ops::cpu::{RowConv, Then};
use crate::ops::float::values;

/// A channel of a feature map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Plane {
    pub(super) map: usize,
    pub(super) channel: usize,
}

/// The convolutions of a network, in order.
#[derive(Default)]
pub(crate) struct Steps {
    pub(super) maps: Vec<MapShape>,
    pub(super) steps: Vec<Step>,
    /// See [`Self::trim`].
    trim: usize,
    winograd: bool,
    /// For each map the last step that reads it; the result has none.
    pub(super) last_readers: Vec<Option<usize>>,
    /// For each map the number of its buffer.
    pub(super) buffers: Vec<usize>,
}

#[derive(Clone, Copy)]
pub(super) struct MapShape {
    pub channels: usize,
    /// Its rows and columns for a low-resolution pixel.
    pub factor: usize,
    /// How many rows, of its own, it is behind the input; as many columns at an edge of the tile
    /// are wrong.
    pub lag: usize,
    /// The low-resolution columns that it lacks at each edge of the tile.
    pub trim: usize,
}

pub(super) struct Step {
    pub conv: RowConv,
    pub input: Vec<Plane>,
    /// The planes to add to the result, or none.
    pub add: Vec<Plane>,
    pub output: usize,
}

impl Steps {
    /// The steps of `network`, computed as the [arithmetic](Arithmetic) of this thread says; `None`
    /// if it has others than 3x3 convolutions.
    pub fn of(network: &Network) -> Option<Self> {
        let winograd = Arithmetic::current() == Arithmetic::Winograd;
        let mut steps = Self { winograd, ..Self::default() };
        let input = steps.map(MapShape { channels: MEAN.len(), factor: 1, lag: 0, trim: 0 });
        match network {
            Network::SplitSr(network) => network.by_rows(input, &mut steps)?,
            Network::Edsr(network) => network.by_rows(input, &mut steps)?,
            Network::San(_) | Network::Srcnn(_) => return None,
        };
        steps.last_readers = (0..steps.maps.len()).map(|map| steps.last_reader(map)).collect();
        steps.buffers = steps.share_buffers();
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
        self.push(input, (values(conv.weight.val()), values(conv.bias.val())), add, Then::Nothing)
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
        let conv = RowConv::new(&weight, &bias, input.len(), then, self.winograd);
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
    /// are kept, the buffers, and what is gathered.
    pub fn bytes(&self) -> usize {
        let kept: usize = (0..self.maps.len()).map(|map| self.row(map) * self.kept_rows(map)).sum();
        let buffers = self.buffer_sizes(|map| self.row(map) * self.most_rows(map));
        let gathered = |planes: fn(&Step) -> &[Plane]| {
            let rows = self.steps.iter().map(planes).filter(|planes| !are_neighbours(planes));
            rows.map(|planes| planes.len() * self.maps[planes[0].map].factor * (ROWS + 2)).max().unwrap_or(0)
        };
        let gathered = gathered(|step| &step.input) + gathered(|step| &step.add);
        size_of::<f32>() * (kept + buffers.iter().sum::<usize>() + gathered)
    }

    /// For each buffer the size of its largest map, where `size` gives that of a map.
    pub(super) fn buffer_sizes(&self, size: impl Fn(usize) -> usize) -> Vec<usize> {
        let mut sizes = vec![0; self.maps.len()];
        for (map, &buffer) in self.buffers.iter().enumerate() {
            sizes[buffer] = size(map).max(sizes[buffer]);
        }
        sizes
    }

    /// The values of a map's row for each low-resolution column.
    fn row(&self, map: usize) -> usize {
        self.maps[map].channels * self.maps[map].factor
    }

    /// The most rows of a map that are there at once.
    pub(super) fn most_rows(&self, map: usize) -> usize {
        self.kept_rows(map) + ROWS * self.maps[map].factor
    }

    /// For each map the number of a buffer. Maps share one if they grow and are read one after the
    /// other; of those that are free, each takes the one that needs the least memory more.
    fn share_buffers(&self) -> Vec<usize> {
        let mut sizes: Vec<usize> = Vec::new();
        let mut buffers: Vec<usize> = Vec::new();
        for map in 0..self.maps.len() {
            // The first map is the input, and each step writes the next one.
            let is_read = |other: usize| self.last_readers[other].is_none_or(|last| last + 1 >= map);
            let taken: Vec<usize> = (0..map).filter(|&other| is_read(other)).map(|other| buffers[other]).collect();
            let size = self.row(map) * self.most_rows(map);
            let free = (0..sizes.len()).filter(|buffer| !taken.contains(buffer));
            let buffer = free.min_by_key(|&buffer| (size.saturating_sub(sizes[buffer]), sizes[buffer]));
            let buffer = buffer.unwrap_or_else(|| {
                sizes.push(0);
                sizes.len() - 1
            });
            sizes[buffer] = sizes[buffer].max(size);
            buffers.push(buffer);
        }
        buffers
    }

    /// The rows of a map that are kept, while the picture goes on.
    pub(super) fn kept_rows(&self, map: usize) -> usize {
        let rows = self.steps.iter().map(|step| {
            let lag = self.maps[step.output].lag / step.conv.factor();
            let of = |planes: &[Plane], more: usize| {
                if reads(planes, map) { lag + more - self.maps[map].lag } else { 0 }
            };
            of(&step.input, 1).max(of(&step.add, 0))
        });
        rows.max().unwrap_or(0)
    }

    fn last_reader(&self, map: usize) -> Option<usize> {
        self.steps.iter().rposition(|step| reads(&step.input, map) || reads(&step.add, map))
    }
}

/// Whether some of the planes are of that map.
pub(super) fn reads(planes: &[Plane], map: usize) -> bool {
    planes.iter().any(|plane| plane.map == map)
}

/// Whether the planes lie behind each other in memory.
pub(super) fn are_neighbours(planes: &[Plane]) -> bool {
    planes.windows(2).all(|pair| pair[1] == Plane { channel: pair[0].channel + 1, ..pair[0] })
}
