//! Runs wasm-bindgen tests: what `cargo test --target wasm32-unknown-unknown` calls with the path of each test's WASM.
//!
//! It is the runner of the locked `wasm-bindgen-cli`, so its version can't differ from the `wasm-bindgen` that the tests
//! were compiled with. Browser and driver come from the machine: `CHROMEDRIVER`, else the `PATH`.

use std::process::ExitCode;

use wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args;

fn main() -> ExitCode {
    let Err(error) = run_cli_with_args(std::env::args_os()) else { return ExitCode::SUCCESS };
    // The causes in one line: the backtrace of the runner itself says nothing about the failed test.
    eprintln!("{error:#}");
    ExitCode::FAILURE
}
