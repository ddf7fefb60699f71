//! The gradients of a convolution by its weights and bias: sums over all pixels of all pictures.

use burn::backend::ops::FloatTensorOps;
use burn::tensor::Shape;
use burn_cubecl::Cube;
use burn_wgpu::CubeTensor;

use super::launch::{Shader, dims, launch};
use super::shader::Element;
use super::tensor::{element, empty};

/// Threads of a workgroup along a row of pixels, and rows.
const THREADS: [usize; 2] = [16, 4];

/// The pictures' rows are shared out until there are this many workgroups, so that a large GPU has
/// work.
const WORKGROUPS: usize = 512;

/// A workgroup sums, over some rows, what four output channels and one input channel contribute.
/// Inputs and outputs are contiguous.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct WeightGradient {
    gate: bool,
    element: Element,
}

impl Shader for WeightGradient {
    fn threads(&self) -> [usize; 3] {
        [THREADS[0], THREADS[1], 1]
    }

    fn text(&self) -> String {
        let element = self.element.wgsl();
        let enable = if self.element == Element::F16 { "enable f16;" } else { "" };
        let (gate, out) = match self.gate {
            true => (format!("@group(0) @binding(2) var<storage, read> gate: array<{element}>;"), 3),
            false => (String::new(), 2),
        };
        // The gradient of an output channel beyond the last is nothing.
        let counts = if self.gate { "(o < OUT) & (gate[at] > 0.0)" } else { "o < OUT" };
        let [width, height] = THREADS;
        format!(
            "{enable}
struct Info {{ size: vec4<u32>, channels: vec4<u32> }} // width, height, rows, rows of a workgroup; inputs, outputs
@group(0) @binding(0) var<storage, read> x: array<{element}>;
@group(0) @binding(1) var<storage, read> dy: array<{element}>;
{gate}
@group(0) @binding({out}) var<storage, read_write> dweight: array<f32>;
@group(0) @binding({}) var<storage, read_write> dbias: array<f32>;
@group(0) @binding({}) var<uniform> info: Info;
var<workgroup> sums: array<array<vec4<f32>, 10>, {}>;

fn x_at(channel: u32, row: i32, column: i32) -> f32 {{
    let size = vec2<i32>(info.size.xy);
    let inside = (row >= 0) & (row < size.y) & (column >= 0) & (column < size.x);
    return select(0.0, f32(x[select(0u, channel + u32(row * size.x + column), inside)]), inside);
}}

fn dy_at(image: u32, o: u32, pixel: u32) -> f32 {{
    let OUT = info.channels.y;
    let at = (image * OUT + min(o, OUT - 1u)) * info.size.x * info.size.y + pixel;
    return select(0.0, f32(dy[at]), {counts});
}}

@compute @workgroup_size({width}, {height})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>,
    @builtin(local_invocation_index) index: u32) {{
    let first = group.x * 4u;
    let area = info.size.x * info.size.y;
    let end = min((group.z + 1u) * info.size.w, info.size.z);
    var s0 = vec4<f32>(); var s1 = vec4<f32>(); var s2 = vec4<f32>();
    var s3 = vec4<f32>(); var s4 = vec4<f32>(); var s5 = vec4<f32>();
    var s6 = vec4<f32>(); var s7 = vec4<f32>(); var s8 = vec4<f32>();
    var bias = vec4<f32>();
    for (var line = group.z * info.size.w + local.y; line < end; line += {height}u) {{
        let image = line / info.size.y;
        let row = line % info.size.y;
        let channel = (image * info.channels.x + group.y) * area;
        let above = i32(row) - 1; let here = i32(row); let below = i32(row) + 1;
        for (var column = local.x; column < info.size.x; column += {width}u) {{
            let pixel = row * info.size.x + column;
            let d = vec4<f32>(dy_at(image, first, pixel), dy_at(image, first + 1u, pixel),
                dy_at(image, first + 2u, pixel), dy_at(image, first + 3u, pixel));
            let left = i32(column) - 1; let right = i32(column) + 1;
            s0 += d * x_at(channel, above, left); s1 += d * x_at(channel, above, left + 1);
            s2 += d * x_at(channel, above, right); s3 += d * x_at(channel, here, left);
            s4 += d * x_at(channel, here, left + 1); s5 += d * x_at(channel, here, right);
            s6 += d * x_at(channel, below, left); s7 += d * x_at(channel, below, left + 1);
            s8 += d * x_at(channel, below, right);
            bias += d;
        }}
    }}
    sums[index] = array<vec4<f32>, 10>(s0, s1, s2, s3, s4, s5, s6, s7, s8, bias);
    workgroupBarrier();
    if index >= 10u {{ return; }}
    var sum = sums[0][index];
    for (var i = 1u; i < {}u; i++) {{ sum += sums[i][index]; }}
    for (var j = 0u; j < 4u && first + j < info.channels.y; j++) {{
        let o = group.z * info.channels.y + first + j;
        if index < 9u {{
            dweight[(o * info.channels.x + group.y) * 9u + index] = sum[j];
        }} else if group.y == 0u {{
            dbias[o] = sum[j];
        }}
    }}
}}
",
            out + 1,
            out + 2,
            width * height,
            width * height
        )
    }
}

/// `x` `[N, Ci, H, W]`, `dy` and `activated` `[N, Co, H, W]`, contiguous -> `[Co, Ci, 3, 3]`,
/// `[Co]`.
pub(super) fn by_weight(x: CubeTensor, dy: CubeTensor, activated: Option<CubeTensor>) -> (CubeTensor, CubeTensor) {
    let ([images, inputs, height, width], [_, outputs, ..]) = (dims(&x), dims(&dy));
    let blocks = outputs.div_ceil(4);
    let rows = images * height;
    let share = rows.div_ceil((WORKGROUPS / (blocks * inputs)).clamp(1, rows.div_ceil(THREADS[1])));
    let parts = rows.div_ceil(share);
    let dweight = empty(&x, [parts, outputs, inputs, 9], Element::F32);
    let dbias = empty(&x, [parts, outputs], Element::F32);
    let shader = WeightGradient { gate: activated.is_some(), element: element(&x) };
    let mut bound = vec![&x, &dy];
    bound.extend(&activated);
    let info = [[width, height, rows, share], [inputs, outputs, 0, 0]];
    let pixels = rows * width;
    let gradients = pixels * blocks * 4 * inputs * (1 + usize::from(shader.gate));
    let bytes = (pixels * inputs * blocks + gradients) * shader.element.bytes();
    launch(shader, [blocks, inputs, parts], &bound, &[&dweight, &dbias], &info, bytes as u64);
    // The parts are few and small, so Burn's sum is fast enough.
    let sum = |parts, shape: Shape| Cube::float_reshape(Cube::float_sum_dim(parts, 0), shape);
    (sum(dweight, [outputs, inputs, 3, 3].into()), sum(dbias, [outputs].into()))
}
