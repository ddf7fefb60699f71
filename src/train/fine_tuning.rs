//! Fine-tuning a model on a few pictures, as the page does it: settings, pictures, steps and
//! scores.
//!
//! The command uses the same [`FineTuningSettings`] and the same pictures, and drives the
//! [`Session`] by itself.

use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

use super::config::TrainConfig;
use super::data::Pair;
use super::degradation::Degradation;
use super::hold_out::HeldOut;
use super::pictures::Pictures;
use super::random_degradation::RandomDegradation;
use super::recipe::{MIN_LR_PATCH, Recipe, Trained};
use super::session::{Score, Session};
use super::split_step::{GradientWorker, SplitStep, loss_and_gradient};
use super::trainer::Trainer;
use crate::config::NetworkConfig;
use crate::error::{Error, Result};
use crate::eval::{bicubic, mean_psnr_y};
use crate::image::{Area, Picture};
use crate::model::Model;
use crate::network::Network;
use crate::upscale::Enlarge;

/// The side of the previews, in low-resolution pixels.
const PREVIEW_SIDE: u32 = 64;

/// The largest relative error of a device's gradient. Another order of summation changes about
/// 1e-5; a wrong kernel changes far more than this.
const MAX_GRADIENT_ERROR: f64 = 1e-2;

/// How to fine-tune a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "TuneSettings"))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FineTuningSettings {
    /// Steps of the run.
    pub steps: u64,
    /// Patches per step.
    pub batch: usize,
    /// The side of a high-resolution patch, in pixels, at least 8 times the scale. Small pictures
    /// lower it.
    pub patch: usize,
    /// The highest learning rate.
    pub learning_rate: f64,
    /// Which weights are trained.
    pub trained: Trained,
    /// The fraction of the patches, 0 to 1, that come from generic pictures, so that the model does
    /// not forget these: see [`Recipe::replay`].
    pub replay: f64,
    /// The most that generic pictures may lose, in dB: the result is blended with the initial model
    /// until they lose no more. 100 sets no limit.
    pub forget: f64,
    /// How the low-resolution pictures are made.
    pub degradation: Degradation,
    /// Whether each picture is damaged at random instead, as pictures from the web are: see
    /// [`RandomDegradation`].
    pub random_degradation: bool,
    /// Seeds the choice of pictures and patches.
    pub seed: u64,
    /// A network other than the model's, of the same scale. It takes over the weights that fit, and
    /// learns the rest from the model's results for generic pictures too. `forget` then has no
    /// effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "NetworkConfig | undefined"))]
    pub network: Option<NetworkConfig>,
}

impl Default for FineTuningSettings {
    /// Those of [`Recipe::fine_tuning`].
    fn default() -> Self {
        let recipe = Recipe::fine_tuning();
        Self {
            steps: recipe.steps,
            batch: recipe.batch,
            patch: recipe.hr_patch,
            learning_rate: recipe.learning_rate,
            trained: recipe.trained,
            replay: recipe.replay,
            forget: recipe.forget,
            degradation: recipe.degradation,
            random_degradation: recipe.random_degradation.is_some(),
            seed: 1,
            network: None,
        }
    }
}

impl FineTuningSettings {
    /// The run that makes `name` of `model`.
    ///
    /// # Errors
    /// [`Error::Config`] if a setting is out of its range, or the network does not fit the model.
    pub fn config(&self, name: &str, model: &Model) -> Result<TrainConfig> {
        let mut config = TrainConfig::fine_tuning(name, model);
        config.seed = self.seed;
        if let Some(network) = &self.network {
            network.validate()?;
            if network.scale() != model.scale() {
                let (scale, own) = (network.scale(), model.scale());
                return Err(Error::Config(format!("the network enlarges by {scale}, but the model by {own}")));
            }
            config.network.clone_from(network);
        }
        let is_new = config.network != model.metadata.config;
        let recipe = Recipe {
            batch: self.batch,
            hr_patch: self.patch,
            learning_rate: self.learning_rate,
            trained: self.trained,
            replay: self.replay,
            // A new network has nothing to forget.
            forget: if is_new { Recipe::cosine().forget } else { self.forget },
            degradation: self.degradation,
            random_degradation: self.random_degradation.then(RandomDegradation::default),
            ..Recipe::fine_tuning_in(self.steps)
        };
        config.set_recipe(&recipe)?;
        Ok(config)
    }

    /// A worker for the gradients of [`FineTuning`]; `self` must be [`FineTuningInfo::settings`].
    ///
    /// # Errors
    /// As [`Self::config`].
    pub fn gradient_worker(&self, model: &Model) -> Result<GradientWorker> {
        let (config, device) = (self.config("", model)?, Device::flex());
        // The weights come with each part.
        let network = Network::new(&config.network, &device);
        Ok(GradientWorker::new(Trainer::new(config.recipe()?, network, &device)))
    }
}

/// The kind of data held out of training.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum HeldOutKind {
    /// Whole pictures.
    Pictures,
    /// A part of each picture.
    Parts,
}

/// Properties known before the first step.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct FineTuningInfo {
    /// The settings, with a patch that fits into the pictures. TypeScript gets the patch from here,
    /// and has the others in a form that keeps null.
    #[cfg_attr(test, ts(type = "Pick<TuneSettings, \"patch\">"))]
    pub settings: FineTuningSettings,
    /// The data held out of training to score with.
    pub held_out: HeldOutKind,
    /// The number of pictures that are held out, or of which a part is.
    pub held_out_pictures: usize,
    /// Whether enough is held out for a meaningful score.
    pub enough: bool,
    /// The score of bicubic interpolation, in dB.
    pub bicubic_psnr_y: f64,
    /// The initial model's score, in dB, if the trained network is another one.
    pub model_psnr_y: Option<f64>,
}

/// A score, as the page gets it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct FineTuningScore {
    /// Steps taken.
    pub step: u64,
    /// PSNR on Y of what is held out, in dB.
    pub psnr_y: f64,
    /// PSNR that generic pictures have lost, in dB.
    pub forgotten: f64,
}

impl From<Score> for FineTuningScore {
    fn from(Score { step, psnr_y, forgotten }: Score) -> Self {
        Self { step, psnr_y, forgotten }
    }
}

/// The result of a scoring.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Scoring {
    /// The score of this step.
    #[serde(flatten)]
    pub score: FineTuningScore,
    /// The best score so far.
    pub best: FineTuningScore,
    /// Whether the last scorings brought no gain.
    pub stalled: bool,
}

/// A fine-tuning run. For each step: [`next_step`](Self::next_step); compute part 0 with
/// [`compute_own`](Self::compute_own) and the others with [`GradientWorker`]s, whose results
/// [`accept`](Self::accept) takes; then [`apply`](Self::apply). When
/// [`is_to_be_scored`](Self::is_to_be_scored), [`score`](Self::score).
pub struct FineTuning {
    session: Session,
    device: Device,
    info: FineTuningInfo,
    /// The part of the first held-out picture that is shown, in low-resolution pixels.
    preview: Area,
    /// The initial model's result for the first held-out picture, if the network is another one.
    by_model: Option<Picture>,
    by_network: Option<Picture>,
    step: Option<SplitStep>,
}

impl FineTuning {
    /// Prepares a run on `device`, which is checked against the CPU if it is a GPU. `pictures` are
    /// those that [`gather`](super::gather) collected.
    ///
    /// # Errors
    /// [`Error::Config`] for settings, [`Error::Data`] for pictures that are missing or too small,
    /// [`Error::Device`] if the device fails its check.
    pub async fn start(
        model: &Model,
        name: &str,
        mut settings: FineTuningSettings,
        pictures: Vec<Picture>,
        replay: Vec<Picture>,
        device: Device,
    ) -> Result<Self> {
        settings.check()?;
        let scale = model.scale();
        let smallest_patch = MIN_LR_PATCH * scale;
        let divided = HeldOut::new(pictures, smallest_patch, scale, settings.seed)?;
        let (whole, enough) = (divided.whole, divided.is_enough());
        settings.patch = fitting_patch(settings.patch, divided.train.iter().chain(&replay), scale);
        let config = settings.config(name, model)?;
        let HeldOut { train, held_out, .. } = divided;
        let pictures = Pictures::assemble(train, held_out, &config.recipe()?, scale, || Ok(replay))?;

        let pairs = pictures.validation.pairs();
        let bicubic_psnr_y = mean_psnr_y(pairs.iter().map(|pair| (bicubic_of(pair), &pair.hr)), scale)?;
        let (mut model_psnr_y, mut by_model) = (None, None);
        if config.network != model.metadata.config {
            let results = pairs.iter().map(|pair| {
                let enlarged = model.enlarge_picture(&pair.lr);
                if by_model.is_none() {
                    by_model = enlarged.as_ref().ok().cloned();
                }
                (enlarged, &pair.hr)
            });
            model_psnr_y = Some(mean_psnr_y(results, scale)?);
        }
        let info = FineTuningInfo {
            settings,
            held_out: if whole { HeldOutKind::Pictures } else { HeldOutKind::Parts },
            held_out_pictures: pairs.len(),
            enough,
            bicubic_psnr_y,
            model_psnr_y,
        };
        let preview = pairs[0].hardest_square(PREVIEW_SIDE);
        let session = Session::new(config, Some(model), None, pictures, &device)?;
        let mut tuning = Self { session, device, info, preview, by_model, by_network: None, step: None };
        if tuning.is_on_gpu() {
            tuning.check_gradient().await?;
        }
        Ok(tuning)
    }

    /// Properties known before the first step.
    pub fn info(&self) -> &FineTuningInfo {
        &self.info
    }

    /// The part of the first held-out picture that is shown, in high resolution.
    pub fn original(&self) -> Picture {
        self.crop_to_preview(&self.first().hr)
    }

    /// The same part, enlarged by bicubic interpolation.
    ///
    /// # Errors
    /// As [`bicubic`].
    pub fn by_bicubic(&self) -> Result<Picture> {
        Ok(self.crop_to_preview(&bicubic_of(self.first())?))
    }

    /// The same part, enlarged by the initial model, if the trained network is another one.
    pub fn by_model(&self) -> Option<Picture> {
        self.by_model.as_ref().map(|picture| self.crop_to_preview(picture))
    }

    /// The same part, as the network enlarged it at the last scoring.
    pub fn by_network(&self) -> Option<Picture> {
        self.by_network.as_ref().map(|picture| self.crop_to_preview(picture))
    }

    /// Steps taken.
    pub fn step_count(&self) -> u64 {
        self.session.step_count()
    }

    /// Whether all steps are taken.
    pub fn is_done(&self) -> bool {
        self.step_count() >= self.session.recipe().all_steps()
    }

    /// Whether it is time to score.
    pub fn is_to_be_scored(&self) -> bool {
        self.session.is_to_be_scored() || self.is_done()
    }

    /// Begins a step, whose batch is split into up to `parts` parts.
    pub fn next_step(&mut self, parts: usize) -> &SplitStep {
        self.step.insert(SplitStep::new(&self.session.batch(), parts))
    }

    /// The step that was started.
    ///
    /// # Errors
    /// [`Error::Config`] if there is none.
    pub fn step(&self) -> Result<&SplitStep> {
        self.step.as_ref().ok_or_else(no_step)
    }

    /// The current weights, for [`GradientWorker::compute`].
    pub fn weights(&mut self) -> Vec<f32> {
        let weights = self.session.trainer().weights().clone().into_data();
        weights.try_into_vec().expect("weights are f32")
    }

    /// Computes the gradient of the first part.
    ///
    /// # Errors
    /// [`Error::Device`] if the device is lost; [`Error::Config`] if no step was begun.
    pub async fn compute_own(&mut self) -> Result<()> {
        let step = self.step.as_mut().ok_or_else(no_step)?;
        let (loss, gradient) = self.session.trainer().gradient(&step.parts()[0]);
        let loss = loss.into_scalar_async().await.map_err(|error| Error::Device(error.to_string()))?;
        step.add(0, loss, gradient);
        Ok(())
    }

    /// Takes what [`GradientWorker::compute`] made of part `index`.
    ///
    /// # Errors
    /// [`Error::Config`] if no step was begun or `values` is empty.
    pub fn accept(&mut self, index: usize, values: Vec<f32>) -> Result<()> {
        let step = self.step.as_mut().ok_or_else(no_step)?;
        let (loss, gradient) =
            loss_and_gradient(values).ok_or_else(|| Error::Config("a gradient has no values".into()))?;
        step.add(index, loss, Tensor::from_data(gradient, &self.device));
        Ok(())
    }

    /// Ends the step, which took `seconds`. Returns the loss before it.
    ///
    /// # Errors
    /// [`Error::Data`] if the loss is not finite; on a GPU, which may be lost, [`Error::Device`].
    /// The weights are then unchanged.
    pub fn apply(&mut self, seconds: f64) -> Result<f32> {
        let (loss, gradient) = self.step.take().and_then(SplitStep::finish).ok_or_else(no_step)?;
        if self.is_on_gpu() && !loss.is_finite() {
            return Err(Error::Device(format!("the loss is {loss}")));
        }
        self.session.trainer().apply(loss, gradient)?;
        self.session.add_seconds(seconds);
        Ok(loss)
    }

    /// Scores the network on what is held out, on the CPU.
    ///
    /// # Errors
    /// [`Error::Device`] if the device is lost; [`Error::Weights`] if a parameter is not finite.
    pub async fn score(&mut self) -> Result<Scoring> {
        let parameters = read(self.session.trainer().parameters()).await?;
        let mut first = None;
        let score = self.session.score_with(parameters, |_, picture| {
            first.get_or_insert_with(|| picture.clone());
        })?;
        self.by_network = first;
        let best = self.session.best_score().unwrap_or(score);
        Ok(Scoring { score: score.into(), best: best.into(), stalled: self.session.is_stalled() })
    }

    /// The best score so far.
    ///
    /// # Errors
    /// [`Error::Config`] before the first scoring.
    pub fn best(&self) -> Result<FineTuningScore> {
        let best = self.session.best_score().ok_or_else(|| Error::Config("there is no score yet".into()))?;
        Ok(best.into())
    }

    /// The weights file of the best step so far.
    ///
    /// # Errors
    /// As [`Session::model`].
    pub fn model(&self) -> Result<Vec<u8>> {
        self.session.model()
    }

    /// The whole state, for [`Self::restore`].
    ///
    /// # Errors
    /// [`Error::Device`] if the device is lost; as [`Session::checkpoint`].
    pub async fn checkpoint(&mut self) -> Result<Vec<u8>> {
        let mut state = Vec::new();
        for (name, tensor) in self.session.trainer().state() {
            state.push((name, read(tensor).await?));
        }
        self.session.checkpoint_of(state)
    }

    /// Continues from a checkpoint of the same model, pictures and settings.
    ///
    /// # Errors
    /// As [`Session::restore`].
    pub fn restore(&mut self, checkpoint: &[u8]) -> Result<()> {
        self.session.restore(checkpoint)
    }

    /// Compares the device's gradient with the CPU's, for the smallest batch.
    async fn check_gradient(&mut self) -> Result<()> {
        let recipe = self.session.recipe().clone();
        let mut reference = Trainer::new(recipe, self.session.start_network(), &Device::flex());
        let batch = self.session.batch().parts(usize::MAX).swap_remove(0);
        let expected = read(reference.gradient(&batch).1).await?;
        let computed = read(self.session.trainer().gradient(&batch).1).await?;
        agree(&expected, &computed)
    }

    fn is_on_gpu(&self) -> bool {
        self.device != Device::flex()
    }

    fn first(&self) -> &Pair {
        &self.session.validation()[0]
    }

    fn crop_to_preview(&self, picture: &Picture) -> Picture {
        picture.crop(self.preview.scaled(self.session.scale() as u32))
    }
}

/// The largest patch that is at most `wanted`, fits into each picture, and is a multiple of the
/// scale.
fn fitting_patch<'a>(wanted: usize, pictures: impl Iterator<Item = &'a Picture>, scale: usize) -> usize {
    let sides = pictures.map(|picture| picture.width.min(picture.height) as usize);
    sides.fold(wanted, usize::min) / scale * scale
}

/// Whether two gradients are the same up to rounding.
fn agree(expected: &[f32], computed: &[f32]) -> Result<()> {
    let length = |values: &mut dyn Iterator<Item = f32>| values.map(|v| f64::from(v).powi(2)).sum::<f64>().sqrt();
    let error = length(&mut expected.iter().zip(computed).map(|(a, b)| a - b)) / length(&mut expected.iter().copied());
    if error < MAX_GRADIENT_ERROR {
        return Ok(());
    }
    let percent = error * 100.0;
    Err(Error::Device(format!("the self-check failed: its gradient differs from the processor's by {percent:.1} %")))
}

fn bicubic_of(Pair { hr, lr, .. }: &Pair) -> Result<Picture> {
    bicubic(lr, hr.width, hr.height)
}

fn no_step() -> Error {
    Error::Config("no step was started, or none of its gradients arrived".into())
}

async fn read(tensor: Tensor<1>) -> Result<Vec<f32>> {
    let data = tensor.into_data_async().await.map_err(|error| Error::Device(error.to_string()))?;
    Ok(data.try_into_vec().expect("parameters are f32"))
}
