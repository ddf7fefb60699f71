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

mod grid;
mod partition;
mod plan;
mod score;
mod table;

use std::sync::{Arc, Mutex};

use self::grid::{core, with_halo};
use self::partition::Cells;
use self::plan::{Needs, Plan, cover, is_whole};
use super::tile::{ordinary, run_network};
use super::{Enlarge, Tile, TileInput};
use crate::error::{Error, Result};
use crate::image::matlab::MatlabBicubic;
use crate::image::{Area, Picture};

pub use score::Score;
pub use table::{Errors, Lessons, Schedule};

/// The halo of a rectangle of cells, in low-resolution pixels. It loses less than what it saves
/// gains elsewhere; whole tiles have the network's own.
const HALO: u32 = 4;

/// Low-resolution pixels over which two rungs are blended, half of them on each side.
const BLEND: f32 = 4.0;

/// The three ways to compute a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rung {
    Bicubic,
    Cheap,
    Whole,
}

impl Rung {
    const ALL: [Self; 3] = [Self::Bicubic, Self::Cheap, Self::Whole];

    /// Its work for each pixel, if the whole network's is 1.
    fn cost(self, cheap: f64) -> f64 {
        [0.0, cheap, 1.0][self as usize]
    }
}

/// The networks of a schedule, and when to use which.
pub struct Ladder<M> {
    /// The whole network.
    pub whole: Arc<M>,
    /// The cheap network, of the same scale.
    pub cheap: Arc<dyn Enlarge>,
    /// The work of the cheap network, if that of the whole one is 1.
    pub cheap_cost: f64,
    /// The tables of their errors.
    pub schedule: Schedule,
}

/// A report on a scheduler's work.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Scheduling {
    /// The cells that bicubic computed, ...
    pub bicubic: usize,
    /// ... the cheap network, ...
    pub cheap: usize,
    /// ... and the whole network.
    pub whole: usize,
    /// The networks' work, as a share of what the whole network does without a scheduler.
    pub work: f64,
}

/// A network that [`upscale`](super::upscale) uses like any other, and that computes as
/// scheduled. It is made for one picture.
pub struct Scheduled<M> {
    ladder: Arc<Ladder<M>>,
    effort: u8,
    score: Score,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    plan: Option<Arc<Plan>>,
    /// The halo of the pass's tiles.
    halo: u32,
    done: Scheduling,
    /// The low-resolution pixels that the networks compute in all passes so far, and those that the
    /// whole network would.
    work: (f64, f64),
}

impl<M: Enlarge> Scheduled<M> {
    /// `effort` is in %: 0 is bicubic everywhere, and 100 the whole network everywhere, without any
    /// difference to its ordinary result. In between, the work that a picture takes depends on how
    /// much it gains: 60 % loses little, and saves much on soft pictures.
    ///
    /// # Errors
    /// [`Error::Config`] if the effort is above 100, [`Error::Weights`] if the tables are damaged.
    pub fn new(ladder: Arc<Ladder<M>>, effort: u8, score: Score) -> Result<Self> {
        if effort > 100 {
            return Err(Error::Config(format!("the effort is {effort} %; it must be from 0 to 100")));
        }
        if !ladder.schedule.errors(score).is_valid() {
            return Err(Error::Weights("the tables of its scheduler are damaged: use another file".into()));
        }
        Ok(Self { ladder, effort, score, state: Mutex::default() })
    }

    /// The work so far.
    pub fn report(&self) -> Scheduling {
        self.state.lock().expect(LOCK).done
    }

    fn make_plan(
        &self,
        size: (u32, u32),
        tiles: &[Tile],
        halo: u32,
        planes: &(dyn Fn(Area) -> Vec<f32> + Sync),
    ) -> Plan {
        let errors = self.ladder.schedule.errors(self.score);
        Plan::new(&Needs {
            size,
            tiles,
            halo,
            planes,
            score: self.score,
            errors: &|score| errors.at(score),
            cheap_cost: self.ladder.cheap_cost,
            effort: f64::from(self.effort) / 100.0,
        })
    }

    fn enlarge_planned(&self, plan: &Plan, halo: u32, input: &TileInput) -> Result<Vec<f32>> {
        let core = core(&input.tile, halo);
        if is_whole(&plan.grid, &plan.rungs, core) {
            return ordinary(&*self.ladder.whole, input);
        }
        let scale = self.scale();
        let source = input.tile.source;
        let mut canvas = Canvas::new(source, scale);
        for rung in Rung::ALL {
            for cells in cover(&plan.grid, &plan.rungs, rung, core, source) {
                let area = with_halo(plan.grid.pixels(&cells, core), HALO, source);
                let (height, width) = (area.height as usize, area.width as usize);
                let planes = cut(&input.planes, source, area);
                let result = match rung {
                    Rung::Bicubic => bicubic(&planes, area.height, area.width, scale as u32)?,
                    Rung::Cheap => run_network(&*self.ladder.cheap, planes, height, width, input.ensemble)?,
                    Rung::Whole => run_network(&*self.ladder.whole, planes, height, width, input.ensemble)?,
                };
                for row in cells.y.clone() {
                    for column in cells.x.clone().filter(|&column| plan.rung(column, row) == rung) {
                        canvas.add(plan, (column, row), core, area, &result);
                    }
                }
            }
        }
        Ok(canvas.values)
    }
}

const LOCK: &str = "no thread panics while it holds the plan";

/// The operations that [`upscale`](super::upscale) needs from a scheduler beside [`Enlarge`].
pub trait Schedules: Send + Sync {
    /// Plans a pass over `picture` with these tiles, whose halo is `halo` low-resolution pixels.
    fn begin_pass(&self, picture: &Picture, tiles: &[Tile], halo: Option<usize>);

    /// Enlarges a tile of the pass: its source, with anything in the halo.
    ///
    /// # Errors
    /// Those of the networks.
    fn enlarge_tile(&self, input: &TileInput) -> Result<Vec<f32>>;
}

impl<M: Enlarge> Schedules for Scheduled<M> {
    fn begin_pass(&self, picture: &Picture, tiles: &[Tile], halo: Option<usize>) {
        let halo = halo.map_or(0, |halo| halo as u32);
        let plan = self.make_plan((picture.width, picture.height), tiles, halo, &|area| picture.rgb_planes(area));
        let mut state = self.state.lock().expect(LOCK);
        let [bicubic, cheap, whole] = plan.counts();
        let (ordinary, work) = (state.work.0 + plan.work.0, state.work.1 + plan.work.1);
        state.work = (ordinary, work);
        state.done = Scheduling {
            bicubic: state.done.bicubic + bicubic,
            cheap: state.done.cheap + cheap,
            whole: state.done.whole + whole,
            work: work / ordinary,
        };
        (state.plan, state.halo) = (Some(Arc::new(plan)), halo);
    }

    fn enlarge_tile(&self, input: &TileInput) -> Result<Vec<f32>> {
        let (plan, halo) = {
            let state = self.state.lock().expect(LOCK);
            (state.plan.clone(), state.halo)
        };
        let plan = plan.ok_or_else(|| Error::Config("a scheduler needs a plan before its tiles".into()))?;
        self.enlarge_planned(&plan, halo, input)
    }
}

impl<M: Enlarge> Enlarge for Scheduled<M> {
    fn scale(&self) -> usize {
        self.ladder.whole.scale()
    }

    fn halo(&self) -> Option<usize> {
        self.ladder.whole.halo()
    }

    fn auto_halo(&self) -> Option<usize> {
        self.ladder.whole.auto_halo()
    }

    fn bytes_per_pixel(&self) -> usize {
        // Beside a rectangle's, the tile's result.
        let result = 3 * size_of::<f32>() * self.scale() * self.scale();
        self.ladder.whole.bytes_per_pixel() + if self.effort < 100 { result } else { 0 }
    }

    fn enlarge(&self, planes: Vec<f32>, height: usize, width: usize) -> Result<Vec<f32>> {
        let size = (width as u32, height as u32);
        let scale = self.scale() as u32;
        let source = Area { left: 0, top: 0, width: size.0, height: size.1 };
        let target = Area { left: 0, top: 0, width: scale * size.0, height: scale * size.1 };
        let tile = Tile { source_size: size, target_size: (target.width, target.height), source, target };
        let plan = self.make_plan(size, &[tile], 0, &|area| cut(&planes, source, area));
        self.enlarge_planned(&plan, 0, &TileInput { tile, ensemble: false, exact: false, planes })
    }

    fn schedules(&self) -> Option<&dyn Schedules> {
        Some(self)
    }
}

/// `planes` of that size, enlarged.
fn bicubic(planes: &[f32], height: u32, width: u32, scale: u32) -> Result<Vec<f32>> {
    Ok(MatlabBicubic::new((width, height), (scale * width, scale * height))?.planes(planes))
}

/// The planes of `area`, from those of `source`.
fn cut(planes: &[f32], source: Area, area: Area) -> Vec<f32> {
    let (width, height) = (source.width as usize, source.height as usize);
    let (left, top) = ((area.left - source.left) as usize, (area.top - source.top) as usize);
    let rows = |plane: &[f32]| -> Vec<f32> {
        let rows = plane.chunks_exact(width).skip(top).take(area.height as usize);
        rows.flat_map(|row| &row[left..left + area.width as usize]).copied().collect()
    };
    planes.chunks_exact(width * height).flat_map(rows).collect()
}

/// A tile's result, to which each cell adds its part. At a pixel, the weights of all cells have the
/// sum 1.
struct Canvas {
    source: Area,
    scale: usize,
    values: Vec<f32>,
}

impl Canvas {
    fn new(source: Area, scale: usize) -> Self {
        let count = 3 * scale * scale * source.width as usize * source.height as usize;
        Self { source, scale, values: vec![0.0; count] }
    }

    /// Adds the cell in this column and row of the plan. `result` is what its rung made of `area`.
    fn add(&mut self, plan: &Plan, (column, row): (usize, usize), core: Area, area: Area, result: &[f32]) {
        let cells = Cells { x: column..column + 1, y: row..row + 1 };
        // The pixels with a weight, as far as they are the tile's.
        let part = with_halo(plan.grid.pixels(&cells, core), BLEND as u32 / 2, core);
        let scale = self.scale;
        let across = weights(&plan.grid.x, column, part.left, part.width, scale);
        let down = weights(&plan.grid.y, row, part.top, part.height, scale);
        let (to, from) = (Planes::of(self.source, part, scale), Planes::of(area, part, scale));
        for plane in 0..3 {
            for (y, &high) in down.iter().enumerate() {
                let values = &mut self.values[to.row(plane, y)..][..across.len()];
                let results = &result[from.row(plane, y)..][..across.len()];
                for ((value, &result), &wide) in values.iter_mut().zip(results).zip(&across) {
                    *value += high * wide * result;
                }
            }
        }
    }
}

/// Where the rows of a part lie in enlarged planes.
struct Planes {
    plane: usize,
    width: usize,
    start: usize,
}

impl Planes {
    fn of(all: Area, part: Area, scale: usize) -> Self {
        let width = scale * all.width as usize;
        let (left, top) = ((part.left - all.left) as usize, (part.top - all.top) as usize);
        Self { plane: width * scale * all.height as usize, width, start: scale * (top * width + left) }
    }

    fn row(&self, plane: usize, row: usize) -> usize {
        plane * self.plane + self.start + row * self.width
    }
}

/// The weights along one axis of the cell between `edges[index]` and the next, at the enlarged
/// pixels of `length` low-resolution pixels from `start` on: 1 inside, and less around an edge,
/// where two cells blend.
fn weights(edges: &[u32], index: usize, start: u32, length: u32, scale: usize) -> Vec<f32> {
    let (low, high) = (edges[index] as f32, edges[index + 1] as f32);
    let (is_first, is_last) = (index == 0, index + 2 == edges.len());
    let weight = |pixel: usize| {
        let at = start as f32 + (pixel as f32 + 0.5) / scale as f32;
        let rise = if is_first { 1.0 } else { ((at - low) / BLEND + 0.5).clamp(0.0, 1.0) };
        let fall = if is_last { 1.0 } else { ((high - at) / BLEND + 0.5).clamp(0.0, 1.0) };
        rise.min(fall)
    };
    (0..scale * length as usize).map(weight).collect()
}

#[cfg(test)]
mod tests;
