//! The GPU implementation: WGSL kernels on Burn's CubeCL tensors, so that they run wherever wgpu
//! does (WebGPU, Vulkan, Metal, DirectX 12).
//!
//! Text and not CubeCL: what a thread keeps in registers, and what the workgroup shares, is then
//! ours to decide; and the browser's bundle does not grow by a kernel.

mod backend;
mod block;
mod conv;
#[cfg(feature = "train")]
mod gradient;
mod launch;
mod rotate;
mod shader;
mod tensor;

pub use conv::in_half;
pub use launch::Traffic;
pub(crate) use rotate::rotate;
