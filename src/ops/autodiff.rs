//! The differentiable implementation: the backward pass of [`super::SrBackend::conv3x3`] on any device that has
//! [`SrGradients`].

use burn::backend::Autodiff;
use burn::backend::autodiff::NodeId;
use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;

use super::{SrBackend, SrGradients};

#[derive(Debug)]
struct Conv3x3;

impl<B: SrGradients> Backward<B, 3> for Conv3x3 {
    /// Input, weight, and the output where a ReLU was applied: its zeros are where the gradient stops.
    type State = (NodeId, NodeId, Option<FloatTensor<B>>);

    fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, checkpointer: &mut Checkpointer) {
        let [x_node, weight_node, bias_node] = ops.parents;
        let (x, weight, activated) = ops.state;
        let dy = grads.consume::<B>(&ops.node);
        if let Some(node) = x_node {
            let weight = checkpointer.retrieve_node_output(weight);
            grads.register::<B>(node.id, B::conv3x3_data_gradient(dy.clone(), activated.clone(), weight));
        }
        if weight_node.is_some() || bias_node.is_some() {
            let x = checkpointer.retrieve_node_output(x);
            let (dweight, dbias) = B::conv3x3_weight_gradient(x, dy, activated);
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
        match Conv3x3.prepare::<C>([x.node(), weight.node(), bias.node()]).compute_bound().stateful() {
            OpsKind::Tracked(mut prep) => {
                let (x_id, weight_id) = (prep.checkpoint(&x), prep.checkpoint(&weight));
                let (x, weight, bias) = (x.into_primitive(), weight.into_primitive(), bias.into_primitive());
                let output = B::conv3x3_in_training(x, weight, bias, relu);
                let activated = relu.then(|| output.clone());
                prep.finish((x_id, weight_id, activated), output)
            }
            OpsKind::UnTracked(prep) => {
                prep.finish(B::conv3x3(x.into_primitive(), weight.into_primitive(), bias.into_primitive(), relu))
            }
        }
    }
}
