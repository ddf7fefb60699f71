//! The bookkeeping of one picture.

use super::plan::{self, Pass};
use super::tile::{Tile, TileInput};
use super::{Facts, Options, Tiling};
use crate::error::{Error, Result};
use crate::image::resize::{Filter, resize_grey};
use crate::image::{Depth, Picture, alpha};

/// A picture on its way to another size.
///
/// Whoever drives it computes, as long as [`pass`](Self::pass) is below [`pass_count`](Self::pass_count), each of the
/// [`tile_count`](Self::tile_count) tiles of the pass with [`run_tile`](super::run_tile), in any order and anywhere.
/// With the last tile that is accepted the next pass begins.
///
/// ```
/// use splitsr::image::{Depth, Layout, Picture};
/// use splitsr::upscale::{Enlarge, Facts, Job, Options, Target, run_tile};
///
/// fn enlarge(model: &dyn Enlarge, picture: Picture) -> splitsr::Result<Picture> {
///     let mut job = Job::new(picture, Facts::of(model), &Options::new(Target::Zoom(2.5)), 1)?;
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
    /// What the pass reads: colours without alpha.
    source: Picture,
    /// What the pass writes; none after the last pass.
    target: Option<Picture>,
    /// Which tiles of the pass are in.
    done: Vec<bool>,
    /// What the picture brought and the result takes along.
    kept: Kept,
}

/// What does not go through the network.
#[derive(Debug)]
struct Kept {
    size: (u32, u32),
    depth: Depth,
    alpha: Option<Picture>,
    profile: Option<Vec<u8>>,
    notes: Vec<String>,
}

impl Job {
    /// Plans the enlargement of `picture` by a network with those `facts`, of which `workers` tiles can be computed at
    /// once.
    ///
    /// The result has the layout, depth, profile and notes of the picture. A picture whose size stays is returned by
    /// [`finish`](Self::finish) as it is.
    ///
    /// # Errors
    /// [`Error::Config`] if the target is out of range, or if a network without a halo would need too much memory;
    /// [`Error::TooLarge`] if the result is beyond the limits. Both before memory is taken.
    pub fn new(mut picture: Picture, facts: Facts, options: &Options, workers: usize) -> Result<Self> {
        let from = (picture.width, picture.height);
        let (size, passes) = Self::plan(from, &facts, options, workers)?;
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
    pub fn plan(from: (u32, u32), facts: &Facts, options: &Options, workers: usize) -> Result<((u32, u32), Vec<Pass>)> {
        let size = options.target.size(from.0, from.1, &options.limits)?;
        // Tiles that are not exact show in the last bits how the picture was cut, which must not depend on the machine.
        let workers = (options.tiling == Tiling::Exact).then_some(workers);
        let passes = plan::passes(from, size, facts, facts.halo(options.tiling), workers)?;
        for pass in &passes {
            let (width, height) = (u64::from(pass.target.0), u64::from(pass.target.1));
            if width * height > options.limits.max_pixels {
                return Err(Error::TooLarge {
                    what: "the picture between two passes",
                    width,
                    height,
                    limit: options.limits.max_pixels / 1_000_000,
                    advice: "choose sides that are enlarged more alike",
                });
            }
        }
        Ok((size, passes))
    }

    /// Width and height of the result.
    pub fn size(&self) -> (u32, u32) {
        self.kept.size
    }

    /// The pass at hand, from 0; [`pass_count`](Self::pass_count) when all are done.
    pub fn pass(&self) -> usize {
        self.pass
    }

    /// How many passes there are: 0 if the size stays, more than 1 if the zoom is above the network's scale.
    pub fn pass_count(&self) -> usize {
        self.passes.len()
    }

    /// All passes.
    pub fn passes(&self) -> &[Pass] {
        &self.passes
    }

    /// Tiles of the pass at hand.
    pub fn tile_count(&self) -> usize {
        self.done.len()
    }

    /// How much of the network's work is done, from 0 to 1.
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

    /// Where tile `index` of the pass at hand lies.
    ///
    /// # Panics
    /// If there is no such tile.
    pub fn tile(&self, index: usize) -> Tile {
        self.passes[self.pass].tiles[index]
    }

    /// What tile `index` of the pass at hand reads.
    ///
    /// # Panics
    /// If there is no such tile.
    pub fn tile_input(&self, index: usize) -> TileInput {
        let tile = self.tile(index);
        TileInput { tile, ensemble: self.ensemble, exact: self.exact, planes: self.source.rgb_planes(tile.source) }
    }

    /// Puts the result of [`run_tile`](super::run_tile) for tile `index` in its place. The last one begins the next
    /// pass.
    ///
    /// # Errors
    /// [`Error::Config`] if the pass at hand has no such tile, has it already, or `planes` is not of its size.
    pub fn accept(&mut self, index: usize, planes: &[f32]) -> Result<()> {
        let (Some(target), Some(false)) = (&mut self.target, self.done.get(index)) else {
            return Err(Error::Config(format!("tile {index} is not awaited")));
        };
        let area = self.passes[self.pass].tiles[index].target;
        let expected = 3 * area.width as usize * area.height as usize;
        if planes.len() != expected {
            let got = planes.len();
            return Err(Error::Config(format!("tile {index} has {expected} values, not {got}")));
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
        // Between two passes 16 bits, so that nothing of the network's result is lost to rounding.
        let last = self.pass + 1 == self.passes.len();
        let depth = if last { self.kept.depth } else { Depth::Sixteen };
        self.target = Some(Picture::blank(pass.target.0, pass.target.1, self.source.layout, depth)?);
        self.done = vec![false; pass.tiles.len()];
        Ok(())
    }

    /// The result, after the last pass: with alpha, enlarged by a bicubic filter, and the picture's profile and notes.
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
