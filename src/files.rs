//! Writes files so that a kill or a full disk never leaves a half-written one.

use std::fs;
use std::path::Path;

use crate::error::{Error, Result};

/// Replaces the file at `path`: writes `bytes` to a file in the same folder, then renames it.
///
/// # Errors
/// [`Error::Io`]; the old file is then unchanged.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let beside = path.with_file_name(name);
    let written = fs::write(&beside, bytes).and_then(|()| fs::rename(&beside, path));
    written.map_err(|source| {
        // A failure to clean up matters less than the first error.
        let _ = fs::remove_file(&beside);
        Error::io(path)(source)
    })
}
