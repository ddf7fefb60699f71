//! `splitsr study`

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use serde::{Deserialize, Serialize};
use splitsr::network::cost::Cost;
use splitsr::ops::reuse_buffers;
use splitsr::train::{Event, Files, Limits, Pictures, TrainConfig, read_folder, replay_pictures, run as train};
use splitsr::{Error, Result};

use crate::shard::Shard;

/// Trains variants of a training run that differ in a few fields, and prints a table of their
/// scores in Markdown. Skips variants that are complete according to their log in OUT, and resumes
/// interrupted ones.
#[derive(clap::Args)]
pub struct Args {
    /// The study (TOML): a training config in `[base]` and, for each variant, a `[[variant]]` with
    /// a `name` and the fields of the base that it changes
    file: PathBuf,
    /// Folder for models, checkpoints and logs, which is created if needed
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Folder of training pictures. Without it, nothing is trained and the table comes from the
    /// logs
    #[arg(long, value_name = "DIR", requires = "val")]
    data: Option<PathBuf>,
    /// Folder of validation pictures
    #[arg(long, value_name = "DIR", requires = "data")]
    val: Option<PathBuf>,
    /// Train only part K of N of the variants, so that several processes can share a study
    #[arg(long, value_name = "K/N", default_value = "1/1")]
    part: Shard,
    /// Print the result as a JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Study {
    /// The title of the table.
    title: String,
    base: toml::Table,
    variant: Vec<toml::Table>,
}

/// The result of a variant.
#[derive(Serialize)]
struct Row {
    name: String,
    config: TrainConfig,
    params: u64,
    macs_720p: f64,
    steps: u64,
    /// The time spent in training steps.
    seconds: f64,
    /// The mean loss of the last hundred steps.
    loss: f64,
    /// PSNR on the validation pictures, in dB.
    psnr_y: f64,
}

#[derive(Serialize)]
struct Report {
    title: String,
    rows: Vec<Row>,
}

pub fn run(args: Args) -> Result<()> {
    let text = fs::read_to_string(&args.file).map_err(Error::io(&args.file))?;
    let invalid = |error: toml::de::Error| Error::Config(format!("{}: {error}", args.file.display()));
    let Study { title, base, variant } = toml::from_str(&text).map_err(invalid)?;
    let configs = variant.into_iter().map(|variant| config(&base, variant)).collect::<Result<Vec<_>>>()?;
    let mut names = BTreeMap::new();
    for config in &configs {
        if let Some(other) = names.insert(files(config, &args.out).model, &config.name) {
            return Err(Error::Config(format!(
                "the variants \"{other}\" and \"{}\" would have the same file: rename one",
                config.name
            )));
        }
    }
    if let (Some(data), Some(val)) = (&args.data, &args.val) {
        fs::create_dir_all(&args.out).map_err(Error::io(&args.out))?;
        rayon::scope(|_| reuse_buffers(|| train_all(args.part.of(configs.iter()), data, val, &args.out)))?;
    }
    let rows =
        configs.into_iter().filter_map(|config| row(config, &args.out).transpose()).collect::<Result<Vec<_>>>()?;
    if args.json {
        crate::print_json(&Report { title, rows });
        return Ok(());
    }
    print_line!("{title}\n");
    print_line!("| variant | val PSNR, dB | K parameters | G multiply-adds | steps | training, s |");
    print_line!("|---|--:|--:|--:|--:|--:|");
    for Row { name, params, macs_720p, steps, seconds, psnr_y, .. } in &rows {
        let (kilo, giga) = (*params as f64 / 1e3, macs_720p / 1e9);
        print_line!("| {name} | {psnr_y:.3} | {kilo:.1} | {giga:.1} | {steps} | {seconds:.0} |");
    }
    Ok(())
}

/// The base with a variant's fields, merged table by table.
fn config(base: &toml::Table, variant: toml::Table) -> Result<TrainConfig> {
    fn put(over: toml::Table, base: &mut toml::Table) {
        for (key, value) in over {
            match (value, base.get_mut(&key)) {
                (toml::Value::Table(over), Some(toml::Value::Table(base))) if key != "schedule" => put(over, base),
                (value, _) => {
                    base.insert(key, value);
                }
            }
        }
    }
    let mut table = base.clone();
    put(variant, &mut table);
    TrainConfig::from_toml(&table.to_string())
}

fn train_all<'a>(configs: impl Iterator<Item = &'a TrainConfig>, data: &Path, val: &Path, out: &Path) -> Result<()> {
    let stop = crate::stop_flag()?;
    // Kept for the variants after it that need the same: most studies shrink their pictures once.
    let mut last: Option<(_, Pictures)> = None;
    for config in configs.take_while(|_| !stop.load(Ordering::Relaxed)) {
        let (recipe, scale) = (config.recipe()?, config.network.scale());
        if row(config.clone(), out)?.is_some_and(|row| row.steps >= recipe.all_steps()) {
            continue;
        }
        let copies = (recipe.shrunk_copies.clone(), recipe.largest_hr_patch());
        let random = recipe.random_degradation.clone();
        let needed = (scale, copies, recipe.degradation, random, recipe.needs_replay_set());
        // Frees the others before it reads these.
        let pictures = match last.take().filter(|(made, _)| *made == needed) {
            Some((_, pictures)) => pictures,
            None => {
                let replay = || Ok(replay_pictures());
                Pictures::assemble(read_folder(data)?, read_folder(val)?, &recipe, scale, replay)?
            }
        };
        let mut print = |event: &Event| {
            if let Some(psnr_y) = event.psnr_y {
                eprintln!("{}: {} steps, {psnr_y:.3} dB", config.name, event.step);
            }
        };
        train(config, &pictures, &files(config, out), true, Limits::default(), &stop, &mut print)?;
        last = Some((needed, pictures));
    }
    Ok(())
}

fn files(config: &TrainConfig, out: &Path) -> Files {
    let name = config.name.replace(|c: char| !c.is_ascii_alphanumeric() && c != '.', "-");
    Files::beside(&out.join(format!("{name}.safetensors")))
}

/// The result in the log of a variant; `None` if there is no log with a score.
fn row(config: TrainConfig, out: &Path) -> Result<Option<Row>> {
    let log = files(&config, out).log;
    if !log.exists() {
        return Ok(None);
    }
    let text = fs::read_to_string(&log).map_err(Error::io(&log))?;
    let events: Vec<Event> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let last = events.iter().rev().find_map(|event| event.psnr_y.map(|psnr_y| (event, psnr_y)));
    let loss = events.iter().rev().find_map(|event| event.loss);
    let cost = Cost::of(&config.network);
    Ok(last.zip(loss).map(|((event, psnr_y), loss)| Row {
        name: config.name.clone(),
        params: cost.params,
        macs_720p: cost.macs_720p,
        steps: event.step,
        seconds: event.seconds,
        loss,
        psnr_y,
        config,
    }))
}
