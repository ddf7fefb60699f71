//! Finds offsets in a TIFF file: the crate gives values, but not where it found them.

/// A TIFF file or a BigTIFF file, whose offsets have 64 bits.
pub(super) struct File<'a> {
    pub bytes: &'a [u8],
    big_endian: bool,
    big: bool,
}

/// A directory.
pub(super) struct Directory {
    /// Its offset.
    pub at: usize,
    /// Whether it is a smaller copy of another page, or a mask.
    pub is_reduced: bool,
}

impl<'a> File<'a> {
    /// `None` if the bytes end before the version.
    pub fn new(bytes: &'a [u8]) -> Option<Self> {
        let mut file = Self { bytes, big_endian: bytes.first() == Some(&b'M'), big: false };
        file.big = file.u16(2)? == 43;
        Some(file)
    }

    /// Follows the chain of directories.
    pub fn pages(&self) -> Vec<Directory> {
        let mut pages = Vec::new();
        let mut next = if self.big { self.u64(8) } else { self.u32(4).map(u64::from) };
        // A circular chain must end too. No real file has this many pages.
        while let Some(at) = next.and_then(|at| usize::try_from(at).ok()).filter(|&at| at != 0)
            && let Some(count) = self.count(at)
            && pages.len() < 10_000
        {
            const NEW_SUBFILE_TYPE: u16 = 254;
            const REDUCED_OR_MASK: u32 = 1 | 4;
            let kind = self.entry(at, NEW_SUBFILE_TYPE).and_then(|entry| self.value(entry)).unwrap_or(0);
            pages.push(Directory { at, is_reduced: kind & REDUCED_OR_MASK != 0 });
            let end = self.first_entry(at).checked_add(count.saturating_mul(self.entry_size()));
            next = end.and_then(|end| if self.big { self.u64(end) } else { self.u32(end).map(u64::from) });
        }
        pages
    }

    /// The offset of the entry with that tag.
    pub fn entry(&self, directory: usize, tag: u16) -> Option<usize> {
        let entries = (0..self.count(directory)?).map(|index| self.first_entry(directory) + index * self.entry_size());
        // Nothing is read beyond the end of the file, even if the count says so.
        let mut entries = entries.take_while(|&entry| entry < self.bytes.len());
        entries.find(|&entry| self.u16(entry) == Some(tag))
    }

    /// The value of an entry that is one small number.
    pub fn value(&self, entry: usize) -> Option<u32> {
        let at = self.value_at(entry);
        if self.u16(entry + 2)? == SHORT { self.u16(at).map(u32::from) } else { self.u32(at) }
    }

    /// Sets the value of an entry that is one small number, in a copy of the file.
    pub fn set(&self, copy: &mut [u8], entry: usize, value: u32) {
        let at = self.value_at(entry);
        let short = value.min(u16::MAX.into()) as u16;
        let bytes = match (self.u16(entry + 2) == Some(SHORT), self.big_endian) {
            (true, true) => &short.to_be_bytes()[..],
            (true, false) => &short.to_le_bytes(),
            (false, true) => &value.to_be_bytes(),
            (false, false) => &value.to_le_bytes(),
        };
        if let Some(place) = copy.get_mut(at..at + bytes.len()) {
            place.copy_from_slice(bytes);
        }
    }

    fn count(&self, directory: usize) -> Option<usize> {
        if self.big { self.u64(directory)?.try_into().ok() } else { self.u16(directory).map(usize::from) }
    }

    fn first_entry(&self, directory: usize) -> usize {
        directory.saturating_add(if self.big { 8 } else { 2 })
    }

    fn entry_size(&self) -> usize {
        if self.big { 20 } else { 12 }
    }

    fn value_at(&self, entry: usize) -> usize {
        entry + if self.big { 12 } else { 8 }
    }

    fn u16(&self, at: usize) -> Option<u16> {
        let bytes = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    }

    fn u32(&self, at: usize) -> Option<u32> {
        let bytes = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }

    fn u64(&self, at: usize) -> Option<u64> {
        let bytes = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.big_endian { u64::from_be_bytes(bytes) } else { u64::from_le_bytes(bytes) })
    }
}

const SHORT: u16 = 3;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_chain_that_bites_its_tail_ends() {
        let loops = b"II\x2a\0\x08\0\0\0\0\0\x08\0\0\0";
        assert!(File::new(loops).unwrap().pages().len() > 1);
    }

    proptest! {
        #[test]
        fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            for start in [&b"II\x2a\0"[..], b"MM\0\x2a", b"II\x2b\0\x08\0\0\0", b"MM\0\x2b\0\x08\0\0"] {
                let bytes = [start, &bytes].concat();
                let file = File::new(&bytes).unwrap();
                file.pages();
                file.entry(8, 262);
            }
        }
    }
}
