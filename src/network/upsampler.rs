//! The upsampler: from C channels at low resolution to C channels at high resolution, by pixel
//! shuffle.

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use super::blocks::{BlockKind, Lightweight, Sizes};
use super::by_rows::{Plane, Steps};
use super::conv::{Conv3x3, ConvSame};
use crate::ops::cpu::Then;
use crate::ops::pixel_shuffle;

/// The factors of the pixel shuffles that make up a scale: x4 is two steps of x2.
pub(crate) fn steps(scale: usize) -> &'static [usize] {
    match scale {
        2 => &[2],
        3 => &[3],
        4 => &[2, 2],
        _ => unreachable!("NetworkConfig::validate allows scales 2, 3 and 4"),
    }
}

/// One or two steps of "expand to r^2 C channels, pixel shuffle".
#[derive(Module, Debug)]
pub struct Upsampler {
    steps: Vec<Step>,
}

#[derive(Module, Debug)]
struct Step {
    expand: Expand,
    factor: usize,
}

#[derive(Module, Debug)]
#[allow(clippy::large_enum_variant)] // one or two of them in a network
enum Expand {
    /// A dense 3x3 convolution C -> r^2 C.
    Dense(Conv3x3),
    /// A lightweight block and a pointwise convolution C -> r^2 C.
    Lightweight(LightweightExpand),
}

#[derive(Module, Debug)]
struct LightweightExpand {
    block: Lightweight,
    project: ConvSame,
}

impl Upsampler {
    /// Dense steps, as EDSR and RCAN have them.
    pub(super) fn dense(channels: usize, scale: usize, device: &Device) -> Self {
        let dense =
            |factor| Step { expand: Expand::Dense(Conv3x3::new(channels, channels * factor * factor, device)), factor };
        Self { steps: steps(scale).iter().map(|&factor| dense(factor)).collect() }
    }

    /// Lightweight steps: a block and a pointwise convolution.
    pub(super) fn lightweight(kind: BlockKind, sizes: &Sizes, scale: usize, device: &Device) -> Self {
        let step = |factor| {
            let expand = Expand::Lightweight(LightweightExpand {
                block: Lightweight::new(kind, sizes, device),
                project: ConvSame::pointwise(sizes.channels, sizes.channels * factor * factor, device),
            });
            Step { expand, factor }
        };
        Self { steps: steps(scale).iter().map(|&factor| step(factor)).collect() }
    }

    /// See [`Block::by_rows`](super::blocks::Block::by_rows).
    pub(super) fn by_rows(&self, x: Vec<Plane>, to: &mut Steps) -> Option<Vec<Plane>> {
        self.steps.iter().try_fold(x, |x, step| match &step.expand {
            Expand::Dense(conv) => Some(to.conv(x, conv, Then::Shuffle(step.factor))),
            Expand::Lightweight(_) => None,
        })
    }

    /// `[batch, channels, height, width]` -> `[batch, channels, scale * height, scale * width]`
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        self.steps.iter().fold(x, |x, step| match &step.expand {
            Expand::Dense(conv) => conv.forward_shuffle(x, step.factor),
            Expand::Lightweight(light) => {
                let y = Lightweight::forward_chain(std::slice::from_ref(&light.block), x);
                pixel_shuffle(light.project.forward(y), step.factor)
            }
        })
    }
}
