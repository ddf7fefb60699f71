//! `splitsr eval`

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;
use splitsr::clean_up::CleanUp;
use splitsr::device::{Backend, ModelOnDevice};
use splitsr::elastic::Slice;
use splitsr::eval::{Scored, Scores, SetScore, bicubic, lanczos3, score_set};
use splitsr::image::{Picture, Samples};
use splitsr::models::{self, ModelFiles};
use splitsr::network::cost::Cost;
use splitsr::train::Degradation;
use splitsr::upscale::{Enlarge, Options, Target, enlarge_picture_ensemble};
use splitsr::{Error, Result};
use ssimulacra2::{ColorPrimaries, Rgb, TransferCharacteristic, compute_frame_ssimulacra2};

use crate::schedule::{self, Networks};

/// Scores a model on folders of pictures: PSNR and SSIM on Y, with the protocol of the literature.
#[derive(clap::Args)]
pub struct Args {
    /// Name or file of the model, or bicubic (as in MATLAB) or lanczos3 [default: the built-in
    /// model of the scale; for options of elastic models splitsr-elastic-x2]
    #[arg(long)]
    model: Option<String>,
    /// Scale: 2, 3 or 4
    #[arg(long, value_parser = clap::value_parser!(u32).range(2..=4))]
    scale: u32,
    #[command(flatten)]
    slice: Slice,
    #[command(flatten)]
    schedule: schedule::Options,
    /// Device to use
    #[arg(long, value_enum, default_value_t = Backend::Auto)]
    backend: Backend,
    /// Store feature maps as 16-bit floats (GPU only)
    #[arg(long)]
    half: bool,
    /// Self-ensemble: average the results for the 8 flips and rotations
    #[arg(long)]
    ensemble: bool,
    /// Clean-up: auto (a strength that suits the JPEGs of --degrade), or a strength from 0 (off) to
    /// 100 %
    #[arg(long, default_value = "0")]
    clean: CleanUp,
    /// Damage the small pictures too: `jpeg=75`, `jpeg=75,420` (colours at half the resolution),
    /// `jpeg=75,before=60` (compressed twice), `blur=0.5`, `noise=3`, `shrink=area`, or several of
    /// these, separated by commas
    #[arg(long, value_name = "DAMAGE", value_parser = parse_degradation)]
    degrade: Option<Degradation>,
    /// Also score by SSIMULACRA2, which estimates what people see: 100 means no visible difference
    #[arg(long)]
    ssimulacra2: bool,
    /// Folders of high-resolution pictures
    #[arg(required = true, value_name = "DIR")]
    folders: Vec<PathBuf>,
    /// Print the result as a JSON object
    #[arg(long)]
    json: bool,
}

impl Args {
    fn model(&self) -> &str {
        let elastic = || self.schedule.model(&self.slice);
        self.model.as_deref().or_else(elastic).unwrap_or_else(|| models::for_zoom(self.scale.into()))
    }
}

#[derive(Serialize)]
struct Evaluation {
    scale: u32,
    model: Evaluated,
    sets: Vec<EvaluatedSet>,
}

#[derive(Serialize)]
struct EvaluatedSet {
    #[serde(flatten)]
    set: SetScore,
    /// The mean over the pictures.
    #[serde(skip_serializing_if = "Option::is_none")]
    ssimulacra2: Option<f64>,
    pictures: Vec<EvaluatedPicture>,
}

#[derive(Serialize)]
struct EvaluatedPicture {
    name: String,
    #[serde(flatten)]
    scores: Scores,
    #[serde(skip_serializing_if = "Option::is_none")]
    ssimulacra2: Option<f64>,
}

/// Parameters, multiply-adds and hash are null for the resizers.
#[derive(Serialize)]
struct Evaluated {
    name: String,
    params: Option<u64>,
    macs_720p: Option<f64>,
    sha256: Option<String>,
}

pub fn run(args: Args) -> Result<()> {
    let upsampler = Upsampler::new(&args)?;
    let (mut sets, scale) = (Vec::new(), args.scale as usize);
    for folder in &args.folders {
        let mut pictures = Vec::new();
        let report = |Scored { path, hr, sr, scores }: Scored<'_>| {
            let ssimulacra2 = args.ssimulacra2.then(|| ssimulacra2(sr, hr)).transpose()?;
            if !args.json {
                eprintln!("{}: {}", path.display(), in_words(scores, ssimulacra2));
            }
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            pictures.push(EvaluatedPicture { name, scores, ssimulacra2 });
            Ok(())
        };
        let set = score_set(
            folder,
            scale,
            // One seed: the noise is the same for every model.
            |picture, scale| args.degrade.unwrap_or_default().apply(picture, scale, 1),
            |lr, width, height| upsampler.enlarge(lr, (width, height), args.ensemble),
            report,
        )?;
        let sum: Option<f64> = pictures.iter().map(|picture| picture.ssimulacra2).sum();
        let ssimulacra2 = sum.map(|sum| sum / set.images as f64);
        if !args.json {
            let scores = in_words(set.scores, ssimulacra2);
            print_line!("{} x{scale}: {scores} ({} images, {:.1} s)", set.name, set.images, set.seconds);
        }
        sets.push(EvaluatedSet { set, ssimulacra2, pictures });
    }
    if args.json {
        crate::print_json(&Evaluation { scale: args.scale, model: upsampler.describe(args.model()), sets });
    }
    Ok(())
}

fn in_words(scores: Scores, ssimulacra2: Option<f64>) -> String {
    let ssimulacra2 = ssimulacra2.map_or(String::new(), |score| format!(", SSIMULACRA2 {score:.1}"));
    format!("{scores}{ssimulacra2}")
}

/// SSIMULACRA2 of `sr` against `hr`, both 8-bit RGB: at most 100.
fn ssimulacra2(sr: &Picture, hr: &Picture) -> Result<f64> {
    let failed = |why: &dyn std::fmt::Display| Error::Data(format!("SSIMULACRA2: {why}"));
    let linear = |picture: &Picture| {
        let Samples::U8(values) = &picture.samples else { unreachable!("scored pictures have 8 bits") };
        let pixels = values.as_chunks::<3>().0.iter().map(|pixel| pixel.map(|value| f32::from(value) / 255.0));
        let (width, height) = (picture.width as usize, picture.height as usize);
        Rgb::new(pixels.collect(), width, height, TransferCharacteristic::SRGB, ColorPrimaries::BT709)
            .map_err(|error| failed(&error))
    };
    compute_frame_ssimulacra2(linear(hr)?, linear(sr)?).map_err(|error| failed(&error))
}

fn parse_degradation(text: &str) -> std::result::Result<Degradation, String> {
    let line = |item: &str| match item.split_once('=') {
        Some(("before", quality)) => Ok(format!("jpeg_before = {quality}")),
        Some(("shrink", filter)) => Ok(format!("shrink = \"{filter}\"")),
        Some((name, value)) => Ok(format!("{name} = {value}")),
        None if item == "420" => Ok("half_chroma = true".into()),
        None => Err(format!("\"{item}\" has no value: write, for example, jpeg=75")),
    };
    let lines = text.split(',').map(|item| line(item.trim())).collect::<std::result::Result<Vec<_>, _>>()?;
    let degradation: Degradation = toml::from_str(&lines.join("\n")).map_err(|error| error.to_string())?;
    degradation.check().map(|()| degradation).map_err(|error| error.to_string())
}

enum Upsampler {
    Bicubic,
    Lanczos3,
    Model(Box<ModelOnDevice>),
    Scheduled(Arc<ModelOnDevice>, Box<Networks>),
}

impl Upsampler {
    fn new(args: &Args) -> Result<Self> {
        let (name, scale) = (args.model(), args.scale);
        match name {
            "bicubic" => return Ok(Self::Bicubic),
            "lanczos3" => return Ok(Self::Lanczos3),
            _ => {}
        }
        let files = ModelFiles::find(name)?;
        let networks = args.schedule.read(&files)?;
        let files = files.sliced(&args.slice)?;
        let compression = args.degrade.and_then(|degradation| degradation.compression());
        let model = files.model(files.strength(args.clean, compression)?.0)?;
        match model.metadata.config.scale() {
            own if own == scale as usize => {
                let model = ModelOnDevice::new(model, args.backend, args.half)?;
                Ok(match networks {
                    Some(networks) => Self::Scheduled(Arc::new(model), Box::new(networks)),
                    None => Self::Model(Box::new(model)),
                })
            }
            own => Err(Error::Config(format!("{name} enlarges by {own}: use --scale {own} or another model"))),
        }
    }

    fn enlarge(&self, lr: &Picture, (width, height): (u32, u32), ensemble: bool) -> Result<Picture> {
        match self {
            Self::Bicubic => bicubic(lr, width, height),
            Self::Lanczos3 => lanczos3(lr, width, height),
            Self::Model(model) if ensemble => enlarge_picture_ensemble(&**model, lr),
            Self::Model(model) => model.enlarge_picture(lr),
            // With tiles, as pictures are enlarged.
            Self::Scheduled(whole, networks) => {
                let options = Options { ensemble, ..Options::new(Target::Size { width, height }) };
                let go_on = |_| ControlFlow::Continue(());
                let (result, _, report) = networks.upscale(whole, lr.clone(), &options, go_on)?;
                eprintln!("{report}");
                Ok(result)
            }
        }
    }

    fn describe(&self, name: &str) -> Evaluated {
        let model = match self {
            Self::Model(model) => Some(model.model()),
            Self::Scheduled(model, _) => Some(model.model()),
            Self::Bicubic | Self::Lanczos3 => None,
        };
        match model {
            Some(model) => {
                let cost = Cost::of(&model.metadata.config);
                Evaluated {
                    name: model.metadata.name.clone(),
                    params: Some(cost.params),
                    macs_720p: Some(cost.macs_720p),
                    sha256: Some(model.sha256.clone()),
                }
            }
            None => Evaluated { name: name.to_owned(), params: None, macs_720p: None, sha256: None },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use splitsr::train::Shrink;

    #[test]
    fn damage_is_read_from_items() {
        let clean = Degradation::default();
        let twice = Degradation { jpeg: Some(75), half_chroma: true, jpeg_before: Some(60), ..clean };
        assert_eq!(parse_degradation("jpeg=75,420,before=60").unwrap(), twice);
        let soft = Degradation { shrink: Shrink::Area, blur: 0.5, noise: 3.0, ..clean };
        assert_eq!(parse_degradation("shrink=area, blur=0.5, noise=3").unwrap(), soft);
        for (text, why) in [
            ("jpeg", "has no value"),
            ("jpeg=0", "from 1 to 100"),
            ("jpeg=75,jpeg=80", "duplicate"),
            ("smoke=1", "unknown field"),
            ("shrink=zoom", "unknown variant"),
        ] {
            let error = parse_degradation(text).unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
