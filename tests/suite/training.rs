//! Training: a run that learns, and a killed run that continues where it was.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use burn::tensor::Device;
use splitsr::NetworkConfig;
use splitsr::elastic::{Slice, slice};
use splitsr::image::{Layout, Picture, Samples};
use splitsr::model::Model;
use splitsr::network::Network;
use splitsr::train::{
    Batch, Dataset, Event, Files, Limits, Loss, Pair, Pictures, Recipe, Session, TrainConfig, Trainer, model_psnr_y,
    run,
};
use splitsr::weights::{collect, read};

use super::random::alone;

const CONFIG: &str = r#"
    name = "test"
    recipe = "cosine"
    [network]
    architecture = "splitsr"
    channels = 8
    groups = 2
    blocks = 2
    hybrid_index = 1
    [override]
    steps = 60
    batch = 4
    hr_patch = 24
    learning_rate = 3e-3
    schedule = { cosine = { warmup = 5 } }
    second_stage = { steps = 20, learning_rate = 1e-3, batch = 2, hr_patch = 32, loss = "l2" }
"#;

/// Sharp-edged stripes and rings, which a network learns to sharpen.
fn dataset() -> Dataset {
    let picture = |phase: usize| {
        let values = (0..48 * 48).flat_map(|i| {
            let (y, x) = (i / 48, i % 48);
            let on = (x / 3 + y / 5 + phase).is_multiple_of(2);
            let ring = (x.abs_diff(24).pow(2) + y.abs_diff(24).pow(2)) / 40 % 2 == phase % 2;
            [if on { 220 } else { 30 }, if ring { 200 } else { 60 }, if on == ring { 90 } else { 160 }]
        });
        Picture::new(48, 48, Layout::Rgb, Samples::U8(values.collect())).unwrap()
    };
    Dataset::new((0..3).map(|phase| Pair::new(picture(phase), 2).unwrap()).collect(), 2).unwrap()
}

fn train(out: &Path, resume: bool, steps: Option<u64>) -> Vec<Event> {
    let config = TrainConfig::from_toml(CONFIG).unwrap();
    let mut events = Vec::new();
    let (files, limits, go_on) = (Files::beside(out), Limits { steps, time: None }, AtomicBool::new(false));
    let data = Pictures::new(dataset(), dataset());
    run(&config, &data, &files, resume, limits, &go_on, &mut |event| events.push(event.clone())).unwrap();
    events
}

#[test]
fn a_killed_run_resumes_to_the_same_weights_bit_for_bit() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let (whole, parts) = (folder.path().join("whole.safetensors"), folder.path().join("parts.safetensors"));
    let before = train(&folder.path().join("none.safetensors"), false, Some(0)).last().unwrap().psnr_y.unwrap();
    let after = train(&whole, false, None).last().unwrap().psnr_y.unwrap();
    assert!(after > before + 3.0, "80 steps took the PSNR from {before} to {after}");

    train(&parts, false, Some(23));
    // A kill between two saves leaves a log that is ahead of the checkpoint.
    let log = Files::beside(&parts).log;
    let text = std::fs::read_to_string(&log).unwrap();
    std::fs::write(&log, format!("{text}{{\"step\":31,\"seconds\":1.0,\"learning_rate\":0.1}}\n{{\"step\":3")).unwrap();
    // In the second stage as well.
    train(&parts, true, Some(65));
    train(&parts, true, None);
    let bytes = |path: &Path| {
        let model = splitsr::weights::read(&std::fs::read(path).unwrap()).unwrap();
        model.1
    };
    assert_eq!(bytes(&whole), bytes(&parts));
    // The model is that of the last step, so the best step's weights aren't kept.
    let checkpoint = std::fs::read(Files::beside(&parts).checkpoint).unwrap();
    assert!(!String::from_utf8_lossy(&checkpoint).contains("\"best\":{\"dtype\""));
    let text = std::fs::read_to_string(&log).unwrap();
    let events: Vec<Event> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let steps: Vec<u64> = events.iter().map(|event| event.step).collect();
    assert_eq!(steps, [23, 23, 65, 65, 80, 80]);
    // Each part ends with its losses and a score, however short it was.
    for pair in events.chunks_exact(2) {
        assert!(pair[0].loss > Some(0.0) && pair[0].steps_per_second > Some(0.0), "{pair:?}");
        assert!(pair[1].psnr_y > Some(before), "{pair:?}");
    }
}

#[test]
fn a_started_run_is_not_overwritten() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("model.safetensors");
    train(&out, false, Some(1));
    let config = TrainConfig::from_toml(CONFIG).unwrap();
    let data = Pictures::new(dataset(), dataset());
    let run = |config: &TrainConfig, resume| {
        let files = Files::beside(&out);
        run(config, &data, &files, resume, Limits::default(), &AtomicBool::new(true), &mut |_| {})
    };
    let error = run(&config, false).unwrap_err().to_string();
    assert!(error.contains("exists: continue with --resume"), "{error}");
    let error = run(&TrainConfig { seed: 2, ..config.clone() }, true).unwrap_err().to_string();
    assert!(error.contains("a different network, seed, start, teacher or recipe"), "{error}");
    run(&config, true).unwrap();
    // A model whose checkpoint is gone is never replaced, nor is its log.
    let Files { model, checkpoint, log } = Files::beside(&out);
    std::fs::remove_file(checkpoint).unwrap();
    let before = [&model, &log].map(|path| std::fs::read(path).unwrap());
    for resume in [false, true] {
        let error = run(&config, resume).unwrap_err().to_string();
        assert!(error.contains("exists, but its checkpoint is missing: choose another --out"), "{error}");
    }
    assert_eq!([&model, &log].map(|path| std::fs::read(path).unwrap()), before);
}

/// Otherwise a run that diverged would replace its last good checkpoint.
#[test]
fn a_checkpoint_never_holds_nan() {
    let config = TrainConfig::from_toml(CONFIG).unwrap();
    let pictures = Pictures::new(dataset(), dataset());
    let session = Session::new(config, None, None, pictures, &Device::flex()).unwrap();
    assert!(session.checkpoint_of(vec![("weights", vec![0.5])]).is_ok());
    for value in [f32::NAN, f32::INFINITY] {
        let error = session.checkpoint_of(vec![("weights", vec![0.5, value])]).unwrap_err();
        assert!(error.to_string().contains("tensor weights holds NaN or infinity"), "{error}");
    }
}

#[test]
fn a_log_that_cannot_be_read_is_not_emptied() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let files = Files::beside(&folder.path().join("model.safetensors"));
    std::fs::write(&files.log, b"{\"step\":1}\n\xff").unwrap();
    let (config, data) = (TrainConfig::from_toml(CONFIG).unwrap(), Pictures::new(dataset(), dataset()));
    let go_on = AtomicBool::new(false);
    let result = run(&config, &data, &files, false, Limits::default(), &go_on, &mut |_| {});
    assert!(matches!(result, Err(splitsr::Error::Io { path, .. }) if path == files.log));
    assert_eq!(std::fs::read(&files.log).unwrap(), b"{\"step\":1}\n\xff");
}

#[test]
fn another_network_starts_from_the_weights_that_fit() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let [x2, x4] = ["x2", "x4"].map(|name| folder.path().join(format!("{name}.safetensors")));
    train(&x2, false, Some(3));
    let start = |config: &TrainConfig| {
        let scale = config.network.scale();
        let pairs = || dataset().into_pairs().into_iter().map(|pair| Pair::new(pair.hr, scale).unwrap());
        let data = || Dataset::new(pairs().collect(), scale).unwrap();
        let data = Pictures::new(data(), data());
        let (files, none) = (Files::beside(&x4), Limits { steps: Some(0), time: None });
        run(config, &data, &files, false, none, &AtomicBool::new(false), &mut |_| {})
    };
    let mut config = TrainConfig::from_toml(&CONFIG.replace("hr_patch = 24", "hr_patch = 32")).unwrap();
    let NetworkConfig::SplitSr(network) = &mut config.network else { unreachable!("as CONFIG says") };
    network.scale = 4;
    config.init = Some(x2.to_str().unwrap().to_owned());
    start(&config).unwrap();
    let weights = |path: &Path| splitsr::weights::read(&std::fs::read(path).unwrap()).unwrap().1;
    let (from, to) = (weights(&x2), weights(&x4));
    assert!(to.len() > from.len(), "x4 shuffles twice");
    for (name, tensor) in &from {
        assert_eq!(to[name], *tensor, "{name}");
    }
    let Files { model, checkpoint, .. } = Files::beside(&x4);
    for path in [model, checkpoint] {
        std::fs::remove_file(path).unwrap();
    }
    config.network = NetworkConfig::Srcnn(splitsr::config::SrcnnConfig { scale: 4 });
    let error = start(&config).unwrap_err().to_string();
    assert!(error.contains("has nothing in common with the network"), "{error}");
}

/// A trainer of the test's network, its weights, and a batch; the recipe is changed by `change`.
fn trainer(change: impl FnOnce(&mut Recipe)) -> (Trainer, Network, Batch) {
    let config = TrainConfig::from_toml(CONFIG).unwrap();
    let mut recipe = config.recipe().unwrap();
    recipe.ema = 0.0;
    change(&mut recipe);
    let device = Device::flex();
    let network = Network::new(&config.network, &device);
    let batch = dataset().batch(&recipe, recipe.batch, 1, 0);
    (Trainer::new(recipe, network.clone(), &device), network, batch)
}

#[test]
fn a_network_that_teaches_itself_has_nothing_to_learn() {
    let _alone = alone();
    let (trainer, network, batch) = trainer(|recipe| recipe.distill = 1.0);
    assert!(trainer.with_teacher(network).step(&batch).unwrap() < 1e-6);
}

#[test]
fn reparameterised_kernels_take_longer_steps_in_the_middle() {
    let _alone = alone();
    let (mut trainer, network, batch) = trainer(|recipe| (recipe.reparameterised, recipe.epsilon) = (true, 1e-20));
    trainer.step(&batch).unwrap();
    let (before, after) = (collect(&network), collect(&trainer.network()));
    let moves = |name: &str| -> Vec<f32> {
        let pairs = before[name].1.iter().zip(&after[name].1);
        pairs.map(|(before, after)| (after - before).abs()).collect()
    };
    // Adam's first step is the learning rate, whatever the gradient.
    let rate = moves("body.bias")[0];
    for (index, moved) in moves("body.weight").into_iter().enumerate() {
        let gain = [1.0, 2.0, 1.0, 2.0, 4.0, 2.0, 1.0, 2.0, 1.0][index % 9];
        assert!((moved / rate - gain).abs() < 0.05 * gain, "{index}: {moved} for a rate of {rate}");
    }
}

#[test]
fn hard_patches_are_where_bicubic_fails() {
    let flat = Picture::new(48, 48, Layout::Rgb, Samples::U8(vec![90; 3 * 48 * 48])).unwrap();
    let mut pairs = dataset().into_pairs();
    pairs.truncate(1);
    pairs.push(Pair::new(flat, 2).unwrap());
    let data = Dataset::new(pairs, 2).unwrap();
    let flat_patches = |candidates| {
        let recipe = Recipe { candidates, batch: 64, ..TrainConfig::from_toml(CONFIG).unwrap().recipe().unwrap() };
        let batch = data.batch(&recipe, recipe.batch, 1, 0);
        batch.hr.chunks_exact(3 * batch.hr_side.pow(2)).filter(|patch| patch.iter().all(|&v| v == patch[0])).count()
    };
    let (some, few) = (flat_patches(1), flat_patches(4));
    assert!((20..44).contains(&some), "half of 64 patches, not {some}");
    assert!(few < 12, "a sixteenth of 64 patches, not {few}");
}

#[test]
fn the_default_recipe_is_the_papers() {
    let config = TrainConfig::from_toml("name = \"a\"\n[network]\narchitecture = \"splitsr\"").unwrap();
    let recipe = config.recipe().unwrap();
    assert_eq!(recipe, Recipe::paper());
    assert_eq!((recipe.hr_patch, recipe.steps, recipe.loss), (96, 600_000, Loss::L1));
    assert_eq!((recipe.betas, recipe.epsilon), ([0.9, 0.999], 1e-7));
}

#[test]
fn the_configs_of_our_models_are_valid() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let configs: Vec<_> = files.filter(|path| path.extension().is_some_and(|extension| extension == "toml")).collect();
    assert!(configs.len() >= 10, "{configs:?}");
    for path in configs {
        let config = TrainConfig::from_toml(&std::fs::read_to_string(&path).unwrap());
        assert!(config.is_ok(), "{}: {:?}", path.display(), config.err());
    }
}

#[test]
fn an_elastic_run_resumes_bit_for_bit_and_all_its_networks_learn() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let mut config = TrainConfig::from_toml(CONFIG).unwrap();
    config.elastic = true;
    config.overrides["second_stage"]["batch"] = 4.into();
    for (field, value) in [("steps", 160.into()), ("distill", 0.5.into()), ("reparameterised", true.into())] {
        config.overrides.insert(field.into(), value);
    }
    let train = |config: &TrainConfig, name: &str, resume, steps| {
        let path = folder.path().join(name);
        let (limits, go_on) = (Limits { steps, time: None }, AtomicBool::new(false));
        let data = Pictures::new(dataset(), dataset());
        run(config, &data, &Files::beside(&path), resume, limits, &go_on, &mut |_| ()).unwrap();
        std::fs::read(path).unwrap()
    };
    let start = train(&config, "whole.safetensors", false, Some(1));
    let whole = train(&config, "whole.safetensors", true, None);
    train(&config, "parts.safetensors", false, Some(61));
    let parts = train(&config, "parts.safetensors", true, None);
    let (metadata, tensors) = read(&whole).unwrap();
    assert_eq!(read(&parts).unwrap().1, tensors);
    assert!(metadata.elastic && metadata.auto_halo.is_none());

    config.init = Some(folder.path().join("whole.safetensors").to_str().unwrap().into());
    config.overrides.insert("score_every".into(), 5.into());
    let again = train(&config, "again.safetensors", false, Some(0));
    assert_eq!(read(&again).unwrap().1, tensors, "it starts from the file's weights");
    let broken = folder.path().join("broken.safetensors");
    std::fs::write(&broken, &whole[..1000]).unwrap();
    let init = config.init.replace(broken.to_str().unwrap().into());
    let (files, never) = (Files::beside(&folder.path().join("none.safetensors")), AtomicBool::new(true));
    let data = Pictures::new(dataset(), dataset());
    let error = |config: &TrainConfig| {
        run(config, &data, &files, false, Limits::default(), &never, &mut |_| ()).unwrap_err().to_string()
    };
    let damaged = error(&config);
    assert!(damaged.contains("broken.safetensors"), "{damaged}");
    config.init = init;
    config.overrides.insert("hr_patch".into(), 96.into());
    let small = error(&config);
    assert!(small.contains("a training picture is 48 x 48") && !small.contains("safetensors"), "{small}");

    let pairs = dataset().into_pairs();
    for (split_ratio, hybrid_index) in [(0.25, 1), (1.0, 0), (0.125, 2), (0.5, 2)] {
        let wanted = Slice { split_ratio: Some(split_ratio), hybrid_index: Some(hybrid_index), hybrid_mode: None };
        let [before, after] = [&start, &whole].map(|file| {
            let model = Model::from_bytes(&slice(file, &wanted).unwrap(), &Device::flex()).unwrap();
            model_psnr_y(&model, &pairs).unwrap()
        });
        assert!(after > before + 1.0, "{split_ratio}, {hybrid_index}: {before:.2} to {after:.2} dB");
    }
}
