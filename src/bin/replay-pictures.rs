//! Makes `models/replay.webp`, the replay pictures of fine-tuning, from a folder of training
//! pictures: `cargo run --release --features tools --bin replay-pictures FOLDER`. It takes the
//! square that bicubic enlarges worst from each photograph under CC0.

use std::collections::BTreeMap;
use std::path::Path;

use splitsr::eval::{bicubic, degrade, picture_files, psnr_y, read_picture};
use splitsr::image::{Area, Depth, Format, Layout, Picture, encode};

/// The prefixes of the names of files under CC0.
const CC0: [&str; 2] = ["budgie_", "gb82_"];
/// The side of a square, in pixels: a multiple of 2 and 4.
const SIDE: u32 = 112;
const STEP: usize = 16;

fn main() {
    let folder = std::env::args().nth(1).expect("usage: replay-pictures FOLDER");
    // The hardest square of each photograph, which may be cut into several files.
    let mut hardest: BTreeMap<String, (f64, Picture)> = BTreeMap::new();
    for path in picture_files(Path::new(&folder)).expect("the folder can be read") {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if !CC0.iter().any(|source| stem.starts_with(source)) {
            continue;
        }
        let photograph = stem.rsplit_once('_').map_or(stem.as_str(), |(photograph, _)| photograph).to_owned();
        let (hr, lr) = degrade(read_picture(&path).expect("a picture"), 2).expect("it is large enough");
        let enlarged = bicubic(&lr, hr.width, hr.height).expect("it has a size");
        for top in (0..=hr.height - SIDE).step_by(STEP) {
            for left in (0..=hr.width - SIDE).step_by(STEP) {
                let area = Area { left, top, width: SIDE, height: SIDE };
                let square = hr.crop(area);
                let psnr = psnr_y(&enlarged.crop(area), &square, 2).expect("of one size");
                let best = hardest.entry(photograph.clone()).or_insert((f64::INFINITY, square.clone()));
                if psnr < best.0 {
                    *best = (psnr, square);
                }
            }
        }
    }
    let mut squares: Vec<_> = hardest.into_values().collect();
    squares.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut row = Picture::blank(SIDE * squares.len() as u32, SIDE, Layout::Rgb, Depth::Eight).expect("it has a size");
    for (place, (psnr, square)) in squares.iter().enumerate() {
        println!("{psnr:.2} dB");
        let area = Area { left: place as u32 * SIDE, top: 0, width: SIDE, height: SIDE };
        row.set_rgb_planes(area, &square.rgb_planes(square.area()));
    }
    std::fs::write("models/replay.webp", encode(&row, Format::WebP).expect("it fits")).expect("it can be written");
}
