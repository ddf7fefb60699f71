//! `splitsr train`

use std::path::{Path, PathBuf};
use std::time::Duration;

use splitsr::ops::reuse_buffers;
use splitsr::train::{
    Dataset, Event, Files, HeldOut, Limits, Pictures, Recipe, TrainConfig, gather, generic_pictures, read_folder,
};
use splitsr::{Error, Result, models, train};

/// Trains a model. Writes the model, and beside it a checkpoint and a log of JSON lines, every two minutes.
#[derive(clap::Args)]
pub struct Args {
    /// What to train and how (TOML). Without it, the model of --init is fine-tuned by the recipe "fine-tuning"
    #[arg(long, value_name = "FILE", required_unless_present = "init")]
    config: Option<PathBuf>,
    /// Folder of training pictures
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Folder of validation pictures. Without it, a fifth of the training pictures is kept out of training to validate with (of fewer than 5, a quarter
    /// of each)
    #[arg(long, value_name = "DIR")]
    val: Option<PathBuf>,
    /// The model's file, .safetensors
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Start from this model's weights (a name or a file), and not from what the config says
    #[arg(long, value_name = "MODEL")]
    init: Option<String>,
    /// Go on from the checkpoint beside --out, or start if there is none
    #[arg(long)]
    resume: bool,
    /// Stop at this step. Without --config: take so many steps
    #[arg(long)]
    steps: Option<u64>,
    /// Seeds the weights and the patches
    #[arg(long)]
    seed: Option<u64>,
    /// Change a field of the recipe, as TOML: `--set batch=4`, `--set 'degradation={shrink="area", jpeg=80}'`; may be given several times
    #[arg(long, value_name = "FIELD=VALUE")]
    set: Vec<String>,
    /// Stop after so many minutes
    #[arg(long)]
    minutes: Option<f64>,
}

pub fn run(args: Args) -> Result<()> {
    let mut config = match &args.config {
        Some(path) => TrainConfig::from_toml(&std::fs::read_to_string(path).map_err(Error::io(path))?)?,
        None => {
            let name = args.out.file_stem().unwrap_or_default().to_string_lossy();
            let mut config =
                TrainConfig::fine_tuning(&name, &models::load(args.init.as_deref().unwrap_or(models::DEFAULT))?);
            if let Some(steps) = args.steps {
                config.set_recipe(&Recipe::fine_tuning_in(steps))?;
            }
            config
        }
    };
    config.init = args.init.or(config.init);
    config.seed = args.seed.unwrap_or(config.seed);
    for field in &args.set {
        let table: toml::Table =
            field.parse().map_err(|error| Error::Config(format!("--set {field}: it is not FIELD=VALUE ({error})")))?;
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
    let files = Files::beside(&args.out);
    let pictures = pictures(&config, &args.data, args.val.as_deref())?;
    let stop = crate::stop_flag()?;
    let mut print = |event: &Event| println!("{}", serde_json::to_string(event).expect("an event is plain data"));
    let limits = Limits { steps: args.steps, time };
    let run = || train::run(&config, &pictures, &files, args.resume, limits, &stop, &mut print);
    // On one of the threads that compute: from outside, each operation would have to wake them and wait.
    rayon::scope(|_| reuse_buffers(run))
}

fn pictures(config: &TrainConfig, data: &Path, val: Option<&Path>) -> Result<Pictures> {
    let (recipe, scale) = (config.recipe()?, config.network.scale());
    let dataset = |pictures| Dataset::of(pictures, scale, &recipe.degradation);
    let mut pictures = match val {
        Some(val) => Pictures::new(dataset(read_folder(data)?)?, dataset(read_folder(val)?)?),
        None => {
            let pictures = read_folder(data)?.into_iter().fold(Vec::new(), gather);
            let HeldOut { train, held_out, .. } = HeldOut::new(pictures, recipe.hr_patch, config.seed)?;
            Pictures::new(dataset(train)?, dataset(held_out)?)
        }
    };
    if recipe.needs_generic() {
        pictures.generic = generic_pictures();
    }
    Ok(pictures)
}
