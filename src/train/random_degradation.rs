//! Degradations drawn at random, for networks that must cope with pictures as people have them.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde::{Deserialize, Serialize};

use super::degradation::{Degradation, JPEG_QUALITIES, MAX_BLUR, MAX_NOISE, Shrink};

/// The most versions of a picture: each takes a fourth (at x2) of the picture's memory.
const MAX_VERSIONS: usize = 64;

/// A distribution of [`Degradation`]s. Each picture gets `versions` low-resolution versions, and
/// each version draws its own degradation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RandomDegradation {
    /// Low-resolution versions of each picture; a patch comes from one of them.
    pub versions: usize,
    /// The share of versions, 0 to 1, that stay clean: MATLAB's bicubic only.
    pub clean: f64,
    /// The filters, equally likely.
    pub shrink: Vec<Shrink>,
    /// As [`Degradation::blur`]: from, to. Half of the versions have no blur.
    pub blur: [f32; 2],
    /// As [`Degradation::noise`]: from, to. Half of the versions have no noise.
    pub noise: [f32; 2],
    /// As [`Degradation::jpeg`]: from, to.
    pub jpeg: [u8; 2],
    /// The share of JPEGs, 0 to 1, whose colours have half the resolution (4:2:0).
    pub half_chroma: f64,
    /// The share of JPEGs, 0 to 1, that were compressed once before, at another quality.
    pub twice: f64,
}

impl Default for RandomDegradation {
    /// JPEGs as people have them.
    fn default() -> Self {
        Self {
            versions: 8,
            clean: 0.15,
            shrink: vec![Shrink::Bicubic, Shrink::Area, Shrink::Lanczos, Shrink::Bilinear],
            blur: [0.2, 0.8],
            noise: [0.5, 3.0],
            jpeg: [10, 95],
            half_chroma: 2.0 / 3.0,
            twice: 0.2,
        }
    }
}

impl RandomDegradation {
    /// Draws a degradation, which `seed` determines.
    pub fn draw(&self, seed: u64) -> Degradation {
        // A second generator: the noise of a degradation is seeded by `seed` itself.
        let mut rng = StdRng::seed_from_u64(seed ^ 0x6a09_e667_f3bc_c908);
        if rng.random_bool(self.clean) {
            return Degradation::default();
        }
        let shrink = *self.shrink.choose(&mut rng).expect("`complaint` wants a filter");
        let mut half_the_time =
            |[from, to]: [f32; 2]| if rng.random_bool(0.5) { rng.random_range(from..=to) } else { 0.0 };
        let (blur, noise) = (half_the_time(self.blur), half_the_time(self.noise));
        let [lowest, highest] = self.jpeg;
        let mut quality = || rng.random_range(lowest..=highest);
        let (jpeg, before) = (quality(), quality());
        let half_chroma = rng.random_bool(self.half_chroma);
        let jpeg_before = rng.random_bool(self.twice).then_some(before);
        Degradation { shrink, blur, noise, jpeg: Some(jpeg), half_chroma, jpeg_before }
    }

    /// Describes the first field that is out of its range.
    pub(super) fn complaint(&self) -> Option<String> {
        let is_share = |value: f64| (0.0..=1.0).contains(&value);
        let is_range = |[from, to]: [f32; 2], max: f32| 0.0 <= from && from <= to && to <= max;
        let [lowest, highest] = self.jpeg;
        let (min, max) = (*JPEG_QUALITIES.start(), *JPEG_QUALITIES.end());
        let checks = [
            ((1..=MAX_VERSIONS).contains(&self.versions), format!("versions must be from 1 to {MAX_VERSIONS}")),
            (
                [self.clean, self.half_chroma, self.twice].into_iter().all(is_share),
                "clean, half_chroma and twice must be from 0 to 1".into(),
            ),
            (!self.shrink.is_empty(), "shrink must name at least one filter".into()),
            (is_range(self.blur, MAX_BLUR), format!("blur must be a range within 0 to {MAX_BLUR}")),
            (is_range(self.noise, MAX_NOISE), format!("noise must be a range within 0 to {MAX_NOISE}")),
            (
                JPEG_QUALITIES.contains(&lowest) && JPEG_QUALITIES.contains(&highest) && lowest <= highest,
                format!("jpeg must be a range within {min} to {max}"),
            ),
        ];
        checks.into_iter().find(|(holds, _)| !holds).map(|(_, why)| format!("random_degradation.{why}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shares_are_those_of_the_distribution() {
        let random = RandomDegradation::default();
        let drawn: Vec<Degradation> = (0..4000).map(|seed| random.draw(seed)).collect();
        let share = |holds: &dyn Fn(&Degradation) -> bool| drawn.iter().filter(|d| holds(d)).count() as f64 / 4000.0;
        let damaged = 1.0 - random.clean;
        for (what, found, expected) in [
            ("clean", share(&|d| *d == Degradation::default()), random.clean),
            ("half chroma", share(&|d| d.half_chroma), damaged * random.half_chroma),
            ("twice", share(&|d| d.jpeg_before.is_some()), damaged * random.twice),
            ("noise", share(&|d| d.noise > 0.0), damaged / 2.0),
            ("below quality 30", share(&|d| d.jpeg.is_some_and(|q| q < 30)), damaged * 20.0 / 86.0),
        ] {
            assert!((found - expected).abs() < 0.03, "{what}: {found}, not {expected}");
        }
        for kind in &random.shrink {
            assert!(share(&|d| d.shrink == *kind) > 0.15, "{kind:?}");
        }
        assert!(drawn.iter().all(|d| d.complaint().is_none()));
        assert_eq!(random.draw(7), random.draw(7));
    }

    #[test]
    fn ranges_are_checked() {
        let usual = RandomDegradation::default;
        assert_eq!(usual().complaint(), None);
        for bad in [
            RandomDegradation { versions: 0, ..usual() },
            RandomDegradation { clean: 1.5, ..usual() },
            RandomDegradation { shrink: vec![], ..usual() },
            RandomDegradation { blur: [2.0, 1.0], ..usual() },
            RandomDegradation { noise: [0.0, 51.0], ..usual() },
            RandomDegradation { jpeg: [0, 90], ..usual() },
        ] {
            assert!(bad.complaint().is_some(), "{bad:?}");
        }
    }
}
