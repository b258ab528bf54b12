//! What registries do at times and no program does on request: refuse, break off, dawdle, lie, send elsewhere.

use super::{Address, Client, Limits, Logins, Session, Trouble, newer, resolve};
use hlmc_core::model::LockedImage;
use sha2::{Digest as _, Sha256};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

const LIMITS: Limits = Limits {
    connect: Duration::from_secs(10),
    answer: Duration::from_secs(20),
    tries: 3,
    pause: Duration::from_millis(5),
    longest_pause: Duration::from_secs(2),
    patience: Duration::from_secs(60),
    bytes: 4096,
};

const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// A request as it came in.
#[derive(Clone, Debug)]
struct Seen {
    /// `GET /v2/`
    line: String,
    head: String,
    body: String,
    /// How many of the same line came before.
    again: usize,
}

impl Seen {
    fn header(&self, name: &str) -> Option<&str> {
        let line = self.head.lines().find(|line| line.to_ascii_lowercase().starts_with(&format!("{name}:")))?;
        line.split_once(':').map(|(_, value)| value.trim())
    }
}

/// What is written back, byte for byte; after that the connection is closed.
type Reply = Vec<u8>;

fn reply(status: u16, headers: &[(&str, &str)], body: &str) -> Reply {
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!("HTTP/1.1 {status} X\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n{body}", body.len()).into()
}

/// A server on a port of its own, until the tests end.
#[derive(Clone)]
struct Server {
    host: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    fn start(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self { host: listener.local_addr().unwrap().to_string(), seen: Arc::default() };
        let (own, answer) = (server.clone(), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (own, answer) = (own.clone(), answer.clone());
                std::thread::spawn(move || own.serve(stream, &*answer));
            }
        });
        server
    }

    fn serve(&self, mut stream: TcpStream, answer: &dyn Fn(&Seen) -> Reply) {
        let mut text = String::new();
        let mut byte = [0];
        while !text.ends_with("\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
            text.push(char::from(byte[0]));
        }
        let mut seen = Seen { line: String::new(), head: text, body: String::new(), again: 0 };
        let line = seen.head.lines().next().unwrap_or_default();
        seen.line = line.rsplit_once(' ').map_or("", |(line, _)| line).to_owned();
        let length = seen.header("content-length").map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; length];
        if stream.read_exact(&mut body).is_ok() {
            seen.body = String::from_utf8(body).unwrap();
        }
        let mut all = self.seen.lock().unwrap();
        seen.again = all.iter().filter(|before| before.line == seen.line).count();
        all.push(seen.clone());
        drop(all);
        // Who asked may have gone.
        let _ = stream.write_all(&answer(&seen));
    }

    fn lines(&self) -> Vec<String> {
        self.seen.lock().unwrap().iter().map(|seen| seen.line.clone()).filter(|line| line != "GET /v2/").collect()
    }

    fn resolve(&self) -> Result<LockedImage, Trouble> {
        self.resolve_as("app:1", None)
    }

    fn resolve_as(&self, image: &str, logins: Option<&str>) -> Result<LockedImage, Trouble> {
        self.with(image, logins, resolve)
    }

    fn with<T>(
        &self,
        image: &str,
        logins: Option<&str>,
        ask: impl FnOnce(&str, &mut Session<'_>) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        self.within(LIMITS, image, logins, ask)
    }

    fn within<T>(
        &self,
        limits: Limits,
        image: &str,
        logins: Option<&str>,
        ask: impl FnOnce(&str, &mut Session<'_>) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        let client = Client::new(limits, &[]);
        let logins = logins.map(|text| text.replace("HOST", &self.host));
        let logins = Logins::read(|name| logins.clone().filter(|_| name == "DOCKER_AUTH_CONFIG"));
        let logins = logins.unwrap_or_default();
        let reference = format!("{}/{image}", self.host);
        let address = Address::of(&reference).unwrap();
        ask(&reference, &mut Session::open(&client, &logins, &address)?)
    }

    /// What is said of an image that can't be had.
    fn trouble(&self) -> String {
        self.resolve().err().map(|trouble| trouble.message.replace(&self.host, "HOST")).unwrap_or_default()
    }
}

fn digest(text: &str) -> String {
    let hex: String = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

const CONFIG: &str = r#"{ "os": "linux", "architecture": "arm64", "variant": "v8", "created": "2026-01-02T03:04:05Z",
    "config": { "Labels": { "org.opencontainers.image.version": "1.2", "org.opencontainers.image.source": "a\nb", "x": "y" } } }"#;

fn manifest() -> String {
    let (config, layer) = (digest(CONFIG), digest("layer"));
    format!(
        r#"{{ "mediaType": "{MANIFEST}", "config": {{ "digest": "{config}", "size": 7 }},
            "layers": [{{ "digest": "{layer}", "size": 1000 }}, {{ "digest": "{layer}", "size": 20 }}] }}"#
    )
}

fn index() -> String {
    let own = digest(&manifest());
    let other = digest("other");
    format!(
        r#"{{ "mediaType": "{INDEX}", "manifests": [
            {{ "digest": "{other}", "platform": {{ "os": "linux", "architecture": "s390x" }} }},
            {{ "digest": "{own}", "platform": {{ "os": "linux", "architecture": "arm64", "variant": "v8" }} }},
            {{ "digest": "{other}", "platform": {{ "os": "linux", "architecture": "arm", "variant": "v7" }} }},
            {{ "digest": "{other}", "platform": {{ "os": "unknown", "architecture": "unknown" }} }}] }}"#
    )
}

/// Answers as a registry does that has `app:1` as an index.
fn sound(seen: &Seen) -> Reply {
    let by_digest = format!("GET /v2/app/manifests/{}", digest(&manifest()));
    let blob = format!("GET /v2/app/blobs/{}", digest(CONFIG));
    match seen.line.as_str() {
        "GET /v2/" => reply(200, &[], "{}"),
        "GET /v2/app/manifests/1" => reply(200, &[("content-type", INDEX)], &index()),
        line if line == by_digest => reply(200, &[("content-type", MANIFEST)], &manifest()),
        line if line == blob => reply(200, &[], CONFIG),
        _ => reply(404, &[], "{}"),
    }
}

/// Whether a request is the one for the tag.
fn is_tag(seen: &Seen) -> bool {
    seen.line.ends_with("/manifests/1")
}

#[test]
fn an_index_is_pinned_with_its_platforms_sizes_and_labels() {
    let server = Server::start(sound);
    let image = server.resolve().unwrap();
    assert_eq!(image.digest, digest(&index()));
    let platforms: Vec<_> = image.platforms.iter().map(|it| (it.name.as_str(), it.bytes)).collect();
    assert_eq!(platforms, [("linux/arm/v7", None), ("linux/arm64/v8", Some(1027)), ("linux/s390x", None)]);
    // A label of several lines isn't kept.
    let expected = [("created", "2026-01-02T03:04:05Z".to_owned()), ("version", "1.2".to_owned())];
    assert_eq!(image.labels, expected);
    let accept = server.seen.lock().unwrap()[1].header("accept").unwrap().to_owned();
    assert!(accept.starts_with(INDEX) && accept.contains(MANIFEST), "{accept}");
}

#[test]
fn an_image_of_one_platform_is_pinned_to_its_manifest() {
    let server =
        Server::start(
            |seen| {
                if is_tag(seen) { reply(200, &[("content-type", MANIFEST)], &manifest()) } else { sound(seen) }
            },
        );
    let image = server.resolve().unwrap();
    assert_eq!(image.digest, digest(&manifest()));
    assert_eq!((image.platforms[0].name.as_str(), image.platforms[0].bytes), ("linux/arm64/v8", Some(1027)));
    let pinned = server.resolve_as(&format!("app:1@{}", digest(&manifest())), None).unwrap();
    assert_eq!((pinned.digest, pinned.platforms), (image.digest, image.platforms));
}

#[test]
fn a_registry_that_prefers_the_manifest_is_asked_for_the_index() {
    let server = Server::start(|seen| {
        let both = seen.header("accept").is_some_and(|accept| accept.contains(MANIFEST));
        if is_tag(seen) && both { reply(200, &[("content-type", MANIFEST)], &manifest()) } else { sound(seen) }
    });
    assert_eq!(server.resolve().unwrap().digest, digest(&index()));
}

#[test]
fn what_is_not_there_or_not_ours_is_named() {
    let server = Server::start(|seen| if is_tag(seen) { reply(404, &[], "") } else { sound(seen) });
    assert_eq!(server.trouble(), "`HOST` has no tag `1` of `app`");
    assert_eq!(server.lines(), ["GET /v2/app/manifests/1"], "asking again doesn't help");
    for header in ["Basic realm=\"x\"", "Negotiate"] {
        let server =
            Server::start(
                move |seen| {
                    if is_tag(seen) { reply(401, &[("www-authenticate", header)], "") } else { sound(seen) }
                },
            );
        assert_eq!(server.trouble(), "`HOST` doesn't let us read `app` (401)");
    }
    let server = Server::start(|seen| if is_tag(seen) { reply(418, &[], "") } else { sound(seen) });
    assert_eq!(server.trouble(), "`HOST` answers 418 when it is asked for tag `1` of `app`");
}

#[test]
fn a_registry_that_says_when_is_asked_then() {
    let limited = |after: &'static str| {
        Server::start(move |seen| {
            if is_tag(seen) && seen.again == 0 { reply(429, &[("retry-after", after)], "") } else { sound(seen) }
        })
    };
    let start = Instant::now();
    assert!(limited("1").resolve().is_ok());
    assert!(start.elapsed() >= Duration::from_secs(1));
    let start = Instant::now();
    let server = limited("3600");
    assert_eq!(server.trouble(), "`HOST` takes no more requests for now (429); it says to wait 3600 s");
    assert!(start.elapsed() < Duration::from_secs(60), "nobody waits an hour");
}

#[test]
fn what_passes_is_tried_again_and_not_for_ever() {
    let broken = |until: usize| {
        Server::start(move |seen| if is_tag(seen) && seen.again < until { reply(503, &[], "") } else { sound(seen) })
    };
    assert!(broken(2).resolve().is_ok());
    let server = broken(usize::MAX);
    assert_eq!(server.trouble(), "`HOST` has a fault of its own: it answers 503");
    assert_eq!(server.lines().len(), 3);
}

#[test]
fn an_answer_that_breaks_off_is_fetched_again() {
    let cut = |until: usize| {
        Server::start(move |seen| {
            let whole = sound(seen);
            if is_tag(seen) && seen.again < until { whole[..whole.len() - 40].to_vec() } else { whole }
        })
    };
    assert_eq!(cut(1).resolve().unwrap().digest, digest(&index()));
    assert_eq!(cut(usize::MAX).trouble(), "`HOST` breaks off in the middle of its answer");
}

#[test]
fn a_slow_registry_is_not_waited_for() {
    let server = Server::start(|seen| {
        if is_tag(seen) {
            std::thread::sleep(Duration::from_secs(60));
        }
        sound(seen)
    });
    let limits = Limits { answer: Duration::from_millis(500), ..LIMITS };
    let start = Instant::now();
    let trouble = server.within(limits, "app:1", None, resolve).err().unwrap();
    assert_eq!(trouble.message, format!("`{}` doesn't answer within 0.5 s", server.host));
    assert!(start.elapsed() < Duration::from_secs(40), "{:?}", start.elapsed());
}

#[test]
fn what_is_something_else_than_its_digest_says_is_refused() {
    let lie = digest("something else");
    let said = lie.clone();
    let server = Server::start(move |seen| {
        let headers = [("content-type", INDEX), ("docker-content-digest", said.as_str())];
        if is_tag(seen) { reply(200, &headers, &index()) } else { sound(seen) }
    });
    let (is, said) = (digest(&index()), server.trouble());
    let expected =
        format!("`HOST` sends something else for tag `1` of `app` than its digest says: `{is}` in place of `{lie}`");
    assert_eq!(said, expected);
    // The manifest of a platform, and the configuration, are asked for by their digests.
    for part in ["manifests/sha256", "blobs/sha256"] {
        let server = Server::start(move |seen| {
            let whole = String::from_utf8(sound(seen)).unwrap();
            if seen.line.contains(part) {
                whole.replace("linux", "lynux").replace("1000", "1001").into()
            } else {
                whole.into()
            }
        });
        assert!(server.trouble().contains("something else for digest"), "{part}: {}", server.trouble());
    }
}

#[test]
fn what_is_no_image_is_refused() {
    for (kind, body) in [
        (INDEX, "{"),
        (INDEX, "[]"),
        (INDEX, "{}"),
        (MANIFEST, "{}"),
        ("text/html", "<html>"),
        ("application/vnd.docker.distribution.manifest.v1+prettyjws", r#"{ "schemaVersion": 1, "fsLayers": [] }"#),
    ] {
        let server =
            Server::start(
                move |seen| if is_tag(seen) { reply(200, &[("content-type", kind)], body) } else { sound(seen) },
            );
        let said = server.trouble();
        assert_eq!(said, "what `HOST` sends for tag `1` of `app` is no image that Docker runs today", "{kind} {body}");
    }
    let server = Server::start(|seen| if is_tag(seen) { reply(200, &[], &"x".repeat(5000)) } else { sound(seen) });
    assert!(server.trouble().contains("no manifest is that large"), "{}", server.trouble());
}

const LOGINS: &str = r#"{ "auths": { "HOST": { "username": "anna", "password": "s3cret" } } }"#;

#[test]
fn a_redirect_takes_no_login_along() {
    let elsewhere = Server::start(|_| reply(200, &[], CONFIG));
    let place = format!("http://{}/store", elsewhere.host);
    let server = Server::start(move |seen| {
        let login = seen.header("authorization") == Some("Basic YW5uYTpzM2NyZXQ=");
        match (seen.line.contains("blobs"), login) {
            (true, true) => reply(307, &[("location", &place)], ""),
            (false, true) => sound(seen),
            _ => reply(401, &[("www-authenticate", "Basic realm=\"x\"")], ""),
        }
    });
    assert_eq!(server.resolve_as("app:1", Some(LOGINS)).unwrap().digest, digest(&index()));
    let seen = elsewhere.seen.lock().unwrap();
    assert_eq!((seen.len(), seen[0].header("authorization")), (1, None));
}

/// Where one registry stands in for another, the other one's challenge is answered with its own login, or none.
#[test]
fn a_registry_behind_a_redirect_gets_no_login_of_the_first() {
    let behind = Server::start(|seen| match seen.header("authorization") {
        Some("Bearer anyone") => sound(seen),
        None if seen.line.starts_with("GET /token") => reply(200, &[], r#"{ "token": "anyone" }"#),
        _ => {
            let host = seen.header("host").unwrap();
            let challenge = format!(r#"Bearer realm="http://{host}/token""#);
            reply(401, &[("www-authenticate", &challenge)], "")
        }
    });
    let place = behind.host.clone();
    let server = Server::start(move |seen| match seen.line.strip_prefix("GET ") {
        Some("/v2/") => sound(seen),
        path => reply(307, &[("location", &format!("http://{place}{}", path.unwrap()))], ""),
    });
    assert_eq!(server.resolve_as("app:1", Some(LOGINS)).unwrap().digest, digest(&index()));
    let seen = behind.seen.lock().unwrap();
    assert!(seen.iter().all(|seen| seen.header("authorization").is_none_or(|it| it == "Bearer anyone")), "{seen:?}");
}

#[test]
fn redirects_end_somewhere_and_keep_to_tls() {
    let server = Server::start(|seen| if is_tag(seen) { reply(302, &[("location", "")], "") } else { sound(seen) });
    assert_eq!(server.trouble(), "`HOST` leads from one place to the next without end");
    for place in ["http://registry.example.com/", "ftp://127.0.0.1/", "http://["] {
        let server =
            Server::start(move |seen| if is_tag(seen) { reply(302, &[("location", place)], "") } else { sound(seen) });
        assert!(server.trouble().contains("isn't followed"), "{place}: {}", server.trouble());
    }
}

#[test]
fn a_token_is_asked_for_where_the_registry_says() {
    let tokens = Server::start(|seen| match (seen.line.as_str(), seen.header("authorization"), seen.body.as_str()) {
        ("GET /token?service=reg&scope=repository%3Aapp%3Apull", Some("Basic YW5uYTpzM2NyZXQ="), _) => {
            reply(200, &[], r#"{ "access_token": "abc" }"#)
        }
        (
            "POST /token",
            None,
            "grant_type=refresh_token&client_id=hlmc&scope=repository%3Aapp%3Apull&service=reg&refresh_token=kept",
        ) => reply(200, &[], r#"{ "token": "abc" }"#),
        _ => reply(401, &[], "{}"),
    });
    let challenge = format!(r#"Bearer realm="http://{}/token",service="reg",scope="repository:app:pull""#, tokens.host);
    let server = Server::start(move |seen| match seen.header("authorization") {
        Some("Bearer abc") => sound(seen),
        _ => reply(401, &[("www-authenticate", &challenge)], ""),
    });
    let identity = r#"{ "auths": { "HOST": { "identitytoken": "kept" } } }"#;
    for logins in [LOGINS, identity] {
        assert_eq!(server.resolve_as("app:1", Some(logins)).unwrap().digest, digest(&index()));
    }
    let wrong = LOGINS.replace("s3cret", "hunter2");
    for logins in [None, Some(wrong.as_str())] {
        let trouble = server.resolve_as("app:1", logins).err().unwrap();
        assert!(trouble.message.contains("doesn't let us read `app` (401)"), "{trouble:?}");
        assert!(trouble.help.contains("docker login") && !format!("{trouble:?}").contains("hunter2"), "{trouble:?}");
    }
}

#[test]
fn a_login_goes_to_no_place_without_tls() {
    let server = Server::start(|seen| {
        let challenge = r#"Bearer realm="http://auth.example.com/token""#;
        if is_tag(seen) { reply(401, &[("www-authenticate", challenge)], "") } else { sound(seen) }
    });
    let trouble = server.resolve_as("app:1", Some(LOGINS)).err().unwrap();
    assert!(trouble.message.contains("sends us for a login to a place without TLS"), "{trouble:?}");
    let client = Client::new(LIMITS, &["registry.lan:5000".to_owned()]);
    let may = |url: &str| client.may_visit(&url.parse().unwrap());
    assert!(may("https://a.example.com/") && may("http://127.0.0.1:1/") && may("http://registry.lan:5000/x"));
    assert!(!may("http://a.example.com/") && !may("http://registry.lan/") && !may("file:///etc/passwd"));
    assert_eq!(client.base("registry.lan:5000").unwrap().as_str(), "http://registry.lan:5000/v2/");
    assert_eq!(client.base("registry.lan").unwrap().as_str(), "https://registry.lan/v2/");
}

#[test]
fn a_port_without_a_registry_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = listener.local_addr().unwrap().to_string();
    drop(listener);
    let nobody = Server { host, seen: Arc::default() };
    assert_eq!(nobody.trouble(), "`HOST` can't be reached: connection refused");
}

#[test]
fn tags_are_read_page_by_page() {
    let server = Server::start(|seen| match seen.line.as_str() {
        "GET /v2/app/tags/list?n=1000" => {
            let link = "</v2/app/tags/list?n=1000&last=1.9>; rel=\"next\"";
            reply(200, &[("link", link)], r#"{ "tags": ["1.8", "1.9", "latest", "1.10-rc1"] }"#)
        }
        "GET /v2/app/tags/list?n=1000&last=1.9" => reply(
            200,
            &[("link", "<http://elsewhere.example.com/>; rel=\"next\"")],
            r#"{ "tags": ["1.10", "2.1", "1.10.1"] }"#,
        ),
        _ => sound(seen),
    });
    let newer_than = |tag: &str| server.with("app:1", None, |_, session| newer(session, tag)).unwrap();
    assert_eq!(newer_than("1.8"), ["1.10", "2.1"]);
    assert_eq!(newer_than("2.0"), ["2.1"]);
    assert_eq!(newer_than("2.1"), Vec::<String>::new());
    assert_eq!(newer_than("latest"), Vec::<String>::new());
}
