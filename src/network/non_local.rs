//! SAN's region-level non-local block: each pixel becomes its own value plus a mean of what is like
//! it in its window.

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use super::conv::{ConvSame, matmul, matmul_add, with_zeros};
use super::counting::Tally;
use crate::ops::float::{
    add, cat, exp, from_values, max_dim, multiply, narrow, permute, reciprocal, reshape, subtract, sum_dim,
};

/// The side of a window, in pixels. The paper cuts each picture in quarters instead, whose memory
/// grows with the square of their area.
pub(crate) const WINDOW: usize = 24;
const AREA: usize = WINDOW * WINDOW;

/// Windows whose weights, a megabyte each, are in memory together.
const AT_ONCE: usize = 4;

/// Added to the scores of pixels outside the picture, so that their weight is 0.
pub(crate) const OUTSIDE: f32 = -1e9;

/// The embedded Gaussian of Wang and others, "Non-local Neural Networks" (CVPR 2018). The last
/// convolution begins at 0, so that the block begins as the identity.
#[derive(Module, Debug)]
pub struct NonLocal {
    theta: ConvSame,
    phi: ConvSame,
    g: ConvSame,
    out: ConvSame,
}

/// Half of the channels, in which pixels are compared.
pub(crate) fn embedded(channels: usize) -> usize {
    (channels / 2).max(1)
}

impl NonLocal {
    pub(super) fn new(channels: usize, device: &Device) -> Self {
        let embedding = || ConvSame::pointwise(channels, embedded(channels), device);
        Self {
            theta: embedding(),
            phi: embedding(),
            g: embedding(),
            out: ConvSame::zero(embedded(channels), channels, device),
        }
    }

    /// Adds its parameters and multiply-adds.
    pub(super) fn count(channels: usize, tally: &mut Tally) {
        let embedded = embedded(channels);
        for _ in 0..3 {
            tally.conv(1, channels, embedded, 1, 1);
        }
        tally.conv(1, embedded, channels, 1, 1);
    }

    /// The multiply-adds of the products in a window, for each pixel.
    pub(super) fn macs_of_products(channels: usize) -> u64 {
        (2 * AREA * embedded(channels)) as u64
    }

    /// `[batch, channels, height, width]` -> the same.
    pub(super) fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let ([_, _, height, width], device) = (x.dims(), x.device());
        let [theta, phi, g] = [&self.theta, &self.phi, &self.g].map(|conv| windows(conv.forward(x.clone())));
        let [count, channels, _] = theta.dims();
        let outside = outside(x.dims());
        let parts = (0..count).step_by(AT_ONCE).map(|first| {
            let length = AT_ONCE.min(count - first);
            let part = |all: &Tensor<3>| narrow(all.clone(), 0, first, length);
            let bias = outside[first * AREA..][..length * AREA].to_vec();
            let bias = from_values(bias, [length * AREA], &device);
            // A column holds the weights of all pixels of the window for one of them.
            let scores = matmul_add(permute(part(&phi), [0, 2, 1]), part(&theta), bias);
            let weights = exp(subtract(scores.clone(), max_dim(scores, 1)));
            let sum = sum_dim(weights.clone(), 1);
            multiply(matmul(part(&g), weights), reciprocal(sum))
        });
        let means = picture(cat(parts.collect(), 0), x.dims()[0], channels, height, width);
        add(self.out.forward(means), x)
    }
}

/// Cuts a picture, with zeros around it: `[batch, channels, height, width]` ->
/// `[windows, channels, area]`.
fn windows(x: Tensor<4>) -> Tensor<3> {
    let [n, c, h, w] = x.dims();
    let (rows, columns) = (h.div_ceil(WINDOW), w.div_ceil(WINDOW));
    let x = with_zeros(with_zeros(x, 2, 0, rows * WINDOW - h), 3, 0, columns * WINDOW - w);
    let x: Tensor<6> = reshape(x, [n, c, rows, WINDOW, columns, WINDOW]);
    reshape(permute(x, [0, 2, 4, 1, 3, 5]), [n * rows * columns, c, AREA])
}

/// Undoes [`windows`]: `[windows, channels, area]` -> `[batch, channels, height, width]`.
fn picture(x: Tensor<3>, n: usize, c: usize, height: usize, width: usize) -> Tensor<4> {
    let (rows, columns) = (height.div_ceil(WINDOW), width.div_ceil(WINDOW));
    let x: Tensor<6> = reshape(x, [n, rows, columns, c, WINDOW, WINDOW]);
    let x = reshape(permute(x, [0, 3, 1, 4, 2, 5]), [n, c, rows * WINDOW, columns * WINDOW]);
    narrow(narrow(x, 2, 0, height), 3, 0, width)
}

/// For each pixel of all windows, 0 or, outside the picture, [`OUTSIDE`].
fn outside([n, _, height, width]: [usize; 4]) -> Vec<f32> {
    let (rows, columns) = (height.div_ceil(WINDOW), width.div_ceil(WINDOW));
    let of_window = |window: usize| {
        let (top, left) = (window / columns % rows * WINDOW, window % columns * WINDOW);
        (0..AREA).map(move |at| {
            let is_inside = top + at / WINDOW < height && left + at % WINDOW < width;
            if is_inside { 0.0 } else { OUTSIDE }
        })
    };
    (0..n * rows * columns).flat_map(of_window).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::float::values;

    const CHANNELS: usize = 6;

    fn numbers(count: usize, seed: usize, size: f32) -> Vec<f32> {
        (0..count).map(|at| (((at + 1) * (7919 + seed) % 1009) as f32 / 1009.0 - 0.5) * size).collect()
    }

    fn filled<const D: usize>(shape: [usize; D], seed: usize, device: &Device) -> Tensor<D> {
        from_values(numbers(shape.iter().product(), seed, 2.0), shape, device)
    }

    fn block(device: &Device) -> NonLocal {
        use burn::module::Param;
        let mut block = NonLocal::new(CHANNELS, device);
        for (seed, conv) in [&mut block.theta, &mut block.phi, &mut block.g, &mut block.out].into_iter().enumerate() {
            let shape = conv.weight.val().dims();
            conv.weight = Param::from_tensor(filled(shape, seed, device));
            conv.bias = Param::from_tensor(filled([shape[0]], seed + 9, device));
        }
        block
    }

    /// The definition, pixel by pixel, in f64: only pixels of the same window and picture count.
    fn expected(block: &NonLocal, x: &[f32], [n, c, h, w]: [usize; 4]) -> Vec<f64> {
        let area = h * w;
        let parameters = |conv: &ConvSame| {
            let to_f64 = |values: Vec<f32>| values.into_iter().map(f64::from).collect::<Vec<_>>();
            (to_f64(values(conv.weight.val())), to_f64(values(conv.bias.val())))
        };
        let apply = |(weight, bias): &(Vec<f64>, Vec<f64>), pixel: &[f64]| -> Vec<f64> {
            let rows = weight.chunks(pixel.len()).zip(bias);
            rows.map(|(row, bias)| row.iter().zip(pixel).map(|(a, b)| a * b).sum::<f64>() + bias).collect()
        };
        let [theta, phi, g, out] = [&block.theta, &block.phi, &block.g, &block.out].map(parameters);
        let pixel = |image: usize, at: usize| -> Vec<f64> {
            (0..c).map(|channel| f64::from(x[(image * c + channel) * area + at])).collect()
        };
        let mut result = vec![0.0; n * c * area];
        for image in 0..n {
            for at in 0..area {
                let window = |at: usize| (at / w / WINDOW, at % w / WINDOW);
                let others = (0..area).filter(|&other| window(other) == window(at));
                let query = apply(&theta, &pixel(image, at));
                let (mut sum, mut mean) = (0.0, vec![0.0; c / 2]);
                for other in others {
                    let key = apply(&phi, &pixel(image, other));
                    let weight = query.iter().zip(&key).map(|(a, b)| a * b).sum::<f64>().exp();
                    sum += weight;
                    let value = apply(&g, &pixel(image, other));
                    mean.iter_mut().zip(value).for_each(|(mean, value)| *mean += weight * value);
                }
                mean.iter_mut().for_each(|value| *value /= sum);
                for (channel, change) in apply(&out, &mean).into_iter().enumerate() {
                    result[(image * c + channel) * area + at] = change + pixel(image, at)[channel];
                }
            }
        }
        result
    }

    #[test]
    fn it_is_the_definition_in_f64_for_any_size() {
        let device = Device::flex();
        let block = block(&device);
        for shape in [[1, CHANNELS, 24, 24], [2, CHANNELS, 25, 31], [1, CHANNELS, 5, 49], [1, CHANNELS, 1, 1]] {
            let x = numbers(shape.iter().product(), 5, 1.0);
            let found = values(block.forward(from_values(x.clone(), shape, &device)));
            for (found, expected) in found.into_iter().zip(expected(&block, &x, shape)) {
                assert!((f64::from(found) - expected).abs() < 1e-4, "{shape:?}: {found}, not {expected}");
            }
        }
    }

    #[test]
    fn it_begins_as_the_identity() {
        let device = Device::flex();
        let x = filled([1, CHANNELS, 30, 11], 3, &device);
        let result = NonLocal::new(CHANNELS, &device).forward(x.clone());
        assert_eq!(values(result), values(x));
    }

    #[cfg(feature = "train")]
    #[test]
    fn the_gradient_is_the_slope() {
        use burn::tensor::TensorData;
        let shape = [1, CHANNELS, 26, 5];
        let block = block(&Device::flex());
        let (x, device) = (numbers(shape.iter().product(), 5, 1.0), Device::flex().autodiff());
        let probe = numbers(x.len(), 8, 1.0);
        let tracked = |values: &[f32]| Tensor::<4>::from_data(TensorData::new(values.to_vec(), shape), &device);
        let leaf = tracked(&x).require_grad();
        use burn::module::Module;
        let gradients =
            multiply(block.clone().to_device(&device).forward(leaf.clone()), tracked(&probe)).sum().backward();
        let gradient = values(leaf.grad(&gradients).unwrap());
        let value =
            |x: &[f32]| expected(&block, x, shape).iter().zip(&probe).map(|(y, p)| y * f64::from(*p)).sum::<f64>();
        for seed in 1..=3 {
            let direction = numbers(x.len(), 20 + seed, 1.0);
            let moved = |by: f32| x.iter().zip(&direction).map(|(x, d)| x + by * d).collect::<Vec<f32>>();
            let difference = (value(&moved(1e-2)) - value(&moved(-1e-2))) / 2e-2;
            let slope: f64 = gradient.iter().zip(&direction).map(|(g, d)| f64::from(*g) * f64::from(*d)).sum();
            assert!((slope - difference).abs() < 3e-3 * difference.abs().max(1.0), "{seed}: {slope}, not {difference}");
        }
    }
}
