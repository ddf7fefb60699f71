//! `splitsr compare`

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;
use splitsr::eval::{Distance, distance, heat_map, read_picture};
use splitsr::image::{Format, Picture, encode};
use splitsr::upscale::{Options, Target, upscale};
use splitsr::{Error, Result, files, models};

/// Enlarges a picture with two models and compares the results.
#[derive(clap::Args)]
pub struct Args {
    /// Name or file of the first model
    a: String,
    /// Name or file of the second model, which must have the same scale
    b: String,
    /// The picture
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// Write a map of the differences: black where equal, white where they are largest
    #[arg(short, long, value_name = "HEAT")]
    output: Option<PathBuf>,
    /// Print the result as a JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Comparison {
    a: String,
    b: String,
    width: u32,
    height: u32,
    #[serde(flatten)]
    distance: Distance,
}

pub fn run(args: Args) -> Result<()> {
    let heat_format = args.output.as_deref().map(Format::from_path).transpose()?;
    let (a, b) = (enlarge(&args, &args.a)?, enlarge(&args, &args.b)?);
    if (a.width, a.height) != (b.width, b.height) {
        return Err(Error::Config(format!(
            "{} and {} have different scales: choose two models of the same scale",
            args.a, args.b
        )));
    }
    let distance = distance(&a, &b, 0)?;
    let (width, height) = (a.width, a.height);
    let comparison = Comparison { width, height, distance, a: args.a, b: args.b };
    if let (Some(path), Some(format)) = (args.output, heat_format) {
        files::replace(&path, &encode(&heat_map(&a, &b)?, format)?)?;
    }
    if args.json {
        crate::print_json(&comparison);
        return Ok(());
    }
    let Distance { psnr_y, ssim_y, largest, mean } = distance;
    let number = |value: Option<f64>, places| value.map_or("-".into(), |value| format!("{value:.places$}"));
    let (psnr_y, ssim_y) = (number(psnr_y.or(Some(f64::INFINITY)), 2), number(ssim_y, 4));
    print_line!("PSNR {psnr_y} dB, SSIM {ssim_y} on Y; largest difference {largest}, mean {mean:.3} of 255 levels");
    Ok(())
}

/// The picture enlarged by the model's own scale, without alpha.
fn enlarge(args: &Args, model: &str) -> Result<Picture> {
    let model = models::load(model)?;
    let zoom = model.metadata.config.scale() as f64;
    let picture = read_picture(&args.input)?.split_alpha().0.into_8_bit();
    let options = Options::new(Target::Zoom(zoom));
    upscale(&Arc::new(model), picture, &options, |_| ControlFlow::Continue(())).map(|(result, _)| result)
}
