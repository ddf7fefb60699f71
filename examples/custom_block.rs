//! A block of your own on this crate's kernels, in a network of your own, trained for some seconds
//! on the demo pictures: `cargo run --release --example custom_block`
//!
//! "A kind of block" in ARCHITECTURE.md describes how SplitSR itself gets another block, with its
//! cost, its tiles, its GPU results and its ONNX graph.

use std::path::Path;

use burn::module::Module;
use burn::nn::PaddingConfig2d;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::optim::{AdamConfig, GradientsParams};
use burn::tensor::{Device, Tensor, TensorData};
use splitsr::Result;
use splitsr::ops::{Arithmetic, conv3x3, conv3x3_add, conv3x3_shuffle, pixel_shuffle, reuse_buffers};
use splitsr::train::{Batch, Dataset, Degradation, TrainConfig, read_folder};

const CHANNELS: usize = 16;
const SCALE: usize = 2;
const STEPS: u64 = 1000;

/// Burn's layer holds and initialises the weights; [`conv3x3`] and its relatives take them.
fn layer(inputs: usize, outputs: usize, device: &Device) -> Conv2d {
    Conv2dConfig::new([inputs, outputs], [3, 3]).with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1)).init(device)
}

fn weights(layer: &Conv2d) -> (Tensor<4>, Tensor<1>) {
    (layer.weight.val(), layer.bias.as_ref().expect("Burn's default has a bias").val())
}

/// A residual block on the first half of the channels, which then go last.
#[derive(Module, Debug)]
struct HalfBlock {
    first: Conv2d,
    second: Conv2d,
}

impl HalfBlock {
    fn new(device: &Device) -> Self {
        Self { first: layer(CHANNELS / 2, CHANNELS / 2, device), second: layer(CHANNELS / 2, CHANNELS / 2, device) }
    }

    /// `[batch, CHANNELS, height, width]` -> the same.
    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let half = x.clone().narrow(1, 0, CHANNELS / 2);
        let rest = x.narrow(1, CHANNELS / 2, CHANNELS / 2);
        let ((weight1, bias1), (weight2, bias2)) = (weights(&self.first), weights(&self.second));
        let hidden = conv3x3(half.clone(), weight1, bias1, true);
        Tensor::cat(vec![rest, conv3x3_add(hidden, weight2, bias2, half)], 1)
    }
}

/// A network that adds detail to the enlargement by nearest neighbour.
#[derive(Module, Debug)]
struct Enlarger {
    head: Conv2d,
    blocks: Vec<HalfBlock>,
    tail: Conv2d,
}

impl Enlarger {
    fn new(device: &Device) -> Self {
        Self {
            head: layer(3, CHANNELS, device),
            blocks: (0..4).map(|_| HalfBlock::new(device)).collect(),
            tail: layer(CHANNELS, 3 * SCALE * SCALE, device),
        }
    }

    /// `[batch, 3, height, width]` -> `[batch, 3, SCALE * height, SCALE * width]`
    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let (weight, bias) = weights(&self.head);
        let features = self.blocks.iter().fold(conv3x3(x.clone(), weight, bias, true), |y, block| block.forward(y));
        let (weight, bias) = weights(&self.tail);
        conv3x3_shuffle(features, weight, bias, SCALE) + nearest(x)
    }
}

/// A pixel shuffle of `SCALE * SCALE` copies of each channel.
fn nearest(x: Tensor<4>) -> Tensor<4> {
    let copies = (0..3).flat_map(|channel| vec![x.clone().narrow(1, channel, 1); SCALE * SCALE]).collect();
    pixel_shuffle(Tensor::cat(copies, 1), SCALE)
}

fn tensors(batch: Batch, device: &Device) -> [Tensor<4>; 2] {
    [(batch.lr, batch.lr_side), (batch.hr, batch.hr_side)]
        .map(|(values, side)| Tensor::from_data(TensorData::new(values, [batch.count, 3, side, side]), device))
}

/// PSNR on RGB in dB.
fn psnr(a: Tensor<4>, b: Tensor<4>) -> f32 {
    -10.0 * (a - b).square().mean().into_scalar::<f32>().log10()
}

fn main() -> Result<()> {
    let recipe = TrainConfig::from_toml(
        "name = \"custom\"\nrecipe = \"cosine\"\n[network]\narchitecture = \"splitsr\"\n[override]\nhr_patch = 48",
    )?
    .recipe()?;
    let pictures = Dataset::of(read_folder(Path::new("www/public/demo"))?, SCALE, &Degradation::default())?;
    let device = Device::flex();
    let [lr, hr] = tensors(pictures.batch(&recipe, 32, 1, 0), &device);

    // The kernels give what Burn's own operations give.
    let network = Enlarger::new(&device);
    let [ours, burns] =
        [Arithmetic::default(), Arithmetic::Reference].map(|arithmetic| arithmetic.run(|| network.forward(lr.clone())));
    let difference: f32 = (ours - burns).abs().max().into_scalar();
    println!("largest difference from Burn's operations: {difference:.1e}");
    assert!(difference < 1e-4);

    println!("nearest neighbour: {:.2} dB", psnr(nearest(lr.clone()), hr.clone()));
    let tracked = device.clone().autodiff();
    let network = reuse_buffers(|| {
        let mut adam = AdamConfig::new().init();
        (1..=STEPS).fold(Enlarger::new(&tracked), |network, step| {
            let [lr, hr] = tensors(pictures.batch(&recipe, 8, 2, step), &tracked);
            let loss = (network.forward(lr) - hr).abs().mean();
            let gradients = GradientsParams::from_grads(loss.backward(), &network);
            adam.step(2e-3, network, gradients)
        })
    });
    let after = psnr(network.no_grad().forward(lr), hr);
    println!("after {STEPS} steps: {after:.2} dB");
    Ok(())
}
