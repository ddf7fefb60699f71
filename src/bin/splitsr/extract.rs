//! `splitsr extract`

use std::path::PathBuf;

use splitsr::elastic::Slice;
use splitsr::models::ModelFiles;
use splitsr::{Result, files};

/// Writes a network of an elastic model as a weights file of its own.
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
