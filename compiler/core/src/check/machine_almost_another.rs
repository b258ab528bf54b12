//! `machine-almost-another`: a file system of a machine that the lab doesn't have, and whose name is almost a node's.

use crate::analyze::{Analysis, is_network};
use crate::diagnostic::{Diagnostic, Sink, code, nearest};
use crate::model::{Lab, NodeMount};
use crate::source::Spanned;

code!(
    Warning,
    "machine-almost-another",
    "machine_almost_another.md",
    "what is mounted is on no machine of the lab, but almost on one"
);

/// Reports each mount of another machine's folder, where that machine's name is almost one of the lab's.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    let lab = analysis.lab;
    for node in &lab.nodes {
        for (mount, machine) in node.mounts.iter().filter_map(|mount| Some((mount, machine(lab, mount)?))) {
            let elsewhere = lab.nodes.iter().filter(|other| other.name.value != node.name.value);
            let elsewhere = elsewhere.flat_map(|other| &other.mounts).filter_map(|other| self::machine(lab, other));
            let is_meant = |known: &str| known.eq_ignore_ascii_case(machine.value);
            let mut known = lab.machines().map(|known| known.as_str()).chain(elsewhere.map(|known| known.value));
            if known.any(is_meant) {
                continue;
            }
            let others = lab.machines().map(|known| known.as_str()).filter(|known| is_slip(machine.value, known));
            let Some(near) = nearest(machine.value, others) else { continue };
            let message = format!(
                "`{}` is no machine of the lab, and `{}` of `{}` is to come from there",
                machine.value.escape_debug(),
                mount.path.escape_debug(),
                node.name.value
            );
            let diagnostic = Diagnostic::new(&CODE, message, machine.span, "named nowhere else");
            let diagnostic = match lab.machines().find(|known| known.value == near) {
                Some(known) => diagnostic.also(known.span, "this one has almost the same name"),
                None => diagnostic,
            };
            let diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
            // Where escapes shift it, its place is the whole text.
            let literal = (machine.span.end - machine.span.start) as usize == machine.value.len();
            sink.push(if literal { diagnostic.fix(machine.span, near) } else { diagnostic });
        }
    }
}

/// The machine that a mount names, where it does so by a name without dots or one of the lab's domain: `nas` in `nas:/bulk`,
/// `admin@nas:/bulk` and `//nas.home.example.com/bulk`.
fn machine<'l>(lab: &Lab, mount: &'l NodeMount) -> Option<Spanned<&'l str>> {
    let source = mount.source.value.as_str();
    let (at, whole) = match source.strip_prefix("//") {
        Some(rest) => (2, rest.split('/').next()?),
        None => (0, source.split_once(":/")?.0),
    };
    let at = whole.find('@').map_or(at, |user| at + user + 1);
    let whole = whole.split_once('@').map_or(whole, |(_, machine)| machine);
    let name = whole.strip_suffix(lab.domain.as_str()).and_then(|name| name.strip_suffix('.')).unwrap_or(whole);
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let fits = is_network(&mount.kind) && is_name;
    fits.then(|| Spanned::new(name, mount.source.span.part(source, at, name.len())))
}

/// Whether one name may be a slip of the pen for another one. Those that are counted, such as `nas1` and `nas2`, are meant, and so are words of
/// three letters of which one differs, such as `nfs` and `nas`.
fn is_slip(written: &str, known: &str) -> bool {
    let plain = |name: &str| name.to_ascii_lowercase().chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    let sorted = |name: &str| {
        let mut letters: Vec<char> = plain(name).chars().collect();
        letters.sort_unstable();
        letters
    };
    let short = written.len() <= 3 && written.len() == known.len();
    plain(written) != plain(known) && (!short || sorted(written) == sorted(known))
}
