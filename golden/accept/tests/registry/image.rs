//! Images, made on the spot: a layer that is no file system, a configuration, a manifest. No registry looks further.

use std::io::Write as _;
use std::process::{Command, Stdio};

pub(crate) const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";
pub(crate) const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(crate) const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
pub(crate) const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";

/// An image of one platform.
pub(crate) struct Image {
    pub(crate) layer: String,
    pub(crate) config: String,
}

/// An image with this architecture and version.
pub(crate) fn image(architecture: &str, version: &str) -> Image {
    let config = format!(
        r#"{{ "os": "linux", "architecture": "{architecture}", "created": "2026-01-02T03:04:05Z",
            "config": {{ "Labels": {{ "org.opencontainers.image.version": "{version}" }} }}, "rootfs": {{ "type": "layers" }} }}"#
    );
    Image { layer: format!("the layer of {architecture} {version}"), config }
}

impl Image {
    /// The manifest, in the words of this media type.
    pub(crate) fn manifest(&self, media_type: &str) -> String {
        let (layers, configs) = match media_type {
            OCI_MANIFEST => ("application/vnd.oci.image.layer.v1.tar+gzip", "application/vnd.oci.image.config.v1+json"),
            _ => {
                ("application/vnd.docker.image.rootfs.diff.tar.gzip", "application/vnd.docker.container.image.v1+json")
            }
        };
        let part = |kind: &str, text: &str| {
            format!(r#"{{ "mediaType": "{kind}", "digest": "{}", "size": {} }}"#, digest(text), text.len())
        };
        format!(
            r#"{{ "schemaVersion": 2, "mediaType": "{media_type}", "config": {}, "layers": [{}] }}"#,
            part(configs, &self.config),
            part(layers, &self.layer)
        )
    }

    /// What has to be fetched for it.
    pub(crate) fn size(&self) -> usize {
        self.layer.len() + self.config.len()
    }
}

/// The digest of a text.
pub(crate) fn digest(text: &str) -> String {
    let mut child = Command::new("sha256sum").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let sum = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    format!("sha256:{}", sum.split_whitespace().next().unwrap())
}
