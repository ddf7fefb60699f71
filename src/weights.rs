//! Weights files: safetensors with the network's config, how it was trained and its scores in the metadata.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::path::Path;

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Device, Tensor, TensorData};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::config::NetworkConfig;
use crate::error::{Error, Result};
use crate::network::Network;
use crate::network::cost::Cost;
use crate::ops::float::from_values;
use crate::ops::with_spinning_pool;
use crate::upscale::Enlarge;

/// The metadata key that holds [`Metadata`] as JSON. A single key keeps the file's bytes the same for the same content.
const METADATA_KEY: &str = "splitsr";

/// Weights files are small (the 15 M parameters of RCAN are 62 MB); anything larger is not one of ours.
const MAX_BYTES: usize = 1 << 28;

/// What a weights file says about itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metadata {
    /// What the model is called in lists, "splitsr-x2".
    pub name: String,
    /// The network.
    pub config: NetworkConfig,
    /// The halo of tiles, in low-resolution pixels, that keeps the 8-bit output within 1 level of the exact one: what the validation pictures
    /// needed, with a margin. `None` = not measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_halo: Option<usize>,
    /// How it was trained: recipe, steps, hours, data. Free-form, for people and for `models/index.json`.
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub training: serde_json::Value,
    /// What it scored. Free-form like `training`.
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub scores: serde_json::Value,
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
        }
    }
}

/// A network with its weights, ready to enlarge pictures.
#[derive(Debug)]
pub struct Model {
    /// What the file says about itself.
    pub metadata: Metadata,
    /// The network.
    pub network: Network,
    /// SHA-256 of the weights file, in hexadecimal.
    pub sha256: String,
    device: Device,
    cost: Cost,
    /// Whether feature maps are stored as f16.
    #[cfg(feature = "gpu")]
    half: bool,
    /// Height and width of the picture before.
    #[cfg(feature = "gpu")]
    size: std::sync::Mutex<(usize, usize)>,
}

impl Model {
    /// A model made in memory, as a file of it would load.
    ///
    /// # Errors
    /// As [`to_bytes`].
    pub fn new(metadata: Metadata, network: Network, device: &Device) -> Result<Self> {
        let sha256 = hex_sha256(&to_bytes(&metadata, &network)?);
        let cost = Cost::of(&metadata.config);
        Ok(Self::assemble(metadata, network, sha256, device, cost))
    }

    /// Reads a weights file from memory.
    ///
    /// # Errors
    /// [`Error::Weights`] if the file is cut short, has no config, does not match its config, or holds NaN or infinity.
    pub fn from_bytes(bytes: &[u8], device: &Device) -> Result<Self> {
        let (metadata, tensors) = read(bytes)?;
        let network = assign(Network::new(&metadata.config, device), tensors, device)?;
        let cost = Cost::of(&metadata.config);
        let sha256 = hex_sha256(bytes);
        Ok(Self::assemble(metadata, network, sha256, device, cost))
    }

    /// Reads a weights file.
    ///
    /// # Errors
    /// [`Error::Io`], or [`Error::Weights`] as [`Self::from_bytes`], with the path.
    pub fn load(path: &Path, device: &Device) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(Error::io(path))?;
        Self::from_bytes(&bytes, device).map_err(|error| match error {
            Error::Weights(why) => Error::Weights(format!("{}: {why}", path.display())),
            other => other,
        })
    }

    /// The same model on another device.
    pub fn to_device(&self, device: &Device) -> Self {
        let network = self.network.clone().to_device(device);
        Self::assemble(self.metadata.clone(), network, self.sha256.clone(), device, self.cost.clone())
    }

    fn assemble(metadata: Metadata, network: Network, sha256: String, device: &Device, cost: Cost) -> Self {
        Self {
            metadata,
            network,
            sha256,
            device: device.clone(),
            cost,
            #[cfg(feature = "gpu")]
            half: false,
            #[cfg(feature = "gpu")]
            size: Default::default(),
        }
    }

    /// The model with its feature maps stored as f16: see [`in_half`](crate::ops::gpu::in_half).
    ///
    /// # Errors
    /// [`Error::Config`] if the device has no f16, or the network has operations that are not ours.
    #[cfg(feature = "gpu")]
    pub fn in_half(self) -> Result<Self> {
        if !self.device.supports_dtype(burn::tensor::DType::F16) {
            return Err(Error::Config("the device has no 16-bit floats".into()));
        }
        if !self.metadata.config.is_all_3x3() {
            return Err(Error::Config(format!("the network of {} does not run in 16-bit floats", self.metadata.name)));
        }
        Ok(Self { half: true, ..self })
    }

    /// [`Enlarge::enlarge`] without waiting for the device, which is not possible in a browser.
    ///
    /// # Errors
    /// [`Error::Device`] if the device is lost.
    #[cfg(feature = "gpu")]
    pub async fn enlarge_async(&self, planes: Vec<f32>, height: usize, width: usize) -> Result<Vec<f32>> {
        values(self.run(planes, height, width).into_data_async().await)
    }

    /// Starts the network on `planes`: the result, when it is read, is `[1, 3, scale * height, scale * width]`.
    fn run(&self, planes: Vec<f32>, height: usize, width: usize) -> Tensor<4> {
        #[cfg(feature = "gpu")]
        {
            // A GPU's memory is kept for what has the same size. What another size needed would be kept forever.
            let before = std::mem::replace(&mut *self.size.lock().expect("nothing panics here"), (height, width));
            if before != (height, width) {
                self.device.memory_cleanup();
            }
        }
        let x = from_values(planes, [1, 3, height, width], &self.device);
        #[cfg(feature = "gpu")]
        if self.half {
            return crate::ops::gpu::in_half(|| self.network.forward(x));
        }
        self.network.forward(x)
    }
}

impl Enlarge for Model {
    fn scale(&self) -> usize {
        self.metadata.config.scale()
    }

    fn halo(&self) -> Option<usize> {
        self.cost.halo
    }

    fn auto_halo(&self) -> Option<usize> {
        self.metadata.auto_halo
    }

    fn bytes_per_pixel(&self) -> usize {
        self.cost.bytes_per_pixel
    }

    fn enlarge(&self, planes: Vec<f32>, height: usize, width: usize) -> Result<Vec<f32>> {
        let enlarge = || values(self.run(planes, height, width).try_into_data());
        if self.device == Device::flex() { with_spinning_pool(enlarge) } else { enlarge() }
    }
}

/// What a device gave for a picture. That it cannot be read, the data may say only now.
fn values(data: Result<TensorData, impl std::fmt::Display>) -> Result<Vec<f32>> {
    // The runtime tells its causes in lines, the deepest last, and then a backtrace.
    let deepest = |error: String| {
        let told =
            |line: &&str| !line.trim().is_empty() && !line.starts_with("Caused by") && !line.contains("acktrace");
        error.lines().rfind(told).unwrap_or(&error).trim().to_owned()
    };
    let data = data.map_err(|error| Error::Device(deepest(error.to_string())))?;
    data.try_into_vec::<f32>().map_err(|error| Error::Device(format!("its result cannot be read: {error:?}")))
}

/// Named tensors: shape and values, by the parameter's path in the module ("groups.0.conv.weight").
pub type NamedTensors = BTreeMap<String, (Vec<usize>, Vec<f32>)>;

/// The bytes of a weights file for `module`.
///
/// # Errors
/// [`Error::Weights`] if a parameter holds NaN or infinity: such a file could not be read again.
pub fn to_bytes<M: Module>(metadata: &Metadata, module: &M) -> Result<Vec<u8>> {
    let tensors = collect(module);
    for (name, (_, values)) in &tensors {
        check_finite(name, values)?;
    }
    let json = serde_json::to_string(metadata).expect("metadata is plain data");
    serialize(&tensors, HashMap::from([(METADATA_KEY.to_owned(), json)]))
}

/// A safetensors file of `tensors`, as f32.
pub(crate) fn serialize(tensors: &NamedTensors, metadata: HashMap<String, String>) -> Result<Vec<u8>> {
    let bytes: Vec<(&str, &[usize], Vec<u8>)> = tensors
        .iter()
        .map(|(name, (shape, values))| {
            (name.as_str(), shape.as_slice(), values.iter().flat_map(|v| v.to_le_bytes()).collect())
        })
        .collect();
    let views = bytes.iter().map(|(name, shape, bytes)| {
        TensorView::new(Dtype::F32, shape.to_vec(), bytes).map(|view| (*name, view)).map_err(invalid)
    });
    safetensors::serialize(views.collect::<Result<Vec<_>>>()?, Some(metadata)).map_err(invalid)
}

/// Parses a safetensors file of f32 tensors and its metadata.
///
/// # Errors
/// [`Error::Weights`] if it is cut short, too large, holds another type than f32, or NaN or infinity.
pub(crate) fn deserialize(bytes: &[u8]) -> Result<(HashMap<String, String>, NamedTensors)> {
    if bytes.len() > MAX_BYTES {
        return Err(Error::Weights(format!("{} MB is too large for a weights file", bytes.len() >> 20)));
    }
    let file = SafeTensors::deserialize(bytes)
        .map_err(|error| Error::Weights(format!("it is not a whole safetensors file ({error})")))?;
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(invalid)?;
    let mut tensors = NamedTensors::new();
    for (name, view) in file.tensors() {
        if view.dtype() != Dtype::F32 {
            return Err(Error::Weights(format!("tensor {name} is {:?}; only F32 is supported", view.dtype())));
        }
        let values: Vec<f32> =
            view.data().chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().expect("4 bytes"))).collect();
        check_finite(&name, &values)?;
        tensors.insert(name, (view.shape().to_vec(), values));
    }
    Ok((header.metadata().clone().unwrap_or_default(), tensors))
}

/// Reads the metadata of a weights file and its tensors, without building the network.
///
/// # Errors
/// As [`Model::from_bytes`].
pub fn read(bytes: &[u8]) -> Result<(Metadata, NamedTensors)> {
    let (header, tensors) = deserialize(bytes)?;
    let json = header
        .get(METADATA_KEY)
        .ok_or_else(|| Error::Weights(format!("it has no \"{METADATA_KEY}\" metadata, so its network is unknown")))?;
    let metadata: Metadata = serde_json::from_str(json)
        .map_err(|error| Error::Weights(format!("its \"{METADATA_KEY}\" metadata is not understood ({error})")))?;
    metadata.config.validate().map_err(|error| Error::Weights(format!("its config is out of range: {error}")))?;
    Ok((metadata, tensors))
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

/// Puts `tensors` in place of the parameters of `module`; the names and shapes must be the module's own, all of them.
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
    match assign.1.into_keys().next() {
        Some(name) => Err(Error::Weights(format!("tensor {name} does not belong to its config"))),
        None => Ok(module),
    }
}

/// The dotted path of the parameter that a visitor is at. Enum variants leave no trace in it.
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

/// SHA-256 in hexadecimal.
pub fn hex_sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
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
