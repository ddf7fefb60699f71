//! Starts a network from another model's weights.
//!
//! Tensors of the same name and shape are copied: networks of other scales share all but the
//! upsampler. A network that contains the other one starts as the same function:
//! - A split group does not mix its chunks of channels before its last convolution, so a larger
//!   split ratio can hold the smaller one's kernels on its diagonal. Blocks that are left over
//!   become the identity, which ReLU keeps, since the chunks come from a ReLU.
//! - A standard block can hold a split block: `ReLU(k x) = x + [ReLU(k x) - ReLU(x) + ReLU(-x)]` is
//!   a convolution, ReLU, a convolution and the skip. The group's last convolution undoes the
//!   rotation of the channels.
//!
//! Any other new group adds little to its input at first.

use std::collections::HashSet;

use burn::tensor::Device;

use super::bilinear_init::DAMPING;
use crate::config::{BlockKind, NetworkConfig, SplitSrConfig};
use crate::error::{Error, Result};
use crate::model::Model;
use crate::network::Network;
use crate::weights::{self, NamedTensors};

/// The network of `config` with the weights of `model` where they fit; the others are random.
///
/// # Errors
/// [`Error::Config`] if nothing fits.
pub(super) fn warm_start(config: &NetworkConfig, model: &Model, device: &Device) -> Result<Network> {
    let network = Network::new(config, device);
    let mut tensors = weights::collect(&network);
    let source = weights::collect(&model.network);
    let mut shared = HashSet::new();
    for (name, (shape, values)) in &source {
        if let Some(tensor) = tensors.get_mut(name).filter(|tensor| tensor.0 == *shape) {
            tensor.1.clone_from(values);
            shared.insert(name.as_str());
        }
    }
    if shared.is_empty() {
        let name = &model.metadata.name;
        return Err(Error::Config(format!(
            "{name} has nothing in common with the network of the config: choose another initial model"
        )));
    }
    if let (NetworkConfig::SplitSr(to), NetworkConfig::SplitSr(from)) = (config, &model.metadata.config) {
        damp_new_groups(to.groups, &shared, &mut tensors);
        embed_groups(from, to, &source, &mut tensors);
    }
    weights::assign(network, tensors, device)
}

/// Weakens the last convolution of each group that is not shared completely, since it gets the
/// results of random blocks.
fn damp_new_groups(groups: usize, shared: &HashSet<&str>, tensors: &mut NamedTensors) {
    for group in 0..groups {
        let prefix = format!("groups.{group}.");
        if tensors.keys().filter(|name| name.starts_with(&prefix)).all(|name| shared.contains(name.as_str())) {
            continue;
        }
        if let Some((_, weight)) = tensors.get_mut(&format!("{prefix}conv.weight")) {
            weight.iter_mut().for_each(|value| *value *= DAMPING);
        }
    }
}

/// Rewrites the groups of `to` that can contain the split group of `from` at the same index.
fn embed_groups(from: &SplitSrConfig, to: &SplitSrConfig, source: &NamedTensors, tensors: &mut NamedTensors) {
    let alike = from.channels == to.channels && from.blocks == to.blocks && from.block == BlockKind::Split;
    if !alike || !from.channels.is_multiple_of(from.split_channels()) {
        return;
    }
    let lights = from.lightweight_groups().into_iter().zip(to.lightweight_groups()).enumerate();
    for (group, lights) in lights {
        let mut target = Target { group, channels: from.channels, blocks: from.blocks, tensors };
        let (split, wider) = (from.split_channels(), to.split_channels());
        match lights {
            (true, true) if to.block == BlockKind::Split && wider > split && wider.is_multiple_of(split) => {
                target.split(source, split, wider);
            }
            (true, false) if to.attention.is_none() && 3 * split <= from.channels => target.standard(source, split),
            _ => {}
        }
    }
}

/// A group that is rewritten. Channels are numbered by their position before the group's first
/// rotation.
struct Target<'a> {
    group: usize,
    channels: usize,
    blocks: usize,
    tensors: &'a mut NamedTensors,
}

impl Target<'_> {
    /// From blocks of `split` channels to blocks of `wider` channels, a multiple.
    fn split(&mut self, source: &NamedTensors, split: usize, wider: usize) {
        let (chunks, wide_chunks) = (self.channels / split, self.channels / wider);
        for block in 0..self.blocks {
            let (mut weight, mut bias) = (vec![0.0; wider * wider * 9], vec![0.0; wider]);
            for part in 0..wider / split {
                // The chunk that this part of the block convolves, and how often it was convolved
                // before.
                let (chunk, visit) = (block % wide_chunks * (wider / split) + part, block / wide_chunks);
                let of_source = visit * chunks + chunk;
                for out in 0..split {
                    let row = part * split + out;
                    let at = |input: usize| (row * wider + part * split + input) * 9;
                    if of_source >= self.blocks {
                        weight[at(out) + 4] = 1.0;
                        continue;
                    }
                    let [kernel, from_bias] = self.of(source, &format!("blocks.{of_source}.conv"));
                    for input in 0..split {
                        weight[at(input)..][..9].copy_from_slice(&kernel[(out * split + input) * 9..][..9]);
                    }
                    bias[row] = from_bias[out];
                }
            }
            self.put(&format!("blocks.{block}.conv"), weight, bias);
        }
        self.last(source, split, wider);
    }

    /// From split blocks to standard ones.
    fn standard(&mut self, source: &NamedTensors, split: usize) {
        let channels = self.channels;
        for block in 0..self.blocks {
            let [kernel, from_bias] = self.of(source, &format!("blocks.{block}.conv"));
            let first = block * split % channels;
            // Channels that are not needed stay random, so that training can use them.
            let [mut weight, mut bias] = self.own(&format!("blocks.{block}.conv1"));
            weight[..3 * split * channels * 9].fill(0.0);
            bias[..3 * split].fill(0.0);
            let mut second = vec![0.0; channels * channels * 9];
            for out in 0..split {
                let channel = first + out;
                for input in 0..split {
                    let into = (out * channels + first + input) * 9;
                    weight[into..][..9].copy_from_slice(&kernel[(out * split + input) * 9..][..9]);
                }
                bias[out] = from_bias[out];
                let hidden = [(out, 1.0), (split + out, -1.0), (2 * split + out, 1.0)];
                weight[(hidden[1].0 * channels + channel) * 9 + 4] = 1.0;
                weight[(hidden[2].0 * channels + channel) * 9 + 4] = -1.0;
                for (hidden, sign) in hidden {
                    second[(channel * channels + hidden) * 9 + 4] = sign;
                }
            }
            self.put(&format!("blocks.{block}.conv1"), weight, bias);
            self.put(&format!("blocks.{block}.conv2"), second, vec![0.0; channels]);
        }
        self.last(source, split, 0);
    }

    /// The group's last convolution, whose input was rotated by `from` channels per block and now
    /// by `to`.
    fn last(&mut self, source: &NamedTensors, from: usize, to: usize) {
        let [weight, bias] = self.of(source, "conv");
        let weight = rotated(weight, self.channels, self.blocks * from, self.blocks * to);
        self.put("conv", weight, bias.to_vec());
    }

    fn name(&self, layer: &str, parameter: &str) -> String {
        format!("groups.{}.{layer}.{parameter}", self.group)
    }

    /// Weight and bias of a layer of this group in the source model.
    fn of<'s>(&self, source: &'s NamedTensors, layer: &str) -> [&'s [f32]; 2] {
        ["weight", "bias"].map(|parameter| source[&self.name(layer, parameter)].1.as_slice())
    }

    fn own(&self, layer: &str) -> [Vec<f32>; 2] {
        ["weight", "bias"].map(|parameter| self.tensors[&self.name(layer, parameter)].1.clone())
    }

    fn put(&mut self, layer: &str, weight: Vec<f32>, bias: Vec<f32>) {
        for (parameter, values) in [("weight", weight), ("bias", bias)] {
            let name = self.name(layer, parameter);
            let tensor = self.tensors.get_mut(&name).expect("the group has this layer");
            debug_assert_eq!(tensor.1.len(), values.len());
            tensor.1 = values;
        }
    }
}

/// The weight of a convolution whose input channels were rotated by `from`, for a rotation by `to`.
pub(super) fn rotated(weight: &[f32], channels: usize, from: usize, to: usize) -> Vec<f32> {
    let kernel = |out: usize, place: usize| {
        let before = (place + to + channels - from % channels) % channels;
        weight[(out * channels + before) * 9..][..9].iter().copied()
    };
    let places = (0..channels).flat_map(|out| (0..channels).map(move |place| (out, place)));
    places.flat_map(|(out, place)| kernel(out, place)).collect()
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Distribution, Tensor};

    use super::*;
    use crate::config::HybridMode;
    use crate::elastic::{Slice, slice};
    use crate::eval::{bicubic, bounded_psnr_y};
    use crate::train::data::Pair;
    use crate::train::replay_set::replay_pictures;
    use crate::upscale::Enlarge;
    use crate::weights::Metadata;

    #[test]
    fn a_network_that_contains_the_other_starts_as_the_same_function() {
        let device = Device::flex();
        let small = SplitSrConfig { groups: 2, hybrid_index: 2, ..Default::default() };
        for (blocks, split_ratio) in [(7, 0.25), (3, 0.25), (8, 0.125)] {
            let small = SplitSrConfig { blocks, split_ratio, ..small.clone() };
            let config = NetworkConfig::SplitSr(small.clone());
            let network = Network::new(&config, &device);
            let x = Tensor::<4>::random([1, 3, 12, 9], Distribution::Uniform(0.0, 1.0), &device);
            let expected = network.forward(x.clone());
            let model = Model::new(Metadata::new("small", config), network, &device).unwrap();
            let wider = [0.5, 1.0].map(|split_ratio| SplitSrConfig { split_ratio, ..small.clone() });
            let fewer = [0, 1].map(|hybrid_index| SplitSrConfig { hybrid_index, ..small.clone() });
            // In a group of 3 blocks, 4 of 16 channels pass no ReLU, so a wider split is not the
            // same function.
            let wider = wider.into_iter().filter(|_| blocks > 3);
            for large in wider.chain(fewer) {
                let large = warm_start(&NetworkConfig::SplitSr(large), &model, &device).unwrap();
                let difference: f32 = (large.forward(x.clone()) - expected.clone()).abs().max().into_scalar();
                assert!(difference < 1e-5, "{blocks} blocks, ratio {split_ratio}: {difference}");
            }
        }
    }

    #[test]
    fn new_parts_of_a_network_add_little_at_first() {
        let device = Device::flex();
        let file =
            |name: &str| std::fs::read(format!("{}/models/{name}.safetensors", env!("CARGO_MANIFEST_DIR"))).unwrap();
        let standard = Slice { hybrid_index: Some(0), ..Slice::default() };
        let standard = slice(&file("splitsr-elastic-x2"), &standard).unwrap();
        for weights in [file("splitsr-x2"), file("splitsr-tiny-x2"), standard, file("splitsr-x4")] {
            let model = Model::from_bytes(&weights, &device).unwrap();
            let NetworkConfig::SplitSr(own) = &model.metadata.config else { panic!("it is a SplitSR network") };
            let pair = Pair::new(replay_pictures().swap_remove(0), model.scale()).unwrap();
            let psnr_y = |picture| bounded_psnr_y(&picture, &pair.hr, model.scale()).unwrap();
            let bicubic = psnr_y(bicubic(&pair.lr, pair.hr.width, pair.hr.height).unwrap());
            for other in [
                SplitSrConfig { split_ratio: 0.375, ..own.clone() },
                SplitSrConfig { hybrid_index: 4, ..own.clone() },
                SplitSrConfig { hybrid_mode: HybridMode::Interleaved, ..own.clone() },
                SplitSrConfig { attention: Some(4), ..own.clone() },
                SplitSrConfig { block: BlockKind::Ghost, hybrid_index: 7, ..own.clone() },
                SplitSrConfig { block: BlockKind::InvertedResidual, hybrid_index: 7, ..own.clone() },
            ] {
                let config = NetworkConfig::SplitSr(other);
                let network = warm_start(&config, &model, &device).unwrap();
                let start = Model::new(Metadata::new("", config.clone()), network, &device).unwrap();
                let start = psnr_y(start.enlarge_picture(&pair.lr).unwrap());
                assert!(start > bicubic, "{start} against {bicubic} dB, from {own:?}: {config:?}");
            }
        }
    }
}
