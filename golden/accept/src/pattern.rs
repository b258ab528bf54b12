//! Path patterns: `*` stands for anything inside one name, `**` for any number of folders.

/// Whether the path of an artifact fits the pattern.
pub(crate) fn fits(pattern: &str, path: &str) -> bool {
    let pattern: Vec<&str> = pattern.split('/').collect();
    let path: Vec<&str> = path.split('/').collect();
    fits_segments(&pattern, &path)
}

fn fits_segments(pattern: &[&str], path: &[&str]) -> bool {
    match (pattern.split_first(), path.split_first()) {
        (None, None) => true,
        (Some((&"**", rest)), None) => fits_segments(rest, path),
        (Some((&"**", rest)), Some((_, deeper))) => fits_segments(rest, path) || fits_segments(pattern, deeper),
        (Some((name_pattern, rest)), Some((name, deeper))) => {
            fits_name(name_pattern, name) && fits_segments(rest, deeper)
        }
        _ => false,
    }
}

fn fits_name(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, rest)) => name
            .strip_prefix(start)
            .is_some_and(|name| (0..=name.len()).filter_map(|at| name.get(at..)).any(|tail| fits_name(rest, tail))),
    }
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_star_stays_inside_one_name() {
        assert!(fits("nodes/*/etc/nomad.d/*", "nodes/nas/etc/nomad.d/client.hcl"));
        assert!(!fits("nodes/*/etc/nomad.d/*", "nodes/nas/etc/nomad.d/tls/ca.pem"));
        assert!(fits("*.sh", "deploy.sh"));
        assert!(!fits("*.sh", "nodes/install.sh"));
        assert!(fits("a*b*c", "a-b-b-c"));
        assert!(!fits("a*b", "a-b-c"));
    }

    #[test]
    fn two_stars_stand_for_any_folders_and_for_none() {
        assert!(fits("**/*.sh", "deploy.sh"));
        assert!(fits("**/*.sh", "nodes/nas/install.sh"));
        assert!(fits("nomad/jobs/**/*.nomad.hcl", "nomad/jobs/default/a.nomad.hcl"));
        assert!(!fits("nomad/jobs/**/*.nomad.hcl", "nomad/namespaces/a.nomad.hcl"));
        assert!(fits("report/**", "report/index.html"));
        assert!(!fits("report/**", "reports/index.html"));
    }
}
