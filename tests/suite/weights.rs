//! Weights files are read as they were written, and damaged or foreign ones are refused with a
//! reason.

use burn::tensor::{Device, Distribution, Tensor};
use splitsr::config::{BlockKind, EdsrConfig, NetworkConfig, Replacement, SanConfig, SplitSrConfig, SrcnnConfig};
use splitsr::model::Model;
use splitsr::network::Network;
use splitsr::weights::{Metadata, collect, read, round_to_f16, to_bytes, to_file};
use splitsr::{Error, models};

use super::random::shared;

fn small() -> SplitSrConfig {
    SplitSrConfig { channels: 8, groups: 2, blocks: 2, hybrid_index: 1, ..Default::default() }
}

fn file(config: NetworkConfig) -> (Network, Vec<u8>) {
    let network = Network::new(&config, &Device::flex());
    let bytes = to_bytes(&Metadata::new("test", config), &network).unwrap();
    (network, bytes)
}

fn refusal(bytes: &[u8]) -> String {
    match Model::from_bytes(bytes, &Device::flex()) {
        Err(Error::Weights(why)) => why,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn every_kind_of_network_comes_back_bit_for_bit() {
    let _shared = shared();
    let device = Device::flex();
    let split = |block, replacement| NetworkConfig::SplitSr(SplitSrConfig { block, replacement, ..small() });
    let mut configs = vec![
        split(BlockKind::Split, Replacement::Features),
        split(BlockKind::InvertedResidual, Replacement::Upsampler),
        NetworkConfig::SplitSr(SplitSrConfig { attention: Some(4), hybrid_index: 0, ..small() }),
        NetworkConfig::Edsr(EdsrConfig { scale: 3, channels: 8, blocks: 2 }),
        NetworkConfig::San(SanConfig { scale: 3, ..Default::default() }),
        NetworkConfig::Srcnn(SrcnnConfig { scale: 4 }),
    ];
    configs.extend(BlockKind::ALL.iter().map(|&block| split(block, Replacement::Both)));
    for config in configs {
        let (network, bytes) = file(config);
        let model = Model::from_bytes(&bytes, &device).unwrap();
        let x = Tensor::<4>::random([1, 3, 6, 5], Distribution::Uniform(0.0, 1.0), &device);
        assert_eq!(model.network.forward(x.clone()).into_data(), network.forward(x).into_data());
        // The same content makes the same bytes, so the hash names the weights.
        assert_eq!(to_bytes(&model.metadata, &model.network).unwrap(), bytes);
    }
}

/// The values of f16, from its definition: 5 bits of exponent, 10 of mantissa.
#[test]
fn rounded_weights_are_stored_in_half_the_bytes() {
    let _shared = shared();
    let (_, bytes) = file(NetworkConfig::SplitSr(small()));
    let (metadata, mut tensors) = read(&bytes).unwrap();
    tensors.get_mut("tail.bias").unwrap().1.copy_from_slice(&[1.0 + 1.0 / 2048.0, -0.1, 3e-8]);
    let before = tensors.clone();
    round_to_f16(&mut tensors).unwrap();
    assert_eq!(tensors["tail.bias"].1, [1.0, -1638.0 / 16384.0, 1.0 / 16_777_216.0]);
    for ((name, (_, rounded)), (_, values)) in tensors.iter().zip(before.values()) {
        let close = |(r, v): (&f32, &f32)| (r - v).abs() <= v.abs() / 2048.0 + 3e-8;
        assert!(rounded.iter().zip(values).all(close), "{name}");
    }
    let halves = to_file(&metadata, &tensors).unwrap();
    let values: usize = tensors.values().map(|(_, values)| values.len()).sum();
    assert!(halves.len() + 2 * values <= to_file(&metadata, &before).unwrap().len());
    assert_eq!(read(&halves).unwrap().1, tensors);

    tensors.get_mut("tail.bias").unwrap().1[0] = 1e6;
    assert!(round_to_f16(&mut tensors).is_err());
}

#[test]
fn another_type_than_f32_and_f16_is_refused() {
    let data = [0; 2];
    let view = safetensors::tensor::TensorView::new(safetensors::Dtype::BF16, vec![1], &data).unwrap();
    let bytes = safetensors::serialize([("tail.bias", view)], None).unwrap();
    assert_eq!(refusal(&bytes), "tensor tail.bias is BF16; only F32 and F16 are supported");
}

#[test]
fn names_are_paths_without_the_kind_of_group() {
    let _shared = shared();
    let (network, _) = file(NetworkConfig::SplitSr(small()));
    let names: Vec<String> = collect(&network).into_keys().collect();
    for name in ["head.weight", "groups.0.blocks.1.conv.bias", "groups.1.blocks.0.conv2.weight", "tail.bias"] {
        assert!(names.iter().any(|n| n == name), "{name} is not in {names:?}");
    }
}

#[test]
fn a_file_cut_anywhere_is_refused() {
    let _shared = shared();
    let (_, bytes) = file(NetworkConfig::SplitSr(small()));
    for length in (0..bytes.len()).step_by(97).chain([bytes.len() - 1]) {
        assert!(refusal(&bytes[..length]).contains("not a valid safetensors file"), "cut to {length}");
    }
}

#[test]
fn a_file_that_is_something_else_is_refused() {
    assert!(refusal(b"<!doctype html>").contains("not a valid safetensors file"));
    let foreign = safetensors::serialize::<&str, safetensors::tensor::TensorView, _>([], None).unwrap();
    assert!(refusal(&foreign).contains("no \"splitsr\" metadata"));
}

#[test]
fn not_a_number_is_refused_on_both_ways() {
    let _shared = shared();
    let (_, mut bytes) = file(NetworkConfig::SplitSr(small()));
    let last = bytes.len() - 4;
    bytes[last..].copy_from_slice(&f32::NAN.to_le_bytes());
    assert!(refusal(&bytes).contains("holds NaN or infinity"));
    bytes[last..].copy_from_slice(&f32::INFINITY.to_le_bytes());
    assert!(refusal(&bytes).contains("holds NaN or infinity"));

    struct Spoil;
    impl burn::module::ModuleMapper for Spoil {
        fn map_float<const D: usize>(
            &mut self,
            param: burn::module::Param<Tensor<D>>,
        ) -> burn::module::Param<Tensor<D>> {
            param.map(|tensor| tensor * f32::NAN)
        }
    }
    let config = NetworkConfig::SplitSr(small());
    let network = burn::module::Module::map(Network::new(&config, &Device::flex()), &mut Spoil);
    assert!(to_bytes(&Metadata::new("test", config), &network).is_err());
}

/// The weights of one network under the config of another.
#[test]
fn a_file_that_does_not_match_its_config_is_refused() {
    let _shared = shared();
    let (network, _) = file(NetworkConfig::SplitSr(small()));
    let claim = |config| to_bytes(&Metadata::new("test", NetworkConfig::SplitSr(config)), &network).unwrap();
    let wider = refusal(&claim(SplitSrConfig { channels: 12, ..small() }));
    assert!(wider.contains("its config needs [12, 3, 3, 3]"), "{wider}");
    let longer = refusal(&claim(SplitSrConfig { blocks: 3, ..small() }));
    assert!(longer.contains("is missing"), "{longer}");
    let shorter = refusal(&claim(SplitSrConfig { groups: 1, ..small() }));
    assert!(shorter.contains("does not belong to its config"), "{shorter}");
    let impossible = refusal(&claim(SplitSrConfig { channels: 100_000, ..small() }));
    assert!(impossible.contains("channels is 100000; it must be from 1 to 256"), "{impossible}");
}

#[test]
fn unknown_names_list_the_known_ones() {
    let error = models::load("no-such-model").unwrap_err().to_string();
    assert!(error.contains("\"no-such-model\"") && error.contains("splitsr-x2"), "{error}");
}
