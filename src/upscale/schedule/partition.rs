//! The cheapest way to cut a grid of cells into rectangles.

use std::ops::Range;

/// A rectangle of cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cells {
    /// Columns.
    pub(super) x: Range<usize>,
    /// Rows.
    pub(super) y: Range<usize>,
}

/// The most columns and rows of a grid that is searched: the search of a square takes time in
/// proportion to the fifth power of its side.
pub(super) const MAX_SIDE: usize = 12;

/// Cuts a rectangle from side to side, then each of its parts, and so on, so that the sum of `cost`
/// over the parts is least. The cost of a part may be anything: what it takes to compute it, less
/// what that is worth. Gives the sum and the parts. The parts of a rectangle of more than
/// [`MAX_SIDE`] columns or rows are the best of smaller rectangles.
pub(super) fn partition(all: &Cells, cost: &dyn Fn(&Cells) -> f64) -> (f64, Vec<Cells>) {
    let mut sum = 0.0;
    let mut parts = Vec::new();
    for y in pieces(&all.y) {
        for x in pieces(&all.x) {
            sum += search(&Cells { x, y: y.clone() }, cost, &mut parts);
        }
    }
    (sum, parts)
}

/// Pieces of about the same length, at most [`MAX_SIDE`].
fn pieces(range: &Range<usize>) -> impl Iterator<Item = Range<usize>> + use<> {
    let (start, length) = (range.start, range.len());
    let count = length.div_ceil(MAX_SIDE);
    (0..count).map(move |index| start + index * length / count..start + (index + 1) * length / count)
}

/// How a rectangle is best cut.
#[derive(Clone, Copy)]
enum Cut {
    None,
    /// Before this column.
    Column(usize),
    /// Before this row.
    Row(usize),
}

/// Dynamic programming over all rectangles of cells, the small ones first.
fn search(all: &Cells, cost: &dyn Fn(&Cells) -> f64, parts: &mut Vec<Cells>) -> f64 {
    let (columns, rows) = (all.x.len(), all.y.len());
    let mut best = vec![(0.0, Cut::None); (columns * (columns + 1) * rows * (rows + 1)) / 4];
    // Ranges of one axis have numbers: those that end at `end` begin at end * (end - 1) / 2.
    let number = |range: &Range<usize>| range.end * (range.end - 1) / 2 + range.start;
    let vertical_ranges = rows * (rows + 1) / 2;
    let at = |x: &Range<usize>, y: &Range<usize>| number(x) * vertical_ranges + number(y);
    let shifted = |x: &Range<usize>, y: &Range<usize>| Cells {
        x: all.x.start + x.start..all.x.start + x.end,
        y: all.y.start + y.start..all.y.start + y.end,
    };
    for width in 1..=columns {
        for height in 1..=rows {
            for x in (0..=columns - width).map(|start| start..start + width) {
                for y in (0..=rows - height).map(|start| start..start + height) {
                    let mut least = (cost(&shifted(&x, &y)), Cut::None);
                    for cut in x.start + 1..x.end {
                        let sum = best[at(&(x.start..cut), &y)].0 + best[at(&(cut..x.end), &y)].0;
                        if sum < least.0 {
                            least = (sum, Cut::Column(cut));
                        }
                    }
                    for cut in y.start + 1..y.end {
                        let sum = best[at(&x, &(y.start..cut))].0 + best[at(&x, &(cut..y.end))].0;
                        if sum < least.0 {
                            least = (sum, Cut::Row(cut));
                        }
                    }
                    best[at(&x, &y)] = least;
                }
            }
        }
    }
    let mut open = vec![(0..columns, 0..rows)];
    while let Some((x, y)) = open.pop() {
        match best[at(&x, &y)].1 {
            Cut::None => parts.push(shifted(&x, &y)),
            Cut::Column(cut) => open.extend([(x.start..cut, y.clone()), (cut..x.end, y)]),
            Cut::Row(cut) => open.extend([(x.clone(), y.start..cut), (x, cut..y.end)]),
        }
    }
    best[at(&(0..columns), &(0..rows))].0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The pixels of a rectangle of 32 x 32 pixels a cell with a halo of 8, or nothing where no
    /// cell is needed.
    fn area(mask: &[bool], columns: usize, cells: &Cells) -> f64 {
        let needed = cells.y.clone().any(|row| cells.x.clone().any(|column| mask[row * columns + column]));
        if needed { ((32 * cells.x.len() + 16) * (32 * cells.y.len() + 16)) as f64 } else { 0.0 }
    }

    #[test]
    fn two_corners_are_two_rectangles_and_a_full_grid_is_one() {
        let mut mask = vec![false; 25];
        (mask[0], mask[24]) = (true, true);
        let all = Cells { x: 0..5, y: 0..5 };
        let (sum, parts) = partition(&all, &|cells| area(&mask, 5, cells));
        assert_eq!(sum, 2.0 * 48.0 * 48.0);
        let needed: Vec<_> = parts.into_iter().filter(|cells| area(&mask, 5, cells) > 0.0).collect();
        assert_eq!(needed.len(), 2);
        assert!(needed.contains(&Cells { x: 0..1, y: 0..1 }) && needed.contains(&Cells { x: 4..5, y: 4..5 }));
        let full = vec![true; 25];
        assert_eq!(partition(&all, &|cells| area(&full, 5, cells)), (176.0 * 176.0, vec![all]));
    }

    proptest! {
        #[test]
        fn every_cell_is_in_one_part_and_cuts_save_work(
            (columns, rows) in (1usize..30, 1usize..30),
            bits in proptest::collection::vec(0u8..4, 900),
        ) {
            let mask: Vec<bool> = bits.iter().map(|&bits| bits == 0).collect();
            let all = Cells { x: 0..columns, y: 0..rows };
            let cost = |cells: &Cells| area(&mask, columns, cells);
            let (sum, parts) = partition(&all, &cost);
            prop_assert_eq!(sum, parts.iter().map(cost).sum::<f64>());
            let mut times = vec![0; columns * rows];
            for part in &parts {
                for row in part.y.clone() {
                    part.x.clone().for_each(|column| times[row * columns + column] += 1);
                }
            }
            prop_assert!(times.iter().all(|&times| times == 1));
            // A large grid is cut without being asked.
            if columns <= MAX_SIDE && rows <= MAX_SIDE {
                prop_assert!(sum <= cost(&all));
            }
            let single = |cell: usize| cost(&Cells { x: cell % columns..cell % columns + 1, y: cell / columns..cell / columns + 1 });
            prop_assert!(sum <= (0..columns * rows).map(single).sum::<f64>());
        }
    }
}
