//! The metadata of a twin, a second set of weights: see [`clean_up`](crate::clean_up).

use serde::{Deserialize, Serialize};

use crate::image::{ChromaSampling, Compression, interpolate};

/// Prefix of the tensors, in a twin's file, of the weights that it is mixed with. Without them, it
/// is mixed with the model's own.
pub(crate) const START: &str = "start.";

/// The metadata of a twin: which model it belongs to, and how strongly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Twin {
    /// SHA-256 of the weights file of the model that it belongs to.
    pub of: String,
    /// The best strengths on the validation pictures, by ascending quality.
    pub strengths: Vec<BestStrength>,
}

/// The best strengths for JPEGs of one quality.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct BestStrength {
    /// As [`Compression::quality`].
    pub quality: u8,
    /// The strength in % if colours have less resolution than brightness.
    pub half_chroma: u8,
    /// The strength in % if they have the same.
    pub full_chroma: u8,
}

impl Twin {
    /// The strength in % that suits a compression: interpolated, in steps of 5, so that a batch of
    /// pictures needs few different mixtures.
    pub fn strength(&self, compression: Compression) -> u8 {
        let is_full = compression.chroma == Some(ChromaSampling::Full);
        let hundredths = |best: &BestStrength| {
            let strength = if is_full { best.full_chroma } else { best.half_chroma };
            (best.quality.into(), 100 * u32::from(strength))
        };
        let points: Vec<_> = self.strengths.iter().map(hundredths).collect();
        // In whole numbers: the strength decides the result's bits.
        ((interpolate(&points, compression.quality.into()) + 250) / 500 * 5).min(100) as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::CompressionKind;

    fn twin() -> Twin {
        let best = |quality, half_chroma, full_chroma| BestStrength { quality, half_chroma, full_chroma };
        Twin { of: String::new(), strengths: vec![best(20, 100, 90), best(60, 80, 60), best(90, 30, 20)] }
    }

    #[test]
    fn strengths_are_interpolated_in_steps_of_5() {
        let strength = |quality, chroma| {
            twin().strength(Compression { kind: CompressionKind::Jpeg, quality, chroma: Some(chroma) })
        };
        let half = [1, 20, 40, 61, 75, 90, 100].map(|quality| strength(quality, ChromaSampling::Half));
        assert_eq!(half, [100, 100, 90, 80, 55, 30, 30]);
        let full = [20, 75, 100].map(|quality| strength(quality, ChromaSampling::Full));
        assert_eq!(full, [90, 40, 20]);
        let none = Twin { strengths: vec![], ..twin() };
        assert_eq!(none.strength(Compression { kind: CompressionKind::Jpeg, quality: 10, chroma: None }), 0);
    }
}
