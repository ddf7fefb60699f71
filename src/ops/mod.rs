//! The hot operations of every network here, as a Burn backend extension: one definition, one
//! implementation per device.
//!
//! [`conv3x3`] is a 3x3 convolution (stride 1, zero padding 1) with bias and what usually follows
//! it. On the CPU (Flex) it runs our own kernels, which are written for few channels; the GPU has
//! kernels in WGSL; gradients come from the `Autodiff` implementation. Tests and benchmarks compare
//! with Burn's own convolution: [`Arithmetic::Reference`].

mod arithmetic;
#[cfg(feature = "train")]
mod autodiff;
mod backend;
mod bytes;
mod conv;
// Without training nothing takes gradients, and in the browser nothing measures the peak.
#[cfg_attr(any(not(feature = "train"), target_arch = "wasm32"), allow(dead_code, unused_imports))]
pub(crate) mod cpu;
mod flex;
mod flex_float;
pub(crate) mod float;
mod float_ops;
#[cfg(feature = "gpu")]
pub mod gpu;
mod spinning_pool;

pub use arithmetic::Arithmetic;
pub use backend::SrBackend;
#[cfg(feature = "train")]
pub use backend::SrGradients;
pub use conv::{conv_same, conv3x3, conv3x3_add, conv3x3_shuffle, pixel_shuffle, residual_block};
#[cfg(not(target_arch = "wasm32"))]
pub use cpu::peak_flops;
pub use cpu::{instruction_set, reuse_buffers};
pub use spinning_pool::with_spinning_pool;
