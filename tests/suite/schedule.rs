//! The scheduler by the command. `src/upscale/schedule` tests how it divides a picture.

use std::path::{Path, PathBuf};

use splitsr::eval::read_picture;
use splitsr::image::Samples;
use splitsr::weights::{read, to_file};
use tempfile::TempDir;

use crate::command::{file, json, refusal, splitsr};
use crate::random::alone;

/// The elastic model, without what its scheduler has learnt.
fn elastic() -> (TempDir, PathBuf) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/splitsr-elastic-x2.safetensors");
    let (mut metadata, tensors) = read(&std::fs::read(path).unwrap()).unwrap();
    metadata.schedule = None;
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("elastic.safetensors");
    std::fs::write(&copy, to_file(&metadata, &tensors).unwrap()).unwrap();
    (folder, copy)
}

#[test]
fn a_schedule_is_learnt_and_used() {
    let (folder, path) = elastic();
    let (model, out) = (path.to_str().unwrap(), folder.path().join("out.png"));
    let picture = file("eval/Kodak24/23.png");
    let upscale = ["upscale", &picture, "-o", out.to_str().unwrap(), "--model", model];
    let scheduled = [&upscale[..], &["--schedule", "mobisr"]].concat();
    assert!(refusal(&scheduled, 1).contains("has no table for a schedule yet: make one with splitsr schedule"));

    let learnt = splitsr(&["schedule", model, "--train", &file("eval/Set5")]);
    assert!(learnt.status.success(), "{}", String::from_utf8_lossy(&learnt.stderr));
    let (metadata, _) = read(&std::fs::read(&path).unwrap()).unwrap();
    let errors = metadata.schedule.unwrap().rms_laplacian;
    // The more detail, the larger the error, and the more a network lowers it.
    let (first, last) = (0, errors.score.len() - 1);
    assert!(errors.bicubic[first] < errors.bicubic[last] && errors.whole[last] < errors.cheap[last], "{errors:?}");
    assert!(errors.cheap[last] < errors.bicubic[last], "{errors:?}");

    let picture =
        |args: &[&str]| json(&[&upscale[..], &["--backend", "cpu", "--json"], args].concat())["pictures"][0].clone();
    let ordinary = picture(&[]);
    assert!(ordinary["schedule"].is_null());
    let at = |effort: &str| picture(&["--schedule", "mobisr", "--effort", effort]);
    let (none, some, all) = (at("0"), at("50"), at("100"));
    assert_eq!(all["outputSha256"], ordinary["outputSha256"]);
    let cells = |report: &serde_json::Value| {
        ["bicubic", "cheap", "whole"].map(|rung| report["schedule"]["cells"][rung].as_u64().unwrap())
    };
    assert_eq!((cells(&all)[..2].to_vec(), all["schedule"]["work"].as_f64()), (vec![0, 0], Some(1.0)));
    assert_eq!((cells(&none)[1..].to_vec(), none["schedule"]["work"].as_f64()), (vec![0, 0], Some(0.0)));
    let work = some["schedule"]["work"].as_f64().unwrap();
    assert!(work > 0.1 && work < 0.95 && cells(&some)[1] > 0 && cells(&some)[2] > 0, "{some}");
    assert_eq!(cells(&some).iter().sum::<u64>(), cells(&all).iter().sum::<u64>());
    assert_eq!((some["schedule"]["mode"].as_str(), some["schedule"]["effort"].as_u64()), (Some("mobisr"), Some(50)));

    let set5 = file("eval/Set5");
    let eval = ["eval", "--scale", "2", "--backend", "cpu", "--model", model, "--json", &set5];
    let psnr = |args: &[&str]| json(&[&eval[..], args].concat())["sets"][0]["psnr_y"].as_f64().unwrap();
    let (whole, scheduled) = (psnr(&[]), psnr(&["--schedule", "mobisr", "--effort", "60"]));
    assert!(scheduled > whole - 0.05, "{scheduled}, {whole}");
}

#[test]
fn a_gpu_takes_the_hard_tiles() {
    let _alone = alone();
    let folder = tempfile::tempdir().unwrap();
    let (picture, out) = (file("eval/Kodak24/23.png"), folder.path().join("out.png"));
    let run = |backend: &str| {
        let args = ["upscale", &picture, "-o", out.to_str().unwrap(), "--schedule", "mobisr", "--json", "--backend"];
        let report = json(&[&args[..], &[backend]].concat());
        (report["backend"].clone(), report["pictures"][0]["schedule"].clone(), read_picture(&out).unwrap())
    };
    let ((_, alone, expected), (backend, both, result)) = (run("cpu"), run("gpu"));
    assert_eq!(backend, "gpu");
    assert!(both["gpuTiles"].as_u64() > Some(0) && alone["gpuTiles"] == 0, "{both}, {alone}");
    assert_eq!((&both["cells"], &both["work"]), (&alone["cells"], &alone["work"]));
    let (Samples::U8(expected), Samples::U8(result)) = (expected.samples, result.samples) else { panic!("8 bits") };
    assert!(expected.iter().zip(&result).all(|(a, b)| a.abs_diff(*b) <= 1));
}

#[test]
fn what_cannot_be_scheduled_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.png");
    let upscale = ["upscale", &file("awkward/chroma420.jpg"), "-o", out.to_str().unwrap()];
    let why = |args: &[&str], status: i32| refusal(&[&upscale[..], args].concat(), status);
    let mode = ["--schedule", "mobisr"];
    assert!(why(&[&mode[..], &["--tile", "exact"]].concat(), 1).contains("a schedule is never exact"));
    let other = why(&[&mode[..], &["--model", "splitsr-x2"]].concat(), 1);
    assert!(other.contains("splitsr-x2 holds a single network") && other.contains("use splitsr-elastic-x2"), "{other}");
    assert!(why(&["--effort", "60"], 2).contains("--schedule"));
    why(&[&mode[..], &["--effort", "101"]].concat(), 2);
}
