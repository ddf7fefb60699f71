//! `splitsr extract`

use std::path::PathBuf;

use splitsr::elastic::Slice;
use splitsr::models::ModelFiles;
use splitsr::{Result, files};

/// Writes one network of an elastic model to its own weights file.
#[derive(clap::Args)]
pub struct Args {
    /// Name or file of the elastic model
    model: String,
    #[command(flatten)]
    slice: Slice,
    /// The file to write, .safetensors
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

pub fn run(args: Args) -> Result<()> {
    files::replace(&args.output, &ModelFiles::extract(&args.model, &args.slice)?)
}
