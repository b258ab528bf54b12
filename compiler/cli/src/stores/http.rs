//! Requests to a store, with its token; the certificates are those that its own program takes from the environment.

use super::Environment;
use crate::failure::innermost;
use reqwest::blocking::{Client, ClientBuilder, RequestBuilder};
use reqwest::{Certificate, Identity, Method, Url};
use serde_json::Value;
use std::fs;
use std::time::Duration;

/// What a store, or the way there, has against a request: a sentence without a value or token in it, and what would help.
#[derive(Debug)]
pub(crate) struct Trouble {
    pub(crate) message: String,
    pub(crate) help: String,
    /// Whether there is no way to the store at all.
    pub(crate) cut_off: bool,
}

impl Trouble {
    pub(crate) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into(), cut_off: false }
    }
}

/// An answer.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// The body, `null` where it is no JSON.
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// The API of one store.
pub(super) struct Api {
    client: Client,
    base: Url,
    /// What its program calls it, and its variables: `Nomad`, `NOMAD`.
    name: &'static str,
    variables: &'static str,
    /// Sent with each request: its token, and its namespace where one is said.
    headers: Vec<(&'static str, String)>,
}

impl Api {
    /// The API at an address, for whom the variables of the environment say.
    pub(super) fn open(
        name: &'static str,
        variables: &'static str,
        default: &str,
        environment: Environment<'_>,
    ) -> Result<Self, Trouble> {
        // A second one changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let variable = |suffix: &str| environment(&format!("{variables}_{suffix}")).filter(|text| !text.is_empty());
        let address = variable("ADDR").unwrap_or_else(|| default.to_owned());
        let base = Url::parse(&address).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let base = base.ok_or_else(|| {
            let help = format!("`{variables}_ADDR` takes one that begins with `http://` or `https://`");
            Trouble::new(format!("`{address}` is no address of {name}"), help)
        })?;
        let mut builder = ClientBuilder::new()
            .user_agent(concat!("hlmc/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(Duration::from_secs(10))
            .timeout(Duration::from_secs(30))
            .redirect(reqwest::redirect::Policy::none());
        if matches!(base.host_str(), Some("127.0.0.1" | "localhost" | "[::1]")) {
            builder = builder.no_proxy();
        }
        if let Some(file) = variable("CACERT") {
            let certificates = Certificate::from_pem_bundle(&read(&file)?).map_err(|_| unreadable(&file))?;
            builder = builder.tls_certs_merge(certificates);
        }
        if let (Some(certificate), Some(key)) = (variable("CLIENT_CERT"), variable("CLIENT_KEY")) {
            let both = [read(&certificate)?, read(&key)?].concat();
            builder = builder.identity(Identity::from_pem(&both).map_err(|_| unreadable(&certificate))?);
        }
        let client = builder.build().map_err(|error| {
            let help = "the certificates of this computer are read for it: `SSL_CERT_FILE` names a file of them";
            Trouble::new(format!("no connection can be made: {}", innermost(&error).to_lowercase()), help)
        })?;
        Ok(Self { client, base, name, variables, headers: Vec::new() })
    }

    /// Has each request carry a header, where there is a value.
    #[must_use]
    pub(super) fn header(mut self, name: &'static str, value: Option<String>) -> Self {
        self.headers.extend(value.filter(|value| !value.is_empty()).map(|value| (name, value)));
        self
    }

    /// Whether a token is sent.
    fn has_token(&self) -> bool {
        self.headers.iter().any(|(name, _)| name.ends_with("Token"))
    }

    /// A request for a path below `/v1/`, with what is behind its `?`.
    pub(super) fn request(&self, method: Method, path: &str, query: &[(&str, &str)]) -> RequestBuilder {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().push("v1").extend(path.split('/'));
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let request = self.client.request(method, url);
        self.headers.iter().fold(request, |request, (name, value)| request.header(*name, value))
    }

    /// Sends a request; what refuses it to this token, or is a fault of the store, is trouble.
    pub(super) fn send(&self, request: RequestBuilder, what: &str) -> Result<Answer, Trouble> {
        let response = request.send().map_err(|error| self.unreachable(error))?;
        let status = response.status().as_u16();
        let body = response.bytes().map_err(|error| self.unreachable(error))?.to_vec();
        let (name, variables) = (self.name, self.variables);
        match status {
            401 | 403 => {
                let help = if self.has_token() {
                    format!("give `{variables}_TOKEN` one that may")
                } else {
                    format!("no token was sent: `{variables}_TOKEN` gives one")
                };
                Err(Trouble::new(format!("{name} refuses {what} to this token ({status})"), help))
            }
            300..=399 => {
                let message = format!("{name} at `{}` says to ask elsewhere ({status})", self.base);
                Err(Trouble::new(message, format!("give `{variables}_ADDR` the address of its leader")))
            }
            500.. => {
                let message = format!("{name} at `{}` has a fault of its own ({status})", self.base);
                let sealed = name == "Vault" && status == 503;
                let help = if sealed { "it is sealed: unseal it first" } else { "look at its log" };
                Err(Trouble::new(message, help))
            }
            _ => Ok(Answer { status, body }),
        }
    }

    /// An answer that nothing here expects.
    pub(super) fn unexpected(&self, answer: &Answer, what: &str) -> Trouble {
        let message =
            format!("what is at `{}` answers {} to {what}, as {} never does", self.base, answer.status, self.name);
        Trouble::new(message, format!("`{}_ADDR` says where {} is", self.variables, self.name))
    }

    fn unreachable(&self, error: reqwest::Error) -> Trouble {
        let error = error.without_url();
        let reason = if error.is_timeout() { "no answer in time".to_owned() } else { innermost(&error).to_lowercase() };
        let message = format!("{} at `{}` can't be reached: {reason}", self.name, self.base);
        let trusted = reason.contains("certificate") || reason.contains("corrupt message");
        let variable = if trusted { "CACERT" } else { "ADDR" };
        let help = match variable {
            "CACERT" => format!("`{}_CACERT` names a file with the certificate of its authority", self.variables),
            _ => format!("`{}_ADDR` says where it is", self.variables),
        };
        Trouble { cut_off: true, ..Trouble::new(message, help) }
    }
}

fn read(file: &str) -> Result<Vec<u8>, Trouble> {
    fs::read(file).map_err(|_| unreadable(file))
}

fn unreadable(file: &str) -> Trouble {
    Trouble::new(format!("`{file}` can't be read as certificates"), "name a file with PEM blocks")
}
