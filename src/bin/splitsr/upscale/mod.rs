//! `splitsr upscale`

mod inputs;
mod models;
mod outputs;
mod report;

use std::io::ErrorKind;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::{ProgressBar, ProgressStyle};
use sha2::{Digest, Sha256};
use splitsr::clean_up::CleanUp;
use splitsr::device::{Backend, ModelOnDevice};
use splitsr::elastic::Slice;
use splitsr::image::{Area, Compression, Encoded, Format, Limits, Picture, decode, encode_with, exif};
use splitsr::upscale::{Options, Progress, Report, Target, Tiling, upscale};
use splitsr::{Error, Result, files};

use crate::one_line;
use crate::panics::guarded;
use crate::schedule;
use crate::shard::Shard;
use inputs::Inputs;
use models::{Chosen, Models, parse_budget};
use report::{Entry, Line, Made, Summary};

/// Enlarges pictures by any zoom from 1 to 16.
#[derive(clap::Args)]
pub struct Args {
    /// Pictures to enlarge, folders of pictures, or patterns like "photos/*.jpg"
    #[arg(required = true, value_name = "IN")]
    inputs: Vec<PathBuf>,
    /// File to write (png, jpg, webp, bmp, tif, gif), or a folder (one that exists, or a name that
    /// ends in a slash or has no extension), which gets a NAME.png for each picture. The file is
    /// replaced if it exists; files in a folder are not
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// Zoom, from 1 to 16
    #[arg(long, default_value_t = 2.0, conflicts_with = "size")]
    scale: f64,
    /// Exact size of the result in pixels, instead of a zoom
    #[arg(long, value_name = "WxH", value_parser = parse_size)]
    size: Option<(u32, u32)>,
    /// Name or file of the model [default: splitsr-x2; for a zoom above 2 splitsr-x3, above 3
    /// splitsr-x4; for options of elastic models splitsr-elastic-x2]
    #[arg(long)]
    model: Option<String>,
    #[command(flatten)]
    slice: Slice,
    /// Use the best network of an elastic model that is expected to take at most this many
    /// milliseconds for each picture on this machine
    #[arg(long, value_name = "MS", value_parser = parse_budget, conflicts_with_all = ["split_ratio", "hybrid_index", "schedule"])]
    budget: Option<f64>,
    #[command(flatten)]
    schedule: schedule::Options,
    /// Clean up compressed pictures: auto (a strength that suits the compression of each file), or
    /// a strength from 0 (off) to 100 %
    #[arg(long, default_value = "0")]
    clean: CleanUp,
    /// Device to use
    #[arg(long, value_enum, default_value_t = Backend::Auto)]
    backend: Backend,
    /// Store feature maps as 16-bit floats (GPU only): half the memory traffic, results within 1
    /// level
    #[arg(long)]
    half: bool,
    /// Halo of the tiles: auto (results within 1 level of exact), exact, or a number of pixels
    #[arg(long, default_value = "auto")]
    tile: Tiling,
    /// Average the results for the 8 flips and rotations: slightly better, 8 times slower
    #[arg(long)]
    ensemble: bool,
    /// Copy the picture's EXIF metadata (camera, date, place) to a PNG, JPEG or WebP
    #[arg(long)]
    keep_metadata: bool,
    /// Also search subfolders
    #[arg(short, long)]
    recursive: bool,
    /// Replace results that exist in the folder
    #[arg(long)]
    overwrite: bool,
    /// Skip pictures that already have a finished result, even with --overwrite
    #[arg(long)]
    resume: bool,
    /// Enlarge only part K of N, so that N processes share one batch, even on several machines that
    /// see the same folders
    #[arg(long, value_name = "K/N", default_value = "1/1")]
    shard: Shard,
    /// Print the result as a JSON object; for several pictures, one line each, as they finish
    #[arg(long)]
    json: bool,
}

/// The action if a result's file already exists.
#[derive(Clone, Copy, PartialEq)]
enum Existing {
    Keep,
    Skip,
    Replace,
}

/// A call, after everything that can be checked before the work.
struct Batch {
    args: Args,
    models: Models,
    options: Options,
    existing: Existing,
    stop: Arc<AtomicBool>,
}

pub fn run(args: Args) -> Result<ExitCode> {
    let options = options(&args)?;
    let models = Models::new(&args)?;
    let Inputs { pictures, failures, several } = inputs::find(&args.inputs, args.recursive, &args.output)?;
    let is_folder = outputs::is_folder(&args.output, several)?;
    let outputs = if is_folder { outputs::plan(&args.output, &pictures)? } else { outputs::named(&args.output)? };
    // The names are planned for all pictures, so that they do not depend on the number of shards.
    let shard = args.shard;
    let failures = if shard.is_first() { failures } else { Vec::new() };
    let (pictures, outputs): (Vec<_>, Vec<_>) = shard.of(pictures.into_iter().zip(outputs)).unzip();
    outputs::prepare(&outputs)?;
    let existing = match (args.resume, args.overwrite || !is_folder) {
        (true, _) => Existing::Skip,
        (false, true) => Existing::Replace,
        (false, false) => Existing::Keep,
    };
    models.open()?;
    let batch = Batch { args, models, options, existing, stop: crate::stop_flag()? };
    let mut failed = !failures.is_empty();
    for (path, error) in failures {
        batch.tell(&path, Entry::Failed { input: report::Input::new(&path), error }, several);
    }
    let count = pictures.len();
    for (index, (input, output)) in pictures.iter().zip(&outputs).enumerate() {
        let name = one_line(&input.path.to_string_lossy());
        let title = if several { format!("{}/{count} {name}", index + 1) } else { name };
        let entry = match guarded(|| batch.enlarge(&input.path, output, title)) {
            Ok(entry) => entry,
            Err(Error::Cancelled) if several => {
                let advice = "run the same command with --resume to continue";
                return Err(Error::Config(format!("cancelled after {index} of {count} pictures: {advice}")));
            }
            Err(Error::Cancelled) => return Err(Error::Cancelled),
            Err(error) => {
                failed = true;
                Entry::Failed { input: report::Input::new(&input.path), error: reason(&input.path, error) }
            }
        };
        batch.tell(&input.path, entry, several);
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn options(args: &Args) -> Result<Options> {
    let target = match args.size {
        Some((width, height)) => Target::Size { width, height },
        None => Target::Zoom(args.scale),
    };
    if args.schedule.is_set() && args.tile == Tiling::Exact {
        return Err(Error::Config(
            "a schedule is never exact, because its result depends on the tiles: leave out --tile exact, or --schedule"
                .into(),
        ));
    }
    let options = Options { tiling: args.tile, ensemble: args.ensemble, ..Options::new(target) };
    if args.size.is_none() {
        // A zoom that no picture can have.
        target.size(1, 1, &options.limits)?;
    }
    Ok(options)
}

impl Batch {
    /// Enlarges one picture.
    fn enlarge(&self, input: &Path, output: &Path, title: String) -> Result<Entry> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(Error::Cancelled);
        }
        let exists = output.symlink_metadata().is_ok();
        match self.existing {
            Existing::Skip if exists && outputs::is_finished(output)? => {
                return Ok(Entry::Skipped { input: report::Input::new(input), output: report::Output::new(output) });
            }
            Existing::Keep if exists => return Err(already_exists(output)),
            _ => {}
        }
        let format = Format::from_path(output)?;
        let bytes = std::fs::read(input).map_err(Error::io(input))?;
        let picture = decode(&bytes, &Limits::default())?;
        let (width, height) = self.options.target.size(picture.width, picture.height, &self.options.limits)?;
        format.check(width, height, picture.layout, picture.samples.depth())?;
        let exif = if self.args.keep_metadata { exif(&bytes) } else { None };
        let is_auto = self.args.clean == CleanUp::Auto;
        let compression = if is_auto { Compression::of(&bytes, &picture) } else { None };
        drop(bytes);
        let size = (picture.width, picture.height);
        let chosen = self.models.choose(size, &self.options, compression, &self.stop)?;
        let Chosen { network, clean, notes: remarks } = chosen;
        let (result, Report { tiles, halo, threads, seconds, .. }, schedule) =
            self.upscale(&network, picture, title)?;
        let Encoded { bytes: encoded, notes } = encode_with(&result, format, exif)?;
        let folder = files::folder_of(output);
        std::fs::create_dir_all(folder).map_err(Error::io(folder))?;
        // A file that was not there when the picture's turn came may be there now.
        let write = if exists || self.existing == Existing::Replace { files::replace } else { files::create };
        write(output, &encoded).map_err(|error| match error {
            Error::Io { source, .. } if source.kind() == ErrorKind::AlreadyExists => already_exists(output),
            other => other,
        })?;
        Ok(Entry::Made(Made {
            input: report::Input::new(input),
            output: report::Output::new(output),
            width: result.width,
            height: result.height,
            milliseconds: (seconds * 1e6).round() / 1e3,
            tiles,
            halo,
            threads,
            clean,
            schedule,
            output_sha256: self.args.json.then(|| pixel_hash(&result)),
            notes: remarks.into_iter().chain(result.notes).chain(notes).collect(),
        }))
    }

    fn upscale(
        &self,
        network: &Arc<ModelOnDevice>,
        picture: Picture,
        title: String,
    ) -> Result<(Picture, Report, Option<schedule::Report>)> {
        let bar = progress_bar(title);
        let on_progress = |progress: Progress| {
            bar.set_position((progress.fraction * 1e3) as u64);
            if self.stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let outcome = match &self.models.networks {
            None => {
                upscale(network, picture, &self.options, on_progress).map(|(result, report)| (result, report, None))
            }
            Some(networks) => networks
                .upscale(network, picture, &self.options, on_progress)
                .map(|(result, report, schedule)| (result, report, Some(schedule))),
        };
        bar.finish_and_clear();
        outcome
    }

    /// Reports on a picture as soon as it is done: failures on stderr, everything as JSON if asked
    /// for, and as text otherwise.
    fn tell(&self, path: &Path, entry: Entry, several: bool) {
        let name = path.to_string_lossy();
        match &entry {
            Entry::Failed { error, .. } => crate::print_error(&format!("{name}: {error}")),
            _ if self.args.json => {}
            Entry::Skipped { output, .. } => eprintln!("{} (already exists)", one_line(output.text())),
            Entry::Made(Made { output, width, height, milliseconds, notes, schedule, .. }) => {
                for note in notes.iter().cloned().chain(schedule.as_ref().map(ToString::to_string)) {
                    eprintln!("{}", one_line(&format!("{name}: {note}")));
                }
                eprintln!("{} ({width} x {height}, {:.2} s)", one_line(output.text()), milliseconds / 1e3);
            }
        }
        if self.args.json {
            let computation = self.models.computation();
            if several {
                crate::print_json(&Line { entry, computation });
            } else {
                crate::print_json(&Summary { computation, pictures: [entry] });
            }
        }
    }
}

/// The hash of the RGBA8 pixels, row by row. Converts a piece at a time, because a copy of the
/// whole picture may be gigabytes.
fn pixel_hash(picture: &Picture) -> String {
    let Picture { width, height, .. } = *picture;
    let rows = ((1 << 20) / width).max(1);
    let mut hash = Sha256::new();
    for top in (0..height).step_by(rows as usize) {
        let piece = picture.crop(Area { left: 0, top, width, height: rows.min(height - top) });
        hash.update(piece.to_rgba8());
    }
    format!("{:x}", hash.finalize())
}

fn already_exists(output: &Path) -> Error {
    Error::Config(format!("{} already exists: --overwrite replaces it, --resume skips it", output.display()))
}

/// The error without the name of the picture, which is printed before it.
fn reason(input: &Path, error: Error) -> String {
    match error {
        Error::Io { path, source } if path == input => source.to_string(),
        other => other.to_string(),
    }
}

/// Hidden if stderr is not a terminal.
fn progress_bar(title: String) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} [{bar:40}] {percent}% {eta}").expect("the template is valid");
    ProgressBar::new(1000).with_style(style).with_message(title)
}

/// "WxH" in pixels.
pub fn parse_size(text: &str) -> std::result::Result<(u32, u32), String> {
    let sides = text.split_once(['x', 'X']).map(|(width, height)| (width.parse(), height.parse()));
    match sides {
        Some((Ok(width), Ok(height))) if width > 0 && height > 0 => Ok((width, height)),
        _ => Err("it must be WIDTHxHEIGHT in pixels, like 1920x1080".into()),
    }
}
