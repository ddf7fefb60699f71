//! A convolution of a picture that comes in rows: the direct kernel with weights that are packed
//! once.

use super::conv::{Kernel, Target};
use super::detect::best;
use super::direct;
use super::shape::Shape;
use super::tile::Packed;

/// The steps that follow the convolution.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Then {
    /// None.
    #[default]
    Nothing,
    /// Negative results become 0.
    Relu,
    /// The results are added to what their places hold.
    Add,
    /// A pixel shuffle by this factor: see [`Options::shuffle`](super::Options::shuffle).
    Shuffle(usize),
}

/// A 3x3 convolution whose weights are packed for the direct kernel: bit for bit
/// [`forward`](super::forward) without Winograd's algorithm.
pub struct RowConv {
    in_channels: usize,
    out_channels: usize,
    weights: Packed,
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
}

impl RowConv {
    /// Packs the weights `[out_channels, in_channels, 3, 3]` and the bias `[out_channels]`.
    ///
    /// # Panics
    /// If a slice does not have the length of its shape.
    pub fn new(weight: &[f32], bias: &[f32], in_channels: usize, then: Then) -> Self {
        let out_channels = bias.len();
        assert_eq!(weight.len(), out_channels * in_channels * 9, "the weights");
        let weight = |o, i, tap| weight[(o * in_channels + i) * 9 + tap];
        let packed = Packed::new(out_channels, in_channels, best().block, 9, Some(bias));
        Self { in_channels, out_channels, weights: direct::pack(packed, in_channels, &weight), then }
    }

    /// Channels of the result.
    pub fn out_channels(&self) -> usize {
        self.out_channels / (self.factor() * self.factor())
    }

    /// The pixel shuffle's factor; 1 if there is none.
    pub fn factor(&self) -> usize {
        if let Then::Shuffle(factor) = self.then { factor } else { 1 }
    }

    /// Convolves `count` rows of `input` from row `top` on; beyond its first and last row it is
    /// zero. The results go to the rows from `first` on of `out`,
    /// `[out_channels, rows, factor * width]`.
    ///
    /// # Panics
    /// If the rows do not lie in `input` and `out`.
    pub fn run(&self, input: Rows, (top, count): (usize, usize), out: &mut [f32], first: usize) {
        let Rows { values, height, width } = input;
        let (factor, channels) = (self.factor(), self.out_channels());
        let channel_rows = out.len() / (channels * factor * width);
        assert!(top + count <= height, "the rows of the input");
        assert_eq!(values.len(), self.in_channels * height * width, "the input");
        assert_eq!(out.len(), channels * channel_rows * factor * width, "the output");
        assert!(first + count * factor <= channel_rows, "the rows of the output");
        let backend = best();
        let kernel = Kernel {
            run: backend.direct,
            weights: &self.weights,
            band_rows: direct::band_rows(self.in_channels, width),
            relu: self.then == Then::Relu,
            shuffle: (factor > 1).then_some(factor),
        };
        let to = out[first * factor * width..].as_mut_ptr();
        let residual = if self.then == Then::Add { to.cast_const() } else { std::ptr::null() };
        let shape = Shape { batch: 1, in_channels: self.in_channels, out_channels: self.out_channels, height, width };
        let target = Target { to, channel_rows, residual };
        // SAFETY: the assertions; `best` is an instruction set that this machine has.
        unsafe { kernel.run_rows(&shape, (values, None), top..top + count, &target) }
    }
}
