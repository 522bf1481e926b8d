//! Leaves in the WASM what the cut needs to know.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_FEATURE_SPLIT").is_some() {
        println!("cargo:rustc-cdylib-link-arg=--emit-relocs");
    }
}
