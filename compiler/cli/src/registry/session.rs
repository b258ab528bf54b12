//! One repository: requests to its registry, logged in where that is asked for.

use super::Trouble;
use super::address::Address;
use super::challenge::{Challenge, challenge};
use super::http::{Answer, Client, Request, origin};
use super::login::{Login, Logins};
use base64::Engine as _;
use reqwest::Url;
use serde::Deserialize;

/// Requests about one repository.
pub(crate) struct Session<'c> {
    client: &'c Client,
    logins: &'c Logins,
    address: &'c Address,
    base: Url,
    /// What is sent along, and to whom alone: scheme and host.
    authorization: Option<((String, String), String)>,
}

/// What a place that gives out tokens answers.
#[derive(Deserialize)]
struct Token {
    token: Option<String>,
    access_token: Option<String>,
}

impl<'c> Session<'c> {
    pub(crate) fn open(client: &'c Client, logins: &'c Logins, address: &'c Address) -> Result<Self, Trouble> {
        let base = client.base(&address.host)?;
        Ok(Self { client, logins, address, base, authorization: None })
    }

    /// The repository it is about.
    pub(crate) fn address(&self) -> &'c Address {
        self.address
    }

    /// Where a part of the repository is: `manifests/1.2`.
    pub(crate) fn url(&self, path: &str) -> Result<Url, Trouble> {
        let url = self.base.join(&format!("{}/{path}", self.address.repository));
        url.map_err(|_| Trouble::new(format!("`{path}` is no place in a registry"), "report this as a fault of hlmc"))
    }

    /// Where a link of an answer leads, within the same registry.
    pub(crate) fn link(&self, from: &Url, link: &str) -> Option<Url> {
        from.join(link).ok().filter(|url| origin(url) == origin(&self.base))
    }

    /// Fetches something that has to be there. `what` is what a person calls it: "tag `1.2` of `library/nginx`".
    pub(crate) fn get(&mut self, url: &Url, accept: Option<&str>, what: &str) -> Result<Answer, Trouble> {
        let mut answer = self.send(url, accept)?;
        if answer.status == 401 {
            self.authorize(&answer)?;
            // A redirect may lead to another registry, which asks for a login of its own.
            let place = answer.url.clone();
            answer = self.send(&place, accept)?;
        }
        let registry = self.address.registry();
        match answer.status {
            200 => Ok(answer),
            401 | 403 => Err(self.refused(answer.status)),
            404 => Err(Trouble::new(
                format!("`{registry}` has no {what}"),
                "check how the image is written: its name, and its version",
            )),
            status => Err(Trouble::new(
                format!("`{registry}` answers {status} when it is asked for {what}"),
                "look whether that is a registry",
            )),
        }
    }

    fn send(&self, url: &Url, accept: Option<&str>) -> Result<Answer, Trouble> {
        let authorization = self.authorization.as_ref().filter(|(to, _)| *to == origin(url)).map(|(_, it)| it.as_str());
        self.client.send(&Request { url, accept, authorization, form: None })
    }

    fn refused(&self, status: u16) -> Trouble {
        let (registry, repository) = (self.address.registry(), &self.address.repository);
        let message = format!("`{registry}` doesn't let us read `{repository}` ({status})");
        let help = format!(
            "check the name; a private image needs a login: `docker login {registry}` keeps one where hlmc looks for it"
        );
        Trouble::new(message, help)
    }

    /// Does what a registry asks for before it answers.
    fn authorize(&mut self, answer: &Answer) -> Result<(), Trouble> {
        let headers = answer.headers.get_all("www-authenticate").iter();
        let headers: Vec<&str> = headers.filter_map(|header| header.to_str().ok()).collect();
        let asker = origin(&answer.url);
        let login = self.logins.of(if asker == origin(&self.base) { &self.address.login } else { &asker.1 })?;
        let authorization = match challenge(&headers) {
            Some(Challenge::Bearer { realm, service, scope }) => {
                let scope = scope.unwrap_or_else(|| format!("repository:{}:pull", self.address.repository));
                format!("Bearer {}", self.token(&realm, service.as_deref(), &scope, login.as_ref())?)
            }
            Some(Challenge::Basic) => match &login {
                Some(Login::Password { user, password }) => basic(user, password),
                _ => return Err(self.refused(answer.status)),
            },
            None => return Err(self.refused(answer.status)),
        };
        self.authorization = Some((asker, authorization));
        Ok(())
    }

    /// Asks for a token, in the name of whoever is logged in.
    fn token(&self, realm: &str, service: Option<&str>, scope: &str, login: Option<&Login>) -> Result<String, Trouble> {
        let registry = self.address.registry();
        let url = Url::parse(realm).ok().filter(|url| self.client.may_visit(url));
        let mut url = url.ok_or_else(|| {
            Trouble::new(
                format!("`{registry}` sends us for a login to a place without TLS"),
                "look at the configuration of the registry; `--plain-http HOST` allows a host without TLS",
            )
        })?;
        let mut form = None;
        if let Some(Login::Identity(identity)) = login {
            let mut pairs = vec![("grant_type", "refresh_token"), ("client_id", "hlmc"), ("scope", scope)];
            pairs.extend(service.map(|service| ("service", service)));
            pairs.push(("refresh_token", identity));
            let mut encoded = Url::parse("form:").map_err(|_| self.refused(401))?;
            encoded.query_pairs_mut().extend_pairs(pairs);
            form = encoded.query().map(str::to_owned);
        } else {
            let mut pairs = url.query_pairs_mut();
            pairs.extend_pairs(service.map(|service| ("service", service))).append_pair("scope", scope);
        }
        let authorization = match login {
            Some(Login::Password { user, password }) => Some(basic(user, password)),
            _ => None,
        };
        let request =
            Request { url: &url, accept: None, authorization: authorization.as_deref(), form: form.as_deref() };
        let answer = self.client.send(&request)?;
        if matches!(answer.status, 400 | 401 | 403) {
            return Err(self.refused(answer.status));
        }
        let token: Option<Token> = serde_json::from_slice(&answer.body).ok().filter(|_| answer.status == 200);
        let token = token.and_then(|token| token.token.or(token.access_token)).filter(|token| is_sendable(token));
        token.ok_or_else(|| {
            let host = origin(&url).1;
            Trouble::new(format!("`{host}` gives no token for `{registry}`"), "run the same command later")
        })
    }
}

/// Whether a token fits into a header.
fn is_sendable(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic())
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}")))
}
