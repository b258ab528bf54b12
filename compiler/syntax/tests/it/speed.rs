//! How long a manifest takes: `cargo test --release -p hlmc-syntax -- --ignored speed --nocapture`.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// Returns a manifest of about 60 lines and 2 kB.
fn manifest() -> String {
    let mut text = String::from(
        "// What the office runs.\nservice \"nextcloud\" {\n    description \"Self-hosted file sync and share\"\n    \
         image \"nextcloud:31.0.9-apache\"\n    resources cpu=1000 memory=\"2GiB\" memory-max=\"4GiB\"\n    env {\n",
    );
    for index in 0..12 {
        text.push_str(&format!("        SETTING_{index} \"value-{index} of the application\"\n"));
    }
    text.push_str("    }\n");
    for index in 0..6 {
        text.push_str(&format!(
            "    port \"http-{index}\" to={} protocol=\"tcp\"\n    volume \"data-{index}\" to=\"/var/lib/data-{index}\" read-only=#true\n    check \"http\" path=\"/status-{index}\" interval=\"30s\" {{\n        timeout \"5s\"\n    }}\n",
            8000 + index
        ));
    }
    text.push_str(
        "    route \"cloud\" public auth=\"admins\" // https://cloud.home.example.com\n    on class=\"nas\"\n}\n",
    );
    text
}

/// Returns the best of many runs, in microseconds a run.
fn best(mut work: impl FnMut()) -> f64 {
    let mut best = Duration::MAX;
    for _ in 0..50 {
        let start = Instant::now();
        for _ in 0..200 {
            work();
        }
        best = best.min(start.elapsed() / 200);
    }
    best.as_secs_f64() * 1e6
}

#[test]
#[ignore = "measures"]
fn speed_of_one_manifest() {
    let text = manifest();
    let parse = hlmc_syntax::parse(&text);
    assert!(parse.errors.is_empty());
    println!("{} lines, {} bytes, {} tokens", text.lines().count(), text.len(), parse.document.tokens().len());
    println!("parse   {:.1} µs", best(|| drop(black_box(hlmc_syntax::parse(black_box(&text))))));
    println!("format  {:.1} µs", best(|| drop(black_box(hlmc_syntax::format(black_box(&text))))));
    let start = Instant::now();
    let _ = black_box(kdl::KdlDocument::parse(&text));
    println!("kdl     {:.1} µs (once)", start.elapsed().as_secs_f64() * 1e6);
}
