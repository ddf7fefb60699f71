//! Writes the JavaScript module, the type declarations and the final WebAssembly for a compiled
//! library.
//!
//! `splitsr-wasm-bindgen INPUT.wasm OUT_DIR` does what `pkg-scripts/build` asks of the
//! `wasm-bindgen` command where that is installed.

use std::env::args_os;

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<()> {
    let arguments: Vec<_> = args_os().skip(1).collect();
    let [input, output] = arguments.as_slice() else {
        bail!("usage: splitsr-wasm-bindgen INPUT.wasm OUT_DIR");
    };
    Bindgen::new()
        .input_path(input)
        .web(true)?
        .typescript(true)
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(output)
        .with_context(|| format!("no bindings for {}", input.display()))
}
