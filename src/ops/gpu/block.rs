//! A residual block (convolution, ReLU, convolution, plus the input) as one kernel, so that what
//! lies between the two convolutions never leaves the workgroup: two passes over the feature maps
//! remain of five.
//!
//! A workgroup computes the intermediate of a tile and a rim of one pixel into workgroup memory,
//! and from that its tile of the result. The rim is computed by the neighbours, too: for 16
//! channels that is 1.27 times the first convolution's work, or 1.2 with f16. The two convolutions
//! divide their pixels among the threads each in its own way, so that the rim costs the second one
//! nothing.

use std::fmt::Write;

use burn_wgpu::CubeTensor;

use super::elementwise::contiguous;
use super::launch::{Shader, dims, launch, strides};
use super::shader::{Element, INFO, MAX_VECTORS, accumulate, neighbour, neighbours};
use super::tensor::{element, empty};

/// Rows of a workgroup's tile.
const HEIGHT: usize = 16;

/// Pixels, one below the other, that a thread computes at a time: of the intermediate, which has
/// two rows more, and of the result.
const ROWS: [usize; 2] = [6, 8];

/// More channels than this don't fit into workgroup memory.
const MAX_CHANNELS: usize = 16;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Block {
    channels: usize,
    element: Element,
}

impl Block {
    /// Vectors of 4 channels that a thread computes at a time.
    fn vectors(&self) -> usize {
        self.channels.div_ceil(4).min(MAX_VECTORS)
    }

    /// Threads that share a pixel's channels.
    fn parts(&self) -> usize {
        self.channels.div_ceil(4 * self.vectors())
    }

    /// Columns of a workgroup's tile: 32, if 20 KiB hold the intermediate.
    fn width(&self) -> usize {
        if self.channels * self.element.bytes() <= 32 { 32 } else { 16 }
    }

    /// The intermediate's width and height.
    fn between(&self) -> [usize; 2] {
        [self.width() + 2, HEIGHT + 2]
    }

    fn workgroup_bytes(&self) -> usize {
        let [width, height] = self.between();
        self.channels * (width * height * self.element.bytes() + 9 * self.parts() * self.vectors() * 16)
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let (channels, element) = (self.channels, self.element.wgsl());
        let [width, height] = self.between();
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
            channels * 9 * self.parts() * self.vectors(),
            channels * height * width
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
            "@compute @workgroup_size({})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {{
let size = vec2<i32>(info.size.xy);
let image = group.z;",
            self.threads()[0]
        )?;
        self.first(out)?;
        writeln!(out, "workgroupBarrier();")?;
        self.second(out)?;
        writeln!(out, "}}")
    }

    /// The convolution of the input: its result with ReLU becomes the intermediate.
    fn first(&self, out: &mut String) -> std::fmt::Result {
        let [width, height] = self.between();
        self.stage(out, 1)?;
        self.pixels(out, 1)?;
        neighbours(out, ROWS[0])?;
        let plane = "info.base.x + image * info.x.x + i * info.x.y";
        self.convolve(out, 1, plane, |r, c| neighbour(r, c, false))?;
        self.channels(out, |out, value| {
            for r in 0..ROWS[0] {
                // Beyond the picture is zero padding for the second convolution.
                writeln!(
                    out,
                    "between[(o * {height}u + top + {r}u) * {width}u + left] = \
                     {}(select(0.0, max({}, 0.0), u1 & v{}));",
                    self.element.wgsl(),
                    value(r),
                    r + 1
                )?;
            }
            Ok(())
        })?;
        writeln!(out, "}}")
    }

    /// The convolution of the intermediate, plus the input.
    fn second(&self, out: &mut String) -> std::fmt::Result {
        let [width, height] = self.between();
        self.stage(out, 2)?;
        self.pixels(out, 2)?;
        let plane = format!("(i * {height}u + top) * {width}u + left");
        self.convolve(out, 2, &plane, |r, c| format!("f32(between[plane + {}u])", r * width + c))?;
        writeln!(out, "if column < size.x {{")?;
        self.channels(out, |out, value| {
            writeln!(
                out,
                "let source = info.base.x + image * info.x.x + o * info.x.y + u32(column) * info.x.w;
let place = info.base.y + image * info.y.x + o * info.y.y + u32(column) * info.y.w;"
            )?;
            for r in 0..ROWS[1] {
                writeln!(
                    out,
                    "if row + {r} < size.y {{ y[place + u32(row + {r}) * info.y.z] = \
                     {}({} + f32(x[source + u32(row + {r}) * info.x.z])); }}",
                    self.element.wgsl(),
                    value(r)
                )?;
            }
            Ok(())
        })?;
        writeln!(out, "}}\n}}")
    }

    /// Puts the weights of convolution `n` where all threads read them.
    fn stage(&self, out: &mut String, n: usize) -> std::fmt::Result {
        let vectors = self.parts() * self.vectors();
        writeln!(
            out,
            "for (var s = index; s < {}u; s += {}u) {{
let o = s % {vectors}u * 4u; let tap = s / {vectors}u % 9u; let i = s / {}u;
staged[s] = vec4<f32>(weight{n}_at(o, i, tap), weight{n}_at(o + 1u, i, tap), weight{n}_at(o + 2u, i, tap), \
             weight{n}_at(o + 3u, i, tap));
}}
workgroupBarrier();",
            self.channels * 9 * vectors,
            self.threads()[0],
            9 * vectors
        )
    }

    /// Opens the loop over what a thread computes of convolution `n`: `left` and `top` of its
    /// pixels in the tile, or in the intermediate, `column` and `row` in the picture, and which
    /// `part` of the channels.
    fn pixels(&self, out: &mut String, n: usize) -> std::fmt::Result {
        let [width, height] = if n == 1 { self.between() } else { [self.width(), HEIGHT] };
        let rows = ROWS[n - 1];
        // The intermediate begins a pixel before the tile.
        let rim = 2 - n;
        writeln!(
            out,
            "for (var job = index; job < {}u; job += {}u) {{
let left = job % {width}u; let top = job / {width}u % {}u * {rows}u; let part = job / {}u;
let column = i32(group.x * {}u + left) - {rim}; let row = i32(group.y * {HEIGHT}u + top) - {rim};",
            width * height / rows * self.parts(),
            self.threads()[0],
            height / rows,
            width * height / rows,
            self.width()
        )
    }

    /// Convolution `n` of the thread's pixels into `a{row}_{vector}`. `plane` is where `load` finds
    /// channel `i`.
    fn convolve(
        &self,
        out: &mut String,
        n: usize,
        plane: &str,
        load: impl Fn(usize, usize) -> String,
    ) -> std::fmt::Result {
        let (vectors, rows) = (self.vectors(), ROWS[n - 1]);
        for v in 0..vectors {
            let at = |j: usize| format!("bias{n}_at(part * {}u + {}u)", 4 * vectors, 4 * v + j);
            writeln!(out, "let b{v} = vec4<f32>({}, {}, {}, {});", at(0), at(1), at(2), at(3))?;
            for r in 0..rows {
                writeln!(out, "var a{r}_{v} = b{v};")?;
            }
        }
        writeln!(
            out,
            "for (var i = 0u; i < {}u; i++) {{
let plane = {plane};
let taps = i * {}u + part * {vectors}u;",
            self.channels,
            9 * self.parts() * vectors
        )?;
        accumulate(out, rows, vectors, self.parts() * vectors, load)?;
        writeln!(out, "}}")
    }

    /// For each of the thread's channels `o`, if there is such a channel, what `store` writes of
    /// its value in a row.
    fn channels(
        &self,
        out: &mut String,
        store: impl Fn(&mut String, &dyn Fn(usize) -> String) -> std::fmt::Result,
    ) -> std::fmt::Result {
        for o in 0..4 * self.vectors() {
            writeln!(
                out,
                "if part * {0}u + {o}u < {1}u {{\nlet o = part * {0}u + {o}u;",
                4 * self.vectors(),
                self.channels
            )?;
            store(out, &|r| format!("a{r}_{}[{}]", o / 4, o % 4))?;
            writeln!(out, "}}")?;
        }
        Ok(())
    }
}

impl Shader for Block {
    fn threads(&self) -> [usize; 3] {
        [self.width() * HEIGHT / ROWS[1] * self.parts(), 1, 1]
    }

    fn text(&self) -> String {
        let mut text = String::new();
        self.write(&mut text).expect("writing to a string does not fail");
        text
    }
}

/// Whether [`fused`] can do it: the adapter needs the workgroup memory for the channels, 30 KiB for
/// 16.
pub(super) fn fits(x: &CubeTensor) -> bool {
    let block = Block { channels: dims(x)[1], element: element(x) };
    block.channels <= MAX_CHANNELS && block.workgroup_bytes() <= x.client.properties().hardware.max_shared_memory_size
}

/// The block in one kernel. `x` `[N, C, H, W]`, weights `[C, C, 3, 3]`, biases `[C]` ->
/// `[N, C, H, W]`.
pub(super) fn fused(x: &CubeTensor, weights: [CubeTensor; 2], biases: [CubeTensor; 2]) -> CubeTensor {
    let [images, channels, height, width] = dims(x);
    let block = Block { channels, element: element(x) };
    let ([weight1, weight2], [bias1, bias2]) = (weights.map(contiguous), biases.map(contiguous));
    let y = empty(x, [images, channels, height, width], block.element);
    let groups = [width.div_ceil(block.width()), height.div_ceil(HEIGHT), images];
    let info = [[width, height, 0, 0], [0; 4], strides(x), strides(&y), [0; 4]];
    // Each workgroup reads its tile with two pixels around it.
    let read = images * (width + 4 * (groups[0] - 1)) * (height + 4 * (groups[1] - 1));
    let weights = 2 * channels * (9 * channels + 1) * 4;
    let bytes = (read + images * width * height) * channels * block.element.bytes() + weights;
    launch(block, groups, &[x, &weight1, &bias1, &weight2, &bias2], &[&y], &info, bytes as u64);
    y
}
