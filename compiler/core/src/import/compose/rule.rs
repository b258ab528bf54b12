//! Traefik's rules: which hosts and paths a router is for.

/// A host, and the path below which it holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) host: Option<String>,
    pub(super) path: Option<String>,
}

/// How many alternatives a rule may have.
const MOST: usize = 16;

/// The alternatives of a rule. `None` where it asks for anything but hosts and paths.
pub(super) fn targets(rule: &str) -> Option<Vec<Target>> {
    let mut rest = rule.trim();
    let targets = either(&mut rest, 0)?;
    rest.trim().is_empty().then_some(targets)
}

fn either(rest: &mut &str, depth: usize) -> Option<Vec<Target>> {
    let mut all = both(rest, depth)?;
    while take(rest, "||") {
        all.extend(both(rest, depth)?);
    }
    (all.len() <= MOST).then_some(all)
}

fn both(rest: &mut &str, depth: usize) -> Option<Vec<Target>> {
    let mut all = one(rest, depth)?;
    while take(rest, "&&") {
        let other = one(rest, depth)?;
        let mut joined = Vec::new();
        for left in &all {
            for right in &other {
                joined.push(join(left, right)?);
            }
        }
        all = joined;
    }
    (all.len() <= MOST).then_some(all)
}

/// What holds when both hold; `None` where that is nothing we have words for.
fn join(left: &Target, right: &Target) -> Option<Target> {
    let either = |left: &Option<String>, right: &Option<String>| match (left, right) {
        (Some(_), Some(_)) => None,
        (left, right) => Some(left.clone().or_else(|| right.clone())),
    };
    Some(Target { host: either(&left.host, &right.host)?, path: either(&left.path, &right.path)? })
}

fn one(rest: &mut &str, depth: usize) -> Option<Vec<Target>> {
    if depth < 8 && take(rest, "(") {
        let inside = either(rest, depth + 1)?;
        return take(rest, ")").then_some(inside);
    }
    let name_end = rest.find('(')?;
    let name = rest[..name_end].trim();
    let is_host = match name {
        "Host" => true,
        "PathPrefix" | "Path" => false,
        _ => return None,
    };
    *rest = &rest[name_end + 1..];
    let mut targets = Vec::new();
    loop {
        let trimmed = rest.trim_start();
        let quote = trimmed.chars().next().filter(|c| matches!(c, '`' | '"' | '\''))?;
        let end = trimmed[1..].find(quote)?;
        let value = trimmed[1..=end].to_owned();
        *rest = &trimmed[end + 2..];
        targets.push(match is_host {
            true => Target { host: Some(value), path: None },
            false => Target { host: None, path: Some(value).filter(|path| path != "/") },
        });
        if !take(rest, ",") {
            break;
        }
    }
    take(rest, ")").then_some(targets)
}

fn take(rest: &mut &str, sign: &str) -> bool {
    let trimmed = rest.trim_start();
    match trimmed.strip_prefix(sign) {
        Some(behind) => {
            *rest = behind;
            true
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(rule: &str) -> Option<Vec<String>> {
        let show = |target: Target| format!("{}{}", target.host.unwrap_or_default(), target.path.unwrap_or_default());
        targets(rule).map(|targets| targets.into_iter().map(show).collect())
    }

    #[test]
    fn hosts_and_paths() {
        for (rule, expected) in [
            ("Host(`a.example`)", vec!["a.example"]),
            ("Host(`a.example`, `b.example`)", vec!["a.example", "b.example"]),
            ("Host(`a.example`) || Host(\"b.example\")", vec!["a.example", "b.example"]),
            ("Host(`a.example`) && PathPrefix(`/x`)", vec!["a.example/x"]),
            ("Host(`a`) && (PathPrefix(`/x`) || Path(`/y`))", vec!["a/x", "a/y"]),
            ("PathPrefix(`/x`)", vec!["/x"]),
        ] {
            assert_eq!(shown(rule), Some(expected.into_iter().map(str::to_owned).collect()), "{rule}");
        }
        for rule in [
            "",
            "HostRegexp(`.+`)",
            "Host(`a`) && !Path(`/x`)",
            "Host(`a`",
            "Host(a)",
            "Host(`a`) x",
            "Host(`a`) && Host(`b`)",
        ] {
            assert_eq!(targets(rule), None, "{rule}");
        }
    }
}
