//! `hlmc.lock`, read back. A lock with a mistake in it is told of and not used: what it says of one image may be about another.

use super::codes::bad_value::bad_value;
use crate::decode::codes::defined_twice::defined_twice;
use crate::decode::parameters::Parameters;
use crate::decode::{syntax, top};
use crate::diagnostic::Sink;
use crate::model::{ImageReference, LOCK_FILE, Lock, LockedImage, LockedPlatform, is_digest};
use crate::nomad::form::Block;
use crate::nomad::tables;
use crate::source::{FileId, ReadError, Sources, Span, World, text};
use std::sync::Arc;

/// Reads the lock, if the lab has one.
pub fn lock(world: &dyn World, sources: &mut Sources, sink: &mut Sink) -> Option<Lock> {
    let bytes = match world.read(LOCK_FILE) {
        Err(ReadError::NotFound) => return None,
        bytes => bytes,
    };
    let mut found = Sink::default();
    let file = FileId(u32::try_from(sources.iter().count()).unwrap_or(u32::MAX));
    let text = text(LOCK_FILE, bytes, Span::new(file, 0, 0), &mut found);
    sources.add(LOCK_FILE, text.as_deref().unwrap_or_default());
    let lock = text.and_then(|text| parse(&text, file, &mut found));
    let usable = !found.has_errors();
    for diagnostic in found.into_sorted() {
        sink.push(diagnostic.note("`hlmc lock --update` writes `hlmc.lock` anew"));
    }
    lock.filter(|_| usable)
}

/// What the text of a lock says.
fn parse(text: &str, file: FileId, sink: &mut Sink) -> Option<Lock> {
    let root = tables::language("lock")?.root;
    let parse = hlmc_syntax::parse(text);
    syntax::report(&parse.errors, syntax::code, file, sink);
    let mut images: Vec<LockedImage> = Vec::new();
    for node in parse.document.nodes() {
        let block = top(node, file, root, &Parameters::default(), sink);
        images.extend(block.and_then(|block| image(&block, sink)));
    }
    images.sort_by(|a, b| a.reference.value.cmp(&b.reference.value).then(a.reference.span.cmp(&b.reference.span)));
    for two in images.windows(2).filter(|two| two[0].reference.value == two[1].reference.value) {
        let (first, again) = (&two[0].reference, &two[1].reference);
        sink.push(defined_twice(&format!("image `{}`", again.value.escape_debug()), again.span, first.span));
    }
    Some(Lock { images, text: Arc::from(text) })
}

fn image(block: &Block, sink: &mut Sink) -> Option<LockedImage> {
    let (reference, digest) = (block.label()?.clone(), block.body.str("digest")?);
    if ImageReference::parse(&reference).is_none() {
        sink.push(bad_value(&reference, "the reference of an image, such as `nginx:1.29.3`", reference.span));
    }
    if !is_digest(digest.value) {
        let expected = "a digest: `sha256:` and 64 digits from `0` to `f`";
        sink.push(bad_value(digest.value, expected, digest.span));
    }
    let platforms = block.body.blocks("platform").filter_map(|platform| self::platform(platform, sink)).collect();
    let labels = LABELS.iter().filter_map(|name| Some((*name, block.body.str(name)?.value.to_owned()))).collect();
    Some(LockedImage { reference, digest: digest.value.to_owned(), platforms, labels })
}

/// What the lock keeps of what an image says about itself.
const LABELS: [&str; 4] = ["created", "revision", "source", "version"];

fn platform(block: &Block, sink: &mut Sink) -> Option<LockedPlatform> {
    let name = block.label()?;
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_graphic());
    let parts: Vec<&str> = name.split('/').collect();
    if !(2..=3).contains(&parts.len()) || !parts.into_iter().all(plain) {
        sink.push(bad_value(name, "a platform, such as `linux/amd64` or `linux/arm/v7`", name.span));
    }
    let bytes = block.body.int("bytes");
    if let Some(few) = bytes.filter(|bytes| bytes.value < 0) {
        sink.push(bad_value(&few.value.to_string(), "a number of bytes", few.span));
    }
    Some(LockedPlatform { name: name.value.clone(), bytes: bytes.and_then(|bytes| u64::try_from(bytes.value).ok()) })
}
