//! Questions to the agents of a cluster that is up.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::cluster::Cluster;

/// A running allocation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Running {
    /// Its job.
    pub(crate) job: String,
    /// Its group of tasks.
    pub(crate) group: String,
    /// The node it is on.
    pub(crate) node: String,
    /// Its id.
    pub(crate) id: String,
}

impl Cluster {
    /// What Nomad's API answers on a server.
    pub(crate) fn nomad(&self, path: &str) -> Result<Value, String> {
        let text = self.server()?.shell(&format!("nomad operator api '{path}'"))?;
        serde_json::from_str(&text).map_err(|error| format!("Nomad's answer to `{path}` isn't JSON: {error}"))
    }

    /// What Consul's API answers on a server.
    pub(crate) fn consul(&self, path: &str) -> Result<Value, String> {
        let text = self.server()?.shell(&format!("curl -sf 'http://127.0.0.1:8500{path}'"))?;
        serde_json::from_str(&text).map_err(|error| format!("Consul's answer to `{path}` isn't JSON: {error}"))
    }

    /// The nodes that Nomad has, with their states.
    pub(crate) fn nomad_nodes(&self) -> Result<BTreeMap<String, String>, String> {
        let nodes = self.nomad("/v1/nodes")?;
        Ok(list(&nodes).iter().map(|node| (text(node, "Name"), text(node, "Status"))).collect())
    }

    /// What runs, sorted.
    pub(crate) fn running(&self) -> Result<Vec<Running>, String> {
        let allocations = self.nomad("/v1/allocations?namespace=*")?;
        let runs = |allocation: &&Value| {
            text(allocation, "ClientStatus") == "running" && text(allocation, "DesiredStatus") == "run"
        };
        let mut running: Vec<Running> = list(&allocations)
            .iter()
            .filter(runs)
            .map(|allocation| Running {
                job: text(allocation, "JobID"),
                group: text(allocation, "TaskGroup"),
                node: text(allocation, "NodeName"),
                id: text(allocation, "ID"),
            })
            .collect();
        running.sort();
        Ok(running)
    }

    /// The jobs that aren't stopped.
    pub(crate) fn jobs(&self) -> Result<BTreeSet<String>, String> {
        let jobs = self.nomad("/v1/jobs?namespace=*")?;
        let goes = |job: &&Value| job.get("Stop") != Some(&Value::Bool(true));
        Ok(list(&jobs).iter().filter(goes).map(|job| text(job, "ID")).collect())
    }

    /// Runs a command in the container of a task.
    pub(crate) fn in_task(&self, running: &Running, script: &str) -> Result<String, String> {
        let quoted = script.replace('\'', r"'\''");
        let command =
            format!("nomad alloc exec -i=false -t=false -task {} {} sh -c '{quoted}'", running.group, running.id);
        self.server()?.shell(&command)
    }
}

/// The items of a list; none where it isn't one.
pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// A text in an object; empty where there is none.
pub(crate) fn text(value: &Value, name: &str) -> String {
    value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}
