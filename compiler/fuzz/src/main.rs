//! `hlmc-fuzz seeds TARGET FOLDER` writes what a target starts from, `hlmc-fuzz dictionary FILE` the words of the tables.

use std::fs;
use std::io;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let given: Vec<&str> = given.iter().map(String::as_str).collect();
    let done = match given[..] {
        ["seeds", target, folder] => seeds(target, Path::new(folder)),
        ["dictionary", file] => fs::write(file, hlmc_fuzz::dictionary()),
        _ => Err(io::Error::other("expected `seeds TARGET FOLDER` or `dictionary FILE`")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            #[allow(clippy::print_stderr, reason = "this is where its errors go")]
            {
                eprintln!("error: {error}");
            }
            ExitCode::FAILURE
        }
    }
}

fn seeds(target: &str, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for (at, input) in hlmc_fuzz::seeds(target, &repository)?.into_iter().enumerate() {
        fs::write(folder.join(format!("seed-{at:04}")), input)?;
    }
    Ok(())
}
