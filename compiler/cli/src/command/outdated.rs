//! `hlmc outdated`: lists newer versions of the lab's images.

use super::lock::{Registries, look_up, report, unfinished, whole};
use super::{Outcome, open};
use crate::args::OutdatedArgs;
use crate::failure::Failure;
use crate::registry::newer;
use crate::settings::LabSettings;
use crate::terminal;
use hlmc_core::model::ImageReference;
use hlmc_core::{lab_of, lock};

pub(crate) fn outdated(args: &OutdatedArgs) -> Result<Outcome, Failure> {
    let settings = LabSettings::resolve(&args.lab)?;
    let compiled = lab_of(&open(&settings)?);
    let Some(lab) = whole(&compiled, &settings) else { return Ok(Outcome::Errors) };
    let images = lock::images(lab);
    let tag = |image: &str| ImageReference::parse(image)?.tag.map(str::to_owned);
    let tagged: Vec<&str> = images.keys().copied().filter(|image| tag(image).is_some()).collect();
    let registries = Registries::new(&args.plain_http)?;
    let found = look_up(&tagged, "looked up", |image| {
        registries.with(image, |session| newer(session, &tag(image).unwrap_or_default()))
    });
    let failed = report(&found);
    let mut lines = String::new();
    for (image, newer) in &found {
        if let Some(newer) = newer.as_ref().ok().filter(|newer| !newer.is_empty()) {
            let services = images.get(image).map(|services| services.join(", ")).unwrap_or_default();
            lines.push_str(&format!("{image}: {} ({services})\n", newer.join(", ")));
        }
    }
    terminal::print(&lines);
    if lines.is_empty() && failed == 0 {
        terminal::mention("no newer versions found");
    }
    if failed == 0 { Ok(Outcome::Done) } else { Err(unfinished(failed, true)) }
}
