//! The upscaler's view of a network.

use serde::{Deserialize, Serialize};

use super::options::Tiling;
use crate::error::Result;
use crate::image::{Depth, Layout, Picture};
use crate::network::{ByRows, Strip};

/// The operations that the upscaler needs from a network.
pub trait Enlarge: Send + Sync {
    /// The scale: 2, 3 or 4.
    fn scale(&self) -> usize;

    /// How far an output pixel depends on its surroundings, in low-resolution pixels to each side;
    /// `None` if it depends on the whole picture (channel attention).
    fn halo(&self) -> Option<usize>;

    /// A halo with which the 8-bit result was at most 1 level off in a measurement or an estimate;
    /// `None` if there was none.
    fn auto_halo(&self) -> Option<usize>;

    /// The most memory that [`Self::enlarge`] takes on the CPU, in bytes per low-resolution pixel,
    /// the result included. It limits the size of tiles and how many are computed at once.
    fn bytes_per_pixel(&self) -> usize;

    /// The same on a GPU, without the input and the result.
    fn gpu_bytes_per_pixel(&self) -> usize {
        self.bytes_per_pixel()
    }

    /// The memory of [`Self::by_rows`], in bytes for each low-resolution column; `None` if the
    /// network cannot be computed by rows.
    fn row_bytes(&self) -> Option<usize> {
        None
    }

    /// Starts to compute a strip by rows, as [`Self::enlarge`] does with deterministic arithmetic,
    /// bit for bit.
    fn by_rows(&self, _strip: Strip) -> Option<ByRows> {
        None
    }

    /// Whether a GPU computes it, which takes one large tile at a time.
    fn on_gpu(&self) -> bool {
        false
    }

    /// Enlarges a picture or a part of one.
    ///
    /// # Shapes
    /// - `planes`: `3 * height * width` (CHW), RGB in [0, 1]
    /// - result: `3 * (scale * height) * (scale * width)`, RGB, may overshoot [0, 1]
    ///
    /// # Errors
    /// Those of the network's device.
    fn enlarge(&self, planes: Vec<f32>, height: usize, width: usize) -> Result<Vec<f32>>;

    /// [`Self::enlarge`] on the CPU and in 32-bit floats, for a tile whose result was not finite.
    ///
    /// # Errors
    /// As [`Self::enlarge`].
    fn enlarge_on_cpu(&self, planes: Vec<f32>, height: usize, width: usize) -> Result<Vec<f32>> {
        self.enlarge(planes, height, width)
    }

    /// The cheap network for a [schedule](super::schedule), if there is one.
    fn cheap(&self) -> Option<&dyn Enlarge> {
        None
    }

    /// Enlarges a picture as one piece, to 8-bit RGB, for measurements. [`upscale`](super::upscale)
    /// is for pictures of any size, kind and zoom.
    ///
    /// # Errors
    /// As [`Self::enlarge`].
    fn enlarge_picture(&self, low: &Picture) -> Result<Picture> {
        let planes = self.enlarge(low.rgb_planes(low.area()), low.height as usize, low.width as usize)?;
        enlarged_picture(low, self.scale(), &planes)
    }
}

/// A network on a device that cannot be waited for, as in a browser.
#[cfg(feature = "gpu")]
pub trait EnlargeAsync: Enlarge {
    /// [`Enlarge::enlarge`] without blocking.
    ///
    /// # Errors
    /// [`Error::Device`](crate::Error::Device) if the device is lost.
    fn enlarge_async(&self, planes: Vec<f32>, height: usize, width: usize) -> impl Future<Output = Result<Vec<f32>>>;
}

/// The 8-bit RGB picture that a network made of `low`.
pub(super) fn enlarged_picture(low: &Picture, scale: usize, planes: &[f32]) -> Result<Picture> {
    let scale = scale as u32;
    let mut high = Picture::blank(low.width * scale, low.height * scale, Layout::Rgb, Depth::Eight)?;
    high.set_rgb_planes(high.area(), planes);
    Ok(high)
}

/// The properties of a network that the planner needs; they can be sent to another worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NetworkInfo {
    /// [`Enlarge::scale`].
    pub scale: usize,
    /// [`Enlarge::halo`].
    pub halo: Option<usize>,
    /// [`Enlarge::auto_halo`].
    pub auto_halo: Option<usize>,
    /// [`Enlarge::bytes_per_pixel`].
    pub bytes_per_pixel: usize,
    /// [`Enlarge::gpu_bytes_per_pixel`].
    pub gpu_bytes_per_pixel: usize,
    /// [`Enlarge::row_bytes`].
    pub row_bytes: Option<usize>,
    /// [`Enlarge::on_gpu`].
    pub on_gpu: bool,
}

impl NetworkInfo {
    /// Describes `model`.
    pub fn of<M: Enlarge + ?Sized>(model: &M) -> Self {
        Self {
            scale: model.scale(),
            halo: model.halo(),
            auto_halo: model.auto_halo(),
            bytes_per_pixel: model.bytes_per_pixel(),
            gpu_bytes_per_pixel: model.gpu_bytes_per_pixel(),
            row_bytes: model.row_bytes(),
            on_gpu: model.on_gpu(),
        }
    }

    /// The same with the memory that a schedule takes.
    pub fn scheduled(self) -> Self {
        // Beside a rectangle's result, the tile's.
        let result = 3 * size_of::<f32>() * self.scale * self.scale;
        Self { bytes_per_pixel: self.bytes_per_pixel + result, ..self }
    }

    /// The halo that `tiling` means, in low-resolution pixels; `None` if the picture must stay
    /// whole. A halo beyond the exact one would change nothing.
    pub(super) fn halo(&self, tiling: Tiling) -> Option<usize> {
        let wanted = match tiling {
            Tiling::Auto => self.auto_halo,
            Tiling::Exact => None,
            Tiling::Halo(halo) => Some(halo),
        };
        let halo = match (wanted, self.halo) {
            (Some(wanted), Some(exact)) => Some(wanted.min(exact)),
            (wanted, exact) => wanted.or(exact),
        };
        // A weights file may contain any number, but no picture is larger.
        halo.map(|halo| halo.min(u32::MAX as usize))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_halo_is_the_smallest_that_serves() {
        let info = NetworkInfo {
            scale: 2,
            halo: Some(73),
            auto_halo: Some(16),
            bytes_per_pixel: 1,
            gpu_bytes_per_pixel: 1,
            row_bytes: None,
            on_gpu: false,
        };
        let halo =
            |info: NetworkInfo| [Tiling::Auto, Tiling::Exact, Tiling::Halo(9), Tiling::Halo(99)].map(|t| info.halo(t));
        assert_eq!(halo(info), [Some(16), Some(73), Some(9), Some(73)]);
        assert_eq!(halo(NetworkInfo { auto_halo: None, ..info }), [Some(73), Some(73), Some(9), Some(73)]);
        assert_eq!(halo(NetworkInfo { halo: None, ..info }), [Some(16), None, Some(9), Some(99)]);
        let boundless = NetworkInfo { halo: None, auto_halo: Some(usize::MAX), ..info };
        assert_eq!(boundless.halo(Tiling::Auto), Some(u32::MAX as usize));
    }
}
