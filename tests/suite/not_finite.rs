//! Results with NaN or infinity are computed again, and never shown.

use std::sync::Arc;

use burn::tensor::Device;
use splitsr::config::{EdsrConfig, NetworkConfig};
use splitsr::image::Samples;
use splitsr::model::Model;
use splitsr::network::Network;
use splitsr::ops::Arithmetic;
use splitsr::upscale::{Enlarge, Options, Tiling, upscale};
use splitsr::weights::{Metadata, assign, collect};
use splitsr::{Error, Result};

use super::nearest::Nearest;
use super::random::shared;
use super::upscale::{rgb, tiled, zoom};
use super::upscale_threads::go_on;

/// An EDSR whose weights are 0 except for a path from red to all colours, through a block whose
/// values reach `max`.
fn passing(max: f32, head: f32) -> Model {
    let (config, device) = (NetworkConfig::Edsr(EdsrConfig { scale: 2, channels: 4, blocks: 1 }), Device::flex());
    let network = Network::new(&config, &device);
    let mut tensors = collect(&network);
    tensors.values_mut().for_each(|(_, values)| values.fill(0.0));
    let mut set = |name: &str, output: usize, input: usize, tap: usize, value: f32| {
        let (shape, values) = tensors.get_mut(name).unwrap_or_else(|| panic!("no tensor {name}"));
        values[(output * shape[1] + input) * 9 + tap] = value;
    };
    set("head.weight", 0, 0, 4, head);
    set("body.blocks.0.conv1.weight", 0, 0, 1, max);
    set("body.blocks.0.conv2.weight", 0, 0, 4, 1e-38);
    set("body.conv.weight", 0, 0, 4, 0.1);
    (0..4).for_each(|output| set("upsampler.steps.0.expand.weight", output, 0, 4, 0.5));
    (0..3).for_each(|output| set("tail.weight", output, 0, 4, 1.0));
    let network = assign(network, tensors, &device).unwrap();
    Model::new(Metadata::new("passing", config), network, &device).unwrap()
}

/// 3e38 is finite by the definition, though not with Winograd's algorithm, which adds up several
/// such values on the way.
#[test]
fn a_tile_that_is_not_finite_is_computed_again_and_noted() {
    let _shared = shared();
    let (model, picture) = (Arc::new(passing(3e38, 1.0)), rgb(90, 70));
    let run = |tiling| upscale(&model, picture.clone(), &zoom(2.0, tiling), go_on).unwrap().0;
    let (fast, exact) = (run(Tiling::Auto), run(Tiling::Exact));
    assert_eq!(fast.notes, ["1 of 1 tiles gave NaN or infinity and was recomputed on the CPU"]);
    assert_eq!(exact.notes, [""; 0]);
    assert!(fast.samples == exact.samples, "the tile is what it would have been");
    let Samples::U8(values) = &exact.samples else { panic!("8 bits") };
    assert!(values.iter().any(|value| *value > 100), "it is not black");
    // The ensemble is made again as a whole.
    let ensemble = Options { ensemble: true, ..zoom(2.0, Tiling::Auto) };
    let (ensemble, _) = upscale(&model, picture.clone(), &ensemble, go_on).unwrap();
    assert_eq!(ensemble.notes.len(), 1);

    // By the definition infinite, too.
    let model = Arc::new(passing(3e38, 1e3));
    for tiling in [Tiling::Auto, Tiling::Exact] {
        let error = upscale(&model, picture.clone(), &zoom(2.0, tiling), go_on).unwrap_err();
        assert!(matches!(&error, Error::Weights(why) if why.contains("NaN or infinity")), "{error}");
    }
}

/// A graphics card whose 16-bit floats overflow: it gives some values that are not finite.
struct Flaky {
    value: f32,
    on_cpu: Nearest,
}

impl Enlarge for Flaky {
    fn scale(&self) -> usize {
        2
    }
    fn halo(&self) -> Option<usize> {
        Some(0)
    }
    fn auto_halo(&self) -> Option<usize> {
        None
    }
    fn bytes_per_pixel(&self) -> usize {
        self.on_cpu.bytes_per_pixel()
    }
    fn enlarge(&self, planes: Vec<f32>, height: usize, width: usize) -> Result<Vec<f32>> {
        let first = planes[0];
        let mut enlarged = self.on_cpu.enlarge(planes, height, width)?;
        // Not in every tile.
        if first > 0.5 {
            *enlarged.last_mut().unwrap() = self.value;
        }
        Ok(enlarged)
    }
    fn enlarge_on_cpu(&self, planes: Vec<f32>, height: usize, width: usize) -> Result<Vec<f32>> {
        assert_eq!(Arithmetic::current(), Arithmetic::Deterministic);
        self.on_cpu.enlarge(planes, height, width)
    }
}

#[test]
fn only_the_tiles_that_are_not_finite_are_computed_again() {
    let picture = rgb(900, 700);
    let (expected, tiles) = tiled(&Nearest(2), &picture, &zoom(2.0, Tiling::Auto));
    for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let flaky = Flaky { value, on_cpu: Nearest(2) };
        let (result, _) = tiled(&flaky, &picture, &zoom(2.0, Tiling::Auto));
        assert!(result.samples == expected.samples, "{value}");
        let [note] = &result.notes[..] else { panic!("{:?}", result.notes) };
        let (count, rest) = note.split_once(" of ").unwrap();
        assert!((1..tiles).contains(&count.parse().unwrap()), "{note}");
        assert!(rest.ends_with("recomputed on the CPU"), "{note}");
    }
}
