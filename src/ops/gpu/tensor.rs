//! Tensors on the GPU: their types of values, and new ones.

use burn::backend::TensorMetadata;
use burn::tensor::{DType, Shape};
use burn_cubecl::ops::numeric::empty_device_contiguous_dtype;
use burn_wgpu::CubeTensor;

use super::shader::Element;

/// The type of a tensor's values.
///
/// # Panics
/// If it is neither f32 nor f16.
pub(super) fn element(tensor: &CubeTensor) -> Element {
    match tensor.dtype() {
        DType::F32 => Element::F32,
        DType::F16 => Element::F16,
        other => panic!("conv3x3: tensors are f32 or f16, not {other:?}"),
    }
}

/// A tensor beside `like`, contiguous, its values undefined.
pub(super) fn empty<const D: usize>(like: &CubeTensor, shape: [usize; D], element: Element) -> CubeTensor {
    let dtype = match element {
        Element::F32 => DType::F32,
        Element::F16 => DType::F16,
    };
    empty_device_contiguous_dtype(like.client.clone(), like.device.clone(), Shape::from(shape), dtype)
}
