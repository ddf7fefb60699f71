//! The settings of a fine-tuning in a browser: their defaults and ranges. TypeScript gets both from
//! here, by way of `src/web/shapes.rs`.

use serde::{Deserialize, Serialize};

use super::config::{Recipe, Trained};
use super::degradation::{Degradation, JPEG_QUALITIES, MAX_BLUR, MAX_NOISE};
use crate::config::NetworkConfig;
use crate::error::{Error, Result};

/// The most pictures that one fine-tuning takes.
pub const MAX_PICTURES: usize = 50;

/// The steps of a fine-tuning unless told otherwise.
const DEFAULT_STEPS: u64 = 600;

/// How to fine-tune a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TuneSettings {
    /// Training steps.
    pub steps: u64,
    /// Patches in a step.
    pub batch: usize,
    /// Side of a sharp patch in pixels, at least 8 times the scale; less where a picture is
    /// smaller.
    pub patch: usize,
    /// Learning rate at its highest.
    pub learning_rate: f64,
    /// Which weights change.
    pub trained: Trained,
    /// Fraction of the patches that come from generic pictures, so that the model does not forget
    /// these.
    pub replay: f64,
    /// The most that generic pictures may lose, in dB: the result is blended with the original
    /// model until they lose no more. 100 sets no limit.
    pub forget: f64,
    /// How the training degrades sharp pictures into the small ones that the model learns to
    /// enlarge.
    pub degradation: Degradation,
    /// Seeds the random choices.
    pub seed: u64,
    /// Another network than the model's, of the same scale. It takes over the weights that fit, and
    /// learns the rest from the model's results for generic pictures as well. `forget` has no
    /// effect then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "NetworkConfig | undefined"))]
    pub network: Option<NetworkConfig>,
}

impl Default for TuneSettings {
    fn default() -> Self {
        let recipe = Recipe::fine_tuning_in(DEFAULT_STEPS);
        Self {
            steps: recipe.steps,
            batch: recipe.batch,
            patch: recipe.hr_patch,
            learning_rate: recipe.learning_rate,
            trained: recipe.trained,
            replay: recipe.replay,
            forget: recipe.forget,
            degradation: recipe.degradation,
            seed: 1,
            network: None,
        }
    }
}

/// The values that a setting may have, both ends included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// The field of [`TuneSettings`] or of its degradation, as JSON names it.
    pub field: &'static str,
    /// Its name in sentences.
    pub label: &'static str,
    /// The smallest value.
    pub min: f64,
    /// The largest value.
    pub max: f64,
    /// Whether it must be a whole number.
    pub is_whole: bool,
}

impl Range {
    const fn whole(field: &'static str, label: &'static str, min: f64, max: f64) -> Self {
        Self { field, label, min, max, is_whole: true }
    }

    const fn real(field: &'static str, label: &'static str, min: f64, max: f64) -> Self {
        Self { field, label, min, max, is_whole: false }
    }

    fn contains(&self, value: f64) -> bool {
        (self.min..=self.max).contains(&value) && !(self.is_whole && value.fract() != 0.0)
    }
}

impl TuneSettings {
    /// The settings that are numbers: their ranges and values. `None` = switched off.
    pub fn numbers(&self) -> [(Range, Option<f64>); 10] {
        let Degradation { blur, noise, jpeg, .. } = self.degradation;
        let [min_quality, max_quality] = [JPEG_QUALITIES.start(), JPEG_QUALITIES.end()].map(|&end| f64::from(end));
        [
            (Range::whole("steps", "number of steps", 1.0, 100_000.0), Some(self.steps as f64)),
            (Range::whole("batch", "number of patches in a step", 1.0, 64.0), Some(self.batch as f64)),
            (Range::whole("patch", "side of a patch", 16.0, 128.0), Some(self.patch as f64)),
            (Range::real("learningRate", "learning rate", 1e-6, 0.01), Some(self.learning_rate)),
            (Range::real("replay", "fraction of generic patches", 0.0, 0.75), Some(self.replay)),
            (Range::real("forget", "loss allowed on generic pictures", 0.0, 100.0), Some(self.forget)),
            (Range::whole("seed", "seed", 0.0, f64::from(u32::MAX)), Some(self.seed as f64)),
            (Range::real("blur", "blur", 0.0, f64::from(MAX_BLUR)), Some(f64::from(blur))),
            (Range::real("noise", "noise", 0.0, f64::from(MAX_NOISE)), Some(f64::from(noise))),
            (Range::whole("jpeg", "JPEG quality", min_quality, max_quality), jpeg.map(f64::from)),
        ]
    }

    /// Checks each number against its range.
    ///
    /// # Errors
    /// [`Error::Config`] names the first setting that is out of its range.
    pub fn check(&self) -> Result<()> {
        let out_of_range =
            self.numbers().into_iter().find(|(range, value)| value.is_some_and(|value| !range.contains(value)));
        match out_of_range {
            Some((Range { label, min, max, is_whole, .. }, _)) => {
                let kind = if is_whole { "a whole number " } else { "" };
                Err(Error::Config(format!("the {label} must be {kind}from {min} to {max}")))
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_and_the_ends_of_all_ranges_are_allowed() {
        let settings = TuneSettings::default();
        settings.check().unwrap();
        for (range, _) in settings.numbers() {
            assert!(range.contains(range.min) && range.contains(range.max), "{range:?}");
            assert!(!range.contains(range.min - 1e-9) && !range.contains(range.max + 1e-3), "{range:?}");
            assert_eq!(range.contains(range.min + 1e-9), !range.is_whole, "{range:?}");
        }
    }

    #[test]
    fn a_setting_out_of_its_range_is_named() {
        let usual = TuneSettings::default;
        let degradation = Degradation { jpeg: Some(0), ..Degradation::default() };
        for (settings, why) in [
            (TuneSettings { steps: 0, ..usual() }, "the number of steps must be a whole number from 1 to 100000"),
            (TuneSettings { learning_rate: 2.0, ..usual() }, "the learning rate must be from 0.000001 to 0.01"),
            (TuneSettings { replay: f64::NAN, ..usual() }, "the fraction of generic patches must be from 0 to 0.75"),
            (TuneSettings { degradation, ..usual() }, "the JPEG quality must be a whole number from 1 to 100"),
        ] {
            assert_eq!(settings.check().unwrap_err().to_string(), why);
        }
    }

    #[test]
    fn json_may_leave_out_the_network_alone() {
        let json = serde_json::to_string(&TuneSettings::default()).unwrap();
        assert_eq!(serde_json::from_str::<TuneSettings>(&json).unwrap(), TuneSettings::default());
        for other in [json.replace("\"seed\":1", "\"seed\":1,\"sead\":2"), json.replace("\"steps\":600,", "")] {
            assert_ne!(other, json);
            assert!(serde_json::from_str::<TuneSettings>(&other).is_err(), "{other}");
        }
    }
}
