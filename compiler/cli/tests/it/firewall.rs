//! `ufw.sh`: the rules that a shell makes of the lists in it.

use crate::lab::Lab;
use std::fs;
use std::path::Path;
use std::process::Command;

/// What a function of the script prints on the machine.
fn printed(script: &str, function: &str) -> Vec<String> {
    let functions = script.split("\nwork=").next().unwrap();
    let output = Command::new("sh").args(["-c", &format!("{functions}\n{function}")]).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn a_shell_makes_a_rule_of_each_address_in_a_list() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/labs/nas-and-pis");
    let lab = Lab::empty();
    lab.run(&["build", "--lab", root.to_str().unwrap(), "--out", "out"]);
    let script = fs::read_to_string(lab.path("out/nodes/pi5-1/ufw.sh")).unwrap();
    let rules = [
        "from 192.168.1.0/24 to any port 22 proto tcp comment 'hlmc: ssh'",
        "from 192.168.1.119 to any port 4646,8301,20000:32000 proto tcp comment 'hlmc: members'",
        "from 192.168.1.122 to any port 4646,8301,20000:32000 proto tcp comment 'hlmc: members'",
        "from 192.168.1.119 to any port 8301,20000:32000 proto udp comment 'hlmc: members'",
        "from 192.168.1.122 to any port 8301,20000:32000 proto udp comment 'hlmc: members'",
        "in on docker0 to any port 20000:32000 proto tcp comment 'hlmc: containers'",
        "in on nomad to any port 20000:32000 proto tcp comment 'hlmc: containers'",
        "in on docker0 to any port 20000:32000 proto udp comment 'hlmc: containers'",
        "in on nomad to any port 20000:32000 proto udp comment 'hlmc: containers'",
        "from 192.168.1.0/24 to any port 9100 proto tcp comment 'hlmc: node-exporter'",
        "in on docker0 to any port 9100 proto tcp comment 'hlmc: node-exporter'",
        "in on nomad to any port 9100 proto tcp comment 'hlmc: node-exporter'",
    ];
    assert_eq!(printed(&script, "rules"), rules.map(|rule| format!("ufw allow {rule}")));
    let published = [
        "-A hlmc -s 192.168.1.119 -p tcp -m conntrack --ctorigdstport 20000:32000 -j RETURN",
        "-A hlmc -s 192.168.1.122 -p tcp -m conntrack --ctorigdstport 20000:32000 -j RETURN",
        "-A hlmc -s 192.168.1.119 -p udp -m conntrack --ctorigdstport 20000:32000 -j RETURN",
        "-A hlmc -s 192.168.1.122 -p udp -m conntrack --ctorigdstport 20000:32000 -j RETURN",
        "-A hlmc -s 192.168.1.0/24 -p tcp -m conntrack --ctorigdstport 9100 -j RETURN",
    ];
    let block = printed(&script, "block");
    assert_eq!(block.iter().filter(|rule| rule.contains("ctorigdstport")).collect::<Vec<_>>(), published.each_ref());
    assert_eq!(block.first().map(String::as_str), Some("*filter"));
    assert_eq!(block[block.len() - 2..], ["-A hlmc -j DROP", "COMMIT"]);
}

#[test]
fn what_is_open_to_all_and_what_asks_for_an_address_have_rules_of_their_own() {
    let lab = Lab::new();
    lab.run(&["build"]).is_quiet();
    let script = fs::read_to_string(lab.path("out/nodes/server/ufw.sh")).unwrap();
    let (before, rest) = script.split_once("allowed() {\n    cat <<'END'\n").unwrap();
    let (_, after) = rest.split_once("\nEND").unwrap();
    let script = format!(
        "{before}allowed() {{\n    cat <<'END'\nanyone 443 tcp caddy, it's\nnewcomers 67 udp $(id)\nEND{after}"
    );
    let rules = [
        "ufw allow 443/tcp comment 'hlmc: caddy, it's'",
        "ufw allow from any port 68 to any port 67 proto udp comment 'hlmc: $(id)'",
    ];
    assert_eq!(printed(&script, "rules"), rules);
    assert!(printed(&script.replace("bridges='docker0 nomad'", "bridges=''"), "block").is_empty());
}
