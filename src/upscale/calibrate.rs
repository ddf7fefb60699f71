//! Measuring the halo of [`Tiling::Auto`](super::Tiling::Auto).

use super::enlarge::Enlarge;
use crate::error::Result;
use crate::image::{Area, Picture, Samples, to_8_bits};

/// Measures the smallest halo, in low-resolution pixels, with which cutting each of `pictures`
/// (8-bit RGB) in four changes no value of the 8-bit result by more than 1 level. It is at most the
/// exact halo; `None` for a network that sees the whole picture.
///
/// The search is a bisection, which assumes that a wider halo is never worse.
///
/// # Errors
/// As [`Enlarge::enlarge`].
pub fn measure_halo<M: Enlarge + ?Sized>(model: &M, pictures: &[Picture]) -> Result<Option<usize>> {
    let Some(exact) = model.halo() else { return Ok(None) };
    let whole = pictures.iter().map(|picture| model.enlarge_picture(picture)).collect::<Result<Vec<_>>>()?;
    let (mut least, mut enough) = (0, exact);
    while least < enough {
        let halo = usize::midpoint(least, enough);
        let mut all = true;
        for (picture, whole) in pictures.iter().zip(&whole) {
            all = all && seamless(model, picture, whole, halo as u32)?;
        }
        if all {
            enough = halo;
        } else {
            least = halo + 1;
        }
    }
    Ok(Some(enough))
}

/// The halo of `auto` tiles: [`measure_halo`] and half as much again, because other pictures may
/// need more.
///
/// # Errors
/// As [`measure_halo`].
pub fn auto_halo<M: Enlarge + ?Sized>(model: &M, pictures: &[Picture]) -> Result<Option<usize>> {
    let with_margin = |needed: usize| needed + needed.div_ceil(2);
    Ok(measure_halo(model, pictures)?.zip(model.halo()).map(|(needed, exact)| exact.min(with_margin(needed))))
}

/// Exact halos of at most this many pixels cost little.
const SMALL_HALO: usize = 16;
/// Other pictures may need a halo where the made-up one needs none.
const LEAST_HALO: usize = 4;
/// The sides of the made-up picture of [`estimate_halo`] and of the part in its middle.
const SQUARE: usize = 128;
const PART: usize = 64;

/// Estimates [`auto_halo`] without pictures, in little more than one pass over 128x128 pixels: how
/// far from its edges a part of a made-up picture differs from the whole by more than 1 level, and
/// one and a half times as much again. For our models, that is 1.1 to 1.7 times what was measured
/// with pictures. A small halo is left exact, and so is that of a network whose part differs up to
/// its middle.
///
/// # Errors
/// As [`Enlarge::enlarge`].
pub fn estimate_halo<M: Enlarge + ?Sized>(model: &M) -> Result<Option<usize>> {
    let Some(exact) = model.halo().filter(|&halo| halo > SMALL_HALO) else { return Ok(model.halo()) };
    let margin = (SQUARE - PART) / 2;
    let whole = model.enlarge(made_up(0, SQUARE), SQUARE, SQUARE)?;
    let part = model.enlarge(made_up(margin, PART), PART, PART)?;
    let scale = model.scale();
    let (side, stride, first) = (PART * scale, SQUARE * scale, margin * scale);
    let mut needed = 0;
    for (row, values) in part.chunks_exact(side).enumerate() {
        let (channel, y) = (row / side, row % side);
        let same_row = &whole[(channel * stride + first + y) * stride + first..][..side];
        for (x, (&a, &b)) in values.iter().zip(same_row).enumerate() {
            if to_8_bits(a).abs_diff(to_8_bits(b)) > 1 {
                let from_edge = [x, y, side - 1 - x, side - 1 - y].into_iter().min().unwrap_or(0);
                needed = needed.max(from_edge / scale + 1);
            }
        }
    }
    Ok(Some(if needed < PART / 2 { exact.min((5 * needed).div_ceil(2).max(LEAST_HALO)) } else { exact }))
}

/// The square of `side` pixels from `(first, first)` on of the made-up picture, as
/// `[3, side, side]`: noise on patches of one colour, for edges, flat parts and fine detail of high
/// contrast.
fn made_up(first: usize, side: usize) -> Vec<f32> {
    // The finaliser of MurmurHash3.
    let noise = |seed: usize| {
        let mixed = (seed as u32 ^ (seed as u32 >> 16)).wrapping_mul(0x85eb_ca6b);
        let mixed = (mixed ^ (mixed >> 13)).wrapping_mul(0xc2b2_ae35);
        ((mixed ^ (mixed >> 16)) % 256) as f32 / 255.0
    };
    let value = |channel: usize, y: usize, x: usize| {
        let patch = noise((y / 12 * SQUARE + x / 12) * 3 + channel);
        // A third of the patches are flat.
        let fine =
            if (x / 12 + y / 12).is_multiple_of(3) { 0.0 } else { noise((y * SQUARE + x) * 3 + channel + 1_000_000) };
        (2.0 * patch + fine) / 3.0
    };
    let square = first..first + side;
    let rows = (0..3).flat_map(|channel| square.clone().map(move |y| (channel, y)));
    rows.flat_map(|(channel, y)| square.clone().map(move |x| value(channel, y, x))).collect()
}

/// Whether the four quarters of a picture, with a halo of `halo` pixels, give `whole` within 1
/// level.
fn seamless<M: Enlarge + ?Sized>(model: &M, picture: &Picture, whole: &Picture, halo: u32) -> Result<bool> {
    let scale = model.scale() as u32;
    // A side of 1 pixel has one half.
    let halves = |size: u32| [(0, size / 2), (size / 2, size - size / 2)].into_iter().filter(|&(_, half)| half > 0);
    for (top, height) in halves(picture.height) {
        for (left, width) in halves(picture.width) {
            let part = Area { left, top, width, height };
            let source = part.with_halo(halo, picture.area());
            let within = Area { left: left - source.left, top: top - source.top, ..part };
            let tile = model.enlarge_picture(&picture.crop(source))?.crop(within.scaled(scale));
            if largest_difference(&tile, &whole.crop(part.scaled(scale))) > 1 {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// The largest difference between two 8-bit pictures of the same size, in levels.
fn largest_difference(a: &Picture, b: &Picture) -> u8 {
    match (&a.samples, &b.samples) {
        (Samples::U8(a), Samples::U8(b)) => a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0),
        _ => unreachable!("enlarge_picture gives 8 bits"),
    }
}

#[cfg(test)]
mod tests {
    use super::estimate_halo;
    use crate::models::load;
    use crate::upscale::Enlarge;

    #[test]
    fn estimates_are_near_what_was_measured_with_pictures() {
        for name in ["splitsr-x2", "splitsr-x3-jpeg", "splitsr-x4", "splitsr-x2-hi5", "edsr-small-x2"] {
            let model = load(name).unwrap();
            let (measured, estimated) = (model.metadata.auto_halo.unwrap(), estimate_halo(&model).unwrap().unwrap());
            assert!((measured..2 * measured).contains(&estimated), "{name}: {estimated}, measured {measured}");
        }
    }

    #[test]
    fn a_small_halo_is_left_exact() {
        let tiny = load("splitsr-tiny-x2").unwrap();
        assert_eq!(estimate_halo(&tiny).unwrap(), tiny.halo());
    }
}
