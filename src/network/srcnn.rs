//! SRCNN 9-5-5 (Dong and others, 2014): three convolutions on the luma of the bicubic enlargement.
//! Chroma stays bicubic.

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use super::conv::{ConvSame, wide_conv};
use crate::config::SrcnnConfig;
use crate::image::matlab::Axis;
use crate::ops::float::{add, from_values, multiply, relu, select, subtract, sum_dim};

/// Kernel size, input and output channels of each convolution.
pub(crate) const LAYERS: [(usize, usize, usize); 3] = [(9, 1, 64), (5, 64, 32), (5, 32, 1)];

/// Taps of the bicubic kernel: 2 on each side of the sampled position.
pub(crate) const BICUBIC_RADIUS: usize = 2;

/// Luma weights of RGB (BT.601, full range): Y = 0.299 R + 0.587 G + 0.114 B.
pub(crate) const LUMA: [f32; 3] = [0.299, 0.587, 0.114];

/// See the module.
#[derive(Module, Debug)]
pub struct Srcnn {
    layers: Vec<ConvSame>,
    scale: usize,
}

impl Srcnn {
    pub(super) fn new(config: &SrcnnConfig, device: &Device) -> Self {
        let layer = |&(kernel, input, output): &(usize, usize, usize)| ConvSame::new(kernel, input, output, 1, device);
        Self { layers: LAYERS.iter().map(layer).collect(), scale: config.scale }
    }

    /// See [`Network::forward`](super::Network::forward).
    ///
    /// The network maps the bicubic luma to a better one. Adding the difference to R, G and B alike
    /// changes the luma by just that and leaves the chroma alone, so the colours need no
    /// conversion.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let device = x.device();
        let enlarged = bicubic(bicubic(x, 2, self.scale), 3, self.scale);
        let weights = from_values(LUMA.to_vec(), [1, 3, 1, 1], &device);
        let luma = sum_dim(multiply(enlarged.clone(), weights), 1);
        let [last, hidden @ ..] = [&self.layers[2], &self.layers[0], &self.layers[1]];
        let convolve = |x, layer: &ConvSame| wide_conv(x, layer.weight.val(), layer.bias.val());
        let y = hidden.iter().fold(luma.clone(), |y, layer| relu(convolve(y, layer)));
        add(enlarged, subtract(convolve(y, last), luma))
    }
}

/// Enlarges one dimension by an integer factor as MATLAB's `imresize` does.
fn bicubic(x: Tensor<4>, dim: usize, scale: usize) -> Tensor<4> {
    let device = x.device();
    let size = x.dims()[dim];
    let axis = Axis::new(size, size * scale);
    let mut weight_shape = [1; 4];
    weight_shape[dim] = axis.outputs();
    let tap = |tap: usize| {
        let of_tap = (0..axis.outputs()).map(|output| axis.of(output).nth(tap).expect("below `taps`"));
        let (inputs, weights): (Vec<i32>, Vec<f32>) = of_tap.map(|(input, w)| (input as i32, w as f32)).unzip();
        multiply(select(x.clone(), dim, inputs), from_values(weights, weight_shape, &device))
    };
    (1..axis.taps).fold(tap(0), |sum, index| add(sum, tap(index)))
}
