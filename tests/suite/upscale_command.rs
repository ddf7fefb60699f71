//! `splitsr upscale` as its users call it. `batch.rs` has calls with several pictures.

use std::path::Path;

use crate::command::{file, json, refusal, splitsr};

#[test]
fn upscale_to_a_file_and_to_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (input, out) = (file("awkward/chroma420.jpg"), path("out.webp"));
    let report = json(&["upscale", &input, "-o", &out, "--scale", "1.5", "--json"]);
    let done = &report["pictures"][0];
    assert_eq!((done["width"].as_u64(), done["height"].as_u64()), (Some(239), Some(179)));
    assert_eq!(report["backend"], "cpu");
    let written = splitsr::eval::read_picture(Path::new(&out)).unwrap();
    assert_eq!(splitsr::weights::hex_sha256(&written.to_rgba8()), done["outputSha256"].as_str().unwrap());

    let both = path("both/");
    assert!(splitsr(&["upscale", &input, &file("awkward/1x64.png"), "-o", &both]).status.success());
    for (name, size) in [("both/chroma420.png", (318, 238)), ("both/1x64.png", (2, 128))] {
        let written = splitsr::eval::read_picture(Path::new(&path(name))).unwrap();
        assert_eq!((written.width, written.height), size, "{name}");
    }
}

/// By size, the model is the one for the zoom that this means, as with `--scale`.
#[test]
fn upscale_to_a_size() {
    let folder = tempfile::tempdir().unwrap();
    let (input, out) = (file("awkward/chroma420.jpg"), folder.path().join("out.png"));
    let run = |args: &[&str]| {
        let report = json(&[&["upscale", &input, "-o", out.to_str().unwrap(), "--json"], args].concat());
        let made = &report["pictures"][0];
        let size = ["width", "height"].map(|side| made[side].as_u64().unwrap());
        (size, report["model"].as_str().unwrap().to_owned(), made["outputSha256"].clone(), made["halo"].clone())
    };
    let (size, model, by_size, _) = run(&["--size", "636x476"]);
    assert_eq!((size, model.as_str()), ([636, 476], "splitsr-x4"));
    assert_eq!(run(&["--scale", "4"]).2, by_size);
    let (size, model, ..) = run(&["--size", "400x238"]);
    assert_eq!((size, model.as_str()), ([400, 238], "splitsr-x3"));
    assert_eq!(run(&["--size", "200x150", "--tile", "9"]).3, 9);
}

/// A name without an ending is a folder, as for several pictures.
#[test]
fn a_folder_needs_no_slash() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("new");
    let output = splitsr(&["upscale", &file("awkward/1x64.png"), "-o", out.to_str().unwrap()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(out.join("1x64.png").is_file());
}

#[test]
fn failures_are_one_line_and_leave_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.png").to_str().unwrap().to_owned();
    let photo = file("awkward/photo.bmp");
    for (args, status, expected) in [
        (vec![file("awkward/truncated.png")], 1, "truncated.png"),
        (vec![file("awkward/text.png")], 1, "text"),
        (vec![file("awkward/bomb_60000x60000.png")], 1, "60000 x 60000"),
        (vec![photo.clone(), "--scale".into(), "17".into()], 1, "it must be from 1 to 16"),
        (vec![photo.clone(), "--model".into(), "nothing".into()], 1, "no model \"nothing\""),
        #[cfg(not(feature = "gpu"))]
        (vec![photo.clone(), "--backend".into(), "gpu".into()], 1, "no GPU backend"),
        (vec!["missing.png".into()], 1, "missing.png"),
        (vec![photo.clone(), "--size".into(), "12".into()], 2, "WIDTHxHEIGHT"),
        (vec![photo.clone(), "--bckend".into(), "cpu".into()], 2, "'--bckend' found; tip: a similar argument exists"),
        (vec![photo.clone(), "--backend".into(), "none".into()], 2, "[possible values: auto, cpu, gpu]"),
        (
            vec![photo.clone(), "--effort".into(), "60".into()],
            2,
            "not provided: --schedule <SCHEDULE>; see splitsr upscale --help",
        ),
    ] {
        let args: Vec<&str> = ["upscale", "-o", &out].into_iter().chain(args.iter().map(String::as_str)).collect();
        let stderr = refusal(&args, status);
        assert!(stderr.contains(expected), "{args:?}: {stderr}");
        assert!(stderr.starts_with("splitsr: ") && stderr.lines().count() == 1, "{stderr}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{args:?} left a file");
    }
    assert!(refusal(&["upscale", &photo, "-o", "out.xyz"], 1).contains("choose png"));
}

/// The file system refuses files larger than a kilobyte, as a full disk refuses them.
#[cfg(unix)]
#[test]
fn a_full_disk_is_reported_and_no_half_file_stays() {
    let folder = tempfile::tempdir().unwrap();
    let script = "trap '' XFSZ; ulimit -f 1; exec \"$0\" upscale \"$1\" -o out.png";
    let arguments = ["-c", script, env!("CARGO_BIN_EXE_splitsr"), &file("awkward/photo.bmp")];
    let output = std::process::Command::new("sh").args(arguments).current_dir(folder.path()).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.starts_with("splitsr: ") && stderr.contains("out.png") && stderr.lines().count() == 1, "{stderr}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn metadata_is_kept_on_request_and_turns_nothing_again() {
    let folder = tempfile::tempdir().unwrap();
    let input = file("awkward/exif_orientation_6.jpg");
    let original = splitsr::image::exif(&std::fs::read(&input).unwrap()).expect("the file has EXIF");
    for name in ["out.jpg", "out.png", "out.webp"] {
        let enlarge = |more: &[&str]| {
            let path = folder.path().join(name);
            json(&[&["upscale", &input, "-o", path.to_str().unwrap(), "--json", "--backend", "cpu"], more].concat());
            std::fs::read(path).unwrap()
        };
        let (without, with) = (enlarge(&[]), enlarge(&["--keep-metadata"]));
        assert_eq!(splitsr::image::exif(&without), None, "{name}");
        assert_eq!(splitsr::image::exif(&with).as_ref(), Some(&original), "{name}");
        let [without, with] = [without, with].map(|bytes| splitsr::image::decode(&bytes, &Default::default()).unwrap());
        assert_eq!((with.width, with.height, with.samples), (without.width, without.height, without.samples), "{name}");
    }
}
