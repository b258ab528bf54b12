//! Values of the right type that Nomad, Docker or the kernel would refuse when it is too late.

use super::image;
use super::zone::{is_zone, unknown_zone};
use crate::decode::codes::defined_twice::defined_twice;
use crate::diagnostic::{Diagnostic, Severity, Sink};
use crate::nomad::form::Body;
use crate::resolve::codes::bad_value::{self, bad_value};
use crate::source::{Span, Spanned};

/// What a time isn't that never comes.
pub(super) const NEVER: &str = "a time that ever comes";

/// Reports what a service says about itself that no job can say.
pub(super) fn check_service(service: &Body, domain: &str, sink: &mut Sink) {
    range(service, "priority", 1, 100, sink);
    range(service, "count", 0, 1_000_000, sink);
    let kind = service.str("type").filter(|kind| matches!(kind.value, "system" | "sysbatch"));
    if let Some(kind) = kind {
        let count = service.attribute("count").map(|count| ("count", count.name_span));
        let wish = |name| service.block(name).map(|block| (name, block.span));
        for (name, place) in count.into_iter().chain(wish("spread")).chain(wish("prefer")) {
            let expected = "for a service that runs once on every node";
            let diagnostic = bad_value(name, expected, place).also(kind.span, "it does, by this type");
            sink.push(diagnostic.help(format!("leave `{name}` out")));
        }
    }
    if let Some(periodic) = service.block("periodic") {
        if let Some(cron) = periodic.label().filter(|cron| !is_cron(cron)) {
            let expected = "a time in cron's five fields";
            sink.push(
                bad_value(cron, expected, cron.span)
                    .help("minute, hour, day, month, weekday: `0 3 * * *` is every night at three; or `@hourly`, `@daily`, `@weekly`"),
            );
        }
        if let Some(cron) = periodic.label().filter(|cron| is_cron(cron) && never_comes(cron)) {
            sink.push(bad_value(cron, NEVER, cron.span).help("name a day that the month has"));
        } else if let Some(diagnostic) = periodic.label().and_then(|cron| shifted(Spanned::new(cron, cron.span))) {
            sink.push(diagnostic);
        }
        if let Some(zone) = periodic.body.str("time-zone").filter(|zone| !is_zone(zone.value)) {
            sink.push(unknown_zone(zone));
        }
    }
    for route in service.blocks("route").filter(|route| route.body.attribute("host").is_none()) {
        if let Some(label) = route.label()
            && let Some(name) = label.strip_suffix(&format!(".{domain}"))
        {
            let expected = format!("a name below `{domain}`, which is added to it");
            let diagnostic = bad_value(label, &expected, label.span).help(format!("write `route \"{name}\"`"));
            sink.push(diagnostic.fix(label.span, format!("\"{name}\"")));
        }
    }
}

/// Reports what a task says that its driver would refuse.
pub(super) fn check_task(task: &Body, sink: &mut Sink) {
    if let Some(image) = task.str("image") {
        image::check(image, task.str("driver").map_or("docker", |driver| driver.value), sink);
    }
    if let Some(signal) = task.str("kill-signal").filter(|signal| !is_signal(signal.value)) {
        let mended = format!("SIG{}", signal.value.to_ascii_uppercase());
        let diagnostic = bad_value(signal.value, "a signal, such as `SIGTERM`", signal.span);
        sink.push(if is_signal(&mended) {
            diagnostic.help(format!("write `{mended}`")).fix(signal.span, format!("\"{mended}\""))
        } else {
            diagnostic.help("`SIGTERM`, `SIGINT` and `SIGQUIT` ask programs to end")
        });
    }
    for attribute in task.block("env").into_iter().flat_map(|env| &env.body.attributes) {
        if !is_variable(&attribute.name) {
            let expected = "the name of a variable: no `=`, no blanks, and not empty";
            sink.push(bad_value(&attribute.name, expected, attribute.name_span).help("rename it"));
        }
    }
    if let Some(resources) = task.block("resources") {
        check_resources(&resources.body, sink);
    }
    for capability in task.block("config").into_iter().flat_map(|config| config.body.strings("cap_add")) {
        if capability.value.is_empty() || !capability.value.bytes().all(|b| b.is_ascii_alphabetic() || b == b'_') {
            let diagnostic = bad_value(capability.value, "a Linux capability, such as `net_admin`", capability.span);
            sink.push(diagnostic.help("`man 7 capabilities` lists them"));
        }
    }
    check_targets(task, sink);
}

fn check_resources(resources: &Body, sink: &mut Sink) {
    if let (Some(cores), Some(cpu)) = (resources.attribute("cores"), resources.attribute("cpu")) {
        let diagnostic = bad_value("cpu", "for a task that has `cores`", cpu.name_span);
        sink.push(diagnostic.also(cores.name_span, "whole cores are asked for here").help("leave one of the two out"));
    }
    range(resources, "cpu", 1, 1_000_000, sink);
    range(resources, "cores", 1, 1_000, sink);
}

/// Reports a place in the container that two things are mounted at, or that is a folder where a file goes.
fn check_targets(task: &Body, sink: &mut Sink) {
    let mut taken: Vec<(&str, Span)> = Vec::new();
    for block in task
        .blocks
        .iter()
        .filter(|block| matches!(&*block.name, "file" | "template" | "generated" | "volume" | "mount"))
    {
        let Some(target) = block.body.str("to") else { continue };
        let is_file = matches!(&*block.name, "file" | "template" | "generated");
        if let Some(source) = block.label().filter(|_| is_file && target.value.ends_with('/')) {
            let name = source.rsplit('/').next().unwrap_or(source);
            sink.push(
                bad_value(target.value, "the path of a file", target.span)
                    .help(format!("name the file: `{}{name}`", target.value))
                    .fix(target.span, format!("\"{}{name}\"", target.value)),
            );
            continue;
        }
        let plain = target.value.trim_end_matches('/');
        match taken.iter().find(|(other, _)| *other == plain) {
            Some((_, first)) => sink.push(defined_twice(&format!("`{plain}` in the container"), target.span, *first)),
            None => taken.push((plain, target.span)),
        }
    }
}

fn range(body: &Body, name: &str, least: i64, most: i64, sink: &mut Sink) {
    if let Some(number) = body.int(name).filter(|number| !(least..=most).contains(&number.value)) {
        let expected = format!("a {name} from {least} to {most}");
        let diagnostic = bad_value(&number.value.to_string(), &expected, number.span);
        sink.push(diagnostic.help(format!("leave `{name}` out for its default")));
    }
}

/// The fields that Nomad reads (github.com/hashicorp/cronexpr): five, or six and seven with seconds and years.
pub(super) fn is_cron(text: &str) -> bool {
    const NAMED: [&str; 7] = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];
    // Seconds, minutes, hours, days, months, weekdays, years.
    let ranges = [(0, 59), (0, 59), (0, 23), (1, 31), (1, 12), (0, 7), (1970, 2099)];
    let fields: Vec<&str> = text.split(' ').filter(|field| !field.is_empty()).collect();
    NAMED.contains(&text)
        || ((5..=7).contains(&fields.len())
            && fields
                .iter()
                .zip(&ranges[usize::from(fields.len() < 7)..])
                .all(|(field, range)| field.split(',').all(|part| is_cron_part(part, *range))))
}

/// A time of six fields that reads as if the first were seconds: its last is the year, and what was to be the hour is a day.
pub(super) fn shifted(cron: Spanned<&str>) -> Option<Diagnostic> {
    let fields: Vec<&str> = cron.value.split(' ').filter(|field| !field.is_empty()).collect();
    let &["0", hour, day, "*" | "?", "*" | "?", "*" | "?"] = fields.as_slice() else { return None };
    let plain = |field: &str| field.bytes().all(|b| b.is_ascii_digit());
    if !plain(hour) || !plain(day) {
        return None;
    }
    let message = format!("`{}` comes on day {day} of each month: the sixth field is the year", cron.value);
    let mut diagnostic =
        Diagnostic::new(&bad_value::CODE, message, cron.span, "minute, hour, day, month, weekday, year");
    diagnostic.severity = Severity::Warning;
    Some(diagnostic.help(format!("for each day, leave the seconds out: `{}`", fields[1..].join(" "))))
}

/// Whether a time is one of days that no month has, such as the 31st of February.
pub(super) fn never_comes(text: &str) -> bool {
    let fields: Vec<&str> = text.split(' ').filter(|field| !field.is_empty()).collect();
    let at = usize::from(fields.len() > 6);
    let [days, months, weekdays] = [2, 3, 4].map(|field| fields.get(at + field).copied().unwrap_or("*"));
    let numbers = |field: &str| field.split(',').map(|part| part.parse::<u16>().ok()).collect::<Option<Vec<u16>>>();
    let Some(days) = numbers(days) else { return false };
    let longest = |month: &str| match month.to_ascii_uppercase().as_str() {
        "2" | "02" | "FEB" | "FEBRUARY" => 29,
        "4" | "04" | "6" | "06" | "9" | "09" | "11" | "APR" | "APRIL" | "JUN" | "JUNE" | "SEP" | "SEPTEMBER"
        | "NOV" | "NOVEMBER" => 30,
        _ => 31,
    };
    let most = months.split(',').map(longest).max().unwrap_or(31);
    matches!(weekdays, "*" | "?") && days.iter().all(|day| *day > most)
}

/// Whether a part of a field is `*`, `5`, `MON`, `5-7`, each maybe with `/2`, or one of the forms for days.
fn is_cron_part(part: &str, (least, most): (u16, u16)) -> bool {
    const NAMES: [&str; 19] = [
        "JANUARY",
        "FEBRUARY",
        "MARCH",
        "APRIL",
        "MAY",
        "JUNE",
        "JULY",
        "AUGUST",
        "SEPTEMBER",
        "OCTOBER",
        "NOVEMBER",
        "DECEMBER",
        "SUNDAY",
        "MONDAY",
        "TUESDAY",
        "WEDNESDAY",
        "THURSDAY",
        "FRIDAY",
        "SATURDAY",
    ];
    let named =
        |text: &str| NAMES.iter().any(|name| text.eq_ignore_ascii_case(name) || text.eq_ignore_ascii_case(&name[..3]));
    let number = |text: &str| (1..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let fits = |text: &str| text.parse().is_ok_and(|number: u16| (least..=most).contains(&number));
    let value = |text: &str| number(text) && fits(text) || named(text);
    let day = |text: &str| text.strip_suffix(['L', 'W']).is_some_and(value);
    let (range, step) = part.split_once('/').unwrap_or((part, "1"));
    let whole = matches!(range, "*" | "?" | "L" | "LW") || value(range) || day(range);
    let between = |at: char| range.split_once(at).is_some_and(|(from, until)| value(from) && value(until));
    number(step) && (whole || between('-') || between('#'))
}

pub(super) fn is_signal(text: &str) -> bool {
    const SIGNALS: [&str; 14] = [
        "SIGABRT", "SIGALRM", "SIGCONT", "SIGHUP", "SIGINT", "SIGKILL", "SIGPIPE", "SIGQUIT", "SIGSTOP", "SIGTERM",
        "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGNULL",
    ];
    SIGNALS.contains(&text)
}

fn is_variable(name: &str) -> bool {
    !name.is_empty() && !name.chars().any(|c| c == '=' || c.is_whitespace() || c.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cron(text: &str) -> bool {
        is_cron(text)
    }

    #[test]
    fn cron_fields() {
        for good in [
            "0 3 * * *",
            "*/15 * * * *",
            "0 0 1,15 * MON-FRI",
            "@daily",
            "0 0 3 * * * 2027",
            "0 3 L * ?",
            "0 3 * january friday#2",
        ] {
            assert!(cron(good), "{good}");
        }
        for bad in [
            "15 2 * * *x",
            "15 2\n* * *",
            "1- * * * *",
            "*/ * * * *",
            "every day",
            "3 o'clock",
            "",
            "* * * *",
            "0 3 * * * * * *",
            "once upon a time here",
            "0 25 * * *",
            "60 * * * *",
            "0 3 32 * *",
            "0 3 * 13 *",
        ] {
            assert!(!cron(bad), "{bad}");
        }
    }

    #[test]
    fn days_that_no_month_has_never_come() {
        for never in ["0 0 31 2 *", "0 0 30 FEB *", "0 0 31 4,6 ?", "0 0 0 31 11 * *", "0 0 31 2 * *"] {
            assert!(never_comes(never), "{never}");
        }
        for comes in ["0 0 29 2 *", "0 0 31 * *", "0 0 31 2,3 *", "0 0 31 2 MON", "0 0 1,31 2 *", "@daily", ""] {
            assert!(!never_comes(comes), "{comes}");
        }
    }

    #[test]
    fn variables() {
        assert!(["A", "a.b-c", "FOO__bar"].into_iter().all(is_variable));
        assert!(!["", "A=B", "A B", "A\n"].into_iter().any(is_variable));
    }
}
