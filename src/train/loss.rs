//! The losses.

use burn::tensor::{Device, Tensor, TensorData};

use super::recipe::Loss;
use crate::image::LUMA;
use crate::ops::conv_same;
use crate::ops::float::{from_values, narrow};

/// The loss of a difference, `[batch, 3, side, side]`.
pub(super) fn loss(kind: Loss, difference: Tensor<4>) -> Tensor<1> {
    match kind {
        Loss::L1 => difference.abs().mean(),
        Loss::Charbonnier => (difference.square() + 1e-6).sqrt().mean(),
        Loss::L2 => difference.square().mean(),
        Loss::Luma => luma(&difference).square().mean() + difference.square().mean() * 0.05,
        Loss::Spectrum => {
            let [real, imaginary] = fourier(difference.clone());
            difference.abs().mean() + (real.abs().mean() + imaginary.abs().mean()) * 0.5
        }
    }
}

/// The difference in luma, `[batch, 1, side, side]`, of a difference in RGB.
fn luma(difference: &Tensor<4>) -> Tensor<4> {
    let weighted = |channel: usize| narrow(difference.clone(), 1, channel, 1) * (LUMA[channel] as f32 / 255.0);
    weighted(0) + weighted(1) + weighted(2)
}

/// The real and the imaginary part of the orthonormal two-dimensional Fourier transform of square
/// planes, transposed.
///
/// # Shapes
/// `[batch, channels, side, side]` -> `[batch * channels, side, 1, side]`, horizontal frequencies
/// first.
fn fourier(planes: Tensor<4>) -> [Tensor<4>; 2] {
    let [batch, channels, side, _] = planes.dims();
    let device = planes.device();
    let (cosine, sine) = (basis(side, f64::cos, &device), basis(side, f64::sin, &device));
    let zero = from_values(vec![0.0; side], [side], &device);
    // Along an axis that is taken for channels, a transform is a pointwise convolution: Burn's
    // matrix products for the GPU would be a quarter of the command.
    let transform = |x: &Tensor<4>, basis: &Tensor<4>| conv_same(x.clone(), basis.clone(), zero.clone());
    let planes = planes.reshape([batch * channels, side, 1, side]);
    let [real, imaginary] = [&cosine, &sine].map(|basis| transform(&planes, basis).swap_dims(1, 3));
    [transform(&real, &cosine) - transform(&imaginary, &sine), transform(&real, &sine) + transform(&imaginary, &cosine)]
}

/// `[side, side, 1, 1]`: a function of 2 pi k n / side, over the square root of `side`.
fn basis(side: usize, function: fn(f64) -> f64, device: &Device) -> Tensor<4> {
    let value = |index: usize| {
        let turns = (index / side * (index % side) % side) as f64 / side as f64;
        (function(std::f64::consts::TAU * turns) / (side as f64).sqrt()) as f32
    };
    Tensor::from_data(TensorData::new((0..side * side).map(value).collect(), [side, side, 1, 1]), device)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_luma_weighs_more_than_one_of_colour() {
        let error = |[red, green, blue]: [f32; 3]| {
            let difference =
                Tensor::<4>::from_data(TensorData::new(vec![red, green, blue], [1, 3, 1, 1]), &Device::flex());
            loss(Loss::Luma, difference).into_scalar::<f32>()
        };
        // 219 of 255 steps of luma, and a twentieth of the squares.
        assert!((error([1.0; 3]) - ((219.0f32 / 255.0).powi(2) + 0.05)).abs() < 1e-6);
        // Red against blue, of the same luma.
        let colour = error([24.966, 0.0, -65.481].map(|value| value / 100.0));
        assert!((colour - 0.05 * (0.24966f32.powi(2) + 0.65481f32.powi(2)) / 3.0).abs() < 1e-6, "{colour}");
    }

    #[test]
    fn the_spectrum_of_a_wave_is_a_pair_of_peaks_and_the_transform_keeps_the_energy() {
        let side = 8;
        let wave = |i: usize| (std::f64::consts::TAU * (3 * (i % side) + (i / side)) as f64 / side as f64).cos() as f32;
        let values: Vec<f32> = (0..side * side).map(wave).collect();
        let planes = Tensor::<4>::from_data(TensorData::new(values, [1, 1, side, side]), &Device::flex());
        let [real, imaginary] = fourier(planes.clone()).map(|t| t.into_data().try_into_vec::<f32>().unwrap());
        for (index, value) in real.iter().enumerate() {
            let expected = if index == 3 * side + 1 || index == 5 * side + 7 { side as f32 / 2.0 } else { 0.0 };
            assert!((value - expected).abs() < 1e-5, "{index}: {value}");
        }
        assert!(imaginary.iter().all(|value| value.abs() < 1e-5));
        let energy = real.iter().map(|v| v * v).sum::<f32>();
        let expected: f32 = planes.square().sum().into_scalar();
        assert!((energy - expected).abs() < 1e-3);
    }
}
