//! The `splitsr` command.

mod average;
mod bench;
mod compare;
mod eval;
mod export;
mod index;
mod info;
mod measure;
mod study;
mod train;
mod upscale;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use peak_alloc::PeakAlloc;
use splitsr::Error;

/// Counts the allocated bytes, for `splitsr bench`.
#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Enlarges pictures with SplitSR, a small super-resolution network. Everything runs on your
/// machine.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Enlarge pictures
    Upscale(upscale::Args),
    /// Score a model on folders of pictures (PSNR and SSIM on Y)
    Eval(eval::Args),
    /// Show the size, cost and receptive field of a model
    Info(info::Args),
    /// Train a model on a folder of pictures
    Train(train::Args),
    /// Train variants of a run and list their scores
    Study(study::Args),
    /// Compare two models on a picture
    Compare(compare::Args),
    /// Time a model and compare with Burn's own operations
    Bench(bench::Args),
    /// Average the weights of several models
    Average(average::Args),
    /// Export a model as an ONNX file for other runtimes
    Export(export::Args),
    /// Measure a model's halo and scores, and write them into its file
    Measure(measure::Args),
    /// Write the index of a folder of models
    Index(index::Args),
}

fn main() -> ExitCode {
    // Without a desktop, Mesa's device-select layer prints an error to stderr.
    if std::env::var_os("XDG_RUNTIME_DIR").is_none() {
        // SAFETY: no other thread runs yet.
        unsafe { std::env::set_var("NODEVICE_SELECT", "1") };
    }
    let outcome = match Cli::parse().command {
        Command::Upscale(args) => upscale::run(args),
        Command::Eval(args) => eval::run(args),
        Command::Info(args) => info::run(args),
        Command::Train(args) => train::run(args),
        Command::Study(args) => study::run(args),
        Command::Compare(args) => compare::run(args),
        Command::Bench(args) => bench::run(args),
        Command::Average(args) => average::run(args),
        Command::Export(args) => export::run(args),
        Command::Measure(args) => measure::run(args),
        Command::Index(args) => index::run(args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("splitsr: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Prints one JSON object on stdout.
fn print_json(value: &impl serde::Serialize) {
    println!("{}", serde_json::to_string(value).expect("reports are plain data"));
}

/// A flag that Ctrl-C and SIGTERM set. Work then stops at the next tile or step and leaves no
/// half-written file.
fn stop_flag() -> splitsr::Result<std::sync::Arc<std::sync::atomic::AtomicBool>> {
    let flag = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let set = flag.clone();
    ctrlc::set_handler(move || set.store(true, std::sync::atomic::Ordering::Relaxed))
        .map_err(|error| Error::Config(format!("cannot catch Ctrl-C: {error}")))?;
    Ok(flag)
}
