//! `splitsr train`

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::Duration;

use splitsr::ops::reuse_buffers;
use splitsr::train::{
    Event, Files, FineTuningSettings, HELD_OUT_PARTS, HeldOut, Limits, MIN_PICTURES_HELD_OUT_WHOLE, Pictures,
    TrainConfig, gather, read_folder, replay_pictures,
};
use splitsr::{Error, Result, models, train};

/// Trains a model on a folder of pictures. Every two minutes it saves the model and, in the same
/// folder, a checkpoint and a log of JSON lines.
#[derive(clap::Args)]
pub struct Args {
    /// The training config (TOML). Without it, the model of --init is fine-tuned
    #[arg(long, value_name = "FILE", required_unless_present = "init")]
    config: Option<PathBuf>,
    /// Folder of training pictures
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    #[arg(long, value_name = "DIR", help = val_help())]
    val: Option<PathBuf>,
    /// The model file to write, .safetensors
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Start from the weights of this model (a name or a file), whatever the config says
    #[arg(long, value_name = "MODEL")]
    init: Option<String>,
    /// Resume from the checkpoint next to --out, or start from scratch if there is no model either
    #[arg(long)]
    resume: bool,
    /// Stop at this step. Without --config: the length of the run in steps
    #[arg(long)]
    steps: Option<u64>,
    /// Seed of the weights and the patches
    #[arg(long)]
    seed: Option<u64>,
    /// Change a field of the recipe, as TOML: `--set batch=4`, `--set 'degradation={shrink="area",
    /// jpeg=80}'`; can be repeated
    #[arg(long, value_name = "FIELD=VALUE")]
    set: Vec<String>,
    /// Stop after this many minutes
    #[arg(long)]
    minutes: Option<f64>,
}

/// The help of `--val`, with the numbers of [`HeldOut`].
fn val_help() -> String {
    format!(
        "Folder of validation pictures. Without it, a fifth of the training pictures is held out for validation (with \
         fewer than {MIN_PICTURES_HELD_OUT_WHOLE} pictures, 1/{HELD_OUT_PARTS} of each)"
    )
}

pub fn run(args: Args) -> Result<()> {
    let mut config = match &args.config {
        Some(path) => TrainConfig::from_toml(&std::fs::read_to_string(path).map_err(Error::io(path))?)?,
        None => {
            let name = args.out.file_stem().unwrap_or_default().to_string_lossy();
            let model = models::load(args.init.as_deref().unwrap_or(models::DEFAULT))?;
            let usual = FineTuningSettings::default();
            FineTuningSettings { steps: args.steps.unwrap_or(usual.steps), ..usual }.config(&name, &model)?
        }
    };
    config.init = args.init.or(config.init);
    config.seed = args.seed.unwrap_or(config.seed);
    for field in &args.set {
        let table: toml::Table = field
            .parse()
            .map_err(|error| Error::Config(format!("--set {field} is not FIELD=VALUE in TOML ({error})")))?;
        config.overrides.extend(table);
    }
    config.recipe()?;
    let time = match args.minutes {
        Some(minutes) => Some(
            Duration::try_from_secs_f64(minutes * 60.0)
                .map_err(|_| Error::Config(format!("--minutes is {minutes}; it must be 0 or more")))?,
        ),
        None => None,
    };
    // The checkpoint and the log get the same name with other endings.
    if args.out.extension().is_none_or(|ending| ending != "safetensors") {
        return Err(Error::Config(format!("--out is {}; its name must end in .safetensors", args.out.display())));
    }
    let files = Files::beside(&args.out);
    let pictures = pictures(&config, &args.data, args.val.as_deref())?;
    let stop = crate::stop_flag()?;
    let mut unprinted = None;
    let mut print = |event: &Event| {
        let line = serde_json::to_string(event).expect("an event is plain data");
        // A pipe into `head` breaks. The run then stops as by Ctrl-C, so that nothing is lost.
        if let Err(error) = crate::write_line(line) {
            stop.store(true, Ordering::Relaxed);
            unprinted = Some(error);
        }
    };
    let limits = Limits { steps: args.steps, time };
    let run = || train::run(&config, &pictures, &files, args.resume, limits, &stop, &mut print);
    // On one of the threads that compute: from outside, each operation would have to wake them and
    // wait.
    rayon::scope(|_| reuse_buffers(run))?;
    match unprinted {
        Some(error) => Err(Error::Config(format!(
            "the log could not be printed ({error}), so the run was saved and stopped: continue with --resume"
        ))),
        None => Ok(()),
    }
}

fn pictures(config: &TrainConfig, data: &Path, val: Option<&Path>) -> Result<Pictures> {
    let (recipe, scale) = (config.recipe()?, config.network.scale());
    let pictures = read_folder(data)?;
    let (train, validation) = match val {
        Some(val) => (pictures, read_folder(val)?),
        None => {
            let gathered = pictures.into_iter().fold(Vec::new(), gather);
            let HeldOut { train, held_out, .. } = HeldOut::new(gathered, recipe.hr_patch, scale, config.seed)?;
            (train, held_out)
        }
    };
    Pictures::assemble(train, validation, &recipe, scale, || Ok(replay_pictures()))
}
