//! Fine-tuning: what is trained, what is kept, and what is kept out.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use burn::tensor::Device;
use splitsr::config::SplitSrConfig;
use splitsr::image::{Layout, Picture, Samples};
use splitsr::model::Model;
use splitsr::network::Network;
use splitsr::train::{
    Batch, Dataset, FineTuning, FineTuningSettings, HeldOut, HeldOutKind, Pictures, Recipe, Schedule, Session,
    TrainConfig, Trained, Trainer,
};
use splitsr::weights::{Metadata, collect, read};
use splitsr::{Error, NetworkConfig, Result};

use super::random::alone;

/// Sharp-edged rings and stripes.
fn pictures(count: usize) -> Vec<Picture> {
    let picture = |phase: usize| {
        let values = (0..64 * 64).flat_map(|i| {
            let (y, x) = (i / 64, i % 64);
            let on = (x / 3 + y / 5 + phase).is_multiple_of(2);
            let ring = ((x.abs_diff(30).pow(2) + y.abs_diff(24).pow(2)) / (40 + phase)).is_multiple_of(2);
            [if on { 220 } else { 30 }, if ring { 200 } else { 60 }, if on == ring { 90 } else { 160 }]
        });
        Picture::new(64, 64, Layout::Rgb, Samples::U8(values.collect())).unwrap()
    };
    (0..count).map(picture).collect()
}

/// A model of random weights.
fn model() -> Model {
    let device = Device::flex();
    device.seed(7);
    let config = SplitSrConfig { channels: 8, groups: 3, blocks: 2, hybrid_index: 1, ..Default::default() };
    let config = NetworkConfig::SplitSr(config);
    Model::new(Metadata::new("start", config.clone()), Network::new(&config, &device), &device).unwrap()
}

fn config(model: &Model, change: impl FnOnce(&mut Recipe)) -> TrainConfig {
    let mut config = TrainConfig::fine_tuning("tuned", model);
    let mut recipe = Recipe::fine_tuning();
    (recipe.steps, recipe.batch, recipe.hr_patch, recipe.learning_rate) = (40, 5, 24, 3e-3);
    (recipe.schedule, recipe.score_every) = (Schedule::Cosine { warmup: 4 }, Some(5));
    change(&mut recipe);
    config.overrides = recipe.differences(&Recipe::fine_tuning());
    assert_eq!(config.recipe().unwrap(), recipe, "nothing is lost on the way");
    config
}

fn session(config: TrainConfig, model: &Model) -> Session {
    let dataset = |pictures| Dataset::of(pictures, 2, &Default::default()).unwrap();
    let HeldOut { train, held_out, .. } = HeldOut::new(pictures(6), 24, 2, 1).unwrap();
    let mut pictures_of_run = Pictures::new(dataset(train), dataset(held_out));
    pictures_of_run.replay = pictures(9).split_off(7);
    Session::new(config, Some(model), None, pictures_of_run, &Device::flex()).unwrap()
}

fn values(tensor: burn::tensor::Tensor<1>) -> Vec<f32> {
    tensor.into_data().try_into_vec().unwrap()
}

#[test]
fn the_gradients_of_a_batchs_parts_make_the_batchs() {
    let _alone = alone();
    let model = model();
    let mut session = session(config(&model, |_| ()), &model);
    let batch = session.batch();
    assert_eq!(batch.count, 5);
    let (loss, whole) = session.trainer().gradient(&batch);
    let (loss, whole): (f32, _) = (loss.into_scalar(), values(whole));
    // A trainer elsewhere, which got the weights.
    let mut helper =
        Trainer::new(session.recipe().clone(), Network::new(&model.metadata.config, &Device::flex()), &Device::flex());
    helper.set_weights(values(session.trainer().weights().clone()), 0).unwrap();
    for count in [1, 2, 3, 9] {
        let parts = batch.parts(count);
        assert_eq!(parts.len(), count.min(5));
        let (mut sum, mut sums) = (0.0, vec![0.0; whole.len()]);
        for part in &parts {
            let share = part.count as f32 / 5.0;
            let (loss, gradient) = helper.gradient(part);
            sum += loss.into_scalar::<f32>() * share;
            sums.iter_mut().zip(values(gradient)).for_each(|(sum, value)| *sum += value * share);
        }
        let largest = whole.iter().fold(0.0f32, |max, value| max.max(value.abs()));
        let off = sums.iter().zip(&whole).fold(0.0f32, |max, (a, b)| max.max((a - b).abs()));
        assert!((sum - loss).abs() < 1e-6 && off < 1e-5 * largest, "{count} parts: {sum} {loss}, {off} of {largest}");
    }
}

#[test]
fn only_the_chosen_weights_change() {
    let _alone = alone();
    let model = model();
    let before = collect(&model.network);
    // The first of the three groups is lightweight.
    type IsTrained = fn(&str) -> bool;
    let expected: [(Trained, IsTrained); 3] = [
        (Trained::All, |_| true),
        (Trained::Tail, |name| name.starts_with("upsampler") || name.starts_with("tail")),
        (Trained::LightBlocks, |name| name.starts_with("groups.0.blocks")),
    ];
    for (trained, is_trained) in expected {
        let mut session = session(config(&model, |recipe| recipe.trained = trained), &model);
        for _ in 0..3 {
            session.step().unwrap();
        }
        for (name, (_, after)) in collect(&session.trainer().network()) {
            let changed = after != before[&name].1;
            assert_eq!(changed, is_trained(&name), "{trained:?}: {name}");
        }
    }
    let none = SplitSrConfig { hybrid_index: 0, ..Default::default() };
    let mut wrong = config(&model, |recipe| recipe.trained = Trained::LightBlocks);
    wrong.network = NetworkConfig::SplitSr(none);
    assert!(wrong.recipe().unwrap_err().to_string().contains("no lightweight groups"));
}

#[test]
fn the_best_step_is_kept_also_over_a_restart() {
    let _alone = alone();
    let model = model();
    // The learning rate ends so high that the score gets worse again.
    let config = config(&model, |recipe| {
        (recipe.learning_rate, recipe.ema, recipe.clip) = (2e-2, 0.0, Some(1e3));
        recipe.schedule = Schedule::Cosine { warmup: 40 };
    });
    let run = |session: &mut Session, until: u64, scores: &mut Vec<(u64, f64)>| {
        while session.step_count() < until {
            session.step().unwrap();
            if session.is_to_be_scored() {
                let score = session.score().unwrap();
                scores.push((score.step, score.psnr_y));
            }
        }
    };
    let (mut whole, mut scores) = (session(config.clone(), &model), Vec::new());
    let start = whole.score().unwrap();
    run(&mut whole, 40, &mut scores);
    let best = *scores.iter().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
    assert!(best.1 > start.psnr_y + 1.0, "it learns: {start:?} {best:?}");
    assert_ne!(best.0, 40, "the last step is not the best: {scores:?}");
    let kept = whole.best_score().unwrap();
    assert_eq!((kept.step, kept.psnr_y), best);

    let (mut first, mut again) = (session(config.clone(), &model), Vec::new());
    first.score().unwrap();
    run(&mut first, 23, &mut again);
    let checkpoint = first.checkpoint().unwrap();
    let mut second = session(config.clone(), &model);
    second.restore(&checkpoint).unwrap();
    run(&mut second, 40, &mut again);
    assert_eq!(again, scores, "the same steps");
    let tensors = |session: &Session| read(&session.model().unwrap()).unwrap();
    let ((metadata, kept), (_, restored)) = (tensors(&whole), tensors(&second));
    assert_eq!(kept, restored);
    assert_eq!(metadata.training["best_step"], best.0);
    // The saved weights score what the session says.
    let saved = Model::from_bytes(&whole.model().unwrap(), &Device::flex()).unwrap();
    let mut once_more = session(config.clone(), &saved);
    assert!((once_more.score().unwrap().psnr_y - best.1).abs() < 1e-9);
    assert!(second.restore(b"nonsense").is_err());
    assert!(saved.metadata.auto_halo.is_some_and(|halo| halo > 0), "its tiles need no exact halo");
    // A checkpoint belongs to its run, whose steps must not change midway.
    let mut other = config.clone();
    other.overrides.insert("batch".into(), 4.into());
    let error = session(other, &model).restore(&checkpoint).unwrap_err().to_string();
    assert!(error.contains("a different network, seed, start, teacher or recipe"), "{error}");
    // Only the number of steps may change.
    let mut longer = config;
    longer.overrides.insert("steps".into(), 80.into());
    session(longer, &model).restore(&checkpoint).unwrap();
}

#[test]
fn flat_pictures_score_a_number() {
    let _alone = alone();
    let model = model();
    let flat = || Picture::new(64, 64, Layout::Rgb, Samples::U8(vec![255; 64 * 64 * 3])).unwrap();
    let dataset = |pictures| Dataset::of(pictures, 2, &Default::default()).unwrap();
    let zeros = |network: &Network| {
        let mut tensors = collect(network);
        tensors.values_mut().for_each(|(_, values)| values.fill(0.0));
        tensors
    };
    let network = splitsr::weights::assign(model.network.clone(), zeros(&model.network), &Device::flex()).unwrap();
    let grey = Model::new(model.metadata.clone(), network, &Device::flex()).unwrap();
    // The mean colour everywhere: exactly what a network of zeros gives.
    let original = splitsr::upscale::Enlarge::enlarge_picture(&grey, &flat()).unwrap();
    let mut pictures_of_run = Pictures::new(dataset(pictures(2)), dataset(vec![original]));
    pictures_of_run.replay = pictures(9).split_off(7);
    let mut session = Session::new(config(&grey, |_| ()), Some(&grey), None, pictures_of_run, &Device::flex()).unwrap();
    assert_eq!(session.score().unwrap().psnr_y, 100.0);
    let checkpoint = session.checkpoint().unwrap();
    session.restore(&checkpoint).unwrap();
}

/// The value of a future that waits for nothing, as on the CPU.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the CPU has nothing to wait for"),
    }
}

fn settings() -> FineTuningSettings {
    FineTuningSettings { steps: 12, batch: 5, patch: 24, learning_rate: 3e-3, ..Default::default() }
}

fn start(model: &Model, settings: FineTuningSettings, pictures_of_run: Vec<Picture>) -> Result<FineTuning> {
    now(FineTuning::start(model, "tuned", settings, pictures_of_run, pictures(9).split_off(7), Device::flex()))
}

/// Takes a step whose batch is split between the run and a worker, as the page does it. Returns the
/// loss.
fn step(tuning: &mut FineTuning, model: &Model) -> f32 {
    let parts: Vec<Vec<u8>> = tuning.next_step(2).parts().iter().map(Batch::to_bytes).collect();
    now(tuning.compute_own()).unwrap();
    let mut worker = tuning.info().settings.gradient_worker(model).unwrap();
    for (index, part) in parts.iter().enumerate().skip(1) {
        let (weights, step) = (tuning.weights(), tuning.step_count());
        let gradient = worker.compute(weights, step, &Batch::from_bytes(part).unwrap()).unwrap();
        tuning.accept(index, gradient).unwrap();
    }
    tuning.apply(0.5).unwrap()
}

#[test]
fn a_fine_tuning_in_parts_takes_the_sessions_steps() {
    let _alone = alone();
    let model = model();
    let mut tuning = start(&model, settings(), pictures(6)).unwrap();
    let info = tuning.info();
    assert_eq!((info.held_out, info.held_out_pictures, info.enough), (HeldOutKind::Pictures, 1, false));
    assert!(info.bicubic_psnr_y > 5.0 && info.model_psnr_y.is_none(), "{info:?}");
    let HeldOut { train, held_out, .. } = HeldOut::new(pictures(6), 16, 2, 1).unwrap();
    let (config, replay) = (settings().config("tuned", &model).unwrap(), pictures(9).split_off(7));
    let pictures = Pictures::assemble(train, held_out, &config.recipe().unwrap(), 2, || Ok(replay)).unwrap();
    let mut session = Session::new(config, Some(&model), None, pictures, &Device::flex()).unwrap();

    let first = now(tuning.score()).unwrap();
    assert_eq!((first.score, first.score.psnr_y), (first.best, session.score().unwrap().psnr_y));
    let mut losses = Vec::new();
    while !tuning.is_done() {
        let (loss, expected) = (step(&mut tuning, &model), session.step().unwrap());
        losses.push((loss, expected));
        assert_eq!(tuning.is_to_be_scored(), session.is_to_be_scored() || session.step_count() == 12);
    }
    // The sums of the gradients have another order.
    assert!(losses.len() == 12 && losses.iter().all(|(loss, expected)| (loss - expected).abs() < 1e-3), "{losses:?}");
    let scoring = now(tuning.score()).unwrap();
    assert!(scoring.best.psnr_y > first.score.psnr_y && !scoring.stalled, "{first:?} {scoring:?}");
    assert_eq!(tuning.best().unwrap(), scoring.best);
    let json = serde_json::to_value(scoring).unwrap();
    assert_eq!((&json["step"], &json["best"]["step"], &json["stalled"]), (&12.into(), &12.into(), &false.into()));
    assert!(json["psnrY"].is_number() && json["forgotten"].is_number(), "{json}");

    let previews = [tuning.original(), tuning.by_bicubic().unwrap(), tuning.by_network().unwrap()];
    assert!(previews.iter().all(|preview| (preview.width, preview.height) == (64, 64)));
    assert!(tuning.by_model().is_none(), "it is the same network");
    let saved = Model::from_bytes(&tuning.model().unwrap(), &Device::flex()).unwrap();
    assert_eq!(saved.metadata.training["hours"], 0.0, "12 half seconds");
    let checkpoint = now(tuning.checkpoint()).unwrap();
    let mut restored = start(&model, settings(), self::pictures(6)).unwrap();
    restored.restore(&checkpoint).unwrap();
    let best = restored.best().unwrap();
    assert_eq!((restored.step_count(), best.step), (12, scoring.best.step));
    assert!((best.psnr_y - scoring.best.psnr_y).abs() < 1e-9, "JSON may round the last bit: {best:?}");
}

#[test]
fn fine_tuning_uses_its_own_recipe_unless_another_is_named() {
    let _alone = alone();
    let model = model();
    let usual = FineTuningSettings::default();
    assert_eq!(usual.config("a", &model).unwrap(), TrainConfig::fine_tuning("a", &model));
    let short = FineTuningSettings { steps: 30, ..usual.clone() }.config("a", &model).unwrap();
    assert_eq!(short.recipe().unwrap(), Recipe::fine_tuning_in(30));
    // The JSON of the page.
    let json = serde_json::to_value(&usual).unwrap();
    assert_eq!((&json["learningRate"], &json["trained"]), (&3e-4.into(), &"all".into()));
    assert_eq!(serde_json::from_value::<FineTuningSettings>(json).unwrap(), usual);
}

#[test]
fn another_network_has_nothing_to_forget_and_must_enlarge_as_much() {
    let _alone = alone();
    let model = model();
    let other = |change: fn(&mut SplitSrConfig)| {
        let NetworkConfig::SplitSr(mut config) = model.metadata.config.clone() else {
            panic!("it is a SplitSR network")
        };
        change(&mut config);
        FineTuningSettings { network: Some(NetworkConfig::SplitSr(config)), ..settings() }
    };
    let wider = other(|config| config.split_ratio = 0.5);
    assert_eq!(wider.config("a", &model).unwrap().recipe().unwrap().forget, 100.0);
    let tuning = start(&model, wider, pictures(6)).unwrap();
    assert!(tuning.info().model_psnr_y.is_some() && tuning.by_model().is_some());
    let error = other(|config| config.scale = 3).config("a", &model).unwrap_err().to_string();
    assert_eq!(error, "the network enlarges by 3, but the model by 2");
    assert!(other(|config| config.hybrid_index = 99).config("a", &model).is_err());
}

#[test]
fn patches_fit_into_the_smallest_picture() {
    let _alone = alone();
    let model = model();
    let small = pictures(1).remove(0).crop(splitsr::image::Area { left: 0, top: 0, width: 41, height: 64 });
    let wide = FineTuningSettings { patch: 64, ..settings() };
    let tuning = start(&model, wide.clone(), vec![small.clone()]).unwrap();
    let info = tuning.info();
    // Three quarters of 64 by 41 are left to train with.
    assert_eq!((info.settings.patch, info.held_out), (40, HeldOutKind::Parts));
    let narrow = small.crop(splitsr::image::Area { left: 0, top: 0, width: 15, height: 64 });
    for wrong in [Vec::new(), vec![narrow]] {
        assert!(matches!(start(&model, wide.clone(), wrong), Err(Error::Data(_))));
    }
}

#[test]
fn steps_out_of_order_are_refused() {
    let _alone = alone();
    let model = model();
    let mut tuning = start(&model, settings(), pictures(6)).unwrap();
    assert!(tuning.best().is_err() && tuning.step().is_err(), "nothing was done yet");
    assert!(tuning.apply(0.0).is_err() && tuning.accept(0, vec![1.0]).is_err(), "no step was begun");
    tuning.next_step(2);
    assert!(tuning.apply(0.0).is_err(), "no gradient came in");
    tuning.next_step(2);
    assert!(tuning.accept(1, Vec::new()).is_err(), "no values");
    assert_eq!(tuning.step_count(), 0);
}
