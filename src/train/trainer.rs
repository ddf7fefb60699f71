//! One training step, and the state between two steps.

use burn::module::Module;
use burn::optim::{Adam, AdamConfig, AdamState, AdaptiveMomentumState, Optimizer};
use burn::tensor::{Device, Tensor, TensorData};

use super::branches;
use super::config::{Recipe, Trained};
use super::data::Batch;
use super::loss::loss;
use super::parameters::{flatten, flatten_gradients, names, unflatten, unflatten_trainable};
use crate::error::{Error, Result};
use crate::network::Network;
use crate::ops::{Arithmetic, with_spinning_pool};
use crate::weights::NamedTensors;

/// A network in training: weights, their average, Adam's moments and the step number. This is all the state that there is.
pub struct Trainer {
    recipe: Recipe,
    network: Network,
    teacher: Option<Network>,
    /// Which of the network's parameters change, in their order.
    trainable: Vec<bool>,
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
        let trainable = trainable(&recipe, &network);
        let network = unflatten_trainable(network, &weights, &trainable);
        let average = weights.clone();
        let gains = recipe.branches.then(|| branches::gains(&network));
        let (device, teacher, moments) = (device.clone(), None, None);
        Self { recipe, network, teacher, trainable, gains, device, adam, moments, weights, average, step: 0 }
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
    pub fn step(&mut self, batch: &Batch) -> Result<f32> {
        self.step_with(Arithmetic::Winograd, batch)
    }

    /// [`Self::step`] with other convolutions than the fast ones: what tests and benchmarks compare with.
    ///
    /// # Errors
    /// As [`Self::step`].
    pub fn step_with(&mut self, arithmetic: Arithmetic, batch: &Batch) -> Result<f32> {
        with_spinning_pool(|| {
            let (loss, gradient) = self.gradient_with(arithmetic, batch);
            let loss = loss.into_scalar();
            self.apply(loss, gradient)?;
            Ok(loss)
        })
    }

    /// The first half of [`Self::step`]: the loss, `[1]`, and its gradient, `[parameters]`. A batch may be cut into parts whose gradients are computed
    /// elsewhere: the mean by their numbers of patches is the batch's.
    pub fn gradient(&mut self, batch: &Batch) -> (Tensor<1>, Tensor<1>) {
        self.gradient_with(Arithmetic::Winograd, batch)
    }

    fn gradient_with(&mut self, arithmetic: Arithmetic, batch: &Batch) -> (Tensor<1>, Tensor<1>) {
        if self.recipe.finish.is_some() && self.step == self.recipe.steps {
            (self.weights, self.moments) = (self.average.clone(), None);
            self.put_weights();
        }
        let device = self.device.clone().autodiff();
        let tensor = |values: &[f32], side, device: &Device| {
            Tensor::<4>::from_data(TensorData::new(values.to_vec(), [batch.count, 3, side, side]), device)
        };
        let taught = self
            .teacher
            .as_ref()
            .map(|teacher| arithmetic.run(|| teacher.forward(tensor(&batch.lr, batch.lr_side, &self.device))));
        let enlarged = arithmetic.run(|| self.network.forward(tensor(&batch.lr, batch.lr_side, &device)));
        let kind = self.recipe.loss_at(self.step);
        let against = |target: Tensor<4>| loss(kind, enlarged.clone() - target);
        let mut loss = against(tensor(&batch.hr, batch.hr_side, &device));
        if let Some(taught) = taught {
            let part = self.recipe.distill;
            loss = loss * (1.0 - part) + against(Tensor::from_inner(taught)) * part;
        }
        let gradient = flatten_gradients(&self.network, &loss.backward());
        (loss.inner(), gradient)
    }

    /// The second half of [`Self::step`]: Adam and the average, by the gradient of the whole batch.
    ///
    /// # Errors
    /// [`Error::Data`] if the loss is not finite: the weights are then left as they were.
    pub fn apply(&mut self, loss: f32, mut gradient: Tensor<1>) -> Result<()> {
        if !loss.is_finite() {
            return Err(Error::Data(format!(
                "the loss is {loss} at step {}: training diverged; lower learning_rate",
                self.step
            )));
        }
        if let Some(limit) = self.recipe.clip {
            // Without reading the norm, which a GPU would have to be waited for.
            let norm = gradient.clone().square().sum().sqrt();
            gradient = gradient * (norm.clamp_min(limit).recip() * limit);
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
        // In this form what does not change stays the same bit for bit.
        self.average = self.average.clone() + (self.weights.clone() - self.average.clone()) * (1.0 - decay);
        self.put_weights();
        Ok(())
    }

    /// The weights of the moment, `[parameters]`: what [`Self::set_weights`] takes.
    pub fn weights(&self) -> &Tensor<1> {
        &self.weights
    }

    /// Makes it compute gradients at the weights of another trainer of the same network, which is after `step` steps.
    ///
    /// # Errors
    /// [`Error::Weights`] if they are another network's.
    pub fn set_weights(&mut self, weights: Vec<f32>, step: u64) -> Result<()> {
        let count = self.weights.dims()[0];
        if weights.len() != count {
            return Err(Error::Weights(format!("{} values; this network has {count}", weights.len())));
        }
        self.weights = Tensor::from_data(TensorData::new(weights, [count]), &self.device);
        self.step = step;
        self.put_weights();
        Ok(())
    }

    fn put_weights(&mut self) {
        self.network = unflatten_trainable(self.network.clone(), &self.weights, &self.trainable);
    }

    /// Steps of the stage at hand, of `step` in all.
    fn stage_step(&self, step: u64) -> u64 {
        if step > self.recipe.steps { step - self.recipe.steps } else { step }
    }

    /// The parameters as they are to be saved and scored, `[parameters]`: averaged where the recipe asks for an average.
    pub fn parameters(&self) -> Tensor<1> {
        if self.recipe.ema > 0.0 { self.average.clone() } else { self.weights.clone() }
    }

    /// The network with [`Self::parameters`].
    pub fn network(&self) -> Network {
        unflatten(self.network.clone().no_grad(), &self.parameters())
    }

    /// The whole state but the step number, for a checkpoint.
    pub fn state(&self) -> Vec<(&'static str, Tensor<1>)> {
        let mut state = vec![("weights", self.weights.clone()), ("average", self.average.clone())];
        if let Some(AdamState { momentum }) = &self.moments {
            state.push(("moment_1", momentum.moment_1.clone()));
            state.push(("moment_2", momentum.moment_2.clone()));
        }
        state
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
        self.put_weights();
        Ok(())
    }
}

fn trainable(recipe: &Recipe, network: &Network) -> Vec<bool> {
    let light: Vec<String> = network.light_groups().map(|group| format!("groups.{group}.blocks.")).collect();
    let is_trained = |name: &String| match recipe.trained {
        Trained::All => true,
        // All but what comes before the upsampler, in each of the networks.
        Trained::Tail => {
            !["head.", "groups.", "body.", "layers.0.", "layers.1."].iter().any(|part| name.starts_with(part))
        }
        Trained::LightBlocks => light.iter().any(|blocks| name.starts_with(blocks)),
    };
    names(network).iter().map(is_trained).collect()
}
