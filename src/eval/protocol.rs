//! The protocol: high-resolution picture (HR), low-resolution picture (LR), upsampler,
//! super-resolved picture (SR), scores.
//!
//! 1. HR: grey is replicated to RGB; cropped at the bottom and right to a multiple of the scale.
//! 2. LR: MATLAB's bicubic `imresize` of it, rounded to 8 bits.
//! 3. SR: what the upsampler makes of LR, 8 bits, of HR's size.
//! 4. Luma, without `scale` pixels on each side; PSNR and SSIM; means over the pictures of a set (a
//!    mean of dB).

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::Serialize;

use super::metrics::{Luma, psnr, ssim};
use crate::error::{Error, Result};
use crate::image::matlab::matlab_bicubic;
use crate::image::resize::{Filter, resize};
use crate::image::{Area, Content, Limits, Picture, SNIFFED, decode, sniff};

/// The bound of [`bounded_psnr_y`], in dB.
const MAX_PSNR: f64 = 100.0;

/// PSNR and SSIM on luma: of a picture, or means over a set.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Scores {
    /// dB. Infinite for an exact result, which JSON shows as `null`.
    pub psnr_y: f64,
    /// At most 1.
    pub ssim_y: f64,
}

impl fmt::Display for Scores {
    /// "37.64 dB, 0.9595".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} dB, {:.4}", self.psnr_y, self.ssim_y)
    }
}

/// The scores of a folder of pictures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SetScore {
    /// The folder's name.
    pub name: String,
    /// How many pictures it holds.
    pub images: usize,
    /// Means over the pictures.
    #[serde(flatten)]
    pub scores: Scores,
    /// Time in the upsampler, all pictures together.
    pub seconds: f64,
}

/// Steps 1 and 2: the HR and the LR picture, both 8-bit RGB, the sides of the first `scale` times
/// those of the second. Alpha is dropped; values are taken as sRGB whatever the profile says, as
/// the literature does.
///
/// # Errors
/// [`Error::Data`] when the picture is smaller than `scale`, [`Error::Config`] when `scale` is 0.
pub fn degrade(picture: Picture, scale: usize) -> Result<(Picture, Picture)> {
    let hr = high_resolution(picture, scale)?;
    let lr = matlab_bicubic(&hr, hr.width / scale as u32, hr.height / scale as u32)?;
    Ok((hr, lr))
}

/// Step 1.
///
/// # Errors
/// As [`degrade`].
pub(crate) fn high_resolution(picture: Picture, scale: usize) -> Result<Picture> {
    if scale == 0 {
        return Err(Error::Config("the scale must be at least 1".into()));
    }
    let rgb = picture.split_alpha().0.into_8_bit().into_rgb();
    let lr_side = |side: u32| side / u32::try_from(scale).unwrap_or(u32::MAX);
    let (width, height) = (lr_side(rgb.width), lr_side(rgb.height));
    if width == 0 || height == 0 {
        let (width, height) = (rgb.width, rgb.height);
        return Err(Error::Data(format!("a picture of {width} x {height} pixels is too small for scale {scale}")));
    }
    let scale = scale as u32;
    Ok(rgb.crop(Area { left: 0, top: 0, width: width * scale, height: height * scale }))
}

/// Step 4: PSNR and SSIM of an upsampler's result `sr` against `hr`.
///
/// # Errors
/// [`Error::Data`] when the sizes differ, or less than the window of SSIM is left without the
/// border.
pub fn score(sr: &Picture, hr: &Picture, scale: usize) -> Result<Scores> {
    let (sr, hr) = (Luma::of(sr).shave(scale)?, Luma::of(hr).shave(scale)?);
    Ok(Scores { psnr_y: psnr(&sr, &hr)?, ssim_y: ssim(&sr, &hr)? })
}

/// [`score`] without SSIM, for validation while training: dB.
///
/// # Errors
/// [`Error::Data`] when the sizes differ, or nothing is left without the border.
pub fn psnr_y(sr: &Picture, hr: &Picture, scale: usize) -> Result<f64> {
    psnr(&Luma::of(sr).shave(scale)?, &Luma::of(hr).shave(scale)?)
}

/// [`psnr_y`], but 100 dB for equal pictures: means, comparisons and JSON cannot use infinity.
///
/// # Errors
/// As [`psnr_y`].
pub fn bounded_psnr_y(sr: &Picture, hr: &Picture, scale: usize) -> Result<f64> {
    Ok(psnr_y(sr, hr, scale)?.min(MAX_PSNR))
}

/// The mean of [`bounded_psnr_y`] over results, each with the HR picture that it should equal: dB.
///
/// # Errors
/// The first error among the results; otherwise as [`psnr_y`].
pub fn mean_psnr_y<'a>(results: impl Iterator<Item = (Result<Picture>, &'a Picture)>, scale: usize) -> Result<f64> {
    let scores = results.map(|(sr, hr)| bounded_psnr_y(&sr?, hr, scale)).collect::<Result<Vec<_>>>()?;
    Ok(scores.iter().sum::<f64>() / scores.len() as f64)
}

/// A picture of a set, as [`score_set`] scored it.
pub struct Scored<'a> {
    /// Its file.
    pub path: &'a Path,
    /// The high-resolution picture.
    pub hr: &'a Picture,
    /// The upsampler's result.
    pub sr: &'a Picture,
    /// The scores of `sr`.
    pub scores: Scores,
}

/// Scores all pictures of a folder (see [`picture_files`]). `pair` makes the HR and the LR picture,
/// as [`degrade`] does; `upsample` gets the LR picture and the width and height of the HR picture;
/// `on_picture` gets each picture and may score it further. It needs a clock, which WebAssembly
/// lacks.
///
/// # Errors
/// As [`picture_files`], [`decode`] and [`score`], naming the file; those of the functions.
pub fn score_set(
    folder: &Path,
    scale: usize,
    pair: impl Fn(Picture, usize) -> Result<(Picture, Picture)>,
    upsample: impl Fn(&Picture, u32, u32) -> Result<Picture>,
    mut on_picture: impl FnMut(Scored<'_>) -> Result<()>,
) -> Result<SetScore> {
    let files = picture_files(folder)?;
    let mut sum = Scores { psnr_y: 0.0, ssim_y: 0.0 };
    let mut time = Duration::ZERO;
    let mut add = |path: &Path| {
        let (hr, lr) = pair(read(path)?, scale)?;
        let start = Instant::now();
        let sr = upsample(&lr, hr.width, hr.height)?;
        time += start.elapsed();
        let scores = score(&sr, &hr, scale)?;
        sum.psnr_y += scores.psnr_y;
        sum.ssim_y += scores.ssim_y;
        on_picture(Scored { path, hr: &hr, sr: &sr, scores })
    };
    for path in &files {
        add(path).map_err(|error| error.in_file(path.display()))?;
    }
    let images = files.len();
    let scores = Scores { psnr_y: sum.psnr_y / images as f64, ssim_y: sum.ssim_y / images as f64 };
    // The path "." has no name.
    let full = std::path::absolute(folder).map_err(Error::io(folder))?;
    let name = full.file_name().unwrap_or(full.as_os_str()).to_string_lossy().into_owned();
    Ok(SetScore { name, images, scores, seconds: time.as_secs_f64() })
}

/// The picture files of a folder, sorted by name. Skips subfolders and files whose content is text
/// or unknown, such as licences. Damaged pictures are included, so that they are not missed.
///
/// # Errors
/// [`Error::Io`] when the folder or a file cannot be read, [`Error::Data`] when there is no picture
/// in it.
pub fn picture_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(Error::io(folder))? {
        let path = entry.map_err(Error::io(folder))?.path();
        if path.is_file() && !matches!(sniff(&head(&path)?), Content::Text | Content::Unknown) {
            files.push(path);
        }
    }
    if files.is_empty() {
        return Err(Error::Data(format!(
            "{}: there is no picture in this folder: choose another folder",
            folder.display()
        )));
    }
    files.sort();
    Ok(files)
}

/// The part of a file that [`sniff`] looks at.
fn head(path: &Path) -> Result<Vec<u8>> {
    let file = File::open(path).map_err(Error::io(path))?;
    let mut head = Vec::new();
    file.take(SNIFFED as u64).read_to_end(&mut head).map_err(Error::io(path))?;
    Ok(head)
}

/// Reads and decodes a picture.
///
/// # Errors
/// [`Error::Io`]; or the errors of [`decode`], with the path.
pub fn read_picture(path: &Path) -> Result<Picture> {
    read(path).map_err(|error| error.in_file(path.display()))
}

fn read(path: &Path) -> Result<Picture> {
    let bytes = std::fs::read(path).map_err(Error::io(path))?;
    decode(&bytes, &Limits::default())
}

/// MATLAB's bicubic, the usual baseline.
///
/// # Errors
/// [`Error::Config`] when a side is 0.
pub fn bicubic(lr: &Picture, width: u32, height: u32) -> Result<Picture> {
    matlab_bicubic(lr, width, height)
}

/// Lanczos with three lobes, as in good picture viewers.
///
/// # Errors
/// [`Error::Config`] when a side is 0.
pub fn lanczos3(lr: &Picture, width: u32, height: u32) -> Result<Picture> {
    resize(lr, width, height, Filter::Lanczos3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::{Format, Layout, Samples, encode};

    fn ramp(width: u32, height: u32, layout: Layout) -> Picture {
        let len = (width * height) as usize * layout.channels();
        Picture::new(width, height, layout, Samples::U8((0..len).map(|v| (v * 7) as u8).collect())).unwrap()
    }

    #[test]
    fn the_mean_is_over_all_results_and_fails_with_one_of_them() {
        let flat = |value| Picture::new(8, 8, Layout::Rgb, Samples::U8(vec![value; 192])).unwrap();
        let hr = [flat(100), flat(101)];
        let mean = mean_psnr_y(hr.iter().map(|hr| (Ok(flat(100)), hr)), 2).unwrap();
        // Equal pictures count as 100 dB; one level of grey is 219 / 255 of luma.
        let off = 20.0 * (255.0 * 255.0 / 219.0f64).log10();
        assert!((mean - (100.0 + off) / 2.0).abs() < 1e-9, "{mean}");
        let failing = hr.iter().map(|hr| (Err(Error::Cancelled), hr));
        assert!(matches!(mean_psnr_y(failing, 2), Err(Error::Cancelled)));
    }

    #[test]
    fn the_hr_picture_is_cropped_at_the_bottom_and_right_and_rgb() {
        let picture = ramp(23, 20, Layout::GreyAlpha);
        let (hr, lr) = degrade(picture.clone(), 4).unwrap();
        assert_eq!((hr.width, hr.height, hr.layout), (20, 20, Layout::Rgb));
        assert_eq!((lr.width, lr.height, lr.layout), (5, 5, Layout::Rgb));
        let (colour, _) = picture.split_alpha();
        assert_eq!(hr, colour.into_rgb().crop(Area { left: 0, top: 0, width: 20, height: 20 }));
    }

    #[test]
    fn too_small_pictures_and_wrong_results_are_refused() {
        assert!(matches!(degrade(ramp(3, 30, Layout::Rgb), 4), Err(Error::Data(_))));
        assert!(matches!(degrade(ramp(3, 30, Layout::Rgb), 0), Err(Error::Config(_))));
        let (hr, lr) = degrade(ramp(40, 40, Layout::Rgb), 2).unwrap();
        assert!(matches!(score(&lr, &hr, 2), Err(Error::Data(_))));
    }

    #[test]
    fn a_set_is_the_mean_of_its_pictures_and_text_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        for (name, picture) in [("a.png", ramp(40, 36, Layout::Rgb)), ("b.png", ramp(32, 48, Layout::Grey))] {
            std::fs::write(folder.path().join(name), encode(&picture, Format::Png).unwrap()).unwrap();
        }
        std::fs::write(folder.path().join("LICENSE"), "free").unwrap();
        let mut each = Vec::new();
        let keep = |scored: Scored<'_>| {
            each.push(scored.scores);
            Ok(())
        };
        let set = score_set(folder.path(), 2, degrade, bicubic, keep).unwrap();
        assert_eq!((set.images, each.len()), (2, 2));
        assert_eq!(each[0].psnr_y, {
            let (hr, lr) = degrade(ramp(40, 36, Layout::Rgb), 2).unwrap();
            psnr_y(&bicubic(&lr, 40, 36).unwrap(), &hr, 2).unwrap()
        });
        assert!((set.scores.psnr_y - (each[0].psnr_y + each[1].psnr_y) / 2.0).abs() < 1e-12);
        let json = serde_json::to_value(&set).unwrap();
        let mut keys: Vec<_> = json.as_object().unwrap().keys().cloned().collect();
        keys.sort();
        assert_eq!(keys, ["images", "name", "psnr_y", "seconds", "ssim_y"]);
    }

    #[test]
    fn a_damaged_picture_in_a_set_is_named_and_an_empty_set_refused() {
        let folder = tempfile::tempdir().unwrap();
        let score = || score_set(folder.path(), 2, degrade, bicubic, |_| Ok(())).unwrap_err().to_string();
        assert!(score().contains("no picture"), "{}", score());
        std::fs::write(folder.path().join("cut.png"), b"\x89PNG\r\n\x1a\n").unwrap();
        assert!(score().contains("cut.png"), "{}", score());
    }
}
