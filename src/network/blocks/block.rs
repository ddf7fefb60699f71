//! The trait of all blocks.

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use serde::Serialize;

use crate::error::Result;
use crate::network::by_rows::{Plane, Steps};
use crate::network::counting::{Reach, Tally};
#[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
use crate::onnx::Builder;

/// The numbers that a block is built from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sizes {
    /// Channels that come in and go out.
    pub channels: usize,
    /// The channels that the split ratio gives, from 1 to `channels`.
    pub split: usize,
    /// The reduction of the channel attention; only standard blocks have it.
    pub attention: Option<usize>,
}

/// A kind of block: its layers, and what follows from its sizes alone.
pub(crate) trait Block: Module {
    /// A block with randomly initialised weights.
    fn new(sizes: &Sizes, device: &Device) -> Self;

    /// `[batch, channels, height, width]` -> the same.
    fn forward(&self, x: Tensor<4>) -> Tensor<4>;

    /// Several blocks, one after another.
    fn forward_chain(blocks: &[&Self], x: Tensor<4>) -> Tensor<4> {
        blocks.iter().fold(x, |x, block| block.forward(x))
    }

    /// The block's convolutions of a picture that comes in rows; `None` if it has other layers.
    fn by_rows(&self, _x: Vec<Plane>, _steps: &mut Steps) -> Option<Vec<Plane>> {
        None
    }

    /// Refuses sizes that the block cannot have, beyond what a config's ranges refuse.
    fn validate(_sizes: &Sizes) -> Result<()> {
        Ok(())
    }

    /// Adds the block's parameters and multiply-adds; `area` is the number of its pixels per
    /// low-resolution pixel.
    fn count(sizes: &Sizes, tally: &mut Tally, area: usize);

    /// The channels that the block holds at its peak besides its input.
    fn hidden_channels(sizes: &Sizes) -> usize {
        2 * sizes.channels
    }

    /// Widens what each channel sees by what the block adds.
    fn extend(sizes: &Sizes, reach: &mut Reach);

    /// Whether all feature maps of a chain of `blocks` are made by 3x3 convolutions, none of which
    /// has 3 channels: those a GPU can store as f16.
    #[cfg(feature = "gpu")]
    fn runs_in_half(_sizes: &Sizes, _blocks: usize) -> bool {
        false
    }

    /// Where each channel goes, for drawings.
    fn flow(sizes: &Sizes) -> ChannelFlow;

    /// Adds the block whose weights are named `path` to an ONNX graph, applied to `x`. Returns the
    /// result.
    #[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
    fn export(sizes: &Sizes, graph: &mut Builder, x: &str, path: &str) -> String;

    /// Adds several blocks, one after another.
    #[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
    fn export_chain(sizes: &Sizes, graph: &mut Builder, x: &str, paths: &[String]) -> String {
        paths.iter().fold(x.to_owned(), |x, path| Self::export(sizes, graph, &x, path))
    }
}

/// Which channels a block convolves and where it puts each, for drawings.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct ChannelFlow {
    /// Whether it convolves the channel at each place.
    pub convolved: Vec<bool>,
    /// The place to which it moves the channel at each place.
    pub moves_to: Vec<usize>,
    /// A description that continues the sentence "A lightweight group, enlarged: …".
    pub about: String,
}

impl ChannelFlow {
    /// Channels that stay where they are.
    pub(crate) fn in_place(channels: usize, convolved: impl Fn(usize) -> bool, about: String) -> Self {
        Self { convolved: (0..channels).map(convolved).collect(), moves_to: (0..channels).collect(), about }
    }
}
