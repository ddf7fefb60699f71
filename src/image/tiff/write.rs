//! Writing: the crate's encoder with the tags that `image` leaves out.

use std::io::Cursor;

use tiff::TiffResult;
use tiff::encoder::colortype::{ColorType, Gray8, Gray16, RGB8, RGB16};
use tiff::encoder::{TiffEncoder, TiffValue};
use tiff::tags::{ExtraSamples, Tag};

use crate::image::{Picture, Samples};

/// `picture` with its profile, in its depth.
pub(in crate::image) fn write(picture: &Picture) -> TiffResult<Vec<u8>> {
    match (&picture.samples, picture.layout.is_grey()) {
        (Samples::U8(values), true) => write_as::<Gray8>(picture, values),
        (Samples::U8(values), false) => write_as::<RGB8>(picture, values),
        (Samples::U16(values), true) => write_as::<Gray16>(picture, values),
        (Samples::U16(values), false) => write_as::<RGB16>(picture, values),
    }
}

fn write_as<C: ColorType>(picture: &Picture, values: &[C::Inner]) -> TiffResult<Vec<u8>>
where
    [C::Inner]: TiffValue,
{
    let mut bytes = Cursor::new(Vec::new());
    let mut encoder = TiffEncoder::new(&mut bytes)?;
    let mut image = encoder.new_image::<C>(picture.width, picture.height)?;
    if picture.layout.has_alpha() {
        // Without this tag other programs ignore it or take the colours as premultiplied.
        image.extra_samples(&[ExtraSamples::UnassociatedAlpha])?;
    }
    if let Some(icc) = &picture.profile {
        image.encoder().write_tag(Tag::IccProfile, icc.as_slice())?;
    }
    image.write_data(values)?;
    Ok(bytes.into_inner())
}
