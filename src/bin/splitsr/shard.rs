//! One call's share of a batch or a study.

use std::str::FromStr;

/// Every `count`th item, from the one at `index` on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shard {
    index: usize,
    count: usize,
}

impl Shard {
    /// Whether this call reports faults that do not belong to a picture.
    pub fn is_first(self) -> bool {
        self.index == 0
    }

    /// The items of this share. Neighbours go to different shares: they often take equally long.
    pub fn of<T>(self, items: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
        items.skip(self.index).step_by(self.count)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text.split_once('/').map(|(number, count)| (number.parse::<usize>(), count.parse()));
        match numbers {
            Some((Ok(number), Ok(count))) if (1..=count).contains(&number) => Ok(Self { index: number - 1, count }),
            _ => Err("it must be K/N with K from 1 to N, like 3/16".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_text_is_a_share_or_refused(text in r"[0-9]{0,21}/?[0-9]{0,21}|\PC{0,9}") {
            if let Ok(shard) = text.parse::<Shard>() {
                prop_assert!(shard.index < shard.count);
                prop_assert!(shard.of(0..9).all(|item| item % shard.count == shard.index));
            }
        }
    }

    #[test]
    fn the_shards_of_a_batch_have_each_item_once() {
        for (items, count) in [(0, 3), (1, 1), (2, 5), (10, 3), (16, 16)] {
            let shard = |number| format!("{number}/{count}").parse::<Shard>().unwrap();
            let mut all: Vec<usize> = (1..=count).flat_map(|number| shard(number).of(0..items)).collect();
            assert_eq!((1..=count).filter(|number| shard(*number).is_first()).count(), 1);
            all.sort_unstable();
            assert_eq!(all, (0..items).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_shard_is_one_of_the_shards() {
        for text in ["", "3", "0/2", "3/2", "1/0", "-1/2", "a/b", "1/2/3", "1 /2"] {
            assert!(text.parse::<Shard>().unwrap_err().contains("like 3/16"), "{text}");
        }
    }
}
