//! The network on WebGPU.

use wasm_bindgen::prelude::*;

use super::errors::to_js;
use super::networks::Networks;
use super::tile::TileOutput;
use super::{Result, gpu};
use crate::device;
use crate::error::Error;
use crate::model::Model;
use crate::upscale::{self, TileInput};

/// A network with its weights on the GPU. Call `free()` when done with it.
#[wasm_bindgen]
pub struct GpuModel {
    model: Model,
    /// The same on the CPU, for tiles that are not finite on the GPU; and the cheap network.
    on_cpu: Networks,
}

#[wasm_bindgen]
impl GpuModel {
    /// Reads a weights file, and that of the cheap network for the tiles of a schedule. Opens the
    /// browser's adapter, and checks that the network gives the same result there as on the CPU;
    /// the cheap one stays on the CPU. `half` stores feature maps as 16-bit floats. Throws
    /// `Weights`, or `Device` or `Config` if the adapter cannot be used.
    pub async fn load(bytes: Vec<u8>, cheap: Option<Box<[u8]>>, half: bool) -> Result<Self> {
        let on_cpu = Networks::load(&bytes, cheap)?;
        let device = gpu::open().await.map_err(to_js)?;
        // Read again instead of moved there, which would add Burn's kernels for copies.
        let model = Model::from_bytes(&bytes, &device).map_err(to_js)?;
        let model = if half { model.in_half().map_err(to_js)? } else { model };
        match device::agree(&on_cpu.whole, &model).await {
            Ok(()) => Ok(Self { model, on_cpu }),
            Err(why) => Err(to_js(Error::Device(format!("the self-check failed: {why}")))),
        }
    }

    /// Computes a tile: takes what `Job.tileInput` gives. Throws `Device` if the GPU is lost, and
    /// `Weights` if the network gives NaN or infinity on the CPU too.
    #[wasm_bindgen(js_name = runTile)]
    pub async fn run_tile(&self, input: Vec<u8>) -> Result<TileOutput> {
        let message = TileInput::from_bytes(&input).map_err(to_js)?;
        drop(input);
        let Networks { whole, cheap } = &self.on_cpu;
        let output = upscale::run_tile_async(&self.model, &**whole, cheap.as_deref(), message).await;
        output.map(TileOutput).map_err(to_js)
    }
}
