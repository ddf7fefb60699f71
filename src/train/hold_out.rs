//! Keeping pictures out of training, to score with what the network has not seen.

use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use crate::error::{Error, Result};
use crate::image::{Area, Picture};

/// With at least this many pictures, whole ones are kept out; with fewer, a part of each.
pub const ENOUGH_PICTURES: usize = 5;
/// A held-out part is the last of this many equal parts along the longer side.
pub const HELD_OUT_PARTS: u32 = 4;
/// What is kept out is cut to this many pixels in all: it is enlarged every few steps.
const MOST_SCORED: u64 = 400_000;
/// What is trained with is cut to this many pixels in all: it is kept in memory.
const MOST_TRAINED: u64 = 24_000_000;
/// Pictures that are gathered have at most this many pixels in all.
const MOST_GATHERED: u64 = 4 * MOST_TRAINED;
/// With fewer pixels a score says little.
const FEWEST_SCORED: u64 = 128 * 128;

/// Pictures, divided.
pub struct HeldOut {
    /// To train with.
    pub train: Vec<Picture>,
    /// To score with.
    pub held_out: Vec<Picture>,
    /// Whether whole pictures are kept out, and not parts of all.
    pub whole: bool,
}

impl HeldOut {
    /// Keeps out a fifth of the pictures, drawn by `seed`; of fewer than 5 pictures, the last quarter of each along its longer side. Very large
    /// pictures are cut to their middle.
    ///
    /// # Errors
    /// [`Error::Data`] if there is no picture, or if one is too small for patches of `hr_patch` pixels to be cut from it.
    pub fn new(pictures: Vec<Picture>, hr_patch: usize, seed: u64) -> Result<Self> {
        if pictures.is_empty() {
            return Err(Error::Data("there is no picture to train with".into()));
        }
        let whole = pictures.len() >= ENOUGH_PICTURES;
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
        let (train, held_out) = (within(train, MOST_TRAINED), within(held_out, MOST_SCORED));
        let needed = hr_patch as u32;
        if let Some(small) = train.iter().find(|picture| picture.width.min(picture.height) < needed) {
            let (width, height) = (small.width, small.height);
            let what = if whole { "a picture" } else { "what is left of a picture to train with" };
            return Err(Error::Data(format!(
                "{what} is {width} x {height}; patches of {needed} need at least that much on each side"
            )));
        }
        Ok(Self { train, held_out, whole })
    }

    /// Whether enough is kept out for a score to say something.
    pub fn is_enough(&self) -> bool {
        self.held_out.iter().map(pixels).sum::<u64>() >= FEWEST_SCORED
    }
}

/// Adds a picture to those that [`HeldOut::new`] will divide. Where they get too many to be held in memory at once, they are cut to their middles.
pub fn gather(mut pictures: Vec<Picture>, picture: Picture) -> Vec<Picture> {
    pictures.push(picture);
    if pictures.iter().map(pixels).sum::<u64>() <= MOST_GATHERED {
        return pictures;
    }
    // To half of it, so that this is not done again for each that follows.
    within(pictures, MOST_GATHERED / 2)
}

fn pixels(picture: &Picture) -> u64 {
    u64::from(picture.width) * u64::from(picture.height)
}

/// The first three quarters and the last quarter along the longer side.
fn divide(picture: &Picture) -> (Picture, Picture) {
    let Picture { width, height, .. } = *picture;
    let (first, second) = if width >= height {
        let left = width - width / HELD_OUT_PARTS;
        (Area { left: 0, top: 0, width: left, height }, Area { left, top: 0, width: width - left, height })
    } else {
        let top = height - height / HELD_OUT_PARTS;
        (Area { left: 0, top: 0, width, height: top }, Area { left: 0, top, width, height: height - top })
    };
    (picture.crop(first), picture.crop(second))
}

/// The pictures, where they have more than `most` pixels together each cut to its middle: small ones stay whole.
fn within(pictures: Vec<Picture>, most: u64) -> Vec<Picture> {
    let mut sizes: Vec<u64> = pictures.iter().map(pixels).collect();
    sizes.sort_unstable();
    let (mut left, mut share) = (most, u64::MAX);
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
    fn a_fifth_of_the_pictures_is_kept_out_and_the_seed_says_which() {
        let pictures = |count: u8| (0..count).map(|value| picture(40, 50, value)).collect::<Vec<_>>();
        for (count, expected) in [(5, 1), (8, 2), (10, 2), (50, 10)] {
            let divided = HeldOut::new(pictures(count), 16, 3).unwrap();
            assert!(divided.whole);
            assert_eq!(divided.held_out.len(), expected);
            let mut all = [divided.train, divided.held_out].concat();
            all.sort_by_key(|picture| picture.to_rgba8()[0]);
            assert_eq!(all, pictures(count), "each picture is on one side");
        }
        let held_out = |seed| HeldOut::new(pictures(30), 16, seed).unwrap().held_out;
        assert_eq!(held_out(1), held_out(1));
        assert_ne!(held_out(1), held_out(2));
    }

    #[test]
    fn of_few_pictures_a_part_is_kept_out() {
        let divided = HeldOut::new(vec![picture(100, 60, 1), picture(60, 101, 2)], 16, 3).unwrap();
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
        let large = picture(6000, 2000, 1);
        let mut pictures = vec![picture(50, 40, 2)];
        for _ in 0..12 {
            pictures = gather(pictures, large.clone());
            assert!(pictures.iter().map(pixels).sum::<u64>() <= MOST_GATHERED);
        }
        assert_eq!((pictures.len(), pictures[0].width), (13, 50));
        assert!(pictures[1..].iter().all(|picture| pixels(picture) > 3_000_000));
    }

    #[test]
    fn no_picture_and_too_small_ones_are_refused() {
        assert!(matches!(HeldOut::new(Vec::new(), 16, 1), Err(Error::Data(_))));
        let why = HeldOut::new(vec![picture(60, 15, 1)], 16, 1).err().unwrap().to_string();
        assert!(why.contains("45 x 15") && why.contains("16"), "{why}");
    }
}
