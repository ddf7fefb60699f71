//! Fine-tuning: what is trained, what is kept, and what is kept out.

use burn::tensor::Device;
use splitsr::NetworkConfig;
use splitsr::config::SplitSrConfig;
use splitsr::image::{Layout, Picture, Samples};
use splitsr::network::Network;
use splitsr::train::{Dataset, HeldOut, Pictures, Recipe, Schedule, Session, TrainConfig, Trained, Trainer};
use splitsr::weights::{Metadata, Model, collect, read};

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
    let HeldOut { train, held_out, .. } = HeldOut::new(pictures(6), 24, 1).unwrap();
    let mut pictures_of_run = Pictures::new(dataset(train), dataset(held_out));
    pictures_of_run.generic = pictures(9).split_off(7);
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
    // Elsewhere: a trainer that got the weights.
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
        let largest = whole.iter().fold(0.0f32, |most, value| most.max(value.abs()));
        let off = sums.iter().zip(&whole).fold(0.0f32, |most, (a, b)| most.max((a - b).abs()));
        assert!((sum - loss).abs() < 1e-6 && off < 1e-5 * largest, "{count} parts: {sum} {loss}, {off} of {largest}");
    }
}

#[test]
fn only_what_is_to_be_trained_changes() {
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
    // So high a rate, at last, that it gets worse again.
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
    // A checkpoint is of its run: what the steps are like is not to change on the way.
    let mut other = config.clone();
    other.overrides.insert("batch".into(), 4.into());
    let error = session(other, &model).restore(&checkpoint).unwrap_err().to_string();
    assert!(error.contains("another network, seed, start or recipe"), "{error}");
    // Longer is what it may be.
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
    let truth = splitsr::upscale::Enlarge::enlarge_picture(&grey, &flat()).unwrap();
    let mut pictures_of_run = Pictures::new(dataset(pictures(2)), dataset(vec![truth]));
    pictures_of_run.generic = pictures(9).split_off(7);
    let mut session = Session::new(config(&grey, |_| ()), Some(&grey), None, pictures_of_run, &Device::flex()).unwrap();
    assert_eq!(session.score().unwrap().psnr_y, 100.0);
    let checkpoint = session.checkpoint().unwrap();
    session.restore(&checkpoint).unwrap();
}
