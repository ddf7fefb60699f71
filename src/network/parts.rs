//! The forward pass with less memory: the maps after the features have up to 16 times as many
//! values, so they are computed part by part.

use std::ops::Range;

use burn::tensor::Tensor;

use super::Network;
use crate::ops::float::{select, values};

/// The parts that a picture is cut into, if it is large enough.
const PARTS: usize = 8;

/// The smallest length of a part, in low-resolution pixels: its halo should not cost more.
const MIN_LENGTH: usize = 16;

/// Winograd's algorithm computes this many rows together, and each row's last bits depend on all of
/// them. So parts begin with such a group, and read another one for each row that a convolution
/// reaches.
const ROWS: usize = 4;

/// A part of the features: what it keeps, and what it reads, along one dimension.
#[derive(Debug)]
struct Part {
    keeps: Range<usize>,
    reads: Range<usize>,
}

impl Network {
    /// [`forward`](Self::forward) of one picture, bit for bit: `[1, 3, height, width]` ->
    /// `3 * (scale * height) * (scale * width)` values. `halo` is how far
    /// [`reconstruct`](Self::reconstruct) sees. On the CPU.
    pub(crate) fn forward_in_parts(&self, x: Tensor<4>, halo: usize) -> Vec<f32> {
        let [_, _, height, width] = x.dims();
        let features = self.features(x);
        // Columns need no alignment.
        let is_wide = width >= height || width >= PARTS * MIN_LENGTH;
        let (dim, length) = if is_wide { (3, width) } else { (2, height) };
        let parts = if is_wide { parts(length, halo, 1) } else { parts(length, ROWS * (halo + 1), ROWS) };
        if let [_] = parts[..] {
            return values(self.reconstruct(features));
        }
        let mut result = Vec::new();
        for Part { keeps, reads } in parts {
            let indices = reads.clone().map(|at| at as i32).collect();
            let part = self.reconstruct(select(features.clone(), dim, indices));
            let [_, _, high, wide] = part.dims();
            let scale = if is_wide { high / height } else { wide / width };
            result.resize(3 * scale * height * scale * width, 0.0);
            let values = values(part);
            let skip = (keeps.start - reads.start) * scale;
            let (start, count) = (keeps.start * scale, keeps.len() * scale);
            let planes = result.chunks_exact_mut(scale * height * scale * width).zip(values.chunks_exact(high * wide));
            for (to, from) in planes {
                if is_wide {
                    let rows = to.chunks_exact_mut(scale * width).zip(from.chunks_exact(wide));
                    rows.for_each(|(to, from)| to[start..start + count].copy_from_slice(&from[skip..skip + count]));
                } else {
                    to[start * wide..(start + count) * wide].copy_from_slice(&from[skip * wide..(skip + count) * wide]);
                }
            }
        }
        result
    }
}

/// Cuts `length` into parts that begin at multiples of `multiple`, as `halo` is one.
fn parts(length: usize, halo: usize, multiple: usize) -> Vec<Part> {
    let step = length.div_ceil(PARTS).max(MIN_LENGTH).next_multiple_of(multiple);
    let part = |start: usize| {
        let end = (start + step).min(length);
        Part { keeps: start..end, reads: start.saturating_sub(halo)..(end + halo).min(length) }
    };
    (0..length).step_by(step).map(part).collect()
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;
    use crate::config::{EdsrConfig, NetworkConfig, Replacement, SplitSrConfig};
    use crate::network::cost::Cost;
    use crate::ops::Arithmetic;
    use crate::ops::float::from_values;

    #[test]
    fn parts_give_the_same_bits_as_the_whole() {
        let splitsr = SplitSrConfig { groups: 1, blocks: 1, hybrid_index: 0, ..Default::default() };
        let light = SplitSrConfig { replacement: Replacement::Upsampler, scale: 4, ..splitsr.clone() };
        let mut configs: Vec<_> = [2, 3, 4]
            .into_iter()
            .flat_map(|scale| {
                let edsr = EdsrConfig { scale, channels: 8, blocks: 1 };
                [NetworkConfig::SplitSr(SplitSrConfig { scale, ..splitsr.clone() }), NetworkConfig::Edsr(edsr)]
            })
            .collect();
        configs.push(NetworkConfig::SplitSr(light));
        let device = Device::flex();
        for config in configs {
            let halo = Cost::of(&config).reconstruction_halo.unwrap();
            let network = Network::new(&config, &device);
            // Many parts and a single one; cuts by columns and by rows; sizes that cannot be
            // divided evenly.
            for (height, width) in [(21, 150), (150, 21), (47, 43), (12, 9), (1, 200), (200, 1)] {
                let pixels: Vec<f32> = (0..3 * height * width).map(|i| (i * 7919 % 256) as f32 / 255.0).collect();
                let x = || from_values::<4>(pixels.clone(), [1, 3, height, width], &device);
                for arithmetic in [Arithmetic::Deterministic, Arithmetic::Winograd] {
                    let whole = arithmetic.run(|| super::values(network.forward(x())));
                    let parts = arithmetic.run(|| network.forward_in_parts(x(), halo));
                    assert!(whole == parts, "{config:?} {arithmetic:?} {height}x{width}");
                }
            }
        }
    }

    #[test]
    fn a_picture_is_cut_if_it_is_long_enough() {
        let cuts = |length, halo, multiple| {
            parts(length, halo, multiple).into_iter().map(|part| (part.keeps, part.reads)).collect::<Vec<_>>()
        };
        assert_eq!(cuts(16, 2, 1), [(0..16, 0..16)]);
        assert_eq!(cuts(40, 2, 1), [(0..16, 0..18), (16..32, 14..34), (32..40, 30..40)]);
        assert_eq!(cuts(150, 12, 4)[1], (20..40, 8..52));
        assert_eq!([800, 8000].map(|length| cuts(length, 12, 4).len()), [8, 8]);
    }
}
