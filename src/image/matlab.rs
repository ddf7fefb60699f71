//! `imresize(picture, size, 'bicubic')` of MATLAB: the resizing that the super-resolution
//! literature makes its low-resolution pictures with, and measures "bicubic" by.
//!
//! Keys' cubic with a = -0.5; stretched when shrinking; each output's weights normalised to sum 1;
//! the output `x` lies at the input position `(x + 0.5) / r - 0.5` where `r` is output size / input
//! size; the picture is mirrored at its borders with the edge pixel repeated; columns of pixels are
//! resampled first, then rows; values stay in floating point between the two and are rounded and
//! clamped once. OpenCV's and Pillow's bicubic differ.

use super::{Picture, Samples};
use crate::error::{Error, Result};

/// Keys' cubic convolution kernel, a = -0.5.
fn cubic(x: f64) -> f64 {
    let x = x.abs();
    if x <= 1.0 {
        (1.5 * x - 2.5) * x * x + 1.0
    } else if x < 2.0 {
        ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0
    } else {
        0.0
    }
}

/// Which inputs make each output along one side, and with which weights.
#[derive(Debug, Clone)]
pub(crate) struct Axis {
    /// How many inputs make an output.
    pub(crate) taps: usize,
    /// `taps` inputs an output, mirrored into the picture.
    inputs: Vec<usize>,
    /// `taps` weights an output, of sum 1.
    weights: Vec<f64>,
}

impl Axis {
    /// From `input` to `output` pixels, both at least 1.
    pub(crate) fn new(input: usize, output: usize) -> Self {
        let ratio = output as f64 / input as f64;
        // Shrinking stretches the kernel, so that it covers every input.
        let squeeze = ratio.min(1.0);
        let width = 4.0 / squeeze;
        // As in MATLAB: two more taps than can lie inside; those outside get weight 0.
        let taps = width.ceil() as usize + 2;
        let mut axis =
            Self { taps, inputs: Vec::with_capacity(output * taps), weights: Vec::with_capacity(output * taps) };
        for index in 0..output {
            let centre = (index as f64 + 0.5) / ratio - 0.5;
            let first = (centre - width / 2.0).floor() as i64;
            let weights = (0..taps as i64).map(|tap| cubic(squeeze * (centre - (first + tap) as f64)));
            let weights: Vec<f64> = weights.collect();
            let sum: f64 = weights.iter().sum();
            axis.weights.extend(weights.iter().map(|weight| weight / sum));
            axis.inputs.extend((0..taps as i64).map(|tap| mirror(first + tap, input)));
        }
        axis.drop_unused_taps();
        axis
    }

    /// Leaves out the taps that have weight 0 for every output. At integer factors, these are many.
    fn drop_unused_taps(&mut self) {
        let used: Vec<bool> =
            (0..self.taps).map(|tap| self.weights.iter().skip(tap).step_by(self.taps).any(|&w| w != 0.0)).collect();
        let mut keep = used.iter().cycle();
        self.inputs.retain(|_| *keep.next().expect("endless"));
        let mut keep = used.iter().cycle();
        self.weights.retain(|_| *keep.next().expect("endless"));
        self.taps = used.iter().filter(|&&used| used).count();
    }

    /// Pixels of the resized side.
    pub(crate) fn outputs(&self) -> usize {
        self.weights.len() / self.taps
    }

    /// The inputs of an output, each with its weight.
    pub(crate) fn of(&self, output: usize) -> impl Iterator<Item = (usize, f64)> {
        let range = output * self.taps..(output + 1) * self.taps;
        self.inputs[range.clone()].iter().copied().zip(self.weights[range].iter().copied())
    }
}

/// `index` in an endless row of mirror images of `0..len`, with the edge repeated:
/// ... 1 0 | 0 1 2 | 2 1 0 | 0 1 ...
fn mirror(index: i64, len: usize) -> usize {
    let folded = index.rem_euclid(2 * len as i64) as usize;
    if folded < len { folded } else { 2 * len - 1 - folded }
}

/// A resizing between two fixed sizes, its weights made once: for training patches, which are many
/// of one size.
#[derive(Debug, Clone)]
pub struct MatlabBicubic {
    width: usize,
    height: usize,
    horizontal: Axis,
    vertical: Axis,
}

impl MatlabBicubic {
    /// From `width` x `height` to `to_width` x `to_height` pixels.
    ///
    /// # Errors
    /// [`Error::Config`] when a side is 0.
    pub fn new((width, height): (u32, u32), (to_width, to_height): (u32, u32)) -> Result<Self> {
        if [width, height, to_width, to_height].contains(&0) {
            return Err(Error::Config(format!("cannot resize {width} x {height} pixels to {to_width} x {to_height}")));
        }
        let (width, height) = (width as usize, height as usize);
        let horizontal = Axis::new(width, to_width as usize);
        let vertical = Axis::new(height, to_height as usize);
        Ok(Self { width, height, horizontal, vertical })
    }

    /// `picture` at the new size, rounded and clamped, in its own layout and depth. Every channel
    /// is resampled on its own, alpha too: see [`super::alpha`] first where there is one.
    ///
    /// # Errors
    /// [`Error::Config`] when the picture does not have the size that this was made for.
    pub fn picture(&self, picture: &Picture) -> Result<Picture> {
        if (picture.width as usize, picture.height as usize) != (self.width, self.height) {
            let (width, height) = (picture.width, picture.height);
            return Err(Error::Config(format!(
                "a picture of {width} x {height} pixels was given to a resizer for {} x {}",
                self.width, self.height
            )));
        }
        let channels = picture.layout.channels();
        let (to_width, to_height) = (self.horizontal.outputs(), self.vertical.outputs());
        let len = to_width * to_height * channels;
        // `as` clamps; MATLAB rounds halves away from zero, as `round` does.
        let samples = match &picture.samples {
            Samples::U8(values) => {
                let mut resized = Vec::with_capacity(len);
                self.rows(values, channels, |row| resized.extend(row.iter().map(|value| value.round() as u8)));
                Samples::U8(resized)
            }
            Samples::U16(values) => {
                let mut resized = Vec::with_capacity(len);
                self.rows(values, channels, |row| resized.extend(row.iter().map(|value| value.round() as u16)));
                Samples::U16(resized)
            }
        };
        Ok(picture.with_pixels(to_width as u32, to_height as u32, picture.layout, samples))
    }

    /// `planes` (CHW) at the new size, neither rounded nor clamped.
    pub(crate) fn planes(&self, planes: &[f32]) -> Vec<f32> {
        let mut resized = Vec::new();
        for plane in planes.chunks_exact(self.width * self.height) {
            self.rows(plane, 1, |row| resized.extend(row.iter().map(|&value| value as f32)));
        }
        resized
    }

    /// Hands over the resized rows, one after the other, so that only two rows are ever held in
    /// floating point.
    fn rows<T: Copy + Into<f64>>(&self, values: &[T], channels: usize, mut hand_over: impl FnMut(&[f64])) {
        let stride = self.width * channels;
        let mut column_sums = vec![0.0f64; stride];
        let mut row = vec![0.0f64; self.horizontal.outputs() * channels];
        for y in 0..self.vertical.outputs() {
            column_sums.fill(0.0);
            for (input, weight) in self.vertical.of(y) {
                for (sum, &value) in column_sums.iter_mut().zip(&values[input * stride..][..stride]) {
                    *sum += weight * value.into();
                }
            }
            match channels {
                1 => self.row::<1>(&column_sums, &mut row),
                2 => self.row::<2>(&column_sums, &mut row),
                3 => self.row::<3>(&column_sums, &mut row),
                _ => self.row::<4>(&column_sums, &mut row),
            }
            hand_over(&row);
        }
    }

    fn row<const CHANNELS: usize>(&self, values: &[f64], row: &mut [f64]) {
        let (pixels, _) = values.as_chunks::<CHANNELS>();
        let (outputs, _) = row.as_chunks_mut::<CHANNELS>();
        for (x, output) in outputs.iter_mut().enumerate() {
            *output = [0.0; CHANNELS];
            for (input, weight) in self.horizontal.of(x) {
                for (sum, value) in output.iter_mut().zip(&pixels[input]) {
                    *sum += weight * value;
                }
            }
        }
    }
}

/// One picture at another size; see [`MatlabBicubic`], and [`MatlabBicubic::picture`] for the
/// alpha.
///
/// # Errors
/// [`Error::Config`] when a side is 0.
pub fn matlab_bicubic(picture: &Picture, width: u32, height: u32) -> Result<Picture> {
    MatlabBicubic::new((picture.width, picture.height), (width, height))?.picture(picture)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::Layout;
    use proptest::prelude::*;

    fn grey(width: u32, values: &[u8]) -> Picture {
        Picture::new(width, values.len() as u32 / width, Layout::Grey, Samples::U8(values.to_vec())).unwrap()
    }

    #[test]
    fn halving_has_the_textbook_weights() {
        // The cubic at 0.25, 0.75, 1.25, 1.75, halved: 111, 29, -9, -3 of 256 on each side.
        let axis = Axis::new(32, 16);
        let weights: Vec<f64> = axis.of(8).map(|(_, weight)| weight * 256.0).collect();
        assert_eq!(weights, [-3.0, -9.0, 29.0, 111.0, 111.0, 29.0, -9.0, -3.0]);
        let inputs: Vec<usize> = axis.of(0).map(|(input, _)| input).collect();
        assert_eq!(inputs, [2, 1, 0, 0, 1, 2, 3, 4]);
    }

    #[test]
    fn a_picture_smaller_than_the_kernel_is_mirrored_more_than_once() {
        let mirrored: Vec<usize> = (-4..6).map(|index| mirror(index, 2)).collect();
        assert_eq!(mirrored, [0, 1, 1, 0, 0, 1, 1, 0, 0, 1]);
        assert_eq!(matlab_bicubic(&grey(1, &[77]), 5, 3).unwrap(), grey(5, &[77; 15]));
        assert_eq!(matlab_bicubic(&grey(3, &[9; 6]), 1, 1).unwrap(), grey(1, &[9]));
    }

    #[test]
    fn an_edge_overshoots_and_is_clamped() {
        let resized = matlab_bicubic(&grey(4, &[0, 0, 255, 255]), 8, 1).unwrap();
        // Positions 0.75 and 1.25 of a step: weights of 0.25 and 0.75 by Keys' cubic.
        let step = |t: f64| (255.0 * (cubic(1.0 - t) + cubic(2.0 - t))).round() as u8;
        assert_eq!(resized, grey(8, &[0, 0, 0, step(0.25), step(0.75), 255, 255, 255]));
    }

    #[test]
    fn other_sizes_than_planned_are_refused() {
        let values: Vec<u8> = (0..7 * 5 * 3).map(|index| (index * 37 % 251) as u8).collect();
        let picture = Picture::new(7, 5, Layout::Rgb, Samples::U8(values)).unwrap();
        let resize = MatlabBicubic::new((7, 5), (4, 9)).unwrap();
        let resized = resize.picture(&picture).unwrap();
        assert_eq!((resized.width, resized.height), (4, 9));
        assert!(resize.picture(&resized).is_err());
        assert!(matlab_bicubic(&picture, 0, 1).is_err());
    }

    proptest! {
        #[test]
        fn weights_sum_to_one_and_inputs_are_inside(input in 1usize..60, output in 1usize..90) {
            let axis = Axis::new(input, output);
            prop_assert_eq!(axis.outputs(), output);
            for index in 0..output {
                let sum: f64 = axis.of(index).map(|(_, weight)| weight).sum();
                prop_assert!((sum - 1.0).abs() < 1e-12);
                prop_assert!(axis.of(index).all(|(input_index, _)| input_index < input));
            }
        }

        #[test]
        fn a_constant_picture_stays_constant(
            value in any::<u16>(), (w, h) in (1u32..20, 1u32..20), (to_w, to_h) in (1u32..40, 1u32..40),
        ) {
            let picture = Picture::new(w, h, Layout::Grey, Samples::U16(vec![value; (w * h) as usize])).unwrap();
            let resized = matlab_bicubic(&picture, to_w, to_h).unwrap();
            prop_assert_eq!(resized.samples, Samples::U16(vec![value; (to_w * to_h) as usize]));
        }

        #[test]
        fn the_same_size_changes_nothing(values in proptest::collection::vec(any::<u8>(), 12)) {
            let picture = grey(4, &values);
            prop_assert_eq!(matlab_bicubic(&picture, 4, 3).unwrap(), picture);
        }
    }
}
