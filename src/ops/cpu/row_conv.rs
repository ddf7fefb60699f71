//! A convolution of a picture that comes in rows, with weights that are packed once.

use super::conv::{Kernel, Target};
use super::detect::best;
use super::shape::Shape;
use super::tile::Packed;
use super::{direct, winograd};

/// The steps that follow the convolution.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Then {
    /// None.
    #[default]
    Nothing,
    /// Negative results become 0.
    Relu,
    /// A pixel shuffle by this factor: see [`Options::shuffle`](super::Options::shuffle).
    Shuffle(usize),
}

/// A 3x3 convolution whose weights are packed for one kernel. The direct one gives bit for bit what
/// [`forward`](super::forward) does.
pub struct RowConv {
    in_channels: usize,
    out_channels: usize,
    weights: Packed,
    winograd: bool,
    then: Then,
}

/// Rows of a picture, as [`RowConv::run`] reads them.
#[derive(Clone, Copy)]
pub struct Rows<'a> {
    /// `[channels, height, width]`
    pub values: &'a [f32],
    /// Rows that `values` has.
    pub height: usize,
    /// Columns.
    pub width: usize,
    /// The first row to read.
    pub top: usize,
}

impl RowConv {
    /// Packs the weights `[out_channels, in_channels, 3, 3]` and the bias `[out_channels]`, for
    /// Winograd's algorithm if `winograd` says so and it pays.
    ///
    /// # Panics
    /// If a slice does not have the length of its shape.
    pub fn new(weight: &[f32], bias: &[f32], in_channels: usize, then: Then, winograd: bool) -> Self {
        let out_channels = bias.len();
        assert_eq!(weight.len(), out_channels * in_channels * 9, "the weights");
        let weight = |o, i, tap| weight[(o * in_channels + i) * 9 + tap];
        let winograd = winograd && winograd::pays(in_channels, out_channels);
        let values = if winograd { winograd::PACKED } else { 9 };
        let packed = Packed::new(out_channels, in_channels, best().block, values, Some(bias));
        let pack = if winograd { winograd::pack } else { direct::pack };
        Self { in_channels, out_channels, weights: pack(packed, in_channels, &weight), winograd, then }
    }

    /// Channels of the result.
    pub fn out_channels(&self) -> usize {
        self.out_channels / (self.factor() * self.factor())
    }

    /// The pixel shuffle's factor; 1 if there is none.
    pub fn factor(&self) -> usize {
        if let Then::Shuffle(factor) = self.then { factor } else { 1 }
    }

    /// Convolves `count` rows of `input`; beyond its first and last row it is zero. Rows of `add`,
    /// if there is one, are added. The results go to the rows from `first` on of `out`,
    /// `[out_channels, rows, factor * width]`.
    ///
    /// # Panics
    /// If the rows do not lie in `input`, `add` and `out`, or a pixel shuffle has something to add.
    pub fn run(&self, input: Rows, add: Option<Rows>, count: usize, out: &mut [f32], first: usize) {
        let Rows { values, height, width, top } = input;
        let (factor, channels) = (self.factor(), self.out_channels());
        let channel_rows = out.len() / (channels * factor * width);
        assert!(top + count <= height, "the rows of the input");
        assert_eq!(values.len(), self.in_channels * height * width, "the input");
        assert_eq!(out.len(), channels * channel_rows * factor * width, "the output");
        assert!(first + count * factor <= channel_rows, "the rows of the output");
        let (mut residual, mut residual_rows) = (std::ptr::null(), 0);
        if let Some(add) = add {
            assert_eq!((add.width, factor), (width, 1), "the columns to add");
            assert!(add.top + count <= add.height, "the rows to add");
            assert_eq!(add.values.len(), channels * add.height * width, "the channels to add");
            (residual, residual_rows) = (add.values[add.top * width..].as_ptr(), add.height);
        }
        let backend = best();
        let (run, band_rows) = match self.winograd {
            true => (backend.winograd, winograd::band_rows(self.in_channels, width)),
            false => (backend.direct, direct::band_rows(self.in_channels, width)),
        };
        let shuffle = (factor > 1).then_some(factor);
        let kernel = Kernel { run, weights: &self.weights, band_rows, relu: self.then == Then::Relu, shuffle };
        let to = out[first * factor * width..].as_mut_ptr();
        let shape = Shape { batch: 1, in_channels: self.in_channels, out_channels: self.out_channels, height, width };
        let target = Target { to, channel_rows, residual, residual_rows };
        // SAFETY: the assertions; `best` is an instruction set that this machine has.
        unsafe { kernel.run_rows(&shape, (values, None), top..top + count, &target) }
    }
}
