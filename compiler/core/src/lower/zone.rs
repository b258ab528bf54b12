//! The names of time zones: `stdlib/time-zones.txt`.

use crate::diagnostic::{Diagnostic, nearest};
use crate::resolve::codes::bad_value::bad_value;
use crate::source::{Spanned, embedded};
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// Every name, and `Local`, which Go knows as well.
fn zones() -> &'static BTreeSet<&'static str> {
    static ZONES: OnceLock<BTreeSet<&'static str>> = OnceLock::new();
    ZONES.get_or_init(|| {
        let text = embedded("stdlib/time-zones.txt").and_then(|file| std::str::from_utf8(file.bytes).ok());
        let names = text.unwrap_or_default().lines().filter(|line| !line.starts_with('#'));
        names.chain(["Local"]).collect()
    })
}

/// Whether a text is the name of a time zone.
#[must_use]
pub fn is_zone(text: &str) -> bool {
    zones().contains(text)
}

/// The time zone that was probably meant: one of that place, or one that is written almost so.
#[must_use]
pub fn zone_near(text: &str) -> Option<&'static str> {
    let city = text.rsplit('/').next().unwrap_or_default().replace(' ', "_");
    let same = |name: &&&str| name.rsplit('/').next().is_some_and(|last| last.eq_ignore_ascii_case(&city));
    zones().iter().find(same).copied().or_else(|| nearest(text, zones().iter().copied()))
}

/// A text in place of the name of a time zone, and the name that was probably meant.
pub(super) fn unknown_zone(zone: Spanned<&str>) -> Diagnostic {
    let diagnostic = bad_value(zone.value, "the IANA name of a time zone, such as `Europe/Dublin`", zone.span);
    let literal = (zone.span.end - zone.span.start) as usize == zone.value.len() + 2;
    match zone_near(zone.value) {
        Some(near) if literal => {
            diagnostic.help(format!("did you mean `{near}`?")).fix(zone.span, format!("\"{near}\""))
        }
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help("`timedatectl list-timezones` lists them; leave it out for UTC"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_zones_are() {
        for zone in ["UTC", "Europe/Dublin", "America/Argentina/Buenos_Aires", "Etc/GMT+2", "GB-Eire"] {
            assert!(is_zone(zone), "{zone}");
        }
        for other in ["", "europe/dublin", "Europe/", "Europe/Dubln", "+02:00", "# The names"] {
            assert!(!is_zone(other), "{other}");
        }
        assert!(zones().len() > 590);
    }
}
