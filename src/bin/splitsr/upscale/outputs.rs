//! Which file each result becomes.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Component, Path, PathBuf};

use splitsr::image::{Format, Limits, decode};
use splitsr::{Error, Result, files};

use super::inputs::{Input, has_picture_ending};

/// The longest name that common file systems take, in bytes.
const MAX_NAME_LENGTH: usize = 255;

/// Whether `output` is a folder: one that exists, a name with a slash at its end or without an
/// ending, or any name if there are several inputs.
///
/// # Errors
/// [`Error::Config`] if several inputs were to become one file.
pub fn is_folder(output: &Path, several: bool) -> Result<bool> {
    if output.is_dir() || output.to_string_lossy().ends_with(std::path::is_separator) {
        return Ok(true);
    }
    if several && (output.exists() || has_picture_ending(output)) {
        return Err(Error::Config(format!(
            "{0} is one file, but there may be several results: name a folder, like {0}/",
            output.display()
        )));
    }
    Ok(several || output.extension().is_none() && !output.exists())
}

/// The one result, as the file that the user named.
///
/// # Errors
/// [`Error::Encode`] if its extension is not that of a format that can be written,
/// [`Error::Config`] if its folder is missing.
pub fn named(output: &Path) -> Result<Vec<PathBuf>> {
    Format::from_path(output)?;
    let folder = files::folder_of(output);
    if !folder.exists() {
        return Err(Error::Config(format!("{}: this folder does not exist: create it first", folder.display())));
    }
    Ok(vec![output.to_owned()])
}

/// The files in `folder` that the results become, in the order of `inputs`.
///
/// A result has the name of its picture, and is put below the named folder. If two would get the
/// same name, all keep their folders below the folder that contains all; if these are in one
/// folder, they keep their endings too.
///
/// # Errors
/// [`Error::Config`] if two results would still have the same name, or one would replace an input.
pub fn plan(folder: &Path, inputs: &[Input]) -> Result<Vec<PathBuf>> {
    let base = common_folder(inputs);
    let layout = |tree: bool, endings: &HashSet<usize>| -> Vec<PathBuf> {
        let path = |(index, input): (usize, &Input)| {
            let mut path = folder.to_owned();
            if tree {
                path.extend(input.root.strip_prefix(&base).unwrap_or(&input.root).components().filter(is_name));
            }
            let name = result_name(input.below.file_name().unwrap_or_default(), endings.contains(&index));
            path.join(input.below.with_file_name(name))
        };
        inputs.iter().enumerate().map(path).collect()
    };
    let flat = layout(false, &HashSet::new());
    let holder = |index: usize| inputs[index].root.join(&inputs[index].below).parent().map(Path::to_owned);
    let tree = clashes(&flat).iter().any(|(first, second)| holder(*first) != holder(*second));
    let outputs = if tree { layout(true, &HashSet::new()) } else { flat };
    let endings = clashes(&outputs).into_iter().flat_map(|(first, second)| [first, second]).collect();
    let outputs = layout(tree, &endings);
    if let Some((first, second)) = clashes(&outputs).first() {
        return Err(Error::Config(format!(
            "{} and {} would both become {}: enlarge them into different folders",
            inputs[*first].path.display(),
            inputs[*second].path.display(),
            outputs[*first].display()
        )));
    }
    keep_inputs(inputs, &outputs)?;
    Ok(outputs)
}

/// Refuses results that would replace a picture that is read in the same call.
fn keep_inputs(inputs: &[Input], outputs: &[PathBuf]) -> Result<()> {
    let read: HashSet<PathBuf> = inputs.iter().filter_map(|input| fs::canonicalize(&input.path).ok()).collect();
    for (input, output) in inputs.iter().zip(outputs) {
        if fs::canonicalize(output).is_ok_and(|path| read.contains(&path)) {
            return Err(Error::Config(format!(
                "the result of {} would replace {}, which is also an input: choose another folder",
                input.path.display(),
                output.display()
            )));
        }
    }
    Ok(())
}

/// Pairs of equal paths: each path with the first that equals it.
fn clashes(paths: &[PathBuf]) -> Vec<(usize, usize)> {
    let mut first = HashMap::new();
    let mut pairs = Vec::new();
    for (index, path) in paths.iter().enumerate() {
        // On these systems, names that differ only in their case are the same.
        let folds = cfg!(any(windows, target_os = "macos"));
        let key = if folds { path.to_string_lossy().to_lowercase().into() } else { path.as_os_str().to_owned() };
        let earlier = *first.entry(key).or_insert(index);
        if earlier != index {
            pairs.push((earlier, index));
        }
    }
    pairs
}

fn common_folder(inputs: &[Input]) -> PathBuf {
    let Some((first, others)) = inputs.split_first() else { return PathBuf::new() };
    let all_have = |folder: &&Path| others.iter().all(|input| input.root.starts_with(folder));
    first.root.ancestors().find(all_have).unwrap_or(Path::new("")).to_owned()
}

fn is_name(part: &Component) -> bool {
    matches!(part, Component::Normal(_))
}

/// `name` as a PNG. Only a picture's ending is one: in "IMG.2024.01" the rest belongs to the name.
fn result_name(name: &OsStr, keep_ending: bool) -> OsString {
    const ENDING: &str = ".png";
    let path = Path::new(name);
    let stem = if keep_ending || !has_picture_ending(path) { name } else { path.file_stem().unwrap_or(name) };
    let room = MAX_NAME_LENGTH - ENDING.len();
    let mut result = if stem.len() <= room {
        stem.to_owned()
    } else {
        let text = stem.to_string_lossy();
        OsString::from(&text[..text.floor_char_boundary(room)])
    };
    result.push(ENDING);
    result
}

/// Checks before the work, as far as possible, that the files can be written. Removes the temporary
/// files that killed calls left next to them.
///
/// # Errors
/// [`Error::Config`] if a folder cannot be written.
pub fn prepare(outputs: &[PathBuf]) -> Result<()> {
    let folders: BTreeSet<&Path> = outputs.iter().map(|output| files::folder_of(output)).collect();
    let existing: BTreeSet<&Path> = folders.iter().map(|folder| existing(folder)).collect();
    for folder in existing {
        files::check_writable(folder).map_err(|error| match error {
            Error::Io { source, .. } => {
                Error::Config(format!("cannot write to {} ({source}): choose another folder", folder.display()))
            }
            other => other,
        })?;
    }
    for folder in folders {
        files::sweep(folder);
    }
    Ok(())
}

/// The folder itself, or the one in which it will be made.
fn existing(folder: &Path) -> &Path {
    let there = |folder: &&Path| folder.symlink_metadata().is_ok();
    folder.ancestors().find(there).unwrap_or(Path::new("."))
}

/// Whether there is a finished result at `path`. An empty or truncated file does not count.
///
/// # Errors
/// [`Error::Io`] if it cannot be read.
pub fn is_finished(path: &Path) -> Result<bool> {
    if !path.is_file() {
        return Ok(false);
    }
    match ends_like_png(path).map_err(Error::io(path))? {
        Some(ends) => Ok(ends),
        None => {
            let bytes = fs::read(path).map_err(Error::io(path))?;
            Ok(!matches!(decode(&bytes, &Limits::default()), Err(Error::Decode(_))))
        }
    }
}

/// Whether a PNG file has its last chunk; `None` if it is not a PNG. Decoding it would take much of
/// the time that skipping it saves.
fn ends_like_png(path: &Path) -> io::Result<Option<bool>> {
    const START: [u8; 8] = *b"\x89PNG\r\n\x1a\n";
    const END: [u8; 12] = *b"\0\0\0\0IEND\xaeB`\x82";
    let mut file = File::open(path)?;
    let mut start = Vec::new();
    (&file).take(START.len() as u64).read_to_end(&mut start)?;
    if !START.starts_with(&start) {
        return Ok(None);
    }
    if file.metadata()?.len() < (START.len() + END.len()) as u64 {
        return Ok(Some(false));
    }
    let mut end = [0; END.len()];
    file.seek(SeekFrom::End(-(END.len() as i64)))?;
    file.read_exact(&mut end)?;
    Ok(Some(end == END))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use splitsr::image::{Depth, Layout, Picture, encode};

    use super::*;

    fn planned(inputs: &[(&str, &str)]) -> Result<Vec<String>> {
        let input = |(root, below): &(&str, &str)| Input {
            path: Path::new(root).join(below),
            root: root.into(),
            below: below.into(),
        };
        let inputs: Vec<Input> = inputs.iter().map(input).collect();
        let outputs = plan(Path::new("out"), &inputs)?;
        Ok(outputs.iter().map(|path| path.to_string_lossy().replace('\\', "/")).collect())
    }

    #[test]
    fn each_result_has_a_name_of_its_own() {
        for (inputs, expected) in [
            (&[("/p", "IMG.2024.01.jpg"), ("/p", "IMG.2024.02.jpg")][..], &["IMG.2024.01.png", "IMG.2024.02.png"][..]),
            (&[("/p", "IMG.2024.01"), ("/p", "IMG.2024.02")], &["IMG.2024.01.png", "IMG.2024.02.png"]),
            (&[("/p", "a.JPEG"), ("/p", ".jpg"), ("/p", "b.txt")], &["a.png", ".jpg.png", "b.txt.png"]),
            // Below the folder that was named.
            (&[("/p", "x/a.jpg"), ("/p", "y/a.jpg"), ("/p", "a.jpg")], &["x/a.png", "y/a.png", "a.png"]),
            // Flat as long as that is possible.
            (&[("/p/x", "a.jpg"), ("/p/y", "b.jpg")], &["a.png", "b.png"]),
            (&[("/p/x", "a.jpg"), ("/p/y", "a.jpg"), ("/p/y", "b.jpg")], &["x/a.png", "y/a.png", "y/b.png"]),
            (&[("/p/x/s", "a.jpg"), ("/p/x", "t/a.jpg"), ("/q", "a.jpg")], &["p/x/s/a.png", "p/x/t/a.png", "q/a.png"]),
            (&[("/p", "a.jpg"), ("/p", "a.tif"), ("/p", "b.tif")], &["a.jpg.png", "a.tif.png", "b.png"]),
            (&[("/p/x", "a.jpg"), ("/p/x", "a.tif"), ("/p/y", "a.jpg")], &["x/a.jpg.png", "x/a.tif.png", "y/a.png"]),
        ] {
            let expected: Vec<String> = expected.iter().map(|name| format!("out/{name}")).collect();
            assert_eq!(planned(inputs).unwrap(), expected, "{inputs:?}");
        }
        let error = planned(&[("/p", "a.jpg"), ("/p", "a"), ("/p", "a.jpg.png")]).unwrap_err();
        assert!(error.to_string().contains("would both become out/a.jpg.png"), "{error}");
    }

    #[test]
    fn a_name_is_never_too_long() {
        let name = |text: &str| result_name(OsStr::new(text), false).into_string().unwrap();
        let long = "a".repeat(251);
        assert_eq!(name(&format!("{long}.jpg")), format!("{long}.png"));
        assert_eq!(name(&"a".repeat(255)), format!("{long}.png"));
        assert_eq!(name(&"é".repeat(127)), format!("{}.png", "é".repeat(125)));
    }

    proptest! {
        #[test]
        fn any_file_is_finished_or_not(
            start in prop::sample::select(vec![&b""[..], b"\x89PNG\r\n\x1a\n", b"GIF89a", b"\xff\xd8\xff", b"II*\0"]),
            rest in prop::collection::vec(any::<u8>(), 0..60),
        ) {
            let file = tempfile::NamedTempFile::new().unwrap();
            fs::write(file.path(), [start, &rest].concat()).unwrap();
            prop_assert!(is_finished(file.path()).is_ok());
        }
    }

    #[test]
    fn a_cut_file_is_not_finished() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        let picture = Picture::blank(3, 2, Layout::Rgb, Depth::Eight).unwrap();
        for format in [Format::Png, Format::Gif, Format::Tiff] {
            let bytes = encode(&picture, format).unwrap();
            for (length, finished) in [(0, false), (9, false), (bytes.len() / 2, false), (bytes.len(), true)] {
                fs::write(&path, &bytes[..length]).unwrap();
                assert_eq!(is_finished(&path).unwrap(), finished, "{format:?}, {length} bytes");
            }
        }
        fs::write(&path, b"a file of someone's").unwrap();
        assert!(is_finished(&path).unwrap(), "it would be replaced");
        assert!(!is_finished(folder.path()).unwrap());
    }
}
