//! Elastic weights files by the command. `src/elastic.rs` compares slices with the network's
//! definition.

use std::path::{Path, PathBuf};

use splitsr::NetworkConfig;
use splitsr::clean_up::Twin;
use splitsr::eval::read_picture;
use splitsr::image::{Area, Format, encode};
use splitsr::weights::{Metadata, NamedTensors, hex_sha256, read, to_file};
use tempfile::TempDir;

use crate::command::{file, json, refusal, splitsr};

const CHANNELS: usize = 16;
const BLOCKS: usize = 7;
/// The flagship's channels that a lightweight block convolves, and its lightweight groups.
const SPLIT: usize = 4;
const LIGHT: usize = 3;

/// Fills the taps from an input channel to an output channel: to, from, how many, the taps.
type Fill<'a> = dyn Fn(usize, usize, usize, &mut [f32]) + 'a;

fn flagship() -> (Metadata, NamedTensors) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/splitsr-x2.safetensors");
    read(&std::fs::read(path).unwrap()).unwrap()
}

/// An elastic file that holds the flagship, and zeros where the flagship has nothing.
fn elastic() -> (TempDir, PathBuf) {
    let (metadata, plain) = flagship();
    let mut tensors = NamedTensors::new();
    let mut convolution = |name: String, fill: &Fill| {
        for (part, shape) in [("weight", vec![CHANNELS, CHANNELS, 3, 3]), ("bias", vec![CHANNELS])] {
            let inputs = if part == "weight" { CHANNELS } else { 1 };
            let size = if part == "weight" { 9 } else { 1 };
            let mut values = vec![0.0; CHANNELS * inputs * size];
            for (at, taps) in values.chunks_exact_mut(size).enumerate() {
                fill(at / inputs, at % inputs, size, taps);
            }
            tensors.insert(format!("{name}.{part}"), (shape, values));
        }
    };
    // `to` and `from` are channels of the elastic network; `inputs` are those of the plain
    // convolution.
    let copy = |name: String, inputs: usize, to: Option<usize>, from: Option<usize>, size: usize, taps: &mut [f32]| {
        let (part, inputs) = if size == 9 { ("weight", inputs) } else { ("bias", 1) };
        let from = if size == 9 { from } else { Some(0) };
        if let (Some(to), Some(from)) = (to, from) {
            let start = (to * inputs + from) * size;
            taps.copy_from_slice(&plain[&format!("{name}.{part}")].1[start..start + size]);
        }
    };
    for group in 0..7 {
        let is_light = group < LIGHT;
        for block in 0..BLOCKS {
            let name = format!("groups.{group}.blocks.{block}");
            let turn = |channel: usize| (channel + 8 * CHANNELS - SPLIT * block) % CHANNELS;
            let own = |channel: usize| Some(turn(channel)).filter(|&place| place < SPLIT && is_light);
            convolution(format!("groups.{group}.split.blocks.{block}.conv"), &|to, from, size, taps| {
                copy(format!("{name}.conv"), SPLIT, own(to), own(from), size, taps);
            });
            for conv in ["conv1", "conv2"] {
                let own = |channel: usize| Some(channel).filter(|_| !is_light);
                convolution(format!("groups.{group}.standard.blocks.{block}.{conv}"), &|to, from, size, taps| {
                    copy(format!("{name}.{conv}"), CHANNELS, own(to), own(from), size, taps);
                });
            }
        }
        for kind in ["split", "standard"] {
            let turned = if kind == "split" { SPLIT * BLOCKS } else { 0 };
            let place = |from: usize| (from + 8 * CHANNELS - turned) % CHANNELS;
            convolution(format!("groups.{group}.{kind}.conv"), &|to, from, size, taps| {
                copy(format!("groups.{group}.conv"), CHANNELS, Some(to), Some(place(from)), size, taps);
            });
        }
    }
    tensors.extend(plain.iter().filter(|(name, _)| !name.starts_with("groups.")).map(|(n, t)| (n.clone(), t.clone())));
    let metadata = Metadata { elastic: true, name: "elastic".into(), ..metadata };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("elastic.safetensors");
    std::fs::write(&path, to_file(&metadata, &tensors).unwrap()).unwrap();
    (folder, path)
}

#[test]
fn the_flagship_comes_out_of_an_elastic_file_that_holds_it() {
    let (folder, path) = elastic();
    let out = folder.path().join("out.safetensors");
    let (elastic, out) = (path.to_str().unwrap(), out.to_str().unwrap());
    let extracted = splitsr(&["extract", elastic, "-o", out]);
    assert!(extracted.status.success(), "{}", String::from_utf8_lossy(&extracted.stderr));
    let (metadata, tensors) = read(&std::fs::read(out).unwrap()).unwrap();
    let (flagship, expected) = flagship();
    assert_eq!((&metadata.config, metadata.elastic), (&flagship.config, false));
    assert!(tensors == expected, "other tensors");

    let set5 = file("eval/Set5");
    let psnr = |args: &[&str]| {
        let all = [&["eval", "--scale", "2", "--backend", "cpu", "--json", &set5], args].concat();
        json(&all)["sets"][0]["psnr_y"].as_f64().unwrap()
    };
    assert_eq!(psnr(&["--model", elastic]), psnr(&["--model", "splitsr-x2"]));
    // The groups that the flagship lacks are zeros: leaving them out changes nothing but quality.
    let fewer = psnr(&["--model", elastic, "--hybrid-index", "2"]);
    assert!(fewer < psnr(&["--model", elastic]), "{fewer}");
}

#[test]
fn a_slice_is_extracted_as_a_model_of_its_own() {
    let (folder, path) = elastic();
    let out = folder.path().join("out.safetensors");
    let (elastic, out) = (path.to_str().unwrap(), out.to_str().unwrap());
    let slice = ["--split-ratio", "0.5", "--hybrid-index", "5", "--hybrid-mode", "interleaved"];
    assert!(splitsr(&[&["extract", elastic, "-o", out][..], &slice].concat()).status.success());
    let (metadata, _) = read(&std::fs::read(out).unwrap()).unwrap();
    let NetworkConfig::SplitSr(config) = &metadata.config else { panic!("{:?}", metadata.config) };
    assert_eq!((config.split_channels(), config.hybrid_index), (8, 5));
    let (picture, results) = (file("awkward/chroma420.jpg"), ["a.png", "b.png"].map(|name| folder.path().join(name)));
    let hash = |args: &[&str], result: &Path| {
        let all = [&["upscale", &picture, "-o", result.to_str().unwrap(), "--backend", "cpu", "--json"], args].concat();
        json(&all)["pictures"][0]["outputSha256"].as_str().unwrap().to_owned()
    };
    let whole = [&["--model", elastic][..], &slice].concat();
    assert_eq!(hash(&whole, &results[0]), hash(&["--model", out], &results[1]));
}

#[test]
fn measuring_keeps_an_elastic_file_elastic() {
    let (folder, path) = elastic();
    let before = read(&std::fs::read(&path).unwrap()).unwrap();
    // Hundreds of networks are measured on it.
    let area = Area { left: 96, top: 96, width: 96, height: 96 };
    let picture = read_picture(Path::new(&file("eval/Set5/bird.png"))).unwrap().crop(area);
    let val = folder.path().join("val");
    std::fs::create_dir(&val).unwrap();
    std::fs::write(val.join("bird.png"), encode(&picture, Format::Png).unwrap()).unwrap();
    let output = splitsr(&["measure", path.to_str().unwrap(), "--val", val.to_str().unwrap()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let after = read(&std::fs::read(&path).unwrap()).unwrap();
    assert!(after.0.elastic && after.0.auto_halo.is_some() && before.1 == after.1);
}

#[test]
fn other_models_cannot_be_sliced() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.png");
    let input = file("awkward/chroma420.jpg");
    let args = ["upscale", &input, "-o", out.to_str().unwrap(), "--model", "splitsr-x2"];
    let why = |args: &[&str], more: &[&str], status| refusal(&[args, more].concat(), status);
    assert!(why(&args, &["--split-ratio", "0.5"], 1).contains("splitsr-x2 is not elastic, so its network cannot be"));
    assert!(why(&args, &["--budget", "100"], 1).contains("splitsr-x2 holds a single network"));
    assert!(why(&args, &["--budget", "0"], 2).contains("a number of milliseconds above 0"));
    assert!(why(&args, &["--budget", "9", "--hybrid-index", "3"], 2).contains("cannot be used with"));
}

/// Its weights are not those of a slice.
#[test]
fn a_twin_belongs_to_the_whole_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (model, input, out) = (path("e.safetensors"), file("awkward/chroma420.jpg"), path("out.png"));
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    let bytes = std::fs::read(models.join("splitsr-elastic-x2.safetensors")).unwrap();
    std::fs::write(&model, &bytes).unwrap();
    let (mut metadata, tensors) = read(&bytes).unwrap();
    let known = read(&std::fs::read(models.join("splitsr-x2-jpeg.safetensors")).unwrap()).unwrap().0.twin.unwrap();
    metadata.twin = Some(Twin { of: hex_sha256(&bytes), ..known });
    std::fs::write(path("e-jpeg.safetensors"), to_file(&metadata, &tensors).unwrap()).unwrap();

    let upscale = ["upscale", &input, "-o", &out, "--model", &model, "--json"];
    let report = |more: &[&str]| json(&[&upscale[..], more].concat())["pictures"][0].clone();
    assert_eq!(report(&["--clean", "50"])["clean"], 50);
    for slice in [&["--split-ratio", "0.5"][..], &["--budget", "1e9"]] {
        let automatic = report(&[&["--clean", "auto"], slice].concat());
        assert!(automatic["clean"] == 0 && automatic["notes"].to_string().contains("no clean-up"), "{automatic}");
        let why = refusal(&[&upscale[..], &["--clean", "50"], slice].concat(), 1);
        assert!(why.contains("has no weights for compressed pictures"), "{why}");
    }
}

/// Without a model, options of elastic models mean the elastic one.
#[test]
fn a_network_or_a_time_chooses_the_elastic_model() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (file("awkward/chroma420.jpg"), folder.path().join("out.png"));
    let upscale = ["upscale", &input, "-o", out.to_str().unwrap(), "--backend", "cpu", "--json"];
    let run = |more: &[&str]| {
        let report = json(&[&upscale[..], more].concat());
        assert_eq!(report["model"], "splitsr-elastic-x2");
        let picture = &report["pictures"][0];
        (picture["outputSha256"].clone(), picture["notes"].to_string())
    };
    let cheapest = run(&["--split-ratio", "0.0625", "--hybrid-index", "7"]).0;
    let (hash, notes) = run(&["--budget", "0.001"]);
    assert_eq!(hash, cheapest);
    assert!(notes.contains("split ratio 0.0625, hybrid index 7") && notes.contains("of 0.001 ms allowed"), "{notes}");
    let (hash, notes) = run(&["--budget", "1e9"]);
    // Whatever has the best score of all.
    let best = run(&["--split-ratio", "0.125", "--hybrid-index", "3"]).0;
    assert!(hash == best && notes.contains("split ratio 0.125, hybrid index 3"), "{notes}");
    assert_ne!(hash, cheapest);
}
