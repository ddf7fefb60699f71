//! The result of a tile, from the CPU or the GPU.

use wasm_bindgen::prelude::*;

use crate::upscale;

/// The result of a tile. Call `take()`, `takePixels()` or `free()` when done with it.
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

    /// Returns the result as opaque RGBA8, row by row without padding, for a job that streams. The
    /// output is freed.
    #[wasm_bindgen(js_name = takePixels)]
    pub fn take_pixels(self) -> Vec<u8> {
        self.0.to_rgba8()
    }
}
