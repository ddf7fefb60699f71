//! The errors of the rungs by the score of a cell, as learnt from training pictures.

use serde::{Deserialize, Serialize};

use super::score::Score;
use crate::elastic::Slice;

/// The tables of an elastic model's scheduler, in the metadata of its weights file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Schedule {
    /// The cheap network.
    pub cheap: Slice,
    /// By total variation.
    pub total_variation: Errors,
    /// By the mean Laplacian.
    pub mean_laplacian: Errors,
    /// By the root of the mean squared Laplacian.
    pub rms_laplacian: Errors,
}

impl Schedule {
    /// The table of `score`.
    pub fn errors(&self, score: Score) -> &Errors {
        match score {
            Score::TotalVariation => &self.total_variation,
            Score::MeanLaplacian => &self.mean_laplacian,
            Score::RmsLaplacian => &self.rms_laplacian,
        }
    }
}

/// The mean squared error of each rung's luma, in levels squared, by the score of a cell: a table
/// whose entries are joined by straight lines.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Errors {
    /// Scores in ascending order.
    pub score: Vec<f32>,
    /// The error of bicubic at each score.
    pub bicubic: Vec<f32>,
    /// The error of the cheap network.
    pub cheap: Vec<f32>,
    /// The error of the whole network.
    pub whole: Vec<f32>,
}

impl Errors {
    /// The errors of the three rungs, the cheapest first, for a cell with this score. Beyond the
    /// table's ends, those of the end.
    pub(super) fn at(&self, score: f32) -> [f64; 3] {
        let after = self.score.partition_point(|&known| known < score);
        let (low, high) = (after.saturating_sub(1), after.min(self.score.len() - 1));
        let width = self.score[high] - self.score[low];
        let share = if width > 0.0 { ((score - self.score[low]) / width).clamp(0.0, 1.0) } else { 0.0 };
        [&self.bicubic, &self.cheap, &self.whole]
            .map(|error| f64::from(error[low] + share * (error[high] - error[low])))
    }

    /// Whether a table is usable: a file may hold anything.
    pub(super) fn is_valid(&self) -> bool {
        let finite = |values: &[f32]| values.iter().all(|value| value.is_finite());
        let count = self.score.len();
        count > 0
            && self.score.is_sorted()
            && [&self.score, &self.bicubic, &self.cheap, &self.whole]
                .into_iter()
                .all(|values| values.len() == count && finite(values))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors() -> Errors {
        Errors {
            score: vec![1.0, 3.0, 7.0],
            bicubic: vec![4.0, 8.0, 16.0],
            cheap: vec![2.0, 6.0, 10.0],
            whole: vec![1.0, 2.0, 3.0],
        }
    }

    #[test]
    fn errors_are_interpolated_and_bounded_by_the_ends() {
        assert!(errors().is_valid());
        let found = [0.0, 1.0, 2.0, 6.0, 9.0].map(|score| errors().at(score));
        let (first, last) = ([4.0, 2.0, 1.0], [16.0, 10.0, 3.0]);
        assert_eq!(found, [first, first, [6.0, 4.0, 1.5], [14.0, 9.0, 2.75], last]);
        let single = Errors { score: vec![2.0], bicubic: vec![3.0], cheap: vec![2.0], whole: vec![1.0] };
        assert_eq!([1.0, 2.0, 5.0].map(|score| single.at(score)), [[3.0, 2.0, 1.0]; 3]);
    }

    #[test]
    fn damaged_tables_are_noticed() {
        for bad in [
            Errors::default(),
            Errors { score: vec![2.0, 1.0, 3.0], ..errors() },
            Errors { cheap: vec![1.0], ..errors() },
            Errors { whole: vec![1.0, f32::NAN, 2.0], ..errors() },
        ] {
            assert!(!bad.is_valid(), "{bad:?}");
        }
    }
}
