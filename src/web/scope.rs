//! The worker that this instance runs in.

use wasm_bindgen::JsCast;
use web_sys::DedicatedWorkerGlobalScope;

/// Milliseconds since the worker started.
pub(super) fn now() -> f64 {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().dyn_into().expect("bundles run in dedicated workers");
    scope.performance().expect("workers have a clock").now()
}
