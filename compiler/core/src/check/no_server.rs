//! `no-server`: nodes, and none of them is a server.

use crate::analyze::Analysis;
use crate::diagnostic::{Diagnostic, Sink, code};

code!(Error, "no-server", "no_server.md", "no node is a server");

/// Reports a lab whose nodes have no server to join.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    let lab = analysis.lab;
    if lab.nodes.is_empty() {
        let message = format!("lab `{}` has no node", lab.name.value);
        sink.push(Diagnostic::new(&CODE, message, lab.name.span, "nothing can run here").help(
            "describe a machine in `nodes/NAME.kdl`: `node \"NAME\" { address \"192.168.1.10\"; arch \"amd64\"; server }`",
        ));
    }
    if let (None, Some(node)) = (lab.servers().next(), lab.nodes.first()) {
        let message = format!("no node of lab `{}` is a server", lab.name.value);
        sink.push(
            Diagnostic::new(&CODE, message, node.name.span, "a client without a server runs nothing")
                .help("add `server` to the node that is always on"),
        );
    }
}
