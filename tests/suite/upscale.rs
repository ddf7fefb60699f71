//! Passes, tiles and threads, with networks whose results are known.

use burn::tensor::Device;
use proptest::prelude::*;
use splitsr::config::{BlockKind, EdsrConfig, HybridMode, NetworkConfig, Replacement, SplitSrConfig, SrcnnConfig};
use splitsr::image::resize::{Filter, resize};
use splitsr::image::{Depth, Layout, Limits, Picture, Samples};
use splitsr::model::Model;
use splitsr::network::Network;
use splitsr::upscale::{Enlarge, Job, NetworkInfo, Options, Target, TileInput, Tiling, measure_halo, run_tile};
use splitsr::weights::Metadata;
use splitsr::{Error, Result};

use super::nearest::Nearest;
use super::random::shared;

/// A box blur that pads with zeros as a stack of convolutions does, then a repetition of pixels,
/// each a little brighter than the one before: a result that depends on all of the halo and shows
/// where in its cell a pixel is.
struct Blur {
    scale: usize,
    /// Low-resolution pixels to the left, right, top and bottom.
    reach: [usize; 4],
}

impl Blur {
    fn new(scale: usize, radius: usize) -> Self {
        Self { scale, reach: [radius; 4] }
    }
}

impl Enlarge for Blur {
    fn scale(&self) -> usize {
        self.scale
    }

    fn halo(&self) -> Option<usize> {
        self.reach.iter().copied().max()
    }

    fn auto_halo(&self) -> Option<usize> {
        None
    }

    fn bytes_per_pixel(&self) -> usize {
        64
    }

    fn enlarge(&self, planes: Vec<f32>, height: usize, width: usize) -> Result<Vec<f32>> {
        let [left, right, top, bottom] = self.reach;
        let count = ((left + 1 + right) * (top + 1 + bottom)) as f32;
        let mut enlarged = Vec::new();
        for plane in planes.chunks_exact(height * width) {
            let mean = |y: usize, x: usize| {
                let rows = y.saturating_sub(top)..(y + bottom + 1).min(height);
                let columns = x.saturating_sub(left)..(x + right + 1).min(width);
                let sum: f32 =
                    rows.flat_map(|row| columns.clone().map(move |column| plane[row * width + column])).sum();
                sum / count
            };
            let means: Vec<f32> = (0..height * width).map(|index| mean(index / width, index % width)).collect();
            for y in 0..height * self.scale {
                for x in 0..width * self.scale {
                    let phase = (y % self.scale * self.scale + x % self.scale) as f32;
                    enlarged.push(means[y / self.scale * width + x / self.scale] * (1.0 + phase / 100.0));
                }
            }
        }
        Ok(enlarged)
    }
}

/// A picture without two equal neighbourhoods.
pub(super) fn picture(width: u32, height: u32, layout: Layout, depth: Depth) -> Picture {
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) as u16
    };
    let mut picture = Picture::blank(width, height, layout, depth).unwrap();
    match &mut picture.samples {
        Samples::U8(values) => values.iter_mut().for_each(|value| *value = next() as u8),
        Samples::U16(values) => values.iter_mut().for_each(|value| *value = next()),
    }
    picture
}

pub(super) fn rgb(width: u32, height: u32) -> Picture {
    picture(width, height, Layout::Rgb, Depth::Eight)
}

pub(super) fn zoom(zoom: f64, tiling: Tiling) -> Options {
    Options { tiling, ..Options::new(Target::Zoom(zoom)) }
}

/// Runs a job in this thread, planned for 8 workers so that also small pictures are cut. Gives the
/// number of tiles too.
fn run(model: &dyn Enlarge, picture: &Picture, info: NetworkInfo, options: &Options) -> Result<(Picture, usize)> {
    let mut job = Job::new(picture.clone(), info, options, 8)?;
    let mut tiles = 0;
    while job.pass() < job.pass_count() {
        // Backwards: the order must not matter.
        for index in (0..job.tile_count()).rev() {
            let output = run_tile(model, job.tile_input(index))?;
            job.accept(index, &output)?;
            tiles += 1;
        }
    }
    Ok((job.finish()?, tiles))
}

pub(super) fn tiled(model: &dyn Enlarge, picture: &Picture, options: &Options) -> (Picture, usize) {
    run(model, picture, NetworkInfo::of(model), options).unwrap()
}

/// A network that claims to have no halo is never cut.
fn whole(model: &dyn Enlarge, picture: &Picture, options: &Options) -> Picture {
    let info = NetworkInfo { halo: None, auto_halo: None, ..NetworkInfo::of(model) };
    let (result, tiles) = run(model, picture, info, &Options { tiling: Tiling::Exact, ..*options }).unwrap();
    assert!(tiles <= 4, "one tile a pass");
    result
}

#[test]
fn exact_tiles_give_the_whole_picture() {
    let (model, picture) = (Blur::new(2, 7), rgb(230, 170));
    for factor in [2.0, 1.6, 2.5, 4.0] {
        let options = zoom(factor, Tiling::Exact);
        let (result, tiles) = tiled(&model, &picture, &options);
        assert!(tiles >= 6, "{tiles} tiles at {factor}");
        assert!(result == whole(&model, &picture, &options), "{factor}");
    }
}

/// With random weights.
fn network(config: NetworkConfig) -> Model {
    let device = Device::flex();
    let network = Network::new(&config, &device);
    Model::new(Metadata::new("random", config), network, &device).unwrap()
}

#[test]
fn exact_tiles_of_real_networks_give_the_whole_picture() {
    let _shared = shared();
    let small = SplitSrConfig { channels: 6, groups: 2, blocks: 2, hybrid_index: 1, ..SplitSrConfig::default() };
    let mut configs = vec![
        SplitSrConfig { scale: 3, hybrid_mode: HybridMode::Interleaved, ..small.clone() },
        SplitSrConfig { scale: 4, replacement: Replacement::Both, ..small.clone() },
        SplitSrConfig::default(),
    ];
    configs.extend(BlockKind::ALL.iter().map(|&block| SplitSrConfig { block, ..small.clone() }));
    let mut configs: Vec<_> = configs.into_iter().map(NetworkConfig::SplitSr).collect();
    configs.push(NetworkConfig::Edsr(EdsrConfig { scale: 2, channels: 6, blocks: 2 }));
    configs.push(NetworkConfig::Srcnn(SrcnnConfig { scale: 2 }));
    let source = picture(210, 150, Layout::Rgb, Depth::Sixteen);
    for config in configs {
        let model = network(config);
        let options = zoom(model.scale() as f64, Tiling::Exact);
        let (result, tiles) = tiled(&model, &source, &options);
        let name = format!("{:?} in {tiles} tiles", model.metadata.config);
        assert!(tiles > 1, "{name}");
        assert!(result == whole(&model, &source, &options), "{name}");
    }
}

#[test]
fn the_number_of_workers_shows_in_no_result() {
    let _shared = shared();
    let (model, picture) = (
        network(NetworkConfig::SplitSr(SplitSrConfig { channels: 4, groups: 1, ..SplitSrConfig::default() })),
        rgb(330, 200),
    );
    for tiling in [Tiling::Auto, Tiling::Exact, Tiling::Halo(3)] {
        let result = |workers| {
            let mut job = Job::new(picture.clone(), NetworkInfo::of(&model), &zoom(2.0, tiling), workers).unwrap();
            while job.pass() < job.pass_count() {
                for index in 0..job.tile_count() {
                    let output = run_tile(&model, job.tile_input(index)).unwrap();
                    job.accept(index, &output).unwrap();
                }
            }
            job.finish().unwrap()
        };
        assert!(result(1) == result(8), "{tiling:?}");
    }
}

/// Winograd's algorithm and small halos are worth at most one level of 8 bits on a photograph.
#[test]
fn fast_tiles_are_within_a_level_of_exact_ones() {
    let model = splitsr::models::load("splitsr-x2").unwrap();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/www/public/demo/sign.png");
    let photo = splitsr::image::decode(&std::fs::read(file).unwrap(), &Limits::default()).unwrap();
    let [(fast, tiles), (exact, _)] =
        [Tiling::Auto, Tiling::Exact].map(|tiling| tiled(&model, &photo, &zoom(2.0, tiling)));
    let (Samples::U8(a), Samples::U8(b)) = (&fast.samples, &exact.samples) else { panic!("8 bits stay 8 bits") };
    assert!(tiles > 1 && a != b, "the fast way was taken");
    let worst = a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).max();
    assert_eq!(worst, Some(1));
}

#[test]
fn too_little_halo_shows() {
    let (model, picture) = (Blur::new(2, 7), rgb(230, 170));
    // The halo is a pixel too small; or a few pixels, where the shrinking filter reads some more
    // anyway.
    for (factor, halo) in [(2.0, 6), (4.0, 6), (1.6, 3), (2.5, 3)] {
        let options = zoom(factor, Tiling::Halo(halo));
        assert!(tiled(&model, &picture, &options).0 != whole(&model, &picture, &options), "{factor}");
    }
}

#[test]
fn each_side_of_the_halo_is_read() {
    let picture = rgb(330, 330);
    for side in 0..4 {
        let mut model = Blur::new(3, 0);
        model.reach[side] = 5;
        let exact = zoom(3.0, Tiling::Exact);
        assert!(tiled(&model, &picture, &exact).0 == whole(&model, &picture, &exact), "side {side}");
        let short = zoom(3.0, Tiling::Halo(4));
        assert!(tiled(&model, &picture, &short).0 != whole(&model, &picture, &short), "side {side}");
    }
}

/// A network that sees less than its layers could: its exact halo is 20 pixels, but 3 are enough.
#[test]
fn the_measured_halo_is_what_the_network_needs() {
    struct Modest(Blur);
    impl Enlarge for Modest {
        fn scale(&self) -> usize {
            self.0.scale()
        }
        fn halo(&self) -> Option<usize> {
            Some(20)
        }
        fn auto_halo(&self) -> Option<usize> {
            None
        }
        fn bytes_per_pixel(&self) -> usize {
            self.0.bytes_per_pixel()
        }
        fn enlarge(&self, planes: Vec<f32>, height: usize, width: usize) -> Result<Vec<f32>> {
            self.0.enlarge(planes, height, width)
        }
    }
    let pictures = [rgb(60, 44), rgb(31, 64)];
    for need in [0, 3] {
        assert_eq!(measure_halo(&Modest(Blur::new(2, need)), &pictures).unwrap(), Some(need));
    }
    // A side of one pixel cannot be cut.
    assert!(measure_halo(&Modest(Blur::new(2, 3)), &[rgb(1, 40), rgb(40, 1)]).is_ok());
}

#[test]
fn auto_takes_the_measured_halo_and_else_the_exact_one() {
    let (model, picture) = (Blur::new(2, 7), rgb(230, 170));
    let auto = |auto_halo| {
        let info = NetworkInfo { auto_halo, ..NetworkInfo::of(&model) };
        run(&model, &picture, info, &zoom(2.0, Tiling::Auto)).unwrap().0
    };
    assert!(auto(None) == tiled(&model, &picture, &zoom(2.0, Tiling::Exact)).0);
    assert!(auto(Some(3)) == tiled(&model, &picture, &zoom(2.0, Tiling::Halo(3))).0);
    assert!(auto(Some(3)) != auto(None));
}

#[test]
fn the_self_ensemble_of_tiles_is_that_of_the_whole_picture() {
    let (mut model, picture) = (Blur::new(2, 0), rgb(130, 90));
    // Lopsided, so that each of the eight differs.
    model.reach = [5, 1, 0, 2];
    let options = Options { ensemble: true, ..zoom(2.0, Tiling::Exact) };
    let (result, tiles) = tiled(&model, &picture, &options);
    assert!(tiles > 1);
    assert!(result == whole(&model, &picture, &options));
    assert!(result != whole(&model, &picture, &Options { ensemble: false, ..options }));
    // And upright: the mean of eight times the same is the same.
    assert!(tiled(&Nearest(2), &picture, &options) == tiled(&Nearest(2), &picture, &zoom(2.0, Tiling::Exact)));
}

#[test]
fn every_kind_of_picture_keeps_its_kind() {
    for layout in [Layout::Grey, Layout::GreyAlpha, Layout::Rgb, Layout::RgbAlpha] {
        for depth in [Depth::Eight, Depth::Sixteen] {
            for factor in [1.0, 1.3, 2.0, 5.0] {
                let mut source = picture(9, 7, layout, depth);
                source.profile = Some(vec![1, 2, 3]);
                source.notes = vec!["the first of 4 frames".into()];
                let (result, _) = tiled(&Nearest(2), &source, &zoom(factor, Tiling::Exact));
                let size = ((9.0 * factor).round() as u32, (7.0 * factor).round() as u32);
                assert_eq!((result.width, result.height), size);
                assert_eq!((result.layout, result.samples.depth()), (layout, depth));
                assert_eq!((result.profile, result.notes), (source.profile, source.notes));
            }
        }
    }
}

/// Networks take what lies outside a picture for black: in pictures of a few pixels, this must not
/// show.
#[test]
fn the_smallest_pictures_keep_their_colour() {
    for name in ["splitsr-tiny-x2", "splitsr-x2", "splitsr-x3", "splitsr-x4"] {
        let file = format!("{}/models/{name}.safetensors", env!("CARGO_MANIFEST_DIR"));
        let model = Model::load(file.as_ref(), &Device::default()).unwrap();
        for (width, height) in [(1, 1), (1, 9), (9, 1), (2, 3), (3, 3)] {
            let colour = [200, 40, 90];
            let values = colour.repeat((width * height) as usize);
            let picture = Picture::new(width, height, Layout::Rgb, Samples::U8(values)).unwrap();
            let options = Options::new(Target::Zoom(model.scale() as f64));
            let (large, _) = tiled(&model, &picture, &options);
            let pixels = large.to_rgba8();
            let worst = pixels.chunks_exact(4).flat_map(|pixel| (0..3).map(|at| pixel[at].abs_diff(colour[at])));
            let worst = worst.max().unwrap();
            assert!(worst <= 4, "{name} at {width} x {height}: {worst} levels");
        }
    }
}

#[test]
fn a_zoom_of_one_changes_nothing_not_even_hidden_colours() {
    let source = picture(20, 10, Layout::RgbAlpha, Depth::Sixteen);
    for target in [Target::Zoom(1.0), Target::Zoom(1.001), Target::Size { width: 20, height: 10 }] {
        assert_eq!(tiled(&Blur::new(4, 3), &source, &Options::new(target)), (source.clone(), 0));
    }
}

#[test]
fn the_trained_scale_gives_the_networks_own_values() {
    let source = picture(5, 4, Layout::Rgb, Depth::Sixteen);
    for scale in 2..=4 {
        let (result, _) = tiled(&Nearest(scale), &source, &zoom(scale as f64, Tiling::Exact));
        let planes = source.rgb_planes(source.area());
        let mut expected = Picture::blank(result.width, result.height, Layout::Rgb, Depth::Sixteen).unwrap();
        expected.set_rgb_planes(expected.area(), &Nearest(scale).enlarge(planes, 4, 5).unwrap());
        assert_eq!(result, expected);
    }
}

#[test]
fn between_the_scales_the_result_is_the_next_one_shrunk() {
    let mut source = picture(61, 47, Layout::Rgb, Depth::Sixteen);
    // No black and no white: there the resizer of pictures clamps what overshoots between its two
    // passes.
    if let Samples::U16(values) = &mut source.samples {
        values.iter_mut().for_each(|value| *value = *value / 2 + 16384);
    }
    for (scale, factor, next) in [(2, 1.37, 2.0), (3, 2.9, 3.0), (4, 1.1, 4.0), (2, 3.3, 4.0)] {
        let (result, _) = tiled(&Nearest(scale), &source, &zoom(factor, Tiling::Exact));
        let (enlarged, _) = tiled(&Nearest(scale), &source, &zoom(next, Tiling::Exact));
        let expected = resize(&enlarged, result.width, result.height, Filter::Lanczos3).unwrap();
        let (Samples::U16(result), Samples::U16(expected)) = (result.samples, expected.samples) else { panic!() };
        // The picture resizer computes in integers.
        let off = result.iter().zip(&expected).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(off <= Some(4), "{off:?} of 65535 at {factor}");
    }
}

#[test]
fn alpha_is_enlarged_and_what_it_hides_does_not_bleed() {
    // Red, opaque on the left; green, hidden on the right.
    let pixels = (0..12 * 6).flat_map(|index| if index % 12 < 6 { [250, 10, 0, 255] } else { [0, 255, 0, 0] });
    let source = Picture::new(12, 6, Layout::RgbAlpha, Samples::U8(pixels.collect())).unwrap();
    for factor in [1.5, 2.0, 3.0] {
        let (result, _) = tiled(&Blur::new(2, 0), &source, &zoom(factor, Tiling::Exact));
        let rgba = result.to_rgba8();
        assert!(rgba.chunks_exact(4).all(|pixel| pixel[1] <= 12), "no green at {factor}");
        let row = &rgba[..4 * result.width as usize];
        assert_eq!((row[3], row[row.len() - 1]), (255, 0), "the alpha of the ends at {factor}");
    }
}

#[test]
fn targets_out_of_range_are_refused() {
    let job = |target| Job::new(rgb(100, 100), NetworkInfo::of(&Nearest(2)), &target, 1).map(drop);
    let limited = |target| {
        let mut options = Options::new(target);
        options.limits.max_pixels = 1_000_000;
        options
    };
    assert!(job(limited(Target::Zoom(10.0))).is_ok());
    let error = job(limited(Target::Zoom(10.1))).unwrap_err();
    assert!(matches!(error, Error::TooLarge { what: "the result", width: 1010, height: 1010, .. }), "{error}");
    // A shape so different that a picture on the way would be larger than the result.
    let error = job(limited(Target::Size { width: 100, height: 1600 })).err();
    assert!(error.is_none(), "{error:?}");
    let mut narrow = limited(Target::Size { width: 100, height: 1600 });
    narrow.limits.max_pixels = 300_000;
    assert!(matches!(job(narrow), Err(Error::TooLarge { what: "the picture between two passes", .. })));
    assert!(matches!(job(Options::new(Target::Zoom(0.5))), Err(Error::Config(_))));
}

#[test]
fn a_tile_travels_as_bytes() {
    let job = Job::new(rgb(30, 20), NetworkInfo::of(&Blur::new(2, 3)), &zoom(1.7, Tiling::Exact), 1).unwrap();
    let mut input = job.tile_input(0);
    input.ensemble = true;
    let bytes = input.to_bytes();
    assert_eq!(TileInput::from_bytes(&bytes).unwrap(), input);
    for length in [0, 3, 51, 52, bytes.len() - 4, bytes.len() - 1] {
        assert!(TileInput::from_bytes(&bytes[..length]).is_err(), "{length}");
    }
}

proptest! {
    // Without files of failed cases, for which proptest looks beside `lib.rs`: a case is small
    // enough to become a test.
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_size_and_any_zoom_is_seamless(
        // Lines, slivers and ordinary shapes.
        (width, height) in prop_oneof![
            (1u32..4, 1u32..300),
            (1u32..300, 1u32..4),
            (1u32..160, 1u32..160),
        ],
        (zoom_x, zoom_y) in (1.0f64..5.0, 1.0f64..5.0),
        (scale, radius) in (2usize..=4, 0usize..4),
        grey in any::<bool>(),
    ) {
        let layout = if grey { Layout::Grey } else { Layout::Rgb };
        let source = picture(width, height, layout, Depth::Eight);
        let model = Blur::new(scale, radius);
        let size = |side: u32, zoom: f64| (f64::from(side) * zoom) as u32;
        let target = Target::Size { width: size(width, zoom_x), height: size(height, zoom_y) };
        let options = Options { tiling: Tiling::Exact, ..Options::new(target) };
        let (result, _) = tiled(&model, &source, &options);
        prop_assert!(result == whole(&model, &source, &options));
    }

    #[test]
    fn a_constant_picture_stays_constant(
        pixel in any::<[u16; 3]>(),
        (width, height) in (1u32..100, 1u32..100),
        factor in 1.0f64..16.0,
        scale in 2usize..=4,
    ) {
        let samples = Samples::U16(pixel.repeat((width * height) as usize));
        let source = Picture::new(width, height, Layout::Rgb, samples).unwrap();
        let (result, _) = tiled(&Nearest(scale), &source, &zoom(factor, Tiling::Exact));
        let expected = pixel.repeat((result.width * result.height) as usize);
        prop_assert!(result.samples == Samples::U16(expected));
    }
}
