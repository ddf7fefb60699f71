//! The engine: a network, and the books of a picture that it enlarges.

use js_sys::Uint8Array;
use sha2::Digest;
use wasm_bindgen::prelude::*;

use super::errors::to_js;
use super::networks::Networks;
use super::picture::{Picture, packed};
use super::shapes::{CleanUpChoice, CompressionInfo, JobOptions, JobPlan, NetworkDescription, to_json};
use super::tile::TileOutput;
use super::{Result, pack};
use crate::clean_up;
use crate::config::{NetworkConfig, SplitSrConfig};
use crate::elastic::{self, Slice};
use crate::error::{Error, Result as SplitsrResult};
use crate::image::{Area, Compression, damage};
use crate::network::cost::Cost;
use crate::ops::cpu;
use crate::upscale::schedule::{Ladder, TilePlan};
use crate::upscale::{self, Enlarge, NetworkInfo, Options, Target, TileInput};
use crate::weights;

/// The instruction set of this bundle: "simd128" or "relaxed-simd".
#[wasm_bindgen(js_name = instructionSet)]
pub fn instruction_set() -> String {
    cpu::instruction_set().into()
}

/// SHA-256 of bytes that come in pieces.
#[wasm_bindgen]
#[derive(Default)]
pub struct Sha256(sha2::Sha256);

#[wasm_bindgen]
impl Sha256 {
    /// Nothing so far.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a piece.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash in lower-case hexadecimal.
    pub fn finish(self) -> String {
        weights::hex(&self.0.finalize())
    }
}

/// The TypeScript of the JSON that these functions take and give.
#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
import type { CleanUpChoice, CompressionInfo, JobOptions, JobPlan, NetworkInfo, Slice, SplitSrHyperparameters } from "../../api/generated/types.ts";
import type { Json } from "../../engine/json.ts";
"#;

/// Returns how strongly `picture` was compressed: from the headers of its `file` or, if they do not
/// say or `file` is empty, from its pixels. `undefined` if nothing shows a loss.
///
/// It is here and not with the codecs because the page reads most files without them.
#[wasm_bindgen(js_name = compressionOf, unchecked_return_type = "Json<CompressionInfo> | undefined")]
pub fn compression_of(picture: &Picture, file: &[u8]) -> Option<String> {
    Compression::of(file, &picture.0).map(|found| to_json(&CompressionInfo::from(found)))
}

/// A note on a `file` that is incomplete, since the browser reads it as if it were complete;
/// `undefined` for other files. It is here for the same reason.
#[wasm_bindgen(js_name = damageOf)]
pub fn damage_of(file: &[u8]) -> Option<String> {
    damage(file).map(String::from)
}

/// The clean-up that suits a compression, by the model's twin if it has one. Throws `Weights`.
#[wasm_bindgen(js_name = cleanUpFor, unchecked_return_type = "Json<CleanUpChoice>")]
pub fn clean_up_for(
    twin: Option<Box<[u8]>>,
    #[wasm_bindgen(unchecked_param_type = "Json<CompressionInfo>")] compression: &str,
) -> Result<String> {
    let choose = || {
        let compression: Compression = serde_json::from_str::<CompressionInfo>(compression)
            .map_err(|error| Error::Config(format!("the compression is not valid ({error})")))?
            .into();
        let twin = twin.map(|bytes| weights::read(&bytes)).transpose()?.and_then(|(metadata, _)| metadata.twin);
        let strength = twin.map(|twin| twin.strength(compression));
        Ok(CleanUpChoice { strength: strength.unwrap_or(0), note: clean_up::note(compression, strength) })
    };
    choose().map(|choice| to_json(&choice)).map_err(to_js)
}

/// Mixes a weights file with its twin: see `clean_up::mix`. Throws `Weights`.
#[wasm_bindgen(js_name = mixWeights)]
pub fn mix_weights(weights: &[u8], twin: &[u8], strength: u8) -> Result<Vec<u8>> {
    clean_up::mix(weights, twin, strength).map_err(to_js)
}

/// The weights file of a network that an elastic weights file holds: see `elastic::slice`. Throws
/// `Weights` or `Config`.
#[wasm_bindgen(js_name = sliceWeights)]
pub fn slice_weights(
    weights: &[u8],
    #[wasm_bindgen(unchecked_param_type = "Json<Slice>")] wanted: &str,
) -> Result<Vec<u8>> {
    parse_slice(wanted).and_then(|wanted| elastic::slice(weights, &wanted)).map_err(to_js)
}

fn parse_slice(wanted: &str) -> SplitsrResult<Slice> {
    serde_json::from_str(wanted)
        .map_err(|error| Error::Config(format!("the slice of the elastic network is not valid ({error})")))
}

/// Describes a SplitSR network, with or without weights. The defaults of its hyper-parameters are
/// those of splitsr-x2. Throws `Config`.
#[wasm_bindgen(js_name = describeNetwork, unchecked_return_type = "Json<NetworkInfo>")]
pub fn describe_network(
    #[wasm_bindgen(unchecked_param_type = "Json<Partial<SplitSrHyperparameters>>")] config: &str,
) -> Result<String> {
    describe(config).map_err(to_js)
}

fn describe(config: &str) -> SplitsrResult<String> {
    let splitsr: SplitSrConfig = serde_json::from_str(config)
        .map_err(|error| Error::Config(format!("the network's config is not valid ({error})")))?;
    let config = NetworkConfig::SplitSr(splitsr.clone());
    config.validate()?;
    let cost = Cost::of(&config);
    Ok(to_json(&NetworkDescription {
        params: cost.params,
        macs_720p: cost.macs_720p,
        receptive_field: cost.receptive_field(),
        light_groups: splitsr.lightweight_groups(),
        split_channels: splitsr.split_channels(),
        channel_flow: splitsr.channel_flow(),
        config,
    }))
}

/// A network with its weights. Call `free()` when done with it.
#[wasm_bindgen]
pub struct Model {
    networks: Networks,
    column: upscale::Column,
}

#[wasm_bindgen]
impl Model {
    /// Reads a weights file, and that of the cheap network for the tiles of a schedule. Throws
    /// `Weights`.
    pub fn load(bytes: &[u8], cheap: Option<Box<[u8]>>) -> Result<Self> {
        Ok(Self { networks: Networks::load(bytes, cheap)?, column: upscale::Column::default() })
    }

    /// The model's name in lists, "splitsr-x2".
    #[wasm_bindgen(getter)]
    pub fn name(&self) -> String {
        self.networks.whole.metadata.name.clone()
    }

    /// The scale: 2, 3 or 4.
    #[wasm_bindgen(getter)]
    pub fn scale(&self) -> u32 {
        self.networks.whole.metadata.config.scale() as u32
    }

    /// SHA-256 of the file, in lower-case hexadecimal.
    #[wasm_bindgen(getter)]
    pub fn sha256(&self) -> String {
        self.networks.whole.sha256.clone()
    }

    /// The properties that a `Job` needs to know about the model, as JSON: `{"scale", "halo",
    /// "autoHalo", "bytesPerPixel", …}`, halos in low-resolution pixels or null.
    #[wasm_bindgen(getter)]
    pub fn info(&self) -> String {
        serde_json::to_string(&NetworkInfo::of(&*self.networks.whole)).expect("it is plain data")
    }

    /// Computes a tile. The argument is a result of `Job.tileInput`. The tiles of a run cost least
    /// in order. Throws `Weights` if the network gives NaN or infinity.
    #[wasm_bindgen(js_name = runTile)]
    pub fn run_tile(&mut self, input: Vec<u8>) -> Result<TileOutput> {
        let message = TileInput::from_bytes(&input).map_err(to_js)?;
        drop(input);
        let Networks { whole, cheap } = &self.networks;
        let ladder;
        let network: &dyn Enlarge = match cheap {
            Some(cheap) => {
                ladder = Ladder { whole: whole.clone(), cheap: cheap.clone() };
                &ladder
            }
            None => &**whole,
        };
        self.column.run_tile(network, message).map(TileOutput).map_err(to_js)
    }
}

/// Parses the arguments of `Job`: the network, the options and the number of workers.
fn parse(info: &str, options: &str) -> SplitsrResult<(NetworkInfo, Options, usize)> {
    let info: NetworkInfo = serde_json::from_str(info)
        .map_err(|error| Error::Config(format!("the network's description is not valid ({error})")))?;
    let options: JobOptions =
        serde_json::from_str(options).map_err(|error| Error::Config(format!("the options are not valid ({error})")))?;
    let workers = options.workers.unwrap_or(1);
    let info = if options.scheduled == Some(true) { info.scheduled() } else { info };
    Ok((NetworkInfo { on_gpu: options.gpu.unwrap_or(false), ..info }, options.options()?, workers))
}

impl JobOptions {
    fn options(&self) -> SplitsrResult<Options> {
        let target = match (self.scale, self.width, self.height) {
            (Some(zoom), None, None) => Target::Zoom(zoom),
            (None, Some(width), Some(height)) => Target::Size { width, height },
            _ => return Err(Error::Config("set either a scale, or a width and a height".into())),
        };
        let tiling = self.tile.as_ref().map(|tile| tile.parse()).transpose()?.unwrap_or_default();
        Ok(Options { tiling, ensemble: self.ensemble.unwrap_or(false), ..Options::new(target) })
    }
}

/// A picture on its way to another size. While `pass < passCount`, compute each of the `tileCount`
/// tiles in any order and `accept` it; then `finish`. Call `free()` on an abandoned job.
#[wasm_bindgen]
pub struct Job(upscale::Job);

#[wasm_bindgen]
impl Job {
    /// Plans the enlargement of `picture`, which is freed. If `streams` is true afterwards, the
    /// caller makes the result from the pixels that `TileOutput.takePixels` gives in the last pass,
    /// and `book`s each tile. Otherwise the job holds the result until `finish`.
    ///
    /// `info` is `Model.info`. Throws `Config` or `TooLarge`.
    #[wasm_bindgen(constructor)]
    pub fn new(
        picture: Picture,
        info: &str,
        #[wasm_bindgen(unchecked_param_type = "Json<JobOptions>")] options: &str,
    ) -> Result<Self> {
        let plan = || {
            let (info, options, workers) = parse(info, options)?;
            upscale::Job::streaming(picture.0, info, &options, workers)
        };
        plan().map(Self).map_err(to_js)
    }

    /// Plans the enlargement of a picture of `width` x `height` pixels without its pixels, with the
    /// constructor's other arguments. Throws `Config` or `TooLarge`.
    #[wasm_bindgen(unchecked_return_type = "Json<JobPlan>")]
    pub fn plan(
        width: u32,
        height: u32,
        info: &str,
        #[wasm_bindgen(unchecked_param_type = "Json<JobOptions>")] options: &str,
    ) -> Result<String> {
        let plan = || {
            let (info, options, workers) = parse(info, options)?;
            let (size, passes) = upscale::Job::plan((width, height), &info, &options, workers)?;
            Ok(to_json(&JobPlan {
                width: size.0,
                height: size.1,
                tiles: passes.iter().map(|pass| pass.tiles.len()).sum(),
                pixels: passes.iter().map(|pass| pass.work()).sum(),
                bytes: passes.iter().map(|pass| pass.bytes_at_once(workers)).max().unwrap_or(0),
                workers: passes.iter().map(|pass| pass.at_once(workers)).max().unwrap_or(1),
            }))
        };
        plan().map_err(to_js)
    }

    /// Pixels in a row of the result.
    #[wasm_bindgen(getter)]
    pub fn width(&self) -> u32 {
        self.0.size().0
    }

    /// Rows of the result.
    #[wasm_bindgen(getter)]
    pub fn height(&self) -> u32 {
        self.0.size().1
    }

    /// The current pass, from 0; `passCount` when all are done.
    #[wasm_bindgen(getter)]
    pub fn pass(&self) -> usize {
        self.0.pass()
    }

    /// The number of passes: 0 if the size stays the same, more than 1 if the zoom exceeds the
    /// model's scale.
    #[wasm_bindgen(getter, js_name = passCount)]
    pub fn pass_count(&self) -> usize {
        self.0.pass_count()
    }

    /// Whether the caller keeps the result.
    #[wasm_bindgen(getter)]
    pub fn streams(&self) -> bool {
        self.0.streams()
    }

    /// The colour profile of the result.
    #[wasm_bindgen(getter)]
    pub fn profile(&self) -> Option<Vec<u8>> {
        self.0.profile().map(<[u8]>::to_vec)
    }

    /// The beginning of what `Picture.pack` gives for the result if the caller keeps it. Its
    /// `3 * width * height` samples follow.
    #[wasm_bindgen(js_name = packHeader)]
    pub fn pack_header(&self) -> Vec<u8> {
        pack::rgb8_header(self.0.size(), self.0.profile(), self.0.notes())
    }

    /// The picture's notes, and one if tiles were computed again.
    #[wasm_bindgen(getter)]
    pub fn notes(&self) -> Vec<String> {
        self.0.notes()
    }

    /// The arguments of `planSchedule` for the current pass: the packed picture that it reads, the
    /// numbers of its tiles, and their halo.
    #[wasm_bindgen(js_name = packSource)]
    pub fn pack_source(&self) -> Result<Uint8Array> {
        packed(self.0.source())
    }

    /// See `packSource`.
    #[wasm_bindgen(js_name = tileNumbers)]
    pub fn tile_numbers(&self) -> Vec<u32> {
        self.0.passes()[self.0.pass()].tiles.iter().flat_map(|tile| tile.to_numbers()).collect()
    }

    /// See `packSource`; in low-resolution pixels.
    #[wasm_bindgen(getter)]
    pub fn halo(&self) -> Option<usize> {
        self.0.passes()[self.0.pass()].halo
    }

    /// Divides the tiles of the current pass between networks, as `planSchedule` has it. Models
    /// with a cheap network must compute them then. Throws `Config` if the tiles are exact.
    pub fn schedule(&mut self, plans: &[u32]) -> Result<()> {
        let mut rest = plans;
        let mut tiles = Vec::new();
        while let Some((&length, after)) = rest.split_first() {
            let (plan, others) = after.split_at_checked(length as usize).unwrap_or_default();
            tiles.push(TilePlan::from_numbers(plan));
            rest = others;
        }
        self.0.schedule(tiles).map_err(to_js)
    }

    /// How many of `workers` may compute tiles of the current pass at once, so that memory stays
    /// bounded.
    #[wasm_bindgen(js_name = atOnce)]
    pub fn at_once(&self, workers: usize) -> usize {
        self.0.passes()[self.0.pass()].at_once(workers)
    }

    /// Bytes that a tile of the current pass takes while it is computed.
    #[wasm_bindgen(getter, js_name = tileBytes)]
    pub fn tile_bytes(&self) -> f64 {
        self.0.passes()[self.0.pass()].tile_bytes() as f64
    }

    /// Bytes that all tiles in flight may take together.
    #[wasm_bindgen(getter, js_name = allBytes)]
    pub fn all_bytes(&self) -> f64 {
        upscale::plan::IN_FLIGHT_BYTES as f64
    }

    /// The tiles of a run of the current pass: consecutive ones that one worker should compute in
    /// order. 1 if any worker may compute any tile.
    #[wasm_bindgen(getter)]
    pub fn run(&self) -> usize {
        self.0.passes()[self.0.pass()].run
    }

    /// The number of tiles in the current pass.
    #[wasm_bindgen(getter, js_name = tileCount)]
    pub fn tile_count(&self) -> usize {
        self.0.tile_count()
    }

    /// The share of the network's work that is done, from 0 to 1.
    #[wasm_bindgen(getter)]
    pub fn fraction(&self) -> f64 {
        self.0.fraction()
    }

    /// The low-resolution pixels that the network computes for tile `index` of the current pass.
    #[wasm_bindgen(js_name = tileWork)]
    pub fn tile_work(&self, index: usize) -> f64 {
        self.0.passes()[self.0.pass()].work_of(index) as f64
    }

    /// The input of `Model.runTile` for tile `index` of the current pass.
    #[wasm_bindgen(js_name = tileInput)]
    pub fn tile_input(&self, index: usize) -> Vec<u8> {
        self.0.tile_input(index).to_bytes()
    }

    /// The area of tile `index` in the picture that the current pass writes: left, top, width and
    /// height.
    #[wasm_bindgen(js_name = tileArea)]
    pub fn tile_area(&self, index: usize) -> Vec<u32> {
        let Area { left, top, width, height } = self.0.tile(index).target;
        vec![left, top, width, height]
    }

    /// Takes a tile's result. The last tile of a pass begins the next one: `pass` and `tileCount`
    /// change.
    pub fn accept(&mut self, index: usize, planes: Vec<f32>, recomputed: bool) -> Result<()> {
        self.0.accept(index, &upscale::TileOutput { planes, recomputed }).map_err(to_js)
    }

    /// `accept`; gives the tile's opaque RGBA8 pixels, row by row without padding.
    #[wasm_bindgen(js_name = acceptPixels)]
    pub fn accept_pixels(&mut self, index: usize, planes: Vec<f32>, recomputed: bool) -> Result<Vec<u8>> {
        let output = upscale::TileOutput { planes, recomputed };
        self.0.accept(index, &output).map_err(to_js)?;
        Ok(output.to_rgba8())
    }

    /// `accept` in the last pass, if the caller keeps the result.
    pub fn book(&mut self, index: usize, recomputed: bool) -> Result<()> {
        self.0.book(index, recomputed).map_err(to_js)
    }

    /// The result after the last pass. The job is freed.
    pub fn finish(self) -> Result<Picture> {
        self.0.finish().map(Picture).map_err(to_js)
    }
}
