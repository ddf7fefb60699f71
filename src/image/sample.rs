//! The two kinds of samples, for code that treats them alike.

/// A whole number: 0 is none of its colour, [`MAX`](Self::MAX) all of it.
pub(super) trait Sample: Copy + Into<u32> {
    /// The largest value.
    const MAX: u32;

    /// `value` must not be above [`MAX`](Self::MAX).
    fn from_u32(value: u32) -> Self;

    /// Rounds a value from 0 to 1. What lies outside is cut; NaN gives 0.
    fn from_unit(value: f32) -> Self {
        Self::from_u32(((value * Self::MAX as f32).round() as u32).min(Self::MAX))
    }
}

impl Sample for u8 {
    const MAX: u32 = u8::MAX as u32;

    fn from_u32(value: u32) -> Self {
        value as Self
    }
}

impl Sample for u16 {
    const MAX: u32 = u16::MAX as u32;

    fn from_u32(value: u32) -> Self {
        value as Self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_and_what_lies_outside() {
        let units = [f32::NAN, f32::NEG_INFINITY, -0.1, 0.0, 0.5, 1.0, 1.1, f32::INFINITY];
        assert_eq!(units.map(u8::from_unit), [0, 0, 0, 0, 128, 255, 255, 255]);
        assert_eq!(units.map(u16::from_unit), [0, 0, 0, 0, 32768, 65535, 65535, 65535]);
    }
}
