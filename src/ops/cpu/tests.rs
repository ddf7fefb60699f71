//! Every instruction set against the definition in f64, and the promise that a pixel's result
//! depends on its neighbourhood alone.

use proptest::prelude::*;

use super::conv::{
    Algorithm, Options, backward_data, backward_data_on, backward_weight, backward_weight_on, forward, forward_on,
};
use super::detect::{backends, instruction_set};
use super::shape::Shape;
use super::unshuffle;

/// Values in -1..1 that depend on `seed` alone.
fn values(count: usize, seed: u64) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    (0..count)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 40) as f32 / (1 << 23) as f32 - 1.0
        })
        .collect()
}

/// The pixel of a plane, 0 outside: `y` and `x` are one more than the position.
fn at(plane: &[f32], shape: &Shape, y: usize, x: usize) -> f64 {
    if (1..=shape.height).contains(&y) && (1..=shape.width).contains(&x) {
        f64::from(plane[(y - 1) * shape.width + x - 1])
    } else {
        0.0
    }
}

/// Visits every product of the convolution: (output index, weight index, input value).
fn each_product(shape: &Shape, x: &[f32], mut visit: impl FnMut(usize, usize, f64)) {
    let plane = shape.height * shape.width;
    for n in 0..shape.batch {
        for o in 0..shape.out_channels {
            for i in 0..shape.in_channels {
                let input = &x[(n * shape.in_channels + i) * plane..][..plane];
                for tap in 0..9 {
                    for pixel in 0..plane {
                        let (y, x) = (pixel / shape.width + tap / 3, pixel % shape.width + tap % 3);
                        let output = (n * shape.out_channels + o) * plane + pixel;
                        visit(output, (o * shape.in_channels + i) * 9 + tap, at(input, shape, y, x));
                    }
                }
            }
        }
    }
}

fn assert_close(found: &[f32], expected: &[f64], terms: usize, what: &str) {
    for (i, (&found, &expected)) in found.iter().zip(expected).enumerate() {
        // Each of `terms` products below 1 adds a random rounding error of half a unit of the sum
        // so far.
        let roots = (terms as f64).sqrt();
        let tolerance = 4.0 * f64::from(f32::EPSILON) / 2.0 * roots * expected.abs().max(roots);
        assert!((f64::from(found) - expected).abs() <= tolerance, "{what} {i}: {found} is not {expected}");
    }
}

/// The pixel shuffle by its definition.
fn shuffle(shape: &Shape, values: &[f32], r: usize) -> Vec<f32> {
    let Shape { batch, out_channels, height, width, .. } = *shape;
    let mut shuffled = vec![0.0; values.len()];
    for (k, &value) in values.iter().enumerate() {
        let (x, y, channel) = (k % width, k / width % height, k / width / height % (batch * out_channels));
        let (c, dy, dx) = (channel / (r * r), channel / r % r, channel % r);
        shuffled[((c * height + y) * r + dy) * width * r + x * r + dx] = value;
    }
    shuffled
}

fn check(shape: &Shape, seed: u64) {
    let (x, dy) = (values(shape.input(), seed), values(shape.output(), seed + 1));
    let (weight, bias) = (values(shape.weights(), seed + 2), values(shape.out_channels, seed + 3));
    let plane = shape.height * shape.width;
    let mut y: Vec<f64> = (0..shape.output()).map(|k| f64::from(bias[k / plane % shape.out_channels])).collect();
    let mut dweight = vec![0.0; shape.weights()];
    each_product(shape, &x, |output, tap, value| {
        y[output] += f64::from(weight[tap]) * value;
        dweight[tap] += f64::from(dy[output]) * value;
    });
    let mut dx = vec![0.0; shape.input()];
    for (k, d) in dx.iter_mut().enumerate() {
        let (n, i, pixel) = (k / plane / shape.in_channels, k / plane % shape.in_channels, k % plane);
        for o in 0..shape.out_channels {
            let dy = &dy[(n * shape.out_channels + o) * plane..][..plane];
            for tap in 0..9 {
                let (y, x) = (pixel / shape.width + 2 - tap / 3, pixel % shape.width + 2 - tap % 3);
                *d += f64::from(weight[(o * shape.in_channels + i) * 9 + tap]) * at(dy, shape, y, x);
            }
        }
    }
    let mut dbias = vec![0.0; shape.out_channels];
    dy.iter().enumerate().for_each(|(k, &d)| dbias[k / plane % shape.out_channels] += f64::from(d));

    // The result of a ReLU: where it is not positive, the gradient counts as 0.
    let activated = values(shape.output(), seed + 4);
    let masked: Vec<f32> = dy.iter().zip(&activated).map(|(&d, &a)| if a > 0.0 { d } else { 0.0 }).collect();
    for backend in backends() {
        let name = backend.name;
        for algorithm in [Algorithm::Direct, Algorithm::Winograd] {
            let what = |what| format!("{name} {algorithm:?} {what} {shape:?}");
            let on = (backend, algorithm);
            let out = forward_on(on, shape, &x, &weight, &bias, &Options::default());
            assert_close(&out, &y, shape.in_channels * 9, &what("forward"));
            let options = Options { relu: true, residual: Some(&dy), ..Options::default() };
            let finished = forward_on(on, shape, &x, &weight, &bias, &options);
            let expected = out.iter().zip(&dy).map(|(o, residual)| o.max(0.0) + residual);
            assert!(finished.iter().copied().eq(expected), "{}", what("ReLU and residual"));
            for factor in [2, 3].into_iter().filter(|factor| shape.out_channels.is_multiple_of(factor * factor)) {
                let shuffled = Options { shuffle: Some(factor), ..Options::default() };
                let shuffled = forward_on(on, shape, &x, &weight, &bias, &shuffled);
                assert!(shuffled == shuffle(shape, &out, factor), "{}", what("shuffle"));
                let planes = shape.batch * shape.out_channels / (factor * factor);
                let undone = unshuffle([planes, factor * shape.height, factor * shape.width], factor, &shuffled);
                assert!(undone == out, "{}", what("shuffle undone"));
            }
            let found = backward_data_on(on, shape, &dy, None, &weight);
            assert_close(&found, &dx, shape.out_channels * 9, &what("data gradient"));
            let found = backward_data_on(on, shape, &dy, Some(&activated), &weight);
            assert_eq!(found, backward_data_on(on, shape, &masked, None, &weight), "{}", what("masked data gradient"));
        }
        let (dw, db) = backward_weight_on(backend, shape, &x, &dy, None);
        assert_close(&dw, &dweight, shape.batch * plane, &format!("{name} weight gradient {shape:?}"));
        assert_close(&db, &dbias, shape.batch * plane, &format!("{name} bias gradient {shape:?}"));
        let found = backward_weight_on(backend, shape, &x, &dy, Some(&activated));
        assert_eq!(found, backward_weight_on(backend, shape, &x, &masked, None), "{name} masked gradient {shape:?}");
    }
}

#[test]
fn the_shapes_of_the_flagship() {
    for (in_channels, out_channels) in [(3, 16), (16, 16), (4, 4), (16, 64), (16, 3), (64, 64), (16, 144)] {
        check(&Shape { batch: 2, in_channels, out_channels, height: 13, width: 50 }, 7);
    }
}

#[test]
fn rows_and_columns_of_one_pixel() {
    for (height, width) in [(1, 1), (1, 50), (50, 1), (2, 1)] {
        check(&Shape { batch: 2, in_channels: 5, out_channels: 18, height, width }, 7);
    }
}

/// Fewer products are computed for a single row, and those that are left in the same order.
#[test]
fn a_row_or_a_column_alone_has_the_bits_that_it_has_between_zeros() {
    let (alone, between) = ([(1, 50), (50, 1)], [(3, 50), (50, 3)]);
    for ((height, width), (padded_height, padded_width)) in alone.into_iter().zip(between) {
        let shape = Shape { batch: 1, in_channels: 7, out_channels: 12, height, width };
        let padded = Shape { height: padded_height, width: padded_width, ..shape };
        let (weight, bias) = (values(shape.weights(), 1), values(shape.out_channels, 2));
        let x = values(shape.input(), 3);
        // Where a pixel of the line lies in a padded plane: in the middle.
        let place = |pixel: usize| if height == 1 { width + pixel } else { 3 * pixel + 1 };
        let mut padded_x = vec![0.0; padded.input()];
        for (k, &value) in x.iter().enumerate() {
            padded_x[k / 50 * 150 + place(k % 50)] = value;
        }
        for backend in backends() {
            let [line, plane] = [(&shape, &x), (&padded, &padded_x)].map(|(shape, x)| {
                forward_on((backend, Algorithm::Direct), shape, x, &weight, &bias, &Options::default())
            });
            for (k, value) in line.iter().enumerate() {
                assert_eq!(
                    value.to_bits(),
                    plane[k / 50 * 150 + place(k % 50)].to_bits(),
                    "{} {shape:?}",
                    backend.name
                );
            }
        }
    }
}

#[test]
fn more_than_the_portable_set_is_tested_where_there_is_more() {
    let found: Vec<_> = backends().map(|backend| backend.name).collect();
    assert_eq!(found[0], "portable");
    #[cfg(target_arch = "x86_64")]
    assert_eq!(found.contains(&"avx512"), std::is_x86_feature_detected!("avx512vl"));
    #[cfg(target_arch = "aarch64")]
    assert!(found.contains(&"neon"));
    assert_eq!(*found.last().unwrap(), instruction_set());
}

#[test]
#[should_panic(expected = "the input of")]
fn a_slice_of_another_length_is_a_mistake() {
    let shape = Shape { batch: 1, in_channels: 1, out_channels: 1, height: 4, width: 4 };
    forward(&shape, &[0.0; 15], &[0.0; 9], &[0.0], &Options::default());
}

fn shapes() -> impl Strategy<Value = Shape> {
    (1usize..=2, 1usize..=20, 1usize..=20, 1usize..=70, 1usize..=70).prop_map(
        |(batch, in_channels, out_channels, height, width)| Shape { batch, in_channels, out_channels, height, width },
    )
}

/// The same bits with one thread and with several, also where the work is large enough to be
/// shared.
#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    let shape = Shape { batch: 3, in_channels: 5, out_channels: 7, height: 61, width: 45 };
    let (x, dy) = (values(shape.input(), 1), values(shape.output(), 2));
    let (weight, bias) = (values(shape.weights(), 3), values(shape.out_channels, 4));
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let exact = forward(&shape, &x, &weight, &bias, &Options::default());
            let fast = forward(&shape, &x, &weight, &bias, &Options { winograd: true, ..Options::default() });
            let dx = backward_data(&shape, &dy, None, &weight);
            let (dw, db) = backward_weight(&shape, &x, &dy, None);
            [exact, fast, dx, dw, db].concat().iter().map(|value| value.to_bits()).collect::<Vec<_>>()
        })
    };
    assert_eq!(run(1), run(3));
}

/// Rounding errors of the fast algorithm: small enough for pictures, whose 8 bits are 4e-3 apart.
#[test]
fn the_fast_algorithm_is_nearly_as_accurate() {
    let shape = Shape { batch: 1, in_channels: 16, out_channels: 16, height: 40, width: 40 };
    let (x, weight, bias) = (values(shape.input(), 1), values(shape.weights(), 2), vec![0.0; 16]);
    let mut expected = vec![0.0; shape.output()];
    each_product(&shape, &x, |output, tap, value| expected[output] += f64::from(weight[tap]) * value);
    let size = expected.iter().map(|y| y * y).sum::<f64>();
    for backend in backends() {
        let [direct, winograd] = [Algorithm::Direct, Algorithm::Winograd].map(|algorithm| {
            let out = forward_on((backend, algorithm), &shape, &x, &weight, &bias, &Options::default());
            let error = out.iter().zip(&expected).map(|(&o, &e)| (f64::from(o) - e).powi(2)).sum::<f64>();
            (error / size).sqrt()
        });
        assert!(direct < 3e-7, "{} direct: {direct:.1e}", backend.name);
        assert!(winograd < 6e-7, "{} Winograd: {winograd:.1e}", backend.name);
        println!("{}: relative error {direct:.1e} direct, {winograd:.1e} Winograd", backend.name);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..Default::default() })]

    #[test]
    fn any_shape_equals_the_definition(shape in shapes(), seed: u64) {
        check(&shape, seed >> 8);
    }

    #[test]
    fn any_number_of_channels_equals_the_definition(
        (in_channels, out_channels, height, width) in (1usize..=64, 1usize..=64, 1usize..=9, 1usize..=35),
        seed: u64,
    ) {
        check(&Shape { batch: 1, in_channels, out_channels, height, width }, seed >> 8);
    }

    /// A tile cut out with one pixel around it gives the same bits inside, on every instruction
    /// set.
    #[test]
    fn a_pixel_depends_on_its_neighbourhood_alone(
        shape in shapes(),
        (top, left, height, width) in (0usize..68, 0usize..68, 3usize..=40, 3usize..=40),
        seed: u64,
    ) {
        let shape = Shape { batch: 1, height: shape.height.max(3), width: shape.width.max(3), ..shape };
        let (height, width) = (height.min(shape.height), width.min(shape.width));
        let (top, left) = (top % (shape.height - height + 1), left % (shape.width - width + 1));
        let x = values(shape.input(), seed >> 8);
        let (weight, bias) = (values(shape.weights(), 1), values(shape.out_channels, 2));
        let tile = Shape { height, width, ..shape };
        let cut: Vec<f32> = (0..tile.input())
            .map(|k| {
                let (i, y, column) = (k / (height * width), k / width % height, k % width);
                x[(i * shape.height + top + y) * shape.width + left + column]
            })
            .collect();
        for backend in backends() {
            let [whole, part] = [(&shape, &x), (&tile, &cut)].map(|(shape, x)| {
                forward_on((backend, Algorithm::Direct), shape, x, &weight, &bias, &Options::default())
            });
            for o in 0..shape.out_channels {
                for y in 1..height - 1 {
                    for column in 1..width - 1 {
                        let whole = whole[(o * shape.height + top + y) * shape.width + left + column];
                        let part = part[(o * height + y) * width + column];
                        prop_assert_eq!(whole.to_bits(), part.to_bits());
                    }
                }
            }
        }
    }
}
