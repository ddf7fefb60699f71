//! The CPU implementation: Burn's Flex tensors around the kernels of [`cpu`].

use burn::backend::Flex;
#[cfg(feature = "train")]
use burn::backend::ops::ModuleOps;
use burn::backend::tensor::FloatTensor;
#[cfg(any(feature = "train", not(target_arch = "wasm32")))]
use burn::tensor::ops::ConvOptions;
use burn::tensor::{DType, TensorData};
use burn_flex::FlexTensor;

use super::arithmetic::Arithmetic;
#[cfg(feature = "train")]
use super::backend::SrGradients;
use super::backend::{SrBackend, kernel_and_groups};
use super::bytes::bytes;
use super::cpu::{self, Options, Shape};

impl SrBackend for Flex {
    fn conv3x3(x: FlexTensor, weight: FlexTensor, bias: FlexTensor, relu: bool) -> FloatTensor<Self> {
        forward(x, weight, bias, &Options { relu, ..Options::default() })
    }

    fn conv3x3_add(x: FlexTensor, weight: FlexTensor, bias: FlexTensor, residual: FlexTensor) -> FloatTensor<Self> {
        let residual = contiguous(residual);
        forward(x, weight, bias, &Options { residual: Some(slice(&residual)), ..Options::default() })
    }

    fn conv3x3_shuffle(x: FlexTensor, weight: FlexTensor, bias: FlexTensor, factor: usize) -> FloatTensor<Self> {
        forward(x, weight, bias, &Options { shuffle: Some(factor), ..Options::default() })
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn conv_same(x: FlexTensor, weight: FlexTensor, bias: FlexTensor) -> FloatTensor<Self> {
        let options = conv_options(&x, &weight);
        burn_flex::ops::conv::conv2d_f32(x, weight, Some(bias), &options)
    }

    #[cfg(target_arch = "wasm32")]
    fn conv_same(x: FlexTensor, weight: FlexTensor, bias: FlexTensor) -> FloatTensor<Self> {
        let (x, weight, bias) = (contiguous(x), contiguous(weight), contiguous(bias));
        let (kernel, groups) = kernel_and_groups(dims(&x), dims(&weight));
        let ([n, _, h, w], [outputs, ..]) = (dims(&x), dims(&weight));
        let shape = cpu::AnyShape { x: dims(&x), outputs, kernel, groups };
        tensor(cpu::any_conv(&shape, slice(&x), slice(&weight), slice(&bias)), [n, outputs, h, w])
    }
}

#[cfg(feature = "train")]
impl SrGradients for Flex {
    fn conv3x3_data_gradient(dy: FlexTensor, activated: Option<FlexTensor>, weight: FlexTensor) -> FlexTensor {
        let (dy, activated, weight) = (contiguous(dy), activated.map(contiguous), contiguous(weight));
        let ([batch, _, height, width], [out_channels, in_channels, ..]) = (dims(&dy), dims(&weight));
        let shape = Shape { batch, in_channels, out_channels, height, width };
        let dx = cpu::backward_data(&shape, slice(&dy), activated.as_ref().map(slice), slice(&weight));
        tensor(dx, [batch, in_channels, height, width])
    }

    fn conv3x3_weight_gradient(
        x: FlexTensor,
        dy: FlexTensor,
        activated: Option<FlexTensor>,
    ) -> (FlexTensor, FlexTensor) {
        let (x, dy, activated) = (contiguous(x), contiguous(dy), activated.map(contiguous));
        let ([batch, in_channels, height, width], [_, out_channels, ..]) = (dims(&x), dims(&dy));
        let shape = Shape { batch, in_channels, out_channels, height, width };
        let (dweight, dbias) = cpu::backward_weight(&shape, slice(&x), slice(&dy), activated.as_ref().map(slice));
        (tensor(dweight, [out_channels, in_channels, 3, 3]), tensor(dbias, [out_channels]))
    }

    fn pixel_unshuffle(dy: FlexTensor, factor: usize) -> FlexTensor {
        let dy = contiguous(dy);
        let [n, c, height, width] = dims(&dy);
        let dx = cpu::unshuffle([n * c, height, width], factor, slice(&dy));
        tensor(dx, [n, c * factor * factor, height / factor, width / factor])
    }

    fn conv_same_data_gradient(x: FlexTensor, dy: FlexTensor, weight: FlexTensor) -> FlexTensor {
        let options = conv_options(&x, &weight);
        Self::conv2d_x_backward(x, weight, dy, options)
    }

    fn conv_same_weight_gradient(x: FlexTensor, dy: FlexTensor, weight: FlexTensor) -> (FlexTensor, FlexTensor) {
        let options = conv_options(&x, &weight);
        // Burn reads only the shape of the bias.
        let bias = tensor(vec![0.0; dims(&weight)[0]], [dims(&weight)[0]]);
        let dbias = Self::conv2d_bias_backward(x.clone(), bias, dy.clone());
        (Self::conv2d_weight_backward(x, weight, dy, options), dbias)
    }
}

/// Burn's options for [`conv_same`](super::conv_same).
#[cfg(any(feature = "train", not(target_arch = "wasm32")))]
fn conv_options(x: &FlexTensor, weight: &FlexTensor) -> ConvOptions<2> {
    let (kernel, groups) = kernel_and_groups(dims(x), dims(weight));
    ConvOptions::new([1, 1], [kernel / 2; 2], [1, 1], groups)
}

fn forward(x: FlexTensor, weight: FlexTensor, bias: FlexTensor, options: &Options) -> FlexTensor {
    let (x, weight, bias) = (contiguous(x), contiguous(weight), contiguous(bias));
    let shape = geometry(&x, &weight);
    let options = Options { winograd: Arithmetic::current() == Arithmetic::Winograd, ..*options };
    let out = cpu::forward(&shape, slice(&x), slice(&weight), slice(&bias), &options);
    let r = options.shuffle.unwrap_or(1);
    tensor(out, [shape.batch, shape.out_channels / (r * r), shape.height * r, shape.width * r])
}

fn geometry(x: &FlexTensor, weight: &FlexTensor) -> Shape {
    let ([batch, in_channels, height, width], [out_channels, weight_in, kh, kw]) = (dims(x), dims(weight));
    assert_eq!((weight_in, kh, kw), (in_channels, 3, 3), "conv3x3: the weight does not fit the input");
    Shape { batch, in_channels, out_channels, height, width }
}

fn dims(tensor: &FlexTensor) -> [usize; 4] {
    tensor.layout().shape().dims()
}

/// Channel slices of a batch of one stay views; anything else that is strided is copied. Not by
/// Burn's own function, which knows every type of numbers.
pub(super) fn contiguous(x: FlexTensor) -> FlexTensor {
    if x.as_slice::<f32>().is_some() {
        return x;
    }
    let layout = x.layout();
    let (values, shape) = (x.storage::<f32>(), layout.shape().to_vec());
    let (&width, outer) = shape.split_last().expect("a single value is contiguous");
    let (&step, strides) = layout.strides().split_last().expect("as many strides");
    let mut y = cpu::take(layout.num_elements());
    for mut row in 0..outer.iter().product() {
        let mut at = layout.start_offset();
        for (&length, &stride) in outer.iter().zip(strides).rev() {
            at += row % length * stride as usize;
            row /= length;
        }
        match step {
            1 => y.extend_from_slice(&values[at..at + width]),
            _ => y.extend((0..width).map(|place| values[at + place * step as usize])),
        }
    }
    tensor(y, shape)
}

pub(super) fn slice(tensor: &FlexTensor) -> &[f32] {
    tensor.as_slice().expect("made contiguous, f32")
}

pub(super) fn tensor(values: Vec<f32>, shape: impl Into<burn::tensor::Shape>) -> FlexTensor {
    FlexTensor::from_data(TensorData::from_bytes(bytes(values), shape, DType::F32))
}
