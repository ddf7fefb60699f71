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
        other => panic!("tensors are f32 or f16, not {other:?}"),
    }
}

/// Panics if a tensor is not of f32, which most operations are for.
pub(super) fn assert_f32(tensors: &[&CubeTensor]) {
    assert!(tensors.iter().all(|tensor| element(tensor) == Element::F32), "this operation is for f32");
}

/// A new contiguous tensor on the device of `like`; its values are undefined.
pub(super) fn empty(like: &CubeTensor, shape: impl Into<Shape>, element: Element) -> CubeTensor {
    let dtype = match element {
        Element::F32 => DType::F32,
        Element::F16 => DType::F16,
    };
    empty_device_contiguous_dtype(like.client.clone(), like.device.clone(), shape.into(), dtype)
}
