//! `splitsr export`

use std::path::PathBuf;

use splitsr::{Result, files, models, onnx};

/// Exports a model as an ONNX file for other runtimes. `input` is `[1, 3, height, width]`, RGB in
/// [0, 1], of any size. `output` is the enlarged picture, not clamped.
#[derive(clap::Args)]
pub struct Args {
    /// Name or file of the model
    model: String,
    /// The file to write
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

pub fn run(args: Args) -> Result<()> {
    files::replace(&args.output, &onnx::export(&models::load(&args.model)?))
}
