//! Which host serves what: the routes of all services, put together by host name.

use crate::model::{Lab, Route};
use std::collections::BTreeMap;

/// What is served at one host name.
pub(super) struct Site<'l> {
    /// Whole host name.
    pub(super) host: &'l str,
    /// Whether some route of it is reachable from the internet, so that a public authority can give a certificate.
    pub(super) public: bool,
    /// The routes, longest path first.
    pub(super) handles: Vec<Handle<'l>>,
}

/// One route of a site.
pub(super) struct Handle<'l> {
    /// Path below which it answers; `None` for all.
    pub(super) path: Option<&'l str>,
    /// Name of its matcher, unique in the site.
    pub(super) matcher: String,
    /// Registered name of what answers.
    pub(super) upstream: &'l str,
    /// Reachable from the internet.
    pub(super) public: bool,
    /// Somebody has to log in first.
    pub(super) auth: bool,
}

/// The sites of a lab, sorted by host name.
pub(super) fn sites(lab: &Lab) -> Vec<Site<'_>> {
    let mut hosts: BTreeMap<&str, Vec<&Route>> = BTreeMap::new();
    for route in lab.services.iter().flat_map(|service| &service.routes) {
        hosts.entry(&route.host).or_default().push(route);
    }
    hosts.into_iter().map(|(host, routes)| site(host, routes)).collect()
}

fn site<'l>(host: &'l str, mut routes: Vec<&'l Route>) -> Site<'l> {
    routes.sort_by_key(|route| route.rank());
    let handles = routes.iter().enumerate().map(|(at, route)| Handle {
        path: route.base(),
        matcher: format!("route{}", at + 1),
        upstream: &route.upstream,
        public: route.public,
        auth: route.auth.is_some(),
    });
    Site { host, public: routes.iter().any(|route| route.public), handles: handles.collect() }
}
