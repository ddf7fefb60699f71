//! The losses.

use burn::tensor::Tensor;

use super::recipe::Loss;
use crate::image::LUMA;
use crate::ops::float::narrow;

/// The loss of a difference, `[batch, 3, side, side]`.
pub(super) fn loss(kind: Loss, difference: Tensor<4>) -> Tensor<1> {
    match kind {
        Loss::L1 => difference.abs().mean(),
        Loss::Charbonnier => (difference.square() + 1e-6).sqrt().mean(),
        Loss::L2 => difference.square().mean(),
        Loss::Luma => luma(&difference).square().mean() + difference.square().mean() * 0.05,
        #[cfg(not(target_arch = "wasm32"))]
        Loss::Spectrum => difference.clone().abs().mean() + super::spectrum::l1(difference) * 0.5,
        #[cfg(target_arch = "wasm32")]
        Loss::Spectrum => unreachable!("only the command trains with this loss"),
    }
}

/// The difference in luma, `[batch, 1, side, side]`, of a difference in RGB.
fn luma(difference: &Tensor<4>) -> Tensor<4> {
    let weighted = |channel: usize| narrow(difference.clone(), 1, channel, 1) * (LUMA[channel] as f32 / 255.0);
    weighted(0) + weighted(1) + weighted(2)
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, TensorData};

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
}
