//! Files with PyTorch's names give the same results here as a computation that follows the public
//! Python code.

use std::collections::HashMap;

use burn::tensor::activation::{relu, sigmoid};
use burn::tensor::module::conv2d;
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Device, Distribution, Tensor, TensorData, Tolerance};

use super::import;
use crate::config::{HybridMode, NetworkConfig};
use crate::error::Error;
use crate::model::Model;
use crate::network::MEAN;
use crate::ops::pixel_shuffle;
use crate::weights::{NamedTensors, serialize};

const CHANNELS: usize = 8;

/// A model of EDSR-PyTorch: its parameters, and the properties that only its code has.
#[derive(Clone, Default)]
struct Foreign {
    tensors: NamedTensors,
    /// Whether each group is made of split blocks; none for EDSR.
    light: Vec<bool>,
    blocks: usize,
    split: usize,
    attention: Option<&'static str>,
    residual_scale: f32,
    range: f32,
    steps: Vec<usize>,
}

impl Foreign {
    fn edsr(scale: usize, range: f32, residual_scale: f32) -> Self {
        let mut this = Self { blocks: 3, residual_scale, ..Self::frame(scale, range) };
        for block in 0..this.blocks {
            this.standard_block(&format!("body.{block}"));
        }
        this.conv(&format!("body.{}", this.blocks), CHANNELS, CHANNELS, 3);
        this
    }

    fn groups(light: &[bool], attention: Option<&'static str>, scale: usize) -> Self {
        let frame = Self::frame(scale, 255.0);
        let mut this = Self { light: light.to_vec(), blocks: 2, split: 3, attention, residual_scale: 1.0, ..frame };
        for (group, &is_light) in light.iter().enumerate() {
            for block in 0..this.blocks {
                let block = format!("body.{group}.body.{block}");
                if is_light {
                    this.conv(&format!("{block}.body.0"), this.split, this.split, 3);
                } else {
                    this.standard_block(&block);
                    if let Some(layers) = attention {
                        this.conv(&format!("{block}.body.3.{layers}.0"), 2, CHANNELS, 1);
                        this.conv(&format!("{block}.body.3.{layers}.2"), CHANNELS, 2, 1);
                    }
                }
            }
            this.conv(&format!("body.{group}.body.{}", this.blocks), CHANNELS, CHANNELS, 3);
        }
        this.conv(&format!("body.{}", light.len()), CHANNELS, CHANNELS, 3);
        if attention == Some("fc") {
            this.make_linear();
        }
        this
    }

    /// The layers before and after the body.
    fn frame(scale: usize, range: f32) -> Self {
        let steps = if scale == 4 { vec![2, 2] } else { vec![scale] };
        let mut this = Self { range, steps: steps.clone(), ..Self::default() };
        for (name, sign) in [("sub_mean", -1.0), ("add_mean", 1.0)] {
            let eye = (0..9).map(|index| f32::from(index % 4 == 0)).collect();
            this.tensors.insert(format!("{name}.weight"), (vec![3, 3, 1, 1], eye));
            this.tensors.insert(format!("{name}.bias"), (vec![3], MEAN.map(|mean| sign * range * mean).to_vec()));
        }
        this.conv("head.0", CHANNELS, 3, 3);
        for (index, step) in steps.into_iter().enumerate() {
            this.conv(&format!("tail.0.{}", 2 * index), CHANNELS * step * step, CHANNELS, 3);
        }
        this.conv("tail.1", 3, CHANNELS, 3);
        this
    }

    fn standard_block(&mut self, name: &str) {
        self.conv(&format!("{name}.body.0"), CHANNELS, CHANNELS, 3);
        self.conv(&format!("{name}.body.2"), CHANNELS, CHANNELS, 3);
    }

    fn conv(&mut self, name: &str, outputs: usize, inputs: usize, side: usize) {
        let width = 1.0 / ((inputs * side * side) as f64).sqrt();
        for (kind, shape) in [("weight", vec![outputs, inputs, side, side]), ("bias", vec![outputs])] {
            let uniform = Distribution::Uniform(-width, width);
            let values = Tensor::<1>::random([shape.iter().product::<usize>()], uniform, &Device::flex());
            self.tensors.insert(format!("{name}.{kind}"), (shape, values.into_data().try_into_vec().unwrap()));
        }
    }

    /// As SENet's layer has it: linear, without a bias.
    fn make_linear(&mut self) {
        self.tensors.retain(|name, _| !(name.contains(".fc.") && name.ends_with("bias")));
        for (name, (shape, _)) in &mut self.tensors {
            if name.contains(".fc.") {
                shape.truncate(2);
            }
        }
    }

    fn file(&self) -> Vec<u8> {
        serialize(&self.tensors, HashMap::new()).unwrap()
    }

    fn apply(&self, layer: &str, x: Tensor<4>) -> Tensor<4> {
        let device = Device::flex();
        let (shape, values) = &self.tensors[&format!("{layer}.weight")];
        let shape = [shape[0], shape[1], *shape.get(2).unwrap_or(&1), *shape.get(3).unwrap_or(&1)];
        let weight = Tensor::from_data(TensorData::new(values.clone(), shape), &device);
        let bias = self.tensors.get(&format!("{layer}.bias"));
        let bias = bias.map(|(shape, values)| Tensor::from_data(TensorData::new(values.clone(), [shape[0]]), &device));
        conv2d(x, weight, bias, ConvOptions::new([1, 1], [shape[2] / 2; 2], [1, 1], 1))
    }

    fn residual(&self, block: &str, x: Tensor<4>) -> Tensor<4> {
        let hidden = relu(self.apply(&format!("{block}.body.0"), x));
        self.apply(&format!("{block}.body.2"), hidden) * self.residual_scale
    }

    fn group(&self, group: usize, x: Tensor<4>) -> Tensor<4> {
        let mut y = x.clone();
        for block in 0..self.blocks {
            let block = format!("body.{group}.body.{block}");
            if self.light[group] {
                let active = y.clone().narrow(1, 0, self.split);
                let passive = y.narrow(1, self.split, CHANNELS - self.split);
                y = Tensor::cat(vec![passive, relu(self.apply(&format!("{block}.body.0"), active))], 1);
                continue;
            }
            let mut residual = self.residual(&block, y.clone());
            if let Some(layers) = self.attention {
                let squeezed =
                    relu(self.apply(&format!("{block}.body.3.{layers}.0"), residual.clone().mean_dim(2).mean_dim(3)));
                residual = residual * sigmoid(self.apply(&format!("{block}.body.3.{layers}.2"), squeezed));
            }
            y = residual + y;
        }
        self.apply(&format!("body.{group}.body.{}", self.blocks), y) + x
    }

    /// A picture of values from 0 to `range`, enlarged.
    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let head = self.apply("head.0", self.apply("sub_mean", x));
        let (body, count) = if self.light.is_empty() {
            let add = |y: Tensor<4>, block| self.residual(&format!("body.{block}"), y.clone()) + y;
            ((0..self.blocks).fold(head.clone(), add), self.blocks)
        } else {
            ((0..self.light.len()).fold(head.clone(), |y, group| self.group(group, y)), self.light.len())
        };
        let features = self.apply(&format!("body.{count}"), body) + head;
        let large =
            self.steps.iter().enumerate().fold(features, |y, (index, &step)| {
                pixel_shuffle(self.apply(&format!("tail.0.{}", 2 * index), y), step)
            });
        self.apply("add_mean", self.apply("tail.1", large))
    }

    /// Imports it and compares the results. Returns the config.
    fn check(&self) -> NetworkConfig {
        let device = Device::flex();
        let model = Model::from_bytes(&import(&self.file(), "mine", self.residual_scale).unwrap(), &device).unwrap();
        let x = Tensor::<4>::random([1, 3, 5, 7], Distribution::Uniform(0.0, 1.0), &device);
        let expected = self.forward(x.clone() * self.range) / self.range;
        model.network.forward(x).into_data().assert_approx_eq::<f32>(&expected.into_data(), Tolerance::absolute(1e-5));
        assert_eq!(model.metadata.name, "mine");
        model.metadata.config
    }
}

fn refusal(foreign: &Foreign) -> String {
    match import(&foreign.file(), "mine", 1.0) {
        Err(Error::Weights(why)) => why,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn edsr_gives_what_its_layers_give() {
    for (scale, range, residual_scale) in [(2, 255.0, 1.0), (3, 255.0, 0.1), (4, 1.0, 1.0)] {
        let NetworkConfig::Edsr(config) = Foreign::edsr(scale, range, residual_scale).check() else { panic!() };
        assert_eq!((config.scale, config.channels, config.blocks), (scale, CHANNELS, 3));
    }
}

#[test]
fn rcan_and_splitsr_give_what_their_layers_give() {
    for (light, attention, hybrid_mode) in [
        (&[false, false][..], Some("conv_du"), HybridMode::SplitFirst),
        (&[true, false, false], Some("fc"), HybridMode::SplitFirst),
        (&[false, true, true], None, HybridMode::StandardFirst),
        (&[false, true, false, true], None, HybridMode::Interleaved),
    ] {
        let NetworkConfig::SplitSr(config) = Foreign::groups(light, attention, 2).check() else { panic!() };
        let count = light.iter().filter(|&&light| light).count();
        assert_eq!((config.groups, config.blocks, config.hybrid_index), (light.len(), 2, count));
        assert_eq!((config.hybrid_mode, config.attention), (hybrid_mode, attention.map(|_| 4)));
        assert!(count == 0 || config.split_channels() == 3);
    }
}

#[test]
fn names_of_data_parallel_are_read() {
    let mut foreign = Foreign::edsr(2, 255.0, 1.0);
    let expected = import(&foreign.file(), "mine", 1.0).unwrap();
    foreign.tensors = foreign.tensors.into_iter().map(|(name, tensor)| (format!("module.{name}"), tensor)).collect();
    let given = import(&foreign.file(), "mine", 1.0).unwrap();
    let weights = |file: &[u8]| Model::from_bytes(file, &Device::flex()).unwrap().network;
    let x = Tensor::<4>::random([1, 3, 4, 4], Distribution::Uniform(0.0, 1.0), &Device::flex());
    assert_eq!(weights(&given).forward(x.clone()).into_data(), weights(&expected).forward(x).into_data());
}

/// Each tensor by itself: without it, or in another shape, the file is refused.
#[test]
fn what_is_missing_or_misshapen_is_refused() {
    for foreign in [Foreign::edsr(4, 255.0, 1.0), Foreign::groups(&[true, false], Some("conv_du"), 3)] {
        for (name, (shape, values)) in &foreign.tensors {
            // It is the identity, and a layer may have no bias.
            let is_optional = name.contains("mean.weight") || name.ends_with(".bias") && !name.contains("mean");
            if !is_optional {
                let mut without = foreign.clone();
                without.tensors.remove(name);
                refusal(&without);
            }
            if !name.contains("mean.weight") {
                let mut longer = foreign.clone();
                let shape = [&[shape[0] + 1], &shape[1..]].concat();
                let more = shape.iter().product::<usize>() - values.len();
                longer.tensors.insert(name.clone(), (shape, [values.clone(), vec![0.0; more]].concat()));
                refusal(&longer);
            }
        }
    }
}

#[test]
fn other_networks_are_refused_in_words() {
    let mut foreign = Foreign::edsr(2, 255.0, 1.0);
    foreign.tensors.insert("body.0.body.1.running_mean".into(), (vec![1], vec![0.0]));
    assert!(refusal(&foreign).ends_with("tensor body.0.body.1.running_mean belongs to none of them"));

    let mut foreign = Foreign::edsr(2, 255.0, 1.0);
    foreign.tensors.get_mut("sub_mean.bias").unwrap().1[1] = -100.0;
    assert!(refusal(&foreign).ends_with("it subtracts a colour other than the mean of DIV2K"));

    let uneven = Foreign::groups(&[true, false, false, true], None, 2);
    assert!(refusal(&uneven).ends_with("its split groups are neither first, last nor evenly spread"));

    let ours = std::fs::read("models/splitsr-tiny-x2.safetensors").unwrap();
    assert!(matches!(import(&ours, "mine", 1.0), Err(Error::Weights(why)) if why.ends_with("sub_mean and add_mean")));
}
