//! GhostNet's module: a pointwise convolution makes `split` primary channels, a cheap depthwise one
//! makes the others from them, taking the primary ones in turn where there are more others than
//! primary ones.

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use super::block::{Block, ChannelFlow, Sizes};
use crate::network::conv::ConvSame;
use crate::network::counting::{Reach, Tally};
#[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
use crate::onnx::Builder;
use crate::ops::float::{cat, narrow, relu};

/// See the module.
#[derive(Module, Debug)]
pub struct GhostBlock {
    primary: ConvSame,
    cheap: Option<ConvSame>,
}

impl Block for GhostBlock {
    fn new(&Sizes { channels, split, .. }: &Sizes, device: &Device) -> Self {
        let others = channels - split;
        Self {
            primary: ConvSame::pointwise(channels, split, device),
            cheap: (others > 0).then(|| ConvSame::depthwise(others, device)),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let channels = x.dims()[1];
        let primary = relu(self.primary.forward(x));
        let Some(cheap) = &self.cheap else { return primary };
        let count = primary.dims()[1];
        let mut others = channels - count;
        let mut sources = Vec::new();
        while others > 0 {
            let taken = others.min(count);
            sources.push(narrow(primary.clone(), 1, 0, taken));
            others -= taken;
        }
        let made = relu(cheap.forward(cat(sources, 1)));
        cat(vec![primary, made], 1)
    }

    fn count(&Sizes { channels, split, .. }: &Sizes, tally: &mut Tally, area: usize) {
        tally.conv(1, channels, split, 1, area);
        if split < channels {
            let others = channels - split;
            tally.conv(3, others, others, others, area);
        }
    }

    fn extend(&Sizes { split, .. }: &Sizes, reach: &mut Reach) {
        let primary = reach.max();
        reach.0[..split].fill(primary);
        reach.0[split..].fill(primary + 1);
    }

    fn flow(&Sizes { channels, split, .. }: &Sizes) -> ChannelFlow {
        let about = format!(
            "each block mixes all channels into {split}, and makes each of the other {} from one of those.",
            channels - split
        );
        ChannelFlow::in_place(channels, |_| true, about)
    }

    #[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
    fn export(&Sizes { channels, split, .. }: &Sizes, graph: &mut Builder, x: &str, path: &str) -> String {
        let y = graph.conv_relu(x, &format!("{path}.primary"));
        if split == channels {
            return y;
        }
        let sources = graph.gather_channels(&y, (0..channels - split).map(|channel| channel % split));
        let made = graph.depthwise_relu(&sources, &format!("{path}.cheap"));
        graph.concat_channels(&[&y, &made])
    }
}
