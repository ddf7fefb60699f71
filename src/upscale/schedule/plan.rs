//! Which rung computes which cell of a picture.

use std::ops::Range;

use super::grid::{Grid, core};
use super::partition::{Cells, partition};
use super::score::{Luma, Score};
use super::{HALO, Rung, RungMap, TilePlan};
use crate::image::Area;
use crate::upscale::Tile;

/// The price of work at an effort of 50 %, in dB for the whole network's work. At 60 % it is two
/// thirds of this, at 80 % a quarter: high enough to save work, and low enough that no picture of
/// Set14 and Kodak24 loses 0.1 dB at 60 %.
const PRICE: f64 = 0.41;

/// The decibels of a small relative change of the squared error.
const DECIBELS: f64 = 10.0 / std::f64::consts::LN_10;

/// A picture with a side of fewer pixels is one network's, which is given a margin.
const MIN_SIDE: u32 = 4;

/// The facts that a plan is made from.
pub(super) struct Needs<'a> {
    /// Width and height.
    pub(super) size: (u32, u32),
    /// The tiles that compute the picture, and their halo.
    pub(super) tiles: &'a [Tile],
    pub(super) halo: u32,
    /// Gives the planes of an area.
    pub(super) planes: &'a (dyn Fn(Area) -> Vec<f32> + Sync),
    pub(super) score: Score,
    /// Gives the errors of the rungs for a score.
    pub(super) errors: &'a dyn Fn(f32) -> [f64; 3],
    /// The cheap network's work for each pixel, if the whole network's is 1.
    pub(super) cheap_cost: f64,
    /// From 0 to 1.
    pub(super) effort: f64,
}

/// The rung of each cell of a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    pub(super) grid: Grid,
    pub(super) rungs: Vec<Rung>,
    /// The halo of the tiles.
    halo: u32,
    /// The low-resolution pixels that the whole network would compute with ordinary tiles, and the
    /// work of this plan in the same unit.
    pub(super) work: (f64, f64),
    /// The share of each tile in the latter.
    pub tile_work: Vec<f64>,
}

impl Plan {
    /// The plan with the least sum of the expected loss and the price of its work. So the expected
    /// loss against the whole network, in dB, is at most the price times the share of the work that
    /// is saved.
    pub(super) fn new(needs: &Needs<'_>) -> Self {
        let bounds = Area { left: 0, top: 0, width: needs.size.0, height: needs.size.1 };
        let cores: Vec<Area> = needs.tiles.iter().map(|tile| core(tile, needs.halo)).collect();
        let grid = Grid::new(needs.size, &cores);
        let errors: Vec<_> = scores(&grid, needs).into_iter().map(needs.errors).collect();
        let errors = Summed::new(&grid, &errors, bounds);
        let ordinary: f64 = needs.tiles.iter().map(|tile| tile.source.pixels() as f64).sum();
        let all = Cells { x: 0..grid.columns(), y: 0..grid.rows() };
        let is_small = needs.size.0.min(needs.size.1) < MIN_SIDE;
        let rungs = if needs.effort <= 0.0 {
            vec![Rung::Bicubic; grid.columns() * grid.rows()]
        } else if needs.effort >= 1.0 || is_small {
            vec![Rung::Whole; grid.columns() * grid.rows()]
        } else {
            // In squared error for each low-resolution pixel of the whole network.
            let least = errors.of(&all)[Rung::Whole as usize];
            let price = PRICE * (1.0 - needs.effort) / needs.effort * least / DECIBELS / ordinary;
            choose(&grid, &errors, &blocks(&grid, &cores), bounds, price, needs.cheap_cost)
        };
        let tile_work = work(&grid, &rungs, needs.tiles, &cores, needs.cheap_cost);
        let work = (ordinary, tile_work.iter().sum());
        Self { grid, rungs, halo: needs.halo, work, tile_work }
    }

    /// The plan of each of the tiles that this was made for.
    pub fn tiles(&self, tiles: &[Tile]) -> Vec<Option<TilePlan>> {
        tiles.iter().map(|tile| self.of(tile)).collect()
    }

    /// The rungs of a tile's cells; `None` if the tile is the whole network's, which then computes
    /// it as without a scheduler.
    fn of(&self, tile: &Tile) -> Option<TilePlan> {
        let (grid, core) = (&self.grid, core(tile, self.halo));
        if is_whole(grid, &self.rungs, core) {
            return None;
        }
        let cells = grid.cells(core);
        let row = |row: usize| &self.rungs[grid.index(cells.x.start, row)..grid.index(cells.x.end, row)];
        let rungs = cells.y.clone().flat_map(row).copied().collect();
        let edges = |edges: &[u32], range: &Range<usize>| edges[range.start..=range.end].to_vec();
        let grid = Grid { x: edges(&grid.x, &cells.x), y: edges(&grid.y, &cells.y) };
        Some(TilePlan { grid, rungs, halo: self.halo })
    }

    /// The tiles by their work, the most first, and before all others those that need the whole
    /// network; and how many these are. `plans` are those of [`Self::tiles`].
    #[cfg(not(target_arch = "wasm32"))]
    pub(in crate::upscale) fn hardest_first(&self, plans: &[Option<TilePlan>]) -> (Vec<usize>, usize) {
        let needs_whole = |&tile: &usize| plans[tile].as_ref().is_none_or(TilePlan::needs_whole);
        let mut tiles: Vec<_> = (0..plans.len()).collect();
        tiles.sort_by(|&one, &other| self.tile_work[other].total_cmp(&self.tile_work[one]));
        tiles.sort_by_key(|tile| !needs_whole(tile));
        let hard = tiles.iter().filter(|tile| needs_whole(tile)).count();
        (tiles, hard)
    }

    /// Which rung computes which part of the picture.
    pub(super) fn map(&self) -> RungMap {
        let share = |edges: &[u32]| {
            let length = edges.last().copied().unwrap_or(1) as f32;
            edges.iter().map(|&edge| edge as f32 / length).collect()
        };
        RungMap { x: share(&self.grid.x), y: share(&self.grid.y), rungs: self.rungs.clone() }
    }

    /// How many cells each rung has, the cheapest first.
    pub(super) fn counts(&self) -> [usize; 3] {
        Rung::ALL.map(|rung| self.rungs.iter().filter(|&&other| other == rung).count())
    }
}

/// `make` of each index, on all threads where there are some.
fn parallel_map<T: Send>(count: usize, make: impl Fn(usize) -> T + Sync + Send) -> Vec<T> {
    #[cfg(not(target_arch = "wasm32"))]
    {
        use rayon::prelude::*;
        (0..count).into_par_iter().map(make).collect()
    }
    #[cfg(target_arch = "wasm32")]
    (0..count).map(make).collect()
}

/// The score of each cell, row by row.
fn scores(grid: &Grid, needs: &Needs<'_>) -> Vec<f32> {
    let ((width, height), score) = (needs.size, needs.score);
    let planes = needs.planes;
    let row = |row: usize| {
        let (from, to) = (grid.y[row], grid.y[row + 1]);
        let (top, end) = (from.saturating_sub(1), (to + 1).min(height));
        let planes = planes(Area { left: 0, top, width, height: end - top });
        let luma = Luma::of(&planes, top, width as usize);
        let edges = grid.x.windows(2);
        let cells = edges.map(|x| Area { left: x[0], top: from, width: x[1] - x[0], height: to - from });
        cells.map(|cell| score.of(&luma, cell)).collect::<Vec<_>>()
    };
    parallel_map(grid.rows(), row).concat()
}

/// The picture's cells, about a tile's at a time: those from the middle of one tile's seam to the
/// next.
fn blocks(grid: &Grid, cores: &[Area]) -> Vec<Cells> {
    let starts = |edges: &[u32], from: &mut dyn Iterator<Item = u32>| {
        let mut starts: Vec<usize> =
            from.map(|start| edges.partition_point(|&edge| edge < start).min(edges.len() - 1)).collect();
        starts.push(edges.len() - 1);
        starts.sort_unstable();
        starts.dedup();
        starts
    };
    let x = starts(&grid.x, &mut cores.iter().map(|core| core.left));
    let y = starts(&grid.y, &mut cores.iter().map(|core| core.top));
    let rows = y.windows(2);
    rows.flat_map(|y| x.windows(2).map(|x| Cells { x: x[0]..x[1], y: y[0]..y[1] })).collect()
}

/// The errors of the rungs, summed over all cells to the left and above, so that the sum of any
/// rectangle takes four of them.
struct Summed {
    columns: usize,
    sums: Vec<[f64; 3]>,
}

impl Summed {
    fn new(grid: &Grid, errors: &[[f64; 3]], bounds: Area) -> Self {
        let columns = grid.columns() + 1;
        let mut sums = vec![[0.0; 3]; columns * (grid.rows() + 1)];
        for row in 0..grid.rows() {
            for column in 0..grid.columns() {
                let area = grid.pixels(&Cells { x: column..column + 1, y: row..row + 1 }, bounds).pixels() as f64;
                let error = errors[grid.index(column, row)];
                let at = |row: usize, column: usize| sums[row * columns + column];
                let (above, left, corner) = (at(row, column + 1), at(row + 1, column), at(row, column));
                sums[(row + 1) * columns + column + 1] =
                    [0, 1, 2].map(|rung| error[rung] * area + above[rung] + left[rung] - corner[rung]);
            }
        }
        Self { columns, sums }
    }

    fn of(&self, cells: &Cells) -> [f64; 3] {
        let at = |row: usize, column: usize| self.sums[row * self.columns + column];
        let (a, b) = (at(cells.y.end, cells.x.end), at(cells.y.start, cells.x.start));
        let (c, d) = (at(cells.y.start, cells.x.end), at(cells.y.end, cells.x.start));
        [0, 1, 2].map(|rung| a[rung] + b[rung] - c[rung] - d[rung])
    }
}

/// The rungs for which the error and what they cost at this price have the least sum: rectangles
/// of cells, each with its halo.
fn choose(grid: &Grid, errors: &Summed, blocks: &[Cells], bounds: Area, price: f64, cheap_cost: f64) -> Vec<Rung> {
    let best = |cells: &Cells| {
        let (errors, area) = (errors.of(cells), grid.pixels(cells, bounds).with_halo(HALO, bounds).pixels() as f64);
        let sums = Rung::ALL.map(|rung| (errors[rung as usize] + price * rung.cost(cheap_cost) * area, rung));
        sums.into_iter().min_by(|a, b| a.0.total_cmp(&b.0)).expect("three rungs")
    };
    let parts = parallel_map(blocks.len(), |index| partition(&blocks[index], &|cells| best(cells).0).1);
    let mut rungs = vec![Rung::Bicubic; grid.columns() * grid.rows()];
    for cells in parts.into_iter().flatten() {
        let rung = best(&cells).1;
        for row in cells.y.clone() {
            cells.x.clone().for_each(|column| rungs[grid.index(column, row)] = rung);
        }
    }
    rungs
}

/// The rectangles by which a tile computes its cells of one rung. They cover each once, and may
/// cover others.
pub(super) fn cover(grid: &Grid, rungs: &[Rung], rung: Rung, core: Area, source: Area) -> Vec<Cells> {
    let is_needed =
        |cells: &Cells| cells.y.clone().any(|row| cells.x.clone().any(|column| rungs[grid.index(column, row)] == rung));
    let area = |cells: &Cells| grid.pixels(cells, core).with_halo(HALO, source).pixels() as f64;
    let (_, mut parts) = partition(&grid.cells(core), &|cells| if is_needed(cells) { area(cells) } else { 0.0 });
    parts.retain(is_needed);
    parts
}

/// Whether a tile is the whole network's, which then computes it as without a scheduler.
pub(super) fn is_whole(grid: &Grid, rungs: &[Rung], core: Area) -> bool {
    let cells = grid.cells(core);
    cells.y.clone().all(|row| cells.x.clone().all(|column| rungs[grid.index(column, row)] == Rung::Whole))
}

/// The work of the networks in each tile, in low-resolution pixels of the whole network.
fn work(grid: &Grid, rungs: &[Rung], tiles: &[Tile], cores: &[Area], cheap_cost: f64) -> Vec<f64> {
    let tile = |index: usize| -> f64 {
        let (tile, core) = (&tiles[index], cores[index]);
        if is_whole(grid, rungs, core) {
            return tile.source.pixels() as f64;
        }
        let of = |rung: Rung| -> f64 {
            let parts = cover(grid, rungs, rung, core, tile.source);
            let area = |cells: &Cells| grid.pixels(cells, core).with_halo(HALO, tile.source).pixels() as f64;
            parts.iter().map(area).sum::<f64>() * rung.cost(cheap_cost)
        };
        of(Rung::Cheap) + of(Rung::Whole)
    };
    parallel_map(tiles.len(), tile)
}
