//! `splitsr round`

use std::path::PathBuf;

use splitsr::weights::{read_file, round_to_f16, to_file};
use splitsr::{Result, files};

/// Rounds the weights of models to 16 bits, which halves their files. Afterwards, measure the
/// scores again with `splitsr measure`. `splitsr twin` connects a twin with the rounded model.
#[derive(clap::Args)]
pub struct Args {
    /// Files of the models
    #[arg(required = true, value_name = "MODEL")]
    models: Vec<PathBuf>,
}

pub fn run(args: Args) -> Result<()> {
    for path in &args.models {
        let (_, mut metadata, mut tensors) = read_file(path)?;
        round_to_f16(&mut tensors).map_err(|error| error.in_file(path.display()))?;
        metadata.auto_halo = None;
        metadata.scores = serde_json::Value::Null;
        metadata.twin = None;
        files::replace(path, &to_file(&metadata, &tensors)?)?;
    }
    Ok(())
}
