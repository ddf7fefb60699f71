//! Convolutions of any odd kernel and in groups, for the few layers that are not 3x3: pointwise and
//! depthwise ones, and products of matrices. In the browser, where Burn's own would bring a library
//! of matrix products that does not know its vectors.

use super::buffers::take;

/// Outputs and pixels whose sums stay in registers in a pointwise convolution.
const OUTPUTS: usize = 4;
const PIXELS: usize = 8;

/// The sizes of a convolution that keeps the picture's size.
#[derive(Clone, Copy, Debug)]
pub struct AnyShape {
    /// `[batch, in_channels, height, width]`
    pub x: [usize; 4],
    /// Output channels.
    pub outputs: usize,
    /// The side of the kernel, odd.
    pub kernel: usize,
    /// Parts of the channels that are convolved by themselves.
    pub groups: usize,
}

/// `weight`: `[out_channels, in_channels / groups, kernel, kernel]`, `bias`: `[out_channels]` ->
/// `[batch, out_channels, height, width]`. The taps outside the picture are zero.
pub fn any_conv(shape: &AnyShape, x: &[f32], weight: &[f32], bias: &[f32]) -> Vec<f32> {
    let &AnyShape { x: [batch, inputs, height, width], outputs, kernel, groups } = shape;
    let (area, reads, makes) = (height * width, inputs / groups, outputs / groups);
    let of_output = reads * kernel * kernel;
    let mut y = take(batch * outputs * area);
    for image in 0..batch {
        for group in 0..groups {
            let x = &x[(image * inputs + group * reads) * area..][..reads * area];
            let (mut first, last) = (group * makes, (group + 1) * makes);
            while first < last {
                let count = OUTPUTS.min(last - first);
                let start = y.len();
                bias[first..first + count].iter().for_each(|&bias| y.resize(y.len() + area, bias));
                let weight = &weight[first * of_output..][..count * of_output];
                if kernel == 1 {
                    pointwise(x, weight, &mut y[start..], area);
                } else {
                    for (weight, y) in weight.chunks_exact(of_output).zip(y[start..].chunks_exact_mut(area.max(1))) {
                        taps(x, weight, y, [height, width], kernel);
                    }
                }
                first += count;
            }
        }
    }
    y
}

/// Adds to up to [`OUTPUTS`] maps of `area` pixels.
fn pointwise(x: &[f32], weight: &[f32], y: &mut [f32], area: usize) {
    let reads = x.len() / area.max(1);
    let whole = if weight.len() == OUTPUTS * reads { area - area % PIXELS } else { 0 };
    for at in (0..whole).step_by(PIXELS) {
        let mut sums = [[0.0; PIXELS]; OUTPUTS];
        for (input, map) in x.chunks_exact(area).enumerate() {
            let pixels: &[f32; PIXELS] = map[at..at + PIXELS].try_into().expect("as many");
            for (output, sums) in sums.iter_mut().enumerate() {
                let weight = weight[output * reads + input];
                sums.iter_mut().zip(pixels).for_each(|(sum, pixel)| *sum += weight * pixel);
            }
        }
        for (sums, y) in sums.iter().zip(y.chunks_exact_mut(area)) {
            y[at..at + PIXELS].iter_mut().zip(sums).for_each(|(y, sum)| *y += sum);
        }
    }
    if whole < area {
        for (weight, y) in weight.chunks_exact(reads).zip(y.chunks_exact_mut(area)) {
            for (weight, map) in weight.iter().zip(x.chunks_exact(area)) {
                add(&mut y[whole..], &map[whole..], *weight);
            }
        }
    }
}

/// Adds to one map, tap by tap.
fn taps(x: &[f32], weight: &[f32], y: &mut [f32], [height, width]: [usize; 2], kernel: usize) {
    let radius = kernel / 2;
    for (tap, &weight) in weight.iter().enumerate() {
        let (map, down, right) = (tap / (kernel * kernel), tap / kernel % kernel, tap % kernel);
        let map = &x[map * height * width..][..height * width];
        // The pixels whose tap lies in the picture.
        let inside = |shift: usize, length: usize| {
            radius.saturating_sub(shift)..(length + radius).saturating_sub(shift).min(length)
        };
        let columns = inside(right, width);
        if columns.is_empty() {
            continue;
        }
        for row in inside(down, height) {
            let from = (row + down - radius) * width + columns.start + right - radius;
            add(&mut y[row * width..][columns.clone()], &map[from..][..columns.len()], weight);
        }
    }
}

fn add(y: &mut [f32], x: &[f32], weight: f32) {
    y.iter_mut().zip(x).for_each(|(y, x)| *y += weight * x);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(count: usize, seed: usize) -> Vec<f32> {
        (0..count).map(|at| ((at + 1) * (7919 + seed) % 1009) as f32 / 1009.0 - 0.5).collect()
    }

    #[test]
    fn it_is_the_definition_in_f64() {
        for (x, outputs, kernel, groups) in [
            ([2, 6, 5, 9], 7, 1, 1),
            ([1, 8, 1, 16], 12, 1, 2),
            ([1, 3, 4, 1], 5, 1, 1),
            ([2, 6, 5, 9], 6, 3, 6),
            ([1, 4, 7, 3], 6, 5, 2),
            ([1, 2, 1, 1], 2, 9, 1),
        ] {
            let [batch, inputs, height, width] = x;
            let (reads, makes) = (inputs / groups, outputs / groups);
            let (values, weight) = (numbers(x.iter().product(), 1), numbers(outputs * reads * kernel * kernel, 2));
            let bias = numbers(outputs, 3);
            let shape = AnyShape { x, outputs, kernel, groups };
            let found = any_conv(&shape, &values, &weight, &bias);
            assert_eq!(found.len(), batch * outputs * height * width);
            for (at, found) in found.into_iter().enumerate() {
                let (column, row, output) = (at % width, at / width % height, at / (width * height) % outputs);
                let mut expected = f64::from(bias[output]);
                for tap in 0..reads * kernel * kernel {
                    let (input, down, right) = (tap / (kernel * kernel), tap / kernel % kernel, tap % kernel);
                    let place = |at: usize, shift: usize, length: usize| {
                        (at + shift).checked_sub(kernel / 2).filter(|&place| place < length)
                    };
                    if let (Some(row), Some(column)) = (place(row, down, height), place(column, right, width)) {
                        let channel = at / (width * height * outputs) * inputs + output / makes * reads + input;
                        expected += f64::from(weight[output * reads * kernel * kernel + tap])
                            * f64::from(values[(channel * height + row) * width + column]);
                    }
                }
                assert!((f64::from(found) - expected).abs() < 1e-5, "{shape:?}, {at}: {found}, not {expected}");
            }
        }
    }
}
