//! The gradients: of each operation against finite differences, of whole networks against Burn's
//! own operations.

use std::sync::RwLockWriteGuard;

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{Device, Distribution, Gradients, Tensor};
use splitsr::config::{BlockKind, NetworkConfig, Replacement, SplitSrConfig};
use splitsr::network::Network;
use splitsr::ops::{Arithmetic, conv_same, conv3x3, conv3x3_add, conv3x3_shuffle, residual_block};

use super::random::alone;

/// An operation of four tensors: input, weight, another tensor of the input's shape, another
/// weight.
type Operation = fn([Tensor<4>; 4], [Tensor<1>; 2]) -> Tensor<4>;

const OPERATIONS: [(&str, usize, usize, Operation); 12] = [
    ("convolution", 3, 16, |[x, w, ..], [b, _]| conv3x3(x, w, b, false)),
    ("convolution, ReLU", 16, 16, |[x, w, ..], [b, _]| conv3x3(x, w, b, true)),
    ("convolution, ReLU", 4, 4, |[x, w, ..], [b, _]| conv3x3(x, w, b, true)),
    ("convolution", 1, 12, |[x, w, ..], [b, _]| conv3x3(x, w, b, false)),
    ("convolution, sum", 6, 6, |[x, w, y, _], [b, _]| conv3x3_add(x, w, b, y)),
    ("convolution, shuffle by 2", 5, 8, |[x, w, ..], [b, _]| conv3x3_shuffle(x, w, b, 2)),
    ("convolution, shuffle by 3", 2, 9, |[x, w, ..], [b, _]| conv3x3_shuffle(x, w, b, 3)),
    ("residual block with ReLU", 12, 12, |[x, w, _, w2], [b, b2]| residual_block(x, (w, b), (w2, b2))),
    ("any convolution", 5, 7, |[x, w, ..], [b, _]| conv_same(x, w, b)),
    ("pointwise convolution", 6, 4, |[x, w, ..], [b, _]| conv_same(x, part(w, 6, 1), b)),
    ("depthwise convolution", 6, 6, |[x, w, ..], [b, _]| conv_same(x, part(w, 1, 3), b)),
    ("convolution in 2 groups", 4, 6, |[x, w, ..], [b, _]| conv_same(x, part(w, 2, 3), b)),
];

/// `[outputs, inputs, kernel, kernel]` of a larger weight.
fn part(weight: Tensor<4>, inputs: usize, kernel: usize) -> Tensor<4> {
    weight.narrow(1, 0, inputs).narrow(2, 0, kernel).narrow(3, 0, kernel)
}

/// The generator, from its start, for this test alone.
fn generator(device: &Device) -> RwLockWriteGuard<'static, ()> {
    let guard = alone();
    device.seed(7);
    guard
}

fn random<const D: usize>(shape: [usize; D], device: &Device) -> Tensor<D> {
    Tensor::random(shape, Distribution::Uniform(-1.0, 1.0), device)
}

/// The sum of the products, in f64.
fn dot<const D: usize>(a: &Tensor<D>, b: &Tensor<D>) -> f64 {
    let values = |tensor: &Tensor<D>| tensor.to_data().try_to_vec::<f32>().unwrap();
    values(a).into_iter().zip(values(b)).map(|(a, b)| f64::from(a) * f64::from(b)).sum()
}

/// The slope of `sum(probe * operation)` along a random direction of each argument, by central
/// differences, is what the gradient says, within a thousandth of its length; within 3 % where a
/// few ReLUs turn over within the step.
#[test]
fn finite_differences_agree() {
    let device = Device::flex();
    let _alone = generator(&device);
    for (name, inputs, outputs, operation) in OPERATIONS {
        // Where a ReLU may switch, the step is as short as rounding allows.
        let (step, tolerance) = if name.contains("ReLU") { (2e-4, 3e-2) } else { (1e-3, 1e-3) };
        let map = [2, inputs, 9, 19];
        let tensors = [map, [outputs, inputs, 3, 3], map, [outputs, outputs, 3, 3]].map(|shape| random(shape, &device));
        let biases = [outputs, outputs].map(|count| random([count], &device));
        let probe = random(operation(tensors.clone(), biases.clone()).dims(), &device);
        let value = |tensors, biases| dot(&operation(tensors, biases), &probe);

        let tracked = device.clone().autodiff();
        let leaves = tensors.each_ref().map(|tensor| Tensor::<4>::from_data(tensor.to_data(), &tracked).require_grad());
        let bias_leaves = biases.each_ref().map(|bias| Tensor::<1>::from_data(bias.to_data(), &tracked).require_grad());
        let output = operation(leaves.clone(), bias_leaves.clone());
        let gradients = (output * Tensor::from_data(probe.to_data(), &tracked)).sum().backward();

        // The slope is as large as the gradient, more or less; by chance it may be near 0.
        let agree = |argument: &str, size: f64, slope: f64, [more, less]: [f64; 2]| {
            let difference = (more - less) / (2.0 * step);
            assert!((slope - difference).abs() < tolerance * size, "{name}, {argument}: {slope} against {difference}");
        };
        for (index, argument) in ["input", "weight", "residual", "second weight"].into_iter().enumerate() {
            let Some(gradient) = leaves[index].grad(&gradients) else { continue };
            let direction = random(tensors[index].dims(), &device);
            let moved = [step, -step].map(|step| {
                let mut tensors = tensors.clone();
                tensors[index] = tensors[index].clone() + direction.clone() * step;
                value(tensors, biases.clone())
            });
            agree(argument, dot(&gradient, &gradient).sqrt(), dot(&gradient, &direction), moved);
        }
        for index in 0..2 {
            let Some(gradient) = bias_leaves[index].grad(&gradients) else { continue };
            let direction = random(biases[index].dims(), &device);
            let moved = [step, -step].map(|step| {
                let mut biases = biases.clone();
                biases[index] = biases[index].clone() + direction.clone() * step;
                value(tensors.clone(), biases)
            });
            agree("bias", dot(&gradient, &gradient).sqrt(), dot(&gradient, &direction), moved);
        }
        assert!(leaves[0].grad(&gradients).is_some() && bias_leaves[0].grad(&gradients).is_some());
    }
}

/// All gradients of a network, one after the other.
fn gradients(network: &Network, gradients: &Gradients) -> Vec<f32> {
    struct Collect<'a>(&'a Gradients, Vec<f32>);
    impl ModuleVisitor for Collect<'_> {
        fn visit_float<const D: usize>(&mut self, parameter: &Param<Tensor<D>>) {
            let gradient = parameter.grad(self.0).expect("every parameter takes part");
            self.1.extend(gradient.to_data().try_to_vec::<f32>().unwrap());
        }
    }
    let mut collect = Collect(gradients, Vec::new());
    network.visit(&mut collect);
    collect.1
}

/// Forward and backward of every kind of network, with our operations and with Burn's: each
/// gradient within 1e-4 of the largest.
#[test]
fn networks_equal_stock_burn() {
    let device = Device::flex().autodiff();
    let _alone = generator(&device);
    let base = SplitSrConfig { channels: 8, groups: 2, blocks: 3, hybrid_index: 1, ..SplitSrConfig::default() };
    let mut configs = vec![
        SplitSrConfig { scale: 3, ..base.clone() },
        SplitSrConfig { scale: 4, split_ratio: 0.4, ..base.clone() },
        SplitSrConfig { attention: Some(4), ..base.clone() },
        SplitSrConfig { channels: 16, ..base.clone() },
    ];
    configs.extend(BlockKind::ALL.iter().map(|&block| SplitSrConfig {
        block,
        replacement: Replacement::Both,
        ..base.clone()
    }));
    for config in configs {
        let network = Network::new(&NetworkConfig::SplitSr(config.clone()), &device);
        let x = Tensor::<4>::random([2, 3, 13, 21], Distribution::Uniform(0.0, 1.0), &device);
        let probe = random(network.forward(x.clone()).dims(), &device);
        let run = |arithmetic: Arithmetic| {
            arithmetic.run(|| {
                let output = network.forward(x.clone());
                let backward = (output.clone() * probe.clone()).sum().backward();
                (output.to_data().try_to_vec::<f32>().unwrap(), gradients(&network, &backward))
            })
        };
        let reference = run(Arithmetic::Reference);
        for arithmetic in [Arithmetic::Deterministic, Arithmetic::Winograd] {
            let ours = run(arithmetic);
            for (what, ours, reference) in [("output", ours.0, &reference.0), ("gradient", ours.1, &reference.1)] {
                let largest = reference.iter().fold(0f32, |max, value| max.max(value.abs()));
                let off = ours.iter().zip(reference).fold(0f32, |max, (a, b)| max.max((a - b).abs()));
                assert_eq!(ours.len(), reference.len());
                assert!(off <= 1e-4 * largest, "{what}, {arithmetic:?}, {config:?}: {off} of {largest}");
            }
        }
    }
}
