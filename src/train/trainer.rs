//! One training step, and the state between two steps.

use burn::module::Module;
use burn::optim::{Adam, AdamConfig, AdamState, AdaptiveMomentumState, Optimizer};
use burn::tensor::{Device, Tensor, TensorData};

use super::branches;
use super::config::Recipe;
use super::data::Batch;
use super::loss::loss;
use super::parameters::{flatten, flatten_gradients, unflatten};
use crate::error::{Error, Result};
use crate::network::Network;
use crate::ops::{Arithmetic, awake};
use crate::weights::NamedTensors;

/// A network in training: weights, their average, Adam's moments and the step number. This is all the state that there is.
pub struct Trainer {
    recipe: Recipe,
    network: Network,
    teacher: Option<Network>,
    /// What the steps of each weight are multiplied by; `None` = 1.
    gains: Option<Tensor<1>>,
    device: Device,
    adam: Adam,
    moments: Option<AdamState<1>>,
    weights: Tensor<1>,
    average: Tensor<1>,
    step: u64,
}

impl Trainer {
    /// Starts from `network`, whose weights are on `device` without autodiff.
    pub fn new(recipe: Recipe, network: Network, device: &Device) -> Self {
        let weights = flatten(&network);
        let adam = AdamConfig::new()
            .with_beta_1(recipe.betas[0])
            .with_beta_2(recipe.betas[1])
            .with_epsilon(recipe.epsilon)
            .build();
        let network = unflatten(network, &weights, true);
        let average = weights.clone();
        let gains = recipe.branches.then(|| branches::gains(&network));
        let (device, teacher, moments) = (device.clone(), None, None);
        Self { recipe, network, teacher, gains, device, adam, moments, weights, average, step: 0 }
    }

    /// The same with a teacher, on the same device, whose results [`Recipe::distill`] gives a part in the loss.
    pub fn with_teacher(self, teacher: Network) -> Self {
        Self { teacher: Some(teacher), ..self }
    }

    /// Steps taken.
    pub fn step_count(&self) -> u64 {
        self.step
    }

    /// One step on a batch: forward, backward, Adam, average. Returns the loss before the step.
    ///
    /// # Errors
    /// [`Error::Data`] if the loss is not finite: the weights are then left as they were.
    pub fn step(&mut self, batch: Batch) -> Result<f32> {
        self.step_with(Arithmetic::Fast, batch)
    }

    /// [`Self::step`] with other convolutions than the fast ones: what tests and benchmarks compare with.
    ///
    /// # Errors
    /// As [`Self::step`].
    pub fn step_with(&mut self, arithmetic: Arithmetic, batch: Batch) -> Result<f32> {
        awake(|| self.take_step(arithmetic, batch))
    }

    fn take_step(&mut self, arithmetic: Arithmetic, batch: Batch) -> Result<f32> {
        if self.recipe.finish.is_some() && self.step == self.recipe.steps {
            (self.weights, self.moments) = (self.average.clone(), None);
            self.network = unflatten(self.network.clone(), &self.weights, true);
        }
        let device = self.device.clone().autodiff();
        let tensor = |values, side, device: &Device| {
            Tensor::<4>::from_data(TensorData::new(values, [batch.count, 3, side, side]), device)
        };
        let taught = self
            .teacher
            .as_ref()
            .map(|teacher| arithmetic.run(|| teacher.forward(tensor(batch.lr.clone(), batch.lr_side, &self.device))));
        let enlarged = arithmetic.run(|| self.network.forward(tensor(batch.lr, batch.lr_side, &device)));
        let kind = self.recipe.loss_at(self.step);
        let against = |target: Tensor<4>| loss(kind, enlarged.clone() - target);
        let mut loss = against(tensor(batch.hr, batch.hr_side, &device));
        if let Some(taught) = taught {
            let part = self.recipe.distill;
            loss = loss * (1.0 - part) + against(Tensor::from_inner(taught)) * part;
        }
        let value: f32 = loss.clone().into_scalar();
        if !value.is_finite() {
            return Err(Error::Data(format!(
                "the loss is {value} at step {}: training diverged; lower learning_rate",
                self.step
            )));
        }
        let mut gradient = flatten_gradients(&self.network, &loss.backward());
        if let Some(limit) = self.recipe.clip {
            let norm: f32 = gradient.clone().square().sum().sqrt().into_scalar();
            if norm > limit {
                gradient = gradient * (limit / norm);
            }
        }
        let rate = self.recipe.learning_rate_at(self.step);
        let (mut weights, moments) = self.adam.step(rate, self.weights.clone(), gradient, self.moments.take());
        if let Some(gains) = &self.gains {
            weights = self.weights.clone() + (weights - self.weights.clone()) * gains.clone();
        }
        if self.recipe.weight_decay > 0.0 {
            weights = weights * (1.0 - rate * self.recipe.weight_decay);
        }
        (self.weights, self.moments) = (weights, moments);
        self.step += 1;
        // Early on, an average over the last tenth of the steps follows the weights faster than the full one.
        let decay = self.recipe.ema.min(1.0 - 10.0 / (10 + self.stage_step(self.step)) as f64);
        self.average = self.average.clone() * decay + self.weights.clone() * (1.0 - decay);
        self.network = unflatten(self.network.clone(), &self.weights, true);
        Ok(value)
    }

    /// Steps of the stage at hand, of `step` in all.
    fn stage_step(&self, step: u64) -> u64 {
        if step > self.recipe.steps { step - self.recipe.steps } else { step }
    }

    /// The network as it is to be saved and scored: with the averaged weights where the recipe asks for an average.
    pub fn network(&self) -> Network {
        let parameters = if self.recipe.ema > 0.0 { &self.average } else { &self.weights };
        unflatten(self.network.clone().no_grad(), parameters, false)
    }

    /// The whole state but the step number, for a checkpoint.
    pub fn state(&self) -> NamedTensors {
        let mut state = vec![("weights", self.weights.clone()), ("average", self.average.clone())];
        if let Some(AdamState { momentum }) = &self.moments {
            state.push(("moment_1", momentum.moment_1.clone()));
            state.push(("moment_2", momentum.moment_2.clone()));
        }
        let named = |(name, tensor): (&str, Tensor<1>)| {
            let values: Vec<f32> = tensor.into_data().try_into_vec().expect("f32");
            (name.to_owned(), (vec![values.len()], values))
        };
        state.into_iter().map(named).collect()
    }

    /// Puts a state from [`Self::state`] back, taken after `step` steps. The next step is bit for bit the one that would have come then.
    ///
    /// # Errors
    /// [`Error::Weights`] if it is not a state of this network.
    pub fn restore(&mut self, mut state: NamedTensors, step: u64) -> Result<()> {
        let count = self.weights.dims()[0];
        let mut take = |name: &str| match state.remove(name) {
            Some((shape, values)) if shape == [count] => {
                Ok(Tensor::<1>::from_data(TensorData::new(values, [count]), &self.device))
            }
            _ => Err(Error::Weights(format!(
                "the checkpoint has no \"{name}\" of {count} values: it is another network's"
            ))),
        };
        (self.weights, self.average) = (take("weights")?, take("average")?);
        if step > 0 {
            let time = self.stage_step(step) as usize;
            let momentum = AdaptiveMomentumState::new(time, take("moment_1")?, take("moment_2")?);
            self.moments = Some(AdamState::new(momentum));
        }
        self.step = step;
        self.network = unflatten(self.network.clone(), &self.weights, true);
        Ok(())
    }
}
