//! xtask/runner
fn main() {}
