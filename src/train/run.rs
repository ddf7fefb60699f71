//! A training run with its files. It can be resumed after a kill at any time.
//!
//! The checkpoint holds the whole state and is replaced in one rename, so it is never half-written.
//! The model file is written after it in the same way. The log has one JSON object per line; on
//! resume, the lines after the checkpoint's step are dropped, since these steps are taken again.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use super::config::TrainConfig;
use super::pictures::Pictures;
use super::session::Session;
use crate::error::{Error, Result};
use crate::models;

/// Steps between two log entries of the loss.
const LOG_EVERY: u64 = 100;
/// Time between two saves: a kill loses at most this much work.
const SAVE_EVERY: Duration = Duration::from_secs(120);
/// Time between two scorings, unless the recipe sets `score_every`.
const SCORE_EVERY: Duration = Duration::from_secs(900);
/// A step that takes this many times as long as usual, and at least `PAUSE_SECONDS`, was paused.
/// A second stage with patches of three times the side has steps nine times as long.
const PAUSE_TIMES: f64 = 20.0;
const PAUSE_SECONDS: f64 = 10.0;

/// The files of a run.
pub struct Files {
    /// The model, which is rewritten at every save.
    pub model: PathBuf,
    /// The whole training state.
    pub checkpoint: PathBuf,
    /// The log, JSON lines.
    pub log: PathBuf,
}

impl Files {
    /// `NAME.safetensors`, `NAME.checkpoint` and `NAME.log.jsonl` in the folder of `model`.
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
    /// Stop at this step. The learning rate still follows the recipe's number of steps.
    pub steps: Option<u64>,
    /// Stop after this time.
    pub time: Option<Duration>,
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Steps taken.
    pub step: u64,
    /// The time spent in training steps, over all resumed parts, in seconds.
    pub seconds: f64,
    /// The mean loss since the previous line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss: Option<f64>,
    /// The learning rate of the last step.
    pub learning_rate: f64,
    /// Steps per second since the previous line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps_per_second: Option<f64>,
    /// PSNR on Y of the validation pictures, dB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub psnr_y: Option<f64>,
}

/// Trains until the recipe's last step, a limit or `stop`. Calls `on_event` for every line of the
/// log.
///
/// # Errors
/// [`Error::Config`] when resuming with another config than the checkpoint's (only the number of
/// steps may differ) or when the run would replace another model, [`Error::Data`] for unusable
/// pictures or a diverged loss, [`Error::UnknownModel`] for `init` and `teacher`, [`Error::Io`],
/// [`Error::Weights`].
pub fn run(
    config: &TrainConfig,
    pictures: &Pictures,
    files: &Files,
    resume: bool,
    limits: Limits,
    stop: &AtomicBool,
    on_event: &mut dyn FnMut(&Event),
) -> Result<()> {
    let mut run = Run::start(config, pictures, files, resume)?;
    let session = &run.session;
    let last = limits.steps.unwrap_or(u64::MAX).min(session.recipe().all_steps());
    let by_step = session.recipe().score_every.is_some();
    if by_step && session.step_count() == 0 {
        run.score(on_event)?;
    }
    let started = Instant::now();
    let (mut saved, mut scored) = (Instant::now(), Instant::now());
    let (mut losses, mut logged) = (Vec::new(), run.session.seconds());
    let mut clock = StepClock::default();
    let out_of_time = || limits.time.is_some_and(|limit| started.elapsed() >= limit);
    while run.session.step_count() < last && !stop.load(Ordering::Relaxed) && !out_of_time() {
        let batch = run.session.batch();
        let timer = Instant::now();
        losses.push(f64::from(run.session.trainer().step(&batch)?));
        run.session.add_seconds(clock.counted(timer.elapsed().as_secs_f64()));
        if run.session.step_count() % LOG_EVERY == 0 {
            logged = run.log_losses(&mut losses, logged, on_event)?;
        }
        if saved.elapsed() >= SAVE_EVERY {
            run.save()?;
            saved = Instant::now();
        }
        if run.session.is_to_be_scored() || !by_step && scored.elapsed() >= SCORE_EVERY {
            run.score(on_event)?;
            scored = Instant::now();
        }
    }
    // First of all: scoring may take longer than whoever stopped the run waits.
    run.save()?;
    if !losses.is_empty() {
        run.log_losses(&mut losses, logged, on_event)?;
    }
    if run.session.last_score().map(|score| score.step) != Some(run.session.step_count()) {
        run.score(on_event)?;
        run.save()?;
    }
    Ok(())
}

/// Leaves the pauses out of the training time: a process can be stopped within a step, by SIGSTOP
/// or by a computer that sleeps.
#[derive(Default)]
struct StepClock {
    /// The usual seconds of a step.
    usual: Option<f64>,
}

impl StepClock {
    /// The seconds that count for a step that took `seconds`.
    fn counted(&mut self, seconds: f64) -> f64 {
        let usual = self.usual.unwrap_or(seconds);
        if seconds > PAUSE_SECONDS && seconds > PAUSE_TIMES * usual {
            return usual;
        }
        self.usual = Some(0.9 * usual + 0.1 * seconds);
        seconds
    }
}

struct Run<'a> {
    files: &'a Files,
    session: Session,
    log: fs::File,
}

impl<'a> Run<'a> {
    fn start(config: &TrainConfig, pictures: &Pictures, files: &'a Files, resume: bool) -> Result<Self> {
        let path = &files.checkpoint;
        if !resume && path.exists() {
            return Err(Error::Config(format!(
                "{} exists: continue with --resume, or choose another --out",
                path.display()
            )));
        }
        if !path.exists() && files.model.exists() {
            return Err(Error::Config(format!(
                "{} exists, but its checkpoint is missing: choose another --out",
                files.model.display()
            )));
        }
        let checkpoint = if path.exists() { Some(fs::read(path).map_err(Error::io(path))?) } else { None };
        let load = |name: Option<&str>| name.map(models::load).transpose();
        let recipe = config.recipe()?;
        let mut session = if config.elastic {
            let init = config.init.as_deref().filter(|_| checkpoint.is_none());
            let init = init.map(models::read_file).transpose()?;
            let bytes = init.as_ref().map(|(_, bytes)| bytes.as_slice());
            Session::elastic(config.clone(), bytes, pictures.clone()).map_err(|error| match (error, &init) {
                (error @ Error::Weights(_), Some((source, _))) => error.in_file(source),
                (error, _) => error,
            })?
        } else {
            // The halo of a model of the best step depends on the initial model's.
            let needs_init = checkpoint.is_none() || recipe.needs_replay_set() || recipe.score_every.is_some();
            let init = load(config.init.as_deref().filter(|_| needs_init))?;
            let teacher = load(config.teacher.as_deref())?;
            Session::new(config.clone(), init.as_ref(), teacher, pictures.clone(), &Device::flex())?
        };
        if let Some(bytes) = checkpoint {
            session.restore(&bytes).map_err(|error| match error {
                Error::Config(why) => Error::Config(format!("{}: {why}: choose another --out", path.display())),
                other => other.in_file(path.display()),
            })?;
        }
        let log = reopen_log(&files.log, session.step_count())?;
        Ok(Self { files, session, log })
    }

    fn event(&self) -> Event {
        let step = self.session.step_count();
        Event {
            step,
            seconds: (self.session.seconds() * 10.0).round() / 10.0,
            loss: None,
            learning_rate: self.session.recipe().learning_rate_at(step.saturating_sub(1)),
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

    /// Logs the mean of `losses`, and forgets them. They are those since the training time
    /// `logged`, in seconds; returns the training time now.
    fn log_losses(&mut self, losses: &mut Vec<f64>, logged: f64, on_event: &mut dyn FnMut(&Event)) -> Result<f64> {
        let (count, seconds) = (losses.len() as f64, self.session.seconds());
        let event = Event {
            loss: Some(losses.drain(..).sum::<f64>() / count),
            steps_per_second: Some(count / (seconds - logged)),
            ..self.event()
        };
        self.log(&event, on_event)?;
        Ok(seconds)
    }

    fn score(&mut self, on_event: &mut dyn FnMut(&Event)) -> Result<()> {
        let psnr_y = self.session.score()?.psnr_y;
        let event = Event { psnr_y: Some((psnr_y * 1e3).round() / 1e3), ..self.event() };
        self.log(&event, on_event)
    }

    fn save(&self) -> Result<()> {
        crate::files::replace(&self.files.checkpoint, &self.session.checkpoint()?)?;
        crate::files::replace(&self.files.model, &self.session.model()?)
    }
}

/// Opens the log for appending, without the lines after `step`.
fn reopen_log(path: &Path, step: u64) -> Result<fs::File> {
    let old = match fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        read => read.map_err(Error::io(path))?,
    };
    let kept: String = old
        .lines()
        .filter(|line| serde_json::from_str::<Event>(line).is_ok_and(|event| step > 0 && event.step <= step))
        .flat_map(|line| [line, "\n"])
        .collect();
    crate::files::replace(path, kept.as_bytes())?;
    fs::OpenOptions::new().append(true).open(path).map_err(Error::io(path))
}

#[cfg(test)]
mod tests {
    use super::StepClock;

    #[test]
    fn a_pause_within_a_step_does_not_count() {
        let mut clock = StepClock::default();
        let steps = [0.5, 0.5, 3600.0, 0.5, 12.0, 4.5, 4.5];
        let counted: Vec<f64> = steps.iter().map(|&seconds| clock.counted(seconds)).collect();
        assert_eq!(counted[2..5], [0.5; 3]);
        // The larger patches of a second stage do.
        assert_eq!(counted[5..], [4.5; 2]);
    }

    #[test]
    fn slow_steps_count_in_full() {
        let mut clock = StepClock::default();
        assert_eq!([60.0, 60.0, 300.0, 0.1, 1.5].map(|seconds| clock.counted(seconds)), [60.0, 60.0, 300.0, 0.1, 1.5]);
    }
}
