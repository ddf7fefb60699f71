//! Colours that a file describes without an ICC profile: by code points (`cICP`), or by gamma and
//! chromaticities.

use moxcms::{
    Chromaticity, CicpColorPrimaries, CicpProfile, ColorPrimaries, ColorProfile, LocalizableString, MatrixCoefficients,
    ProfileText, ToneReprCurve, TransferCharacteristics, curve_from_gamma,
};

use super::sample::Sample;
use super::{Layout, Picture, Samples, profile};

/// A description of colours.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Described {
    /// `cICP`.
    Code(CodePoints),
    /// `gAMA` and `cHRM`.
    Measured {
        /// The exponent that the samples were encoded with: 0.4545 for ordinary ones.
        gamma: Option<f64>,
        /// x and y of white, red, green and blue.
        chromaticities: Option<[f64; 8]>,
    },
}

/// Code points of ITU-T H.273.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CodePoints {
    pub primaries: u8,
    pub transfer: u8,
    pub full_range: bool,
}

const SRGB: u8 = 13;
const PQ: u8 = 16;
const HLG: u8 = 18;
const UNSPECIFIED: u8 = 2;

impl CodePoints {
    /// Whether the brightness goes beyond white.
    pub fn is_hdr(self) -> bool {
        matches!(self.transfer, PQ | HLG)
    }

    /// Whether they are ordinary colours.
    pub fn is_srgb(self) -> bool {
        matches!(self.primaries, 1 | UNSPECIFIED) && matches!(self.transfer, SRGB | UNSPECIFIED)
    }

    /// As users know it.
    pub fn name(self) -> String {
        let primaries = match self.primaries {
            1 => "BT.709",
            5 | 6 => "BT.601",
            9 => "BT.2020",
            11 => "DCI-P3",
            12 => "Display P3",
            _ => "unusual primaries",
        };
        match self.transfer {
            PQ => format!("{primaries} PQ"),
            HLG => format!("{primaries} HLG"),
            8 => format!("{primaries}, linear"),
            _ => primaries.into(),
        }
    }

    fn to_profile(self) -> Option<ColorProfile> {
        let described = CicpProfile {
            color_primaries: CicpColorPrimaries::try_from(self.primaries).ok()?,
            transfer_characteristics: TransferCharacteristics::try_from(self.transfer).ok()?,
            matrix_coefficients: MatrixCoefficients::Identity,
            full_range: true,
        };
        ToneReprCurve::try_from(described.transfer_characteristics).ok()?;
        let mut profile = ColorProfile::new_srgb();
        profile.cicp = None;
        // Its answer is always `false`.
        profile.update_rgb_colorimetry_from_cicp(described);
        profile.cicp.is_some().then_some(profile)
    }
}

/// Gives `picture` the colours that its file describes: a profile, or converted samples where the
/// brightness goes beyond white. A note says which.
pub(super) fn apply(picture: &mut Picture, described: Described) {
    match described {
        Described::Code(code) if code.is_srgb() => {}
        Described::Code(code) if code.is_hdr() => from_hdr(picture, code),
        Described::Code(code) => {
            let name = code.name();
            let kept = code.to_profile().is_some_and(|profile| attach(picture, profile, &name));
            picture.notes.push(if kept {
                format!("its colours ({name}) are kept as a colour profile")
            } else {
                format!("its colours ({name}) are of an unknown kind and are taken as sRGB")
            });
        }
        Described::Measured { gamma, chromaticities } => measured(picture, gamma, chromaticities),
    }
    if matches!(described, Described::Code(CodePoints { full_range: false, .. })) {
        picture.notes.push("its narrow range of values is treated as the full range".into());
    }
}

/// Whether the profile could be made and used.
fn attach(picture: &mut Picture, mut profile: ColorProfile, name: &str) -> bool {
    if picture.layout.is_grey() {
        profile = profile::grey(profile.red_trc);
    }
    // As a tag, the code points would have to name the very same colours.
    profile.cicp = None;
    profile.description =
        Some(ProfileText::Localizable(vec![LocalizableString::new("en".into(), "US".into(), name.into())]));
    let usable = profile::can_be_converted(&profile, picture.layout);
    if usable {
        picture.profile = profile.encode().ok();
    }
    usable && picture.profile.is_some()
}

/// sRGB's own x and y of white, red, green and blue.
const SRGB_CHROMATICITIES: [f64; 8] = [0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06];

fn measured(picture: &mut Picture, gamma: Option<f64>, chromaticities: Option<[f64; 8]>) {
    let far = |values: &[f64; 8]| values.iter().zip(SRGB_CHROMATICITIES).any(|(a, b)| (a - b).abs() > 0.005);
    // Files describe sRGB's own curve as about 1 / 2.2.
    let gamma = gamma.filter(|gamma| (gamma - 1.0 / 2.2).abs() > 0.02);
    if let Some(values) = chromaticities.filter(far).filter(|_| !picture.layout.is_grey()) {
        let [white, red, green, blue] =
            [0, 2, 4, 6].map(|at| Chromaticity::new(values[at] as f32, values[at + 1] as f32));
        let mut profile = ColorProfile::new_srgb();
        profile.update_rgb_colorimetry(white.to_xyyb(), ColorPrimaries { red, green, blue });
        if let Some(gamma) = gamma {
            let curve: ToneReprCurve = curve_from_gamma(1.0 / gamma as f32);
            profile.red_trc = Some(curve.clone());
            profile.green_trc = Some(curve.clone());
            profile.blue_trc = Some(curve);
        }
        let matrix = profile.colorant_matrix();
        let usable = matrix.v.as_flattened().iter().all(|value| value.is_finite())
            && matrix.determinant().is_some_and(|value| value.abs() > 1e-4);
        let kept = usable && attach(picture, profile, "as the PNG file describes");
        picture.notes.push(if kept {
            "its colours, which it describes by numbers, are kept as a colour profile".into()
        } else {
            "its description of its colours cannot be used: they are taken as sRGB".into()
        });
    } else if let Some(gamma) = gamma {
        // Only few programs honour that.
        picture.notes.push(format!("its gamma value of {gamma:.2} is ignored: the colours are taken as sRGB"));
    }
}

/// The brightness of white in candela per square metre, as ITU-R BT.2408 has it.
const WHITE: f32 = 203.0;

/// Turns HDR samples into sRGB. Values brighter than white are clipped: a curve that keeps them
/// would change all others.
fn from_hdr(picture: &mut Picture, code: CodePoints) {
    const BT2020: u8 = 9;
    let primaries = if code.primaries == UNSPECIFIED { BT2020 } else { code.primaries };
    let described = CodePoints { primaries, transfer: SRGB, full_range: true };
    let Some(profile) = described.to_profile() else {
        picture.notes.push(format!("its colours ({}) are of an unknown kind and are taken as sRGB", code.name()));
        return;
    };
    let matrix = profile.transform_matrix(&ColorProfile::new_srgb()).v.map(|row| row.map(|value| value as f32));
    let light = |value: f32| if code.transfer == PQ { pq(value) } else { hlg(value) };
    let convert = |mut colours: [f32; 3], grey: bool| {
        if code.transfer == HLG {
            // A display's own curve, for one of 1000 candela.
            let luminance = 0.2627 * colours[0] + 0.6780 * colours[1] + 0.0593 * colours[2];
            colours = colours.map(|value| value * luminance.powf(0.2) * 1000.0 / WHITE);
        }
        if grey { colours } else { matrix.map(|row| row[0] * colours[0] + row[1] * colours[1] + row[2] * colours[2]) }
    };
    let layout = picture.layout;
    let beyond = match &mut picture.samples {
        Samples::U8(values) => map_colours(values, layout, light, convert),
        Samples::U16(values) => map_colours(values, layout, light, convert),
    };
    let pixels = u64::from(picture.width) * u64::from(picture.height);
    let name = code.name();
    picture.notes.push(match share(beyond, pixels) {
        None => format!("its HDR colours ({name}) are converted to sRGB"),
        Some(share) => {
            format!("its HDR colours ({name}) are converted to sRGB; {share} of the pixels are brighter than white and were clipped")
        }
    });
}

/// "12 %", "less than 1 %", or `None` for nothing.
pub(super) fn share(part: u64, whole: u64) -> Option<String> {
    match part * 100 / whole.max(1) {
        0 if part == 0 => None,
        0 => Some("less than 1 %".into()),
        percent => Some(format!("{percent} %")),
    }
}

/// Converts the colours and leaves alpha. `light` converts a sample from 0 to 1 to linear light.
/// Returns the number of pixels that are brighter than white.
fn map_colours<T: Sample>(
    values: &mut [T],
    layout: Layout,
    light: impl Fn(f32) -> f32,
    convert: impl Fn([f32; 3], bool) -> [f32; 3],
) -> u64 {
    let table: Vec<f32> = (0..=T::MAX).map(|value| light(value as f32 / T::MAX as f32)).collect();
    let light = |sample: T| table[Into::<u32>::into(sample) as usize];
    let grey = layout.is_grey();
    let mut beyond = 0;
    for pixel in values.chunks_exact_mut(layout.channels()) {
        let last = layout.colours() - 1;
        let colours = convert([0, 1, 2].map(|index: usize| light(pixel[index.min(last)])), grey);
        // Rounding in the matrix must not count.
        beyond += u64::from(colours.iter().any(|&value| value > 1.01));
        for (value, colour) in pixel[..=last].iter_mut().zip(colours) {
            *value = T::from_unit(encode_srgb(colour));
        }
    }
    beyond
}

/// sRGB's curve: linear light to a sample, both from 0 to 1. Values outside are clipped; NaN gives
/// 0.
pub(super) fn encode_srgb(light: f32) -> f32 {
    if light > 0.003_130_8 { 1.055 * light.min(1.0).powf(1.0 / 2.4) - 0.055 } else { light.max(0.0) * 12.92 }
}

/// The curve of SMPTE ST 2084, where white is 1.
fn pq(value: f32) -> f32 {
    let (m1, m2, c1, c2, c3) = (2610.0 / 16384.0, 2523.0 / 32.0, 3424.0 / 4096.0, 2413.0 / 128.0, 2392.0 / 128.0);
    let root = value.powf(1.0 / m2);
    ((root - c1).max(0.0) / (c2 - c3 * root)).powf(1.0 / m1) * 10_000.0 / WHITE
}

/// The inverse of BT.2100's HLG curve, from 0 to 1.
fn hlg(value: f32) -> f32 {
    let (a, b, c) = (0.178_832_77, 0.284_668_92, 0.559_910_7);
    if value <= 0.5 { value * value / 3.0 } else { (((value - c) / a).exp() + b) / 12.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(layout: Layout, values: Vec<u8>) -> Picture {
        let pixels = values.len() / layout.channels();
        Picture::new(pixels as u32, 1, layout, Samples::U8(values)).unwrap()
    }

    fn values(picture: &Picture) -> &[u8] {
        let Samples::U8(values) = &picture.samples else { panic!("still 8 bits") };
        values
    }

    fn code(primaries: u8, transfer: u8) -> Described {
        Described::Code(CodePoints { primaries, transfer, full_range: true })
    }

    #[test]
    fn white_of_both_curves_is_white() {
        // BT.2408: white is 58 % of PQ's range and 75 % of HLG's.
        for (transfer, white) in [(PQ, 148), (HLG, 191)] {
            let mut hdr = picture(Layout::RgbAlpha, vec![white, white, white, 9, 255, 255, 255, 255, 0, 0, 0, 0]);
            apply(&mut hdr, code(9, transfer));
            let got = values(&hdr);
            assert!(got[..3].iter().all(|&value| value >= 253), "{got:?}");
            assert_eq!((&got[3..8], &got[8..]), (&[9, 255, 255, 255, 255][..], &[0; 4][..]));
            assert!(hdr.notes[0].contains("33 % of the pixels are brighter"), "{:?}", hdr.notes);
        }
    }

    #[test]
    fn half_the_light_of_white_is_188() {
        // PQ: 101.5 candela.
        let mut hdr = picture(Layout::Grey, vec![130]);
        apply(&mut hdr, code(9, PQ));
        assert!(values(&hdr)[0].abs_diff(188) <= 3, "{:?}", values(&hdr));
    }

    #[test]
    fn code_points_become_a_profile() {
        let mut p3 = picture(Layout::Rgb, vec![200, 100, 50]);
        apply(&mut p3, code(12, SRGB));
        assert!(p3.notes[0].contains("Display P3"), "{:?}", p3.notes);
        let got = profile::into_srgb(p3);
        assert!(values(&got).iter().zip([215, 93, 31]).all(|(a, b)| a.abs_diff(b) <= 1), "{:?}", got.samples);
        let mut grey = picture(Layout::Grey, vec![55]);
        apply(&mut grey, code(12, 8));
        assert!(values(&profile::into_srgb(grey))[0].abs_diff(128) <= 1);
        let mut plain = picture(Layout::Rgb, vec![1, 2, 3]);
        apply(&mut plain, code(1, SRGB));
        assert_eq!((&plain.profile, plain.notes.len()), (&None, 0));
    }

    #[test]
    fn chromaticities_become_a_profile_unless_they_are_nonsense() {
        let p3 = [0.3127, 0.3290, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060];
        let mut measured = picture(Layout::Rgb, vec![200, 100, 50]);
        apply(&mut measured, Described::Measured { gamma: None, chromaticities: Some(p3) });
        let got = profile::into_srgb(measured);
        assert!(values(&got).iter().zip([215, 93, 31]).all(|(a, b)| a.abs_diff(b) <= 1), "{:?}", got.samples);
        for nonsense in [[0.0; 8], [0.3; 8]] {
            let mut measured = picture(Layout::Rgb, vec![200, 100, 50]);
            apply(&mut measured, Described::Measured { gamma: Some(0.45), chromaticities: Some(nonsense) });
            assert_eq!(measured.profile, None);
            assert!(measured.notes[0].contains("cannot be used"), "{:?}", measured.notes);
        }
    }
}
