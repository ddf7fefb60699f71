//! Starts kernels, and counts the bytes that they move.

use std::cell::Cell;

use burn::backend::TensorMetadata;
use burn_wgpu::{CubeDim, CubeTensor, KernelSource, SourceKernel, SourceTemplate};
use cubecl::prelude::{CubeCount, ExecutionMode, KernelId};
use cubecl::server::{KernelArguments, MetadataBindingInfo};

/// A kernel in WGSL whose text is a function of `K`.
pub(super) trait Shader:
    Clone + std::fmt::Debug + PartialEq + Eq + std::hash::Hash + Send + Sync + 'static
{
    /// Threads of a workgroup along x, y and z.
    fn threads(&self) -> [usize; 3];
    /// Its text, with an entry point `main`.
    fn text(&self) -> String;
}

struct Source<S>(S);

impl<S: Shader> KernelSource for Source<S> {
    fn source(&self) -> SourceTemplate {
        SourceTemplate::new(self.0.text())
    }

    fn id(&self) -> KernelId {
        let [x, y, z] = self.0.threads().map(|n| n as u32);
        KernelId::new::<S>().info(self.0.clone()).cube_dim((x, y, z).into()).mode(ExecutionMode::Unchecked)
    }

    fn lang(&self) -> &'static str {
        "wgsl"
    }
}

/// The work of our kernels on this thread. Tests compare it with a budget.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Kernels started.
    pub dispatches: u64,
    /// Bytes of global memory that they read and write. A value that a workgroup reads several
    /// times counts once, weights count once a kernel.
    pub bytes: u64,
}

thread_local! {
    static TRAFFIC: Cell<Traffic> = const { Cell::new(Traffic { dispatches: 0, bytes: 0 }) };
}

impl Traffic {
    /// The traffic of the kernels that `work` starts on this thread.
    pub fn of<T>(work: impl FnOnce() -> T) -> (T, Self) {
        let before = TRAFFIC.get();
        let result = work();
        let after = TRAFFIC.get();
        (result, Self { dispatches: after.dispatches - before.dispatches, bytes: after.bytes - before.bytes })
    }

    fn add(bytes: u64) {
        let Self { dispatches, bytes: before } = TRAFFIC.get();
        TRAFFIC.set(Self { dispatches: dispatches + 1, bytes: before + bytes });
    }
}

/// Starts `shader` on `groups` workgroups. Bound in this order: `inputs`, `outputs`, and `info` as
/// a uniform of `vec4<u32>`.
pub(super) fn launch<S: Shader>(
    shader: S,
    groups: [usize; 3],
    inputs: &[&CubeTensor],
    outputs: &[&CubeTensor],
    info: &[[usize; 4]],
    bytes: u64,
) {
    let [x, y, z] = shader.threads().map(|n| n as u32);
    let buffers = inputs.iter().chain(outputs).map(|tensor| tensor.handle.clone().binding());
    let words = info.iter().flat_map(|[a, b, c, d]| [*a as u64 | (*b as u64) << 32, *c as u64 | (*d as u64) << 32]);
    let arguments =
        KernelArguments::new().with_buffers(buffers.collect()).with_info(MetadataBindingInfo::custom(words.collect()));
    let kernel = SourceKernel::new(Source(shader), CubeDim::new_3d(x, y, z));
    let [x, y, z] = groups.map(|n| n as u32);
    outputs[0].client.launch(Box::new(kernel), CubeCount::Static(x, y, z), arguments);
    Traffic::add(bytes);
}

/// The strides of an NCHW tensor, in elements.
pub(super) fn strides(tensor: &CubeTensor) -> [usize; 4] {
    let strides = tensor.meta.strides();
    std::array::from_fn(|i| strides[i])
}

/// The sizes of an NCHW tensor.
pub(super) fn dims(tensor: &CubeTensor) -> [usize; 4] {
    tensor.shape().dims()
}
