//! The convolution and what follows it, as one kernel.

use std::cell::Cell;

use burn_wgpu::CubeTensor;

use super::elementwise::contiguous;
use super::launch::{Shader, dims, launch, strides};
use super::shader::{Conv, Element, Weights};
use super::tensor::{element, empty};
use crate::ops::arithmetic::scoped;

thread_local! {
    static HALF: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`, whose convolutions on this thread store feature maps as f16: half the memory and
/// its traffic, for adapters that have `shader-f16`. The arithmetic stays f32, and so does what has
/// three channels, which is a picture.
///
/// For networks of our own operations only: Burn's do not mix f16 feature maps with f32 weights.
pub fn in_half<T>(work: impl FnOnce() -> T) -> T {
    scoped(&HALF, true, work)
}

/// The convolution of `x` with `weight` and a bias, and nothing more.
pub(super) fn plain(x: &CubeTensor, weight: &CubeTensor) -> Conv {
    let [outputs, inputs, height, width] = dims(weight);
    assert_eq!([height, width], [3, 3], "conv3x3: the weight is [outputs, inputs, 3, 3]");
    Conv {
        inputs,
        outputs,
        weights: Weights::Plain,
        bias: true,
        relu: false,
        residual: false,
        gate: false,
        shuffle: 1,
        input: element(x),
        output: if HALF.get() && outputs != 3 { Element::F16 } else { Element::F32 },
    }
}

impl Shader for Conv {
    fn threads(&self) -> [usize; 3] {
        self.blocking().threads
    }

    fn text(&self) -> String {
        self.wgsl()
    }
}

/// Channels that a convolution reads of a wider input, and writes of a wider result that exists.
pub(super) struct Channels {
    pub from: usize,
    pub y: CubeTensor,
    pub to: usize,
}

/// Runs `conv`, whose bindings are given as it says.
pub(super) fn convolve(
    conv: Conv,
    x: &CubeTensor,
    weight: CubeTensor,
    bias: Option<CubeTensor>,
    residual: Option<&CubeTensor>,
    gate: Option<&CubeTensor>,
    channels: Option<Channels>,
) -> CubeTensor {
    let [images, _, height, width] = dims(x);
    let (outputs, shuffle) = (conv.outputs, conv.shuffle);
    let (weight, bias) = (contiguous(weight), bias.map(contiguous));
    let shape = [images, outputs / (shuffle * shuffle), height * shuffle, width * shuffle];
    let (y, from, to) = match channels {
        Some(Channels { from, y, to }) => (y, from, to),
        None => {
            assert_eq!(dims(x)[1], conv.inputs, "conv3x3: the weight does not fit the input");
            (empty(x, shape, conv.output), 0, 0)
        }
    };
    let base = [from * strides(x)[1], to * strides(&y)[1], 0, 0];
    let blocking = conv.blocking();
    let [tile_width, tile_height] = blocking.tile();
    let groups = [width.div_ceil(tile_width), height.div_ceil(tile_height), images * blocking.channel_groups];
    let mut inputs = vec![x, &weight];
    inputs.extend([bias.as_ref(), residual, gate].into_iter().flatten());
    let info = [[width, height, 0, 0], base, strides(x), strides(&y), residual.map_or([0; 4], strides)];
    let bytes = bytes(&conv, images, height, width);
    launch(conv, groups, &inputs, &[&y], &info, bytes);
    y
}

/// The bytes that `conv` reads and writes. Each workgroup reads its tile with a rim; the weights
/// stay in the cache and count once.
fn bytes(conv: &Conv, images: usize, height: usize, width: usize) -> u64 {
    let blocking = conv.blocking();
    let [tile_width, tile_height] = blocking.tile();
    // Along an axis, all workgroups together.
    let reads = |length: usize, tile: usize| length + 2 * (length.div_ceil(tile) - 1);
    let read = images * blocking.channel_groups * reads(width, tile_width) * reads(height, tile_height);
    let read = read * conv.inputs * conv.input.bytes() * (1 + usize::from(conv.gate));
    let weights = (9 * conv.inputs + 1) * conv.outputs * 4;
    let result = images * width * height * conv.outputs;
    let kept = usize::from(conv.residual) * conv.input.bytes();
    (read + weights + result * (conv.output.bytes() + kept)) as u64
}
