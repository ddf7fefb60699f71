//! `splitsr schedule`, and the options of a schedule.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use burn::tensor::Device;
use serde::Serialize;
use splitsr::device::ModelOnDevice;
use splitsr::elastic::{Slice, slice};
use splitsr::eval::{degrade, picture_files, read_picture};
use splitsr::image::Picture;
use splitsr::model::Model;
use splitsr::models::ModelFiles;
use splitsr::network::cost::Cost;
use splitsr::upscale::schedule::{DEFAULT_EFFORT, Errors, Ladder, Lessons, Schedule, Scheduler, Scheduling, Score};
use splitsr::upscale::{self, Enlarge, Progress, upscale_scheduled};
use splitsr::weights::{read_file, to_file};
use splitsr::{Result, files};

/// The model whose file holds networks for a schedule.
pub const MODEL: &str = "splitsr-elastic-x2";

/// How to divide a picture between networks.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Kind {
    /// As MobiSR: the whole network where it gains most, a cheaper one or bicubic elsewhere
    Mobisr,
}

/// The options of a schedule.
#[derive(clap::Args)]
pub struct Options {
    /// Schedule: divide the picture between the whole network, a cheaper one and bicubic
    /// (splitsr-elastic-x2)
    #[arg(long, value_enum)]
    schedule: Option<Kind>,
    /// How much quality counts against work in a schedule: from 0 (bicubic everywhere) to 100 (the
    /// whole network everywhere) [default: 60]
    #[arg(long, requires = "schedule", value_parser = clap::value_parser!(u8).range(0..=100))]
    effort: Option<u8>,
    /// The score by which a schedule estimates the gain of a network [default: rms-laplacian]
    #[arg(long, value_enum, requires = "schedule")]
    score: Option<Score>,
}

impl Options {
    pub fn is_set(&self) -> bool {
        self.schedule.is_some()
    }

    /// The model that these options and `slice` need, if they need a certain one.
    pub fn model(&self, slice: &Slice) -> Option<&'static str> {
        (self.is_set() || !slice.is_default()).then_some(MODEL)
    }

    /// The parts of a schedule that come from the model in `files`, before it is sliced; `None`
    /// without a schedule.
    pub fn read(&self, files: &ModelFiles) -> Result<Option<Networks>> {
        if !self.is_set() {
            return Ok(None);
        }
        let (cheap, schedule) = files.cheap()?;
        let (effort, score) = (self.effort.unwrap_or(DEFAULT_EFFORT), self.score.unwrap_or_default());
        Ok(Some(Networks { cheap: Arc::new(cheap), schedule, effort, score }))
    }
}

/// A schedule but for the whole network.
pub struct Networks {
    cheap: Arc<Model>,
    schedule: Schedule,
    effort: u8,
    score: Score,
}

impl Networks {
    /// [`upscale_scheduled`] with this cheap network. If `whole` is on a GPU, the processor
    /// computes beside it.
    pub fn upscale(
        &self,
        whole: &Arc<ModelOnDevice>,
        picture: Picture,
        options: &upscale::Options,
        on_progress: impl FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<(Picture, upscale::Report, Report)> {
        let Self { cheap, schedule, effort, score } = self;
        let configs = [whole.model(), cheap].map(|model| &model.metadata.config);
        let scheduler = Scheduler::new(schedule, configs[0], configs[1], *effort, *score)?;
        let ladder = Arc::new(Ladder { whole: whole.model().clone(), cheap: cheap.clone() });
        let on_gpu = Ladder { whole: whole.clone(), cheap: cheap.clone() };
        let on_gpu = on_gpu.on_gpu().then(|| Arc::new(on_gpu) as Arc<dyn Enlarge>);
        let (result, report) = upscale_scheduled(&ladder, on_gpu, scheduler, picture, options, on_progress)?;
        let Scheduling { cells: [bicubic, cheap, whole], work, gpu_tiles, .. } =
            report.scheduling.clone().unwrap_or_default();
        let (cells, work) = (Cells { bicubic, cheap, whole }, (work * 1e4).round() / 1e4);
        Ok((result, report, Report { mode: "mobisr", effort: *effort, score: *score, cells, work, gpu_tiles }))
    }
}

/// A report on a schedule's work.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    mode: &'static str,
    /// In %.
    effort: u8,
    score: Score,
    cells: Cells,
    /// The networks' work, as a share of the whole network's.
    work: f64,
    /// Tiles that a GPU computed.
    gpu_tiles: usize,
}

/// How many cells each rung computed.
#[derive(Clone, Serialize)]
struct Cells {
    bicubic: usize,
    cheap: usize,
    whole: usize,
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { cells: Cells { bicubic, cheap, whole }, work, gpu_tiles, .. } = self;
        let work = 100.0 * work;
        write!(
            f,
            "{whole} cells by the whole network, {cheap} by the cheap one, {bicubic} by bicubic: {work:.0} % of the work"
        )?;
        match gpu_tiles {
            0 => Ok(()),
            1 => write!(f, "; 1 tile on the GPU"),
            _ => write!(f, "; {gpu_tiles} tiles on the GPU"),
        }
    }
}

/// Learns from training pictures how much each network of an elastic model gains, for --schedule,
/// and writes that into its file. --split-ratio, --hybrid-index and --hybrid-mode choose the cheap
/// network.
#[derive(clap::Args)]
pub struct Args {
    /// File of the elastic model
    model: PathBuf,
    /// Folder of training pictures
    #[arg(long, value_name = "DIR")]
    train: PathBuf,
    /// The number of pictures to learn from, spread over the folder
    #[arg(long, value_name = "COUNT", default_value_t = 240, value_parser = clap::value_parser!(u32).range(1..))]
    pictures: u32,
    // The cheap network; by default, the one in the file or the best that was found.
    #[command(flatten)]
    cheap: Slice,
}

/// The best of those that were tried: docs/networks.md.
const CHEAP: Slice = Slice { split_ratio: Some(1.0 / 16.0), hybrid_index: Some(7), hybrid_mode: None };

pub fn run(args: Args) -> Result<()> {
    let (bytes, mut metadata, tensors) = read_file(&args.model)?;
    let known = metadata.schedule.take().map_or(CHEAP, |schedule| schedule.cheap);
    let chosen = if args.cheap.is_default() { known } else { args.cheap };
    let model = |wanted: &Slice| {
        let model = slice(&bytes, wanted).and_then(|bytes| Model::from_bytes(&bytes, &Device::flex()));
        model.map_err(|error| error.in_file(args.model.display()))
    };
    let (whole, cheap) = (model(&Slice::default())?, model(&chosen)?);
    let scale = metadata.config.scale();
    let paths = picture_files(&args.train)?;
    let step = paths.len().div_ceil(args.pictures as usize);
    let mut lessons = Lessons::default();
    for path in paths.iter().step_by(step) {
        let (high, low) = degrade(read_picture(path)?, scale)?;
        lessons.add(&low, &high, &cheap, &whole)?;
    }
    let (count, pictures) = (lessons.cells(), paths.len().div_ceil(step));
    let schedule = lessons.schedule(chosen);
    let work = Cost::of(&cheap.metadata.config).macs_720p / Cost::of(&whole.metadata.config).macs_720p;
    print_line!("{count} cells of {pictures} pictures; the cheap network takes {:.0} % of the work", 100.0 * work);
    print_line!(
        "root of the mean squared Laplacian, error of bicubic, the cheap and the whole network in levels squared:"
    );
    let Errors { score, bicubic, cheap, whole } = &schedule.rms_laplacian;
    for (((score, bicubic), cheap), whole) in score.iter().zip(bicubic).zip(cheap).zip(whole) {
        print_line!("{score:8.2} {bicubic:8.2} {cheap:8.2} {whole:8.2}");
    }
    metadata.schedule = Some(schedule);
    files::replace(&args.model, &to_file(&metadata, &tensors)?)
}
