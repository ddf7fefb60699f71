//! The networks, as Burn modules: SplitSR and what it is compared with, built from one
//! [`NetworkConfig`].
//!
//! Every network maps low-resolution RGB `[batch, 3, height, width]` in [0, 1] to
//! `[batch, 3, scale * height, scale * width]`. The values are not clamped: training needs the
//! overshoot, pictures clamp when they are quantised.

pub(crate) mod attention;
pub(crate) mod blocks;
pub(crate) mod by_rows;
mod conv;
pub mod cost;
mod counting;
mod edsr;
mod group;
pub(crate) mod non_local;
mod parts;
mod san;
mod splitsr;
pub(crate) mod srcnn;
pub(crate) mod upsampler;

use burn::module::Module;
use burn::tensor::{Device, Tensor};

pub use by_rows::{ByRows, Strip};
pub use edsr::Edsr;
pub use san::San;
pub use splitsr::SplitSr;
pub use srcnn::Srcnn;

use crate::config::NetworkConfig;
use crate::ops::float::from_values;
#[cfg(feature = "train")]
use group::Group;

/// Any of the networks.
#[derive(Module, Debug)]
#[allow(clippy::large_enum_variant)] // a program holds few networks
pub enum Network {
    /// SplitSR or RCAN.
    SplitSr(SplitSr),
    /// EDSR.
    Edsr(Edsr),
    /// SAN.
    San(San),
    /// SRCNN.
    Srcnn(Srcnn),
}

impl Network {
    /// A network with randomly initialised weights (Kaiming uniform, as PyTorch's convolutions).
    pub fn new(config: &NetworkConfig, device: &Device) -> Self {
        match config {
            NetworkConfig::SplitSr(c) => Self::SplitSr(SplitSr::new(c, device)),
            NetworkConfig::Edsr(c) => Self::Edsr(Edsr::new(c, device)),
            NetworkConfig::San(c) => Self::San(San::new(c, device)),
            NetworkConfig::Srcnn(c) => Self::Srcnn(Srcnn::new(c, device)),
        }
    }

    /// The places of its lightweight groups.
    #[cfg(feature = "train")]
    pub(crate) fn light_groups(&self) -> impl Iterator<Item = usize> {
        let groups = if let Self::SplitSr(network) = self { network.groups() } else { &[] };
        let is_light = |(place, group): (usize, &Group)| (!matches!(group, Group::Standard(_))).then_some(place);
        groups.iter().enumerate().filter_map(is_light)
    }

    /// Enlarges a batch.
    ///
    /// # Shapes
    /// - `x`: `[batch, 3, height, width]`, RGB in [0, 1]
    /// - result: `[batch, 3, scale * height, scale * width]`, RGB, not clamped
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        self.reconstruct(self.features(x))
    }

    /// The first part of [`forward`](Self::forward), at low resolution: `[batch, 3, height, width]`
    /// -> `[batch, channels, height, width]`. SRCNN, which has none, gives its input.
    pub(crate) fn features(&self, x: Tensor<4>) -> Tensor<4> {
        match self {
            Self::SplitSr(network) => network.features(x),
            Self::Edsr(network) => network.features(x),
            Self::San(network) => network.features(x),
            Self::Srcnn(_) => x,
        }
    }

    /// The rest of [`forward`](Self::forward): upsampler and tail.
    pub(crate) fn reconstruct(&self, features: Tensor<4>) -> Tensor<4> {
        match self {
            Self::SplitSr(network) => network.reconstruct(features),
            Self::Edsr(network) => network.reconstruct(features),
            Self::San(network) => network.reconstruct(features),
            Self::Srcnn(network) => network.forward(features),
        }
    }
}

/// The mean colour of DIV2K (RGB in [0, 1]), which the networks subtract from their input and add
/// to their output.
pub(crate) const MEAN: [f32; 3] = [0.4488, 0.4371, 0.4040];

/// [`MEAN`] as a tensor of that shape: 3 values.
fn mean<const D: usize>(shape: [usize; D], device: &Device) -> Tensor<D> {
    from_values(MEAN.to_vec(), shape, device)
}
