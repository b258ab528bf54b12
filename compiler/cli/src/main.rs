//! The `hlmc` command: reads the command line and the lab's folder, has the compiler work, prints and writes.

mod args;
mod command;
mod disk;
mod failure;
mod registry;
mod render;
mod settings;
mod stores;
mod terminal;
mod write;

use clap::Parser as _;
use command::Outcome;
use std::process::ExitCode;

/// Compiling is mostly many small allocations from several threads, at which this one is fast.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Huge pages would save 3 ms of a build's 70 where the system has some at hand, cost 200 ms where it has to make room for
    // them, and take 84 MB for what fits into 51. A system that can't do without them does the same.
    let _ = rustix::thread::disable_transparent_huge_pages(true);
    let cli = match args::Cli::try_parse() {
        Ok(cli) => cli,
        Err(message) => {
            let _ = message.print(); // a closed pipe is no failure
            return ExitCode::from(u8::try_from(message.exit_code()).unwrap_or(2));
        }
    };
    match command::run(cli.command) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Errors) => ExitCode::from(1),
        Err(failure) => {
            terminal::say(&format!("{failure}\n"));
            ExitCode::from(2)
        }
    }
}
