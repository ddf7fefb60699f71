//! The difference between two pictures.

use serde::Serialize;

use super::metrics::{Luma, WINDOW, psnr, ssim};
use crate::error::{Error, Result};
use crate::image::{Depth, Layout, Picture, Samples};

/// The difference between two pictures. Alpha is ignored, 16 bits are rounded to 8.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Distance {
    /// PSNR on luma, in dB; `None` = equal.
    pub psnr_y: Option<f64>,
    /// SSIM on luma; `None` if a side is shorter than its window.
    pub ssim_y: Option<f64>,
    /// The largest difference of a channel, in levels of 255.
    pub largest: u8,
    /// The mean difference of the channels, in levels of 255.
    pub mean: f64,
}

/// Compares two pictures of the same size. PSNR and SSIM leave out `border` pixels on each side.
///
/// # Errors
/// [`Error::Data`] when the sizes differ, or nothing is left without the border.
pub fn distance(a: &Picture, b: &Picture, border: usize) -> Result<Distance> {
    let differences = differences(a, b)?;
    let [luma_a, luma_b] = [a, b].map(|picture| Luma::of(picture).shave(border));
    let (luma_a, luma_b) = (luma_a?, luma_b?);
    let psnr_y = psnr(&luma_a, &luma_b)?;
    let short = (a.width.min(a.height) as usize) < WINDOW + 2 * border;
    let total: u64 = differences.iter().flatten().map(|&d| u64::from(d)).sum();
    Ok(Distance {
        psnr_y: psnr_y.is_finite().then_some(psnr_y),
        ssim_y: if short { None } else { Some(ssim(&luma_a, &luma_b)?) },
        largest: largest(&differences),
        mean: total as f64 / (3 * differences.len()) as f64,
    })
}

/// A grey map of the largest difference in each pixel: black where the pictures are equal, white
/// where they differ most.
///
/// # Errors
/// [`Error::Data`] when the sizes differ.
pub fn heat_map(a: &Picture, b: &Picture) -> Result<Picture> {
    let differences = differences(a, b)?;
    let largest = u32::from(largest(&differences));
    let heat = differences.iter().map(|rgb| {
        let max = rgb.iter().copied().max().unwrap_or(0);
        (u32::from(max) * 255).checked_div(largest).unwrap_or(0) as u8
    });
    let mut map = Picture::blank(a.width, a.height, Layout::Grey, Depth::Eight)?;
    map.samples = Samples::U8(heat.collect());
    Ok(map)
}

fn differences(a: &Picture, b: &Picture) -> Result<Vec<[u8; 3]>> {
    if (a.width, a.height) != (b.width, b.height) {
        let (size_a, size_b) = (format!("{} x {}", a.width, a.height), format!("{} x {}", b.width, b.height));
        return Err(Error::Data(format!("pictures of {size_a} and {size_b} pixels cannot be compared")));
    }
    let (a, b) = (a.to_rgba8(), b.to_rgba8());
    let pixels = a.chunks_exact(4).zip(b.chunks_exact(4));
    Ok(pixels.map(|(a, b)| std::array::from_fn(|channel| a[channel].abs_diff(b[channel]))).collect())
}

fn largest(differences: &[[u8; 3]]) -> u8 {
    differences.iter().flatten().copied().max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(values: &[u8]) -> Picture {
        Picture::new(values.len() as u32 / 3, 1, Layout::Rgb, Samples::U8(values.to_vec())).unwrap()
    }

    #[test]
    fn the_map_is_white_where_the_pictures_are_furthest_apart() {
        let (a, b) = (picture(&[0, 0, 0, 10, 20, 30, 5, 5, 5]), picture(&[0, 0, 0, 10, 30, 30, 5, 5, 10]));
        let distance = distance(&a, &b, 0).unwrap();
        assert_eq!((distance.largest, distance.mean, distance.ssim_y), (10, 15.0 / 9.0, None));
        assert_eq!(heat_map(&a, &b).unwrap().samples, Samples::U8(vec![0, 255, 127]));
        assert_eq!(super::distance(&a, &a, 0).unwrap().psnr_y, None);
        assert_eq!(heat_map(&a, &a).unwrap().samples, Samples::U8(vec![0; 3]));
        let error = super::distance(&a, &picture(&[0; 3]), 0).unwrap_err().to_string();
        assert!(error.contains("3 x 1 and 1 x 1 pixels"), "{error}");
    }
}
