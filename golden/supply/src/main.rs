//! Writes the bill of materials of `hlmc` to standard output, as CycloneDX JSON.
//!
//! It lists what cargo compiled into the release binary: no macros, no build scripts and what only they need, and
//! nothing for other systems. The same build gives the same bytes, so there is no date and no serial number in it.

mod bill;
mod cargo;

use std::io::Write as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    let written = bill::bill().and_then(|bill| {
        let mut text = format!("{bill:#}");
        text.push('\n');
        std::io::stdout().write_all(text.as_bytes()).map_err(|error| format!("cannot write the bill: {error}"))
    });
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}"); // nowhere else to say it
            ExitCode::FAILURE
        }
    }
}
