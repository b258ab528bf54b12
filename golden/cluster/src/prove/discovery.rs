//! Services find each other, by DNS and in what Nomad renders.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::{Verdict, ensure, eventually};
use crate::agents::{list, text};
use crate::cluster::Cluster;

/// How long discovery may take to follow what runs.
const LIMIT: Duration = Duration::from_secs(60);

/// The lab's name server answers on its network for the nodes, for the hosts of all routes, and for every registered service
/// with the addresses of the nodes that it runs on. A service answers there under the port that DNS tells.
pub(super) fn services_are_found_by_name(cluster: &Cluster) -> Verdict {
    let lab = &cluster.facts.lab;
    let server = cluster.facts.name_server().ok_or("the lab has no name server")?;
    let ask = |name: &str| -> Result<BTreeSet<String>, String> {
        let answer = cluster.console.shell(&format!("busybox nslookup -type=a {name} {server} || :"))?;
        // The first address is the name server's own.
        let lines = answer.lines().skip_while(|line| !line.starts_with("Name:"));
        Ok(lines.filter_map(|line| line.strip_prefix("Address: ")).map(|address| address.trim().to_owned()).collect())
    };
    for node in &lab.nodes {
        let name = format!("{}.{}", node.name.value, lab.domain.value);
        let found = ask(&name)?;
        ensure(found == BTreeSet::from([node.address.value.to_string()]), || format!("`{name}` is {found:?}"))?;
    }
    let proxy = lab.services.iter().flat_map(|service| &service.routes).map(|route| &route.host.value);
    for host in proxy {
        let found = ask(host)?;
        ensure(found.len() == 1, || format!("`{host}` is {found:?}"))?;
    }
    for (service, instances) in registered(cluster)? {
        let wanted: BTreeSet<String> = instances.into_iter().map(|(address, _)| address).collect();
        eventually(LIMIT, || {
            let found = ask(&format!("{service}.service.consul"))?;
            ensure(found == wanted, || format!("`{service}` is found at {found:?}, and runs at {wanted:?}"))
        })?;
    }
    Ok(())
}

/// What a task is given as the address of another service is where that one runs, and answers there.
pub(super) fn services_are_found_in_the_environment(cluster: &Cluster) -> Verdict {
    let registered = registered(cluster)?;
    let mut proven = 0;
    for running in cluster.running()? {
        let Some(service) = cluster.facts.lab.service(&running.job) else { continue };
        if service.references.is_empty() {
            continue;
        }
        let environment = cluster.in_task(&running, "tr '\\0' '\\n' < /proc/1/environ")?;
        for reference in &service.references {
            let of = registered
                .get(&reference.service)
                .ok_or_else(|| format!("`{}` isn't registered", reference.service))?;
            let found = of.iter().any(|(address, port)| environment.contains(address) && environment.contains(port));
            ensure(found, || {
                format!("`{}` doesn't know `{}` at {of:?}:\n{environment}", running.job, reference.service)
            })?;
            for (address, port) in of {
                let answer = cluster.in_task(&running, &format!("probe get {address}:{port} /-/healthy"));
                // A stand-in answers with its name, Prometheus with a sentence about itself.
                let right = |answer: &String| answer.to_lowercase().starts_with(&reference.service);
                ensure(answer.as_ref().is_ok_and(right), || {
                    format!("`{}` asks `{}` at {address}:{port}: {answer:?}", running.job, reference.service)
                })?;
                proven += 1;
            }
        }
    }
    ensure(proven > 0, || "no service of the lab asks for another one".to_owned())
}

/// What Consul has registered, but its own: a service's instances with address and port.
fn registered(cluster: &Cluster) -> Result<BTreeMap<String, Vec<(String, String)>>, String> {
    let mut registered = BTreeMap::new();
    let services = cluster.consul("/v1/catalog/services")?;
    let names = services.as_object().into_iter().flatten().map(|(name, _)| name);
    for name in names.filter(|name| !["consul", "nomad", "nomad-client"].contains(&name.as_str())) {
        let instances = cluster.consul(&format!("/v1/health/service/{name}?passing"))?;
        let instances = list(&instances).iter().map(|instance| {
            let service = &instance["Service"];
            (text(service, "Address"), service["Port"].to_string())
        });
        registered.insert(name.clone(), instances.collect());
    }
    Ok(registered)
}
