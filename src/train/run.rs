//! A training run with its files: resumable after a kill at any moment.
//!
//! The checkpoint holds the whole state and is replaced in one rename, so there is always a whole one. The model file is written after it, likewise.
//! The log is one JSON object a line; on resume the lines after the checkpoint's step are dropped, since these steps are taken again.

use std::collections::HashMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use super::config::{Recipe, TrainConfig};
use super::data::{Dataset, Pair};
use super::interpolate::interpolating;
use super::trainer::Trainer;
use super::warm_start::warm_start;
use crate::error::{Error, Result};
use crate::eval::psnr_y;
use crate::models;
use crate::network::Network;
use crate::upscale::Enlarge;
use crate::weights::{self, Metadata, Model};

/// How often the loss is logged, in steps.
const LOG_EVERY: u64 = 100;
/// How often the state is saved: at most this much work is lost by a kill.
const SAVE_EVERY: Duration = Duration::from_secs(120);
/// How often the validation pictures are enlarged.
const VALIDATE_EVERY: Duration = Duration::from_secs(900);
/// The checkpoint's metadata key.
const CHECKPOINT_KEY: &str = "splitsr-checkpoint";

/// The files of a run.
pub struct Files {
    /// The model, rewritten at every save.
    pub model: PathBuf,
    /// The whole training state.
    pub checkpoint: PathBuf,
    /// The log, JSON lines.
    pub log: PathBuf,
}

impl Files {
    /// `model`, and beside it `model.checkpoint` and `model.log.jsonl` without the extension `safetensors`.
    pub fn beside(model: &Path) -> Self {
        Self {
            model: model.to_owned(),
            checkpoint: model.with_extension("checkpoint"),
            log: model.with_extension("log.jsonl"),
        }
    }
}

/// When to stop before the recipe's last step.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    /// Stop at this step (the learning rate still follows the recipe's own number of steps).
    pub steps: Option<u64>,
    /// Stop after this time.
    pub time: Option<Duration>,
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Steps taken.
    pub step: u64,
    /// Time in training so far, over all resumed parts, in seconds.
    pub seconds: f64,
    /// Mean loss since the line before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss: Option<f64>,
    /// Learning rate of the last step.
    pub learning_rate: f64,
    /// Steps a second since the line before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps_per_second: Option<f64>,
    /// PSNR on Y of the validation pictures, dB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub psnr_y: Option<f64>,
}

#[derive(Serialize, Deserialize)]
struct CheckpointRecord {
    step: u64,
    seconds: f64,
    config: TrainConfig,
}

/// Trains until the recipe's last step, a limit, or `stop`. Calls `on_event` for every line of the log.
///
/// # Errors
/// [`Error::Config`] when resuming with another config than the checkpoint's (only the number of steps may differ), [`Error::Data`] for
/// unusable pictures or a diverged loss, [`Error::UnknownModel`] for `init` and `teacher`, [`Error::Io`], [`Error::Weights`].
#[allow(clippy::too_many_arguments)] // one call, from the command
pub fn run(
    config: &TrainConfig,
    train: &Dataset,
    validation: &Dataset,
    files: &Files,
    resume: bool,
    limits: Limits,
    stop: &AtomicBool,
    on_event: &mut dyn FnMut(&Event),
) -> Result<()> {
    let recipe = config.recipe()?;
    train.check_patch(&recipe)?;
    let mut run = Run::start(config, recipe, files, resume)?;
    let last = limits.steps.unwrap_or(u64::MAX).min(run.recipe.all_steps());
    let started = Instant::now();
    let (mut saved, mut validated) = (Instant::now(), Instant::now());
    let (mut losses, mut logged) = (Vec::new(), Instant::now());
    let out_of_time = || limits.time.is_some_and(|limit| started.elapsed() >= limit);
    while run.trainer.step_count() < last && !stop.load(Ordering::Relaxed) && !out_of_time() {
        let batch = train.batch(&run.recipe, config.seed, run.trainer.step_count());
        let timer = Instant::now();
        losses.push(f64::from(run.trainer.step(batch)?));
        run.seconds += timer.elapsed().as_secs_f64();
        if run.trainer.step_count() % LOG_EVERY == 0 {
            let count = losses.len() as f64;
            let event = Event {
                loss: Some(losses.drain(..).sum::<f64>() / count),
                steps_per_second: Some(count / logged.elapsed().as_secs_f64()),
                ..run.event()
            };
            logged = Instant::now();
            run.log(&event, on_event)?;
        }
        if saved.elapsed() >= SAVE_EVERY {
            run.save()?;
            saved = Instant::now();
        }
        if validated.elapsed() >= VALIDATE_EVERY {
            run.validate(validation, on_event)?;
            (validated, logged) = (Instant::now(), Instant::now());
        }
    }
    if run.validated != Some(run.trainer.step_count()) {
        run.validate(validation, on_event)?;
    }
    run.save()
}

struct Run<'a> {
    config: &'a TrainConfig,
    recipe: Recipe,
    files: &'a Files,
    trainer: Trainer,
    device: Device,
    seconds: f64,
    psnr_y: Option<f64>,
    /// The step after which the validation pictures were last enlarged.
    validated: Option<u64>,
    log: fs::File,
}

impl<'a> Run<'a> {
    fn start(config: &'a TrainConfig, recipe: Recipe, files: &'a Files, resume: bool) -> Result<Self> {
        let device = Device::flex();
        if !resume && files.checkpoint.exists() {
            return Err(Error::Config(format!(
                "{} exists: go on with --resume, or choose another --out",
                files.checkpoint.display()
            )));
        }
        device.seed(config.seed);
        let resumes = resume && files.checkpoint.exists();
        let network = match &config.init {
            Some(name) if !resumes => warm_start(&config.network, &models::load(name)?, &device)?,
            _ => Network::new(&config.network, &device),
        };
        let network = if recipe.interpolating { interpolating(network, &device)? } else { network };
        let mut trainer = Trainer::new(recipe.clone(), network, &device);
        if let Some(name) = &config.teacher {
            let teacher = models::load(name)?;
            if teacher.scale() != config.network.scale() {
                return Err(Error::Config(format!("the teacher {name} enlarges by {}", teacher.scale())));
            }
            trainer = trainer.with_teacher(teacher.network);
        }
        let mut seconds = 0.0;
        if resumes {
            let record = restore(&mut trainer, config, &files.checkpoint)?;
            seconds = record.seconds;
        }
        let log = reopen_log(&files.log, trainer.step_count())?;
        Ok(Self { config, recipe, files, trainer, device, seconds, psnr_y: None, validated: None, log })
    }

    fn event(&self) -> Event {
        let step = self.trainer.step_count();
        Event {
            step,
            seconds: (self.seconds * 10.0).round() / 10.0,
            loss: None,
            learning_rate: self.recipe.learning_rate_at(step.saturating_sub(1)),
            steps_per_second: None,
            psnr_y: None,
        }
    }

    fn log(&mut self, event: &Event, on_event: &mut dyn FnMut(&Event)) -> Result<()> {
        let line = serde_json::to_string(event).expect("an event is plain data");
        writeln!(self.log, "{line}").map_err(Error::io(&self.files.log))?;
        on_event(event);
        Ok(())
    }

    fn validate(&mut self, validation: &Dataset, on_event: &mut dyn FnMut(&Event)) -> Result<()> {
        let model = Model::new(self.metadata(), self.trainer.network(), &self.device)?;
        let mut sum = 0.0;
        for Pair { hr, lr, .. } in validation.pairs() {
            sum += psnr_y(&model.enlarge_picture(lr)?, hr, self.config.network.scale())?;
        }
        let psnr_y = sum / validation.pairs().len() as f64;
        (self.psnr_y, self.validated) = (Some(psnr_y), Some(self.trainer.step_count()));
        let event = Event { psnr_y: Some((psnr_y * 1e3).round() / 1e3), ..self.event() };
        self.log(&event, on_event)
    }

    fn metadata(&self) -> Metadata {
        let mut metadata = Metadata::new(&self.config.name, self.config.network.clone());
        metadata.training = serde_json::json!({
            "recipe": self.config.recipe,
            "settings": self.recipe,
            "seed": self.config.seed,
            "steps": self.trainer.step_count(),
            "hours": (self.seconds / 36.0).round() / 100.0,
        });
        for (key, value) in [("init", &self.config.init), ("teacher", &self.config.teacher)] {
            if let Some(value) = value {
                metadata.training[key] = value.as_str().into();
            }
        }
        if let Some(psnr_y) = self.psnr_y {
            metadata.scores = serde_json::json!({ "validation_psnr_y": (psnr_y * 1e3).round() / 1e3 });
        }
        metadata
    }

    fn save(&self) -> Result<()> {
        let record =
            CheckpointRecord { step: self.trainer.step_count(), seconds: self.seconds, config: self.config.clone() };
        let json = serde_json::to_string(&record).expect("a record is plain data");
        let bytes = weights::serialize(&self.trainer.state(), HashMap::from([(CHECKPOINT_KEY.to_owned(), json)]))?;
        crate::files::replace(&self.files.checkpoint, &bytes)?;
        let model = weights::to_bytes(&self.metadata(), &self.trainer.network())?;
        crate::files::replace(&self.files.model, &model)
    }
}

fn restore(trainer: &mut Trainer, config: &TrainConfig, path: &Path) -> Result<CheckpointRecord> {
    let bytes = fs::read(path).map_err(Error::io(path))?;
    let (header, state) = weights::deserialize(&bytes)?;
    let record: CheckpointRecord = header
        .get(CHECKPOINT_KEY)
        .and_then(|json| serde_json::from_str(json).ok())
        .ok_or_else(|| Error::Weights(format!("{} is not a checkpoint of a training run", path.display())))?;
    if record.config.network != config.network || record.config.seed != config.seed {
        return Err(Error::Config(format!(
            "{} is of a run with another network or seed: choose another --out",
            path.display()
        )));
    }
    trainer.restore(state, record.step)?;
    Ok(record)
}

/// Opens the log for appending, without the lines after `step`.
fn reopen_log(path: &Path, step: u64) -> Result<fs::File> {
    let old = fs::read_to_string(path).unwrap_or_default();
    let kept: String = old
        .lines()
        .filter(|line| serde_json::from_str::<Event>(line).is_ok_and(|event| step > 0 && event.step <= step))
        .flat_map(|line| [line, "\n"])
        .collect();
    crate::files::replace(path, kept.as_bytes())?;
    fs::OpenOptions::new().append(true).open(path).map_err(Error::io(path))
}
