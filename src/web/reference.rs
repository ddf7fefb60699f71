//! A network with Burn's own operations on WebGPU, which `pkg-scripts/bench-peers` compares with.
//! It has a bundle of its own without our kernels and start-up: see `__wasm_call_ctors` in
//! `gpu.rs`.

use burn::tensor::Device;
use wasm_bindgen::prelude::*;

use super::Result;
use super::errors::to_js;
use crate::device::open_adapter;
use crate::error::Error;
use crate::model::Model;
use crate::network::Network;
use crate::ops::Arithmetic;
use crate::ops::float::from_values;

/// A network with its weights on the GPU. Call `free()` when done with it.
#[wasm_bindgen]
pub struct ReferenceModel {
    network: Network,
    device: Device,
}

#[wasm_bindgen]
impl ReferenceModel {
    /// Reads a weights file and opens the browser's adapter, once in a worker. Throws `Weights`, or
    /// `Device` if the adapter cannot be used.
    pub async fn load(bytes: Vec<u8>) -> Result<Self> {
        let opened = open_adapter().await;
        let (device, _) = opened.map_err(|error| to_js(Error::Device(error.to_string())))?;
        let network = Model::from_bytes(&bytes, &device).map_err(to_js)?.network;
        Ok(Self { network, device })
    }

    /// Enlarges planes, `3 * height * width` (CHW). Throws `Device` if the GPU is lost.
    pub async fn run(&self, planes: Vec<f32>, height: usize, width: usize) -> Result<Vec<f32>> {
        let x = from_values(planes, [1, 3, height, width], &self.device);
        let result = Arithmetic::Reference.run(|| self.network.forward(x));
        let data = result.into_data_async().await.map_err(|error| to_js(Error::Device(error.to_string())))?;
        Ok(data.try_into_vec().expect("networks give f32"))
    }
}
