//! Pairs of sharp and shrunk pictures, and the patches that are cut from them.

#[cfg(not(target_arch = "wasm32"))]
use std::path::Path;
use std::sync::OnceLock;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::config::Recipe;
use super::degradation::Degradation;
use crate::error::{Error, Result};
use crate::eval::bicubic;
#[cfg(not(target_arch = "wasm32"))]
use crate::eval::{picture_files, read_picture};
use crate::image::{Area, Picture};
use crate::upscale::Enlarge;
use crate::weights::Model;

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

impl Batch {
    /// Adds another batch of patches of the same size.
    pub fn append(&mut self, mut other: Self) {
        assert_eq!((self.lr_side, self.hr_side), (other.lr_side, other.hr_side), "patches of one size");
        self.count += other.count;
        self.lr.append(&mut other.lr);
        self.hr.append(&mut other.hr);
    }

    /// Cuts it into `count` parts of about as many patches, none empty: fewer where there are fewer patches.
    pub fn parts(&self, count: usize) -> Vec<Self> {
        let count = count.clamp(1, self.count.max(1));
        let part = |index: usize| {
            let [from, to] = [index, index + 1].map(|index| index * self.count / count);
            let cut = |values: &[f32], side: usize| values[from * 3 * side * side..to * 3 * side * side].to_vec();
            let (lr, hr) = (cut(&self.lr, self.lr_side), cut(&self.hr, self.hr_side));
            Self { count: to - from, lr, hr, ..*self }
        };
        (0..count).map(part).collect()
    }
}

/// The pictures of a folder (not of its subfolders), sorted by name.
///
/// # Errors
/// [`Error::Data`] if there is none, or the first error in reading one.
#[cfg(not(target_arch = "wasm32"))]
pub fn read_folder(folder: &Path) -> Result<Vec<Picture>> {
    use rayon::prelude::*;
    picture_files(folder)?.par_iter().map(|path| read_picture(path)).collect()
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
    #[cfg(not(target_arch = "wasm32"))]
    pub fn load(folder: &Path, scale: usize, degradation: &Degradation) -> Result<Self> {
        Self::of(read_folder(folder)?, scale, degradation)
    }

    /// Of pictures in memory.
    ///
    /// # Errors
    /// [`Error::Data`] if there is none, or one is too small.
    pub fn of(pictures: Vec<Picture>, scale: usize, degradation: &Degradation) -> Result<Self> {
        let pair = |(index, picture)| Pair::degraded(picture, scale, degradation, index as u64);
        #[cfg(not(target_arch = "wasm32"))]
        let pairs = {
            use rayon::prelude::*;
            pictures.into_par_iter().enumerate().map(pair).collect::<Result<_>>()?
        };
        #[cfg(target_arch = "wasm32")]
        let pairs = pictures.into_iter().enumerate().map(pair).collect::<Result<_>>()?;
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

    /// The same small pictures, with what `model` makes of them in the place of the sharp ones.
    pub(super) fn enlarged_by(self, model: &Model) -> Result<Self> {
        let pair = |pair: Pair| Ok(Pair { hr: model.enlarge_picture(&pair.lr)?, ..pair });
        Self::new(self.pairs.into_iter().map(pair).collect::<Result<_>>()?, self.scale)
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

    /// `count` patches for a step, fixed by `(seed, step)`: pictures by their area, position uniform, one of the 8 flips and
    /// rotations each.
    pub fn batch(&self, recipe: &Recipe, count: usize, seed: u64, step: u64) -> Batch {
        let mut rng = StdRng::seed_from_u64(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ step);
        let (_, hr_patch) = recipe.patches_at(step);
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
    /// Makes the low-resolution version of a picture by the evaluation protocol. Alpha is dropped, grey becomes RGB.
    ///
    /// # Errors
    /// [`Error::Data`] if the picture is smaller than the scale.
    pub fn new(picture: Picture, scale: usize) -> Result<Self> {
        Self::degraded(picture, scale, &Degradation::default(), 0)
    }

    /// [`Self::new`] by another degradation, whose noise `seed` decides.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn degraded(picture: Picture, scale: usize, degradation: &Degradation, seed: u64) -> Result<Self> {
        let (hr, lr) = degradation.apply(picture, scale, seed)?;
        Ok(Self { hr, lr, difficulty: OnceLock::new() })
    }

    /// How much bicubic enlargement loses in a square of the low-resolution picture, in 8-bit levels, summed up.
    pub(crate) fn difficulty(&self, left: u32, top: u32, side: usize) -> u64 {
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
