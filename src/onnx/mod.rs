//! Networks as ONNX files, for other runtimes: `splitsr export`.
//!
//! The graph has one input, `input`, `[1, 3, height, width]`, RGB in [0, 1], of any height and
//! width, and one output, `output`, `[1, 3, scale * height, scale * width]`, which is not clamped.
//! Subtracting and adding the mean colour is part of it. The operators are of opset 13.

mod builder;
mod network;
mod proto;
mod san;
#[cfg(test)]
mod tests;

pub(crate) use builder::Builder;
use prost::Message;

use crate::model::Model;
use crate::upscale::Enlarge;
use crate::weights::collect;

/// The version of ONNX's operators that the files ask for: the oldest in which `Split` takes its
/// sizes as an input.
const OPSET: i64 = 13;

/// The version of the file format, from ONNX 1.10.
const IR_VERSION: i64 = 8;

/// `model` as the bytes of an ONNX file.
///
/// The initialisers have the names that the weights have in our own files. The file's metadata is
/// `name`, `scale`, `config` (JSON) and `weights_sha256`, of the weights file. An SRCNN needs
/// pictures of at least 2 x 2 pixels there, the other networks of any size.
pub fn export(model: &Model) -> Vec<u8> {
    let mut builder = Builder::new(collect(&model.network));
    let enlarged = builder.network(&model.metadata.config, "input");
    let property = |key: &str, value: String| proto::Property { key: key.into(), value };
    let config = serde_json::to_string(&model.metadata.config).expect("a config is plain data");
    let file = proto::Model {
        ir_version: IR_VERSION,
        producer_name: env!("CARGO_PKG_NAME").into(),
        producer_version: env!("CARGO_PKG_VERSION").into(),
        opset_import: vec![proto::OperatorSet { domain: String::new(), version: OPSET }],
        graph: Some(builder.finish(&model.metadata.name, "input", &enlarged, "output")),
        metadata_props: vec![
            property("name", model.metadata.name.clone()),
            property("scale", model.scale().to_string()),
            property("config", config),
            property("weights_sha256", model.sha256.clone()),
        ],
    };
    file.encode_to_vec()
}
