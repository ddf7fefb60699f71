//! The choice of an elastic model's network by the time that it may take.

use crate::config::{HybridMode, NetworkConfig, SplitSrConfig};
use crate::elastic::Slice;
use crate::error::{Error, Result};
use crate::network::cost::Cost;
use crate::weights::Metadata;

/// The work of a network beside its multiply-adds takes as long as this many of them for 1280x720,
/// about: as in the page, `www/src/module/slices.ts`.
const OVERHEAD_MACS: f64 = 4.6e9;

/// A network of an elastic model whose quality is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScoredSlice {
    /// Which network it is.
    pub slice: Slice,
    /// Multiply-adds for a result of 1280x720.
    pub macs_720p: f64,
    /// PSNR on Y of the project's validation pictures, dB.
    pub psnr_y: f64,
}

/// The networks of an elastic model with the hybrid mode `mode`, or its own mode, as far as its
/// file has their scores.
///
/// # Errors
/// [`Error::Config`] if the model is not elastic, or its file has no scores.
pub fn scored_slices(metadata: &Metadata, mode: Option<HybridMode>) -> Result<Vec<ScoredSlice>> {
    let name = &metadata.name;
    let NetworkConfig::SplitSr(own) = &metadata.config else { return Err(single(name)) };
    if !metadata.elastic {
        return Err(single(name));
    }
    let none = || {
        let why = "holds many networks, but not their scores";
        Error::Config(format!("{name} {why}: leave out the time limit, or use splitsr-elastic-x2"))
    };
    let mode = mode.unwrap_or(own.hybrid_mode);
    let key = serde_json::to_value(mode).expect("a mode is plain data");
    let rows = metadata.scores["slices"][key.as_str().unwrap_or_default()].as_array().ok_or_else(none)?;
    let scored = rows.iter().enumerate().flat_map(|(row, scores)| {
        let split_ratio = (row + 1) as f64 / own.channels as f64;
        let scores = scores.as_array().map_or(&[][..], Vec::as_slice);
        scores.iter().enumerate().filter_map(move |(hybrid_index, score)| {
            let config = SplitSrConfig { split_ratio, hybrid_index, hybrid_mode: mode, ..own.clone() };
            let config = NetworkConfig::SplitSr(config);
            config.validate().ok()?;
            let slice =
                Slice { split_ratio: Some(split_ratio), hybrid_index: Some(hybrid_index), hybrid_mode: Some(mode) };
            Some(ScoredSlice { slice, macs_720p: Cost::of(&config).macs_720p, psnr_y: score.as_f64()? })
        })
    });
    let scored: Vec<_> = scored.collect();
    if scored.is_empty() { Err(none()) } else { Ok(scored) }
}

fn single(name: &str) -> Error {
    Error::Config(format!(
        "{name} holds a single network, but a time limit needs several: use splitsr-elastic-x2, or leave out the limit"
    ))
}

/// About how many times as long one network takes as another, by their multiply-adds for 1280x720.
pub fn time_ratio(macs: f64, other_macs: f64) -> f64 {
    (macs + OVERHEAD_MACS) / (other_macs + OVERHEAD_MACS)
}

/// The network with the best score of those that are expected to take at most `budget`
/// milliseconds, or the cheapest one; and what it is expected to take. A network with `macs`
/// multiply-adds for 1280x720 takes `milliseconds`.
///
/// # Panics
/// If there are no networks.
pub fn best_within(budget: f64, networks: &[ScoredSlice], (macs, milliseconds): (f64, f64)) -> (ScoredSlice, f64) {
    let timed = networks.iter().map(|network| (*network, milliseconds * time_ratio(network.macs_720p, macs)));
    // The cheaper one of two with the same score.
    let better =
        |a: &ScoredSlice, b: &ScoredSlice| a.psnr_y.total_cmp(&b.psnr_y).then(b.macs_720p.total_cmp(&a.macs_720p));
    let best = timed.clone().filter(|(_, expected)| *expected <= budget).max_by(|(a, _), (b, _)| better(a, b));
    best.or_else(|| timed.min_by(|(_, a), (_, b)| a.total_cmp(b))).expect("there are networks")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weights::read;

    fn elastic() -> Metadata {
        read(include_bytes!("../models/splitsr-elastic-x2.safetensors")).unwrap().0
    }

    #[test]
    fn all_networks_of_the_elastic_model_have_scores() {
        for mode in HybridMode::ALL {
            let scored = scored_slices(&elastic(), Some(mode)).unwrap();
            assert_eq!(scored.len(), 16 * 8);
            assert!(scored.iter().all(|network| (29.0..34.0).contains(&network.psnr_y)));
        }
        let own = scored_slices(&elastic(), None).unwrap();
        let find = |ratio, index| {
            own.iter().find(|n| n.slice.split_ratio == Some(ratio) && n.slice.hybrid_index == Some(index))
        };
        let flagship = find(0.25, 3).unwrap();
        assert_eq!((flagship.macs_720p / 1e8).round() / 10.0, 37.3);
        assert_eq!(flagship.slice.hybrid_mode, Some(HybridMode::SplitFirst));
        let plain = Metadata { elastic: false, ..elastic() };
        assert!(scored_slices(&plain, None).unwrap_err().to_string().contains("holds a single network"));
        let unscored = Metadata { scores: serde_json::Value::Null, ..elastic() };
        assert!(scored_slices(&unscored, None).unwrap_err().to_string().contains("not their scores"));
    }

    #[test]
    fn the_page_expects_the_same_times() {
        let page = include_str!("../www/src/module/slices.ts");
        let line = page.lines().find_map(|line| line.strip_prefix("const OVERHEAD_MACS = ")).unwrap();
        assert_eq!(line.trim_end_matches(';').parse(), Ok(OVERHEAD_MACS));
    }

    #[test]
    fn a_budget_buys_the_best_network_that_fits() {
        let networks = scored_slices(&elastic(), None).unwrap();
        let reference = (37.3e9, 100.0);
        let mut last = 0.0;
        for budget in [1.0, 20.0, 40.0, 60.0, 80.0, 100.0, 1e4] {
            let (best, expected) = best_within(budget, &networks, reference);
            assert!(best.psnr_y >= last, "{budget}: {best:?}");
            last = best.psnr_y;
            let cheapest = networks.iter().map(|n| n.macs_720p).fold(f64::MAX, f64::min);
            assert!(expected <= budget || best.macs_720p == cheapest, "{budget}: {best:?} in {expected}");
            let fits = |n: &&ScoredSlice| 100.0 * time_ratio(n.macs_720p, 37.3e9) <= budget;
            assert!(networks.iter().filter(fits).all(|n| n.psnr_y <= best.psnr_y));
        }
        assert_eq!(last, networks.iter().map(|n| n.psnr_y).fold(0.0, f64::max));
    }
}
