//! Fine-tuning. A leading worker holds a [`Tuning`]; others, each with a [`Gradients`], compute the gradients of parts of its
//! batches.

use burn::tensor::{Device, Tensor, TensorData};
use bytemuck::{cast_slice, pod_collect_to_vec};
use wasm_bindgen::prelude::*;

use super::Result;
use super::errors::to_js;
use super::picture::Picture;
use super::shapes::{BestScore, HeldOutKind, ModelEntry, TuneScoring, TuneStart, to_json};
use crate::error::{Error, Result as SplitsrResult};
use crate::eval::bicubic;
use crate::image::{self, Area};
use crate::network::Network;
use crate::train::{
    Batch, Dataset, HeldOut, MIN_LR_PATCH, Pair, Pictures, Recipe, Session, TrainConfig, Trainer, TuneSettings,
    bounded_psnr_y, gather, generic,
};
use crate::upscale::Enlarge;
use crate::weights::Model;

/// The side of the part of a picture that is shown, in low-resolution pixels.
const SHOWN: u32 = 64;

/// The TypeScript of the JSON that these functions take and give.
#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
import type { BestScore, ModelEntry, TuneScoring, TuneSettings, TuneStart } from "../../api/generated/types.ts";
import type { Json } from "../../engine/json.ts";
"#;

/// Describes a weights file. Throws `Weights` if the file cannot be used.
#[wasm_bindgen(js_name = describeModel, unchecked_return_type = "Json<ModelEntry>")]
pub fn describe_model(bytes: &[u8]) -> Result<String> {
    let model = Model::from_bytes(bytes, &Device::flex()).map_err(to_js)?;
    Ok(to_json(&ModelEntry::new(model.metadata, model.sha256)))
}

impl TuneSettings {
    fn config(&self, name: &str, model: &Model) -> SplitsrResult<TrainConfig> {
        let mut config = TrainConfig::fine_tuning(name, model);
        config.seed = self.seed;
        if let Some(network) = &self.network {
            network.validate()?;
            if network.scale() != model.scale() {
                let (scale, own) = (network.scale(), model.scale());
                return Err(Error::Config(format!("the network enlarges by {scale} and the model by {own}")));
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
            forget: if is_new { Recipe::cosine().forget } else { self.forget },
            degradation: self.degradation,
            ..Recipe::fine_tuning_in(self.steps)
        };
        config.set_recipe(&recipe)?;
        Ok(config)
    }
}

/// The pictures to fine-tune with.
#[wasm_bindgen]
#[derive(Default)]
pub struct TuningPictures(Vec<image::Picture>);

#[wasm_bindgen]
impl TuningPictures {
    /// None yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a copy of a picture: opaque, in 8 bits. What was transparent gets the colour of what is visible around it.
    pub fn add(&mut self, picture: &Picture) {
        let mut picture = picture.0.clone();
        image::alpha::fill_hidden(&mut picture);
        let picture = picture.split_alpha().0.into_8_bit().into_rgb();
        self.0 = gather(std::mem::take(&mut self.0), picture);
    }
}

/// A fine-tuning. For each step: `nextStep`; compute `part(0)` here by `computeOwn` and each of the other parts elsewhere (`Gradients.compute`,
/// whose results `accept` takes), all at the `weights`; then `apply`. When `isToBeScored`, `score`.
#[wasm_bindgen]
pub struct Tuning {
    session: Session,
    /// Where it computes.
    device: Device,
    gpu: bool,
    whole: bool,
    enough: bool,
    settings: TuneSettings,
    /// What is shown of the first held-out picture, in low-resolution pixels.
    shown: Area,
    after: Option<image::Picture>,
    parts: Vec<Batch>,
    sum: Option<(f32, Tensor<1>)>,
    /// What the model that it begins with makes of what is held out, if its network is another one: PSNR on luma and the first picture.
    model_score: Option<(f64, image::Picture)>,
}

#[wasm_bindgen]
impl Tuning {
    /// Starts from a model's weights file, with the pictures, which are used up, and the row of generic ones. `gpu`:
    /// whether to compute on the browser's adapter, which only the bundle with WebGPU can. Throws `Weights`, `Config`,
    /// `Device`, or `Data` if the pictures cannot be used.
    pub async fn start(
        model: Vec<u8>,
        name: String,
        #[wasm_bindgen(unchecked_param_type = "Json<TuneSettings>")] settings: String,
        pictures: TuningPictures,
        generic: Picture,
        gpu: bool,
    ) -> Result<Self> {
        let device = device(gpu).await.map_err(to_js)?;
        let mut tuning = Self::assemble(&model, &name, &settings, pictures.0, generic.0, device).map_err(to_js)?;
        tuning.gpu = gpu;
        if gpu {
            tuning.check().await.map_err(to_js)?;
        }
        Ok(tuning)
    }

    /// Tells what is known before the first step.
    #[wasm_bindgen(unchecked_return_type = "Json<TuneStart>")]
    pub fn facts(&self) -> Result<String> {
        let scale = self.session.scale();
        let pairs = self.session.validation();
        let score = |Pair { hr, lr, .. }: &Pair| bounded_psnr_y(&bicubic(lr, hr.width, hr.height)?, hr, scale);
        let sum = pairs.iter().map(score).sum::<SplitsrResult<f64>>().map_err(to_js)?;
        Ok(to_json(&TuneStart {
            patch: self.settings.patch,
            held_out: if self.whole { HeldOutKind::Pictures } else { HeldOutKind::Parts },
            held_out_pictures: pairs.len(),
            enough: self.enough,
            bicubic_psnr_y: sum / pairs.len() as f64,
            model_psnr_y: self.model_score.as_ref().map(|(psnr_y, _)| *psnr_y),
        }))
    }

    /// A part of the first held-out picture.
    pub fn truth(&self) -> Picture {
        self.show(&self.session.validation()[0].hr)
    }

    /// The same part, enlarged by bicubic.
    pub fn bicubic(&self) -> Result<Picture> {
        let Pair { hr, lr, .. } = &self.session.validation()[0];
        Ok(self.show(&bicubic(lr, hr.width, hr.height).map_err(to_js)?))
    }

    /// The same part, enlarged by the model that it begins with, if its network is another one.
    #[wasm_bindgen(js_name = byModel)]
    pub fn by_model(&self) -> Option<Picture> {
        self.model_score.as_ref().map(|(_, picture)| self.show(picture))
    }

    /// The same part, as the network enlarged it at the last scoring.
    pub fn after(&self) -> Option<Picture> {
        self.after.as_ref().map(|picture| Picture(picture.clone()))
    }

    /// Steps taken.
    #[wasm_bindgen(getter)]
    pub fn step(&self) -> f64 {
        self.session.step_count() as f64
    }

    /// Whether all steps are taken.
    #[wasm_bindgen(getter, js_name = isDone)]
    pub fn is_done(&self) -> bool {
        self.session.step_count() >= self.session.recipe().all_steps()
    }

    /// Begins a step, whose batch is cut into up to `parts` parts. Returns how many there are.
    #[wasm_bindgen(js_name = nextStep)]
    pub fn next_step(&mut self, parts: usize) -> usize {
        self.sum = None;
        self.parts = self.session.batch().parts(parts);
        self.parts.len()
    }

    /// A part of the batch, for `Gradients.compute`.
    pub fn part(&self, index: usize) -> Vec<u8> {
        let Batch { count, lr_side, hr_side, lr, hr } = &self.parts[index];
        let sides = [*count, *lr_side, *hr_side].map(|value| value as f32);
        [cast_slice(&sides), cast_slice(lr), cast_slice(hr)].concat()
    }

    /// The weights of the moment, for `Gradients.compute`.
    pub fn weights(&mut self) -> Vec<u8> {
        let weights = self.session.trainer().weights().clone().into_data();
        cast_slice(&weights.try_into_vec::<f32>().expect("weights are f32")).to_vec()
    }

    /// Computes the gradient of the first part.
    #[wasm_bindgen(js_name = computeOwn)]
    pub async fn compute_own(&mut self) -> Result<()> {
        let share = self.share(0);
        let (loss, gradient) = self.session.trainer().gradient(&self.parts[0]);
        let loss: f32 = loss.into_scalar_async().await.map_err(|error| to_js(Error::Device(error.to_string())))?;
        self.add(loss * share, gradient * share);
        Ok(())
    }

    /// Takes what `Gradients.compute` made of a part.
    pub fn accept(&mut self, index: usize, gradient: &[u8]) {
        let mut values = pod_collect_to_vec::<u8, f32>(gradient);
        let (share, loss) = (self.share(index), values.pop().expect("the loss stands last"));
        let count = values.len();
        self.add(loss * share, Tensor::from_data(TensorData::new(values, [count]), &self.device) * share);
    }

    /// Ends the step, which took `seconds`. Returns the loss before it. Throws `Data` if that is not finite, on a GPU, which may have been lost,
    /// `Device`: then the weights are as they were.
    pub fn apply(&mut self, seconds: f64) -> Result<f32> {
        let (loss, gradient) = self.sum.take().expect("the step's gradients");
        if self.gpu && !loss.is_finite() {
            return Err(to_js(Error::Device(format!("the loss is {loss}"))));
        }
        self.session.trainer().apply(loss, gradient).map_err(to_js)?;
        self.session.add_seconds(seconds);
        Ok(loss)
    }

    /// Whether it is time to score.
    #[wasm_bindgen(getter, js_name = isToBeScored)]
    pub fn is_to_be_scored(&self) -> bool {
        self.session.is_to_be_scored() || self.is_done()
    }

    /// Scores what is held out, on the CPU.
    #[wasm_bindgen(unchecked_return_type = "Json<TuneScoring>")]
    pub async fn score(&mut self) -> Result<String> {
        let parameters = read(self.session.trainer().parameters()).await.map_err(to_js)?;
        let mut first = None;
        let keep = |place: usize, picture: &image::Picture| {
            if place == 0 {
                first = Some(picture.clone());
            }
        };
        let score = self.session.score_with(parameters, keep).map_err(to_js)?;
        self.after = first.map(|picture| self.show(&picture).0);
        Ok(to_json(&TuneScoring {
            step: score.step,
            psnr_y: score.psnr_y,
            forgotten: score.forgotten,
            best: self.best_score().map_err(to_js)?,
            stalled: self.session.is_stalled(),
        }))
    }

    /// The best score so far. Throws `Config` before the first.
    #[wasm_bindgen(unchecked_return_type = "Json<BestScore>")]
    pub fn best(&self) -> Result<String> {
        self.best_score().map(|best| to_json(&best)).map_err(to_js)
    }

    /// The weights file of the best step so far.
    pub fn model(&self) -> Result<Vec<u8>> {
        self.session.model().map_err(to_js)
    }

    /// All of the state, for `restore`.
    pub async fn checkpoint(&mut self) -> Result<Vec<u8>> {
        let mut state = Vec::new();
        for (name, tensor) in self.session.trainer().state() {
            state.push((name, read(tensor).await.map_err(to_js)?));
        }
        self.session.checkpoint_of(state).map_err(to_js)
    }

    /// Goes on from a checkpoint, of the same model, pictures and settings. Throws `Weights` or `Config` if it is of others.
    pub fn restore(&mut self, checkpoint: &[u8]) -> Result<()> {
        self.session.restore(checkpoint).map_err(to_js)
    }
}

impl Tuning {
    fn assemble(
        model: &[u8],
        name: &str,
        settings: &str,
        pictures: Vec<image::Picture>,
        generic: image::Picture,
        device: Device,
    ) -> SplitsrResult<Self> {
        let model = Model::from_bytes(model, &Device::flex())?;
        let scale = model.scale();
        let mut settings: TuneSettings = serde_json::from_str(settings)
            .map_err(|error| Error::Config(format!("the settings are not understood ({error})")))?;
        settings.check()?;
        // The smallest patch that a recipe may have.
        let least = MIN_LR_PATCH * scale;
        let HeldOut { train, held_out, whole } = HeldOut::new(pictures, least, settings.seed)?;
        let divided = HeldOut { train, held_out, whole };
        let enough = divided.is_enough();
        let smallest =
            divided.train.iter().map(|picture| picture.width.min(picture.height)).min().unwrap_or(0) as usize;
        settings.patch = settings.patch.min(smallest).min(generic.height as usize) / scale * scale;
        let config = settings.config(name, &model)?;
        let dataset = |pictures| Dataset::of(pictures, scale, &settings.degradation);
        let mut pictures = Pictures::new(dataset(divided.train)?, dataset(divided.held_out)?);
        if config.recipe()?.needs_generic() {
            pictures.generic = generic::cut(&generic)?;
        }
        let mut model_score = None;
        if config.network != model.metadata.config {
            model_score = Some(score_of(&model, pictures.validation.pairs())?);
        }
        let session = Session::new(config, Some(&model), None, pictures, &device)?;
        let shown = most_difficult(&session.validation()[0]);
        let (after, parts, sum) = (None, Vec::new(), None);
        Ok(Self { session, device, gpu: false, whole, enough, settings, shown, after, parts, sum, model_score })
    }

    fn best_score(&self) -> SplitsrResult<BestScore> {
        let best = self.session.best_score().ok_or_else(|| Error::Config("nothing was scored yet".into()))?;
        Ok(BestScore { step: best.step, psnr_y: best.psnr_y })
    }

    /// Whether the device computes the gradient that the CPU does, for the smallest batch.
    async fn check(&mut self) -> SplitsrResult<()> {
        let recipe = self.session.recipe().clone();
        let mut reference = Trainer::new(recipe, self.session.start_network(), &Device::flex());
        let batch = self.session.batch().parts(usize::MAX).swap_remove(0);
        let expected = read(reference.gradient(&batch).1).await?;
        let computed = read(self.session.trainer().gradient(&batch).1).await?;
        let length = |values: &mut dyn Iterator<Item = f32>| values.map(|v| f64::from(v).powi(2)).sum::<f64>().sqrt();
        let off = length(&mut expected.iter().zip(&computed).map(|(a, b)| a - b));
        let off = off / length(&mut expected.iter().copied());
        // Sums in another order are about 1e-5 apart; a wrong kernel is not near.
        if off < 1e-2 {
            return Ok(());
        }
        Err(Error::Device(format!("the self-check failed: its gradient is {:.1} % off the processor's", off * 100.0)))
    }

    fn share(&self, index: usize) -> f32 {
        let all: usize = self.parts.iter().map(|part| part.count).sum();
        self.parts[index].count as f32 / all as f32
    }

    fn add(&mut self, loss: f32, gradient: Tensor<1>) {
        self.sum = Some(match self.sum.take() {
            Some((sum, gradients)) => (sum + loss, gradients + gradient),
            None => (loss, gradient),
        });
    }

    fn show(&self, picture: &image::Picture) -> Picture {
        let Area { left, top, width, height } = self.shown;
        let scale = self.session.scale() as u32;
        Picture(picture.crop(Area {
            left: left * scale,
            top: top * scale,
            width: width * scale,
            height: height * scale,
        }))
    }
}

/// PSNR on luma of what a model makes of pictures, and the first of these.
fn score_of(model: &Model, pairs: &[Pair]) -> SplitsrResult<(f64, image::Picture)> {
    let enlarged = pairs.iter().map(|pair| model.enlarge_picture(&pair.lr)).collect::<SplitsrResult<Vec<_>>>()?;
    let score = |(enlarged, pair): (&image::Picture, &Pair)| bounded_psnr_y(enlarged, &pair.hr, model.scale());
    let sum = enlarged.iter().zip(pairs).map(score).sum::<SplitsrResult<f64>>()?;
    let first = enlarged.into_iter().next().expect("something is held out");
    Ok((sum / pairs.len() as f64, first))
}

/// The square of a picture that bicubic enlarges worst: of what is learnt, most is to be seen there.
fn most_difficult(pair: &Pair) -> Area {
    let side = SHOWN.min(pair.lr.width).min(pair.lr.height);
    let places = |length: u32| (0..=length - side).step_by(8);
    let all = places(pair.lr.height).flat_map(|top| places(pair.lr.width).map(move |left| (left, top)));
    let worst = all.max_by_key(|&(left, top)| pair.difficulty(left, top, side as usize));
    let (left, top) = worst.expect("there is a place");
    Area { left, top, width: side, height: side }
}

async fn read(tensor: Tensor<1>) -> SplitsrResult<Vec<f32>> {
    let data = tensor.into_data_async().await.map_err(|error| Error::Device(error.to_string()))?;
    Ok(data.try_into_vec().expect("parameters are f32"))
}

async fn device(gpu: bool) -> SplitsrResult<Device> {
    #[cfg(feature = "gpu")]
    if gpu {
        return super::gpu::open().await;
    }
    if gpu { Err(Error::Device("this build has no WebGPU".into())) } else { Ok(Device::flex()) }
}

/// Computes gradients of parts of batches, for a `Tuning` in another worker.
#[wasm_bindgen]
pub struct Gradients(Trainer);

#[wasm_bindgen]
impl Gradients {
    /// Takes the arguments of `Tuning.start`, but the side of a patch from its `facts`.
    pub fn load(
        model: &[u8],
        #[wasm_bindgen(unchecked_param_type = "Json<TuneSettings>")] settings: &str,
    ) -> Result<Self> {
        let load = || {
            let model = Model::from_bytes(model, &Device::flex())?;
            let settings: TuneSettings = serde_json::from_str(settings)
                .map_err(|error| Error::Config(format!("the settings are not understood ({error})")))?;
            let config = settings.config("", &model)?;
            // The weights come with each part.
            Ok(Self(Trainer::new(config.recipe()?, Network::new(&config.network, &Device::flex()), &Device::flex())))
        };
        load().map_err(to_js)
    }

    /// The gradient of `part` at `weights`, and the loss after it.
    pub fn compute(&mut self, weights: &[u8], step: f64, part: &[u8]) -> Result<Vec<u8>> {
        let values = pod_collect_to_vec::<u8, f32>(part);
        let (sides, values) = values.split_at(3);
        let [count, lr_side, hr_side] = [0, 1, 2].map(|index| sides[index] as usize);
        let (lr, hr) = values.split_at(count * 3 * lr_side * lr_side);
        let batch = Batch { count, lr_side, hr_side, lr: lr.to_vec(), hr: hr.to_vec() };
        self.0.set_weights(pod_collect_to_vec(weights), step as u64).map_err(to_js)?;
        let (loss, gradient) = self.0.gradient(&batch);
        let mut values: Vec<f32> = gradient.into_data().try_into_vec().expect("gradients are f32");
        values.push(loss.into_scalar());
        Ok(cast_slice(&values).to_vec())
    }
}
