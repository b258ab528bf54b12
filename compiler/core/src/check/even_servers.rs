//! `even-servers`: an even number of servers, of which none more may fail than of one less.

use crate::analyze::Analysis;
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::Node;

code!(Warning, "even-servers", "even_servers.md", "an even number of servers");

/// Reports an even number of servers.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    let servers: Vec<&Node> = analysis.lab.servers().collect();
    let count = servers.len();
    let (Some((first, rest)), true) = (servers.split_last(), count.is_multiple_of(2)) else { return };
    let survives = match (count / 2).saturating_sub(1) {
        0 => "and no work is given out once either of them is down".to_owned(),
        one => format!("of which no more than {one} may be down, as of {}", count - 1),
    };
    let message = format!("lab `{}` has {count} servers, {survives}", analysis.lab.name.value);
    let mut diagnostic = Diagnostic::new(&CODE, message, first.name.span, "a server");
    for other in rest {
        diagnostic = diagnostic.also(other.name.span, "a server");
    }
    sink.push(diagnostic.help(format!(
        "take `server` away from one, or give it to another node: {} or {}",
        count - 1,
        count + 1
    )));
}
