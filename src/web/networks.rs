//! The networks that compute tiles on the CPU.

use std::sync::Arc;

use burn::tensor::Device;

use super::Result;
use super::errors::to_js;
use crate::model::Model;
use crate::upscale::Enlarge;
use crate::upscale::schedule::Ladder;

/// A network, and a ladder of it and a cheap one if there is one for a schedule.
pub(super) struct Networks {
    pub(super) whole: Arc<Model>,
    ladder: Option<Ladder<Model>>,
}

impl Networks {
    /// Reads their weights files. Throws `Weights`.
    pub(super) fn load(whole: &[u8], cheap: Option<Box<[u8]>>) -> Result<Self> {
        let read = |bytes: &[u8]| Model::from_bytes(bytes, &Device::flex()).map(Arc::new).map_err(to_js);
        let whole = read(whole)?;
        let ladder = match cheap {
            Some(cheap) => Some(Ladder { whole: whole.clone(), cheap: read(&cheap)? }),
            None => None,
        };
        Ok(Self { whole, ladder })
    }

    /// Computes tiles, also those of a schedule if there is a cheap network.
    pub(super) fn for_tiles(&self) -> &dyn Enlarge {
        match &self.ladder {
            Some(ladder) => ladder,
            None => &*self.whole,
        }
    }
}
