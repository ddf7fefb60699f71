//! The result of a tile, from the CPU or the GPU.

use wasm_bindgen::prelude::*;

use crate::upscale;

/// The result of a tile. Call `take()` or `free()` when done with it.
#[wasm_bindgen]
pub struct TileOutput(pub(super) upscale::TileOutput);

#[wasm_bindgen]
impl TileOutput {
    /// Whether the first result was not finite, so that the tile was computed again.
    #[wasm_bindgen(getter)]
    pub fn recomputed(&self) -> bool {
        self.0.recomputed
    }

    /// The values for `Job.accept`. The output is freed.
    pub fn take(self) -> Vec<f32> {
        self.0.planes
    }
}
