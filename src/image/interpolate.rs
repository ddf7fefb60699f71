//! Linear interpolation in whole numbers, so that every machine gives the same.

/// The value at `x` on the line through points that are ordered by their first number; beyond its
/// ends, that of the nearest point.
pub(crate) fn interpolate(points: &[(u32, u32)], x: u32) -> u32 {
    let after = points.partition_point(|point| point.0 <= x);
    match (after.checked_sub(1).and_then(|before| points.get(before)), points.get(after)) {
        (Some(&(x0, y0)), Some(&(x1, y1))) => {
            let (part, whole) = (x - x0, x1 - x0);
            (y0 * (whole - part) + y1 * part + whole / 2) / whole
        }
        (Some(&(_, y)), None) | (None, Some(&(_, y))) => y,
        (None, None) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_interpolated_between_points_only() {
        let points = [(10, 100), (20, 50), (30, 0)];
        assert_eq!([0, 10, 14, 20, 29, 30, 99].map(|x| interpolate(&points, x)), [100, 100, 80, 50, 5, 0, 0]);
    }
}
