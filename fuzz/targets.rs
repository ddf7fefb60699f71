//! The functions that the fuzzer calls, and that the tests call with the inputs that it found. Each
//! takes any bytes as one kind of the user's files. The library may accept or refuse them. A panic,
//! an endless loop or much memory is a fault, and so is a result that contradicts itself.

use std::cell::RefCell;

use burn::tensor::Device;
use splitsr::clean_up::{BestStrength, Twin, mix, put_start};
use splitsr::config::{HybridMode, NetworkConfig, SplitSrConfig};
use splitsr::elastic::{Slice, slice};
use splitsr::image::profile::into_srgb;
use splitsr::image::{
    ChromaSampling, Compression, CompressionKind, Depth, Format, Layout, Limits, Picture, Samples, browser_notes,
    damage, decode, encode, encode_with, exif, name_colours,
};
use splitsr::model::Model;
use splitsr::network::Network;
use splitsr::network::cost::Cost;
use splitsr::train::{Dataset, FineTuningSettings, Pair, Pictures, Session, TrainConfig};
use splitsr::upscale::{Enlarge, Job, NetworkInfo, Options, Target, Tiling};
use splitsr::weights::{Metadata, hex_sha256, read, to_bytes, to_file};

/// One kind of input.
pub type FuzzTarget = (&'static str, fn(&[u8]));

/// All of them, each by the name of its folder in `fuzz/corpus`.
pub const TARGETS: [FuzzTarget; 9] = [
    ("picture", picture),
    ("profile", profile),
    ("weights", weights),
    ("elastic", elastic),
    ("twin", twin),
    ("network", network),
    ("recipe", recipe),
    ("checkpoint", checkpoint),
    ("plan", plan),
];

/// Larger pictures take long and show nothing new.
const LIMITS: Limits = Limits { max_pixels: 1_000_000 };

/// Pictures of at most this many pixels are also written.
const WRITTEN_PIXELS: u64 = 4096;

/// A picture file of any format: container, metadata, profile, pixels.
pub fn picture(bytes: &[u8]) {
    let metadata = exif(bytes);
    let _ = Compression::of_file(bytes);
    // The page asks for files that another decoder reads.
    let _ = damage(bytes);
    let notes = browser_notes(bytes);
    assert!(notes.iter().all(|note| !note.is_empty() && !note.contains('\n')), "{notes:?}");
    let samples = Samples::U8(vec![0; 3]);
    let mut pixel = Picture { width: 1, height: 1, layout: Layout::Rgb, samples, profile: None, notes: Vec::new() };
    name_colours(&mut pixel, bytes);
    let Ok(picture) = decode(bytes, &LIMITS) else {
        return;
    };
    let pixels = u64::from(picture.width) * u64::from(picture.height);
    assert!((1..=LIMITS.max_pixels).contains(&pixels));
    assert_eq!(picture.samples.len() as u64, pixels * picture.layout.channels() as u64);
    assert!(picture.notes.iter().all(|note| !note.is_empty() && !note.contains('\n')), "{:?}", picture.notes);
    let _ = into_srgb(picture.clone());
    for compression in [Compression::of(bytes, &picture), Compression::of_pixels(&picture)].into_iter().flatten() {
        assert!((1..=100).contains(&compression.quality), "{compression}");
    }
    if pixels > WRITTEN_PIXELS {
        return;
    }
    let again = decode(&encode(&picture, Format::Png).expect("PNG holds any picture"), &LIMITS);
    let again = again.expect("what we write can be read");
    assert_eq!((again.width, again.height, again.layout), (picture.width, picture.height, picture.layout));
    assert!(again.samples == picture.samples && again.profile == picture.profile);
    for format in [Format::Jpeg { quality: 50 }, Format::WebP, Format::Png] {
        let Ok(file) = encode_with(&picture, format, metadata.clone()) else {
            continue;
        };
        let again = decode(&file.bytes, &LIMITS).expect("what we write can be read");
        assert_eq!((again.width, again.height), (picture.width, picture.height), "{format:?}");
    }
}

/// A colour profile. Its length decides which kinds of pictures it is tried with, since each takes
/// time.
pub fn profile(bytes: &[u8]) {
    let kinds = match bytes.len() % 2 {
        0 => [(Layout::Grey, Depth::Eight), (Layout::RgbAlpha, Depth::Sixteen)],
        _ => [(Layout::GreyAlpha, Depth::Sixteen), (Layout::Rgb, Depth::Eight)],
    };
    for (layout, depth) in kinds {
        let mut picture = Picture::blank(3, 2, layout, depth).expect("six pixels");
        picture.profile = Some(bytes.to_vec());
        let converted = into_srgb(picture.clone());
        assert_eq!((converted.layout, converted.samples.len()), (picture.layout, picture.samples.len()));
        assert_eq!(converted.profile, None);
        // The same profile out of a file.
        let file = encode(&picture, Format::Png).expect("PNG holds any picture");
        let _ = decode(&file, &LIMITS).expect("what we write can be read");
    }
}

/// A weights file.
pub fn weights(bytes: &[u8]) {
    let Ok(model) = Model::from_bytes(&safetensors(bytes), &Device::flex()) else {
        return;
    };
    let file = to_bytes(&model.metadata, &model.network).expect("what was read can be written");
    let again = Model::from_bytes(&file, &Device::flex()).expect("what is written can be read");
    assert_eq!(again.metadata, model.metadata);
    // Finite weights may still overflow; what comes out has its size in any case.
    if let Ok(planes) = model.enlarge(vec![0.5; 3 * 2 * 3], 2, 3) {
        assert_eq!(planes.len(), 3 * 2 * 3 * model.scale() * model.scale());
    }
    let job = Job::plan((9, 7), &NetworkInfo::of(&model), &Options::new(Target::Zoom(3.0)), 1);
    assert_eq!(job.expect("nine pixels are no reason to refuse").0, (27, 21));
}

/// The network to take from an elastic weights file, and the file.
pub fn elastic(bytes: &[u8]) {
    let mut numbers = Numbers(bytes);
    // The first two are there or not, and may be out of their ranges.
    let [known, ratio, index, mode] = [(); 4].map(|()| numbers.next());
    let wanted = Slice {
        split_ratio: (known & 1 != 0).then_some(f64::from(ratio) / 128.0 - 0.25),
        hybrid_index: (known & 2 != 0).then_some(index.into()),
        hybrid_mode: [None, Some(HybridMode::SplitFirst), Some(HybridMode::StandardFirst)][usize::from(mode) % 3],
    };
    let file = safetensors(numbers.0);
    let Ok(network) = slice(&file, &wanted) else {
        return;
    };
    // The result is not elastic, so it cannot be sliced again.
    assert!(slice(&network, &Slice::default()).is_err());
    let Ok(model) = Model::from_bytes(&network, &Device::flex()) else {
        return;
    };
    let NetworkConfig::SplitSr(config) = &model.metadata.config else {
        unreachable!("only SplitSR is elastic");
    };
    let is = |wanted: Option<f64>, got: f64| wanted.is_none_or(|wanted| wanted == got);
    assert!(is(wanted.split_ratio, config.split_ratio));
    assert!(is(wanted.hybrid_index.map(|index| index as f64), config.hybrid_index as f64));
    // A file that is read without slicing it first gives the network that it names.
    if let Ok(usual) = Model::from_bytes(&file, &Device::flex())
        && wanted == Slice::default()
    {
        let values = |model: &Model| to_bytes(&model.metadata, &model.network).expect("what was read can be written");
        assert_eq!(values(&usual), values(&model));
    }
}

/// How strongly a twin is mixed in, for which pictures, and a weights file.
pub fn twin(bytes: &[u8]) {
    let mut numbers = Numbers(bytes);
    let strength = numbers.next() % 101;
    let strengths: Vec<BestStrength> = (0..numbers.next() % 4)
        .map(|_| BestStrength { quality: numbers.next(), half_chroma: numbers.next(), full_chroma: numbers.next() })
        .collect();
    let file = safetensors(numbers.0);
    let Ok((mut metadata, mut tensors)) = read(&file) else {
        assert!(mix(&file, &file, strength).is_err());
        return;
    };
    // No file can hold its own hash.
    assert!(mix(&file, &file, strength).is_err());
    let twin = metadata.twin.insert(Twin { of: hex_sha256(&file), strengths });
    let kinds = [CompressionKind::Jpeg, CompressionKind::WebP, CompressionKind::Blocks];
    for (quality, kind) in (1..=100).zip(kinds.into_iter().cycle()) {
        for chroma in [None, Some(ChromaSampling::Full), Some(ChromaSampling::Half)] {
            let strength = twin.strength(Compression { kind, quality, chroma });
            assert!(strength <= 100 && strength.is_multiple_of(5), "{strength}");
        }
    }
    let before = tensors.clone();
    tensors.values_mut().for_each(|(_, values)| values.reverse());
    if strength.is_multiple_of(2) {
        put_start(&mut tensors, before.clone());
    }
    let other = to_file(&metadata, &tensors).expect("as finite as before");
    // The difference of two finite weights may overflow; that is an error, and nothing is written.
    let Ok(mixed) = mix(&file, &other, strength) else {
        return;
    };
    let (mixed, values) = read(&mixed).expect("what is written can be read");
    assert_eq!(mixed.config, metadata.config);
    if strength == 0 {
        assert!(values == before);
    }
}

/// A safetensors file begins with the length of its JSON. The fuzzer would break it with every
/// other change, so an input may also be the JSON, a zero and the rest.
fn safetensors(bytes: &[u8]) -> Vec<u8> {
    let json = bytes.split(|&byte| byte == 0).next().unwrap_or_default();
    if json.first() != Some(&b'{') {
        return bytes.to_vec();
    }
    let rest = bytes.get(json.len() + 1..).unwrap_or_default();
    [&(json.len() as u64).to_le_bytes(), json, rest].concat()
}

/// The JSON of a network, as weights files and fine-tuning have it.
pub fn network(bytes: &[u8]) {
    let Ok(config) = serde_json::from_slice::<NetworkConfig>(bytes) else {
        return;
    };
    if config.validate().is_err() {
        return;
    }
    let json = serde_json::to_string(&config).expect("a config is plain data");
    assert_eq!(serde_json::from_str::<NetworkConfig>(&json).expect("what is written can be read"), config);
    let cost = Cost::of(&config);
    assert!(cost.receptive_field() != Some(0));
    // The weights of the largest networks take gigabytes, but only once they are asked for.
    let _ = Network::new(&config, &Device::flex());
}

/// The TOML of a training run, or the JSON of fine-tuning's settings.
pub fn recipe(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let mut config = match serde_json::from_str::<FineTuningSettings>(text) {
        Ok(settings) if settings.check().is_ok() => match MODEL.with(|model| settings.config("a", model)) {
            Ok(config) => config,
            Err(_) => return,
        },
        _ => match TrainConfig::from_toml(text) {
            Ok(config) => config,
            Err(_) => return,
        },
    };
    let recipe = config.recipe().expect("it was checked");
    assert!(recipe.all_steps() >= recipe.steps);
    for step in [0, 1, recipe.steps - 1, recipe.steps, recipe.all_steps() - 1] {
        let rate = recipe.learning_rate_at(step);
        assert!((0.0..1.0).contains(&rate), "{rate} at {step}");
        let (batch, side) = recipe.patches_at(step);
        assert!(batch > 0 && side / config.network.scale() > 0);
        let _ = recipe.loss_at(step);
    }
    let _ = config.set_recipe(&recipe);
    assert!(config.recipe().is_ok());
}

/// The checkpoint of a training run.
pub fn checkpoint(bytes: &[u8]) {
    SESSION.with_borrow_mut(|session| {
        if session.restore(&safetensors(bytes)).is_err() {
            return;
        }
        // The run can continue from it.
        assert!(session.seconds() >= 0.0);
        let _ = session.model();
        let _ = session.checkpoint().expect("what was read can be written");
        let _ = session.step();
    });
}

/// A picture's size, zoom and tiling, and what the planner knows about the network.
pub fn plan(bytes: &[u8]) {
    let mut numbers = Numbers(bytes);
    let from = (numbers.side(), numbers.side());
    let target = match numbers.next() % 2 {
        0 => Target::Zoom(f64::from(numbers.wide()) / f64::from(1 << 24)),
        _ => Target::Size { width: numbers.wide(), height: numbers.wide() },
    };
    let tiling = match numbers.next() % 3 {
        0 => Tiling::Auto,
        1 => Tiling::Exact,
        _ => Tiling::Halo(usize::MAX >> (numbers.next() % 64)),
    };
    let flags = numbers.next();
    let mut halo = |known: bool| known.then(|| usize::from(numbers.next()));
    let mut info = MODEL.with(NetworkInfo::of);
    info.scale = 2 + usize::from(flags & 3) % 3;
    info.halo = halo(flags & 4 != 0);
    info.auto_halo = halo(flags & 8 != 0);
    info.bytes_per_pixel = 1 + 64 * usize::from(numbers.next());
    info.on_gpu = flags & 16 != 0;
    let options = Options { tiling, ensemble: flags & 32 != 0, ..Options::new(target) };
    let Ok((size, passes)) = Job::plan(from, &info, &options, usize::from(numbers.next())) else {
        return;
    };
    assert_eq!(size, options.target.size(from.0, from.1, &options.limits).expect("it was planned"));
    let mut before = from;
    for pass in &passes {
        let mut covered = 0;
        for tile in &pass.tiles {
            assert_eq!((tile.source_size, tile.target_size), (before, pass.target));
            for (area, (width, height)) in [(tile.source, before), (tile.target, pass.target)] {
                assert!(area.width > 0 && area.left + area.width <= width, "{tile:?}");
                assert!(area.height > 0 && area.top + area.height <= height, "{tile:?}");
            }
            covered += u64::from(tile.target.width) * u64::from(tile.target.height);
        }
        assert_eq!(covered, u64::from(pass.target.0) * u64::from(pass.target.1), "each pixel once");
        before = pass.target;
    }
    assert_eq!(before, size);
}

/// Numbers from bytes; 0 after the end.
struct Numbers<'a>(&'a [u8]);

impl Numbers<'_> {
    fn next(&mut self) -> u8 {
        let (&first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        first
    }

    fn wide(&mut self) -> u32 {
        u32::from_le_bytes([self.next(), self.next(), self.next(), self.next()])
    }

    /// The side of a picture.
    fn side(&mut self) -> u32 {
        (self.wide() >> (self.next() % 32)).max(1)
    }
}

/// A network so small that a step takes a millisecond.
fn small() -> NetworkConfig {
    let (channels, groups, blocks, hybrid_index) = (2, 1, 1, 1);
    NetworkConfig::SplitSr(SplitSrConfig { channels, groups, blocks, hybrid_index, ..Default::default() })
}

/// The session that checkpoints are read into.
fn session() -> Session {
    let pair = || Pair::new(Picture::blank(32, 32, Layout::Rgb, Depth::Eight).expect("a picture"), 2);
    let data = || Dataset::new(vec![pair().expect("large enough")], 2).expect("one picture");
    let mut config = TrainConfig {
        name: "a".into(),
        recipe: "cosine".into(),
        seed: 1,
        init: None,
        teacher: None,
        network: small(),
        elastic: false,
        overrides: Default::default(),
    };
    let recipe = config.recipe().expect("the usual one");
    config
        .set_recipe(&splitsr::train::Recipe { batch: 1, hr_patch: 16, score_every: Some(1), ..recipe })
        .expect("a small one");
    Session::new(config, None, None, Pictures::new(data(), data()), &Device::flex()).expect("a session")
}

thread_local! {
    static MODEL: Model = {
        let (network, device) = (small(), Device::flex());
        let metadata = Metadata::new("small", network.clone());
        Model::new(metadata, Network::new(&network, &device), &device).expect("a model")
    };

    static SESSION: RefCell<Session> = RefCell::new(session());
}
