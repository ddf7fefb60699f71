//! JPEG files that end properly but lack a part: any decoder reads them, and they get a note. Whole
//! files have none.

use std::path::Path;

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use splitsr::image::damage;

use crate::data;

const END: [u8; 2] = [0xff, 0xd9];

/// How a file is written.
#[derive(Debug, Clone, Copy)]
struct Way {
    side: u16,
    sampling: SamplingFactor,
    /// The number of scans with spectral selection; 0 for a sequential file.
    scans: u8,
    restarts: u16,
    optimised: bool,
}

impl Way {
    /// Noise, so that each block has its data.
    fn file(self) -> Vec<u8> {
        let mut random = StdRng::seed_from_u64(self.side.into());
        let pixels: Vec<u8> = (0..usize::from(self.side).pow(2) * 3).map(|_| random.random()).collect();
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, 40);
        encoder.set_sampling_factor(self.sampling);
        if self.scans > 0 {
            encoder.set_progressive_scans(self.scans);
        }
        encoder.set_restart_interval(self.restarts);
        encoder.set_optimized_huffman_tables(self.optimised);
        encoder.encode(&pixels, self.side, self.side, ColorType::Rgb).unwrap();
        bytes
    }
}

fn ways() -> impl Iterator<Item = Way> {
    use SamplingFactor::{F_1_1, F_1_2, F_2_1, F_2_2, F_4_1};
    [F_1_1, F_2_1, F_1_2, F_2_2, F_4_1].into_iter().flat_map(|sampling| {
        [(0, 0, false), (0, 0, true), (0, 3, true), (5, 0, true), (4, 2, true)].into_iter().flat_map(
            move |(scans, restarts, optimised)| [8, 33].map(|side| Way { side, sampling, scans, restarts, optimised }),
        )
    })
}

/// Where the data of the last scan begin.
fn last_scan(file: &[u8]) -> usize {
    let marker = file.windows(2).rposition(|pair| pair == [0xff, 0xda]).unwrap();
    marker + 2 + usize::from(u16::from_be_bytes([file[marker + 2], file[marker + 3]]))
}

/// Files of libjpeg, and of programs that refine coefficients bit by bit, are in the folders of
/// pictures.
#[test]
fn whole_files_have_no_note() {
    for way in ways() {
        assert_eq!(damage(&way.file()), None, "{way:?}");
    }
    let [own, demo] =
        ["tests/pictures", "www/public/demo"].map(|path| Path::new(env!("CARGO_MANIFEST_DIR")).join(path));
    let mut count = 0;
    for folder in [own, demo, data::folder("awkward"), data::folder("field")] {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            let name = path.file_name().unwrap().to_str().unwrap();
            if name.ends_with(".jpg")
                && !["cut", "hole", "no_end", "lacks", "truncated"].iter().any(|part| name.contains(part))
            {
                count += 1;
                assert_eq!(damage(&std::fs::read(&path).unwrap()), None, "{name}");
            }
        }
    }
    assert!(count > 10);
}

/// However little is missing: the last byte holds at least one bit of the last block.
#[test]
fn data_that_end_early_get_a_note() {
    for way in ways() {
        let file = way.file();
        let start = last_scan(&file);
        for end in start..file.len() - END.len() {
            let cut = [&file[..end], &END[..]].concat();
            assert!(damage(&cut).is_some(), "{way:?}, cut at {end} of {}", file.len());
        }
    }
}

#[test]
fn missing_scans_get_a_note() {
    for way in ways().filter(|way| way.scans > 0) {
        let file = way.file();
        let marker = file.windows(2).rposition(|pair| pair == [0xff, 0xda]).unwrap();
        assert!(damage(&[&file[..marker], &END[..]].concat()).is_some(), "{way:?}");
    }
}

/// After a hole, the codes can be read again. Often there are then too few blocks. If random bits
/// happen to fill the gap, the hole cannot be detected.
#[test]
fn most_holes_get_a_note() {
    let (mut holes, mut found) = (0, 0);
    for way in ways().filter(|way| way.side == 33) {
        let file = way.file();
        let data = last_scan(&file)..file.len() - END.len();
        for start in data.clone().step_by(7) {
            for length in [20, 50] {
                if start + length < data.end {
                    let cut = [&file[..start], &file[start + length..]].concat();
                    holes += 1;
                    found += usize::from(damage(&cut).is_some());
                }
            }
        }
    }
    println!("{found} of {holes} holes are found");
    assert!(holes > 100 && found * 2 > holes, "{found} of {holes}");
}

#[test]
fn other_files_have_no_note() {
    assert_eq!(damage(&[]), None);
    for name in ["chrm_p3.png", "icc.webp", "icc.bmp", "interlaced.gif", "jpeg.tif", "bits12.jpg", "lossless.jpg"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures").join(name);
        assert_eq!(damage(&std::fs::read(path).unwrap()), None, "{name}");
    }
}
