//! How to train: patches, learning rate, loss and what else a run is made of.

use serde::{Deserialize, Serialize};

use super::degradation::Degradation;
use super::random_degradation::RandomDegradation;
use crate::error::{Error, Result};

/// The smallest side of a low-resolution patch, in pixels.
pub const MIN_LR_PATCH: usize = 8;

/// Scorings in a fine-tuning run.
const SCORINGS: u64 = 30;

/// How to train.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Patches per step.
    pub batch: usize,
    /// The side of a high-resolution patch, in pixels; rounded down to a multiple of the scale.
    pub hr_patch: usize,
    /// Candidate patches that are drawn for each patch; the one that bicubic enlarges worst is
    /// used. 1 = no choice.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub candidates: usize,
    /// Factors of smaller copies of each training picture, above 0 and below 1, which stay in
    /// memory too. A copy of a soft picture is sharper. Copies that do not hold a patch are left
    /// out.
    #[serde(default, skip_serializing_if = "is_default")]
    pub shrunk_copies: Vec<f64>,
    /// The share of the patches, 0 to 1, that get a random order of red, green and blue, which may
    /// be the old one.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub shuffled_colours: f64,
    /// How the low-resolution pictures are made, for training and scoring.
    #[serde(default, skip_serializing_if = "is_default")]
    pub degradation: Degradation,
    /// Draws a degradation for each low-resolution version instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub random_degradation: Option<RandomDegradation>,
    /// The share of the patches, 0 to 1, that come from the replay set: the network learns to
    /// enlarge these as the initial model does. See [`Pictures::replay`](super::Pictures::replay).
    #[serde(default)]
    pub replay: f64,
    /// How much the PSNR of the replay set may drop below the initial model's, in dB. The weights
    /// that are scored and saved are blended with the initial ones until it does not drop more. 100
    /// = any.
    #[serde(default = "all")]
    pub forget: f64,
    /// Steps of the first stage.
    pub steps: u64,
    /// Steps between two scorings; the model that scored best is saved. `None` = a scoring every 15
    /// minutes, and the last model is saved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score_every: Option<u64>,
    /// The highest learning rate.
    pub learning_rate: f64,
    /// How the learning rate changes.
    pub schedule: Schedule,
    /// The loss to minimise.
    pub loss: Loss,
    /// Which weights are trained.
    #[serde(default, skip_serializing_if = "is_default")]
    pub trained: Trained,
    /// The share of the loss, 0 to 1, that compares with the teacher's results instead of the
    /// pictures. Of an elastic network, the largest slice is the teacher.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub distill: f64,
    /// Whether a network with random weights starts as bilinear interpolation: see
    /// `src/train/bilinear_init.rs`. Older files call it `interpolating`.
    #[serde(default, skip_serializing_if = "is_false", alias = "interpolating")]
    pub bilinear_init: bool,
    /// Whether 3x3 convolutions are trained as sums of a 3x3, a 3x1, a 1x3 and a 1x1 one: see
    /// `src/train/reparameterised.rs`. Older files call it `branches`.
    #[serde(default, skip_serializing_if = "is_false", alias = "branches")]
    pub reparameterised: bool,
    /// Decoupled weight decay, as in AdamW: multiplied by the learning rate.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub weight_decay: f64,
    /// Adam's decay rates.
    pub betas: [f32; 2],
    /// Adam's epsilon.
    pub epsilon: f32,
    /// Decay of the exponential moving average of the weights; the average is saved and scored. 0 =
    /// the weights themselves.
    pub ema: f64,
    /// The gradient is scaled down to this norm where it is longer; `None` = never.
    #[serde(default)]
    pub clip: Option<f32>,
    /// A second stage after these steps. Older files call it `finish`.
    #[serde(default, skip_serializing_if = "Option::is_none", alias = "finish")]
    pub second_stage: Option<SecondStage>,
}

fn one() -> usize {
    1
}

fn is_one(value: &usize) -> bool {
    *value == 1
}

fn is_zero(value: &f64) -> bool {
    *value == 0.0
}

fn is_false(value: &bool) -> bool {
    !value
}

fn all() -> f64 {
    100.0
}

fn is_all(value: &f64) -> bool {
    *value >= all()
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A second stage: it starts from the averaged weights with fresh moments, and its learning rate
/// falls along half a cosine.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecondStage {
    /// Steps of this stage.
    pub steps: u64,
    /// The initial learning rate.
    pub learning_rate: f64,
    /// As [`Recipe::batch`].
    pub batch: usize,
    /// As [`Recipe::hr_patch`].
    pub hr_patch: usize,
    /// As [`Recipe::loss`].
    pub loss: Loss,
}

/// Which weights a run trains.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Trained {
    /// All weights.
    #[default]
    All,
    /// The upsampler and the layers after it.
    Tail,
    /// The blocks of the lightweight groups.
    LightBlocks,
}

/// The learning-rate schedule.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Schedule {
    /// Halved at a fixed interval.
    Halving {
        /// Steps between two halvings.
        every: u64,
    },
    /// A linear rise over `warmup` steps, then half a cosine down to a hundredth.
    Cosine {
        /// Steps of the rise.
        warmup: u64,
    },
}

/// The loss, a mean over all values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    /// Absolute difference.
    L1,
    /// sqrt(difference^2 + 1e-6): L1 that is smooth at 0.
    Charbonnier,
    /// Absolute difference, of the values and of their discrete Fourier transform.
    Spectrum,
    /// Squared difference: what PSNR measures.
    L2,
    /// Squared difference of luma, as the evaluation protocol's PSNR measures it, plus a twentieth
    /// of the squared difference of the colours.
    Luma,
}

impl Recipe {
    /// The paper's recipe, as far as it is published: L1, Adam, 96x96 crops, 6x10^5 steps, 1e-4
    /// halved every 2x10^5.
    pub fn paper() -> Self {
        Self {
            batch: 16,
            hr_patch: 96,
            candidates: 1,
            shrunk_copies: Vec::new(),
            shuffled_colours: 0.0,
            degradation: Degradation::default(),
            random_degradation: None,
            replay: 0.0,
            forget: all(),
            steps: 600_000,
            score_every: None,
            learning_rate: 1e-4,
            schedule: Schedule::Halving { every: 200_000 },
            loss: Loss::L1,
            trained: Trained::All,
            distill: 0.0,
            bilinear_init: false,
            reparameterised: false,
            weight_decay: 0.0,
            betas: [0.9, 0.999],
            epsilon: 1e-7,
            ema: 0.0,
            clip: None,
            second_stage: None,
        }
    }

    /// The fields that differ from `usual`, for
    /// [`TrainConfig::overrides`](super::TrainConfig::overrides). Fields that are not written at
    /// their default must have it in `usual` too; a test checks that.
    pub fn differences(&self, usual: &Self) -> toml::Table {
        let [own, usual] = [self, usual].map(|recipe| toml::Table::try_from(recipe).expect("a recipe is plain data"));
        own.into_iter().filter(|(key, value)| usual.get(key) != Some(value)).collect()
    }

    /// Ours, for a few CPU hours: smaller patches, a higher rate with a cosine schedule, averaged
    /// weights.
    pub fn cosine() -> Self {
        Self {
            batch: 16,
            hr_patch: 64,
            steps: 40_000,
            learning_rate: 1e-3,
            schedule: Schedule::Cosine { warmup: 500 },
            ema: 0.999,
            clip: Some(0.5),
            ..Self::paper()
        }
    }

    /// For a few pictures and a few minutes, from a trained model; the best step is kept.
    pub fn fine_tuning() -> Self {
        Self::fine_tuning_in(600)
    }

    /// [`Self::fine_tuning`] with another number of steps; warm-up and scorings are adapted to it.
    pub fn fine_tuning_in(steps: u64) -> Self {
        Self {
            batch: 8,
            steps,
            learning_rate: 3e-4,
            schedule: Schedule::Cosine { warmup: (steps / 10).clamp(1, 20) },
            replay: 0.5,
            forget: 0.1,
            score_every: Some((steps / SCORINGS).clamp(5, 50)),
            ema: 0.98,
            ..Self::cosine()
        }
    }

    /// Whether it needs the replay set.
    pub fn needs_replay_set(&self) -> bool {
        self.replay > 0.0 || !is_all(&self.forget)
    }

    /// Steps of the whole run.
    pub fn all_steps(&self) -> u64 {
        self.steps + self.second_stage.map_or(0, |stage| stage.steps)
    }

    /// The second stage, if `step`, counted from 0, belongs to it.
    fn second_stage_at(&self, step: u64) -> Option<SecondStage> {
        self.second_stage.filter(|_| step >= self.steps)
    }

    /// The number of patches in a step, counted from 0, and the side of a high-resolution patch.
    pub fn patches_at(&self, step: u64) -> (usize, usize) {
        self.second_stage_at(step).map_or((self.batch, self.hr_patch), |stage| (stage.batch, stage.hr_patch))
    }

    /// The side of the largest high-resolution patch, in pixels.
    pub fn largest_hr_patch(&self) -> usize {
        self.hr_patch.max(self.second_stage.map_or(0, |stage| stage.hr_patch))
    }

    /// The number of patches in a step, counted from 0, that come from the replay set: over many
    /// steps their share is [`Self::replay`], however small a batch is.
    pub fn replayed_at(&self, step: u64) -> usize {
        let share = self.patches_at(step).0 as f64 * self.replay;
        let up_to = |step: u64| (step as f64 * share).floor() as usize;
        up_to(step + 1) - up_to(step)
    }

    /// The loss of a step, counted from 0.
    pub fn loss_at(&self, step: u64) -> Loss {
        self.second_stage_at(step).map_or(self.loss, |stage| stage.loss)
    }

    /// The learning rate of a step, counted from 0.
    pub fn learning_rate_at(&self, step: u64) -> f64 {
        if let Some(stage) = self.second_stage_at(step) {
            return stage.learning_rate * falling((step - self.steps) as f64 / stage.steps as f64);
        }
        match self.schedule {
            Schedule::Halving { every } => self.learning_rate * 0.5f64.powi((step / every) as i32),
            Schedule::Cosine { warmup } if step < warmup => self.learning_rate * (step + 1) as f64 / warmup as f64,
            Schedule::Cosine { warmup } => {
                let length = self.steps.saturating_sub(warmup).max(1);
                self.learning_rate * falling((step - warmup) as f64 / length as f64)
            }
        }
    }
}

/// Half a cosine, from 1 to a hundredth.
fn falling(progress: f64) -> f64 {
    0.01 + 0.99 * 0.5 * (1.0 + (std::f64::consts::PI * progress.min(1.0)).cos())
}

impl Recipe {
    /// Checks that every field is in its range.
    pub(super) fn validate(&self, scale: usize) -> Result<()> {
        let patches = [0, u64::MAX].map(|step| self.patches_at(step));
        let rates = [Some(self.learning_rate), self.second_stage.map(|stage| stage.learning_rate)];
        let rates: Vec<f64> = rates.into_iter().flatten().collect();
        let hr_patch = format!("hr_patch must be at least {MIN_LR_PATCH} times the scale");
        let checks = [
            (patches.iter().all(|&(batch, _)| batch > 0), "batch must be at least 1"),
            (patches.iter().all(|&(_, side)| side / scale >= MIN_LR_PATCH), hr_patch.as_str()),
            (self.candidates > 0, "candidates must be at least 1"),
            (
                self.shrunk_copies.iter().all(|&factor| factor > 0.0 && factor < 1.0),
                "shrunk_copies must be above 0 and below 1",
            ),
            ((0.0..=1.0).contains(&self.shuffled_colours), "shuffled_colours must be from 0 to 1"),
            ((0.0..=1.0).contains(&self.replay), "replay must be from 0 to 1"),
            (self.forget >= 0.0, "forget must be at least 0"),
            (self.score_every != Some(0), "score_every must be at least 1"),
            (self.trained == Trained::All || self.weight_decay == 0.0, "weight_decay needs trained = \"all\""),
            ((0.0..=1.0).contains(&self.distill), "distill must be from 0 to 1"),
            ((0.0..=1.0).contains(&self.weight_decay), "weight_decay must be from 0 to 1"),
            (self.steps > 0 && self.second_stage.is_none_or(|stage| stage.steps > 0), "steps must be at least 1"),
            (rates.iter().all(|&rate| rate > 0.0 && rate < 1.0), "learning_rate must be between 0 and 1"),
            ((0.0..1.0).contains(&self.ema), "ema must be at least 0 and below 1"),
            (self.betas.iter().all(|b| (0.0..1.0).contains(b)), "betas must be at least 0 and below 1"),
            (self.epsilon > 0.0, "epsilon must be above 0"),
            (self.clip.is_none_or(|clip| clip > 0.0), "clip must be above 0"),
            (!matches!(self.schedule, Schedule::Halving { every: 0 }), "halving.every must be at least 1"),
        ];
        let complaint = checks.iter().find(|(holds, _)| !holds).map(|(_, why)| (*why).to_owned());
        let random = || self.random_degradation.as_ref().and_then(RandomDegradation::complaint);
        match complaint.or_else(|| self.degradation.complaint()).or_else(random) {
            Some(why) => Err(Error::Config(format!("the training recipe is not valid: {why}"))),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replayed_patches_have_their_share_in_batches_of_any_size() {
        for (batch, replay, expected) in [
            (1, 0.5, [0, 1, 0, 1]),
            (1, 0.25, [0, 0, 0, 1]),
            (3, 0.5, [1, 2, 1, 2]),
            (8, 0.5, [4; 4]),
            (2, 1.0, [2; 4]),
        ] {
            let recipe = Recipe { batch, replay, ..Recipe::cosine() };
            assert_eq!([0, 1, 2, 3].map(|step| recipe.replayed_at(step)), expected, "{replay} of {batch}");
        }
    }

    #[test]
    fn the_papers_rate_halves_and_ours_rises_then_falls() {
        let paper = Recipe::paper();
        let rates = [0, 199_999, 200_000, 400_000].map(|step| paper.learning_rate_at(step));
        assert_eq!(rates, [1e-4, 1e-4, 5e-5, 2.5e-5]);
        let ours = Recipe::cosine();
        assert!((ours.learning_rate_at(0) - 2e-6).abs() < 1e-12);
        assert!((ours.learning_rate_at(499) - 1e-3).abs() < 1e-12);
        assert!((ours.learning_rate_at(40_000) - 1e-5).abs() < 1e-12);
        let middle = ours.learning_rate_at(20_250);
        assert!((middle - 0.505e-3).abs() < 1e-6, "{middle}");
        let stage = SecondStage { steps: 100, learning_rate: 2e-4, batch: 4, hr_patch: 128, loss: Loss::L2 };
        let staged = Recipe { second_stage: Some(stage), ..ours };
        assert_eq!((staged.all_steps(), staged.learning_rate_at(40_000)), (40_100, 2e-4));
        assert!((staged.learning_rate_at(40_050) - 1.01e-4).abs() < 1e-9);
        assert_eq!((staged.patches_at(39_999), staged.patches_at(40_000)), ((16, 64), (4, 128)));
        assert_eq!((staged.loss_at(39_999), staged.loss_at(40_000)), (Loss::L1, Loss::L2));
    }
}
