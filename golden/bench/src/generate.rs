//! Writes a lab of any size that is like a real one: services of 40 to 60 lines, each with what services have.

use std::fmt::Write as _;
use std::path::Path;
use std::{fs, io};

/// How large a lab is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    /// Services, beside the reverse proxy and the monitoring.
    pub(crate) services: usize,
    /// Nodes.
    pub(crate) nodes: usize,
}

/// Writes the lab into a folder.
pub(crate) fn generate(size: Size, folder: &Path) -> io::Result<()> {
    write(&folder.join("lab.kdl"), &lab(size))?;
    write(&folder.join("services/placed.kdl"), PLACED)?;
    for node in 0..size.nodes {
        write(&folder.join(format!("nodes/node-{node:03}.kdl")), &self::node(node, size))?;
    }
    for number in 0..size.services {
        let service = folder.join(format!("services/app-{number:04}"));
        write(&service.join("service.kdl"), &self::service(number, size))?;
        write(&service.join("app.conf"), &template(number))?;
    }
    Ok(())
}

/// Where the services of the integrations keep their data.
const PLACED: &str = "use \"caddy\" { on node=\"node-000\"; }\nuse \"prometheus\" { on node=\"node-000\"; }\n";

fn write(file: &Path, text: &str) -> io::Result<()> {
    file.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::write(file, text)
}

/// The node that a service keeps its data on.
fn home(service: usize, size: Size) -> usize {
    service % size.nodes
}

fn lab(size: Size) -> String {
    let mut text = String::from(
        r#"// A lab that is made for measuring.
lab "bench" {
    domain "bench.example.com"
    datacenter "bench"
    network "lan" cidr="10.20.0.0/16"
    reverse-proxy "caddy" email="ops@example.com"
    dns "dnsmasq"
    monitoring "prometheus"
    defaults { env TZ="Europe/Dublin" }
    allow "public-without-login" reason="nobody serves it"
    secrets "nomad" {
"#,
    );
    for number in 0..size.services {
        let _ = writeln!(text, "        holds \"nomad/jobs/app-{number:04}\" {{ keys \"token\" \"db_password\" }}");
    }
    text.push_str("    }\n}\n");
    text
}

fn node(number: usize, size: Size) -> String {
    let (high, low) = (number / 250, number % 250 + 1);
    let arch = if number.is_multiple_of(3) { "amd64" } else { "arm64" };
    let class = if number.is_multiple_of(3) { "large" } else { "small" };
    let mut text = format!(
        r#"// Machine {number} of the rack.
node "node-{number:03}" {{
    address "10.20.{high}.{low}"
    arch "{arch}"
    class "{class}"
    capacity cpu=64000 memory="256GiB" disk="4TiB"
    reserved cpu=500 memory="1GiB"
    ssh user="admin"
    mount "/srv" source="UUID=0f0c0000-0000-4000-8000-{number:012}" type="ext4" options="noatime"
"#
    );
    if number < 3 {
        text.push_str("    server\n");
    }
    if number == 0 {
        text.push_str("    host-volume \"caddy-data\" path=\"/srv/caddy\"\n");
        text.push_str("    host-volume \"prometheus-data\" path=\"/srv/prometheus\" owner=\"65534:65534\"\n");
        text.push_str("    runs \"dnsmasq\" { upstream \"9.9.9.9\" }\n");
    }
    for service in (0..size.services).filter(|service| home(*service, size) == number) {
        let _ = writeln!(
            text,
            "    host-volume \"data-{service:04}\" path=\"/srv/data/app-{service:04}\" owner=\"1000:1000\""
        );
    }
    text.push_str("}\n");
    text
}

fn service(number: usize, size: Size) -> String {
    let home = home(number, size);
    let minor = number % 7;
    let before = match number.checked_sub(1) {
        Some(before) => format!("        UPSTREAM_URL (url)\"http://app-{before:04}:http/api\"\n"),
        None => String::new(),
    };
    let open = if number.is_multiple_of(5) { " public" } else { "" };
    format!(
        r#"// Application {number}: answers requests, keeps its data on one node, asks the one before it.
service "app-{number:04}" {{
    description "Application {number} of the bench"
    image "registry.example.com/team/app-{number:04}:1.{minor}.0"
    arch "amd64" "arm64"
    user "1000:1000"
    args "--config" "/etc/app/app.conf" "--workers=4"
    priority 60

    port "http" to=8080
    port "metrics" to=9100
    resources cpu=200 memory="256MiB" memory-max="512MiB"

    volume "data-{number:04}" to="/var/lib/app"
    template "app.conf" to="/etc/app/app.conf" change="signal" signal="SIGHUP"

    env {{
        APP_NAME "app-{number:04}"
        APP_LOG_LEVEL "info"
        APP_LOG_FORMAT "json"
        APP_PUBLIC_URL "https://app-{number:04}.@{{domain}}"
        APP_DATA "/var/lib/app"
        APP_TOKEN (secret)"nomad:nomad/jobs/app-{number:04}#token"
        DB_PASSWORD (secret)"nomad:nomad/jobs/app-{number:04}#db_password"
{before}    }}

    check "http" path="/healthz" interval="15s" timeout="3s" grace="30s"
    check "tcp" port="metrics" interval="30s"
    route "app-{number:04}"{open}
    metrics port="metrics" path="/metrics"

    // The data is there and nowhere else.
    on node="node-{home:03}"
    constraint attribute="${{attr.kernel.name}}" value="linux"
    kill-timeout "20s"
    tags "bench" "tier=web" "team=team-{minor}"

    nomad {{
        update {{
            max_parallel 1
            min_healthy_time "15s"
            healthy_deadline "5m"
            auto_revert #true
        }}
    }}
}}
"#
    )
}

fn template(number: usize) -> String {
    format!(
        r#"# Rendered by Nomad when app-{number:04} starts.
[server]
listen = "0.0.0.0:8080"
name = "app-{number:04}"
public_url = "https://app-{number:04}.@{{domain}}"

[storage]
path = "/var/lib/app"
{{{{ with nomadVar "nomad/jobs/app-{number:04}" }}}}
token = "{{{{ .token }}}}"
{{{{ end }}}}
[log]
level = "info"
"#
    )
}
