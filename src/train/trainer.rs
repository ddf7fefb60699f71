//! One training step, and the state between two steps.

use burn::module::Module;
use burn::optim::{Adam, AdamConfig, AdamState, AdaptiveMomentumState, Optimizer};
use burn::tensor::{Device, Tensor, TensorData};

use super::data::Batch;
use super::elastic::{Elastic, NETWORKS};
use super::loss::loss;
use super::parameters::{flatten, flatten_gradients, names, read, unflatten, unflatten_trainable};
use super::recipe::{Recipe, Trained};
use super::reparameterised;
use crate::error::{Error, Result};
use crate::network::Network;
use crate::ops::{Arithmetic, with_spinning_pool};
use crate::weights::NamedTensors;

/// A network in training: weights, their average, Adam's moments and the step number. There is no
/// other state.
pub struct Trainer {
    recipe: Recipe,
    /// For an elastic network, the one of the config.
    network: Network,
    elastic: Option<Elastic>,
    teacher: Option<Network>,
    /// Whether each parameter is trained, in their order.
    trainable: Vec<bool>,
    /// The factor for the step of each weight; `None` = 1.
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
        let gains = recipe.reparameterised.then(|| reparameterised::gains(&network));
        Self::with(recipe, network, None, weights, gains, device)
    }

    /// Starts from an elastic network with these parameters.
    pub(super) fn elastic(recipe: Recipe, elastic: Elastic, parameters: &[f32], device: &Device) -> Self {
        let network = elastic.own(parameters, device);
        let weights = Tensor::from_data(TensorData::new(parameters.to_vec(), [parameters.len()]), device);
        let gains = recipe.reparameterised.then(|| elastic.gains(device));
        Self::with(recipe, network, Some(elastic), weights, gains, device)
    }

    fn with(
        recipe: Recipe,
        network: Network,
        elastic: Option<Elastic>,
        weights: Tensor<1>,
        gains: Option<Tensor<1>>,
        device: &Device,
    ) -> Self {
        let adam = AdamConfig::new()
            .with_beta_1(recipe.betas[0])
            .with_beta_2(recipe.betas[1])
            .with_epsilon(recipe.epsilon)
            .build();
        let trainable = trainable(&recipe, &network);
        let average = weights.clone();
        let (device, teacher, moments) = (device.clone(), None, None);
        let mut trainer = Self {
            recipe,
            network,
            elastic,
            teacher,
            trainable,
            gains,
            device,
            adam,
            moments,
            weights,
            average,
            step: 0,
        };
        trainer.put_weights();
        trainer
    }

    /// Adds a teacher on the same device, whose results get a share of the loss: see
    /// [`Recipe::distill`].
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
    /// [`Error::Data`] if the loss is not finite; the weights are then unchanged.
    pub fn step(&mut self, batch: &Batch) -> Result<f32> {
        self.step_with(Arithmetic::Winograd, batch)
    }

    /// [`Self::step`] with other convolutions, for tests and benchmarks.
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

    /// The first half of [`Self::step`]: the loss, `[1]`, and its gradient, `[parameters]`. Several
    /// workers may compute the parts of a batch, see [`SplitStep`](super::SplitStep).
    pub fn gradient(&mut self, batch: &Batch) -> (Tensor<1>, Tensor<1>) {
        self.gradient_with(Arithmetic::Winograd, batch)
    }

    fn gradient_with(&mut self, arithmetic: Arithmetic, batch: &Batch) -> (Tensor<1>, Tensor<1>) {
        if self.recipe.second_stage.is_some() && self.step == self.recipe.steps {
            (self.weights, self.moments) = (self.average.clone(), None);
            self.put_weights();
        }
        let Some(elastic) = self.elastic_network() else {
            return self.gradient_of(&self.network, self.teacher.as_ref(), arithmetic, batch);
        };
        let mut sum = elastic.sum();
        for (drawn, part) in elastic.draw(self.step, &self.weights, &self.device).iter().zip(batch.parts(NETWORKS)) {
            let teacher = drawn.teacher.as_ref().filter(|_| self.recipe.distill > 0.0);
            let (loss, gradient) = self.gradient_of(&drawn.network, teacher, arithmetic, &part);
            sum.add(drawn, loss, gradient);
        }
        sum.tensors(&self.device)
    }

    fn gradient_of(
        &self,
        network: &Network,
        teacher: Option<&Network>,
        arithmetic: Arithmetic,
        batch: &Batch,
    ) -> (Tensor<1>, Tensor<1>) {
        let device = self.device.clone().autodiff();
        let tensor = |values: &[f32], side, device: &Device| {
            Tensor::<4>::from_data(TensorData::new(values.to_vec(), [batch.count, 3, side, side]), device)
        };
        let taught =
            teacher.map(|teacher| arithmetic.run(|| teacher.forward(tensor(&batch.lr, batch.lr_side, &self.device))));
        let enlarged = arithmetic.run(|| network.forward(tensor(&batch.lr, batch.lr_side, &device)));
        let kind = self.recipe.loss_at(self.step);
        let against = |target: Tensor<4>| loss(kind, enlarged.clone() - target);
        let mut loss = against(tensor(&batch.hr, batch.hr_side, &device));
        if let Some(taught) = taught {
            let part = self.recipe.distill;
            loss = loss * (1.0 - part) + against(Tensor::from_inner(taught)) * part;
        }
        let gradient = flatten_gradients(network, &loss.backward());
        (loss.inner(), gradient)
    }

    /// The second half of [`Self::step`]: Adam and the average, with the gradient of the whole
    /// batch.
    ///
    /// # Errors
    /// [`Error::Data`] if the loss is not finite; the weights are then unchanged.
    pub fn apply(&mut self, loss: f32, mut gradient: Tensor<1>) -> Result<()> {
        if !loss.is_finite() {
            return Err(Error::Data(format!(
                "training diverged: the loss is {loss} at step {}; lower learning_rate",
                self.step
            )));
        }
        if let Some(limit) = self.recipe.clip {
            // The norm stays on the device: reading it would wait for the GPU.
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
        // At the beginning, an average over the last tenth of the steps follows the weights faster.
        let decay = self.recipe.ema.min(1.0 - 10.0 / (10 + self.stage_step(self.step)) as f64);
        // In this form, weights that do not change stay the same bit for bit.
        self.average = self.average.clone() + (self.weights.clone() - self.average.clone()) * (1.0 - decay);
        self.put_weights();
        Ok(())
    }

    /// The current weights, `[parameters]`, for [`Self::set_weights`].
    pub fn weights(&self) -> &Tensor<1> {
        &self.weights
    }

    /// Takes over the weights of another trainer of the same network after `step` steps.
    ///
    /// # Errors
    /// [`Error::Weights`] if they belong to another network.
    pub fn set_weights(&mut self, weights: Vec<f32>, step: u64) -> Result<()> {
        let count = self.weights.dims()[0];
        if weights.len() != count {
            return Err(Error::Weights(format!("this network has {count} values, not {}", weights.len())));
        }
        self.weights = Tensor::from_data(TensorData::new(weights, [count]), &self.device);
        self.step = step;
        self.put_weights();
        Ok(())
    }

    /// The elastic network. A page trains plain ones, so the compiler leaves the code out there.
    pub(super) fn elastic_network(&self) -> Option<&Elastic> {
        if cfg!(target_arch = "wasm32") { None } else { self.elastic.as_ref() }
    }

    fn put_weights(&mut self) {
        // Each step draws a network with the current weights.
        if self.elastic_network().is_some() {
            return;
        }
        self.network = unflatten_trainable(self.network.clone(), &self.weights, &self.trainable);
    }

    /// The number of steps in the current stage after `step` steps in all.
    fn stage_step(&self, step: u64) -> u64 {
        if step > self.recipe.steps { step - self.recipe.steps } else { step }
    }

    /// The parameters to save and score, `[parameters]`: averaged if the recipe sets `ema`.
    pub fn parameters(&self) -> Tensor<1> {
        if self.recipe.ema > 0.0 { self.average.clone() } else { self.weights.clone() }
    }

    /// The network with [`Self::parameters`]; of an elastic one, that of the config.
    pub fn network(&self) -> Network {
        if let Some(elastic) = self.elastic_network() {
            return elastic.own(&read(self.parameters()), &self.device);
        }
        unflatten(self.network.clone().no_grad(), &self.parameters())
    }

    /// The state except for the step number, for a checkpoint.
    pub fn state(&self) -> Vec<(&'static str, Tensor<1>)> {
        let mut state = vec![("weights", self.weights.clone()), ("average", self.average.clone())];
        if let Some(AdamState { momentum }) = &self.moments {
            state.push(("moment_1", momentum.moment_1.clone()));
            state.push(("moment_2", momentum.moment_2.clone()));
        }
        state
    }

    /// Restores a state that [`Self::state`] gave after `step` steps. The next step is bit for bit
    /// the one that would have followed.
    ///
    /// # Errors
    /// [`Error::Weights`] if the state belongs to another network; it is then unchanged.
    pub fn restore(&mut self, mut state: NamedTensors, step: u64) -> Result<()> {
        let count = self.weights.dims()[0];
        let mut take = |name: &str| match state.remove(name) {
            Some((shape, values)) if shape == [count] => {
                Ok(Tensor::<1>::from_data(TensorData::new(values, [count]), &self.device))
            }
            _ => Err(Error::Weights(format!(
                "the checkpoint has no \"{name}\" of {count} values: it belongs to another network"
            ))),
        };
        let (weights, average) = (take("weights")?, take("average")?);
        let moments = if step > 0 {
            let time = self.stage_step(step) as usize;
            Some(AdamState::new(AdaptiveMomentumState::new(time, take("moment_1")?, take("moment_2")?)))
        } else {
            None
        };
        (self.weights, self.average, self.moments, self.step) = (weights, average, moments, step);
        self.put_weights();
        Ok(())
    }
}

fn trainable(recipe: &Recipe, network: &Network) -> Vec<bool> {
    let light: Vec<String> = network.light_groups().map(|group| format!("groups.{group}.blocks.")).collect();
    let is_trained = |name: &String| match recipe.trained {
        Trained::All => true,
        // All but the layers before the upsampler, in each architecture.
        Trained::Tail => {
            !["head.", "groups.", "body.", "layers.0.", "layers.1."].iter().any(|part| name.starts_with(part))
        }
        Trained::LightBlocks => light.iter().any(|blocks| name.starts_with(blocks)),
    };
    names(network).iter().map(is_trained).collect()
}
