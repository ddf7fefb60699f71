//! The differentiable implementation: the backward passes of the convolutions of [`SrBackend`] on
//! any device that has [`SrGradients`], and of the operations on floats whose backward passes in
//! Burn would bring kernels for all types of numbers.

use burn::backend::Autodiff;
use burn::backend::AutodiffBackend;
use burn::backend::autodiff::NodeId;
use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, NodeGuard, Ops, OpsKind};
use burn::backend::ops::{ActivationOps, FloatTensorOps};
use burn::backend::tensor::FloatTensor;

use super::backend::{SrBackend, SrGradients};
use super::float_ops::{Binary, FloatOps, Reduction, Unary};

/// A convolution. Its parents are input, weight and bias, and the residual if there is one.
#[derive(Clone, Copy, Debug)]
enum Convolution {
    Conv3x3,
    Conv3x3Shuffle { factor: usize },
    ConvSame,
}

impl<B: SrGradients, const PARENTS: usize> Backward<B, PARENTS> for Convolution {
    /// Input, weight, and the output where a ReLU was applied: its zeros are where the gradient
    /// stops.
    type State = (NodeId, NodeId, Option<FloatTensor<B>>);

    fn backward(self, ops: Ops<Self::State, PARENTS>, grads: &mut Gradients, checkpointer: &mut Checkpointer) {
        let [x_node, weight_node, bias_node, residual_node] = std::array::from_fn(|i| ops.parents.get(i)?.clone());
        let (x, weight, activated) = ops.state;
        let x: FloatTensor<B> = checkpointer.retrieve_node_output(x);
        let weight: FloatTensor<B> = checkpointer.retrieve_node_output(weight);
        let dy = grads.consume::<B>(&ops.node);
        let dy = match self {
            Self::Conv3x3Shuffle { factor } => B::pixel_unshuffle(dy, factor),
            Self::Conv3x3 | Self::ConvSame => dy,
        };
        if let Some(node) = residual_node {
            grads.register::<B>(node.id, dy.clone());
        }
        if let Some(node) = x_node {
            let (dy, weight) = (dy.clone(), weight.clone());
            let dx = match self {
                Self::Conv3x3 | Self::Conv3x3Shuffle { .. } => B::conv3x3_data_gradient(dy, activated.clone(), weight),
                Self::ConvSame => B::conv_same_data_gradient(x.clone(), dy, weight),
            };
            grads.register::<B>(node.id, dx);
        }
        if weight_node.is_some() || bias_node.is_some() {
            let (dweight, dbias) = match self {
                Self::Conv3x3 | Self::Conv3x3Shuffle { .. } => B::conv3x3_weight_gradient(x, dy, activated),
                Self::ConvSame => B::conv_same_weight_gradient(x, dy, weight),
            };
            if let Some(node) = weight_node {
                grads.register::<B>(node.id, dweight);
            }
            if let Some(node) = bias_node {
                grads.register::<B>(node.id, dbias);
            }
        }
    }
}

impl<B: SrGradients, C: CheckpointStrategy> SrBackend for Autodiff<B, C> {
    fn conv3x3(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        relu: bool,
    ) -> FloatTensor<Self> {
        let nodes = [x.node(), weight.node(), bias.node()];
        record::<B, C, 3>(Convolution::Conv3x3, nodes, [x, weight, bias], relu, |x, weight, bias| {
            B::conv3x3(x, weight, bias, relu)
        })
    }

    fn conv3x3_add(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        residual: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        let nodes = [x.node(), weight.node(), bias.node(), residual.node()];
        let residual = residual.into_primitive();
        record::<B, C, 4>(Convolution::Conv3x3, nodes, [x, weight, bias], false, |x, weight, bias| {
            B::conv3x3_add(x, weight, bias, residual)
        })
    }

    fn conv3x3_shuffle(
        x: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        factor: usize,
    ) -> FloatTensor<Self> {
        let nodes = [x.node(), weight.node(), bias.node()];
        let convolution = Convolution::Conv3x3Shuffle { factor };
        record::<B, C, 3>(convolution, nodes, [x, weight, bias], false, |x, weight, bias| {
            B::conv3x3_shuffle(x, weight, bias, factor)
        })
    }

    fn conv_same(x: FloatTensor<Self>, weight: FloatTensor<Self>, bias: FloatTensor<Self>) -> FloatTensor<Self> {
        let nodes = [x.node(), weight.node(), bias.node()];
        record::<B, C, 3>(Convolution::ConvSame, nodes, [x, weight, bias], false, B::conv_same)
    }
}

/// Computes the operation and, if one of its parents needs a gradient, saves what that requires.
fn record<B: SrGradients, C: CheckpointStrategy, const PARENTS: usize>(
    convolution: Convolution,
    parents: [NodeGuard; PARENTS],
    [x, weight, bias]: [FloatTensor<Autodiff<B, C>>; 3],
    relu: bool,
    compute: impl FnOnce(FloatTensor<B>, FloatTensor<B>, FloatTensor<B>) -> FloatTensor<B>,
) -> FloatTensor<Autodiff<B, C>> {
    match convolution.prepare::<C>(parents).compute_bound().stateful() {
        OpsKind::Tracked(mut prep) => {
            let (x_id, weight_id) = (prep.checkpoint(&x), prep.checkpoint(&weight));
            let output = compute(x.into_primitive(), weight.into_primitive(), bias.into_primitive());
            let activated = relu.then(|| output.clone());
            prep.finish((x_id, weight_id, activated), output)
        }
        OpsKind::UnTracked(prep) => {
            prep.finish(compute(x.into_primitive(), weight.into_primitive(), bias.into_primitive()))
        }
    }
}

/// A function of each value, whose derivative follows from its result.
#[derive(Clone, Copy, Debug)]
struct OfResult(Unary);

impl<B: FloatOps> Backward<B, 1> for OfResult {
    /// The result.
    type State = FloatTensor<B>;

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let [parent] = ops.parents;
        let dy = grads.consume::<B>(&ops.node);
        let Some(node) = parent else { return };
        let y = ops.state;
        let product = |a, b| B::binary(Binary::Multiply, a, b);
        let dx = match self.0 {
            Unary::Exp => product(dy, y),
            // 1 / (2 y)
            Unary::Sqrt => product(dy, B::unary(Unary::Reciprocal, B::binary(Binary::Add, y.clone(), y))),
            // - y^2
            Unary::Reciprocal => B::float_neg(product(dy, product(y.clone(), y))),
            Unary::Relu | Unary::Sigmoid => unreachable!("Burn's own"),
        };
        grads.register::<B>(node.id, dx);
    }
}

impl<B: FloatOps, C: CheckpointStrategy> FloatOps for Autodiff<B, C> {
    fn unary(kind: Unary, x: FloatTensor<Self>) -> FloatTensor<Self> {
        match kind {
            Unary::Relu => Self::relu(x),
            Unary::Sigmoid => Self::sigmoid(x),
            Unary::Exp | Unary::Sqrt | Unary::Reciprocal => {
                match OfResult(kind).prepare::<C>([x.node()]).compute_bound().stateful() {
                    OpsKind::Tracked(prep) => {
                        let y = B::unary(kind, x.into_primitive());
                        prep.finish(y.clone(), y)
                    }
                    OpsKind::UnTracked(prep) => prep.finish(B::unary(kind, x.into_primitive())),
                }
            }
        }
    }

    fn reduce(kind: Reduction, x: FloatTensor<Self>, dim: usize) -> FloatTensor<Self> {
        match kind {
            Reduction::Sum => Self::float_sum_dim(x, dim),
            Reduction::Mean => Self::float_mean_dim(x, dim),
            Reduction::Max => Self::from_inner(B::reduce(kind, Self::inner(x), dim)),
        }
    }
}
