//! Any text as a job file: read, evaluated and compiled with a lab around it; what compiles and is put in its own place compiles to the
//! same again. It is read as a template, too.

use crate::{Lab, compiled};
use hlmc_hcl::{Error, MAX_ERRORS};

/// The lab around the job file.
const LAB: &str =
    "lab \"home\" { domain \"home.example.com\"; network \"lan\" cidr=\"192.168.1.0/24\"; values tag=\"v1\" }\n";
const NODE: &str =
    "node \"nas\" { address \"192.168.1.10\"; arch \"amd64\"; server; host-volume \"data\" path=\"/srv\" }\n";

/// Takes an input as a job file.
pub fn hcl(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    are_sound(&hlmc_hcl::parse(text).errors, text);
    are_sound(&hlmc_hcl::template(text).errors, text);
    let Some(first) = jobs(text) else { return };
    let [job] = first.as_slice() else { return };
    let second = jobs(job).unwrap_or_else(|| panic!("what was written isn't read:\n{job}"));
    assert_eq!(first, second, "what is written reads as something else");
}

/// The jobs of the bundle, where there is one.
fn jobs(text: &str) -> Option<Vec<String>> {
    let mut lab = Lab::default();
    lab.add("lab.kdl", LAB);
    lab.add("nodes/nas.kdl", NODE);
    lab.add("services/app/note.txt", "a note of ${name}\n");
    lab.add("services/app/app.vars.hcl", "");
    lab.add("services/app/app.nomad.hcl", text);
    let bundle = compiled(&lab).bundle?;
    let jobs = bundle.artifacts.iter().filter(|artifact| artifact.path.starts_with("nomad/jobs/"));
    Some(jobs.map(|job| String::from_utf8_lossy(&job.bytes).into_owned()).collect())
}

/// The mistakes of a text have their places in it.
fn are_sound(errors: &[Error], text: &str) {
    assert!(errors.len() <= MAX_ERRORS);
    for error in errors {
        for span in std::iter::once(error.span).chain(error.secondary.iter().map(|(span, _)| *span)) {
            let place = text.get(span.start as usize..span.end as usize);
            assert!(place.is_some(), "{error:?} isn't in the text");
        }
    }
}
