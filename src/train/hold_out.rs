//! Holding pictures out of training, so that scores are of pictures that the network has not seen.

use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use crate::error::{Error, Result};
use crate::image::{Area, Picture, alpha};

/// From this many pictures on, whole pictures are held out; with fewer, a part of each.
pub const MIN_PICTURES_HELD_OUT_WHOLE: usize = 5;
/// A held-out part is the last of this many equal parts along the longer side.
pub const HELD_OUT_PARTS: u32 = 4;
/// The most pixels that are held out in all, since they are enlarged every few steps.
const MAX_HELD_OUT_PIXELS: u64 = 400_000;
/// The most pixels that are trained with in all, since they stay in memory: an instance in a
/// browser addresses at most 4 GB.
const MAX_TRAINING_PIXELS: u64 = if cfg!(target_arch = "wasm32") { 24_000_000 } else { u64::MAX };
/// The most pixels that [`gather`] keeps.
const MAX_GATHERED_PIXELS: u64 = MAX_TRAINING_PIXELS.saturating_mul(4);
/// With fewer held-out pixels, a score says little.
const MIN_HELD_OUT_PIXELS: u64 = 128 * 128;

/// Pictures, divided into those to train with and those to score with.
pub struct HeldOut {
    /// The pictures to train with.
    pub train: Vec<Picture>,
    /// The pictures to score with.
    pub held_out: Vec<Picture>,
    /// Whether whole pictures are held out, instead of a part of each.
    pub whole: bool,
}

impl HeldOut {
    /// Holds out a fifth of the pictures, drawn by `seed`. With fewer than
    /// [`MIN_PICTURES_HELD_OUT_WHOLE`], holds out the last quarter of each along its longer side.
    /// Crops very large held-out pictures to their middle; in a browser, the others too.
    ///
    /// # Errors
    /// [`Error::Data`] if there is no picture, or one is too small for patches of `hr_patch`
    /// pixels, or to be scored when a network enlarges it by `scale`.
    pub fn new(pictures: Vec<Picture>, hr_patch: usize, scale: usize, seed: u64) -> Result<Self> {
        if pictures.is_empty() {
            return Err(Error::Data("there is no picture to train with: add at least one".into()));
        }
        let whole = pictures.len() >= MIN_PICTURES_HELD_OUT_WHOLE;
        let (train, held_out): (Vec<_>, Vec<_>) = if whole {
            let mut order: Vec<usize> = (0..pictures.len()).collect();
            order.shuffle(&mut StdRng::seed_from_u64(seed));
            let count = (pictures.len() + 2) / 5;
            let kept_out = &order[..count];
            let (out, train) = pictures.into_iter().enumerate().partition::<Vec<_>, _>(|(i, _)| kept_out.contains(i));
            let bare = |pairs: Vec<(usize, Picture)>| pairs.into_iter().map(|(_, picture)| picture).collect();
            (bare(train), bare(out))
        } else {
            pictures.iter().map(divide).unzip()
        };
        let (train, held_out) = (within(train, MAX_TRAINING_PIXELS), within(held_out, MAX_HELD_OUT_PIXELS));
        let check = |pictures: &[Picture], needed: usize, [whole_picture, part]: [&str; 2], purpose: &str| {
            let is_small = |picture: &&Picture| (picture.width.min(picture.height) as usize) < needed;
            let Some(Picture { width, height, .. }) = pictures.iter().find(is_small) else { return Ok(()) };
            let what = if whole { whole_picture } else { part };
            Err(Error::Data(format!(
                "{what} is {width} x {height} pixels, but {purpose} {needed} x {needed}: use larger pictures"
            )))
        };
        check(&train, hr_patch, ["a training picture", "the training part of a picture"], "patches are")?;
        // Scores leave out a border as wide as the scale.
        let scored = 3 * scale;
        check(&held_out, scored, ["a held-out picture", "the held-out part of a picture"], "scoring needs")?;
        Ok(Self { train, held_out, whole })
    }

    /// Whether enough is held out for a meaningful score.
    pub fn is_enough(&self) -> bool {
        self.held_out.iter().map(pixels).sum::<u64>() >= MIN_HELD_OUT_PIXELS
    }
}

/// Adds a picture to those that [`HeldOut::new`] will divide, as opaque 8-bit RGB. Transparent
/// pixels take the colours of the visible ones around them. When the pictures need too much memory
/// together, which is limited in a browser, they are cropped to their middles.
pub fn gather(pictures: Vec<Picture>, picture: Picture) -> Vec<Picture> {
    gather_within(MAX_GATHERED_PIXELS, pictures, picture)
}

fn gather_within(max_pixels: u64, mut pictures: Vec<Picture>, mut picture: Picture) -> Vec<Picture> {
    alpha::fill_hidden(&mut picture);
    pictures.push(picture.split_alpha().0.into_8_bit().into_rgb());
    if pictures.iter().map(pixels).sum::<u64>() <= max_pixels {
        return pictures;
    }
    // To half the limit, so that not every additional picture crops all of them again.
    within(pictures, max_pixels / 2)
}

fn pixels(picture: &Picture) -> u64 {
    picture.area().pixels()
}

/// The first three quarters and the last quarter along the longer side. Neither is empty, however
/// small the picture is: parts that are too small are refused later.
fn divide(picture: &Picture) -> (Picture, Picture) {
    let whole = picture.area();
    let cut = |side: u32| {
        let last = (side / HELD_OUT_PARTS).max(1);
        ((side - last).max(1), last)
    };
    let (first, second) = if whole.width >= whole.height {
        let (width, last) = cut(whole.width);
        (Area { width, ..whole }, Area { left: whole.width - last, width: last, ..whole })
    } else {
        let (height, last) = cut(whole.height);
        (Area { height, ..whole }, Area { top: whole.height - last, height: last, ..whole })
    };
    (picture.crop(first), picture.crop(second))
}

/// Crops pictures to their middles if they have more than `max_pixels` pixels together; small ones
/// stay whole.
fn within(pictures: Vec<Picture>, max_pixels: u64) -> Vec<Picture> {
    let mut sizes: Vec<u64> = pictures.iter().map(pixels).collect();
    sizes.sort_unstable();
    let (mut left, mut share) = (max_pixels, u64::MAX);
    for (index, &size) in sizes.iter().enumerate() {
        share = left / (sizes.len() - index) as u64;
        if size > share {
            break;
        }
        (left, share) = (left - size, u64::MAX);
    }
    let cut = |picture: Picture| {
        if pixels(&picture) <= share {
            return picture;
        }
        let factor = (share as f64 / pixels(&picture) as f64).sqrt();
        let side = |side: u32| ((f64::from(side) * factor) as u32).max(1);
        let (width, height) = (side(picture.width), side(picture.height));
        picture.crop(Area { left: (picture.width - width) / 2, top: (picture.height - height) / 2, width, height })
    };
    pictures.into_iter().map(cut).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::{Layout, Samples};

    fn picture(width: u32, height: u32, value: u8) -> Picture {
        let samples = Samples::U8(vec![value; (3 * width * height) as usize]);
        Picture::new(width, height, Layout::Rgb, samples).unwrap()
    }

    #[test]
    fn a_fifth_of_the_pictures_is_held_out_and_the_seed_says_which() {
        let pictures = |count: u8| (0..count).map(|value| picture(40, 50, value)).collect::<Vec<_>>();
        for (count, expected) in [(5, 1), (8, 2), (10, 2), (50, 10)] {
            let divided = HeldOut::new(pictures(count), 16, 2, 3).unwrap();
            assert!(divided.whole);
            assert_eq!(divided.held_out.len(), expected);
            let mut all = [divided.train, divided.held_out].concat();
            all.sort_by_key(|picture| picture.to_rgba8()[0]);
            assert_eq!(all, pictures(count), "each picture is on one side");
        }
        let held_out = |seed| HeldOut::new(pictures(30), 16, 2, seed).unwrap().held_out;
        assert_eq!(held_out(1), held_out(1));
        assert_ne!(held_out(1), held_out(2));
    }

    #[test]
    fn with_few_pictures_a_part_of_each_is_held_out() {
        let divided = HeldOut::new(vec![picture(100, 60, 1), picture(60, 101, 2)], 16, 2, 3).unwrap();
        let sizes = |pictures: &[Picture]| pictures.iter().map(|p| (p.width, p.height)).collect::<Vec<_>>();
        assert!(!divided.whole && !divided.is_enough());
        assert_eq!(sizes(&divided.train), [(75, 60), (60, 76)]);
        assert_eq!(sizes(&divided.held_out), [(25, 60), (60, 25)]);
    }

    #[test]
    fn large_pictures_are_cut_and_small_ones_stay() {
        let cut = within(vec![picture(300, 200, 1), picture(20, 20, 2), picture(100, 400, 3)], 20_000);
        assert_eq!((cut[1].width, cut[1].height), (20, 20));
        assert!(cut.iter().map(pixels).sum::<u64>() <= 20_000);
        assert!(cut.iter().all(|picture| pixels(picture) > 350), "each has its share");
    }

    #[test]
    fn however_large_the_pictures_are_what_is_gathered_is_bounded() {
        const MAX: u64 = 960_000;
        let large = picture(600, 200, 1);
        let mut pictures = vec![picture(50, 40, 2)];
        for _ in 0..12 {
            pictures = gather_within(MAX, pictures, large.clone());
            assert!(pictures.iter().map(pixels).sum::<u64>() <= MAX);
        }
        assert_eq!((pictures.len(), pictures[0].width), (13, 50));
        assert!(pictures[1..].iter().all(|picture| pixels(picture) > 30_000));
    }

    #[test]
    fn gathered_pictures_are_opaque_and_hidden_colours_are_not_learnt() {
        // The right half is transparent, with red under it.
        let values = (0..64).flat_map(|i| if i % 8 < 4 { [40, 90, 200, 255] } else { [255, 0, 0, 0] });
        let picture = Picture::new(8, 8, Layout::RgbAlpha, Samples::U8(values.collect())).unwrap();
        let gathered = gather(Vec::new(), picture).remove(0);
        assert_eq!(gathered.layout, Layout::Rgb);
        assert_eq!(gathered.samples, Samples::U8([40, 90, 200].repeat(64)));
    }

    #[test]
    fn no_picture_and_too_small_ones_are_refused() {
        assert!(matches!(HeldOut::new(Vec::new(), 16, 2, 1), Err(Error::Data(_))));
        let refused = |pictures, patch, scale| HeldOut::new(pictures, patch, scale, 1).err().unwrap().to_string();
        let why = refused(vec![picture(60, 15, 1)], 16, 2);
        assert!(why.contains("45 x 15") && why.contains("16"), "{why}");
        let why = refused(vec![picture(43, 40, 1)], 32, 4);
        assert!(
            why.starts_with("the held-out part of a picture is 10 x 40 pixels, but scoring needs 12 x 12"),
            "{why}"
        );
        for (width, height) in [(3, 3), (1, 1), (1, 2)] {
            assert!(refused(vec![picture(width, height, 1)], 16, 2).starts_with("the training part of a picture is"));
        }
        let few = (0..5).map(|value| picture(20, 20, value)).collect();
        assert!(refused(few, 16, 7).starts_with("a held-out picture is 20 x 20 pixels"));
    }
}
