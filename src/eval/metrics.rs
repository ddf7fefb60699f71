//! PSNR and SSIM on luma, in `f64`.

use crate::error::{Error, Result};
use crate::image::{LUMA, Picture, Samples};

/// The largest value of a channel, L in the formulas.
const PEAK: f64 = 255.0;

/// The luma plane of an 8-bit RGB picture, kept in floating point: 16 to 235.
#[derive(Debug, Clone, PartialEq)]
pub struct Luma {
    width: usize,
    height: usize,
    values: Vec<f64>,
}

impl Luma {
    /// Y = 16 + 65.481 R + 128.553 G + 24.966 B with RGB in [0, 1]: BT.601 as MATLAB's `rgb2ycbcr`
    /// has it. Grey counts as R = G = B; alpha is ignored; 16 bits are rounded to 8.
    pub fn of(picture: &Picture) -> Self {
        let eight_bit;
        let values = match &picture.samples {
            Samples::U8(values) => values,
            Samples::U16(_) => {
                eight_bit = picture.clone().into_8_bit();
                let Samples::U8(values) = &eight_bit.samples else { unreachable!("just reduced") };
                values
            }
        };
        let grey = picture.layout.is_grey();
        let luma = |pixel: &[u8]| {
            let [red, green, blue] = if grey { [pixel[0]; 3] } else { [pixel[0], pixel[1], pixel[2]] }.map(f64::from);
            16.0 + (LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue) / 255.0
        };
        Self {
            width: picture.width as usize,
            height: picture.height as usize,
            values: values.chunks_exact(picture.layout.channels()).map(luma).collect(),
        }
    }

    /// Cuts off `border` pixels on each side, where upsamplers see only half of the neighbourhood.
    ///
    /// # Errors
    /// [`Error::Data`] when nothing is left.
    pub fn shave(self, border: usize) -> Result<Self> {
        let (width, height) = (self.width.saturating_sub(2 * border), self.height.saturating_sub(2 * border));
        if width == 0 || height == 0 {
            return Err(Error::Data(format!(
                "a picture of {} x {} pixels is too small to be scored: {border} pixels are cut off each side",
                self.width, self.height
            )));
        }
        let rows = self.values.chunks_exact(self.width).skip(border).take(height);
        let values = rows.flat_map(|row| &row[border..border + width]).copied().collect();
        Ok(Self { width, height, values })
    }
}

/// Peak signal-to-noise ratio in dB: 10 log10(255² / mean squared error). Infinite for equal
/// planes.
///
/// # Errors
/// [`Error::Data`] when the sizes differ.
pub fn psnr(a: &Luma, b: &Luma) -> Result<f64> {
    check_sizes(a, b)?;
    let squares: f64 = a.values.iter().zip(&b.values).map(|(a, b)| (a - b) * (a - b)).sum();
    Ok(10.0 * (PEAK * PEAK * a.values.len() as f64 / squares).log10())
}

fn check_sizes(a: &Luma, b: &Luma) -> Result<()> {
    if (a.width, a.height) == (b.width, b.height) {
        return Ok(());
    }
    Err(Error::Data(format!(
        "pictures of {} x {} and {} x {} pixels cannot be compared",
        a.width, a.height, b.width, b.height
    )))
}

/// The window of SSIM: a Gaussian of sigma 1.5, cut to 11 values.
pub(super) const WINDOW: usize = 11;
const SIGMA: f64 = 1.5;

/// Mean structural similarity (Wang and others, 2004): 11 x 11 Gaussian window of sigma 1.5, K =
/// (0.01, 0.03), L = 255, over all positions where the window fits. 1 for equal planes.
///
/// # Errors
/// [`Error::Data`] when the sizes differ, or a side is shorter than the window's 11 pixels.
pub fn ssim(a: &Luma, b: &Luma) -> Result<f64> {
    check_sizes(a, b)?;
    if a.width < WINDOW || a.height < WINDOW {
        return Err(Error::Data(format!(
            "SSIM needs at least {WINDOW} x {WINDOW} pixels, not {} x {}",
            a.width, a.height
        )));
    }
    let (c1, c2) = ((0.01 * PEAK).powi(2), (0.03 * PEAK).powi(2));
    let mean_of = |value: fn(f64, f64) -> f64| {
        blur(a.values.iter().zip(&b.values).map(|(&a, &b)| value(a, b)).collect(), a.width)
    };
    let mean_a = mean_of(|a, _| a);
    let mean_b = mean_of(|_, b| b);
    let square_a = mean_of(|a, _| a * a);
    let square_b = mean_of(|_, b| b * b);
    let product = mean_of(|a, b| a * b);
    let sum: f64 = (0..mean_a.len())
        .map(|i| {
            let (mean_a, mean_b) = (mean_a[i], mean_b[i]);
            let variances = square_a[i] - mean_a * mean_a + square_b[i] - mean_b * mean_b;
            let covariance = product[i] - mean_a * mean_b;
            (2.0 * mean_a * mean_b + c1) * (2.0 * covariance + c2)
                / ((mean_a * mean_a + mean_b * mean_b + c1) * (variances + c2))
        })
        .sum();
    Ok(sum / mean_a.len() as f64)
}

/// Convolves a plane with the window where it fits (`WINDOW - 1` less in each direction): along
/// rows, then columns.
fn blur(plane: Vec<f64>, width: usize) -> Vec<f64> {
    let centre = (WINDOW / 2) as f64;
    let mut weights: [f64; WINDOW] =
        std::array::from_fn(|index| (-(index as f64 - centre).powi(2) / (2.0 * SIGMA * SIGMA)).exp());
    let sum: f64 = weights.iter().sum();
    weights.iter_mut().for_each(|weight| *weight /= sum);

    let along_rows = plane.chunks_exact(width).flat_map(|row| {
        row.windows(WINDOW).map(|window| window.iter().zip(&weights).map(|(value, weight)| value * weight).sum::<f64>())
    });
    let along_rows: Vec<f64> = along_rows.collect();
    let width = width - WINDOW + 1;
    let height = along_rows.len() / width - WINDOW + 1;
    let mut blurred = vec![0.0; width * height];
    for (y, row) in blurred.chunks_exact_mut(width).enumerate() {
        for (tap, weight) in weights.iter().enumerate() {
            for (sum, value) in row.iter_mut().zip(&along_rows[(y + tap) * width..]) {
                *sum += weight * value;
            }
        }
    }
    blurred
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::Layout;
    use proptest::prelude::*;

    fn grey(width: u32, values: Vec<u8>) -> Luma {
        let height = values.len() as u32 / width;
        Luma::of(&Picture::new(width, height, Layout::Grey, Samples::U8(values)).unwrap())
    }

    #[test]
    fn luma_of_the_corners_of_the_cube() {
        let values = vec![0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 255];
        let luma = Luma::of(&Picture::new(5, 1, Layout::Rgb, Samples::U8(values)).unwrap());
        for (got, expected) in luma.values.iter().zip([16.0, 235.0, 81.481, 144.553, 40.966]) {
            assert!((got - expected).abs() < 1e-9, "{luma:?}");
        }
    }

    #[test]
    fn a_difference_of_one_level_of_grey() {
        // One level of grey is 219 / 255 of luma.
        let (a, b) = (grey(4, vec![100; 16]), grey(4, vec![101; 16]));
        let expected = 20.0 * (255.0 * 255.0 / 219.0f64).log10();
        assert!((psnr(&a, &b).unwrap() - expected).abs() < 1e-9);
        assert_eq!(psnr(&a, &a).unwrap(), f64::INFINITY);
    }

    #[test]
    fn ssim_of_two_constants_is_the_luminance_term() {
        let (a, b) = (grey(11, vec![0; 121]), grey(11, vec![255; 121]));
        let c1 = 2.55f64.powi(2);
        let expected = (2.0 * 16.0 * 235.0 + c1) / (16.0f64.powi(2) + 235.0f64.powi(2) + c1);
        assert!((ssim(&a, &b).unwrap() - expected).abs() < 1e-9);
    }

    #[test]
    fn shaving_takes_the_border_and_needs_something_to_be_left() {
        let luma = grey(4, (0..20).collect());
        assert_eq!(luma.clone().shave(1).unwrap(), grey(2, vec![5, 6, 9, 10, 13, 14]));
        assert!(luma.shave(2).is_err());
    }

    #[test]
    fn pictures_that_cannot_be_compared_are_refused() {
        let (a, b) = (grey(10, vec![0; 120]), grey(12, vec![0; 120]));
        assert!(psnr(&a, &b).is_err() && ssim(&a, &b).is_err());
        assert!(ssim(&a, &a).is_err(), "10 pixels are less than the window");
    }

    /// The definition, window by window, without a separable blur.
    fn literal_ssim(a: &Luma, b: &Luma) -> f64 {
        let offsets = || (-5..=5).flat_map(|dy: i32| (-5..=5).map(move |dx: i32| (dx, dy)));
        let gauss = |(dx, dy): (i32, i32)| (-f64::from(dx * dx + dy * dy) / 4.5).exp();
        let total: f64 = offsets().map(gauss).sum();
        let (mut sum, mut places) = (0.0, 0.0);
        for y in 5..a.height as i32 - 5 {
            for x in 5..a.width as i32 - 5 {
                let mean = |value: &dyn Fn(usize) -> f64| {
                    let at = |(dx, dy): (i32, i32)| value(((y + dy) * a.width as i32 + x + dx) as usize);
                    offsets().map(|offset| gauss(offset) / total * at(offset)).sum::<f64>()
                };
                let (ma, mb) = (mean(&|i| a.values[i]), mean(&|i| b.values[i]));
                let (va, vb) = (mean(&|i| (a.values[i] - ma).powi(2)), mean(&|i| (b.values[i] - mb).powi(2)));
                let covariance = mean(&|i| (a.values[i] - ma) * (b.values[i] - mb));
                sum += (2.0 * ma * mb + 6.5025) * (2.0 * covariance + 58.5225)
                    / ((ma * ma + mb * mb + 6.5025) * (va + vb + 58.5225));
                places += 1.0;
            }
        }
        sum / places
    }

    proptest! {
        #[test]
        fn similarity_is_as_defined(
            a in proptest::collection::vec(any::<u8>(), 14 * 12),
            b in proptest::collection::vec(any::<u8>(), 14 * 12),
        ) {
            let (a, b) = (grey(14, a), grey(14, b));
            prop_assert!((ssim(&a, &b).unwrap() - literal_ssim(&a, &b)).abs() < 1e-9);
        }

        #[test]
        fn similarity_is_symmetric_at_most_one_and_one_for_equals(
            a in proptest::collection::vec(any::<u8>(), 13 * 12),
            b in proptest::collection::vec(any::<u8>(), 13 * 12),
        ) {
            let (a, b) = (grey(13, a), grey(13, b));
            let similarity = ssim(&a, &b).unwrap();
            prop_assert!((similarity - ssim(&b, &a).unwrap()).abs() < 1e-12);
            prop_assert!(similarity <= 1.0);
            prop_assert!((ssim(&a, &a).unwrap() - 1.0).abs() < 1e-12);
        }
    }
}
