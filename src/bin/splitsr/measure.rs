//! `splitsr measure`

use std::path::{Path, PathBuf};

use burn::tensor::Device;
use splitsr::elastic::{Slice, slice};
use splitsr::eval::{Scores, degrade, score_set};
use splitsr::image::Picture;
use splitsr::model::Model;
use splitsr::train::{Dataset, mean_psnr_y};
use splitsr::upscale::{Enlarge, auto_halo, enlarge_picture_ensemble};
use splitsr::weights::{read, to_file};
use splitsr::{Error, NetworkConfig, Result, files, models};

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
    // First, because its errors name the file.
    let model = models::load(&args.model.to_string_lossy())?;
    let bytes = std::fs::read(&args.model).map_err(Error::io(&args.model))?;
    let (mut metadata, tensors) = read(&bytes)?;
    let scale = model.scale();
    let pairs = Dataset::load(&args.val, scale, &Default::default())?.into_pairs();
    let mut scores = metadata.scores.as_object().cloned().unwrap_or_default();
    // A training run writes this score; an average of models has none.
    if !scores.contains_key("validation_psnr_y") {
        let mean = mean_psnr_y(&pairs, scale, |pair| model.enlarge_picture(&pair.lr))?;
        scores.insert("validation_psnr_y".into(), ((mean * 1e3).round() / 1e3).into());
    }
    let validation: Vec<_> = pairs.into_iter().map(|pair| pair.lr).collect();
    metadata.auto_halo = auto_halo(&model, &validation)?;
    if metadata.elastic {
        // Enough for the networks that see most.
        for hybrid_index in [0, groups(&model)] {
            let wanted = Slice { split_ratio: Some(1.0), hybrid_index: Some(hybrid_index), hybrid_mode: None };
            let bytes = slice(&bytes, &wanted)?;
            let halo = auto_halo(&Model::from_bytes(&bytes, &Device::flex())?, &validation)?;
            metadata.auto_halo = metadata.auto_halo.zip(halo).map(|(a, b)| a.max(b));
        }
    }
    println!("halo: {:?} of {:?} pixels", metadata.auto_halo, model.halo());
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
    println!("{}: {}", set.name, set.scores);
    let Scores { psnr_y, ssim_y } = set.scores;
    let rounded = |value: f64, places: f64| (value * places).round() / places;
    Ok((set.name, serde_json::json!([rounded(psnr_y, 1e3), rounded(ssim_y, 1e5)])))
}
