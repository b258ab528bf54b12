//! Values with a unit: times stay text, sizes become numbers.

use super::Decoder;
use super::codes::{bad_unit, bare_number};
use super::scalar::Given;
use super::units::{self, Fault};
use super::value::Want;
use crate::nomad::form::ValueKind;
use crate::nomad::schema::Type;
use hlmc_syntax::Value as Written;

const MEGABYTE: i64 = 1 << 20;

impl Decoder<'_> {
    pub(super) fn time(&mut self, given: &Given<'_>, want: Want<'_>) -> Option<ValueKind> {
        let span = given.span;
        let diagnostic = match given.value {
            Written::String(text) => match units::nanoseconds(text) {
                Ok(_) => return Some(ValueKind::Str(text.to_string())),
                Err(Fault::NoUnit) => bare_number::bare_time(want.name, text, span),
                Err(Fault::Wrong(meant)) => bad_unit::bad_time(want.name, text, meant, span),
            },
            Written::Integer(0) => return Some(ValueKind::Str("0s".to_owned())),
            _ => bare_number::bare_time(want.name, given.written(), span),
        };
        self.report(diagnostic);
        None
    }

    pub(super) fn size(&mut self, given: &Given<'_>, want: Want<'_>) -> Option<ValueKind> {
        let span = given.span;
        let (text, read) = match given.value {
            Written::String(text) => (text.as_ref(), units::bytes(text)),
            Written::Integer(0) => return Some(ValueKind::Int(0)),
            _ => (given.written(), Err(Fault::NoUnit)),
        };
        let diagnostic = match read {
            Ok(bytes) if want.ty != Type::Megabytes => return Some(ValueKind::Int(bytes)),
            Ok(bytes) if bytes % MEGABYTE == 0 => return Some(ValueKind::Int(bytes / MEGABYTE)),
            Ok(bytes) => bad_unit::no_whole_megabytes(want.name, text, &whole(text, bytes), span),
            Err(Fault::NoUnit) => bare_number::bare_size(want.name, text, &self.likely(text), span),
            Err(Fault::Wrong(meant)) => bad_unit::bad_size(want.name, text, meant, span),
        };
        self.report(diagnostic);
        None
    }

    /// The size that a bare number probably is: megabytes, or bytes where it is large; gigabytes where Nomad gives nobody
    /// so few megabytes (10 at least), and of a machine where it is small.
    fn likely(&self, number: &str) -> String {
        let of_machine = self.scopes.last().is_some_and(|scope| scope.ty.name == "capacity");
        match number.parse::<i64>() {
            Ok(number) if number >= MEGABYTE => units::size(number),
            Ok(number) if (1..10).contains(&number) || of_machine && number < 512 => format!("{number}GiB"),
            _ => format!("{number}MiB"),
        }
    }
}

/// The size in whole megabytes that was probably meant: Nomad's megabytes are MiB.
fn whole(text: &str, bytes: i64) -> String {
    let binary =
        text.replace("kB", "KiB").replace("KB", "KiB").replace("MB", "MiB").replace("GB", "GiB").replace("TB", "TiB");
    match units::bytes(&binary) {
        Ok(meant) if meant % MEGABYTE == 0 => binary,
        _ => format!("{}MiB", bytes / MEGABYTE + 1),
    }
}
