//! Prometheus: one scrape job for each service that tells metrics, with targets found through discovery.
//!
//! Prometheus shares its node's network, so it asks the agents of that node: no address of a node is in the file.

use crate::analyze::Analysis;
use crate::bundle::Artifact;
use crate::model::{Discovery, Lab, Metrics, Role, Service};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Where the agents of the own node answer.
const CONSUL: &str = "127.0.0.1:8500";
const NOMAD: &str = "http://127.0.0.1:4646";

/// The configuration, where Prometheus does the monitoring.
#[must_use]
pub fn artifacts(analysis: &Analysis<'_>) -> Vec<Artifact> {
    let lab = analysis.lab;
    if lab.provider(Role::Monitoring).is_none_or(|provider| provider.name.value != "prometheus") {
        return Vec::new();
    }
    vec![Artifact::text("prometheus", "monitoring/prometheus.yml", config(lab))]
}

fn config(lab: &Lab) -> String {
    let measured = || lab.services.iter().filter_map(|service| Some((service, service.metrics.as_ref()?)));
    let agents = agents(lab);
    let mut text = String::with_capacity(256 * lab.services.len());
    text.push_str("# Made by hlmc from the `metrics` of all services: change those, not this file.\n");
    text.push_str("global:\n  scrape_interval: 30s\nscrape_configs:");
    text.push_str(if agents.is_none() && measured().next().is_none() { " []\n" } else { "\n" });
    for (service, metrics) in measured() {
        let at = [&*service.name, &*metrics.path, &*metrics.upstream];
        if lab.discovery == Discovery::Consul && at.into_iter().all(is_plain) {
            push_plain(&mut text, at);
        } else {
            push(&mut text, &scrape(lab, service, metrics));
        }
    }
    agents.iter().for_each(|config| push(&mut text, config));
    text
}

/// Appends a scrape job.
fn push(text: &mut String, config: &ScrapeConfig<'_>) {
    // Nothing in it is of a kind that YAML can't hold.
    let _ = serde_saphyr::to_fmt_writer(text, &[config]);
}

/// Appends the scrape job of a service as [`push`] would, but at once: nearly all services of a lab with Consul are like this.
fn push_plain(text: &mut String, [name, path, upstream]: [&str; 3]) {
    let _ = write!(
        text,
        "- job_name: {name}
  metrics_path: {path}
  consul_sd_configs:
  - server: {CONSUL}
    services:
    - {upstream}
  relabel_configs:
  - source_labels:
    - __meta_consul_node
    target_label: node
"
    );
}

/// Whether YAML takes a text for one as it stands, and for a path without a query. Whatever else a word could be, such as `false`,
/// is shorter.
fn is_plain(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'/');
    (6..=64).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase() || c == '/')
        && text.bytes().all(plain)
}

#[derive(Serialize)]
struct ScrapeConfig<'l> {
    job_name: &'l str,
    metrics_path: &'l str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    params: BTreeMap<&'l str, Vec<&'l str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    consul_sd_configs: Vec<ConsulDiscovery<'l>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    nomad_sd_configs: Vec<NomadDiscovery<'l>>,
    relabel_configs: Vec<Relabel<'l>>,
}

#[derive(Serialize)]
struct ConsulDiscovery<'l> {
    server: &'static str,
    services: Vec<&'l str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<&'static str>,
}

#[derive(Serialize)]
struct NomadDiscovery<'l> {
    server: &'static str,
    region: &'l str,
    namespace: &'l str,
}

#[derive(Serialize)]
struct Relabel<'l> {
    source_labels: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    regex: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_label: Option<&'l str>,
}

fn scrape<'l>(lab: &'l Lab, service: &'l Service, metrics: &'l Metrics) -> ScrapeConfig<'l> {
    let (path, query) = metrics.path.split_once('?').unwrap_or((&metrics.path, ""));
    let mut config = ScrapeConfig {
        job_name: &service.name,
        metrics_path: path,
        params: params(query),
        consul_sd_configs: Vec::new(),
        nomad_sd_configs: Vec::new(),
        relabel_configs: Vec::new(),
    };
    match lab.discovery {
        Discovery::Consul => {
            config.consul_sd_configs.push(consul(vec![&metrics.upstream], Vec::new()));
            config.relabel_configs.push(label("__meta_consul_node", "node"));
        }
        Discovery::Nomad => {
            let (region, namespace) = (lab.region.as_str(), service.namespace.value.as_str());
            config.nomad_sd_configs.push(NomadDiscovery { server: NOMAD, region, namespace });
            config.relabel_configs.push(keep("__meta_nomad_service", &metrics.upstream));
            config.relabel_configs.push(label("__meta_nomad_node_id", "node"));
        }
    }
    config
}

/// Prometheus has the query of a URL apart from its path.
fn params(query: &str) -> BTreeMap<&str, Vec<&str>> {
    let mut params: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        params.entry(name).or_default().push(value);
    }
    params
}

/// The Nomad agents, which register themselves in Consul; a server that is a client too is one target all the same.
fn agents(lab: &Lab) -> Option<ScrapeConfig<'_>> {
    (lab.discovery == Discovery::Consul).then(|| ScrapeConfig {
        job_name: "nomad",
        metrics_path: "/v1/metrics",
        params: BTreeMap::from([("format", vec!["prometheus"])]),
        consul_sd_configs: vec![consul(vec!["nomad", "nomad-client"], vec!["http"])],
        nomad_sd_configs: Vec::new(),
        relabel_configs: vec![label("__meta_consul_node", "node")],
    })
}

/// Without a datacenter, the agent answers for its own: the only one of the lab.
fn consul<'l>(services: Vec<&'l str>, tags: Vec<&'static str>) -> ConsulDiscovery<'l> {
    ConsulDiscovery { server: CONSUL, services, tags }
}

fn label<'l>(from: &'static str, to: &'l str) -> Relabel<'l> {
    Relabel { source_labels: vec![from], action: None, regex: None, target_label: Some(to) }
}

fn keep<'l>(of: &'static str, only: &str) -> Relabel<'l> {
    let mut regex = String::new();
    for letter in only.chars() {
        if !(letter.is_ascii_alphanumeric() || letter == '-') {
            regex.push('\\');
        }
        regex.push(letter);
    }
    Relabel { source_labels: vec![of], action: Some("keep"), regex: Some(regex), target_label: None }
}

#[cfg(test)]
mod tests;
