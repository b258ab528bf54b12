//! Tests of what is written for a small lab.

use super::*;
use crate::emit::fixture::{analysis, lab, provider, service};

fn measured_lab(discovery: Discovery) -> Lab {
    let mut immich = service("immich").measured("/metrics");
    if let Some(metrics) = &mut immich.metrics {
        metrics.upstream = "immich-metrics".to_owned();
    }
    Lab {
        discovery,
        providers: vec![provider(Role::Monitoring, "prometheus", &[])],
        services: vec![immich, service("node-exporter").measured("/a: b # {{x}}\n\"c"), service("silent")],
        ..lab()
    }
}

fn text(lab: &Lab) -> String {
    let artifacts = artifacts(&analysis(lab));
    assert_eq!(artifacts.len(), 1);
    String::from_utf8(artifacts[0].bytes.clone()).unwrap()
}

#[test]
fn n9_targets_come_from_consul() {
    insta::assert_snapshot!(text(&measured_lab(Discovery::Consul)), @r#"
    # Made by hlmc from the `metrics` of all services: change those, not this file.
    global:
      scrape_interval: 30s
    scrape_configs:
    - job_name: immich
      metrics_path: /metrics
      consul_sd_configs:
      - server: 127.0.0.1:8500
        services:
        - immich-metrics
      relabel_configs:
      - source_labels:
        - __meta_consul_node
        target_label: node
    - job_name: node-exporter
      metrics_path: |-
        /a: b # {{x}}
        "c
      consul_sd_configs:
      - server: 127.0.0.1:8500
        services:
        - node-exporter
      relabel_configs:
      - source_labels:
        - __meta_consul_node
        target_label: node
    - job_name: nomad
      metrics_path: /v1/metrics
      params:
        format:
        - prometheus
      consul_sd_configs:
      - server: 127.0.0.1:8500
        services:
        - nomad
        - nomad-client
        tags:
        - http
      relabel_configs:
      - source_labels:
        - __meta_consul_node
        target_label: node
    "#);
}

#[test]
fn n9_without_consul_targets_come_from_nomad() {
    insta::assert_snapshot!(text(&measured_lab(Discovery::Nomad)), @r#"
    # Made by hlmc from the `metrics` of all services: change those, not this file.
    global:
      scrape_interval: 30s
    scrape_configs:
    - job_name: immich
      metrics_path: /metrics
      nomad_sd_configs:
      - server: http://127.0.0.1:4646
        region: global
        namespace: default
      relabel_configs:
      - source_labels:
        - __meta_nomad_service
        action: keep
        regex: immich-metrics
      - source_labels:
        - __meta_nomad_node_id
        target_label: node
    - job_name: node-exporter
      metrics_path: |-
        /a: b # {{x}}
        "c
      nomad_sd_configs:
      - server: http://127.0.0.1:4646
        region: global
        namespace: default
      relabel_configs:
      - source_labels:
        - __meta_nomad_service
        action: keep
        regex: node-exporter
      - source_labels:
        - __meta_nomad_node_id
        target_label: node
    "#);
}

#[test]
fn another_monitoring_gets_no_configuration() {
    let mut lab = measured_lab(Discovery::Consul);
    lab.providers.clear();
    assert!(artifacts(&analysis(&lab)).is_empty());
}

#[test]
fn the_query_of_a_path_stands_apart() {
    let mut lab = measured_lab(Discovery::Consul);
    lab.services = vec![service("vault").measured("/v1/sys/metrics?format=prometheus&a=1&a=2&b")];
    let text = text(&lab);
    let expected = "  metrics_path: /v1/sys/metrics\n  params:\n    a:\n    - \"1\"\n    - \"2\"\n    b:\n    - \"\"\n    format:\n    - prometheus\n";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn what_is_plain_is_written_as_anything_else() {
    let lab = measured_lab(Discovery::Consul);
    let mut written = 0;
    for word in ["immich-metrics", "false", "12e456", "/metrics", "/v1/metrics?a=1", "a: bcde", "off-site", "~123456"] {
        let mut service = service(word).measured(word);
        if let Some(metrics) = &mut service.metrics {
            metrics.upstream = word.to_owned();
        }
        let metrics = service.metrics.as_ref().unwrap();
        let (mut plain, mut other) = (String::new(), String::new());
        push_plain(&mut plain, [word; 3]);
        push(&mut other, &scrape(&lab, &service, metrics));
        assert!(plain == other || !is_plain(word), "{plain}\n{other}");
        written += usize::from(is_plain(word));
    }
    assert_eq!(written, 3);
}

#[test]
fn nothing_to_ask_is_an_empty_list() {
    let text = text(&Lab { services: Vec::new(), ..measured_lab(Discovery::Nomad) });
    assert!(text.ends_with("scrape_configs: []\n"), "{text}");
    let empty = BTreeMap::from([("scrape_configs", Vec::<String>::new())]);
    assert!(text.ends_with(&serde_saphyr::to_string(&empty).unwrap()), "{text}");
}
