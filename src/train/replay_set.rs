//! The replay set: pictures of many kinds that keep a fine-tuned network from forgetting.
//!
//! Every other picture is trained with, a few patches per batch; the rest measure how much the
//! network has forgotten.

use super::data::{Dataset, Pair, model_psnr_y};
use crate::error::{Error, Result};
use crate::image::{Area, Picture};
use crate::model::Model;
use crate::upscale::Enlarge;

/// Cuts `models/replay.webp`, a row of square pictures, into its pictures.
///
/// # Errors
/// [`Error::Data`] if the picture is not a row of squares.
pub fn cut_replay_row(row: &Picture) -> Result<Vec<Picture>> {
    let side = row.height;
    if !row.width.is_multiple_of(side) {
        let width = row.width;
        return Err(Error::Data(format!("the replay pictures must be a row of squares, not {width} x {side} pixels")));
    }
    let tile = |left| row.crop(Area { left, top: 0, width: side, height: side });
    Ok((0..row.width).step_by(side as usize).map(tile).collect())
}

/// The replay set of a run, with the scores of the initial model.
pub(super) struct ReplaySet {
    /// The pictures to train with. Their targets are what the initial model makes of them, not the
    /// sharp pictures, which no network can reach: that makes the gradients steadier.
    pub train: Dataset,
    /// The pictures to score with.
    check: Vec<Pair>,
    /// The initial model's score, in dB.
    start: f64,
}

impl ReplaySet {
    pub fn new(pictures: &[Picture], model: &Model) -> Result<Self> {
        let pair = |picture: &Picture| Pair::new(picture.clone(), model.scale());
        let every_other = |from: usize| pictures.iter().skip(from).step_by(2).map(pair).collect::<Result<Vec<_>>>();
        // A data set is never empty: one picture would leave none to score with.
        let [train, check] = [every_other(0)?, every_other(1)?].map(|pairs| Dataset::new(pairs, model.scale()));
        let mut set = Self { train: train?.enlarged_by(model)?, check: check?.into_pairs(), start: 0.0 };
        set.start = set.score(model)?;
        Ok(set)
    }

    /// How much lower `model` scores than the initial model, in dB.
    pub fn forgotten(&self, model: &Model) -> Result<f64> {
        Ok(self.start - self.score(model)?)
    }

    fn score(&self, model: &Model) -> Result<f64> {
        model_psnr_y(model, &self.check)
    }
}

/// The replay pictures that are built into the library.
#[cfg(not(target_arch = "wasm32"))]
pub fn replay_pictures() -> Vec<Picture> {
    let bytes = include_bytes!("../../models/replay.webp");
    let row = crate::image::decode(bytes, &crate::image::Limits::default()).expect("the file is a picture");
    cut_replay_row(&row).expect("the file is a row of squares")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_replay_pictures_large_enough_for_patches() {
        let pictures = replay_pictures();
        assert!(pictures.len() >= 16 && pictures.iter().all(|p| p.width == p.height && p.width >= 96));
    }

    #[test]
    fn one_picture_is_too_few() {
        let model = crate::models::load("splitsr-tiny-x2").unwrap();
        let set = |count| ReplaySet::new(&replay_pictures()[..count], &model);
        assert!(matches!(set(1), Err(Error::Data(_))));
        assert!(set(2).unwrap().start > 20.0);
    }

    #[test]
    fn a_picture_that_is_no_row_of_squares_is_refused() {
        let row = &replay_pictures()[0];
        let part = row.crop(Area { left: 0, top: 0, width: row.width - 1, height: row.height });
        let error = cut_replay_row(&part).unwrap_err().to_string();
        assert!(error.contains("111 x 112"), "{error}");
    }
}
