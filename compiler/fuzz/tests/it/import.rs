//! Every job of a random lab is imported as the job that it is.

use hlmc_core::import::import;
use hlmc_core::source::MemoryWorld;
use hlmc_fuzz::{Random, compiled, generate};

/// How many labs are made, unless `HLMC_LABS` says otherwise.
const LABS: u64 = 400;

#[test]
fn every_job_of_a_random_lab_is_imported_as_it_is() {
    let number = |name: &str, default: u64| std::env::var(name).map_or(default, |text| text.parse().unwrap());
    let (labs, seed) = (number("HLMC_LABS", LABS), number("HLMC_SEED", 0) * 1_000_000_000);
    let (mut jobs, mut raised, mut wrong) = (0, 0, Vec::new());
    for at in 0..labs {
        let lab = generate(&mut Random::new(seed + at));
        let artifacts = compiled(&lab).bundle.map(|bundle| bundle.artifacts).unwrap_or_default();
        for job in artifacts.into_iter().filter(|artifact| artifact.kind == "nomad-job") {
            let text = String::from_utf8(job.bytes).unwrap();
            let mut world = MemoryWorld::default();
            world.insert("job.nomad.hcl", text.as_str());
            let imported = import(&world, &["job.nomad.hcl".to_owned()]);
            jobs += 1;
            let Some(draft) = imported.drafts.first() else {
                let found: Vec<&str> = imported.diagnostics.iter().map(|found| found.message.as_str()).collect();
                wrong.push(format!("isn't read: {found:?}\n{text}"));
                continue;
            };
            raised += usize::from(draft.form == hlmc_core::import::draft::Form::Service);
            if !draft.differences.is_empty() {
                let manifest = imported.files.iter().find(|(path, _)| path.starts_with("services/")).unwrap();
                wrong.push(format!("differs in {:?}\n{text}\n{}", draft.differences, manifest.1));
            }
        }
    }
    println!("{jobs} jobs of {labs} random labs, {raised} of them raised to services");
    let shown = wrong.first().map_or("", |text| text.as_str());
    assert!(wrong.is_empty(), "{} of {jobs} jobs come out as others; the first {shown}", wrong.len());
    assert!(jobs > 0);
}
