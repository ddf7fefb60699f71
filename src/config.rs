//! The architecture and hyper-parameters of a network, as plain serialisable data.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::network::blocks::Sizes;
#[cfg(feature = "gpu")]
use crate::network::blocks::{Block, StandardBlock};

pub use crate::network::blocks::{BlockKind, ChannelFlow};

/// The configuration of any network that this crate can build. The metadata of a weights file holds
/// it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "architecture", rename_all = "kebab-case")]
pub enum NetworkConfig {
    #[serde(rename = "splitsr")]
    /// SplitSR; with `hybrid_index` 0 and channel attention it is RCAN.
    SplitSr(SplitSrConfig),
    /// EDSR (Lim and others, 2017): residual blocks without batch norm or groups.
    Edsr(EdsrConfig),
    /// SAN (Dai and others, 2019): second-order attention and non-local blocks.
    San(SanConfig),
    /// SRCNN 9-5-5 (Dong and others, 2014) on the luma of the bicubic enlargement.
    Srcnn(SrcnnConfig),
}

/// SplitSR: a chain of residual groups, some of which are made of lightweight blocks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "SplitSrHyperparameters"))]
#[serde(default, deny_unknown_fields)]
pub struct SplitSrConfig {
    /// Enlargement: 2, 3 or 4.
    pub scale: usize,
    /// Feature channels C.
    pub channels: usize,
    /// Residual groups G.
    pub groups: usize,
    /// Blocks in each group, B.
    pub blocks: usize,
    /// Fraction of the channels that a lightweight block convolves, in (0, 1].
    pub split_ratio: f64,
    /// Number of groups that are made of lightweight blocks, from 0 to `groups`.
    pub hybrid_index: usize,
    /// Which of the groups these are.
    pub hybrid_mode: HybridMode,
    /// Where lightweight blocks replace standard ones.
    pub replacement: Replacement,
    /// The kind of lightweight block.
    pub block: BlockKind,
    /// Reduction of the channel attention in standard blocks (RCAN: 16), or none. Attention
    /// averages over the whole picture, so a network with it has no finite receptive field.
    pub attention: Option<usize>,
}

/// The order of the lightweight and the standard groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum HybridMode {
    /// Lightweight groups first.
    SplitFirst,
    /// Standard groups first.
    StandardFirst,
    /// Lightweight groups spread evenly.
    Interleaved,
}

impl HybridMode {
    /// All modes.
    pub const ALL: [Self; 3] = [Self::SplitFirst, Self::StandardFirst, Self::Interleaved];
}

/// Where lightweight blocks stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum Replacement {
    /// In the residual groups.
    Features,
    /// In the upsampler: each dense `C -> r^2 C` convolution becomes a split block and a pointwise
    /// one.
    Upsampler,
    /// In both.
    Both,
}

/// EDSR without residual scaling.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default, deny_unknown_fields)]
pub struct EdsrConfig {
    /// Enlargement: 2, 3 or 4.
    pub scale: usize,
    /// Feature channels.
    pub channels: usize,
    /// Residual blocks.
    pub blocks: usize,
}

/// SAN with windows of 24 x 24 pixels in its non-local blocks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default, deny_unknown_fields)]
pub struct SanConfig {
    /// Enlargement: 2, 3 or 4.
    pub scale: usize,
    /// Feature channels.
    pub channels: usize,
    /// Residual groups.
    pub groups: usize,
    /// Blocks in each group.
    pub blocks: usize,
    /// Reduction of the channel attention.
    pub reduction: usize,
}

/// SRCNN has one shape; only its scale varies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(default, deny_unknown_fields)]
pub struct SrcnnConfig {
    /// Enlargement: 2, 3 or 4.
    pub scale: usize,
}

impl Default for SplitSrConfig {
    /// The flagship at x2: 161,751 parameters.
    fn default() -> Self {
        Self {
            scale: 2,
            channels: 16,
            groups: 7,
            blocks: 7,
            split_ratio: 0.25,
            hybrid_index: 3,
            hybrid_mode: HybridMode::SplitFirst,
            replacement: Replacement::Features,
            block: BlockKind::Split,
            attention: None,
        }
    }
}

impl Default for EdsrConfig {
    /// The baseline of the paper at x2: 1.37 M parameters.
    fn default() -> Self {
        Self { scale: 2, channels: 64, blocks: 16 }
    }
}

impl Default for SanConfig {
    /// A small one at x2: 113,388 parameters. The paper's has 64 channels, 20 groups of 10 blocks,
    /// and reduction 16.
    fn default() -> Self {
        Self { scale: 2, channels: 16, groups: 4, blocks: 5, reduction: 4 }
    }
}

impl Default for SrcnnConfig {
    fn default() -> Self {
        Self { scale: 2 }
    }
}

impl SplitSrConfig {
    /// RCAN (Zhang and others, 2018) with its paper's settings: 15.4 M parameters at x2.
    pub fn rcan(scale: usize) -> Self {
        Self { scale, channels: 64, groups: 10, blocks: 20, hybrid_index: 0, attention: Some(16), ..Self::default() }
    }

    /// Which groups are lightweight, first to last. `interleaved` spreads them so that every prefix
    /// holds its share.
    pub fn lightweight_groups(&self) -> Vec<bool> {
        let (groups, light) = (self.groups, self.hybrid_index);
        if self.replacement == Replacement::Upsampler {
            return vec![false; groups];
        }
        (0..groups)
            .map(|g| match self.hybrid_mode {
                HybridMode::SplitFirst => g < light,
                HybridMode::StandardFirst => g >= groups.saturating_sub(light),
                HybridMode::Interleaved => (g + 1) * light / groups > g * light / groups,
            })
            .collect()
    }

    /// Whether the upsampler is built from lightweight blocks.
    pub fn lightweight_upsampler(&self) -> bool {
        self.replacement != Replacement::Features
    }

    /// How many of the channels a lightweight block convolves: `split_ratio * channels`, rounded,
    /// at least 1.
    pub fn split_channels(&self) -> usize {
        ((self.split_ratio * self.channels as f64).round() as usize).clamp(1, self.channels)
    }

    /// Which channels a lightweight block convolves, and where it puts each.
    pub fn channel_flow(&self) -> ChannelFlow {
        self.block.flow(&self.block_sizes())
    }

    pub(crate) fn block_sizes(&self) -> Sizes {
        Sizes { channels: self.channels, split: self.split_channels(), attention: self.attention }
    }
}

impl EdsrConfig {
    pub(crate) fn block_sizes(&self) -> Sizes {
        Sizes { channels: self.channels, split: self.channels, attention: None }
    }
}

impl SanConfig {
    pub(crate) fn block_sizes(&self) -> Sizes {
        Sizes { channels: self.channels, split: self.channels, attention: None }
    }
}

impl NetworkConfig {
    /// Enlargement: 2, 3 or 4.
    pub fn scale(&self) -> usize {
        match self {
            Self::SplitSr(c) => c.scale,
            Self::Edsr(c) => c.scale,
            Self::San(c) => c.scale,
            Self::Srcnn(c) => c.scale,
        }
    }

    /// Whether all feature maps are made by 3x3 convolutions, none of which has 3 channels: what a
    /// GPU can store as f16.
    #[cfg(feature = "gpu")]
    pub(crate) fn runs_in_half(&self) -> bool {
        match self {
            Self::SplitSr(c) => {
                let light = c.hybrid_index == 0 || c.block.runs_in_half(&c.block_sizes(), c.blocks);
                light && !c.lightweight_upsampler() && StandardBlock::runs_in_half(&c.block_sizes(), c.blocks)
            }
            Self::Edsr(c) => StandardBlock::runs_in_half(&c.block_sizes(), c.blocks),
            Self::San(_) | Self::Srcnn(_) => false,
        }
    }

    /// Checks every field against its range.
    ///
    /// # Errors
    /// [`Error::Config`] names the field, its value and its range.
    pub fn validate(&self) -> Result<()> {
        fn within(name: &str, value: usize, range: std::ops::RangeInclusive<usize>) -> Result<()> {
            if range.contains(&value) {
                return Ok(());
            }
            let (low, high) = (range.start(), range.end());
            Err(Error::Config(format!("{name} is {value}; it must be from {low} to {high}")))
        }
        within("scale", self.scale(), 2..=4)?;
        match self {
            Self::SplitSr(c) => {
                within("channels", c.channels, 1..=256)?;
                within("groups", c.groups, 1..=64)?;
                within("blocks", c.blocks, 1..=64)?;
                within("hybrid index", c.hybrid_index, 0..=c.groups)?;
                if !(c.split_ratio > 0.0 && c.split_ratio <= 1.0) {
                    return Err(Error::Config(format!(
                        "split ratio is {}; it must be above 0 and at most 1",
                        c.split_ratio
                    )));
                }
                c.block.validate(&c.block_sizes())?;
                if let Some(reduction) = c.attention {
                    within("attention reduction", reduction, 1..=c.channels)?;
                }
            }
            Self::Edsr(c) => {
                within("channels", c.channels, 1..=256)?;
                within("blocks", c.blocks, 1..=128)?;
            }
            Self::San(c) => {
                within("channels", c.channels, 1..=256)?;
                within("groups", c.groups, 1..=64)?;
                within("blocks", c.blocks, 1..=64)?;
                within("attention reduction", c.reduction, 1..=c.channels)?;
            }
            Self::Srcnn(_) => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mode_places_the_hybrid_index_number_of_groups() {
        for hybrid_mode in HybridMode::ALL {
            for hybrid_index in 0..=7 {
                let config = SplitSrConfig { hybrid_mode, hybrid_index, ..Default::default() };
                let light = config.lightweight_groups();
                assert_eq!(light.iter().filter(|&&l| l).count(), hybrid_index, "{hybrid_mode:?}");
            }
        }
        let order = |hybrid_mode| {
            let config = SplitSrConfig { hybrid_mode, ..Default::default() };
            let light = config.lightweight_groups();
            light.iter().map(|&l| if l { 's' } else { '-' }).collect::<String>()
        };
        assert_eq!(order(HybridMode::SplitFirst), "sss----");
        assert_eq!(order(HybridMode::StandardFirst), "----sss");
        assert_eq!(order(HybridMode::Interleaved), "--s-s-s");
    }

    #[cfg(feature = "gpu")]
    #[test]
    fn networks_whose_channels_would_be_moved_are_not_stored_as_f16() {
        let usual = SplitSrConfig::default;
        let fits = |config| NetworkConfig::SplitSr(config).runs_in_half();
        // With 1/8 there are 8 parts, but 7 blocks; 6 does not divide 16.
        for (split_ratio, expected) in [(0.25, true), (1.0, true), (0.125, false), (0.375, false)] {
            assert_eq!(fits(SplitSrConfig { split_ratio, ..usual() }), expected, "{split_ratio}");
            assert!(fits(SplitSrConfig { split_ratio, hybrid_index: 0, ..usual() }), "{split_ratio}");
        }
        for replacement in [Replacement::Upsampler, Replacement::Both] {
            assert!(!fits(SplitSrConfig { replacement, hybrid_index: 0, ..usual() }), "{replacement:?}");
        }
    }

    #[test]
    fn uneven_split_ratios_round_to_at_least_one_channel() {
        let split = |split_ratio| SplitSrConfig { split_ratio, ..Default::default() }.split_channels();
        assert_eq!([split(0.375), split(0.25), split(0.01), split(1.0)], [6, 4, 1, 16]);
    }

    #[test]
    fn out_of_range_fields_are_named() {
        let bad = NetworkConfig::SplitSr(SplitSrConfig { hybrid_index: 8, ..Default::default() });
        assert_eq!(bad.validate().unwrap_err().to_string(), "hybrid index is 8; it must be from 0 to 7");
        let bad = NetworkConfig::SplitSr(SplitSrConfig { split_ratio: f64::NAN, ..Default::default() });
        assert!(bad.validate().unwrap_err().to_string().starts_with("split ratio is NaN"));
    }

    #[test]
    fn json_round_trip_and_unknown_fields() {
        let config = NetworkConfig::SplitSr(SplitSrConfig::rcan(4));
        let json = serde_json::to_string(&config).unwrap();
        assert_eq!(serde_json::from_str::<NetworkConfig>(&json).unwrap(), config);
        assert!(serde_json::from_str::<NetworkConfig>(r#"{"architecture":"edsr","chanels":3}"#).is_err());
    }
}
