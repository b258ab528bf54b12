//! Prometheus finds what it is to scrape, and gets it.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;

use super::{Verdict, ensure, eventually};
use crate::agents::{list, text};
use crate::cluster::Cluster;

/// Discovery asks every half minute, and each target is scraped every half minute.
const LIMIT: Duration = Duration::from_secs(120);

/// The real Prometheus has one healthy target for each instance of each service with metrics, and for each Nomad agent, and
/// says of each on which node it is.
pub(super) fn prometheus_finds_its_targets(cluster: &Cluster) -> Verdict {
    let mut wanted: BTreeSet<(String, String)> = BTreeSet::new();
    let running = cluster.running()?;
    for service in cluster.facts.lab.services.iter().filter(|service| service.metrics.is_some()) {
        let of_service = running.iter().filter(|it| it.job == service.name.value);
        wanted.extend(of_service.map(|it| (it.job.clone(), it.node.clone())));
    }
    wanted.extend(cluster.facts.lab.nodes.iter().map(|node| ("nomad".to_owned(), node.name.value.clone())));
    let prometheus = running.iter().find(|it| it.job == "prometheus").ok_or("no Prometheus runs")?;
    let node = cluster.node(&prometheus.node)?;
    let address = cluster.address(node);
    eventually(LIMIT, || {
        let answer = node.shell(&format!("curl -sf http://{address}:9090/api/v1/targets"))?;
        let answer: Value = serde_json::from_str(&answer).map_err(|error| error.to_string())?;
        let targets = list(&answer["data"]["activeTargets"]);
        let label = |target: &Value, name| text(&target["labels"], name);
        let healthy = targets.iter().filter(|target| text(target, "health") == "up");
        let found: BTreeSet<_> = healthy.map(|target| (label(target, "job"), label(target, "node"))).collect();
        let bad = targets.iter().filter(|target| text(target, "health") != "up");
        let errors: Vec<_> = bad.map(|target| (text(target, "scrapeUrl"), text(target, "lastError"))).collect();
        ensure(found == wanted, || format!("healthy: {found:?}\nwanted: {wanted:?}\nothers: {errors:?}"))
    })
}
