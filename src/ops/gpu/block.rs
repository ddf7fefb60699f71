//! A residual block (convolution, ReLU, convolution, plus the input) as one kernel, so that what lies between the two convolutions
//! never leaves the workgroup: of five passes over the feature maps two remain.
//!
//! A workgroup computes the intermediate of a tile and a rim of one pixel into workgroup memory, and from that its tile of the
//! result. The rim is computed by the neighbours, too: for 16 channels that is 1.3 times the first convolution's work, or 1.2 with f16.

use std::fmt::Write;

use burn_cubecl::kernel::into_contiguous;
use burn_cubecl::tensor::CubeTensor;

use super::launch::{Shader, dims, launch, strides};
use super::shader::{INFO, accumulate};
use super::{Element, element, empty};

/// Rows of the intermediate that a workgroup computes.
const HEIGHT: usize = 16;

/// More channels than this don't fit into workgroup memory.
const MOST_CHANNELS: usize = 16;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Block {
    channels: usize,
    element: Element,
}

impl Block {
    fn vectors(&self) -> usize {
        self.channels.div_ceil(4)
    }

    /// Pixels a thread, one below the other.
    fn rows(&self) -> usize {
        if self.vectors() <= 2 { 8 } else { 4 }
    }

    /// Columns of the intermediate that a workgroup computes: 32, if 16 KiB hold them.
    fn width(&self) -> usize {
        if self.channels * self.element.bytes() <= 32 { 32 } else { 16 }
    }

    fn workgroup_bytes(&self) -> usize {
        self.channels * (self.width() * HEIGHT * self.element.bytes() + 9 * self.vectors() * 16)
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let (channels, vectors, rows, width) = (self.channels, self.vectors(), self.rows(), self.width());
        let [tx, ty, _] = self.threads();
        let element = self.element.wgsl();
        if self.element == Element::F16 {
            writeln!(out, "enable f16;")?;
        }
        writeln!(
            out,
            "@group(0) @binding(0) var<storage, read> x: array<{element}>;
@group(0) @binding(1) var<storage, read> weight1: array<f32>;
@group(0) @binding(2) var<storage, read> bias1: array<f32>;
@group(0) @binding(3) var<storage, read> weight2: array<f32>;
@group(0) @binding(4) var<storage, read> bias2: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<{element}>;
@group(0) @binding(6) var<uniform> info: Info;
{INFO}
var<workgroup> staged: array<vec4<f32>, {}>;
var<workgroup> between: array<{element}, {}>;",
            channels * 9 * vectors,
            channels * HEIGHT * width
        )?;
        for n in 1..=2 {
            writeln!(
                out,
                "fn weight{n}_at(o: u32, i: u32, tap: u32) -> f32 {{
    return select(0.0, weight{n}[(min(o, {last}u) * {channels}u + i) * 9u + tap], o < {channels}u);
}}
fn bias{n}_at(o: u32) -> f32 {{ return select(0.0, bias{n}[min(o, {last}u)], o < {channels}u); }}",
                last = channels - 1
            )?;
        }
        writeln!(
            out,
            "@compute @workgroup_size({tx}, {ty})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>,
    @builtin(local_invocation_index) index: u32) {{
let size = vec2<i32>(info.size.xy);
let image = group.z;
let below = local.y * {rows}u;
let column = i32(group.x * {}u + local.x) - 1;
let row = i32(group.y * {}u + below) - 1;",
            width - 2,
            HEIGHT - 2
        )?;
        for r in 0..rows + 2 {
            let at = r as i32 - 1;
            writeln!(
                out,
                "let r{r} = u32(clamp(row + {at}, 0, size.y - 1)) * info.x.z; let v{r} = row + {at} >= 0 && row + {at} < size.y;"
            )?;
        }
        for c in 0..3 {
            let at = c - 1;
            writeln!(
                out,
                "let c{c} = u32(clamp(column + {at}, 0, size.x - 1)) * info.x.w; \
                 let u{c} = column + {at} >= 0 && column + {at} < size.x;"
            )?;
        }
        self.convolve(out, 1, |r, c| format!("select(0.0, f32(x[plane + r{r} + c{c}]), v{r} && u{c})"))?;
        for o in 0..channels {
            for r in 0..rows {
                // Beyond the picture is zero padding for the second convolution.
                writeln!(
                    out,
                    "between[({o}u * {HEIGHT}u + below + {r}u) * {width}u + local.x] = \
                     {element}(select(0.0, max(a{r}_{}[{}], 0.0), u1 && v{}));",
                    o / 4,
                    o % 4,
                    r + 1
                )?;
            }
        }
        // From here the thread's first pixel is the one to the lower right, in the picture and in the intermediate.
        for r in 0..rows + 2 {
            writeln!(out, "let m{r} = min(below + {r}u, {}u) * {width}u;", HEIGHT - 1)?;
        }
        for c in 0..3 {
            writeln!(out, "let n{c} = min(local.x + {c}u, {}u);", width - 1)?;
        }
        self.convolve(out, 2, |r, c| format!("f32(between[i * {}u + m{r} + n{c}])", HEIGHT * width))?;
        writeln!(out, "if local.x >= {}u || column + 1 >= size.x {{ return; }}", width - 2)?;
        for o in 0..channels {
            writeln!(
                out,
                "{{ let source = info.base.x + image * info.x.x + {o}u * info.x.y + u32(column + 1) * info.x.w;
let place = info.base.y + image * info.y.x + {o}u * info.y.y + u32(column + 1) * info.y.w;"
            )?;
            for r in 0..rows {
                writeln!(
                    out,
                    "if below + {r}u < {}u && row + {} < size.y {{ \
                     y[place + u32(row + {1}) * info.y.z] = {element}(a{r}_{}[{}] + f32(x[source + u32(row + {1}) * info.x.z])); }}",
                    HEIGHT - 2,
                    r + 1,
                    o / 4,
                    o % 4
                )?;
            }
            writeln!(out, "}}")?;
        }
        writeln!(out, "}}")
    }

    /// Convolution `n` of the two into `a{row}_{vector}`; the second one's accumulators are the first one's.
    fn convolve(&self, out: &mut String, n: usize, load: impl Fn(usize, usize) -> String) -> std::fmt::Result {
        let (channels, vectors, rows) = (self.channels, self.vectors(), self.rows());
        let [tx, ty, _] = self.threads();
        if n == 2 {
            writeln!(out, "workgroupBarrier();")?;
        }
        writeln!(
            out,
            "for (var s = index; s < {}u; s += {}u) {{
let o = s % {vectors}u * 4u; let tap = s / {vectors}u % 9u; let i = s / {}u;
staged[s] = vec4<f32>(weight{n}_at(o, i, tap), weight{n}_at(o + 1u, i, tap), weight{n}_at(o + 2u, i, tap), \
             weight{n}_at(o + 3u, i, tap));
}}
workgroupBarrier();",
            channels * 9 * vectors,
            tx * ty,
            9 * vectors
        )?;
        for v in 0..vectors {
            let at = |j: usize| format!("bias{n}_at({}u)", 4 * v + j);
            let initial = format!("vec4<f32>({}, {}, {}, {})", at(0), at(1), at(2), at(3));
            for r in 0..rows {
                let declare = if n == 1 { "var " } else { "" };
                writeln!(out, "{declare}a{r}_{v} = {initial};")?;
            }
        }
        writeln!(
            out,
            "for (var i = 0u; i < {channels}u; i++) {{
let plane = info.base.x + image * info.x.x + i * info.x.y;
let taps = i * {}u;",
            9 * vectors
        )?;
        accumulate(out, rows, vectors, vectors, load)?;
        writeln!(out, "}}")
    }
}

impl Shader for Block {
    fn threads(&self) -> [usize; 3] {
        [self.width(), HEIGHT / self.rows(), 1]
    }

    fn text(&self) -> String {
        let mut text = String::new();
        self.write(&mut text).expect("writing to a string does not fail");
        text
    }
}

/// Whether [`fused`] can do it: the adapter needs the workgroup memory for the channels, 25 KiB for 16.
pub(super) fn fits(x: &CubeTensor) -> bool {
    let block = Block { channels: dims(x)[1], element: element(x) };
    block.channels <= MOST_CHANNELS && block.workgroup_bytes() <= x.client.properties().hardware.max_shared_memory_size
}

/// The block in one kernel. `x` `[N, C, H, W]`, weights `[C, C, 3, 3]`, biases `[C]` -> `[N, C, H, W]`.
pub(super) fn fused(x: &CubeTensor, weights: [CubeTensor; 2], biases: [CubeTensor; 2]) -> CubeTensor {
    let [images, channels, height, width] = dims(x);
    let block = Block { channels, element: element(x) };
    let ([weight1, weight2], [bias1, bias2]) = (weights.map(into_contiguous), biases.map(into_contiguous));
    let y = empty(x, [images, channels, height, width], block.element);
    let tile = [block.width() - 2, HEIGHT - 2];
    let groups = [width.div_ceil(tile[0]), height.div_ceil(tile[1]), images];
    let info = [[width, height, 0, 0], [0; 4], strides(x), strides(&y), [0; 4]];
    // Each workgroup reads its tile with two pixels around it.
    let read = images * (width + 4 * (groups[0] - 1)) * (height + 4 * (groups[1] - 1));
    let weights = 2 * channels * (9 * channels + 1) * 4;
    let bytes = (read + images * width * height) * channels * block.element.bytes() + weights;
    launch(block, groups, &[x, &weight1, &bias1, &weight2, &bias2], &[&y], &info, bytes as u64);
    y
}
