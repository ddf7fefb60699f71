//! Between pictures and the planes that the networks read and write: CHW, `f32`, RGB in [0, 1].

use super::{Picture, Samples};

/// How much red, green and blue, from 0 to 1, add to the 16 of black's luma: BT.601 as MATLAB's
/// `rgb2ycbcr` has it, where white's luma is 235.
pub(crate) const LUMA: [f64; 3] = [65.481, 128.553, 24.966];

/// A rectangle of a picture, in pixels from the top left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    /// The first column.
    pub left: u32,
    /// The first row.
    pub top: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Area {
    /// How many pixels it has.
    pub(crate) fn pixels(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// The same part of a picture that is `factor` times as wide and as high.
    pub(crate) fn scaled(self, factor: u32) -> Self {
        let [left, top, width, height] = [self.left, self.top, self.width, self.height].map(|side| factor * side);
        Self { left, top, width, height }
    }

    /// It and a halo of so many pixels to each side, within `bounds`.
    pub(crate) fn with_halo(self, halo: u32, bounds: Self) -> Self {
        let along = |start: u32, length: u32, first: u32, room: u32| {
            let from = start.saturating_sub(halo).max(first);
            (from, (start + length).saturating_add(halo).min(first + room) - from)
        };
        let (left, width) = along(self.left, self.width, bounds.left, bounds.width);
        let (top, height) = along(self.top, self.height, bounds.top, bounds.height);
        Self { left, top, width, height }
    }
}

impl Picture {
    /// The whole picture.
    pub fn area(&self) -> Area {
        Area { left: 0, top: 0, width: self.width, height: self.height }
    }

    /// The colours of `area` as `3 * height * width` values in [0, 1]: the red plane, then green,
    /// then blue. Grey is replicated; alpha is left out.
    ///
    /// # Panics
    /// When `area` is not inside the picture.
    pub fn rgb_planes(&self, area: Area) -> Vec<f32> {
        match &self.samples {
            Samples::U8(values) => self.read_planes(values, area, 255.0),
            Samples::U16(values) => self.read_planes(values, area, 65535.0),
        }
    }

    fn read_planes<T: Copy + Into<f32>>(&self, values: &[T], area: Area, max: f32) -> Vec<f32> {
        let mut planes = Vec::with_capacity(3 * area.width as usize * area.height as usize);
        for colour in 0..3 {
            let channel = if self.layout.is_grey() { 0 } else { colour };
            for y in 0..area.height {
                let row = &values[self.row_range(area, y)];
                let pixels = row.chunks_exact(self.layout.channels());
                planes.extend(pixels.map(|pixel| pixel[channel].into() / max));
            }
        }
        planes
    }

    /// Writes `3 * height * width` values in [0, 1] (CHW, RGB) into `area`, rounded to the nearest
    /// and clamped; NaN becomes 0. A grey picture takes the mean of the three: a network that was
    /// given three equal planes gives back nearly equal ones. Alpha is left as it is.
    ///
    /// # Panics
    /// When `area` is not inside the picture, or `planes` does not have
    /// `3 * area.height * area.width` values.
    pub fn set_rgb_planes(&mut self, area: Area, planes: &[f32]) {
        assert_eq!(planes.len(), 3 * area.width as usize * area.height as usize, "three planes of the area's size");
        let rows: Vec<_> = (0..area.height).map(|y| self.row_range(area, y)).collect();
        let (channels, grey) = (self.layout.channels(), self.layout.is_grey());
        match &mut self.samples {
            Samples::U8(values) => write_planes(values, &rows, channels, grey, planes, to_8_bits),
            Samples::U16(values) => {
                write_planes(values, &rows, channels, grey, planes, |v| (v * 65535.0).round() as u16);
            }
        }
    }

    /// Where row `y` of `area` lies in the samples.
    pub(super) fn row_range(&self, area: Area, y: u32) -> std::ops::Range<usize> {
        let fits = |start: u32, len: u32, side: u32| u64::from(start) + u64::from(len) <= u64::from(side);
        assert!(
            fits(area.left, area.width, self.width) && fits(area.top, area.height, self.height),
            "{area:?} lies outside a picture of {} x {}",
            self.width,
            self.height
        );
        let channels = self.layout.channels();
        let start = (area.top as usize + y as usize) * self.width as usize + area.left as usize;
        start * channels..(start + area.width as usize) * channels
    }
}

/// A value in [0, 1] as 8 bits. Values outside, and NaN, saturate: `as` does that.
pub(crate) fn to_8_bits(value: f32) -> u8 {
    (value * 255.0).round() as u8
}

fn write_planes<T>(
    values: &mut [T],
    rows: &[std::ops::Range<usize>],
    channels: usize,
    grey: bool,
    planes: &[f32],
    quantise: impl Fn(f32) -> T,
) {
    let (red, rest) = planes.split_at(planes.len() / 3);
    let (green, blue) = rest.split_at(planes.len() / 3);
    let mut colours = red.iter().zip(green).zip(blue);
    for range in rows {
        let pixels = values[range.clone()].chunks_exact_mut(channels);
        for (pixel, ((&red, &green), &blue)) in pixels.zip(&mut colours) {
            if grey {
                pixel[0] = quantise((red + green + blue) / 3.0);
            } else {
                pixel[0] = quantise(red);
                pixel[1] = quantise(green);
                pixel[2] = quantise(blue);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::{Depth, Layout};
    use proptest::prelude::*;

    #[test]
    fn a_part_is_read_plane_by_plane() {
        let picture = Picture::new(3, 2, Layout::Rgb, Samples::U8((0..18).map(|v| v * 15).collect())).unwrap();
        let planes = picture.rgb_planes(Area { left: 1, top: 1, width: 2, height: 1 });
        let expected: Vec<f32> = [12, 15, 13, 16, 14, 17].iter().map(|&v| (v * 15) as f32 / 255.0).collect();
        assert_eq!(planes, expected);
    }

    #[test]
    fn values_out_of_range_are_clamped() {
        let mut picture = Picture::blank(1, 1, Layout::RgbAlpha, Depth::Eight).unwrap();
        picture.set_rgb_planes(picture.area(), &[-0.5, 1.5, f32::NAN]);
        assert_eq!(picture.samples, Samples::U8(vec![0, 255, 0, 0]));
    }

    #[test]
    #[should_panic(expected = "outside")]
    fn an_area_outside_is_a_mistake() {
        let picture = Picture::blank(2, 2, Layout::Grey, Depth::Eight).unwrap();
        picture.rgb_planes(Area { left: 1, top: 0, width: 2, height: 1 });
    }

    proptest! {
        #[test]
        fn planes_keep_every_value(values in proptest::collection::vec(any::<u16>(), 24)) {
            for layout in [Layout::Rgb, Layout::Grey, Layout::RgbAlpha, Layout::GreyAlpha] {
                let values = values[..6 * layout.channels()].to_vec();
                let picture = Picture::new(2, 3, layout, Samples::U16(values)).unwrap();
                let mut copy = picture.clone();
                copy.set_rgb_planes(copy.area(), &picture.rgb_planes(picture.area()));
                prop_assert_eq!(copy, picture);
            }
        }
    }
}
