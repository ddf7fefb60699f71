//! The notes on files, and the errors, that several decoders share.

use super::sniff::Content;
use crate::error::Error;

pub(super) const DAMAGE_NOTE: &str = "a part of the file is missing: some of the picture is grey, shifted or blurred";
pub(super) const CMYK_NOTE: &str = "converted from CMYK to RGB without a profile: colours are approximate";

pub(super) fn unsupported(why: &str) -> Error {
    Error::UnsupportedFormat(why.into())
}

pub(super) fn uncommon(content: Content, kind: &str) -> Error {
    let name = content.name();
    unsupported(&format!("a {name} file of an uncommon kind ({kind}): save it as an ordinary PNG or JPEG"))
}

pub(super) fn cut_short(content: Content) -> Error {
    Error::Decode(format!("the {} file is cut short", content.name()))
}

pub(super) fn too_much_memory(content: Content) -> Error {
    Error::Decode(format!("the {} file claims to need more memory than a file of its size can need", content.name()))
}
