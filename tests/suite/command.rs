//! The `splitsr` command as its users call it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use safetensors::tensor::{Dtype, TensorView};
use serde_json::Value;

use super::data;

pub(crate) fn splitsr(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_splitsr")).args(args).output().unwrap()
}

pub(crate) fn json(args: &[&str]) -> Value {
    let output = splitsr(args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The one line on stderr of a call that must fail with this exit status.
pub(crate) fn refusal(args: &[&str], status: i32) -> String {
    let output = splitsr(args);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(status), "{args:?}: {stderr}");
    stderr
}

pub(crate) fn file(path: &str) -> String {
    let (folder, name) = path.split_once('/').unwrap();
    data::folder(folder).join(name).to_str().unwrap().to_owned()
}

/// The page's pictures, to train on.
fn demos() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("www/public/demo")
}

#[test]
fn info_of_a_config_and_of_a_model() {
    let flagship = json(&["info", "--json"]);
    assert_eq!((flagship["params"].as_u64(), flagship["receptive_field"].as_u64()), (Some(161_751), Some(147)));
    assert!(flagship["sha256"].is_null());
    let x3 = json(&["info", "--scale", "3", "--hybrid-index", "7", "--hybrid-mode", "standard-first", "--json"]);
    assert_eq!(x3["params"].as_u64().map(|p| p / 100), Some(475));
    assert_eq!((flagship["macs_720p"].as_f64().unwrap() / 1e8).round() / 10.0, 37.3);
    let defaults = (&flagship["config"]["architecture"], &flagship["config"]["split_ratio"]);
    assert_eq!(defaults, (&"splitsr".into(), &0.25.into()));
    let other = json(&["info", "--replacement", "both", "--block", "ghost", "--groups", "4", "--json"]);
    let found = ["replacement", "block", "groups"].map(|field| other["config"][field].to_string());
    assert_eq!(found, ["\"both\"", "\"ghost\"", "4"]);
    let rcan = ["--channels", "64", "--groups", "10", "--blocks", "20", "--hybrid-index", "0", "--attention", "16"];
    let rcan = json(&[&["info", "--json"][..], &rcan].concat());
    assert_eq!(rcan["params"].as_u64().map(|p| (p + 50) / 100), Some(154_446));
    assert!(rcan["receptive_field"].is_null());
    let model = json(&["info", "splitsr-x2", "--json"]);
    assert_eq!(model["params"], flagship["params"]);
    assert_eq!(model["sha256"].as_str().unwrap().len(), 64);
    assert!(refusal(&["info", "--hybrid-index", "9"], 1).contains("hybrid index is 9; it must be from 0 to 7"));
    refusal(&["info", "splitsr-x2", "--channels", "8"], 2);
}

/// Installed, away from the repository, the default model is still there.
#[test]
fn the_default_model_is_built_in() {
    let folder = tempfile::tempdir().unwrap();
    let installed = folder.path().join("splitsr");
    std::fs::copy(env!("CARGO_BIN_EXE_splitsr"), &installed).unwrap();
    let info = |model| Command::new(&installed).args(["info", model, "--json"]).current_dir(&folder).output().unwrap();
    let report: Value = serde_json::from_slice(&info("splitsr-x2").stdout).unwrap();
    assert_eq!(report["sha256"], json(&["info", "splitsr-x2", "--json"])["sha256"]);
    let unknown = String::from_utf8(info("splitsr-x9").stderr).unwrap();
    assert!(unknown.contains("one of splitsr-x2"), "{unknown}");
}

/// An example of the crate. `cargo test` builds the examples, but not if only this suite is asked
/// for.
fn example(name: &str) -> Option<Command> {
    let program = Path::new(env!("CARGO_BIN_EXE_splitsr")).with_file_name("examples").join(name);
    let program = program.with_extension(std::env::consts::EXE_EXTENSION);
    if !program.exists() {
        eprintln!("skipped: {} is not built", program.display());
        return None;
    }
    Some(Command::new(program))
}

#[test]
fn the_example_upscale_writes_a_larger_picture() {
    let Some(mut example) = example("upscale") else { return };
    let folder = tempfile::tempdir().unwrap();
    let (input, output) = (demos().join("fur.png"), folder.path().join("large.png"));
    let run = example.args([&input, &output]).arg("1.5").output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let sizes = [input, output].map(|file| splitsr::eval::read_picture(&file).unwrap()).map(|p| (p.width, p.height));
    assert_eq!(sizes, [(372, 280), (558, 420)]);
}

/// A block of one's own learns something, and so does a tiny network.
#[test]
fn the_examples_of_training_gain_on_their_start() {
    let decibels = |text: &str| -> Vec<f64> {
        let words: Vec<_> = text.split_whitespace().collect();
        words.windows(2).filter(|pair| pair[1] == "dB").map(|pair| pair[0].parse().unwrap()).collect()
    };
    for name in ["custom_block", "train_tiny"] {
        let Some(mut example) = example(name) else { return };
        let run = example.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
        assert!(run.status.success(), "{name}: {}", String::from_utf8_lossy(&run.stderr));
        let scores = decibels(&String::from_utf8(run.stdout).unwrap());
        let lowest = scores.iter().copied().fold(f64::INFINITY, f64::min);
        assert!(*scores.last().unwrap() > lowest + 0.5, "{name}: {scores:?}");
    }
}

#[test]
fn the_index_of_the_models_is_up_to_date() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    let output = splitsr(&["index", "--check", folder.to_str().unwrap()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The published examples of the metric do not use pictures that are here, so its order is tested.
#[test]
fn ssimulacra2_falls_as_jpeg_damages_more() {
    let set5 = file("eval/Set5");
    let score = |degrade: &str| {
        let args =
            ["eval", "--model", "bicubic", "--scale", "2", "--ssimulacra2", "--json", "--degrade", degrade, &set5];
        let set = json(&args)["sets"][0].take();
        let of = |value: &Value| value["ssimulacra2"].as_f64().unwrap();
        let pictures = set["pictures"].as_array().unwrap();
        assert_eq!((pictures.len(), pictures[0]["name"].as_str()), (5, Some("baby.png")));
        let mean = pictures.iter().map(of).sum::<f64>() / 5.0;
        assert!((of(&set) - mean).abs() < 1e-9, "{set}");
        mean
    };
    let [blurred, q90, q40, clean] = ["blur=2", "jpeg=90", "jpeg=40", "noise=0"].map(score);
    assert!(
        clean > q90 && q90 > q40 && clean > blurred && (0.0..100.0).contains(&clean),
        "{clean} {q90} {q40} {blurred}"
    );
}

/// The first quality mark: 1 dB above bicubic on Set5.
#[test]
fn the_flagship_beats_bicubic() {
    let set5 = file("eval/Set5");
    let score = |model: &str| {
        let report = json(&["eval", "--model", model, "--scale", "2", "--json", &set5]);
        assert_eq!((report["scale"].as_u64(), report["model"]["name"].as_str()), (Some(2), Some(model)));
        let set = &report["sets"][0];
        assert_eq!((set["name"].as_str(), set["images"].as_u64()), (Some("Set5"), Some(5)));
        set["psnr_y"].as_f64().unwrap()
    };
    let (bicubic, flagship) = (score("bicubic"), score("splitsr-x2"));
    assert!((bicubic - 33.68).abs() < 0.03, "{bicubic}");
    assert!(flagship >= bicubic + 1.0, "{flagship} against {bicubic}");
    let wrong = ["eval", "--model", "splitsr-x2", "--scale", "3", &set5];
    assert!(refusal(&wrong, 1).contains("splitsr-x2 enlarges by 2"));
}

/// Later users of the model find what `measure` writes.
#[test]
fn measuring_keeps_the_weights_and_adds_what_was_found() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.safetensors");
    let original = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/splitsr-x2.safetensors");
    std::fs::copy(&original, &copy).unwrap();
    let args = ["measure", copy.to_str().unwrap(), "--val", &file("demo/."), &file("eval/Set5")];
    let output = splitsr(&args);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let [before, after] = [original, copy].map(|path| splitsr::weights::read(&std::fs::read(path).unwrap()).unwrap());
    assert_eq!(before.1, after.1);
    let halo = after.0.auto_halo.unwrap();
    assert!((1..73).contains(&halo), "{halo}");
    assert!(after.0.scores["Set5"][0].as_f64().unwrap() > 34.7, "{}", after.0.scores);
}

#[test]
fn a_benchmark_times_ours_and_burns_own() {
    let small = ["--size", "40x24", "--batch", "1", "--patch", "8", "--rounds", "3", "--threads", "1"];
    let report = json(&[&["bench", "--json"][..], &small].concat());
    assert!(report["peak_gflops"].as_f64().unwrap() > 1.0, "{report}");
    let all = ["deterministic", "winograd", "reference"];
    for (workload, arithmetics) in [("forward", &all[..]), ("training_step", &all[1..])] {
        let timings = report[workload]["timings"].as_array().unwrap();
        let found: Vec<_> = timings.iter().map(|timing| timing["arithmetic"].as_str().unwrap()).collect();
        assert_eq!(found, arithmetics);
        for timing in timings {
            let samples: Vec<f64> = serde_json::from_value(timing["samples_ms"].clone()).unwrap();
            assert!(samples.len() == 3 && samples.contains(&timing["ms"].as_f64().unwrap()), "{timing}");
            // At least the enlarged picture, or the gradients of 161,751 parameters.
            assert!(timing["peak_bytes"].as_u64().unwrap() >= 46_080, "{timing}");
        }
    }
    // 161,751 parameters but the biases, twice, for each of 960 pixels; the last convolution runs
    // at the high resolution.
    assert_eq!(report["forward"]["gflop"], 0.310_763_52);
    // The earlier name of `--no-reference` is still read.
    assert!(refusal(&["bench", "--rounds", "0", "--no-stock"], 1).contains("must be at least 1"));
}

#[test]
fn two_models_differ() {
    let folder = tempfile::tempdir().unwrap();
    let heat = folder.path().join("heat.png");
    let (input, out) = (file("eval/Set5/bird.png"), heat.to_str().unwrap());
    let report = json(&["compare", "splitsr-x2", "splitsr-tiny-x2", &input, "-o", out, "--json"]);
    let value = |field: &str| report[field].as_f64().unwrap();
    assert!((30.0..60.0).contains(&value("psnr_y")) && (0.9..1.0).contains(&value("ssim_y")), "{report}");
    let map = splitsr::eval::read_picture(&heat).unwrap();
    let bird = splitsr::eval::read_picture(Path::new(&input)).unwrap();
    assert_eq!((map.width, map.height), (2 * bird.width, 2 * bird.height));
    let values = map.to_rgba8();
    assert!(values.chunks_exact(4).any(|pixel| pixel != &values[..4]), "the map shows where they differ");
}

#[test]
fn a_model_compared_with_itself_is_equal() {
    let folder = tempfile::tempdir().unwrap();
    let heat = folder.path().join("heat.png");
    let input = file("awkward/photo.bmp");
    let report = json(&["compare", "splitsr-x2", "splitsr-x2", &input, "-o", heat.to_str().unwrap(), "--json"]);
    assert!(report["psnr_y"].is_null() && report["largest"] == 0, "{report}");
    assert!(heat.is_file());
}

/// After no step, a model that started from another one's weights equals it.
#[test]
fn training_starts_from_the_model_that_the_config_names() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let network = "[network]\narchitecture = \"splitsr\"\nscale = 2";
    let config = format!("name = \"copy\"\nrecipe = \"cosine\"\ninit = \"splitsr-x2\"\n{network}\n");
    std::fs::write(path("config.toml"), config).unwrap();
    let demos = demos();
    let (demos, copy) = (demos.to_str().unwrap(), path("copy.safetensors"));
    let train = ["train", "--config", &path("config.toml"), "--data", demos, "--val", demos, "--steps", "0"];
    let output = splitsr(&[&train[..], &["--out", &copy]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report = json(&["compare", "splitsr-x2", &copy, &file("awkward/photo.bmp"), "--json"]);
    assert_eq!(report["largest"], 0, "{report}");

    // The record has the file's name, not its folder.
    let second = path("second.safetensors");
    let output = splitsr(&[&train[..], &["--init", &copy, "--out", &second]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata = splitsr::weights::read(&std::fs::read(second).unwrap()).unwrap().0;
    assert_eq!(metadata.training["init"], "copy.safetensors");
}

#[test]
fn a_model_is_fine_tuned_without_a_config() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("mine.safetensors");
    let (out, demos) = (out.to_str().unwrap(), demos());
    let train = ["train", "--init", "splitsr-x2", "--data", demos.to_str().unwrap(), "--out", out, "--steps", "6"];
    let output = splitsr(&[&train[..], &["--seed", "3", "--set", "batch=2", "--set", "hr_patch=32"]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata = splitsr::weights::read(&std::fs::read(out).unwrap()).unwrap().0;
    assert_eq!(metadata.name, "mine");
    let settings = &metadata.training["settings"];
    let expected = serde_json::json!({ "steps": 6, "batch": 2, "hr_patch": 32, "score_every": 5, "replay": 0.5 });
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(&settings[field], value, "{field}");
    }
    assert_eq!((&metadata.training["seed"], &metadata.training["init"]), (&3.into(), &"splitsr-x2".into()));
    assert!(metadata.auto_halo.is_some());
    let output = splitsr(&[&train[..], &["--set", "bach=2"]].concat());
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && error.contains("bach"), "{error}");
}

#[test]
fn a_killed_training_resumes_to_the_same_weights() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.toml");
    let network = "architecture = \"splitsr\"\nchannels = 8\ngroups = 1\nblocks = 1\nhybrid_index = 1";
    let recipe = "steps = 600\nbatch = 2\nhr_patch = 16";
    std::fs::write(&config, format!("name = \"a\"\nrecipe = \"cosine\"\n[network]\n{network}\n[override]\n{recipe}\n"))
        .unwrap();
    let demos = demos();
    let command = |out: &Path, more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_splitsr"));
        command.arg("train").arg("--config").arg(&config).arg("--out").arg(out);
        command.arg("--data").arg(&demos).arg("--val").arg(&demos).args(more);
        command
    };
    let finish = |out: &Path, more: &[&str]| {
        let output = command(out, more).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let [whole, killed] = ["whole", "killed"].map(|name| folder.path().join(format!("{name}.safetensors")));
    finish(&whole, &[]);
    finish(&killed, &["--steps", "150"]);
    // Killed after the hundred steps that its first log line reports, in the middle of the next
    // ones.
    let mut training = command(&killed, &["--resume"]).stdout(Stdio::piped()).spawn().unwrap();
    let (mut lines, mut line) = (BufReader::new(training.stdout.take().unwrap()), String::new());
    lines.read_line(&mut line).unwrap();
    assert!(line.starts_with("{\"step\":200,"), "{line}");
    training.kill().unwrap();
    assert!(!training.wait().unwrap().success(), "it was done before it was killed");
    finish(&killed, &["--resume"]);
    let [whole, killed] = [whole, killed].map(|path| splitsr::weights::read(&std::fs::read(path).unwrap()).unwrap().1);
    assert_eq!(whole, killed);
}

#[test]
fn a_training_whose_reader_goes_away_is_saved() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("mine.safetensors");
    let mut training = Command::new(env!("CARGO_BIN_EXE_splitsr"));
    training.args(["train", "--init", "splitsr-x2", "--steps", "100", "--set", "batch=1", "--set", "hr_patch=24"]);
    training.arg("--data").arg(demos()).arg("--out").arg(&out);
    let error_without_reader = |command: &mut Command| {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = command.stdout(writer).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let error = error_without_reader(&mut training);
    assert!(error.lines().count() == 1 && error.contains("was saved and stopped: continue with --resume"), "{error}");
    assert!(out.is_file() && out.with_extension("checkpoint").is_file());
    // Other reports just end.
    let error = error_without_reader(Command::new(env!("CARGO_BIN_EXE_splitsr")).arg("info"));
    assert!(error.contains("the report cannot be written"), "{error}");
}

#[test]
fn a_training_refuses_a_name_that_its_checkpoint_could_have() {
    let demos = demos();
    let train = ["train", "--init", "splitsr-x2", "--data", demos.to_str().unwrap(), "--out"];
    for name in ["v1.2", "a.checkpoint", "a"] {
        let error = refusal(&[&train[..], &[name]].concat(), 1);
        assert!(error.contains(&format!("--out is {name}; its name must end in .safetensors")), "{error}");
    }
}

#[test]
fn the_mean_of_a_model_with_itself_is_the_model() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("mean.safetensors");
    let out = out.to_str().unwrap();
    let output = splitsr(&["average", "splitsr-x2", "splitsr-x2", "-o", out]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let read = |path: &str| splitsr::weights::read(&std::fs::read(path).unwrap()).unwrap();
    let ((metadata, mean), (_, model)) = (read(out), read("models/splitsr-x2.safetensors"));
    assert_eq!(mean, model);
    assert_eq!(metadata.training["mean_of"].as_array().unwrap().len(), 2);
    let output = splitsr(&["average", "splitsr-x2", "splitsr-x3", "-o", out]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("splitsr-x3 and splitsr-x2 have different networks"));
    let error = refusal(&["average", "splitsr-elastic-x2", "splitsr-elastic-x2", "-o", out], 1);
    assert!(error.contains("splitsr-elastic-x2 is elastic"), "{error}");
}

#[test]
fn a_study_trains_each_variant_once_and_lists_them() {
    let folder = tempfile::tempdir().unwrap();
    let study = folder.path().join("study.toml");
    let network = "[base.network]\narchitecture = \"splitsr\"\nchannels = 8\ngroups = 1\nblocks = 1\nhybrid_index = 1";
    let recipe = "[base.override]\nsteps = 100\nbatch = 1\nhr_patch = 16";
    let variants = "[[variant]]\nname = \"a\"\n[[variant]]\nname = \"all standard\"\nnetwork = { hybrid_index = 0 }";
    let text =
        format!("title = \"t\"\n[base]\nname = \"base\"\nrecipe = \"cosine\"\n{network}\n{recipe}\n{variants}\n");
    std::fs::write(&study, &text).unwrap();
    let demos = demos();
    let (study, out) = (study.to_str().unwrap(), folder.path().join("out"));
    let (demos, out) = (demos.to_str().unwrap(), out.to_str().unwrap());
    let train =
        |part: &str| json(&["study", study, "--out", out, "--data", demos, "--val", demos, "--part", part, "--json"]);
    let names = |report: &Value| -> Vec<String> {
        report["rows"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&train("2/2")), ["all standard"]);
    let both = train("1/1");
    assert_eq!(names(&both), ["a", "all standard"]);
    let [a, standard] = [0, 1].map(|row| both["rows"][row].clone());
    assert!(a["params"].as_u64() < standard["params"].as_u64(), "{both}");
    assert!(a["steps"] == 100 && a["psnr_y"].as_f64().unwrap() > 3.0, "{both}");
    // Nothing is left to train.
    assert_eq!(train("1/1"), both);
    assert_eq!(json(&["study", study, "--out", out, "--json"]), both);
    assert!(refusal(&["study", study, "--out", out, "--part", "3/2"], 2).contains("it must be K/N with K from 1 to N"));
    std::fs::write(study, text.replace("name = \"a\"", "name = \"all-standard\"")).unwrap();
    let error = refusal(&["study", study, "--out", out], 1);
    assert!(error.contains("\"all-standard\" and \"all standard\" would have the same file"), "{error}");
}

#[test]
fn export_writes_an_onnx_file_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x2.onnx");
    let out = path.to_str().unwrap();
    refusal(&["export", "no-such-model", "-o", out], 1);
    assert!(!path.exists());
    assert!(splitsr(&["export", "splitsr-x2", "-o", out]).status.success());
    let model = splitsr::models::load("splitsr-x2").unwrap();
    assert!(std::fs::read(&path).unwrap() == splitsr::onnx::export(&model));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn import_writes_a_model_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let [input, output] = ["edsr.safetensors", "mine.safetensors"].map(|name| folder.path().join(name));
    let paths = [&input, &output].map(|path| path.to_str().unwrap());
    let import = ["import", paths[0], "-o", paths[1]];
    refusal(&import, 1);
    std::fs::copy("models/splitsr-tiny-x2.safetensors", &input).unwrap();
    assert!(
        refusal(&import, 1).contains("edsr.safetensors: it is not an EDSR, RCAN or SplitSR with EDSR-PyTorch's names")
    );
    assert!(!output.exists());

    // EDSR of one block whose weights are 0: a picture of the mean colour.
    let mean = |sign: f32| [0.4488, 0.4371, 0.4040].map(|mean: f32| sign * 255.0 * mean).to_vec();
    let mut tensors = vec![("sub_mean.bias".into(), vec![3], mean(-1.0)), ("add_mean.bias".into(), vec![3], mean(1.0))];
    for (name, outputs, inputs) in [
        ("head.0", 4, 3),
        ("body.0.body.0", 4, 4),
        ("body.0.body.2", 4, 4),
        ("body.1", 4, 4),
        ("tail.0.0", 16, 4),
        ("tail.1", 3, 4),
    ] {
        tensors.push((format!("{name}.weight"), vec![outputs, inputs, 3, 3], vec![0.0; outputs * inputs * 9]));
        tensors.push((format!("{name}.bias"), vec![outputs], vec![0.0; outputs]));
    }
    let bytes: Vec<(String, Vec<usize>, Vec<u8>)> = tensors
        .into_iter()
        .map(|(name, shape, values): (String, _, Vec<f32>)| {
            (name, shape, values.iter().flat_map(|v| v.to_le_bytes()).collect())
        })
        .collect();
    let views =
        bytes.iter().map(|(name, shape, bytes)| (name, TensorView::new(Dtype::F32, shape.clone(), bytes).unwrap()));
    std::fs::write(&input, safetensors::serialize(views, None).unwrap()).unwrap();
    assert!(splitsr(&import).status.success());
    let config = &json(&["info", paths[1], "--json"])["config"];
    assert_eq!((config["architecture"].as_str(), config["blocks"].as_u64()), (Some("edsr"), Some(1)));
    let large = folder.path().join("large.png");
    let large = large.to_str().unwrap();
    assert!(
        splitsr(&["upscale", "www/public/demo/fur.png", "-o", large, "--model", paths[1], "--scale", "2"])
            .status
            .success()
    );
    let picture = splitsr::image::decode(&std::fs::read(large).unwrap(), &Default::default()).unwrap();
    let splitsr::image::Samples::U8(values) = picture.samples else { panic!("not 8 bits") };
    assert!(values.chunks_exact(3).all(|pixel| pixel == [114, 111, 103]));
}
