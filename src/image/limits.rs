//! The largest picture that is read or made.

use crate::error::{Error, Result};

/// How large a picture may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Width times height, at most.
    pub max_pixels: u64,
}

impl Default for Limits {
    /// 128 megapixels: the largest medium-format cameras pass (102), and a decoded picture stays
    /// below 1 GiB even with 16 bits and alpha.
    fn default() -> Self {
        Self { max_pixels: 128_000_000 }
    }
}

impl Limits {
    pub(super) fn check(&self, width: u32, height: u32) -> Result<()> {
        let (width, height) = (u64::from(width), u64::from(height));
        if width * height <= self.max_pixels {
            return Ok(());
        }
        let limit = self.max_pixels / 1_000_000;
        Err(Error::TooLarge { what: "the picture", width, height, limit, advice: "choose a smaller picture" })
    }

    /// The most that a decoder may allocate: the result with 16 bits and alpha, and as much again
    /// for its own work.
    pub(super) fn for_decoder(&self) -> image::Limits {
        let mut limits = image::Limits::no_limits();
        limits.max_alloc = Some(self.max_pixels.saturating_mul(2 * 8).max(1 << 24));
        limits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_on_the_area() {
        let limits = Limits { max_pixels: 100 };
        assert!(limits.check(10, 10).is_ok());
        assert!(limits.check(100, 1).is_ok());
        let error = limits.check(11, 10).unwrap_err();
        assert!(matches!(error, Error::TooLarge { width: 11, height: 10, .. }));
        assert!(limits.check(u32::MAX, u32::MAX).is_err());
    }
}
