//! `splitsr average`

use std::path::PathBuf;

use splitsr::weights::{Metadata, Model, assign, collect, to_bytes};
use splitsr::{Error, Result, files, models};

/// Writes the model whose weights are the means of those of several models of one network. Where these began with the same weights, that is often better
/// than each (Wortsman and others, "Model soups", ICML 2022). What it scores, `splitsr measure` finds out.
#[derive(clap::Args)]
pub struct Args {
    /// The models' names or files, two or more; the mean is called like the first
    #[arg(required = true, num_args = 2..)]
    models: Vec<String>,
    /// The model's file, .safetensors
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

pub fn run(args: Args) -> Result<()> {
    let all = args.models.iter().map(|name| models::load(name)).collect::<Result<Vec<Model>>>()?;
    let [first, others @ ..] = &all[..] else { unreachable!("two models are the least") };
    let mut sums = collect(&first.network);
    for (model, name) in others.iter().zip(&args.models[1..]) {
        if model.metadata.config != first.metadata.config {
            return Err(Error::Config(format!("{name} is another network than {}", args.models[0])));
        }
        for (name, (_, values)) in collect(&model.network) {
            let (_, sum) = sums.get_mut(&name).expect("the same network has the same tensors");
            sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
        }
    }
    sums.values_mut().for_each(|(_, values)| values.iter_mut().for_each(|value| *value /= all.len() as f32));
    let Metadata { name, config, .. } = &first.metadata;
    let mut metadata = Metadata::new(name, config.clone());
    let hours: f64 = all.iter().filter_map(|model| model.metadata.training["hours"].as_f64()).sum();
    metadata.training = serde_json::json!({
        "mean_of": all.iter().map(|model| &model.sha256).collect::<Vec<_>>(),
        "of": all.iter().map(|model| &model.metadata.training).collect::<Vec<_>>(),
        "hours": (hours * 100.0).round() / 100.0,
    });
    let device = burn::tensor::Device::flex();
    files::replace(&args.output, &to_bytes(&metadata, &assign(first.network.clone(), sums, &device)?)?)
}
