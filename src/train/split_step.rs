//! A training step whose batch is split over several workers.

use burn::tensor::{Tensor, TensorData};

use super::data::Batch;
use super::trainer::Trainer;
use crate::error::Result;

/// The parts of a step's batch, and the sum of the gradients that have come in.
pub struct SplitStep {
    parts: Vec<Batch>,
    sum: Option<(f32, Tensor<1>)>,
}

impl SplitStep {
    /// Splits a batch into up to `count` parts.
    pub fn new(batch: &Batch, count: usize) -> Self {
        Self { parts: batch.parts(count), sum: None }
    }

    /// The parts. Each goes to a worker.
    pub fn parts(&self) -> &[Batch] {
        &self.parts
    }

    /// Adds the loss and the gradient of part `index`, weighted by its share of the batch.
    pub fn add(&mut self, index: usize, loss: f32, gradient: Tensor<1>) {
        let all: usize = self.parts.iter().map(|part| part.count).sum();
        let share = self.parts[index].count as f32 / all as f32;
        let (loss, gradient) = (loss * share, gradient * share);
        self.sum = Some(match self.sum.take() {
            Some((sum, gradients)) => (sum + loss, gradients + gradient),
            None => (loss, gradient),
        });
    }

    /// The loss and the gradient of the whole batch; `None` if nothing was added.
    pub fn finish(self) -> Option<(f32, Tensor<1>)> {
        self.sum
    }
}

/// Computes gradients at the weights that come with each part, for a [`Trainer`] elsewhere.
pub struct GradientWorker(Trainer);

impl GradientWorker {
    /// Uses the network and the recipe of `trainer`.
    pub fn new(trainer: Trainer) -> Self {
        Self(trainer)
    }

    /// The gradient of `part` at the `weights` after `step` steps, followed by the loss.
    ///
    /// # Errors
    /// [`Error::Weights`](crate::Error::Weights) if the weights are of another network.
    pub fn compute(&mut self, weights: Vec<f32>, step: u64, part: &Batch) -> Result<Vec<f32>> {
        self.0.set_weights(weights, step)?;
        let (loss, gradient) = self.0.gradient(part);
        let mut values: Vec<f32> = gradient.into_data().try_into_vec().expect("gradients are f32");
        values.push(loss.into_scalar());
        Ok(values)
    }
}

/// Splits what [`GradientWorker::compute`] gave into the loss and the gradient; `None` if it is
/// empty.
pub(super) fn loss_and_gradient(mut values: Vec<f32>) -> Option<(f32, TensorData)> {
    let loss = values.pop()?;
    let count = values.len();
    Some((loss, TensorData::new(values, [count])))
}
