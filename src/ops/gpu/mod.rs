//! The GPU implementation: WGSL kernels on Burn's CubeCL tensors, so that they run wherever wgpu does (WebGPU, Vulkan, Metal,
//! DirectX 12).
//!
//! Text and not CubeCL: what a thread keeps in registers, and what the workgroup shares, is then ours to decide; and the browser's
//! bundle does not grow by a kernel.

mod block;
#[cfg(feature = "train")]
mod gradient;
mod launch;
mod rotate;
mod shader;

use std::cell::Cell;

use burn::backend::TensorMetadata;
use burn::backend::tensor::FloatTensor;
use burn::tensor::{DType, Shape};
use burn_cubecl::Cube;
use burn_cubecl::ops::numeric::empty_device_contiguous_dtype;
use burn_wgpu::{CubeTensor, into_contiguous};

pub use self::launch::Traffic;
use self::launch::{Shader, dims, launch, strides};
pub use self::rotate::rotate;
pub use self::shader::{Blocking, Conv, Element, Weights};
use super::{SrBackend, scoped, two_convolutions};

impl SrBackend for Cube {
    fn conv3x3(x: CubeTensor, weight: CubeTensor, bias: CubeTensor, relu: bool) -> FloatTensor<Self> {
        let conv = Conv { relu, ..plain(&x, &weight) };
        convolve(conv, &x, weight, Some(bias), None, None, None)
    }

    fn conv3x3_add(x: CubeTensor, weight: CubeTensor, bias: CubeTensor, residual: CubeTensor) -> FloatTensor<Self> {
        let conv = Conv { residual: true, ..plain(&x, &weight) };
        convolve(conv, &x, weight, Some(bias), Some(&residual), None, None)
    }

    fn conv3x3_shuffle(x: CubeTensor, weight: CubeTensor, bias: CubeTensor, factor: usize) -> FloatTensor<Self> {
        let conv = Conv { shuffle: factor, ..plain(&x, &weight) };
        convolve(conv, &x, weight, Some(bias), None, None, None)
    }

    fn residual_block(
        x: CubeTensor,
        weight1: CubeTensor,
        bias1: CubeTensor,
        weight2: CubeTensor,
        bias2: CubeTensor,
    ) -> FloatTensor<Self> {
        if block::fits(&x) {
            return block::fused(&x, [weight1, weight2], [bias1, bias2]);
        }
        two_convolutions::<Self>(x, weight1, bias1, weight2, bias2)
    }
}

thread_local! {
    static HALF: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`, whose convolutions on this thread store feature maps as f16: half the memory and its traffic, for adapters that have
/// `shader-f16`. The arithmetic stays f32, and so does what has three channels, which is a picture.
///
/// For networks of our own operations only: Burn's do not mix f16 feature maps with f32 weights.
pub fn in_half<T>(work: impl FnOnce() -> T) -> T {
    scoped(&HALF, true, work)
}

/// The convolution of `x` with `weight` and a bias, and nothing more.
fn plain(x: &CubeTensor, weight: &CubeTensor) -> Conv {
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

#[cfg(feature = "train")]
impl super::SrGradients for Cube {
    fn conv3x3_data_gradient(dy: CubeTensor, activated: Option<CubeTensor>, weight: CubeTensor) -> CubeTensor {
        // The adjoint of a convolution is a convolution, with the weights' roles exchanged and the taps in reverse.
        let [inputs, outputs, ..] = dims(&weight);
        let conv = Conv {
            inputs,
            outputs,
            weights: Weights::Adjoint,
            bias: false,
            relu: false,
            residual: false,
            gate: activated.is_some(),
            shuffle: 1,
            input: element(&dy),
            output: element(&dy),
        };
        let (dy, activated) = (into_contiguous(dy), activated.map(into_contiguous));
        convolve(conv, &dy, weight, None, None, activated.as_ref(), None)
    }

    fn conv3x3_weight_gradient(
        x: CubeTensor,
        dy: CubeTensor,
        activated: Option<CubeTensor>,
    ) -> (CubeTensor, CubeTensor) {
        gradient::by_weight(into_contiguous(x), into_contiguous(dy), activated.map(into_contiguous))
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
struct Channels {
    from: usize,
    y: CubeTensor,
    to: usize,
}

/// Runs `conv`, whose bindings are given as it says.
fn convolve(
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
    let (weight, bias) = (into_contiguous(weight), bias.map(into_contiguous));
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

/// What `conv` reads and writes: each workgroup its tile with a rim; the weights, which stay in the cache, once.
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

fn element(tensor: &CubeTensor) -> Element {
    match tensor.dtype() {
        DType::F32 => Element::F32,
        DType::F16 => Element::F16,
        other => panic!("conv3x3: tensors are f32 or f16, not {other:?}"),
    }
}

/// A tensor beside `like`, contiguous, its values undefined.
fn empty<const D: usize>(like: &CubeTensor, shape: [usize; D], element: Element) -> CubeTensor {
    let dtype = match element {
        Element::F32 => DType::F32,
        Element::F16 => DType::F16,
    };
    empty_device_contiguous_dtype(like.client.clone(), like.device.clone(), Shape::from(shape), dtype)
}
