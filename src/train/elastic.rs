//! Training of an elastic network, so that a single file serves many networks. Each step trains
//! several slices, each on its part of the patches, and moves the weights once, by the sum of their
//! gradients. If the recipe sets `distill`, all but the largest slice also learn from that one (Yu
//! and Huang, "Universally Slimmable Networks and Improved Training Techniques", ICCV 2019).
//! `models/train_elastic_on_gpu.py` gives all slices the same patches.
//!
//! All tensors of the elastic network are one vector. A slice is an ordinary network, of whose
//! parameters each has a place in that vector: its gradient goes back to the same places.

use burn::tensor::{Device, Tensor, TensorData};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

use super::bilinear_init::bilinear_init;
use super::config::TrainConfig;
use super::parameters::{flatten, names, read, unflatten, unflatten_trainable};
use super::reparameterised;
use super::warm_start::{rotated, warm_start};
use crate::config::{BlockKind, HybridMode, NetworkConfig, SplitSrConfig};
use crate::elastic::{Slice, slice_tensors};
use crate::error::{Error, Result};
use crate::model::Model;
use crate::network::Network;
use crate::weights::{self, Metadata, NamedTensors, to_file};

/// The networks of a step. Each trains on its part of the patches.
pub(super) const NETWORKS: usize = 4;

/// The places of more weights would not be exact as f32.
const MOST: usize = 1 << f32::MANTISSA_DIGITS;

/// An elastic network in training, but for its weights.
#[derive(Clone)]
pub(super) struct Elastic {
    config: SplitSrConfig,
    /// Names and shapes of its tensors, in the order of the vector.
    layout: Vec<(String, Vec<usize>)>,
    seed: u64,
    /// The network of the config.
    own: Cut,
    largest: Cut,
    smallest: Cut,
}

/// A network of a step.
pub(super) struct Drawn {
    pub network: Network,
    /// The largest network, outside the gradient graph; `None` if this one is the same.
    pub teacher: Option<Network>,
    places: Vec<usize>,
    /// The share of the step's loss.
    share: f32,
}

/// The loss and the gradient of a step.
pub(super) struct Sum {
    loss: f32,
    gradient: Vec<f32>,
}

impl Elastic {
    /// The elastic network that a run starts from, and its parameters. `init` is an elastic file,
    /// or a plain one, which is then a slice of it. What neither holds is random.
    ///
    /// # Errors
    /// [`Error::Config`] if nothing of `init` fits; [`Error::Weights`] if it cannot be read.
    pub fn start(config: &TrainConfig, init: Option<&[u8]>, device: &Device) -> Result<(Self, Vec<f32>)> {
        let NetworkConfig::SplitSr(own) = &config.network else {
            unreachable!("`TrainConfig::recipe` has checked it");
        };
        let source = init.map(weights::read).transpose()?;
        let is_plain = source.as_ref().is_some_and(|(metadata, _)| !metadata.elastic);
        let plain = init.filter(|_| is_plain).map(|bytes| Model::from_bytes(bytes, device)).transpose()?;
        let bilinear = config.recipe()?.bilinear_init;
        let network = |split_ratio, hybrid_index| -> Result<NamedTensors> {
            let config = NetworkConfig::SplitSr(SplitSrConfig { split_ratio, hybrid_index, ..own.clone() });
            let network = match &plain {
                Some(model) => warm_start(&config, model, device)?,
                None => Network::new(&config, device),
            };
            let network = if bilinear { bilinear_init(network, device)? } else { network };
            Ok(weights::collect(&network))
        };
        let mut tensors = NamedTensors::new();
        for (kind, network) in [("split", network(1.0, own.groups)?), ("standard", network(own.split_ratio, 0)?)] {
            for (name, tensor) in network {
                let name = match name.strip_prefix("groups.").and_then(|rest| rest.split_once('.')) {
                    Some((group, rest)) => format!("groups.{group}.{kind}.{rest}"),
                    None => name,
                };
                tensors.insert(name, tensor);
            }
        }
        match &source {
            Some((metadata, source)) if is_plain => put_split_groups(own, metadata, source, &mut tensors),
            Some((metadata, source)) => {
                let mut fits = false;
                for (name, tensor) in &mut tensors {
                    if let Some(found) = source.get(name).filter(|found| found.0 == tensor.0) {
                        tensor.clone_from(found);
                        fits |= name.starts_with("groups.");
                    }
                }
                if !fits {
                    return Err(Error::Config(format!(
                        "no group of {} fits the network of the config: choose another initial model",
                        metadata.name
                    )));
                }
            }
            None => {}
        }
        let parameters = tensors.values().flat_map(|(_, values)| values).copied().collect();
        let layout: Vec<_> = tensors.into_iter().map(|(name, (shape, _))| (name, shape)).collect();
        if count(&layout) >= MOST {
            return Err(Error::Config(
                "an elastic network can have at most 16 million weights: use fewer channels, groups or blocks".into(),
            ));
        }
        let cut = |wanted| Cut::new(own, &layout, &wanted, device);
        let (largest, smallest) = (cut(setting(own, own.channels, 0)), cut(setting(own, 1, own.groups)));
        Ok((
            Self { config: own.clone(), seed: config.seed, own: cut(Slice::default()), largest, smallest, layout },
            parameters,
        ))
    }

    /// The elastic weights file of `parameters`.
    ///
    /// # Errors
    /// [`Error::Weights`] if a parameter is not finite.
    pub fn file(&self, metadata: Metadata, parameters: &[f32]) -> Result<Vec<u8>> {
        to_file(&Metadata { elastic: true, ..metadata }, &named(&self.layout, parameters))
    }

    /// The network of the config, outside the gradient graph.
    pub fn own(&self, parameters: &[f32], device: &Device) -> Network {
        self.own.network(parameters, device)
    }

    /// As [`reparameterised::gains`], for the vector. `[parameters]`
    pub fn gains(&self, device: &Device) -> Tensor<1> {
        let gains: Vec<f32> = self.layout.iter().flat_map(|(_, shape)| reparameterised::gains_of(shape)).collect();
        let count = gains.len();
        Tensor::from_data(TensorData::new(gains, [count]), device)
    }

    /// The networks of a step, counted from 0, with the parameters `[parameters]` at that time: the
    /// largest, the one of the config, the smallest, and one at random.
    pub fn draw(&self, step: u64, parameters: &Tensor<1>, device: &Device) -> [Drawn; NETWORKS] {
        let parameters = read(parameters.clone());
        let teacher = self.largest.network(&parameters, device);
        // Takes about a tenth of a step; kept, all settings would take a gigabyte.
        let random = Cut::new(&self.config, &self.layout, &self.random(step), device);
        let of = |cut: &Cut, share| {
            let teacher = (cut.places != self.largest.places).then(|| teacher.clone());
            let network = cut.trainable_network(&parameters, device);
            Drawn { network, teacher, places: cut.places.clone(), share }
        };
        [of(&self.largest, 0.3), of(&self.own, 0.4), of(&self.smallest, 0.1), of(&random, 0.2)]
    }

    /// The setting of a step's last network: mostly split groups first, more often many of them.
    fn random(&self, step: u64) -> Slice {
        let SplitSrConfig { channels, groups, .. } = self.config;
        let mut rng = StdRng::seed_from_u64(self.seed.rotate_left(32) ^ step);
        let powers: Vec<usize> = (0..).map(|power| 1 << power).take_while(|&count| count <= channels).collect();
        let round = *powers.choose(&mut rng).expect("1 is among them");
        let count = if rng.random_bool(0.5) { round } else { rng.random_range(1..=channels) };
        let mode = HybridMode::ALL[usize::from(rng.random_bool(0.3)) * rng.random_range(1..=2)];
        let index = rng.random_range(0..=groups).max(rng.random_range(0..=groups));
        Slice { hybrid_mode: Some(mode), ..setting(&self.config, count, index) }
    }

    pub fn sum(&self) -> Sum {
        Sum { loss: 0.0, gradient: vec![0.0; count(&self.layout)] }
    }
}

/// Split groups first, with `count` channels a block.
fn setting(config: &SplitSrConfig, count: usize, hybrid_index: usize) -> Slice {
    Slice {
        split_ratio: Some(count as f64 / config.channels as f64),
        hybrid_index: Some(hybrid_index),
        hybrid_mode: Some(HybridMode::SplitFirst),
    }
}

fn count(layout: &[(String, Vec<usize>)]) -> usize {
    layout.iter().map(|(_, shape)| shape.iter().product::<usize>()).sum()
}

fn named(layout: &[(String, Vec<usize>)], parameters: &[f32]) -> NamedTensors {
    let mut at = 0;
    let mut next = |shape: &[usize]| {
        let count: usize = shape.iter().product();
        at += count;
        parameters[at - count..at].to_vec()
    };
    layout.iter().map(|(name, shape)| (name.clone(), (shape.clone(), next(shape)))).collect()
}

impl Sum {
    /// Adds the loss, `[1]`, and the gradient of a network to where its parameters came from.
    pub fn add(&mut self, drawn: &Drawn, loss: Tensor<1>, gradient: Tensor<1>) {
        self.loss += drawn.share * loss.into_scalar::<f32>();
        for (&place, value) in drawn.places.iter().zip(read(gradient)) {
            self.gradient[place] += drawn.share * value;
        }
    }

    /// The loss, `[1]`, and the gradient, `[parameters]`.
    pub fn tensors(self, device: &Device) -> (Tensor<1>, Tensor<1>) {
        let count = self.gradient.len();
        let tensor = |values, count| Tensor::from_data(TensorData::new(values, [count]), device);
        (tensor(vec![self.loss], 1), tensor(self.gradient, count))
    }
}

/// A network of the elastic one, and where its parameters are.
#[derive(Clone)]
struct Cut {
    /// Its parameters are their places.
    network: Network,
    places: Vec<usize>,
}

impl Cut {
    fn new(config: &SplitSrConfig, layout: &[(String, Vec<usize>)], wanted: &Slice, device: &Device) -> Self {
        let places: Vec<f32> = (0..count(layout)).map(|place| place as f32).collect();
        let metadata = Metadata::new("", NetworkConfig::SplitSr(config.clone()));
        let (metadata, tensors) = slice_tensors(metadata, named(layout, &places), wanted)
            .expect("the layout is complete, and the slice in range");
        let network = weights::assign(Network::new(&metadata.config, device), tensors, device)
            .expect("a slice has the tensors of its config");
        let places = read(flatten(&network)).into_iter().map(|place| place as usize).collect();
        Self { network, places }
    }

    fn network(&self, parameters: &[f32], device: &Device) -> Network {
        unflatten(self.network.clone(), &gather(parameters, &self.places, device))
    }

    /// With each parameter as a leaf of the gradient graph.
    fn trainable_network(&self, parameters: &[f32], device: &Device) -> Network {
        let all = vec![true; names(&self.network).len()];
        unflatten_trainable(self.network.clone(), &gather(parameters, &self.places, device), &all)
    }
}

fn gather(parameters: &[f32], places: &[usize], device: &Device) -> Tensor<1> {
    let values: Vec<f32> = places.iter().map(|&place| parameters[place]).collect();
    Tensor::from_data(TensorData::new(values, [places.len()]), device)
}

/// Writes the split groups of a plain network into the elastic one, so that it is a slice of it.
/// Channels that its blocks do not convolve pass through, but for a ReLU: networks of larger ratios
/// start nearly alike.
fn put_split_groups(own: &SplitSrConfig, metadata: &Metadata, source: &NamedTensors, tensors: &mut NamedTensors) {
    let NetworkConfig::SplitSr(config) = &metadata.config else { return };
    let (split, channels) = (config.split_channels(), config.channels);
    if (channels, config.blocks, config.block) != (own.channels, own.blocks, BlockKind::Split) {
        return;
    }
    let groups = config.lightweight_groups().into_iter().take(own.groups).enumerate();
    for (group, _) in groups.filter(|(_, is_light)| *is_light) {
        let from = |part: &str| &source[&format!("groups.{group}.{part}")].1;
        let mut put = |part: &str, values: Vec<f32>| {
            let name = format!("groups.{group}.split.{part}");
            tensors.get_mut(&name).expect("the elastic network has both kinds of each group").1 = values;
        };
        let tap = |out: usize, input: usize| (out * channels + input) * 9;
        for block in 0..config.blocks {
            let [kernel, from_bias] = ["weight", "bias"].map(|part| from(&format!("blocks.{block}.conv.{part}")));
            let (mut weight, mut bias) = (vec![0.0; channels * channels * 9], vec![0.0; channels]);
            (0..channels).for_each(|channel| weight[tap(channel, channel) + 4] = 1.0);
            let turn: Vec<usize> = (0..split).map(|index| (split * block + index) % channels).collect();
            for (row, &out) in turn.iter().enumerate() {
                weight[tap(out, out) + 4] = 0.0;
                for (column, &input) in turn.iter().enumerate() {
                    weight[tap(out, input)..][..9].copy_from_slice(&kernel[(row * split + column) * 9..][..9]);
                }
                bias[out] = from_bias[row];
            }
            put(&format!("blocks.{block}.conv.weight"), weight);
            put(&format!("blocks.{block}.conv.bias"), bias);
        }
        // The plain network's blocks rotate the channels; here they stay in their places.
        put("conv.weight", rotated(from("conv.weight"), channels, split * config.blocks, 0));
        put("conv.bias", from("conv.bias").clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::elastic::slice;
    use crate::weights::to_bytes;
    use burn::module::Module;
    use burn::tensor::Distribution;

    fn config(change: &str) -> TrainConfig {
        let text = format!(
            "name = \"e\"\nrecipe = \"cosine\"\nelastic = true\n[network]\narchitecture = \"splitsr\"\n{change}"
        );
        TrainConfig::from_toml(&text).unwrap()
    }

    const SMALL: &str = "channels = 8\ngroups = 3\nblocks = 5\nhybrid_index = 2\n";

    #[test]
    fn a_plain_network_is_a_slice_of_the_elastic_one_that_starts_from_it() {
        let device = Device::flex();
        for mode in ["split-first", "standard-first", "interleaved"] {
            let config = config(&format!("{SMALL}hybrid_mode = \"{mode}\"\n"));
            let network = Network::new(&config.network, &device);
            let file = to_bytes(&Metadata::new("plain", config.network.clone()), &network).unwrap();
            let (elastic, start) = Elastic::start(&config, Some(&file), &device).unwrap();
            let x = Tensor::<4>::random([1, 3, 12, 9], Distribution::Uniform(0.0, 1.0), &device);
            let expected = network.forward(x.clone());
            let own = elastic.own(&start, &device).forward(x.clone());
            let difference: f32 = (own - expected.clone()).abs().max().into_scalar();
            assert!(difference < 1e-5, "{mode}: {difference}");
            let difference = |elastic: &Elastic, start: &[f32], wanted| -> f32 {
                let cut = Cut::new(&elastic.config, &elastic.layout, &wanted, &device);
                (cut.network(start, &device).forward(x.clone()) - expected.clone()).abs().max().into_scalar()
            };
            let no_groups = Slice { hybrid_index: Some(0), ..Slice::default() };
            assert!(difference(&elastic, &start, no_groups) < 1e-5, "{mode}");
            // ReLU cuts negative values of the channels whose turn has not come.
            let wide = Slice { split_ratio: Some(1.0), ..Slice::default() };
            let (random, its_start) = Elastic::start(&config, None, &device).unwrap();
            let [close, far] = [difference(&elastic, &start, wide), difference(&random, &its_start, wide)];
            assert!(4.0 * close < far, "{mode}: {close} and {far}");
        }
    }

    #[test]
    fn the_file_of_a_run_starts_another_one_also_for_another_scale() {
        let device = Device::flex();
        let first = config(SMALL);
        let (elastic, start) = Elastic::start(&first, None, &device).unwrap();
        let file = elastic.file(Metadata::new("e", first.network.clone()), &start).unwrap();
        assert!(slice(&file, &Slice { hybrid_index: Some(3), ..Slice::default() }).is_ok());
        let (_, again) = Elastic::start(&first, Some(&file), &device).unwrap();
        assert_eq!(again, start);
        let (larger, parameters) =
            Elastic::start(&config(&format!("scale = 4\n{SMALL}")), Some(&file), &device).unwrap();
        let (before, after) = (named(&elastic.layout, &start), named(&larger.layout, &parameters));
        assert!(
            before
                .iter()
                .filter(|(name, _)| !name.starts_with("upsampler."))
                .all(|(name, tensor)| after[name] == *tensor)
        );
        let other = config("channels = 6\ngroups = 1\nblocks = 1\nhybrid_index = 1\nsplit_ratio = 0.5\n");
        let error = Elastic::start(&other, Some(&file), &device).err().unwrap().to_string();
        assert!(error.contains("no group of e fits the network"), "{error}");
    }

    #[test]
    fn a_gradient_goes_back_to_where_its_parameters_came_from() {
        let device = Device::flex();
        let (elastic, start) = Elastic::start(&config(SMALL), None, &device).unwrap();
        let wanted = Slice { split_ratio: Some(0.25), hybrid_index: Some(1), ..Slice::default() };
        let Cut { network, places } = Cut::new(&elastic.config, &elastic.layout, &wanted, &device);
        let file = elastic.file(Metadata::new("e", config(SMALL).network), &start).unwrap();
        let sliced = weights::read(&slice(&file, &wanted).unwrap()).unwrap().1;
        let of_places = unflatten(network.clone(), &gather(&start, &places, &device));
        assert_eq!(weights::collect(&of_places), sliced);
        let mut sum = elastic.sum();
        let drawn = Drawn { network, teacher: None, places: places.clone(), share: 0.25 };
        for _ in 0..4 {
            sum.add(&drawn, Tensor::from_data([2.0], &device), gather(&start, &places, &device));
        }
        let (loss, gradient) = sum.tensors(&device);
        assert_eq!(read(loss), [2.0]);
        let gradient = read(gradient);
        for (place, (value, gradient)) in start.iter().zip(gradient).enumerate() {
            assert_eq!(gradient, if places.contains(&place) { *value } else { 0.0 }, "{place}");
        }
    }

    #[test]
    fn a_step_has_four_networks_of_which_the_largest_teaches_the_others() {
        let device = Device::flex();
        let (elastic, start) = Elastic::start(&config(SMALL), None, &device).unwrap();
        let parameters = Tensor::from_data(TensorData::new(start.clone(), [start.len()]), &device);
        let drawn = elastic.draw(0, &parameters, &device);
        assert!((drawn.iter().map(|drawn| drawn.share).sum::<f32>() - 1.0).abs() < 1e-6);
        let light = drawn.each_ref().map(|drawn| drawn.network.light_groups().count());
        assert_eq!(light[..3], [0, 2, 3]);
        assert_eq!(drawn.each_ref().map(|drawn| drawn.teacher.is_some())[..3], [false, true, true]);
        let teacher = drawn[1].teacher.as_ref().unwrap();
        assert_eq!(weights::collect(teacher), weights::collect(&drawn[0].network.clone().no_grad()));
    }

    #[test]
    fn settings_are_drawn_at_random() {
        let (elastic, _) = Elastic::start(&config(SMALL), None, &Device::flex()).unwrap();
        let drawn: Vec<Slice> = (0..8000).map(|step| elastic.random(step)).collect();
        let share = |holds: &dyn Fn(&Slice) -> bool| drawn.iter().filter(|slice| holds(slice)).count() as f64 / 8000.0;
        for (what, found, expected) in [
            ("no split groups", share(&|slice| slice.hybrid_index == Some(0)), 1.0 / 16.0),
            ("split groups only", share(&|slice| slice.hybrid_index == Some(3)), 7.0 / 16.0),
            ("one channel", share(&|slice| slice.split_ratio == Some(0.125)), 0.5 / 4.0 + 0.5 / 8.0),
            ("three channels", share(&|slice| slice.split_ratio == Some(0.375)), 0.5 / 8.0),
            ("interleaved", share(&|slice| slice.hybrid_mode == Some(HybridMode::Interleaved)), 0.15),
        ] {
            assert!((found - expected).abs() < 0.02, "{what}: {found}, not {expected}");
        }
    }
}
