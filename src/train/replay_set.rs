//! Generic pictures. Of half of them a few patches in each batch keep a network that is fine-tuned from forgetting them; the others tell whether it
//! does.

use super::data::{Dataset, Pair};
use super::session::bounded_psnr_y;
use crate::error::{Error, Result};
use crate::image::{Area, Picture};
use crate::upscale::Enlarge;
use crate::weights::Model;

/// Cuts `models/generic.webp`, a row of square pictures, into these.
///
/// # Errors
/// [`Error::Data`] if it is something else.
pub fn cut(row: &Picture) -> Result<Vec<Picture>> {
    let side = row.height;
    if !row.width.is_multiple_of(side) {
        return Err(Error::Data(format!("the generic pictures are no row of squares: {} x {side}", row.width)));
    }
    let tile = |left| row.crop(Area { left, top: 0, width: side, height: side });
    Ok((0..row.width).step_by(side as usize).map(tile).collect())
}

/// Generic pictures in the service of a fine-tuning.
pub(super) struct Generic {
    /// To learn again: shrunk, with what the model that it begins with makes of them in the place of the sharp ones. That is a steadier guide than the
    /// sharp ones, of which nothing can be made without error.
    pub replay: Dataset,
    /// To score with.
    check: Vec<Pair>,
    /// The first model's score.
    start: f64,
}

impl Generic {
    pub fn new(pictures: &[Picture], model: &Model) -> Result<Self> {
        let pair = |picture: &Picture| Pair::new(picture.clone(), model.scale());
        let every_other = |from: usize| pictures.iter().skip(from).step_by(2).map(pair).collect::<Result<Vec<_>>>();
        let replay = Dataset::new(every_other(0)?, model.scale())?.enlarged_by(model)?;
        let mut generic = Self { replay, check: every_other(1)?, start: 0.0 };
        generic.start = generic.score(model)?;
        Ok(generic)
    }

    /// How much less `model` scores than the first one, in dB.
    pub fn forgotten(&self, model: &Model) -> Result<f64> {
        Ok(self.start - self.score(model)?)
    }

    fn score(&self, model: &Model) -> Result<f64> {
        let score = |Pair { hr, lr, .. }: &Pair| bounded_psnr_y(&model.enlarge_picture(lr)?, hr, model.scale());
        Ok(self.check.iter().map(score).sum::<Result<f64>>()? / self.check.len() as f64)
    }
}

/// The pictures, from the copy that is built in.
#[cfg(not(target_arch = "wasm32"))]
pub fn generic_pictures() -> Vec<Picture> {
    let bytes = include_bytes!("../../models/generic.webp");
    let row = crate::image::decode(bytes, &crate::image::Limits::default()).expect("the file is a picture");
    cut(&row).expect("the file is a row of squares")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_generic_pictures_large_enough_for_patches() {
        let pictures = generic_pictures();
        assert!(pictures.len() >= 16 && pictures.iter().all(|p| p.width == p.height && p.width >= 96));
    }
}
