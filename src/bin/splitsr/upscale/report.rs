//! The report of `--json`.

use std::path::Path;

use serde::Serialize;
use splitsr::device::{DeviceChoice, ModelOnDevice};

use crate::schedule;

/// The report on one picture that was asked for by its name.
#[derive(Serialize)]
pub struct Summary {
    #[serde(flatten)]
    pub computation: Computation,
    pub pictures: [Entry; 1],
}

/// The report on one picture of several: a line.
#[derive(Serialize)]
pub struct Line {
    #[serde(flatten)]
    pub entry: Entry,
    #[serde(flatten)]
    pub computation: Computation,
}

/// The model and the device that compute.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Computation {
    model: String,
    model_sha256: String,
    backend: &'static str,
    adapter: String,
    reason: String,
}

impl Computation {
    pub fn of(model: &ModelOnDevice) -> Self {
        let DeviceChoice { backend, adapter, reason } = model.choice();
        let (name, sha256) = (&model.model().metadata.name, &model.model().sha256);
        Self { model: name.clone(), model_sha256: sha256.clone(), backend, adapter, reason }
    }
}

/// The outcome for a picture.
#[derive(Serialize)]
#[serde(tag = "status", rename_all = "lowercase")]
pub enum Entry {
    Made(Made),
    /// The result already existed.
    Skipped {
        #[serde(flatten)]
        input: Input,
        #[serde(flatten)]
        output: Output,
    },
    Failed {
        #[serde(flatten)]
        input: Input,
        error: String,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Made {
    #[serde(flatten)]
    pub input: Input,
    #[serde(flatten)]
    pub output: Output,
    pub width: u32,
    pub height: u32,
    pub milliseconds: f64,
    pub tiles: usize,
    /// In low-resolution pixels; null = the picture was not cut into tiles.
    pub halo: Option<usize>,
    pub threads: usize,
    /// The strength of the clean-up in %.
    pub clean: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<schedule::Report>,
    pub notes: Vec<String>,
    /// The hash of the RGBA8 pixels, row by row; only for JSON.
    pub output_sha256: Option<String>,
}

/// The path that was read. JSON only holds Unicode: other bytes become U+FFFD in the text, and the
/// exact bytes are given separately.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Input {
    input: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    input_bytes: Option<Vec<u8>>,
}

/// The path that was written, as [`Input`].
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Output {
    output: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_bytes: Option<Vec<u8>>,
}

impl Input {
    pub fn new(path: &Path) -> Self {
        Self { input: path.to_string_lossy().into_owned(), input_bytes: bytes(path) }
    }
}

impl Output {
    pub fn text(&self) -> &str {
        &self.output
    }

    pub fn new(path: &Path) -> Self {
        Self { output: path.to_string_lossy().into_owned(), output_bytes: bytes(path) }
    }
}

fn bytes(path: &Path) -> Option<Vec<u8>> {
    path.to_str().is_none().then(|| path.as_os_str().as_encoded_bytes().to_owned())
}
