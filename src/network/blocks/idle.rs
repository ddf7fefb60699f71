//! IdleBlock: an inverted residual on the first `split` channels; the others pass.

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use super::block::{Block, ChannelFlow, Sizes};
use super::inverted_residual::InvertedResidual;
use crate::network::counting::{Reach, Tally, furthest};
#[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
use crate::onnx::Builder;
use crate::ops::float::{cat, narrow};

/// See the module.
#[derive(Module, Debug)]
pub struct IdleBlock {
    active: InvertedResidual,
    split: usize,
}

/// The sizes of the inverted residual.
fn active(sizes: &Sizes) -> Sizes {
    Sizes { channels: sizes.split, ..*sizes }
}

impl Block for IdleBlock {
    fn new(sizes: &Sizes, device: &Device) -> Self {
        Self { active: InvertedResidual::new(&active(sizes), device), split: sizes.split }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let channels = x.dims()[1];
        if self.split == channels {
            return self.active.forward(x);
        }
        let idle = narrow(x.clone(), 1, self.split, channels - self.split);
        cat(vec![self.active.forward(narrow(x, 1, 0, self.split)), idle], 1)
    }

    fn count(sizes: &Sizes, tally: &mut Tally, area: usize) {
        InvertedResidual::count(&active(sizes), tally, area);
    }

    fn hidden_channels(sizes: &Sizes) -> usize {
        InvertedResidual::hidden_channels(&active(sizes))
    }

    fn extend(&Sizes { split, .. }: &Sizes, reach: &mut Reach) {
        let front = furthest(&reach.0[..split]) + 1;
        reach.0[..split].fill(front);
    }

    fn flow(&Sizes { channels, split, .. }: &Sizes) -> ChannelFlow {
        let about = format!(
            "each block applies an inverted residual to the first {split} of {channels} channels; the others pass \
             through all blocks unchanged."
        );
        ChannelFlow::in_place(channels, |place| place < split, about)
    }

    #[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
    fn export(sizes: &Sizes, graph: &mut Builder, x: &str, path: &str) -> String {
        let (path, idle) = (format!("{path}.active"), sizes.channels - sizes.split);
        if idle == 0 {
            return InvertedResidual::export(&active(sizes), graph, x, &path);
        }
        let parts = graph.split(x, &[sizes.split, idle]);
        let active = InvertedResidual::export(&active(sizes), graph, &parts[0], &path);
        graph.concat_channels(&[&active, &parts[1]])
    }
}
