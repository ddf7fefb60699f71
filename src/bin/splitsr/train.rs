//! `splitsr train`

use std::path::PathBuf;
use std::time::Duration;

use splitsr::ops::recycling;
use splitsr::train::{Dataset, Event, Files, Limits, TrainConfig};
use splitsr::{Error, Result, train};

/// Trains a model. Writes the model, and beside it a checkpoint and a log of JSON lines, every two minutes.
#[derive(clap::Args)]
pub struct Args {
    /// What to train and how (TOML)
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Folder of training pictures
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Folder of validation pictures
    #[arg(long, value_name = "DIR")]
    val: PathBuf,
    /// The model's file, .safetensors
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Start from this model's weights (a name or a file), and not from what the config says
    #[arg(long, value_name = "MODEL")]
    init: Option<String>,
    /// Go on from the checkpoint beside --out, or start if there is none
    #[arg(long)]
    resume: bool,
    /// Stop at this step
    #[arg(long)]
    steps: Option<u64>,
    /// Stop after so many minutes
    #[arg(long)]
    minutes: Option<f64>,
}

pub fn run(args: Args) -> Result<()> {
    let text = std::fs::read_to_string(&args.config).map_err(Error::io(&args.config))?;
    let mut config = TrainConfig::from_toml(&text)?;
    config.init = args.init.or(config.init);
    let time = match args.minutes {
        Some(minutes) => Some(
            Duration::try_from_secs_f64(minutes * 60.0)
                .map_err(|_| Error::Config(format!("--minutes is {minutes}; it must be 0 or more")))?,
        ),
        None => None,
    };
    let files = Files::beside(&args.out);
    let scale = config.network.scale();
    let (data, validation) = (Dataset::load(&args.data, scale)?, Dataset::load(&args.val, scale)?);
    let stop = crate::stop_flag()?;
    let mut print = |event: &Event| println!("{}", serde_json::to_string(event).expect("an event is plain data"));
    let limits = Limits { steps: args.steps, time };
    let run = || train::run(&config, &data, &validation, &files, args.resume, limits, &stop, &mut print);
    // On one of the threads that compute: from outside, each operation would have to wake them and wait.
    rayon::scope(|_| recycling(run))
}
