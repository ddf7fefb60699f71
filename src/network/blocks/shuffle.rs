//! ShuffleNet v2's unit: half the channels pass, half go through pointwise, depthwise, pointwise;
//! then they are interleaved.

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use super::block::{Block, ChannelFlow, Sizes};
use crate::error::{Error, Result};
use crate::network::conv::ConvSame;
use crate::network::counting::{Reach, Tally, furthest};
#[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
use crate::onnx::Builder;
use crate::ops::float::{cat, narrow, permute, relu, reshape};

/// See the module.
#[derive(Module, Debug)]
pub struct ShuffleBlock {
    reduce: ConvSame,
    depthwise: ConvSame,
    expand: ConvSame,
}

/// The place to which the unit moves a channel.
fn interleaved(place: usize, half: usize) -> usize {
    if place < half { 2 * place } else { 2 * (place - half) + 1 }
}

impl Block for ShuffleBlock {
    fn new(sizes: &Sizes, device: &Device) -> Self {
        let half = sizes.channels / 2;
        Self {
            reduce: ConvSame::pointwise(half, half, device),
            depthwise: ConvSame::depthwise(half, device),
            expand: ConvSame::pointwise(half, half, device),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let [n, c, h, w] = x.dims();
        let pass = narrow(x.clone(), 1, 0, c / 2);
        let y = relu(self.reduce.forward(narrow(x, 1, c / 2, c / 2)));
        let y = relu(self.expand.forward(self.depthwise.forward(y)));
        let y = cat(vec![pass, y], 1);
        reshape(permute(reshape(y, [n, 2, c / 2, h, w]), [0, 2, 1, 3, 4]), [n, c, h, w])
    }

    fn validate(sizes: &Sizes) -> Result<()> {
        if sizes.channels.is_multiple_of(2) {
            return Ok(());
        }
        Err(Error::Config(format!("channels is {}; shuffle blocks need an even number", sizes.channels)))
    }

    fn count(sizes: &Sizes, tally: &mut Tally, area: usize) {
        let half = sizes.channels / 2;
        tally.conv(1, half, half, 1, area);
        tally.conv(3, half, half, half, area);
        tally.conv(1, half, half, 1, area);
    }

    fn extend(sizes: &Sizes, reach: &mut Reach) {
        let half = sizes.channels / 2;
        let convolved = furthest(&reach.0[half..]) + 1;
        reach.0[half..].fill(convolved);
        let before = reach.0.clone();
        for (place, value) in before.into_iter().enumerate() {
            reach.0[interleaved(place, half)] = value;
        }
    }

    fn flow(&Sizes { channels, .. }: &Sizes) -> ChannelFlow {
        let half = channels / 2;
        ChannelFlow {
            convolved: (0..channels).map(|place| place >= half).collect(),
            moves_to: (0..channels).map(|place| interleaved(place, half)).collect(),
            about: format!(
                "each block convolves the second half of the {channels} channels, each by itself between two mixings, \
                 then interleaves the halves."
            ),
        }
    }

    #[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
    fn export(sizes: &Sizes, graph: &mut Builder, x: &str, path: &str) -> String {
        let half = sizes.channels / 2;
        let halves = graph.split(x, &[half, half]);
        let y = graph.conv_relu(&halves[1], &format!("{path}.reduce"));
        let y = graph.depthwise(&y, &format!("{path}.depthwise"));
        let y = graph.conv_relu(&y, &format!("{path}.expand"));
        let y = graph.concat_channels(&[&halves[0], &y]);
        graph.gather_channels(&y, (0..2 * half).map(|channel| channel % 2 * half + channel / 2))
    }
}
