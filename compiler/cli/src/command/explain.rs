//! `hlmc explain`: what a diagnostic means, with a manifest that fails and one that passes.

use super::Outcome;
use crate::args::ExplainArgs;
use crate::failure::Failure;
use crate::terminal;
use hlmc_core::diagnostic::{Code, did_you_mean};
use std::fmt::Write as _;

pub(crate) fn explain(args: &ExplainArgs) -> Result<Outcome, Failure> {
    let codes = hlmc_core::codes();
    let Some(name) = args.code.as_deref() else {
        terminal::print(&list(&codes));
        return Ok(Outcome::Done);
    };
    // As it is copied from a message: `error[port-conflict]` or `[port-conflict]`.
    let name = name.rsplit_once('[').map_or(name, |(_, inner)| inner.trim_end_matches(']'));
    let Some(code) = codes.iter().find(|code| code.name == name) else {
        let help = did_you_mean(name, codes.iter().map(|code| code.name));
        return Err(Failure::new(format!("there is no code `{}`", name.escape_debug()))
            .help(help.unwrap_or_else(|| "`hlmc explain` lists them all".to_owned())));
    };
    terminal::print(&format!("{}\n", code.page.trim_end()));
    Ok(Outcome::Done)
}

fn list(codes: &[&Code]) -> String {
    let width = codes.iter().map(|code| code.name.len()).max().unwrap_or(0);
    codes.iter().fold(String::new(), |mut list, code| {
        let _ = writeln!(list, "{:width$}  {:7}  {}", code.name, code.severity.to_string(), code.summary);
        list
    })
}
