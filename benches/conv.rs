//! How near the CPU kernels come to the machine's limit: `cargo bench --bench conv [THREADS]`.
//!
//! For the network's shapes: milliseconds, GFLOP/s (of the definition: 18 a pixel, input and output
//! channel, also where Winograd's algorithm needs only half of them) and percent of the peak of a
//! small multiply-add loop in the same run. The best of many short runs counts, because others may
//! use the machine as well.

use std::time::{Duration, Instant};

// The kernels are not part of the library's interface, but they compile on their own.
#[path = "../src/ops/cpu/mod.rs"]
#[allow(dead_code, unused_imports)]
mod cpu;

use cpu::{Options, Shape};

/// Batch, input channels, output channels, height, width: training patches first, then pictures.
const SHAPES: [[usize; 5]; 14] = [
    [16, 16, 16, 48, 48],
    [16, 4, 4, 48, 48],
    [16, 3, 16, 48, 48],
    [16, 16, 64, 48, 48],
    [16, 16, 3, 96, 96],
    [16, 16, 16, 32, 32],
    [16, 32, 32, 48, 48],
    [4, 64, 64, 48, 48],
    [1, 16, 16, 180, 320],
    [1, 4, 4, 180, 320],
    [1, 16, 64, 180, 320],
    [1, 16, 3, 360, 640],
    [1, 6, 6, 360, 640],
    [1, 64, 64, 180, 320],
];

/// The shortest of the runs that fit into a fraction of a second, in seconds.
fn best<T>(mut run: impl FnMut() -> T) -> f64 {
    run();
    let (mut best, begin) = (f64::MAX, Instant::now());
    while begin.elapsed() < Duration::from_millis(250) {
        let start = Instant::now();
        std::hint::black_box(run());
        best = best.min(start.elapsed().as_secs_f64());
    }
    best
}

fn values(count: usize) -> Vec<f32> {
    (0..count).map(|i| (i * 7919 % 1009) as f32 / 1009.0 - 0.5).collect()
}

fn main() {
    // Cargo passes `--bench`.
    let threads = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(0);
    rayon::ThreadPoolBuilder::new().num_threads(threads).build_global().expect("the first pool of this process");
    let threads = rayon::current_num_threads();
    let limit = cpu::peak_flops();
    println!("{}, threads: {threads}, peak: {:.0} GFLOP/s", cpu::instruction_set(), limit / 1e9);
    println!(
        "| ms, GFLOP/s, % of the peak | forward | | | forward by Winograd | | | by the input | | | by the weights | | |"
    );
    println!("|---|{}", "--:|".repeat(12));
    for [batch, in_channels, out_channels, height, width] in SHAPES {
        let shape = Shape { batch, in_channels, out_channels, height, width };
        let (inputs, outputs) = (batch * in_channels * height * width, batch * out_channels * height * width);
        let (x, weight, bias) = (values(inputs), values(out_channels * in_channels * 9), values(out_channels));
        let (dy, direct) = (values(outputs), Options { relu: true, ..Options::default() });
        let winograd = Options { winograd: true, ..direct };
        let operations = (18 * outputs * in_channels) as f64;
        let mut row = format!("| {batch} x {in_channels}->{out_channels}, {width}x{height} |");
        let mut add = |seconds: f64| {
            let speed = operations / seconds;
            row += &format!(" {:.3} | {:.0} | {:.0} |", seconds * 1e3, speed / 1e9, speed / limit * 100.0);
        };
        add(best(|| cpu::forward(&shape, &x, &weight, &bias, &direct)));
        add(best(|| cpu::forward(&shape, &x, &weight, &bias, &winograd)));
        add(best(|| cpu::backward_data(&shape, &dy, None, &weight)));
        add(best(|| cpu::backward_weight(&shape, &x, &dy, None)));
        println!("{row}");
    }
}
