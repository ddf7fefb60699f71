//! What to train and how: the TOML file of `splitsr train`.

use serde::{Deserialize, Serialize};

use super::degradation::Degradation;
use crate::config::NetworkConfig;
use crate::error::{Error, Result};
use crate::weights::Model;

/// A training run. In TOML, the fields of the named recipe may be overridden one by one under `[override]`:
///
/// ```
/// let config = splitsr::train::TrainConfig::from_toml(r#"
///     name = "splitsr-x2"
///     recipe = "cosine"
///     [network]
///     architecture = "splitsr"
///     scale = 2
///     [override]
///     steps = 20000
/// "#)?;
/// assert_eq!(config.recipe()?.steps, 20_000);
/// # Ok::<(), splitsr::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainConfig {
    /// What the model will be called.
    pub name: String,
    /// "paper", "cosine" or "fine-tuning": see [`Recipe`].
    pub recipe: String,
    /// Seeds the weights and the patches.
    #[serde(default = "default_seed")]
    pub seed: u64,
    /// A model (a name or a file) whose weights it starts with, as far as they fit; `None` = random ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub init: Option<String>,
    /// A model of the same scale whose results it learns besides the pictures: see [`Recipe::distill`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teacher: Option<String>,
    /// The network.
    pub network: NetworkConfig,
    /// Fields of the recipe to change.
    #[serde(default, rename = "override", skip_serializing_if = "toml::Table::is_empty")]
    pub overrides: toml::Table,
}

fn default_seed() -> u64 {
    1
}

/// The smallest side of a low-resolution patch, in pixels.
pub const MIN_LR_PATCH: usize = 8;

/// How often is scored in a fine-tuning.
const SCORINGS: u64 = 30;

/// How to train.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Patches a step.
    pub batch: usize,
    /// The side of a high-resolution patch, in pixels; rounded down to a multiple of the scale.
    pub hr_patch: usize,
    /// Places that are drawn for a patch, of which the one that bicubic enlarges worst is taken; 1 = no choice.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub candidates: usize,
    /// How the low-resolution pictures are made, to train and to score with.
    #[serde(default, skip_serializing_if = "is_default")]
    pub degradation: Degradation,
    /// The part of the patches, 0 to 1, that come from generic pictures, of which it learns what the model that it begins with can: see [`Pictures::generic`](super::Pictures::generic).
    #[serde(default)]
    pub replay: f64,
    /// The most that generic pictures may lose against the model that it begins with, in dB. What is scored and saved is blended with that
    /// model's weights as far as it takes. 100 = all.
    #[serde(default = "all")]
    pub forget: f64,
    /// Steps of the run without its finish.
    pub steps: u64,
    /// Steps between two scorings. The model that is saved is then the one that scored best; `None` = it is scored every 15 minutes, and the
    /// last one is saved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score_every: Option<u64>,
    /// The learning rate at its highest.
    pub learning_rate: f64,
    /// How the learning rate changes.
    pub schedule: Schedule,
    /// What is minimised.
    pub loss: Loss,
    /// Which weights change.
    #[serde(default, skip_serializing_if = "is_default")]
    pub trained: Trained,
    /// The part of the loss, 0 to 1, that is against the teacher's results and not against the pictures.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub distill: f64,
    /// Whether a network with random weights starts as a bilinear enlargement to which the blocks add little.
    #[serde(default, skip_serializing_if = "is_false")]
    pub interpolating: bool,
    /// Whether 3x3 convolutions are trained as sums of a 3x3, a 3x1, a 1x3 and a 1x1 one: see `src/train/branches.rs`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub branches: bool,
    /// The part of each weight that is taken off it in a step, for a learning rate of 1 (as AdamW does).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub weight_decay: f64,
    /// Adam's decay rates.
    pub betas: [f32; 2],
    /// Adam's epsilon.
    pub epsilon: f32,
    /// Decay of the exponential moving average of the weights that is saved and scored; 0 = the weights themselves.
    pub ema: f64,
    /// The gradient is scaled down to this norm where it is longer; `None` = never.
    #[serde(default)]
    pub clip: Option<f32>,
    /// What follows these steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finish: Option<Finish>,
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

/// A second stage: it begins with the averaged weights and fresh moments, and its learning rate falls by half a cosine.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finish {
    /// Steps of this stage.
    pub steps: u64,
    /// The learning rate at its beginning.
    pub learning_rate: f64,
    /// As [`Recipe::batch`].
    pub batch: usize,
    /// As [`Recipe::hr_patch`].
    pub hr_patch: usize,
    /// As [`Recipe::loss`].
    pub loss: Loss,
}

/// Which weights a run changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Trained {
    /// All.
    #[default]
    All,
    /// Those of the upsampler and of what follows it.
    Tail,
    /// Those of the blocks in the lightweight groups.
    LightBlocks,
}

/// The learning rate over the steps.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Schedule {
    /// Halved every so many steps.
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
    /// Squared difference of luma, which is what the evaluation protocol's PSNR measures, and a twentieth of that of the colours.
    Luma,
}

impl Recipe {
    /// The paper's recipe, as far as it is known (L1, Adam, 96x96 crops, 1e-4 halved every 2x10^5 of 6x10^5 steps).
    pub fn paper() -> Self {
        Self {
            batch: 16,
            hr_patch: 96,
            candidates: 1,
            degradation: Degradation::default(),
            replay: 0.0,
            forget: all(),
            steps: 600_000,
            score_every: None,
            learning_rate: 1e-4,
            schedule: Schedule::Halving { every: 200_000 },
            loss: Loss::L1,
            trained: Trained::All,
            distill: 0.0,
            interpolating: false,
            branches: false,
            weight_decay: 0.0,
            betas: [0.9, 0.999],
            epsilon: 1e-7,
            ema: 0.0,
            clip: None,
            finish: None,
        }
    }

    /// The fields that differ from `usual`, for [`TrainConfig::overrides`]. Of those that are left out where they are as in most runs, none may be
    /// other in `usual`: a test has an eye on it.
    pub fn differences(&self, usual: &Self) -> toml::Table {
        let [own, usual] = [self, usual].map(|recipe| toml::Table::try_from(recipe).expect("a recipe is plain data"));
        own.into_iter().filter(|(key, value)| usual.get(key) != Some(value)).collect()
    }

    /// Ours, for few CPU hours: smaller patches, a higher rate that falls by a cosine, averaged weights.
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

    /// For a handful of pictures and a few minutes, from a trained model; the best step is kept.
    pub fn fine_tuning() -> Self {
        Self::fine_tuning_in(600)
    }

    /// [`Self::fine_tuning`] in another number of steps, which the rise of the rate and the scorings follow.
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

    /// Whether generic pictures have a part in it.
    pub fn needs_generic(&self) -> bool {
        self.replay > 0.0 || !is_all(&self.forget)
    }

    /// Steps of the whole run.
    pub fn all_steps(&self) -> u64 {
        self.steps + self.finish.map_or(0, |finish| finish.steps)
    }

    /// The finish, if a step, counted from 0, is in it.
    fn finish_at(&self, step: u64) -> Option<Finish> {
        self.finish.filter(|_| step >= self.steps)
    }

    /// Patches of a step, counted from 0, and the side of a high-resolution one.
    pub fn patches_at(&self, step: u64) -> (usize, usize) {
        self.finish_at(step).map_or((self.batch, self.hr_patch), |finish| (finish.batch, finish.hr_patch))
    }

    /// The loss of a step, counted from 0.
    pub fn loss_at(&self, step: u64) -> Loss {
        self.finish_at(step).map_or(self.loss, |finish| finish.loss)
    }

    /// The learning rate of a step, counted from 0.
    pub fn learning_rate_at(&self, step: u64) -> f64 {
        if let Some(finish) = self.finish_at(step) {
            return finish.learning_rate * falling((step - self.steps) as f64 / finish.steps as f64);
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

impl TrainConfig {
    /// Parses the TOML file of a run and checks it.
    ///
    /// # Errors
    /// [`Error::Config`] says what is wrong with it.
    pub fn from_toml(text: &str) -> Result<Self> {
        let config: Self =
            toml::from_str(text).map_err(|error| Error::Config(format!("the training config: {error}")))?;
        config.network.validate()?;
        config.recipe()?;
        Ok(config)
    }

    /// To make `model` better at a handful of pictures. Takes the [`Recipe::fine_tuning`] of 600 steps.
    pub fn fine_tuning(name: &str, model: &Model) -> Self {
        Self {
            name: name.into(),
            recipe: "fine-tuning".into(),
            seed: default_seed(),
            init: Some(model.metadata.name.clone()),
            teacher: None,
            network: model.metadata.config.clone(),
            overrides: toml::Table::new(),
        }
    }

    /// Makes it take a recipe that differs from the named one.
    ///
    /// # Errors
    /// As [`Self::recipe`].
    pub fn set_recipe(&mut self, recipe: &Recipe) -> Result<()> {
        self.overrides = recipe.differences(&self.named()?);
        self.recipe().map(|_| ())
    }

    fn named(&self) -> Result<Recipe> {
        match self.recipe.as_str() {
            "paper" => Ok(Recipe::paper()),
            "cosine" => Ok(Recipe::cosine()),
            "fine-tuning" => Ok(Recipe::fine_tuning()),
            other => Err(Error::Config(format!(
                "no recipe \"{other}\"; there are \"paper\", \"cosine\" and \"fine-tuning\""
            ))),
        }
    }

    /// The named recipe with the overrides applied.
    ///
    /// # Errors
    /// [`Error::Config`] if the recipe is unknown or an override does not fit.
    pub fn recipe(&self) -> Result<Recipe> {
        let mut table = toml::Table::try_from(self.named()?).expect("a recipe is plain data");
        table.extend(self.overrides.clone());
        let recipe: Recipe = table.try_into().map_err(|error| Error::Config(format!("[override]: {error}")))?;
        recipe.validate(self.network.scale())?;
        if (recipe.distill > 0.0) != self.teacher.is_some() {
            return Err(Error::Config("a teacher and distill, its part of the loss, need each other".into()));
        }
        let is_light = matches!(&self.network, NetworkConfig::SplitSr(c) if c.lightweight_groups().contains(&true));
        if recipe.trained == Trained::LightBlocks && !is_light {
            return Err(Error::Config("the network has no lightweight groups whose blocks could be trained".into()));
        }
        if recipe.interpolating && self.init.is_some() {
            return Err(Error::Config("interpolating is for random weights, not for those of init".into()));
        }
        Ok(recipe)
    }
}

impl Recipe {
    fn validate(&self, scale: usize) -> Result<()> {
        let patches = [0, u64::MAX].map(|step| self.patches_at(step));
        let rates = [Some(self.learning_rate), self.finish.map(|finish| finish.learning_rate)];
        let rates: Vec<f64> = rates.into_iter().flatten().collect();
        let checks = [
            (patches.iter().all(|&(batch, _)| batch > 0), "batch must be at least 1"),
            (
                patches.iter().all(|&(_, side)| side / scale >= MIN_LR_PATCH),
                "hr_patch must be at least 8 times the scale",
            ),
            (self.candidates > 0, "candidates must be at least 1"),
            ((0.0..=1.0).contains(&self.replay), "replay must be from 0 to 1"),
            (self.forget >= 0.0, "forget must be at least 0"),
            (self.score_every != Some(0), "score_every must be at least 1"),
            (self.trained == Trained::All || self.weight_decay == 0.0, "weight_decay is for runs that train all"),
            ((0.0..=1.0).contains(&self.distill), "distill must be from 0 to 1"),
            ((0.0..=1.0).contains(&self.weight_decay), "weight_decay must be from 0 to 1"),
            (self.steps > 0 && self.finish.is_none_or(|finish| finish.steps > 0), "steps must be at least 1"),
            (rates.iter().all(|&rate| rate > 0.0 && rate < 1.0), "learning_rate must be between 0 and 1"),
            ((0.0..1.0).contains(&self.ema), "ema must be at least 0 and below 1"),
            (self.betas.iter().all(|b| (0.0..1.0).contains(b)), "betas must be at least 0 and below 1"),
            (self.epsilon > 0.0, "epsilon must be above 0"),
            (!matches!(self.schedule, Schedule::Halving { every: 0 }), "halving.every must be at least 1"),
        ];
        let complaint = checks.iter().find(|(holds, _)| !holds).map(|(_, why)| *why);
        match complaint.or(self.degradation.complaint()) {
            Some(why) => Err(Error::Config(format!("the training recipe: {why}"))),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let finish = Finish { steps: 100, learning_rate: 2e-4, batch: 4, hr_patch: 128, loss: Loss::L2 };
        let finished = Recipe { finish: Some(finish), ..ours };
        assert_eq!((finished.all_steps(), finished.learning_rate_at(40_000)), (40_100, 2e-4));
        assert!((finished.learning_rate_at(40_050) - 1.01e-4).abs() < 1e-9);
        assert_eq!((finished.patches_at(39_999), finished.patches_at(40_000)), ((16, 64), (4, 128)));
        assert_eq!((finished.loss_at(39_999), finished.loss_at(40_000)), (Loss::L1, Loss::L2));
    }

    #[test]
    fn a_recipe_that_is_set_is_the_one_that_is_taken() {
        let network = NetworkConfig::SplitSr(crate::config::SplitSrConfig::default());
        for named in ["paper", "cosine", "fine-tuning"] {
            let mut config = TrainConfig {
                name: "a".into(),
                recipe: named.into(),
                seed: 1,
                init: None,
                teacher: None,
                network: network.clone(),
                overrides: toml::Table::new(),
            };
            for recipe in [Recipe::paper(), Recipe::cosine(), Recipe::fine_tuning_in(9)] {
                // TOML has no word for none.
                let usual = config.named().unwrap();
                let (clip, score_every) = (recipe.clip.or(usual.clip), recipe.score_every.or(usual.score_every));
                let recipe = Recipe { clip, score_every, ..recipe };
                config.set_recipe(&recipe).unwrap();
                let json = |recipe: &Recipe| serde_json::to_string(recipe).unwrap();
                assert_eq!(json(&config.recipe().unwrap()), json(&recipe), "over {named}");
            }
        }
    }

    #[test]
    fn a_wrong_field_is_named() {
        let base = "name = \"a\"\nrecipe = \"cosine\"\n[network]\narchitecture = \"splitsr\"\n";
        assert!(TrainConfig::from_toml(base).is_ok());
        for (tail, expected) in [
            ("[override]\nstepz = 3", "stepz"),
            ("[override]\nbatch = 0", "batch must be at least 1"),
            ("[override]\nhr_patch = 8", "hr_patch must be at least"),
            ("[override]\nloss = \"l3\"", "l3"),
            ("[override]\ndistill = 0.5", "a teacher and distill"),
            (
                "[override.finish]\nsteps = 0\nlearning_rate = 1e-4\nbatch = 1\nhr_patch = 64\nloss = \"l2\"",
                "steps must",
            ),
        ] {
            let error = TrainConfig::from_toml(&format!("{base}{tail}")).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
