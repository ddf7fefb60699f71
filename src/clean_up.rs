//! Clean-up of compressed pictures by a twin: a second set of weights, which learnt from JPEGs.
//!
//! Both sets belong to the same network, and a picture is enlarged by their mixture. The weights
//! are mixed before the network is built, so that kernels, tiles, devices and hashes see ordinary
//! weights.

use std::str::FromStr;

use crate::error::{Error, Result};
use crate::image::Compression;
pub use crate::twin::{BestStrength, Twin};
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
            _ => Err(Error::Config(format!("the clean-up is \"{text}\"; it must be auto or a number from 0 to 100"))),
        }
    }
}

/// Mixes two weights files of the same network: `weights + strength / 100 * (twin - weights)`. The
/// result is a weights file, with the wider of both measured halos.
///
/// # Errors
/// [`Error::Weights`] if a file cannot be read or `twin` does not belong to `weights`.
pub fn mix(weights: &[u8], twin: &[u8], strength: u8) -> Result<Vec<u8>> {
    let (mut metadata, mut tensors) = read(weights)?;
    let (twin_metadata, twin_tensors) = read(twin)?;
    let belongs = twin_metadata.config == metadata.config
        && twin_metadata.twin.as_ref().is_some_and(|twin| twin.of == hex_sha256(weights))
        && tensors.iter().map(|(name, (shape, _))| (name, shape)).eq(twin_tensors.iter().map(|(n, (s, _))| (n, s)));
    if !belongs {
        let (twin, name) = (&twin_metadata.name, &metadata.name);
        return Err(Error::Weights(format!("{twin} does not belong to this {name}, so the two cannot be mixed")));
    }
    let share = f32::from(strength) / 100.0;
    for ((_, values), (_, others)) in tensors.values_mut().zip(twin_tensors.values()) {
        values.iter_mut().zip(others).for_each(|(value, other)| *value += share * (other - *value));
    }
    metadata.auto_halo = metadata.auto_halo.zip(twin_metadata.auto_halo).map(|(a, b)| a.max(b));
    (metadata.training, metadata.scores) = Default::default();
    to_file(&metadata, &tensors)
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
    fn clean_ups_are_parsed() {
        assert_eq!("auto".parse::<CleanUp>().unwrap(), CleanUp::Auto);
        assert_eq!("100".parse::<CleanUp>().unwrap(), CleanUp::Strength(100));
        for text in ["", "-1", "101", "2.5", "Auto"] {
            let error = text.parse::<CleanUp>().unwrap_err().to_string();
            assert!(error.ends_with("it must be auto or a number from 0 to 100"), "{error}");
        }
    }
}
