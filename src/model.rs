//! A loaded model: a network with its weights on a device, ready to enlarge pictures.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use burn::module::Module;
use burn::tensor::Device;
#[cfg(feature = "gpu")]
use burn::tensor::Tensor;

use crate::elastic::{Slice, slice_tensors};
use crate::error::{Error, Result};
use crate::network::by_rows::Steps;
use crate::network::cost::Cost;
use crate::network::{ByRows, Network, Strip};
use crate::ops::float::{from_values, values};
use crate::ops::with_spinning_pool;
#[cfg(feature = "gpu")]
use crate::upscale::EnlargeAsync;
use crate::upscale::{Enlarge, estimate_halo};
use crate::weights::{Metadata, assign, hex_sha256, read, to_bytes};

/// A network with its weights, ready to enlarge pictures.
#[derive(Debug)]
pub struct Model {
    /// The metadata of the weights file.
    pub metadata: Metadata,
    /// The network.
    pub network: Network,
    /// SHA-256 of the weights file, in lower-case hexadecimal.
    pub sha256: String,
    device: Device,
    cost: Cost,
    /// The halo of `auto` tiles, if the file has none.
    estimated_halo: OnceLock<Option<usize>>,
    /// Whether feature maps are stored as f16.
    #[cfg(feature = "gpu")]
    half: bool,
    /// Height and width of the previous picture.
    #[cfg(feature = "gpu")]
    size: std::sync::Mutex<(usize, usize)>,
}

impl Model {
    /// Makes a model in memory.
    ///
    /// # Errors
    /// As [`to_bytes`].
    pub fn new(metadata: Metadata, network: Network, device: &Device) -> Result<Self> {
        let sha256 = hex_sha256(&to_bytes(&metadata, &network)?);
        let cost = Cost::of(&metadata.config);
        Ok(Self::assemble(metadata, network, sha256, device, cost))
    }

    /// Reads a weights file from memory. An [elastic](crate::elastic) file gives the network that
    /// its config names.
    ///
    /// # Errors
    /// [`Error::Weights`] if the file is truncated, has no config, does not match its config, or
    /// holds NaN or infinity.
    pub fn from_bytes(bytes: &[u8], device: &Device) -> Result<Self> {
        let (mut metadata, mut tensors) = read(bytes)?;
        if metadata.elastic {
            (metadata, tensors) = slice_tensors(metadata, tensors, &Slice::default())?;
        }
        let network = assign(Network::new(&metadata.config, device), tensors, device)?;
        let cost = Cost::of(&metadata.config);
        let sha256 = hex_sha256(bytes);
        Ok(Self::assemble(metadata, network, sha256, device, cost))
    }

    /// Reads a weights file.
    ///
    /// # Errors
    /// [`Error::Io`], or [`Error::Weights`] as [`Self::from_bytes`], with the path.
    pub fn load(path: &Path, device: &Device) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(Error::io(path))?;
        Self::from_bytes(&bytes, device).map_err(|error| error.in_file(path.display()))
    }

    /// The same model on another device.
    pub fn to_device(&self, device: &Device) -> Self {
        let network = self.network.clone().to_device(device);
        Self::assemble(self.metadata.clone(), network, self.sha256.clone(), device, self.cost.clone())
    }

    fn assemble(metadata: Metadata, network: Network, sha256: String, device: &Device, cost: Cost) -> Self {
        Self {
            metadata,
            network,
            sha256,
            device: device.clone(),
            cost,
            estimated_halo: OnceLock::new(),
            #[cfg(feature = "gpu")]
            half: false,
            #[cfg(feature = "gpu")]
            size: Default::default(),
        }
    }

    /// Stores the feature maps as f16: see [`in_half`](crate::ops::gpu::in_half).
    ///
    /// # Errors
    /// [`Error::Config`] if the device has no f16, or the network has operations without an f16
    /// kernel.
    #[cfg(feature = "gpu")]
    pub fn in_half(self) -> Result<Self> {
        if !self.device.supports_dtype(burn::tensor::DType::F16) {
            return Err(Error::Config("this device does not support 16-bit floats".into()));
        }
        if !self.metadata.config.runs_in_half() {
            return Err(Error::Config(format!("the network of {} cannot use 16-bit floats", self.metadata.name)));
        }
        Ok(Self { half: true, ..self })
    }

    /// Starts the network on `planes`, on a GPU. The result has the shape
    /// `[1, 3, scale * height, scale * width]`.
    #[cfg(feature = "gpu")]
    fn run(&self, planes: Vec<f32>, height: usize, width: usize) -> Tensor<4> {
        // The runtime reuses memory for tensors of one size and never frees the rest by itself.
        let before = std::mem::replace(&mut *self.size.lock().expect("nothing panics here"), (height, width));
        if before != (height, width) {
            self.device.memory_cleanup();
        }
        let x = from_values(planes, [1, 3, height, width], &self.device);
        if self.half {
            return crate::ops::gpu::in_half(|| self.network.forward(x));
        }
        self.network.forward(x)
    }
}

impl Model {
    /// How to compute it by rows, with the arithmetic of this thread.
    fn steps(&self) -> Option<Arc<Steps>> {
        if self.device == Device::flex() { Steps::of(&self.network).map(Arc::new) } else { None }
    }
}

impl Enlarge for Model {
    fn scale(&self) -> usize {
        self.metadata.config.scale()
    }

    fn halo(&self) -> Option<usize> {
        self.cost.halo
    }

    fn auto_halo(&self) -> Option<usize> {
        // On a GPU tiles are large, and the result cannot be waited for in a browser.
        if self.metadata.auto_halo.is_some() || self.device != Device::flex() {
            return self.metadata.auto_halo;
        }
        *self.estimated_halo.get_or_init(|| estimate_halo(self).ok().flatten())
    }

    fn bytes_per_pixel(&self) -> usize {
        self.cost.bytes_per_pixel
    }

    fn gpu_bytes_per_pixel(&self) -> usize {
        self.cost.whole_bytes_per_pixel
    }

    fn row_bytes(&self) -> Option<usize> {
        self.steps().map(|steps| steps.bytes())
    }

    fn by_rows(&self, strip: Strip) -> Option<ByRows> {
        self.steps().map(|steps| ByRows::new(steps, strip))
    }

    fn enlarge(&self, planes: Vec<f32>, height: usize, width: usize) -> Result<Vec<f32>> {
        #[cfg(all(feature = "gpu", not(target_arch = "wasm32")))]
        if self.device != Device::flex() {
            return cubecl::future::block_on(self.enlarge_async(planes, height, width));
        }
        // Bundles for the browser that are there for something else do without these bytes.
        let steps = if cfg!(all(target_arch = "wasm32", not(feature = "web-engine"))) { None } else { self.steps() };
        // In a low picture the rows that are kept take more memory than whole maps.
        if let Some(steps) = steps.filter(|steps| steps.bytes() <= self.cost.bytes_per_pixel * height) {
            return Ok(with_spinning_pool(|| steps.enlarge(&planes, height, width)));
        }
        let x = from_values(planes, [1, 3, height, width], &self.device);
        Ok(with_spinning_pool(|| match self.cost.reconstruction_halo {
            Some(halo) => self.network.forward_in_parts(x, halo),
            None => values(self.network.forward(x)),
        }))
    }
}

#[cfg(feature = "gpu")]
impl EnlargeAsync for Model {
    async fn enlarge_async(&self, planes: Vec<f32>, height: usize, width: usize) -> Result<Vec<f32>> {
        if self.device == Device::flex() {
            return self.enlarge(planes, height, width);
        }
        crate::ops::gpu::read(self.run(planes, height, width)).await.map_err(|error| Error::Device(root_cause(error)))
    }
}

/// The runtime lists the causes one a line, the root cause last, and then a backtrace. A lost
/// device may report its error only when its result is read.
#[cfg(feature = "gpu")]
fn root_cause(error: impl std::fmt::Display) -> String {
    let error = error.to_string();
    let is_cause =
        |line: &&str| !line.trim().is_empty() && !line.starts_with("Caused by") && !line.contains("acktrace");
    error.lines().rfind(is_cause).unwrap_or(&error).trim().to_owned()
}
