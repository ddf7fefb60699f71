//! A [`Job`]'s books.

use splitsr::image::{Depth, Layout, Picture};
use splitsr::upscale::{Job, NetworkInfo, TileOutput, Tiling, run_tile};

use super::nearest::Nearest;
use super::upscale::{picture, rgb, tiled, zoom};

#[test]
fn a_job_takes_each_tile_once() {
    let mut job = Job::new(rgb(300, 200), NetworkInfo::of(&Nearest(2)), &zoom(4.0, Tiling::Exact), 8).unwrap();
    let count = job.tile_count();
    assert!(count > 1);
    assert_eq!((job.pass(), job.pass_count(), job.fraction()), (0, 2, 0.0));
    let output = run_tile(&Nearest(2), job.tile_input(0)).unwrap();
    let short = TileOutput { planes: output.planes[1..].to_vec(), recomputed: false };
    assert!(job.accept(0, &short).is_err(), "too few values");
    assert!(job.accept(count, &output).is_err(), "no such tile");
    job.accept(0, &output).unwrap();
    assert!(job.accept(0, &output).is_err(), "twice");
    assert!(job.fraction() > 0.0 && job.fraction() < 0.2);
    assert!(job.finish().is_err(), "tiles are missing");
}

/// A job that hands out its pixels gives the picture that another holds.
#[test]
fn a_result_can_be_made_of_its_tiles() {
    let (model, options) = (Nearest(2), zoom(3.0, Tiling::Auto));
    let source = rgb(300, 200);
    let (expected, _) = tiled(&model, &source, &options);
    let mut job = Job::streaming(source.clone(), NetworkInfo::of(&model), &options, 2).unwrap();
    assert!(job.streams());
    let mut rgba = vec![0; 4 * 900 * 600];
    while job.pass() < job.pass_count() {
        let last = job.pass() + 1 == job.pass_count();
        for index in 0..job.tile_count() {
            let output = run_tile(&model, job.tile_input(index)).unwrap();
            if last {
                let area = job.tile(index).target;
                for (row, pixels) in output.to_rgba8().chunks_exact(4 * area.width as usize).enumerate() {
                    let at = 4 * ((area.top as usize + row) * 900 + area.left as usize);
                    rgba[at..at + pixels.len()].copy_from_slice(pixels);
                }
                job.book(index, false).unwrap();
            } else {
                assert!(job.book(index, false).is_err(), "the next pass reads it");
                job.accept(index, &output).unwrap();
            }
        }
    }
    assert_eq!(job.fraction(), 1.0);
    assert!(rgba == expected.to_rgba8());
    assert!(job.finish().is_err(), "it does not hold the result");
    let with_profile =
        Job::streaming(Picture { profile: Some(vec![1]), ..source }, NetworkInfo::of(&model), &options, 2).unwrap();
    assert_eq!((with_profile.streams(), with_profile.profile()), (true, Some(&[1][..])));
    // A picture that would lose something as RGBA8 stays in the job.
    let others = [(Layout::RgbAlpha, Depth::Eight), (Layout::Rgb, Depth::Sixteen), (Layout::Grey, Depth::Eight)]
        .map(|(layout, depth)| picture(30, 20, layout, depth));
    for other in others {
        assert!(!Job::streaming(other, NetworkInfo::of(&model), &options, 2).unwrap().streams());
    }
}
