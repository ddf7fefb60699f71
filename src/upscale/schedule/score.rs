//! Scores of cells, which tell how much a network gains over bicubic there.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::image::{Area, LUMA};

/// How cells are scored. All scores are means over a cell's pixels, in levels of luma.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum Score {
    /// Total variation: the differences to the right and the lower neighbour (as in MobiSR)
    TotalVariation,
    /// Mean Laplacian: the difference between 4 times the pixel and its four neighbours (as in ARM)
    MeanLaplacian,
    /// The root of the mean square of the Laplacian, which few strong edges raise more
    #[default]
    RmsLaplacian,
}

impl Score {
    /// All.
    pub const ALL: [Self; 3] = [Self::TotalVariation, Self::MeanLaplacian, Self::RmsLaplacian];

    /// Its name in options and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::TotalVariation => "total-variation",
            Self::MeanLaplacian => "mean-laplacian",
            Self::RmsLaplacian => "rms-laplacian",
        }
    }

    /// The score of that name.
    ///
    /// # Errors
    /// [`Error::Config`] if there is none.
    pub fn from_name(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|score| score.name() == name).ok_or_else(|| {
            let [first, second, third] = Self::ALL.map(Self::name);
            Error::Config(format!("the score is \"{name}\"; it must be {first}, {second} or {third}"))
        })
    }

    /// The score of the cell `area`, which is not empty and lies in `luma`. Outside the picture,
    /// its edge is repeated.
    pub(super) fn of(self, luma: &Luma, area: Area) -> f32 {
        let sum: f32 = (area.top..area.top + area.height).map(|y| self.row(luma, y, area)).sum();
        let mean = sum / (area.width * area.height) as f32;
        if self == Self::RmsLaplacian { mean.sqrt() } else { mean }
    }

    fn row(self, luma: &Luma, y: u32, area: Area) -> f32 {
        let row = luma.row(y);
        let (above, below) = (luma.row(y.saturating_sub(1)), luma.row((y + 1).min(luma.end() - 1)));
        let last = row.len() - 1;
        let at = |x: usize, left: usize, right: usize| match self {
            Self::TotalVariation => (row[right] - row[x]).abs() + (below[x] - row[x]).abs(),
            Self::MeanLaplacian => (4.0 * row[x] - row[left] - row[right] - above[x] - below[x]).abs(),
            Self::RmsLaplacian => (4.0 * row[x] - row[left] - row[right] - above[x] - below[x]).powi(2),
        };
        let (start, end) = (area.left as usize, (area.left + area.width) as usize);
        (start..end).map(|x| at(x, x.saturating_sub(1), (x + 1).min(last))).sum()
    }
}

/// Rows of a picture's luma, 16 to 235.
pub(super) struct Luma {
    /// The first row that it has.
    top: u32,
    width: usize,
    values: Vec<f32>,
}

impl Luma {
    /// From the planes (CHW, RGB in [0, 1]) of whole rows from `top` on.
    pub(super) fn of(planes: &[f32], top: u32, width: usize) -> Self {
        let (red, rest) = planes.split_at(planes.len() / 3);
        let (green, blue) = rest.split_at(planes.len() / 3);
        let pixels = red.iter().zip(green).zip(blue);
        let [r, g, b] = LUMA.map(|weight| weight as f32);
        let values = pixels.map(|((red, green), blue)| 16.0 + r * red + g * green + b * blue);
        Self { top, width, values: values.collect() }
    }

    /// The row after the last.
    fn end(&self) -> u32 {
        self.top + (self.values.len() / self.width) as u32
    }

    /// Row `y` of the picture, or the nearest that it has.
    pub(super) fn row(&self, y: u32) -> &[f32] {
        &self.values[y.saturating_sub(self.top) as usize * self.width..][..self.width]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture whose luma is 16 + 219 times these values.
    fn grey(width: usize, values: &[f32]) -> Luma {
        Luma::of(&[values, values, values].concat(), 0, width)
    }

    #[test]
    fn names_are_those_of_files() {
        for score in Score::ALL {
            assert_eq!(serde_json::to_value(score).unwrap(), score.name());
            assert_eq!(Score::from_name(score.name()).unwrap(), score);
        }
        let error = Score::from_name("variance").unwrap_err().to_string();
        assert!(error.ends_with("it must be total-variation, mean-laplacian or rms-laplacian"), "{error}");
    }

    #[test]
    fn scores_are_as_computed_by_hand() {
        let luma = grey(3, &[0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
        let all = Area { left: 0, top: 0, width: 3, height: 2 };
        let near = |score: Score, area: Area, expected: f32| {
            let found = score.of(&luma, area);
            assert!((found - 219.0 * expected).abs() < 1e-3, "{score:?} {area:?}: {} of 219", found / 219.0);
        };
        // To the right 1, 1, 0 and 0, 1, 0; down 0, 1, 1 and nothing.
        near(Score::TotalVariation, all, 5.0 / 6.0);
        // By pixel: -1, 3, -2 and 0, -2, 2.
        near(Score::MeanLaplacian, all, 10.0 / 6.0);
        // A cell sees its neighbours.
        let one = Area { left: 1, top: 0, width: 1, height: 1 };
        near(Score::TotalVariation, one, 2.0);
        near(Score::MeanLaplacian, one, 3.0);
    }

    #[test]
    fn a_part_of_the_rows_gives_the_same_score() {
        let values: Vec<f32> = (0..60).map(|index| ((index * 37) % 11) as f32 / 11.0).collect();
        let (whole, rows) = (grey(6, &values), &values[12..42]);
        let part = Luma::of(&[rows, rows, rows].concat(), 2, 6);
        let area = Area { left: 2, top: 3, width: 4, height: 3 };
        for score in Score::ALL {
            assert_eq!(score.of(&whole, area), score.of(&part, area));
        }
    }
}
