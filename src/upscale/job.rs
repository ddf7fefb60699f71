//! Keeps track of one picture: its passes, tiles and result.

use super::enlarge::NetworkInfo;
use super::ensemble;
use super::options::{Options, Tiling};
use super::plan::{self, Pass};
use super::schedule::TilePlan;
use super::tile::{Tile, TileInput, TileOutput};
use crate::error::{Error, Result};
use crate::image::resize::{Filter, resize_grey};
use crate::image::{Depth, Layout, Picture, alpha};

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
///     let options = Options::new(Target::Zoom(2.5));
///     let mut job = Job::new(picture, NetworkInfo::of(model), &options, 1)?;
///     while job.pass() < job.pass_count() {
///         for index in 0..job.tile_count() {
///             let output = run_tile(model, job.tile_input(index))?;
///             job.accept(index, &output)?;
///         }
///     }
///     job.finish()
/// }
/// ```
#[derive(Debug)]
pub struct Job {
    ensemble: bool,
    exact: bool,
    /// Whether the caller keeps the result: see [`Job::streaming`].
    streams: bool,
    passes: Vec<Pass>,
    pass: usize,
    /// The picture that the pass reads, without alpha.
    source: Picture,
    /// The picture that the pass writes; `None` after the last pass, and in the last pass if the
    /// caller keeps the result.
    target: Option<Picture>,
    /// Which tiles of the pass have been accepted.
    done: Vec<bool>,
    /// The number of tiles of the pass that have not.
    left: usize,
    /// The low-resolution pixels of all passes that the network computes, and those that it has.
    work: (u64, u64),
    /// The tiles that were computed again: see [`TileOutput::recomputed`].
    recomputed: usize,
    /// The plans of the pass's tiles, under a schedule.
    plans: Vec<Option<TilePlan>>,
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
    pub fn new(picture: Picture, info: NetworkInfo, options: &Options, workers: usize) -> Result<Self> {
        Self::start(picture, info, options, workers, false)
    }

    /// As [`new`](Self::new), but if the picture is 8-bit RGB without alpha, the job does not hold
    /// the result: [`streams`](Self::streams) is true then. The caller makes it from the
    /// [pixels](TileOutput::to_rgba8) of the last pass, in the colours of the
    /// [`profile`](Self::profile), [`book`](Self::book)s each tile instead of handing it over, and
    /// doesn't call [`finish`](Self::finish).
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn streaming(picture: Picture, info: NetworkInfo, options: &Options, workers: usize) -> Result<Self> {
        let streams = picture.layout == Layout::Rgb && picture.samples.depth() == Depth::Eight;
        Self::start(picture, info, options, workers, streams)
    }

    fn start(
        mut picture: Picture,
        info: NetworkInfo,
        options: &Options,
        workers: usize,
        streams: bool,
    ) -> Result<Self> {
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
            streams: streams && !passes.is_empty(),
            passes,
            pass: 0,
            source: picture,
            target: None,
            done: Vec::new(),
            left: 0,
            work: (0, 0),
            recomputed: 0,
            plans: Vec::new(),
            kept,
        };
        job.work.0 = job.passes.iter().map(Pass::work).sum();
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
        let ensemble = if options.ensemble { ensemble::bytes_per_pixel(info.scale) } else { 0 };
        let by_rows = options.tiling == Tiling::Exact && !options.ensemble && !info.on_gpu;
        let row_bytes = info.row_bytes.filter(|_| by_rows);
        let info = NetworkInfo { bytes_per_pixel: info.bytes_per_pixel + ensemble, row_bytes, ..*info };
        let passes = plan::passes(from, size, &info, info.halo(options.tiling), workers)?;
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

    /// Whether the caller keeps the result: see [`streaming`](Self::streaming).
    pub fn streams(&self) -> bool {
        self.streams
    }

    /// The picture that the current pass reads, without alpha.
    pub fn source(&self) -> &Picture {
        &self.source
    }

    /// Divides the tiles of the current pass between the networks of a
    /// [`Ladder`](super::schedule::Ladder), which must compute them then: a plan for each tile, as
    /// [`Plan::tiles`](super::schedule::Plan::tiles) gives them.
    ///
    /// # Errors
    /// [`Error::Config`] if the tiles are exact, or there are more or fewer plans.
    pub fn schedule(&mut self, plans: Vec<Option<TilePlan>>) -> Result<()> {
        if self.exact {
            return Err(Error::Config(
                "a schedule is never exact, because its result depends on the tiles: use auto tiles, or leave out the \
                 schedule"
                    .into(),
            ));
        }
        if plans.len() != self.done.len() {
            return Err(Error::Config(format!("{} tiles cannot have {} plans", self.done.len(), plans.len())));
        }
        self.plans = plans;
        Ok(())
    }

    /// The colour profile of the picture and of the result.
    pub fn profile(&self) -> Option<&[u8]> {
        self.kept.profile.as_deref()
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
        let (all, done) = self.work;
        if all == 0 { 1.0 } else { done as f64 / all as f64 }
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
        let plan = self.plans.get(index).cloned().flatten();
        let planes = self.source.rgb_planes(tile.source);
        TileInput { tile, ensemble: self.ensemble, exact: self.exact, plan, planes }
    }

    /// Takes the result of [`run_tile`](super::run_tile) for tile `index`. The last tile begins the
    /// next pass.
    ///
    /// # Errors
    /// [`Error::Config`] if the current pass has no such tile, has it already, or `output` has
    /// another size.
    pub fn accept(&mut self, index: usize, output: &TileOutput) -> Result<()> {
        self.check_open(index)?;
        let area = self.tile(index).target;
        let (values, expected) = (output.planes.len(), 3 * area.width as usize * area.height as usize);
        if values != expected {
            return Err(Error::Config(format!("tile {index} needs {expected} values, not {values}")));
        }
        if let Some(target) = &mut self.target {
            target.set_rgb_planes(area, &output.planes);
        }
        self.close(index, output.recomputed)
    }

    /// Takes the place of [`accept`](Self::accept) in the last pass of a job that
    /// [`streams`](Self::streams): the caller keeps the tile's result.
    ///
    /// # Errors
    /// As `accept`; [`Error::Config`] if the job needs the result.
    pub fn book(&mut self, index: usize, recomputed: bool) -> Result<()> {
        self.check_open(index)?;
        if self.target.is_some() {
            return Err(Error::Config(format!("the job needs the result of tile {index}")));
        }
        self.close(index, recomputed)
    }

    fn check_open(&self, index: usize) -> Result<()> {
        if self.done.get(index) == Some(&false) {
            return Ok(());
        }
        Err(Error::Config(format!("tile {index} does not belong to this pass, or was accepted before")))
    }

    fn close(&mut self, index: usize, recomputed: bool) -> Result<()> {
        self.done[index] = true;
        self.left -= 1;
        self.work.1 += self.passes[self.pass].work_of(index);
        self.recomputed += usize::from(recomputed);
        if self.left == 0 {
            if let Some(target) = self.target.take() {
                self.source = target;
            }
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
        if !(last && self.streams) {
            self.target = Some(Picture::blank(pass.target.0, pass.target.1, self.source.layout, depth)?);
        }
        self.plans = Vec::new();
        self.done = vec![false; pass.tiles.len()];
        self.left = pass.tiles.len();
        Ok(())
    }

    /// The picture's notes, and one if tiles had to be recomputed.
    pub fn notes(&self) -> Vec<String> {
        let again = (self.recomputed > 0).then(|| {
            let tiles: usize = self.passes.iter().map(|pass| pass.tiles.len()).sum();
            let (count, were) = (self.recomputed, if self.recomputed == 1 { "was" } else { "were" });
            format!("{count} of {tiles} tiles gave NaN or infinity and {were} recomputed on the CPU")
        });
        self.kept.notes.iter().cloned().chain(again).collect()
    }

    /// The result after the last pass, with the picture's profile and notes, and its alpha, which a
    /// bicubic filter enlarged.
    ///
    /// # Errors
    /// [`Error::Config`] if tiles are missing, or the caller keeps the result.
    pub fn finish(self) -> Result<Picture> {
        if self.left > 0 {
            return Err(Error::Config(format!("pass {} of {} is not complete", self.pass + 1, self.passes.len())));
        }
        if self.streams {
            return Err(Error::Config("the job does not hold the result: it was handed out tile by tile".into()));
        }
        let notes = self.notes();
        let Kept { size: (width, height), alpha, profile, .. } = self.kept;
        let mut result = self.source;
        if let Some(alpha) = alpha {
            result = result.join_alpha(&resize_grey(&alpha, width, height, Filter::CatmullRom)?)?;
        }
        (result.profile, result.notes) = (profile, notes);
        Ok(result)
    }
}
