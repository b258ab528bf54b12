//! Nomad's job files as drafts: each in the shortest form that comes out as the same job.

use super::compare::{canonical, differences};
use super::draft::{Draft, Form, Wants};
use super::kdl::{Node, Scalar, write};
use super::lab;
use super::nodes::Nodes;
use super::origin::Origin;
use super::raise::{job_type, lowered, raise};
use super::values::{Reading, Variables, name, replaced, text};
use super::wants::wants;
use super::words::{House, Level};
use crate::compile::lab_of;
use crate::decode::hcl::Values;
use crate::diagnostic::{Severity, Sink};
use crate::model::Lab;
use crate::nomad::form::{Block, ValueKind};
use crate::source::{FileId, MemoryWorld, Sources, Spanned, World};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The forms that a job is tried in, the shortest first.
const FORMS: [Option<Level>; 4] = [Some(Level::All), Some(Level::Unregistered), Some(Level::Few), None];

/// A job file that was read.
pub(super) struct Parsed {
    file: FileId,
    path: Arc<str>,
    pub(super) name: Spanned<String>,
    /// The job, every expression evaluated.
    job: Block,
    /// The same, with the variables in it that stay some.
    marked: Block,
    variables: Variables,
    /// What the lab calls them.
    keys: BTreeMap<String, String>,
}

/// Reads a job file.
pub(super) fn parse(
    file: FileId,
    sources: &mut Sources,
    world: &dyn World,
    values: &Values,
    sink: &mut Sink,
) -> Option<Parsed> {
    let source = sources.get(file)?.clone();
    let reading = Reading { source: &source, sources, file, values, world };
    let mut templates = Vec::new();
    let read = reading.job(&hlmc_hcl::parse(&source.text), &mut templates, sink);
    for template in templates {
        sources.add(template.path, template.text);
    }
    let (job, marked, variables) = read?;
    Some(Parsed {
        file,
        path: source.path.clone(),
        name: job.label()?.clone(),
        job,
        marked,
        variables,
        keys: BTreeMap::new(),
    })
}

/// Finds names for the variables of all jobs: their own, behind the job's where another job means something else by it.
pub(super) fn name_variables(jobs: &mut [Parsed]) {
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    for parsed in jobs {
        for (name, variable) in &parsed.variables {
            let value = text(&variable.value);
            let is_ours = matches!(name.as_str(), "lab" | "domain" | "datacenter" | "service");
            let is_other = taken.get(name).is_some_and(|known| *known != value);
            let key = if is_ours || is_other { format!("{}-{name}", parsed.name.value) } else { name.clone() };
            taken.insert(key.clone(), value);
            parsed.keys.insert(name.clone(), key);
        }
    }
}

/// What jobs become in a lab of their own.
pub(super) fn drafts(jobs: &[Parsed], sources: &Sources) -> (Vec<Draft>, House) {
    let house = house(jobs);
    let lab = lab_of_house(&house);
    let refused: Vec<BTreeSet<String>> = jobs.par_iter().map(|job| refused(job, lab.as_ref())).collect();
    let mut forms: Vec<usize> = vec![0; jobs.len()];
    let mut kept: Vec<Option<String>> = vec![None; jobs.len()];
    loop {
        let tried: Vec<(usize, Draft)> = jobs
            .par_iter()
            .zip(&forms)
            .map(|(job, form)| first_from(*form, job, sources, lab.as_ref(), &house))
            .collect();
        forms = tried.iter().map(|(form, _)| *form).collect();
        let mut drafts: Vec<Draft> = tried.into_iter().map(|(_, draft)| draft).collect();
        let found = rebuilt(&drafts, &house);
        let mut settled = true;
        for (at, ((job, draft), refused)) in jobs.iter().zip(&mut drafts).zip(&refused).enumerate() {
            draft.differences = different(job, refused, found.get(&draft.name.value));
            let worse =
                draft.differences.is_empty() && draft.form == Form::Service && draft.lines >= draft.lines_before;
            if (!draft.differences.is_empty() || worse) && forms[at] + 1 < FORMS.len() {
                kept[at] = Some(match draft.differences.first() {
                    Some(field) => format!("as `service`, it would differ in {field}"),
                    None => {
                        format!("as `service`, it would have {} lines in place of {}", draft.lines, draft.lines_before)
                    }
                });
                forms[at] = if worse { FORMS.len() - 1 } else { forms[at] + 1 };
                settled = false;
            }
        }
        if settled {
            for (draft, kept) in drafts.iter_mut().zip(kept) {
                draft.kept = kept;
            }
            return (drafts, house);
        }
    }
}

/// The job in the first form from here on that it can have.
fn first_from(form: usize, parsed: &Parsed, sources: &Sources, lab: Option<&Lab>, house: &House) -> (usize, Draft) {
    let text = sources.get(parsed.file).map_or("", |source| &source.text);
    let tree = hlmc_hcl::parse(text);
    let origin = Origin::of(&tree);
    for (at, level) in FORMS.iter().enumerate().skip(form) {
        let mut nodes = Nodes::new(&origin);
        let node = match (level, lab) {
            (Some(level), Some(lab)) => raise(&parsed.marked, lab, house, *level, &mut nodes),
            (Some(_), None) => None,
            (None, _) => job_type().map(|ty| nodes.of(&parsed.marked, ty)),
        };
        if let Some(mut node) = node {
            name(&mut node, &parsed.keys);
            origin.comment(&mut node);
            let form = if level.is_some() { Form::Service } else { Form::Job };
            return (at, draft(parsed, node, nodes.files, form, text));
        }
    }
    (FORMS.len() - 1, Draft { name: parsed.name.clone(), ..Draft::default() })
}

fn draft(parsed: &Parsed, node: Node, files: Vec<(String, String)>, form: Form, before: &str) -> Draft {
    let manifest = vec![node];
    let manifest_text = write(&manifest);
    let fill = |name: &str| parsed.variables.get(name).map_or_else(String::new, |it| text(&it.value));
    let files: Vec<(String, String)> = files.into_iter().map(|(path, text)| (path, replaced(&text, fill))).collect();
    let mut wants = wants(&parsed.job.body);
    for (name, key) in &parsed.keys {
        let Some(variable) = parsed.variables.get(name) else { continue };
        let value = match &variable.value {
            ValueKind::Int(number) => Scalar::Int(*number),
            ValueKind::Bool(truth) => Scalar::Bool(*truth),
            other => Scalar::Text(text(other)),
        };
        // What came into a file is there as a text.
        if !manifest_text.contains(&format!("@{{{key}}}")) {
            continue;
        }
        wants.values.insert(key.clone(), value);
        wants.notes.extend(variable.note.clone().map(|note| (key.clone(), note)));
    }
    let beside: usize = files.iter().map(|(_, text)| text.lines().count()).sum();
    let lines = manifest_text.lines().count() + beside;
    Draft {
        name: parsed.name.clone(),
        from: parsed.path.to_string(),
        form,
        lines,
        lines_before: before.lines().count(),
        manifest,
        files,
        wants,
        ..Draft::default()
    }
}

/// What most of the jobs agree on.
fn house(jobs: &[Parsed]) -> House {
    let mut datacenters: BTreeMap<Vec<&str>, usize> = BTreeMap::new();
    let mut providers = (0, 0);
    for parsed in jobs {
        let named: Vec<&str> = parsed.job.body.strings("datacenters").map(|name| name.value).collect();
        *datacenters.entry(named).or_default() += 1;
        for group in parsed.job.body.blocks("group") {
            for service in group.body.blocks("service") {
                match service.body.str("provider").map(|provider| provider.value) {
                    Some("nomad") => providers.0 += 1,
                    _ => providers.1 += 1,
                }
            }
        }
    }
    let is_name = |name: &str| crate::resolve::NameKind::Label.fits(name);
    let most = |named: &dyn Fn(&[&str]) -> bool| {
        let fitting = datacenters.iter().filter(|(names, _)| named(names));
        fitting
            .max_by_key(|(names, count)| (**count, std::cmp::Reverse(names.to_vec())))
            .map(|(names, count)| (names.clone(), *count))
    };
    let (none, one) = (most(&|names| names.is_empty()), most(&|names| matches!(names, [only] if is_name(only))));
    let count = |found: &Option<(Vec<&str>, usize)>| found.as_ref().map_or(0, |(_, count)| *count);
    let no_datacenters = count(&none) > count(&one);
    let datacenter = one.and_then(|(names, _)| names.first().map(|name| (*name).to_owned()));
    House {
        datacenter: datacenter.unwrap_or_else(|| "home".into()),
        nomad_discovery: providers.0 > providers.1,
        no_datacenters,
    }
}

fn lab_of_house(house: &House) -> Option<Lab> {
    let mut world = MemoryWorld::default();
    world.insert("lab.kdl", write(&[lab::lab(&Wants::default(), Some(house))]));
    lab_of(&world).lab
}

/// The jobs that a lab of these drafts has, with what is wrong with each, by the drafts' names.
fn rebuilt(drafts: &[Draft], house: &House) -> BTreeMap<String, (Option<Block>, BTreeSet<String>)> {
    let mut world = MemoryWorld::default();
    for (path, text) in lab::files(drafts, Some(house)) {
        world.insert(path, text);
    }
    let compiled = lab_of(&world);
    let mut wrong: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for found in compiled.diagnostics.iter().filter(|found| found.severity == Severity::Error) {
        wrong.entry(compiled.sources.path(found.primary.span.file)).or_default().insert(found.message.clone());
    }
    let services = compiled.lab.map(|lab| lab.services).unwrap_or_default();
    let mut jobs: BTreeMap<String, Block> = services.into_iter().map(|it| (it.name.value, it.job)).collect();
    let of = |draft: &Draft| {
        let name = draft.name.value.clone();
        (name.clone(), (jobs.remove(&name), wrong.get(draft.path().as_str()).cloned().unwrap_or_default()))
    };
    drafts.iter().map(of).collect()
}

/// What is wrong with a job as it was read.
fn refused(parsed: &Parsed, lab: Option<&Lab>) -> BTreeSet<String> {
    let Some(lab) = lab else { return BTreeSet::new() };
    let mut sink = Sink::default();
    lowered(&parsed.job, true, lab, &mut sink);
    sink.into_sorted().into_iter().map(|found| found.message).collect()
}

/// In what a job that was built again differs: fields, or what hlmc has against it and hadn't before.
fn different(
    parsed: &Parsed,
    refused: &BTreeSet<String>,
    found: Option<&(Option<Block>, BTreeSet<String>)>,
) -> Vec<String> {
    let Some((job, wrong)) = found else { return vec!["job".into()] };
    let Some(ty) = job_type() else { return Vec::new() };
    match job {
        Some(job) => {
            let mut fields = differences(&canonical(&parsed.job, ty), &canonical(job, ty));
            fields.extend(wrong.difference(refused).cloned());
            fields
        }
        None => wrong.iter().cloned().chain(["job".into()]).collect(),
    }
}
