//! Stands in for a Docker engine: it says that it is well and runs nothing.
//!
//! Nomad plans work only for nodes whose engine answers. Planning doesn't use the engine, so the answers to the
//! questions that Nomad asks at its start are enough, and no real engine has to be there.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

/// The socket of the engine; it answers until the process ends.
#[derive(Debug)]
pub(crate) struct Engine(PathBuf);

impl Engine {
    /// Starts to answer on a socket.
    pub(crate) fn start(socket: &Path) -> Result<Self, String> {
        let listener =
            UnixListener::bind(socket).map_err(|error| format!("cannot listen on `{}`: {error}", socket.display()))?;
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                std::thread::spawn(move || answer(&connection));
            }
        });
        Ok(Self(socket.to_owned()))
    }

    /// The address that Nomad finds it at.
    pub(crate) fn endpoint(&self) -> String {
        format!("unix://{}", self.0.display())
    }
}

/// Answers the requests of one connection until the other side closes it.
fn answer(connection: &UnixStream) {
    let mut reader = BufReader::new(connection);
    let mut writer = connection;
    loop {
        let mut request = String::new();
        if !matches!(reader.read_line(&mut request), Ok(1..)) {
            return;
        }
        let mut header = String::new();
        while matches!(reader.read_line(&mut header), Ok(3..)) {
            header.clear();
        }
        let (method, path) = request.split_once(' ').unwrap_or_default();
        let body = body(path.split([' ', '?']).next().unwrap_or_default());
        let sent = if method == "HEAD" { "" } else { body };
        let response = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nApi-Version: 1.48\r\nOstype: linux\r\n\
             Content-Length: {}\r\n\r\n{sent}",
            body.len()
        );
        if writer.write_all(response.as_bytes()).is_err() {
            return;
        }
    }
}

fn body(path: &str) -> &'static str {
    match path.rsplit('/').next() {
        Some("_ping") => "OK",
        Some("version") => r#"{"Version":"28.5.2","ApiVersion":"1.48","MinAPIVersion":"1.24","Os":"linux"}"#,
        Some("info") => r#"{"OSType":"linux","Runtimes":{"runc":{"path":"runc"}},"DefaultRuntime":"runc"}"#,
        _ => "[]",
    }
}

#[cfg(test)]
mod tests {
    use super::body;

    #[test]
    fn it_says_which_engine_it_is_and_that_nothing_runs() {
        assert!(body("/v1.48/version").contains("28.5.2"));
        assert_eq!(body("/v1.48/containers/json"), "[]");
        assert_eq!(body("/v1.48/networks"), "[]");
    }
}
