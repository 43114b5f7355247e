//! zhiqiang
fn main() {}
