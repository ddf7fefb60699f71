//! The threads of an enlargement: progress, cancelling, and a network that fails.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use splitsr::upscale::{Enlarge, Tiling, upscale};
use splitsr::{Error, Result};

use super::nearest::Nearest;
use super::random::alone;
use super::upscale::{rgb, tiled, zoom};

pub(super) fn go_on<T>(_: T) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

#[test]
fn threads_give_the_same_and_report_their_progress() {
    let source = rgb(700, 500);
    let options = zoom(5.0, Tiling::Exact);
    let (expected, _) = tiled(&Nearest(4), &source, &options);
    let mut seen = Vec::new();
    let progress = |progress: splitsr::upscale::Progress| {
        seen.push(progress.fraction);
        ControlFlow::Continue(())
    };
    let (result, report) = upscale(&Arc::new(Nearest(4)), source, &options, progress).unwrap();
    assert!(result == expected);
    assert_eq!((report.passes, report.halo), (2, Some(0)));
    assert!(report.tiles > 10, "{report:?}");
    assert!(seen.is_sorted() && seen.len() >= report.tiles && seen.last() == Some(&1.0), "{seen:?}");
}

#[test]
fn the_pool_at_hand_bounds_the_threads() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    let run = || upscale(&Arc::new(Nearest(2)), rgb(40, 40), &zoom(2.0, Tiling::Exact), go_on);
    assert_eq!(pool.install(run).unwrap().1.threads, 3);
}

/// Takes long, fails or panics.
enum Bad {
    Slow,
    Failing,
    Panicking,
}

impl Enlarge for Bad {
    fn scale(&self) -> usize {
        2
    }

    fn halo(&self) -> Option<usize> {
        Some(0)
    }

    fn auto_halo(&self) -> Option<usize> {
        None
    }

    fn bytes_per_pixel(&self) -> usize {
        1
    }

    fn enlarge(&self, _: Vec<f32>, _: usize, _: usize) -> Result<Vec<f32>> {
        match self {
            Self::Slow => std::thread::sleep(Duration::from_secs(20)),
            Self::Failing => {}
            Self::Panicking => panic!("a mistake in the network"),
        }
        Err(Error::Weights("no result".into()))
    }
}

#[test]
fn cancelling_answers_at_once_though_a_tile_takes_long() {
    let _alone = alone();
    let start = Instant::now();
    let cancel_at = Duration::from_millis(100);
    let flow = |_| if start.elapsed() < cancel_at { ControlFlow::Continue(()) } else { ControlFlow::Break(()) };
    let result = upscale(&Arc::new(Bad::Slow), rgb(600, 600), &zoom(2.0, Tiling::Exact), flow);
    assert!(matches!(result, Err(Error::Cancelled)));
    let answered = start.elapsed() - cancel_at;
    assert!(answered < Duration::from_millis(200), "{answered:?}");
}

#[test]
fn errors_and_panics_of_the_network_reach_the_caller() {
    let failed = upscale(&Arc::new(Bad::Failing), rgb(600, 600), &zoom(2.0, Tiling::Exact), go_on);
    assert!(matches!(failed, Err(Error::Weights(_))));
    let panicked = std::panic::catch_unwind(|| {
        upscale(&Arc::new(Bad::Panicking), rgb(600, 600), &zoom(2.0, Tiling::Exact), go_on)
    });
    assert_eq!(*panicked.unwrap_err().downcast::<&str>().unwrap(), "a mistake in the network");
}
