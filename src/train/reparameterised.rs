//! Training-time branches that are merged into the 3x3 convolution from the start.
//!
//! A 3x3 convolution may be trained as the sum of a 3x3, a 3x1, a 1x3 and a 1x1 one (Ding and others, "ACNet", ICCV 2019, without its
//! normalisation) and merged afterwards. If the branches start at zero, then each of their weights gets the gradient of the tap that it lies on, so Adam moves all
//! that lie on a tap alike: the sum moves as many times as far as there are weights. So training the branches is the same as training the
//! merged kernel with longer steps for the taps in its middle, at no cost: 1 for a corner, 2 for an edge, 4 for the centre.

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{Tensor, TensorData};

const GAINS: [f32; 9] = [1.0, 2.0, 1.0, 2.0, 4.0, 2.0, 1.0, 2.0, 1.0];

/// What the steps of each parameter are to be multiplied by, in the order of [`flatten`](super::parameters::flatten). `[parameters]`
pub(super) fn gains<M: Module>(module: &M) -> Tensor<1> {
    struct Visitor(Vec<f32>);
    impl ModuleVisitor for Visitor {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            let shape = param.val().dims();
            let count = shape.iter().product();
            let is_3x3 = shape.len() == 4 && shape[2..] == [3, 3];
            self.0.extend((0..count).map(|index| if is_3x3 { GAINS[index % 9] } else { 1.0 }));
        }
    }
    let mut visitor = Visitor(Vec::new());
    module.visit(&mut visitor);
    let count = visitor.0.len();
    let device = module.devices().into_iter().next().expect("a network has parameters").inner();
    Tensor::from_data(TensorData::new(visitor.0, [count]), &device)
}
