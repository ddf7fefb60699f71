//! Pairs of sharp and shrunk pictures, and the patches that are cut from them.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::config::Recipe;
use crate::error::{Error, Result};
use crate::eval::{bicubic, degrade, picture_files, read_picture};
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
    difficulty: OnceLock<Difficulty>,
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
        let side = recipe.hr_patch.max(recipe.finish.map_or(0, |finish| finish.hr_patch));
        let needed = (side / self.scale) as u32;
        match self.pairs.iter().find(|pair| pair.lr.width.min(pair.lr.height) < needed) {
            Some(Pair { hr, .. }) => Err(Error::Data(format!(
                "a training picture is {} x {}; patches of {side} need at least that much on each side",
                hr.width, hr.height
            ))),
            None => Ok(()),
        }
    }

    /// The batch of a step, fixed by `(seed, step)`: pictures by their area, position uniform, one of the 8 flips and
    /// rotations each.
    pub fn batch(&self, recipe: &Recipe, seed: u64, step: u64) -> Batch {
        let mut rng = StdRng::seed_from_u64(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ step);
        let (count, hr_patch) = recipe.patches_at(step);
        let lr_side = hr_patch / self.scale;
        let hr_side = lr_side * self.scale;
        let total: u64 = self.pairs.iter().map(area).sum();
        let mut place = || {
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
            (pair, left, top, rng.random_range(0..8))
        };
        let mut batch = Batch { count, lr_side, hr_side, lr: Vec::new(), hr: Vec::new() };
        for _ in 0..count {
            let first = place();
            let (pair, left, top, symmetry) = (1..recipe.candidates).fold(first, |hardest, _| {
                let other = place();
                let difficulty = |(pair, left, top, _): &(&Pair, u32, u32, u32)| pair.difficulty(*left, *top, lr_side);
                if difficulty(&other) > difficulty(&hardest) { other } else { hardest }
            });
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
        Ok(Self { hr, lr, difficulty: OnceLock::new() })
    }

    /// How much bicubic enlargement loses in a square of the low-resolution picture, in 8-bit levels, summed up.
    fn difficulty(&self, left: u32, top: u32, side: usize) -> u64 {
        self.difficulty.get_or_init(|| Difficulty::of(self)).within(left as usize, top as usize, side)
    }
}

/// The differences between a picture and its bicubic enlargement, as a summed-area table over low-resolution pixels.
struct Difficulty {
    /// One more than the picture's width.
    stride: usize,
    sums: Vec<u64>,
}

impl Difficulty {
    fn of(pair: &Pair) -> Self {
        let (hr, lr) = (&pair.hr, &pair.lr);
        let enlarged = bicubic(lr, hr.width, hr.height).expect("a picture has a size");
        let [sharp, blurred] = [hr, &enlarged].map(|picture| picture.rgb_planes(picture.area()));
        let (width, height, scale) = (lr.width as usize, lr.height as usize, (hr.width / lr.width) as usize);
        let stride = width + 1;
        let mut sums = vec![0; stride * (height + 1)];
        for (index, (a, b)) in sharp.iter().zip(&blurred).enumerate() {
            let (x, y) = (index % hr.width as usize, index / hr.width as usize % hr.height as usize);
            sums[(y / scale + 1) * stride + x / scale + 1] += ((a - b).abs() * 255.0).round() as u64;
        }
        for y in 1..=height {
            for x in 1..=width {
                let at = y * stride + x;
                sums[at] += sums[at - 1] + sums[at - stride] - sums[at - stride - 1];
            }
        }
        Self { stride, sums }
    }

    fn within(&self, left: usize, top: usize, side: usize) -> u64 {
        let at = |x: usize, y: usize| self.sums[y * self.stride + x];
        at(left + side, top + side) + at(left, top) - at(left + side, top) - at(left, top + side)
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
