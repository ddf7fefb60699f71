//! The ranges of fine-tuning's settings. TypeScript gets them from here: see `src/web/shapes.rs`.

use super::degradation::{Degradation, JPEG_QUALITIES, MAX_BLUR, MAX_NOISE};
use super::fine_tuning::FineTuningSettings;
use crate::error::{Error, Result};

/// The most pictures that one fine-tuning takes.
pub const MAX_PICTURES: usize = 50;

/// The values that a setting may have, both ends included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SettingRange {
    /// The field of [`FineTuningSettings`] or of its degradation, as JSON names it.
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

impl SettingRange {
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

impl FineTuningSettings {
    /// The settings that are numbers: their ranges and values. `None` = switched off.
    pub fn numbers(&self) -> [(SettingRange, Option<f64>); 10] {
        let Degradation { blur, noise, jpeg, .. } = self.degradation;
        let (whole, real) = (SettingRange::whole, SettingRange::real);
        let [min_quality, max_quality] = [JPEG_QUALITIES.start(), JPEG_QUALITIES.end()].map(|&end| f64::from(end));
        [
            (whole("steps", "number of steps", 1.0, 100_000.0), Some(self.steps as f64)),
            (whole("batch", "number of patches in a step", 1.0, 64.0), Some(self.batch as f64)),
            (whole("patch", "side of a patch", 16.0, 128.0), Some(self.patch as f64)),
            (real("learningRate", "learning rate", 1e-6, 0.01), Some(self.learning_rate)),
            (real("replay", "fraction of generic patches", 0.0, 0.75), Some(self.replay)),
            (real("forget", "loss allowed on generic pictures", 0.0, 100.0), Some(self.forget)),
            (whole("seed", "seed", 0.0, f64::from(u32::MAX)), Some(self.seed as f64)),
            (real("blur", "blur", 0.0, f64::from(MAX_BLUR)), Some(f64::from(blur))),
            (real("noise", "noise", 0.0, f64::from(MAX_NOISE)), Some(f64::from(noise))),
            (whole("jpeg", "JPEG quality", min_quality, max_quality), jpeg.map(f64::from)),
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
            Some((SettingRange { label, min, max, is_whole, .. }, _)) => {
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
        let settings = FineTuningSettings::default();
        settings.check().unwrap();
        for (range, _) in settings.numbers() {
            assert!(range.contains(range.min) && range.contains(range.max), "{range:?}");
            assert!(!range.contains(range.min - 1e-9) && !range.contains(range.max + 1e-3), "{range:?}");
            assert_eq!(range.contains(range.min + 1e-9), !range.is_whole, "{range:?}");
        }
    }

    #[test]
    fn a_setting_out_of_its_range_is_named() {
        let usual = FineTuningSettings::default;
        let degradation = Degradation { jpeg: Some(0), ..Degradation::default() };
        for (settings, why) in [
            (FineTuningSettings { steps: 0, ..usual() }, "the number of steps must be a whole number from 1 to 100000"),
            (FineTuningSettings { learning_rate: 2.0, ..usual() }, "the learning rate must be from 0.000001 to 0.01"),
            (
                FineTuningSettings { replay: f64::NAN, ..usual() },
                "the fraction of generic patches must be from 0 to 0.75",
            ),
            (FineTuningSettings { degradation, ..usual() }, "the JPEG quality must be a whole number from 1 to 100"),
        ] {
            assert_eq!(settings.check().unwrap_err().to_string(), why);
        }
    }

    #[test]
    fn json_may_leave_out_the_network_alone() {
        let json = serde_json::to_string(&FineTuningSettings::default()).unwrap();
        assert_eq!(serde_json::from_str::<FineTuningSettings>(&json).unwrap(), FineTuningSettings::default());
        for other in [json.replace("\"seed\":1", "\"seed\":1,\"sead\":2"), json.replace("\"steps\":600,", "")] {
            assert_ne!(other, json);
            assert!(serde_json::from_str::<FineTuningSettings>(&other).is_err(), "{other}");
        }
    }
}
