//! The lab is deployed again: as it is, and with less in it.

use std::path::PathBuf;
use std::process::Command;

use super::{Verdict, ensure};
use crate::agents::Running;
use crate::cluster::{Cluster, LAB, folder};
use crate::program::{read, succeed, write};

/// The service that is removed: it keeps data, so its volume can be looked at afterwards.
const REMOVED: &str = "grafana";

/// What each node has that a deployment may change: its configuration, its firewall, and since when its daemons run.
const NODE: &str = "cd / && find etc/nomad.d etc/consul.d etc/dnsmasq.d etc/samba etc/systemd etc/ufw var/lib/hlmc -type f \
    | sort | xargs sha256sum; ps -eo lstart,args | grep -E ' (dockerd|nomad agent|consul agent|dnsmasq|smbd) ' | sort; \
    iptables-save | grep -v '^[#:]'";

/// Deploying what is deployed already registers nothing, writes nothing, restarts nothing, and says so.
pub(super) fn a_second_deploy_changes_nothing(cluster: &Cluster) -> Verdict {
    let before = everything(cluster)?;
    let said = cluster.deploy("")?;
    let count = cluster.facts.lab.services.len();
    let last = format!("jobs: 0 new, 0 changed, {count} unchanged, 0 stopped");
    ensure(said.lines().any(|line| line == last), || said.clone())?;
    ensure(!said.contains("writing /") && !said.contains("registered"), || said)?;
    let after = everything(cluster)?;
    ensure(before == after, || format!("before:\n{before:#?}\nafter:\n{after:#?}"))
}

/// What runs, under which ids, and what each node has.
fn everything(cluster: &Cluster) -> Result<(Vec<Running>, Vec<String>), String> {
    let nodes = cluster.nodes.iter().map(|node| node.shell(NODE)).collect::<Result<_, _>>()?;
    Ok((cluster.running()?, nodes))
}

/// A service that is no longer in the lab is stopped by the next deployment, and what it has written stays. Of the others only
/// those change whose jobs are others now. Once it is in the lab again, it finds its data.
pub(super) fn a_removed_service_is_stopped_and_its_data_stays(cluster: &Cluster) -> Verdict {
    let before = cluster.running()?;
    let instance = before.iter().find(|it| it.job == REMOVED).ok_or("it doesn't run")?;
    let destination = "/var/lib/grafana/kept";
    cluster.in_task(instance, &format!("echo precious > {destination}"))?;
    let changed = remove(cluster)?;
    let said = cluster.deploy("--only jobs")?;
    ensure(said.contains(&format!("job {REMOVED}: no longer in the lab, stopped; its data stays")), || said.clone())?;
    let counts = format!("jobs: 0 new, {} changed, ", changed.len());
    ensure(said.contains(&counts) && said.contains(" 1 stopped"), || format!("{counts}{said}"))?;
    ensure(!cluster.jobs()?.contains(REMOVED), || said)?;
    let untouched = |it: &&Running| it.job != REMOVED && !changed.contains(&it.job);
    let stays: Vec<_> = before.iter().filter(untouched).cloned().collect();
    super::eventually(super::SETTLED, || {
        let after = cluster.running()?;
        ensure(!after.iter().any(|it| it.job == REMOVED), || format!("`{REMOVED}` still runs"))?;
        let after: Vec<_> = after.iter().filter(untouched).cloned().collect();
        ensure(after == stays, || format!("before:\n{stays:#?}\nafter:\n{after:#?}"))
    })?;
    let kept = cluster.node(&instance.node)?.shell("cat /data/grafana/kept")?;
    ensure(kept == "precious\n", || format!("its data is `{kept}`"))?;

    cluster.put_bundle(&cluster.repository.join(LAB))?;
    cluster.deploy("--only jobs")?;
    let running = cluster.running()?;
    let again = running.iter().find(|it| it.job == REMOVED).ok_or("it doesn't come back")?;
    let kept = cluster.in_task(again, &format!("cat {destination}"))?;
    ensure(kept == "precious\n", || format!("it finds `{kept}`"))
}

/// Puts the bundle of the lab without the service on the console; gives the jobs that differ then.
fn remove(cluster: &Cluster) -> Result<Vec<String>, String> {
    cluster.console.shell("rm -rf bundle-before && cp -r bundle bundle-before")?;
    cluster.put_bundle(&lab_without(cluster)?)?;
    let differ =
        "diff -rq bundle-before/nomad/jobs bundle/nomad/jobs | sed -n 's|^Files .* and .*/||; s|.nomad.hcl differ$||p'";
    Ok(cluster.console.shell(differ)?.lines().map(str::to_owned).collect())
}

/// A copy of the lab without the service.
pub(super) fn lab_without(cluster: &Cluster) -> Result<PathBuf, String> {
    let lab = folder(&cluster.repository).join("lab-without");
    let _ = std::fs::remove_dir_all(&lab);
    succeed(Command::new("cp").arg("-r").arg(cluster.repository.join(LAB)).arg(&lab))?;
    let file = lab.join("services/monitoring.kdl");
    let text = read(&file)?;
    let (above, rest) = text.split_once(&format!("use \"{REMOVED}\" {{")).ok_or("the lab doesn't use it there")?;
    let (_, below) = rest.split_once("\n}\n").ok_or("its block doesn't end")?;
    write(&file, &format!("{above}{below}"))?;
    Ok(lab)
}
