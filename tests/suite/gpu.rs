//! The GPU against the CPU, on any adapter: a software one will do.
//!
//! One test at a time: software adapters crash when several threads use them.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use burn::module::Module;
use burn::tensor::{Device, DeviceKind, Distribution, Tensor, TensorData};
use splitsr::config::{BlockKind, EdsrConfig, NetworkConfig, Replacement, SanConfig, SplitSrConfig, SrcnnConfig};
use splitsr::device::{self, ModelOnDevice};
use splitsr::eval::read_picture;
use splitsr::image::{Area, Layout, Picture, Samples};
use splitsr::model::Model;
use splitsr::models;
use splitsr::network::Network;
use splitsr::ops::gpu::{Traffic, in_half};
use splitsr::ops::{conv_same, conv3x3, conv3x3_add, conv3x3_shuffle, residual_block};
use splitsr::upscale::{Enlarge, Options, Progress, Target, Tiling, upscale};
use splitsr::weights::{Metadata, assign, collect};

use super::random::alone;

fn gpu() -> Device {
    Device::wgpu(DeviceKind::DefaultDevice)
}

fn random<const D: usize>(shape: [usize; D], seed: u64) -> TensorData {
    let device = Device::flex();
    device.seed(seed);
    Tensor::<D>::random(shape, Distribution::Normal(0.0, 1.0), &device).into_data()
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_into_vec().unwrap()
}

/// The largest difference, in units of the largest value.
fn difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    let scale = a.iter().fold(0.0f32, |largest, v| largest.max(v.abs()));
    a.iter().zip(b).fold(0.0f32, |largest, (a, b)| largest.max((a - b).abs())) / scale.max(f32::MIN_POSITIVE)
}

/// Rounding only: sums of up to 9 * 80 products in another order.
const ROUNDING: f32 = 2e-6;

const CHANNELS: [(usize, usize); 12] =
    [(3, 16), (16, 16), (4, 4), (16, 3), (1, 1), (6, 6), (16, 64), (10, 90), (5, 33), (20, 144), (64, 64), (80, 12)];

#[test]
fn convolutions_of_all_kinds_agree() {
    let _alone = alone();
    let sizes = [(1, 1, 1), (2, 5, 7), (1, 33, 31), (1, 64, 65)];
    for (index, (inputs, outputs)) in CHANNELS.into_iter().enumerate() {
        for (n, h, w) in sizes {
            let seed = index as u64;
            let (x, weight) = (random([n, inputs, h, w], seed), random([outputs, inputs, 3, 3], seed + 1));
            let (bias, residual) = (random([outputs], seed + 2), random([n, outputs, h, w], seed + 3));
            let [cpu, gpu] = [Device::flex(), gpu()].map(|device| {
                let x = Tensor::<4>::from_data(x.clone(), &device);
                let weight = Tensor::<4>::from_data(weight.clone(), &device);
                let bias = Tensor::<1>::from_data(bias.clone(), &device);
                let residual = Tensor::<4>::from_data(residual.clone(), &device);
                let relu = conv3x3(x.clone(), weight.clone(), bias.clone(), true);
                // A view whose rows and columns are exchanged, twice: strides that are not
                // contiguous.
                let strided = conv3x3(x.clone().swap_dims(2, 3), weight.clone(), bias.clone(), false);
                let added = conv3x3_add(x, weight, bias, residual);
                [values(relu), values(strided), values(added)]
            });
            for (kind, (cpu, gpu)) in ["relu", "strided", "residual"].into_iter().zip(cpu.iter().zip(&gpu)) {
                let difference = difference(cpu, gpu);
                assert!(difference < ROUNDING, "{inputs} -> {outputs}, {n}x{h}x{w}, {kind}: {difference}");
            }
        }
    }
}

/// Kernel, groups, input and output channels.
const CONVOLUTIONS: [(usize, usize, usize, usize); 8] = [
    (1, 1, 16, 64),
    (1, 1, 3, 1),
    (3, 1, 5, 7),
    (3, 12, 12, 12),
    (3, 4, 8, 12),
    (5, 3, 6, 3),
    (9, 1, 1, 4),
    (1, 2, 6, 4),
];

#[test]
fn other_convolutions_and_their_gradients_agree() {
    let _alone = alone();
    for (index, (kernel, groups, inputs, outputs)) in CONVOLUTIONS.into_iter().enumerate() {
        for (n, h, w) in [(1, 1, 1), (2, 5, 7), (1, 33, 31)] {
            let seed = 200 + index as u64;
            let data = [random([n, inputs, h, w], seed), random([outputs, inputs / groups, kernel, kernel], seed + 1)];
            let (bias, dy) = (random([outputs], seed + 2), random([n, outputs, h, w], seed + 3));
            let [cpu, gpu] = [Device::flex(), gpu()].map(|device| {
                let device = device.autodiff();
                let [x, weight] = data.clone().map(|data| Tensor::<4>::from_data(data, &device).require_grad());
                let bias = Tensor::<1>::from_data(bias.clone(), &device).require_grad();
                let y = conv_same(x.clone(), weight.clone(), bias.clone());
                // Strides that are not contiguous.
                let turned = conv_same(x.clone().inner().swap_dims(2, 3), weight.clone().inner(), bias.clone().inner());
                let gradients = (y.clone() * Tensor::from_data(dy.clone(), &device)).sum().backward();
                [
                    values(y.inner()),
                    values(turned),
                    values(x.grad(&gradients).unwrap()),
                    values(weight.grad(&gradients).unwrap()),
                    values(bias.grad(&gradients).unwrap()),
                ]
            });
            for (what, (cpu, gpu)) in
                ["result", "turned", "input", "weight", "bias"].into_iter().zip(cpu.iter().zip(&gpu))
            {
                let difference = difference(cpu, gpu);
                assert!(
                    difference < 2e-5,
                    "{kernel}, {groups}, {inputs} -> {outputs}, {n}x{h}x{w}, {what}: {difference}"
                );
            }
        }
    }
}

#[test]
fn shuffled_convolutions_and_residual_blocks_agree() {
    let _alone = alone();
    for (channels, factor) in [(1, 2), (3, 3), (4, 2), (8, 3), (13, 2), (16, 2), (16, 3), (24, 2)] {
        for (n, h, w) in [(1, 1, 1), (2, 15, 17), (1, 29, 61)] {
            let outputs = channels * factor * factor;
            let x = random([n, channels, h, w], 1);
            let (wide, wide_bias) = (random([outputs, channels, 3, 3], 2), random([outputs], 3));
            let weights = [4, 5].map(|seed| random([channels, channels, 3, 3], seed));
            let biases = [6, 7].map(|seed| random([channels], seed));
            let [cpu, gpu] = [Device::flex(), gpu()].map(|device| {
                let x = Tensor::<4>::from_data(x.clone(), &device);
                let wide = Tensor::<4>::from_data(wide.clone(), &device);
                let shuffled = conv3x3_shuffle(x.clone(), wide, Tensor::from_data(wide_bias.clone(), &device), factor);
                let [first, second] = [0, 1].map(|i| {
                    let weight = Tensor::<4>::from_data(weights[i].clone(), &device);
                    (weight, Tensor::<1>::from_data(biases[i].clone(), &device))
                });
                [values(shuffled), values(residual_block(x, first, second))]
            });
            for (kind, (cpu, gpu)) in ["shuffle", "block"].into_iter().zip(cpu.iter().zip(&gpu)) {
                let difference = difference(cpu, gpu);
                assert!(difference < ROUNDING, "{channels} channels, {factor}, {n}x{h}x{w}, {kind}: {difference}");
            }
        }
    }
}

#[cfg(feature = "train")]
#[test]
fn gradients_agree() {
    let _alone = alone();
    for (index, (inputs, outputs)) in CHANNELS.into_iter().enumerate() {
        for (n, h, w) in [(1, 1, 1), (3, 9, 20), (2, 40, 33)] {
            let seed = 100 + index as u64;
            let data = [random([n, inputs, h, w], seed), random([outputs, inputs, 3, 3], seed + 1)];
            let (bias, dy) = (random([outputs], seed + 2), random([n, outputs, h, w], seed + 3));
            for relu in [false, true] {
                let [cpu, gpu] = [Device::flex(), gpu()].map(|device| {
                    let device = device.autodiff();
                    let [x, weight] = data.clone().map(|data| Tensor::<4>::from_data(data, &device).require_grad());
                    let bias = Tensor::<1>::from_data(bias.clone(), &device).require_grad();
                    let dy = Tensor::<4>::from_data(dy.clone(), &device);
                    let y = conv3x3(x.clone(), weight.clone(), bias.clone(), relu);
                    let gradients = (y * dy).sum().backward();
                    [
                        values(x.grad(&gradients).unwrap()),
                        values(weight.grad(&gradients).unwrap()),
                        values(bias.grad(&gradients).unwrap()),
                    ]
                });
                for (of, (cpu, gpu)) in ["input", "weight", "bias"].into_iter().zip(cpu.iter().zip(&gpu)) {
                    let difference = difference(cpu, gpu);
                    // A ReLU's output that rounds to either side of zero lets a gradient through or
                    // not.
                    let limit = if of == "input" { ROUNDING } else { 2e-5 };
                    assert!(difference < limit, "{inputs} -> {outputs}, {n}x{h}x{w}, {relu}, {of}: {difference}");
                }
            }
        }
    }
}

fn agree(reference: &Model, model: &Model) -> Result<(), String> {
    cubecl::future::block_on(device::agree(reference, model))
}

/// A network of every kind of group, block and upsampler, at every scale.
fn configs() -> Vec<NetworkConfig> {
    let base = SplitSrConfig { channels: 8, groups: 3, blocks: 5, hybrid_index: 2, ..Default::default() };
    let mut configs = vec![];
    for scale in 2..=4 {
        for &block in BlockKind::ALL {
            let replacement = Replacement::Both;
            configs.push(NetworkConfig::SplitSr(SplitSrConfig { scale, block, replacement, ..base.clone() }));
        }
        for config in [
            SplitSrConfig { split_ratio: 0.375, ..base.clone() },
            SplitSrConfig { channels: 20, split_ratio: 0.5, blocks: 1, ..base.clone() },
            SplitSrConfig { attention: Some(4), ..base.clone() },
            SplitSrConfig::default(),
        ] {
            configs.push(NetworkConfig::SplitSr(SplitSrConfig { scale, ..config }));
        }
        configs.push(NetworkConfig::Edsr(EdsrConfig { scale, channels: 24, blocks: 2 }));
        configs.push(NetworkConfig::San(SanConfig { scale, channels: 8, groups: 1, blocks: 1, reduction: 2 }));
        configs.push(NetworkConfig::Srcnn(SrcnnConfig { scale }));
    }
    configs
}

/// A model with random weights.
fn model(config: NetworkConfig) -> Model {
    let device = Device::flex();
    device.seed(7);
    let network = Network::new(&config, &device);
    Model::new(Metadata::new("random", config), network, &device).unwrap()
}

#[test]
fn networks_of_all_kinds_agree() {
    let _alone = alone();
    let device = gpu();
    for config in configs() {
        let model = model(config);
        assert_eq!(agree(&model, &model.to_device(&device)), Ok(()), "{:?}", model.metadata.config);
    }
}

/// The largest difference, in levels, between what two models make of the middle of each demo
/// picture. Whole pictures take the imitated card most of a minute.
fn levels(a: &Model, b: &Model) -> u8 {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("www/public/demo");
    let pictures = folder.read_dir().unwrap().map(|entry| entry.unwrap().path());
    let pictures = pictures.filter(|path| path.extension().is_some_and(|extension| extension == "png"));
    let max_levels = |path: PathBuf| {
        let picture = read_picture(&path).unwrap();
        let area = Area { left: picture.width / 2 - 80, top: picture.height / 2 - 60, width: 160, height: 120 };
        let picture = picture.crop(area);
        let [a, b] = [a, b].map(|model| model.enlarge_picture(&picture).unwrap().to_rgba8());
        a.iter().zip(&b).map(|(a, b)| a.abs_diff(*b)).max().unwrap()
    };
    pictures.map(max_levels).max().unwrap()
}

#[test]
fn pictures_agree() {
    let _alone = alone();
    let cpu = models::load(models::DEFAULT).unwrap();
    assert!(levels(&cpu, &cpu.to_device(&gpu())) <= 1);
}

#[test]
fn pictures_agree_in_half() {
    let _alone = alone();
    let cpu = models::load(models::DEFAULT).unwrap();
    let Ok(half) = cpu.to_device(&gpu()).in_half() else { panic!("the adapter has no shader-f16") };
    assert!(levels(&cpu, &half) <= 1);
}

#[test]
fn networks_that_mix_operations_are_not_run_in_half() {
    let _alone = alone();
    let config = NetworkConfig::SplitSr(SplitSrConfig { block: BlockKind::Ghost, ..Default::default() });
    let error = model(config).to_device(&gpu()).in_half().unwrap_err().to_string();
    assert_eq!(error, "the network of random cannot use 16-bit floats");
}

/// One weight of one kernel is wrong: the self-check says so.
#[test]
fn the_self_check_finds_a_wrong_weight() {
    let _alone = alone();
    let cpu = models::load(models::DEFAULT).unwrap();
    let mut tensors = collect(&cpu.network);
    tensors.get_mut("tail.weight").unwrap().1[40] += 0.5;
    let network = assign(Network::new(&cpu.metadata.config, &gpu()), tensors, &gpu()).unwrap();
    let wrong = Model::new(cpu.metadata.clone(), network, &gpu()).unwrap();
    assert!(agree(&cpu, &wrong).unwrap_err().contains("where the processor gives"));
}

/// Counted, not timed: the flagship on 640x360.
#[test]
fn a_picture_is_few_kernels_and_little_traffic() {
    let _alone = alone();
    let config = NetworkConfig::SplitSr(SplitSrConfig::default());
    let network = model(config).network.to_device(&gpu());
    let count = |work: &dyn Fn(Tensor<4>) -> Tensor<4>| {
        let x = Tensor::<4>::zeros([1, 3, 360, 640], &gpu());
        let (_, Traffic { dispatches, bytes }) = Traffic::of(|| work(x));
        let each = bytes as f64 / (640.0 * 360.0);
        println!("{dispatches} kernels, {each:.0} bytes a low-resolution pixel");
        (dispatches, each)
    };
    let (kernels, single) = count(&|x| network.forward(x));
    // Head, body, upsampler and tail; a convolution at the end of each group; one kernel per block,
    // although standard blocks have two convolutions; one that subtracts the mean colour from the
    // picture, and one that adds it to a bias.
    let expected = 4 + 7 + 7 * 7 + 2;
    assert_eq!(kernels, expected);
    let (kernels, half) = count(&|x| in_half(|| network.forward(x)));
    assert_eq!(kernels, expected);
    // The budget is half of what a network computed layer by layer in f32 was counted to move, 7.5
    // KB.
    assert!(single < 7800.0 && half <= 7680.0 / 2.0, "{single}, {half}");
}

/// The device is lost while a picture is enlarged: the CPU finishes it, and the report says so.
#[test]
fn a_lost_device_is_replaced_by_the_cpu() {
    let _alone = alone();
    let small = SplitSrConfig { channels: 4, groups: 1, blocks: 1, ..Default::default() };
    let (model, again) = (model(NetworkConfig::SplitSr(small.clone())), model(NetworkConfig::SplitSr(small)));
    // A device of its own, so that the other tests keep theirs.
    let selector = burn::tensor::wgpu::WgpuBackend::Vulkan;
    let (device, setup) = Device::wgpu_options().graphics_api(selector).init_with_setup().unwrap();
    let on_gpu = ModelOnDevice::on_gpu(model, &device, false, "this adapter", "because").unwrap();
    let on_gpu = Arc::new(on_gpu);
    assert_eq!((on_gpu.choice().backend, on_gpu.choice().reason.as_str()), ("gpu", "because"));
    let picture = noise(1200, 900);
    let options = Options { tiling: Tiling::Halo(16), ..Options::new(Target::Zoom(2.0)) };
    let lose = |progress: Progress| {
        if progress.tiles > 0 {
            setup.device.destroy();
        }
        ControlFlow::Continue(())
    };
    let (result, report) = upscale(&on_gpu, picture.clone(), &options, lose).unwrap();
    assert!(report.tiles > 2, "{report:?}");
    let choice = on_gpu.choice();
    assert_eq!(choice.backend, "cpu");
    assert!(choice.reason.starts_with("this adapter was lost"), "{}", choice.reason);
    let (expected, _) = upscale(&Arc::new(again), picture, &options, |_| ControlFlow::Continue(())).unwrap();
    let (a, b) = (result.to_rgba8(), expected.to_rgba8());
    assert!(a.iter().zip(&b).all(|(a, b)| a.abs_diff(*b) <= 1));
}

/// White overflows the 16-bit floats of a graphics card, though nothing in the self-check does: the
/// CPU computes that tile again in 32 bits.
#[test]
fn tiles_that_overflow_in_half_are_computed_again_on_the_cpu() {
    let _alone = alone();
    let config = NetworkConfig::Edsr(EdsrConfig { scale: 2, channels: 4, blocks: 1 });
    let network = Network::new(&config, &Device::flex());
    let mut tensors = collect(&network);
    tensors.values_mut().for_each(|(_, values)| values.fill(0.0));
    let mut set = |name: &str, place: usize, value: f32| tensors.get_mut(name).unwrap().1[place] = value;
    // From -62400 for black to 67600 for white; the largest of 16 bits is 65504.
    let (gain, middle, mean) = (130_000.0, 0.48, 0.4488);
    set("head.weight", 4, gain);
    set("head.bias", 0, (mean - middle) * gain);
    (0..4).for_each(|output| set("upsampler.steps.0.expand.weight", output * 36 + 4, 1.0 / gain));
    (0..3).for_each(|output| set("tail.weight", output * 36 + 4, 0.5));
    let network = assign(network, tensors, &Device::flex()).unwrap();
    let model = || Model::new(Metadata::new("steep", config.clone()), network.clone(), &Device::flex()).unwrap();
    let on_gpu = Arc::new(ModelOnDevice::on_gpu(model(), &gpu(), true, "this adapter", "because").unwrap());
    let run = |level: u8| {
        let picture = Picture::new(24, 16, Layout::Rgb, Samples::U8(vec![level; 3 * 24 * 16])).unwrap();
        let options = Options::new(Target::Zoom(2.0));
        let on_cpu = Arc::new(model());
        let expected = upscale(&on_cpu, picture.clone(), &options, |_| ControlFlow::Continue(())).unwrap().0;
        let found = upscale(&on_gpu, picture, &options, |_| ControlFlow::Continue(())).unwrap().0;
        assert!(found.to_rgba8().iter().zip(expected.to_rgba8()).all(|(a, b)| a.abs_diff(b) <= 1), "{level}");
        found.notes
    };
    assert_eq!(run(200), [""; 0]);
    assert_eq!(run(255), ["1 of 1 tiles gave NaN or infinity and was recomputed on the CPU"]);
    assert_eq!(on_gpu.choice().backend, "gpu");
}

fn noise(width: u32, height: u32) -> Picture {
    let values = (0..3 * width * height).map(|i| (i.wrapping_mul(0x9e37_79b9) >> 24) as u8).collect();
    Picture::new(width, height, Layout::Rgb, Samples::U8(values)).unwrap()
}

/// Twenty pictures of different sizes, one after the other: what is kept does not grow.
#[test]
fn memory_stays_the_same_over_many_pictures() {
    let _alone = alone();
    let device = gpu();
    let small = SplitSrConfig { channels: 8, groups: 2, blocks: 2, hybrid_index: 1, ..Default::default() };
    let model = model(NetworkConfig::SplitSr(small)).to_device(&device);
    let usage = || device.memory_pool_usage().unwrap();
    let kept: Vec<_> = (0..20u32)
        .map(|index| {
            // The largest first: what is kept follows the largest so far.
            let side = |step: u32| 136 - index * step % 97;
            model.enlarge_picture(&noise(side(37), side(53))).unwrap();
            let reserved = usage().bytes_reserved;
            device.memory_cleanup();
            (reserved, usage().bytes_reserved)
        })
        .collect();
    assert!(kept[19].1 as f64 <= 1.05 * kept[4].1 as f64, "{kept:?}");
    // The memory for a picture does not grow either, whatever came before it.
    assert!(kept[1..].iter().all(|(reserved, _)| *reserved <= kept[0].0 + (4 << 20)), "{kept:?}");
}
