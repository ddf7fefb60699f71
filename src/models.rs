//! Finding models by name.

use std::path::{Path, PathBuf};

use burn::tensor::Device;

use crate::error::{Error, Result};
use crate::model::Model;

/// The command's default model.
pub const DEFAULT: &str = "splitsr-x2";

/// The weights of [`DEFAULT`], so that an installed command works from any folder.
const EMBEDDED: &[u8] = include_bytes!("../models/splitsr-x2.safetensors");

/// The environment variable with the folder of models to search first.
pub const FOLDER_VARIABLE: &str = "SPLITSR_MODELS";

/// Loads a model on the CPU, by its file or its name. A name means `NAME.safetensors` in
/// `$SPLITSR_MODELS`, or else in a folder `models` in the current folder, in the executable's
/// folder, or in a parent of either. [`DEFAULT`] is built in.
///
/// # Errors
/// [`Error::UnknownModel`] lists the known names; otherwise as [`Model::load`].
pub fn load(name: &str) -> Result<Model> {
    let device = Device::flex();
    let path = Path::new(name);
    if path.is_file() {
        return Model::load(path, &device);
    }
    let folders = folders();
    let file = format!("{name}.safetensors");
    match folders.iter().map(|folder| folder.join(&file)).find(|path| path.is_file()) {
        Some(path) => Model::load(&path, &device),
        None if name == DEFAULT => Model::from_bytes(EMBEDDED, &device),
        None => Err(Error::UnknownModel { name: name.to_owned(), known: known(&folders) }),
    }
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
    names.push(DEFAULT.to_owned());
    names.sort();
    names.dedup();
    names.join(", ")
}
