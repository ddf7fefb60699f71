//! Structural reparameterisation of 3x3 convolutions, without the extra branches.
//!
//! A 3x3 convolution can be trained as the sum of a 3x3, a 3x1, a 1x3 and a 1x1 one, and merged
//! afterwards (Ding and others, "ACNet", ICCV 2019; here without normalisation). If the branches
//! start at zero, every weight gets the gradient of its tap in the merged kernel, and Adam moves
//! all weights of a tap by the same step. So the merged kernel can be trained directly, with steps
//! multiplied by the number of weights on a tap: 1 in a corner, 2 on an edge, 4 in the centre.

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{Tensor, TensorData};

const GAINS: [f32; 9] = [1.0, 2.0, 1.0, 2.0, 4.0, 2.0, 1.0, 2.0, 1.0];

/// The factor for the step of each parameter, in the order of
/// [`flatten`](super::parameters::flatten). `[parameters]`
pub(super) fn gains<M: Module>(module: &M) -> Tensor<1> {
    struct Visitor(Vec<f32>);
    impl ModuleVisitor for Visitor {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            self.0.extend(gains_of(&param.val().dims()));
        }
    }
    let mut visitor = Visitor(Vec::new());
    module.visit(&mut visitor);
    let count = visitor.0.len();
    let device = module.devices().into_iter().next().expect("a network has parameters").inner();
    Tensor::from_data(TensorData::new(visitor.0, [count]), &device)
}

/// The factors for a tensor of this shape.
pub(super) fn gains_of(shape: &[usize]) -> impl Iterator<Item = f32> {
    let (count, is_3x3) = (shape.iter().product(), shape.len() == 4 && shape[2..] == [3, 3]);
    (0..count).map(move |index: usize| if is_3x3 { GAINS[index % 9] } else { 1.0 })
}
