//! Resizing pictures for people: antialiased, SIMD, alpha-correct. The benchmarks' bicubic is
//! [`crate::eval::bicubic`].

use bytemuck::{Pod, cast_slice, cast_slice_mut};
use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::{U8, U8x2, U8x3, U8x4, U16, U16x2, U16x3, U16x4};
use fast_image_resize::{FilterType, PixelTrait, ResizeAlg, ResizeOptions, Resizer};

use super::{Layout, Picture, Samples};
use crate::error::{Error, Result};

/// The interpolation kernel, stretched when shrinking so that nothing aliases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filter {
    /// The mean of what a pixel covers.
    Area,
    /// Triangle: soft, never overshoots; for alpha.
    Bilinear,
    /// Keys cubic with a = -0.5.
    CatmullRom,
    /// Windowed sinc, three lobes: the sharpest.
    Lanczos3,
}

/// `picture` at another size, in its own layout and depth. Colours are weighted by their alpha, so
/// what hides under transparent pixels does not bleed out.
///
/// # Errors
/// [`Error::Config`] when a side is 0.
pub fn resize(picture: &Picture, width: u32, height: u32, filter: Filter) -> Result<Picture> {
    let size = (width, height);
    let samples = match (&picture.samples, picture.layout) {
        (_, Layout::Grey) => return resize_grey(picture, width, height, filter),
        (Samples::U8(values), Layout::GreyAlpha) => Samples::U8(convolve::<U8x2, _>(picture, values, size, filter)?),
        (Samples::U8(values), Layout::Rgb) => Samples::U8(convolve::<U8x3, _>(picture, values, size, filter)?),
        (Samples::U8(values), Layout::RgbAlpha) => Samples::U8(convolve::<U8x4, _>(picture, values, size, filter)?),
        (Samples::U16(values), Layout::GreyAlpha) => Samples::U16(convolve::<U16x2, _>(picture, values, size, filter)?),
        (Samples::U16(values), Layout::Rgb) => Samples::U16(convolve::<U16x3, _>(picture, values, size, filter)?),
        (Samples::U16(values), Layout::RgbAlpha) => Samples::U16(convolve::<U16x4, _>(picture, values, size, filter)?),
    };
    Ok(picture.with_pixels(width, height, picture.layout, samples))
}

/// [`resize`] for a picture of one channel, such as an alpha channel. A separate function, because
/// the browser's bundle needs only this one: resizing 16 bits with alpha would add a table of half
/// a megabyte.
///
/// # Errors
/// [`Error::Config`] when a side is 0.
///
/// # Panics
/// When the picture has more channels.
pub fn resize_grey(picture: &Picture, width: u32, height: u32, filter: Filter) -> Result<Picture> {
    assert_eq!(picture.layout, Layout::Grey, "a picture of one channel");
    let samples = match &picture.samples {
        Samples::U8(values) => Samples::U8(convolve::<U8, _>(picture, values, (width, height), filter)?),
        Samples::U16(values) => Samples::U16(convolve::<U16, _>(picture, values, (width, height), filter)?),
    };
    Ok(picture.with_pixels(width, height, picture.layout, samples))
}

/// [`resize`] for an 8-bit RGB picture, and by the nearest pixel; apart for the same reason.
///
/// # Errors
/// [`Error::Config`] when a side is 0.
///
/// # Panics
/// When the picture has another layout or depth.
pub fn resize_rgb(picture: &Picture, width: u32, height: u32, filter: Option<Filter>) -> Result<Picture> {
    check_size(width, height)?;
    let (Samples::U8(values), Layout::Rgb) = (&picture.samples, picture.layout) else {
        panic!("an 8-bit picture of three channels");
    };
    let resized = match filter {
        Some(filter) => convolve::<U8x3, _>(picture, values, (width, height), filter)?,
        None => {
            let nearest = |at: u32, from: u32, to: u32| {
                ((2 * u64::from(at) + 1) * u64::from(from) / (2 * u64::from(to))) as usize
            };
            let pixel = |x, y| {
                let at = nearest(y, picture.height, height) * picture.width as usize + nearest(x, picture.width, width);
                &values[3 * at..][..3]
            };
            (0..height).flat_map(|y| (0..width).flat_map(move |x| pixel(x, y))).copied().collect()
        }
    };
    Ok(picture.with_pixels(width, height, Layout::Rgb, Samples::U8(resized)))
}

/// `values` of pixels `P`, with as many components `C` as the picture has channels.
fn convolve<P: PixelTrait, C: Pod>(
    picture: &Picture,
    values: &[C],
    (width, height): (u32, u32),
    filter: Filter,
) -> Result<Vec<C>> {
    check_size(width, height)?;
    let filter = match filter {
        Filter::Area => FilterType::Box,
        Filter::Bilinear => FilterType::Bilinear,
        Filter::CatmullRom => FilterType::CatmullRom,
        Filter::Lanczos3 => FilterType::Lanczos3,
    };
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter)).use_alpha(true);
    let failed = |error: &dyn std::fmt::Display| Error::Config(format!("the picture cannot be resized ({error})"));
    let source = TypedImageRef::<P>::from_buffer(picture.width, picture.height, cast_slice(values))
        .map_err(|error| failed(&error))?;
    let mut resized = vec![C::zeroed(); width as usize * height as usize * picture.layout.channels()];
    let mut target =
        TypedImage::<P>::from_buffer(width, height, cast_slice_mut(&mut resized)).map_err(|error| failed(&error))?;
    Resizer::new().resize_typed(&source, &mut target, &options).map_err(|error| failed(&error))?;
    Ok(resized)
}

fn check_size(width: u32, height: u32) -> Result<()> {
    if width == 0 || height == 0 {
        return Err(Error::Config(format!("a picture cannot have {width} x {height} pixels")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hidden_colours_do_not_bleed() {
        // Opaque red beside a transparent green.
        let picture = Picture::new(2, 1, Layout::RgbAlpha, Samples::U8(vec![255, 0, 0, 255, 0, 255, 0, 0])).unwrap();
        let Samples::U8(values) = resize(&picture, 8, 1, Filter::Bilinear).unwrap().samples else { panic!("8 bits") };
        assert!(values.chunks_exact(4).all(|pixel| pixel[1] == 0), "{values:?}");
        assert!(values.chunks_exact(4).any(|pixel| (1..255).contains(&pixel[3])), "{values:?}");
    }

    #[test]
    fn shrinking_averages_instead_of_picking() {
        let stripes: Vec<u8> = (0..64).map(|x| if x % 2 == 0 { 0 } else { 255 }).collect();
        let picture = Picture::new(64, 1, Layout::Grey, Samples::U8(stripes)).unwrap();
        let Samples::U8(values) = resize(&picture, 8, 1, Filter::Lanczos3).unwrap().samples else { panic!("8 bits") };
        assert!(values.iter().all(|value| value.abs_diff(127) < 16), "{values:?}");
    }

    #[test]
    fn the_nearest_pixel_is_the_one_that_a_pixels_centre_lies_in() {
        let picture = Picture::new(3, 1, Layout::Rgb, Samples::U8((0..9).collect())).unwrap();
        let firsts = |width| {
            let Samples::U8(values) = resize_rgb(&picture, width, 1, None).unwrap().samples else { panic!("8 bits") };
            values.into_iter().step_by(3).collect::<Vec<_>>()
        };
        assert_eq!(firsts(6), [0, 0, 3, 3, 6, 6]);
        assert_eq!(firsts(5), [0, 0, 3, 6, 6]);
        assert_eq!(firsts(1), [3]);
    }

    #[test]
    fn an_empty_target_is_refused() {
        let picture = Picture::new(1, 1, Layout::Grey, Samples::U8(vec![0])).unwrap();
        assert!(resize(&picture, 0, 1, Filter::Lanczos3).is_err());
        for filter in [None, Some(Filter::Bilinear)] {
            assert!(resize_rgb(&picture.clone().into_rgb(), 1, 0, filter).is_err());
        }
    }

    proptest! {
        #[test]
        fn a_constant_picture_stays_constant(
            pixel in any::<[u16; 4]>(),
            (width, height, to_width, to_height) in (1u32..12, 1u32..12, 1u32..30, 1u32..30),
        ) {
            for filter in [Filter::Bilinear, Filter::CatmullRom, Filter::Lanczos3] {
                for layout in [Layout::Grey, Layout::Rgb] {
                    let pixel = &pixel[..layout.channels()];
                    let deep = Picture::new(width, height, layout, Samples::U16(pixel.repeat((width * height) as usize)));
                    let resized = resize(&deep.unwrap(), to_width, to_height, filter).unwrap();
                    prop_assert_eq!(resized.samples, Samples::U16(pixel.repeat((to_width * to_height) as usize)));
                }
            }
        }
    }
}
