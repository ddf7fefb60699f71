//! `splitsr measure`

use std::path::{Path, PathBuf};

use splitsr::eval::{Scores, score_set};
use splitsr::image::Picture;
use splitsr::train::{Dataset, Pair, bounded_psnr_y};
use splitsr::upscale::{Enlarge, auto_halo};
use splitsr::weights::{Model, to_bytes};
use splitsr::{Error, Result, files, models};

/// Measures a trained model and writes what it finds into the model's file: the halo that tiles need, and scores.
#[derive(clap::Args)]
pub struct Args {
    /// The model's file
    model: PathBuf,
    /// Folder of validation pictures, for the halo and, where it is not known, the PSNR on them
    #[arg(long, value_name = "DIR")]
    val: PathBuf,
    /// Folders to score it on
    #[arg(value_name = "DIR")]
    folders: Vec<PathBuf>,
    /// A folder to score it on with self-ensemble, which takes 8 times as long; may be given several times
    #[arg(long, value_name = "DIR")]
    ensemble: Vec<PathBuf>,
}

pub fn run(args: Args) -> Result<()> {
    if !args.model.is_file() {
        return Err(Error::Config(format!("{} is not a file", args.model.display())));
    }
    let mut model: Model = models::load(&args.model.to_string_lossy())?;
    let scale = model.scale();
    let pairs = Dataset::load(&args.val, scale, &Default::default())?.into_pairs();
    let mut scores = model.metadata.scores.as_object().cloned().unwrap_or_default();
    // A training writes this; a mean of models comes without.
    if !scores.contains_key("validation_psnr_y") {
        let score = |pair: &Pair| bounded_psnr_y(&model.enlarge_picture(&pair.lr)?, &pair.hr, scale);
        let mean = pairs.iter().map(score).sum::<Result<f64>>()? / pairs.len() as f64;
        scores.insert("validation_psnr_y".into(), ((mean * 1e3).round() / 1e3).into());
    }
    let validation: Vec<_> = pairs.into_iter().map(|pair| pair.lr).collect();
    model.metadata.auto_halo = auto_halo(&model, &validation)?;
    println!("halo: {:?} of {:?} pixels", model.metadata.auto_halo, model.halo());
    for folder in &args.folders {
        let (name, plain) = score(folder, scale, |lr| model.enlarge_picture(lr))?;
        scores.insert(name, plain);
    }
    let mut ensemble = serde_json::Map::new();
    for folder in &args.ensemble {
        ensemble.extend([score(folder, scale, |lr| model.enlarge_picture_ensemble(lr))?]);
    }
    if !ensemble.is_empty() {
        scores.insert("ensemble".into(), ensemble.into());
    }
    model.metadata.scores = scores.into();
    files::replace(&args.model, &to_bytes(&model.metadata, &model.network)?)
}

/// The name of a set, and `[PSNR, SSIM]`.
fn score(
    folder: &Path,
    scale: usize,
    enlarge: impl Fn(&Picture) -> Result<Picture>,
) -> Result<(String, serde_json::Value)> {
    let set = score_set(folder, scale, |lr, _, _| enlarge(lr), |_, _| ())?;
    let Scores { psnr_y, ssim_y } = set.scores;
    println!("{}: {psnr_y:.2} dB, {ssim_y:.4}", set.name);
    let rounded = |value: f64, places: f64| (value * places).round() / places;
    Ok((set.name, serde_json::json!([rounded(psnr_y, 1e3), rounded(ssim_y, 1e5)])))
}
