//! A whole service as a job.

use super::codes::empty_job::empty_job;
use super::discovery::Registered;
use super::{Context, Owner, codes::no_port, env, files, group, limits, pin, placement, refused, value, vault, view};
use crate::decode::manifests::top;
use crate::diagnostic::Sink;
use crate::model::{
    Arch, Group, ImageReference, Metrics, Platforms, Reference, Route, SecretReference, Service, Task, few,
};
use crate::nomad::form::{Block, Body, Value};
use crate::nomad::schema::BlockType;
use crate::resolve::codes::bad_value::bad_value;
use crate::resolve::codes::unknown_reference::{unknown_member, unknown_reference};
use crate::resolve::{Expanded, NameKind, bodies, check_name, text};
use crate::source::{Span, Spanned};

/// The key in every job's `meta` that names the lab it belongs to, so that a deployment knows what to stop.
pub const OWNER: &str = "hlmc-lab";

/// What lowering finds that a job has no words for.
#[derive(Default)]
pub(super) struct Found {
    /// What the job is called in Vault.
    pub(super) role: String,
    pub(super) secrets: Vec<SecretReference>,
    pub(super) references: Vec<Reference>,
}

/// Lowers one service. What it says goes into its job as far as it can.
pub fn service(expanded: Expanded, context: Context<'_>, sink: &mut Sink) -> Service {
    let span = expanded.name.span;
    let mut found = Found::default();
    let mut job = Block::labelled("job", expanded.name.clone(), span);
    let namespace = text(&expanded.body, "namespace").unwrap_or_else(|| Spanned::new("default".into(), span));
    check_name("namespace", &namespace, NameKind::Namespace, sink);
    found.role = vault::role_in(context.lab, &namespace, &expanded.name);
    if !expanded.core {
        limits::check(&expanded, sink);
    }
    let Expanded { name, mut body, core, path, parameters, broken } = expanded;
    let ports = context.registry.ports(&name).unwrap_or_default();
    let network = body.str("network").map(|mode| mode.map(str::to_owned));
    let network = network.as_ref().map(|mode| Spanned::new(mode.as_str(), mode.span));
    let owner = Owner { name: &name, path: &path, parameters: &parameters, network, ports, broken };
    if core {
        job.body = body.clone();
        env::resolve(&mut job, context, &mut found, sink);
        complete_core(&mut job.body, span, context);
        if !broken {
            whole_core(&job, span, sink);
        }
    } else {
        job.body = generated(&mut body, owner, &namespace, context, &mut found, sink);
        if let Some(over) = body.take_block("nomad") {
            job.body.merge(over.body, job_type());
        }
        job.body.drop_nulls();
    }
    files::fill(&mut job.body, &path, context);
    identity(&job.body, &name, &namespace, sink);
    // What was left out so far would make a rule complain of what isn't wrong.
    if !sink.has_errors() && !broken && kind(core).fits(&name) {
        refused::check(&job, sink);
    }
    let (groups, platforms) = groups(&mut job, &body, context);
    Service {
        description: body.take_str("description").map(|text| text.value).unwrap_or_default(),
        namespace,
        kind: job.body.str("type").map_or("service", |kind| kind.value).to_owned(),
        groups,
        routes: routes(&body, owner, context, sink),
        metrics: metrics(&body, owner, sink),
        backups: backups(&body, owner, sink),
        secrets: few(found.secrets),
        references: few(found.references),
        after: after(&body, context, sink),
        platforms,
        manifest: path.to_string(),
        job,
        span,
        name,
    }
}

/// The groups of a job as later stages see them, and for which machines their images are made, which the lock pins.
fn groups(job: &mut Block, body: &Body, context: Context<'_>) -> (Vec<Group>, Vec<Platforms>) {
    let mut platforms = platforms(body);
    let spoken = group::spoken(body);
    let mut groups = view::groups(job);
    let main =
        body.str("main-task").map(|name| name.value).or(job.label().map(|name| name.as_str())).unwrap_or_default();
    for group in &mut groups {
        let several = group.tasks.len() > 1;
        for port in &mut group.ports {
            if let Some((_, protocol, task)) = spoken.iter().find(|(label, ..)| *label == port.label.value) {
                port.protocol = *protocol;
                port.task = several.then(|| task.unwrap_or(main).to_owned());
            }
        }
    }
    named(body, &groups, &mut platforms);
    if let Some(lock) = &context.lab.lock {
        let locked = pin::platforms(&groups, lock);
        platforms.retain(|stated| locked.iter().all(|known| known.image != stated.image));
        platforms.extend(locked);
        pin::pin(&mut job.body, lock);
    }
    (groups, few(platforms))
}

/// What the name of a service or job may look like.
const fn kind(core: bool) -> NameKind {
    if core { NameKind::Job } else { NameKind::Label }
}

/// A deployment finds a job by its name and namespace: under another `id` it would be stopped as one that the lab no longer has.
fn identity(job: &Body, name: &Spanned<String>, namespace: &Spanned<String>, sink: &mut Sink) {
    if let Some(id) = job.str("id").filter(|id| id.value != name.value) {
        let expected = format!("`{}`, the name that the lab has for the job", name.value);
        sink.push(bad_value(id.value, &expected, id.span).help("leave `id` out, or rename the job itself"));
    }
    if let Some(other) = job.str("namespace").filter(|other| other.value != namespace.value) {
        let expected = format!("`{}`, the namespace of `{}`", namespace.value, name.value);
        let help = format!("write `namespace {:?}` into the service, not into its `nomad`", other.value);
        sink.push(bad_value(other.value, &expected, other.span).help(help));
    }
}

/// The table of `job`.
pub(super) fn job_type() -> Option<&'static BlockType> {
    top("job")
}

fn generated(
    body: &mut Body,
    owner: Owner<'_>,
    namespace: &Spanned<String>,
    context: Context<'_>,
    found: &mut Found,
    sink: &mut Sink,
) -> Body {
    let span = owner.name.span;
    value::check_service(body, &context.lab.domain, sink);
    let mut job = Body::default();
    match (body.str("type"), body.block("periodic")) {
        (Some(kind), _) => job.set("type", Value::str(kind.value, kind.span)),
        (None, Some(periodic)) => job.set("type", Value::str("batch", periodic.span)),
        (None, None) => {} // a service, as Nomad has it
    }
    if namespace.value != "default" {
        job.set("namespace", Value::str(namespace.value.clone(), namespace.span));
    }
    if context.lab.region != "global" {
        job.set("region", Value::str(context.lab.region.clone(), span));
    }
    let datacenters = body.attribute("datacenters").map(|datacenters| datacenters.value.clone());
    job.set("datacenters", datacenters.unwrap_or_else(|| Value::strings([context.lab.datacenter.clone()], span)));
    if let Some(priority) = body.attribute("priority") {
        job.set("priority", priority.value.clone());
    }
    placement::lower(body, &mut job, context, sink);
    if let Some(periodic) = body.block("periodic") {
        job.blocks.push(lower_periodic(periodic));
    }
    let mut meta = Block::with_room("meta", 1, span);
    meta.body.set(OWNER, Value::str(context.lab.name.value.clone(), span));
    job.blocks.push(meta);
    job.blocks.push(group::lower(body, owner, context, found, sink));
    job
}

/// A job of the core form gets the owner tag, and the lab's region where it names none.
fn complete_core(job: &mut Body, span: Span, context: Context<'_>) {
    if job.attribute("region").is_none() && context.lab.region != "global" {
        job.set("region", Value::str(context.lab.region.clone(), span));
    }
    let meta = job.block_mut("meta", span);
    meta.body.set(OWNER, Value::str(context.lab.name.value.clone(), span));
}

/// Reports a job without a group, and a group without a task.
fn whole_core(job: &Block, span: Span, sink: &mut Sink) {
    let name = |block: &Block| block.label().map(|label| label.value.clone()).unwrap_or_default();
    if job.body.block("group").is_none() {
        sink.push(empty_job(&format!("job `{}`", name(job)), "group", span));
    }
    for group in job.body.blocks("group").filter(|group| group.body.block("task").is_none()) {
        sink.push(empty_job(&format!("group `{}`", name(group)), "task", group.span));
    }
}

fn lower_periodic(periodic: &Block) -> Block {
    let mut block = Block::new("periodic", periodic.span);
    if let Some(cron) = periodic.label() {
        block.body.set("crons", Value::strings([cron.value.clone()], cron.span));
    }
    for (ours, theirs) in [("time-zone", "time_zone"), ("prohibit-overlap", "prohibit_overlap")] {
        if let Some(attribute) = periodic.body.attribute(ours) {
            block.body.set(theirs, attribute.value.clone());
        }
    }
    block
}

/// The registered port that something is about: the one it names, or the first. Reports what is wrong.
fn port<'e>(
    what: &str,
    named: Option<Spanned<&str>>,
    place: Span,
    owner: Owner<'e>,
    sink: &mut Sink,
) -> Option<&'e str> {
    let (service, ports) = (owner.name.as_str(), owner.ports);
    let port: &Registered = match named {
        Some(name) => {
            let port = ports.iter().find(|port| port.port.value == name.value);
            if port.is_none() && !owner.broken {
                let known = ports.iter().map(|port| port.port.as_str());
                sink.push(unknown_member(&format!("`{service}`"), "port", name.value, name.span, known));
            }
            port?
        }
        None => {
            let port = ports.iter().find(|port| port.name.is_some()).or_else(|| ports.first());
            if port.is_none() && !owner.broken {
                sink.push(no_port::no_port(what, service, place));
            }
            port?
        }
    };
    if port.name.is_none() {
        sink.push(no_port::not_registered(what, &port.port, place, port.port.span));
    }
    port.name.as_ref().map(|name| name.as_str())
}

fn routes(body: &Body, owner: Owner<'_>, context: Context<'_>, sink: &mut Sink) -> Vec<Route> {
    let mut routes = Vec::new();
    for block in body.blocks("route") {
        let Some(label) = block.label() else { continue };
        let named = block.body.str("port");
        let upstream = port("route", named, label.span, owner, sink);
        let whole = text(&block.body, "host");
        // What is wrong with the domain itself is said there.
        let named = check_name("route", whole.as_ref().unwrap_or(label), NameKind::Host, sink);
        let host =
            whole.unwrap_or_else(|| Spanned::new([label.as_str(), ".", &context.lab.domain].concat(), label.span));
        let path = block.body.str("path").unwrap_or(Spanned::new("/", label.span));
        let auth = text(&block.body, "auth");
        if let Some(empty) = auth.as_ref().filter(|auth| auth.trim().is_empty()) {
            let diagnostic = bad_value(empty, "a group of users", empty.span);
            sink.push(diagnostic.help("name the group, or leave `auth` out where nobody has to log in"));
        }
        let fine = named & files::is_url_path(path, sink) & (!path.starts_with('/') || is_all_below(path, sink));
        if let (Some(upstream), true) = (upstream, fine) {
            routes.push(Route {
                host,
                path: path.map(str::to_owned),
                upstream: upstream.to_owned(),
                public: block.body.bool("public").is_some_and(|public| public.value),
                auth,
                span: label.span,
            });
        }
    }
    few(routes)
}

/// Reports a path of a route that is more than a path: everything below it is served anyway.
fn is_all_below(path: Spanned<&str>, sink: &mut Sink) -> bool {
    let Some(end) = path.find(['?', '*']) else { return true };
    let start = path.value[..end].trim_end_matches('/');
    let meant = if start.is_empty() { "/" } else { start };
    let diagnostic = bad_value(path.value, "a path that a route can be told by", path.span);
    let diagnostic = diagnostic.help(format!("write `{meant}`: everything below it is served, whatever is asked for"));
    let quoted = (path.span.end - path.span.start) as usize == path.len() + 2;
    sink.push(if quoted { diagnostic.fix(path.span, format!("\"{meant}\"")) } else { diagnostic });
    false
}

fn metrics(body: &Body, owner: Owner<'_>, sink: &mut Sink) -> Option<Metrics> {
    let block = body.block("metrics")?;
    let upstream = port("metrics", block.body.str("port"), block.span, owner, sink)?;
    let path = block.body.str("path").unwrap_or(Spanned::new("/metrics", block.span));
    files::is_url_path(path, sink).then(|| Metrics {
        upstream: upstream.to_owned(),
        path: path.value.to_owned(),
        span: block.span,
    })
}

/// The volumes that are to be backed up; one that the service doesn't have is reported.
fn backups(body: &Body, owner: Owner<'_>, sink: &mut Sink) -> Vec<Spanned<String>> {
    let volumes = || bodies(body).flat_map(|body| body.blocks("volume")).filter_map(Block::label);
    let backups = body.blocks("backup").filter_map(Block::label).filter(|backup| {
        let known = volumes().any(|volume| volume.value == backup.value);
        if !known && !owner.broken && body.block("nomad-group").is_none() {
            let known: Vec<&str> = volumes().map(|volume| volume.as_str()).collect();
            let owner = format!("`{}`", owner.name.value);
            sink.push(unknown_member(&owner, "volume", backup, backup.span, known));
        }
        known
    });
    few(backups.cloned())
}

fn after(body: &Body, context: Context<'_>, sink: &mut Sink) -> Vec<Spanned<String>> {
    let mut after = Vec::new();
    for name in body.strings("after") {
        if context.registry.ports(name.value).is_some() {
            after.push(name.map(str::to_owned));
        } else if !context.lab.more_services {
            sink.push(unknown_reference("service", name.value, name.span, context.registry.services()));
        }
    }
    few(after)
}

/// The architectures that the manifest states for its images.
fn platforms(body: &Body) -> Vec<Platforms> {
    let mut platforms = Vec::new();
    for body in bodies(body) {
        if let (Some(image), Some(attribute)) = (body.str("image"), body.attribute("arch")) {
            platforms.push(platform(image.value, body, attribute.value.span));
        }
    }
    for block in body.blocks("platforms") {
        if let Some(image) = block.label() {
            platforms.push(platform(image, &block.body, image.span));
        }
    }
    platforms
}

/// Takes over the architectures that images have in their names. They are surer than `arch`, but not than `platforms`.
fn named(body: &Body, groups: &[Group], platforms: &mut Vec<Platforms>) {
    let stated = |image: &str| body.blocks("platforms").any(|block| block.label().is_some_and(|it| it.value == image));
    for image in groups.iter().flat_map(|group| &group.tasks).filter_map(Task::lockable) {
        let Some(arch) = ImageReference::split(image).arch().filter(|_| !stated(image)) else { continue };
        let known = |it: &Platforms| it.image == image.value && it.arches == [arch];
        if !platforms.iter().any(known) {
            platforms.retain(|it| it.image != image.value);
            platforms.push(Platforms {
                image: image.value.clone(),
                arches: vec![arch],
                span: image.span,
                locked: false,
            });
        }
    }
}

fn platform(image: &str, body: &Body, span: Span) -> Platforms {
    let arches = few(body.strings("arch").filter_map(|arch| Arch::from_name(arch.value)));
    Platforms { image: image.to_owned(), arches, span, locked: false }
}

#[cfg(test)]
mod tests {
    use crate::source::MemoryWorld;

    fn reported(services: &str) -> Vec<String> {
        let mut world = MemoryWorld::default();
        world.insert("lab.kdl", "lab \"a\" { domain \"a.example.com\"; network \"lan\" cidr=\"10.0.0.0/24\" }");
        world.insert("nodes/n.kdl", "node \"n\" { address \"10.0.0.2\"; arch \"amd64\"; server }");
        world.insert("services/s.kdl", services);
        crate::check(&world).diagnostics.into_iter().map(|found| found.message).collect()
    }

    #[test]
    fn a_job_is_what_the_lab_calls_it() {
        let job = |id: &str| {
            format!(
                r#"job "a" {{ id "{id}"; namespace "x"; group "g" {{ task "t" {{ driver "docker"; config {{ image "i:1" }} }} }} }}"#
            )
        };
        assert_eq!(reported(&job("a")), Vec::<String>::new());
        assert_eq!(reported(&job("b")), ["`b` is not `a`, the name that the lab has for the job"]);
        let service = |over: &str| format!(r#"service "a" {{ image "i:1"; nomad {{ {over} }} }}"#);
        assert_eq!(reported(&service(r#"namespace "default""#)), Vec::<String>::new());
        assert_eq!(reported(&service(r#"namespace "x""#)), ["`x` is not `default`, the namespace of `a`"]);
        assert_eq!(reported(&service(r#"id "b""#)), ["`b` is not `a`, the name that the lab has for the job"]);
    }
}
