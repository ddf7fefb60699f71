//! Opening the graphics adapter with burn-wgpu.

use burn::tensor::Device;
use burn_wgpu::graphics::AutoGraphicsApi;
use burn_wgpu::wgpu::AdapterInfo;
use burn_wgpu::{RuntimeOptions, WgpuDevice, WgpuInitError, try_init_setup_async};

/// Sets up the runtime on the adapter that wgpu prefers, which is the fastest one. This is possible
/// only once per process, or in a browser once per worker.
pub(crate) async fn open() -> Result<(Device, AdapterInfo), WgpuInitError> {
    let selector = WgpuDevice::default();
    let setup = try_init_setup_async::<AutoGraphicsApi>(&selector, RuntimeOptions::try_default()?).await?;
    Ok((Device::from(selector), setup.adapter.get_info()))
}
