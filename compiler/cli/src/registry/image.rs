//! What an image is now: its digest, the platforms it is made for, what it says about itself.
//!
//! An index is asked for before a manifest, so that no image of several platforms is ever pinned to one of them.

use super::Trouble;
use super::http::Answer;
use super::session::Session;
use hlmc_core::model::{LockedImage, LockedPlatform, is_digest};
use hlmc_core::source::{Span, Spanned};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

const INDEXES: [&str; 2] =
    ["application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json"];
const MANIFESTS: [&str; 2] =
    ["application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json"];

/// Where the labels that the lock keeps stand in an image, by the lock's names.
const LABELS: [(&str, &str); 4] = [
    ("created", "org.opencontainers.image.created"),
    ("revision", "org.opencontainers.image.revision"),
    ("source", "org.opencontainers.image.source"),
    ("version", "org.opencontainers.image.version"),
];

/// The longest label that is kept.
const LONGEST_LABEL: usize = 200;

/// What the platforms are called that nodes of a lab may have: sizes are looked up for these.
const NODES: [&str; 2] = ["linux/amd64", "linux/arm64"];

type Texts = BTreeMap<String, String>;

/// An index, or a manifest: what a reference leads to.
#[derive(Deserialize)]
struct Document {
    #[serde(rename = "mediaType", default)]
    media_type: String,
    #[serde(default)]
    manifests: Option<Vec<Descriptor>>,
    #[serde(default)]
    config: Option<Descriptor>,
    #[serde(default)]
    layers: Vec<Descriptor>,
    #[serde(default)]
    annotations: Option<Texts>,
}

#[derive(Deserialize)]
struct Descriptor {
    digest: String,
    #[serde(default)]
    size: u64,
    #[serde(default)]
    platform: Option<Platform>,
    #[serde(default)]
    annotations: Option<Texts>,
}

/// A platform, as an index and an image's configuration write it.
#[derive(Deserialize)]
struct Platform {
    #[serde(default)]
    os: String,
    #[serde(default)]
    architecture: String,
    #[serde(default)]
    variant: Option<String>,
}

#[derive(Deserialize)]
struct Configuration {
    #[serde(flatten)]
    platform: Platform,
    #[serde(default)]
    created: Option<String>,
    #[serde(default)]
    config: Option<Labels>,
}

#[derive(Deserialize)]
struct Labels {
    #[serde(rename = "Labels", default)]
    labels: Option<Texts>,
}

impl Platform {
    /// `linux/arm/v7`; nothing for what is no platform, such as attestations.
    fn name(&self) -> Option<String> {
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_graphic() && b != b'/');
        let mut name = format!("{}/{}", self.os, self.architecture);
        if let Some(variant) = self.variant.as_deref().filter(|variant| plain(variant)) {
            name.push('/');
            name.push_str(variant);
        }
        let known = self.os != "unknown" && self.architecture != "unknown";
        (known && plain(&self.os) && plain(&self.architecture)).then_some(name)
    }
}

/// Looks an image up.
pub(crate) fn resolve(reference: &str, session: &mut Session<'_>) -> Result<LockedImage, Trouble> {
    let wanted = session.address().wanted.clone();
    let (digest, document) = document(session, &wanted)?;
    let mut texts = document.annotations.unwrap_or_default();
    let platforms = match &document.manifests {
        Some(manifests) => of_index(session, manifests, &mut texts)?,
        None => {
            let Some(config) = &document.config else { return Err(unreadable(session, &wanted)) };
            let configuration = configuration(session, config)?;
            let name = configuration.platform.name();
            add(configuration, &mut texts);
            let bytes = Some(size(config, &document.layers));
            name.map(|name| LockedPlatform { name, bytes }).into_iter().collect()
        }
    };
    let labels = LABELS.iter().filter_map(|(name, key)| Some((*name, label(texts.get(*key)?)?))).collect();
    let reference = Spanned::new(reference.to_owned(), Span::default());
    Ok(LockedImage { reference, digest, platforms, labels })
}

/// The platforms of an index, sorted by name, with the sizes of those that nodes may have.
fn of_index(
    session: &mut Session<'_>,
    manifests: &[Descriptor],
    texts: &mut Texts,
) -> Result<Vec<LockedPlatform>, Trouble> {
    let mut platforms: Vec<LockedPlatform> = Vec::new();
    let mut told = LABELS.iter().any(|(_, key)| texts.contains_key(*key));
    for descriptor in manifests {
        let Some(name) = descriptor.platform.as_ref().and_then(Platform::name) else { continue };
        // The same platform again is one for another version of an operating system.
        if platforms.iter().any(|known| known.name == name) {
            continue;
        }
        let mut bytes = None;
        if NODES.iter().any(|node| name.strip_prefix(node).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
        {
            let (_, manifest) = document(session, &descriptor.digest)?;
            let config = manifest.config.as_ref().ok_or_else(|| unreadable(session, &descriptor.digest))?;
            bytes = Some(size(config, &manifest.layers));
            if !told {
                texts.extend(descriptor.annotations.clone().into_iter().flatten());
                texts.extend(manifest.annotations.into_iter().flatten());
                if !texts.contains_key("org.opencontainers.image.version") {
                    add(configuration(session, config)?, texts);
                }
                told = true;
            }
        }
        platforms.push(LockedPlatform { name, bytes });
    }
    platforms.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(platforms)
}

/// What has to be fetched for one platform.
fn size(config: &Descriptor, layers: &[Descriptor]) -> u64 {
    layers.iter().fold(config.size, |sum, layer| sum.saturating_add(layer.size))
}

/// Adds what a configuration says where nothing is said yet.
fn add(configuration: Configuration, texts: &mut Texts) {
    for (key, value) in configuration.config.and_then(|config| config.labels).into_iter().flatten() {
        texts.entry(key).or_insert(value);
    }
    if let Some(created) = configuration.created {
        texts.entry("org.opencontainers.image.created".to_owned()).or_insert(created);
    }
}

/// A label as the lock keeps it: a line, not too long.
fn label(text: &str) -> Option<String> {
    let text = text.trim();
    let fits = !text.is_empty() && text.len() <= LONGEST_LABEL && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned())
}

/// Fetches an index or a manifest, by tag or digest, and makes sure that it is what it should be.
fn document(session: &mut Session<'_>, wanted: &str) -> Result<(String, Document), Trouble> {
    let url = session.url(&format!("manifests/{wanted}"))?;
    let accept = [INDEXES, MANIFESTS].concat().join(", ");
    let what = name(session, wanted);
    let mut answer = session.get(&url, Some(&accept), &what)?;
    let is_tag = !wanted.contains(':');
    if is_tag && !INDEXES.contains(&kind(&answer)) {
        // A registry may choose the manifest where both are fine, and have an index all the same.
        let index = session.get(&url, Some(&INDEXES.join(", ")), &what).ok();
        answer = index.filter(|answer| INDEXES.contains(&kind(answer))).unwrap_or(answer);
    }
    let digest = verified(session, &answer.body, wanted, answer.header("docker-content-digest"))?;
    let document: Document = serde_json::from_slice(&answer.body).map_err(|_| unreadable(session, wanted))?;
    let kind = kind(&answer);
    let is = |kinds: &[&str]| kinds.contains(&kind) || kinds.contains(&document.media_type.as_str());
    match document.manifests {
        Some(_) if is(&INDEXES) => Ok((digest, document)),
        None if is(&MANIFESTS) && document.config.is_some() => Ok((digest, document)),
        _ => Err(unreadable(session, wanted)),
    }
}

/// The media type of an answer.
fn kind(answer: &Answer) -> &str {
    answer.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default().trim()
}

fn configuration(session: &mut Session<'_>, descriptor: &Descriptor) -> Result<Configuration, Trouble> {
    let wanted = &descriptor.digest;
    if !is_digest(wanted) {
        return Err(unreadable(session, wanted));
    }
    let url = session.url(&format!("blobs/{wanted}"))?;
    let answer = session.get(&url, None, &format!("`{wanted}` of `{}`", session.address().repository))?;
    verified(session, &answer.body, wanted, None)?;
    serde_json::from_slice(&answer.body).map_err(|_| unreadable(session, wanted))
}

/// The digest of what came, which has to be the one that was asked for, and the one that the registry says.
fn verified(session: &Session<'_>, body: &[u8], wanted: &str, said: Option<&str>) -> Result<String, Trouble> {
    let digit = |half: u8| char::from(b"0123456789abcdef"[usize::from(half & 15)]);
    let hex: String = Sha256::digest(body).iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect();
    let digest = format!("sha256:{hex}");
    let expected = if wanted.contains(':') { Some(wanted) } else { said.filter(|said| said.starts_with("sha256:")) };
    match expected.filter(|expected| *expected != digest) {
        None => Ok(digest),
        Some(expected) => {
            let (registry, what) = (session.address().registry(), name(session, wanted));
            Err(Trouble::new(
                format!(
                    "`{registry}` sends something else for {what} than its digest says: `{digest}` in place of `{expected}`"
                ),
                "run the same command again; if it stays so, something between here and there changes what is sent",
            ))
        }
    }
}

/// What a person calls something: a tag or a digest of a repository.
fn name(session: &Session<'_>, wanted: &str) -> String {
    let kind = if wanted.contains(':') { "digest" } else { "tag" };
    format!("{kind} `{wanted}` of `{}`", session.address().repository)
}

fn unreadable(session: &Session<'_>, wanted: &str) -> Trouble {
    let (registry, what) = (session.address().registry(), name(session, wanted));
    Trouble::new(
        format!("what `{registry}` sends for {what} is no image that Docker runs today"),
        "take another version of the image: formats from before 2017 and other things than images aren't read",
    )
}
