//! Every file of the folder of awkward pictures does what its README's table says. A file without a
//! row here fails.

use std::alloc::{GlobalAlloc, Layout as Block, System};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use splitsr::Error;
use splitsr::image::alpha::fill_hidden;
use splitsr::image::resize::{Filter, resize};
use splitsr::image::{Area, Depth, Format, Layout, Limits, Picture, Samples, decode, encode};

use super::{batch, data};

/// The outcome that a file must have.
enum Expected {
    /// A picture.
    Picture {
        size: (u32, u32),
        layout: Layout,
        depth: Depth,
        /// A part of one of the notes; `""` where there must be none.
        note: &'static str,
        /// Checks the pixels.
        check: fn(&Picture),
    },
    /// An error whose variant and text fit.
    Error { is: fn(&Error) -> bool, says: &'static str },
}

fn picture(size: (u32, u32), layout: Layout, note: &'static str, check: fn(&Picture)) -> Expected {
    Expected::Picture { size, layout, depth: Depth::Eight, note, check }
}

fn deep(layout: Layout, check: fn(&Picture)) -> Expected {
    Expected::Picture { size: (64, 48), layout, depth: Depth::Sixteen, note: "", check }
}

fn damaged(says: &'static str) -> Expected {
    Expected::Error { is: |error| matches!(error, Error::Decode(_)), says }
}

fn unsupported(says: &'static str) -> Expected {
    Expected::Error { is: |error| matches!(error, Error::UnsupportedFormat(_)), says }
}

fn too_large(says: &'static str) -> Expected {
    Expected::Error { is: |error| matches!(error, Error::TooLarge { .. }), says }
}

fn expectations() -> Vec<(&'static str, Expected)> {
    use Layout::{Grey, GreyAlpha, Rgb, RgbAlpha};
    let small = (64, 48);
    let large = (160, 120);
    let upright = (48, 32);
    vec![
        ("1x1.png", picture((1, 1), Rgb, "", |p| assert_eq!(p.samples, Samples::U8(vec![200, 40, 40])))),
        ("1x64.png", picture((1, 64), Rgb, "", can_be_enlarged)),
        ("64x1.png", picture((64, 1), Rgb, "", can_be_enlarged)),
        ("3000x2.png", picture((3000, 2), Grey, "", can_be_enlarged)),
        ("rgb16.png", deep(Rgb, |p| is_the_photo(p, 1.0))),
        ("grey16.png", deep(Grey, |p| is_the_green_of_the_photo(p, 1.0))),
        ("rgba16.png", deep(RgbAlpha, |p| (is_the_photo(p, 1.0), has_soft_alpha(p)).0)),
        ("grey1.png", picture(small, Grey, "", |p| assert_eq!(values_of(p, 0), BTreeSet::from([0, 255])))),
        ("palette_transparent.png", picture(small, RgbAlpha, "", |p| (is_the_photo(p, 12.0), has_soft_alpha(p)).0)),
        ("rgb_trns.png", picture(small, RgbAlpha, "", one_colour_is_transparent)),
        ("grey_alpha.png", picture(small, GreyAlpha, "", |p| (is_the_green_of_the_photo(p, 0.0), has_soft_alpha(p)).0)),
        ("rgba_hidden_green.png", picture(small, RgbAlpha, "", has_no_green_fringe)),
        ("interlaced.png", picture(small, Rgb, "", |p| is_the_photo(p, 0.0))),
        ("gamma_1_0.png", picture(small, Rgb, "gamma value of 1.00", |p| is_the_photo(p, 0.0))),
        ("trailing_garbage.png", picture(small, Rgb, "", |p| is_the_photo(p, 0.0))),
        ("apng.png", picture(small, Rgb, "the first of 3 frames", |p| is_the_photo(p, 0.0))),
        ("exif_orientation_1.jpg", picture(upright, Rgb, "", has_upright_corners)),
        ("exif_orientation_2.jpg", picture(upright, Rgb, "", has_upright_corners)),
        ("exif_orientation_3.jpg", picture(upright, Rgb, "", has_upright_corners)),
        ("exif_orientation_4.jpg", picture(upright, Rgb, "", has_upright_corners)),
        ("exif_orientation_5.jpg", picture(upright, Rgb, "", has_upright_corners)),
        ("exif_orientation_6.jpg", picture(upright, Rgb, "", has_upright_corners)),
        ("exif_orientation_7.jpg", picture(upright, Rgb, "", has_upright_corners)),
        ("exif_orientation_8.jpg", picture(upright, Rgb, "", has_upright_corners)),
        ("cmyk.jpg", picture(small, Rgb, "converted from CMYK", |p| is_the_photo(p, 6.0))),
        ("grey.jpg", picture(small, Grey, "", |p| is_the_photo_in_grey(p, 6.0))),
        ("progressive.jpg", picture(large, Rgb, "", |p| is_the_large_photo(p, 0.0))),
        ("chroma420.jpg", picture((159, 119), Rgb, "", |p| is_the_large_photo(p, 5.0))),
        ("display_p3.jpg", picture(large, Rgb, "profile \"Display P3", carries_its_profile)),
        ("display_p3.png", picture(small, Rgb, "profile \"Display P3", carries_its_profile)),
        ("animated.gif", picture(small, Rgb, "the first of 4 frames", |p| is_the_photo(p, 12.0))),
        ("transparent.gif", picture(small, RgbAlpha, "", one_colour_is_transparent_in_a_palette)),
        ("animated.webp", picture(small, Rgb, "the first of 4 frames", |p| is_the_photo(p, 8.0))),
        ("lossless_alpha.webp", picture(small, RgbAlpha, "", |p| (is_the_photo(p, 0.0), has_hard_alpha(p)).0)),
        ("lossy.webp", picture(large, Rgb, "", |p| is_the_large_photo(p, 8.0))),
        ("photo.avif", unsupported("AVIF: open it in the page")),
        ("photo.bmp", picture(small, Rgb, "", |p| is_the_photo(p, 0.0))),
        ("rgba.bmp", picture(small, Rgb, "", |p| is_the_photo(p, 0.0))),
        ("photo_lzw.tif", picture(small, Rgb, "", |p| is_the_photo(p, 0.0))),
        ("two_pages_deflate.tif", picture(small, Rgb, "the first of 2 pages", |p| is_the_photo(p, 0.0))),
        ("icon.ico", picture((48, 48), RgbAlpha, "the best of 2 sizes", has_soft_alpha)),
        ("truncated.png", damaged("cut short")),
        ("truncated.jpg", damaged("cut short")),
        ("bad_crc.png", damaged("CRC")),
        ("bad_crc_header.png", damaged("CRC")),
        ("corrupt_data.png", damaged("PNG file cannot be decoded")),
        ("empty.png", damaged("empty")),
        ("only_signature.png", damaged("cut short")),
        ("text.png", unsupported("it is text")),
        ("jpeg_named.png", picture(small, Rgb, "", |p| is_the_photo(p, 8.0))),
        ("zero_width.png", damaged("dimensions")),
        ("bomb_60000x60000.png", too_large("60000 x 60000")),
        ("bomb_20000x20000_1bit.png", too_large("20000 x 20000")),
        ("vector.svg", unsupported("SVG")),
        ("vector_no_size.svg", unsupported("SVG")),
    ]
}

#[test]
fn every_file_does_what_the_table_says() {
    let rows = expectations();
    data::check_rows(&folder(), rows.iter().map(|(name, _)| *name), &[]);
    for (name, expected) in rows {
        LARGEST.set(0);
        let start = Instant::now();
        let result = decode(&read(name), &Limits::default());
        assert!(start.elapsed() < Duration::from_secs(5), "{name} took {:?}", start.elapsed());
        match (result, expected) {
            (Ok(picture), Expected::Picture { size, layout, depth, note, check }) => {
                let got = ((picture.width, picture.height), picture.layout, picture.samples.depth());
                assert_eq!(got, (size, layout, depth), "{name}");
                let noted = if note.is_empty() { picture.notes.is_empty() } else { has_note(&picture, note) };
                assert!(noted, "{name}: {note:?} expected in {:?}", picture.notes);
                println!("{name}");
                check(&picture);
            }
            (Err(error), Expected::Error { is, says }) => {
                let text = error.to_string();
                assert!(is(&error) && text.contains(says) && !text.contains('\n'), "{name}: {says:?} expected: {text}");
            }
            (Ok(_), Expected::Error { says, .. }) => panic!("{name} was read, but should fail with {says:?}"),
            (Err(error), Expected::Picture { .. }) => panic!("{name} should be read: {error}"),
        }
        // The largest of these pictures that may be read takes 58 KB; the smaller bomb would be 400
        // MB.
        let largest = LARGEST.get();
        assert!(largest < 64 << 20, "{name} took {largest} bytes at once");
    }
}

/// The same from the command, as one batch.
#[test]
fn the_command_does_what_the_table_says() {
    let out = tempfile::tempdir().unwrap();
    let model = concat!(env!("CARGO_MANIFEST_DIR"), "/models/splitsr-tiny-x2.safetensors");
    let options = ["--model", model, "--json", "-o", out.path().to_str().unwrap()];
    let rows = expectations();
    let (status, reports, stderr) =
        batch::run(&folder(), options.into_iter().chain(rows.iter().map(|(name, _)| *name)));
    assert_eq!(status, 1, "some files cannot be read");
    assert_eq!(reports.len(), rows.len(), "{stderr:?}");
    for (name, expected) in rows {
        let report = reports.iter().find(|report| report["input"] == name).unwrap();
        match expected {
            Expected::Picture { size, note, .. } => {
                assert_eq!(report["status"], "made", "{report}");
                assert_eq!(
                    (&report["width"], &report["height"]),
                    (&(2 * size.0).into(), &(2 * size.1).into()),
                    "{name}"
                );
                let notes = report["notes"].as_array().unwrap();
                let noted = notes.iter().any(|found| found.as_str().unwrap().contains(note));
                assert!(
                    if note.is_empty() { notes.is_empty() } else { noted },
                    "{name}: {note:?} expected in {notes:?}"
                );
                let written = std::fs::read(report["output"].as_str().unwrap()).unwrap();
                let written = decode(&written, &Limits::default()).unwrap();
                let shrunk = resize(&written, size.0, size.1, Filter::Lanczos3).unwrap();
                let difference = visible_difference(&shrunk, &reference(name));
                // Black and white dots become soft.
                let tolerance = if name == "grey1.png" { 12.0 } else { 3.0 };
                assert!(difference < tolerance, "{name}: {difference} levels on average");
            }
            Expected::Error { says, .. } => {
                assert_eq!(report["status"], "failed", "{report}");
                assert!(report["error"].as_str().unwrap().contains(says), "{name}: {says:?} expected: {report}");
                let lines = stderr.iter().filter(|line| line.contains(&format!("{name}: "))).count();
                assert_eq!(lines, 1, "{name}: one line on stderr: {stderr:?}");
            }
        }
    }
}

/// Damage at any place, not only where the folder has it, is an error or a picture, never a crash
/// or a hang.
#[test]
fn damaged_copies_neither_crash_nor_hang() {
    let limits = Limits { max_pixels: 1_000_000 };
    // Xorshift: the same copies in every run.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let (mut read_well, mut refused) = (0, 0);
    for (name, _) in expectations() {
        let intact = read(name);
        for copy in 0..60.min(intact.len()) {
            let mut bytes = intact.clone();
            if copy % 3 == 0 {
                bytes.truncate(random(bytes.len()));
            } else {
                // Every other copy has its header hit, where sizes and lengths stand.
                let end = if copy % 3 == 1 { bytes.len() } else { bytes.len().min(200) };
                for _ in 0..=random(4) {
                    bytes[random(end)] = random(256) as u8;
                }
            }
            let start = Instant::now();
            match decode(&bytes, &limits) {
                Ok(_) => read_well += 1,
                Err(_) => refused += 1,
            }
            assert!(start.elapsed() < Duration::from_secs(5), "{name}, copy {copy}, took {:?}", start.elapsed());
        }
    }
    assert!(read_well > 100 && refused > 100, "{read_well} read, {refused} refused");
}

/// Remembers each thread's largest single allocation: a bomb that is refused only after its memory
/// was taken shows here.
struct Watched;

thread_local! {
    pub(super) static LARGEST: Cell<usize> = const { Cell::new(0) };
}

/// Threads allocate also when their own values are gone.
fn watch(size: usize) {
    let _ = LARGEST.try_with(|largest| largest.set(largest.get().max(size)));
}

#[global_allocator]
static WATCHED: Watched = Watched;

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Watched {
    unsafe fn alloc(&self, block: Block) -> *mut u8 {
        watch(block.size());
        // SAFETY: the caller keeps `alloc`'s contract.
        unsafe { System.alloc(block) }
    }

    unsafe fn alloc_zeroed(&self, block: Block) -> *mut u8 {
        watch(block.size());
        // SAFETY: the caller keeps `alloc_zeroed`'s contract.
        unsafe { System.alloc_zeroed(block) }
    }

    unsafe fn realloc(&self, start: *mut u8, block: Block, size: usize) -> *mut u8 {
        watch(size);
        // SAFETY: the caller keeps `realloc`'s contract.
        unsafe { System.realloc(start, block, size) }
    }

    unsafe fn dealloc(&self, start: *mut u8, block: Block) {
        // SAFETY: the caller keeps `dealloc`'s contract.
        unsafe { System.dealloc(start, block) }
    }
}

fn folder() -> PathBuf {
    data::folder("awkward")
}

fn read(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).unwrap()
}

fn reference(name: &str) -> Picture {
    decode(&read(name), &Limits::default()).unwrap()
}

fn has_note(picture: &Picture, part: &str) -> bool {
    picture.notes.iter().any(|note| note.contains(part))
}

/// The 8-bit values of one channel of RGBA.
fn channel(picture: &Picture, index: usize) -> Vec<u8> {
    picture.to_rgba8().into_iter().skip(index).step_by(4).collect()
}

fn values_of(picture: &Picture, index: usize) -> BTreeSet<u8> {
    channel(picture, index).into_iter().collect()
}

/// Mean difference of the colours, in levels of 255; alpha does not count.
fn difference(a: &Picture, b: &Picture) -> f64 {
    assert_eq!((a.width, a.height), (b.width, b.height));
    let sum: u64 = (0..3)
        .flat_map(|index| channel(a, index).into_iter().zip(channel(b, index)))
        .map(|(a, b)| u64::from(a.abs_diff(b)))
        .sum();
    sum as f64 / (3.0 * f64::from(a.width) * f64::from(a.height))
}

/// The same, of pixels that are mostly opaque in both pictures.
fn visible_difference(a: &Picture, b: &Picture) -> f64 {
    let (a, b) = (a.to_rgba8(), b.to_rgba8());
    let pixels = a.chunks_exact(4).zip(b.chunks_exact(4)).filter(|(a, b)| a[3].min(b[3]) > 127);
    let differences: Vec<u32> =
        pixels.map(|(a, b)| (0..3).map(|index| u32::from(a[index].abs_diff(b[index]))).sum()).collect();
    f64::from(differences.iter().sum::<u32>()) / 3.0 / differences.len() as f64
}

fn is_the_photo(picture: &Picture, tolerance: f64) {
    let difference = difference(picture, &reference("photo.bmp"));
    assert!(difference <= tolerance, "{difference} from the photograph");
}

fn is_the_photo_in_grey(picture: &Picture, tolerance: f64) {
    is_made_of_the_photo(picture, tolerance, luma);
}

/// How the 16-bit grey file and the one with alpha were made.
fn is_the_green_of_the_photo(picture: &Picture, tolerance: f64) {
    is_made_of_the_photo(picture, tolerance, |pixel| pixel[1]);
}

fn is_made_of_the_photo(picture: &Picture, tolerance: f64, grey: fn(&[u8]) -> u8) {
    let photo = reference("photo.bmp");
    let values = photo.to_rgba8().chunks_exact(4).map(grey).collect();
    let made = Picture::new(photo.width, photo.height, Layout::Grey, Samples::U8(values)).unwrap();
    let difference = difference(picture, &made);
    assert!(difference <= tolerance, "{difference} from the photograph in grey");
}

fn luma(pixel: &[u8]) -> u8 {
    (0.299 * f64::from(pixel[0]) + 0.587 * f64::from(pixel[1]) + 0.114 * f64::from(pixel[2])).round() as u8
}

fn is_the_large_photo(picture: &Picture, tolerance: f64) {
    let area = Area { left: 0, top: 0, width: picture.width, height: picture.height };
    let difference = difference(picture, &reference("progressive.jpg").crop(area));
    assert!(difference <= tolerance, "{difference} from the large photograph");
}

fn has_soft_alpha(picture: &Picture) {
    let alpha = values_of(picture, 3);
    assert!(alpha.iter().any(|&alpha| alpha < 255) && alpha.iter().any(|&alpha| (1..255).contains(&alpha)));
}

/// The pixels of exactly one colour are transparent, and no others.
fn one_colour_is_transparent(picture: &Picture) {
    is_the_photo(picture, 0.0);
    one_colour_is_transparent_in_a_palette(picture);
}

fn one_colour_is_transparent_in_a_palette(picture: &Picture) {
    has_hard_alpha(picture);
    let pixels = picture.to_rgba8();
    let with_alpha = |alpha| pixels.chunks_exact(4).filter(move |pixel| pixel[3] == alpha).map(|pixel| &pixel[..3]);
    let transparent: BTreeSet<_> = with_alpha(0).collect();
    assert_eq!(transparent.len(), 1);
    assert!(with_alpha(255).all(|colour| !transparent.contains(colour)));
}

fn has_hard_alpha(picture: &Picture) {
    assert_eq!(values_of(picture, 3), BTreeSet::from([0, 255]));
}

fn can_be_enlarged(picture: &Picture) {
    let resized = resize(picture, picture.width * 4, picture.height * 4, Filter::Lanczos3).unwrap();
    assert_eq!((resized.width, resized.height), (picture.width * 4, picture.height * 4));
    let mean = |picture: &Picture| {
        let values = channel(picture, 0);
        values.iter().map(|&value| f64::from(value)).sum::<f64>() / values.len() as f64
    };
    assert!((mean(&resized) - mean(picture)).abs() < 2.0);
}

fn has_upright_corners(picture: &Picture) {
    let is = |pixel: &[u8], colour: [u8; 3]| pixel.iter().zip(colour).all(|(a, b)| a.abs_diff(b) < 40);
    let corners = |picture: &Picture| {
        let pixels = picture.to_rgba8();
        let at = |x: u32, y: u32| pixels[((y * picture.width + x) * 4) as usize..][..3].to_vec();
        let (right, bottom) = (picture.width - 4, picture.height - 4);
        [at(3, 3), at(right, 3), at(3, bottom), at(right, bottom)]
    };
    let check = |picture: &Picture| {
        let [top_left, top_right, bottom_left, bottom_right] = corners(picture);
        assert!(top_left[0] > 180 && top_left[1] < 80 && top_left[2] < 80, "red top left: {top_left:?}");
        assert!(top_right[1] > 100 && top_right[0] < 80 && top_right[2] < 80, "green top right: {top_right:?}");
        assert!(bottom_left[2] > 180 && bottom_left[0] < 80, "blue bottom left: {bottom_left:?}");
        assert!(is(&bottom_right[..2], [255, 220, 0]) && bottom_right[2] < 80, "yellow: {bottom_right:?}");
    };
    check(picture);
    // No tag is left that turns it again.
    let again = decode(&encode(picture, Format::Jpeg { quality: 95 }).unwrap(), &Limits::default()).unwrap();
    assert_eq!((again.width, again.height), (picture.width, picture.height));
    check(&again);
}

fn carries_its_profile(picture: &Picture) {
    assert!(picture.profile.is_some());
    let again = decode(&encode(picture, Format::Png).unwrap(), &Limits::default()).unwrap();
    assert!(again.profile == picture.profile);
}

/// Enlarges the colours on their own, as a network does.
fn has_no_green_fringe(picture: &Picture) {
    let enlarge = |picture: &Picture| {
        let (colour, alpha) = picture.clone().split_alpha();
        let larger = |picture: &Picture| resize(picture, 256, 192, Filter::Lanczos3).unwrap();
        larger(&colour).join_alpha(&larger(&alpha.unwrap())).unwrap()
    };
    // How much green stands out where one sees it.
    let greenness = |picture: &Picture| {
        let pixels = picture.to_rgba8();
        let visible = pixels.chunks_exact(4).filter(|pixel| pixel[3] > 0);
        visible.map(|pixel| i32::from(pixel[1]) - i32::from(pixel[0].max(pixel[2]))).max().unwrap()
    };
    let own = greenness(picture);
    assert!(greenness(&enlarge(picture)) > own + 40, "without filling there is a fringe");
    let mut filled = picture.clone();
    fill_hidden(&mut filled);
    let left = greenness(&enlarge(&filled));
    assert!(left <= own + 8, "greenness of {left}, where the photograph has {own}");
}
