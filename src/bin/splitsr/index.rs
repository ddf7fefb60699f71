//! `splitsr index`

use std::path::PathBuf;

use serde::Serialize;
use splitsr::network::cost::Cost;
use splitsr::weights::{Metadata, hex_sha256, read};
use splitsr::{Error, Result, files, models};

/// Writes DIR/index.json, the list of models that the page reads, from the weights files in DIR.
#[derive(clap::Args)]
pub struct Args {
    /// Folder of weights files
    #[arg(value_name = "DIR", default_value = "models")]
    folder: PathBuf,
    /// Only check that index.json is up to date
    #[arg(long)]
    check: bool,
}

#[derive(Serialize)]
struct Entry {
    file: String,
    bytes: usize,
    sha256: String,
    scale: usize,
    params: u64,
    macs_720p: f64,
    receptive_field: Option<usize>,
    #[serde(flatten)]
    metadata: Metadata,
}

pub fn run(args: Args) -> Result<()> {
    let entries = models::files(&args.folder)?.iter().map(entry).collect::<Result<Vec<_>>>()?;
    let json = serde_json::to_string_pretty(&entries).expect("an index is plain data") + "\n";
    let path = args.folder.join("index.json");
    if !args.check {
        return files::replace(&path, json.as_bytes());
    }
    if std::fs::read_to_string(&path).map_err(Error::io(&path))? == json {
        return Ok(());
    }
    Err(Error::Config(format!("{} is out of date: run splitsr index {}", path.display(), args.folder.display())))
}

fn entry(path: &PathBuf) -> Result<Entry> {
    let bytes = std::fs::read(path).map_err(Error::io(path))?;
    let (metadata, _) = read(&bytes)?;
    let cost = Cost::of(&metadata.config);
    Ok(Entry {
        file: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        bytes: bytes.len(),
        sha256: hex_sha256(&bytes),
        scale: metadata.config.scale(),
        params: cost.params,
        macs_720p: cost.macs_720p,
        receptive_field: cost.receptive_field(),
        metadata,
    })
}
