//! Writes files so that a kill or a full disk never leaves a half-written one.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::error::{Error, Result};

/// A temporary file's name starts and ends like this. It does not contain the final name, which may
/// already be as long as a name can be.
const TEMPORARY: (&str, &str) = (".splitsr-", ".tmp");

/// Replaces the file at `path`: writes `bytes` to a file in the same folder, then renames it.
///
/// # Errors
/// [`Error::Io`]; the old file is then unchanged.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    write(path, bytes, |beside| fs::rename(beside, path))
}

/// Writes `bytes` to a new file at `path`, as [`replace`] does, but never replaces one.
///
/// # Errors
/// [`Error::Io`], of the kind [`ErrorKind::AlreadyExists`] if there is something at `path`.
pub fn create(path: &Path, bytes: &[u8]) -> Result<()> {
    write(path, bytes, |beside| match fs::hard_link(beside, path) {
        Ok(()) => fs::remove_file(beside),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(error),
        // Some file systems have no links.
        Err(_) if path.symlink_metadata().is_ok() => Err(ErrorKind::AlreadyExists.into()),
        Err(_) => fs::rename(beside, path),
    })
}

/// Checks whether files can be created in `folder`.
///
/// # Errors
/// [`Error::Io`] if not.
pub fn check_writable(folder: &Path) -> Result<()> {
    let (path, _file) = temporary(folder).map_err(Error::io(folder))?;
    fs::remove_file(&path).map_err(Error::io(folder))
}

/// Removes the temporary files that killed programs left in `folder`, as far as that is possible.
pub fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        // A program that still writes its file holds the lock.
        if is_temporary(&entry.file_name())
            && let Ok(file) = File::options().write(true).open(entry.path())
            && file.try_lock().is_ok()
        {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// The folder that holds `path`.
pub fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
        None => path,
    }
}

fn write(path: &Path, bytes: &[u8], publish: impl FnOnce(&Path) -> io::Result<()>) -> Result<()> {
    let (beside, mut file) = temporary(folder_of(path)).map_err(Error::io(path))?;
    // Without the sync, a power cut could leave the new name with an empty file.
    let written = file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| publish(&beside));
    written.map_err(|source| {
        // A failure to clean up matters less than the first error.
        let _ = fs::remove_file(&beside);
        Error::io(path)(source)
    })
}

/// A new file in `folder`, locked against [`sweep`].
fn temporary(folder: &Path) -> io::Result<(PathBuf, File)> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    loop {
        let (start, end) = TEMPORARY;
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!("{start}{}-{count}{end}", std::process::id()));
        match File::create_new(&path) {
            Ok(file) => {
                // Not every file system has locks.
                let _ = file.lock();
                // It may have been swept away before it was locked.
                if path.exists() {
                    return Ok((path, file));
                }
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}

fn is_temporary(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name.starts_with(TEMPORARY.0) && name.ends_with(TEMPORARY.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn only_replace_replaces() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        create(&path, b"1").unwrap();
        let error = create(&path, b"2").unwrap_err();
        assert!(matches!(error, Error::Io { source, .. } if source.kind() == ErrorKind::AlreadyExists));
        assert_eq!(fs::read(&path).unwrap(), b"1");
        replace(&path, b"3").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"3");
        assert_eq!(names(folder.path()), ["a"]);
    }

    #[test]
    fn names_may_have_255_bytes() {
        let folder = tempfile::tempdir().unwrap();
        for (name, write) in [("a".repeat(255), create as fn(&Path, &[u8]) -> _), ("b".repeat(255), replace)] {
            write(&folder.path().join(&name), b"1").unwrap();
            assert!(names(folder.path()).contains(&name));
        }
        assert!(create(&folder.path().join("c".repeat(256)), b"1").is_err());
        assert_eq!(names(folder.path()).len(), 2, "a temporary file is left");
    }

    #[test]
    fn the_sweep_takes_what_is_left_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let (path, held) = temporary(folder.path()).unwrap();
        fs::write(folder.path().join(".splitsr-1-0.tmp"), b"half").unwrap();
        fs::write(folder.path().join("other.tmp"), b"1").unwrap();
        sweep(folder.path());
        let held_name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert_eq!(names(folder.path()), [held_name, "other.tmp".to_owned()]);
        drop(held);
        sweep(folder.path());
        assert_eq!(names(folder.path()), ["other.tmp"]);
        check_writable(folder.path()).unwrap();
        assert!(check_writable(&folder.path().join("other.tmp")).is_err());
        assert_eq!(names(folder.path()), ["other.tmp"]);
    }
}
