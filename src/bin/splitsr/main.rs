//! The `splitsr` command.

/// Prints a line on stdout, formatted as by `println!`. Ends the program if it cannot be written:
/// `head` closes its input.
macro_rules! print_line {
    ($($format:tt)*) => { crate::end_unless_written(crate::write_line(format_args!($($format)*))) };
}

mod average;
mod bench;
mod compare;
mod eval;
mod export;
mod extract;
mod import;
mod index;
mod info;
mod measure;
mod panics;
mod round;
mod schedule;
mod shard;
mod study;
mod train;
mod twin;
mod upscale;

use std::fmt::Display;
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
use clap::{CommandFactory, Parser, Subcommand};
use panics::guarded;
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
    /// Time a model on the CPU, with this crate's kernels and with Burn's own operations
    Bench(bench::Args),
    /// Average the weights of several models
    Average(average::Args),
    /// Export a model as an ONNX file for other runtimes
    Export(export::Args),
    /// Write one network of an elastic model to its own file
    Extract(extract::Args),
    /// Round the weights of models to 16 bits, which halves their files
    Round(round::Args),
    /// Import the weights of a PyTorch model
    Import(import::Args),
    /// Measure a model's halo and scores, and write them into its file
    Measure(measure::Args),
    /// Make a second set of weights the twin of a model, which --clean then mixes in
    Twin(twin::Args),
    /// Measure where an elastic model needs its whole network, for --schedule
    Schedule(schedule::Args),
    /// Write the index of a folder of models
    Index(index::Args),
}

fn main() -> ExitCode {
    // Without a desktop, Mesa's device-select layer prints an error to stderr.
    if std::env::var_os("XDG_RUNTIME_DIR").is_none() {
        // SAFETY: no other thread runs yet.
        unsafe { std::env::set_var("NODEVICE_SELECT", "1") };
    }
    panics::silence();
    let command = match Cli::try_parse() {
        Ok(Cli { command }) => command,
        Err(error) if error.use_stderr() && error.kind() != DisplayHelpOnMissingArgumentOrSubcommand => {
            print_error(&usage_error(&error.to_string()));
            return ExitCode::from(2);
        }
        Err(help) => help.exit(),
    };
    match guarded(|| run(command)) {
        Ok(code) => code,
        Err(error) => {
            print_error(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> splitsr::Result<ExitCode> {
    match command {
        Command::Upscale(args) => return upscale::run(args),
        Command::Eval(args) => eval::run(args),
        Command::Info(args) => info::run(args),
        Command::Train(args) => train::run(args),
        Command::Study(args) => study::run(args),
        Command::Compare(args) => compare::run(args),
        Command::Bench(args) => bench::run(args),
        Command::Average(args) => average::run(args),
        Command::Export(args) => export::run(args),
        Command::Extract(args) => extract::run(args),
        Command::Round(args) => round::run(args),
        Command::Import(args) => import::run(args),
        Command::Measure(args) => measure::run(args),
        Command::Twin(args) => twin::run(args),
        Command::Schedule(args) => schedule::run(args),
        Command::Index(args) => index::run(args),
    }?;
    Ok(ExitCode::SUCCESS)
}

/// A usage error of the option parser, which takes several lines, as one.
fn usage_error(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let kept = lines.take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more"));
    let join = |whole: String, line: &str| match line {
        _ if whole.is_empty() => line.to_owned(),
        tip if tip.starts_with("tip:") => format!("{whole}; {tip}"),
        more => format!("{whole} {more}"),
    };
    let what = kept.fold(String::new(), join);
    let command = std::env::args().nth(1).filter(|name| Cli::command().find_subcommand(name).is_some());
    let command = command.map_or_else(String::new, |name| format!("{name} "));
    format!("{}; see splitsr {command}--help", what.strip_prefix("error: ").unwrap_or(&what))
}

/// Prints an error as one line on stderr.
fn print_error(error: &str) {
    eprintln!("splitsr: {}", one_line(error));
}

/// The text with its control characters escaped: names of files can hold line breaks.
fn one_line(text: &str) -> String {
    let escape = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(escape).collect()
}

/// Prints one JSON object as a line on stdout. Ends the program if it cannot be written.
fn print_json(value: &impl serde::Serialize) {
    print_line!("{}", serde_json::to_string(value).expect("reports are plain data"));
}

fn end_unless_written(result: std::io::Result<()>) {
    if let Err(error) = result {
        print_error(&format!("the report cannot be written ({error})"));
        std::process::exit(1);
    }
}

/// Prints a line on stdout, for a program that goes on if it cannot be written.
fn write_line(line: impl Display) -> std::io::Result<()> {
    writeln!(std::io::stdout(), "{line}")
}

/// A flag that Ctrl-C and SIGTERM set. Work then stops at the next tile or step and leaves no
/// half-written file. A second Ctrl-C ends the program at once.
fn stop_flag() -> splitsr::Result<Arc<AtomicBool>> {
    let flag = Arc::new(AtomicBool::new(false));
    let set = flag.clone();
    ctrlc::set_handler(move || {
        if set.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    })
    .map_err(|error| Error::Config(format!("cannot catch Ctrl-C: {error}")))?;
    Ok(flag)
}
