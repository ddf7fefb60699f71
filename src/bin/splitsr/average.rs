//! `splitsr average`

use std::path::PathBuf;

use splitsr::model::Model;
use splitsr::models::ModelFiles;
use splitsr::weights::{Metadata, assign, collect, to_bytes};
use splitsr::{Error, Result, files};

/// Averages the weights of several models with the same network. The average of models that started
/// from the same weights is often better than any of them (Wortsman and others, "Model soups", ICML
/// 2022). `splitsr measure` finds its scores.
#[derive(clap::Args)]
pub struct Args {
    /// Names or files of two or more models; the result gets the name of the first
    #[arg(required = true, num_args = 2..)]
    models: Vec<String>,
    /// The file to write, .safetensors
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

pub fn run(args: Args) -> Result<()> {
    let load = |name: &String| {
        let files = ModelFiles::find(name)?;
        if files.metadata()?.elastic {
            return Err(Error::Config(format!(
                "{name} is elastic, and only models of one network can be averaged: splitsr extract writes such a model"
            )));
        }
        files.model(0)
    };
    let all = args.models.iter().map(load).collect::<Result<Vec<Model>>>()?;
    let [first, others @ ..] = &all[..] else { unreachable!("clap asks for two models") };
    let mut sums = collect(&first.network);
    for (model, name) in others.iter().zip(&args.models[1..]) {
        if model.metadata.config != first.metadata.config {
            return Err(Error::Config(format!(
                "{name} and {} have different networks: only models with the same network can be averaged",
                args.models[0]
            )));
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
