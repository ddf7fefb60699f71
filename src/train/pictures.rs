//! The pictures of a run.

use std::sync::Arc;

use super::data::{Dataset, map_all};
use super::recipe::Recipe;
use crate::error::Result;
use crate::eval::protocol::high_resolution;
use crate::image::Picture;
use crate::image::matlab::matlab_bicubic;

/// The pictures of a run.
#[derive(Clone)]
pub struct Pictures {
    /// The pictures to train with.
    pub train: Arc<Dataset>,
    /// The pictures to score with.
    pub validation: Arc<Dataset>,
    /// Pictures of many kinds that have a share in each batch if the recipe sets
    /// [`replay`](Recipe::replay), so that the network does not forget them.
    pub replay: Vec<Picture>,
}

impl Pictures {
    /// Without replay pictures.
    pub fn new(train: Dataset, validation: Dataset) -> Self {
        Self { train: Arc::new(train), validation: Arc::new(validation), replay: Vec::new() }
    }

    /// Makes the smaller copies of the training pictures and the low-resolution versions, as
    /// `recipe` says, and adds the replay pictures if it needs them.
    ///
    /// # Errors
    /// [`Error::Data`](crate::Error::Data) if either list is empty or a picture is too small; the
    /// errors of `replay`.
    pub fn assemble(
        train: Vec<Picture>,
        validation: Vec<Picture>,
        recipe: &Recipe,
        scale: usize,
        replay: impl FnOnce() -> Result<Vec<Picture>>,
    ) -> Result<Self> {
        let dataset = |pictures| match &recipe.random_degradation {
            Some(random) => Dataset::varied(pictures, scale, random),
            None => Dataset::of(pictures, scale, &recipe.degradation),
        };
        let train = with_shrunk_copies(train, recipe)?;
        let mut pictures = Self::new(dataset(train)?, dataset(validation)?);
        if recipe.needs_replay_set() {
            pictures.replay = replay()?;
        }
        Ok(pictures)
    }
}

fn with_shrunk_copies(mut pictures: Vec<Picture>, recipe: &Recipe) -> Result<Vec<Picture>> {
    // No setting of a page asks for copies, so the compiler leaves the code out there.
    if cfg!(target_arch = "wasm32") {
        return Ok(pictures);
    }
    let least = recipe.largest_hr_patch() as u32;
    let sizes = recipe.shrunk_copies.iter().flat_map(|factor| {
        // As MATLAB rounds the sides.
        let shrunk = move |length: u32| (f64::from(length) * factor - 1e-9).ceil() as u32;
        pictures.iter().map(move |picture| (picture, shrunk(picture.width), shrunk(picture.height)))
    });
    let large_enough = sizes.filter(|(_, width, height)| *width.min(height) >= least).collect();
    let mut copies = map_all(large_enough, |(picture, width, height)| {
        matlab_bicubic(&high_resolution(picture.clone(), 1)?, width, height)
    })?;
    pictures.append(&mut copies);
    Ok(pictures)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::image::{Layout, Samples};
    use crate::train::Degradation;

    fn picture() -> Picture {
        let values = (0..3 * 40 * 36).map(|value| (value * 7) as u8).collect();
        Picture::new(40, 36, Layout::Rgb, Samples::U8(values)).unwrap()
    }

    #[test]
    fn the_recipe_decides_about_degradation_and_replay() {
        let assemble = |recipe: &Recipe| {
            Pictures::assemble(vec![picture(); 2], vec![picture()], recipe, 2, || Ok(vec![picture(); 4])).unwrap()
        };
        let plain = assemble(&Recipe::cosine());
        assert_eq!((plain.train.pairs().len(), plain.validation.pairs().len(), plain.replay.len()), (2, 1, 0));
        let degradation = Degradation { jpeg: Some(20), ..Default::default() };
        let damaged = assemble(&Recipe { degradation, ..Recipe::fine_tuning() });
        assert_eq!(damaged.replay.len(), 4);
        assert_ne!(damaged.validation.pairs()[0].lr, plain.validation.pairs()[0].lr);
    }

    #[test]
    fn training_pictures_get_the_smaller_copies_that_hold_a_patch() {
        let recipe = Recipe { hr_patch: 20, shrunk_copies: vec![0.75, 0.5], ..Recipe::cosine() };
        let pictures =
            Pictures::assemble(vec![picture()], vec![picture()], &recipe, 2, || unreachable!("no replay")).unwrap();
        let sizes = |dataset: &Dataset| dataset.pairs().iter().map(|pair| (pair.hr.width, pair.hr.height)).collect();
        let (train, validation): (Vec<_>, Vec<_>) = (sizes(&pictures.train), sizes(&pictures.validation));
        // Half of 40 x 36 is 20 x 18, where no patch of 20 x 20 fits; 30 x 27 is cut to even sides.
        assert_eq!((train, validation), (vec![(40, 36), (30, 26)], vec![(40, 36)]));
    }

    #[test]
    fn errors_of_the_replay_pictures_are_passed_on() {
        let fail = || Err(Error::Data("no replay".into()));
        let assemble = |recipe: &Recipe| Pictures::assemble(vec![picture()], vec![picture()], recipe, 2, fail);
        assert!(assemble(&Recipe::cosine()).is_ok(), "it needs none");
        assert!(matches!(assemble(&Recipe::fine_tuning()), Err(Error::Data(_))));
    }
}
