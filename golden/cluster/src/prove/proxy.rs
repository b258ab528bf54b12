//! Requests by name reach the right service through the generated proxy.

use std::time::Duration;

use super::{Verdict, ensure, eventually};
use crate::cluster::Cluster;

/// How long the proxy may take to make its certificates.
const LIMIT: Duration = Duration::from_secs(60);

/// Where the proxy's own authority lies in its volume.
const AUTHORITY: &str = "caddy/pki/authorities/local/root.crt";

/// Every route answers over TLS, under a certificate of the proxy's authority, with the name of its own service; what asks
/// without TLS is sent there; another name gets no answer.
pub(super) fn the_proxy_answers_with_the_right_service(cluster: &Cluster) -> Verdict {
    let lab = &cluster.facts.lab;
    let volumes = lab.nodes.iter().flat_map(|node| node.host_volumes.iter().map(move |volume| (node, volume)));
    let (node, volume) = volumes
        .into_iter()
        .find(|(_, volume)| volume.name.value == "caddy-data")
        .ok_or("no node has the proxy's volume")?;
    let file = format!("{}/{AUTHORITY}", volume.path.value);
    eventually(LIMIT, || cluster.node(&node.name.value)?.shell(&format!("cat {file}")).map(drop))?;
    let authority = cluster.node(&node.name.value)?.shell(&format!("cat {file}"))?;
    cluster.console.shell(&format!("cat > /root/root.crt <<'END'\n{authority}END\n"))?;
    let mut routes = 0;
    for service in &lab.services {
        for route in &service.routes {
            let (host, path) = (&route.host.value, &route.path.value);
            eventually(LIMIT, || {
                let curl = format!("curl -sS --max-time 10 --cacert /root/root.crt https://{host}{path}");
                let answer = cluster.console.shell(&curl)?;
                ensure(answer.trim() == service.name.value, || format!("{curl}\nanswers {answer}"))
            })?;
            let plain =
                cluster.console.shell(&format!("curl -sS -o /dev/null -w '%{{redirect_url}}' http://{host}{path}"))?;
            ensure(plain == format!("https://{host}{path}"), || format!("http://{host} leads to `{plain}`"))?;
            routes += 1;
        }
    }
    ensure(routes > 0, || "the lab has no routes".to_owned())?;
    let other = format!("other.{}", lab.domain.value);
    let asked = format!("curl -sS --max-time 10 -k --resolve {other}:443:{} https://{other}/", node.address.value);
    let (code, answer) = cluster.console.try_shell(&asked)?;
    ensure(code != Some(0), || format!("`{other}`, which no service has, answers: {answer}"))
}
