//! The inputs that the fuzzer found (`pkg-scripts/fuzz`): each is read or refused, quickly and with
//! little memory.

#[path = "../../fuzz/targets.rs"]
mod targets;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::awkward::LARGEST;
use super::random::shared;
use targets::TARGETS;

/// The limit for a single block: a few times the memory of the largest picture that a target
/// allows.
const MAX_BLOCK: usize = 64 << 20;

fn entries(folder: &Path) -> Vec<PathBuf> {
    let read = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = read.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

#[test]
fn no_input_of_the_fuzzer_breaks_anything() {
    let _shared = shared();
    let mut faults = Vec::new();
    for (name, target) in TARGETS {
        let inputs = entries(&root().join("corpus").join(name));
        assert!(inputs.len() > 10, "{name} has {} inputs", inputs.len());
        for path in inputs {
            let bytes = std::fs::read(&path).unwrap();
            LARGEST.set(0);
            let start = Instant::now();
            let outcome = catch_unwind(AssertUnwindSafe(|| target(&bytes)));
            let (time, largest) = (start.elapsed(), LARGEST.get());
            if outcome.is_err() || time > Duration::from_secs(2) || largest > MAX_BLOCK {
                let end = if outcome.is_err() { "panicked" } else { "ended" };
                faults.push(format!("{} {end} after {time:?}, with {largest} bytes at once", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_target_has_a_program_and_a_corpus() {
    let names = |folder| -> BTreeSet<String> {
        entries(&root().join(folder))
            .iter()
            .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
            .collect()
    };
    let targets: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names("fuzz_targets"), targets);
    assert_eq!(names("corpus"), targets);
}

/// Otherwise cargo refuses it, and nothing is fuzzed.
#[test]
fn the_fuzzers_lock_file_knows_the_dependencies_of_the_library() {
    let table = |path: PathBuf| -> toml::Table { std::fs::read_to_string(path).unwrap().parse().unwrap() };
    let manifest = table(root().join("../Cargo.toml"));
    let lock = table(root().join("Cargo.lock"));
    let mut packages = lock["package"].as_array().unwrap().iter();
    let library = packages.find(|package| package["name"].as_str() == Some("splitsr")).unwrap();
    let locked = library["dependencies"].as_array().unwrap().iter().map(|entry| entry.as_str().unwrap());
    let locked: BTreeSet<&str> = locked.map(|entry| entry.split(' ').next().unwrap_or(entry)).collect();
    let wanted = manifest["dependencies"].as_table().unwrap();
    let is_optional = |details: &toml::Value| details.get("optional").and_then(toml::Value::as_bool) == Some(true);
    let wanted = wanted.iter().filter(|(_, details)| !is_optional(details));
    let missing: Vec<_> = wanted.map(|(name, _)| name).filter(|name| !locked.contains(name.as_str())).collect();
    assert!(missing.is_empty(), "{missing:?}: run cargo update --workspace --manifest-path fuzz/Cargo.toml");
}
