//! The blocks: the standard residual one and the lightweight ones that may take its place. Each
//! maps `[batch, channels, height, width]` to the same shape.
//!
//! A kind of lightweight block is one file: its layers, its cost, how far it sees, its ONNX graph
//! and what the page draws. To add a kind, copy a file, declare it as a module and list it in
//! `blocks!` below.

mod block;
mod ghost;
mod idle;
mod inverted_residual;
mod shuffle;
mod split;
mod standard;

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

pub use block::ChannelFlow;
pub(crate) use block::{Block, Sizes};
pub(crate) use standard::StandardBlock;

use super::by_rows::{Plane, Steps};
use super::counting::{Reach, Tally};
use crate::error::Result;
#[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
use crate::onnx::Builder;

/// Defines [`BlockKind`] and [`Lightweight`], and hands their methods on to the [`Block`] of each
/// kind.
macro_rules! blocks {
    ($($(#[$doc:meta])* $kind:ident => $block:ty,)*) => {
        /// The lightweight blocks that the paper compares; each maps N channels to N.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(test, derive(ts_rs::TS))]
        #[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
        #[serde(rename_all = "kebab-case")]
        pub enum BlockKind {
            $($(#[$doc])* $kind,)*
        }

        impl BlockKind {
            /// All kinds.
            pub const ALL: &[Self] = &[$(Self::$kind),*];

            /// See [`Block::validate`].
            pub(crate) fn validate(self, sizes: &Sizes) -> Result<()> {
                match self { $(Self::$kind => <$block>::validate(sizes),)* }
            }

            /// See [`Block::count`].
            pub(crate) fn count(self, sizes: &Sizes, tally: &mut Tally, area: usize) {
                match self { $(Self::$kind => <$block>::count(sizes, tally, area),)* }
            }

            /// See [`Block::hidden_channels`].
            pub(crate) fn hidden_channels(self, sizes: &Sizes) -> usize {
                match self { $(Self::$kind => <$block>::hidden_channels(sizes),)* }
            }

            /// See [`Block::extend`].
            pub(crate) fn extend(self, sizes: &Sizes, reach: &mut Reach) {
                match self { $(Self::$kind => <$block>::extend(sizes, reach),)* }
            }

            /// See [`Block::runs_in_half`].
            #[cfg(feature = "gpu")]
            pub(crate) fn runs_in_half(self, sizes: &Sizes, blocks: usize) -> bool {
                match self { $(Self::$kind => <$block>::runs_in_half(sizes, blocks),)* }
            }

            /// See [`Block::flow`].
            pub(crate) fn flow(self, sizes: &Sizes) -> ChannelFlow {
                match self { $(Self::$kind => <$block>::flow(sizes),)* }
            }

            /// See [`Block::export_chain`].
            #[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
            pub(crate) fn export(self, sizes: &Sizes, graph: &mut Builder, x: &str, paths: &[String]) -> String {
                match self { $(Self::$kind => <$block>::export_chain(sizes, graph, x, paths),)* }
            }
        }

        /// A lightweight block.
        #[derive(Module, Debug)]
        pub enum Lightweight {
            $($(#[$doc])* $kind($block),)*
        }

        impl Lightweight {
            pub(super) fn new(kind: BlockKind, sizes: &Sizes, device: &Device) -> Self {
                match kind { $(BlockKind::$kind => Self::$kind(<$block>::new(sizes, device)),)* }
            }

            /// See [`Block::forward_chain`]. All blocks are of one kind.
            pub(super) fn forward_chain(blocks: &[Self], x: Tensor<4>) -> Tensor<4> {
                match blocks.first() {
                    None => x,
                    $(Some(Self::$kind(_)) => {
                        let blocks: Vec<&$block> = blocks
                            .iter()
                            .map(|block| match block {
                                Self::$kind(block) => block,
                                _ => unreachable!("a group has one kind of block"),
                            })
                            .collect();
                        <$block>::forward_chain(&blocks, x)
                    })*
                }
            }

            /// See [`Block::by_rows`].
            pub(super) fn by_rows(&self, x: Vec<Plane>, steps: &mut Steps) -> Option<Vec<Plane>> {
                match self { $(Self::$kind(block) => block.by_rows(x, steps),)* }
            }
        }
    };
}

blocks! {
    /// SplitSR's own: a dense 3x3 convolution of the first `split_ratio` of the channels, rotated
    /// to the back.
    Split => split::SplitBlock,
    /// ShuffleNet v2.
    Shuffle => shuffle::ShuffleBlock,
    /// MobileNet v2, expansion 6.
    InvertedResidual => inverted_residual::InvertedResidual,
    /// IdleBlock: an inverted residual on `split_ratio` of the channels.
    Idle => idle::IdleBlock,
    /// GhostNet: pointwise to `split_ratio` of the channels, a depthwise convolution makes the
    /// others.
    Ghost => ghost::GhostBlock,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_flow_as_far_as_they_see() {
        for (channels, split) in [(16, 4), (16, 16), (8, 3), (2, 1)] {
            let sizes = Sizes { channels, split, attention: None };
            for kind in BlockKind::ALL {
                let flow = kind.flow(&sizes);
                let mut places = flow.moves_to.clone();
                places.sort_unstable();
                assert!(places.into_iter().eq(0..channels), "{kind:?} {sizes:?}: {flow:?}");
                // Each channel has a different reach, so that a wrong place is noticed.
                let before: Vec<usize> = (0..channels).map(|channel| 10 * channel).collect();
                let mut after = Reach(before.clone());
                kind.extend(&sizes, &mut after);
                for (place, reach) in before.into_iter().enumerate().filter(|(place, _)| !flow.convolved[*place]) {
                    assert_eq!(after.0[flow.moves_to[place]], reach, "{kind:?} {sizes:?}: channel {place}");
                }
            }
        }
    }
}
