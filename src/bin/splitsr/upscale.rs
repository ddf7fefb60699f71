//! `splitsr upscale`

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use splitsr::device::{Backend, DeviceChoice, ModelOnDevice};
use splitsr::eval::read_picture;
use splitsr::image::{Encoded, Format, encode_with, exif};
use splitsr::upscale::{Options, Progress, Report, Target, Tiling, upscale};
use splitsr::weights::hex_sha256;
use splitsr::{Error, Result, files, models};

/// Enlarges pictures by any zoom from 1 to 16.
#[derive(clap::Args)]
pub struct Args {
    /// Pictures to enlarge
    #[arg(required = true, value_name = "IN")]
    inputs: Vec<PathBuf>,
    /// File to write (png, jpg, webp, bmp, tif, gif), or a folder, which gets a NAME.png for each
    /// picture
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// Zoom, from 1 to 16
    #[arg(long, default_value_t = 2.0, conflicts_with = "size")]
    scale: f64,
    /// Exact size of the result in pixels, instead of a zoom
    #[arg(long, value_name = "WxH", value_parser = parse_size)]
    size: Option<(u32, u32)>,
    /// Name or file of the model
    #[arg(long, default_value = models::DEFAULT)]
    model: String,
    /// Device to use
    #[arg(long, value_enum, default_value_t = Backend::Auto)]
    backend: Backend,
    /// Store feature maps as 16-bit floats (GPU only): half the memory traffic, results within 1
    /// level
    #[arg(long)]
    half: bool,
    /// Halo of the tiles: auto (results within 1 level of exact), exact, or a number of pixels
    #[arg(long, default_value = "auto", value_parser = parse_tiling)]
    tile: Tiling,
    /// Average the results for the 8 flips and rotations: slightly better, 8 times slower
    #[arg(long)]
    ensemble: bool,
    /// Copy the picture's EXIF metadata (camera, date, place) to a PNG, JPEG or WebP
    #[arg(long)]
    keep_metadata: bool,
    /// Print the result as a JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Summary {
    model: String,
    #[serde(rename = "modelSha256")]
    model_sha256: String,
    backend: &'static str,
    adapter: String,
    reason: String,
    pictures: Vec<Done>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Done {
    input: PathBuf,
    output: PathBuf,
    width: u32,
    height: u32,
    milliseconds: f64,
    tiles: usize,
    /// In low-resolution pixels; null = the picture was not cut into tiles.
    halo: Option<usize>,
    threads: usize,
    notes: Vec<String>,
    /// The hash of the RGBA8 pixels, row by row.
    output_sha256: String,
}

pub fn run(args: Args) -> Result<()> {
    let model = models::load(&args.model)?;
    let outputs = outputs(&args)?;
    let model = match (args.backend, args.tile) {
        // Exact results are the same on every machine; results of GPUs are not.
        (Backend::Auto, Tiling::Exact) => ModelOnDevice::on_cpu(model, "exact results are computed on the processor"),
        (backend, _) => ModelOnDevice::new(model, backend, args.half)?,
    };
    let model = Arc::new(model);
    let stop = crate::stop_flag()?;
    let mut pictures = Vec::new();
    for (input, output) in args.inputs.iter().zip(outputs) {
        let done = one(&args, &model, input, output, &stop)?;
        if !args.json {
            for note in &done.notes {
                eprintln!("{}: {note}", input.display());
            }
            eprintln!("{} ({} x {}, {:.2} s)", done.output.display(), done.width, done.height, done.milliseconds / 1e3);
        }
        pictures.push(done);
    }
    if args.json {
        let DeviceChoice { backend, adapter, reason } = model.choice();
        crate::print_json(&Summary {
            model: model.model().metadata.name.clone(),
            model_sha256: model.model().sha256.clone(),
            backend,
            adapter,
            reason,
            pictures,
        });
    }
    Ok(())
}

fn one(args: &Args, model: &Arc<ModelOnDevice>, input: &Path, output: PathBuf, stop: &AtomicBool) -> Result<Done> {
    let format = Format::from_path(&output)?;
    let picture = read_picture(input)?;
    let target = match args.size {
        Some((width, height)) => Target::Size { width, height },
        None => Target::Zoom(args.scale),
    };
    let options = Options { tiling: args.tile, ensemble: args.ensemble, ..Options::new(target) };
    let bar = progress_bar(input);
    let on_progress = |progress: Progress| {
        bar.set_position((progress.fraction * 1e3) as u64);
        if stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let outcome = upscale(model, picture, &options, on_progress);
    bar.finish_and_clear();
    let (result, Report { tiles, halo, threads, seconds, .. }) = outcome?;
    let exif = if args.keep_metadata { exif(&std::fs::read(input).map_err(Error::io(input))?) } else { None };
    let Encoded { bytes, notes } = encode_with(&result, format, exif)?;
    files::replace(&output, &bytes)?;
    Ok(Done {
        input: input.to_owned(),
        output,
        width: result.width,
        height: result.height,
        milliseconds: (seconds * 1e6).round() / 1e3,
        tiles,
        halo,
        threads,
        output_sha256: hex_sha256(&result.to_rgba8()),
        notes: [result.notes, notes].concat(),
    })
}

/// The file for each input, checked before any work. The output is a folder if it exists as one,
/// ends with a slash, or there are several inputs.
fn outputs(args: &Args) -> Result<Vec<PathBuf>> {
    let slash = args.output.to_string_lossy().ends_with(std::path::is_separator);
    if !args.output.is_dir() && !slash && args.inputs.len() == 1 {
        Format::from_path(&args.output)?;
        return Ok(vec![args.output.clone()]);
    }
    std::fs::create_dir_all(&args.output).map_err(Error::io(&args.output))?;
    let name = |input: &PathBuf| args.output.join(input.file_stem().unwrap_or_default()).with_extension("png");
    let outputs: Vec<PathBuf> = args.inputs.iter().map(name).collect();
    for (index, output) in outputs.iter().enumerate() {
        if outputs[..index].contains(output) {
            return Err(Error::Config(format!(
                "two pictures would be written to {}: enlarge them into different folders",
                output.display()
            )));
        }
    }
    Ok(outputs)
}

/// Hidden if stderr is not a terminal.
fn progress_bar(input: &Path) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} [{bar:40}] {percent}% {eta}").expect("the template is valid");
    ProgressBar::new(1000).with_style(style).with_message(input.display().to_string())
}

/// "WxH" in pixels.
pub fn parse_size(text: &str) -> std::result::Result<(u32, u32), String> {
    let sides = text.split_once(['x', 'X']).map(|(width, height)| (width.parse(), height.parse()));
    match sides {
        Some((Ok(width), Ok(height))) if width > 0 && height > 0 => Ok((width, height)),
        _ => Err("it must be WIDTHxHEIGHT in pixels, like 1920x1080".into()),
    }
}

fn parse_tiling(text: &str) -> std::result::Result<Tiling, String> {
    text.parse().map_err(|error: Error| error.to_string())
}
