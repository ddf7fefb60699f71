//! The operations of our backend extension, on the kernels of this folder.

use burn::backend::tensor::FloatTensor;
use burn_cubecl::Cube;
use burn_wgpu::CubeTensor;

use super::conv::{convolve, plain};
#[cfg(feature = "train")]
use super::elementwise::contiguous;
use super::shader::Conv;
use super::{block, conv_same};
#[cfg(feature = "train")]
use super::{conv_same_gradient, gradient};
#[cfg(feature = "train")]
use super::{launch::dims, shader::Weights, tensor::element};
#[cfg(feature = "train")]
use crate::ops::backend::SrGradients;
use crate::ops::backend::{SrBackend, two_convolutions};

impl SrBackend for Cube {
    fn conv3x3(x: CubeTensor, weight: CubeTensor, bias: CubeTensor, relu: bool) -> FloatTensor<Self> {
        let conv = Conv { relu, ..plain(&x, &weight) };
        convolve(conv, &x, weight, Some(bias), None, None, None)
    }

    fn conv3x3_add(x: CubeTensor, weight: CubeTensor, bias: CubeTensor, residual: CubeTensor) -> FloatTensor<Self> {
        let conv = Conv { residual: true, ..plain(&x, &weight) };
        convolve(conv, &x, weight, Some(bias), Some(&residual), None, None)
    }

    fn conv3x3_shuffle(x: CubeTensor, weight: CubeTensor, bias: CubeTensor, factor: usize) -> FloatTensor<Self> {
        let conv = Conv { shuffle: factor, ..plain(&x, &weight) };
        convolve(conv, &x, weight, Some(bias), None, None, None)
    }

    fn residual_block(
        x: CubeTensor,
        weight1: CubeTensor,
        bias1: CubeTensor,
        weight2: CubeTensor,
        bias2: CubeTensor,
    ) -> FloatTensor<Self> {
        if block::fits(&x) {
            return block::fused(&x, [weight1, weight2], [bias1, bias2]);
        }
        two_convolutions::<Self>(x, weight1, bias1, weight2, bias2)
    }

    fn conv_same(x: CubeTensor, weight: CubeTensor, bias: CubeTensor) -> FloatTensor<Self> {
        conv_same::forward(x, weight, bias)
    }
}

#[cfg(feature = "train")]
impl SrGradients for Cube {
    fn conv3x3_data_gradient(dy: CubeTensor, activated: Option<CubeTensor>, weight: CubeTensor) -> CubeTensor {
        // The adjoint of a convolution is a convolution, with the weights' roles exchanged and the
        // taps in reverse.
        let [inputs, outputs, ..] = dims(&weight);
        let conv = Conv {
            inputs,
            outputs,
            weights: Weights::Adjoint,
            bias: false,
            relu: false,
            residual: false,
            gate: activated.is_some(),
            shuffle: 1,
            input: element(&dy),
            output: element(&dy),
        };
        let (dy, activated) = (contiguous(dy), activated.map(contiguous));
        convolve(conv, &dy, weight, None, None, activated.as_ref(), None)
    }

    fn conv3x3_weight_gradient(
        x: CubeTensor,
        dy: CubeTensor,
        activated: Option<CubeTensor>,
    ) -> (CubeTensor, CubeTensor) {
        gradient::by_weight(contiguous(x), contiguous(dy), activated.map(contiguous))
    }

    fn conv_same_data_gradient(x: CubeTensor, dy: CubeTensor, weight: CubeTensor) -> CubeTensor {
        conv_same::by_input(&x, dy, weight)
    }

    fn conv_same_weight_gradient(x: CubeTensor, dy: CubeTensor, weight: CubeTensor) -> (CubeTensor, CubeTensor) {
        conv_same_gradient::by_weight(x, dy, &weight)
    }
}
