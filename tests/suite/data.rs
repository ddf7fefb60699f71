//! The pictures that tests read but the repository does not hold.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A folder of the data: beside the repository, or where `SPLITSR_DATA` says.
pub fn folder(name: &str) -> PathBuf {
    let data = std::env::var_os("SPLITSR_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    let folder = data.join(name);
    assert!(folder.is_dir(), "{} is missing: set SPLITSR_DATA to the data folder", folder.display());
    folder
}

/// Checks that a table has a row for each file of a folder, but for `others` and its README.
pub fn check_rows<'a>(folder: &Path, rows: impl IntoIterator<Item = &'a str>, others: &[&str]) {
    let listed: BTreeSet<String> = rows.into_iter().map(str::to_owned).collect();
    let present = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let present: BTreeSet<String> =
        present.filter(|name| name != "README.md" && !others.contains(&name.as_str())).collect();
    assert_eq!(listed, present, "left: the rows here, right: the files in the folder");
}
