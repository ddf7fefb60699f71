//! Elastic SplitSR: one weights file that holds many networks.
//!
//! For each group it holds a standard and a lightweight kind, the latter with blocks that convolve
//! all channels. A network of any split ratio, hybrid index and hybrid mode is a **slice** of it. A
//! slice has the kind of each group that its config asks for and, from the kernel of each
//! lightweight block, the square of the channels whose turn it is. All later code treats a slice
//! like any other network.
//!
//! `src/train/elastic.rs` trains one, and on a graphics card `models/train_elastic_on_gpu.py`.

use serde::{Deserialize, Serialize};

use crate::config::{BlockKind, HybridMode, NetworkConfig, Replacement, SplitSrConfig};
use crate::error::{Error, Result};
#[cfg(not(target_arch = "wasm32"))]
use crate::upscale::schedule::Schedule;
use crate::weights::{Metadata, NamedTensors, read, to_file};

/// Which network an elastic file gives. Missing fields keep the values of the file's config.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Slice {
    /// Split ratio, above 0 and at most 1 (elastic models only)
    #[cfg_attr(feature = "cli", arg(long, value_name = "RATIO"))]
    #[cfg_attr(test, ts(optional))]
    pub split_ratio: Option<f64>,
    /// Number of lightweight groups (elastic models only)
    #[cfg_attr(feature = "cli", arg(long, value_name = "COUNT"))]
    #[cfg_attr(test, ts(optional))]
    pub hybrid_index: Option<usize>,
    /// Which groups are lightweight (elastic models only)
    #[cfg_attr(feature = "cli", arg(long, value_enum, value_name = "MODE"))]
    #[cfg_attr(test, ts(optional))]
    pub hybrid_mode: Option<HybridMode>,
}

impl Slice {
    /// Whether no field is set.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// The config of this slice of an elastic network.
    pub(crate) fn config(&self, elastic: &NetworkConfig) -> Result<SplitSrConfig> {
        let mut config = match elastic {
            NetworkConfig::SplitSr(config)
                if config.block == BlockKind::Split
                    && config.replacement == Replacement::Features
                    && config.attention.is_none() =>
            {
                config.clone()
            }
            _ => return Err(Error::Weights("only SplitSR with split blocks in its groups can be elastic".into())),
        };
        config.split_ratio = self.split_ratio.unwrap_or(config.split_ratio);
        config.hybrid_index = self.hybrid_index.unwrap_or(config.hybrid_index);
        config.hybrid_mode = self.hybrid_mode.unwrap_or(config.hybrid_mode);
        NetworkConfig::SplitSr(config.clone()).validate()?;
        Ok(config)
    }
}

/// The slice of an elastic weights file as a weights file.
///
/// # Errors
/// [`Error::Weights`] if the file cannot be read or lacks a tensor, [`Error::Config`] if it is not
/// elastic or the slice is out of range.
pub fn slice(bytes: &[u8], wanted: &Slice) -> Result<Vec<u8>> {
    let (metadata, tensors) = read(bytes)?;
    if !metadata.elastic {
        return Err(Error::Config(format!(
            "{} is not elastic, so its network cannot be changed: leave out the split ratio, the hybrid index and the \
             hybrid mode, or use an elastic model",
            metadata.name
        )));
    }
    let (metadata, tensors) = slice_tensors(metadata, tensors, wanted)?;
    to_file(&metadata, &tensors)
}

/// The cheap network of an elastic weights file as a weights file, and what the file's scheduler
/// has learnt.
///
/// # Errors
/// [`Error::Config`] if the file is not elastic or its scheduler has learnt nothing; otherwise as
/// [`slice()`].
#[cfg(not(target_arch = "wasm32"))]
pub fn cheap(bytes: &[u8]) -> Result<(Vec<u8>, Schedule)> {
    let (metadata, tensors) = read(bytes)?;
    let Metadata { name, elastic, .. } = &metadata;
    let Some(schedule) = metadata.schedule.clone() else {
        return Err(Error::Config(if *elastic {
            format!("{name} has no table for a schedule yet: make one with splitsr schedule FILE --train FOLDER")
        } else {
            format!("{name} holds a single network, but a schedule needs several: use splitsr-elastic-x2")
        }));
    };
    let (metadata, tensors) = slice_tensors(metadata, tensors, &schedule.cheap)?;
    Ok((to_file(&metadata, &tensors)?, schedule))
}

/// [`slice()`] for the content of a file.
pub(crate) fn slice_tensors(
    mut metadata: Metadata,
    mut tensors: NamedTensors,
    wanted: &Slice,
) -> Result<(Metadata, NamedTensors)> {
    let config = wanted.config(&metadata.config)?;
    metadata.config = NetworkConfig::SplitSr(config.clone());
    let mut sliced = NamedTensors::new();
    let mut take = |name: &str| {
        tensors.remove(name).ok_or_else(|| Error::Weights(format!("tensor {name} of the elastic network is missing")))
    };
    for (group, light) in config.lightweight_groups().into_iter().enumerate() {
        let kind = if light { "split" } else { "standard" };
        let mut put = |part: &str, change: &dyn Fn(Tensor) -> Result<Tensor>| {
            let tensor = change(take(&format!("groups.{group}.{kind}.{part}"))?)?;
            sliced.insert(format!("groups.{group}.{part}"), tensor);
            Ok::<_, Error>(())
        };
        let (split, channels) = (config.split_channels(), config.channels);
        for block in 0..config.blocks {
            let turn: Vec<usize> = (0..split).map(|index| (split * block + index) % channels).collect();
            for conv in if light { &["conv"][..] } else { &["conv1", "conv2"] } {
                for part in ["weight", "bias"] {
                    put(&format!("blocks.{block}.{conv}.{part}"), &|tensor| match (light, part) {
                        (false, _) => Ok(tensor),
                        (true, "weight") => pick(pick(tensor, 0, &turn)?, 1, &turn),
                        (true, _) => pick(tensor, 0, &turn),
                    })?;
                }
            }
        }
        // The blocks rotate the channels, which the elastic network leaves in their places.
        let order: Vec<usize> = (0..channels).map(|index| (split * config.blocks + index) % channels).collect();
        put("conv.weight", &|tensor| if light { pick(tensor, 1, &order) } else { Ok(tensor) })?;
        put("conv.bias", &Ok)?;
    }
    tensors.retain(|name, _| !name.starts_with("groups."));
    sliced.append(&mut tensors);
    metadata.elastic = false;
    #[cfg(not(target_arch = "wasm32"))]
    {
        metadata.schedule = None;
    }
    (metadata.training, metadata.scores) = Default::default();
    Ok((metadata, sliced))
}

type Tensor = (Vec<usize>, Vec<f32>);

/// Selects these entries of `axis`, in order.
fn pick((mut shape, values): Tensor, axis: usize, entries: &[usize]) -> Result<Tensor> {
    let length = shape.get(axis).copied().unwrap_or(0);
    if entries.iter().any(|&entry| entry >= length) {
        return Err(Error::Weights(format!("a tensor of the elastic network is {shape:?}, too small to slice")));
    }
    let inner: usize = shape[axis + 1..].iter().product();
    let outer = values.chunks_exact((length * inner).max(1));
    let picked =
        outer.flat_map(|part| entries.iter().flat_map(move |&entry| &part[entry * inner..(entry + 1) * inner]));
    let values = picked.copied().collect();
    shape[axis] = entries.len();
    Ok((shape, values))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model;
    use crate::upscale::Enlarge;
    use burn::tensor::Device;

    const CHANNELS: usize = 8;
    const BLOCKS: usize = 3;

    fn config() -> SplitSrConfig {
        SplitSrConfig { channels: CHANNELS, groups: 2, blocks: BLOCKS, hybrid_index: 1, ..Default::default() }
    }

    /// Small numbers that look random.
    fn numbers(seed: usize, count: usize) -> Vec<f32> {
        (0..count).map(|index| ((index * 7919 + seed * 104_729) % 1000) as f32 / 4000.0 - 0.12).collect()
    }

    fn elastic() -> (Metadata, NamedTensors) {
        let mut tensors = NamedTensors::new();
        let mut put = |name: String, from: usize, to: usize| {
            let seed = tensors.len();
            tensors.insert(format!("{name}.weight"), (vec![to, from, 3, 3], numbers(seed, to * from * 9)));
            tensors.insert(format!("{name}.bias"), (vec![to], numbers(seed + 1, to)));
        };
        for group in 0..2 {
            for block in 0..BLOCKS {
                put(format!("groups.{group}.split.blocks.{block}.conv"), CHANNELS, CHANNELS);
                for conv in ["conv1", "conv2"] {
                    put(format!("groups.{group}.standard.blocks.{block}.{conv}"), CHANNELS, CHANNELS);
                }
            }
            put(format!("groups.{group}.split.conv"), CHANNELS, CHANNELS);
            put(format!("groups.{group}.standard.conv"), CHANNELS, CHANNELS);
        }
        put("head".into(), 3, CHANNELS);
        put("body".into(), CHANNELS, CHANNELS);
        put("upsampler.steps.0.expand".into(), CHANNELS, 4 * CHANNELS);
        put("tail".into(), CHANNELS, 3);
        let metadata = Metadata { elastic: true, ..Metadata::new("elastic", NetworkConfig::SplitSr(config())) };
        (metadata, tensors)
    }

    const WIDTH: usize = 5;
    const HEIGHT: usize = 4;
    type Map = Vec<f64>;

    /// A 3x3 convolution, written out: from the maps `x` to one map.
    fn conv(tensors: &NamedTensors, name: &str, x: &[&Map], to: usize, from: &[usize]) -> Map {
        let ((shape, weight), (_, bias)) = (&tensors[&format!("{name}.weight")], &tensors[&format!("{name}.bias")]);
        let mut map = vec![f64::from(bias[to]); WIDTH * HEIGHT];
        for (at, value) in map.iter_mut().enumerate() {
            let (row, column) = ((at / WIDTH) as isize, (at % WIDTH) as isize);
            for (x, from) in x.iter().zip(from) {
                for tap in 0..9 {
                    let (row, column) = (row + tap / 3 - 1, column + tap % 3 - 1);
                    if (0..HEIGHT as isize).contains(&row) && (0..WIDTH as isize).contains(&column) {
                        let weight = weight[(to * shape[1] + from) * 9 + tap as usize];
                        *value += f64::from(weight) * x[row as usize * WIDTH + column as usize];
                    }
                }
            }
        }
        map
    }

    fn conv_all(tensors: &NamedTensors, name: &str, x: &[Map]) -> Vec<Map> {
        let (maps, from): (Vec<&Map>, Vec<usize>) = (x.iter().collect(), (0..x.len()).collect());
        (0..tensors[&format!("{name}.bias")].0[0]).map(|to| conv(tensors, name, &maps, to, &from)).collect()
    }

    fn add(x: &[Map], y: &[Map]) -> Vec<Map> {
        x.iter().zip(y).map(|(x, y)| x.iter().zip(y).map(|(x, y)| x + y).collect()).collect()
    }

    fn relu(mut x: Vec<Map>) -> Vec<Map> {
        x.iter_mut().flatten().for_each(|value| *value = value.max(0.0));
        x
    }

    /// The elastic network by its definition, every channel in its place. Gives the maps before the
    /// upsampler, which a slice does not change.
    fn features(tensors: &NamedTensors, config: &SplitSrConfig, x: &[Map]) -> Vec<Map> {
        let head = conv_all(tensors, "head", x);
        let (split, mut y) = (config.split_channels(), head.clone());
        for (group, light) in config.lightweight_groups().into_iter().enumerate() {
            let mut z = y.clone();
            for block in 0..BLOCKS {
                if light {
                    let name = format!("groups.{group}.split.blocks.{block}.conv");
                    let turn: Vec<usize> = (0..split).map(|index| (split * block + index) % CHANNELS).collect();
                    let front: Vec<&Map> = turn.iter().map(|&channel| &z[channel]).collect();
                    let new = relu(turn.iter().map(|&to| conv(tensors, &name, &front, to, &turn)).collect());
                    turn.iter().zip(new).for_each(|(&channel, map)| z[channel] = map);
                } else {
                    let name = format!("groups.{group}.standard.blocks.{block}");
                    let inner = relu(conv_all(tensors, &format!("{name}.conv1"), &z));
                    z = add(&z, &conv_all(tensors, &format!("{name}.conv2"), &inner));
                }
            }
            let kind = if light { "split" } else { "standard" };
            y = add(&y, &conv_all(tensors, &format!("groups.{group}.{kind}.conv"), &z));
        }
        add(&head, &conv_all(tensors, "body", &y))
    }

    fn settings() -> impl Iterator<Item = Slice> {
        let ratios = [1.0 / 8.0, 0.25, 3.0 / 8.0, 5.0 / 8.0, 1.0];
        ratios.into_iter().flat_map(|ratio| {
            (0..=2).flat_map(move |index| {
                HybridMode::ALL.map(|mode| Slice {
                    split_ratio: Some(ratio),
                    hybrid_index: Some(index),
                    hybrid_mode: Some(mode),
                })
            })
        })
    }

    #[test]
    fn a_slice_computes_what_the_elastic_network_does() {
        let (metadata, tensors) = elastic();
        let file = to_file(&metadata, &tensors).unwrap();
        let input = numbers(5, 3 * WIDTH * HEIGHT).iter().map(|value| value + 0.5).collect::<Vec<f32>>();
        let mean = [0.4488, 0.4371, 0.4040];
        let x: Vec<Map> = input
            .chunks_exact(WIDTH * HEIGHT)
            .zip(mean)
            .map(|(plane, mean)| plane.iter().map(|&value| f64::from(value) - mean).collect())
            .collect();
        for wanted in settings() {
            let model = Model::from_bytes(&slice(&file, &wanted).unwrap(), &Device::flex()).unwrap();
            let config = wanted.config(&NetworkConfig::SplitSr(config())).unwrap();
            assert_eq!(model.metadata.config, NetworkConfig::SplitSr(config.clone()));
            let expanded = conv_all(&tensors, "upsampler.steps.0.expand", &features(&tensors, &config, &x));
            let planes = model.enlarge(input.clone(), HEIGHT, WIDTH).unwrap();
            let expected = shuffled_tail(&tensors, &expanded, &mean);
            for (index, (found, expected)) in planes.iter().zip(&expected).enumerate() {
                assert!((f64::from(*found) - expected).abs() < 1e-4, "{wanted:?}, {index}: {found}, not {expected}");
            }
        }
    }

    /// Pixel shuffle by 2, then the last convolution, plus the mean.
    fn shuffled_tail(tensors: &NamedTensors, expanded: &[Map], mean: &[f64; 3]) -> Vec<f64> {
        let (width, height) = (2 * WIDTH, 2 * HEIGHT);
        let at = |channel: usize, row: usize, column: usize| {
            expanded[4 * channel + 2 * (row % 2) + column % 2][(row / 2) * WIDTH + column / 2]
        };
        let (weight, bias) = (&tensors["tail.weight"].1, &tensors["tail.bias"].1);
        let mut planes = Vec::new();
        for (colour, mean) in mean.iter().enumerate() {
            for row in 0..height {
                for column in 0..width {
                    let mut value = f64::from(bias[colour]) + mean;
                    for channel in 0..CHANNELS {
                        for tap in 0..9 {
                            let (r, c) = (row + tap / 3, column + tap % 3);
                            if (1..=height).contains(&r) && (1..=width).contains(&c) {
                                let weight = weight[(colour * CHANNELS + channel) * 9 + tap];
                                value += f64::from(weight) * at(channel, r - 1, c - 1);
                            }
                        }
                    }
                    planes.push(value);
                }
            }
        }
        planes
    }

    #[test]
    fn an_elastic_file_is_read_as_the_network_of_its_config() {
        let (metadata, tensors) = elastic();
        let file = to_file(&metadata, &tensors).unwrap();
        let model = Model::from_bytes(&file, &Device::flex()).unwrap();
        let sliced = Model::from_bytes(&slice(&file, &Slice::default()).unwrap(), &Device::flex()).unwrap();
        assert_eq!(crate::weights::collect(&model.network), crate::weights::collect(&sliced.network));
        assert_eq!(model.sha256, crate::weights::hex_sha256(&file));
    }

    #[test]
    fn what_cannot_be_sliced_is_refused() {
        let (metadata, mut tensors) = elastic();
        let file = to_file(&metadata, &tensors).unwrap();
        let error = |file: &[u8], wanted: Slice| slice(file, &wanted).unwrap_err().to_string();
        let wide = Slice { split_ratio: Some(1.5), ..Default::default() };
        assert!(error(&file, wide).contains("above 0 and at most 1"));
        let many = Slice { hybrid_index: Some(3), ..Default::default() };
        assert_eq!(error(&file, many), "hybrid index is 3; it must be from 0 to 2");
        let plain = slice(&file, &Slice::default()).unwrap();
        assert!(error(&plain, Slice::default()).starts_with("elastic is not elastic"));
        tensors.remove("groups.1.standard.conv.bias");
        let file = to_file(&metadata, &tensors).unwrap();
        assert!(error(&file, Slice::default()).contains("groups.1.standard.conv.bias"));
    }
}
