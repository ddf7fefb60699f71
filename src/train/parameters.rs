//! All parameters of a network as one vector: Adam, averaging, clipping and checkpoints then handle one tensor, not 200.

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Gradients, Tensor};

/// The parameters of `module`, in the order of its fields, outside any gradient graph. `[parameters]`
pub(super) fn flatten<M: Module>(module: &M) -> Tensor<1> {
    struct Visitor(Vec<Tensor<1>>);
    impl ModuleVisitor for Visitor {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            self.0.push(param.val().inner().reshape([-1]));
        }
    }
    let mut visitor = Visitor(Vec::new());
    module.visit(&mut visitor);
    Tensor::cat(visitor.0, 0)
}

/// The gradients by the parameters of `module`, in the same order; a parameter that the loss does not reach has gradient 0. `[parameters]`
pub(super) fn flatten_gradients<M: Module>(module: &M, gradients: &Gradients) -> Tensor<1> {
    struct Visitor<'a>(&'a Gradients, Vec<Tensor<1>>);
    impl ModuleVisitor for Visitor<'_> {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            let value = param.val();
            let gradient = value.grad(self.0).unwrap_or_else(|| value.inner().zeros_like());
            self.1.push(gradient.reshape([-1]));
        }
    }
    let mut visitor = Visitor(gradients, Vec::new());
    module.visit(&mut visitor);
    Tensor::cat(visitor.1, 0)
}

/// `module` with the parameters that [`flatten`] gave, as new leaves of the gradient graph where `trainable`.
pub(super) fn unflatten<M: Module>(module: M, parameters: &Tensor<1>, trainable: bool) -> M {
    struct Mapper<'a> {
        parameters: &'a Tensor<1>,
        at: usize,
        trainable: bool,
    }
    impl ModuleMapper for Mapper<'_> {
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
            let shape = param.lazy_shape();
            let count = shape.num_elements();
            let value = self.parameters.clone().narrow(0, self.at, count).reshape(shape);
            self.at += count;
            let value = if self.trainable { Tensor::from_inner(value).require_grad() } else { value };
            Param::initialized(param.id, value)
        }
    }
    module.map(&mut Mapper { parameters, at: 0, trainable })
}
