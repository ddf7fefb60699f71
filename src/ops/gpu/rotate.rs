//! A chain of SplitSR's blocks without moving a channel: each convolution reads its channels where
//! they are, and the last ones write theirs to where they will be. Burn's own slices are copies
//! wherever they don't begin at a multiple of the adapter's alignment.

use std::collections::VecDeque;

use burn::backend::{Dispatch, DispatchDevice, backend_extension, tensor::FloatTensor};
use burn::tensor::Tensor;
use burn_cubecl::Cube;
use burn_wgpu::CubeTensor;

use super::conv::{Channels, convolve, plain};
use super::launch::dims;
use super::shader::Conv;
use super::tensor::element;
use crate::ops::arithmetic::Arithmetic;
use crate::ops::backend::SrBackend;

/// The step of [`rotate`], which only the GPU has.
#[backend_extension(Cube)]
trait SliceBackend: SrBackend {
    /// The convolution with ReLU of as many channels of `x` as the weight takes, from channel
    /// `from`, in place of channels of `y`, from channel `to`.
    fn conv3x3_slice(
        x: FloatTensor<Self>,
        from: usize,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        y: FloatTensor<Self>,
        to: usize,
    ) -> FloatTensor<Self>;
}

impl SliceBackend for Cube {
    fn conv3x3_slice(
        x: CubeTensor,
        from: usize,
        weight: CubeTensor,
        bias: CubeTensor,
        y: CubeTensor,
        to: usize,
    ) -> CubeTensor {
        let conv = Conv { relu: true, output: element(&y), ..plain(&x, &weight) };
        assert!(from + conv.inputs <= dims(&x)[1] && to + conv.outputs <= dims(&y)[1], "no such channels");
        convolve(conv, &x, weight, Some(bias), None, None, Some(Channels { from, y, to }))
    }
}

/// Runs blocks (weight `[S, S, 3, 3]`, bias `[S]`), each of which convolves the first S channels,
/// applies ReLU and puts them last.
///
/// `x` `[N, C, H, W]` -> the same. `None` if this kernel cannot be used: `x` is not on a GPU, needs
/// a gradient or uses Burn's own operations; S does not divide C; or there are fewer than C / S
/// blocks, so that channels would have to be moved.
pub fn rotate(x: &Tensor<4>, blocks: &[(Tensor<4>, Tensor<1>)]) -> Option<Tensor<4>> {
    let ([images, channels, height, width], device) = (x.dims(), x.device());
    let split = blocks.first()?.0.dims()[0];
    let chunks = channels / split;
    let on_gpu = matches!(device.as_dispatch(), DispatchDevice::Cube(_)) && !device.is_autodiff();
    let ours = on_gpu && Arithmetic::current() != Arithmetic::Reference;
    if !ours || !channels.is_multiple_of(split) || blocks.len() < chunks {
        return None;
    }
    // Which tensor holds the first channels, and where.
    let mut queue: VecDeque<_> = (0..chunks).map(|chunk| (x.clone(), chunk * split)).collect();
    let empty = |channels| Tensor::empty([images, channels, height, width], (&device, x.dtype()));
    let mut result = empty(channels);
    let inner = blocks.len() - chunks;
    for (index, (weight, bias)) in blocks.iter().enumerate() {
        let (source, from) = queue.pop_front().expect("as many as there are chunks, or in the result");
        let convolve = |y: Tensor<4>, to| {
            let [source, weight, y] = [source, weight.clone(), y].map(Tensor::into_dispatch);
            Tensor::from_dispatch(Dispatch::conv3x3_slice(source, from, weight, bias.clone().into_dispatch(), y, to))
        };
        match index.checked_sub(inner) {
            None => queue.push_back((convolve(empty(split), 0), 0)),
            Some(place) => result = convolve(result, place * split),
        }
    }
    Some(result)
}
