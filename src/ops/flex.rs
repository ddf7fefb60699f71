//! The CPU implementation: Burn's Flex tensors around the kernels of [`super::cpu`].

use burn::backend::Flex;
use burn::backend::tensor::FloatTensor;
use burn::tensor::TensorData;
use burn_flex::FlexTensor;

use super::SrBackend;
use super::cpu::{self, Options, Shape};

impl SrBackend for Flex {
    fn conv3x3(x: FlexTensor, weight: FlexTensor, bias: FlexTensor, relu: bool) -> FloatTensor<Self> {
        let (x, weight, bias) = (contiguous(x), contiguous(weight), contiguous(bias));
        let shape = geometry(&x, &weight);
        let options = Options { relu, ..Options::default() };
        let out = cpu::forward(&shape, slice(&x), slice(&weight), slice(&bias), &options);
        tensor(out, [shape.batch, shape.out_channels, shape.height, shape.width])
    }
}

#[cfg(feature = "train")]
impl super::SrGradients for Flex {
    fn conv3x3_data_gradient(dy: FlexTensor, weight: FlexTensor) -> FlexTensor {
        let (dy, weight) = (contiguous(dy), contiguous(weight));
        let ([batch, _, height, width], [out_channels, in_channels, ..]) = (dims(&dy), dims(&weight));
        let shape = Shape { batch, in_channels, out_channels, height, width };
        let dx = cpu::backward_data(&shape, slice(&dy), None, slice(&weight));
        tensor(dx, [batch, in_channels, height, width])
    }

    fn conv3x3_weight_gradient(x: FlexTensor, dy: FlexTensor) -> (FlexTensor, FlexTensor) {
        let (x, dy) = (contiguous(x), contiguous(dy));
        let ([batch, in_channels, height, width], [_, out_channels, ..]) = (dims(&x), dims(&dy));
        let shape = Shape { batch, in_channels, out_channels, height, width };
        let (dweight, dbias) = cpu::backward_weight(&shape, slice(&x), slice(&dy), None);
        (tensor(dweight, [out_channels, in_channels, 3, 3]), tensor(dbias, [out_channels]))
    }
}

fn geometry(x: &FlexTensor, weight: &FlexTensor) -> Shape {
    let ([batch, in_channels, height, width], [out_channels, weight_in, kh, kw]) = (dims(x), dims(weight));
    assert_eq!((weight_in, kh, kw), (in_channels, 3, 3), "conv3x3: the weight does not fit the input");
    Shape { batch, in_channels, out_channels, height, width }
}

fn dims(tensor: &FlexTensor) -> [usize; 4] {
    tensor.layout().shape().dims()
}

/// Channel slices of a batch of one stay views; anything else that is strided is copied.
fn contiguous(tensor: FlexTensor) -> FlexTensor {
    if tensor.as_slice::<f32>().is_some() { tensor } else { tensor.to_contiguous() }
}

fn slice(tensor: &FlexTensor) -> &[f32] {
    tensor.as_slice().expect("made contiguous, f32")
}

fn tensor<const D: usize>(values: Vec<f32>, shape: [usize; D]) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, shape))
}
