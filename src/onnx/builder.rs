//! Builds a graph, one operator per call. Values are identified by their names.

use std::collections::BTreeMap;

use super::proto::{Attribute, AttributeKind, Dimension, FLOAT, Graph, INT64, Node, Shape, Tensor};
use super::proto::{TensorType, ValueInfo, ValueType};

/// The axis of the channels in NCHW.
const CHANNELS: i64 = 1;

/// A graph in the making, and the weights that it has not used yet.
pub(crate) struct Builder {
    /// Shape and values by name.
    weights: BTreeMap<String, (Vec<usize>, Vec<f32>)>,
    nodes: Vec<Node>,
    initializers: Vec<Tensor>,
}

impl Builder {
    pub(super) fn new(weights: BTreeMap<String, (Vec<usize>, Vec<f32>)>) -> Self {
        Self { weights, nodes: Vec::new(), initializers: Vec::new() }
    }

    /// The graph from `input` (`[1, 3, height, width]`) to `result`, which is renamed to `output`.
    ///
    /// # Panics
    /// If a weight was left out: the graph would be another network than the weights'.
    pub(super) fn finish(mut self, name: &str, input: &str, result: &str, output: &str) -> Graph {
        assert!(self.weights.is_empty(), "not in the graph: {:?}", self.weights.keys());
        for value in self.nodes.iter_mut().flat_map(|node| &mut node.output).filter(|value| *value == result) {
            *value = output.into();
        }
        Graph {
            node: self.nodes,
            name: name.into(),
            initializer: self.initializers,
            input: vec![picture(input, "height", "width")],
            output: vec![picture(output, "output_height", "output_width")],
        }
    }

    /// A convolution by the weight and bias of `layer`: stride 1, zeros around, so that the size is
    /// kept. A layer may be used more than once.
    pub(crate) fn conv(&mut self, x: &str, layer: &str) -> String {
        let (weight, shape) = self.weight(layer, "weight");
        let (bias, _) = self.weight(layer, "bias");
        let is_used = self.nodes.iter().any(|node| node.name == layer);
        let name = if is_used { self.fresh("Conv") } else { layer.to_owned() };
        self.convolve(&name, &[x, &weight, &bias], shape[2], shape[2] / 2, 1)
    }

    /// As [`Self::conv`], each channel by itself. The weight is `[channels, 1, kernel, kernel]`.
    pub(crate) fn depthwise(&mut self, x: &str, layer: &str) -> String {
        let (weight, shape) = self.weight(layer, "weight");
        let (bias, _) = self.weight(layer, "bias");
        self.convolve(layer, &[x, &weight, &bias], shape[2], shape[2] / 2, shape[0])
    }

    pub(crate) fn conv_relu(&mut self, x: &str, layer: &str) -> String {
        let y = self.conv(x, layer);
        self.relu(&y)
    }

    pub(crate) fn depthwise_relu(&mut self, x: &str, layer: &str) -> String {
        let y = self.depthwise(x, layer);
        self.relu(&y)
    }

    /// A convolution without padding or bias by the constant `weight`,
    /// `[out_channels, in_channels / groups, kernel, kernel]`.
    pub(super) fn conv_by(&mut self, x: &str, weight: &str, kernel: usize, groups: usize) -> String {
        let name = self.fresh("Conv");
        self.convolve(&name, &[x, weight], kernel, 0, groups)
    }

    fn convolve(&mut self, name: &str, inputs: &[&str], kernel: usize, padding: usize, groups: usize) -> String {
        let attributes = vec![
            ints("kernel_shape", &[kernel as i64; 2]),
            ints("pads", &[padding as i64; 4]),
            int("group", groups as i64),
        ];
        self.push("Conv", name, inputs, vec![name.to_owned()], attributes).remove(0)
    }

    /// An operator with one result and no attributes
    pub(crate) fn apply(&mut self, operator: &str, inputs: &[&str]) -> String {
        self.with(operator, inputs, vec![])
    }

    pub(crate) fn relu(&mut self, x: &str) -> String {
        self.apply("Relu", &[x])
    }

    pub(crate) fn add(&mut self, a: &str, b: &str) -> String {
        self.apply("Add", &[a, b])
    }

    /// Consecutive channels in parts of these sizes.
    pub(crate) fn split(&mut self, x: &str, sizes: &[usize]) -> Vec<String> {
        let name = self.fresh("Split");
        let parts = (0..sizes.len()).map(|part| format!("{name}.{part}")).collect();
        let sizes: Vec<i64> = sizes.iter().map(|&size| size as i64).collect();
        let sizes = self.integers(&sizes);
        self.push("Split", &name, &[x, &sizes], parts, vec![int("axis", CHANNELS)])
    }

    pub(super) fn concat(&mut self, parts: &[&str], axis: i64) -> String {
        self.with("Concat", parts, vec![int("axis", axis)])
    }

    /// All channels of `parts`, one after another.
    pub(crate) fn concat_channels(&mut self, parts: &[&str]) -> String {
        self.concat(parts, CHANNELS)
    }

    /// The channels with these numbers, in this order.
    pub(crate) fn gather_channels(&mut self, x: &str, channels: impl Iterator<Item = usize>) -> String {
        let channels: Vec<i64> = channels.map(|channel| channel as i64).collect();
        let channels = self.integers(&channels);
        self.with("Gather", &[x, &channels], vec![int("axis", CHANNELS)])
    }

    /// `start..end` along `axis`; negative numbers count from the end.
    pub(super) fn slice(&mut self, x: &str, axis: i64, start: i64, end: i64) -> String {
        let [start, end, axis] = [start, end, axis].map(|number| self.integers(&[number]));
        self.apply("Slice", &[x, &start, &end, &axis])
    }

    /// `[1, c * r * r, h, w]` -> `[1, c, h * r, w * r]`, in PyTorch's order of the channels.
    pub(super) fn pixel_shuffle(&mut self, x: &str, r: usize) -> String {
        let mode = Attribute { s: Some(b"CRD".to_vec()), ..attribute("mode", AttributeKind::String) };
        self.with("DepthToSpace", &[x], vec![int("blocksize", r as i64), mode])
    }

    /// A constant.
    pub(super) fn constant(&mut self, name: &str, shape: &[usize], values: &[f32]) -> String {
        let raw_data = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        let dims = shape.iter().map(|&side| side as i64).collect();
        self.initializers.push(Tensor { dims, data_type: FLOAT, name: name.into(), raw_data });
        name.into()
    }

    /// A constant that several layers use.
    pub(super) fn shared_constant(&mut self, name: &str, shape: &[usize], values: &[f32]) -> String {
        if self.initializers.iter().any(|tensor| tensor.name == name) {
            return name.into();
        }
        self.constant(name, shape, values)
    }

    /// A constant list of integers. The same list is the same constant.
    pub(super) fn integers(&mut self, values: &[i64]) -> String {
        let name = format!("integers{values:?}").replace(' ', "");
        if !self.initializers.iter().any(|tensor| tensor.name == name) {
            let raw_data = values.iter().flat_map(|value| value.to_le_bytes()).collect();
            let dims = vec![values.len() as i64];
            self.initializers.push(Tensor { dims, data_type: INT64, name: name.clone(), raw_data });
        }
        name
    }

    /// A part of a layer's weights as a constant; its name and shape.
    fn weight(&mut self, layer: &str, part: &str) -> (String, Vec<usize>) {
        self.parameter(&format!("{layer}.{part}"))
    }

    /// A parameter as a constant; its name and shape.
    pub(super) fn parameter(&mut self, name: &str) -> (String, Vec<usize>) {
        if let Some(used) = self.initializers.iter().find(|tensor| tensor.name == name) {
            return (name.to_owned(), used.dims.iter().map(|&side| side as usize).collect());
        }
        let (shape, values) = self.weights.remove(name).unwrap_or_else(|| panic!("the network has no {name}"));
        (self.constant(name, &shape, &values), shape)
    }

    pub(super) fn with(&mut self, operator: &str, inputs: &[&str], attributes: Vec<Attribute>) -> String {
        let name = self.fresh(operator);
        self.push(operator, &name, inputs, vec![name.clone()], attributes).remove(0)
    }

    fn push(
        &mut self,
        operator: &str,
        name: &str,
        inputs: &[&str],
        output: Vec<String>,
        attribute: Vec<Attribute>,
    ) -> Vec<String> {
        let input = inputs.iter().map(|&value| value.to_owned()).collect();
        let (name, op_type) = (name.to_owned(), operator.to_owned());
        self.nodes.push(Node { input, output: output.clone(), name, op_type, attribute });
        output
    }

    /// A name that no other node has: layers' names begin in lower case.
    fn fresh(&self, operator: &str) -> String {
        format!("{operator}{}", self.nodes.len())
    }
}

fn attribute(name: &str, kind: AttributeKind) -> Attribute {
    Attribute { name: name.into(), kind: kind.into(), ..Attribute::default() }
}

pub(super) fn int(name: &str, value: i64) -> Attribute {
    Attribute { i: Some(value), ..attribute(name, AttributeKind::Int) }
}

pub(super) fn ints(name: &str, values: &[i64]) -> Attribute {
    Attribute { ints: values.to_vec(), ..attribute(name, AttributeKind::Ints) }
}

/// `[1, 3, height, width]`, the last two named.
fn picture(name: &str, height: &str, width: &str) -> ValueInfo {
    let fixed = |size| Dimension { dim_value: Some(size), dim_param: None };
    let named = |name: &str| Dimension { dim_value: None, dim_param: Some(name.into()) };
    let shape = Shape { dim: vec![fixed(1), fixed(3), named(height), named(width)] };
    let kind = ValueType { tensor_type: Some(TensorType { elem_type: FLOAT, shape: Some(shape) }) };
    ValueInfo { name: name.into(), kind: Some(kind) }
}
