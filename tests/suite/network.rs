//! The networks against their tables, their definitions and Burn's own operations.

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::{Device, Distribution, Tensor};
use splitsr::config::{
    BlockKind, EdsrConfig, HybridMode, NetworkConfig, Replacement, SanConfig, SplitSrConfig, SrcnnConfig,
};
use splitsr::network::Network;
use splitsr::network::cost::Cost;

use super::random::shared;

fn flagship(scale: usize) -> SplitSrConfig {
    SplitSrConfig { scale, ..Default::default() }
}

fn cost(config: SplitSrConfig) -> Cost {
    Cost::of(&NetworkConfig::SplitSr(config))
}

/// The presets, as published: exact parameters of the flagship; otherwise thousands and G
/// multiply-adds to the last digit.
#[test]
fn every_row_of_the_preset_table() {
    for (scale, params, macs) in [(2, 161_751, "37.3"), (3, 173_351, "18.0"), (4, 171_031, "11.7")] {
        let cost = cost(flagship(scale));
        assert_eq!((cost.params, format!("{:.1}", cost.macs_720p / 1e9).as_str()), (params, macs), "flagship x{scale}");
    }
    let hybrid = |hybrid_index| move |scale| SplitSrConfig { hybrid_index, ..flagship(scale) };
    let c32 = |scale| SplitSrConfig { channels: 32, groups: 6, blocks: 6, ..flagship(scale) };
    type Row<'a> = (&'a dyn Fn(usize) -> SplitSrConfig, [(&'a str, &'a str); 3]);
    let rows: [Row; 6] = [
        (&hybrid(0), [("256.1", "58.9"), ("267.7", "27.6"), ("265.4", "17.1")]),
        (&hybrid(2), [("193.2", "44.5"), ("204.8", "21.2"), ("202.5", "13.5")]),
        (&hybrid(4), [("130.3", "30.1"), ("141.9", "14.8"), ("139.6", "9.9")]),
        // The published 4.6 is 4.545 rounded twice; every other digit of the tables agrees.
        (&hybrid(7), [("36.0", "8.5"), ("47.6", "5.2"), ("45.3", "4.5")]),
        (&c32, [("446.9", "103.2"), ("493.2", "51.0"), ("483.9", "34.9")]),
        (&SplitSrConfig::rcan, [("15444.6", "3526.8"), ("15629.3", "1587.2"), ("15592.4", "916.9")]),
    ];
    for (config, columns) in rows {
        for (scale, (params, macs)) in (2..=4).zip(columns) {
            let cost = cost(config(scale));
            let found = (format!("{:.1}", cost.params as f64 / 1e3), format!("{:.1}", cost.macs_720p / 1e9));
            assert_eq!(found, (params.to_owned(), macs.to_owned()), "{:?}", config(scale));
        }
    }
    for (split_ratio, params, macs) in
        [(0.125, "168.7", "11.61"), (0.25, "171.0", "11.74"), (0.5, "180.2", "12.27"), (1.0, "216.6", "14.36")]
    {
        let cost = cost(SplitSrConfig { split_ratio, ..flagship(4) });
        let found = (format!("{:.1}", cost.params as f64 / 1e3), format!("{:.2}", cost.macs_720p / 1e9));
        assert_eq!(found, (params.to_owned(), macs.to_owned()), "split ratio {split_ratio}");
    }
}

/// Parameters of one block at 16, 32 and 64 channels: what one block more adds to a network of a
/// single group.
#[test]
fn every_row_of_the_block_table() {
    let rows: [(Option<BlockKind>, f64, [u64; 3]); 6] = [
        (None, 0.25, [4_640, 18_496, 73_856]),
        (Some(BlockKind::Split), 0.25, [148, 584, 2_320]),
        (Some(BlockKind::Shuffle), 0.25, [224, 704, 2_432]),
        (Some(BlockKind::Idle), 0.5, [1_304, 4_144, 14_432]),
        (Some(BlockKind::Ghost), 0.5, [216, 688, 2_400]),
        (Some(BlockKind::InvertedResidual), 0.25, [4_144, 14_432, 53_440]),
    ];
    for (block, split_ratio, columns) in rows {
        for (channels, expected) in [16, 32, 64].into_iter().zip(columns) {
            let params = |blocks| {
                let config = SplitSrConfig {
                    channels,
                    groups: 1,
                    blocks,
                    split_ratio,
                    hybrid_index: usize::from(block.is_some()),
                    block: block.unwrap_or(BlockKind::Split),
                    ..Default::default()
                };
                cost(config).params
            };
            assert_eq!(params(2) - params(1), expected, "{block:?} at {channels}");
        }
    }
}

fn small_configs() -> Vec<NetworkConfig> {
    let base = SplitSrConfig { channels: 8, groups: 3, blocks: 5, hybrid_index: 2, ..Default::default() };
    let mut configs = vec![];
    for scale in 2..=4 {
        for &block in BlockKind::ALL {
            for replacement in [Replacement::Features, Replacement::Upsampler, Replacement::Both] {
                configs.push(NetworkConfig::SplitSr(SplitSrConfig { scale, block, replacement, ..base.clone() }));
            }
        }
        configs.push(NetworkConfig::SplitSr(SplitSrConfig { scale, split_ratio: 0.375, ..base.clone() }));
        configs.push(NetworkConfig::SplitSr(SplitSrConfig {
            scale,
            block: BlockKind::Ghost,
            split_ratio: 0.25,
            hybrid_mode: HybridMode::Interleaved,
            ..base.clone()
        }));
        configs.push(NetworkConfig::SplitSr(SplitSrConfig { scale, attention: Some(4), ..base.clone() }));
        configs.push(NetworkConfig::Edsr(EdsrConfig { scale, channels: 8, blocks: 2 }));
        configs.push(NetworkConfig::San(SanConfig { scale, channels: 8, groups: 2, blocks: 1, reduction: 2 }));
        configs.push(NetworkConfig::Srcnn(SrcnnConfig { scale }));
    }
    configs
}

#[test]
fn counted_parameters_are_the_modules_and_shapes_are_enlarged() {
    let _shared = shared();
    let device = Device::flex();
    for config in small_configs() {
        let network = Network::new(&config, &device);
        assert_eq!(network.num_params() as u64, Cost::of(&config).params, "{config:?}");
        let x = Tensor::random([2, 3, 5, 7], Distribution::Uniform(0.0, 1.0), &device);
        let scale = config.scale();
        assert_eq!(network.forward(x).dims(), [2, 3, 5 * scale, 7 * scale], "{config:?}");
    }
}

/// Changing one input pixel changes outputs inside the computed field, up to its border, and
/// nowhere else.
#[test]
fn the_receptive_field_is_exact() {
    let _shared = shared();
    let device = Device::flex();
    for config in small_configs() {
        let Some(halo) = Cost::of(&config).halo else { continue };
        let network = positive(Network::new(&config, &device));
        let centre = halo + 2;
        let base =
            Tensor::<4>::random([1, 3, 2 * centre + 1, 2 * centre + 1], Distribution::Uniform(0.2, 0.8), &device);
        let reach = |pixel: f32| {
            let impulse = base.clone().slice_fill([0..1, 0..3, centre..centre + 1, centre..centre + 1], pixel);
            reach(&network, base.clone(), impulse, config.scale(), centre)
        };
        assert!(reach(1.7) <= halo, "{config:?}: {} > {halo}", reach(1.7));
        // The finite change is lost to rounding on the longest paths; an infinite one is not, where
        // all weights are positive. SRCNN's bicubic weights are not, but its field is small enough
        // for the finite change.
        let furthest = if matches!(config, NetworkConfig::Srcnn(_)) { reach(1.7) } else { reach(f32::INFINITY) };
        assert_eq!(furthest, halo, "{config:?}");
    }
}

/// How far from the centre, in low-resolution pixels, the outputs of `a` and `b` differ.
fn reach(network: &Network, a: Tensor<4>, b: Tensor<4>, scale: usize, centre: usize) -> usize {
    let [.., width] = a.dims();
    let [a, b] = [a, b].map(|x| network.forward(x).into_data().try_into_vec::<f32>().unwrap());
    let position = |i: usize| (i / (width * scale) % (width * scale) / scale, i % (width * scale) / scale);
    let distance = |(y, x): (usize, usize)| y.abs_diff(centre).max(x.abs_diff(centre));
    (0..a.len()).filter(|&i| a[i] != b[i]).map(|i| distance(position(i))).max().unwrap_or(0)
}

/// All weights positive, so that no ReLU closes and no two paths cancel.
fn positive(network: Network) -> Network {
    struct Positive;
    impl ModuleMapper for Positive {
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
            param.map(|tensor| tensor.abs() + 1e-3)
        }
    }
    network.map(&mut Positive)
}
