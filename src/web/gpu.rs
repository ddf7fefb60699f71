//! The browser's graphics card.

use std::cell::RefCell;

use burn::tensor::Device;

use crate::device;
use crate::error::Error;

unsafe extern "C" {
    /// Made by the linker: runs the constructors, with which the parts of Burn's kernel compiler
    /// register themselves. It is safe to call at any time, also again.
    safe fn __wasm_call_ctors();
}

/// Opens the adapter once: the runtime cannot be initialised again.
pub(super) async fn open() -> crate::Result<Device> {
    thread_local!(static OPENED: RefCell<Option<Device>> = const { RefCell::new(None) });
    if let Some(device) = OPENED.with_borrow(Clone::clone) {
        return Ok(device);
    }
    // Without this call, the linker makes every exported function run the thousands of constructors
    // first, which took 8 ms per kernel.
    __wasm_call_ctors();
    let (device, _) = device::open_adapter().await.map_err(|error| Error::Device(error.to_string()))?;
    OPENED.replace(Some(device.clone()));
    Ok(device)
}
