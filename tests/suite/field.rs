//! Every file of the folder of pictures that public bug reports tell of gives what its README says,
//! from the command. A file without a row here fails.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use serde_json::Value;
use splitsr::image::{Limits, Picture, decode, exif};

use super::data;

/// The outcome that a file must have.
enum Expected {
    Picture {
        size: (u32, u32),
        /// A part of one of the notes; `""` where there must be none.
        note: &'static str,
        /// Checks the picture doubled.
        check: fn(&Picture),
    },
    /// A part of the one line on stderr.
    Error(&'static str),
}

fn picture(size: (u32, u32), note: &'static str, check: fn(&Picture)) -> Expected {
    Expected::Picture { size, note, check }
}

fn expectations() -> Vec<(&'static str, Expected)> {
    let usual = (96, 72);
    vec![
        ("bigtiff.tif", picture(usual, "", |p| has_patches(p, 1))),
        ("premultiplied_alpha.tif", picture((64, 64), "", |p| has_an_orange_disc(p, 8))),
        ("spare_channel_predictor.tif", picture(usual, "spare channel is left out", |p| has_patches(p, 1))),
        (
            "icc_without_curves.png",
            picture(usual, "cannot be used and was dropped: the colours are taken as sRGB", |p| {
                has_patches(p, 1);
            }),
        ),
        ("no_end_marker.jpg", picture(usual, "end marker is missing", |p| has_patches(p, 3))),
        ("orientation_6_plain.webp", picture((48, 32), "", has_upright_corners)),
        ("orientation_6_prefixed.webp", picture((48, 32), "", has_upright_corners)),
        ("display_p3_10bit.avif", Expected::Error("AVIF: open it in the page")),
        ("exif_66k.png", picture((24, 16), "", |p| is_like("exif_66k.png", p))),
        ("strip_8000000x1.png", picture((8_000_000, 1), "", |p| is_like("strip_8000000x1.png", p))),
    ]
}

#[test]
fn every_file_gives_what_its_table_says() {
    let folder = data::folder("field");
    let rows = expectations();
    data::check_rows(&folder, rows.iter().map(|(name, _)| *name), &[]);
    let out = tempfile::tempdir().unwrap();
    for (name, expected) in rows {
        match expected {
            Expected::Picture { size, note, check } => {
                let start = Instant::now();
                let (doubled, notes) = enlarge(&folder.join(name), &out.path().join("out.png"), &[]).unwrap();
                assert_eq!((doubled.width, doubled.height), (2 * size.0, 2 * size.1), "{name}");
                let noted = if note.is_empty() { notes.is_empty() } else { notes.iter().any(|n| n.contains(note)) };
                assert!(noted, "{name}: {note:?} expected in {notes:?}");
                // The strip is the largest: alone it takes 4 s, and took 50. Others run beside it.
                assert!(start.elapsed().as_secs() < 90, "{name} took {:?}", start.elapsed());
                println!("{name}");
                check(&doubled);
            }
            Expected::Error(says) => {
                let line = enlarge(&folder.join(name), &out.path().join("out.png"), &[]).unwrap_err();
                assert!(line.contains(says) && line.trim_end().lines().count() == 1, "{name}: {line}");
            }
        }
    }
}

/// Not enlarged, so that only the decoder decides.
#[test]
fn premultiplied_colours_are_divided_by_alpha() {
    let out = tempfile::tempdir().unwrap();
    let input = data::folder("field").join("premultiplied_alpha.tif");
    let (same, _) = enlarge(&input, &out.path().join("out.png"), &["--scale", "1"]).unwrap();
    assert_eq!((same.width, same.height), (64, 64));
    has_an_orange_disc(&same, 4);
}

#[test]
fn a_profile_that_cannot_be_used_stops_no_format() {
    let out = tempfile::tempdir().unwrap();
    for format in ["png", "jpg", "webp", "bmp", "tif", "gif"] {
        let path = out.path().join("out").with_extension(format);
        let (doubled, notes) = enlarge(&data::folder("field").join("icc_without_curves.png"), &path, &[]).unwrap();
        assert!(notes.iter().any(|note| note.contains("taken as sRGB")), "{format}: {notes:?}");
        println!("{format}");
        has_patches(&doubled, 3);
    }
}

#[test]
fn metadata_that_a_jpeg_cannot_hold_are_left_out_with_a_note() {
    let out = tempfile::tempdir().unwrap();
    let input = data::folder("field").join("exif_66k.png");
    let (name, keep) = ("out.jpg", &["--keep-metadata"][..]);
    let (_, notes) = enlarge(&input, &out.path().join(name), keep).unwrap();
    assert!(notes.iter().any(|note| note.contains("a JPEG holds at most 64 KB")), "{notes:?}");
    assert_eq!(exif(&std::fs::read(out.path().join(name)).unwrap()), None);
    let (_, notes) = enlarge(&input, &out.path().join("out.png"), keep).unwrap();
    assert!(notes.is_empty(), "{notes:?}");
    assert!(exif(&std::fs::read(out.path().join("out.png")).unwrap()).is_some_and(|exif| exif.len() > 65_535));
    let (_, notes) = enlarge(&input, &out.path().join("out.tif"), keep).unwrap();
    assert!(notes.iter().any(|note| note.contains("metadata is left out")), "{notes:?}");
}

/// The file that the command writes, and its notes; or what it says on stderr.
fn enlarge(input: &Path, out: &Path, more: &[&str]) -> Result<(Picture, Vec<String>), String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_splitsr"));
    command.arg("upscale").arg(input).arg("-o").arg(out).args(["--json", "--backend", "cpu"]).args(more);
    let output = command.output().unwrap();
    if !output.status.success() {
        return Err(String::from_utf8(output.stderr).unwrap());
    }
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let notes = report["pictures"][0]["notes"].as_array().unwrap();
    let notes = notes.iter().map(|note| note.as_str().unwrap().to_owned()).collect();
    let picture = decode(&std::fs::read(out).unwrap(), &Limits::default()).unwrap();
    Ok((picture, notes))
}

fn pixel(picture: &Picture, x: u32, y: u32) -> [u8; 4] {
    let at = 4 * (y * picture.width + x) as usize;
    *picture.to_rgba8()[at..].first_chunk().unwrap()
}

/// Shrunk again, it is nearly the file.
fn is_like(name: &str, doubled: &Picture) {
    let original = decode(&std::fs::read(data::folder("field").join(name)).unwrap(), &Limits::default()).unwrap();
    let [large, small] = [doubled, &original].map(Picture::to_rgba8);
    let (width, row) = (4 * original.width as usize, 8 * original.width as usize);
    let sum: f64 = (0..small.len())
        .map(|at| {
            let corner = at / width * 2 * row + at % width / 4 * 8 + at % 4;
            let block: u32 = [0, 4, row, row + 4].iter().map(|offset| u32::from(large[corner + offset])).sum();
            (f64::from(block) / 4.0 - f64::from(small[at])).abs()
        })
        .sum();
    let difference = sum / small.len() as f64;
    assert!(difference < 3.0, "{difference} levels on average");
}

fn has_patches(doubled: &Picture, tolerance: u8) {
    for (y, colour) in [(9, [200, 100, 50]), (27, [60, 160, 70]), (45, [70, 90, 190]), (63, [128; 3])] {
        let [red, green, blue, alpha] = pixel(doubled, 2 * 12, 2 * y);
        let near = [red, green, blue].iter().zip(colour).all(|(a, b)| a.abs_diff(b) <= tolerance);
        assert!(near && alpha == 255, "{:?} instead of {colour:?} at row {y}", [red, green, blue, alpha]);
    }
}

/// The tolerance is 4 levels before enlarging; the network adds some at the soft edge.
fn has_an_orange_disc(picture: &Picture, tolerance: u8) {
    let pixels = picture.to_rgba8();
    let visible: Vec<_> = pixels.chunks_exact(4).filter(|pixel| pixel[3] > 100).collect();
    let share = visible.len() as f64 / f64::from(picture.width * picture.height);
    assert!((0.5..0.6).contains(&share), "{share} of it is visible");
    for pixel in visible {
        let near = [255, 128, 0].iter().zip(pixel).all(|(a, b): (&u8, &u8)| a.abs_diff(*b) <= tolerance);
        assert!(near, "{pixel:?}");
    }
}

fn has_upright_corners(doubled: &Picture) {
    let (right, bottom) = (doubled.width - 8, doubled.height - 8);
    let corners = [(8, 8), (right, 8), (8, bottom), (right, bottom)].map(|(x, y)| pixel(doubled, x, y));
    let strong = corners.map(|[red, green, blue, _]| (red > 150, green > 90, blue > 150));
    let expected = [(true, false, false), (false, true, false), (false, false, true), (true, true, false)];
    assert_eq!(strong, expected, "{corners:?}");
}
