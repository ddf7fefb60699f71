//! `splitsr upscale` with many pictures: which files it reads and writes, and what it survives.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use splitsr::image::{Format, Layout, Picture, Samples, encode};
use tempfile::TempDir;

/// A folder with these files: pictures, or a word of text where the name contains "broken".
fn folder_of(names: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (index, name) in names.iter().enumerate() {
        write(&folder.path().join(name), index);
    }
    folder
}

/// Writes a small picture that `seed` decides.
fn write(path: &Path, seed: usize) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let name = path.file_name().unwrap().to_string_lossy();
    if name.contains("broken") {
        return fs::write(path, "word").unwrap();
    }
    let values = (0..12 * 9 * 3).map(|index| (index * (seed + 3)) as u8).collect();
    let picture = Picture::new(12, 9, Layout::Rgb, Samples::U8(values)).unwrap();
    let format = Format::from_path(path).unwrap_or(Format::Png);
    fs::write(path, encode(&picture, format).unwrap()).unwrap();
}

/// All files of a folder: their paths with slashes, and their bytes.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for path in fs::read_dir(next).into_iter().flatten().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
                files.insert(name, fs::read(path).unwrap());
            }
        }
    }
    files
}

fn names(folder: &Path) -> Vec<String> {
    contents(folder).into_keys().collect()
}

fn command<S: AsRef<OsStr>>(folder: &Path, args: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_splitsr"));
    command.current_dir(folder).args(["upscale", "--backend", "cpu"]).args(args);
    command
}

/// Exit status, the lines of JSON on stdout, the lines on stderr.
pub(crate) fn run<S: AsRef<OsStr>>(folder: &Path, args: impl IntoIterator<Item = S>) -> (i32, Vec<Value>, Vec<String>) {
    let output = command(folder, args).output().unwrap();
    let lines = |bytes| String::from_utf8(bytes).unwrap().lines().map(str::to_owned).collect::<Vec<_>>();
    let reports = lines(output.stdout).iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    (output.status.code().unwrap(), reports, lines(output.stderr))
}

fn words(line: &str) -> std::str::SplitWhitespace<'_> {
    line.split_whitespace()
}

#[test]
fn results_are_called_as_their_pictures() {
    let files = ["IMG.2024.01.jpg", "IMG.2024.02.jpg", "notes.txt", "x/a.jpg", "x/b.tif", "y/a.jpg", "y/deep/c.gif"];
    let folder = folder_of(&files);
    let folder = folder.path();
    for (call, expected) in [
        ("IMG.2024.01.jpg IMG.2024.02.jpg -o out", &["IMG.2024.01.png", "IMG.2024.02.png"][..]),
        ("IMG.2024.01.jpg -o out/", &["IMG.2024.01.png"]),
        // The folder that the call makes is not read by the next one.
        (". -o out", &["IMG.2024.01.png", "IMG.2024.02.png", "notes.txt.png"]),
        ("x y -o out", &["x/a.png", "x/b.png", "y/a.png"]),
        ("y x/b.tif --recursive -o out", &["a.png", "b.png", "deep/c.png"]),
        (
            ". -r -o out",
            &["IMG.2024.01.png", "IMG.2024.02.png", "notes.txt.png", "x/a.png", "x/b.png", "y/a.png", "y/deep/c.png"],
        ),
        ("x/a.jpg y/a.jpg -o out", &["x/a.png", "y/a.png"]),
        ("*.jpg x/[b]* -o out", &["IMG.2024.01.png", "IMG.2024.02.png", "b.png"]),
        ("**/a.* -o out", &["x/a.png", "y/a.png"]),
    ] {
        let (status, _, errors) = run(folder, words(call));
        assert_eq!(status, 0, "{call}: {errors:?}");
        assert_eq!(names(&folder.join("out")), expected, "{call}");
        let (again, _, errors) = run(folder, words(call));
        assert_eq!((again, errors.len()), (1, expected.len()), "{call}: {errors:?}");
        assert!(errors[0].contains("already exists: --overwrite replaces it, --resume skips it"), "{}", errors[0]);
        fs::remove_dir_all(folder.join("out")).unwrap();
    }
}

#[test]
fn names_may_be_long_and_of_any_bytes() {
    let long = format!("{}.jpg", "n".repeat(251));
    let folder = folder_of(&[&long, "b.jpg"]);
    let folder = folder.path();
    let (status, reports, errors) = run(folder, [long.as_str(), "b.jpg", "-o", "out", "--json"]);
    assert_eq!((status, reports.len()), (0, 2), "{errors:?}");
    assert_eq!(names(&folder.join("out")), ["b.png".to_owned(), long.replace(".jpg", ".png")]);

    #[cfg(target_os = "linux")]
    {
        use std::os::unix::ffi::OsStrExt;
        let (odd, lines) = (OsStr::from_bytes(b"caf\xe9.jpg"), OsStr::new("two\nlines.jpg"));
        write(&folder.join(odd), 1);
        write(&folder.join(lines), 2);
        let (status, reports, errors) =
            run(folder, [odd, lines, "*\u{fffd}.jpg".as_ref(), "-o".as_ref(), "odd".as_ref(), "--json".as_ref()]);
        assert_eq!((status, reports.len()), (0, 2), "{errors:?}");
        assert_eq!(
            (&reports[0]["input"], &reports[0]["output"]),
            (&json!("caf\u{fffd}.jpg"), &json!("odd/caf\u{fffd}.png"))
        );
        assert_eq!(
            (&reports[0]["inputBytes"], &reports[0]["outputBytes"]),
            (&json!(b"caf\xe9.jpg"), &json!(b"odd/caf\xe9.png"))
        );
        assert_eq!((&reports[1]["input"], &reports[1]["inputBytes"]), (&json!("two\nlines.jpg"), &Value::Null));
        assert!(folder.join("odd").join(OsStr::from_bytes(b"caf\xe9.png")).is_file());
        // An error stays one line.
        let (status, _, errors) = run(folder, [odd, lines, "-o".as_ref(), "odd".as_ref()]);
        assert_eq!((status, errors.len()), (1, 2), "{errors:?}");
        assert!(errors[1].contains("two\\nlines.jpg: odd/two\\nlines.png already exists"), "{errors:?}");
    }
}

#[test]
fn nothing_is_replaced_without_a_wish() {
    let folder = folder_of(&["a.jpg", "a.png", "b.png", "out/b.png", "sub/c.png"]);
    let folder = folder.path();
    let before = contents(folder);
    for (call, expected) in [
        (
            "a.png b.png -o .",
            "the result of a.png would replace ./a.png, which is also an input: choose another folder",
        ),
        ("b.png -o . --overwrite", "which is also an input"),
        ("sub/c.png b.png -o sub --overwrite", "the result of sub/c.png would replace sub/c.png"),
        ("a.png a.jpg -o a.jpg", "a.jpg is one file"),
        ("a.png a.jpg -o c.png", "c.png is one file, but there may be several results: name a folder, like c.png/"),
        ("sub -o sub", "sub: the results would be written among the input pictures"),
        ("b.png -o out", "b.png: out/b.png already exists"),
    ] {
        let (status, _, errors) = run(folder, words(call));
        assert!(status == 1 && errors.len() == 1 && errors[0].contains(expected), "{call}: {errors:?}");
        assert!(contents(folder) == before, "{call} has changed a file");
    }
    // These results get different names.
    assert_eq!(run(folder, words("a.png a.jpg -o .")).0, 0);
    let mut after = contents(folder);
    assert!(after.remove("a.png.png").is_some() && after.remove("a.jpg.png").is_some() && after == before);
    assert_eq!(run(folder, words("b.png -o out --overwrite")).0, 0);
    assert_ne!(fs::read(folder.join("out/b.png")).unwrap(), before["out/b.png"]);
    // A file that is named explicitly may be replaced.
    for (call, file) in [("b.png -o a.png", "a.png"), ("b.png -o b.png", "b.png")] {
        assert_eq!(run(folder, words(call)).0, 0, "{call}");
        assert_ne!(fs::read(folder.join(file)).unwrap(), before[file], "{call}");
    }
}

#[test]
fn a_failure_concerns_one_picture() {
    let folder = folder_of(&["a.jpg", "broken1.jpg", "sub/b.jpg", "sub/broken2.jpg", "empty/broken3.txt"]);
    let folder = folder.path();
    let (status, reports, errors) = run(folder, words("broken1.jpg missing.jpg a.jpg sub empty *.bmp -o out --json"));
    assert_eq!((status, names(&folder.join("out"))), (1, vec!["a.png".into(), "b.png".into()]));
    let expected = [
        ("failed", "empty", "there is no picture in this folder"),
        ("failed", "*.bmp", "no file matches this pattern"),
        ("failed", "broken1.jpg", "it is text"),
        ("failed", "missing.jpg", "No such file"),
        ("made", "a.jpg", ""),
        ("made", "sub/b.jpg", ""),
        ("failed", "sub/broken2.jpg", "it is text"),
    ];
    assert_eq!(reports.len(), expected.len(), "{reports:?}");
    for (report, (state, input, error)) in reports.iter().zip(expected) {
        assert_eq!((&report["status"], &report["input"]), (&json!(state), &json!(input)));
        assert!(report["error"].as_str().unwrap_or_default().contains(error), "{report}");
        assert_eq!((&report["backend"], &report["model"]), (&json!("cpu"), &json!("splitsr-x2")));
        assert_eq!(report["width"].as_u64(), (state == "made").then_some(24), "{report}");
    }
    let failed: Vec<_> = expected.iter().filter(|(state, ..)| *state == "failed").collect();
    assert_eq!(errors.len(), failed.len(), "{errors:?}");
    for (line, (_, input, error)) in errors.iter().zip(failed) {
        assert!(line.starts_with(&format!("splitsr: {input}: ")) && line.contains(error), "{line}");
    }
    // Each picture has one object, whether it was enlarged or not.
    for (name, state) in [("broken1.jpg", "failed"), ("a.jpg", "made")] {
        let (_, reports, _) = run(folder, [name, "-o", "one.png", "--json"]);
        assert_eq!((reports.len(), &reports[0]["pictures"][0]["status"]), (1, &json!(state)));
    }
}

#[test]
fn calls_that_cannot_work_are_refused_before_the_work() {
    let folder = folder_of(&["a.jpg", "b.jpg"]);
    let folder = folder.path();
    for (call, expected) in [
        ("a.jpg b.jpg -o a.jpg/out", "cannot write to a.jpg ("),
        ("a.jpg -o missing/out.webp", "missing: this folder does not exist: create it first"),
        ("a.jpg b.jpg -o out --scale 17", "splitsr: the zoom is 17; it must be from 1 to 16"),
        #[cfg(target_os = "linux")]
        ("a.jpg b.jpg -o /proc/out", "cannot write to /proc ("),
        #[cfg(target_os = "linux")]
        ("a.jpg -o /proc/out.png", "cannot write to /proc ("),
    ] {
        let (status, reports, errors) = run(folder, words(call).chain(["--json"]));
        assert!(status == 1 && errors.len() == 1 && errors[0].contains(expected), "{call}: {errors:?}");
        assert!(reports.is_empty(), "{call}: {reports:?}");
        assert_eq!(names(folder), ["a.jpg", "b.jpg"], "{call}");
    }
}

#[test]
fn a_report_that_nobody_reads_ends_the_call_in_words() {
    let folder = folder_of(&["a.jpg", "b.jpg"]);
    let mut command = command(folder.path(), words("a.jpg b.jpg -o out --json"));
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), errors.lines().count()), (Some(1), 1), "{errors}");
    assert!(errors.contains("the report cannot be written"), "{errors}");
}

/// A folder with a folder of `count` pictures. One of each eight is broken, and one has a name that
/// others have.
fn many(count: usize) -> TempDir {
    let name = |index: usize| match index % 8 {
        0 => format!("pictures/sub{}/same.jpg", index / 8),
        1 => format!("pictures/broken{index}.png"),
        _ => format!("pictures/p.{index}.png"),
    };
    let names: Vec<String> = (0..count).map(name).collect();
    folder_of(&names.iter().map(String::as_str).collect::<Vec<_>>())
}

const BATCH: &str = "pictures --recursive --json --ensemble --scale 4 -o";

/// Starts a batch and waits until three pictures are made.
fn start(folder: &Path) -> Child {
    let mut command = command(folder, words(BATCH).chain(["out"]));
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.as_mut().unwrap()).lines().map(Result::unwrap);
    assert_eq!(lines.filter(|line| line.contains("\"made\"")).take(3).count(), 3);
    child
}

#[test]
fn a_killed_batch_resumes_to_the_same_files() {
    let folder = many(200);
    let folder = folder.path();
    let call = |output: &str, more: &str| {
        let (status, reports, errors) = run(folder, words(BATCH).chain([output]).chain(words(more)));
        assert_eq!((status, reports.len(), errors.len()), (1, 200, 25), "{errors:?}");
        reports
    };
    call("whole", "");
    let whole = contents(&folder.join("whole"));
    assert_eq!(whole.len(), 175);

    let mut child = start(folder);
    child.kill().unwrap();
    child.wait().unwrap();
    let out = folder.join("out");
    let before = contents(&out).keys().filter(|name| name.ends_with(".png")).count();
    assert!((3..175).contains(&before), "{before} were done when it was killed");
    // A kill at a bad moment leaves a temporary file, and an interrupted copy leaves half a result.
    fs::write(out.join(".splitsr-1-1.tmp"), "half").unwrap();
    fs::write(out.join("p.2.png"), &whole["p.2.png"][..50]).unwrap();
    fs::write(out.join("p.199.png"), "").unwrap();
    let made_before = contents(&out);
    let reports = call("out", "--resume");
    assert!(contents(&out) == whole, "{:?}", names(&out));
    for report in &reports {
        let finished = report["output"].as_str().is_some_and(|output| {
            let name = output.replace('\\', "/").replacen("out/", "", 1);
            made_before.get(&name) == whole.get(&name)
        });
        assert_eq!(report["status"] == "skipped", finished, "{report}");
    }
    // Nothing is left to do.
    let reports = call("out", "--resume --overwrite");
    assert_eq!(reports.iter().filter(|report| report["status"] == "skipped").count(), 175);
}

#[test]
fn shards_make_the_files_of_one_call() {
    let folder = many(40);
    let folder = folder.path();
    let (_, reports, errors) = run(folder, words(BATCH).chain(["whole"]));
    let whole = contents(&folder.join("whole"));
    // All run at once into one folder; one is killed and started again.
    let shard = |number: usize| {
        let call = format!("out --shard {number}/4 --resume");
        let mut command = command(folder, words(BATCH).chain(words(&call)));
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let mut shards: Vec<_> = (1..=4).map(shard).collect();
    shards[1].kill().unwrap();
    shards[1].wait().unwrap();
    shards[1] = shard(2);
    let outputs: Vec<_> = shards.into_iter().map(|shard| shard.wait_with_output().unwrap()).collect();
    let lines = |of: fn(&std::process::Output) -> &[u8]| {
        outputs.iter().map(|output| of(output).split(|byte| *byte == b'\n').count() - 1).sum::<usize>()
    };
    let counts = (lines(|output| &output.stdout), lines(|output| &output.stderr));
    assert_eq!(counts, (reports.len(), errors.len()), "{outputs:?}");
    assert!(contents(&folder.join("out")) == whole, "{:?}", names(&folder.join("out")));

    let (status, _, errors) = run(folder, words(BATCH).chain(words("out --shard 5/4")));
    assert_eq!(status, 2);
    assert!(errors.iter().any(|line| line.contains("it must be K/N with K from 1 to N, like 3/16")), "{errors:?}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_batch() {
    let folder = many(40);
    let child = start(folder.path());
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let output = child.wait_with_output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    let last = errors.lines().last().unwrap_or_default();
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(last.starts_with("splitsr: cancelled after ") && last.ends_with("with --resume to continue"), "{errors}");
    let names = names(&folder.path().join("out"));
    assert!((3..35).contains(&names.len()) && names.iter().all(|name| name.ends_with(".png")), "{names:?}");
}
