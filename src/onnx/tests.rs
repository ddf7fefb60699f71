//! ONNX files, read again by the format's rules: they are well formed, hold the network's own
//! weights and compute the same results. `pkg-scripts/test-onnx` and `bench-peers` check
//! that other runtimes agree.

use std::collections::{BTreeMap, HashSet};

use burn::tensor::activation::{relu, sigmoid};
use burn::tensor::module::conv2d;
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Device, Distribution, Int, Tensor, TensorData, Tolerance};
use prost::Message;

use super::{export, proto};
use crate::config::{BlockKind, EdsrConfig, HybridMode, NetworkConfig, Replacement, SplitSrConfig, SrcnnConfig};
use crate::model::Model;
use crate::network::Network;
use crate::weights::{Metadata, collect};

/// Every kind of block and upsampler, splits that do not divide the channels, every scale.
fn configs() -> Vec<NetworkConfig> {
    let small = SplitSrConfig { channels: 8, groups: 2, blocks: 3, hybrid_index: 1, ..Default::default() };
    let mut configs: Vec<NetworkConfig> = Vec::new();
    for &block in BlockKind::ALL {
        for (replacement, split_ratio, scale) in
            [(Replacement::Features, 0.25, 2), (Replacement::Both, 0.375, 4), (Replacement::Upsampler, 1.0, 3)]
        {
            let config = SplitSrConfig { block, replacement, split_ratio, scale, ..small.clone() };
            configs.push(NetworkConfig::SplitSr(config));
        }
    }
    let uneven = SplitSrConfig { hybrid_index: 2, split_ratio: 0.6, blocks: 5, ..small.clone() };
    let interleaved =
        SplitSrConfig { groups: 3, hybrid_index: 1, hybrid_mode: HybridMode::Interleaved, ..small.clone() };
    let attention = SplitSrConfig { hybrid_index: 0, attention: Some(4), ..small };
    configs.extend([uneven, interleaved, attention].map(NetworkConfig::SplitSr));
    configs.push(NetworkConfig::Edsr(EdsrConfig { scale: 3, channels: 8, blocks: 2 }));
    configs.extend([2, 3, 4].map(|scale| NetworkConfig::Srcnn(SrcnnConfig { scale })));
    configs
}

fn model(config: NetworkConfig) -> Model {
    let device = Device::flex();
    let network = Network::new(&config, &device);
    Model::new(Metadata::new("a name", config), network, &device).unwrap()
}

fn exported(model: &Model) -> (proto::Model, proto::Graph) {
    let file = proto::Model::decode(export(model).as_slice()).unwrap();
    let graph = file.graph.clone().unwrap();
    (file, graph)
}

fn floats(tensor: &proto::Tensor) -> Vec<f32> {
    assert_eq!(tensor.data_type, proto::FLOAT);
    tensor.raw_data.chunks_exact(4).map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap())).collect()
}

fn integers(tensor: &proto::Tensor) -> Vec<i64> {
    assert_eq!(tensor.data_type, proto::INT64);
    tensor.raw_data.chunks_exact(8).map(|bytes| i64::from_le_bytes(bytes.try_into().unwrap())).collect()
}

/// Computes a graph with Burn's own operations, as ONNX's operators are defined.
struct Interpreter<'a> {
    constants: BTreeMap<&'a str, &'a proto::Tensor>,
    values: BTreeMap<&'a str, Tensor<4>>,
    device: Device,
}

impl<'a> Interpreter<'a> {
    fn run(graph: &'a proto::Graph, input: Tensor<4>) -> Tensor<4> {
        let constants = graph.initializer.iter().map(|tensor| (tensor.name.as_str(), tensor)).collect();
        let values = BTreeMap::from([(graph.input[0].name.as_str(), input.clone())]);
        let mut interpreter = Self { constants, values, device: input.device() };
        for node in &graph.node {
            let results = interpreter.node(node);
            assert_eq!(results.len(), node.output.len(), "{}", node.name);
            interpreter.values.extend(node.output.iter().map(String::as_str).zip(results));
        }
        interpreter.values[graph.output[0].name.as_str()].clone()
    }

    /// A value of four dimensions: computed, or constant.
    fn value(&self, name: &str) -> Tensor<4> {
        self.values.get(name).cloned().unwrap_or_else(|| {
            let tensor = self.constants[name];
            let shape: Vec<usize> = tensor.dims.iter().map(|&side| side as usize).collect();
            Tensor::from_data(TensorData::new(floats(tensor), shape), &self.device)
        })
    }

    fn node(&self, node: &proto::Node) -> Vec<Tensor<4>> {
        let attribute = |name: &str| node.attribute.iter().find(|attribute| attribute.name == name);
        let int = |name| attribute(name).unwrap().i.unwrap() as usize;
        let input = |index: usize| self.value(&node.input[index]);
        let constant = |index: usize| self.constants[node.input[index].as_str()];
        let result = match node.op_type.as_str() {
            "Add" => input(0) + input(1),
            "Sub" => input(0) - input(1),
            "Mul" => input(0) * input(1),
            "Relu" => relu(input(0)),
            "Sigmoid" => sigmoid(input(0)),
            "GlobalAveragePool" => input(0).mean_dim(2).mean_dim(3),
            "Concat" => Tensor::cat((0..node.input.len()).map(input).collect(), int("axis")),
            "Conv" => {
                let weight = input(1);
                let pads = &attribute("pads").unwrap().ints;
                assert!(pads.len() == 4 && pads.iter().all(|pad| pad == &pads[0]));
                let padding = [pads[0] as usize; 2];
                let [_, _, height, width] = weight.dims();
                assert_eq!(attribute("kernel_shape").unwrap().ints, [height as i64, width as i64]);
                let bias = (node.input.len() == 3)
                    .then(|| Tensor::<1>::from_floats(floats(constant(2)).as_slice(), &self.device));
                conv2d(input(0), weight, bias, ConvOptions::new([1, 1], padding, [1, 1], int("group")))
            }
            "Split" => {
                let sizes = integers(constant(1)).into_iter().map(|size| size as usize).collect();
                return input(0).split_with_sizes(sizes, int("axis"));
            }
            "Gather" => {
                let indices: Vec<i32> = integers(constant(1)).into_iter().map(|index| index as i32).collect();
                input(0).select(int("axis"), Tensor::<1, Int>::from_ints(indices.as_slice(), &self.device))
            }
            "Slice" => {
                let [start, end, axis] = [1, 2, 3].map(|index| integers(constant(index))[0]);
                let length = input(0).dims()[axis as usize] as i64;
                let place = |number: i64| if number < 0 { number + length } else { number.min(length) };
                let (start, end) = (place(start), place(end));
                input(0).narrow(axis as usize, start as usize, (end - start) as usize)
            }
            "DepthToSpace" => {
                assert_eq!(attribute("mode").unwrap().s.as_deref(), Some(b"CRD".as_slice()));
                let size = int("blocksize");
                let [n, channels, h, w] = input(0).dims();
                let c = channels / (size * size);
                let blocks: Tensor<6> = input(0).reshape([n, c, size, size, h, w]);
                blocks.permute([0, 1, 4, 2, 5, 3]).reshape([n, c, h * size, w * size])
            }
            other => panic!("operator {other}"),
        };
        vec![result]
    }
}

#[test]
fn a_graph_gives_what_the_network_gives() {
    for config in configs() {
        let model = model(config);
        let x = Tensor::<4>::random([1, 3, 5, 7], Distribution::Uniform(0.0, 1.0), &Device::flex());
        let (_, graph) = exported(&model);
        let expected = model.network.forward(x.clone()).into_data();
        let given = Interpreter::run(&graph, x).into_data();
        given.assert_approx_eq::<f32>(&expected, Tolerance::absolute(1e-5));
    }
}

/// As loaders check: each value is made once and before it is read, and all that is made is read.
#[test]
fn a_graph_is_well_formed() {
    for config in configs() {
        let (file, graph) = exported(&model(config));
        assert_eq!((file.opset_import.len(), file.opset_import[0].version), (1, 13));
        let mut made: HashSet<&str> = graph.initializer.iter().map(|tensor| tensor.name.as_str()).collect();
        assert_eq!(made.len(), graph.initializer.len());
        assert!(made.insert("input"));
        let mut read = HashSet::from(["output"]);
        let mut names = HashSet::new();
        for node in &graph.node {
            assert!(names.insert(&node.name), "{} twice", node.name);
            for value in &node.input {
                assert!(made.contains(value.as_str()), "{} reads {value}", node.name);
                read.insert(value);
            }
            for value in &node.output {
                assert!(made.insert(value), "{value} is made twice");
            }
        }
        assert_eq!(made, read);
        for tensor in &graph.initializer {
            let size = if tensor.data_type == proto::FLOAT { 4 } else { 8 };
            assert_eq!(tensor.raw_data.len() as i64, size * tensor.dims.iter().product::<i64>(), "{}", tensor.name);
        }
    }
}

#[test]
fn the_weights_are_there_by_name_bit_for_bit() {
    for config in configs() {
        let model = model(config);
        let (_, graph) = exported(&model);
        let weights = collect(&model.network);
        let layers = weights.keys().filter(|name| name.ends_with(".weight")).count();
        // SRCNN's bicubic enlargement and its luma are convolutions too.
        let extra = if matches!(model.metadata.config, NetworkConfig::Srcnn(_)) { 2 } else { 0 };
        assert_eq!(graph.node.iter().filter(|node| node.op_type == "Conv").count(), layers + extra);
        for (name, (shape, values)) in weights {
            let tensor = graph.initializer.iter().find(|tensor| tensor.name == name).unwrap();
            assert_eq!(tensor.dims, shape.iter().map(|&side| side as i64).collect::<Vec<_>>(), "{name}");
            assert_eq!(floats(tensor), values, "{name}");
        }
    }
}

#[test]
fn input_and_output_are_pictures_of_any_size() {
    let (file, graph) = exported(&model(NetworkConfig::SplitSr(SplitSrConfig::default())));
    let sides = |value: &proto::ValueInfo| {
        let tensor = value.kind.clone().unwrap().tensor_type.unwrap();
        assert_eq!(tensor.elem_type, proto::FLOAT);
        let side = |side: proto::Dimension| side.dim_param.unwrap_or_else(|| side.dim_value.unwrap().to_string());
        tensor.shape.unwrap().dim.into_iter().map(side).collect::<Vec<_>>().join(" ")
    };
    let [input, output] = [&graph.input, &graph.output].map(|values| {
        assert_eq!(values.len(), 1);
        (values[0].name.as_str(), sides(&values[0]))
    });
    assert_eq!(input, ("input", "1 3 height width".into()));
    assert_eq!(output, ("output", "1 3 output_height output_width".into()));
    assert_eq!((file.producer_name.as_str(), graph.name.as_str()), ("splitsr", "a name"));
}

#[test]
fn the_metadata_name_the_weights() {
    let model = crate::models::load("splitsr-x2").unwrap();
    let (file, _) = exported(&model);
    let property = |key: &str| file.metadata_props.iter().find(|property| property.key == key).unwrap().value.clone();
    assert_eq!((property("name"), property("weights_sha256")), ("splitsr-x2".into(), model.sha256));
    assert_eq!(serde_json::from_str::<NetworkConfig>(&property("config")).unwrap(), model.metadata.config);
}
