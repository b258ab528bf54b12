//! Debian's docker-registry on a port of its own, and what pushes images to it.

use crate::image::{DOCKER_LIST, DOCKER_MANIFEST, Image, OCI_INDEX, OCI_MANIFEST, digest, image};
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

pub(crate) const USER: &str = "anna";
pub(crate) const PASSWORD: &str = "correct horse";
/// That password, as `htpasswd -B` writes it.
const HTPASSWD: &str = "anna:$2b$04$VrrDE6aQPc/WpohceHofg.BK/phOETIyz6Z.I41gYaWS6yBZ5WQvG\n";

/// What a registry asks of those who come.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Open,
    Password,
    Tls,
}

/// A registry that ends with the test.
pub(crate) struct Server {
    pub(crate) host: String,
    pub(crate) folder: PathBuf,
    kind: Kind,
    child: Child,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn run(command: &mut Command) -> String {
    let output =
        command.stdin(Stdio::null()).output().expect("golden/consumers/install-debian.sh installs what this needs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

impl Server {
    pub(crate) fn start(kind: Kind, program: &str) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("registry").join(number.to_string());
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut config = format!(
            "version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: {}\nhttp:\n  addr: 127.0.0.1:{port}\n",
            folder.join("storage").display()
        );
        match kind {
            Kind::Open => {}
            Kind::Password => {
                fs::write(folder.join("htpasswd"), HTPASSWD).unwrap();
                let file = folder.join("htpasswd");
                config.push_str(&format!("auth:\n  htpasswd:\n    realm: test\n    path: {}\n", file.display()));
            }
            Kind::Tls => {
                certify(&folder);
                let (certificate, key) = (folder.join("server.pem"), folder.join("server.key"));
                let (certificate, key) = (certificate.display(), key.display());
                config.push_str(&format!("  tls:\n    certificate: {certificate}\n    key: {key}\n"));
            }
        }
        fs::write(folder.join("config.yml"), config).unwrap();
        let log = fs::File::create(folder.join("log")).unwrap();
        let mut command = Command::new(program);
        command.arg("serve").arg(folder.join("config.yml")).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let child = command.spawn().expect("golden/consumers/install-debian.sh installs docker-registry");
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
            assert!(start.elapsed() < Duration::from_secs(30), "docker-registry doesn't start: {log}");
            std::thread::sleep(Duration::from_millis(20));
        }
        Self { host: format!("localhost:{port}"), folder, kind, child }
    }

    /// The certificate of the authority that this computer doesn't know.
    pub(crate) fn authority(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    fn curl(&self, path: &str) -> Command {
        let mut curl = Command::new("curl");
        curl.args(["-sS", "--fail-with-body", "--noproxy", "*"]);
        if self.kind == Kind::Tls {
            curl.arg("--cacert").arg(self.authority());
        }
        if self.kind == Kind::Password {
            curl.args(["-u", &format!("{USER}:{PASSWORD}")]);
        }
        let scheme = if self.kind == Kind::Tls { "https" } else { "http" };
        curl.arg(if path.contains("://") { path.to_owned() } else { format!("{scheme}://{}/v2/{path}", self.host) });
        curl
    }

    /// What is at a place of the API.
    pub(crate) fn fetch(&self, path: &str) -> String {
        let accept = [OCI_INDEX, OCI_MANIFEST, DOCKER_LIST, DOCKER_MANIFEST].join(", ");
        run(self.curl(path).args(["-H", &format!("Accept: {accept}")]))
    }

    fn push_blob(&self, repository: &str, text: &str) {
        let started = run(self.curl(&format!("{repository}/blobs/uploads/")).args(["-X", "POST", "-D", "-"]));
        let location = started
            .lines()
            .find_map(|line| line.split_once(": ").filter(|(name, _)| name.eq_ignore_ascii_case("location")));
        let place = format!("{}&digest={}", location.expect("a place to upload to").1.trim(), digest(text));
        run(self.curl(&place).args([
            "-X",
            "PUT",
            "-H",
            "Content-Type: application/octet-stream",
            "--data-binary",
            text,
        ]));
    }

    fn push_manifest(&self, repository: &str, name: &str, media_type: &str, text: &str) {
        let kind = format!("Content-Type: {media_type}");
        run(self.curl(&format!("{repository}/manifests/{name}")).args([
            "-X",
            "PUT",
            "-H",
            &kind,
            "--data-binary",
            text,
        ]));
    }

    /// Pushes an image of one platform without an index; its digest, and what has to be fetched for it.
    pub(crate) fn push_image(&self, repository: &str, tag: &str, image: &Image) -> (String, usize) {
        self.push_blob(repository, &image.layer);
        self.push_blob(repository, &image.config);
        let manifest = image.manifest(DOCKER_MANIFEST);
        self.push_manifest(repository, tag, DOCKER_MANIFEST, &manifest);
        (digest(&manifest), image.size())
    }

    /// Pushes an image of three platforms, with the attestation that builders put beside them; the digest of its index.
    /// Versions of an odd length are in Docker's words, others in OCI's.
    pub(crate) fn push_index(&self, repository: &str, tag: &str, version: &str) -> String {
        let (index, manifest) =
            if version.len() % 2 == 1 { (DOCKER_LIST, DOCKER_MANIFEST) } else { (OCI_INDEX, OCI_MANIFEST) };
        let mut entries = Vec::new();
        for (architecture, platform) in [
            ("amd64", r#""architecture": "amd64", "os": "linux""#),
            ("arm64", r#""architecture": "arm64", "os": "linux", "variant": "v8""#),
            ("arm", r#""architecture": "arm", "os": "linux", "variant": "v7""#),
            ("none", r#""architecture": "unknown", "os": "unknown""#),
        ] {
            let image = image(architecture, version);
            self.push_blob(repository, &image.layer);
            self.push_blob(repository, &image.config);
            let text = image.manifest(manifest);
            let digest = digest(&text);
            self.push_manifest(repository, &digest, manifest, &text);
            let size = text.len();
            entries.push(format!(
                r#"{{ "mediaType": "{manifest}", "digest": "{digest}", "size": {size}, "platform": {{ {platform} }} }}"#
            ));
        }
        let text =
            format!(r#"{{ "schemaVersion": 2, "mediaType": "{index}", "manifests": [{}] }}"#, entries.join(", "));
        self.push_manifest(repository, tag, index, &text);
        digest(&text)
    }
}

/// Makes an authority, and a certificate by it for `localhost`.
fn certify(folder: &Path) {
    let openssl = |args: &str| {
        run(Command::new("openssl").args(args.split(' ')).current_dir(folder));
    };
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -batch";
    openssl(&format!("req -x509 {key} -keyout ca.key -out ca.pem -days 2 -subj /CN=authority"));
    openssl(&format!("req {key} -keyout server.key -out server.csr -subj /CN=localhost"));
    fs::write(folder.join("names"), "subjectAltName=DNS:localhost\n").unwrap();
    openssl("x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out server.pem -days 2 -extfile names");
}
