//! Convolutions of any kernel and any number of groups, and their gradients by the input: one value
//! of the result a thread. They are for the layers other than the 3x3 convolutions, which are few
//! and small.

use burn_wgpu::CubeTensor;

use super::elementwise::contiguous;
use super::launch::{Shader, dims, launch, strides};
use super::shader::{Element, INFO};
use super::tensor::{assert_f32, empty};
use crate::ops::backend::kernel_and_groups;

/// Threads of a workgroup along a row, and rows.
const THREADS: [usize; 2] = [16, 8];

/// A convolution, or the gradient of one by its input, which is one with the channels' roles
/// exchanged and the taps in reverse.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct ConvSame {
    kernel: usize,
    groups: usize,
    /// Channels of the convolution, in and out, also where this is its gradient.
    inputs: usize,
    outputs: usize,
    is_gradient: bool,
}

impl Shader for ConvSame {
    fn threads(&self) -> [usize; 3] {
        [THREADS[0], THREADS[1], 1]
    }

    fn text(&self) -> String {
        let &Self { kernel, groups, inputs, outputs, is_gradient } = self;
        let (of_group_in, of_group_out) = (inputs / groups, outputs / groups);
        let taps = kernel * kernel;
        // `c` is the result's channel, `i` the one that is read, within its group.
        let (channels, reads, makes, weight) = match is_gradient {
            false => (outputs, of_group_in, of_group_out, "(c * READS + i) * TAPS + tap"),
            true => (
                inputs,
                of_group_out,
                of_group_in,
                "((c / MAKES * READS + i) * MAKES + c % MAKES) * TAPS + TAPS - 1u - tap",
            ),
        };
        let (bias, y) =
            if is_gradient { ("", 2) } else { ("@group(0) @binding(2) var<storage, read> bias: array<f32>;", 3) };
        let initial = if is_gradient { "0.0" } else { "bias[c]" };
        let [width, height] = THREADS;
        format!(
            "@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> weight: array<f32>;
{bias}
@group(0) @binding({y}) var<storage, read_write> y: array<f32>;
@group(0) @binding({}) var<uniform> info: Info;
{INFO}
const CHANNELS = {channels}u;
const READS = {reads}u;
const MAKES = {makes}u;
const KERNEL = {kernel}u;
const TAPS = {taps}u;

@compute @workgroup_size({width}, {height})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {{
    let size = info.size.xy;
    if any(id.xy >= size) {{ return; }}
    let image = id.z / CHANNELS;
    let c = id.z % CHANNELS;
    var sum = {initial};
    for (var i = 0u; i < READS; i++) {{
        let plane = image * info.x.x + (c / MAKES * READS + i) * info.x.y;
        for (var tap = 0u; tap < TAPS; tap++) {{
            let at = vec2<i32>(id.xy) + vec2<i32>(vec2(tap % KERNEL, tap / KERNEL)) - {radius};
            let inside = all(at >= vec2<i32>()) & all(at < vec2<i32>(size));
            let place = vec2<u32>(clamp(at, vec2<i32>(), vec2<i32>(size) - 1));
            let value = x[plane + place.y * info.x.z + place.x * info.x.w];
            sum += select(0.0, value, inside) * weight[{weight}];
        }}
    }}
    y[((image * CHANNELS + c) * size.y + id.y) * size.x + id.x] = sum;
}}
",
            y + 1,
            radius = kernel / 2
        )
    }
}

/// See [`conv_same`](crate::ops::conv_same).
pub(super) fn forward(x: CubeTensor, weight: CubeTensor, bias: CubeTensor) -> CubeTensor {
    let (kernel, groups) = kernel_and_groups(dims(&x), dims(&weight));
    let shader = ConvSame { kernel, groups, inputs: dims(&x)[1], outputs: dims(&weight)[0], is_gradient: false };
    convolve(shader, x, weight, Some(bias))
}

/// The gradient by the input `x`: `dy` `[N, Co, H, W]` -> `[N, Ci, H, W]`.
#[cfg(feature = "train")]
pub(super) fn by_input(x: &CubeTensor, dy: CubeTensor, weight: CubeTensor) -> CubeTensor {
    let (kernel, groups) = kernel_and_groups(dims(x), dims(&weight));
    let shader = ConvSame { kernel, groups, inputs: dims(x)[1], outputs: dims(&weight)[0], is_gradient: true };
    convolve(shader, dy, weight, None)
}

fn convolve(shader: ConvSame, x: CubeTensor, weight: CubeTensor, bias: Option<CubeTensor>) -> CubeTensor {
    let [images, _, height, width] = dims(&x);
    let channels = if shader.is_gradient { shader.inputs } else { shader.outputs };
    let (weight, bias) = (contiguous(weight), bias.map(contiguous));
    assert_f32(&[&x, &weight]);
    let y = empty(&x, [images, channels, height, width], Element::F32);
    let mut inputs = vec![&x, &weight];
    inputs.extend(&bias);
    let info = [[width, height, 0, 0], [0; 4], strides(&x), strides(&y), [0; 4]];
    let groups = [width.div_ceil(THREADS[0]), height.div_ceil(THREADS[1]), images * channels];
    let bytes = 4 * images * height * width * (dims(&x)[1] + channels);
    launch(shader, groups, &inputs, &[&y], &info, bytes as u64);
    y
}
