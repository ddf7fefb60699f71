//! The networks that compute tiles on the CPU.

use std::sync::Arc;

use burn::tensor::Device;

use super::Result;
use super::errors::to_js;
use crate::model::Model;

/// A network, and the cheap one of a schedule if there is one.
pub(super) struct Networks {
    pub(super) whole: Arc<Model>,
    pub(super) cheap: Option<Arc<Model>>,
}

impl Networks {
    /// Reads their weights files. Throws `Weights`.
    pub(super) fn load(whole: &[u8], cheap: Option<Box<[u8]>>) -> Result<Self> {
        let read = |bytes: &[u8]| Model::from_bytes(bytes, &Device::flex()).map(Arc::new).map_err(to_js);
        let cheap = match cheap {
            Some(cheap) => Some(read(&cheap)?),
            None => None,
        };
        Ok(Self { whole: read(whole)?, cheap })
    }
}
