//! SplitSR natively, for `pkg-scripts/bench-peers`: one JSON request a line on stdin, one JSON
//! reply a line on stdout, as `python/worker.py` has it. Pictures are files of f32 values, CHW, RGB
//! in [0, 1]. The argument is the number of threads.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::{Path, PathBuf};
use std::time::Instant;

use burn::tensor::Device;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rayon::ThreadPoolBuilder;
use serde::Deserialize;
use serde_json::{Value, json};
use splitsr::model::Model;
use splitsr::network::Network;
use splitsr::network::cost::Cost;
use splitsr::ops::{Arithmetic, instruction_set, reuse_buffers};
use splitsr::train::{Batch, Recipe, Trainer};
use splitsr::upscale::Enlarge;
use splitsr::weights::{Metadata, to_bytes};
use splitsr::{Error, NetworkConfig, Result, files, onnx};

#[derive(Deserialize)]
#[serde(tag = "method", rename_all = "snake_case")]
enum Request {
    /// Which kernels run here.
    About,
    /// Writes a model with random weights.
    MakeModel { config: NetworkConfig, weights: PathBuf },
    /// Writes a model as an ONNX file.
    Export { weights: PathBuf, onnx: PathBuf },
    /// Enlarges a picture; compares the result with that in `reference`, where there is one.
    Run { weights: PathBuf, input: PathBuf, height: usize, width: usize, reference: Option<PathBuf> },
    /// One step on random patches: forward, L1, backward, Adam.
    Train { weights: PathBuf, batch: usize, patch: usize },
}

/// The model in use.
#[derive(Default)]
struct Worker {
    models: HashMap<PathBuf, Model>,
    trainers: HashMap<PathBuf, Trainer>,
}

fn main() {
    let threads =
        std::env::args().nth(1).and_then(|count| count.parse().ok()).expect("usage: bench-peers-native THREADS");
    ThreadPoolBuilder::new().num_threads(threads).build_global().expect("the system starts a few threads");
    // On one of the threads that compute, as the command does it.
    rayon::scope(|_| reuse_buffers(serve));
}

fn serve() {
    let mut worker = Worker::default();
    for line in std::io::stdin().lines() {
        let request = serde_json::from_str(&line.expect("requests are lines of text"));
        let reply = request
            .map_err(|error| Error::Config(format!("the request is not understood ({error})")))
            .and_then(|request| worker.answer(request));
        println!("{}", reply.unwrap_or_else(|error| json!({ "error": error.to_string() })));
    }
}

impl Worker {
    fn answer(&mut self, request: Request) -> Result<Value> {
        match request {
            Request::About => Ok(json!({ "instructionSet": instruction_set() })),
            Request::MakeModel { config, weights } => make_model(config, &weights),
            Request::Export { weights, onnx } => {
                let model = load(&mut self.models, &weights)?;
                files::replace(&onnx, &onnx::export(model))?;
                let (scale, macs) = (model.metadata.config.scale(), Cost::of(&model.metadata.config).macs_per_lr_pixel);
                Ok(json!({ "scale": scale, "macsPerPixel": macs }))
            }
            Request::Run { weights, input, height, width, reference } => {
                let (model, pixels) = (load(&mut self.models, &weights)?, floats(&input)?);
                let enlarge = || Arithmetic::Winograd.run(|| model.enlarge(pixels, height, width));
                let (output, milliseconds) = timed(enlarge);
                let output = output?;
                let difference = reference.map(|file| Ok::<_, Error>(largest_difference(&output, &floats(&file)?)));
                Ok(json!({ "milliseconds": milliseconds, "difference": difference.transpose()? }))
            }
            Request::Train { weights, batch, patch } => {
                let model = load(&mut self.models, &weights)?;
                let hr_side = patch * model.metadata.config.scale();
                let trainer = self
                    .trainers
                    .entry(weights)
                    .or_insert_with(|| Trainer::new(Recipe::paper(), model.network.clone(), &Device::flex()));
                let random = |side: usize| noise(batch * 3 * side * side);
                let patches = Batch { count: batch, lr_side: patch, hr_side, lr: random(patch), hr: random(hr_side) };
                let (loss, milliseconds) = timed(|| trainer.step(&patches));
                Ok(json!({ "milliseconds": milliseconds, "loss": loss? }))
            }
        }
    }
}

fn make_model(config: NetworkConfig, weights: &Path) -> Result<Value> {
    config.validate()?;
    let device = Device::flex();
    device.seed(1);
    let network = Network::new(&config, &device);
    let name = weights.file_stem().unwrap_or_default().to_string_lossy();
    files::replace(weights, &to_bytes(&Metadata::new(name, config), &network)?)?;
    Ok(json!({}))
}

fn load<'a>(models: &'a mut HashMap<PathBuf, Model>, weights: &Path) -> Result<&'a Model> {
    match models.entry(weights.to_owned()) {
        Entry::Occupied(entry) => Ok(entry.into_mut()),
        Entry::Vacant(entry) => Ok(entry.insert(Model::load(weights, &Device::flex())?)),
    }
}

/// The result of `work`, and its milliseconds.
fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let start = Instant::now();
    let result = work();
    (result, start.elapsed().as_secs_f64() * 1e3)
}

fn floats(path: &Path) -> Result<Vec<f32>> {
    Ok(bytemuck::pod_collect_to_vec(&std::fs::read(path).map_err(Error::io(path))?))
}

/// NaN where either side holds NaN.
fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len(), "the results have the same size");
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, |largest, d| if d <= largest { largest } else { d })
}

/// Values in [0, 1).
fn noise(count: usize) -> Vec<f32> {
    StdRng::seed_from_u64(42).random_iter().take(count).collect()
}
