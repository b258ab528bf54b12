//! The `hlmc` command.

fn main() {}
