//! The native driver: threads.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use rayon::{ThreadPool, ThreadPoolBuilder};

use super::column::Column;
use super::enlarge::{Enlarge, NetworkInfo};
use super::job::Job;
use super::options::Options;
use super::plan::Pass;
use super::schedule::{Ladder, Scheduler, Scheduling};
use crate::error::{Error, Result};
use crate::image::Picture;

/// How often the caller is asked whether to continue.
const POLL: Duration = Duration::from_millis(20);

/// The progress of an enlargement.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Progress {
    /// The share of the network's work that is done, from 0 to 1.
    pub fraction: f64,
    /// Finished tiles of all passes.
    pub tiles: usize,
    /// All tiles of all passes; 0 until the work is planned.
    pub tile_count: usize,
}

/// A report on an enlargement.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Passes of the network over the picture.
    pub passes: usize,
    /// Tiles of all passes.
    pub tiles: usize,
    /// The halo of each tile, in low-resolution pixels to each side; `None` if the picture was not
    /// cut.
    pub halo: Option<usize>,
    /// Threads.
    pub threads: usize,
    /// The schedule's work, if there was one.
    pub scheduling: Option<Scheduling>,
    /// From the decoded picture to the finished one.
    pub seconds: f64,
}

/// Enlarges `picture` on the threads of the current rayon pool.
///
/// `on_progress` is called on this thread, at least every 20 ms. If it returns `Break`, the call
/// returns [`Error::Cancelled`] at once; the threads of unfinished tiles end by themselves.
///
/// # Errors
/// As [`Job::new`] and [`super::run_tile`]; [`Error::Cancelled`].
///
/// # Panics
/// If `model` does.
pub fn upscale<M: Enlarge + ?Sized + 'static>(
    model: &Arc<M>,
    picture: Picture,
    options: &Options,
    on_progress: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<(Picture, Report)> {
    drive(model, None, picture, options, on_progress)
}

/// The same by the networks of a ladder, each for the parts that `scheduler` gives it.
///
/// # Errors
/// As [`upscale`], and those of [`Job::schedule`].
///
/// # Panics
/// As [`upscale`].
pub fn upscale_scheduled<M: Enlarge + 'static>(
    ladder: &Arc<Ladder<M>>,
    scheduler: Scheduler,
    picture: Picture,
    options: &Options,
    on_progress: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<(Picture, Report)> {
    drive(ladder, Some(scheduler), picture, options, on_progress)
}

fn drive<M: Enlarge + ?Sized + 'static>(
    model: &Arc<M>,
    scheduler: Option<Scheduler>,
    picture: Picture,
    options: &Options,
    mut on_progress: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<(Picture, Report)> {
    enum Event {
        Progress(Progress),
        Done(Box<Result<(Picture, Report)>>),
    }
    let stop = Arc::new(AtomicBool::new(false));
    let (sender, events) = mpsc::channel();
    let threads = rayon::current_num_threads();
    // A scope would have to wait for unfinished tiles: seconds on a large network.
    let work = thread::spawn({
        let (model, options, stop) = (Arc::clone(model), *options, Arc::clone(&stop));
        move || {
            // After a cancellation the receiver is gone.
            let tell = |event| drop(sender.send(event));
            let tell_progress = |progress| tell(Event::Progress(progress));
            let result = work(&*model, scheduler, picture, &options, threads, &stop, tell_progress);
            tell(Event::Done(Box::new(result)));
        }
    });
    let mut progress = Progress::default();
    loop {
        match events.recv_timeout(POLL) {
            Ok(Event::Progress(latest)) => progress = latest,
            Ok(Event::Done(result)) => return *result,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => match work.join() {
                Ok(()) => unreachable!("the result is sent last"),
                Err(panic) => std::panic::resume_unwind(panic),
            },
        }
        if on_progress(progress).is_break() {
            stop.store(true, Ordering::Relaxed);
            return Err(Error::Cancelled);
        }
    }
}

fn work<M: Enlarge + ?Sized>(
    model: &M,
    scheduler: Option<Scheduler>,
    picture: Picture,
    options: &Options,
    threads: usize,
    stop: &AtomicBool,
    tell: impl Fn(Progress) + Sync,
) -> Result<(Picture, Report)> {
    let start = Instant::now();
    let info = NetworkInfo::of(model);
    let divides = scheduler.as_ref().is_some_and(|scheduler| !scheduler.is_full());
    let info = if divides { info.scheduled() } else { info };
    let mut job = Job::new(picture, info, options, threads)?;
    let tiles = job.passes().iter().map(|pass| pass.tiles.len()).sum();
    let (passes, halo) = (job.pass_count(), job.passes().first().and_then(|pass| pass.halo));
    let mut scheduling = Scheduling::default();
    let done = AtomicUsize::new(0);
    while job.pass() < passes {
        let pass = &job.passes()[job.pass()];
        let pools = pools(pass, &info, threads)?;
        if let Some(scheduler) = &scheduler {
            let plan = scheduler.plan(job.source(), &pass.tiles, pass.halo);
            scheduling.add(&plan);
            let plans = plan.tiles(&pass.tiles);
            job.schedule(plans)?;
        }
        job = run_pass(model, job, &pools, stop, |job| {
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            tell(Progress { fraction: job.fraction(), tiles: done, tile_count: tiles });
        })?;
    }
    let scheduling = scheduler.map(|_| scheduling);
    let result = job.finish()?;
    Ok((result, Report { passes, tiles, halo, threads, scheduling, seconds: start.elapsed().as_secs_f64() }))
}

/// A thread pool for each tile in flight, with `threads` threads together. There are fewer pools
/// than threads if there are few tiles or memory is the limit.
///
/// In a common pool, a thread that waits for a part of its convolution would begin another tile, so
/// that nothing would limit the tiles in memory.
fn pools(pass: &Pass, info: &NetworkInfo, threads: usize) -> Result<Vec<ThreadPool>> {
    let count = if info.on_gpu { 1 } else { pass.at_once(threads) };
    (0..count)
        .map(|index| {
            let share = (index + 1) * threads / count - index * threads / count;
            ThreadPoolBuilder::new().num_threads(share).build()
        })
        .collect::<Result<_, _>>()
        .map_err(|error| Error::Config(format!("cannot start the threads ({error})")))
}

/// Computes the tiles of the current pass.
fn run_pass<M: Enlarge + ?Sized>(
    model: &M,
    job: Job,
    pools: &[ThreadPool],
    stop: &AtomicBool,
    accepted: impl Fn(&Job) + Sync,
) -> Result<Job> {
    let (count, run) = (job.tile_count(), job.passes()[job.pass()].run);
    let job = RwLock::new(job);
    // Each thread takes a whole run.
    let next = AtomicUsize::new(0);
    let lock = "no thread panics while it holds the job";
    let drain = || {
        let mut column = Column::default();
        let mut indices = 0..0;
        loop {
            if indices.is_empty() {
                let first = next.fetch_add(run, Ordering::Relaxed);
                indices = first..(first + run).min(count);
            }
            let Some(index) = indices.next() else { return Ok(()) };
            if stop.load(Ordering::Relaxed) {
                return Err(Error::Cancelled);
            }
            let input = job.read().expect(lock).tile_input(index);
            let output = column.run_tile(model, input)?;
            let mut job = job.write().expect(lock);
            job.accept(index, &output)?;
            accepted(&job);
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = pools
            .iter()
            .map(|pool| {
                scope.spawn(|| {
                    // After an error, the other threads do not begin another tile.
                    pool.install(drain).inspect_err(|_| next.store(count, Ordering::Relaxed))
                })
            })
            .collect();
        workers.into_iter().try_for_each(|worker| match worker.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })?;
    Ok(job.into_inner().expect(lock))
}
