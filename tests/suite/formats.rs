//! Files of uncommon kinds, each of a few hundred bytes: see `tests/pictures/README.md`. A file
//! without a row here fails.

use std::path::PathBuf;

use splitsr::Error;
use splitsr::image::profile::into_srgb;
use splitsr::image::{Depth, Format, Layout, Limits, Picture, decode, encode_with, exif};

use super::data;

/// The outcome that a file must have.
enum Expected {
    Picture {
        layout: Layout,
        depth: Depth,
        /// How far the four quarters may be from their colours, in levels of sRGB.
        tolerance: u8,
        /// A part of one of the notes; `""` where there must be none.
        note: &'static str,
    },
    /// A part of the text of [`Error::UnsupportedFormat`].
    Unsupported(&'static str),
    /// A part of the text of [`Error::Decode`].
    Damaged(&'static str),
}

use Depth::{Eight, Sixteen};
use Expected::{Damaged, Unsupported};
use Layout::{Grey, GreyAlpha, Rgb, RgbAlpha};

fn picture(layout: Layout, depth: Depth, tolerance: u8, note: &'static str) -> Expected {
    Expected::Picture { layout, depth, tolerance, note }
}

fn expectations() -> Vec<(&'static str, Expected)> {
    let plain = |tolerance| picture(Rgb, Eight, tolerance, "");
    vec![
        // TIFF: numbers and bits.
        ("bilevel_reversed.tif", picture(Grey, Eight, 0, "")),
        ("fax3_reversed.tif", picture(Grey, Eight, 0, "")),
        ("fax4_reversed.tif", picture(Grey, Eight, 0, "")),
        ("white_is_zero.tif", picture(Grey, Eight, 0, "")),
        ("grey32.tif", picture(Grey, Sixteen, 0, "32 bits per channel were reduced to 16")),
        ("grey12.tif", Unsupported("uncommon kind")),
        ("signed.tif", Unsupported("signed numbers")),
        (
            "float16.tif",
            picture(Rgb, Sixteen, 1, "linear light and converted to 16-bit sRGB; 2 % of the pixels are brighter"),
        ),
        (
            "float32.tif",
            picture(Rgb, Sixteen, 0, "linear light and converted to 16-bit sRGB; 2 % of the pixels are brighter"),
        ),
        ("float64_premultiplied.tif", picture(RgbAlpha, Sixteen, 0, "taken as linear light")),
        // TIFF: alpha and spare channels.
        ("grey_alpha16.tif", picture(GreyAlpha, Sixteen, 0, "")),
        ("grey_premultiplied.tif", picture(GreyAlpha, Eight, 2, "")),
        ("white_is_zero_alpha.tif", picture(GreyAlpha, Eight, 0, "")),
        ("rgbx_untold.tif", picture(Rgb, Eight, 0, "spare channel is left out")),
        ("spare16_predictor.tif", picture(Rgb, Sixteen, 0, "spare channel is left out")),
        ("spare_and_alpha.tif", picture(RgbAlpha, Eight, 0, "spare channel is left out")),
        // TIFF: colours.
        ("palette4.tif", plain(0)),
        ("cmyk.tif", picture(Rgb, Eight, 1, "converted from CMYK")),
        ("cmyk_planar.tif", picture(Rgb, Eight, 1, "converted from CMYK")),
        ("ycbcr.tif", plain(2)),
        ("ycbcr_shared.tif", Unsupported("YCbCr with subsampled chroma")),
        ("cielab.tif", picture(Rgb, Eight, 3, "Lab colours are converted to sRGB")),
        ("cielab16.tif", picture(Rgb, Sixteen, 3, "Lab colours are converted to sRGB")),
        ("icclab.tif", picture(Rgb, Eight, 3, "Lab colours are converted to sRGB")),
        // TIFF: structure.
        ("big_pages.tif", picture(Rgb, Eight, 0, "the first of 2 pages")),
        ("jpeg.tif", plain(3)),
        ("jpeg_420_odd.tif", plain(4)),
        ("jpeg_cut.tif", picture(Rgb, Eight, u8::MAX, "a part of the file is missing")),
        ("planar16.tif", picture(Rgb, Sixteen, 0, "")),
        ("thumbnail_first.tif", plain(0)),
        ("tiled.tif", plain(0)),
        ("tile_bomb.tif", Damaged("TIFF")),
        ("raw.dng", Unsupported("a camera's raw file")),
        // PNG: colours, metadata and depth.
        ("cicp_srgb.png", plain(0)),
        ("cicp_p3.png", picture(Rgb, Eight, 1, "Display P3")),
        ("cicp_2020.png", picture(Rgb, Eight, 2, "BT.2020")),
        ("cicp_grey.png", picture(Grey, Eight, 0, "Display P3")),
        ("cicp_unknown.png", picture(Rgb, Eight, 0, "of an unknown kind and are taken as sRGB")),
        (
            "cicp_pq16.png",
            picture(Rgb, Sixteen, 1, "BT.2020 PQ) are converted to sRGB; 2 % of the pixels are brighter than white"),
        ),
        ("cicp_hlg.png", picture(Rgb, Eight, 3, "BT.2020 HLG) are converted to sRGB")),
        ("chrm_p3.png", picture(Rgb, Eight, 3, "kept as a colour profile")),
        ("chrm_srgb.png", plain(0)),
        ("sbit.png", plain(0)),
        ("grey_alpha16.png", picture(GreyAlpha, Sixteen, 0, "")),
        ("iphone.png", Unsupported("iPhone")),
        // JPEG: channels, sampling, and what is missing.
        ("rgb_ids.jpg", plain(3)),
        ("rgb_adobe.jpg", plain(3)),
        ("no_end.jpg", picture(Rgb, Eight, 3, "end marker is missing")),
        ("progressive_no_end.jpg", picture(Rgb, Eight, 3, "end marker is missing")),
        ("progressive_lacks_a_scan.jpg", Damaged("cut short")),
        ("cut_in_the_scan.jpg", Damaged("cut short")),
        ("cut_and_zeros.jpg", Damaged("cut short")),
        ("cut_with_end.jpg", picture(Rgb, Eight, u8::MAX, "a part of the file is missing")),
        ("progressive_cut_with_end.jpg", picture(Rgb, Eight, u8::MAX, "a part of the file is missing")),
        ("hole_before_restart.jpg", picture(Rgb, Eight, u8::MAX, "a part of the file is missing")),
        ("bits12.jpg", Unsupported("with 12 bits")),
        ("lossless.jpg", Unsupported("lossless")),
        ("two_channels.jpg", Unsupported("with 2 channels")),
        // Others.
        ("icc.bmp", picture(Rgb, Eight, 1, "profile \"Display P3")),
        ("icc.webp", picture(Rgb, Eight, 1, "profile \"Display P3")),
        ("interlaced.gif", plain(0)),
        ("sizes.ico", picture(RgbAlpha, Eight, 0, "the best of 3 sizes")),
    ]
}

/// Files of orientation 6: they must be turned to the right.
const TURNED: [&str; 3] = ["exif_after_pixels.png", "exif_prefixed.png", "orientation_6.tif"];

#[test]
fn every_file_gives_what_its_row_says() {
    let rows = expectations();
    data::check_rows(&folder(), rows.iter().map(|(name, _)| *name).chain(TURNED), &[]);
    for (name, expected) in rows {
        match (decode(&read(name), &Limits::default()), expected) {
            (Ok(picture), Expected::Picture { layout, depth, tolerance, note }) => {
                assert_eq!((picture.layout, picture.samples.depth()), (layout, depth), "{name}");
                let mut notes = picture.notes.iter();
                let noted = if note.is_empty() { picture.notes.is_empty() } else { notes.any(|n| n.contains(note)) };
                assert!(noted, "{name}: {note:?} expected in {:?}", picture.notes);
                println!("{name}");
                has_quarters(picture, name, tolerance);
            }
            (Err(Error::UnsupportedFormat(text)), Unsupported(says)) | (Err(Error::Decode(text)), Damaged(says)) => {
                assert!(text.contains(says) && !text.contains('\n'), "{name}: {says:?} expected: {text}");
            }
            (Ok(picture), Unsupported(says) | Damaged(says)) => {
                panic!("{name} was read, but should fail with {says:?}: {:?}", picture.notes)
            }
            (Err(error), _) => panic!("{name}: {error}"),
        }
    }
}

const QUARTERS: [[u8; 3]; 4] = [[200, 100, 50], [60, 160, 70], [70, 90, 190], [128; 3]];

/// The same levels as Display P3 has them, in sRGB.
const QUARTERS_FROM_P3: [[u8; 3]; 4] = [[215, 93, 31], [0, 163, 55], [64, 91, 197], [128; 3]];

/// The same levels as BT.2020 with BT.709's curve has them, in sRGB.
const QUARTERS_FROM_2020: [[u8; 3]; 4] = [[246, 94, 50], [0, 177, 69], [47, 105, 204], [140; 3]];

fn has_quarters(picture: Picture, name: &str, tolerance: u8) {
    let has_profile = picture.profile.is_some();
    let (grey, layout) = (picture.layout.is_grey(), picture.layout);
    let picture = into_srgb(picture).into_8_bit();
    let (pixels, width, height) = (picture.to_rgba8(), picture.width as usize, picture.height as usize);
    let is_bilevel = name.starts_with("fax") || name.starts_with("bilevel");
    for quarter in 0..4 {
        let (x, y) = (width / 4 + quarter % 2 * (width / 2), height / 4 + quarter / 2 * (height / 2));
        let pixel = &pixels[4 * (y * width + x)..][..4];
        let expected = match quarter {
            _ if is_bilevel => [if quarter == 0 || quarter == 3 { 255 } else { 0 }; 3],
            _ if grey => [QUARTERS[quarter][0]; 3],
            _ if name == "cicp_2020.png" => QUARTERS_FROM_2020[quarter],
            _ if has_profile => QUARTERS_FROM_P3[quarter],
            _ => QUARTERS[quarter],
        };
        let near = pixel.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= tolerance);
        assert!(near, "{name}: {pixel:?} instead of {expected:?} in quarter {quarter}");
        let alpha = match layout {
            _ if name.starts_with("sizes") => 255,
            Layout::RgbAlpha | Layout::GreyAlpha if name.starts_with("float64") => 128,
            Layout::RgbAlpha | Layout::GreyAlpha => 100,
            _ => 255,
        };
        assert_eq!(pixel[3], alpha, "{name}");
    }
}

#[test]
fn pictures_on_their_side_are_turned() {
    for name in TURNED {
        let picture = decode(&read(name), &Limits::default()).unwrap();
        assert_eq!((picture.width, picture.height), (24, 32), "{name}");
        let pixels = picture.to_rgba8();
        // The quarter that was at the bottom left is now at the top left.
        for (x, y, quarter) in [(6, 8, 2), (18, 8, 0), (6, 24, 3), (18, 24, 1)] {
            assert_eq!(pixels[4 * (y * 24 + x)..][..3], QUARTERS[quarter], "{name}");
        }
    }
}

/// Any combination of sampling factors is read as other programs read it, or refused in words.
#[test]
fn chroma_may_be_sampled_in_any_way() {
    let (mut refused, mut wrong) = (Vec::new(), Vec::new());
    for factors in SAMPLINGS {
        for (width, height) in [(96, 96), (91, 85)] {
            let file = flat_jpeg(width, height, &factors);
            match decode(&file, &Limits::default()) {
                Ok(picture) => {
                    assert_eq!((picture.width, picture.height), (width.into(), height.into()));
                    let pixels = picture.to_rgba8();
                    for (x, y, quarter) in [(12, 12, 0), (84, 12, 1), (12, 80, 2), (84, 80, 3), (36, 36, 0)] {
                        let pixel = &pixels[4 * (y * usize::from(width) + x)..][..3];
                        let near = pixel.iter().zip(QUARTERS[quarter]).all(|(a, b)| a.abs_diff(b) <= 3);
                        if !near {
                            wrong.push(format!("{factors:?} of {width} x {height}: {pixel:?} in quarter {quarter}"));
                        }
                    }
                }
                Err(Error::UnsupportedFormat(_)) => refused.push(factors),
                Err(error) => wrong.push(format!("{factors:?}: {error}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(refused, [[(3, 1), (1, 1), (1, 1)]; 2]);
}

type Factors = [(u8, u8); 3];

const SAMPLINGS: [Factors; 12] = [
    [(1, 1), (1, 1), (1, 1)],
    [(2, 1), (1, 1), (1, 1)],
    [(1, 2), (1, 1), (1, 1)],
    [(2, 2), (1, 1), (1, 1)],
    [(4, 1), (1, 1), (1, 1)],
    [(1, 4), (1, 1), (1, 1)],
    [(4, 2), (1, 1), (1, 1)],
    [(3, 1), (1, 1), (1, 1)],
    [(2, 2), (2, 1), (1, 2)],
    [(2, 2), (2, 1), (2, 1)],
    [(1, 1), (2, 2), (2, 2)],
    [(2, 1), (2, 1), (2, 1)],
];

/// A JPEG of the four quarters of 96 x 96 pixels, cut to that size; each block has one colour.
fn flat_jpeg(width: u16, height: u16, factors: &Factors) -> Vec<u8> {
    let max = |side: fn(&(u8, u8)) -> u8| usize::from(factors.iter().map(side).max().unwrap());
    let (across, down) = (max(|factor| factor.0), max(|factor| factor.1));
    let mut bits = Vec::new();
    let mut put = |value: i32, count: u32| bits.extend((0..count).rev().map(|bit| value >> bit & 1 == 1));
    let mut before = [0; 3];
    for row in 0..usize::from(height).div_ceil(8 * down) {
        for column in 0..usize::from(width).div_ceil(8 * across) {
            for (channel, &(horizontal, vertical)) in factors.iter().enumerate() {
                let (horizontal, vertical) = (usize::from(horizontal), usize::from(vertical));
                for block in 0..horizontal * vertical {
                    let x = (column * horizontal + block % horizontal) * 8 * across / horizontal;
                    let y = (row * vertical + block / horizontal) * 8 * down / vertical;
                    let quarter = usize::from(x >= 48) + 2 * usize::from(y >= 48);
                    let value = (8.0 * (ycbcr(QUARTERS[quarter])[channel] - 128.0)).round() as i32;
                    let difference = value - std::mem::replace(&mut before[channel], value);
                    let size = i32::BITS - difference.unsigned_abs().leading_zeros();
                    // The tables below give each size a code of 4 bits, and the end of a block one
                    // of 1 bit.
                    put(size as i32, 4);
                    put(if difference < 0 { difference + (1 << size) - 1 } else { difference }, size);
                    put(0, 1);
                }
            }
        }
    }
    let mut file = vec![0xff, 0xd8];
    let mut segment = |marker: u8, content: &[u8]| {
        file.extend([0xff, marker]);
        file.extend((content.len() as u16 + 2).to_be_bytes());
        file.extend(content);
    };
    segment(0xdb, &[&[0][..], &[1; 64]].concat());
    let [[high, low], [wide, narrow]] = [height, width].map(u16::to_be_bytes);
    let channels: Vec<u8> = (1..).zip(factors).flat_map(|(id, factor)| [id, factor.0 << 4 | factor.1, 0]).collect();
    segment(0xc0, &[&[8, high, low, wide, narrow, 3][..], &channels].concat());
    segment(0xc4, &[&[0, 0, 0, 0, 12][..], &[0; 12], &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]].concat());
    segment(0xc4, &[&[0x10, 1][..], &[0; 15], &[0]].concat());
    segment(0xda, &[3, 1, 0, 2, 0, 3, 0, 0, 63, 0]);
    for byte in bits.chunks(8) {
        let byte = (0..8).fold(0, |value, bit| value << 1 | u8::from(*byte.get(bit).unwrap_or(&true)));
        file.push(byte);
        if byte == 0xff {
            file.push(0);
        }
    }
    file.extend([0xff, 0xd9]);
    file
}

fn ycbcr([red, green, blue]: [u8; 3]) -> [f64; 3] {
    let [red, green, blue] = [red, green, blue].map(f64::from);
    let y = 0.299 * red + 0.587 * green + 0.114 * blue;
    [y, (blue - y) / 1.772 + 128.0, (red - y) / 1.402 + 128.0]
}

/// The notes name everything that a format cannot hold, and nothing that it can.
#[test]
fn notes_on_writing_name_what_is_lost() {
    let deep = decode(&read("grey_alpha16.tif"), &Limits::default()).unwrap();
    let notes = |format| encode_with(&deep, format, None).unwrap().notes.join("; ");
    for format in [Format::Png, Format::Tiff] {
        assert_eq!(notes(format), "");
    }
    assert_eq!(notes(Format::WebP), "reduced from 16 to 8 bits per channel, as webp files have");
    let jpeg = notes(Format::Jpeg { quality: 90 });
    assert!(jpeg.contains("from 16 to 8 bits") && jpeg.contains("now white"), "{jpeg}");
    let p3 = decode(&read("icc.webp"), &Limits::default()).unwrap();
    for format in [Format::Bmp, Format::Gif] {
        assert!(encode_with(&p3, format, None).unwrap().notes[0].contains("converted to sRGB"));
    }
    let metadata = exif(&read("exif_prefixed.png"));
    assert!(metadata.is_some());
    assert!(encode_with(&p3, Format::Gif, metadata).unwrap().notes[1].contains("metadata is left out"));
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/pictures")
}

fn read(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).unwrap()
}
