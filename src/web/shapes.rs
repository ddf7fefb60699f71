//! The types that cross the border to TypeScript as JSON. A test writes them into
//! `www/src/api/generated`, or fails if the files there differ from them.
#![allow(dead_code, reason = "each bundle uses a part of them, and the native library only the test")]

use serde::{Deserialize, Serialize};

use crate::clean_up::Twin;
use crate::config::{ChannelFlow, NetworkConfig};
use crate::image::{ChromaSampling, Compression, CompressionKind};
use crate::network::cost::Cost;
use crate::weights::Metadata;

/// A SplitSR network, with or without weights.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(rename = "NetworkInfo"))]
#[serde(rename_all = "camelCase")]
pub(super) struct NetworkDescription {
    /// Its hyper-parameters.
    #[cfg_attr(test, ts(type = "SplitSrConfig"))]
    pub config: NetworkConfig,
    /// Parameters.
    pub params: u64,
    /// Multiply-adds for a result of 1280 × 720.
    pub macs_720p: f64,
    /// Side of the square that an output pixel depends on, in low-resolution pixels; null: the
    /// whole picture.
    pub receptive_field: Option<usize>,
    /// Which of the groups are lightweight.
    pub light_groups: Vec<bool>,
    /// Number of channels that a lightweight block convolves.
    pub split_channels: usize,
    /// The way of each channel through a lightweight block.
    pub channel_flow: ChannelFlow,
}

/// How a `Job` enlarges its picture: by a scale, or to a width and a height.
#[derive(Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct JobOptions {
    /// From 1 to 16.
    pub scale: Option<f64>,
    /// Pixels.
    pub width: Option<u32>,
    /// Pixels.
    pub height: Option<u32>,
    /// "auto" (default), "exact" or a halo in pixels, "24".
    pub tile: Option<String>,
    /// Whether the result is the mean of those for the 8 flips and rotations.
    pub ensemble: Option<bool>,
    /// Tiles that can be computed at the same time. Default: 1.
    pub workers: Option<usize>,
    /// Whether a GPU computes the tiles.
    pub gpu: Option<bool>,
    /// Whether a schedule divides the tiles between networks.
    pub scheduled: Option<bool>,
}

/// The work of a `Job`.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(super) struct JobPlan {
    /// Width of the result in pixels.
    pub width: u32,
    /// Height of the result in pixels.
    pub height: u32,
    /// Tiles of all passes.
    pub tiles: usize,
    /// Low-resolution pixels that the network computes for them.
    pub pixels: u64,
    /// Workers that compute tiles at once, at most.
    pub workers: usize,
    /// Bytes that they take together, at most.
    pub bytes: u64,
}

/// How strongly a picture was compressed.
#[derive(Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct CompressionInfo {
    /// The kind of evidence for it.
    pub kind: CompressionKind,
    /// From 1 (worst) to 100, on the scale of libjpeg.
    pub quality: u8,
    /// The resolution of the colours; null if there are none, or if it is unknown.
    pub chroma: Option<ChromaSampling>,
    /// All of that in words: "JPEG, quality about 72, 4:2:0".
    pub description: String,
}

impl From<Compression> for CompressionInfo {
    fn from(compression: Compression) -> Self {
        let Compression { kind, quality, chroma } = compression;
        Self { kind, quality, chroma, description: compression.to_string() }
    }
}

impl From<CompressionInfo> for Compression {
    fn from(CompressionInfo { kind, quality, chroma, .. }: CompressionInfo) -> Self {
        Self { kind, quality, chroma }
    }
}

/// The clean-up that suits a picture.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub(super) struct CleanUpChoice {
    /// In %.
    pub strength: u8,
    /// The findings and the choice, in words.
    pub note: String,
}

/// An entry of `models/index.json`.
#[derive(Serialize)]
#[cfg_attr(test, derive(Deserialize, ts_rs::TS))]
pub(super) struct ModelEntry {
    /// The model's name in lists.
    pub name: String,
    /// 2, 3 or 4. Larger zooms run the model several times, smaller ones are resized down.
    pub scale: usize,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// File name, next to the index; empty for a model that is not in it.
    pub file: String,
    /// Parameters.
    pub params: u64,
    /// Multiply-adds for a result of 1280 × 720.
    pub macs_720p: f64,
    /// Side of the square that an output pixel depends on, in low-resolution pixels; null: the
    /// whole picture.
    #[cfg_attr(test, ts(optional = nullable))]
    pub receptive_field: Option<usize>,
    /// The network.
    pub config: NetworkConfig,
    /// How it was trained. Only the hours are always there; other fields depend on the recipe.
    #[cfg_attr(test, ts(type = "{ hours?: number } | null"))]
    pub training: serde_json::Value,
    /// If it is a twin: which model it belongs to, for clean-up.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, serde(default), ts(optional))]
    pub twin: Option<Twin>,
    /// Whether the file holds many networks, of which `config` is one.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(test, serde(default), ts(optional, as = "Option<bool>"))]
    pub elastic: bool,
}

impl ModelEntry {
    /// A model that is in no index.
    pub(super) fn new(metadata: Metadata, sha256: String) -> Self {
        let Metadata { name, config, training, twin, elastic, .. } = metadata;
        let cost = Cost::of(&config);
        Self {
            name,
            scale: config.scale(),
            sha256,
            file: String::new(),
            params: cost.params,
            macs_720p: cost.macs_720p,
            receptive_field: cost.receptive_field(),
            config,
            training,
            twin,
            elastic,
        }
    }
}

/// JSON of a shape.
pub(super) fn to_json(shape: &impl Serialize) -> String {
    serde_json::to_string(shape).expect("shapes are plain data")
}

#[cfg(all(test, feature = "train"))]
mod tests {
    use std::fmt::Write;
    use std::path::Path;

    use ts_rs::{Config, TS};

    use super::*;
    use crate::clean_up::BestStrength;
    use crate::config::{BlockKind, EdsrConfig, HybridMode, Replacement, SanConfig, SplitSrConfig, SrcnnConfig};
    use crate::elastic::Slice;
    use crate::train::{
        Degradation, FineTuningInfo, FineTuningScore, FineTuningSettings, HELD_OUT_PARTS, HeldOutKind, MAX_PICTURES,
        MIN_LR_PATCH, MIN_PICTURES_HELD_OUT_WHOLE, Scoring, SettingRange, Shrink, Trained,
    };

    const HEADER: &str = "\
        /* Generated from Rust, do not edit. To write it anew:\n   \
        SPLITSR_WRITE_TYPES=1 cargo test --release --lib generated */\n\n";

    fn declaration<T: TS>(config: &Config) -> String {
        on_one_line(&format!("{}export {}\n\n", T::docs().unwrap_or_default(), T::decl(config)))
    }

    /// With the comments of one line on a line.
    fn on_one_line(text: &str) -> String {
        let mut parts = text.split("/**\n * ");
        let mut joined = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (comment, rest) = part.split_once("\n */").unwrap();
            let is_one_line = !comment.contains('\n');
            joined += &if is_one_line { format!("/** {comment} */{rest}") } else { format!("/**\n * {part}") };
        }
        joined
    }

    /// Writes a file of `www/src/api/generated` if `SPLITSR_WRITE_TYPES` is set, or checks it.
    fn write_or_check(name: &str, text: &str) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("www/src/api/generated").join(name);
        let text = format!("{HEADER}{}\n", text.trim_end());
        if std::env::var_os("SPLITSR_WRITE_TYPES").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, text).unwrap();
            return;
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == text, "{} is out of date: its first line says how to write it anew", path.display());
    }

    #[test]
    fn generated_types_are_up_to_date() {
        let config = Config::new().with_large_int("number");
        let declarations = [
            declaration::<NetworkConfig>,
            declaration::<SplitSrConfig>,
            declaration::<HybridMode>,
            declaration::<Replacement>,
            declaration::<BlockKind>,
            declaration::<EdsrConfig>,
            declaration::<SanConfig>,
            declaration::<SrcnnConfig>,
            declaration::<NetworkDescription>,
            declaration::<ChannelFlow>,
            declaration::<ModelEntry>,
            declaration::<JobOptions>,
            declaration::<JobPlan>,
            declaration::<CompressionInfo>,
            declaration::<CompressionKind>,
            declaration::<CleanUpChoice>,
            declaration::<Twin>,
            declaration::<BestStrength>,
            declaration::<Slice>,
            declaration::<ChromaSampling>,
            declaration::<FineTuningSettings>,
            declaration::<Trained>,
            declaration::<Degradation>,
            declaration::<Shrink>,
            declaration::<FineTuningInfo>,
            declaration::<HeldOutKind>,
            declaration::<FineTuningScore>,
            declaration::<Scoring>,
        ];
        let mut text = "/* eslint-disable @typescript-eslint/array-type */\n\n".to_owned();
        text.extend(declarations.iter().map(|declaration| declaration(&config)));
        text += "/** A SplitSR network and its hyper-parameters. */\n";
        text += "export type SplitSrConfig = Extract<NetworkConfig, { architecture: \"splitsr\" }>;\n";
        write_or_check("types.ts", &text);
    }

    #[test]
    fn generated_settings_are_up_to_date() {
        let settings = FineTuningSettings::default();
        let mut json = serde_json::to_value(&settings).unwrap();
        // In TOML, which the same type is for, what is null is left out.
        json["degradation"]["jpeg"] = settings.degradation.jpeg.into();
        json["degradation"]["jpeg_before"] = settings.degradation.jpeg_before.into();
        let json = serde_json::to_string_pretty(&json).unwrap();
        let mut ranges = String::new();
        for (range, _) in settings.numbers() {
            let SettingRange { field, label, min, max, is_whole } = range;
            writeln!(ranges, "  {field}: {{ label: \"{label}\", min: {min}, max: {max}, isWhole: {is_whole} }},")
                .unwrap();
        }
        let text = format!(
            "import type {{ TuneSettings }} from \"./types.ts\";\n\n\
             /** The settings that are used unless others are given. */\n\
             export const defaultSettings: TuneSettings = {json};\n\n\
             /** The values that the settings may have, both ends included. */\n\
             export const settingRanges = {{\n{ranges}}};\n\n\
             /** The most pictures that one fine-tuning takes. */\n\
             export const MAX_PICTURES = {MAX_PICTURES};\n\n\
             /** The smallest side of a low-resolution patch, in pixels. */\n\
             export const MIN_LR_PATCH = {MIN_LR_PATCH};\n\n\
             /** From this many pictures on, whole ones are held out; below, a part of each. */\n\
             export const MIN_PICTURES_HELD_OUT_WHOLE = {MIN_PICTURES_HELD_OUT_WHOLE};\n\n\
             /** A held-out part is the last of this many equal parts along the longer side. */\n\
             export const HELD_OUT_PARTS = {HELD_OUT_PARTS};\n"
        );
        write_or_check("tune-settings.ts", &text);
    }

    #[test]
    fn the_list_of_models_has_the_generated_shape() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/index.json");
        let text = std::fs::read_to_string(path).unwrap();
        let entries: Vec<ModelEntry> = serde_json::from_str(&text).unwrap();
        let metadata = |entry: &ModelEntry| Metadata {
            training: entry.training.clone(),
            twin: entry.twin.clone(),
            elastic: entry.elastic,
            ..Metadata::new(entry.name.clone(), entry.config.clone())
        };
        for entry in &entries {
            let described = ModelEntry::new(metadata(entry), entry.sha256.clone());
            let described = ModelEntry { file: format!("{}.safetensors", entry.name), ..described };
            assert_eq!(to_json(&described), to_json(entry));
        }
        assert!(!entries.is_empty());
    }
}
