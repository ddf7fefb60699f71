//! MobileNet v2's inverted residual: pointwise expansion, depthwise, linear projection, plus the
//! input.

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use super::block::{Block, ChannelFlow, Sizes};
use crate::network::conv::ConvSame;
use crate::network::counting::{Reach, Tally};
#[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
use crate::onnx::Builder;
use crate::ops::float::{add, relu};

const EXPANSION: usize = 6;

/// See the module.
#[derive(Module, Debug)]
pub struct InvertedResidual {
    expand: ConvSame,
    depthwise: ConvSame,
    project: ConvSame,
}

impl Block for InvertedResidual {
    fn new(&Sizes { channels, .. }: &Sizes, device: &Device) -> Self {
        let hidden = channels * EXPANSION;
        Self {
            expand: ConvSame::pointwise(channels, hidden, device),
            depthwise: ConvSame::depthwise(hidden, device),
            project: ConvSame::pointwise(hidden, channels, device),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let y = relu(self.expand.forward(x.clone()));
        add(self.project.forward(relu(self.depthwise.forward(y))), x)
    }

    fn count(&Sizes { channels, .. }: &Sizes, tally: &mut Tally, area: usize) {
        let hidden = channels * EXPANSION;
        tally.conv(1, channels, hidden, 1, area);
        tally.conv(3, hidden, hidden, hidden, area);
        tally.conv(1, hidden, channels, 1, area);
    }

    fn hidden_channels(sizes: &Sizes) -> usize {
        2 * EXPANSION * sizes.channels
    }

    fn extend(_: &Sizes, reach: &mut Reach) {
        reach.dense();
    }

    fn flow(&Sizes { channels, .. }: &Sizes) -> ChannelFlow {
        let about = format!(
            "each block spreads all {channels} channels into six times as many, convolves each of those by itself, and \
             gathers them again."
        );
        ChannelFlow::in_place(channels, |_| true, about)
    }

    #[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
    fn export(_: &Sizes, graph: &mut Builder, x: &str, path: &str) -> String {
        let y = graph.conv_relu(x, &format!("{path}.expand"));
        let y = graph.depthwise_relu(&y, &format!("{path}.depthwise"));
        let y = graph.conv(&y, &format!("{path}.project"));
        graph.add(&y, x)
    }
}
