//! A deployment is killed, and run again.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::change::lab_without;
use super::{SETTLED, Verdict, ensure, eventually};
use crate::cluster::{Cluster, LAB, folder};
use crate::program::{read, write};
use crate::say;

/// Kills in a row before a deployment is let end.
const CHAIN: usize = 5;

/// The lab is deployed with a service less, a volume more on a client, a port of a service fixed and a name more at the name
/// server; then as it is, and so on in turn. Each deployment is killed some times at random moments, begun again each time, and
/// at last let end: every node and every job is then as after a deployment that nobody disturbed.
pub(super) fn a_killed_deploy_is_finished_by_the_next_one(cluster: &Cluster) -> Verdict {
    let number = |name| std::env::var(name).ok().and_then(|text: String| text.parse::<u64>().ok());
    let kills = number("CLUSTER_KILLS").and_then(|kills| kills.try_into().ok()).unwrap_or(0);
    if kills == 0 {
        say("    skipped: it takes minutes a kill; `CLUSTER_KILLS=30` says how many are wanted");
        return Ok(());
    }
    let clock = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(1, |time| time.as_secs());
    let seed = number("CLUSTER_SEED").unwrap_or(clock);
    let mut random = Random(seed);
    let labs = [cluster.repository.join(LAB), other_lab(cluster)?];
    let first = settled(cluster)?;
    let started = Instant::now();
    deploy(cluster, &labs[1])?;
    let time = started.elapsed();
    let undisturbed = [first, settled(cluster)?];
    say(&format!("    {kills} kills within {:.0} s each, CLUSTER_SEED={seed}", time.as_secs_f64()));
    let mut killed = 0;
    for lab in [0, 1].into_iter().cycle() {
        cluster.put_bundle(&labs[lab])?;
        let mut moments = Vec::new();
        for _ in 0..CHAIN.min(kills - killed) {
            let moment = random.below(time);
            kill_at(cluster, moment)?;
            moments.push(format!("{:.2} s", moment.as_secs_f64()));
        }
        killed += moments.len();
        let tell = |reason: String| format!("seed {seed}, killed after {moments:?}:\n{reason}");
        cluster.deploy("").map_err(tell)?;
        let after = settled(cluster)?;
        ensure(after == undisturbed[lab], || tell(difference(&undisturbed[lab], &after)))?;
        say(&format!("    killed after {}: the same state", moments.join(", ")));
        if killed == kills && lab == 0 {
            break;
        }
    }
    Ok(())
}

/// Deploys a lab without being disturbed.
fn deploy(cluster: &Cluster, lab: &Path) -> Verdict {
    cluster.put_bundle(lab)?;
    cluster.deploy("").map(drop)
}

/// Starts a deployment and kills it with all that it has started.
fn kill_at(cluster: &Cluster, moment: Duration) -> Verdict {
    let mut command = cluster.console.command("sh");
    command.args(["-c", "cd; exec bundle/deploy.sh"]).process_group(0);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| format!("cannot run `nsenter`: {error}"))?;
    std::thread::sleep(moment);
    let _ = Command::new("kill").args(["-9", "--", &format!("-{}", child.id())]).stderr(Stdio::null()).status();
    child.wait().map(drop).map_err(|error| format!("cannot wait for `nsenter`: {error}"))
}

/// The state of the lab, once nothing moves any more: the jobs as they are registered, where what runs, and each node's files
/// and firewall.
fn settled(cluster: &Cluster) -> Result<String, String> {
    let mut last = String::new();
    eventually(SETTLED, || {
        let now = state(cluster)?;
        let same = now == last;
        last = now;
        ensure(same, || "the cluster doesn't come to rest".to_owned())
    })?;
    Ok(last)
}

fn state(cluster: &Cluster) -> Result<String, String> {
    let mut state = String::new();
    for job in cluster.jobs()? {
        let mut spec = cluster.nomad(&format!("/v1/job/{job}"))?;
        if let Some(fields) = spec.as_object_mut() {
            for field in ["CreateIndex", "ModifyIndex", "JobModifyIndex", "Version", "SubmitTime", "Stable", "Status"] {
                fields.remove(field);
            }
        }
        state.push_str(&format!("job {spec}\n"));
    }
    for running in cluster.running()? {
        let group = cluster.facts.groups.iter().find(|group| group.service == running.job);
        // What may run anywhere may have been moved, as Nomad likes.
        let node = if group.is_some_and(|group| group.kind == "service" && group.nodes.len() > 1) {
            "somewhere"
        } else {
            &running.node
        };
        state.push_str(&format!("runs {} {} {node}\n", running.job, running.group));
    }
    // In which order ufw's own rules came doesn't matter: none of them denies.
    let files = "cd / && find etc/nomad.d etc/consul.d etc/dnsmasq.d etc/samba etc/systemd etc/ufw var/lib/hlmc -type f \
        | grep -v 'user6*.rules' | sort | xargs sha256sum; iptables-save -t filter > /tmp/rules; grep '^-A hlmc' /tmp/rules; \
        grep '^-A ufw-user' /tmp/rules | sort; ls /data /fast /bulk1 2>/dev/null || :";
    for node in &cluster.nodes {
        for line in node.shell(files)?.lines() {
            state.push_str(&format!("{} {line}\n", node.name));
        }
    }
    Ok(state)
}

/// The lines that only one of two states has.
fn difference(before: &str, after: &str) -> String {
    let only = |one: &str, other: &str, mark: &str| {
        let lines = one.lines().filter(|line| !other.lines().any(|it| it == *line));
        lines.map(|line| format!("{mark} {line}\n")).collect::<String>()
    };
    format!("{}{}", only(before, after, "-"), only(after, before, "+"))
}

/// A copy of the lab that differs in its jobs, in a node's agent, in its firewall and in its names.
fn other_lab(cluster: &Cluster) -> Result<PathBuf, String> {
    let lab = lab_without(cluster)?;
    let other = folder(&cluster.repository).join("lab-other");
    let _ = std::fs::remove_dir_all(&other);
    std::fs::rename(&lab, &other).map_err(|error| format!("cannot move `{}`: {error}", lab.display()))?;
    let edit = |path: &str, from: &str, to: &str| {
        let text = read(&other.join(path))?;
        ensure(text.contains(from), || format!("`{path}` doesn't hold `{from}`"))?;
        write(&other.join(path), &text.replacen(from, to, 1))
    };
    edit("nodes/pi5-1.kdl", "    host-volume", "    host-volume \"more\" path=\"/srv/more\"\n    host-volume")?;
    edit(
        "nodes/nas.kdl",
        "        host \"printer\"",
        "        host \"more\" address=\"192.168.1.21\"\n        host \"printer\"",
    )?;
    edit("services/photos.kdl", "    prefer class", "    port \"redis\" static=6379\n    prefer class")?;
    Ok(other)
}

/// A sequence of numbers that a seed determines (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: Duration) -> Duration {
        for shift in [13, -7, 17_i32] {
            self.0 ^= if shift > 0 { self.0 << shift } else { self.0 >> -shift };
        }
        limit.mul_f64((self.0 >> 11) as f64 / (1_u64 << 53) as f64)
    }
}
