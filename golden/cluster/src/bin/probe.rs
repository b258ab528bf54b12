//! `probe`: asks over the network what a person would ask with a browser or a port scanner.
//!
//! `probe get ADDRESS:PORT PATH` prints what an HTTP server answers. `probe tcp ADDRESS PORT...` and `probe udp …` print the
//! ports that packets get through to: where somebody answers, and where nobody listens but the machine says so. A firewall
//! that drops packets answers nothing.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::process::ExitCode;
use std::time::Duration;

/// How long an answer may take on a busy computer.
const LIMIT: Duration = Duration::from_secs(3);

/// What a probe of one port finds: whether packets get through.
type Reaches = fn(SocketAddr) -> bool;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let answer = match words.as_slice() {
        ["get", address, path] => get(address, path).ok(),
        ["tcp", address, ports @ ..] => scan(address, ports, reaches_tcp),
        ["udp", address, ports @ ..] => scan(address, ports, reaches_udp),
        _ => None,
    };
    let written = answer.map(|answer| std::io::stdout().write_all(answer.as_bytes()));
    if matches!(written, Some(Ok(()))) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The body of an HTTP server's answer.
fn get(address: &str, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(LIMIT))?;
    write!(stream, "GET {path} HTTP/1.0\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default())
}

/// The ports that packets get through to, each on a line; all are tried at once.
fn scan(address: &str, ports: &[&str], reaches: Reaches) -> Option<String> {
    let address = address.parse().ok()?;
    let ports: Vec<u16> = ports.iter().filter_map(|port| port.parse().ok()).collect();
    let probes: Vec<_> = ports
        .into_iter()
        .map(|port| (port, std::thread::spawn(move || reaches(SocketAddr::new(address, port)))))
        .collect();
    let through = probes.into_iter().filter_map(|(port, probe)| probe.join().ok()?.then_some(port));
    Some(through.map(|port| format!("{port}\n")).collect())
}

fn reaches_tcp(address: SocketAddr) -> bool {
    match TcpStream::connect_timeout(&address, LIMIT) {
        Ok(_) => true,
        Err(error) => error.kind() == ErrorKind::ConnectionRefused,
    }
}

/// Only a port that nobody listens on tells that a packet came through.
fn reaches_udp(address: SocketAddr) -> bool {
    let Ok(socket) = UdpSocket::bind("0.0.0.0:0") else { return false };
    let ask = || -> std::io::Result<()> {
        socket.set_read_timeout(Some(LIMIT))?;
        socket.connect(address)?;
        socket.send(b"?")?;
        socket.recv(&mut [0; 16]).map(drop)
    };
    ask().is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused)
}
