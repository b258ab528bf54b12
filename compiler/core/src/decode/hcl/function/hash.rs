//! Functions that give a fingerprint of a text.

use super::arguments::{Arguments, Wrong};
use crate::nomad::form::ValueKind;
use sha2::Digest;
use std::fmt::Write as _;
use uuid::Uuid;

type Done = Result<ValueKind, Wrong>;

fn hex<D: Digest>(arguments: &Arguments<'_>) -> Done {
    let mut out = String::new();
    for byte in D::digest(arguments.text(0)?) {
        let _ = write!(out, "{byte:02x}"); // a String takes everything
    }
    Ok(ValueKind::Str(out))
}

pub(super) fn md5(arguments: &Arguments<'_>) -> Done {
    hex::<md5::Md5>(arguments)
}

pub(super) fn sha1(arguments: &Arguments<'_>) -> Done {
    hex::<sha1::Sha1>(arguments)
}

pub(super) fn sha256(arguments: &Arguments<'_>) -> Done {
    hex::<sha2::Sha256>(arguments)
}

pub(super) fn sha512(arguments: &Arguments<'_>) -> Done {
    hex::<sha2::Sha512>(arguments)
}

pub(super) fn uuidv5(arguments: &Arguments<'_>) -> Done {
    let space = arguments.text(0)?;
    let space = match space.as_str() {
        "dns" => Uuid::NAMESPACE_DNS,
        "url" => Uuid::NAMESPACE_URL,
        "oid" => Uuid::NAMESPACE_OID,
        "x500" => Uuid::NAMESPACE_X500,
        other => Uuid::parse_str(other)
            .map_err(|_| Wrong::new(0, format!("`{other}` is no UUID and none of `dns`, `url`, `oid`, `x500`")))?,
    };
    Ok(ValueKind::Str(Uuid::new_v5(&space, arguments.text(1)?.as_bytes()).to_string()))
}
