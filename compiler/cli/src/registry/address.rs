//! Where a reference to an image leads: Docker Hub's names and defaults, and the hosts of all others.

use hlmc_core::model::ImageReference;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Docker Hub, as references, its API and docker's configuration call it.
const HUB: &str = "docker.io";
const HUB_API: &str = "registry-1.docker.io";
const HUB_LOGIN: &str = "https://index.docker.io/v1/";

/// A repository of a registry, and what of it is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    /// Host of the registry's API, with its port where one is named.
    pub(crate) host: String,
    /// What docker's configuration calls the registry.
    pub(crate) login: String,
    /// The repository: `library/nginx`.
    pub(crate) repository: String,
    /// A digest where there is one, otherwise a tag: what is asked for.
    pub(crate) wanted: String,
}

impl Address {
    /// Where a reference leads; nothing where it isn't one.
    pub(crate) fn of(reference: &str) -> Option<Self> {
        let reference = ImageReference::parse(reference)?;
        let wanted = reference.digest.or(reference.tag).unwrap_or("latest").to_owned();
        let repository = reference.repository().to_owned();
        Some(match reference.registry() {
            // Names that the Hub had before.
            None | Some(HUB | "index.docker.io" | HUB_API) => {
                let official = !repository.contains('/');
                let repository = if official { format!("library/{repository}") } else { repository };
                Self { host: HUB_API.to_owned(), login: HUB_LOGIN.to_owned(), repository, wanted }
            }
            Some(host) => Self { host: host.to_owned(), login: host.to_owned(), repository, wanted },
        })
    }

    /// The registry as a person knows it.
    pub(crate) fn registry(&self) -> &str {
        if self.host == HUB_API { HUB } else { &self.host }
    }
}

/// Whether a host, with or without a port, is this computer itself.
pub(crate) fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let six = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost"
        || name.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        || six.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_lead_to_their_registry() {
        let digest = format!("sha256:{}", "0".repeat(64));
        let pinned = format!("nginx:1@{digest}");
        for (reference, registry, host, repository, wanted) in [
            ("nginx", HUB, HUB_API, "library/nginx", "latest"),
            ("grafana/grafana:13.1.2", HUB, HUB_API, "grafana/grafana", "13.1.2"),
            ("docker.io/nginx:1", HUB, HUB_API, "library/nginx", "1"),
            ("docker.io/library/nginx:1", HUB, HUB_API, "library/nginx", "1"),
            ("index.docker.io/a/b", HUB, HUB_API, "a/b", "latest"),
            (pinned.as_str(), HUB, HUB_API, "library/nginx", digest.as_str()),
            ("localhost:5000/a:1", "localhost:5000", "localhost:5000", "a", "1"),
            ("registry.lan/x/y/z", "registry.lan", "registry.lan", "x/y/z", "latest"),
        ] {
            let address = Address::of(reference).unwrap();
            assert_eq!((address.registry(), address.host.as_str()), (registry, host), "{reference}");
            assert_eq!((address.repository.as_str(), address.wanted.as_str()), (repository, wanted), "{reference}");
        }
        assert_eq!(Address::of("Nginx"), None);
        assert_eq!(Address::of("nginx").unwrap().login, HUB_LOGIN);
    }

    #[test]
    fn only_this_computer_is_near() {
        for host in ["localhost", "localhost:5000", "127.0.0.1:80", "127.3.2.1", "[::1]:5000", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "registry.lan",
            "localhost.example.com",
            "10.0.0.1:5000",
            "[::2]:1",
            "128.0.0.1",
            "127.0.0.1.nip.example:80",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
