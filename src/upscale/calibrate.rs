//! Measuring the halo of [`Tiling::Auto`](super::Tiling::Auto).

use super::enlarge::Enlarge;
use crate::error::Result;
use crate::image::{Area, Picture, Samples};

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

/// Whether the four quarters of a picture, with a halo of `halo` pixels, give `whole` within 1
/// level.
fn seamless<M: Enlarge + ?Sized>(model: &M, picture: &Picture, whole: &Picture, halo: u32) -> Result<bool> {
    let scale = model.scale() as u32;
    // A side of 1 pixel has one half.
    let halves = |size: u32| [(0, size / 2), (size / 2, size - size / 2)].into_iter().filter(|&(_, half)| half > 0);
    for (top, height) in halves(picture.height) {
        for (left, width) in halves(picture.width) {
            let (x, y) = (left.saturating_sub(halo), top.saturating_sub(halo));
            let (right, bottom) = (
                (left + width).saturating_add(halo).min(picture.width),
                (top + height).saturating_add(halo).min(picture.height),
            );
            let source = Area { left: x, top: y, width: right - x, height: bottom - y };
            let high =
                |left, top| Area { left: left * scale, top: top * scale, width: width * scale, height: height * scale };
            let tile = model.enlarge_picture(&picture.crop(source))?.crop(high(left - x, top - y));
            if largest_difference(&tile, &whole.crop(high(left, top))) > 1 {
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
