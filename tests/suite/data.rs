//! The pictures that tests read but the repository does not hold.

use std::path::PathBuf;

/// A folder of the data: beside the repository, or where `SPLITSR_DATA` says.
pub fn folder(name: &str) -> PathBuf {
    let data = std::env::var_os("SPLITSR_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    let folder = data.join(name);
    assert!(folder.is_dir(), "{} is missing: set SPLITSR_DATA to the data folder", folder.display());
    folder
}
