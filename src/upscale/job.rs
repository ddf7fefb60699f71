//! Keeps track of one picture: its passes, tiles and result.

use super::enlarge::NetworkInfo;
use super::options::{Options, Tiling};
use super::plan::{self, Pass};
use super::tile::{Tile, TileInput};
use crate::error::{Error, Result};
use crate::image::resize::{Filter, resize_grey};
use crate::image::{Depth, Picture, alpha};

/// A picture on its way to another size.
///
/// While [`pass`](Self::pass) is below [`pass_count`](Self::pass_count), the caller computes each
/// of the [`tile_count`](Self::tile_count) tiles of the pass with [`run_tile`](super::run_tile), in
/// any order and anywhere. When the last tile is accepted, the next pass begins.
///
/// ```
/// use splitsr::image::{Depth, Layout, Picture};
/// use splitsr::upscale::{Enlarge, Job, NetworkInfo, Options, Target, run_tile};
///
/// fn enlarge(model: &dyn Enlarge, picture: Picture) -> splitsr::Result<Picture> {
///     let mut job = Job::new(picture, NetworkInfo::of(model), &Options::new(Target::Zoom(2.5)), 1)?;
///     while job.pass() < job.pass_count() {
///         for index in 0..job.tile_count() {
///             let planes = run_tile(model, job.tile_input(index))?;
///             job.accept(index, &planes)?;
///         }
///     }
///     job.finish()
/// }
/// ```
#[derive(Debug)]
pub struct Job {
    ensemble: bool,
    exact: bool,
    passes: Vec<Pass>,
    pass: usize,
    /// The picture that the pass reads, without alpha.
    source: Picture,
    /// The picture that the pass writes; `None` after the last pass.
    target: Option<Picture>,
    /// Which tiles of the pass have been accepted.
    done: Vec<bool>,
    /// The properties that the result takes over from the picture.
    kept: Kept,
}

/// The properties of a picture that bypass the network.
#[derive(Debug)]
struct Kept {
    size: (u32, u32),
    depth: Depth,
    alpha: Option<Picture>,
    profile: Option<Vec<u8>>,
    notes: Vec<String>,
}

impl Job {
    /// Plans the enlargement of `picture` by the network that `info` describes. `workers` tiles can
    /// be computed at once.
    ///
    /// The result has the layout, depth, profile and notes of the picture. If the size stays the
    /// same, [`finish`](Self::finish) returns the picture unchanged.
    ///
    /// # Errors
    /// [`Error::Config`] if the target is out of range, or a network without a halo would need too
    /// much memory; [`Error::TooLarge`] if the result exceeds the limits. Both come before memory
    /// is taken.
    pub fn new(mut picture: Picture, info: NetworkInfo, options: &Options, workers: usize) -> Result<Self> {
        let from = (picture.width, picture.height);
        let (size, passes) = Self::plan(from, &info, options, workers)?;
        let mut kept = Kept {
            size,
            depth: picture.samples.depth(),
            alpha: None,
            profile: picture.profile.take(),
            notes: Vec::new(),
        };
        std::mem::swap(&mut kept.notes, &mut picture.notes);
        if !passes.is_empty() {
            alpha::fill_hidden(&mut picture);
            (picture, kept.alpha) = picture.split_alpha();
        }
        let mut job = Self {
            ensemble: options.ensemble,
            exact: options.tiling == Tiling::Exact,
            passes,
            pass: 0,
            source: picture,
            target: None,
            done: Vec::new(),
            kept,
        };
        job.begin_pass()?;
        Ok(job)
    }

    /// The size of the result for a picture of width and height `from`, and the passes to it.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn plan(
        from: (u32, u32),
        info: &NetworkInfo,
        options: &Options,
        workers: usize,
    ) -> Result<((u32, u32), Vec<Pass>)> {
        let size = options.target.size(from.0, from.1, &options.limits)?;
        // Without exact tiles, the cuts change the last bits, so they must not depend on the
        // machine.
        let workers = (options.tiling == Tiling::Exact).then_some(workers);
        let passes = plan::passes(from, size, info, info.halo(options.tiling), workers)?;
        for pass in &passes {
            let (width, height) = (u64::from(pass.target.0), u64::from(pass.target.1));
            if width * height > options.limits.max_pixels {
                return Err(Error::TooLarge {
                    what: "the picture between two passes",
                    width,
                    height,
                    limit: options.limits.max_pixels / 1_000_000,
                    advice: "choose more similar zooms for width and height",
                });
            }
        }
        Ok((size, passes))
    }

    /// Width and height of the result.
    pub fn size(&self) -> (u32, u32) {
        self.kept.size
    }

    /// The current pass, from 0; [`pass_count`](Self::pass_count) when all are done.
    pub fn pass(&self) -> usize {
        self.pass
    }

    /// The number of passes: 0 if the size stays the same, more than 1 if the zoom exceeds the
    /// scale.
    pub fn pass_count(&self) -> usize {
        self.passes.len()
    }

    /// All passes.
    pub fn passes(&self) -> &[Pass] {
        &self.passes
    }

    /// The number of tiles in the current pass.
    pub fn tile_count(&self) -> usize {
        self.done.len()
    }

    /// The share of the network's work that is done, from 0 to 1.
    pub fn fraction(&self) -> f64 {
        let total: u64 = self.passes.iter().map(Pass::work).sum();
        if total == 0 {
            return 1.0;
        }
        let before: u64 = self.passes[..self.pass].iter().map(Pass::work).sum();
        let tiles = self.passes.get(self.pass).map_or(&[][..], |pass| &pass.tiles);
        let here = tiles.iter().zip(&self.done).filter(|(_, done)| **done);
        let here: u64 = here.map(|(tile, _)| u64::from(tile.source.width) * u64::from(tile.source.height)).sum();
        (before + here) as f64 / total as f64
    }

    /// The position of tile `index` in the current pass.
    ///
    /// # Panics
    /// If there is no such tile.
    pub fn tile(&self, index: usize) -> Tile {
        self.passes[self.pass].tiles[index]
    }

    /// The input of tile `index` in the current pass.
    ///
    /// # Panics
    /// If there is no such tile.
    pub fn tile_input(&self, index: usize) -> TileInput {
        let tile = self.tile(index);
        TileInput { tile, ensemble: self.ensemble, exact: self.exact, planes: self.source.rgb_planes(tile.source) }
    }

    /// Takes the result of [`run_tile`](super::run_tile) for tile `index`. The last tile begins the
    /// next pass.
    ///
    /// # Errors
    /// [`Error::Config`] if the current pass has no such tile, has it already, or `planes` has
    /// another size.
    pub fn accept(&mut self, index: usize, planes: &[f32]) -> Result<()> {
        let (Some(target), Some(false)) = (&mut self.target, self.done.get(index)) else {
            return Err(Error::Config(format!("tile {index} does not belong to this pass, or was accepted before")));
        };
        let area = self.passes[self.pass].tiles[index].target;
        let expected = 3 * area.width as usize * area.height as usize;
        if planes.len() != expected {
            let got = planes.len();
            return Err(Error::Config(format!("tile {index} needs {expected} values, not {got}")));
        }
        target.set_rgb_planes(area, planes);
        self.done[index] = true;
        if self.done.iter().all(|&done| done) {
            self.source = self.target.take().expect("the pass writes a picture");
            self.pass += 1;
            self.begin_pass()?;
        }
        Ok(())
    }

    fn begin_pass(&mut self) -> Result<()> {
        let Some(pass) = self.passes.get(self.pass) else {
            self.done = Vec::new();
            return Ok(());
        };
        // 16 bits between two passes, so that rounding loses nothing.
        let last = self.pass + 1 == self.passes.len();
        let depth = if last { self.kept.depth } else { Depth::Sixteen };
        self.target = Some(Picture::blank(pass.target.0, pass.target.1, self.source.layout, depth)?);
        self.done = vec![false; pass.tiles.len()];
        Ok(())
    }

    /// The result after the last pass, with the picture's profile and notes, and its alpha, which a
    /// bicubic filter enlarged.
    ///
    /// # Errors
    /// [`Error::Config`] if tiles are missing.
    pub fn finish(self) -> Result<Picture> {
        if self.target.is_some() {
            return Err(Error::Config(format!("pass {} of {} is not complete", self.pass + 1, self.passes.len())));
        }
        let Kept { size: (width, height), alpha, profile, notes, .. } = self.kept;
        let mut result = self.source;
        if let Some(alpha) = alpha {
            result = result.join_alpha(&resize_grey(&alpha, width, height, Filter::CatmullRom)?)?;
        }
        (result.profile, result.notes) = (profile, notes);
        Ok(result)
    }
}
