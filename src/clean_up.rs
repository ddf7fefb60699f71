//! Clean-up of compressed pictures by a twin: a second set of weights, which learnt from JPEGs.
//!
//! Both sets belong to the same network, and a picture is enlarged by their mixture. The weights
//! are mixed before the network is built, so that kernels, tiles, devices and hashes see ordinary
//! weights.
//!
//! Mixtures work only between weights that are close to each other. If a model was trained on after
//! its twin, the twin's file also holds the weights that the twin learnt to be mixed with.

use std::str::FromStr;

use crate::error::{Error, Result};
use crate::image::Compression;
use crate::twin::START;
pub use crate::twin::{BestStrength, Twin};
#[cfg(not(target_arch = "wasm32"))]
use crate::weights::NamedTensors;
use crate::weights::{hex_sha256, read, to_file};

/// How much to clean up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CleanUp {
    /// The strength that suits the compression of the picture's file; 0 if no compression is found.
    Auto,
    /// A strength from 0 (off) to 100 %.
    Strength(u8),
}

impl FromStr for CleanUp {
    type Err = Error;

    /// "auto", or a whole number from 0 to 100.
    fn from_str(text: &str) -> Result<Self> {
        match text.parse() {
            _ if text == "auto" => Ok(Self::Auto),
            Ok(strength @ 0..=100) => Ok(Self::Strength(strength)),
            _ => Err(out_of_range(text)),
        }
    }
}

fn out_of_range(clean: &str) -> Error {
    Error::Config(format!("the clean-up is \"{clean}\"; it must be auto or a number from 0 to 100"))
}

/// Mixes two weights files of the same network: `start + strength / 100 * (twin - start)`. The
/// twin's file may hold the start; otherwise it is `weights`. Strength 0 is `weights`. The result
/// is a weights file, with the wider of both measured halos.
///
/// # Errors
/// [`Error::Weights`] if a file cannot be read, or `twin` does not belong to `weights` or lacks a
/// tensor; [`Error::Config`] for a strength above 100.
pub fn mix(weights: &[u8], twin: &[u8], strength: u8) -> Result<Vec<u8>> {
    if strength > 100 {
        return Err(out_of_range(&strength.to_string()));
    }
    let (mut metadata, mut tensors) = read(weights)?;
    let (twin_metadata, twin_tensors) = read(twin)?;
    let has_start = twin_tensors.keys().any(|name| name.starts_with(START));
    let belongs = twin_metadata.config == metadata.config
        && twin_metadata.twin.as_ref().is_some_and(|twin| twin.of == hex_sha256(weights))
        && twin_tensors.len() <= tensors.len() * if has_start { 2 } else { 1 };
    if !belongs {
        let (twin, name) = (&twin_metadata.name, &metadata.name);
        return Err(Error::Weights(format!("{twin} does not belong to this {name}, so the two cannot be mixed")));
    }
    let share = f32::from(strength) / 100.0;
    for (name, (shape, values)) in &mut tensors {
        let find = |name: &str| match twin_tensors.get(name) {
            Some((its_shape, values)) if its_shape == shape => Ok(values),
            _ => Err(Error::Weights(format!("{} has no tensor {name} of the right shape", twin_metadata.name))),
        };
        let others = find(name)?;
        if has_start && strength > 0 {
            values.copy_from_slice(find(&format!("{START}{name}"))?);
        }
        values.iter_mut().zip(others).for_each(|(value, other)| *value += share * (other - *value));
    }
    metadata.widen_halo(twin_metadata.auto_halo);
    (metadata.training, metadata.scores) = Default::default();
    to_file(&metadata, &tensors)
}

/// The weights that mixtures start from, out of the tensors of a twin's file, if it has them.
#[cfg(not(target_arch = "wasm32"))]
pub fn start_of(tensors: &NamedTensors) -> Option<NamedTensors> {
    let its = |(name, tensor): (&String, &(_, _))| Some((name.strip_prefix(START)?.to_owned(), tensor.clone()));
    Some(tensors.iter().filter_map(its).collect()).filter(|start: &NamedTensors| !start.is_empty())
}

/// Puts the weights that mixtures start from among the tensors of a twin's file.
#[cfg(not(target_arch = "wasm32"))]
pub fn put_start(tensors: &mut NamedTensors, start: NamedTensors) {
    tensors.extend(start.into_iter().map(|(name, tensor)| (format!("{START}{name}"), tensor)));
}

/// The remark on the clean-up of a picture. `strength` is `None` if the model has no twin.
pub fn note(compression: Compression, strength: Option<u8>) -> String {
    match strength {
        Some(strength) => format!("{compression}: clean-up {strength} %"),
        None => format!("{compression}: no clean-up, because the model has no weights for compressed pictures"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mixture_has_at_most_all_of_the_twin() {
        assert!(matches!(mix(&[], &[], 101), Err(Error::Config(_))));
        assert!(matches!(mix(&[], &[], 100), Err(Error::Weights(_))));
    }

    #[test]
    fn clean_ups_are_parsed() {
        assert_eq!("auto".parse::<CleanUp>().unwrap(), CleanUp::Auto);
        assert_eq!("100".parse::<CleanUp>().unwrap(), CleanUp::Strength(100));
        for text in ["", "-1", "101", "2.5", "Auto"] {
            let error = text.parse::<CleanUp>().unwrap_err().to_string();
            assert!(error.ends_with("it must be auto or a number from 0 to 100"), "{error}");
        }
    }
}
