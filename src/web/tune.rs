//! Fine-tuning. A leading worker holds a [`Tuning`]; the others, each with a [`Gradients`], compute
//! the gradients of parts of its batches.

use burn::tensor::Device;
use bytemuck::{cast_slice, pod_collect_to_vec};
use wasm_bindgen::prelude::*;

use super::Result;
use super::errors::to_js;
use super::picture::Picture;
use super::scope::now;
use super::shapes::{ModelEntry, to_json};
use crate::error::{Error, Result as SplitsrResult};
use crate::image;
use crate::model::Model;
use crate::train::{Batch, FineTuning, FineTuningSettings, GradientWorker, cut_replay_row, gather};

/// The TypeScript of the JSON that these functions take and give.
#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
import type { FineTuningInfo, FineTuningScore, ModelEntry, Scoring, TuneSettings } from "../../api/generated/types.ts";
import type { Json } from "../../engine/json.ts";
"#;

/// Describes a weights file. Throws `Weights` if the file cannot be used.
#[wasm_bindgen(js_name = describeModel, unchecked_return_type = "Json<ModelEntry>")]
pub fn describe_model(bytes: &[u8]) -> Result<String> {
    let model = Model::from_bytes(bytes, &Device::flex()).map_err(to_js)?;
    Ok(to_json(&ModelEntry::new(model.metadata, model.sha256)))
}

/// The pictures to fine-tune with.
#[wasm_bindgen]
#[derive(Default)]
pub struct TuningPictures(Vec<image::Picture>);

#[wasm_bindgen]
impl TuningPictures {
    /// An empty list.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a copy of a picture, opaque and in 8 bits.
    pub fn add(&mut self, picture: &Picture) {
        self.0 = gather(std::mem::take(&mut self.0), picture.0.clone());
    }
}

/// A fine-tuning run. For each step: `nextStep`; `computeOwn` computes part 0, and
/// `Gradients.compute` each of the others in another worker, at the `weights`; `accept` takes their
/// results; then `apply`. When `isToBeScored`, `score`.
#[wasm_bindgen]
pub struct Tuning {
    run: FineTuning,
    /// When the step began, in milliseconds.
    begun: f64,
}

#[wasm_bindgen]
impl Tuning {
    /// Starts from a weights file, with the pictures, which are consumed, and the row of replay
    /// pictures. With `gpu`, the browser's adapter computes the steps, for which the bundle must
    /// have WebGPU. Throws `Weights`, `Config`, `Data` or `Device`.
    pub async fn start(
        model: Vec<u8>,
        name: String,
        #[wasm_bindgen(unchecked_param_type = "Json<TuneSettings>")] settings: String,
        pictures: TuningPictures,
        replay_row: Picture,
        gpu: bool,
    ) -> Result<Self> {
        let start = async || {
            let model = Model::from_bytes(&model, &Device::flex())?;
            let (settings, replay) = (parse(&settings)?, cut_replay_row(&replay_row.0)?);
            FineTuning::start(&model, &name, settings, pictures.0, replay, device(gpu).await?).await
        };
        let run = start().await.map_err(to_js)?;
        Ok(Self { run, begun: now() })
    }

    /// The properties that are known before the first step.
    #[wasm_bindgen(unchecked_return_type = "Json<FineTuningInfo>")]
    pub fn info(&self) -> String {
        to_json(self.run.info())
    }

    /// A part of the first held-out picture.
    pub fn original(&self) -> Picture {
        Picture(self.run.original())
    }

    /// The same part, enlarged by bicubic interpolation.
    pub fn bicubic(&self) -> Result<Picture> {
        self.run.by_bicubic().map(Picture).map_err(to_js)
    }

    /// The same part, enlarged by the initial model, if the trained network is another one.
    #[wasm_bindgen(js_name = byModel)]
    pub fn by_model(&self) -> Option<Picture> {
        self.run.by_model().map(Picture)
    }

    /// The same part, as the network enlarged it at the last scoring.
    pub fn after(&self) -> Option<Picture> {
        self.run.by_network().map(Picture)
    }

    /// Steps taken.
    #[wasm_bindgen(getter)]
    pub fn step(&self) -> f64 {
        self.run.step_count() as f64
    }

    /// Whether all steps are taken.
    #[wasm_bindgen(getter, js_name = isDone)]
    pub fn is_done(&self) -> bool {
        self.run.is_done()
    }

    /// Begins a step, whose batch is split into up to `parts` parts. Returns how many there are.
    #[wasm_bindgen(js_name = nextStep)]
    pub fn next_step(&mut self, parts: usize) -> usize {
        self.begun = now();
        self.run.next_step(parts).parts().len()
    }

    /// A part of the batch, for `Gradients.compute`.
    pub fn part(&self, index: usize) -> Result<Vec<u8>> {
        Ok(self.run.step().map_err(to_js)?.parts()[index].to_bytes())
    }

    /// The current weights, for `Gradients.compute`.
    pub fn weights(&mut self) -> Vec<u8> {
        cast_slice(&self.run.weights()).to_vec()
    }

    /// Computes the gradient of the first part. Throws `Device` if the GPU is lost.
    #[wasm_bindgen(js_name = computeOwn)]
    pub async fn compute_own(&mut self) -> Result<()> {
        self.run.compute_own().await.map_err(to_js)
    }

    /// Takes what `Gradients.compute` made of a part.
    pub fn accept(&mut self, index: usize, gradient: &[u8]) -> Result<()> {
        self.run.accept(index, pod_collect_to_vec(gradient)).map_err(to_js)
    }

    /// Ends the step. Returns the loss before it. Throws `Data` if the loss is not finite, or
    /// `Device` on a GPU, which may be lost; the weights are then unchanged.
    pub fn apply(&mut self) -> Result<f32> {
        let seconds = (now() - self.begun) / 1000.0;
        self.run.apply(seconds).map_err(to_js)
    }

    /// Whether it is time to score.
    #[wasm_bindgen(getter, js_name = isToBeScored)]
    pub fn is_to_be_scored(&self) -> bool {
        self.run.is_to_be_scored()
    }

    /// Scores the network on what is held out, on the CPU.
    #[wasm_bindgen(unchecked_return_type = "Json<Scoring>")]
    pub async fn score(&mut self) -> Result<String> {
        Ok(to_json(&self.run.score().await.map_err(to_js)?))
    }

    /// The best score so far. Throws `Config` before the first.
    #[wasm_bindgen(unchecked_return_type = "Json<FineTuningScore>")]
    pub fn best(&self) -> Result<String> {
        Ok(to_json(&self.run.best().map_err(to_js)?))
    }

    /// The weights file of the best step so far.
    pub fn model(&self) -> Result<Vec<u8>> {
        self.run.model().map_err(to_js)
    }

    /// The whole state, for `restore`.
    pub async fn checkpoint(&mut self) -> Result<Vec<u8>> {
        self.run.checkpoint().await.map_err(to_js)
    }

    /// Continues from a checkpoint of the same model, pictures and settings. Throws `Weights` or
    /// `Config`.
    pub fn restore(&mut self, checkpoint: &[u8]) -> Result<()> {
        self.run.restore(checkpoint).map_err(to_js)
    }
}

/// Computes gradients of parts of batches, for a `Tuning` in another worker.
#[wasm_bindgen]
pub struct Gradients(GradientWorker);

#[wasm_bindgen]
impl Gradients {
    /// Takes the model and the settings of `Tuning.start`, with the patch of `Tuning.info`.
    pub fn load(
        model: &[u8],
        #[wasm_bindgen(unchecked_param_type = "Json<TuneSettings>")] settings: &str,
    ) -> Result<Self> {
        let load = || parse(settings)?.gradient_worker(&Model::from_bytes(model, &Device::flex())?);
        load().map(Self).map_err(to_js)
    }

    /// The gradient of `part` at `weights`, and the loss after it.
    pub fn compute(&mut self, weights: &[u8], step: f64, part: &[u8]) -> Result<Vec<u8>> {
        let part = Batch::from_bytes(part).map_err(to_js)?;
        let values = self.0.compute(pod_collect_to_vec(weights), step as u64, &part).map_err(to_js)?;
        Ok(cast_slice(&values).to_vec())
    }
}

fn parse(settings: &str) -> SplitsrResult<FineTuningSettings> {
    serde_json::from_str(settings).map_err(|error| Error::Config(format!("the settings are not valid ({error})")))
}

async fn device(gpu: bool) -> SplitsrResult<Device> {
    #[cfg(feature = "gpu")]
    if gpu {
        return super::gpu::open().await;
    }
    if gpu { Err(Error::Device("this build has no WebGPU".into())) } else { Ok(Device::flex()) }
}
