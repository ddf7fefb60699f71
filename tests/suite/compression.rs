//! Estimates of how strongly a picture was compressed, against what its encoder was asked for.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use splitsr::image::{
    Area, ChromaSampling, Compression, CompressionKind, Format, Limits, Picture, Samples, decode, encode,
};

use crate::data;

fn read(path: &Path) -> Picture {
    decode(&std::fs::read(path).unwrap(), &Limits::default()).unwrap().into_8_bit().into_rgb()
}

pub fn pictures(folder: &str) -> Vec<(String, Picture)> {
    let entries = std::fs::read_dir(data::folder(folder)).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|end| end != "md")).collect();
    paths.sort();
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    paths.iter().map(|path| (name(path), read(path))).collect()
}

pub fn crop(picture: &Picture, side: u32) -> Picture {
    picture.crop(Area { left: 0, top: 0, width: side.min(picture.width), height: side.min(picture.height) })
}

/// The picture, RGB of 8 bits, as a JPEG.
pub fn jpeg(picture: &Picture, quality: u8, sampling: SamplingFactor) -> Vec<u8> {
    let Samples::U8(values) = &picture.samples else { unreachable!("8 bits") };
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, quality);
    encoder.set_sampling_factor(sampling);
    encoder.encode(values, picture.width as u16, picture.height as u16, ColorType::Rgb).unwrap();
    bytes
}

/// A file of the fixture: its encoder, the quality asked for, its sampling and its tables.
struct Row {
    encoder: String,
    quality: u8,
    sampling: String,
    tables: Vec<Vec<u8>>,
}

impl Row {
    /// The file up to its first scan. The first component has the first table.
    fn header(&self) -> Vec<u8> {
        let mut bytes = vec![0xff, 0xd8];
        for (id, table) in self.tables.iter().take(1 + usize::from(self.tables.len() > 1) * 2).enumerate() {
            bytes.extend([&[0xff, 0xdb, 0, 67, id as u8], &table[..]].concat());
        }
        let luma = match self.sampling.as_str() {
            "4:2:0" => 0x22,
            "4:2:2" => 0x21,
            _ => 0x11,
        };
        let count = self.tables.len() as u8;
        bytes.extend([0xff, 0xc0, 0, 8 + 3 * count, 8, 0, 16, 0, 16, count]);
        (0..count).for_each(|id| bytes.extend([id + 1, if id == 0 { luma } else { 0x11 }, id]));
        bytes.extend([0xff, 0xda, 0, 2]);
        bytes
    }
}

fn fixture(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)).unwrap()
}

fn bytes_of(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn rows() -> Vec<Row> {
    let text = fixture("jpeg_tables.txt");
    let mut tables = Vec::new();
    let mut rows = Vec::new();
    for line in text.lines() {
        match line.split(' ').collect::<Vec<_>>()[..] {
            ["table", hex] => tables.push(bytes_of(hex)),
            ["file", encoder, quality, sampling, numbers] => rows.push(Row {
                encoder: encoder.into(),
                quality: quality.parse().unwrap(),
                sampling: sampling.into(),
                tables: numbers.split(',').map(|number| tables[number.parse::<usize>().unwrap()].clone()).collect(),
            }),
            _ => panic!("a line of another kind: {line}"),
        }
    }
    rows
}

fn median(values: &mut [u8]) -> u8 {
    values.sort_unstable();
    values[values.len() / 2]
}

/// Checks the estimate's kind and sampling, and gives its quality.
fn jpeg_quality(bytes: &[u8], sampling: &str) -> u8 {
    let found = Compression::of_file(bytes).unwrap();
    assert_eq!(found.kind, CompressionKind::Jpeg);
    assert_eq!(found.chroma.map_or("grey".into(), |chroma| chroma.to_string()), sampling);
    found.quality
}

#[test]
fn the_tables_give_the_quality_that_the_encoder_was_asked_for() {
    let mut errors = BTreeMap::<String, Vec<u8>>::new();
    for row in rows() {
        let found = jpeg_quality(&row.header(), &row.sampling);
        errors.entry(row.encoder).or_default().push(found.abs_diff(row.quality));
    }
    // Its tables are its own.
    let jpegli = errors.remove("jpegli").unwrap();
    let mut rng = StdRng::seed_from_u64(17);
    for (_, picture) in pictures("val") {
        let picture = crop(&picture, 48);
        for _ in 0..3 {
            let quality = rng.random_range(1..=100);
            let found = jpeg_quality(&encode(&picture, Format::Jpeg { quality }).unwrap(), "4:4:4");
            errors.entry("image".into()).or_default().push(found.abs_diff(quality));
            let (factor, sampling) = match rng.random_range(0..3) {
                0 => (SamplingFactor::R_4_4_4, "4:4:4"),
                1 => (SamplingFactor::R_4_2_2, "4:2:2"),
                _ => (SamplingFactor::R_4_2_0, "4:2:0"),
            };
            let found = jpeg_quality(&jpeg(&picture, quality, factor), sampling);
            errors.entry("jpeg-encoder".into()).or_default().push(found.abs_diff(quality));
        }
    }
    assert!(errors.values().map(Vec::len).sum::<usize>() >= 200);
    errors.insert("jpegli".into(), jpegli);
    for (encoder, mut errors) in errors {
        let (median, largest) = (median(&mut errors), errors.iter().max().unwrap());
        println!("{encoder}: {} files, median error {median}, largest {largest}", errors.len());
        if encoder == "jpegli" {
            assert!(median <= 4 && *largest <= 12);
        } else {
            assert_eq!((median, *largest), (0, 0), "{encoder}");
        }
    }
}

#[test]
fn jpegli_is_in_order() {
    let mut found: Vec<(u8, u8)> = rows()
        .iter()
        .filter(|row| row.encoder == "jpegli")
        .map(|row| (row.quality, jpeg_quality(&row.header(), &row.sampling)))
        .collect();
    found.sort_unstable();
    println!("{found:?}");
    assert!(found.is_sorted_by_key(|&(_, found)| found));
}

/// Phones, cameras and Photoshop have tables that are not multiples of Annex K's. For Photoshop's,
/// the fixture gives libjpeg's quality at which the same strength of the clean-up was best.
#[test]
fn other_tables_count_as_the_quality_that_needs_the_same_clean_up() {
    for line in fixture("other_tables.txt").lines() {
        let [name, like, hex] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let quality = like.parse().unwrap();
        let row = Row { encoder: name.into(), quality, sampling: "grey".into(), tables: vec![bytes_of(hex)] };
        let found = jpeg_quality(&row.header(), "grey");
        println!("{name}: {found}, needs the same as {quality}");
        // At such low qualities, a difference of 10 changes the strength by 10 % or less.
        let max_difference = if quality < 50 { 10 } else { 5 };
        assert!(found.abs_diff(quality) <= max_difference, "{name}: {found}, needs the same as {quality}");
    }
}

#[test]
fn tables_may_be_missing_broken_or_of_16_bits() {
    let row = |tables: &[Vec<u8>]| Row {
        encoder: String::new(),
        quality: 0,
        sampling: "4:2:0".into(),
        tables: tables.to_vec(),
    };
    let real = rows().into_iter().find(|row| row.encoder == "libjpeg-turbo" && row.tables.len() == 3).unwrap();
    let (luma, chroma) = (real.tables[0].clone(), real.tables[1].clone());
    let whole = row(&[luma.clone(), chroma.clone(), chroma]).header();
    assert_eq!(Compression::of_file(&whole).unwrap().quality, real.quality);
    let with_table = |at: usize, bytes: &[u8]| {
        let mut file = whole.clone();
        file.splice(at..at + 69, bytes.iter().copied());
        Compression::of_file(&file)
    };
    // Without a table; with one that is cut; with a step of 0.
    assert_eq!(with_table(2, &[]), None);
    assert_eq!(with_table(2, &[&[0xff, 0xdb, 0, 66, 0], &luma[..63]].concat()), None);
    assert_eq!(with_table(2, &[&[0xff, 0xdb, 0, 67, 0, 0], &luma[1..]].concat()), None);
    // The brightness alone is enough.
    assert_eq!(with_table(71, &[]).unwrap().quality, real.quality);
    let wide: Vec<u8> = luma.iter().flat_map(|&step| [0, step]).collect();
    assert_eq!(with_table(2, &[&[0xff, 0xdb, 0, 131, 0x10], &wide[..]].concat()).unwrap().quality, real.quality);
    // A table that no encoder writes.
    let flat = row(&[vec![255; 64]]).header();
    assert_eq!(Compression::of_file(&flat).map(|found| (found.quality, found.chroma)), Some((1, None)));
    for file in [&whole[..2], &[][..], b"\xff\xd8\xff\xda\0\x02"] {
        assert_eq!(Compression::of_file(file), None);
    }
}

fn riff(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let chunk = |(name, content): &(&[u8; 4], &[u8])| {
        [&name[..], &(content.len() as u32).to_le_bytes(), content, &vec![0; content.len() % 2]].concat()
    };
    let body = [&b"WEBP"[..], &chunks.iter().flat_map(chunk).collect::<Vec<_>>()].concat();
    [&b"RIFF"[..], &(body.len() as u32).to_le_bytes(), &body].concat()
}

/// The chunk with the pixels, without the chunk's header, of each lossy WebP in the fixture.
fn webp_frames() -> Vec<(u8, Vec<u8>)> {
    let text = fixture("webp_headers.txt");
    let row = |line: &str| line.split_once(' ').map(|(quality, hex)| (quality.parse().unwrap(), bytes_of(hex)));
    text.lines().map(|line| row(line).unwrap()).collect()
}

#[test]
fn lossy_webp_is_recognised_in_every_container() {
    for (_, frame) in webp_frames() {
        let plain = Compression::of_file(&riff(&[(b"VP8 ", &frame)])).unwrap();
        assert_eq!((plain.kind, plain.chroma), (CompressionKind::WebP, Some(ChromaSampling::Half)));
        let extended = riff(&[(b"VP8X", &[0; 10]), (b"ALPH", &[0; 5]), (b"VP8 ", &frame)]);
        assert_eq!(Compression::of_file(&extended), Some(plain));
        let inner = riff(&[(b"ALPH", &[0; 5]), (b"VP8 ", &frame)]);
        let animated = riff(&[(b"VP8X", &[0; 10]), (b"ANIM", &[0; 6]), (b"ANMF", &[&[0; 16], &inner[12..]].concat())]);
        assert_eq!(Compression::of_file(&animated), Some(plain));
        assert_eq!(Compression::of_file(&riff(&[(b"VP8L", &frame)])), None);
    }
}

#[test]
fn lossless_formats_give_no_estimate() {
    let picture = crop(&pictures("eval/Set5")[0].1, 64);
    for format in [Format::Png, Format::WebP, Format::Bmp, Format::Tiff, Format::Gif] {
        let file = encode(&picture, format).unwrap();
        assert_eq!(Compression::of(&file, &picture), None, "{format:?}");
    }
    let file = encode(&picture, Format::Jpeg { quality: 72 }).unwrap();
    assert_eq!(Compression::of(&file, &picture).unwrap().to_string(), "JPEG, quality about 72, 4:4:4");
}

#[test]
fn pixels_show_the_quality_roughly() {
    let pictures: Vec<Picture> = pictures("val").iter().map(|(_, picture)| crop(picture, 384)).collect();
    let mut means = Vec::new();
    for quality in [20, 40, 60, 75, 90] {
        let found = |picture: &Picture| {
            let bytes = jpeg(picture, quality, SamplingFactor::R_4_2_0);
            let pixels = decode(&bytes, &Limits::default()).unwrap();
            Compression::of(&[], &pixels).map(|found| found.quality)
        };
        let all: Vec<Option<u8>> = pictures.iter().map(found).collect();
        let mut errors: Vec<u8> = all.iter().map(|found| found.unwrap_or(100).abs_diff(quality)).collect();
        let nothing = all.iter().filter(|found| found.is_none()).count();
        let mean = all.iter().map(|found| u32::from(found.unwrap_or(100))).sum::<u32>() / all.len() as u32;
        println!(
            "quality {quality}: mean {mean}, median error {}, largest {}, no grid in {nothing} of {}",
            median(&mut errors),
            errors.last().unwrap(),
            all.len()
        );
        assert!(median(&mut errors) <= 12);
        assert!(nothing * 10 <= all.len() || quality > 75);
        means.push(mean);
    }
    assert!(means.is_sorted(), "{means:?}");
}

#[test]
fn clean_pixels_show_no_grid() {
    // These were JPEGs before they became files of PNG: their steps across the grid are larger by a
    // third to a double.
    let compressed = ["woman.png", "coastguard.png", "foreman.png", "zebra.png"];
    let mut clean = 0;
    for (name, picture) in ["val", "eval/Set5", "eval/Set14", "eval/Kodak24"].into_iter().flat_map(pictures) {
        let found = Compression::of_pixels(&picture);
        println!("{name}: {found:?}");
        if compressed.contains(&name.as_str()) {
            assert!(found.is_some_and(|found| (50..=85).contains(&found.quality)), "{name}: {found:?}");
        } else {
            assert!(found.is_none_or(|found| found.quality >= 95), "{name}: {found:?}");
            clean += 1;
        }
    }
    assert_eq!(clean, 58);
}

#[test]
fn a_shifted_grid_or_too_few_pixels_give_no_estimate() {
    let picture = crop(&pictures("val")[3].1, 256);
    let pixels = decode(&jpeg(&picture, 40, SamplingFactor::R_4_2_0), &Limits::default()).unwrap();
    assert!(Compression::of_pixels(&pixels).is_some());
    assert_eq!(Compression::of_pixels(&pixels.crop(Area { left: 3, top: 5, width: 200, height: 200 })), None);
    for side in [1, 2, 7, 16] {
        assert_eq!(Compression::of_pixels(&crop(&pixels, side)), None);
    }
}

proptest! {
    #[test]
    fn damaged_headers_never_panic(
        row in 0..140_usize,
        length in 0..400_usize,
        changes in proptest::collection::vec((0..400_usize, any::<u8>()), 0..8),
    ) {
        let frames = webp_frames();
        let headers = [rows()[row].header(), riff(&[(b"VP8 ", &frames[row % frames.len()].1)])];
        for mut header in headers {
            header.truncate(length);
            for &(at, value) in &changes {
                if let Some(byte) = header.get_mut(at) {
                    *byte = value;
                }
            }
            if let Some(found) = Compression::of_file(&header) {
                prop_assert!((1..=100).contains(&found.quality));
            }
        }
    }

    #[test]
    fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        Compression::of_file(&bytes);
        Compression::of_file(&[b"\xff\xd8\xff", &bytes[..]].concat());
        Compression::of_file(&[b"RIFF\0\0\0\0WEBP", &bytes[..]].concat());
    }
}
