//! A node dies: all of its processes at once, without a word.

use std::collections::BTreeSet;

use super::{SETTLED, Verdict, ensure, eventually, placement};
use crate::agents::Running;
use crate::cluster::Cluster;
use crate::machine::Machine;

/// A node without a server dies. What the analysis lets run elsewhere too runs there soon, what it doesn't is lost until the
/// node is back, and what ran on other nodes goes on undisturbed.
pub(super) fn what_a_dead_node_ran_moves_as_the_analysis_says(cluster: &Cluster) -> Verdict {
    let before = cluster.running()?;
    let victim = victim(cluster, &before)?;
    let lost: Vec<&Running> = before.iter().filter(|it| it.node == victim.name).collect();
    let kept: BTreeSet<&Running> = before.iter().filter(|it| it.node != victim.name).collect();
    let (moving, dying): (Vec<&Running>, Vec<&Running>) = lost.iter().partition(|it| moves(cluster, it, &victim.name));
    ensure(!moving.is_empty() && !dying.is_empty(), || format!("`{}` runs too little: {lost:?}", victim.name))?;
    victim.cut_power()?;
    eventually(SETTLED, || {
        let state = cluster.nomad_nodes()?.get(&victim.name).cloned().unwrap_or_default();
        ensure(state == "down", || format!("Nomad says that `{}` is `{state}`", victim.name))
    })?;
    eventually(SETTLED, || {
        let after = cluster.running()?;
        let here: BTreeSet<&Running> = after.iter().collect();
        let gone: Vec<_> = kept.difference(&here).collect();
        ensure(gone.is_empty(), || format!("other nodes lost {gone:?}"))?;
        let new: Vec<&&Running> = here.difference(&kept).collect();
        let names = |list: &[&Running]| list.iter().map(|it| it.job.clone()).collect::<BTreeSet<_>>();
        let moved: BTreeSet<String> = new.iter().map(|it| it.job.clone()).collect();
        ensure(moved == names(&moving), || {
            format!("{moved:?} moved, and {:?} should; {:?} may not", names(&moving), names(&dying))
        })?;
        ensure(new.iter().all(|it| it.node != victim.name), || format!("{new:?}"))
    })?;
    let (code, said) = cluster.console.try_shell("bundle/deploy.sh --only jobs 2>&1")?;
    ensure(code == Some(0) && said.contains("0 new, 0 changed"), || format!("a deployment without the node: {said}"))?;
    come_back(cluster, victim)
}

/// The node with the only server dies: what runs elsewhere goes on, nothing moves, and once the node is back everything runs
/// again where it belongs, with its data.
pub(super) fn a_dead_server_comes_back_with_all_it_had(cluster: &Cluster) -> Verdict {
    let server = cluster.server()?;
    let moving = cluster.facts.moving(&server.name);
    ensure(moving.is_empty(), || format!("without a quorum {moving:?} should move"))?;
    let containers = |machine: &Machine| machine.shell("docker ps --quiet | sort");
    let others: Vec<&Machine> = cluster.nodes.iter().filter(|node| node.name != server.name).collect();
    let before: Vec<String> = others.iter().map(|node| containers(node)).collect::<Result<_, _>>()?;
    let data = "cat /data/grafana/kept";
    server.shell("echo precious > /data/grafana/kept")?;
    server.cut_power()?;
    let (code, said) = cluster.console.try_shell("bundle/deploy.sh --only jobs --timeout 5 2>&1")?;
    ensure(code == Some(3), || format!("a deployment without a server ends with {code:?}: {said}"))?;
    std::thread::sleep(std::time::Duration::from_secs(20));
    let after: Vec<String> = others.iter().map(|node| containers(node)).collect::<Result<_, _>>()?;
    ensure(before == after, || format!("containers of the other nodes: {before:?}, then {after:?}"))?;
    come_back(cluster, server)?;
    let kept = server.shell(data)?;
    ensure(kept == "precious\n", || format!("its data is `{kept}`"))
}

/// Switches a machine on again: everything runs again, and there is nothing to deploy.
fn come_back(cluster: &Cluster, machine: &Machine) -> Verdict {
    cluster.switch_on(machine)?;
    machine.wait_until_booted()?;
    eventually(SETTLED, || answers(cluster, machine))?;
    eventually(SETTLED * 2, || placement::jobs_run_where_the_analysis_lets_them(cluster))?;
    let said = cluster.deploy("")?;
    let count = cluster.facts.lab.services.len();
    let last = format!("jobs: 0 new, 0 changed, {count} unchanged, 0 stopped");
    ensure(said.contains(&last) && !said.contains("writing /"), || format!("the deployment after it is back:\n{said}"))
}

/// Whether a machine's sshd takes connections from the desk.
fn answers(cluster: &Cluster, machine: &Machine) -> Verdict {
    let mut nodes = cluster.facts.lab.nodes.iter();
    let node = nodes.find(|node| node.name.value == machine.name).ok_or("a machine without a node")?;
    let (address, port) = (node.address.value, node.ssh_port());
    let (code, _) = cluster.console.try_shell(&format!("timeout 3 bash -c '</dev/tcp/{address}/{port}' 2>&1"))?;
    if code == Some(0) {
        return Ok(());
    }
    let (_, neighbours) = cluster.console.try_shell("ip neigh 2>&1")?;
    let (_, rules) = machine.try_shell("iptables -S 2>&1 | head -30; ip -4 addr; ss -tln")?;
    Err(format!(
        "`{}` doesn't answer at {address}:{port}; the desk's neighbours:\n{neighbours}its own:\n{rules}",
        machine.name
    ))
}

/// A node without a server, with something on it that may run elsewhere where there is one.
fn victim<'c>(cluster: &'c Cluster, running: &[Running]) -> Result<&'c Machine, String> {
    let lab = &cluster.facts.lab;
    let clients = || lab.nodes.iter().filter(|node| !node.server).map(|node| &node.name.value);
    let best = clients().find(|name| running.iter().any(|it| it.node == **name && moves(cluster, it, name)));
    cluster.node(best.or_else(|| clients().next()).ok_or("every node has a server")?)
}

/// Whether `hlmc whatif` says that something which runs on a node moves when that stops.
fn moves(cluster: &Cluster, running: &Running, dead: &str) -> bool {
    cluster.facts.moving(dead).contains(&(running.job.clone(), running.group.clone()))
}
