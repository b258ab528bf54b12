//! `mdns-domain`: a lab whose names end in `.local`, which computers don't ask a DNS server for.

use crate::analyze::Analysis;
use crate::diagnostic::{Diagnostic, Sink, code};

code!(Warning, "mdns-domain", "mdns_domain.md", "a domain that belongs to multicast DNS");

/// Reports a domain below `.local`.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    let domain = &analysis.lab.domain;
    let Some(rest) = domain.value.strip_suffix("local").filter(|rest| rest.is_empty() || rest.ends_with('.')) else {
        return;
    };
    let message = format!("`{}` belongs to multicast DNS, and no DNS server is asked for its names", domain.value);
    let rest = if rest.is_empty() { "home." } else { rest };
    sink.push(
        Diagnostic::new(&CODE, message, domain.span, "kept for mDNS (RFC 6762)")
            .help(format!("take a domain that you own, or `{rest}internal`, which is kept for private networks")),
    );
}
