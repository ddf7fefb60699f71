//! Pairs of high- and low-resolution pictures, and the patches that are cut from them.

#[cfg(not(target_arch = "wasm32"))]
use std::path::Path;
use std::sync::OnceLock;

use bytemuck::{cast_slice, pod_collect_to_vec};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

use super::degradation::Degradation;
use super::random_degradation::RandomDegradation;
use super::recipe::Recipe;
use crate::error::{Error, Result};
use crate::eval::{bicubic, mean_psnr_y};
#[cfg(not(target_arch = "wasm32"))]
use crate::eval::{picture_files, read_picture};
use crate::image::{Area, Picture};
use crate::model::Model;
use crate::upscale::Enlarge;

/// A batch of patches, NCHW, RGB in [0, 1].
pub struct Batch {
    /// The number of patches.
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
    /// The batch as a message for [`Self::from_bytes`]: count and sides as f32, then the patches.
    pub fn to_bytes(&self) -> Vec<u8> {
        let sides = [self.count, self.lr_side, self.hr_side].map(|value| value as f32);
        [cast_slice(&sides), cast_slice(&self.lr), cast_slice(&self.hr)].concat()
    }

    /// Reads a message that [`Self::to_bytes`] wrote in the same build on the same machine.
    ///
    /// # Errors
    /// [`Error::Data`] if `bytes` is something else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let broken = || Error::Data(format!("a message of {} bytes is not a batch of patches", bytes.len()));
        let (sides, patches) = bytes.split_at_checked(3 * size_of::<f32>()).ok_or_else(broken)?;
        let sides: Vec<f32> = pod_collect_to_vec(sides);
        let [count, lr_side, hr_side] = [sides[0], sides[1], sides[2]].map(|value| value as usize);
        let bytes_of =
            |side: usize| count.saturating_mul(side).saturating_mul(side).saturating_mul(3 * size_of::<f32>());
        let (lr, hr) = patches.split_at_checked(bytes_of(lr_side)).ok_or_else(broken)?;
        if hr.len() != bytes_of(hr_side) {
            return Err(broken());
        }
        Ok(Self { count, lr_side, hr_side, lr: pod_collect_to_vec(lr), hr: pod_collect_to_vec(hr) })
    }

    /// Adds another batch of patches of the same size.
    ///
    /// # Panics
    /// If they have another size.
    pub fn append(&mut self, mut other: Self) {
        assert_eq!((self.lr_side, self.hr_side), (other.lr_side, other.hr_side), "patches of one size");
        self.count += other.count;
        self.lr.append(&mut other.lr);
        self.hr.append(&mut other.hr);
    }

    /// Splits the batch into `count` parts of about equal size. None is empty, so there may be
    /// fewer.
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

/// The pictures of a folder (but not of its subfolders), sorted by name.
///
/// # Errors
/// [`Error::Data`] if there is none, or the first error in reading one.
#[cfg(not(target_arch = "wasm32"))]
pub fn read_folder(folder: &Path) -> Result<Vec<Picture>> {
    use rayon::prelude::*;
    picture_files(folder)?.par_iter().map(|path| read_picture(path)).collect()
}

/// Maps all, on several threads where there are some.
pub(super) fn map_all<T: Send, U: Send>(all: Vec<T>, map: impl Fn(T) -> Result<U> + Sync) -> Result<Vec<U>> {
    #[cfg(not(target_arch = "wasm32"))]
    {
        use rayon::prelude::*;
        all.into_par_iter().map(&map).collect()
    }
    #[cfg(target_arch = "wasm32")]
    all.into_iter().map(map).collect()
}

/// High-resolution pictures with their low-resolution versions, which a [`Degradation`] made. By
/// default that is the evaluation protocol's: MATLAB's bicubic, rounded to 8 bits.
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
    /// Other low-resolution versions. Patches come from all; scores are of the first.
    more: Vec<Picture>,
    difficulty: OnceLock<Difficulty>,
}

impl Dataset {
    /// All pictures of a folder (but not of its subfolders), sorted by name.
    ///
    /// # Errors
    /// [`Error::Data`] if there is none, or the first error in reading one.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn load(folder: &Path, scale: usize, degradation: &Degradation) -> Result<Self> {
        Self::of(read_folder(folder)?, scale, degradation)
    }

    /// Makes a data set of pictures.
    ///
    /// # Errors
    /// [`Error::Data`] if there is none, or one is too small.
    pub fn of(pictures: Vec<Picture>, scale: usize, degradation: &Degradation) -> Result<Self> {
        Self::made_by(pictures, scale, |index, picture| Pair::degraded(picture, scale, degradation, index))
    }

    /// Makes a data set of pictures, each with several low-resolution versions.
    ///
    /// # Errors
    /// As [`Self::of`].
    pub fn varied(pictures: Vec<Picture>, scale: usize, random: &RandomDegradation) -> Result<Self> {
        Self::made_by(pictures, scale, |index, picture| {
            let seed = |version: usize| (index << 8) + version as u64;
            let version = |version| random.draw(seed(version)).apply(picture.clone(), scale, seed(version));
            let (hr, lr) = version(0)?;
            let more = (1..random.versions).map(|index| Ok(version(index)?.1)).collect::<Result<_>>()?;
            Ok(Pair { hr, lr, more, difficulty: OnceLock::new() })
        })
    }

    /// `pair` makes the pair of a picture and its index.
    fn made_by(
        pictures: Vec<Picture>,
        scale: usize,
        pair: impl Fn(u64, Picture) -> Result<Pair> + Sync,
    ) -> Result<Self> {
        let numbered = pictures.into_iter().enumerate().collect();
        Self::new(map_all(numbered, |(index, picture)| pair(index as u64, picture))?, scale)
    }

    /// Makes a data set of pairs.
    ///
    /// # Errors
    /// [`Error::Data`] if there is none.
    pub fn new(pairs: Vec<Pair>, scale: usize) -> Result<Self> {
        if pairs.is_empty() {
            return Err(Error::Data("there is no picture to train or validate with: add at least one".into()));
        }
        Ok(Self { scale, pairs })
    }

    /// The same low-resolution pictures, paired with what `model` makes of them.
    pub(super) fn enlarged_by(self, model: &Model) -> Result<Self> {
        let pair = |pair: Pair| Ok(Pair { hr: model.enlarge_picture(&pair.lr)?, ..pair });
        Self::new(self.pairs.into_iter().map(pair).collect::<Result<_>>()?, self.scale)
    }

    /// The pairs.
    pub fn pairs(&self) -> &[Pair] {
        &self.pairs
    }

    /// Turns the data set into its pairs.
    pub fn into_pairs(self) -> Vec<Pair> {
        self.pairs
    }

    /// Checks that every picture holds a patch of the recipe.
    ///
    /// # Errors
    /// [`Error::Data`] gives the size of the first picture that is too small.
    pub fn check_patch(&self, recipe: &Recipe) -> Result<()> {
        let side = recipe.largest_hr_patch();
        let needed = (side / self.scale) as u32;
        match self.pairs.iter().find(|pair| pair.lr.width.min(pair.lr.height) < needed) {
            Some(Pair { hr, .. }) => Err(Error::Data(format!(
                "a training picture is {} x {} pixels, but patches are {side} x {side}: use larger pictures or a smaller hr_patch",
                hr.width, hr.height
            ))),
            None => Ok(()),
        }
    }

    /// `count` patches for a step, which `(seed, step)` determines: pictures are drawn in
    /// proportion to their area, positions uniformly, and each patch gets one of the 8 flips and
    /// rotations, and an order of its colours.
    ///
    /// # Panics
    /// If a picture is smaller than a patch: see [`Self::check_patch`].
    pub fn batch(&self, recipe: &Recipe, count: usize, seed: u64, step: u64) -> Batch {
        let own_seed = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ step;
        let mut rng = StdRng::seed_from_u64(own_seed);
        let (_, hr_patch) = recipe.patches_at(step);
        let lr_side = hr_patch / self.scale;
        let hr_side = lr_side * self.scale;
        // Separate generators, so that the places are the same as in runs without these.
        let mut versions = StdRng::seed_from_u64(!own_seed);
        let mut orders = StdRng::seed_from_u64(own_seed.rotate_left(17));
        let area = |pair: &Pair| pair.lr.area().pixels();
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
            let mut order = [0, 1, 2];
            // No page asks for it, and its code would count there.
            if cfg!(not(target_arch = "wasm32")) && orders.random_bool(recipe.shuffled_colours) {
                order.shuffle(&mut orders);
            }
            let cut = |picture: &Picture, side: usize, factor: u32, into: &mut Vec<f32>| {
                let (left, top, side32) = (left * factor, top * factor, side as u32);
                let planes = picture.rgb_planes(Area { left, top, width: side32, height: side32 });
                let plane = |colour: usize| &planes[colour * side * side..][..side * side];
                order.iter().for_each(|&colour| push_transformed(plane(colour), side, symmetry, into));
            };
            let version = versions.random_range(0..=pair.more.len());
            let lr = version.checked_sub(1).map_or(&pair.lr, |index| &pair.more[index]);
            cut(lr, lr_side, 1, &mut batch.lr);
            cut(&pair.hr, hr_side, self.scale as u32, &mut batch.hr);
        }
        batch
    }
}

/// The mean PSNR on luma of a model's results on `pairs`, in dB.
///
/// # Errors
/// As [`Enlarge::enlarge_picture`] and [`mean_psnr_y`].
pub fn model_psnr_y(model: &Model, pairs: &[Pair]) -> Result<f64> {
    mean_psnr_y(pairs.iter().map(|pair| (model.enlarge_picture(&pair.lr), &pair.hr)), model.scale())
}

impl Pair {
    /// Makes the low-resolution version of a picture with the evaluation protocol. Alpha is
    /// dropped, grey becomes RGB.
    ///
    /// # Errors
    /// [`Error::Data`] if the picture is smaller than the scale.
    pub fn new(picture: Picture, scale: usize) -> Result<Self> {
        Self::degraded(picture, scale, &Degradation::default(), 0)
    }

    /// [`Self::new`] with another degradation, whose noise is seeded by `seed`.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn degraded(picture: Picture, scale: usize, degradation: &Degradation, seed: u64) -> Result<Self> {
        let (hr, lr) = degradation.apply(picture, scale, seed)?;
        Ok(Self { hr, lr, more: Vec::new(), difficulty: OnceLock::new() })
    }

    /// The square of the low-resolution picture, of at most `side` pixels, that bicubic enlarges
    /// worst.
    pub fn hardest_square(&self, side: u32) -> Area {
        let side = side.min(self.lr.width).min(self.lr.height);
        let positions = |length: u32| (0..=length - side).step_by(8);
        let all = positions(self.lr.height).flat_map(|top| positions(self.lr.width).map(move |left| (left, top)));
        let hardest = all.max_by_key(|&(left, top)| self.difficulty(left, top, side as usize));
        let (left, top) = hardest.expect("there is at least one position");
        Area { left, top, width: side, height: side }
    }

    /// How much bicubic enlargement loses in a square of the low-resolution picture: the sum of the
    /// differences, in 8-bit levels.
    fn difficulty(&self, left: u32, top: u32, side: usize) -> u64 {
        self.difficulty.get_or_init(|| Difficulty::of(self)).within(left as usize, top as usize, side)
    }
}

/// The differences between a picture and its bicubic enlargement, as a summed-area table over
/// low-resolution pixels.
struct Difficulty {
    /// The picture's width + 1.
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

/// Appends a square plane with one of the 8 symmetries: bit 0 flips left and right, bit 1 top and
/// bottom, bit 2 transposes.
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
    use crate::image::{Layout, Samples};

    #[test]
    fn a_batch_comes_back_from_its_message_and_other_messages_are_refused() {
        let values = |count: usize| (0..count).map(|value| value as f32 / 7.0).collect::<Vec<_>>();
        let batch = Batch { count: 2, lr_side: 3, hr_side: 6, lr: values(2 * 3 * 9), hr: values(2 * 3 * 36) };
        let bytes = batch.to_bytes();
        let back = Batch::from_bytes(&bytes).unwrap();
        assert_eq!((back.count, back.lr_side, back.hr_side), (2, 3, 6));
        assert_eq!((back.lr, back.hr), (batch.lr, batch.hr));
        for length in [0, 11, 12, bytes.len() - 1] {
            assert!(matches!(Batch::from_bytes(&bytes[..length]), Err(Error::Data(_))), "{length}");
        }
    }

    fn irregular() -> Picture {
        let value = |index: usize| (index * 37 % 251) as u8;
        Picture::new(64, 48, Layout::Rgb, Samples::U8((0..64 * 48 * 3).map(value).collect())).unwrap()
    }

    #[test]
    fn patches_come_from_all_versions_of_a_picture() {
        let random = RandomDegradation { versions: 3, clean: 0.0, ..RandomDegradation::default() };
        let varied = Dataset::varied(vec![irregular()], 2, &random).unwrap();
        let recipe = Recipe { hr_patch: 48, ..Recipe::cosine() };
        let [varied, plain] = [varied, Dataset::of(vec![irregular()], 2, &Degradation::default()).unwrap()]
            .map(|dataset| dataset.batch(&recipe, 40, 1, 1));
        assert_eq!(varied.hr, plain.hr, "the places do not depend on the versions");
        // Flips do not change a patch's sum, so the sum shows which version a patch at this place
        // is from.
        let mut sums = std::collections::BTreeMap::<Vec<u8>, std::collections::BTreeSet<u32>>::new();
        for (hr, lr) in varied.hr.chunks_exact(3 * 48 * 48).zip(varied.lr.chunks_exact(3 * 24 * 24)) {
            let mut key: Vec<u8> = hr.iter().map(|&v| (v * 255.0).round() as u8).collect();
            key.sort_unstable();
            sums.entry(key).or_default().insert(lr.iter().map(|v| (v * 255.0).round() as u32).sum());
        }
        assert!(sums.values().any(|versions| versions.len() == 3), "{:?}", sums.values());
    }

    #[test]
    fn colours_are_shuffled_alike_in_both_resolutions() {
        let dataset = Dataset::of(vec![irregular()], 2, &Degradation::default()).unwrap();
        let batch =
            |shuffled_colours| dataset.batch(&Recipe { hr_patch: 16, shuffled_colours, ..Recipe::cosine() }, 240, 1, 1);
        let (plain, shuffled) = (batch(0.0), batch(0.5));
        let orders: Vec<Vec<usize>> = (0..240)
            .map(|patch| {
                let colour = |values: &[f32], side: usize, colour: usize| {
                    values[(3 * patch + colour) * side * side..][..side * side].to_vec()
                };
                let order = (0..3).map(|at| {
                    let from = (0..3).find(|&from| colour(&plain.hr, 16, from) == colour(&shuffled.hr, 16, at));
                    let from = from.expect("a colour of the same patch");
                    assert_eq!(colour(&plain.lr, 8, from), colour(&shuffled.lr, 8, at));
                    from
                });
                order.collect()
            })
            .collect();
        let kept = orders.iter().filter(|order| order[..] == [0, 1, 2]).count();
        // Half of them, and a sixth of the others.
        assert!((110..170).contains(&kept), "{kept}");
        assert_eq!(orders.iter().collect::<std::collections::BTreeSet<_>>().len(), 6);
    }

    #[test]
    fn the_hardest_square_is_where_the_edges_are() {
        // Stripes at the bottom right of a grey picture.
        let value = |i: usize| {
            let (x, y) = (i / 3 % 96, i / 3 / 96);
            if x >= 64 && y >= 48 && (x / 2 + y / 2).is_multiple_of(2) { 255 } else { 90 }
        };
        let samples = Samples::U8((0..96 * 80 * 3).map(value).collect());
        let pair = Pair::new(Picture::new(96, 80, Layout::Rgb, samples).unwrap(), 2).unwrap();
        let Area { left, top, width, height } = pair.hardest_square(16);
        assert_eq!((left, top, width, height), (32, 24, 16, 16));
        let whole = pair.hardest_square(1000);
        assert_eq!((whole.width, whole.height), (40, 40), "no larger than the picture");
    }

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
