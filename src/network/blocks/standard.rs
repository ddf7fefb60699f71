//! The standard residual block: convolution, ReLU, convolution, plus the input. With RCAN's channel
//! attention, if configured.

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use super::block::{Block, ChannelFlow, Sizes};
use crate::network::attention::ChannelAttention;
use crate::network::by_rows::{Plane, Steps};
use crate::network::conv::Conv3x3;
use crate::network::counting::{Reach, Tally};
#[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
use crate::onnx::Builder;
use crate::ops::cpu::Then;
use crate::ops::float::add;
use crate::ops::residual_block;

/// See the module.
#[derive(Module, Debug)]
pub struct StandardBlock {
    conv1: Conv3x3,
    conv2: Conv3x3,
    attention: Option<ChannelAttention>,
}

impl Block for StandardBlock {
    fn new(&Sizes { channels, attention, .. }: &Sizes, device: &Device) -> Self {
        Self {
            conv1: Conv3x3::new(channels, channels, device),
            conv2: Conv3x3::new(channels, channels, device),
            attention: attention.map(|reduction| ChannelAttention::new(channels, reduction, device)),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        match &self.attention {
            Some(attention) => add(attention.forward(self.conv2.forward(self.conv1.forward_relu(x.clone()))), x),
            None => residual_block(x, self.conv1.parameters(), self.conv2.parameters()),
        }
    }

    fn by_rows(&self, x: Vec<Plane>, steps: &mut Steps) -> Option<Vec<Plane>> {
        if self.attention.is_some() {
            return None;
        }
        let hidden = steps.conv(x.clone(), &self.conv1, Then::Relu);
        Some(steps.conv_add(hidden, &self.conv2, x))
    }

    fn count(&Sizes { channels, attention, .. }: &Sizes, tally: &mut Tally, area: usize) {
        tally.conv(3, channels, channels, 1, area);
        tally.conv(3, channels, channels, 1, area);
        if let Some(reduction) = attention {
            ChannelAttention::count(channels, reduction, tally);
        }
    }

    fn extend(_: &Sizes, reach: &mut Reach) {
        reach.dense();
        reach.dense();
    }

    #[cfg(feature = "gpu")]
    fn runs_in_half(sizes: &Sizes, _blocks: usize) -> bool {
        sizes.attention.is_none() && sizes.channels != 3
    }

    fn flow(sizes: &Sizes) -> ChannelFlow {
        ChannelFlow::in_place(sizes.channels, |_| true, "each block convolves all channels twice.".into())
    }

    #[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
    fn export(sizes: &Sizes, graph: &mut Builder, x: &str, path: &str) -> String {
        let hidden = graph.conv_relu(x, &format!("{path}.conv1"));
        let mut residual = graph.conv(&hidden, &format!("{path}.conv2"));
        if sizes.attention.is_some() {
            residual = ChannelAttention::export(graph, &residual, &format!("{path}.attention"));
        }
        graph.add(&residual, x)
    }
}
