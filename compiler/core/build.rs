//! Turns what ships inside the binary into statics.
#![allow(clippy::disallowed_methods)] // the bans of clippy.toml are for the compiler; this runs before it

#[path = "build/embedded.rs"]
mod embedded;

fn main() {
    if let Err(error) = embedded::write() {
        println!("cargo::error={error}");
    }
}
