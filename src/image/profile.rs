//! Colour profiles (ICC).
//!
//! A profile is carried: the network sees the values as they are, and the output gets the same
//! profile. So wide-gamut pictures lose no colour on the way. Where a profile cannot be carried
//! (BMP, GIF, a canvas), [`into_srgb`] converts.

use moxcms::{
    CmsError, ColorProfile, DataColorSpace, Layout as Channels, ProfileText, ToneReprCurve, TransformOptions,
};

use super::{Layout, Picture, Samples};

/// Gives `picture` the profile found in its file, or a note that says why not: a profile for other
/// channels than the picture has (CMYK was converted, a palette was expanded) would only give wrong
/// colours.
pub(super) fn attach(picture: &mut Picture, icc: Vec<u8>) {
    let note = match ColorProfile::new_from_slice(&icc) {
        Ok(profile) if profile.color_space == space(picture.layout) => {
            if is_srgb(&profile, picture.layout) {
                picture.profile = Some(icc);
                return;
            }
            let name = name(&profile).map_or_else(String::new, |name| format!(" \"{name}\""));
            if can_be_converted(&profile, picture.layout) {
                picture.profile = Some(icc);
                format!(
                    "its colours are not the usual ones (sRGB): the result keeps their profile{name} if its format can \
                     hold one"
                )
            } else if has_table(&profile) {
                picture.profile = Some(icc);
                format!(
                    "its colour profile{name} is kept, but where it must be converted the colours are taken as sRGB"
                )
            } else {
                format!("its colour profile{name} cannot be used and was dropped: the colours are taken as sRGB")
            }
        }
        Ok(profile) => format!("its colour profile is for {:?} and was dropped", profile.color_space),
        Err(_) => "its colour profile is damaged and was dropped: the colours are taken as sRGB".into(),
    };
    picture.notes.push(note);
}

/// Whether its colours are those of sRGB, which is what everyone expects: there is nothing to tell.
fn is_srgb(profile: &ColorProfile, layout: Layout) -> bool {
    const COLOURS: [u8; 24] =
        [255, 0, 0, 0, 255, 0, 0, 0, 255, 20, 20, 20, 128, 128, 128, 200, 100, 50, 50, 200, 100, 100, 50, 200];
    let (channels, to) = if layout.is_grey() { (Channels::Gray, Layout::Grey) } else { (Channels::Rgb, Layout::Rgb) };
    let mut converted = [0; COLOURS.len()];
    let transform = profile.create_transform_8bit(channels, &srgb(to), channels, TransformOptions::default());
    transform.is_ok_and(|transform| transform.transform(&COLOURS, &mut converted).is_ok())
        && COLOURS.iter().zip(converted).all(|(a, b)| a.abs_diff(b) <= 1)
}

/// Whether [`into_srgb`] can use the picture's profile.
pub(super) fn is_convertible(picture: &Picture) -> bool {
    let profile = picture.profile.as_ref().and_then(|icc| ColorProfile::new_from_slice(icc).ok());
    profile.is_some_and(|profile| can_be_converted(&profile, picture.layout))
}

/// Whether [`into_srgb`] can use it.
pub(super) fn can_be_converted(profile: &ColorProfile, layout: Layout) -> bool {
    let channels = channels(layout);
    profile.create_transform_8bit(channels, &srgb(layout), channels, TransformOptions::default()).is_ok()
}

/// Whether it is a valid profile of a kind that is not converted here: a table instead of curves.
fn has_table(profile: &ColorProfile) -> bool {
    profile.lut_a_to_b_perceptual.is_some()
        || profile.lut_a_to_b_colorimetric.is_some()
        || profile.lut_a_to_b_saturation.is_some()
}

fn space(layout: Layout) -> DataColorSpace {
    if layout.is_grey() { DataColorSpace::Gray } else { DataColorSpace::Rgb }
}

pub(super) fn name(profile: &ColorProfile) -> Option<String> {
    let text = match profile.description.as_ref()? {
        ProfileText::PlainString(text) => text,
        ProfileText::Localizable(texts) => &texts.first()?.value,
        ProfileText::Description(text) => &text.ascii_string,
    };
    let text = text.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    (!text.is_empty()).then(|| text.to_owned())
}

/// The same colours as sRGB, without a profile; colours that sRGB lacks become the nearest that it
/// has, alpha and layout stay. A picture without a profile is returned as it is, and so are the
/// values of one whose profile cannot be converted.
pub fn into_srgb(mut picture: Picture) -> Picture {
    if let Some(icc) = picture.profile.take()
        && let Ok(profile) = ColorProfile::new_from_slice(&icc)
        && let Ok(converted) = convert(&picture, &profile)
    {
        picture.samples = converted;
    }
    picture
}

fn convert(picture: &Picture, from: &ColorProfile) -> Result<Samples, CmsError> {
    let to = srgb(picture.layout);
    let channels = channels(picture.layout);
    let options = TransformOptions::default();
    match &picture.samples {
        Samples::U8(values) => {
            let transform = from.create_transform_8bit(channels, &to, channels, options)?;
            let mut converted = vec![0; values.len()];
            transform.transform(values, &mut converted)?;
            Ok(Samples::U8(converted))
        }
        Samples::U16(values) => {
            let transform = from.create_transform_16bit(channels, &to, channels, options)?;
            let mut converted = vec![0; values.len()];
            transform.transform(values, &mut converted)?;
            Ok(Samples::U16(converted))
        }
    }
}

fn channels(layout: Layout) -> Channels {
    match layout {
        Layout::Grey => Channels::Gray,
        Layout::GreyAlpha => Channels::GrayAlpha,
        Layout::Rgb => Channels::Rgb,
        Layout::RgbAlpha => Channels::Rgba,
    }
}

/// sRGB, or grey with sRGB's curve.
fn srgb(layout: Layout) -> ColorProfile {
    let profile = ColorProfile::new_srgb();
    if layout.is_grey() { grey(profile.red_trc) } else { profile }
}

/// Grey with that curve.
pub(super) fn grey(curve: Option<ToneReprCurve>) -> ColorProfile {
    let mut profile = ColorProfile::new_gray_with_gamma(2.2);
    profile.gray_trc = curve;
    profile
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_profile(layout: Layout, values: Vec<u8>, profile: &ColorProfile) -> Picture {
        let pixels = values.len() / layout.channels();
        let mut picture = Picture::new(pixels as u32, 1, layout, Samples::U8(values)).unwrap();
        attach(&mut picture, profile.encode().unwrap());
        picture
    }

    #[test]
    fn a_saturated_p3_colour_moves_and_alpha_stays() {
        let p3 = ColorProfile::new_display_p3();
        let picture = with_profile(Layout::RgbAlpha, vec![200, 100, 50, 77], &p3);
        assert!(picture.profile.is_some());
        let converted = into_srgb(picture);
        assert_eq!(converted.profile, None);
        let Samples::U8(values) = converted.samples else { panic!("still 8 bits") };
        // By hand: linearise, multiply by the P3-to-sRGB matrix (its rows are 1.2249 -0.2247 0,
        // -0.0420 1.0419 0 and -0.0196 -0.0786 1.0979), apply the sRGB curve.
        for (got, expected) in values.iter().zip([215, 93, 31, 77]) {
            assert!(got.abs_diff(expected) <= 1, "{values:?}");
        }
    }

    #[test]
    fn grey_with_a_curve_of_its_own_becomes_srgb_grey() {
        let linear = ColorProfile::new_gray_with_gamma(1.0);
        let converted = into_srgb(with_profile(Layout::Grey, vec![0, 55, 255], &linear));
        let Samples::U8(values) = converted.samples else { panic!("still 8 bits") };
        // 55 / 255 in linear light is 128 in sRGB.
        assert_eq!((values[0], values[2]), (0, 255));
        assert!(values[1].abs_diff(128) <= 1, "{values:?}");
    }

    #[test]
    fn only_a_profile_of_other_colours_than_srgb_has_a_note() {
        for (layout, profile) in [
            (Layout::Rgb, ColorProfile::new_srgb()),
            (Layout::Grey, srgb(Layout::Grey)),
            (Layout::RgbAlpha, ColorProfile::new_srgb()),
        ] {
            let picture = with_profile(layout, vec![9; layout.channels()], &profile);
            assert!(picture.profile.is_some() && picture.notes.is_empty(), "{:?}", picture.notes);
        }
        for (layout, profile) in [
            (Layout::Rgb, ColorProfile::new_display_p3()),
            (Layout::RgbAlpha, ColorProfile::new_adobe_rgb()),
            (Layout::Grey, ColorProfile::new_gray_with_gamma(1.8)),
        ] {
            let picture = with_profile(layout, vec![9; layout.channels()], &profile);
            assert!(picture.profile.is_some());
            assert!(picture.notes[0].contains("the result keeps their profile"), "{:?}", picture.notes);
            assert!(picture.notes[0].ends_with("if its format can hold one"), "{:?}", picture.notes);
        }
    }

    #[test]
    fn a_profile_without_curves_is_dropped_with_a_note() {
        let mut profile = ColorProfile::new_srgb();
        (profile.red_trc, profile.green_trc, profile.blue_trc) = (None, None, None);
        let picture = with_profile(Layout::Rgb, vec![1, 2, 3], &profile);
        assert_eq!(picture.profile, None);
        assert!(picture.notes[0].contains("cannot be used and was dropped"), "{:?}", picture.notes);
    }

    #[test]
    fn values_of_a_profile_that_cannot_be_read_are_taken_as_srgb() {
        let mut picture = Picture::new(1, 1, Layout::Rgb, Samples::U8(vec![1, 2, 3])).unwrap();
        picture.profile = Some(b"not a profile".to_vec());
        let converted = into_srgb(picture);
        assert_eq!((converted.profile, converted.samples), (None, Samples::U8(vec![1, 2, 3])));
    }

    #[test]
    fn a_profile_that_does_not_fit_is_dropped_with_a_note() {
        let picture = with_profile(Layout::Grey, vec![1], &ColorProfile::new_srgb());
        assert_eq!(picture.profile, None);
        assert_eq!(picture.notes, ["its colour profile is for Rgb and was dropped"]);
        let mut picture = Picture::new(1, 1, Layout::Rgb, Samples::U8(vec![1, 2, 3])).unwrap();
        attach(&mut picture, b"not a profile".to_vec());
        assert_eq!((picture.profile, picture.notes.len()), (None, 1));
    }
}
