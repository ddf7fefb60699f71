//! The clean-up of compressed pictures, by the library and by the command.

use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use jpeg_encoder::SamplingFactor;
use serde_json::Value;
use splitsr::clean_up::{CleanUp, Twin, mix};
use splitsr::image::{Compression, Format, Layout, Limits, Picture, Samples, decode, encode};
use splitsr::models::ModelFiles;
use splitsr::train::{Dataset, Degradation, model_psnr_y};
use splitsr::upscale::{Enlarge, Options, Target, Tiling, upscale};
use splitsr::weights::{Metadata, hex_sha256, read, to_file};
use tempfile::TempDir;

use crate::command::{json, refusal, splitsr};
use crate::compression::{crop, jpeg, pictures};
use crate::data;

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("models/{name}.safetensors"))).unwrap()
}

#[test]
fn a_mixture_is_the_mean_of_both_weights_and_its_ends_are_the_weights() {
    for scale in 2..=4 {
        let (weights, twin) = (bytes(&format!("splitsr-x{scale}")), bytes(&format!("splitsr-x{scale}-jpeg")));
        let tensors = |bytes: &[u8]| read(bytes).unwrap().1;
        let (mut first, second) = (tensors(&weights), tensors(&twin));
        assert_eq!(tensors(&mix(&weights, &twin, 0).unwrap()), first);
        // The twins were mixed with older weights of the models when they were trained.
        for (name, tensor) in &mut first {
            tensor.clone_from(&second[&format!("start.{name}")]);
        }
        let quarter = tensors(&mix(&weights, &twin, 25).unwrap());
        let all = tensors(&mix(&weights, &twin, 100).unwrap());
        for (name, (_, values)) in &first {
            let (others, mixed, last) = (&second[name].1, &quarter[name].1, &all[name].1);
            for (index, &value) in values.iter().enumerate() {
                let expected = 0.75 * f64::from(value) + 0.25 * f64::from(others[index]);
                assert!((f64::from(mixed[index]) - expected).abs() < 1e-6, "{name}");
                assert!((last[index] - others[index]).abs() < 1e-6, "{name}");
            }
        }
    }
}

#[test]
fn a_twin_without_a_start_is_mixed_with_the_model_and_a_torn_one_is_refused() {
    let weights = bytes("splitsr-x2");
    let (metadata, tensors) = read(&bytes("splitsr-x2-jpeg")).unwrap();
    let file = |keep: &dyn Fn(&str) -> bool| {
        let kept = tensors.iter().filter(|(name, _)| keep(name)).map(|(name, tensor)| (name.clone(), tensor.clone()));
        to_file(&metadata, &kept.collect()).unwrap()
    };
    let plain = file(&|name| !name.starts_with("start."));
    let (first, half) = (read(&weights).unwrap().1, read(&mix(&weights, &plain, 50).unwrap()).unwrap().1);
    for (name, (_, values)) in &first {
        let values = values.iter().zip(&tensors[name].1).zip(&half[name].1);
        assert!(values.into_iter().all(|((a, b), mixed)| ((a + b) / 2.0 - mixed).abs() < 1e-6), "{name}");
    }
    for missing in ["head.weight", "start.head.weight"] {
        let error = mix(&weights, &file(&|name| name != missing), 50).unwrap_err().to_string();
        assert!(error.contains(&format!("splitsr-x2-jpeg has no tensor {missing}")), "{error}");
    }
    let mut more = tensors.clone();
    more.insert("more.weight".into(), tensors["head.weight"].clone());
    let error = mix(&weights, &to_file(&metadata, &more).unwrap(), 50).unwrap_err().to_string();
    assert!(error.contains("does not belong to this splitsr-x2"), "{error}");
}

#[test]
fn other_weights_are_not_mixed() {
    let error = mix(&bytes("splitsr-x3"), &bytes("splitsr-x2-jpeg"), 50).unwrap_err().to_string();
    assert!(error.contains("splitsr-x2-jpeg does not belong to this splitsr-x3"), "{error}");
    let error = mix(&bytes("splitsr-x2"), &bytes("splitsr-x2-hi5"), 50).unwrap_err().to_string();
    assert!(error.contains("does not belong"), "{error}");
    let files = ModelFiles::find("splitsr-x2-hi5").unwrap();
    let error = files.strength(CleanUp::Strength(50), None).unwrap_err().to_string();
    assert!(error.contains("has no weights for compressed pictures"), "{error}");
    let jpeg = Compression::of_file(&std::fs::read(data::folder("awkward").join("chroma420.jpg")).unwrap());
    let (strength, note) = files.strength(CleanUp::Auto, jpeg).unwrap();
    assert!(strength == 0 && note.unwrap().contains("no clean-up"));
}

/// Measures the same as docs/benchmarks.md, with fewer pictures.
#[test]
fn the_automatic_strength_is_better_than_none_on_compressed_pictures() {
    let files = ModelFiles::find("splitsr-x2").unwrap();
    let plain = files.model(0).unwrap();
    for (quality, least) in [(95, 0.1), (75, 0.6), (40, 0.7)] {
        let degradation = Degradation { jpeg: Some(quality), half_chroma: true, ..Default::default() };
        let (strength, _) = files.strength(CleanUp::Auto, degradation.compression()).unwrap();
        let cleaning = files.model(strength).unwrap();
        let pairs = Dataset::load(&data::folder("eval").join("Set5"), 2, &degradation).unwrap().into_pairs();
        let gain = model_psnr_y(&cleaning, &pairs).unwrap() - model_psnr_y(&plain, &pairs).unwrap();
        assert!(gain > least, "quality {quality}, {strength} %: {gain:.2} dB");
    }
}

#[test]
fn tiles_of_a_mixture_join_exactly() {
    let model = Arc::new(ModelFiles::find("splitsr-x2").unwrap().model(65).unwrap());
    let value = |index: usize| ((index * 37 + index / 400 * 11) % 251) as u8;
    let noise: Vec<u8> = (0..3 * 400 * 300).map(value).collect();
    let picture = || Picture::new(400, 300, Layout::Rgb, Samples::U8(noise.clone())).unwrap();
    let whole = model.enlarge_picture(&picture()).unwrap();
    let options = Options { tiling: Tiling::Exact, ..Options::new(Target::Zoom(2.0)) };
    let (tiled, report) = upscale(&model, picture(), &options, |_| ControlFlow::Continue(())).unwrap();
    assert!(report.tiles > 1);
    assert_eq!(tiled.samples, whole.samples);
}

#[test]
fn the_command_cleans_up_as_much_as_each_file_needs() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let source = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("www/public/demo/fur.png")).unwrap();
    let picture = decode(&source, &Limits::default()).unwrap();
    std::fs::write(path("a.png"), &source).unwrap();
    for (name, quality) in [("b.jpg", 90), ("c.jpg", 30)] {
        std::fs::write(path(name), jpeg(&picture, quality, SamplingFactor::F_2_2)).unwrap();
    }
    let run = |clean: &[&str], out: &str| -> Vec<Value> {
        let output = Command::new(env!("CARGO_BIN_EXE_splitsr"))
            .args(["upscale", &path("a.png"), &path("b.jpg"), &path("c.jpg"), "-o", &path(out), "--json"])
            .args(["--backend", "cpu"])
            .args(clean)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let (plain, automatic) = (run(&[], "plain"), run(&["--clean", "auto"], "automatic"));
    let strengths: Vec<u64> = automatic.iter().map(|made| made["clean"].as_u64().unwrap()).collect();
    assert!(strengths[0] == 0 && (1..strengths[2]).contains(&strengths[1]), "{strengths:?}");
    assert_eq!(automatic[0]["outputSha256"], plain[0]["outputSha256"]);
    assert_ne!(automatic[2]["outputSha256"], plain[2]["outputSha256"]);
    assert_eq!(automatic[2]["modelSha256"], plain[2]["modelSha256"]);
    let note = automatic[2]["notes"][0].as_str().unwrap();
    assert_eq!(note, format!("JPEG, quality about 30, 4:2:0: clean-up {} %", strengths[2]));
    let by_hand = run(&["--clean", &strengths[2].to_string()], "by_hand");
    assert_eq!(by_hand[2]["outputSha256"], automatic[2]["outputSha256"]);
    assert_eq!(run(&["--clean", "0"], "off")[2]["outputSha256"], plain[2]["outputSha256"]);
}

/// A folder with a few small pictures, and its path.
fn small_pictures() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    for (name, picture) in pictures("val").iter().step_by(5) {
        let file = encode(&crop(picture, 128), Format::Png).unwrap();
        std::fs::write(folder.path().join(name).with_extension("png"), file).unwrap();
    }
    let path = folder.path().to_str().unwrap().to_owned();
    (folder, path)
}

#[test]
fn an_evaluation_cleans_up() {
    let (_folder, pictures) = small_pictures();
    let score = |degrade: &str, clean: &str| {
        let args = ["eval", "--scale", "2", "--backend", "cpu", "--json", "--degrade", degrade, "--clean", clean];
        json(&[&args[..], &[pictures.as_str()]].concat())["sets"][0].take()
    };
    let psnr = |set: &Value| set["psnr_y"].as_f64().unwrap();
    for (quality, least) in [(75, 0.3), (40, 0.4)] {
        let degradation = Degradation { jpeg: Some(quality), half_chroma: true, ..Default::default() };
        let (strength, _) =
            ModelFiles::find("splitsr-x2").unwrap().strength(CleanUp::Auto, degradation.compression()).unwrap();
        let degrade = format!("jpeg={quality},420");
        let [off, auto, by_hand] = ["0", "auto", &strength.to_string()].map(|clean| score(&degrade, clean));
        assert!(psnr(&auto) > psnr(&off) + least, "quality {quality}: {} and {}", psnr(&off), psnr(&auto));
        assert_eq!(auto["pictures"], by_hand["pictures"], "quality {quality}, {strength} %");
    }
    // Other damage cannot be detected by "auto".
    for harmless in ["noise=0", "blur=0.5"] {
        let [off, auto, all] = ["0", "auto", "100"].map(|clean| score(harmless, clean));
        assert_eq!(off["pictures"], auto["pictures"], "{harmless}");
        assert!(psnr(&all) < psnr(&off), "{harmless}: {} and {}", psnr(&off), psnr(&all));
    }
    for clean in ["101", "-1", "half"] {
        let error = refusal(&["eval", "--scale", "2", &format!("--clean={clean}"), &pictures], 2);
        let line = format!("the clean-up is \"{clean}\"; it must be auto or a number from 0 to 100");
        assert!(error.ends_with(&format!("{line}; see splitsr eval --help\n")), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
    let tiny = ["eval", "--scale", "2", "--model", "splitsr-tiny-x2", "--clean", "50", &pictures];
    let error = refusal(&tiny, 1);
    assert!(error.lines().count() == 1 && error.contains("has no weights for compressed pictures"), "{error}");
}

#[test]
fn twins_are_made_and_found() {
    let (_folder, pictures) = small_pictures();
    let models = tempfile::tempdir().unwrap();
    let path = |name: &str| models.path().join(name).to_str().unwrap().to_owned();
    let (model, twin) = (path("mine.safetensors"), path("mine-jpeg.safetensors"));
    let weights = bytes("splitsr-x2");
    std::fs::write(&model, &weights).unwrap();

    // Weights of another scale cannot be a twin, and stay unchanged.
    let foreign = bytes("splitsr-x3-jpeg");
    std::fs::write(&twin, &foreign).unwrap();
    let error = refusal(&["twin", &twin, "--of", &model, "--val", &pictures], 1);
    assert!(error.lines().count() == 1 && error.contains("does not belong to this splitsr-x2"), "{error}");
    assert!(std::fs::read(&twin).unwrap() == foreign);

    // The twin, and the weights that it started from, before they were connected with the weights
    // that they belong to.
    let (mut metadata, tensors) = read(&bytes("splitsr-x2-jpeg")).unwrap();
    let shipped = metadata.twin.take().unwrap();
    let start = path("start.safetensors");
    for (file, is_start) in [(&twin, false), (&start, true)] {
        let its = tensors.iter().filter(|(name, _)| name.starts_with("start.") == is_start);
        let its = its.map(|(name, tensor)| (name.trim_start_matches("start.").to_owned(), tensor.clone())).collect();
        let metadata = Metadata { auto_halo: Some(if is_start { 30 } else { 20 }), ..metadata.clone() };
        std::fs::write(file, to_file(&metadata, &its).unwrap()).unwrap();
    }
    assert!(ModelFiles::find(&model).unwrap().strength(CleanUp::Strength(50), None).is_err());
    let arguments = ["twin", &twin, "--of", &model, "--val", &pictures, "--start"];
    let other = path("other.safetensors");
    std::fs::write(&other, bytes("splitsr-x3")).unwrap();
    let unchanged = std::fs::read(&twin).unwrap();
    let error = refusal(&[&arguments[..], &[&other]].concat(), 1);
    assert!(error.lines().count() == 1 && error.contains("has another network than"), "{error}");
    assert!(std::fs::read(&twin).unwrap() == unchanged);
    let output = splitsr(&[&arguments[..], &[&start]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let (after, same) = read(&std::fs::read(&twin).unwrap()).unwrap();
    assert!(same == tensors && after.auto_halo == Some(30));
    let made = after.twin.unwrap();
    assert_eq!(made.of, hex_sha256(&weights));
    let qualities = |twin: &Twin| twin.strengths.iter().map(|best| best.quality).collect::<Vec<_>>();
    assert_eq!(qualities(&made), qualities(&shipped));
    let (worst, best) = (made.strengths.first().unwrap(), made.strengths.last().unwrap());
    assert!(worst.half_chroma >= 70 && best.half_chroma <= 20, "{made:?}");
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 2 * made.strengths.len());

    // The strength that was found is the best, and `--clean auto` takes it.
    let files = ModelFiles::find(&model).unwrap();
    let at = made.strengths.iter().find(|best| best.quality == 75).unwrap();
    let degradation = Degradation { jpeg: Some(75), ..Default::default() };
    assert_eq!(files.strength(CleanUp::Auto, degradation.compression()).unwrap().0, at.full_chroma);
    let pairs = Dataset::load(Path::new(&pictures), 2, &degradation).unwrap().into_pairs();
    let score = |strength| model_psnr_y(&files.model(strength).unwrap(), &pairs).unwrap();
    for other in [at.full_chroma - 10, at.full_chroma + 10] {
        assert!(score(at.full_chroma) > score(other), "{other} is better than {at:?}");
    }

    // A twin that cannot be read is not one that is not there.
    let whole = std::fs::read(&twin).unwrap();
    std::fs::write(&twin, &whole[..1000]).unwrap();
    let error = ModelFiles::find(&model).err().unwrap().to_string();
    assert!(error.contains("mine-jpeg.safetensors"), "{error}");
    let error = refusal(&["round", &twin], 1);
    assert!(error.contains("mine-jpeg.safetensors"), "{error}");
    std::fs::write(&twin, &whole).unwrap();

    let output = splitsr(&["measure", &twin, "--val", &pictures]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let (measured, same) = read(&std::fs::read(&twin).unwrap()).unwrap();
    assert!(same == tensors && measured.twin == Some(made) && measured.auto_halo != Some(30));
}
