//! The one binary, `deploysim`.
fn main() {}
