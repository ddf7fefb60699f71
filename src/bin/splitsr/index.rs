//! `splitsr index`

use std::path::{Path, PathBuf};

use serde::Serialize;
use splitsr::network::cost::Cost;
use splitsr::weights::{Metadata, hex_sha256, read_file};
use splitsr::{Error, Result, files, models};

/// Writes DIR/index.json, the list of models that the page reads, and the tables in DIR/README.md
/// from the weights files in DIR.
#[derive(clap::Args)]
pub struct Args {
    /// Folder with the weights files
    #[arg(value_name = "DIR", default_value = "models")]
    folder: PathBuf,
    /// Write nothing and fail if a file is out of date
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

/// The lines around the tables in README.md.
const MARKS: [&str; 2] = ["<!-- The models: splitsr index writes this part. -->", "<!-- The end of the models. -->"];

pub fn run(args: Args) -> Result<()> {
    let entries = models::files(&args.folder)?.iter().map(|path| entry(path)).collect::<Result<Vec<_>>>()?;
    let json = serde_json::to_string_pretty(&entries).expect("an index is plain data") + "\n";
    let index = args.folder.join("index.json");
    let mut outputs = vec![(index, json)];
    let readme = args.folder.join("README.md");
    if let Ok(text) = std::fs::read_to_string(&readme)
        && let Some((before, rest)) = text.split_once(MARKS[0])
        && let Some((_, after)) = rest.split_once(MARKS[1])
    {
        let [begin, end] = MARKS;
        outputs.push((readme, format!("{before}{begin}\n\n{}{end}{after}", tables(&entries))));
    }
    for (path, text) in outputs {
        if !args.check {
            files::replace(&path, text.as_bytes())?;
        } else if std::fs::read_to_string(&path).map_err(Error::io(&path))? != text {
            let (path, folder) = (path.display(), args.folder.display());
            return Err(Error::Config(format!("{path} is out of date: run splitsr index {folder}")));
        }
    }
    Ok(())
}

/// A table for each scale, the cheapest model first. Twins are not used alone, and have no scores.
fn tables(entries: &[Entry]) -> String {
    const SETS: [&str; 3] = ["Set5", "Set14", "Kodak24"];
    let mut text = String::new();
    for scale in 2..=4 {
        let mut models: Vec<&Entry> =
            entries.iter().filter(|entry| entry.scale == scale && entry.metadata.twin.is_none()).collect();
        if models.is_empty() {
            continue;
        }
        models.sort_by(|a, b| a.macs_720p.total_cmp(&b.macs_720p));
        let ensemble = SETS.map(|set| format!("{set}, ensemble"));
        let head = format!("x{scale} | K parameters | G multiply-adds | hours | val | {}", SETS.join(" | "));
        text += &format!("| {head} | {} |\n|---|{}\n", ensemble[..2].join(" | "), "--:|".repeat(9));
        for Entry { metadata, params, macs_720p, .. } in models {
            let (scores, hours) = (&metadata.scores, &metadata.training["hours"]);
            let number =
                |value: &serde_json::Value| value.as_f64().map_or(String::new(), |value| format!("{value:.2}"));
            let both = |value: &serde_json::Value| match (value[0].as_f64(), value[1].as_f64()) {
                (Some(psnr), Some(ssim)) => format!("{psnr:.2} / {ssim:.4}"),
                _ => String::new(),
            };
            let mut cells = vec![
                metadata.name.clone(),
                format!("{:.1}", *params as f64 / 1e3),
                format!("{:.1}", macs_720p / 1e9),
                number(hours),
                number(&scores["validation_psnr_y"]),
            ];
            cells.extend(SETS.map(|set| both(&scores[set])));
            cells.extend(SETS[..2].iter().map(|set| both(&scores["ensemble"][set])));
            text += &format!("| {} |\n", cells.join(" | "));
        }
        text.push('\n');
    }
    text
}

fn entry(path: &Path) -> Result<Entry> {
    let (bytes, metadata, _) = read_file(path)?;
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
