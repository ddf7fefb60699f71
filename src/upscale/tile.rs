//! A tile: its input, and its computation.

use bytemuck::{cast_slice, cast_slice_mut, pod_collect_to_vec};
use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::F32;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};

use super::enlarge::Enlarge;
#[cfg(feature = "gpu")]
use super::enlarge::EnlargeAsync;
use super::ensemble;
use super::margin::Margin;
use super::schedule::TilePlan;
use crate::error::{Error, Result};
use crate::image::{Area, to_8_bits};
use crate::ops::Arithmetic;

/// The position of a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tile {
    /// Width and height of the low-resolution picture that the pass reads.
    pub source_size: (u32, u32),
    /// Width and height of the picture that the pass writes.
    pub target_size: (u32, u32),
    /// The area that the tile reads: its part of the source and the halo, within the picture.
    pub source: Area,
    /// The area that the tile writes.
    pub target: Area,
}

impl Tile {
    /// The twelve numbers of [`Self::from_numbers`].
    pub(crate) fn to_numbers(self) -> [u32; TILE_NUMBERS] {
        let Self { source_size, target_size, source, target } = self;
        let area = |Area { left, top, width, height }: Area| [left, top, width, height];
        let ([a, b, c, d], [e, f, g, h]) = (area(source), area(target));
        [source_size.0, source_size.1, target_size.0, target_size.1, a, b, c, d, e, f, g, h]
    }

    /// The tile of these numbers.
    pub(crate) fn from_numbers(numbers: &[u32; TILE_NUMBERS]) -> Self {
        let &[width, height, to_width, to_height, a, b, c, d, e, f, g, h] = numbers;
        let area = |[left, top, width, height]: [u32; 4]| Area { left, top, width, height };
        Self {
            source_size: (width, height),
            target_size: (to_width, to_height),
            source: area([a, b, c, d]),
            target: area([e, f, g, h]),
        }
    }
}

/// The numbers of a tile in a message.
pub(crate) const TILE_NUMBERS: usize = 12;

/// The input of a tile's computation. It can be sent to another thread or worker.
#[derive(Clone, Debug, PartialEq)]
pub struct TileInput {
    /// The position.
    pub tile: Tile,
    /// Whether to average the 8 flips and rotations.
    pub ensemble: bool,
    /// Whether the result must not depend on the tile, to the last bit:
    /// [`Arithmetic::Deterministic`] or [`Arithmetic::Winograd`].
    pub exact: bool,
    /// The rungs of its cells, under a schedule; `None` if the whole network computes it.
    pub(super) plan: Option<TilePlan>,
    /// `3 * source.height * source.width` (CHW), RGB in [0, 1].
    pub planes: Vec<f32>,
}

/// The result of a tile's computation.
#[derive(Clone, Debug, PartialEq)]
pub struct TileOutput {
    /// `3 * target.height * target.width` values (CHW), RGB, which may overshoot [0, 1]. None is
    /// NaN or infinite.
    pub planes: Vec<f32>,
    /// Whether the first result had NaN or infinity, so that the tile was computed again: on the
    /// CPU, in 32-bit floats and by [`Arithmetic::Deterministic`].
    pub recomputed: bool,
}

impl TileOutput {
    /// The result as opaque RGBA8, row by row, rounded as in a picture of 8 bits.
    pub fn to_rgba8(&self) -> Vec<u8> {
        let count = self.planes.len() / 3;
        let mut rgba = vec![u8::MAX; 4 * count];
        for (channel, plane) in self.planes.chunks_exact(count.max(1)).enumerate() {
            for (pixel, &value) in rgba.chunks_exact_mut(4).zip(plane) {
                pixel[channel] = to_8_bits(value);
            }
        }
        rgba
    }
}

/// The number of 32-bit values before the tile in a message.
const HEADER: usize = 2;

impl TileInput {
    /// A message for [`Self::from_bytes`]: two numbers of 32 bits, those of the tile and of the
    /// plan, then the planes as f32.
    pub fn to_bytes(&self) -> Vec<u8> {
        let plan = self.plan.as_ref().map(TilePlan::to_numbers).unwrap_or_default();
        let header: [u32; HEADER] = [u32::from(self.ensemble) | u32::from(self.exact) << 1, plan.len() as u32];
        let tile = self.tile.to_numbers();
        [cast_slice(&header), cast_slice(&tile), cast_slice(&plan), cast_slice(&self.planes)].concat()
    }

    /// Reads a message that [`Self::to_bytes`] wrote in the same build on the same machine.
    ///
    /// # Errors
    /// [`Error::Config`] if `bytes` is something else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let broken = || Error::Config(format!("a message of {} bytes is not the input of a tile", bytes.len()));
        let take = |bytes: &[u8], count: usize| -> Option<(Vec<u32>, usize)> {
            let length = count.checked_mul(size_of::<u32>())?;
            Some((pod_collect_to_vec(bytes.get(..length)?), length))
        };
        let (numbers, start) = take(bytes, HEADER + TILE_NUMBERS).ok_or_else(broken)?;
        let (&[flags, plan_length], tile) = numbers.split_first_chunk().ok_or_else(broken)?;
        let tile = Tile::from_numbers(tile.try_into().map_err(|_| broken())?);
        let (plan, length) = take(&bytes[start..], plan_length as usize).ok_or_else(broken)?;
        let planes = &bytes[start + length..];
        let plan = match &plan[..] {
            [] => None,
            numbers => Some(TilePlan::from_numbers(numbers).ok_or_else(broken)?),
        };
        if Some(planes.len() as u64) != tile.source.pixels().checked_mul(3 * size_of::<f32>() as u64) {
            return Err(broken());
        }
        let (ensemble, exact) = (flags & 1 != 0, flags & 2 != 0);
        Ok(Self { tile, ensemble, exact, plan, planes: pod_collect_to_vec(planes) })
    }
}

/// Computes a tile. If the result is not finite, it is computed again: see
/// [`TileOutput::recomputed`].
///
/// # Errors
/// Those of [`Enlarge::enlarge`]; [`Error::Weights`] if the second result is not finite either.
pub fn run_tile<M: Enlarge + ?Sized>(model: &M, input: TileInput) -> Result<TileOutput> {
    let arithmetic = if input.exact { Arithmetic::Deterministic } else { Arithmetic::Winograd };
    let enlarged = arithmetic.run(|| enlarge(model, &input))?;
    finish(enlarged, model, input)
}

/// Does the same as [`run_tile`] without blocking, except that `fallback`, the same network on the
/// CPU, computes what has to be computed again. Under a schedule, `cheap` computes its parts there,
/// and what has to be computed again is the whole network's.
///
/// # Errors
/// As [`run_tile`]; [`Error::Config`] for an ensemble, which only the CPU computes, and for a
/// schedule without a cheap network.
#[cfg(feature = "gpu")]
pub async fn run_tile_async<M: EnlargeAsync, F: Enlarge>(
    model: &M,
    fallback: &F,
    cheap: Option<&F>,
    mut input: TileInput,
) -> Result<TileOutput> {
    if input.ensemble {
        return Err(Error::Config("self-ensemble needs the CPU: choose the CPU or leave out the ensemble".into()));
    }
    if let Some(plan) = input.plan.take() {
        let enlarged = plan.enlarge_async(model, cheap, &input).await?;
        return finish(enlarged, fallback, input);
    }
    let margin = Margin::of(&input.tile);
    let (planes, height, width) = margin.extend(&input);
    let enlarged = model.enlarge_async(planes, height, width).await?;
    let enlarged = margin.cut(enlarged, &input.tile, fallback.scale());
    finish(enlarged, fallback, input)
}

fn enlarge<M: Enlarge + ?Sized>(model: &M, input: &TileInput) -> Result<Vec<f32>> {
    if let Some(plan) = &input.plan {
        return plan.enlarge(model, input);
    }
    let margin = Margin::of(&input.tile);
    let (planes, height, width) = margin.extend(input);
    let enlarged = run_network(model, planes, height, width, input.ensemble)?;
    Ok(margin.cut(enlarged, &input.tile, model.scale()))
}

/// [`Enlarge::enlarge`], or the mean for the 8 flips and rotations.
pub(super) fn run_network<M: Enlarge + ?Sized>(
    model: &M,
    planes: Vec<f32>,
    height: usize,
    width: usize,
    is_ensemble: bool,
) -> Result<Vec<f32>> {
    if is_ensemble { ensemble::enlarge(model, &planes, height, width) } else { model.enlarge(planes, height, width) }
}

/// Cuts the tile out of the network's result, which `model` computes again if it is not finite.
fn finish<M: Enlarge + ?Sized>(enlarged: Vec<f32>, model: &M, input: TileInput) -> Result<TileOutput> {
    let recomputed = !all_finite(&enlarged);
    let enlarged = if recomputed {
        drop(enlarged);
        let again = Arithmetic::Deterministic.run(|| enlarge(&OnCpu(model), &input))?;
        if !all_finite(&again) {
            return Err(Error::Weights(
                "its network overflows on this picture and gives NaN or infinity: use another model, or train this one \
                 again at a lower learning rate"
                    .into(),
            ));
        }
        again
    } else {
        enlarged
    };
    let TileInput { tile, planes, .. } = input;
    drop(planes);
    let scale = model.scale();
    let pixels = tile.source.width as usize * tile.source.height as usize;
    assert_eq!(enlarged.len(), 3 * scale * scale * pixels, "a network enlarges by its scale");
    Ok(TileOutput { planes: shrink(&enlarged, &tile, scale as u32)?, recomputed })
}

/// Whether no value is NaN or infinite.
pub(super) fn all_finite(values: &[f32]) -> bool {
    // In runs without a branch, which the compiler turns into vectors.
    const EXPONENT: u32 = f32::INFINITY.to_bits();
    let largest = |run: &[f32]| run.iter().fold(0, |max: u32, value| max.max(value.abs().to_bits()));
    values.chunks(1024).all(|run| largest(run) < EXPONENT)
}

/// A network that is computed on the CPU.
struct OnCpu<'a, M: ?Sized>(&'a M);

impl<M: Enlarge + ?Sized> Enlarge for OnCpu<'_, M> {
    fn scale(&self) -> usize {
        self.0.scale()
    }

    fn halo(&self) -> Option<usize> {
        self.0.halo()
    }

    fn auto_halo(&self) -> Option<usize> {
        self.0.auto_halo()
    }

    fn bytes_per_pixel(&self) -> usize {
        self.0.bytes_per_pixel()
    }

    fn enlarge(&self, planes: Vec<f32>, height: usize, width: usize) -> Result<Vec<f32>> {
        self.0.enlarge_on_cpu(planes, height, width)
    }

    fn cheap(&self) -> Option<&dyn Enlarge> {
        self.0.cheap()
    }
}

/// Cuts the tile's target out of the network's result for its source, and shrinks it if the zoom is
/// smaller than the scale: Lanczos with three lobes, antialiased.
///
/// The filter is aligned with the whole picture, and its places are exact numbers, so that tiles
/// give the bits that the whole picture would.
pub(super) fn shrink(enlarged: &[f32], tile: &Tile, scale: u32) -> Result<Vec<f32>> {
    let (width, height) = (scale * tile.source.width, scale * tile.source.height);
    // Start and length of the target in the enlarged source, along one axis.
    let span = |source_size: u32, target_size: u32, source: u32, start: u32, count: u32| {
        let ratio = shrink_ratio(u64::from(source_size) * u64::from(scale), target_size);
        (f64::from(start) * ratio - f64::from(source) * f64::from(scale), f64::from(count) * ratio)
    };
    let Tile { source_size, target_size, source, target } = tile;
    let (left, wide) = span(source_size.0, target_size.0, source.left, target.left, target.width);
    let (top, high) = span(source_size.1, target_size.1, source.top, target.top, target.height);
    let filter = ResizeAlg::Convolution(FilterType::Lanczos3);
    // This copies if nothing shrinks.
    let options = ResizeOptions::new().resize_alg(filter).crop(left, top, wide, high).use_alpha(false);
    let mut resizer = Resizer::new();
    let mut planes = vec![0.0; 3 * target.width as usize * target.height as usize];
    let parts = planes.chunks_exact_mut(target.width as usize * target.height as usize);
    for (part, plane) in parts.zip(enlarged.chunks_exact(width as usize * height as usize)) {
        let failed = |error: &dyn std::fmt::Display| Error::Config(format!("{tile:?} cannot be shrunk ({error})"));
        let from =
            TypedImageRef::<F32>::from_buffer(width, height, cast_slice(plane)).map_err(|error| failed(&error))?;
        let mut to = TypedImage::<F32>::from_buffer(target.width, target.height, cast_slice_mut(part))
            .map_err(|error| failed(&error))?;
        resizer.resize_typed(&from, &mut to, &options).map_err(|error| failed(&error))?;
    }
    Ok(planes)
}

/// The pixels of a length `enlarged` for each of `target`, rounded down so far that the middle of
/// every target pixel is a number without a rounding error, from wherever it is counted.
fn shrink_ratio(enlarged: u64, target: u32) -> f64 {
    // A middle has as many digits before the point as the length, and one more behind it than the
    // ratio.
    let digits = f64::MANTISSA_DIGITS - 1 - (u64::BITS - enlarged.leading_zeros());
    let unit = (1_u64 << digits) as f64;
    (enlarged as f64 / f64::from(target) * unit).floor() / unit
}

#[cfg(test)]
mod tests {
    use std::ops::Range;

    use proptest::prelude::*;

    use super::*;
    use crate::upscale::axis::Axis;

    proptest! {
        #[test]
        fn parts_shrink_to_the_bits_of_the_whole(
            (source, scale) in (40_u32..400, 2_u32..=4),
            (zoom, from, length, zero) in (0.3..1.0, 0.0..0.9, 0.0..0.5, 0.0..1.0),
            is_row: bool,
        ) {
            let enlarged = scale * source;
            let target = (f64::from(enlarged) * zoom) as u32;
            let start = (f64::from(target) * from) as u32;
            let part = start..(start + 1 + (f64::from(target) * length) as u32).min(target);
            let reads = Axis { source, target, scale, halo: 0 }.reads(&part);
            // A slope is zero in the middle of a target pixel: the smallest difference is seen.
            let middle = f64::from(part.start + (f64::from(part.len() as u32) * zero) as u32) + 0.5;
            let zero = middle * f64::from(enlarged) / f64::from(target) - 0.5;
            // Both ways, one pixel of the source wide.
            let size = |along: u32, across: u32| if is_row { (along, across) } else { (across, along) };
            let area = |along: &Range<u32>, across: u32| {
                let ((left, top), (width, height)) = (size(along.start, 0), size(along.len() as u32, across));
                Area { left, top, width, height }
            };
            let run = |reads: Range<u32>, part: Range<u32>| {
                let slope = |along: u32| (f64::from(scale * reads.start + along) - zero) as f32;
                let (width, height) = size(scale * reads.len() as u32, scale);
                let pixels = (0..3 * height).flat_map(|y| (0..width).map(move |x| (x, y % height)));
                let enlarged: Vec<f32> = pixels.map(|(x, y)| slope(if is_row { x } else { y })).collect();
                let tile = Tile {
                    source_size: size(source, 1),
                    target_size: size(target, scale),
                    source: area(&reads, 1),
                    target: area(&part, scale),
                };
                shrink(&enlarged, &tile, scale).unwrap()
            };
            // Along the slope, once.
            let line = |planes: Vec<f32>, pixels: u32| -> Vec<f32> {
                let step = if is_row { 1 } else { scale as usize };
                planes.into_iter().step_by(step).take(pixels as usize).collect()
            };
            let whole = line(run(0..source, 0..target), target);
            let alone = line(run(reads, part.clone()), part.len() as u32);
            prop_assert_eq!(&alone, &whole[part.start as usize..part.end as usize]);
        }
    }
}
