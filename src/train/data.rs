//! Pairs of sharp and shrunk pictures, and the patches that are cut from them.

use std::path::{Path, PathBuf};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::config::Recipe;
use crate::error::{Error, Result};
use crate::eval::{degrade, picture_files, read_picture};
use crate::image::{Area, Picture};

/// A batch of patches, NCHW, RGB in [0, 1].
pub struct Batch {
    /// Patches.
    pub count: usize,
    /// The side of a low-resolution patch, in pixels.
    pub lr_side: usize,
    /// The side of a high-resolution patch: `scale * lr_side`.
    pub hr_side: usize,
    /// `[count, 3, lr_side, lr_side]`
    pub lr: Vec<f32>,
    /// `[count, 3, hr_side, hr_side]`
    pub hr: Vec<f32>,
}

/// High-resolution pictures with their low-resolution versions, made by the evaluation protocol: the picture is cut to a multiple of the
/// scale, shrunk by MATLAB's bicubic and rounded to 8 bits.
pub struct Dataset {
    scale: usize,
    pairs: Vec<Pair>,
}

/// One picture of a [`Dataset`].
pub struct Pair {
    /// High resolution, RGB, 8 bits.
    pub hr: Picture,
    /// Low resolution, RGB, 8 bits.
    pub lr: Picture,
}

impl Dataset {
    /// All pictures of a folder (not of its subfolders), sorted by name.
    ///
    /// # Errors
    /// [`Error::Data`] if there is none, or the first error in reading one.
    pub fn load(folder: &Path, scale: usize) -> Result<Self> {
        let files = picture_files(folder)?;
        let read = |path: &PathBuf| Pair::new(read_picture(path)?, scale);
        #[cfg(not(target_arch = "wasm32"))]
        let pairs = {
            use rayon::prelude::*;
            files.par_iter().map(read).collect::<Result<_>>()?
        };
        #[cfg(target_arch = "wasm32")]
        let pairs = files.iter().map(read).collect::<Result<_>>()?;
        Self::new(pairs, scale)
    }

    /// Pairs that are in memory already.
    ///
    /// # Errors
    /// [`Error::Data`] if there is none.
    pub fn new(pairs: Vec<Pair>, scale: usize) -> Result<Self> {
        if pairs.is_empty() {
            return Err(Error::Data("there is no picture to train or validate with".into()));
        }
        Ok(Self { scale, pairs })
    }

    /// The pairs.
    pub fn pairs(&self) -> &[Pair] {
        &self.pairs
    }

    /// The pairs, given away.
    pub fn into_pairs(self) -> Vec<Pair> {
        self.pairs
    }

    /// Checks that every picture holds a patch of the recipe.
    ///
    /// # Errors
    /// [`Error::Data`] gives the size of the first picture that is too small.
    pub fn check_patch(&self, recipe: &Recipe) -> Result<()> {
        let needed = (recipe.hr_patch / self.scale) as u32;
        match self.pairs.iter().find(|pair| pair.lr.width.min(pair.lr.height) < needed) {
            Some(Pair { hr, .. }) => Err(Error::Data(format!(
                "a training picture is {} x {}; patches of {} need at least that much on each side",
                hr.width, hr.height, recipe.hr_patch
            ))),
            None => Ok(()),
        }
    }

    /// The batch of a step, fixed by `(seed, step)`: pictures by their area, position uniform, one of the 8 flips and
    /// rotations each.
    pub fn batch(&self, recipe: &Recipe, seed: u64, step: u64) -> Batch {
        let mut rng = StdRng::seed_from_u64(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ step);
        let lr_side = recipe.hr_patch / self.scale;
        let hr_side = lr_side * self.scale;
        let total: u64 = self.pairs.iter().map(area).sum();
        let mut batch = Batch { count: recipe.batch, lr_side, hr_side, lr: Vec::new(), hr: Vec::new() };
        for _ in 0..recipe.batch {
            let mut at = rng.random_range(0..total);
            let mut pairs = self.pairs.iter();
            let pair = loop {
                let pair = pairs.next().expect("`at` is below the sum of the areas");
                match at.checked_sub(area(pair)) {
                    Some(rest) => at = rest,
                    None => break pair,
                }
            };
            let left = rng.random_range(0..=pair.lr.width - lr_side as u32);
            let top = rng.random_range(0..=pair.lr.height - lr_side as u32);
            let symmetry = rng.random_range(0..8);
            let cut = |picture: &Picture, side: usize, factor: u32, into: &mut Vec<f32>| {
                let (left, top, side32) = (left * factor, top * factor, side as u32);
                let planes = picture.rgb_planes(Area { left, top, width: side32, height: side32 });
                planes.chunks_exact(side * side).for_each(|plane| push_transformed(plane, side, symmetry, into));
            };
            cut(&pair.lr, lr_side, 1, &mut batch.lr);
            cut(&pair.hr, hr_side, self.scale as u32, &mut batch.hr);
        }
        batch
    }
}

fn area(pair: &Pair) -> u64 {
    u64::from(pair.lr.width) * u64::from(pair.lr.height)
}

impl Pair {
    /// Makes the low-resolution version of a picture. Alpha is dropped, grey becomes RGB.
    ///
    /// # Errors
    /// [`Error::Data`] if the picture is smaller than the scale.
    pub fn new(picture: Picture, scale: usize) -> Result<Self> {
        let (hr, lr) = degrade(picture, scale)?;
        Ok(Self { hr, lr })
    }
}

/// Appends a square plane under one of the 8 symmetries: bit 0 flips left-right, bit 1 top-bottom, bit 2 transposes.
fn push_transformed(plane: &[f32], side: usize, symmetry: u32, into: &mut Vec<f32>) {
    let flip = |bit: u32, i: usize| if symmetry & bit == 0 { i } else { side - 1 - i };
    for y in 0..side {
        for x in 0..side {
            let (sy, sx) = if symmetry & 4 == 0 { (y, x) } else { (x, y) };
            into.push(plane[flip(2, sy) * side + flip(1, sx)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eight_symmetries_differ_and_keep_all_values() {
        let plane: Vec<f32> = (0..9).map(|v| v as f32).collect();
        let mut seen = std::collections::BTreeSet::new();
        for symmetry in 0..8 {
            let mut out = Vec::new();
            push_transformed(&plane, 3, symmetry, &mut out);
            let mut sorted = out.clone();
            sorted.sort_by(f32::total_cmp);
            assert_eq!(sorted, plane);
            seen.insert(out.iter().map(|&v| v as u8).collect::<Vec<_>>());
        }
        assert_eq!(seen.len(), 8);
    }
}
