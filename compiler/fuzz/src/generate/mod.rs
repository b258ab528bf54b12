//! Random labs from the schema tables: of the right types nearly always, and of values that make sense most of the time.
//!
//! Every block and attribute of the tables can come up; `value` knows what the values of some names have to look like, since a
//! lab in which one is wrong has no bundle, and nothing of it would reach Nomad.

mod body;
mod value;

use crate::{Lab, Random};
use body::Writer;

/// A random lab: `lab.kdl`, a node or two, and a few services and jobs.
#[must_use]
pub fn generate(random: &mut Random) -> Lab {
    let mut lab = Lab::default();
    lab.add("lab.kdl", lab_file(random));
    let mut nodes = NODE.to_owned();
    if random.once_in(3) {
        nodes.push_str(&block(random, "node", "pi", "    address \"192.168.1.20\"\n    arch \"arm64\"\n", 4));
    }
    if random.once_in(6) {
        nodes = block(random, "node", "nas", NODE_BODY, 3);
    }
    lab.add("nodes/nas.kdl", nodes);
    let mut services = String::new();
    for name in ["app", "web", "db"].iter().take(1 + random.below(2)) {
        services.push_str(&service(random, name));
    }
    lab.add("services/app.kdl", services);
    lab.add("services/app.conf", "listen = 80\n");
    if random.once_in(12) {
        let own = "    role \"dashboard\"\n    service \"dash\" { image \"dash:1\"; port \"http\" to=80 }\n";
        lab.add("integrations/dashboard/own/integration.kdl", block(random, "integration", "own", own, 2));
    }
    lab
}

const NODE_BODY: &str = r#"    address "192.168.1.10"
    arch "amd64"
    class "nas"
    server
    host-volume "data" path="/srv/data"
    host-volume "media" path="/srv/media" read-only=#true
"#;

const NODE: &str = r#"node "nas" {
    address "192.168.1.10"
    arch "amd64"
    class "nas"
    server
    capacity cpu=100000 memory="256GiB"
    host-volume "data" path="/srv/data"
    host-volume "media" path="/srv/media" read-only=#true
    host-volume "caddy-data" path="/srv/caddy"
    host-volume "prometheus-data" path="/srv/prometheus"
    device "nvidia/gpu" count=1
}
"#;

fn lab_file(random: &mut Random) -> String {
    let own = r#"    domain "home.example.com"
    network "lan" cidr="192.168.1.0/24"
    secrets "nomad" { holds "nomad/jobs/app" { keys "password" } }
"#;
    let some = if random.once_in(3) { 1 + random.below(3) } else { 0 };
    block(random, "lab", "home", own, some)
}

fn service(random: &mut Random, name: &str) -> String {
    let some = random.below(5);
    match random.below(10) {
        0..4 => {
            let own = format!("    image \"{name}:1.2\"\n    port \"http\" to=80\n    arch \"amd64\" \"arm64\"\n");
            block(random, "service", name, &own, some)
        }
        4 => {
            let own = format!(
                "    image \"{name}:1.2\"\n    port \"http\" to=80\n    arch \"amd64\"\n    nomad {{\n{}    }}\n",
                Writer::new(random).of("nomad", 3)
            );
            block(random, "service", name, &own, 0)
        }
        5 => {
            let preset = ["", "postgres", "mariadb", "valkey"][random.below(4)];
            let own = match preset {
                "" => String::new(),
                _ => format!("    preset \"{preset}\" database=\"app\" volume=\"data\" version=\"1\"\n"),
            };
            block(random, "service", name, &own, some)
        }
        _ => job(random, name),
    }
}

/// A job in Nomad's own words, with one task that Nomad takes, and what comes up around it.
fn job(random: &mut Random, name: &str) -> String {
    let most = 1 + random.below(3);
    let at = random.below(3);
    let mut some = |level: usize, what: &str, own: &str| {
        let many = if at == level || random.once_in(4) { most } else { 0 };
        own.to_owned() + &Writer::new(random).beside(what, own, many)
    };
    let task = some(2, "task", &format!("driver \"docker\"\nconfig {{ image \"{name}:1.2\" }}\n"));
    let group = some(1, "group", &format!("network {{ port \"http\" {{ to 80 }} }}\ntask \"main\" {{\n{task}}}\n"));
    let job = some(0, "job", &format!("group \"main\" {{\n{group}}}\n"));
    format!("job \"{name}\" {{\n{job}}}\n")
}

/// A block at the top of a manifest, with what is given and so many other things.
fn block(random: &mut Random, name: &str, label: &str, own: &str, many: usize) -> String {
    let inside = Writer::new(random).beside(name, own, many);
    format!("{name} \"{label}\" {{\n{own}{inside}}}\n")
}
