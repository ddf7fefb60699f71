//! A network in training with its pictures: what a run is without its files. The command and the page share it.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};
use serde::{Deserialize, Serialize};

use super::config::{Recipe, TrainConfig};
use super::data::{Batch, Dataset, Pair};
use super::generic::Generic;
use super::interpolate::interpolating;
use super::parameters::{flatten, unflatten};
use super::trainer::Trainer;
use super::warm_start::warm_start;
use crate::error::{Error, Result};
use crate::eval::psnr_y;
use crate::image::Picture;
use crate::network::Network;
use crate::upscale::{Enlarge, auto_halo};
use crate::weights::{self, Metadata, Model, NamedTensors};

/// The checkpoint's metadata key.
const CHECKPOINT_KEY: &str = "splitsr-checkpoint";
/// The checkpoint's name for the parameters that scored best.
const BEST: &str = "best";
/// So many scorings in a row that bring nothing mean that it has stopped getting better.
const STALLED_AFTER: u32 = 8;
/// The part of what was learnt that is tried in turn, until no more is forgotten than the recipe allows.
const BLENDS: [f32; 8] = [1.0, 0.85, 0.7, 0.55, 0.4, 0.3, 0.2, 0.0];
/// Of so many held-out pictures is measured what halo the model's tiles need.
const MEASURED: usize = 4;
/// What a scoring must bring to count, in dB.
const GAIN: f64 = 0.005;

/// The pictures of a run.
#[derive(Clone)]
pub struct Pictures {
    /// To train with.
    pub train: Arc<Dataset>,
    /// To score with.
    pub validation: Arc<Dataset>,
    /// Generic pictures that have a part in each batch where the recipe says so ([`Recipe::replay`]): what the model that it begins with makes of
    /// them is not to be forgotten.
    pub generic: Vec<Picture>,
}

impl Pictures {
    /// Without generic pictures.
    pub fn new(train: Dataset, validation: Dataset) -> Self {
        Self { train: Arc::new(train), validation: Arc::new(validation), generic: Vec::new() }
    }
}

/// A step and what it scored.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Steps taken.
    pub step: u64,
    /// PSNR on Y of the validation pictures, a mean of dB.
    pub psnr_y: f64,
    /// What generic pictures have lost, in dB.
    #[serde(default)]
    pub forgotten: f64,
}

/// See the module.
pub struct Session {
    config: TrainConfig,
    recipe: Recipe,
    pictures: Pictures,
    generic: Option<Generic>,
    /// The parameters that it begins with.
    start: Vec<f32>,
    /// The place in [`BLENDS`] of the last score.
    blend: usize,
    /// A network on the CPU, for scoring.
    scored: Network,
    trainer: Trainer,
    seconds: f64,
    last: Option<Score>,
    best: Option<(Score, Vec<f32>)>,
    /// Scorings since the best that brought nothing.
    idle: u32,
    /// The halo that the model that it begins with has for `auto` tiles, if it is of the same network.
    start_halo: Option<usize>,
}

#[derive(Serialize, Deserialize)]
struct CheckpointRecord {
    step: u64,
    seconds: f64,
    config: TrainConfig,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    best: Option<Score>,
    #[serde(default)]
    blend: usize,
    #[serde(default)]
    idle: u32,
}

impl Session {
    /// Starts on `device`, from `init`'s weights as far as they fit, or from random ones. The network is made by the processor.
    ///
    /// # Errors
    /// [`Error::Config`] if the config or a model does not fit, [`Error::Data`] if a picture is too small.
    pub fn new(
        config: TrainConfig,
        init: Option<&Model>,
        teacher: Option<Model>,
        pictures: Pictures,
        device: &Device,
    ) -> Result<Self> {
        let recipe = config.recipe()?;
        pictures.train.check_patch(&recipe)?;
        let generic = if recipe.needs_generic() {
            let model = init.ok_or_else(|| Error::Config("replay and forget need a model to begin with".into()))?;
            let generic = Generic::new(&pictures.generic, model)?;
            generic.replay.check_patch(&recipe)?;
            Some(generic)
        } else {
            None
        };
        let start_halo =
            init.filter(|model| model.metadata.config == config.network).and_then(|model| model.metadata.auto_halo);
        let cpu = Device::flex();
        cpu.seed(config.seed);
        let network = match init {
            Some(model) => warm_start(&config.network, model, &cpu)?,
            None => Network::new(&config.network, &cpu),
        };
        let network = if recipe.interpolating { interpolating(network, &cpu)? } else { network };
        let (scored, start) = (network.clone(), read(flatten(&network)));
        use burn::module::Module;
        let mut trainer = Trainer::new(recipe.clone(), network.to_device(device), device);
        if let Some(teacher) = teacher {
            if teacher.scale() != config.network.scale() {
                return Err(Error::Config(format!(
                    "the teacher {} enlarges by {}",
                    teacher.metadata.name,
                    teacher.scale()
                )));
            }
            trainer = trainer.with_teacher(teacher.network.to_device(device));
        }
        Ok(Self {
            config,
            recipe,
            pictures,
            generic,
            start,
            blend: 0,
            scored,
            trainer,
            seconds: 0.0,
            last: None,
            best: None,
            idle: 0,
            start_halo,
        })
    }

    /// The recipe.
    pub fn recipe(&self) -> &Recipe {
        &self.recipe
    }

    /// How much the network enlarges.
    pub fn scale(&self) -> usize {
        self.config.network.scale()
    }

    /// What is trained.
    pub fn trainer(&mut self) -> &mut Trainer {
        &mut self.trainer
    }

    /// Steps taken.
    pub fn step_count(&self) -> u64 {
        self.trainer.step_count()
    }

    /// Time in training so far, over all resumed parts, in seconds.
    pub fn seconds(&self) -> f64 {
        self.seconds
    }

    /// Counts time in training.
    pub fn add_seconds(&mut self, seconds: f64) {
        self.seconds += seconds;
    }

    /// The pictures to score with.
    pub fn validation(&self) -> &[Pair] {
        self.pictures.validation.pairs()
    }

    /// The patches of the next step, fixed by the seed and the number of steps taken.
    pub fn batch(&self) -> Batch {
        let (recipe, seed, step) = (&self.recipe, self.config.seed, self.step_count());
        let (count, _) = recipe.patches_at(step);
        let replayed = (count as f64 * recipe.replay).round() as usize;
        let mut batch = self.pictures.train.batch(recipe, count - replayed, seed, step);
        if let Some(generic) = self.generic.as_ref().filter(|_| replayed > 0) {
            // By other numbers than the places in the training pictures.
            batch.append(generic.replay.batch(recipe, replayed, !seed, step));
        }
        batch
    }

    /// One step. Returns the loss before it.
    ///
    /// # Errors
    /// As [`Trainer::step`].
    pub fn step(&mut self) -> Result<f32> {
        self.trainer.step(&self.batch())
    }

    /// Whether the recipe wants a scoring now.
    pub fn is_to_be_scored(&self) -> bool {
        self.recipe.score_every.is_some_and(|every| self.step_count().is_multiple_of(every))
    }

    /// Enlarges the validation pictures, on the CPU.
    ///
    /// # Errors
    /// [`Error::Weights`] if a parameter is not finite.
    pub fn score(&mut self) -> Result<Score> {
        let parameters = read(self.trainer.parameters());
        self.score_with(parameters, |_, _| ())
    }

    /// [`Self::score`] with parameters that were read from the trainer already; `on_picture` is given each picture's place and what
    /// became of it.
    ///
    /// # Errors
    /// As [`Self::score`].
    pub fn score_with(&mut self, parameters: Vec<f32>, mut on_picture: impl FnMut(usize, &Picture)) -> Result<Score> {
        let (parameters, model, forgotten) = self.blended(parameters)?;
        let pairs = self.pictures.validation.pairs();
        let mut sum = 0.0;
        for (place, Pair { hr, lr, .. }) in pairs.iter().enumerate() {
            let enlarged = model.enlarge_picture(lr)?;
            sum += bounded_psnr_y(&enlarged, hr, self.config.network.scale())?;
            on_picture(place, &enlarged);
        }
        let score = Score { step: self.step_count(), psnr_y: sum / pairs.len() as f64, forgotten };
        self.last = Some(score);
        if self.best.as_ref().is_none_or(|(best, _)| score.psnr_y > best.psnr_y) {
            let gained = self.best.as_ref().is_none_or(|(best, _)| score.psnr_y > best.psnr_y + GAIN);
            self.idle = if gained { 0 } else { self.idle + 1 };
            self.best = Some((score, parameters));
        } else {
            self.idle += 1;
        }
        Ok(score)
    }

    /// Blends parameters with those that it began with as far as it takes to forget no more than the recipe allows.
    fn blended(&mut self, parameters: Vec<f32>) -> Result<(Vec<f32>, Model, f64)> {
        let model = |parameters: &[f32]| Model::new(self.metadata(), self.network(parameters), &Device::flex());
        let Some(generic) = &self.generic else {
            let model = model(&parameters)?;
            return Ok((parameters, model, 0.0));
        };
        // What was too much at the last scoring may do now, but not much more.
        for (place, &part) in BLENDS.iter().enumerate().skip(self.blend.saturating_sub(1)) {
            let mix = |(&new, &start): (&f32, &f32)| start + part * (new - start);
            let blended: Vec<f32> =
                if part == 1.0 { parameters.clone() } else { parameters.iter().zip(&self.start).map(mix).collect() };
            let model = model(&blended)?;
            let forgotten = generic.forgotten(&model)?;
            if forgotten <= self.recipe.forget || place + 1 == BLENDS.len() {
                self.blend = place;
                return Ok((blended, model, forgotten));
            }
        }
        unreachable!("the last blend is taken")
    }

    /// The last score.
    pub fn last_score(&self) -> Option<Score> {
        self.last
    }

    /// The best score, which is of the model that is saved where the recipe scores every few steps.
    pub fn best_score(&self) -> Option<Score> {
        self.best.as_ref().map(|(score, _)| *score)
    }

    /// Whether the last scorings brought nothing.
    pub fn is_stalled(&self) -> bool {
        self.idle >= STALLED_AFTER
    }

    /// The model's file: of the best step where the recipe scores every few steps, else of the last. The former is used as it is, so the halo that
    /// its tiles need is measured.
    ///
    /// # Errors
    /// [`Error::Weights`] if a parameter is not finite.
    pub fn model(&self) -> Result<Vec<u8>> {
        let Some((_, parameters)) = self.best.as_ref().filter(|_| self.recipe.score_every.is_some()) else {
            return weights::to_bytes(&self.metadata(), &self.network(&read(self.trainer.parameters())));
        };
        let mut model = Model::new(self.metadata(), self.network(parameters), &Device::flex())?;
        let few: Vec<Picture> = self.validation().iter().take(MEASURED).map(|pair| pair.lr.clone()).collect();
        // Of few and small pictures: so no less than the model had before.
        model.metadata.auto_halo = auto_halo(&model, &few)?.map(|halo| halo.max(self.start_halo.unwrap_or(0)));
        weights::to_bytes(&model.metadata, &model.network)
    }

    /// The network that it begins with, on the CPU.
    pub fn start_network(&self) -> Network {
        self.network(&self.start)
    }

    fn network(&self, parameters: &[f32]) -> Network {
        let data = TensorData::new(parameters.to_vec(), [parameters.len()]);
        unflatten(self.scored.clone(), &Tensor::from_data(data, &Device::flex()))
    }

    fn metadata(&self) -> Metadata {
        let mut metadata = Metadata::new(&self.config.name, self.config.network.clone());
        metadata.training = serde_json::json!({
            "recipe": self.config.recipe,
            "settings": self.recipe,
            "seed": self.config.seed,
            "steps": self.step_count(),
            "hours": (self.seconds / 36.0).round() / 100.0,
        });
        for (key, value) in [("init", &self.config.init), ("teacher", &self.config.teacher)] {
            // Of a file the name: where it was on this machine is nobody's business.
            if let Some(name) = value.as_deref().and_then(|value| Path::new(value).file_name()) {
                metadata.training[key] = name.to_string_lossy().into();
            }
        }
        let best = self.best_score().filter(|_| self.recipe.score_every.is_some());
        if let Some(best) = best {
            metadata.training["best_step"] = best.step.into();
            if self.generic.is_some() {
                metadata.training["forgotten"] = ((best.forgotten * 1e3).round() / 1e3).into();
            }
        }
        if let Some(Score { psnr_y, .. }) = best.or(self.last) {
            metadata.scores = serde_json::json!({ "validation_psnr_y": (psnr_y * 1e3).round() / 1e3 });
        }
        metadata
    }

    /// All of the state, as a file for [`Self::restore`].
    ///
    /// # Errors
    /// [`Error::Weights`] if it cannot be written.
    pub fn checkpoint(&self) -> Result<Vec<u8>> {
        let state = self.trainer.state().into_iter().map(|(name, tensor)| (name, read(tensor)));
        self.checkpoint_of(state.collect())
    }

    /// [`Self::checkpoint`] with the trainer's state, read already.
    ///
    /// # Errors
    /// As [`Self::checkpoint`].
    pub fn checkpoint_of(&self, state: Vec<(&str, Vec<f32>)>) -> Result<Vec<u8>> {
        let record = CheckpointRecord {
            step: self.step_count(),
            seconds: self.seconds,
            config: self.config.clone(),
            best: self.best_score(),
            blend: self.blend,
            idle: self.idle,
        };
        let json = serde_json::to_string(&record).expect("a record is plain data");
        let named = |(name, values): (&str, Vec<f32>)| (name.to_owned(), (vec![values.len()], values));
        let mut tensors: NamedTensors = state.into_iter().map(named).collect();
        if let Some((_, parameters)) = &self.best {
            tensors.extend([named((BEST, parameters.clone()))]);
        }
        weights::serialize(&tensors, HashMap::from([(CHECKPOINT_KEY.to_owned(), json)]))
    }

    /// Goes on from a checkpoint. The next step is bit for bit the one that would have come then.
    ///
    /// # Errors
    /// [`Error::Weights`] if the file is no checkpoint, [`Error::Config`] if it is of another run: only the name and the number of steps, with what
    /// follows it, may differ.
    pub fn restore(&mut self, bytes: &[u8]) -> Result<()> {
        let (header, mut state) = weights::deserialize(bytes)?;
        let record: CheckpointRecord = header
            .get(CHECKPOINT_KEY)
            .and_then(|json| serde_json::from_str(json).ok())
            .ok_or_else(|| Error::Weights("it is not a checkpoint of a training run".into()))?;
        let same = |a: &TrainConfig, b: &TrainConfig| a.network == b.network && a.seed == b.seed && a.init == b.init;
        if !same(&record.config, &self.config) || !alike(&record.config.recipe()?, &self.recipe) {
            return Err(Error::Config("it is of a run with another network, seed, start or recipe".into()));
        }
        let best = state.remove(BEST).map(|(_, parameters)| parameters);
        self.trainer.restore(state, record.step)?;
        self.seconds = record.seconds;
        self.best = record.best.zip(best);
        self.blend = record.blend.min(BLENDS.len() - 1);
        self.idle = record.idle;
        Ok(())
    }
}

/// PSNR on luma in dB, and 100 dB where there is no difference, as in flat pictures: means, comparisons and JSON have no use for infinity.
///
/// # Errors
/// As [`psnr_y`].
pub fn bounded_psnr_y(a: &Picture, b: &Picture, border: usize) -> Result<f64> {
    Ok(psnr_y(a, b, border)?.min(100.0))
}

/// Whether two recipes are the same but for their steps, and what depends on them.
fn alike(a: &Recipe, b: &Recipe) -> bool {
    let Recipe { steps, schedule, score_every, finish, .. } = *b;
    Recipe { steps, schedule, score_every, finish, ..a.clone() } == *b
}

fn read(tensor: Tensor<1>) -> Vec<f32> {
    tensor.into_data().try_into_vec().expect("parameters are f32")
}
