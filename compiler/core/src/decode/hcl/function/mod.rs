//! The functions of Nomad's job files, as Nomad 1.11.3 has them (`jobspec2/functions.go`).
//!
//! A function that gives something else at each call can't be used: the same lab gives the same bundle.

mod arguments;
mod collection;
mod encoding;
mod file;
mod format;
mod hash;
mod network;
mod number;
mod text;
mod time;
mod yaml;

use super::codes::{bad_expression, not_reproducible, unknown_function};
use crate::diagnostic::Diagnostic;
use crate::nomad::form::{Value, ValueKind};
use crate::source::{Span, World};
use arguments::{Arguments, Wrong};
use std::ops::RangeInclusive;

/// Where a function is called.
pub(super) struct Call<'c> {
    pub(super) world: &'c dyn World,
    /// The folder of the file, from the lab's.
    pub(super) folder: &'c str,
    /// The function's name.
    pub(super) name: Span,
    /// The whole call.
    pub(super) span: Span,
}

/// A function: its name, how many arguments it takes, and what it does.
type Function = (&'static str, RangeInclusive<usize>, fn(&Arguments<'_>) -> Result<ValueKind, Wrong>);

const ANY: usize = usize::MAX;

/// By name.
static FUNCTIONS: &[Function] = &[
    ("abs", 1..=1, number::abs),
    ("base64decode", 1..=1, encoding::base64decode),
    ("base64encode", 1..=1, encoding::base64encode),
    ("basename", 1..=1, file::basename),
    ("ceil", 1..=1, number::ceil),
    ("chomp", 1..=1, text::chomp),
    ("chunklist", 2..=2, collection::chunklist),
    ("cidrhost", 2..=2, network::cidrhost),
    ("cidrnetmask", 1..=1, network::cidrnetmask),
    ("cidrsubnet", 3..=3, network::cidrsubnet),
    ("cidrsubnets", 2..=ANY, network::cidrsubnets),
    ("coalesce", 1..=ANY, collection::coalesce),
    ("coalescelist", 1..=ANY, collection::coalescelist),
    ("compact", 1..=1, collection::compact),
    ("concat", 1..=ANY, collection::concat),
    ("contains", 2..=2, collection::contains),
    ("csvdecode", 1..=1, encoding::csvdecode),
    ("dirname", 1..=1, file::dirname),
    ("distinct", 1..=1, collection::distinct),
    ("element", 2..=2, collection::element),
    ("file", 1..=1, file::file),
    ("filebase64", 1..=1, file::filebase64),
    ("fileexists", 1..=1, file::fileexists),
    ("fileset", 2..=2, file::fileset),
    ("flatten", 1..=1, collection::flatten),
    ("floor", 1..=1, number::floor),
    ("format", 1..=ANY, format::format),
    ("formatdate", 2..=2, time::formatdate),
    ("formatlist", 1..=ANY, format::formatlist),
    ("indent", 2..=2, text::indent),
    ("index", 2..=2, collection::index),
    ("join", 2..=ANY, text::join),
    ("jsondecode", 1..=1, encoding::jsondecode),
    ("jsonencode", 1..=1, encoding::jsonencode),
    ("keys", 1..=1, collection::keys),
    ("length", 1..=1, collection::length),
    ("log", 2..=2, number::log),
    ("lookup", 3..=3, collection::lookup),
    ("lower", 1..=1, text::lower),
    ("max", 1..=ANY, number::max),
    ("md5", 1..=1, hash::md5),
    ("merge", 0..=ANY, collection::merge),
    ("min", 1..=ANY, number::min),
    ("parseint", 2..=2, number::parseint),
    ("pow", 2..=2, number::pow),
    ("range", 1..=3, number::range),
    ("regex_replace", 3..=3, text::regex_replace),
    ("replace", 3..=3, text::replace),
    ("reverse", 1..=1, text::reverse),
    ("setintersection", 1..=ANY, collection::setintersection),
    ("setproduct", 2..=ANY, collection::setproduct),
    ("setunion", 1..=ANY, collection::setunion),
    ("sha1", 1..=1, hash::sha1),
    ("sha256", 1..=1, hash::sha256),
    ("sha512", 1..=1, hash::sha512),
    ("signum", 1..=1, number::signum),
    ("slice", 3..=3, collection::slice),
    ("sort", 1..=1, collection::sort),
    ("split", 2..=2, text::split),
    ("strlen", 1..=1, text::strlen),
    ("strrev", 1..=1, text::reverse),
    ("substr", 3..=3, text::substr),
    ("timeadd", 2..=2, time::timeadd),
    ("title", 1..=1, text::title),
    ("trim", 2..=2, text::trim),
    ("trimprefix", 2..=2, text::trimprefix),
    ("trimspace", 1..=1, text::trimspace),
    ("trimsuffix", 2..=2, text::trimsuffix),
    ("upper", 1..=1, text::upper),
    ("urlencode", 1..=1, encoding::urlencode),
    ("uuidv5", 2..=2, hash::uuidv5),
    ("values", 1..=1, collection::values),
    ("yamldecode", 1..=1, yaml::yamldecode),
    ("yamlencode", 1..=1, yaml::yamlencode),
    ("zipmap", 2..=2, collection::zipmap),
];

/// Functions of Nomad whose value can't be known while building, and why.
const NOT_REPRODUCIBLE: [(&str, &str); 5] = [
    ("abspath", "it depends on where the lab lies on this machine"),
    ("bcrypt", "it salts its result anew at each call"),
    ("pathexpand", "it depends on who builds the lab"),
    ("rsadecrypt", "it would put a secret into the bundle"),
    ("uuidv4", "it is another one at each call"),
];

/// Calls a function.
pub(super) fn call(name: &str, values: &[Value], call: &Call<'_>) -> Result<ValueKind, Box<Diagnostic>> {
    let Ok(at) = FUNCTIONS.binary_search_by(|(known, ..)| (*known).cmp(name)) else {
        return Err(Box::new(match NOT_REPRODUCIBLE.iter().find(|(known, _)| *known == name) {
            Some((_, why)) => not_reproducible::not_reproducible(name, why, call.name),
            None => {
                let known = FUNCTIONS.iter().map(|(known, ..)| *known).chain(["can", "convert", "templatefile", "try"]);
                unknown_function::unknown_function(name, call.name, known)
            }
        }));
    };
    let (_, count, function) = &FUNCTIONS[at];
    if !count.contains(&values.len()) {
        let message = format!("`{name}` takes {}, not {}", arity(count), values.len());
        return Err(Box::new(bad_expression::bad_expression(message, call.span)));
    }
    let arguments = Arguments { values, world: call.world, folder: call.folder };
    function(&arguments).map_err(|wrong| {
        let span = wrong.at.and_then(|at| values.get(at)).map_or(call.span, |value| value.span);
        Box::new(bad_expression::bad_expression(format!("`{name}`: {}", wrong.message), span))
    })
}

/// The path of a template from the lab's folder, and its text; why not, otherwise.
pub(super) fn template_text(path: &Value, world: &dyn World, folder: &str) -> Result<(String, String), String> {
    let values = std::slice::from_ref(path);
    file::path_and_text(&Arguments { values, world, folder }).map_err(|wrong| wrong.message)
}

fn arity(count: &RangeInclusive<usize>) -> String {
    let plural = |count: usize| if count == 1 { "1 argument".to_owned() } else { format!("{count} arguments") };
    match (*count.start(), *count.end()) {
        (least, ANY) => format!("{} or more", plural(least)),
        (least, most) if least == most => plural(least),
        (least, most) => format!("{least} to {}", plural(most)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_sorted() {
        assert!(FUNCTIONS.is_sorted_by(|a, b| a.0 < b.0));
    }
}
