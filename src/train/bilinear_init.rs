//! Bilinear initialisation: a network starts as bilinear interpolation, to which its layers add
//! little at first. SRCNN, whose input is already enlarged, starts as the identity.

use burn::module::Module;
use burn::tensor::Device;

use crate::error::Result;
use crate::weights::{self, NamedTensors};

/// The factor for the random weights of the layers that lead to the result.
pub(super) const DAMPING: f32 = 0.1;

/// Rewrites head, body, upsampler and tail so that the first three channels carry the colours; in
/// SRCNN, all layers so that the first channel carries the luma. The upsampler must be dense.
///
/// # Errors
/// None that this module causes.
pub(super) fn bilinear_init<M: Module>(network: M, device: &Device) -> Result<M> {
    let mut tensors = weights::collect(&network);
    let names: Vec<String> = tensors.keys().cloned().collect();
    let upsampler = |name: &str| name.starts_with("upsampler.") && name.ends_with("expand.weight");
    for name in names.iter().filter(|name| name.ends_with("weight")) {
        let last_of_group = name.starts_with("groups.") && name.matches('.').count() == 3;
        let is_last = ["body.weight", "body.conv.weight", "non_local.out.weight"].contains(&name.as_str());
        if last_of_group || is_last {
            for part in [name.clone(), name.replace("weight", "bias")] {
                tensors.get_mut(&part).expect("each has a bias").1.iter_mut().for_each(|value| *value *= DAMPING);
            }
        } else if name == "head.weight" || name == "tail.weight" {
            // SAN adds what the head gave to groups that began with the same.
            let doubles = name == "tail.weight" && tensors.contains_key("gamma");
            identity(&mut tensors, name, 3, if doubles { 0.5 } else { 1.0 });
        } else if name.starts_with("layers.") {
            identity(&mut tensors, name, 1, 1.0);
        } else if upsampler(name) {
            bilinear(&mut tensors, name);
        }
    }
    if let Some((_, gamma)) = tensors.get_mut("gamma") {
        gamma.fill(0.0);
    }
    weights::assign(network, tensors, device)
}

/// The first `carried` outputs are `factor` times the first inputs; the other inputs add little to
/// them.
fn identity(tensors: &mut NamedTensors, name: &str, carried: usize, factor: f32) {
    let (shape, values) = tensors.get_mut(name).expect("it is listed");
    let taps = shape[2] * shape[3];
    for out in 0..shape[0] {
        for input in 0..shape[1] {
            let kernel = &mut values[(out * shape[1] + input) * taps..][..taps];
            if out < carried && input < carried {
                kernel.fill(0.0);
                kernel[taps / 2] = if out == input { factor } else { 0.0 };
            } else if out < carried {
                kernel.iter_mut().for_each(|value| *value *= DAMPING);
            }
        }
    }
    let bias = name.replace("weight", "bias");
    tensors.get_mut(&bias).expect("each has a bias").1[..carried].fill(0.0);
}

/// The pixels that are shuffled from the first three channels become their bilinear interpolation.
fn bilinear(tensors: &mut NamedTensors, name: &str) {
    let (shape, values) = tensors.get_mut(name).expect("it is listed");
    let factor = (shape[0] / shape[1]).isqrt();
    let taps = |place: usize| {
        let offset = (place as f32 + 0.5) / factor as f32 - 0.5;
        [(-offset).max(0.0), 1.0 - offset.abs(), offset.max(0.0)]
    };
    for out in 0..3 * factor * factor {
        let (channel, place) = (out / (factor * factor), out % (factor * factor));
        let (vertical, horizontal) = (taps(place / factor), taps(place % factor));
        for input in 0..shape[1] {
            let kernel = &mut values[(out * shape[1] + input) * 9..][..9];
            for (tap, value) in kernel.iter_mut().enumerate() {
                let weight = vertical[tap / 3] * horizontal[tap % 3];
                *value = if input == channel { weight } else { 0.0 };
            }
        }
    }
    let bias = name.replace("weight", "bias");
    tensors.get_mut(&bias).expect("each has a bias").1[..3 * factor * factor].fill(0.0);
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Tensor, TensorData};
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    use super::*;
    use crate::config::{EdsrConfig, NetworkConfig, SanConfig, SplitSrConfig, SrcnnConfig};
    use crate::network::Network;

    /// Returns a network with the same random weights in every run. Seeding Burn is not enough:
    /// tests that run at the same time draw from the same generator.
    fn seeded(config: &NetworkConfig, device: &Device) -> Network {
        let network = Network::new(config, device);
        let mut tensors = weights::collect(&network);
        let mut random = StdRng::seed_from_u64(7);
        for (shape, values) in tensors.values_mut() {
            // A bias is as small as the weights of 16 channels.
            let inputs = if shape.len() > 1 { shape[1..].iter().product() } else { 16 * 3 * 3 };
            let bound = (inputs as f32).sqrt().recip();
            values.fill_with(|| random.random_range(-bound..bound));
        }
        weights::assign(network, tensors, device).unwrap()
    }

    #[test]
    fn it_enlarges_before_it_has_learnt_anything() {
        let device = Device::flex();
        let (height, width) = (16, 20);
        // A gradient, which a bilinear enlargement continues.
        let gradient = |height: usize, width: usize| -> Vec<f32> {
            let value = |i: usize| (i / width % height) as f32 / height as f32 + (i % width) as f32 / width as f32;
            (0..3 * height * width).map(|i| value(i) / 2.0).collect()
        };
        for scale in [2, 3, 4] {
            let splitsr = NetworkConfig::SplitSr(SplitSrConfig { scale, ..Default::default() });
            let edsr = NetworkConfig::Edsr(EdsrConfig { scale, channels: 16, blocks: 4 });
            let srcnn = NetworkConfig::Srcnn(SrcnnConfig { scale });
            let san = NetworkConfig::San(SanConfig { scale, ..Default::default() });
            for config in [splitsr, edsr, san, srcnn] {
                let error = |network: &Network| {
                    let x = TensorData::new(gradient(height, width), [1, 3, height, width]);
                    let y = network.forward(Tensor::from_data(x, &device));
                    let values: Vec<f32> = y.into_data().try_into_vec().unwrap();
                    let expected = gradient(scale * height, scale * width);
                    let errors = values.iter().zip(&expected).map(|(value, expected)| (value - expected).abs());
                    errors.sum::<f32>() / values.len() as f32
                };
                let random = seeded(&config, &device);
                let (before, after) = (error(&random), error(&bilinear_init(random, &device).unwrap()));
                assert!(after < 0.08 && after < before / 2.0, "{config:?}: {before} became {after}");
            }
        }
    }
}
