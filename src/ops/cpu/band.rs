//! Rows of a picture, read with zeros around them.

use super::lanes::Lanes;
use super::shape::Shape;

/// Rows `top..top + rows` of one picture.
#[derive(Clone, Copy)]
pub(super) struct Band<'a> {
    /// `[channels, height, width]`
    pub values: &'a [f32],
    pub channels: usize,
    pub height: usize,
    pub width: usize,
    pub top: usize,
    pub rows: usize,
    /// As `values`, which count as 0 where this is not positive.
    pub mask: Option<&'a [f32]>,
}

impl Band<'_> {
    /// Row `y` of a channel.
    #[inline(always)]
    pub fn row(&self, channel: usize, y: isize) -> Row {
        static ZEROS: [f32; 16] = [0.0; 16];
        if (0..self.height as isize).contains(&y) {
            let row = |plane: &[f32]| plane[(channel * self.height + y as usize) * self.width..][..self.width].as_ptr();
            Row { values: row(self.values), mask: self.mask.map_or(std::ptr::null(), row), step: 1 }
        } else {
            Row { values: ZEROS.as_ptr(), mask: std::ptr::null(), step: 0 }
        }
    }

    /// The rows `top..top + R` of a channel.
    #[inline(always)]
    pub fn rows<const R: usize>(&self, channel: usize, top: isize) -> [Row; R] {
        let mut rows = [Row { values: std::ptr::null(), mask: std::ptr::null(), step: 0 }; R];
        for (y, row) in (top..).zip(&mut rows) {
            *row = self.row(channel, y);
        }
        rows
    }
}

/// A row of a picture, or outside it a vector of zeros that stands for the whole row.
#[derive(Clone, Copy)]
pub(super) struct Row {
    values: *const f32,
    /// See [`Band::mask`]; null if there is none.
    mask: *const f32,
    /// 1 or 0
    step: usize,
}

impl Row {
    /// The vector from `at` on, zeros where fewer than a vector's values are left.
    ///
    /// # Safety
    /// See [`Lanes`]; the row must have `left` values from `at` on.
    #[inline(always)]
    pub unsafe fn load<L: Lanes>(self, at: usize, left: usize) -> L::V {
        // SAFETY: the caller's promise; `ZEROS` is as long as the longest vector.
        unsafe {
            let values = L::load_some(self.values.add(at * self.step), left);
            if self.mask.is_null() { values } else { L::where_positive(L::load_some(self.mask.add(at), left), values) }
        }
    }
}

/// Bands of two tensors to take weight gradients from.
pub(super) struct WeightJob<'a> {
    pub shape: Shape,
    /// The tensor `[batch, in_channels, height, width]` and the gradient
    /// `[batch, out_channels, height, width]`.
    pub x: &'a [f32],
    pub dy: &'a [f32],
    /// As `dy`: see [`Band::mask`].
    pub mask: Option<&'a [f32]>,
    /// Which bands, of all pictures' one after the other.
    pub bands: std::ops::Range<usize>,
    pub band_rows: usize,
    /// `[out_channels, in_channels, 3, 3]`, overwritten
    pub dweight: &'a mut [f32],
    /// `[out_channels]`, overwritten
    pub dbias: &'a mut [f32],
}

impl<'a> WeightJob<'a> {
    /// A band of one picture of `values`.
    pub fn band(
        &self,
        values: &'a [f32],
        mask: Option<&'a [f32]>,
        channels: usize,
        picture: usize,
        top: usize,
    ) -> Band<'a> {
        let Shape { height, width, .. } = self.shape;
        let size = channels * height * width;
        let rows = self.band_rows.min(height - top);
        let [values, mask] = [Some(values), mask].map(|values| values.map(|values| &values[picture * size..][..size]));
        Band { values: values.expect("given"), channels, height, width, top, rows, mask }
    }
}
