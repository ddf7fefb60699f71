//! From Burn's tensors, which may be on any device, to those on the GPU, and back.

use burn::backend::{BackendTensor, DispatchDevice, DispatchTensor, DispatchTensorKind};
use burn::tensor::Tensor;
use burn_wgpu::CubeTensor;
use bytemuck::pod_collect_to_vec;
use cubecl::server::CopyDescriptor;

use super::elementwise::{contiguous, join};

/// `parts` one after another along `dim`, or `parts` again if they are not on a GPU or need
/// gradients.
pub(crate) fn cat<const D: usize>(parts: Vec<Tensor<D>>, dim: usize) -> Result<Tensor<D>, Vec<Tensor<D>>> {
    let is_ours = |part: &Tensor<D>| matches!(part.device().as_dispatch(), DispatchDevice::Cube(_));
    if !parts.iter().all(|part| is_ours(part) && !part.device().is_autodiff()) {
        return Err(parts);
    }
    let whole = parts.into_iter().map(inner).reduce(|a, b| join(&a, &b, dim)).expect("at least one part");
    let kind = DispatchTensorKind::Cube(BackendTensor::Float(whole));
    Ok(Tensor::from_dispatch(DispatchTensor { kind, autodiff: Default::default() }))
}

/// The values of a tensor on a GPU, in f32. Not read by Burn, which would add its kernels for
/// copies.
pub(crate) async fn read<const D: usize>(x: Tensor<D>) -> Result<Vec<f32>, impl std::fmt::Display> {
    let CubeTensor { client, handle, meta, .. } = contiguous(inner(x));
    let descriptor =
        CopyDescriptor::new(handle.binding(), meta.shape().clone(), meta.strides().clone(), size_of::<f32>());
    client.read_one_tensor_async(descriptor).await.map(|bytes| pod_collect_to_vec(&bytes))
}

fn inner<const D: usize>(x: Tensor<D>) -> CubeTensor {
    let DispatchTensorKind::Cube(tensor) = x.into_dispatch().kind else { unreachable!("the caller has looked") };
    tensor.float()
}
