//! The sums behind a network's cost: parameters and multiply-adds, and how far each channel sees.

/// Parameters and multiply-adds so far.
#[derive(Default)]
pub(crate) struct Tally {
    pub params: u64,
    pub macs_per_lr_pixel: u64,
    pub macs_per_picture: u64,
    /// Whether a part averages over the whole picture.
    pub global: bool,
}

impl Tally {
    /// A convolution with bias; `area` is the number of its output pixels per low-resolution pixel.
    pub fn conv(&mut self, kernel: usize, input: usize, output: usize, groups: usize, area: usize) {
        let weights = (kernel * kernel * input * output / groups) as u64;
        self.params += weights + output as u64;
        self.macs_per_lr_pixel += weights * area as u64;
    }
}

/// How far each channel sees, in pixels of the current resolution.
#[derive(Clone)]
pub(crate) struct Reach(pub Vec<usize>);

impl Reach {
    pub fn max(&self) -> usize {
        furthest(&self.0)
    }

    /// A 3x3 convolution of all channels.
    pub fn dense(&mut self) {
        let reach = self.max() + 1;
        self.0.fill(reach);
    }

    /// A skip connection.
    pub fn merge(&mut self, other: &Self) {
        for (a, b) in self.0.iter_mut().zip(&other.0) {
            *a = (*a).max(*b);
        }
    }
}

/// The largest reach of some channels.
pub(crate) fn furthest(channels: &[usize]) -> usize {
    channels.iter().copied().max().unwrap_or(0)
}
