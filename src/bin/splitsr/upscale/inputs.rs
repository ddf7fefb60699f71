//! The pictures that the arguments name: files, folders, and wildcards that no shell has expanded.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use glob::{MatchOptions, Pattern};
use splitsr::image::{Content, SNIFFED, sniff};
use splitsr::{Error, Result, files};
use walkdir::{DirEntry, WalkDir};

/// The extensions of picture files in lower case. Formats that cannot be read are among them, so
/// that this is reported.
const ENDINGS: [&str; 18] = [
    "apng", "avif", "bmp", "cur", "dib", "gif", "heic", "heif", "ico", "jfif", "jpe", "jpeg", "jpg", "jxl", "png",
    "tif", "tiff", "webp",
];

/// A picture to enlarge.
#[derive(Debug)]
pub struct Input {
    /// The path to open, as the user would write it.
    pub path: PathBuf,
    /// The full path of the folder that was named, or that holds the file that was named.
    pub root: PathBuf,
    /// The path below `root`.
    pub below: PathBuf,
}

/// The pictures of a call.
#[derive(Debug, Default)]
pub struct Inputs {
    /// In the order of the arguments; those of a folder by name.
    pub pictures: Vec<Input>,
    /// The paths that could not be read or found, each with the reason.
    pub failures: Vec<(PathBuf, String)>,
    /// Whether more than one picture was asked for: false for the name of one file.
    pub several: bool,
}

/// Whether the name ends like a picture's.
pub fn has_picture_ending(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&&*ending))
}

/// Finds the pictures, each once. Subfolders are searched if `recursive`; hidden files and the
/// folder `output` are passed over.
///
/// # Errors
/// [`Error::Config`] if a folder is to be searched that is `output` itself.
pub fn find(arguments: &[PathBuf], recursive: bool, output: &Path) -> Result<Inputs> {
    let mut search = Search {
        recursive,
        output: fs::canonicalize(output).ok(),
        seen: HashSet::new(),
        found: Inputs { several: arguments.len() > 1, ..Inputs::default() },
    };
    for argument in arguments {
        match wildcards(argument) {
            Some(pattern) => search.add_matches(pattern)?,
            None => search.add(argument.clone())?,
        }
    }
    Ok(search.found)
}

/// The argument as a pattern, if it has wildcards and is not the name of a file.
fn wildcards(argument: &Path) -> Option<&str> {
    argument.to_str().filter(|text| text.contains(['*', '?', '[']) && argument.symlink_metadata().is_err())
}

struct Search {
    recursive: bool,
    output: Option<PathBuf>,
    seen: HashSet<PathBuf>,
    found: Inputs,
}

impl Search {
    fn add(&mut self, path: PathBuf) -> Result<()> {
        if path.is_dir() {
            return self.add_folder(&path);
        }
        // A missing file fails when it is read.
        let root = full(files::folder_of(&path));
        let below = path.file_name().unwrap_or_default().into();
        self.push(Input { path, root, below });
        Ok(())
    }

    fn push(&mut self, input: Input) {
        if self.seen.insert(input.root.join(&input.below)) {
            self.found.pictures.push(input);
        }
    }

    fn fail(&mut self, path: &Path, error: impl ToString) {
        self.found.failures.push((path.to_owned(), error.to_string()));
    }

    fn add_folder(&mut self, folder: &Path) -> Result<()> {
        self.found.several = true;
        let root = full(folder);
        if self.output.as_ref() == Some(&root) {
            return Err(Error::Config(format!(
                "{}: the results would be written among the input pictures: choose another folder for them",
                folder.display()
            )));
        }
        let depth = if self.recursive { usize::MAX } else { 1 };
        let before = (self.found.pictures.len(), self.found.failures.len());
        let mut any = false;
        for entry in self.walk(folder, depth, |entry| !is_hidden(entry)) {
            if entry.file_type().is_file() && is_picture(entry.path()) {
                any = true;
                let below = entry.path().strip_prefix(folder).expect("the walk is below the folder").to_owned();
                self.push(Input { path: entry.into_path(), root: root.clone(), below });
            }
        }
        if !any && before == (self.found.pictures.len(), self.found.failures.len()) {
            let advice = if self.recursive { "" } else { " (--recursive also searches its subfolders)" };
            self.fail(folder, format!("there is no picture in this folder{advice}"));
        }
        Ok(())
    }

    fn add_matches(&mut self, text: &str) -> Result<()> {
        self.found.several = true;
        // The walk begins below the part without wildcards.
        let is_fixed = |part: &&std::ffi::OsStr| !part.to_string_lossy().contains(['*', '?', '[']);
        let parts: Vec<_> = Path::new(text).iter().collect();
        let fixed = parts.iter().copied().take_while(|part| is_fixed(part)).count();
        let (start, rest): (PathBuf, PathBuf) = (parts[..fixed].iter().collect(), parts[fixed..].iter().collect());
        let pattern = match Pattern::new(&rest.to_string_lossy()) {
            Ok(pattern) => pattern,
            Err(error) => {
                self.fail(Path::new(text), format!("this is not a valid pattern ({})", error.msg));
                return Ok(());
            }
        };
        let options = MatchOptions {
            case_sensitive: !cfg!(windows),
            require_literal_separator: true,
            require_literal_leading_dot: true,
        };
        let depth = if text.contains("**") { usize::MAX } else { parts.len() - fixed };
        let folder = if fixed == 0 { Path::new(".") } else { &start };
        let mut any = false;
        for entry in self.walk(folder, depth, |_| true) {
            let below = entry.path().strip_prefix(folder).expect("the walk is below the folder");
            // Names that are not UTF-8 match too: by the character that stands for an invalid byte.
            if pattern.matches_with(&below.to_string_lossy(), options) {
                any = true;
                self.add(start.join(below))?;
            }
        }
        if !any {
            self.fail(Path::new(text), "no file matches this pattern");
        }
        Ok(())
    }

    /// Lists the entries of `folder` by name, and follows links. Notes faults.
    fn walk(&mut self, folder: &Path, depth: usize, enter: impl Fn(&DirEntry) -> bool) -> Vec<DirEntry> {
        let output = &self.output;
        let is_output = |entry: &DirEntry| {
            entry.file_type().is_dir() && output.is_some() && fs::canonicalize(entry.path()).ok() == *output
        };
        let walk = WalkDir::new(folder).min_depth(1).max_depth(depth).follow_links(true).sort_by_file_name();
        let (mut entries, mut faults) = (Vec::new(), Vec::new());
        for entry in walk.into_iter().filter_entry(|entry| enter(entry) && !is_output(entry)) {
            match entry {
                Ok(entry) => entries.push(entry),
                // A link to a parent folder: its files are found anyway.
                Err(error) if error.loop_ancestor().is_some() => {}
                Err(error) => faults.push(error),
            }
        }
        for fault in faults {
            let path = fault.path().unwrap_or(folder).to_owned();
            // Other links that lead nowhere are ignored.
            if path.is_dir() || has_picture_ending(&path) {
                self.fail(&path, fault.into_io_error().map_or_else(String::new, |error| error.to_string()));
            }
        }
        entries
    }
}

fn full(folder: &Path) -> PathBuf {
    fs::canonicalize(folder).or_else(|_| std::path::absolute(folder)).unwrap_or_else(|_| folder.to_owned())
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().as_encoded_bytes().starts_with(b".")
}

/// Decides by the name, so that damaged pictures are reported, and otherwise by the content.
fn is_picture(path: &Path) -> bool {
    let mut head = Vec::new();
    has_picture_ending(path)
        || File::open(path).and_then(|file| file.take(SNIFFED as u64).read_to_end(&mut head)).is_ok()
            && !matches!(sniff(&head), Content::Text | Content::Svg | Content::Empty | Content::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with these files, each a word of text.
    fn tree(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "word").unwrap();
        }
        folder
    }

    fn found(folder: &Path, argument: &str, recursive: bool) -> Vec<String> {
        let inputs = find(&[folder.join(argument)], recursive, &folder.join("out")).unwrap();
        assert!(inputs.several);
        let relative = |path: &Path| path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
        let failures = inputs.failures.iter().map(|(path, why)| format!("{}: {why}", relative(path)));
        inputs.pictures.iter().map(|input| relative(&input.path)).chain(failures).collect()
    }

    #[test]
    fn folders_and_wildcards_name_pictures() {
        let files = ["b.jpg", "a.PNG", "notes.txt", ".hidden.jpg", "out/b.png", "sub/c.jpg", "sub/deep/c.webp"];
        let folder = tree(&[&files[..], &["empty/notes.txt", "[1].jpg"]].concat());
        fs::write(folder.path().join("sub/unnamed"), b"GIF89a").unwrap();
        for (argument, recursive, expected) in [
            (".", false, &["[1].jpg", "a.PNG", "b.jpg"][..]),
            (".", true, &["[1].jpg", "a.PNG", "b.jpg", "sub/c.jpg", "sub/deep/c.webp", "sub/unnamed"]),
            ("empty", true, &["empty: there is no picture in this folder"]),
            ("*.jpg", false, &["[1].jpg", "b.jpg"]),
            ("?.jpg", false, &["b.jpg"]),
            ("[a-b].*", false, &["a.PNG", "b.jpg"]),
            ("*/c.*", false, &["sub/c.jpg"]),
            ("**/*.webp", false, &["sub/deep/c.webp"]),
            ("s*", false, &["sub/c.jpg", "sub/unnamed"]),
            ("*.tif", false, &["*.tif: no file matches this pattern"]),
            ("sub/[", false, &["sub/[: this is not a valid pattern (invalid range pattern)"]),
        ] {
            assert_eq!(found(folder.path(), argument, recursive), expected, "{argument}");
        }
    }

    #[test]
    fn a_picture_that_is_named_twice_is_found_once() {
        let folder = tree(&["sub/a.jpg", "sub/b.jpg"]);
        let arguments =
            ["sub/a.jpg", "sub/../sub/a.jpg", "sub", "sub/*.jpg"].map(|argument| folder.path().join(argument));
        let inputs = find(&arguments, false, Path::new("out")).unwrap();
        let below: Vec<_> = inputs.pictures.iter().map(|input| input.below.to_str().unwrap()).collect();
        assert_eq!(below, ["a.jpg", "b.jpg"]);
    }

    #[test]
    fn the_folder_of_the_results_is_not_searched() {
        let folder = tree(&["a.jpg"]);
        let error = find(&[folder.path().to_owned()], false, folder.path()).unwrap_err();
        assert!(error.to_string().contains("choose another folder"), "{error}");
        let one = find(&[folder.path().join("a.jpg")], false, folder.path()).unwrap();
        assert!(!one.several && one.pictures.len() == 1);
    }
}
