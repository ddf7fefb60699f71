//! The native driver: threads.

use std::ops::{ControlFlow, Range};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, RwLock};
use std::thread::{self, ScopedJoinHandle};
use std::time::{Duration, Instant};

use rayon::{ThreadPool, ThreadPoolBuilder};

use super::column::Column;
use super::enlarge::{Enlarge, NetworkInfo};
use super::job::Job;
use super::options::Options;
use super::plan::Pass;
use super::schedule::{Ladder, Scheduler, Scheduling};
use super::tile::{TileInput, TileOutput, run_tile};
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

/// Enlarges `picture` on as many threads as the current rayon pool has. They are in pools of their
/// own.
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
/// `on_gpu` is the same ladder with the whole network on a GPU, if there is one. A thread of its
/// own gives it the tiles with the most work, and the others compute those with the least, until
/// they meet.
///
/// # Errors
/// As [`upscale`], and those of [`Job::schedule`].
///
/// # Panics
/// As [`upscale`].
pub fn upscale_scheduled<M: Enlarge + 'static>(
    ladder: &Arc<Ladder<M>>,
    on_gpu: Option<Arc<dyn Enlarge>>,
    scheduler: Scheduler,
    picture: Picture,
    options: &Options,
    on_progress: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<(Picture, Report)> {
    drive(ladder, Some(Scheduled { scheduler, on_gpu }), picture, options, on_progress)
}

/// The parts of a schedule.
struct Scheduled {
    scheduler: Scheduler,
    on_gpu: Option<Arc<dyn Enlarge>>,
}

fn drive<M: Enlarge + ?Sized + 'static>(
    model: &Arc<M>,
    scheduled: Option<Scheduled>,
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
            let result = work(&*model, scheduled, picture, &options, threads, &stop, tell_progress);
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
    scheduled: Option<Scheduled>,
    picture: Picture,
    options: &Options,
    threads: usize,
    stop: &AtomicBool,
    tell: impl Fn(Progress) + Sync,
) -> Result<(Picture, Report)> {
    let start = Instant::now();
    let info = NetworkInfo::of(model);
    let divides = scheduled.as_ref().is_some_and(|scheduled| !scheduled.scheduler.is_full());
    let info = if divides { info.scheduled() } else { info };
    let mut job = Job::new(picture, info, options, threads)?;
    let tiles = job.passes().iter().map(|pass| pass.tiles.len()).sum();
    let (passes, halo) = (job.pass_count(), job.passes().first().and_then(|pass| pass.halo));
    let mut scheduling = Scheduling::default();
    let done = AtomicUsize::new(0);
    while job.pass() < passes {
        let pass = &job.passes()[job.pass()];
        let mut engines = Engines { model, on_gpu: None, pools: Vec::new() };
        let mut line = Line::new((0..pass.tiles.len()).collect(), 0);
        if let Some(Scheduled { scheduler, on_gpu }) = &scheduled {
            let plan = scheduler.plan(job.source(), &pass.tiles, pass.halo);
            let plans = plan.tiles(&pass.tiles);
            scheduling.add(&plan);
            engines.on_gpu = on_gpu.as_deref();
            if on_gpu.is_some() {
                let (tiles, hard) = plan.hardest_first(&plans);
                line = Line::new(tiles, hard);
            }
            job.schedule(plans)?;
        }
        engines.pools = pools(&job.passes()[job.pass()], &info, threads, engines.on_gpu.is_some())?;
        let gpu_tiles;
        (job, gpu_tiles) = engines.run_pass(job, &line, stop, |job| {
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            tell(Progress { fraction: job.fraction(), tiles: done, tile_count: tiles });
        })?;
        scheduling.gpu_tiles += gpu_tiles;
    }
    let scheduling = scheduled.map(|_| scheduling);
    let result = job.finish()?;
    Ok((result, Report { passes, tiles, halo, threads, scheduling, seconds: start.elapsed().as_secs_f64() }))
}

/// A thread pool for each tile in flight, with `threads` threads together. There are fewer pools
/// than threads if there are few tiles or memory is the limit. A GPU may have a tile beside them.
///
/// In a common pool, a thread that waits for a part of its convolution would begin another tile, so
/// that nothing would limit the tiles in memory.
fn pools(pass: &Pass, info: &NetworkInfo, threads: usize, beside_gpu: bool) -> Result<Vec<ThreadPool>> {
    let count = match (info.on_gpu, beside_gpu) {
        (true, _) => 1,
        (false, false) => pass.at_once(threads),
        (false, true) => (pass.at_once(threads + 1) - 1).max(1),
    };
    (0..count)
        .map(|index| {
            let share = (index + 1) * threads / count - index * threads / count;
            ThreadPoolBuilder::new().num_threads(share).build()
        })
        .collect::<Result<_, _>>()
        .map_err(|error| Error::Config(format!("cannot start the threads ({error})")))
}

/// The tiles of a pass that nobody has taken yet. They can be taken from its two ends.
struct Line {
    tiles: Vec<usize>,
    /// How many of them, from the front, are for a GPU.
    hard: usize,
    left: Mutex<Range<usize>>,
}

impl Line {
    fn new(tiles: Vec<usize>, hard: usize) -> Self {
        let left = Mutex::new(0..tiles.len());
        Self { tiles, hard, left }
    }

    fn take(&self, choose: impl FnOnce(&mut Range<usize>) -> Range<usize>) -> &[usize] {
        &self.tiles[choose(&mut self.left.lock().expect("no thread panics while it takes tiles"))]
    }

    /// The next `count` tiles, or as many as are left before the one at `end`.
    fn front(&self, count: usize, end: usize) -> &[usize] {
        self.take(|left| {
            let taken = left.start..(left.start + count).min(left.end).min(end).max(left.start);
            left.start = taken.end;
            taken
        })
    }

    /// The next one for a GPU, unless none is left.
    fn hardest(&self) -> &[usize] {
        self.front(1, self.hard)
    }

    /// The last one, unless none is left.
    fn back(&self) -> &[usize] {
        self.take(|left| {
            let taken = left.end.saturating_sub(1).max(left.start)..left.end;
            left.end = taken.start;
            taken
        })
    }

    /// Nothing is left to take.
    fn close(&self) {
        self.take(|left| {
            left.start = left.end;
            left.clone()
        });
    }
}

/// Those who compute the tiles of a pass: threads, and perhaps a GPU.
struct Engines<'a, M: ?Sized> {
    model: &'a M,
    pools: Vec<ThreadPool>,
    on_gpu: Option<&'a dyn Enlarge>,
}

impl<M: Enlarge + ?Sized> Engines<'_, M> {
    /// Computes the tiles of the current pass. Also returns how many of them the GPU computed.
    fn run_pass<'l>(
        &self,
        job: Job,
        line: &'l Line,
        stop: &AtomicBool,
        accepted: impl Fn(&Job) + Sync,
    ) -> Result<(Job, usize)> {
        let run = job.passes()[job.pass()].run;
        let job = RwLock::new(job);
        let lock = "no thread panics while it holds the job";
        let compute = |index, by: &mut dyn FnMut(TileInput) -> Result<TileOutput>| {
            if stop.load(Ordering::Relaxed) {
                return Err(Error::Cancelled);
            }
            let input = job.read().expect(lock).tile_input(index);
            let output = by(input)?;
            let mut job = job.write().expect(lock);
            job.accept(index, &output)?;
            accepted(&job);
            Ok(())
        };
        // Each thread takes a whole run. A schedule has no runs.
        let take = || if self.on_gpu.is_some() { line.back() } else { line.front(run, line.tiles.len()) };
        let drain = || {
            let mut column = Column::default();
            loop {
                let tiles = take();
                if tiles.is_empty() {
                    return Ok(());
                }
                for &index in tiles {
                    compute(index, &mut |input| column.run_tile(self.model, input))?;
                }
            }
        };
        let drain_on = |gpu: &dyn Enlarge, mut tiles: &'l [usize]| {
            let mut count = 0;
            while let &[index] = tiles {
                compute(index, &mut |input| run_tile(gpu, input))?;
                if !gpu.on_gpu() {
                    // It was lost, and has left the tile to the processor: the threads compute the
                    // others.
                    break;
                }
                count += 1;
                tiles = line.hardest();
            }
            Ok(count)
        };
        // Before the threads can take it, so that a GPU always has the hardest one.
        let first = self.on_gpu.map(|gpu| (gpu, line.hardest()));
        let gpu_tiles = thread::scope(|scope| {
            // After an error, nobody begins another tile.
            let gpu = first.map(|(gpu, tiles)| scope.spawn(move || drain_on(gpu, tiles).inspect_err(|_| line.close())));
            let workers: Vec<_> = self
                .pools
                .iter()
                .map(|pool| scope.spawn(|| pool.install(drain).inspect_err(|_| line.close())))
                .collect();
            workers.into_iter().try_for_each(result_of)?;
            gpu.map_or(Ok(0), result_of)
        })?;
        Ok((job.into_inner().expect(lock), gpu_tiles))
    }
}

/// The result of a thread, whose panic goes on here.
fn result_of<T>(thread: ScopedJoinHandle<'_, Result<T>>) -> Result<T> {
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}
