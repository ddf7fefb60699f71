//! A training run without its files: the network, its pictures and its scores. The command and the
//! page share it.

use std::collections::HashMap;
use std::path::Path;
use std::sync::OnceLock;

use burn::tensor::{Device, Tensor, TensorData};
use serde::{Deserialize, Serialize};

use super::bilinear_init::bilinear_init;
use super::config::TrainConfig;
use super::data::{Batch, Pair};
use super::elastic::Elastic;
use super::parameters::{flatten, read, unflatten};
use super::pictures::Pictures;
use super::recipe::Recipe;
use super::replay_set::ReplaySet;
use super::trainer::Trainer;
use super::warm_start::warm_start;
use crate::error::{Error, Result};
use crate::eval::mean_psnr_y;
use crate::image::Picture;
use crate::model::Model;
use crate::network::Network;
use crate::upscale::{Enlarge, auto_halo};
use crate::weights::{self, Metadata, NamedTensors};

/// The checkpoint's metadata key.
const CHECKPOINT_KEY: &str = "splitsr-checkpoint";
/// The checkpoint's name for the parameters with the best score.
const BEST: &str = "best";
/// Scorings in a row without a gain after which a run counts as stalled.
const STALLED_AFTER: u32 = 8;
/// The weights of the trained parameters that are tried in turn when they are blended with the
/// initial ones, until the network forgets no more than the recipe allows.
const BLENDS: [f32; 8] = [1.0, 0.85, 0.7, 0.55, 0.4, 0.3, 0.2, 0.0];
/// The number of held-out pictures with which the halo of the model's tiles is measured.
const HALO_PICTURES: usize = 4;
/// The smallest increase of a score that counts as a gain, in dB.
const MIN_GAIN: f64 = 0.005;

/// The score of a step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Steps taken.
    pub step: u64,
    /// PSNR on Y, the mean over the validation pictures, in dB.
    pub psnr_y: f64,
    /// How much lower the replay set scores than at the start, in dB.
    #[serde(default)]
    pub forgotten: f64,
}

/// A training run in memory.
pub struct Session {
    config: TrainConfig,
    recipe: Recipe,
    pictures: Pictures,
    replay: Option<ReplaySet>,
    /// The initial parameters.
    start: Vec<f32>,
    /// The index in [`BLENDS`] of the last score.
    blend: usize,
    /// A network on the CPU, for scoring.
    scored: Network,
    trainer: Trainer,
    seconds: f64,
    last: Option<Score>,
    best: Option<Best>,
    /// Scorings since the last gain.
    idle: u32,
    /// The initial model's halo for `auto` tiles, if it has the same network.
    start_halo: Option<usize>,
}

/// The step with the best score.
struct Best {
    score: Score,
    /// Empty unless the recipe sets `score_every`: otherwise the model is that of the last step.
    parameters: Vec<f32>,
    /// The halo of `auto` tiles, once it was measured: every save needs it.
    halo: OnceLock<Option<usize>>,
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
    /// Starts on `device`, from the weights of `init` where they fit, otherwise from random ones.
    ///
    /// # Errors
    /// [`Error::Config`] if the config or a model does not fit, [`Error::Data`] if a picture is too
    /// small.
    pub fn new(
        config: TrainConfig,
        init: Option<&Model>,
        teacher: Option<Model>,
        pictures: Pictures,
        device: &Device,
    ) -> Result<Self> {
        if config.elastic {
            return Err(Error::Config("only splitsr train trains an elastic network".into()));
        }
        let recipe = config.recipe()?;
        pictures.train.check_patch(&recipe)?;
        let replay = if recipe.needs_replay_set() {
            let model =
                init.ok_or_else(|| Error::Config("replay and forget need an initial model: set init".into()))?;
            let replay = ReplaySet::new(&pictures.replay, model)?;
            replay.train.check_patch(&recipe)?;
            Some(replay)
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
        let network = if recipe.bilinear_init { bilinear_init(network, &cpu)? } else { network };
        let (scored, start) = (network.clone(), read(flatten(&network)));
        use burn::module::Module;
        let mut trainer = Trainer::new(recipe.clone(), network.to_device(device), device);
        if let Some(teacher) = teacher {
            if teacher.scale() != config.network.scale() {
                let (name, scale, own) = (&teacher.metadata.name, teacher.scale(), config.network.scale());
                return Err(Error::Config(format!("the teacher {name} enlarges by {scale}, but the network by {own}")));
            }
            trainer = trainer.with_teacher(teacher.network.to_device(device));
        }
        Ok(Self { replay, start_halo, ..Self::started(config, recipe, pictures, scored, start, trainer) })
    }

    fn started(
        config: TrainConfig,
        recipe: Recipe,
        pictures: Pictures,
        scored: Network,
        start: Vec<f32>,
        trainer: Trainer,
    ) -> Self {
        Self {
            config,
            recipe,
            pictures,
            replay: None,
            start,
            blend: 0,
            scored,
            trainer,
            seconds: 0.0,
            last: None,
            best: None,
            idle: 0,
            start_halo: None,
        }
    }

    /// Starts the training of an elastic network on the CPU, but not in a page. `init` is a weights
    /// file, elastic or plain.
    ///
    /// # Errors
    /// As [`Self::new`], and [`Error::Weights`] if `init` cannot be read.
    pub fn elastic(config: TrainConfig, init: Option<&[u8]>, pictures: Pictures) -> Result<Self> {
        if !config.elastic || cfg!(target_arch = "wasm32") {
            return Err(Error::Config("this run does not train an elastic network".into()));
        }
        let recipe = config.recipe()?;
        pictures.train.check_patch(&recipe)?;
        let device = Device::flex();
        device.seed(config.seed);
        let (elastic, start) = Elastic::start(&config, init, &device)?;
        let scored = elastic.own(&start, &device);
        let trainer = Trainer::elastic(recipe.clone(), elastic, &start, &device);
        Ok(Self::started(config, recipe, pictures, scored, start, trainer))
    }

    /// The recipe.
    pub fn recipe(&self) -> &Recipe {
        &self.recipe
    }

    /// How much the network enlarges.
    pub fn scale(&self) -> usize {
        self.config.network.scale()
    }

    /// The trainer.
    pub fn trainer(&mut self) -> &mut Trainer {
        &mut self.trainer
    }

    /// Steps taken.
    pub fn step_count(&self) -> u64 {
        self.trainer.step_count()
    }

    /// The time spent in training steps, over all resumed parts, in seconds.
    pub fn seconds(&self) -> f64 {
        self.seconds
    }

    /// Adds to the time spent in training steps.
    pub fn add_seconds(&mut self, seconds: f64) {
        self.seconds += seconds;
    }

    /// The validation pictures.
    pub fn validation(&self) -> &[Pair] {
        self.pictures.validation.pairs()
    }

    /// The patches of the next step. The seed and the step number determine them.
    pub fn batch(&self) -> Batch {
        let (recipe, seed, step) = (&self.recipe, self.config.seed, self.step_count());
        let (count, _) = recipe.patches_at(step);
        let replayed = recipe.replayed_at(step);
        let mut batch = self.pictures.train.batch(recipe, count - replayed, seed, step);
        if let Some(replay) = self.replay.as_ref().filter(|_| replayed > 0) {
            // Another seed, so that the positions are independent of those in the training
            // pictures.
            batch.append(replay.train.batch(recipe, replayed, !seed, step));
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

    /// Whether the recipe calls for scoring at this step.
    pub fn is_to_be_scored(&self) -> bool {
        self.recipe.score_every.is_some_and(|every| self.step_count().is_multiple_of(every))
    }

    /// Scores the network on the validation pictures, on the CPU.
    ///
    /// # Errors
    /// [`Error::Weights`] if a parameter is not finite.
    pub fn score(&mut self) -> Result<Score> {
        let parameters = read(self.trainer.parameters());
        self.score_with(parameters, |_, _| ())
    }

    /// [`Self::score`] with parameters that were read from the trainer before. `on_picture` gets
    /// the index and the enlarged version of each validation picture.
    ///
    /// # Errors
    /// As [`Self::score`].
    pub fn score_with(&mut self, parameters: Vec<f32>, mut on_picture: impl FnMut(usize, &Picture)) -> Result<Score> {
        let (parameters, model, forgotten) = self.blended(parameters)?;
        let pairs = self.pictures.validation.pairs();
        let results = pairs.iter().enumerate().map(|(index, pair)| {
            let enlarged = model.enlarge_picture(&pair.lr);
            enlarged.iter().for_each(|enlarged| on_picture(index, enlarged));
            (enlarged, &pair.hr)
        });
        let psnr_y = mean_psnr_y(results, self.scale())?;
        let score = Score { step: self.step_count(), psnr_y, forgotten };
        self.last = Some(score);
        let best = self.best_score();
        if best.is_none_or(|best| score.psnr_y > best.psnr_y) {
            let gained = best.is_none_or(|best| score.psnr_y > best.psnr_y + MIN_GAIN);
            self.idle = if gained { 0 } else { self.idle + 1 };
            let parameters = if self.keeps_best() { parameters } else { Vec::new() };
            self.best = Some(Best { score, parameters, halo: OnceLock::new() });
        } else {
            self.idle += 1;
        }
        Ok(score)
    }

    /// Blends the parameters with the initial ones until the network forgets no more than the
    /// recipe allows.
    fn blended(&mut self, parameters: Vec<f32>) -> Result<(Vec<f32>, Model, f64)> {
        let model = |parameters: &[f32]| Model::new(self.metadata(), self.network(parameters), &Device::flex());
        let Some(replay) = &self.replay else {
            let model = model(&parameters)?;
            return Ok((parameters, model, 0.0));
        };
        // The allowed blend changes slowly: try one step more than last time, not all of them.
        for (place, &part) in BLENDS.iter().enumerate().skip(self.blend.saturating_sub(1)) {
            let mix = |(&new, &start): (&f32, &f32)| start + part * (new - start);
            let blended: Vec<f32> =
                if part == 1.0 { parameters.clone() } else { parameters.iter().zip(&self.start).map(mix).collect() };
            let model = model(&blended)?;
            let forgotten = replay.forgotten(&model)?;
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

    /// The best score. It belongs to the saved model if the recipe sets `score_every`.
    pub fn best_score(&self) -> Option<Score> {
        self.best.as_ref().map(|best| best.score)
    }

    /// Whether the model is that of the best step, not that of the last one.
    fn keeps_best(&self) -> bool {
        self.recipe.score_every.is_some()
    }

    /// Whether the last scorings brought no gain.
    pub fn is_stalled(&self) -> bool {
        self.idle >= STALLED_AFTER
    }

    /// The model's file: of the best step if the recipe sets `score_every`, otherwise of the last
    /// step. The best one is meant for use right away, so its halo is measured.
    ///
    /// # Errors
    /// [`Error::Weights`] if a parameter is not finite.
    pub fn model(&self) -> Result<Vec<u8>> {
        let Some(best) = self.best.as_ref().filter(|_| self.keeps_best()) else {
            return self.file(self.metadata(), &read(self.trainer.parameters()));
        };
        if self.trainer.elastic_network().is_some() {
            // A halo would have to suit all its networks: `splitsr measure` finds one.
            return self.file(self.metadata(), &best.parameters);
        }
        let mut model = Model::new(self.metadata(), self.network(&best.parameters), &Device::flex())?;
        let halo = match best.halo.get() {
            Some(halo) => *halo,
            None => {
                let few = self.validation().iter().take(HALO_PICTURES);
                let measured = auto_halo(&model, &few.map(|pair| pair.lr.clone()).collect::<Vec<_>>())?;
                *best.halo.get_or_init(|| measured)
            }
        };
        // Few and small pictures may need too small a halo, so the initial model's is the minimum.
        model.metadata.auto_halo = halo.map(|halo| halo.max(self.start_halo.unwrap_or(0)));
        weights::to_bytes(&model.metadata, &model.network)
    }

    fn file(&self, metadata: Metadata, parameters: &[f32]) -> Result<Vec<u8>> {
        match self.trainer.elastic_network() {
            Some(elastic) => elastic.file(metadata, parameters),
            None => weights::to_bytes(&metadata, &self.network(parameters)),
        }
    }

    /// The initial network, on the CPU.
    pub fn start_network(&self) -> Network {
        self.network(&self.start)
    }

    fn network(&self, parameters: &[f32]) -> Network {
        if let Some(elastic) = self.trainer.elastic_network() {
            return elastic.own(parameters, &Device::flex());
        }
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
            // The name of the file only: its folder is private.
            if let Some(name) = value.as_deref().and_then(|value| Path::new(value).file_name()) {
                metadata.training[key] = name.to_string_lossy().into();
            }
        }
        let best = self.best_score().filter(|_| self.keeps_best());
        if let Some(best) = best {
            metadata.training["best_step"] = best.step.into();
            if self.replay.is_some() {
                metadata.training["forgotten"] = ((best.forgotten * 1e3).round() / 1e3).into();
            }
        }
        if let Some(Score { psnr_y, .. }) = best.or(self.last) {
            metadata.scores = serde_json::json!({ "validation_psnr_y": (psnr_y * 1e3).round() / 1e3 });
        }
        metadata
    }

    /// The whole state, as a file for [`Self::restore`].
    ///
    /// # Errors
    /// [`Error::Weights`] if it cannot be written.
    pub fn checkpoint(&self) -> Result<Vec<u8>> {
        let state = self.trainer.state().into_iter().map(|(name, tensor)| (name, read(tensor)));
        self.checkpoint_of(state.collect())
    }

    /// [`Self::checkpoint`] with a state that was read from the trainer before.
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
        if let Some(best) = self.best.as_ref().filter(|_| self.keeps_best()) {
            tensors.extend([named((BEST, best.parameters.clone()))]);
        }
        weights::serialize(&tensors, HashMap::from([(CHECKPOINT_KEY.to_owned(), json)]))
    }

    /// Continues from a checkpoint. The next step is bit for bit the one that would have followed.
    ///
    /// # Errors
    /// [`Error::Weights`] if the file is damaged or not a checkpoint, [`Error::Config`] if it
    /// belongs to another run: only the name, the steps, and what depends on them may differ. The
    /// state is then unchanged.
    pub fn restore(&mut self, bytes: &[u8]) -> Result<()> {
        let (header, mut state) = weights::deserialize(bytes)?;
        let record: CheckpointRecord = header
            .get(CHECKPOINT_KEY)
            .and_then(|json| serde_json::from_str(json).ok())
            .ok_or_else(|| Error::Weights("this is not a checkpoint of a training run".into()))?;
        let same = |a: &TrainConfig, b: &TrainConfig| {
            (&a.network, a.elastic, a.seed, &a.init, &a.teacher) == (&b.network, b.elastic, b.seed, &b.init, &b.teacher)
        };
        if !same(&record.config, &self.config) || !alike(&record.config.recipe()?, &self.recipe) {
            let why = "this checkpoint has a different network, seed, start, teacher or recipe";
            return Err(Error::Config(why.into()));
        }
        let best = state.remove(BEST).map(|(_, parameters)| parameters);
        let is_whole = best.as_ref().is_none_or(|best| best.len() == self.start.len());
        if !is_whole || record.step > u64::from(u32::MAX) || record.seconds < 0.0 {
            return Err(Error::Weights("the checkpoint is damaged: its parts do not match".into()));
        }
        self.trainer.restore(state, record.step)?;
        self.seconds = record.seconds;
        let best = if self.keeps_best() { best } else { Some(Vec::new()) };
        self.best = record.best.zip(best).map(|(score, parameters)| Best { score, parameters, halo: OnceLock::new() });
        self.blend = record.blend.min(BLENDS.len() - 1);
        self.idle = record.idle;
        Ok(())
    }
}

/// Whether two recipes are the same except for the steps, and what depends on them.
fn alike(a: &Recipe, b: &Recipe) -> bool {
    let Recipe { steps, schedule, score_every, second_stage, .. } = *b;
    Recipe { steps, schedule, score_every, second_stage, ..a.clone() } == *b
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checkpoints that were written under the old names of recipe fields can still be resumed.
    #[test]
    fn the_recipes_of_our_checkpoints_are_understood() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/studies");
        let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let paths: Vec<_> = paths.filter(|path| path.extension().is_some_and(|end| end == "checkpoint")).collect();
        assert!(!paths.is_empty());
        for path in paths {
            let (header, state) = weights::deserialize(&std::fs::read(&path).unwrap()).unwrap();
            let record: CheckpointRecord = serde_json::from_str(&header[CHECKPOINT_KEY]).unwrap();
            let recipe = record.config.recipe().unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            assert!(record.step > 0 && recipe.all_steps() >= record.step, "{}", path.display());
            assert!(state.contains_key("weights"));
        }
    }
}
