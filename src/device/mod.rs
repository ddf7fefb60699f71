//! The choice of the device that computes a network: the CPU, or a GPU that passed a self-check.

#[cfg(feature = "gpu")]
mod adapter;
#[cfg(feature = "gpu")]
mod gpu;

#[cfg(feature = "gpu")]
pub(crate) use adapter::open as open_adapter;
#[cfg(feature = "gpu")]
pub use gpu::agree;

use std::sync::Arc;

use crate::error::Result;
use crate::model::Model;
use crate::network::{ByRows, Strip};
use crate::upscale::Enlarge;

/// The device that the user asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Backend {
    /// A graphics card if one passes the self-check, otherwise the processor
    #[default]
    Auto,
    /// The processor
    Cpu,
    /// A graphics card; a software adapter is accepted
    Gpu,
}

/// The device that computes a model, and the reason for the choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceChoice {
    /// "cpu" or "gpu".
    pub backend: &'static str,
    /// The adapter's name; on the CPU, the instruction set.
    pub adapter: String,
    /// Why this device was chosen.
    pub reason: String,
}

impl DeviceChoice {
    fn cpu(reason: impl Into<String>) -> Self {
        Self { backend: "cpu", adapter: crate::ops::cpu::instruction_set().into(), reason: reason.into() }
    }
}

/// A model on the device that was chosen for it. If that is a GPU and it is lost, the CPU takes
/// over.
#[derive(Debug)]
pub struct ModelOnDevice {
    model: Arc<Model>,
    #[cfg(feature = "gpu")]
    gpu: Option<gpu::ModelOnGpu>,
    /// Why the CPU was chosen, if it was.
    reason: String,
}

impl ModelOnDevice {
    /// Moves a model from the CPU to the device that `backend` asks for. On a GPU, `half` stores
    /// feature maps as f16, see [`Model::in_half`]; the CPU ignores it.
    ///
    /// # Errors
    /// [`Error::Config`](crate::Error::Config) if [`Backend::Gpu`] is asked for and there is no GPU
    /// or it fails the self-check.
    #[cfg_attr(not(all(feature = "gpu", not(target_arch = "wasm32"))), expect(unused_variables))] // `half`
    pub fn new(model: Model, backend: Backend, half: bool) -> Result<Self> {
        match backend {
            Backend::Cpu => Ok(Self::on_cpu(model, "as requested")),
            #[cfg(all(feature = "gpu", not(target_arch = "wasm32")))]
            Backend::Gpu => gpu::native::require(model, half),
            #[cfg(all(feature = "gpu", not(target_arch = "wasm32")))]
            Backend::Auto => Ok(gpu::native::prefer(model, half)),
            #[cfg(not(all(feature = "gpu", not(target_arch = "wasm32"))))]
            Backend::Gpu => Err(crate::Error::Config("this build has no GPU backend: use --backend cpu".into())),
            #[cfg(not(all(feature = "gpu", not(target_arch = "wasm32"))))]
            Backend::Auto => Ok(Self::on_cpu(model, "this build has no GPU backend")),
        }
    }

    /// Keeps a model on the CPU. `reason` is for the report.
    pub fn on_cpu(model: Model, reason: impl Into<String>) -> Self {
        Self {
            model: Arc::new(model),
            #[cfg(feature = "gpu")]
            gpu: None,
            reason: reason.into(),
        }
    }

    /// The model, on the CPU.
    pub fn model(&self) -> &Arc<Model> {
        &self.model
    }

    /// The device that computes now. It changes when a GPU is lost.
    pub fn choice(&self) -> DeviceChoice {
        #[cfg(feature = "gpu")]
        if let Some(gpu) = &self.gpu {
            return gpu.choice();
        }
        DeviceChoice::cpu(&*self.reason)
    }
}

impl Enlarge for ModelOnDevice {
    fn scale(&self) -> usize {
        self.model.scale()
    }

    fn halo(&self) -> Option<usize> {
        self.model.halo()
    }

    fn auto_halo(&self) -> Option<usize> {
        self.model.auto_halo()
    }

    fn bytes_per_pixel(&self) -> usize {
        self.model.bytes_per_pixel()
    }

    fn gpu_bytes_per_pixel(&self) -> usize {
        self.model.gpu_bytes_per_pixel()
    }

    fn row_bytes(&self) -> Option<usize> {
        self.model.row_bytes().filter(|_| !self.on_gpu())
    }

    fn by_rows(&self, strip: Strip) -> Option<ByRows> {
        if self.on_gpu() { None } else { self.model.by_rows(strip) }
    }

    fn on_gpu(&self) -> bool {
        #[cfg(feature = "gpu")]
        if let Some(gpu) = &self.gpu {
            return !gpu.is_lost();
        }
        false
    }

    fn enlarge(&self, planes: Vec<f32>, height: usize, width: usize) -> Result<Vec<f32>> {
        #[cfg(feature = "gpu")]
        if let Some(gpu) = &self.gpu
            && let Some(result) = gpu.enlarge(&planes, height, width)
        {
            return result;
        }
        self.model.enlarge(planes, height, width)
    }

    fn enlarge_on_cpu(&self, planes: Vec<f32>, height: usize, width: usize) -> Result<Vec<f32>> {
        self.model.enlarge(planes, height, width)
    }
}
