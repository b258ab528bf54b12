//! References to images, as Docker reads them: `registry.example.com:5000/team/app:1.2@sha256:…`.

use super::Arch;

/// Tags that are put on another image from time to time, and say so.
const MOVING: [&str; 12] =
    ["beta", "canary", "dev", "develop", "edge", "latest", "main", "master", "nightly", "release", "rolling", "stable"];

/// A reference to an image, in its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageReference<'t> {
    /// Registry and repository, as they are written.
    pub name: &'t str,
    /// The tag, where there is one.
    pub tag: Option<&'t str>,
    /// The digest, where there is one.
    pub digest: Option<&'t str>,
}

impl<'t> ImageReference<'t> {
    /// Reads a reference; nothing where Docker would refuse it.
    #[must_use]
    pub fn parse(text: &'t str) -> Option<Self> {
        Some(Self::split(text)).filter(Self::is_valid)
    }

    /// The parts of a text that is meant to be a reference. Nomad takes a `https://` away.
    #[must_use]
    pub fn split(text: &'t str) -> Self {
        let text = text.strip_prefix("https://").unwrap_or(text);
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(digest)),
            None => (text, None),
        };
        let (name, tag) = match rest.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
            _ => (rest, None),
        };
        Self { name, tag, digest }
    }

    /// Whether Docker takes it (distribution/reference, `Parse`).
    #[must_use]
    pub fn is_valid(&self) -> bool {
        is_name(self.name) && self.tag.is_none_or(is_tag) && self.digest.is_none_or(is_digest)
    }

    /// The registry, where one is named: the first part, where it can't be a repository of Docker Hub.
    #[must_use]
    pub fn registry(&self) -> Option<&'t str> {
        let (first, _) = self.name.split_once('/')?;
        (first.contains(['.', ':']) || first == "localhost").then_some(first)
    }

    /// The repository within its registry, as it is written.
    #[must_use]
    pub fn repository(&self) -> &'t str {
        match self.registry() {
            Some(registry) => &self.name[registry.len() + 1..],
            None => self.name,
        }
    }

    /// The one architecture that it is made for, where its name says so: `amd64/nginx`, `app:1.2-arm64`.
    #[must_use]
    pub fn arch(&self) -> Option<Arch> {
        let of = |word: &str| match word {
            "amd64" | "x86_64" => Some(Arch::Amd64),
            "arm64" | "arm64v8" | "aarch64" => Some(Arch::Arm64),
            _ => None,
        };
        let tag = self.tag.unwrap_or_default();
        let repository = self.repository();
        // `x86_64` has a `_` of its own.
        let ends =
            [tag, repository].into_iter().flat_map(|text| [text.rsplit(['-', '/']).next(), text.rsplit('_').next()]);
        let starts = [tag.split('-').next(), repository.split('/').next()];
        let mut found = ends.chain(starts).flatten().filter_map(of);
        let first = found.next()?;
        found.all(|other| other == first).then_some(first)
    }

    /// Whether it is another image from one day to the next: it has no digest, and a tag that is no
    /// version, if any.
    #[must_use]
    pub fn is_moving(&self) -> bool {
        self.digest.is_none() && self.tag.is_none_or(|tag| MOVING.contains(&tag))
    }
}

/// Whether a text is a digest that images are pinned with.
#[must_use]
pub fn is_digest(text: &str) -> bool {
    let lower_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    text.strip_prefix("sha256:").is_some_and(|hex| hex.len() == 64 && hex.bytes().all(lower_hex))
}

fn is_tag(tag: &str) -> bool {
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    (1..=128).contains(&tag.len())
        && tag.bytes().all(|b| word(b) || b == b'.' || b == b'-')
        && tag.bytes().next().is_some_and(word)
}

fn is_name(name: &str) -> bool {
    let (host, repository) = match name.split_once('/') {
        Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => (Some(first), rest),
        _ => (None, name),
    };
    name.len() <= 255 && host.is_none_or(is_host) && repository.split('/').all(is_component)
}

fn is_host(host: &str) -> bool {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, Some(port)),
        _ => (host, None),
    };
    let plain = |label: &[u8]| {
        label.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-') && !matches!(label, [] | [b'-', ..] | [.., b'-'])
    };
    let six = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
    let named = six.map_or_else(
        || name.as_bytes().split(|b| *b == b'.').all(plain),
        |six| six.parse::<std::net::Ipv6Addr>().is_ok(),
    );
    named && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

/// Small letters and digits, with `.`, `_`, `__` or any number of `-` between them.
fn is_component(part: &str) -> bool {
    let plain = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let between = |some: &[u8]| matches!(some, b"." | b"_" | b"__") || some.iter().all(|b| *b == b'-');
    let part = part.as_bytes();
    part.first().is_some_and(plain)
        && part.last().is_some_and(plain)
        && part.chunk_by(|a, b| plain(a) == plain(b)).all(|some| plain(&some[0]) || between(some))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    #[test]
    fn a_reference_has_its_parts() {
        let pinned = format!("localhost:5000/a/b:1@{DIGEST}");
        for (text, registry, repository, tag, digest) in [
            ("nginx", None, "nginx", None, None),
            ("nginx:1.29.3", None, "nginx", Some("1.29.3"), None),
            ("grafana/grafana:13.1.2", None, "grafana/grafana", Some("13.1.2"), None),
            ("ghcr.io/immich-app/postgres:14-v0.4", Some("ghcr.io"), "immich-app/postgres", Some("14-v0.4"), None),
            ("localhost/a", Some("localhost"), "a", None, None),
            ("registry:5000/a", Some("registry:5000"), "a", None, None),
            ("https://registry.lan/a:b", Some("registry.lan"), "a", Some("b"), None),
            ("[::1]:5000/a:b", Some("[::1]:5000"), "a", Some("b"), None),
            (pinned.as_str(), Some("localhost:5000"), "a/b", Some("1"), Some(DIGEST)),
        ] {
            let found = ImageReference::parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((found.registry(), found.repository()), (registry, repository), "{text}");
            assert_eq!((found.tag, found.digest), (tag, digest), "{text}");
        }
    }

    #[test]
    fn a_name_may_tell_the_architecture() {
        for (text, arch) in [
            ("app:1.2-arm64", Some(Arch::Arm64)),
            ("arm64v8/nginx:1.29.3", Some(Arch::Arm64)),
            ("linuxserver/sonarr:amd64-4.0.9", Some(Arch::Amd64)),
            ("ghcr.io/x/y:1.2-x86_64", Some(Arch::Amd64)),
            ("ghcr.io/x/exporter-amd64:1.2", Some(Arch::Amd64)),
            ("app:1.2", None),
            ("amd64/app:1.2-arm64", None),
        ] {
            assert_eq!(ImageReference::split(text).arch(), arch, "{text}");
        }
    }

    #[test]
    fn what_docker_refuses_is_none() {
        let short = &DIGEST[..DIGEST.len() - 1];
        for text in [
            "",
            ":1",
            "a:",
            "a b",
            "Nginx",
            "a//b",
            "/a",
            "a/",
            "-a",
            "a..b",
            "a___b",
            "a:-1",
            "docker://a:1",
            "a@sha256:1",
            "a@",
            "a:1:2",
            "ex_ample.com/a",
            "host:99999/a",
            "a:${NOMAD_META_v}",
            "a\n:1",
            "é/a",
            &format!("a@{short}"),
            &format!("a@{}", DIGEST.to_uppercase()),
            &format!("a:{}", "x".repeat(129)),
        ] {
            assert_eq!(ImageReference::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn what_has_no_version_moves() {
        for (text, moves) in
            [("a", true), ("a:latest", true), ("a:1", false), ("a:stable", true), ("a:1-stable", false)]
        {
            assert_eq!(ImageReference::parse(text).map(|found| found.is_moving()), Some(moves), "{text}");
        }
        let pinned = format!("a:latest@{DIGEST}");
        assert!(!ImageReference::parse(&pinned).unwrap().is_moving());
    }
}
