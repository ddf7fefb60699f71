//! The scheduler of MobiSR (Lee and others, MobiCom 2019): an expensive network where it gains
//! most, a cheaper one or bicubic elsewhere.
//!
//! The picture is divided into **cells** of about 32 x 32 low-resolution pixels. Each is given a
//! **rung**: bicubic, the cheap network or the whole network. A score, which takes little time,
//! tells the error that each rung is expected to make there, as learnt from training pictures
//! ([`Lessons`]). The **effort** sets a price of work: how many dB the whole network's work must be
//! worth. A plan has the least sum of expected loss and price. It counts the halos too: it prefers
//! cells that lie together, and computes them as few rectangles.
//!
//! Where rungs change, results are blended over four pixels. The result depends on the cut
//! into tiles and on the network's halo, so that this is never an exact mode.
//!
//! A [`Scheduler`] plans, and a [`Ladder`] holds the networks. [`Job::schedule`] connects the two:
//! each tile's input says which rung computes which of its cells.
//!
//! [`Job::schedule`]: super::Job::schedule

mod grid;
#[cfg(not(target_arch = "wasm32"))]
mod lessons;
mod partition;
mod plan;
mod score;
mod table;
mod tile;

use std::sync::Arc;

use self::plan::Needs;
use super::{Enlarge, Tile};
use crate::config::NetworkConfig;
use crate::error::{Error, Result};
use crate::image::Picture;
use crate::network::cost::Cost;

#[cfg(not(target_arch = "wasm32"))]
pub use lessons::Lessons;
pub use plan::Plan;
pub use score::Score;
pub use table::{Errors, Schedule};
pub use tile::TilePlan;

/// The halo of a rectangle of cells, in low-resolution pixels. It loses less than what it saves
/// gains elsewhere; whole tiles have the network's own.
const HALO: u32 = 4;

/// The effort that is used unless another is given, in %.
pub const DEFAULT_EFFORT: u8 = 60;

/// The three ways to compute a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rung {
    /// MATLAB's bicubic.
    Bicubic,
    /// The cheap network.
    Cheap,
    /// The whole network.
    Whole,
}

impl Rung {
    /// All, the cheapest first.
    pub const ALL: [Self; 3] = [Self::Bicubic, Self::Cheap, Self::Whole];

    /// Its work for each pixel, if the whole network's is 1.
    fn cost(self, cheap: f64) -> f64 {
        [0.0, cheap, 1.0][self as usize]
    }
}

/// The networks of a schedule. By itself it is the whole network.
pub struct Ladder<M> {
    /// The whole network.
    pub whole: Arc<M>,
    /// The cheap network, of the same scale.
    pub cheap: Arc<dyn Enlarge>,
}

/// Decides which rung computes which part of a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Scheduler {
    errors: Errors,
    score: Score,
    /// The cheap network's work for each pixel, if the whole network's is 1.
    cheap_cost: f64,
    effort: u8,
}

/// A report on a scheduler's work.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scheduling {
    /// How many cells each rung computed, in all passes: bicubic, the cheap and the whole network.
    pub cells: [usize; 3],
    /// The networks' work, as a share of what the whole network does without a scheduler.
    pub work: f64,
    /// The cells of the last pass.
    pub map: RungMap,
    /// The low-resolution pixels that the whole network computes without a scheduler, and the
    /// networks' work in the same unit.
    pub pixels: (f64, f64),
    /// The tiles of all passes that a GPU computed beside the CPU.
    pub gpu_tiles: usize,
}

/// Which rung computed which part of a picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RungMap {
    /// The edges of the columns of cells, from 0 to 1 along the width.
    pub x: Vec<f32>,
    /// The edges of the rows, from 0 to 1 along the height.
    pub y: Vec<f32>,
    /// Row by row.
    pub rungs: Vec<Rung>,
}

impl Scheduler {
    /// For the networks `whole` and `cheap`, whose errors `schedule` has.
    ///
    /// `effort` is in %: 0 is bicubic everywhere, and 100 the whole network everywhere, on the CPU
    /// without any difference to its ordinary result. In between, the work that a picture takes
    /// depends on how much it gains: 60 % loses little, and saves much on soft pictures.
    ///
    /// # Errors
    /// [`Error::Config`] if the effort is above 100, [`Error::Weights`] if the tables are damaged.
    pub fn new(
        schedule: &Schedule,
        whole: &NetworkConfig,
        cheap: &NetworkConfig,
        effort: u8,
        score: Score,
    ) -> Result<Self> {
        let work = |config: &NetworkConfig| Cost::of(config).macs_720p;
        Self::from_errors(schedule.errors(score).clone(), work(cheap) / work(whole), effort, score)
    }

    /// The same for the errors at each `score`. `cheap_cost` is the cheap network's work, if that
    /// of the whole one is 1.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn from_errors(errors: Errors, cheap_cost: f64, effort: u8, score: Score) -> Result<Self> {
        if effort > 100 {
            return Err(Error::Config(format!("the effort is {effort} %; it must be from 0 to 100")));
        }
        if !errors.is_valid() {
            return Err(Error::Weights("the tables of its scheduler are damaged: use another file".into()));
        }
        Ok(Self { errors, score, cheap_cost, effort })
    }

    /// Whether the whole network computes everything, as without a schedule.
    pub fn is_full(&self) -> bool {
        self.effort >= 100
    }

    /// Plans a pass over `picture` with these tiles, whose halo is `halo` low-resolution pixels.
    pub fn plan(&self, picture: &Picture, tiles: &[Tile], halo: Option<usize>) -> Plan {
        Plan::new(&Needs {
            size: (picture.width, picture.height),
            tiles,
            halo: halo.map_or(0, |halo| halo as u32),
            planes: &|area| picture.rgb_planes(area),
            score: self.score,
            errors: &|score| self.errors.at(score),
            cheap_cost: self.cheap_cost,
            effort: f64::from(self.effort) / 100.0,
        })
    }
}

impl Scheduling {
    /// Adds a pass.
    pub fn add(&mut self, plan: &Plan) {
        for (sum, count) in self.cells.iter_mut().zip(plan.counts()) {
            *sum += count;
        }
        self.pixels = (self.pixels.0 + plan.work.0, self.pixels.1 + plan.work.1);
        (self.work, self.map) = (self.pixels.1 / self.pixels.0, plan.map());
    }
}

impl<M: Enlarge> Enlarge for Ladder<M> {
    fn scale(&self) -> usize {
        self.whole.scale()
    }

    fn halo(&self) -> Option<usize> {
        self.whole.halo()
    }

    fn auto_halo(&self) -> Option<usize> {
        self.whole.auto_halo()
    }

    fn bytes_per_pixel(&self) -> usize {
        self.whole.bytes_per_pixel()
    }

    fn on_gpu(&self) -> bool {
        self.whole.on_gpu()
    }

    fn enlarge(&self, planes: Vec<f32>, height: usize, width: usize) -> Result<Vec<f32>> {
        self.whole.enlarge(planes, height, width)
    }

    fn enlarge_on_cpu(&self, planes: Vec<f32>, height: usize, width: usize) -> Result<Vec<f32>> {
        self.whole.enlarge_on_cpu(planes, height, width)
    }

    fn cheap(&self) -> Option<&dyn Enlarge> {
        Some(&*self.cheap)
    }
}

#[cfg(test)]
mod tests;
