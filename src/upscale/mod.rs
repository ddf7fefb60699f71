//! Enlarging pictures of any size, by any zoom from 1 to 16, with bounded memory.
//!
//! A network enlarges by its scale (2, 3 or 4). A zoom takes as few **passes** of the network as
//! possible. Each pass reads the picture that the previous one wrote; the last one shrinks the
//! network's result to the exact size (Lanczos, antialiased). Each pass is cut into **tiles**,
//! rectangles of the picture that it writes. A tile reads its own part of the source and a **halo**
//! around it. The halo ends at the edge of the picture: only there does the network pad, as it does
//! for a whole picture. If the halo covers the network's receptive field ([`Tiling::Exact`]), the
//! tiles give the untiled result bit for bit.
//!
//! [`Job`] keeps track of one picture: its tiles, their inputs and their positions.
//! [`run_tile`] does the computation, for which it needs only the network and the tile's input.
//! For exact tiles, a [`Column`] keeps what the tile below needs, so that no row is computed twice.
//! A tile whose result holds NaN or infinity is computed again without shortcuts.
//! [`upscale`] drives both with threads; in a browser, a coordinating worker holds the job and a
//! pool of workers runs the tiles.
//!
//! # Memory
//! In addition to the source, the result and the network's weights:
//! - the tiles that are being computed: at most [`plan::IN_FLIGHT_BYTES`] together for any size of
//!   picture and any number of workers, or one tile if that takes more: [`plan::Pass::at_once`]. A
//!   tile takes at most [`plan::TILE_BYTES`], estimated by [`Enlarge::bytes_per_pixel`], but its
//!   side is at least three halos. Exact tiles of a network that can be computed by rows take about
//!   40 MB, with what their worker keeps. A GPU computes one tile at a time, of at most
//!   [`plan::GPU_TILE_BYTES`]; beside threads under a schedule, one like theirs.
//! - with several passes, the 16-bit picture between two passes: 6 bytes per pixel, and fewer
//!   pixels than the result;
//! - with alpha, the separated channels: another source and another result, and 6 bytes per source
//!   pixel during the start;
//! - for a network without a halo (channel attention), the whole picture as one tile.
//!
//! So a picture without alpha that is enlarged in a single pass takes no memory that grows with its
//! size, except for the two pictures.

mod axis;
mod calibrate;
mod column;
mod enlarge;
mod ensemble;
mod job;
mod margin;
mod options;
pub mod plan;
#[cfg(not(target_arch = "wasm32"))]
mod run;
mod runs;
pub mod schedule;
mod tile;

pub(crate) use calibrate::estimate_halo;
pub use calibrate::{auto_halo, measure_halo};
pub use column::Column;
#[cfg(feature = "gpu")]
pub use enlarge::EnlargeAsync;
pub use enlarge::{Enlarge, NetworkInfo};
pub use ensemble::enlarge_picture_ensemble;
pub use job::Job;
pub use options::{MAX_ZOOM, Options, Target, Tiling};
#[cfg(not(target_arch = "wasm32"))]
pub use run::{Progress, Report, upscale, upscale_scheduled};
#[cfg(feature = "gpu")]
pub use tile::run_tile_async;
pub use tile::{Tile, TileInput, TileOutput, run_tile};
