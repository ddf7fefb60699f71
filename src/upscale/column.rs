//! A column of exact tiles on its way down a picture.

use std::ops::Range;

use super::axis::filter_reach;
use super::enlarge::Enlarge;
use super::margin::Margin;
use super::tile::{Tile, TileInput, TileOutput, all_finite, run_tile, shrink};
use crate::error::Result;
use crate::image::Area;
use crate::network::{ByRows, Strip};

/// Computes tiles as [`run_tile`] does. If exact tiles come in order, from the top of a column of
/// the picture to its bottom, no row is computed twice: between two tiles it keeps the rows of each
/// feature map that the next one needs. The results are the same in any order, bit for bit.
#[derive(Default)]
pub struct Column {
    running: Option<Running>,
}

/// The state between two tiles.
struct Running {
    network: ByRows,
    /// The tile that was computed last.
    tile: Tile,
    /// The picture's row that is the network's first one.
    start: u32,
    /// The input of that tile. A tile of another picture would have another.
    planes: Vec<f32>,
}

impl Column {
    /// See [`run_tile`].
    ///
    /// # Errors
    /// As [`run_tile`].
    pub fn run_tile<M: Enlarge + ?Sized>(&mut self, model: &M, input: TileInput) -> Result<TileOutput> {
        let Some(output) = self.compute(model, &input)? else { return run_tile(model, input) };
        if let Some(running) = &mut self.running {
            running.planes = input.planes;
        }
        Ok(output)
    }

    /// `None` if the tile needs another way: it isn't exact, or its result isn't finite. The caller
    /// keeps the planes.
    fn compute<M: Enlarge + ?Sized>(&mut self, model: &M, input: &TileInput) -> Result<Option<TileOutput>> {
        let TileInput { tile, planes, ensemble, exact, plan } = input;
        let Tile { source_size, target_size, source, target } = *tile;
        let running = self.running.take();
        let is_plain = *exact && !ensemble && plan.is_none() && Margin::of(tile).is_none();
        let Some(halo) = model.halo().filter(|_| is_plain) else { return Ok(None) };
        let Some(mut running) = running.filter(|running| running.continues(input)).or_else(|| {
            let (width, height) = (source.width as usize, (source_size.1 - source.top) as usize);
            let inner = [source.left > 0, source.left + source.width < source_size.0];
            let network = model.by_rows(Strip { width, height, inner })?;
            Some(Running { network, tile: *tile, start: source.top, planes: Vec::new() })
        }) else {
            return Ok(None);
        };
        let end = source.top + source.height;
        let read = running.start + running.network.read() as u32;
        running.network.push(planes, source.height as usize, (read - source.top) as usize..source.height as usize);

        // The rows that no edge of the tile has changed; those that the tiles above have had are
        // forgotten.
        let halo = u32::try_from(halo).unwrap_or(u32::MAX);
        let scale = model.scale() as u32;
        let kept = running.start + running.network.result().1.start as u32 / scale;
        let first = if source.top == 0 { kept } else { source.top + halo };
        let bottom = target.top + target.height;
        let cut = (u64::from(bottom) * u64::from(source_size.1) / u64::from(target_size.1)) as u32;
        // The filter that shrinks reads across the cut, which itself may be within a row.
        let rows = f64::from(source_size.1) / f64::from(target_size.1);
        let overlap = (filter_reach(rows * f64::from(scale)) / f64::from(scale)) as u32 + 2;
        let last = if end == source_size.1 { end.min(cut + overlap) } else { end - halo };
        let rows = running.rows(first..last, scale);
        let enlarged = running.result(rows);
        if !all_finite(&enlarged) {
            return Ok(None);
        }
        let columns = running.network.columns();
        let part = Area {
            left: source.left + columns.start as u32,
            top: first,
            width: columns.len() as u32,
            height: last - first,
        };
        let planes = shrink(&enlarged, &Tile { source: part, ..*tile }, scale)?;
        if bottom < target_size.1 {
            let wanted = running.rows(cut.saturating_sub(overlap).max(running.start)..last, scale);
            running.network.want_from(wanted.start);
            self.running = Some(Running { tile: *tile, ..running });
        }
        Ok(Some(TileOutput { planes, recomputed: false }))
    }
}

impl Running {
    /// Whether `input` is of the tile below the last one.
    fn continues(&self, input: &TileInput) -> bool {
        let (last, next) = (self.tile, input.tile);
        let column = |Tile { source_size, target_size, source, target }: Tile| {
            (source_size, target_size, source.left, source.width, target.left, target.width)
        };
        if column(last) != column(next) || last.target.top + last.target.height != next.target.top {
            return false;
        }
        // The rows that both have are the same.
        let width = last.source.width as usize;
        let skipped = (next.source.top - last.source.top) as usize * width;
        let (count, next_count) = (last.source.height as usize * width, next.source.height as usize * width);
        let pairs = self.planes.chunks_exact(count).zip(input.planes.chunks_exact(next_count));
        pairs.into_iter().all(|(last, next)| last[skipped..] == next[..count - skipped])
    }

    /// Rows of the network's result, by rows of the picture.
    fn rows(&self, rows: Range<u32>, scale: u32) -> Range<usize> {
        let row = |row: u32| ((row - self.start) * scale) as usize;
        row(rows.start)..row(rows.end)
    }

    /// These rows of the result, `[3, rows, width]`.
    fn result(&self, rows: Range<usize>) -> Vec<f32> {
        let (values, computed) = self.network.result();
        assert!(computed.start <= rows.start && rows.end <= computed.end, "{rows:?} of {computed:?}");
        let width = values.len() / (3 * computed.len());
        let skip = (rows.start - computed.start) * width;
        let planes = values.chunks_exact(computed.len() * width);
        planes.flat_map(|plane| &plane[skip..skip + rows.len() * width]).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;
    use crate::config::{NetworkConfig, SplitSrConfig};
    use crate::image::Picture;
    use crate::model::Model;
    use crate::network::Network;
    use crate::upscale::{Job, NetworkInfo, Options, Target, Tiling};
    use crate::weights::Metadata;

    /// A network whose halo is larger than the tiles for x4.
    fn model(scale: usize) -> Model {
        let config = SplitSrConfig { groups: 3, blocks: 8, hybrid_index: 1, scale, ..Default::default() };
        let config = NetworkConfig::SplitSr(config);
        let network = Network::new(&config, &Device::flex());
        Model::new(Metadata::new("small", config), network, &Device::flex()).unwrap()
    }

    fn picture(width: u32, height: u32, seed: usize) -> Picture {
        let mut picture = Picture::blank(width, height, crate::image::Layout::Rgb, crate::image::Depth::Eight).unwrap();
        let values = 3 * width as usize * height as usize;
        let planes: Vec<f32> = (0..values).map(|i| ((i + seed) * 7919 % 256) as f32 / 255.0).collect();
        picture.set_rgb_planes(picture.area(), &planes);
        picture
    }

    fn job(model: &Model, picture: Picture, zoom: f64) -> Job {
        let options = Options { tiling: Tiling::Exact, ..Options::new(Target::Zoom(zoom)) };
        Job::new(picture, NetworkInfo::of(model), &options, 3).unwrap()
    }

    #[test]
    fn tiles_have_the_same_bits_in_any_order() {
        let cases = [(2, 2.0, (90, 330)), (2, 1.3, (90, 330)), (3, 2.9, (330, 100)), (4, 4.0, (330, 100))];
        for (scale, zoom, (width, height)) in cases {
            let model = model(scale);
            let job = job(&model, picture(width, height, 0), zoom);
            let count = job.tile_count();
            let columns = (0..count).filter(|&index| job.tile(index).target.top == 0).count();
            assert!(job.passes()[0].run > 2 && columns == if width > height { 3 } else { 1 });
            let alone: Vec<_> = (0..count).map(|index| run_tile(&model, job.tile_input(index)).unwrap()).collect();
            let mut column = Column::default();
            // In order; backwards; with one left out; one twice.
            let orders = [(0..count).collect(), (0..count).rev().collect(), vec![0, 2, 3 % count, 0, 0, 1, 2]];
            for order in orders {
                for index in order {
                    let output = column.run_tile(&model, job.tile_input(index)).unwrap();
                    assert!(output == alone[index], "x{zoom} by x{scale}: tile {index}");
                }
            }
        }
    }

    #[test]
    fn where_the_height_shrinks_most_the_filter_has_all_its_rows() {
        let model = model(2);
        let target = Target::Size { width: 16 * 12, height: 40 };
        let options = Options { tiling: Tiling::Exact, ..Options::new(target) };
        let mut job = Job::new(picture(12, 40, 0), NetworkInfo::of(&model), &options, 1).unwrap();
        assert!(job.passes().last().unwrap().run > 2);
        let mut column = Column::default();
        while job.pass() < job.pass_count() {
            for index in 0..job.tile_count() {
                let output = column.run_tile(&model, job.tile_input(index)).unwrap();
                assert!(output == run_tile(&model, job.tile_input(index)).unwrap(), "pass {}: {index}", job.pass());
                job.accept(index, &output).unwrap();
            }
        }
    }

    #[test]
    fn a_tile_of_another_picture_does_not_continue() {
        let model = model(2);
        let [one, other] = [0, 1].map(|seed| job(&model, picture(40, 300, seed), 2.0));
        let mut column = Column::default();
        column.run_tile(&model, one.tile_input(0)).unwrap();
        let output = column.run_tile(&model, other.tile_input(1)).unwrap();
        assert!(output == run_tile(&model, other.tile_input(1)).unwrap());
    }

    #[test]
    fn no_row_of_a_run_is_computed_twice() {
        let model = model(2);
        let job = job(&model, picture(90, 600, 0), 2.0);
        let mut column = Column::default();
        for index in 0..job.passes()[0].run - 1 {
            column.run_tile(&model, job.tile_input(index)).unwrap();
            let (source, running) = (job.tile(index).source, column.running.as_ref().unwrap());
            assert_eq!(running.network.read() as u32, source.top + source.height, "it began at the picture's top");
        }
        let last = job.tile_input(job.passes()[0].run - 1);
        assert!(column.running.as_ref().unwrap().continues(&last));
    }
}
