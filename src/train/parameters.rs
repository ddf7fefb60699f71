//! All parameters of a network as one vector, so that Adam, averaging, clipping and checkpoints
//! handle one tensor instead of 200.

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Gradients, Tensor};

use crate::ops::float::{cat, narrow, reshape};
use crate::weights::ParamPath;

/// The parameters of `module` in the order of its fields, outside any gradient graph.
/// `[parameters]`
pub(super) fn flatten<M: Module>(module: &M) -> Tensor<1> {
    struct Visitor(Vec<Tensor<1>>);
    impl ModuleVisitor for Visitor {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            self.0.push(flat(param.val().inner()));
        }
    }
    let mut visitor = Visitor(Vec::new());
    module.visit(&mut visitor);
    cat(visitor.0, 0)
}

fn flat<const D: usize>(values: Tensor<D>) -> Tensor<1> {
    let count = values.shape().num_elements();
    reshape(values, [count])
}

/// The values of a vector of parameters.
pub(super) fn read(parameters: Tensor<1>) -> Vec<f32> {
    parameters.into_data().try_into_vec().expect("parameters are f32")
}

/// The gradients of the parameters of `module`, in the same order. If the loss does not depend on a
/// parameter, its gradient is 0. `[parameters]`
pub(super) fn flatten_gradients<M: Module>(module: &M, gradients: &Gradients) -> Tensor<1> {
    struct Visitor<'a>(&'a Gradients, Vec<Tensor<1>>);
    impl ModuleVisitor for Visitor<'_> {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            let value = param.val();
            let gradient = value.grad(self.0).unwrap_or_else(|| value.inner().zeros_like());
            self.1.push(flat(gradient));
        }
    }
    let mut visitor = Visitor(gradients, Vec::new());
    module.visit(&mut visitor);
    cat(visitor.1, 0)
}

/// Puts the parameters that [`flatten`] gave back into `module`, outside any gradient graph.
pub(super) fn unflatten<M: Module>(module: M, parameters: &Tensor<1>) -> M {
    put(module, parameters, None)
}

/// [`unflatten`] for training: the parameters that are `trainable` are new leaves of the gradient
/// graph.
pub(super) fn unflatten_trainable<M: Module>(module: M, parameters: &Tensor<1>, trainable: &[bool]) -> M {
    put(module, parameters, Some(trainable))
}

fn put<M: Module>(module: M, parameters: &Tensor<1>, trainable: Option<&[bool]>) -> M {
    struct Mapper<'a> {
        parameters: &'a Tensor<1>,
        at: usize,
        trainable: Option<std::slice::Iter<'a, bool>>,
    }
    impl ModuleMapper for Mapper<'_> {
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
            let shape = param.lazy_shape();
            let count = shape.num_elements();
            let value = reshape(narrow(self.parameters.clone(), 0, self.at, count), shape);
            self.at += count;
            let value = match self.trainable.as_mut().map(|trainable| trainable.next()) {
                None => value,
                Some(Some(true)) => Tensor::from_inner(value).require_grad(),
                Some(_) => Tensor::from_inner(value),
            };
            Param::initialized(param.id, value)
        }
    }
    module.map(&mut Mapper { parameters, at: 0, trainable: trainable.map(<[bool]>::iter) })
}

/// The dotted paths of the parameters of `module`, in the same order.
pub(super) fn names<M: Module>(module: &M) -> Vec<String> {
    struct Visitor(ParamPath, Vec<String>);
    impl ModuleVisitor for Visitor {
        fn enter_module(&mut self, name: &str, container: &str) {
            self.0.enter(name, container);
        }
        fn exit_module(&mut self, _: &str, _: &str) {
            self.0.exit();
        }
        fn visit_float<const D: usize>(&mut self, _: &Param<Tensor<D>>) {
            self.1.push(self.0.name());
        }
    }
    let mut visitor = Visitor(ParamPath::default(), Vec::new());
    module.visit(&mut visitor);
    visitor.1
}
