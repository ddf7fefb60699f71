//! The one error type of this crate.

use std::path::PathBuf;

/// What can go wrong, and what the user can do about it. The message of each variant is one line, complete in itself:
/// the command prints it on stderr and the page shows it as it is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be read or written. Check the path, the permissions and the free space.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The bytes are not a picture in a format that this build reads. Convert the picture to one that it names.
    #[error("this is not a picture that can be read here: {0}")]
    UnsupportedFormat(String),
    /// The bytes start like a picture but are damaged, cut short or empty. Get an intact copy.
    #[error("the picture is damaged: {0}")]
    Decode(String),
    /// The picture, or what it would become, is larger than the limit. Choose a smaller picture, region or zoom.
    #[error("{what} would be {width} x {height} pixels; the limit is {limit} megapixels: {advice}")]
    TooLarge {
        /// "the picture" or "the result".
        what: &'static str,
        /// Pixels.
        width: u64,
        /// Pixels.
        height: u64,
        /// Megapixels (10^6 pixels).
        limit: u64,
        /// What to do instead.
        advice: &'static str,
    },
    /// The picture cannot be written in the chosen format. Choose another format; the picture itself is fine.
    #[error("the picture could not be written: {0}")]
    Encode(String),
    /// A weights file is cut short, holds NaN or infinity, or does not match its own config. Get the file again.
    #[error("the model file cannot be used: {0}")]
    Weights(String),
    /// No model of that name and no file at that path. The message lists the names.
    #[error("no model \"{name}\": it is neither a file nor one of {known}")]
    UnknownModel {
        /// What was asked for.
        name: String,
        /// The names that are known.
        known: String,
    },
    /// A setting is out of its range, or two settings contradict each other. The message gives the range.
    #[error("{0}")]
    Config(String),
    /// A folder of training or evaluation pictures is empty or holds pictures that are too small.
    #[error("{0}")]
    Data(String),
    /// A device (a graphics card) was lost or refused the work. Compute on the CPU.
    #[error("the device failed: {0}")]
    Device(String),
    /// The user cancelled. Nothing was written.
    #[error("cancelled")]
    Cancelled,
}

impl Error {
    /// An [`Error::Io`] for `path`, made for `map_err`.
    pub fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}

/// `Result` with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;
