//! The CPU kernels: 3x3 convolution (stride 1, zero padding 1) of few channels on plain slices,
//! NCHW, f32.
//!
//! Every instruction set runs the same loops ([`direct`], [`winograd`]) on its own vectors
//! ([`Lanes`](lanes::Lanes)); natively the widest set that the machine has is chosen at run time.
//!
//! **In [`forward`] a pixel's result depends on its 3x3 neighbourhood alone**, to the last bit:
//! every output is the bias plus the products in the order channel, row, column, added one by one
//! with the same instruction, whichever vector, tile or thread it falls in. Zero padding adds
//! products that are exactly 0. [`Options::winograd`] and the gradients give that up, though not
//! the independence of threads, for about half of the multiplications.
//!
//! Nothing here imports Burn or the rest of the crate: `tests/neon` and `benches/conv.rs` compile
//! this folder on its own. Imports go one way: shape, lanes, band, tile, then direct and winograd,
//! backend, one file per instruction set, detect, conv.

#[cfg(any(test, target_arch = "wasm32"))]
mod any_conv;
mod backend;
mod band;
mod buffers;
mod conv;
mod detect;
mod direct;
mod lanes;
mod row_conv;
mod shape;
mod tile;
mod unshuffle;
mod winograd;

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod portable;

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod wasm;

#[cfg(test)]
mod tests;

#[cfg(target_arch = "wasm32")]
pub use any_conv::{AnyShape, any_conv};
pub use buffers::{give_back, reuse_buffers, take};
pub use conv::{Options, backward_data, backward_weight, forward};
pub use detect::instruction_set;
#[cfg(not(target_arch = "wasm32"))]
pub use detect::peak_flops;
pub use row_conv::{RowConv, Rows, Then};
pub use shape::Shape;
pub use unshuffle::unshuffle;
