//! `splitsr compare`

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;
use splitsr::eval::{Luma, psnr, read_picture, ssim};
use splitsr::image::{Depth, Format, Layout, Picture, Samples, encode};
use splitsr::upscale::{Options, Target, upscale};
use splitsr::{Error, Result, files, models};

/// Compares what two models make of one picture.
#[derive(clap::Args)]
pub struct Args {
    /// A model's name or file
    a: String,
    /// Another one's; they must enlarge alike
    b: String,
    /// The picture
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// Writes a map of the differences: black where equal, white where furthest apart
    #[arg(short, long, value_name = "HEAT")]
    output: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Comparison {
    a: String,
    b: String,
    width: u32,
    height: u32,
    /// dB on Y between the two results; null = equal.
    psnr_y: Option<f64>,
    ssim_y: f64,
    /// The largest difference of a channel, in levels of 255.
    largest: u8,
    /// The mean difference of the channels, in levels of 255.
    mean: f64,
}

pub fn run(args: Args) -> Result<()> {
    let heat_format = args.output.as_deref().map(Format::from_path).transpose()?;
    let (a, b) = (enlarge(&args, &args.a)?, enlarge(&args, &args.b)?);
    if (a.width, a.height) != (b.width, b.height) {
        return Err(Error::Config(format!("{} and {} do not enlarge by the same factor", args.a, args.b)));
    }
    let (bytes_a, bytes_b) = (a.to_rgba8(), b.to_rgba8());
    let difference: Vec<[u8; 3]> = bytes_a
        .chunks_exact(4)
        .zip(bytes_b.chunks_exact(4))
        .map(|(a, b)| std::array::from_fn(|c| a[c].abs_diff(b[c])))
        .collect();
    let largest = difference.iter().flatten().copied().max().unwrap_or(0);
    let total: u64 = difference.iter().flatten().map(|&d| u64::from(d)).sum();
    let (luma_a, luma_b) = (Luma::of(&a), Luma::of(&b));
    let psnr_y = psnr(&luma_a, &luma_b)?;
    let comparison = Comparison {
        width: a.width,
        height: a.height,
        psnr_y: psnr_y.is_finite().then_some(psnr_y),
        ssim_y: ssim(&luma_a, &luma_b)?,
        largest,
        mean: total as f64 / (3 * difference.len()) as f64,
        a: args.a,
        b: args.b,
    };
    if let (Some(path), Some(format)) = (args.output, heat_format) {
        let heat = difference.iter().map(|rgb| {
            let most = rgb.iter().copied().max().unwrap_or(0);
            (u32::from(most) * 255).checked_div(u32::from(largest)).unwrap_or(0) as u8
        });
        let mut map = Picture::blank(a.width, a.height, Layout::Grey, Depth::Eight)?;
        map.samples = Samples::U8(heat.collect());
        files::replace(&path, &encode(&map, format)?)?;
    }
    if args.json {
        crate::print_json(&comparison);
        return Ok(());
    }
    let Comparison { ssim_y, largest, mean, .. } = comparison;
    println!(
        "PSNR {psnr_y:.2} dB, SSIM {ssim_y:.4} on Y; at most {largest} and on average {mean:.3} levels of 255 apart"
    );
    Ok(())
}

/// The picture by the model's own scale, opaque.
fn enlarge(args: &Args, model: &str) -> Result<Picture> {
    let model = models::load(model)?;
    let zoom = model.metadata.config.scale() as f64;
    let picture = read_picture(&args.input)?.split_alpha().0.into_8_bit();
    let options = Options::new(Target::Zoom(zoom));
    upscale(&Arc::new(model), picture, &options, |_| ControlFlow::Continue(())).map(|(result, _)| result)
}
