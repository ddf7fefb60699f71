//! The sizes of a convolution.

/// The sizes of one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Pictures.
    pub batch: usize,
    /// Channels of the input.
    pub in_channels: usize,
    /// Channels of the output.
    pub out_channels: usize,
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
}

impl Shape {
    pub(super) fn input(&self) -> usize {
        self.batch * self.in_channels * self.height * self.width
    }

    pub(super) fn output(&self) -> usize {
        self.batch * self.out_channels * self.height * self.width
    }

    pub(super) fn weights(&self) -> usize {
        self.out_channels * self.in_channels * 9
    }
}
