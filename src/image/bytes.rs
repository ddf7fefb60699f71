//! Numbers in the bytes of a file.

/// The number of 16 bits at `at`, in the byte order of `order`; `None` beyond the end.
pub(super) fn read_u16(bytes: &[u8], at: usize, order: fn([u8; 2]) -> u16) -> Option<u16> {
    bytes.get(at..)?.first_chunk().copied().map(order)
}

/// As [`read_u16`], of 32 bits.
pub(super) fn read_u32(bytes: &[u8], at: usize, order: fn([u8; 4]) -> u32) -> Option<u32> {
    bytes.get(at..)?.first_chunk().copied().map(order)
}
