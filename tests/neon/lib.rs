//! The folder of kernels, as the library has it.

#[path = "../../src/ops/cpu/mod.rs"]
#[allow(dead_code, unused_imports)]
mod cpu;
