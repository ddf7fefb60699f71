//! Finding models by name.

use std::path::{Path, PathBuf};

use burn::tensor::Device;

use crate::clean_up::{CleanUp, Twin, mix, note};
use crate::elastic::{Slice, cheap, slice};
use crate::error::{Error, Result};
use crate::image::Compression;
use crate::model::Model;
use crate::upscale::schedule::Schedule;
use crate::weights::{self, Metadata, hex_sha256, read};

/// The command's default model.
pub const DEFAULT: &str = "splitsr-x2";

/// The weights of the best model of each scale and of its twin, so that an installed command works
/// from any folder.
const EMBEDDED: [(&str, &[u8]); 6] = [
    (DEFAULT, include_bytes!("../models/splitsr-x2.safetensors")),
    ("splitsr-x2-jpeg", include_bytes!("../models/splitsr-x2-jpeg.safetensors")),
    ("splitsr-x3", include_bytes!("../models/splitsr-x3.safetensors")),
    ("splitsr-x3-jpeg", include_bytes!("../models/splitsr-x3-jpeg.safetensors")),
    ("splitsr-x4", include_bytes!("../models/splitsr-x4.safetensors")),
    ("splitsr-x4-jpeg", include_bytes!("../models/splitsr-x4-jpeg.safetensors")),
];

/// The built-in model for a zoom: of the smallest scale that reaches it, since a larger one wastes
/// time; or of the largest scale.
pub fn for_zoom(zoom: f64) -> &'static str {
    match zoom {
        ..=2.0 => DEFAULT,
        ..=3.0 => "splitsr-x3",
        _ => "splitsr-x4",
    }
}

/// The suffix that a twin's name adds to the name of the model that it belongs to.
const TWIN_SUFFIX: &str = "-jpeg";

/// The environment variable with the folder of models to search first.
pub const FOLDER_VARIABLE: &str = "SPLITSR_MODELS";

/// Loads a model on the CPU, by its file or its name. A name means `NAME.safetensors` in
/// `$SPLITSR_MODELS`, or else in a folder `models` in the current folder, in the executable's
/// folder, or in a parent of either. splitsr-x2, -x3 and -x4 are built in.
///
/// # Errors
/// [`Error::UnknownModel`] lists the known names; otherwise as [`Model::load`].
pub fn load(name: &str) -> Result<Model> {
    let (source, weights, _) = find(name)?;
    model(&source, || Model::from_bytes(&weights, &Device::flex()))
}

/// The weights file of a model, which is found as [`load`] does: its path or name, and its bytes.
///
/// # Errors
/// As [`load`], but the file is not read as weights.
pub(crate) fn read_file(name: &str) -> Result<(String, Vec<u8>)> {
    find(name).map(|(source, bytes, _)| (source, bytes))
}

/// The files of a model: its weights, and those of its twin if it has one.
pub struct ModelFiles {
    /// The file, or the name of what is built in.
    source: String,
    weights: Vec<u8>,
    /// SHA-256 of the file, of which `weights` may be a slice.
    sha256: String,
    twin: Option<(Vec<u8>, Twin)>,
}

impl ModelFiles {
    /// Finds a model as [`load`] does. Its twin is the file beside it whose name ends in `-jpeg`.
    ///
    /// # Errors
    /// As [`load`], for the twin too.
    pub fn find(name: &str) -> Result<Self> {
        let (source, weights, path) = find(name)?;
        let sha256 = hex_sha256(&weights);
        let twin = match path {
            Some(path) => {
                let stem = path.file_stem().unwrap_or_default().to_string_lossy();
                let path = path.with_file_name(format!("{stem}{TWIN_SUFFIX}.safetensors"));
                if path.is_file() { Some(weights::read_file(&path)?) } else { None }
            }
            None => embedded(&format!("{name}{TWIN_SUFFIX}")).map(|bytes| {
                let (metadata, tensors) = read(&bytes).expect("a built-in file is whole");
                (bytes, metadata, tensors)
            }),
        };
        // A twin of other weights is not this model's.
        let twin = twin.and_then(|(bytes, metadata, _)| Some((bytes, metadata.twin.filter(|twin| twin.of == sha256)?)));
        Ok(Self { source, weights, sha256, twin })
    }

    /// The metadata of the weights file.
    ///
    /// # Errors
    /// [`Error::Weights`] if it cannot be read.
    pub fn metadata(&self) -> Result<Metadata> {
        Ok(read(&self.weights).map_err(|error| error.in_file(&self.source))?.0)
    }

    /// The same with the network that `wanted` asks for, if it asks for anything. The twin is left
    /// out then: it belongs to the whole file.
    ///
    /// # Errors
    /// As [`slice()`].
    pub fn sliced(self, wanted: &Slice) -> Result<Self> {
        if wanted.is_default() {
            return Ok(self);
        }
        let weights = slice(&self.weights, wanted).map_err(|error| error.in_file(&self.source))?;
        Ok(Self { weights, twin: None, ..self })
    }

    /// The cheap network of an elastic model, on the CPU, and what its scheduler has learnt.
    ///
    /// # Errors
    /// As [`cheap()`] and [`Model::load`].
    pub fn cheap(&self) -> Result<(Model, Schedule)> {
        let make = || {
            let (weights, schedule) = cheap(&self.weights)?;
            Ok((Model::from_bytes(&weights, &Device::flex())?, schedule))
        };
        make().map_err(|error: Error| error.in_file(&self.source))
    }

    /// A network of an elastic model as a weights file: see [`slice()`].
    ///
    /// # Errors
    /// As [`load`] and [`slice()`].
    pub fn extract(name: &str, wanted: &Slice) -> Result<Vec<u8>> {
        let (source, weights, _) = find(name)?;
        slice(&weights, wanted).map_err(|error| error.in_file(source))
    }

    /// The strength in % of the clean-up for a picture with this `compression`, and a remark on
    /// what was found if the choice is automatic.
    ///
    /// # Errors
    /// [`Error::Config`] if a strength is asked for and there is no twin.
    pub fn strength(&self, clean: CleanUp, compression: Option<Compression>) -> Result<(u8, Option<String>)> {
        let twin = self.twin.as_ref().map(|(_, twin)| twin);
        match (clean, compression) {
            (CleanUp::Strength(1..), _) if twin.is_none() => Err(Error::Config(format!(
                "{} has no weights for compressed pictures: leave out the clean-up, or use splitsr-x2, -x3 or -x4",
                self.source
            ))),
            (CleanUp::Strength(strength), _) => Ok((strength, None)),
            (CleanUp::Auto, None) => Ok((0, None)),
            (CleanUp::Auto, Some(compression)) => {
                let strength = twin.map(|twin| twin.strength(compression));
                Ok((strength.unwrap_or(0), Some(note(compression, strength))))
            }
        }
    }

    /// The model on the CPU, cleaning up by `strength` %. Its hash is that of its file, at any
    /// strength and for any slice.
    ///
    /// # Errors
    /// As [`Model::load`], and as [`mix`] if `strength` is not 0.
    pub fn model(&self, strength: u8) -> Result<Model> {
        let device = Device::flex();
        model(&self.source, || {
            let mut model = match &self.twin {
                Some((twin, _)) if strength > 0 => Model::from_bytes(&mix(&self.weights, twin, strength)?, &device),
                _ => Model::from_bytes(&self.weights, &device),
            }?;
            model.sha256.clone_from(&self.sha256);
            Ok(model)
        })
    }
}

/// Finds a model as [`load`] does: the file, or the name of what is built in; its bytes; its path.
fn find(name: &str) -> Result<(String, Vec<u8>, Option<PathBuf>)> {
    let folders = folders();
    let file = format!("{name}.safetensors");
    let candidates = folders.iter().map(|folder| folder.join(&file));
    match std::iter::once(PathBuf::from(name)).chain(candidates).find(|path| path.is_file()) {
        Some(path) => {
            let bytes = std::fs::read(&path).map_err(Error::io(&path))?;
            Ok((path.display().to_string(), bytes, Some(path)))
        }
        None => match embedded(name) {
            Some(bytes) => Ok((name.to_owned(), bytes, None)),
            None => Err(Error::UnknownModel { name: name.to_owned(), known: known(&folders) }),
        },
    }
}

fn embedded(name: &str) -> Option<Vec<u8>> {
    EMBEDDED.iter().find(|(known, _)| *known == name).map(|(_, bytes)| bytes.to_vec())
}

/// Makes a model; an error in its weights names the file that they are from.
fn model(source: &str, make: impl FnOnce() -> Result<Model>) -> Result<Model> {
    make().map_err(|error| error.in_file(source))
}

/// The weights files of a folder, sorted by name.
///
/// # Errors
/// [`Error::Io`] if the folder cannot be read.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).map_err(Error::io(folder))?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "safetensors"))
        .collect();
    files.sort();
    Ok(files)
}

fn folders() -> Vec<PathBuf> {
    let named = std::env::var_os(FOLDER_VARIABLE).map(PathBuf::from);
    let starts = [std::env::current_dir().ok(), std::env::current_exe().ok()];
    let above = starts.iter().flatten().flat_map(|start| start.ancestors().map(|folder| folder.join("models")));
    named.into_iter().chain(above).filter(|folder| folder.is_dir()).collect()
}

fn known(folders: &[PathBuf]) -> String {
    let mut names: Vec<String> = folders
        .iter()
        .flat_map(|folder| files(folder).unwrap_or_default())
        .filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned()))
        .collect();
    names.extend(EMBEDDED.map(|(name, _)| name.to_owned()));
    names.sort();
    names.dedup();
    names.join(", ")
}
