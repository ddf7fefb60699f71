//! Weights of public PyTorch implementations as weights files of this crate: `splitsr import`.
//!
//! It reads the parameters of EDSR and RCAN as [EDSR-PyTorch] names them, and of a SplitSR that was
//! made from that RCAN. Its groups are standard residual groups or groups of split blocks, each all
//! of one kind. As safetensors:
//!
//! | there | here |
//! |---|---|
//! | `head.0` | `head` |
//! | EDSR: `body.B.body.0`, `.2` | `body.blocks.B.conv1`, `.conv2` times the residual scale |
//! | EDSR: `body.N`, the last | `body.conv` |
//! | standard group: `body.G.body.B.body.0`, `.2` | `groups.G.blocks.B.conv1`, `.conv2` |
//! | its attention: `body.G.body.B.body.3.conv_du.0` | `groups.G.blocks.B.attention.squeeze` |
//! | its attention: `body.G.body.B.body.3.conv_du.2` | `groups.G.blocks.B.attention.excite` |
//! | split group: `body.G.body.B.body.0` | `groups.G.blocks.B.conv` |
//! | any group: `body.G.body.N`, the last | `groups.G.conv` |
//! | `body.N`, the last | `body` |
//! | `tail.0.0`, `tail.0.2` | `upsampler.steps.0.expand`, `.1.expand` |
//! | `tail.1` | `tail` |
//! | `sub_mean`, `add_mean` | none: they give the range of the values, mostly 255 |
//!
//! The attention's layers may have the name `fc` instead of `conv_du`.
//!
//! Networks there compute on values from 0 to that range, here from 0 to 1: the head's weights are
//! multiplied by the range, and the tail's weights and bias are divided by it.
//!
//! [EDSR-PyTorch]: https://github.com/sanghyun-son/EDSR-PyTorch

#[cfg(test)]
mod tests;

use burn::tensor::Device;

use crate::config::{EdsrConfig, HybridMode, NetworkConfig, SplitSrConfig};
use crate::error::{Error, Result};
use crate::model::Model;
use crate::network::MEAN;
use crate::weights::{Metadata, NamedTensors, deserialize, hex_sha256, to_file};

/// The parameters that are not yet translated, and those that are.
struct Translation {
    from: NamedTensors,
    to: NamedTensors,
}

/// The bytes of a weights file with the weights of `safetensors`, which have PyTorch's names.
///
/// `residual_scale` is the factor of EDSR's residuals: 1 in the baseline and 0.1 in the large
/// model. It is not in the file. Other networks do not use it.
///
/// # Errors
/// [`Error::Weights`] if `safetensors` is damaged, or is not one of the networks that the module
/// names.
pub fn import(safetensors: &[u8], name: &str, residual_scale: f32) -> Result<Vec<u8>> {
    let (_, tensors) = deserialize(safetensors)?;
    // `DataParallel` puts this before all names.
    let from = tensors.into_iter().map(|(name, tensor)| match name.strip_prefix("module.") {
        Some(rest) => (rest.to_owned(), tensor),
        None => (name, tensor),
    });
    let mut translation = Translation { from: from.collect(), to: NamedTensors::new() };
    let config = translation.network(residual_scale)?;
    if let Some(name) = translation.from.into_keys().next() {
        return Err(unknown(&format!("tensor {name} belongs to none of them")));
    }
    let mut metadata = Metadata::new(name, NetworkConfig::clone(&config));
    metadata.training = serde_json::json!({ "imported_sha256": hex_sha256(safetensors) });
    let file = to_file(&metadata, &translation.to)?;
    // Compares all shapes with the config.
    Model::from_bytes(&file, &Device::flex())?;
    Ok(file)
}

impl Translation {
    fn network(&mut self, residual_scale: f32) -> Result<NetworkConfig> {
        let range = self.range()?;
        let channels = self.shape("head.0")?[0];
        self.layer_scaled("head.0", "head", range, 1.0)?;
        self.layer_scaled("tail.1", "tail", range.recip(), range.recip())?;
        let scale = match (self.shape("tail.0.0")?[0].checked_div(channels), self.has("tail.0.2")) {
            (Some(4), false) => 2,
            (Some(9), false) => 3,
            (Some(4), true) => 4,
            _ => return Err(unknown("its upsampler does not enlarge by 2, 3 or 4")),
        };
        self.layer("tail.0.0", "upsampler.steps.0.expand")?;
        if scale == 4 {
            self.layer("tail.0.2", "upsampler.steps.1.expand")?;
        }
        if self.has("body.0.body.0") {
            let blocks = self.count(|index| format!("body.{index}.body.0"));
            for block in 0..blocks {
                self.standard_block(&format!("body.{block}"), &format!("body.blocks.{block}"), residual_scale)?;
            }
            self.layer(&format!("body.{blocks}"), "body.conv")?;
            return Ok(NetworkConfig::Edsr(EdsrConfig { scale, channels, blocks }));
        }
        self.groups(SplitSrConfig { scale, channels, ..SplitSrConfig::default() }).map(NetworkConfig::SplitSr)
    }

    /// The groups and the convolution after them.
    fn groups(&mut self, mut config: SplitSrConfig) -> Result<SplitSrConfig> {
        config.groups = self.count(|group| format!("body.{group}.body.0.body.0"));
        config.blocks = self.count(|block| format!("body.0.body.{block}.body.0"));
        let light: Vec<bool> =
            (0..config.groups).map(|group| !self.has(&format!("body.{group}.body.0.body.2"))).collect();
        for (group, &light) in light.iter().enumerate() {
            for block in 0..config.blocks {
                let (from, to) = (format!("body.{group}.body.{block}"), format!("groups.{group}.blocks.{block}"));
                if light {
                    let split = self.shape(&format!("{from}.body.0"))?[0];
                    config.split_ratio = split as f64 / config.channels as f64;
                    self.layer(&format!("{from}.body.0"), &format!("{to}.conv"))?;
                } else {
                    self.standard_block(&from, &to, 1.0)?;
                    let hidden = self.attention(&format!("{from}.body.3"), &format!("{to}.attention"))?;
                    config.attention = hidden.and_then(|hidden| config.channels.checked_div(hidden));
                }
            }
            self.layer(&format!("body.{group}.body.{}", config.blocks), &format!("groups.{group}.conv"))?;
        }
        self.layer(&format!("body.{}", config.groups), "body")?;
        config.hybrid_index = light.iter().filter(|&&light| light).count();
        config.hybrid_mode = HybridMode::ALL
            .into_iter()
            .find(|&hybrid_mode| SplitSrConfig { hybrid_mode, ..config.clone() }.lightweight_groups() == light)
            .ok_or_else(|| unknown("its split groups are neither first, last nor evenly spread"))?;
        Ok(config)
    }

    fn standard_block(&mut self, from: &str, to: &str, residual_scale: f32) -> Result<()> {
        self.layer(&format!("{from}.body.0"), &format!("{to}.conv1"))?;
        self.layer_scaled(&format!("{from}.body.2"), &format!("{to}.conv2"), residual_scale, residual_scale)
    }

    /// Returns the number of hidden channels, if there is an attention.
    fn attention(&mut self, from: &str, to: &str) -> Result<Option<usize>> {
        let Some(from) = ["conv_du", "fc"]
            .map(|name| format!("{from}.{name}"))
            .into_iter()
            .find(|name| self.has(&format!("{name}.0")))
        else {
            return Ok(None);
        };
        let hidden = self.shape(&format!("{from}.0"))?[0];
        self.layer(&format!("{from}.0"), &format!("{to}.squeeze"))?;
        self.layer(&format!("{from}.2"), &format!("{to}.excite"))?;
        Ok(Some(hidden))
    }

    /// The largest value of a picture there: 255 or 1.
    fn range(&mut self) -> Result<f32> {
        let mut shift = |name: &str| {
            self.from.remove(&format!("{name}.weight"));
            self.from.remove(&format!("{name}.bias")).map(|(_, values)| values)
        };
        let [subtracted, added] = ["sub_mean", "add_mean"].map(&mut shift);
        let missing = || unknown("it has no layers sub_mean and add_mean");
        let (subtracted, added) = (subtracted.ok_or_else(missing)?, added.ok_or_else(missing)?);
        let range = added.first().ok_or_else(missing)? / MEAN[0];
        let is_mean = |values: &[f32], sign: f32| {
            values.len() == 3 && values.iter().zip(MEAN).all(|(value, mean)| (sign * value / range - mean).abs() < 1e-4)
        };
        if !(range > 0.0 && is_mean(&added, 1.0) && is_mean(&subtracted, -1.0)) {
            return Err(unknown("it subtracts a colour other than the mean of DIV2K"));
        }
        Ok(range)
    }

    fn has(&self, layer: &str) -> bool {
        self.from.contains_key(&format!("{layer}.weight"))
    }

    /// How many layers there are, beginning with number 0.
    fn count(&self, layer: impl Fn(usize) -> String) -> usize {
        (0..).take_while(|&index| self.has(&layer(index))).count()
    }

    fn shape(&self, layer: &str) -> Result<&[usize]> {
        match self.from.get(&format!("{layer}.weight")) {
            Some((shape, _)) if !shape.is_empty() => Ok(shape),
            _ => Err(unknown(&format!("tensor {layer}.weight is missing"))),
        }
    }

    fn layer(&mut self, from: &str, to: &str) -> Result<()> {
        self.layer_scaled(from, to, 1.0, 1.0)
    }

    /// Moves a layer, and multiplies its weights and its bias.
    fn layer_scaled(&mut self, from: &str, to: &str, weight_factor: f32, bias_factor: f32) -> Result<()> {
        let mut shape = self.shape(from)?.to_vec();
        let outputs = shape[0];
        // A linear layer is a pointwise convolution.
        if let [_, _] = shape[..] {
            shape.extend([1, 1]);
        }
        let (_, mut weight) = self.from.remove(&format!("{from}.weight")).expect("it has a shape");
        let (bias_shape, mut bias) =
            self.from.remove(&format!("{from}.bias")).unwrap_or_else(|| (vec![outputs], vec![0.0; outputs]));
        weight.iter_mut().for_each(|value| *value *= weight_factor);
        bias.iter_mut().for_each(|value| *value *= bias_factor);
        self.to.insert(format!("{to}.weight"), (shape, weight));
        self.to.insert(format!("{to}.bias"), (bias_shape, bias));
        Ok(())
    }
}

fn unknown(why: &str) -> Error {
    Error::Weights(format!("it is not an EDSR, RCAN or SplitSR with EDSR-PyTorch's names: {why}"))
}
