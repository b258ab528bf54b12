//! What is proven on a cluster: each case is a name that says what holds, and a function that finds out.

mod change;
mod discovery;
mod firewall;
mod interruption;
mod membership;
mod monitoring;
mod placement;
mod power;
mod proxy;
mod traces;

use std::path::Path;
use std::time::{Duration, Instant};

use crate::cluster::{Cluster, down};
use crate::say;

/// How long what was asked for may take to come about.
const SETTLED: Duration = Duration::from_secs(90);

/// What a case finds: nothing, or what doesn't hold.
type Verdict = Result<(), String>;

/// Finds out whether something holds.
type Case = fn(&Cluster) -> Verdict;

/// The cases, in the order that they are tried in; each leaves the lab deployed as it found it.
const CASES: &[(&str, Case)] = &[
    ("every_node_is_a_member", membership::every_node_is_a_member),
    ("jobs_run_where_the_analysis_lets_them", placement::jobs_run_where_the_analysis_lets_them),
    ("services_are_found_by_name", discovery::services_are_found_by_name),
    ("services_are_found_in_the_environment", discovery::services_are_found_in_the_environment),
    ("the_proxy_answers_with_the_right_service", proxy::the_proxy_answers_with_the_right_service),
    ("prometheus_finds_its_targets", monitoring::prometheus_finds_its_targets),
    ("the_firewalls_let_through_what_is_declared", firewall::the_firewalls_let_through_what_is_declared),
    ("a_second_deploy_changes_nothing", change::a_second_deploy_changes_nothing),
    ("a_removed_service_is_stopped_and_its_data_stays", change::a_removed_service_is_stopped_and_its_data_stays),
    ("a_killed_deploy_is_finished_by_the_next_one", interruption::a_killed_deploy_is_finished_by_the_next_one),
    ("what_a_dead_node_ran_moves_as_the_analysis_says", power::what_a_dead_node_ran_moves_as_the_analysis_says),
    ("a_dead_server_comes_back_with_all_it_had", power::a_dead_server_comes_back_with_all_it_had),
];

/// Brings the lab up, tries the cases whose names hold one of some words, all where there are none, and takes it down:
/// after that, this computer has to be as it was.
pub(crate) fn prove(repository: &Path, words: &[&str]) -> Result<bool, String> {
    down(repository)?;
    let before = traces::look()?;
    let failed = Cluster::up(repository).map(|cluster| try_cases(&cluster, words));
    down(repository)?;
    let left = traces::compare(&before, &traces::look()?);
    let verdict = left.as_ref().map_or_else(|reason| format!("FAILED\n{reason}"), |()| "ok".to_owned());
    say(&format!("taken_down_it_leaves_nothing_behind: {verdict}"));
    Ok(failed? == 0 && left.is_ok())
}

/// Tries cases on a cluster that is up; says how many failed.
pub(crate) fn try_cases(cluster: &Cluster, words: &[&str]) -> usize {
    let wanted = |name: &str| words.is_empty() || words.iter().any(|word| name.contains(word));
    let (mut passed, mut failed) = (0, 0);
    for (name, case) in CASES.iter().filter(|(name, _)| wanted(name)) {
        let started = Instant::now();
        let verdict = case(cluster);
        let time = started.elapsed().as_secs_f64();
        match verdict {
            Ok(()) => {
                passed += 1;
                say(&format!("{name}: ok ({time:.1} s)"));
            }
            Err(reason) => {
                failed += 1;
                say(&format!("{name}: FAILED ({time:.1} s)\n{reason}"));
            }
        }
    }
    say(&format!("\n{passed} passed, {failed} failed"));
    failed
}

/// Says what doesn't hold.
fn ensure(holds: bool, what: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(what()) }
}

/// Asks again and again until something holds, and says what didn't when the time is up.
fn eventually(limit: Duration, mut holds: impl FnMut() -> Verdict) -> Verdict {
    let started = Instant::now();
    loop {
        match holds() {
            Err(_) if started.elapsed() < limit => std::thread::sleep(Duration::from_millis(500)),
            verdict => return verdict,
        }
    }
}
