//! Turns what ships inside the binary into statics.
#![allow(clippy::disallowed_methods)] // the bans of clippy.toml are for the compiler; this runs before it

#[path = "build/embedded.rs"]
mod embedded;
#[path = "build/schema/mod.rs"]
mod schema;

fn main() {
    for written in [embedded::write(), schema::write()] {
        if let Err(error) = written {
            println!("cargo::error={error}");
        }
    }
}
