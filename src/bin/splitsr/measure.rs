//! `splitsr measure`

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use burn::tensor::Device;
use splitsr::clean_up::start_of;
use splitsr::config::{HybridMode, SplitSrConfig};
use splitsr::elastic::{Slice, slice};
use splitsr::eval::{Scores, degrade, score_set};
use splitsr::image::Picture;
use splitsr::model::Model;
use splitsr::train::{Dataset, Pair, model_psnr_y};
use splitsr::upscale::{Enlarge, auto_halo, enlarge_picture_ensemble};
use splitsr::weights::{read_file, to_file};
use splitsr::{Error, NetworkConfig, Result, files};

/// Measures the halo that a model's tiles need and the model's scores, and writes them into its
/// file.
#[derive(clap::Args)]
pub struct Args {
    /// File of the model
    model: PathBuf,
    /// Folder of validation pictures, for the halo and, if the file lacks it, the validation PSNR
    #[arg(long, value_name = "DIR")]
    val: PathBuf,
    /// Folders of pictures to score the model on
    #[arg(value_name = "DIR")]
    folders: Vec<PathBuf>,
    /// Folder to score the model on with self-ensemble, which takes 8 times as long; can be
    /// repeated
    #[arg(long, value_name = "DIR")]
    ensemble: Vec<PathBuf>,
}

pub fn run(args: Args) -> Result<()> {
    if !args.model.is_file() {
        return Err(Error::Config(format!("{} is not a file: give the path of a weights file", args.model.display())));
    }
    let (bytes, mut metadata, tensors) = read_file(&args.model)?;
    let model = Model::from_bytes(&bytes, &Device::flex()).map_err(|error| error.in_file(args.model.display()))?;
    let scale = model.scale();
    let pairs = Dataset::load(&args.val, scale, &Default::default())?.into_pairs();
    let mut scores = metadata.scores.as_object().cloned().unwrap_or_default();
    // A training run writes this score; an average of models has none. A twin is not used alone.
    if metadata.twin.is_none() && !scores.contains_key("validation_psnr_y") {
        let mean = model_psnr_y(&model, &pairs)?;
        scores.insert("validation_psnr_y".into(), ((mean * 1e3).round() / 1e3).into());
    }
    if metadata.elastic
        && !scores.contains_key("slices")
        && let NetworkConfig::SplitSr(config) = &metadata.config
    {
        scores.insert("slices".into(), slice_scores(&bytes, config, &pairs)?);
    }
    let validation: Vec<_> = pairs.into_iter().map(|pair| pair.lr).collect();
    metadata.auto_halo = auto_halo(&model, &validation)?;
    let mut others: Vec<_> = start_of(&tensors).map(|start| to_file(&metadata, &start)).into_iter().collect();
    if metadata.elastic {
        // Enough for the networks that see most.
        others.extend([0, groups(&model)].map(|hybrid_index| {
            slice(&bytes, &Slice { split_ratio: Some(1.0), hybrid_index: Some(hybrid_index), hybrid_mode: None })
        }));
    }
    for other in others {
        let halo = auto_halo(&Model::from_bytes(&other?, &Device::flex())?, &validation)?;
        metadata.widen_halo(halo);
    }
    print_line!("halo: {:?} of {:?} pixels", metadata.auto_halo, model.halo());
    for folder in &args.folders {
        let (name, plain) = score(folder, scale, |lr| model.enlarge_picture(lr))?;
        scores.insert(name, plain);
    }
    let mut ensemble = serde_json::Map::new();
    for folder in &args.ensemble {
        ensemble.extend([score(folder, scale, |lr| enlarge_picture_ensemble(&model, lr))?]);
    }
    if !ensemble.is_empty() {
        scores.insert("ensemble".into(), ensemble.into());
    }
    metadata.scores = scores.into();
    files::replace(&args.model, &to_file(&metadata, &tensors)?)
}

/// Returns the PSNR on the validation pictures of each network of an elastic file, by hybrid mode,
/// number of split channels less 1, and hybrid index.
fn slice_scores(bytes: &[u8], config: &SplitSrConfig, pairs: &[Pair]) -> Result<serde_json::Value> {
    let SplitSrConfig { channels, groups, .. } = *config;
    // Without lightweight groups their ratio says nothing, and without others their place.
    let mut known = HashMap::new();
    let mut score = |hybrid_mode: HybridMode, split: usize, hybrid_index: usize| -> Result<f64> {
        let mode = (1..groups).contains(&hybrid_index).then_some(hybrid_mode as usize);
        let key = (mode, if hybrid_index > 0 { split } else { channels }, hybrid_index);
        if let Some(psnr) = known.get(&key) {
            return Ok(*psnr);
        }
        let wanted = Slice {
            split_ratio: Some(split as f64 / channels as f64),
            hybrid_index: Some(hybrid_index),
            hybrid_mode: Some(hybrid_mode),
        };
        let model = Model::from_bytes(&slice(bytes, &wanted)?, &Device::flex())?;
        let mean = model_psnr_y(&model, pairs)?;
        let rounded = (mean * 1e2).round() / 1e2;
        known.insert(key, rounded);
        Ok(rounded)
    };
    let mut by_mode = serde_json::Map::new();
    for mode in HybridMode::ALL {
        let rows = (1..=channels).map(|split| (0..=groups).map(|index| score(mode, split, index)).collect());
        let rows = rows.collect::<Result<Vec<Vec<f64>>>>()?;
        let serde_json::Value::String(name) = serde_json::json!(mode) else { unreachable!("modes are names") };
        print_line!("{name}: {rows:?}");
        by_mode.insert(name, serde_json::json!(rows));
    }
    Ok(by_mode.into())
}

fn groups(model: &Model) -> usize {
    match &model.metadata.config {
        NetworkConfig::SplitSr(config) => config.groups,
        _ => 0,
    }
}

/// The name of a set, and `[PSNR, SSIM]`.
fn score(
    folder: &Path,
    scale: usize,
    enlarge: impl Fn(&Picture) -> Result<Picture>,
) -> Result<(String, serde_json::Value)> {
    let set = score_set(folder, scale, degrade, |lr, _, _| enlarge(lr), |_| Ok(()))?;
    print_line!("{}: {}", set.name, set.scores);
    let Scores { psnr_y, ssim_y } = set.scores;
    let rounded = |value: f64, places: f64| (value * places).round() / places;
    Ok((set.name, serde_json::json!([rounded(psnr_y, 1e3), rounded(ssim_y, 1e5)])))
}
