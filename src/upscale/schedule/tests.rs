use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};

use proptest::prelude::*;

use super::partition::Cells;
use super::plan::Plan;
use super::score::Luma;
use super::*;
use crate::image::matlab::matlab_bicubic;
use crate::image::{Area, Layout, Samples};
use crate::upscale::plan::passes;
use crate::upscale::{Job, NetworkInfo, Options, Target, TileInput, Tiling, run_tile, upscale, upscale_scheduled};

/// Repeats each pixel twice each way and adds a constant. Counts the pixels that it computes.
struct Network {
    adds: f32,
    on_gpu: bool,
    fails: bool,
    pixels: AtomicU64,
}

impl Network {
    fn new(adds: f32) -> Arc<Self> {
        Arc::new(Self { adds, on_gpu: false, fails: false, pixels: AtomicU64::new(0) })
    }

    fn on_gpu(adds: f32) -> Arc<Self> {
        Arc::new(Self { adds, on_gpu: true, fails: false, pixels: AtomicU64::new(0) })
    }

    fn broken() -> Arc<Self> {
        Arc::new(Self { adds: 0.0, on_gpu: false, fails: true, pixels: AtomicU64::new(0) })
    }

    fn count(&self) -> u64 {
        self.pixels.load(Ordering::Relaxed)
    }
}

impl Enlarge for Network {
    fn scale(&self) -> usize {
        2
    }
    fn halo(&self) -> Option<usize> {
        Some(20)
    }
    fn auto_halo(&self) -> Option<usize> {
        Some(14)
    }
    fn bytes_per_pixel(&self) -> usize {
        400
    }
    fn on_gpu(&self) -> bool {
        self.on_gpu
    }
    fn enlarge(&self, planes: Vec<f32>, height: usize, width: usize) -> Result<Vec<f32>> {
        if self.fails {
            return Err(Error::Device("it broke".into()));
        }
        assert_eq!(planes.len(), 3 * height * width);
        self.pixels.fetch_add((height * width) as u64, Ordering::Relaxed);
        let rows = (0..3 * height * 2).map(|row| &planes[row / 2 * width..][..width]);
        Ok(rows.flat_map(|row| row.iter().flat_map(|value| [value + self.adds; 2])).collect())
    }
}

/// The errors of bicubic are in proportion to the score; the cheap network makes a half of them,
/// the whole one a quarter.
fn schedule() -> Schedule {
    let errors = Errors {
        score: vec![0.0, 1000.0],
        bicubic: vec![0.0, 1000.0],
        cheap: vec![0.0, 500.0],
        whole: vec![0.0, 250.0],
    };
    Schedule {
        cheap: Default::default(),
        total_variation: errors.clone(),
        mean_laplacian: errors.clone(),
        rms_laplacian: errors,
    }
}

fn ladder(cheap: f32, whole: f32) -> Arc<Ladder<Network>> {
    Arc::new(Ladder { whole: Network::new(whole), cheap: Network::new(cheap) })
}

fn scheduler(effort: u8, score: Score) -> Scheduler {
    Scheduler::from_errors(schedule().errors(score).clone(), 0.2, effort, score).unwrap()
}

/// Stronger and stronger stripes from left to right and from the top down.
fn picture(width: u32, height: u32) -> Picture {
    let value = |x: u32, y: u32| 100.0 + 100.0 * (x * y % 2 * x * y) as f32 / (width * height) as f32;
    let pixels = (0..width * height).flat_map(|index| [value(index % width, index / width) as u8; 3]);
    Picture::new(width, height, Layout::Rgb, Samples::U8(pixels.collect())).unwrap()
}

fn run(ladder: &Arc<Ladder<Network>>, effort: u8, picture: &Picture, options: &Options) -> (Picture, Scheduling) {
    run_by(ladder, scheduler(effort, Score::default()), picture, options)
}

fn run_by(
    ladder: &Arc<Ladder<Network>>,
    scheduler: Scheduler,
    picture: &Picture,
    options: &Options,
) -> (Picture, Scheduling) {
    let go_on = |_| ControlFlow::Continue(());
    let (result, report) = upscale_scheduled(ladder, None, scheduler, picture.clone(), options, go_on).unwrap();
    (result, report.scheduling.unwrap())
}

fn bytes(picture: &Picture) -> &[u8] {
    let Samples::U8(values) = &picture.samples else { panic!("{picture:?}") };
    values
}

#[test]
fn full_effort_is_the_ordinary_result_and_none_is_bicubic() {
    for (width, height, target) in [
        (700, 500, Target::Zoom(2.0)),
        (450, 320, Target::Zoom(1.3)),
        (90, 3, Target::Zoom(2.0)),
        (70, 50, Target::Zoom(3.0)),
    ] {
        let (picture, options, ladder) = (picture(width, height), Options::new(target), ladder(0.1, 0.2));
        let (ordinary, _) = upscale(&ladder.whole, picture.clone(), &options, |_| ControlFlow::Continue(())).unwrap();
        let (result, report) = run(&ladder, 100, &picture, &options);
        assert_eq!(result, ordinary);
        assert_eq!((&report.cells[..2], report.work), (&[0, 0][..], 1.0));
        assert!(report.cells[2] > 0);
        if target != Target::Zoom(2.0) {
            continue;
        }
        let (result, report) = run(&ladder, 0, &picture, &options);
        assert_eq!((&report.cells[1..], report.work), (&[0, 0][..], 0.0));
        let expected = matlab_bicubic(&picture, 2 * width, 2 * height).unwrap();
        let (found, expected) = (bytes(&result), bytes(&expected));
        // Where 64 bits round one way, 32 may round the other.
        assert!(found.iter().zip(expected).all(|(found, expected)| found.abs_diff(*expected) <= 1));
        let differ = found.iter().zip(expected).filter(|(found, expected)| found != expected).count();
        assert!(differ * 1000 < found.len(), "{differ} of {}", found.len());
    }
}

#[test]
fn the_report_counts_what_the_networks_computed() {
    let (picture, ladder) = (picture(700, 500), ladder(0.1, 0.2));
    let options = Options::new(Target::Zoom(2.0));
    let (_, report) = run(&ladder, 40, &picture, &options);
    assert!(report.cells.iter().all(|&count| count > 0), "{report:?}");
    let RungMap { x, y, rungs } = &report.map;
    assert_eq!(rungs.len(), (x.len() - 1) * (y.len() - 1));
    assert_eq!((x[0], *x.last().unwrap(), y[0], *y.last().unwrap()), (0.0, 1.0, 0.0, 1.0));
    assert_eq!(Rung::ALL.map(|rung| rungs.iter().filter(|&&other| other == rung).count()), report.cells);
    let info = NetworkInfo::of(&*ladder).scheduled();
    let pass = &passes((700, 500), (1400, 1000), &info, Some(14), None).unwrap()[0];
    assert!(pass.tiles.len() > 1);
    let whole = ladder.whole.pixels.load(Ordering::Relaxed) as f64;
    // The ladder holds the cheap network as any network: it adds 0.1 to what is computed by it.
    let cheap = Network::new(0.1);
    let counted = Ladder { whole: ladder.whole.clone(), cheap: cheap.clone() };
    run(&Arc::new(counted), 40, &picture, &options);
    let cheap = cheap.pixels.load(Ordering::Relaxed) as f64;
    let work = (whole + 0.2 * cheap) / pass.work() as f64;
    assert!((report.work - work).abs() < 1e-9, "{} is not {work}", report.work);
}

#[test]
fn a_gpu_and_the_threads_share_the_tiles() {
    let (picture, options) = (picture(1500, 1100), Options::new(Target::Zoom(2.0)));
    for effort in [60, 100] {
        let alone = ladder(0.1, 0.2);
        let (expected, _) = run(&alone, effort, &picture, &options);
        let (both, gpu) = (ladder(0.1, 0.2), Network::on_gpu(0.2));
        let on_gpu = Arc::new(Ladder { whole: gpu.clone(), cheap: both.cheap.clone() });
        let scheduler = scheduler(effort, Score::default());
        let go_on = |_| ControlFlow::Continue(());
        let (result, report) =
            upscale_scheduled(&both, Some(on_gpu), scheduler, picture.clone(), &options, go_on).unwrap();
        assert_eq!(result, expected);
        let tiles = report.scheduling.unwrap().gpu_tiles;
        assert!((1..=report.tiles).contains(&tiles), "{tiles} of {}", report.tiles);
        assert_eq!(gpu.count() + both.whole.count(), alone.whole.count());
    }
}

#[test]
fn the_hardest_tiles_come_first_and_the_gpu_gets_no_easy_ones() {
    let picture = picture(1500, 1100);
    let info = NetworkInfo::of(&*Network::new(0.2));
    let options = Options::new(Target::Zoom(2.0));
    let passes = Job::plan((1500, 1100), &info, &options, 1).unwrap().1;
    let tiles = &passes[0].tiles;
    let mut hard_tiles = Vec::new();
    for effort in [0, 10, 20, 40, 100] {
        let plan = scheduler(effort, Score::default()).plan(&picture, tiles, passes[0].halo);
        let plans = plan.tiles(tiles);
        let (order, hard) = plan.hardest_first(&plans);
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..tiles.len()).collect::<Vec<_>>());
        let work: Vec<f64> = order.iter().map(|&tile| plan.tile_work[tile]).collect();
        assert!(work[..hard].is_sorted_by(|a, b| a >= b) && work[hard..].is_sorted_by(|a, b| a >= b), "{work:?}");
        let needs_whole = |&tile: &usize| plans[tile].as_ref().is_none_or(|plan| plan.rungs.contains(&Rung::Whole));
        assert!(order[..hard].iter().all(needs_whole) && !order[hard..].iter().any(needs_whole));
        hard_tiles.push(hard);
    }
    assert!(hard_tiles.is_sorted() && hard_tiles[0] == 0 && hard_tiles[4] == tiles.len(), "{hard_tiles:?}");
    assert!(hard_tiles[1..4].iter().any(|hard| (1..tiles.len()).contains(hard)), "{hard_tiles:?}");
}

/// A network that fails is an error, and the other engine does not go on.
#[test]
fn a_failure_of_one_engine_ends_the_other() {
    let run = |ladder: &Arc<Ladder<Network>>, on_gpu: Option<Arc<dyn Enlarge>>| {
        let (scheduler, options) = (scheduler(100, Score::default()), Options::new(Target::Zoom(2.0)));
        let go_on = |_| ControlFlow::Continue(());
        upscale_scheduled(ladder, on_gpu, scheduler, picture(3000, 2200), &options, go_on)
    };
    let whole = ladder(0.1, 0.2);
    run(&whole, None).unwrap();
    let broken = ladder(0.1, 0.2);
    let error = run(&broken, Some(Network::broken()));
    assert!(matches!(error, Err(Error::Device(_))), "{error:?}");
    assert!(broken.whole.count() < whole.whole.count() / 2, "{} pixels", broken.whole.count());
}

/// The threads compute what a lost GPU leaves.
#[test]
fn a_lost_gpu_takes_one_tile() {
    let (both, lost) = (ladder(0.1, 0.2), Network::new(0.2));
    let on_gpu = Arc::new(Ladder { whole: lost.clone(), cheap: both.cheap.clone() });
    let options = Options::new(Target::Zoom(2.0));
    let go_on = |_| ControlFlow::Continue(());
    let scheduler = scheduler(100, Score::default());
    let (_, report) = upscale_scheduled(&both, Some(on_gpu), scheduler, picture(1500, 1100), &options, go_on).unwrap();
    assert_eq!(report.scheduling.unwrap().gpu_tiles, 0);
    let tile = (lost.count() + both.whole.count()) / report.tiles as u64;
    assert!(lost.count() > 0 && lost.count() < 2 * tile, "{} of {tile} a tile", lost.count());
}

#[test]
fn more_effort_never_means_more_expected_error() {
    let picture = picture(300, 200);
    let tile = Tile {
        source_size: (300, 200),
        target_size: (600, 400),
        source: picture.area(),
        target: Area { left: 0, top: 0, width: 600, height: 400 },
    };
    let luma = Luma::of(&picture.rgb_planes(picture.area()), 0, 300);
    let error = |plan: &Plan, score: Score| -> f64 {
        let cells = (0..plan.grid.rows()).flat_map(|row| (0..plan.grid.columns()).map(move |column| (column, row)));
        let of = |(column, row): (usize, usize)| {
            let cell = plan.grid.pixels(&Cells { x: column..column + 1, y: row..row + 1 }, picture.area());
            let errors = schedule().errors(score).at(score.of(&luma, cell));
            errors[plan.rungs[plan.grid.index(column, row)] as usize] * cell.pixels() as f64
        };
        cells.map(of).sum()
    };
    for score in Score::ALL {
        let mut before = (f64::INFINITY, 0.0);
        let mut kinds = 0;
        for effort in 0..=100 {
            let plan = scheduler(effort, score).plan(&picture, &[tile], None);
            let error = error(&plan, score);
            assert!(error <= before.0 + 1e-9, "{score:?} at {effort}");
            assert!(plan.work.1 >= before.1 - 1e-9, "{score:?} at {effort}");
            kinds += usize::from(plan.work.1 > before.1);
            before = (error, plan.work.1);
        }
        assert!(kinds > 5, "{score:?}: {kinds}");
    }
}

#[test]
fn a_blend_is_gradual_also_where_tiles_meet() {
    // The rungs differ by 51 levels; over 8 pixels, a step takes an eighth of this.
    let flat = |planes: usize| vec![100u8; planes];
    let mut values = flat(3 * 700 * 500);
    // Noise in some places makes the rungs differ; it is weak enough not to matter here.
    let mut seed = 7u32;
    for (index, value) in values.iter_mut().enumerate() {
        let (x, y) = (index / 3 % 700, index / 3 / 700);
        if (x / 90 + y / 70) % 3 == 0 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *value += (seed >> 31) as u8;
        }
    }
    let picture = Picture::new(700, 500, Layout::Rgb, Samples::U8(values)).unwrap();
    let (result, report) = run(&ladder(0.0, 0.2), 40, &picture, &Options::new(Target::Zoom(2.0)));
    assert!(report.cells[2] > 20 && report.cells[0] + report.cells[1] > 20, "{report:?}");
    let row = 3 * 1400;
    let largest = |step: usize| {
        let pairs = bytes(&result).iter().zip(&bytes(&result)[step..]).enumerate();
        pairs
            .filter(|(index, _)| step == row || index % row < row - step)
            .map(|(_, (a, b))| a.abs_diff(*b))
            .max()
            .unwrap()
    };
    let (across, down) = (largest(3), largest(row));
    assert!((5..=9).contains(&across) && (5..=9).contains(&down), "{across}, {down}");
}

#[test]
fn what_cannot_be_scheduled_is_refused() {
    let (ladder, go_on) = (ladder(0.1, 0.2), |_| ControlFlow::Continue(()));
    let options = Options { tiling: Tiling::Exact, ..Options::new(Target::Zoom(2.0)) };
    let error = upscale_scheduled(&ladder, None, scheduler(60, Score::default()), picture(40, 40), &options, go_on);
    let error = error.unwrap_err().to_string();
    assert!(error.contains("a schedule is never exact") && error.contains("auto tiles"), "{error}");
    let refused = |schedule: &Schedule, effort| {
        Scheduler::from_errors(schedule.rms_laplacian.clone(), 0.2, effort, Score::default()).unwrap_err()
    };
    assert_eq!(refused(&schedule(), 101).to_string(), "the effort is 101 %; it must be from 0 to 100");
    let error = refused(&Schedule::default(), 60).to_string();
    assert!(error.contains("damaged"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// If both networks do the same, it does not show which one did.
    #[test]
    fn weights_of_cells_have_the_sum_1((width, height) in (4u32..400, 4u32..400), zoom in 1.05f64..2.0, effort in 5u8..95) {
        let (picture, ladder) = (picture(width, height), ladder(0.1, 0.1));
        let errors = Errors { bicubic: vec![1e6, 1e9], ..schedule().rms_laplacian };
        let scheduler = Scheduler::from_errors(errors, 0.2, effort, Score::default()).unwrap();
        let options = Options::new(Target::Zoom(zoom));
        let (result, report) = run_by(&ladder, scheduler, &picture, &options);
        prop_assert_eq!(report.cells[0], 0);
        let (ordinary, _) = upscale(&ladder.whole, picture, &options, |_| ControlFlow::Continue(())).unwrap();
        prop_assert!(bytes(&result).iter().zip(bytes(&ordinary)).all(|(a, b)| a.abs_diff(*b) <= 1));
    }
}

#[test]
fn a_planned_tile_survives_its_message() {
    let mut job = Job::new(picture(700, 500), NetworkInfo::of(&*ladder(0.1, 0.2)), &Options::new(Target::Zoom(2.0)), 1);
    let job = job.as_mut().unwrap();
    let pass = &job.passes()[0];
    let plan = scheduler(40, Score::default()).plan(job.source(), &pass.tiles, pass.halo);
    let plans = plan.tiles(&pass.tiles);
    assert!(job.schedule(plans[1..].to_vec()).unwrap_err().to_string().contains("cannot have"));
    job.schedule(plans).unwrap();
    let inputs: Vec<_> = (0..job.tile_count()).map(|index| job.tile_input(index)).collect();
    assert!(inputs.iter().any(|input| input.plan.is_some()));
    for input in inputs {
        let bytes = input.to_bytes();
        assert_eq!(TileInput::from_bytes(&bytes).unwrap(), input);
        if let Some(plan) = input.plan {
            let mut numbers = plan.to_numbers();
            assert!(TilePlan::from_numbers(&numbers[1..]).is_none());
            *numbers.last_mut().unwrap() = 3;
            assert!(TilePlan::from_numbers(&numbers).is_none());
            // Only a ladder can compute it.
            let error = run_tile(&*Network::new(0.0), TileInput::from_bytes(&bytes).unwrap()).unwrap_err();
            assert!(error.to_string().contains("needs a cheap network"), "{error}");
        }
    }
}
