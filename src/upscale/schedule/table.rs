//! The errors of the rungs by the score of a cell, as learnt from training pictures.

use serde::{Deserialize, Serialize};

use super::grid::Grid;
use super::partition::Cells;
use super::score::{Luma, Score};
use crate::elastic::Slice;
use crate::error::Result;
use crate::image::{Area, Picture};
use crate::upscale::Enlarge;

/// The most entries of a table.
const ENTRIES: usize = 24;

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

    /// The means of `samples`, each entry of samples whose scores have about the same sum: where
    /// scores are high, few cells decide much.
    fn from_samples(mut samples: Vec<Sample>) -> Self {
        samples.sort_by(|a, b| a.0.total_cmp(&b.0));
        let all: f64 = samples.iter().map(|(score, _)| f64::from(*score)).sum();
        let mut errors = Self::default();
        let (mut so_far, mut from) = (0.0, 0);
        for to in 1..=samples.len() {
            so_far += f64::from(samples[to - 1].0);
            let due = all * (errors.score.len() + 1) as f64 / ENTRIES as f64;
            if so_far < due && to < samples.len() {
                continue;
            }
            let part = &samples[from..to];
            let mean = |value: &dyn Fn(&Sample) -> f64| {
                let mean = part.iter().map(value).sum::<f64>() / part.len() as f64;
                // Enough digits, and a short file.
                format!("{mean:.4}").parse().expect("a number")
            };
            errors.score.push(mean(&|sample| f64::from(sample.0)));
            errors.bicubic.push(mean(&|sample| sample.1[0]));
            errors.cheap.push(mean(&|sample| sample.1[1]));
            errors.whole.push(mean(&|sample| sample.1[2]));
            from = to;
        }
        errors
    }
}

/// The score of a cell, and the errors of the rungs, the cheapest first.
type Sample = (f32, [f64; 3]);

/// Gathers what [`Schedule`] needs from training pictures.
#[derive(Default)]
pub struct Lessons {
    /// The samples for each score.
    samples: [Vec<Sample>; 3],
}

impl Lessons {
    /// Adds the cells of a picture: `low`, and `high` as it should be enlarged, both 8-bit RGB.
    ///
    /// # Errors
    /// Those of the networks.
    pub fn add(&mut self, low: &Picture, high: &Picture, cheap: &dyn Enlarge, whole: &dyn Enlarge) -> Result<()> {
        let (size, scale) = ((low.width, low.height), whole.scale());
        let luma = |picture: &Picture, planes: &[f32]| Luma::of(planes, 0, picture.width as usize);
        let planes = low.rgb_planes(low.area());
        let bicubic = super::bicubic(&planes, low.height, low.width, scale as u32)?;
        let expected = luma(high, &high.rgb_planes(high.area()));
        let results = [cheap.enlarge_picture(low)?, whole.enlarge_picture(low)?];
        let results = results.map(|result| luma(high, &result.rgb_planes(high.area())));
        let (bicubic, low_luma) = (luma(high, &bicubic), luma(low, &planes));
        let grid = Grid::new(size, &[low.area()]);
        for row in 0..grid.rows() {
            for column in 0..grid.columns() {
                let cell = grid.pixels(&Cells { x: column..column + 1, y: row..row + 1 }, low.area());
                let factor = scale as u32;
                let area = Area {
                    left: factor * cell.left,
                    top: factor * cell.top,
                    width: factor * cell.width,
                    height: factor * cell.height,
                };
                let error = |luma: &Luma| luma.squared_error(&expected, area) / f64::from(area.width * area.height);
                let errors = [error(&bicubic), error(&results[0]), error(&results[1])];
                for (samples, score) in self.samples.iter_mut().zip(Score::ALL) {
                    samples.push((score.of(&low_luma, cell), errors));
                }
            }
        }
        Ok(())
    }

    /// How many cells were added.
    pub fn cells(&self) -> usize {
        self.samples[0].len()
    }

    /// The tables of the cells that were added, at least one, for the network `cheap`.
    pub fn schedule(self, cheap: Slice) -> Schedule {
        let [total_variation, mean_laplacian, rms_laplacian] = self.samples.map(Errors::from_samples);
        Schedule { cheap, total_variation, mean_laplacian, rms_laplacian }
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

    #[test]
    fn a_table_holds_the_means_of_its_samples() {
        // Errors that are straight lines come back.
        let sample = |index: i32| (index as f32, [3, 2, 1].map(|factor| f64::from(factor * index)));
        let errors = Errors::from_samples((0..1000).map(sample).collect());
        assert!(errors.is_valid() && errors.score.len() <= ENTRIES, "{errors:?}");
        for score in [300.0f32, 500.0, 900.0] {
            for (found, factor) in errors.at(score).into_iter().zip([3.0, 2.0, 1.0]) {
                assert!((found - factor * f64::from(score)).abs() < 1.0, "{score}: {found}");
            }
        }
        // A picture of one colour has no score.
        assert_eq!(Errors::from_samples(vec![(0.0, [0.0; 3]); 3]).at(0.0), [0.0; 3]);
    }
}
