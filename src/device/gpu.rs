//! A model on a GPU: the self-check, and what happens when the GPU is lost.

use std::panic::{AssertUnwindSafe, catch_unwind};
#[cfg(not(target_arch = "wasm32"))]
use std::sync::Arc;
use std::sync::OnceLock;

use super::DeviceChoice;
#[cfg(not(target_arch = "wasm32"))]
use super::ModelOnDevice;
use crate::error::{Error, Result};
use crate::model::Model;
use crate::upscale::{Enlarge, EnlargeAsync};

/// Width and height of the self-check's tile: more than one workgroup along each axis, but not a
/// multiple of it.
const TILE: (usize, usize) = (75, 41);

/// A model on a GPU, until the GPU is lost.
#[derive(Debug)]
pub(super) struct ModelOnGpu {
    model: Model,
    adapter: String,
    reason: &'static str,
    /// Why the GPU was lost, if it was.
    lost: OnceLock<String>,
}

impl ModelOnGpu {
    pub(super) fn choice(&self) -> DeviceChoice {
        match self.lost.get() {
            None => DeviceChoice { backend: "gpu", adapter: self.adapter.clone(), reason: self.reason.into() },
            Some(why) => DeviceChoice::cpu(format!("{} was lost ({why})", self.adapter)),
        }
    }

    pub(super) fn is_lost(&self) -> bool {
        self.lost.get().is_some()
    }

    /// `None` if the GPU is lost.
    pub(super) fn enlarge(&self, planes: &[f32], height: usize, width: usize) -> Option<Result<Vec<f32>>> {
        if self.is_lost() {
            return None;
        }
        // A lost device gives an error, or a panic until the runtime has noticed the loss.
        let enlarge = || self.model.enlarge(planes.to_vec(), height, width);
        let why = match catch_unwind(AssertUnwindSafe(enlarge)) {
            Ok(Err(Error::Device(why))) => why,
            Ok(result) => return Some(result),
            Err(_) => "its runtime stopped".into(),
        };
        self.lost.get_or_init(|| why);
        None
    }
}

#[cfg(not(target_arch = "wasm32"))] // waits for the device
impl ModelOnGpu {
    fn new(
        model: &Model,
        device: &burn::tensor::Device,
        half: bool,
        adapter: &str,
        reason: &'static str,
    ) -> Result<Self, String> {
        let moved = model.to_device(device);
        let moved = if half { moved.in_half().map_err(|error| error.to_string())? } else { moved };
        // A faulty driver may panic. Without this, the processor could not take over.
        catch_unwind(AssertUnwindSafe(|| cubecl::future::block_on(agree(model, &moved))))
            .unwrap_or_else(|_| Err("its runtime stopped".into()))
            .map_err(|why| format!("{adapter} fails its self-check: {why}"))?;
        Ok(Self { model: moved, adapter: adapter.to_owned(), reason, lost: OnceLock::new() })
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl ModelOnDevice {
    /// Moves a model from the CPU to a GPU that passes the self-check. `adapter` and `reason` are
    /// for the report; `half` is as in [`ModelOnDevice::new`].
    ///
    /// # Errors
    /// Why the GPU cannot be used, as part of a sentence.
    pub fn on_gpu(
        model: Model,
        device: &burn::tensor::Device,
        half: bool,
        adapter: &str,
        reason: &'static str,
    ) -> Result<Self, String> {
        let gpu = ModelOnGpu::new(&model, device, half, adapter, reason)?;
        Ok(Self { model: Arc::new(model), gpu: Some(gpu), reason: String::new() })
    }
}

/// The self-check: whether `model` and `reference` agree on a fixed tile within 1 level of 255.
///
/// # Errors
/// Describes the difference, as part of a sentence.
pub async fn agree(reference: &Model, model: &Model) -> Result<(), String> {
    let (width, height) = TILE;
    let tile = || (0..3 * width * height).map(value).collect();
    let expected = reference.enlarge(tile(), height, width).map_err(|error| error.to_string())?;
    let found = model.enlarge_async(tile(), height, width).await.map_err(|error| error.to_string())?;
    let agree = |a: f32, b: f32| (a - b).abs() <= 1.0 / 255.0; // false for NaN
    match expected.iter().zip(&found).find(|(a, b)| !agree(**a, **b)) {
        None => Ok(()),
        Some((expected, found)) => Err(format!("it gives {found} where the processor gives {expected}")),
    }
}

/// Smooth parts, edges and noise, in [0, 1].
fn value(index: usize) -> f32 {
    let (x, y) = (index % TILE.0, index / TILE.0);
    let noise = (index as u32).wrapping_mul(0x9e37_79b9) >> 24;
    let edge = if (x / 9 + y / 7).is_multiple_of(2) { 60 } else { 160 };
    (edge as f32 + x as f32 * 0.5 + noise as f32 * 0.2) / 255.0
}

#[cfg(not(target_arch = "wasm32"))]
pub(super) mod native {
    use burn::tensor::Device;
    use burn_wgpu::wgpu::DeviceType;

    use super::*;
    use crate::device::open_adapter;

    struct Adapter {
        device: Device,
        name: String,
        is_software: bool,
    }

    /// Opens the adapter that wgpu prefers, once in a process: the runtime cannot be initialised
    /// again.
    fn adapter() -> Result<&'static Adapter, String> {
        static ADAPTER: OnceLock<Result<Adapter, String>> = OnceLock::new();
        let open = || {
            let (device, info) = cubecl::future::block_on(open_adapter())
                .map_err(|error| format!("no usable graphics adapter was found ({error})"))?;
            let name = format!("{} ({})", info.name, info.backend);
            Ok(Adapter { device, name, is_software: info.device_type == DeviceType::Cpu })
        };
        ADAPTER.get_or_init(open).as_ref().map_err(Clone::clone)
    }

    /// On the GPU, or an error that says why not.
    pub fn require(model: Model, half: bool) -> Result<ModelOnDevice> {
        let demand = |why| Error::Config(format!("{why}: use --backend cpu"));
        let Adapter { device, name, .. } = adapter().map_err(demand)?;
        ModelOnDevice::on_gpu(model, device, half, name, "as requested").map_err(demand)
    }

    /// On the GPU if it is hardware and passes the self-check, else on the CPU.
    pub fn prefer(model: Model, half: bool) -> ModelOnDevice {
        let gpu = adapter().and_then(|Adapter { device, name, is_software }| match is_software {
            true => Err(format!("{name} is a software adapter")),
            false => ModelOnGpu::new(&model, device, half, name, "its self-check agreed with the processor"),
        });
        match gpu {
            Ok(gpu) => ModelOnDevice { model: Arc::new(model), gpu: Some(gpu), reason: String::new() },
            Err(why) => ModelOnDevice::on_cpu(model, why),
        }
    }
}
