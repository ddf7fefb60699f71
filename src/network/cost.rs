//! A network's cost and receptive field, from its config alone.

use serde::Serialize;

use super::attention::ChannelAttention;
use super::blocks::{Block, StandardBlock};
use super::counting::{Reach, Tally};
use super::non_local::NonLocal;
use super::srcnn::{BICUBIC_RADIUS, LAYERS};
use super::upsampler::steps;
use crate::config::{EdsrConfig, NetworkConfig, SanConfig, SplitSrConfig};

/// The output size that multiply-adds are usually quoted for.
pub const OUTPUT_720P: (u64, u64) = (1280, 720);

/// Parameters, multiply-adds and receptive field of a network.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cost {
    /// Weights and biases.
    pub params: u64,
    /// Multiply-adds of the convolutions for a 1280x720 output (one multiply-add = 1); in SAN also
    /// those of the products of its attention.
    pub macs_720p: f64,
    /// Multiply-adds of the convolutions for each low-resolution pixel.
    #[serde(skip)]
    pub macs_per_lr_pixel: f64,
    /// How far an output pixel sees, in low-resolution pixels to each side; `None` = the whole
    /// picture (channel attention).
    pub halo: Option<usize>,
    /// Bytes that are alive at the peak of [`Model::enlarge`](crate::model::Model) on the CPU, for
    /// each low-resolution pixel (an upper bound: f32, no gradients), the result included.
    pub bytes_per_pixel: usize,
    /// Bytes of feature maps that are alive at the peak of the whole network's forward pass, for
    /// each low-resolution pixel, as on a GPU.
    #[serde(skip)]
    pub whole_bytes_per_pixel: usize,
    /// How far the part after the features sees, in low-resolution pixels to each side; `None` if
    /// it is the whole network.
    #[serde(skip)]
    pub reconstruction_halo: Option<usize>,
}

impl Cost {
    /// The cost of the network that `config` describes, which must be valid.
    pub fn of(config: &NetworkConfig) -> Self {
        let mut tally = Tally::default();
        match config {
            NetworkConfig::SplitSr(c) => tally.splitsr(c),
            NetworkConfig::Edsr(c) => tally.edsr(c),
            NetworkConfig::San(c) => tally.san(c),
            NetworkConfig::Srcnn(c) => tally.srcnn(c.scale),
        }
        let scale = config.scale() as u64;
        let lr_pixels = (OUTPUT_720P.0 * OUTPUT_720P.1) as f64 / (scale * scale) as f64;
        Self {
            params: tally.params,
            macs_per_lr_pixel: tally.macs_per_lr_pixel as f64,
            macs_720p: tally.macs_per_lr_pixel as f64 * lr_pixels + tally.macs_per_picture as f64,
            halo: (!tally.global).then(|| halo(config)),
            bytes_per_pixel: 4 * peak_values_in_parts(config),
            whole_bytes_per_pixel: 4 * peak_values(config),
            reconstruction_halo: reconstruction_halo(config),
        }
    }

    /// The side of the receptive field, in low-resolution pixels: the output pixels that share a
    /// low-resolution position see together a square of this side around it.
    pub fn receptive_field(&self) -> Option<usize> {
        self.halo.map(|halo| 2 * halo + 1)
    }
}

impl Tally {
    fn splitsr(&mut self, config: &SplitSrConfig) {
        let (c, sizes) = (config.channels, config.block_sizes());
        self.conv(3, 3, c, 1, 1);
        for lightweight in config.lightweight_groups() {
            for _ in 0..config.blocks {
                if lightweight {
                    config.block.count(&sizes, self, 1);
                } else {
                    StandardBlock::count(&sizes, self, 1);
                }
            }
            self.conv(3, c, c, 1, 1);
        }
        self.conv(3, c, c, 1, 1);
        let light = config.lightweight_upsampler().then_some(config);
        self.upsampler(c, config.scale, light);
        self.conv(3, c, 3, 1, config.scale * config.scale);
    }

    fn edsr(&mut self, config: &EdsrConfig) {
        let c = config.channels;
        self.conv(3, 3, c, 1, 1);
        for _ in 0..config.blocks {
            StandardBlock::count(&config.block_sizes(), self, 1);
        }
        self.conv(3, c, c, 1, 1);
        self.upsampler(c, config.scale, None);
        self.conv(3, c, 3, 1, config.scale * config.scale);
    }

    /// With the products of SAN's attention, which are as much work as half of its convolutions.
    fn san(&mut self, config: &SanConfig) {
        let c = config.channels;
        self.conv(3, 3, c, 1, 1);
        NonLocal::count(c, self);
        let params = self.params;
        NonLocal::count(c, self); // again, with the same weights
        self.params = params + 1;
        self.macs_per_lr_pixel += 2 * NonLocal::macs_of_products(c);
        for _ in 0..config.groups {
            for _ in 0..config.blocks {
                StandardBlock::count(&config.block_sizes(), self, 1);
            }
            ChannelAttention::count(c, config.reduction, self);
            self.macs_per_lr_pixel += (c * c) as u64; // the covariance
            self.conv(3, c, c, 1, 1);
        }
        self.upsampler(c, config.scale, None);
        self.conv(3, c, 3, 1, config.scale * config.scale);
    }

    fn upsampler(&mut self, channels: usize, scale: usize, light: Option<&SplitSrConfig>) {
        let mut area = 1;
        for &factor in steps(scale) {
            let expanded = channels * factor * factor;
            match light {
                None => self.conv(3, channels, expanded, 1, area),
                Some(config) => {
                    config.block.count(&config.block_sizes(), self, area);
                    self.conv(1, channels, expanded, 1, area);
                }
            }
            area *= factor * factor;
        }
    }

    fn srcnn(&mut self, scale: usize) {
        for (kernel, input, output) in LAYERS {
            self.conv(kernel, input, output, 1, scale * scale);
        }
    }
}

/// The exact halo: how far, in low-resolution pixels, the furthest input pixel lies that can change
/// an output pixel.
fn halo(config: &NetworkConfig) -> usize {
    match config {
        NetworkConfig::SplitSr(c) => {
            let (mut reach, sizes) = (Reach(vec![1; c.channels]), c.block_sizes());
            for lightweight in c.lightweight_groups() {
                let input = reach.clone();
                for _ in 0..c.blocks {
                    if lightweight {
                        c.block.extend(&sizes, &mut reach);
                    } else {
                        StandardBlock::extend(&sizes, &mut reach);
                    }
                }
                reach.dense();
                reach.merge(&input);
            }
            reach.dense(); // the skip from the head reaches less
            upsampled_halo(reach, c.scale, c.lightweight_upsampler().then_some(c))
        }
        NetworkConfig::Edsr(c) => upsampled_halo(Reach(vec![1 + 2 * c.blocks + 1; c.channels]), c.scale, None),
        NetworkConfig::San(_) => unreachable!("it sees the whole picture"),
        NetworkConfig::Srcnn(c) => {
            let radius: usize = LAYERS.iter().map(|(kernel, ..)| kernel / 2).sum();
            // The convolutions reach `radius` high-resolution pixels; the bicubic kernel is centred
            // on a position between pixels.
            to_low_resolution(radius, c.scale, BICUBIC_RADIUS)
        }
    }
}

/// How far upsampler and tail see.
fn reconstruction_halo(config: &NetworkConfig) -> Option<usize> {
    let reach = |channels| Reach(vec![0; channels]);
    match config {
        NetworkConfig::SplitSr(c) => {
            Some(upsampled_halo(reach(c.channels), c.scale, c.lightweight_upsampler().then_some(c)))
        }
        NetworkConfig::Edsr(EdsrConfig { scale, channels, .. })
        | NetworkConfig::San(SanConfig { scale, channels, .. }) => Some(upsampled_halo(reach(*channels), *scale, None)),
        NetworkConfig::Srcnn(_) => None,
    }
}

/// Values that are alive at the peak for each low-resolution pixel: in the features the long skip,
/// the group's and the block's input and what a block makes from it; in the upsampler a step's
/// expanded maps before and after the shuffle. Input and output besides.
fn peak_values(config: &NetworkConfig) -> usize {
    let area = config.scale() * config.scale();
    let (features, _, high) = map_values(config);
    features.max(2 * high * area) + 6 * area + 3
}

/// The same if the upsampler runs in parts, whose maps are at most a sixth of the whole ones, the
/// parts' halos included.
fn peak_values_in_parts(config: &NetworkConfig) -> usize {
    if reconstruction_halo(config).is_none() {
        return peak_values(config);
    }
    let area = config.scale() * config.scale();
    let (features, channels, high) = map_values(config);
    features.max(channels + 3 * area + (2 * high * area).div_ceil(6))
}

/// Values for each low-resolution pixel while the features are computed; channels of the features;
/// channels at high resolution.
fn map_values(config: &NetworkConfig) -> (usize, usize, usize) {
    match config {
        NetworkConfig::SplitSr(c) => {
            let hidden = c.block.hidden_channels(&c.block_sizes());
            (4 * c.channels + hidden, c.channels, c.channels)
        }
        NetworkConfig::Edsr(c) => (6 * c.channels, c.channels, c.channels),
        // The non-local block's embeddings and their windows. Its weights take 16 MB for any
        // picture.
        NetworkConfig::San(c) => (8 * c.channels, c.channels, c.channels),
        // A layer's padded and its shifted input, and two sums.
        NetworkConfig::Srcnn(_) => {
            (0, 0, LAYERS.map(|(_, input, output)| input + output).into_iter().max().unwrap_or(0))
        }
    }
}

/// The halo of the whole network, from the reach of the features before the upsampler.
fn upsampled_halo(features: Reach, scale: usize, light: Option<&SplitSrConfig>) -> usize {
    // Walk from the output down: `radius` is how far the rest of the network reaches at this
    // resolution, for an output pixel anywhere in its cell. The tail is one 3x3 convolution.
    let mut radius = 1;
    for (index, &factor) in steps(scale).iter().enumerate().rev() {
        radius = to_low_resolution(radius, factor, 0);
        if index > 0 {
            // Between two steps all channels reach alike: the pointwise or dense convolution of the
            // step before mixed them.
            radius += step_reach(Reach(vec![0; features.0.len()]), light);
        }
    }
    radius + step_reach(features, light)
}

/// How far the convolutions of one upsampling step reach, on top of their input's reach.
fn step_reach(mut reach: Reach, light: Option<&SplitSrConfig>) -> usize {
    match light {
        None => reach.dense(),
        Some(config) => config.block.extend(&config.block_sizes(), &mut reach),
    }
    reach.max()
}

/// A radius of `radius` pixels at the finer resolution, in pixels of the coarser one: the furthest
/// that the coarse cell of a pixel within the radius lies from the coarse cell of the centre, or
/// (for a kernel of `kernel` coarse pixels around the sampled position) the furthest of the coarse
/// pixels that the kernel takes there.
fn to_low_resolution(radius: usize, factor: usize, kernel: usize) -> usize {
    let (radius, factor) = (radius as isize, factor as isize);
    (0..factor)
        .flat_map(|phase| [phase - radius, phase + radius])
        .map(|position| {
            if kernel == 0 {
                return position.div_euclid(factor).unsigned_abs();
            }
            // u = (x + 0.5) / factor - 0.5; taps floor(u) - kernel + 1 ..= floor(u) + kernel, but
            // for a whole u only u itself.
            let doubled = 2 * position + 1 - factor;
            let below = doubled.div_euclid(2 * factor);
            if doubled.rem_euclid(2 * factor) == 0 {
                return below.unsigned_abs();
            }
            let (first, last) = (below - kernel as isize + 1, below + kernel as isize);
            first.unsigned_abs().max(last.unsigned_abs())
        })
        .max()
        .unwrap_or(0)
}
