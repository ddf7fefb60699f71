//! WGSL of the 3x3 convolution, written out for given numbers of channels.
//!
//! A thread computes a column of [`ROWS`] pixels in up to 8 output channels: up to 16 vectors of 4
//! channels in registers. It loads each input value once for all its channels, and each weight once
//! for all its pixels; fewer pixels and more channels, or the reverse, would be more loads. Threads
//! side by side take pixels side by side, so that their loads are one transaction. The weights of
//! some input channels at a time lie in workgroup memory, as vectors of 4 output channels, which
//! all threads read at the same place.
//!
//! Conditions are joined by `&`, which evaluates both sides: `&&` is a branch, and with a branch
//! around each load, SwiftShader's compiler did not finish.
//!
//! The loops over taps, rows and vectors are unrolled here, not left to the driver: accumulators in
//! an array with a computed index end up in memory on some of them.

use std::fmt::Write;

/// How values are stored; the arithmetic is always f32.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Element {
    /// 4 bytes.
    F32,
    /// 2 bytes; needs the adapter's `shader-f16`.
    F16,
}

impl Element {
    /// Its size in bytes.
    pub fn bytes(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F16 => 2,
        }
    }

    pub(super) fn wgsl(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F16 => "f16",
        }
    }
}

/// A convolution kernel: what distinguishes one pipeline from another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Conv {
    /// Input channels.
    pub inputs: usize,
    /// Output channels, before the shuffle.
    pub outputs: usize,
    /// The weights' role: a convolution, or the gradient of one by its input.
    pub weights: Weights,
    /// Binds a bias.
    pub bias: bool,
    /// ReLU of the result.
    pub relu: bool,
    /// Binds a tensor of the result's shape that is added to it.
    pub residual: bool,
    /// Binds a tensor of the input's layout: the input counts only where this one is positive.
    pub gate: bool,
    /// The factor of a pixel shuffle of the result; 1 = none.
    pub shuffle: usize,
    /// How the input is stored, and the residual.
    pub input: Element,
    /// How the result is stored.
    pub output: Element,
}

/// How a kernel reads its weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Weights {
    /// `[outputs, inputs, 3, 3]`
    Plain,
    /// `[inputs, outputs, 3, 3]`, the taps in reverse. Only gradients need it.
    #[cfg_attr(not(feature = "train"), allow(dead_code))]
    Adjoint,
}

/// Pixels per thread, one below another.
const ROWS: usize = 8;

/// Vectors of 4 output channels that a thread has registers for.
pub(super) const MAX_VECTORS: usize = 2;

/// How the work is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blocking {
    /// Vectors of 4 output channels a thread.
    pub vectors: usize,
    /// Threads of a workgroup along x, y and output channels.
    pub threads: [usize; 3],
    /// Workgroups along the output channels.
    pub channel_groups: usize,
    /// Input channels whose weights are in workgroup memory at a time.
    pub stage: usize,
}

impl Blocking {
    fn of(inputs: usize, outputs: usize) -> Self {
        let vectors = outputs.div_ceil(4).min(MAX_VECTORS);
        let blocks = outputs.div_ceil(4 * vectors);
        // The number of channel blocks in a workgroup that leaves the fewest threads idle: they
        // share what they load.
        let wide = (1..=8).min_by_key(|&z| (blocks.next_multiple_of(z), usize::MAX - z)).unwrap_or(1);
        let deep = match wide {
            1 => 4,
            2..=4 => 2,
            _ => 1,
        };
        let threads = [32, deep, wide];
        // 9 KiB of weights, because every adapter has at least 16 KiB.
        let stage = (64 / (vectors * wide)).clamp(1, inputs);
        Self { vectors, threads, channel_groups: blocks.div_ceil(wide), stage }
    }

    /// Pixels that a workgroup computes: width and height.
    pub fn tile(&self) -> [usize; 2] {
        [self.threads[0], self.threads[1] * ROWS]
    }
}

impl Conv {
    /// How the work is divided.
    pub fn blocking(&self) -> Blocking {
        Blocking::of(self.inputs, self.outputs)
    }

    /// The kernel's text.
    pub fn wgsl(&self) -> String {
        let mut text = String::new();
        self.write(&mut text).expect("writing to a string does not fail");
        text
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let Blocking { vectors, threads: [tx, ty, tz], stage, .. } = self.blocking();
        let (inputs, outputs, shuffle) = (self.inputs, self.outputs, self.shuffle);
        let (x_type, y_type) = (self.input.wgsl(), self.output.wgsl());
        if [self.input, self.output].contains(&Element::F16) {
            writeln!(out, "enable f16;")?;
        }
        let mut binding = 0;
        let mut bind = |out: &mut String, name: &str, kind: &str| {
            let line = format!("@group(0) @binding({binding}) var<{kind}> {name}");
            binding += 1;
            write!(out, "{line}")
        };
        for (name, bound, element) in [
            ("x", true, x_type),
            ("weight", true, "f32"),
            ("bias", self.bias, "f32"),
            ("residual", self.residual, x_type),
            ("gate", self.gate, x_type),
        ] {
            if bound {
                bind(out, name, "storage, read")?;
                writeln!(out, ": array<{element}>;")?;
            }
        }
        bind(out, "y", "storage, read_write")?;
        writeln!(out, ": array<{y_type}>;")?;
        bind(out, "info", "uniform")?;
        writeln!(out, ": Info;\n{INFO}")?;
        writeln!(out, "const IN = {inputs}u;\nconst OUT = {outputs}u;")?;
        writeln!(out, "var<workgroup> staged: array<vec4<f32>, {}>;", stage * 9 * vectors * tz)?;
        let place = match self.weights {
            Weights::Plain => "(o * IN + i) * 9u + tap",
            Weights::Adjoint => "(i * OUT + o) * 9u + 8u - tap",
        };
        writeln!(
            out,
            "fn weight_at(o: u32, i: u32, tap: u32) -> f32 {{\n\
             \x20   let inside = (o < OUT) & (i < IN);\n\
             \x20   return select(0.0, weight[select(0u, {place}, inside)], inside);\n}}"
        )?;
        if self.bias {
            writeln!(out, "fn bias_at(o: u32) -> f32 {{ return select(0.0, bias[min(o, OUT - 1u)], o < OUT); }}")?;
        }
        writeln!(
            out,
            "@compute @workgroup_size({tx}, {ty}, {tz})\n\
             fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>, \
             @builtin(local_invocation_index) index: u32) {{"
        )?;
        let groups = self.blocking().channel_groups;
        writeln!(
            out,
            "let column = i32(group.x * {tx}u + local.x);\n\
             let row = i32((group.y * {ty}u + local.y) * {ROWS}u);\n\
             let image = group.z / {groups}u;\n\
             let block = (group.z % {groups}u) * {tz}u;\n\
             let first_out = (block + local.z) * {}u;\n\
             let size = vec2<i32>(info.size.xy);",
            4 * vectors
        )?;
        neighbours(out, ROWS)?;
        for v in 0..vectors {
            let initial = match self.bias {
                true => {
                    let at = |j: usize| format!("bias_at(first_out + {}u)", 4 * v + j);
                    format!("vec4<f32>({}, {}, {}, {})", at(0), at(1), at(2), at(3))
                }
                false => "vec4<f32>()".into(),
            };
            writeln!(out, "let b{v} = {initial};")?;
            for r in 0..ROWS {
                writeln!(out, "var a{r}_{v} = b{v};")?;
            }
        }
        writeln!(out, "for (var first = 0u; first < IN; first += {stage}u) {{")?;
        if stage < inputs {
            writeln!(out, "workgroupBarrier();")?;
        }
        let count = stage * 9 * tz * vectors;
        writeln!(
            out,
            "for (var s = index; s < {count}u; s += {}u) {{\n\
             let o = (block * {vectors}u + s % {1}u) * 4u;\n\
             let tap = s / {1}u % 9u;\n\
             let i = first + s / {2}u;\n\
             staged[s] = vec4<f32>(weight_at(o, i, tap), weight_at(o + 1u, i, tap), weight_at(o + 2u, i, tap), \
             weight_at(o + 3u, i, tap));\n}}\n\
             workgroupBarrier();",
            tx * ty * tz,
            tz * vectors,
            9 * tz * vectors,
        )?;
        writeln!(
            out,
            "let last = min({stage}u, IN - first);\n\
             for (var i = 0u; i < last; i++) {{\n\
             let plane = info.base.x + image * info.x.x + (first + i) * info.x.y;\n\
             let taps = i * {}u + local.z * {vectors}u;",
            9 * tz * vectors
        )?;
        accumulate(out, ROWS, vectors, tz * vectors, |r, c| neighbour(r, c, self.gate))?;
        writeln!(out, "}}\n}}\nif column >= size.x {{ return; }}")?;
        for v in 0..vectors {
            for j in 0..4 {
                let o = 4 * v + j;
                writeln!(out, "if first_out + {o}u < OUT {{\nlet o = first_out + {o}u;")?;
                writeln!(
                    out,
                    "let start = info.base.y + image * info.y.x + o / {0}u * info.y.y + o % {0}u / {shuffle}u * info.y.z \
                     + (u32(column) * {shuffle}u + o % {shuffle}u) * info.y.w;",
                    shuffle * shuffle
                )?;
                if self.residual {
                    writeln!(
                        out,
                        "let kept = info.base.z + image * info.r.x + o * info.r.y + u32(column) * info.r.w;"
                    )?;
                }
                for r in 0..ROWS {
                    let mut value = format!("a{r}_{v}[{j}]");
                    if self.relu {
                        value = format!("max({value}, 0.0)");
                    }
                    if self.residual {
                        value = format!("{value} + f32(residual[kept + u32(row + {r}) * info.r.z])");
                    }
                    writeln!(
                        out,
                        "if row + {r} < size.y {{ y[start + u32(row + {r}) * {shuffle}u * info.y.z] = {y_type}({value}); }}"
                    )?;
                }
                writeln!(out, "}}")?;
            }
        }
        writeln!(out, "}}")
    }
}

/// Where the neighbours of a thread's pixels lie, `rows` of them from `row` down in `column`, and
/// whether they are in the picture.
pub(super) fn neighbours(out: &mut String, rows: usize) -> std::fmt::Result {
    for r in 0..rows + 2 {
        writeln!(
            out,
            "let r{r} = u32(clamp(row + {0}, 0, size.y - 1)) * info.x.z; let v{r} = (row + {0} >= 0) & (row + {0} < size.y);",
            r as i32 - 1
        )?;
    }
    for c in 0..3 {
        writeln!(
            out,
            "let c{c} = u32(clamp(column + {0}, 0, size.x - 1)) * info.x.w; \
             let u{c} = (column + {0} >= 0) & (column + {0} < size.x);",
            c - 1
        )?;
    }
    Ok(())
}

/// The input `row` rows and `column` columns from the first pixel's upper left neighbour: what is
/// outside is read within, and then dropped. The middle column is outside only where the result is
/// dropped, too.
pub(super) fn neighbour(row: usize, column: usize, gate: bool) -> String {
    let at = format!("plane + r{row} + c{column}");
    let beside = if column == 1 { String::new() } else { format!(" & u{column}") };
    let open = if gate { format!(" & (gate[{at}] > 0.0)") } else { String::new() };
    format!("select(0.0, f32(x[{at}]), v{row}{beside}{open})")
}

/// Adds what one input channel contributes to `a{row}_{vector}`. Its value `row` rows and `column`
/// columns from the first pixel's upper left neighbour is `load(row, column)`; its weights begin at
/// `staged[taps]`, a tap every `stride`.
pub(super) fn accumulate(
    out: &mut String,
    rows: usize,
    vectors: usize,
    stride: usize,
    load: impl Fn(usize, usize) -> String,
) -> std::fmt::Result {
    for column in 0..3 {
        writeln!(out, "{{")?;
        for row in 0..rows + 2 {
            writeln!(out, "let x{row} = {};", load(row, column))?;
        }
        for dy in 0..3 {
            for vector in 0..vectors {
                let at = (3 * dy + column) * stride + vector;
                writeln!(out, "let w{dy}_{vector} = staged[taps + {at}u];")?;
                for row in 0..rows {
                    writeln!(out, "a{row}_{vector} += x{} * w{dy}_{vector};", row + dy)?;
                }
            }
        }
        writeln!(out, "}}")?;
    }
    Ok(())
}

/// Sizes and strides, all in elements: strides of image, channel, row and column; `base` is where
/// x, y and the residual begin.
pub(super) const INFO: &str =
    "struct Info { size: vec4<u32>, base: vec4<u32>, x: vec4<u32>, y: vec4<u32>, r: vec4<u32> }";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_output_channel_is_computed_and_weights_fit_workgroup_memory() {
        for outputs in 1..=300 {
            for inputs in [1, 3, 4, 16, 64, 256] {
                let blocking = Blocking::of(inputs, outputs);
                let [tx, ty, tz] = blocking.threads;
                assert!(tx * ty * tz <= 256);
                assert!(blocking.stage * 9 * blocking.vectors * tz * 16 <= 16384);
                let channels = blocking.channel_groups * tz * blocking.vectors * 4;
                assert!(channels >= outputs && (outputs > 4 || channels == 4), "{outputs}: {channels}");
            }
        }
    }
}
