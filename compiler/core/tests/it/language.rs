//! What the manifest language means: manifests in, Nomad jobs out.

use crate::folder::{messages, text};
use hlmc_core::compile;
use hlmc_core::source::MemoryWorld;
use insta::assert_snapshot;

const LAB: &str = r#"lab "home" {
    domain "home.example.com"
    network "lan" cidr="192.168.1.0/24"
    secrets "nomad" {
        holds "nomad/jobs/web" { keys "token" "api-key" }
    }
    secrets "vault" {
        holds "secret/web" { keys "token" }
    }
}
"#;

const NODE: &str = r#"node "nas" {
    address "192.168.1.10"
    arch "amd64"
    class "nas"
    server
    drivers "docker" "exec"
    host-volume "data" path="/srv/data"
    host-volume "media" path="/srv/media"
}
"#;

/// The default lab with these files laid over it.
fn world(files: &[(&str, &str)]) -> MemoryWorld {
    let mut world = MemoryWorld::default();
    for (path, text) in [("lab.kdl", LAB), ("nodes/nas.kdl", NODE)].iter().chain(files) {
        world.insert(*path, *text);
    }
    world
}

/// The job `web` of `services/web.kdl`, beside other files.
fn job_with(manifest: &str, files: &[(&str, &str)]) -> String {
    let mut world = world(files);
    world.insert("services/web.kdl", manifest);
    let compiled = compile(&world);
    assert_eq!(messages(&compiled), Vec::<String>::new());
    let bundle = compiled.bundle.expect("a bundle");
    let path = bundle.artifacts.iter().map(|it| it.path.clone()).find(|path| path.ends_with("/web.nomad.hcl"));
    text(&bundle, &path.expect("the job `web`")).to_owned()
}

fn job(manifest: &str) -> String {
    job_with(manifest, &[])
}

/// What is said about `services/web.kdl`.
fn said(manifest: &str) -> Vec<String> {
    messages(&compile(&world(&[("services/web.kdl", manifest)])))
}

/// The blocks of a job that start with a line such as `task "web" {`, without their indentation.
fn blocks(job: &str, head: &str) -> String {
    let mut out = String::new();
    let mut end: Option<String> = None;
    for line in job.lines() {
        let indent = &line[..line.len() - line.trim_start().len()];
        if end.is_none() && line.trim_start() == head {
            end = Some(format!("{indent}}}"));
        }
        if let Some(last) = &end {
            // The lines of a heredoc stand at the margin.
            out.push_str(line.strip_prefix(&last[..last.len() - 1]).unwrap_or(line));
            out.push('\n');
            if line == last {
                end = None;
            }
        }
    }
    out
}

// Presets

const PRESETS: &str = r#"
preset "base" {
    service {
        env TZ="Europe/Dublin" LEVEL="info"
        kill-timeout "30s"
    }
}
preset "database" {
    param "name"
    param "port" default=5432
    param "version" default="18.1"
    service {
        preset "base"
        image "postgres:@{version}"
        port "@{name}" to="@{port}"
        env DB="@{name}" URL="postgres://localhost:@{port}/@{name}" LEVEL="debug"
    }
}
"#;

#[test]
fn a_preset_gets_its_parameters_and_defaults() {
    let job = job_with(
        r#"service "web" { preset "database" name="blog" version="17.7" }"#,
        &[("services/presets.kdl", PRESETS)],
    );
    assert_snapshot!(blocks(&job, "network {"), @r#"
    network {
      port "blog" {
        to = 5432
      }
    }
    "#);
    assert_snapshot!(blocks(&job, "task \"web\" {"), @r#"
    task "web" {
      driver       = "docker"
      kill_timeout = "30s"

      config {
        image = "postgres:17.7"
        ports = ["blog"]
      }

      env {
        TZ    = "Europe/Dublin"
        LEVEL = "debug"
        DB    = "blog"
        URL   = "postgres://localhost:5432/blog"
      }
    }
    "#);
}

#[test]
fn a_service_wins_over_its_presets_and_a_later_preset_over_an_earlier() {
    let manifest = r#"
preset "loud" { service { env LEVEL="trace" A="loud" B="loud"; memory "1GiB" } }
service "web" {
    image "nginx:1.29.3"
    env B="web"
    preset "base"
    preset "loud"
}
"#;
    let job = job_with(manifest, &[("services/presets.kdl", PRESETS)]);
    assert_snapshot!(blocks(&job, "task \"web\" {"), @r#"
    task "web" {
      driver       = "docker"
      kill_timeout = "30s"

      config {
        image = "nginx:1.29.3"
      }

      env {
        TZ    = "Europe/Dublin"
        LEVEL = "trace"
        A     = "loud"
        B     = "web"
      }

      resources {
        memory = 1024
      }
    }
    "#);
}

#[test]
fn a_parameter_that_a_preset_has_not() {
    let manifest = r#"
preset "site" {
    param "title" default="Home"
    service { image "nginx:1.29.3"; env TITLE="@{title}" }
}
service "web" { preset "site" titel="Cloud" }
"#;
    assert_eq!(said(manifest), ["unknown-parameter: `site` takes no parameter `titel` (did you mean `title`?)"]);
}

#[test]
fn a_secret_goes_through_a_parameter() {
    let manifest = r#"
preset "site" {
    param "token"
    service { image "nginx:1.29.3"; env TOKEN="@{token}" }
}
service "web" { preset "site" token=(secret)"nomad:nomad/jobs/web#token" }
"#;
    assert_snapshot!(blocks(&job(manifest), "template {"), @r#"
    template {
      destination          = "${NOMAD_SECRETS_DIR}/hlmc.env"
      env                  = true
      error_on_missing_key = true
      data                 = "{{ with nomadVar \"nomad/jobs/web\" }}TOKEN={{ .token.Value | toJSON }}{{ end }}\n"
    }
    "#);
}

// The catalogue

#[test]
fn an_entry_of_the_catalogue_with_another_name_and_overrides() {
    let manifest = r#"use "immich-redis" as="web" {
    memory "1GiB"
    env EXTRA="1"
    count 2
}"#;
    assert_snapshot!(job(manifest), @r#"
    job "web" {
      datacenters = ["home"]

      meta {
        hlmc-lab = "home"
      }

      group "web" {
        count          = 2
        shutdown_delay = "5s"

        network {
          port "redis" {
            to = 6379
          }
        }

        service {
          name = "web"
          port = "redis"

          check {
            type     = "tcp"
            interval = "15s"
            timeout  = "5s"
          }
        }

        task "web" {
          driver = "docker"

          config {
            image = "valkey/valkey:9.0.8-alpine"
            ports = ["redis"]
          }

          env {
            EXTRA = "1"
          }

          resources {
            cpu    = 100
            memory = 1024
          }
        }
      }
    }
    "#);
}

#[test]
fn use_of_an_own_service_is_laid_over_it() {
    let manifest = r#"
service "web" {
    image "nginx:1.29.3"
    env A="service" B="service"
    port "http" to=80
}
use "web" {
    env B="use"
    port "http" static=8080
}
"#;
    let job = job(manifest);
    assert_snapshot!(blocks(&job, "network {"), @r#"
    network {
      port "http" {
        static       = 8080
        host_network = "lan"
        to           = 80
      }
    }
    "#);
    assert_snapshot!(blocks(&job, "env {"), @r#"
    env {
      A = "service"
      B = "use"
    }
    "#);
}

#[test]
fn use_is_laid_over_the_service_of_a_provider() {
    let integration = r#"
integration "plain" role="reverse-proxy" {
    option "email"
    service "web" {
        image "nginx:1.29.3"
        env EMAIL="@{email}" LEVEL="info"
        port "http" static=80
    }
}
"#;
    let lab =
        LAB.replace("secrets \"vault\"", "reverse-proxy \"plain\" email=\"ops@example.com\"\n    secrets \"vault\"");
    let files = [("lab.kdl", &*lab), ("integrations/plain.kdl", integration)];
    let job = job_with(r#"use "web" { env LEVEL="debug" }"#, &files);
    assert_snapshot!(blocks(&job, "env {"), @r#"
    env {
      EMAIL = "ops@example.com"
      LEVEL = "debug"
    }
    "#);
}

#[test]
fn parameters_of_the_lab_are_known_in_lab_kdl_too() {
    let lab = format!("{LAB}\nservice \"web\" {{ image \"nginx:1.29.3\"; env NAME=\"@{{service}}.@{{domain}}\" }}\n");
    let job = job_with("", &[("lab.kdl", &lab)]);
    assert_snapshot!(blocks(&job, "env {"), @r#"
    env {
      NAME = "web.home.example.com"
    }
    "#);
}

#[test]
fn two_presets_of_one_name_in_one_file() {
    let manifest = r#"
preset "site" { service { image "nginx:1.29.3" } }
preset "site" { service { image "caddy:2.11" } }
service "web" { preset "site" }
"#;
    assert_eq!(said(manifest), ["defined-twice: preset `site` is defined twice (rename or remove one of them)"]);
}

// Defaults and what is merged over

#[test]
fn defaults_reach_every_task_and_give_way() {
    let lab = LAB.replace(
        "secrets \"vault\"",
        "defaults { env TZ=\"Europe/Dublin\" LEVEL=\"info\"; resources memory=\"64MiB\" }\n    secrets \"vault\"",
    );
    let manifest = r#"
service "web" {
    image "nginx:1.29.3"
    env LEVEL="debug"
    memory "1GiB"
    sidecar "log" { image "busybox:1.37" }
}
"#;
    let job = job_with(manifest, &[("lab.kdl", &lab)]);
    assert_snapshot!(blocks(&job, "env {"), @r#"
    env {
      TZ    = "Europe/Dublin"
      LEVEL = "info"
    }
    env {
      TZ    = "Europe/Dublin"
      LEVEL = "debug"
    }
    "#);
    assert_snapshot!(blocks(&job, "resources {"), @r#"
    resources {
      memory = 64
    }
    resources {
      memory = 1024
    }
    "#);
}

#[test]
fn nomad_is_merged_over_the_job() {
    let manifest = r#"
service "web" {
    image "nginx:1.29.3"
    port "http" to=80
    nomad {
        priority 80
        update { auto_revert #true }
        meta { owner "anna" }
        group "web" {
            restart { attempts 5; interval "10m"; delay "15s"; mode "delay" }
            task "web" { resources { memory 512 } }
        }
    }
}
"#;
    assert_snapshot!(job(manifest), @r#"
    job "web" {
      datacenters = ["home"]
      priority    = 80

      meta {
        hlmc-lab = "home"
        owner    = "anna"
      }

      group "web" {
        shutdown_delay = "5s"

        network {
          port "http" {
            to = 80
          }
        }

        service {
          name = "web"
          port = "http"
        }

        task "web" {
          driver = "docker"

          config {
            image = "nginx:1.29.3"
            ports = ["http"]
          }

          resources {
            memory = 512
          }
        }

        restart {
          attempts = 5
          interval = "10m"
          delay    = "15s"
          mode     = "delay"
        }
      }

      update {
        auto_revert = true
      }
    }
    "#);
}

#[test]
fn config_is_merged_over_what_the_driver_gets() {
    let manifest = r#"
service "web" {
    image "nginx:1.29.3"
    args "-g" "daemon off;"
    port "http" to=80
    config {
        image "nginx:1.28.0"
        cap_add "net_admin"
        labels { "com.example.a" "b" }
        logging { type "journald" }
    }
}
"#;
    assert_snapshot!(blocks(&job(manifest), "config {"), @r#"
    config {
      image   = "nginx:1.28.0"
      args    = ["-g", "daemon off;"]
      ports   = ["http"]
      cap_add = ["net_admin"]
      labels = [{
        "com.example.a" = "b"
      }]

      logging {
        type = "journald"
      }
    }
    "#);
}

// Tasks and types

#[test]
fn more_tasks_stand_around_the_main_one() {
    let manifest = r#"
service "web" {
    image "nginx:1.29.3"
    port "http" to=80
    task "exporter" { image "x/exporter:1"; port "metrics" to=9113 }
    sidecar "log" { image "busybox:1.37"; command "tail" ; args "-F" "/alloc/x" }
    init "migrate" { image "x/migrate:1"; volume "data" to="/data" }
}
"#;
    let job = job(manifest);
    assert_snapshot!(blocks(&job, "network {"), @r#"
    network {
      port "http" {
        to = 80
      }

      port "metrics" {
        to = 9113
      }
    }
    "#);
    assert_snapshot!(blocks(&job, "task \"migrate\" {"), @r#"
    task "migrate" {
      driver = "docker"

      lifecycle {
        hook    = "prestart"
        sidecar = false
      }

      config {
        image = "x/migrate:1"
      }

      volume_mount {
        volume      = "data"
        destination = "/data"
      }
    }
    "#);
    assert_snapshot!(blocks(&job, "task \"log\" {"), @r#"
    task "log" {
      driver = "docker"

      lifecycle {
        hook    = "prestart"
        sidecar = true
      }

      config {
        image   = "busybox:1.37"
        command = "tail"
        args    = ["-F", "/alloc/x"]
      }
    }
    "#);
    assert_snapshot!(blocks(&job, "task \"exporter\" {"), @r#"
    task "exporter" {
      driver = "docker"

      config {
        image = "x/exporter:1"
        ports = ["metrics"]
      }
    }
    "#);
    let order: Vec<&str> = job.lines().map(str::trim).filter(|line| line.starts_with("task ")).collect();
    assert_eq!(order, ["task \"log\" {", "task \"migrate\" {", "task \"web\" {", "task \"exporter\" {"]);
}

#[test]
fn periodic_makes_a_batch_job() {
    let manifest = r#"
service "web" {
    image "busybox:1.37"
    periodic "0 3 * * *" time-zone="Europe/Dublin" prohibit-overlap
}
"#;
    let job = job(manifest);
    assert!(job.lines().any(|line| line.split_whitespace().eq(["type", "=", "\"batch\""])), "{job}");
    assert_snapshot!(blocks(&job, "periodic {"), @r#"
    periodic {
      crons            = ["0 3 * * *"]
      time_zone        = "Europe/Dublin"
      prohibit_overlap = true
    }
    "#);
}

// Discovery

#[test]
fn ports_are_registered_under_the_services_name_and_behind_it() {
    let manifest = r#"
service "web" {
    image "nginx:1.29.3"
    port "debug" to=6060 register=#false
    port "http" to=80
    port "admin" to=8080
    tags "public"
    check "http" path="/healthz" grace="30s"
    check "tcp" port="admin" interval="30s" timeout="2s"
}
"#;
    let job = job(manifest);
    assert_snapshot!(blocks(&job, "service {"), @r#"
    service {
      name = "web"
      port = "http"
      tags = ["public"]

      check {
        type     = "http"
        path     = "/healthz"
        interval = "15s"
        timeout  = "5s"

        check_restart {
          limit = 3
          grace = "30s"
        }
      }
    }
    service {
      name = "web-admin"
      port = "admin"
      tags = ["public"]

      check {
        type     = "tcp"
        interval = "30s"
        timeout  = "2s"
      }
    }
    "#);
}

/// Nomad gives every check of a service the same name unless told, and refuses two of one name.
#[test]
fn several_checks_of_a_port_have_names_of_their_own() {
    let job = job(r#"service "web" {
            image "nginx:1.29.3"
            port "http" to=80
            port "admin" to=81
            check "http" path="/a"
            check "http" path="/b"
            check "http" path="/b"
            check "tcp"
            check "tcp" port="admin"
        }"#);
    let names: Vec<&str> = job.lines().map(str::trim).filter(|line| line.starts_with("name ")).collect();
    let names: Vec<&str> = names.iter().filter_map(|line| line.split('"').nth(1)).collect();
    assert_eq!(names, ["web", "http /a", "http /b", "http /b 2", "tcp", "web-admin"]);
}

#[test]
fn a_fixed_port_is_taken_on_the_lan_only() {
    let manifest = r#"
service "web" {
    image "nginx:1.29.3"
    port "dns" static=5353 to=53 protocol="udp"
}
"#;
    assert_snapshot!(blocks(&job(manifest), "network {"), @r#"
    network {
      port "dns" {
        static       = 5353
        host_network = "lan"
        to           = 53
      }
    }
    "#);
}

const REFERENCES: &str = r#"
service "db" {
    image "postgres:18.1"
    port "sql" to=5432
    port "metrics" to=9187
}
service "web" {
    image "nginx:1.29.3"
    env {
        PLAIN "1"
        DB (address)"db:sql"
        DB_HOST (host)"db:sql"
        METRICS_PORT (port)"db:metrics"
        DB_URL (url)"postgres://u@db:sql/web?sslmode=disable"
        TOKEN (secret)"nomad:nomad/jobs/web#token"
        KEY (secret)"nomad:nomad/jobs/web#api-key"
        VAULT (secret)"vault:secret/web#token"
    }
}
"#;

#[test]
fn references_are_rendered_from_consul() {
    let job = job(REFERENCES);
    assert_eq!(
        blocks(&job, "vault {"),
        "vault {\n  role = \"hlmc.home.default.web\"\n}\n",
        "the task's identity for Vault"
    );
    assert_snapshot!(blocks(&job, "template {"), @r#"
    template {
      destination          = "${NOMAD_SECRETS_DIR}/hlmc.env"
      env                  = true
      error_on_missing_key = true
      data                 = <<EOF
    {{ with service "db" }}{{ with index . 0 }}DB="{{ .Address }}:{{ .Port }}"{{ end }}{{ end }}
    {{ with service "db" }}{{ with index . 0 }}DB_HOST="{{ .Address }}"{{ end }}{{ end }}
    {{ with service "db-metrics" }}{{ with index . 0 }}METRICS_PORT="{{ .Port }}"{{ end }}{{ end }}
    {{ with service "db" }}{{ with index . 0 }}DB_URL="postgres://u@{{ .Address }}:{{ .Port }}/web?sslmode=disable"{{ end }}{{ end }}
    {{ with nomadVar "nomad/jobs/web" }}TOKEN={{ .token.Value | toJSON }}{{ end }}
    {{ with nomadVar "nomad/jobs/web" }}KEY={{ (index . "api-key").Value | toJSON }}{{ end }}
    {{ with secret "secret/data/web" }}VAULT={{ .Data.data.token | toJSON }}{{ end }}
    EOF
    }
    "#);
    assert_snapshot!(blocks(&job, "env {"), @r#"
    env {
      PLAIN = "1"
    }
    "#);
}

#[test]
fn references_are_rendered_from_nomad() {
    let lab = LAB.replace("secrets \"vault\"", "discovery \"nomad\"\n    secrets \"vault\"");
    let job = job_with(REFERENCES, &[("lab.kdl", &lab)]);
    assert_snapshot!(blocks(&job, "template {"), @r#"
    template {
      destination          = "${NOMAD_SECRETS_DIR}/hlmc.env"
      env                  = true
      error_on_missing_key = true
      data                 = <<EOF
    {{ with nomadService "db" }}{{ with index . 0 }}DB="{{ .Address }}:{{ .Port }}"{{ end }}{{ end }}
    {{ with nomadService "db" }}{{ with index . 0 }}DB_HOST="{{ .Address }}"{{ end }}{{ end }}
    {{ with nomadService "db-metrics" }}{{ with index . 0 }}METRICS_PORT="{{ .Port }}"{{ end }}{{ end }}
    {{ with nomadService "db" }}{{ with index . 0 }}DB_URL="postgres://u@{{ .Address }}:{{ .Port }}/web?sslmode=disable"{{ end }}{{ end }}
    {{ with nomadVar "nomad/jobs/web" }}TOKEN={{ .token.Value | toJSON }}{{ end }}
    {{ with nomadVar "nomad/jobs/web" }}KEY={{ (index . "api-key").Value | toJSON }}{{ end }}
    {{ with secret "secret/data/web" }}VAULT={{ .Data.data.token | toJSON }}{{ end }}
    EOF
    }
    "#);
}

#[test]
fn a_role_of_vault_that_a_manifest_names_stays() {
    let service = |more: &str| {
        format!(
            "service \"web\" {{\n    image \"nginx:1.29.3\"\n    env A=(secret)\"vault:secret/web#token\"\n    {more}\n}}\n"
        )
    };
    let job = job(&service("nomad-task { vault { role \"mine\"; change_mode \"noop\" } }"));
    assert_snapshot!(blocks(&job, "vault {"), @r#"
    vault {
      role        = "mine"
      change_mode = "noop"
    }
    "#);
    let core = |vault: &str| {
        let task = "task \"web\" { driver \"exec\"; config { command \"/bin/true\" }; env A=(secret)\"vault:secret/web#token\" }";
        format!("job \"web\" {{\n    {vault}\n    group \"web\" {{ {task} }}\n}}\n")
    };
    let job = job_with(&core("vault { change_mode \"noop\" }"), &[]);
    assert_snapshot!(blocks(&job, "vault {"), @r#"
    vault {
      change_mode = "noop"
    }
    vault {
      change_mode = "noop"
      role        = "hlmc.home.default.web"
    }
    "#);
    let job = job_with(&core("vault { role \"mine\" }"), &[]);
    assert!(!job.contains("hlmc.home"), "{job}");
}

// Files

#[test]
fn a_file_stays_as_it_is() {
    let manifest = r#"
service "web" {
    image "nginx:1.29.3"
    file "plain.conf" to="/etc/plain.conf" mode="600"
    file "go.tmpl" to="/etc/go.tmpl"
}
"#;
    let files = [
        ("services/plain.conf", "name = @{domain} ${x}\n"),
        ("services/go.tmpl", "{{ range .Items }}<<hlmc{{ end }} EOT\n"),
    ];
    let job = job_with(manifest, &files);
    assert_snapshot!(blocks(&job, "template {"), @r#"
    template {
      destination = "local/files/etc/plain.conf"
      perms       = "600"
      data        = "name = @{domain} $${x}\n"
    }
    template {
      destination     = "local/files/etc/go.tmpl"
      left_delimiter  = "<<hlmc-"
      right_delimiter = "hlmc->>"
      data            = "{{ range .Items }}<<hlmc{{ end }} EOT\n"
    }
    "#);
    assert_snapshot!(blocks(&job, "mount {"), @r#"
    mount {
      type     = "bind"
      source   = "local/files/etc/plain.conf"
      target   = "/etc/plain.conf"
      readonly = true
    }
    mount {
      type     = "bind"
      source   = "local/files/etc/go.tmpl"
      target   = "/etc/go.tmpl"
      readonly = true
    }
    "#);
}

#[test]
fn a_template_is_filled_in_and_its_folder_mounted_for_a_signal() {
    let manifest = r#"
service "web" {
    image "nginx:1.29.3"
    template "site.conf" to="/etc/nginx/conf.d/site.conf" change="signal" signal="SIGHUP"
    template "other.conf" to="/etc/nginx/conf.d/other.conf" change="noop"
}
"#;
    let files = [
        (
            "services/site.conf",
            "server_name web.@{domain};\n{{ range service \"api\" }}server {{ .Address }};{{ end }}\n",
        ),
        ("services/other.conf", "# @{service} of @{lab}\n"),
        ("services/api.kdl", "service \"api\" { image \"nginx:1.29.3\"; port \"http\" to=80 }\n"),
    ];
    let job = job_with(manifest, &files);
    assert_snapshot!(blocks(&job, "template {"), @r##"
    template {
      destination   = "local/files/etc/nginx/conf.d/site.conf"
      change_mode   = "signal"
      change_signal = "SIGHUP"
      data          = <<EOF
    server_name web.home.example.com;
    {{ range service "api" }}server {{ .Address }};{{ end }}
    EOF
    }
    template {
      destination = "local/files/etc/nginx/conf.d/other.conf"
      change_mode = "noop"
      data        = "# web of home\n"
    }
    "##);
    assert_snapshot!(blocks(&job, "mount {"), @r#"
    mount {
      type     = "bind"
      source   = "local/files/etc/nginx/conf.d"
      target   = "/etc/nginx/conf.d"
      readonly = true
    }
    "#);
}

#[test]
fn a_template_with_an_unknown_parameter_is_reported_where_it_is_named() {
    let mut world = world(&[("services/site.conf", "server_name web.@{domian};\n")]);
    world.insert(
        "services/web.kdl",
        r#"service "web" { image "nginx:1.29.3"; template "site.conf" to="/etc/site.conf" }"#,
    );
    let compiled = compile(&world);
    assert_eq!(messages(&compiled), ["unknown-parameter: there is no parameter `domian` (did you mean `domain`?)"]);
    assert_eq!(compiled.sources.slice(compiled.diagnostics[0].primary.span), "\"site.conf\"");
}

// The core form

#[test]
fn a_job_is_completed_and_its_references_filled_in() {
    let manifest = r#"
service "db" { image "postgres:18.1"; port "sql" to=5432 }
job "web" {
    namespace "sites"
    meta { team "anna" }
    group "web" {
        count 2
        network { port "http" { to 80 } }
        service { name "site"; port "http" }
        task "web" {
            driver "docker"
            config { image "nginx:1.29.3"; ports "http" }
            env { DB (address)"db:sql"; NAME "@{service}" }
        }
    }
}
"#;
    assert_snapshot!(job(manifest), @r#"
    job "web" {
      namespace = "sites"

      meta {
        team     = "anna"
        hlmc-lab = "home"
      }

      group "web" {
        count = 2

        network {
          port "http" {
            to = 80
          }
        }

        service {
          name = "site"
          port = "http"
        }

        task "web" {
          driver = "docker"

          config {
            image = "nginx:1.29.3"
            ports = ["http"]
          }

          env {
            NAME = "web"
          }

          template {
            destination          = "${NOMAD_SECRETS_DIR}/hlmc.env"
            env                  = true
            error_on_missing_key = true
            data                 = "{{ with service \"db\" }}{{ with index . 0 }}DB=\"{{ .Address }}:{{ .Port }}\"{{ end }}{{ end }}\n"
          }
        }
      }
    }
    "#);
}

#[test]
fn placement_in_words_is_placement_in_nomads() {
    let manifest = r#"
service "web" {
    image "nginx:1.29.3"
    on class="nas" arch="amd64"
    on { node "nas" "nas" }
    prefer class="nas" weight=-30
    spread over="node" weight=70
    distinct-hosts
    constraint attribute="${attr.kernel.version}" operator="version" value=">= 6.1"
}
"#;
    let job = job(manifest);
    for head in ["constraint {", "affinity {", "spread {"] {
        assert!(job.contains(head), "{job}");
    }
    assert_snapshot!(format!("{}{}{}", blocks(&job, "constraint {"), blocks(&job, "affinity {"), blocks(&job, "spread {")), @r#"
    constraint {
      attribute = "${attr.cpu.arch}"
      value     = "amd64"
    }
    constraint {
      attribute = "${node.class}"
      value     = "nas"
    }
    constraint {
      attribute = "${node.unique.name}"
      operator  = "set_contains_any"
      value     = "nas,nas"
    }
    constraint {
      attribute = "${attr.kernel.version}"
      operator  = "version"
      value     = ">= 6.1"
    }
    constraint {
      operator = "distinct_hosts"
      value    = "true"
    }
    affinity {
      attribute = "${node.class}"
      value     = "nas"
      weight    = -30
    }
    spread {
      attribute = "${node.unique.name}"
      weight    = 70
    }
    "#);
}

#[test]
fn more_memory_than_its_limit() {
    let manifest = r#"
preset "small" { service { memory "128MiB"; memory-max "256MiB" } }
service "web" { image "nginx:1.29.3"; preset "small"; MEMORY }
"#;
    let other_file = |own: &str| {
        let (preset, service) = manifest.trim().split_once('\n').expect("two lines");
        job_with(&service.replace("MEMORY", own), &[("services/preset.kdl", preset)])
    };
    assert_snapshot!(blocks(&other_file("memory \"1GiB\""), "resources {"), @r#"
    resources {
      memory = 1024
    }
    "#);
    assert_snapshot!(blocks(&other_file("memory \"200MiB\""), "resources {"), @r#"
    resources {
      memory     = 200
      memory_max = 256
    }
    "#);
    let both = r#"service "web" { image "nginx:1.29.3"; memory "1GiB"; memory-max "512MiB" }"#;
    assert_eq!(
        said(both),
        ["bad-value: `512MiB` is not at least as much as `memory` (leave `memory-max` out, or raise it)"]
    );
    let alone = r#"service "web" { image "nginx:1.29.3"; memory-max "128MiB" }"#;
    assert_eq!(
        said(alone),
        ["bad-value: `128MiB` is not at least as much as `memory` (give `memory` too: it is 300MiB unless given)"]
    );
}

#[test]
fn what_others_fill_in_passes_through() {
    let manifest = r#"
service "web" {
    image "nginx:1.29.3"
    port "http" to=80
    env A="${NOMAD_PORT_http}" B="{{ key }}" C="@@{x}" D="@{lab}/@{datacenter}"
    args "--node=${node.unique.name}"
}
"#;
    let job = job(manifest);
    assert_snapshot!(blocks(&job, "env {"), @r#"
    env {
      A = "${NOMAD_PORT_http}"
      B = "{{ key }}"
      C = "@{x}"
      D = "home/home"
    }
    "#);
    assert_snapshot!(blocks(&job, "config {"), @r#"
    config {
      image = "nginx:1.29.3"
      args  = ["--node=${node.unique.name}"]
      ports = ["http"]
    }
    "#);
}

#[test]
fn an_option_of_a_provider_has_a_default() {
    let integration = r#"
integration "plain" role="reverse-proxy" {
    option "level" default="info"
    option "workers" type="int" default=4
    service "web" { image "nginx:1.29.3"; env LEVEL="@{level}" WORKERS="@{workers}"; port "http" static=80; nomad { meta { workers "@{workers}x" } } }
}
"#;
    let lab = LAB.replace("secrets \"vault\"", "reverse-proxy \"plain\" level=\"debug\"\n    secrets \"vault\"");
    let job = job_with("", &[("lab.kdl", &*lab), ("integrations/plain.kdl", integration)]);
    assert_snapshot!(blocks(&job, "env {"), @r#"
    env {
      LEVEL   = "debug"
      WORKERS = "4"
    }
    "#);
    assert_snapshot!(blocks(&job, "meta {"), @r#"
    meta {
      hlmc-lab = "home"
      workers  = "4x"
    }
    "#);
}

/// Nomad would refuse each of these when the job is registered.
#[test]
fn what_nomad_would_refuse() {
    for (written, message) in [
        ("count -1", "bad-value: `-1` is not a count from 0 to 1000000 (leave `count` out for its default)"),
        ("cpu 0", "bad-value: `0` is not a cpu from 1 to 1000000 (leave `cpu` out for its default)"),
        ("memory \"4MiB\"", "bad-value: `4MiB` is not enough for a task (Nomad gives a task `\"10MiB\"` at least)"),
        ("kill-timeout \"-5s\"", "bad-value: `-5s` is not a time from 0 upwards (leave it out for the default)"),
        (
            "port \"http\" to=80; check \"tcp\" interval=\"500ms\"",
            "bad-value: `500ms` is not a time of one second or more (leave it out for the default)",
        ),
        (
            "type \"service\"; periodic \"@daily\"",
            "bad-value: `service` is not a type that ends, as one that runs at times has to (leave `type` out: it becomes `batch`)",
        ),
        (
            "type \"system\"; count 3",
            "bad-value: `count` is not for a service that runs once on every node (leave `count` out)",
        ),
        ("task \"web\" { image \"x:1\" }", "defined-twice: task `web` is defined twice (rename or remove one of them)"),
        (
            "task \"alloc\" { image \"x:1\" }",
            "bad-value: `alloc` is not a name that a task can have: Nomad keeps it for itself (give it another name)",
        ),
        (
            "file \"web.kdl\" to=\"/etc/x\" change=\"signal\"",
            "bad-value: `signal` is not enough: which one? (add `signal=\"SIGHUP\"`, or what the program reads its files again on)",
        ),
        (
            "file \"web.kdl\" to=\"/etc/x\" change=\"signal\" signal=\"HUP\"",
            "bad-value: `HUP` is not a signal, such as `SIGHUP` (write its whole name)",
        ),
        (
            "file \"web.kdl\" to=\"/x\" change=\"noop\"",
            "bad-value: `/x` is not a file in a folder, which would be mounted as a whole (put it into a folder of its own, or leave `change` out)",
        ),
        (
            "file \"web.kdl\" to=\"/x\" mode=\"rw\"",
            "bad-value: `rw` is not a mode in octal, such as `644` (write three digits from 0 to 7: of the owner, the group, and all others)",
        ),
    ] {
        assert_eq!(said(&format!("service \"web\" {{ image \"nginx:1.29.3\"; {written} }}")), [message], "{written}");
    }
}

#[test]
fn a_lab_without_a_domain_is_one_mistake() {
    let lab = r#"lab "home" { network "lan" cidr="192.168.1.0/24" }"#;
    let web = r#"service "web" { image "nginx:1.29.3"; env NAME="@{domain}" }"#;
    let compiled = compile(&world(&[("lab.kdl", lab), ("services/web.kdl", web)]));
    let codes: Vec<&str> = compiled.diagnostics.iter().map(|diagnostic| diagnostic.code.name).collect();
    assert_eq!(codes, ["missing-attribute"]);
}

#[test]
fn allow_reaches_what_a_service_is_made_of() {
    let lab = LAB.replacen("    secrets", "    reverse-proxy \"caddy\"\n    secrets", 1);
    let node = NODE.replace("    server", "    server\n    host-volume \"caddy-data\" path=\"/srv/caddy\"");
    let node = node.replace("/srv/data\"", "/srv/data\"\n    host-volume \"uptime-kuma-data\" path=\"/srv/kuma\"");
    let said = |services: &str| {
        let compiled = hlmc_core::check(&world(&[
            ("lab.kdl", lab.as_str()),
            ("nodes/nas.kdl", node.as_str()),
            ("services/web.kdl", services),
        ]));
        let wanted = |code: &str| matches!(code, "hard-coded-address" | "backup-missing" | "unneeded-allow");
        let found = compiled.diagnostics.iter().filter(|it| wanted(it.code.name));
        found.map(|it| format!("{}: {}", it.code.name, it.message)).collect::<Vec<_>>()
    };
    let allow = |code: &str| format!("allow \"{code}\" reason=\"it is fine\"");
    let address = "env ADDRESS=\"192.168.1.10:1\"";
    let told = ["hard-coded-address: `caddy` is told the address of node `nas` in `ADDRESS`"];
    // The service of an integration, by the place of its override.
    assert_eq!(said(&format!("use \"caddy\" {{ {address} }}")), told);
    assert_eq!(said(&format!("use \"caddy\" {{ {address}; {} }}", allow("hard-coded-address"))), [""; 0]);
    // An entry of the catalogue, whose text is elsewhere.
    let kept = ["backup-missing: `uptime-kuma` keeps a SQLite database, and nothing says how that is backed up"];
    assert_eq!(said("use \"uptime-kuma\""), kept);
    assert_eq!(said(&format!("use \"uptime-kuma\" {{ {} }}", allow("backup-missing"))), [""; 0]);
    // One of a preset holds for whoever takes it in, and is needed when one of these needs it.
    let preset = format!("preset \"p\" {{ service {{ image \"i:1\"; {} }} }}", allow("hard-coded-address"));
    let takes =
        |more: &str| format!("{preset}; service \"a\" {{ preset \"p\"; {more} }}; service \"b\" {{ preset \"p\" }}");
    assert_eq!(said(&takes(address)), [""; 0]);
    assert_eq!(said(&takes("")), ["unneeded-allow: nothing is reported as `hard-coded-address` here"]);
}
