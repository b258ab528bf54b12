//! Requests: bounded in time and size, repeated where that helps, and redirected without taking a login along.

use super::Trouble;
use super::address::is_loopback;
use crate::failure::innermost;
use reqwest::Url;
use reqwest::blocking::{Client as Http, ClientBuilder, Response};
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, LOCATION, RETRY_AFTER};
use std::io::{self, Read as _};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// How long and how large things may get.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Until a connection stands.
    pub(crate) connect: Duration,
    /// From a request to the last byte of its answer.
    pub(crate) answer: Duration,
    /// How often a request is made.
    pub(crate) tries: u32,
    /// Before the second try; twice as long before each further one.
    pub(crate) pause: Duration,
    /// The longest that a registry may have us wait.
    pub(crate) longest_pause: Duration,
    /// No further try begins after this.
    pub(crate) patience: Duration,
    /// Bytes of an answer. Registries take manifests of 4 MiB.
    pub(crate) bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            answer: Duration::from_secs(30),
            tries: 4,
            pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(60),
            patience: Duration::from_secs(60),
            bytes: 4 << 20,
        }
    }
}

/// More redirects than anybody needs.
const REDIRECTS: usize = 5;

/// A request that changes nothing. It may hold a login, and has no `Debug`.
#[derive(Clone, Copy)]
pub(crate) struct Request<'r> {
    pub(crate) url: &'r Url,
    pub(crate) accept: Option<&'r str>,
    /// Sent to the host of `url` and to no other.
    pub(crate) authorization: Option<&'r str>,
    /// What is posted, as a form; a request without one is a `GET`.
    pub(crate) form: Option<&'r str>,
}

/// An answer, read to its end.
pub(crate) struct Answer {
    /// Where it came from, behind all redirects.
    pub(crate) url: Url,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The text of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// What makes requests.
pub(crate) struct Client {
    limits: Limits,
    /// Hosts that are spoken to without TLS.
    plain: Vec<String>,
    /// For this computer, past any proxy, and for all others.
    near: OnceLock<Result<Http, String>>,
    far: OnceLock<Result<Http, String>>,
}

impl Client {
    pub(crate) fn new(limits: Limits, plain: &[String]) -> Self {
        // A second one changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self { limits, plain: plain.to_vec(), near: OnceLock::new(), far: OnceLock::new() }
    }

    /// Where the API of a host is: with TLS, but for hosts that are named, and this computer where it has none.
    pub(crate) fn base(&self, host: &str) -> Result<Url, Trouble> {
        let url = |scheme: &str| {
            Url::parse(&format!("{scheme}://{host}/v2/")).map_err(|_| {
                Trouble::new(format!("`{host}` is no host"), "check the part of the image before the first `/`")
            })
        };
        if self.is_plain(host) {
            return url("http");
        }
        if is_loopback(host) {
            let plain = url("http")?;
            let request = Request { url: &plain, accept: None, authorization: None, form: None };
            // What speaks TLS answers 400, or nothing that can be read.
            match self.once(&request) {
                Ok(answer) if answer.status != 400 => return Ok(plain),
                Err(trouble) if ["refused", "doesn't answer"].iter().any(|it| trouble.message.contains(it)) => {
                    return Err(trouble);
                }
                _ => {}
            }
        }
        url("https")
    }

    /// Whether a host was named as one without TLS.
    fn is_plain(&self, host: &str) -> bool {
        self.plain.iter().any(|plain| plain == host)
    }

    /// Whether something may be fetched from a place: with TLS, from this computer, or from a host that was named.
    pub(crate) fn may_visit(&self, url: &Url) -> bool {
        let host = origin(url).1;
        url.scheme() == "https" || url.scheme() == "http" && (self.is_plain(&host) || is_loopback(&host))
    }

    /// Makes a request, again where that may help.
    pub(crate) fn send(&self, request: &Request<'_>) -> Result<Answer, Trouble> {
        let (start, mut pause) = (Instant::now(), self.limits.pause);
        for tries_left in (0..self.limits.tries).rev() {
            let (trouble, wait) = match self.once(request) {
                Ok(answer) => match self.refusal(request, &answer) {
                    None => return Ok(answer),
                    Some((trouble, wait)) => (trouble, wait),
                },
                Err(trouble) => (trouble, None),
            };
            let wait = wait.unwrap_or(pause);
            let late = start.elapsed() + wait > self.limits.patience;
            if !trouble.passing || tries_left == 0 || late || wait > self.limits.longest_pause {
                return Err(trouble);
            }
            std::thread::sleep(wait);
            pause *= 2;
        }
        Err(Trouble::new(format!("`{}` wasn't asked", origin(request.url).1), "report this as a fault of hlmc"))
    }

    /// An answer that says "not now", and how long to wait where it says that too.
    fn refusal(&self, request: &Request<'_>, answer: &Answer) -> Option<(Trouble, Option<Duration>)> {
        let host = origin(request.url).1;
        let after = answer.headers.get(RETRY_AFTER).and_then(|text| text.to_str().ok()?.trim().parse().ok());
        let (message, help) = match answer.status {
            429 => {
                let when = after.map_or_else(String::new, |seconds: u64| format!("; it says to wait {seconds} s"));
                let help =
                    "run the same command later: what is locked stays; registries allow more to those who log in";
                (format!("`{host}` takes no more requests for now (429){when}"), help)
            }
            status @ (408 | 500 | 502 | 503 | 504) => {
                (format!("`{host}` has a fault of its own: it answers {status}"), "run the same command later")
            }
            _ => return None,
        };
        Some((Trouble::new(message, help).passing(), after.map(Duration::from_secs)))
    }

    /// Makes a request once, along its redirects.
    fn once(&self, request: &Request<'_>) -> Result<Answer, Trouble> {
        let first = origin(request.url);
        let mut url = request.url.clone();
        for _ in 0..=REDIRECTS {
            let host = origin(&url).1;
            let http = self.http(&host)?;
            let mut builder = match request.form {
                Some(form) => http
                    .post(url.clone())
                    .body(form.to_owned())
                    .header("content-type", "application/x-www-form-urlencoded"),
                None => http.get(url.clone()),
            };
            if let Some(accept) = request.accept {
                builder = builder.header(ACCEPT, accept);
            }
            if let Some(authorization) = request.authorization.filter(|_| origin(&url) == first) {
                builder = builder.header(AUTHORIZATION, authorization);
            }
            let response = builder.send().map_err(|error| self.unreachable(&host, error))?;
            let location = response.headers().get(LOCATION).filter(|_| response.status().is_redirection());
            let Some(location) = location.and_then(|location| location.to_str().ok()) else {
                return self.read(&url, response);
            };
            let next = url.join(location).ok().filter(|next| request.form.is_none() && self.may_visit(next));
            url = next.ok_or_else(|| {
                Trouble::new(
                    format!("`{host}` leads to a place that isn't followed: it has no TLS, or is no address"),
                    "look at the configuration of the registry; `--plain-http HOST` allows a host without TLS",
                )
            })?;
        }
        let message = format!("`{}` leads from one place to the next without end", first.1);
        Err(Trouble::new(message, "look at the configuration of the registry"))
    }

    /// Reads an answer to its end.
    fn read(&self, url: &Url, response: Response) -> Result<Answer, Trouble> {
        let host = origin(url).1;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let most = self.limits.bytes;
        let mut body = Vec::new();
        let read = response.take(most + 1).read_to_end(&mut body);
        read.map_err(|error| self.cut_off(&host, &error))?;
        if body.len() as u64 > most {
            let message = format!("`{host}` sends more than {} MiB, and no manifest is that large", most >> 20);
            return Err(Trouble::new(message, "look whether that is a registry"));
        }
        Ok(Answer { url: url.clone(), status, headers, body })
    }

    fn http(&self, host: &str) -> Result<&Http, Trouble> {
        let near = is_loopback(host);
        let slot = if near { &self.near } else { &self.far };
        let made = slot.get_or_init(|| {
            let builder = ClientBuilder::new()
                .user_agent(concat!("hlmc/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(self.limits.connect)
                .timeout(self.limits.answer)
                .redirect(reqwest::redirect::Policy::none());
            let builder = if near { builder.no_proxy() } else { builder };
            builder.build().map_err(|error| innermost(&error))
        });
        made.as_ref().map_err(|reason| {
            let help = "the certificates of this computer are read for it: `SSL_CERT_FILE` names a file of them";
            Trouble::new(format!("no connection can be made: {reason}"), help)
        })
    }

    /// A request that got no answer.
    fn unreachable(&self, host: &str, error: reqwest::Error) -> Trouble {
        let error = error.without_url();
        let reason = innermost(&error);
        let lower = reason.to_ascii_lowercase();
        if error.is_timeout() {
            return self.too_slow(host);
        }
        if lower.contains("certificate") {
            return Trouble::new(
                format!("`{host}` has a certificate that this computer doesn't trust: {reason}"),
                "add its authority to the certificates of this computer, or name a file with it in `SSL_CERT_FILE`",
            );
        }
        if lower.contains("corrupt message") || lower.contains("contenttype") {
            return Trouble::new(
                format!("`{host}` doesn't speak TLS"),
                format!("where that is meant to be so, say `--plain-http {host}`"),
            );
        }
        let message = format!("`{host}` can't be reached: {reason}");
        let help = "check the name of the registry in the image, and the network";
        let unknown = lower.contains("lookup") || lower.contains("name or service");
        if unknown { Trouble::new(message, help) } else { Trouble::new(message, help).passing() }
    }

    fn too_slow(&self, host: &str) -> Trouble {
        let seconds = self.limits.answer.as_secs_f32();
        let message = format!("`{host}` doesn't answer within {seconds} s");
        Trouble::new(message, "run the same command later, or look at the network").passing()
    }

    /// An answer that ends too early.
    fn cut_off(&self, host: &str, error: &io::Error) -> Trouble {
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<reqwest::Error>());
        if error.kind() == io::ErrorKind::TimedOut || inner.is_some_and(reqwest::Error::is_timeout) {
            return self.too_slow(host);
        }
        let message = format!("`{host}` breaks off in the middle of its answer");
        Trouble::new(message, "run the same command again; if it stays so, look at what is between here and there")
            .passing()
    }
}

/// Scheme, and host with its port: what a login is sent to.
pub(crate) fn origin(url: &Url) -> (String, String) {
    let host = url.host_str().unwrap_or_default();
    let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    (url.scheme().to_owned(), host)
}
