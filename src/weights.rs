//! The format of weights files: safetensors, with the network's config, how it was trained and its
//! scores in the metadata. [`Model`](crate::model::Model) is a network with such weights.
//!
//! The weights are stored as f16 if that changes none of them, and as f32 otherwise. So the file of
//! [rounded](round_to_f16) weights is half as large, and every machine reads the same weights.

use std::collections::BTreeMap;
use std::collections::HashMap;
#[cfg(not(target_arch = "wasm32"))]
use std::path::Path;

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Device, Tensor};
use burn_std::f16;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::config::NetworkConfig;
use crate::error::{Error, Result};
use crate::ops::float::from_values;
use crate::twin::{START, Twin};
#[cfg(not(target_arch = "wasm32"))]
use crate::upscale::schedule::Schedule;

/// The metadata key of [`Metadata`] as JSON. With a single key, equal content gives equal bytes.
const METADATA_KEY: &str = "splitsr";

/// The metadata of a weights file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metadata {
    /// The model's name in lists, "splitsr-x2".
    pub name: String,
    /// The network.
    pub config: NetworkConfig,
    /// The halo of tiles, in low-resolution pixels, that keeps the 8-bit output within 1 level of
    /// the exact one: measured on the validation pictures, with a margin. `None` = not measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_halo: Option<usize>,
    /// How the model was trained: recipe, steps, hours, data. Free-form, for people and
    /// `models/index.json`.
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub training: serde_json::Value,
    /// The model's scores. Free-form like `training`.
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub scores: serde_json::Value,
    /// If these weights are a twin: whose, and how strongly to mix it in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub twin: Option<Twin>,
    /// Whether the file holds many networks, of which `config` is one: see [`crate::elastic`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub elastic: bool,
    /// For an elastic file: which of its networks computes what under a schedule.
    #[cfg(not(target_arch = "wasm32"))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Schedule>,
}

impl Metadata {
    /// Metadata of a network that has not been trained or measured.
    pub fn new(name: impl Into<String>, config: NetworkConfig) -> Self {
        Self {
            name: name.into(),
            config,
            auto_halo: None,
            training: serde_json::Value::Null,
            scores: serde_json::Value::Null,
            twin: None,
            elastic: false,
            #[cfg(not(target_arch = "wasm32"))]
            schedule: None,
        }
    }

    /// Makes the halo suit other weights of the network, too: the wider one, or none if either is
    /// unknown.
    pub fn widen_halo(&mut self, other: Option<usize>) {
        self.auto_halo = self.auto_halo.zip(other).map(|(a, b)| a.max(b));
    }
}

/// Named tensors: shape and values, by the parameter's path in the module ("groups.0.conv.weight").
pub type NamedTensors = BTreeMap<String, (Vec<usize>, Vec<f32>)>;

/// The bytes of a weights file for `module`.
///
/// # Errors
/// [`Error::Weights`] if a parameter holds NaN or infinity, with which the file could not be read
/// again.
pub fn to_bytes<M: Module>(metadata: &Metadata, module: &M) -> Result<Vec<u8>> {
    to_file(metadata, &collect(module))
}

/// The bytes of a weights file with these tensors.
///
/// # Errors
/// As [`to_bytes`].
pub fn to_file(metadata: &Metadata, tensors: &NamedTensors) -> Result<Vec<u8>> {
    let json = serde_json::to_string(metadata).expect("metadata is plain data");
    serialize(tensors, HashMap::from([(METADATA_KEY.to_owned(), json)]))
}

/// Rounds each value to the nearest that f16 can hold.
///
/// # Errors
/// [`Error::Weights`] if a value is beyond 65,504, the largest of f16.
pub fn round_to_f16(tensors: &mut NamedTensors) -> Result<()> {
    for (name, (_, values)) in tensors {
        values.iter_mut().for_each(|value| *value = f16::from_f32(*value).to_f32());
        check_finite(name, values)?;
    }
    Ok(())
}

fn is_f16(value: f32) -> bool {
    f16::from_f32(value).to_f32().to_bits() == value.to_bits()
}

/// The bytes of a safetensors file with `tensors`.
///
/// # Errors
/// As [`to_bytes`].
pub(crate) fn serialize(tensors: &NamedTensors, metadata: HashMap<String, String>) -> Result<Vec<u8>> {
    for (name, (_, values)) in tensors {
        check_finite(name, values)?;
    }
    let halves = tensors.values().all(|(_, values)| values.iter().all(|value| is_f16(*value)));
    let dtype = if halves { Dtype::F16 } else { Dtype::F32 };
    let stored = |values: &[f32]| -> Vec<u8> {
        match dtype {
            Dtype::F16 => values.iter().flat_map(|value| f16::from_f32(*value).to_le_bytes()).collect(),
            _ => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
        }
    };
    let bytes: Vec<_> = tensors.iter().map(|(name, (shape, values))| (name, shape, stored(values))).collect();
    let views = bytes.iter().map(|(name, shape, bytes)| {
        TensorView::new(dtype, shape.to_vec(), bytes).map(|view| (name.as_str(), view)).map_err(invalid)
    });
    safetensors::serialize(views.collect::<Result<Vec<_>>>()?, Some(metadata)).map_err(invalid)
}

/// Parses a safetensors file of f32 and f16 tensors and its metadata.
///
/// # Errors
/// [`Error::Weights`] if the file is truncated, or holds another type than f32 and f16, NaN or
/// infinity.
pub(crate) fn deserialize(bytes: &[u8]) -> Result<(HashMap<String, String>, NamedTensors)> {
    let file = SafeTensors::deserialize(bytes)
        .map_err(|error| Error::Weights(format!("it is not a valid safetensors file ({error})")))?;
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(invalid)?;
    let mut tensors = NamedTensors::new();
    for (name, view) in file.tensors() {
        let values = match view.dtype() {
            Dtype::F32 => read_each(view.data(), f32::from_le_bytes),
            Dtype::F16 => read_each(view.data(), |bytes| f16::from_le_bytes(bytes).to_f32()),
            other => {
                return Err(Error::Weights(format!("tensor {name} is {other:?}; only F32 and F16 are supported")));
            }
        };
        check_finite(&name, &values)?;
        tensors.insert(name, (view.shape().to_vec(), values));
    }
    Ok((header.metadata().clone().unwrap_or_default(), tensors))
}

fn read_each<const N: usize>(bytes: &[u8], read: impl Fn([u8; N]) -> f32) -> Vec<f32> {
    bytes.as_chunks().0.iter().map(|bytes| read(*bytes)).collect()
}

/// Reads the metadata and the tensors of a weights file, without making the network.
///
/// # Errors
/// [`Error::Weights`] if the file is cut short, has no config or one out of range, or holds NaN or
/// infinity.
pub fn read(bytes: &[u8]) -> Result<(Metadata, NamedTensors)> {
    let (header, tensors) = deserialize(bytes)?;
    let json = header
        .get(METADATA_KEY)
        .ok_or_else(|| Error::Weights(format!("it has no \"{METADATA_KEY}\" metadata, so its network is unknown")))?;
    let metadata: Metadata = serde_json::from_str(json)
        .map_err(|error| Error::Weights(format!("its \"{METADATA_KEY}\" metadata is not valid ({error})")))?;
    metadata.config.validate().map_err(|error| Error::Weights(format!("its config is out of range: {error}")))?;
    Ok((metadata, tensors))
}

/// Reads a weights file as [`read`] does; returns its bytes, too.
///
/// # Errors
/// [`Error::Io`], or [`Error::Weights`] as [`read`], with the path.
#[cfg(not(target_arch = "wasm32"))]
pub fn read_file(path: &Path) -> Result<(Vec<u8>, Metadata, NamedTensors)> {
    let bytes = std::fs::read(path).map_err(Error::io(path))?;
    let (metadata, tensors) = read(&bytes).map_err(|error| error.in_file(path.display()))?;
    Ok((bytes, metadata, tensors))
}

/// All float parameters of `module`.
pub fn collect<M: Module>(module: &M) -> NamedTensors {
    struct Collect(ParamPath, NamedTensors);
    impl ModuleVisitor for Collect {
        fn enter_module(&mut self, name: &str, container: &str) {
            self.0.enter(name, container);
        }
        fn exit_module(&mut self, _: &str, _: &str) {
            self.0.exit();
        }
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            let value = param.val();
            let shape = value.dims().to_vec();
            let values = value.into_data().try_into_vec().expect("parameters are f32");
            self.1.insert(self.0.name(), (shape, values));
        }
    }
    let mut collect = Collect(ParamPath::default(), NamedTensors::new());
    module.visit(&mut collect);
    collect.1
}

/// Replaces the parameters of `module` by `tensors`, which must have exactly the module's names and
/// shapes. Those of a twin's start are ignored: see [`mix`](crate::clean_up::mix).
///
/// # Errors
/// [`Error::Weights`] names the first tensor that is missing, superfluous, or of another shape.
pub fn assign<M: Module>(module: M, tensors: NamedTensors, device: &Device) -> Result<M> {
    struct Assign<'a>(ParamPath, NamedTensors, Option<Error>, &'a Device);
    impl ModuleMapper for Assign<'_> {
        fn enter_module(&mut self, name: &str, container: &str) {
            self.0.enter(name, container);
        }
        fn exit_module(&mut self, _: &str, _: &str) {
            self.0.exit();
        }
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
            let name = self.0.name();
            let expected = param.lazy_shape().to_vec();
            match self.1.remove(&name) {
                Some((shape, values)) if shape == expected => {
                    return Param::initialized(param.id, from_values(values, shape, self.3));
                }
                Some((shape, _)) => self.fail(format!("tensor {name} is {shape:?}; its config needs {expected:?}")),
                None => self.fail(format!("tensor {name} is missing")),
            }
            param
        }
    }
    impl Assign<'_> {
        fn fail(&mut self, why: String) {
            self.2.get_or_insert(Error::Weights(why));
        }
    }
    let mut assign = Assign(ParamPath::default(), tensors, None, device);
    let module = module.map(&mut assign);
    if let Some(error) = assign.2 {
        return Err(error);
    }
    match assign.1.into_keys().find(|name| !name.starts_with(START)) {
        Some(name) => Err(Error::Weights(format!("tensor {name} does not belong to its config"))),
        None => Ok(module),
    }
}

/// The dotted path of a visitor's current parameter, without enum variants.
#[derive(Default)]
pub(crate) struct ParamPath(Vec<Option<String>>);

impl ParamPath {
    pub(crate) fn enter(&mut self, name: &str, container: &str) {
        self.0.push((!container.starts_with("Enum:")).then(|| name.to_owned()));
    }

    pub(crate) fn exit(&mut self) {
        self.0.pop();
    }

    pub(crate) fn name(&self) -> String {
        self.0.iter().flatten().map(String::as_str).collect::<Vec<_>>().join(".")
    }
}

/// SHA-256 in lower-case hexadecimal.
pub fn hex_sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn check_finite(name: &str, values: &[f32]) -> Result<()> {
    if values.iter().all(|v| v.is_finite()) {
        return Ok(());
    }
    Err(Error::Weights(format!("tensor {name} holds NaN or infinity")))
}

fn invalid(error: safetensors::SafeTensorError) -> Error {
    Error::Weights(error.to_string())
}
