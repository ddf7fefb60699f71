//! The computation of a tile whose cells have different rungs.

use super::grid::{Grid, core};
use super::partition::Cells;
use super::plan::cover;
use super::{HALO, Rung};
use crate::error::{Error, Result};
use crate::image::Area;
use crate::image::matlab::MatlabBicubic;
#[cfg(feature = "gpu")]
use crate::ops::Arithmetic;
#[cfg(feature = "gpu")]
use crate::upscale::EnlargeAsync;
use crate::upscale::tile::run_network;
use crate::upscale::{Enlarge, Tile, TileInput};

/// Low-resolution pixels over which two rungs are blended, half of them on each side.
const BLEND: f32 = 4.0;

/// The rungs of a tile's cells.
#[derive(Clone, Debug, PartialEq)]
pub struct TilePlan {
    /// The cells that the tile without its halo touches, where they lie in the picture.
    pub(super) grid: Grid,
    /// Their rungs, row by row.
    pub(super) rungs: Vec<Rung>,
    /// The halo of the tile, in low-resolution pixels.
    pub(super) halo: u32,
}

impl TilePlan {
    /// Whether it needs the whole network.
    #[cfg(not(target_arch = "wasm32"))]
    pub(super) fn needs_whole(&self) -> bool {
        self.rungs.contains(&Rung::Whole)
    }

    /// Enlarges the tile's source by `whole`, the cheap network that comes with it, and bicubic.
    /// The values in the halo may be anything.
    ///
    /// # Errors
    /// Those of the networks; [`Error::Config`] if there is no cheap network.
    pub(in crate::upscale) fn enlarge<M: Enlarge + ?Sized>(&self, whole: &M, input: &TileInput) -> Result<Vec<f32>> {
        let mut canvas = Canvas::new(input.tile.source, whole.scale());
        for part in self.parts(&input.tile) {
            let result = match part.rung {
                Rung::Whole => run_network(whole, part.planes(input), part.height(), part.width(), input.ensemble)?,
                _ => part.by_lower_rung(whole.cheap(), whole.scale(), input)?,
            };
            canvas.add_part(self, &part, core(&input.tile, self.halo), &result);
        }
        Ok(canvas.values)
    }

    /// The same with the whole network on a GPU and the cheap one on the CPU.
    ///
    /// # Errors
    /// As [`Self::enlarge`].
    #[cfg(feature = "gpu")]
    pub(in crate::upscale) async fn enlarge_async<M: EnlargeAsync, F: Enlarge>(
        &self,
        whole: &M,
        cheap: Option<&F>,
        input: &TileInput,
    ) -> Result<Vec<f32>> {
        let mut canvas = Canvas::new(input.tile.source, whole.scale());
        for part in self.parts(&input.tile) {
            let result = match part.rung {
                Rung::Whole => whole.enlarge_async(part.planes(input), part.height(), part.width()).await?,
                _ => Arithmetic::Winograd.run(|| part.by_lower_rung(cheap, whole.scale(), input))?,
            };
            canvas.add_part(self, &part, core(&input.tile, self.halo), &result);
        }
        Ok(canvas.values)
    }

    /// The rectangles by which the tile is computed.
    fn parts(&self, tile: &Tile) -> impl Iterator<Item = Part> {
        let (grid, core, source) = (&self.grid, core(tile, self.halo), tile.source);
        Rung::ALL.into_iter().flat_map(move |rung| {
            let cells = cover(grid, &self.rungs, rung, core, source).into_iter();
            cells.map(move |cells| Part { area: grid.pixels(&cells, core).with_halo(HALO, source), rung, cells })
        })
    }

    /// Its columns, rows and halo, the edges of the cells and the rungs, as numbers of 32 bits for
    /// [`Self::from_numbers`].
    pub(crate) fn to_numbers(&self) -> Vec<u32> {
        let sizes = [self.grid.columns() as u32, self.grid.rows() as u32, self.halo];
        let rungs = self.rungs.iter().map(|&rung| rung as u32);
        sizes.into_iter().chain(self.grid.x.iter().chain(&self.grid.y).copied()).chain(rungs).collect()
    }

    /// Reads what [`Self::to_numbers`] gave; `None` if the numbers are something else.
    pub(crate) fn from_numbers(numbers: &[u32]) -> Option<Self> {
        let (&[columns, rows, halo], rest) = numbers.split_first_chunk()?;
        let (x, rest) = rest.split_at_checked(columns as usize + 1)?;
        let (y, rungs) = rest.split_at_checked(rows as usize + 1)?;
        if rungs.len() != columns as usize * rows as usize {
            return None;
        }
        let rung = |&number: &u32| Rung::ALL.get(number as usize).copied();
        let rungs = rungs.iter().map(rung).collect::<Option<_>>()?;
        Some(Self { grid: Grid { x: x.to_vec(), y: y.to_vec() }, rungs, halo })
    }
}

/// A rectangle of a tile that one rung computes.
struct Part {
    rung: Rung,
    cells: Cells,
    /// With its halo, in low-resolution pixels of the picture.
    area: Area,
}

impl Part {
    fn height(&self) -> usize {
        self.area.height as usize
    }

    fn width(&self) -> usize {
        self.area.width as usize
    }

    /// Its part of the tile's planes.
    fn planes(&self, input: &TileInput) -> Vec<f32> {
        cut(&input.planes, input.tile.source, self.area)
    }

    /// Enlarges it by bicubic or the cheap network.
    fn by_lower_rung<M: Enlarge + ?Sized>(
        &self,
        cheap: Option<&M>,
        scale: usize,
        input: &TileInput,
    ) -> Result<Vec<f32>> {
        let planes = self.planes(input);
        if self.rung == Rung::Bicubic {
            return bicubic(&planes, self.area.height, self.area.width, scale as u32);
        }
        let cheap = cheap.ok_or_else(|| Error::Config("a schedule needs a cheap network too".into()))?;
        run_network(cheap, planes, self.height(), self.width(), input.ensemble)
    }
}

/// `planes` of that size, enlarged.
pub(super) fn bicubic(planes: &[f32], height: u32, width: u32, scale: u32) -> Result<Vec<f32>> {
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

    /// Adds the cells of a part, as far as they are its rung's. `result` is what that made of its
    /// area.
    fn add_part(&mut self, plan: &TilePlan, part: &Part, core: Area, result: &[f32]) {
        let (grid, Cells { x, y }) = (&plan.grid, &part.cells);
        for row in y.clone() {
            for column in x.clone().filter(|&column| plan.rungs[grid.index(column, row)] == part.rung) {
                self.add(grid, (column, row), core, part.area, result);
            }
        }
    }

    /// Adds the cell in this column and row of the grid. `result` is what its rung made of `area`.
    fn add(&mut self, grid: &Grid, (column, row): (usize, usize), core: Area, area: Area, result: &[f32]) {
        let cells = Cells { x: column..column + 1, y: row..row + 1 };
        // The pixels with a weight, as far as they are the tile's.
        let part = grid.pixels(&cells, core).with_halo(BLEND as u32 / 2, core);
        let scale = self.scale;
        let across = weights(&grid.x, column, part.left, part.width, scale);
        let down = weights(&grid.y, row, part.top, part.height, scale);
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
