//! The error type of this crate.

use std::path::PathBuf;

/// Everything that can go wrong, with advice for the user. Each message is one complete line, which
/// the command prints on stderr and the page shows.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be read or written. Check the path, the permissions and the free space.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The operating system's own words.
        source: std::io::Error,
    },
    /// The bytes are not a picture in a supported format. Convert the picture to a format that the
    /// message names.
    #[error("this is not a picture in a supported format: {0}")]
    UnsupportedFormat(String),
    /// The bytes start like a picture but are damaged, truncated or empty. Get an intact copy.
    #[error("the picture is damaged: {0}; copy or download it again")]
    Decode(String),
    /// The picture or its result is larger than the limit. Choose a smaller picture, region or
    /// zoom.
    #[error("{what} would have {width} x {height} pixels, but the limit is {limit} megapixels: {advice}")]
    TooLarge {
        /// "the picture" or "the result".
        what: &'static str,
        /// Pixels.
        width: u64,
        /// Pixels.
        height: u64,
        /// Megapixels (10^6 pixels).
        limit: u64,
        /// Advice: the thing to do instead.
        advice: &'static str,
    },
    /// The picture cannot be written in the chosen format. Choose another format; the picture
    /// itself is fine.
    #[error("the picture could not be written: {0}")]
    Encode(String),
    /// A weights file is truncated, holds NaN or infinity, or does not match its own config.
    /// Download it again.
    #[error("the model file cannot be used: {0}")]
    Weights(String),
    /// There is no model of that name and no file at that path. The message lists the names.
    #[error("no model \"{name}\": it is neither a file nor one of {known}")]
    UnknownModel {
        /// The requested name.
        name: String,
        /// The names that are known.
        known: String,
    },
    /// A setting is out of its range, or two settings contradict each other. The message gives the
    /// range.
    #[error("{0}")]
    Config(String),
    /// A folder of training or evaluation pictures is empty or holds pictures that are too small.
    #[error("{0}")]
    Data(String),
    /// The graphics card was lost or refused the work. Use the CPU.
    #[error("the device failed: {0}")]
    Device(String),
    /// The user cancelled. Nothing was written.
    #[error("cancelled")]
    Cancelled,
}

impl Error {
    /// Makes an [`Error::Io`] for `path`, for `map_err`.
    pub fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }

    /// Puts the file before what is wrong with its content.
    pub fn in_file(self, file: impl std::fmt::Display) -> Self {
        match self {
            Self::UnsupportedFormat(why) => Self::UnsupportedFormat(format!("{file}: {why}")),
            Self::Decode(why) => Self::Decode(format!("{file}: {why}")),
            Self::Weights(why) => Self::Weights(format!("{file}: {why}")),
            Self::Data(why) => Self::Data(format!("{file}: {why}")),
            other => other,
        }
    }
}

/// `Result` with this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;
