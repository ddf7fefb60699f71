//! The GPU implementation: WGSL kernels on Burn's CubeCL tensors, so that they run wherever wgpu
//! does (WebGPU, Vulkan, Metal, DirectX 12).
//!
//! They are written as text, not in CubeCL: so we decide what a thread keeps in registers and what
//! the workgroup shares, and a kernel adds almost nothing to the browser's bundle.

mod backend;
mod block;
mod conv;
mod conv_same;
#[cfg(feature = "train")]
mod conv_same_gradient;
mod dispatch;
mod elementwise;
#[cfg(feature = "train")]
mod gradient;
mod launch;
mod rotate;
mod shader;
mod tensor;

pub use conv::in_half;
pub(crate) use dispatch::{cat, read};
pub use launch::Traffic;
pub(crate) use rotate::rotate;
