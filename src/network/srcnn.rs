//! SRCNN 9-5-5 (Dong and others, 2014): three convolutions on the luma of the bicubic enlargement. Chroma stays bicubic.

use burn::module::Module;
use burn::nn::PaddingConfig2d;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Int, Tensor};

use crate::config::SrcnnConfig;

/// Kernel size, input and output channels of each convolution.
pub(super) const LAYERS: [(usize, usize, usize); 3] = [(9, 1, 64), (5, 64, 32), (5, 32, 1)];

/// Taps of the bicubic kernel: 2 on each side of the sampled position.
pub(super) const BICUBIC_RADIUS: usize = 2;

/// Luma weights of RGB (BT.601, full range): Y = 0.299 R + 0.587 G + 0.114 B.
const LUMA: [f32; 3] = [0.299, 0.587, 0.114];

/// See the module.
#[derive(Module, Debug)]
pub struct Srcnn {
    layers: Vec<Conv2d>,
    scale: usize,
}

impl Srcnn {
    pub(super) fn new(config: &SrcnnConfig, device: &Device) -> Self {
        let layer = |&(kernel, input, output): &(usize, usize, usize)| {
            let p = kernel / 2;
            Conv2dConfig::new([input, output], [kernel, kernel])
                .with_padding(PaddingConfig2d::Explicit(p, p, p, p))
                .init(device)
        };
        Self { layers: LAYERS.iter().map(layer).collect(), scale: config.scale }
    }

    /// See [`Network::forward`](super::Network::forward).
    ///
    /// The network maps the bicubic luma to a better one. Adding the difference to R, G and B alike changes the luma by just that and
    /// leaves the chroma alone, so the colours need no conversion.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let device = x.device();
        let enlarged = bicubic(bicubic(x, 2, self.scale), 3, self.scale);
        let weights = Tensor::<1>::from_floats(LUMA, &device).reshape([1, 3, 1, 1]);
        let luma = (enlarged.clone() * weights).sum_dim(1);
        let [last, hidden @ ..] = [&self.layers[2], &self.layers[0], &self.layers[1]];
        let y = hidden.iter().fold(luma.clone(), |y, layer| relu(layer.forward(y)));
        enlarged + (last.forward(y) - luma)
    }
}

/// Enlarges one dimension by an integer factor as MATLAB's `imresize` does: Keys cubic, a = -0.5, symmetric padding.
fn bicubic(x: Tensor<4>, dim: usize, scale: usize) -> Tensor<4> {
    let device = x.device();
    let size = x.dims()[dim];
    let target = size * scale;
    let mut weight_shape = [1; 4];
    weight_shape[dim] = target;
    let positions = (0..target).map(|i| (i as f64 + 0.5) / scale as f64 - 0.5);
    let tap = |k: isize| {
        let (indices, weights): (Vec<i32>, Vec<f32>) = positions
            .clone()
            .map(|u| {
                let at = u.floor() as isize + k;
                (reflect(at, size) as i32, cubic(u - at as f64) as f32)
            })
            .unzip();
        let indices = Tensor::<1, Int>::from_ints(indices.as_slice(), &device);
        let weights = Tensor::<1>::from_floats(weights.as_slice(), &device).reshape(weight_shape);
        x.clone().select(dim, indices) * weights
    };
    tap(-1) + tap(0) + tap(1) + tap(2)
}

/// Keys' cubic convolution kernel, a = -0.5.
fn cubic(t: f64) -> f64 {
    let t = t.abs();
    match t {
        t if t <= 1.0 => 1.5 * t * t * t - 2.5 * t * t + 1.0,
        t if t <= 2.0 => -0.5 * t * t * t + 2.5 * t * t - 4.0 * t + 2.0,
        _ => 0.0,
    }
}

/// Symmetric padding (the edge pixel repeats), valid at any distance from the picture.
fn reflect(index: isize, size: usize) -> usize {
    let size = size as isize;
    let i = index.rem_euclid(2 * size);
    (if i < size { i } else { 2 * size - 1 - i }) as usize
}
