//! Rows against the whole, bit for bit, and the memory that they take.

use burn::tensor::Device;
use proptest::prelude::*;

use super::*;
use crate::config::{EdsrConfig, HybridMode, NetworkConfig, SplitSrConfig};
use crate::network::Network;
use crate::ops::Arithmetic;
use crate::ops::float::{from_values, values};

fn networks() -> Vec<NetworkConfig> {
    let small = SplitSrConfig { groups: 2, blocks: 3, hybrid_index: 1, ..Default::default() };
    let splitsr = |scale, channels, split_ratio| {
        NetworkConfig::SplitSr(SplitSrConfig { scale, channels, split_ratio, ..small.clone() })
    };
    let last = SplitSrConfig { hybrid_mode: HybridMode::StandardFirst, blocks: 5, ..small.clone() };
    let edsr = NetworkConfig::Edsr(EdsrConfig { scale: 3, channels: 8, blocks: 2 });
    // A split that divides the channels, and one that does not.
    vec![splitsr(2, 16, 0.25), splitsr(3, 10, 0.3), splitsr(4, 8, 1.0), NetworkConfig::SplitSr(last), edsr]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..Default::default() })]
    #[test]
    fn rows_give_the_same_bits_as_the_whole(
        which in 0usize..5,
        (width, height) in (4usize..=40, 4usize..=70),
        cuts in prop::collection::vec(1usize..=30, 1..6),
    ) {
        let config = &networks()[which];
        let device = Device::flex();
        let network = Network::new(config, &device);
        let pixels: Vec<f32> = (0..3 * height * width).map(|i| (i * 7919 % 256) as f32 / 255.0).collect();
        let whole = values(network.forward(from_values::<4>(pixels.clone(), [1, 3, height, width], &device)));
        let strip = Strip { width, height, inner: [false; 2] };
        let mut by_rows = ByRows::new(Arc::new(Steps::of(&network).unwrap()), strip);
        let (wide, high) = (config.scale() * width, config.scale() * height);
        let mut result = vec![f32::NAN; 3 * wide * high];
        let mut cuts = cuts.into_iter().cycle();
        while by_rows.read() < height {
            let start = by_rows.read();
            by_rows.push(&pixels, height, start..(start + cuts.next().unwrap()).min(height));
            let (values, rows) = by_rows.result();
            for (to, from) in result.chunks_exact_mut(wide * high).zip(values.chunks_exact((rows.len() * wide).max(1))) {
                to[rows.start * wide..rows.end * wide].copy_from_slice(from);
            }
            let end = rows.end;
            by_rows.want_from(end);
        }
        prop_assert!(result == whole, "{config:?}");
    }
}

#[test]
fn strips_give_the_same_bits_as_the_whole() {
    for (which, config) in networks().iter().enumerate() {
        let network = Network::new(config, &Device::flex());
        let (width, height) = (97, 45 + which);
        let pixels: Vec<f32> = (0..3 * height * width).map(|i| (i * 7919 % 256) as f32 / 255.0).collect();
        for arithmetic in [Arithmetic::Deterministic, Arithmetic::Winograd] {
            let enlarge = |threads: usize| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                let steps = arithmetic.run(|| Arc::new(Steps::of(&network).unwrap()));
                pool.install(|| steps.enlarge(&pixels, height, width))
            };
            let alone = enlarge(1);
            for threads in [2, 3, 8] {
                assert!(enlarge(threads) == alone, "{config:?}, {arithmetic:?}, {threads} threads");
            }
            // Winograd's algorithm rounds otherwise than the tensors' does, whose rows lie
            // otherwise in its groups.
            let x = from_values::<4>(pixels.clone(), [1, 3, height, width], &Device::flex());
            let whole = arithmetic.run(|| values(network.forward(x)));
            let off = alone.iter().zip(&whole).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            let most = if arithmetic == Arithmetic::Deterministic { 0.0 } else { 1e-5 };
            assert!(off <= most, "{config:?}, {arithmetic:?}: {off}");
        }
    }
}

#[test]
fn memory_is_as_estimated() {
    for config in networks() {
        let network = Network::new(&config, &Device::flex());
        let steps = Steps::of(&network).unwrap();
        let (bytes, width) = (steps.bytes(), 5);
        let kept_rows: Vec<_> = (0..steps.maps.len()).map(|map| steps.kept_rows(map)).collect();
        let mut by_rows = ByRows::new(Arc::new(steps), Strip { width, height: 1000, inner: [false; 2] });
        for _ in 0..30 {
            by_rows.push(&[0.5; 3 * ROWS * 5], ROWS, 0..ROWS);
            let end = by_rows.result().1.end;
            by_rows.want_from(end);
        }
        assert!(by_rows.maps.iter().all(|map| map.current.is_none()));
        assert_eq!(by_rows.maps.iter().map(|map| map.rows).collect::<Vec<_>>(), kept_rows, "{config:?}");
        // The result counts as its reader's.
        let maps = &by_rows.maps[..by_rows.maps.len() - 1];
        let buffers = maps.iter().map(|map| &map.kept).chain(&by_rows.buffers).chain(&by_rows.gathered);
        let kept = buffers.map(|buffer| 4 * buffer.capacity()).sum::<usize>();
        assert!(kept <= bytes * width, "{config:?}: {kept} of {}", bytes * width);
    }
}
