//! The WASM entry: wires browser to app and hydrates. No logic.
