//! Where a network is computed: on the CPU, or on a GPU that has shown that it computes the same.

use crate::error::Result;
use crate::upscale::Enlarge;
use crate::weights::Model;

/// What the user asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Backend {
    /// A graphics card, if there is one that computes what the processor does; else the processor
    #[default]
    Auto,
    /// The processor
    Cpu,
    /// A graphics card, or its imitation in software
    Gpu,
}

/// Where a model is computed, and why there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// "cpu" or "gpu".
    pub backend: &'static str,
    /// The adapter's name; on the CPU, the instruction set.
    pub adapter: String,
    /// Why there.
    pub reason: String,
}

impl Place {
    fn cpu(reason: impl Into<String>) -> Self {
        Self { backend: "cpu", adapter: crate::ops::cpu::instruction_set().into(), reason: reason.into() }
    }
}

/// A model on the device that was chosen for it. If that is a GPU and it is lost, the CPU takes over.
#[derive(Debug)]
pub struct Placed {
    model: Model,
    #[cfg(feature = "gpu")]
    gpu: Option<gpu::OnGpu>,
    /// Why the model is on the CPU, where it is from the beginning.
    reason: String,
}

impl Placed {
    /// Puts a model, which is on the CPU, where `backend` says. On a GPU, `half` stores feature maps as f16: see
    /// [`Model::in_half`](crate::weights::Model::in_half); the CPU has no use for it.
    ///
    /// # Errors
    /// Only where a GPU is demanded: [`Error::Config`](crate::Error::Config) if there is none, or if it does not compute what the
    /// CPU does.
    pub fn new(model: Model, backend: Backend, half: bool) -> Result<Self> {
        match backend {
            Backend::Cpu => Ok(Self::on_cpu(model, "as asked for")),
            #[cfg(all(feature = "gpu", not(target_arch = "wasm32")))]
            Backend::Gpu => gpu::native::place(model, half),
            #[cfg(all(feature = "gpu", not(target_arch = "wasm32")))]
            Backend::Auto => Ok(gpu::native::place_if_hardware(model, half)),
            #[cfg(not(all(feature = "gpu", not(target_arch = "wasm32"))))]
            _ if half => Err(crate::Error::Config("this build has no GPU backend, which 16-bit floats need".into())),
            #[cfg(not(all(feature = "gpu", not(target_arch = "wasm32"))))]
            Backend::Gpu => Err(crate::Error::Config("this build has no GPU backend: use --backend cpu".into())),
            #[cfg(not(all(feature = "gpu", not(target_arch = "wasm32"))))]
            Backend::Auto => Ok(Self::on_cpu(model, "this build has no GPU backend")),
        }
    }

    /// Leaves a model on the CPU, where it is. `reason` is for the report.
    pub fn on_cpu(model: Model, reason: impl Into<String>) -> Self {
        Self {
            model,
            #[cfg(feature = "gpu")]
            gpu: None,
            reason: reason.into(),
        }
    }

    /// The model, on the CPU.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Where it is computed at the moment.
    pub fn place(&self) -> Place {
        #[cfg(feature = "gpu")]
        if let Some(gpu) = &self.gpu {
            return gpu.place();
        }
        Place::cpu(&*self.reason)
    }
}

impl Enlarge for Placed {
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

    fn on_gpu(&self) -> bool {
        self.place().backend == "gpu"
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
}

#[cfg(feature = "gpu")]
pub use gpu::agree;

#[cfg(feature = "gpu")]
mod gpu {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::OnceLock;

    use super::*;
    use crate::Error;

    /// Width and height of the tile of the self-check: more than one workgroup of any kernel along each axis, and no multiple of one.
    const TILE: (usize, usize) = (75, 41);

    /// A model on a GPU until that is lost.
    #[derive(Debug)]
    pub(super) struct OnGpu {
        model: Model,
        adapter: String,
        reason: &'static str,
        /// What happened.
        lost: OnceLock<String>,
    }

    impl OnGpu {
        pub(super) fn place(&self) -> Place {
            match self.lost.get() {
                None => Place { backend: "gpu", adapter: self.adapter.clone(), reason: self.reason.into() },
                Some(why) => Place::cpu(format!("{} was lost ({why})", self.adapter)),
            }
        }

        /// `None` if the GPU is lost.
        pub(super) fn enlarge(&self, planes: &[f32], height: usize, width: usize) -> Option<Result<Vec<f32>>> {
            if self.lost.get().is_some() {
                return None;
            }
            // A device that is gone shows itself as an error, or, before the runtime has been told of it, as a panic.
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
    impl OnGpu {
        fn new(
            model: &Model,
            device: &burn::tensor::Device,
            half: bool,
            adapter: &str,
            reason: &'static str,
        ) -> Result<Self, String> {
            let moved = model.to_device(device);
            let moved = if half { moved.in_half().map_err(|error| error.to_string())? } else { moved };
            cubecl::future::block_on(agree(model, &moved))
                .map_err(|why| format!("{adapter} fails its self-check: {why}"))?;
            Ok(Self { model: moved, adapter: adapter.to_owned(), reason, lost: OnceLock::new() })
        }
    }

    #[cfg(not(target_arch = "wasm32"))]
    impl Placed {
        /// Puts a model, which is on the CPU, on a GPU that passes the self-check. `adapter` and `reason` are for the report, `half` as in
        /// [`Placed::new`].
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
            let gpu = OnGpu::new(&model, device, half, adapter, reason)?;
            Ok(Self { model, gpu: Some(gpu), reason: String::new() })
        }
    }

    /// The self-check: whether `model` makes of a fixed tile what `reference` does, within 1 level of 255.
    ///
    /// # Errors
    /// What is wrong, as part of a sentence.
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
        use burn::tensor::wgpu::wgpu::DeviceType;

        use super::*;

        /// The adapter that wgpu prefers, opened.
        struct Adapter {
            device: Device,
            name: String,
            software: bool,
        }

        /// Opened once in a process: the runtime cannot be initialised again.
        fn adapter() -> Result<&'static Adapter, String> {
            static ADAPTER: OnceLock<Result<Adapter, String>> = OnceLock::new();
            let open = || {
                let (device, setup) = Device::wgpu_options()
                    .init_with_setup()
                    .map_err(|error| format!("there is no graphics adapter that can be used ({error})"))?;
                let info = setup.adapter.get_info();
                let name = format!("{} ({})", info.name, info.backend);
                Ok(Adapter { device, name, software: info.device_type == DeviceType::Cpu })
            };
            ADAPTER.get_or_init(open).as_ref().map_err(Clone::clone)
        }

        pub fn place(model: Model, half: bool) -> Result<Placed> {
            let demand = |why| Error::Config(format!("{why}: use --backend cpu"));
            let Adapter { device, name, .. } = adapter().map_err(demand)?;
            Placed::on_gpu(model, device, half, name, "as asked for").map_err(demand)
        }

        pub fn place_if_hardware(model: Model, half: bool) -> Placed {
            let gpu = adapter().and_then(|Adapter { device, name, software }| match software {
                true => Err(format!("{name} is a software adapter")),
                false => OnGpu::new(&model, device, half, name, "its self-check agreed with the processor"),
            });
            match gpu {
                Ok(gpu) => Placed { model, gpu: Some(gpu), reason: String::new() },
                Err(why) => Placed::on_cpu(model, why),
            }
        }
    }
}
