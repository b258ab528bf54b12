//! `stand-in`: what runs in place of a service whose image can't be had here. It listens on every port that Nomad gave its
//! task, and answers every HTTP request with the name of its job, but `/metrics` with a metric.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::ExitCode;
use std::time::Duration;

fn main() -> ExitCode {
    let ports: Vec<SocketAddr> = std::env::vars().filter_map(|(name, value)| port(&name, &value)).collect();
    for address in ports {
        let Ok(listener) = TcpListener::bind(address) else { return ExitCode::FAILURE };
        std::thread::spawn(move || listener.incoming().flatten().for_each(answer));
    }
    loop {
        std::thread::park();
    }
}

/// Where to listen for a port, which the environment tells as `NOMAD_PORT_label=8080`.
fn port(name: &str, value: &str) -> Option<SocketAddr> {
    let label = name.strip_prefix("NOMAD_PORT_")?;
    let port = value.parse().ok()?;
    // In a network of its own, a container doesn't have the address of the node.
    let address = std::env::var(format!("NOMAD_IP_{label}")).ok()?.parse().ok()?;
    let own = TcpListener::bind(SocketAddr::new(address, 0)).is_ok();
    Some(SocketAddr::new(if own { address } else { IpAddr::V4(Ipv4Addr::UNSPECIFIED) }, port))
}

/// Answers one request.
fn answer(mut stream: TcpStream) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
    let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
    let Some(request) = lines.next() else { return };
    // A connection that is closed before the request is read would be reset.
    let _ = lines.find(String::is_empty);
    let body = body(request.split(' ').nth(1).unwrap_or_default());
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nConnection: close\r\n";
    let _ = write!(stream, "{head}Content-Length: {}\r\n\r\n{body}", body.len());
}

/// What is at a path.
fn body(path: &str) -> String {
    let job = std::env::var("NOMAD_JOB_NAME").unwrap_or_default();
    match path {
        "/metrics" => format!("stand_in{{job_name=\"{job}\"}} 1\n"),
        _ => format!("{job}\n"),
    }
}
