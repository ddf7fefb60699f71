//! The gradients of convolutions of any kernel and any number of groups by their weights and bias:
//! one weight a workgroup.

use burn_wgpu::CubeTensor;

use super::elementwise::contiguous;
use super::launch::{Shader, dims, launch};
use super::shader::Element;
use super::tensor::{assert_f32, empty};
use crate::ops::backend::kernel_and_groups;

/// Threads of a workgroup that sums a weight's gradient.
const SUMMING: usize = 64;

/// Bound contiguous. A workgroup sums what all pixels contribute to a weight; those of a group's
/// first input and the first tap sum the bias as well.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct WeightGradient {
    kernel: usize,
    groups: usize,
    inputs: usize,
    outputs: usize,
}

impl Shader for WeightGradient {
    fn threads(&self) -> [usize; 3] {
        [SUMMING, 1, 1]
    }

    fn text(&self) -> String {
        let &Self { kernel, groups, inputs, outputs } = self;
        let (of_group_in, of_group_out) = (inputs / groups, outputs / groups);
        format!(
            "struct Info {{ size: vec4<u32> }} // width, height, images
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read> dy: array<f32>;
@group(0) @binding(2) var<storage, read_write> dweight: array<f32>;
@group(0) @binding(3) var<storage, read_write> dbias: array<f32>;
@group(0) @binding(4) var<uniform> info: Info;
const KERNEL = {kernel}u;
var<workgroup> sums: array<vec2<f32>, {SUMMING}>;

@compute @workgroup_size({SUMMING})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {{
    let tap = group.x;
    let i = group.y;
    let o = group.z;
    let area = info.size.x * info.size.y;
    var sum = vec2<f32>();
    for (var pixel = index; pixel < area * info.size.z; pixel += {SUMMING}u) {{
        let image = pixel / area;
        let here = vec2<i32>(vec2(pixel % area % info.size.x, pixel % area / info.size.x));
        let at = here + vec2<i32>(vec2(tap % KERNEL, tap / KERNEL)) - {radius};
        let last = vec2<i32>(info.size.xy) - 1;
        let inside = all(at >= vec2<i32>()) & all(at <= last);
        let place = vec2<u32>(clamp(at, vec2<i32>(), last));
        let plane = (image * {inputs}u + o / {of_group_out}u * {of_group_in}u + i) * area;
        let value = x[plane + place.y * info.size.x + place.x];
        let d = dy[(image * {outputs}u + o) * area + pixel % area];
        sum += d * vec2(select(0.0, value, inside), 1.0);
    }}
    sums[index] = sum;
    workgroupBarrier();
    if index > 0u {{ return; }}
    for (var other = 1u; other < {SUMMING}u; other++) {{ sum += sums[other]; }}
    dweight[(o * {of_group_in}u + i) * KERNEL * KERNEL + tap] = sum.x;
    if (i == 0u) & (tap == 0u) {{ dbias[o] = sum.y; }}
}}
",
            radius = kernel / 2
        )
    }
}

/// The gradients by weight and bias: `x` `[N, Ci, H, W]`, `dy` `[N, Co, H, W]` -> the shapes of
/// `weight` and the bias.
pub(super) fn by_weight(x: CubeTensor, dy: CubeTensor, weight: &CubeTensor) -> (CubeTensor, CubeTensor) {
    let (kernel, groups) = kernel_and_groups(dims(&x), dims(weight));
    let ([images, inputs, height, width], [outputs, of_group, ..]) = (dims(&x), dims(weight));
    let (x, dy) = (contiguous(x), contiguous(dy));
    assert_f32(&[&x, &dy]);
    let dweight = empty(&x, dims(weight), Element::F32);
    let dbias = empty(&x, [outputs], Element::F32);
    let shader = WeightGradient { kernel, groups, inputs, outputs };
    let bytes = 8 * images * height * width * outputs * of_group * kernel * kernel;
    let workgroups = [kernel * kernel, of_group, outputs];
    launch(shader, workgroups, &[&x, &dy], &[&dweight, &dbias], &[[width, height, images, 0]], bytes as u64);
    (dweight, dbias)
}
