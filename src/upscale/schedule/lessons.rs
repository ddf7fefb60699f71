//! Learns from training pictures how much error each rung makes.

use super::grid::Grid;
use super::partition::Cells;
use super::score::{Luma, Score};
use super::table::{Errors, Schedule};
use crate::elastic::Slice;
use crate::error::Result;
use crate::image::{Area, Picture};
use crate::upscale::Enlarge;

/// The most entries of a table.
const ENTRIES: usize = 24;

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
        let bicubic = super::tile::bicubic(&planes, low.height, low.width, scale as u32)?;
        let expected = luma(high, &high.rgb_planes(high.area()));
        let results = [cheap.enlarge_picture(low)?, whole.enlarge_picture(low)?];
        let results = results.map(|result| luma(high, &result.rgb_planes(high.area())));
        let (bicubic, low_luma) = (luma(high, &bicubic), luma(low, &planes));
        let grid = Grid::new(size, &[low.area()]);
        for row in 0..grid.rows() {
            for column in 0..grid.columns() {
                let cell = grid.pixels(&Cells { x: column..column + 1, y: row..row + 1 }, low.area());
                let area = cell.scaled(scale as u32);
                let error = |luma: &Luma| squared_error(luma, &expected, area) / area.pixels() as f64;
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

impl Errors {
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

/// The sum over `area` of the squared differences between two pictures of one size.
fn squared_error(a: &Luma, b: &Luma, area: Area) -> f64 {
    let columns = area.left as usize..(area.left + area.width) as usize;
    let row = |y: u32| {
        let pairs = a.row(y)[columns.clone()].iter().zip(&b.row(y)[columns.clone()]);
        pairs.map(|(one, other)| f64::from((one - other) * (one - other))).sum::<f64>()
    };
    (area.top..area.top + area.height).map(row).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

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
