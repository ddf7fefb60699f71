//! `splitsr import`

use std::path::PathBuf;

use splitsr::{Error, Result, files, pytorch};

/// Converts a PyTorch model to a weights file: EDSR, RCAN or SplitSR with EDSR-PyTorch's names, as
/// safetensors.
#[derive(clap::Args)]
pub struct Args {
    /// The safetensors file with PyTorch's names
    #[arg(value_name = "FILE")]
    input: PathBuf,
    /// The weights file to write, .safetensors; the model gets the same name
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// The factor of EDSR's residuals: 0.1 for the large model
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0)]
    residual_scale: f32,
}

pub fn run(args: Args) -> Result<()> {
    let bytes = std::fs::read(&args.input).map_err(Error::io(&args.input))?;
    let name = args.output.file_stem().unwrap_or_default().to_string_lossy();
    let file =
        pytorch::import(&bytes, &name, args.residual_scale).map_err(|error| error.in_file(args.input.display()))?;
    files::replace(&args.output, &file)
}
