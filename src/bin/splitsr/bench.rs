//! `splitsr bench`

use std::time::Instant;

use burn::tensor::{Device, Tensor, TensorData};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::Serialize;
use splitsr::model::Model;
use splitsr::network::cost::Cost;
use splitsr::ops::{Arithmetic, instruction_set, peak_flops, reuse_buffers, with_spinning_pool};
use splitsr::train::{Batch, Recipe, Trainer};
use splitsr::{Error, Result, models};

use crate::ALLOCATOR;

/// Times a model on the CPU, forward and backward, and Burn's own operations in the same run.
#[derive(clap::Args)]
pub struct Args {
    /// Name or file of the model
    #[arg(default_value = "splitsr-x2")]
    model: String,
    /// Size of the low-resolution picture, in pixels
    #[arg(long, value_name = "WxH", default_value = "320x180", value_parser = crate::upscale::parse_size)]
    size: (u32, u32),
    /// Patches per training step
    #[arg(long, default_value_t = 16)]
    batch: usize,
    /// Side of the low-resolution patches, in pixels
    #[arg(long, default_value_t = 48)]
    patch: usize,
    /// Number of threads; 0 means one per core
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// Number of timings, of which the median is reported
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Skip the reference, Burn's own operations, which takes most of the time
    #[arg(long, alias = "no-stock")]
    no_reference: bool,
    /// Skip the training step
    #[arg(long)]
    no_training: bool,
    /// Print the result as a JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    model: String,
    instruction_set: &'static str,
    threads: usize,
    /// The speed of a loop of multiply-adds in registers, on all threads.
    peak_gflops: f64,
    forward: Workload,
    training_step: Option<Workload>,
}

/// The same work, done by different operations.
#[derive(Serialize)]
struct Workload {
    width: usize,
    height: usize,
    batch: usize,
    /// Operations of the convolutions by definition, 2 per multiply-add. A training step counts as
    /// three forward passes.
    gflop: f64,
    timings: Vec<Timing>,
}

#[derive(Serialize)]
struct Timing {
    /// "deterministic", "winograd" or "reference": see [`Arithmetic`].
    arithmetic: &'static str,
    /// The median.
    ms: f64,
    samples_ms: Vec<f64>,
    gflops: f64,
    /// `gflops` as a fraction of `peak_gflops`. Winograd's algorithm counts as the direct one, so
    /// it can exceed 1.
    peak_fraction: f64,
    /// Peak of the memory that was allocated during the run.
    peak_bytes: usize,
}

pub fn run(args: Args) -> Result<()> {
    if args.rounds == 0 || args.batch == 0 || args.patch == 0 {
        return Err(Error::Config("--rounds, --batch and --patch must be at least 1".into()));
    }
    rayon::ThreadPoolBuilder::new()
        .num_threads(args.threads)
        .build_global()
        .map_err(|error| Error::Config(format!("cannot start the threads ({error}): lower --threads")))?;
    let model = models::load(&args.model)?;
    // On a thread of the pool: from outside, each operation would have to wake a thread and wait
    // for it.
    let report = rayon::scope(|_| measure(model, &args))?;
    if args.json {
        crate::print_json(&report);
    } else {
        print(&report);
    }
    Ok(())
}

fn measure(model: Model, args: &Args) -> Result<Report> {
    let peak_gflops = peak_flops() / 1e9;
    Ok(Report {
        instruction_set: instruction_set(),
        threads: rayon::current_num_threads(),
        peak_gflops,
        forward: forward(&model, args, peak_gflops),
        training_step: if args.no_training { None } else { Some(training_step(&model, args, peak_gflops)?) },
        model: model.metadata.name,
    })
}

fn forward(model: &Model, args: &Args, peak_gflops: f64) -> Workload {
    let (width, height) = (args.size.0 as usize, args.size.1 as usize);
    let pixels = TensorData::new(noise(3 * width * height), [1, 3, height, width]);
    let run = |arithmetic: Arithmetic| {
        let pixels = pixels.clone();
        let forward = || model.network.forward(Tensor::<4>::from_data(pixels, &Device::flex())).into_data();
        with_spinning_pool(|| arithmetic.run(forward));
        Ok(())
    };
    let mut variants = vec![Arithmetic::Deterministic, Arithmetic::Winograd];
    if !args.no_reference {
        variants.push(Arithmetic::Reference);
    }
    let gflop = 2.0 * macs(model, width * height) / 1e9;
    let timings = time(&variants, args.rounds, gflop, peak_gflops, run).expect("a forward pass cannot fail");
    Workload { width, height, batch: 1, gflop, timings }
}

fn training_step(model: &Model, args: &Args, peak_gflops: f64) -> Result<Workload> {
    let scale = model.metadata.config.scale();
    let (side, hr_side) = (args.patch, args.patch * scale);
    let mut trainer = Trainer::new(Recipe::paper(), model.network.clone(), &Device::flex());
    let (lr, hr) = (noise(args.batch * 3 * side * side), noise(args.batch * 3 * hr_side * hr_side));
    let run = |arithmetic: Arithmetic| {
        let (lr, hr) = (lr.clone(), hr.clone());
        trainer.step_with(arithmetic, &Batch { count: args.batch, lr_side: side, lr, hr_side, hr }).map(drop)
    };
    let variants =
        if args.no_reference { &[Arithmetic::Winograd][..] } else { &[Arithmetic::Winograd, Arithmetic::Reference] };
    let gflop = 6.0 * macs(model, args.batch * side * side) / 1e9;
    let timings = reuse_buffers(|| time(variants, args.rounds, gflop, peak_gflops, run))?;
    Ok(Workload { width: side, height: side, batch: args.batch, gflop, timings })
}

/// Multiply-adds of the convolutions for `pixels` low-resolution pixels.
fn macs(model: &Model, pixels: usize) -> f64 {
    Cost::of(&model.metadata.config).macs_per_lr_pixel * pixels as f64
}

/// Runs each variant once to warm up, then all in turns.
fn time(
    variants: &[Arithmetic],
    rounds: usize,
    gflop: f64,
    peak_gflops: f64,
    mut run: impl FnMut(Arithmetic) -> Result<()>,
) -> Result<Vec<Timing>> {
    let mut samples = vec![Vec::new(); variants.len()];
    let mut peaks = Vec::new();
    for &variant in variants {
        let before = ALLOCATOR.current_usage();
        ALLOCATOR.reset_peak_usage();
        run(variant)?;
        peaks.push(ALLOCATOR.peak_usage().saturating_sub(before));
    }
    for round in 0..rounds {
        for turn in 0..variants.len() {
            let index = (round + turn) % variants.len();
            let start = Instant::now();
            run(variants[index])?;
            samples[index].push(start.elapsed().as_secs_f64() * 1e3);
        }
    }
    let timing = |((&variant, samples_ms), peak_bytes): ((&Arithmetic, Vec<f64>), usize)| {
        let ms = median(&samples_ms);
        let gflops = gflop / ms * 1e3;
        Timing { arithmetic: name(variant), ms, samples_ms, gflops, peak_fraction: gflops / peak_gflops, peak_bytes }
    };
    Ok(variants.iter().zip(samples).zip(peaks).map(timing).collect())
}

/// The name of [`Arithmetic::Reference`], with which the others are compared.
const REFERENCE: &str = "reference";

fn name(arithmetic: Arithmetic) -> &'static str {
    match arithmetic {
        Arithmetic::Deterministic => "deterministic",
        Arithmetic::Winograd => "winograd",
        Arithmetic::Reference => REFERENCE,
    }
}

fn median(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    (sorted[(sorted.len() - 1) / 2] + sorted[sorted.len() / 2]) / 2.0
}

/// Values in [0, 1).
fn noise(count: usize) -> Vec<f32> {
    StdRng::seed_from_u64(42).random_iter().take(count).collect()
}

fn print(report: &Report) {
    print_line!("{}, {}, threads: {}", report.model, report.instruction_set, report.threads);
    print_line!("peak: {:.0} GFLOP/s (multiply-adds in registers)", report.peak_gflops);
    let workloads = [("forward", Some(&report.forward)), ("training step", report.training_step.as_ref())];
    for (what, workload) in workloads.into_iter().filter_map(|(what, workload)| Some((what, workload?))) {
        let Workload { width, height, batch, gflop, timings } = workload;
        print_line!("{what}, {batch} x {width}x{height}, {gflop:.1} GFLOP");
        for Timing { arithmetic, ms, gflops, peak_fraction, peak_bytes, .. } in timings {
            let (percent, megabytes) = (peak_fraction * 100.0, *peak_bytes as f64 / 1e6);
            let faster = timings.last().filter(|last| last.arithmetic == REFERENCE).map(|reference| reference.ms / ms);
            let faster = faster.map_or(String::new(), |times| format!("  {times:5.1} x {REFERENCE}"));
            let patches =
                if *batch > 1 { format!(" {:7.1} patches/s", 1e3 * *batch as f64 / ms) } else { String::new() };
            print_line!(
                "  {arithmetic:13} {ms:9.1} ms{patches} {gflops:7.1} GFLOP/s {percent:6.1} % {megabytes:8.1} MB{faster}"
            );
        }
    }
}
