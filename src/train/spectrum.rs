//! The loss of the spectrum: L1 of the discrete Fourier transform of a difference.

use burn::tensor::{Tensor, TensorData};
use rayon::prelude::*;
use rustfft::num_complex::Complex32;
use rustfft::{Fft, FftDirection, FftPlanner};

/// The mean absolute value of the real parts plus that of the imaginary parts of the orthonormal
/// two-dimensional Fourier transform of each plane. It is computed on the CPU, whatever the device.
///
/// # Shapes
/// `[batch, channels, side, side]` -> `[1]`
pub(super) fn l1(planes: Tensor<4>) -> Tensor<1> {
    let [batch, channels, side, width] = planes.dims();
    assert_eq!(side, width, "patches are square");
    let mut values: Vec<f32> =
        planes.clone().inner().into_data().try_into_vec().expect("the planes are floats that were computed here");
    let transform = Transform::new(side);
    values.par_chunks_mut(side * side).for_each(|plane| transform.l1_gradient(plane));
    let of_mean = 1.0 / values.len() as f32;
    values.iter_mut().for_each(|value| *value *= of_mean);
    let gradient = TensorData::new(values, [batch, channels, side, side]);
    let gradient = Tensor::<4>::from_data(gradient, &planes.device());
    // The loss grows in proportion to the planes. Such a function is their product with its own
    // gradient (Euler), which is constant where no part changes its sign.
    (planes * gradient).sum()
}

/// The orthonormal Fourier transforms of square planes.
struct Transform {
    side: usize,
    forward: std::sync::Arc<dyn Fft<f32>>,
    inverse: std::sync::Arc<dyn Fft<f32>>,
}

impl Transform {
    fn new(side: usize) -> Self {
        let mut planner = FftPlanner::new();
        let [forward, inverse] =
            [FftDirection::Forward, FftDirection::Inverse].map(|direction| planner.plan_fft(side, direction));
        Self { side, forward, inverse }
    }

    /// Replaces a plane by the gradient of the sum of the absolute values of its transform's real
    /// and imaginary parts: the real part of the inverse transform of their signs.
    fn l1_gradient(&self, plane: &mut [f32]) {
        let mut values: Vec<Complex32> = plane.iter().map(|&value| Complex32::new(value, 0.0)).collect();
        self.transform(&*self.forward, &mut values);
        for value in &mut values {
            *value = Complex32::new(sign(value.re), sign(value.im));
        }
        self.transform(&*self.inverse, &mut values);
        let scale = 1.0 / self.side as f32;
        plane.iter_mut().zip(&values).for_each(|(gradient, value)| *gradient = value.re * scale);
    }

    /// Transforms the rows, then the columns. The result is transposed, and `side` times the
    /// orthonormal one.
    fn transform(&self, direction: &dyn Fft<f32>, plane: &mut Vec<Complex32>) {
        let mut transposed = vec![Complex32::default(); plane.len()];
        for _ in 0..2 {
            direction.process(plane);
            for (y, row) in plane.chunks_exact(self.side).enumerate() {
                for (x, value) in row.iter().enumerate() {
                    transposed[x * self.side + y] = *value;
                }
            }
            std::mem::swap(plane, &mut transposed);
        }
    }
}

/// 0 for 0, unlike [`f32::signum`].
fn sign(value: f32) -> f32 {
    if value == 0.0 { 0.0 } else { value.signum() }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use burn::tensor::Device;

    use super::*;

    /// The loss of `planes` by the definition of the transform, in f64.
    fn by_definition(planes: &[f32], side: usize) -> f64 {
        let mut sum = 0.0;
        for plane in planes.chunks(side * side) {
            for (u, v) in (0..side * side).map(|index| (index / side, index % side)) {
                let part = |function: fn(f64) -> f64| {
                    let term = |(index, &value): (usize, &f32)| {
                        let turns = (u * (index / side) + v * (index % side)) as f64 / side as f64;
                        f64::from(value) * function(TAU * turns)
                    };
                    (plane.iter().enumerate().map(term).sum::<f64>() / side as f64).abs()
                };
                sum += part(f64::cos) + part(f64::sin);
            }
        }
        sum / planes.len() as f64
    }

    fn tensor(values: &[f32], side: usize, device: &Device) -> Tensor<4> {
        Tensor::from_data(TensorData::new(values.to_vec(), [2, 1, side, side]), device)
    }

    /// Neither symmetric nor of a single frequency.
    fn example(side: usize) -> Vec<f32> {
        (0..2 * side * side).map(|i| ((i * i % 23) as f32 * 0.37).sin() - 0.1).collect()
    }

    #[test]
    fn the_loss_is_that_of_the_definition() {
        for side in [6, 7, 8] {
            let values = example(side);
            let loss: f32 = l1(tensor(&values, side, &Device::flex().autodiff())).inner().into_scalar();
            let expected = by_definition(&values, side);
            assert!((f64::from(loss) - expected).abs() < 1e-5 * expected, "{side}: {loss}, not {expected}");
        }
    }

    #[test]
    fn its_gradient_is_the_slope() {
        let side = 6;
        let values = example(side);
        let device = Device::flex().autodiff();
        let planes = tensor(&values, side, &device).require_grad();
        let gradients = l1(planes.clone()).backward();
        let gradient: Vec<f32> = planes.grad(&gradients).unwrap().into_data().try_into_vec().unwrap();
        let step = 1e-3;
        for (index, slope) in gradient.into_iter().enumerate() {
            let [above, below] = [step, -step].map(|step| {
                let mut moved = values.clone();
                moved[index] += step;
                (by_definition(&moved, side), moved[index])
            });
            let expected = (above.0 - below.0) / f64::from(above.1 - below.1);
            assert!((f64::from(slope) - expected).abs() < 1e-5, "{index}: {slope}, not {expected}");
        }
    }

    #[test]
    fn equal_pictures_have_no_gradient() {
        let mut plane = [0.0; 16];
        Transform::new(4).l1_gradient(&mut plane);
        assert_eq!(plane, [0.0; 16]);
    }
}
