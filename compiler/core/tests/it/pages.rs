//! The page of every code is true: its failing manifests give that code and no other, its passing ones give nothing.
//!
//! A page is `# code`, prose, `## Fails` and `## Passes`; a fence says the path of the file behind its language, and `latin1` behind that
//! for a file that isn't UTF-8. A `compose.yaml` is imported. What a page doesn't give is filled in: `lab.kdl`, and one node where it has none.

use hlmc_core::diagnostic::{Code, Diagnostic, Severity, plain};
use hlmc_core::import::import;
use hlmc_core::source::MemoryWorld;
use hlmc_core::{Compiled, check, codes};

const LAB: &str = r#"lab "home" {
    domain "home.example.com"
    network "lan" cidr="192.168.1.0/24"
    reverse-proxy "caddy"
}
"#;

const NODE: &str = r#"node "nas" {
    address "192.168.1.10"
    arch "amd64"
    class "nas"
    server
    host-volume "data" path="/srv/data"
    host-volume "media" path="/srv/media"
    host-volume "caddy-data" path="/srv/caddy"
}
"#;

/// One fenced block of a page.
struct Fence<'p> {
    path: &'p str,
    latin1: bool,
    text: &'p str,
}

fn fences<'p>(page: &'p str, section: &str) -> Vec<Fence<'p>> {
    let (_, section) = page.split_once(&format!("\n## {section}\n")).expect("the section");
    let section = section.split("\n## ").next().unwrap_or(section);
    let mut parts = section.split("\n```");
    let mut fences = Vec::new();
    // Outside, inside, outside …
    while let (Some(_), Some(inside)) = (parts.next(), parts.next()) {
        let (info, text) = inside.split_once('\n').expect("a fence of several lines");
        let info: Vec<&str> = info.split(' ').collect();
        let path = info.get(1).expect("a path behind the fence's language");
        fences.push(Fence { path, latin1: info.get(2) == Some(&"latin1"), text });
    }
    assert!(!fences.is_empty(), "a section without manifests");
    fences
}

fn compiled(fences: &[Fence<'_>]) -> Compiled {
    let mut world = MemoryWorld::default();
    // A page's own nodes have no volume for a proxy.
    let own_nodes = fences.iter().any(|fence| fence.path.starts_with("nodes/"));
    world.insert("lab.kdl", if own_nodes { LAB.replace("    reverse-proxy \"caddy\"\n", "") } else { LAB.to_owned() });
    if !own_nodes {
        world.insert("nodes/nas.kdl", NODE);
    }
    for fence in fences {
        let text = format!("{}\n", fence.text);
        let bytes = if fence.latin1 { text.chars().map(|c| c as u8).collect() } else { text.into_bytes() };
        world.insert(fence.path, bytes);
    }
    if let Some(fence) = fences.iter().find(|fence| fence.path == "compose.yaml") {
        let imported = import(&world, &[fence.path.to_owned()]);
        return Compiled { sources: imported.sources, diagnostics: imported.diagnostics, bundle: None, lab: None };
    }
    check(&world)
}

/// What is said, but for advice that the page isn't about: examples are short.
fn found<'c>(compiled: &'c Compiled, name: &'c str) -> impl Iterator<Item = &'c Diagnostic> {
    compiled.diagnostics.iter().filter(move |it| it.severity != Severity::Advice || it.code.name == name)
}

fn rendered(compiled: &Compiled, name: &str) -> String {
    found(compiled, name).map(|diagnostic| plain(diagnostic, &compiled.sources)).collect()
}

fn code(name: &str) -> &'static Code {
    codes().into_iter().find(|code| code.name == name).unwrap_or_else(|| panic!("there is no code `{name}`"))
}

/// Runs the two sections of a page.
fn run(name: &str) {
    let code = code(name);
    let prose = code.page.strip_prefix(&format!("# {name}\n\n")).expect("the code as title");
    let prose = prose.split("\n## ").next().unwrap_or_default();
    assert!(prose.len() > 80, "too short to explain anything: {prose}");

    let fails = compiled(&fences(code.page, "Fails"));
    #[allow(clippy::print_stdout)] // for whoever reads messages: `cargo test -- --nocapture`
    {
        println!("{}", rendered(&fails, name));
    }
    assert!(found(&fails, name).count() > 0, "what should fail passes");
    for diagnostic in found(&fails, name) {
        assert_eq!(diagnostic.code.name, name, "{}", rendered(&fails, name));
        well_put(diagnostic);
    }
    let passes = compiled(&fences(code.page, "Passes"));
    assert_eq!(rendered(&passes, name), "");
}

/// What holds for every message: lower case, no full stop, and the way out or the other party.
fn well_put(diagnostic: &Diagnostic) {
    let message = &diagnostic.message;
    assert!(!message.ends_with('.') && !message.starts_with(char::is_uppercase), "{message}");
    assert!(!diagnostic.primary.text.is_empty(), "{message}: nothing beside the place");
    let guided = diagnostic.help.is_some() || !diagnostic.secondary.is_empty();
    assert!(guided || diagnostic.severity != Severity::Error, "{message}: neither help nor another party");
}

/// A test for each page, so that one bad page hides no other.
macro_rules! pages {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            run(&stringify!($name).replace('_', "-"));
        })*

        const PAGES: &[&str] = &[$(stringify!($name)),*];
    };
}

pages! {
    address_conflict
    address_outside_networks
    backup_missing
    bad_expression
    bad_name
    bad_reference
    bad_template
    bad_unit
    bad_value
    bare_number
    beside_mount
    canary_port
    check_missing
    class_almost_another
    compose_bad_value
    compose_changed
    compose_no_counterpart
    compose_to_complete
    compose_unknown_key
    compose_unknown_reference
    compose_unset_variable
    cpu_in_cores
    csi_plugin_missing
    data_not_kept
    decomposed_text
    defined_twice
    dependency_cycle
    deprecated_name
    duplicate_name
    empty_job
    even_servers
    file_out_of_reach
    folder_of_two_volumes
    forbidden_on_node
    hard_coded_address
    hcl_bad_escape
    hcl_bad_template
    hcl_too_deep
    hcl_unclosed
    hcl_unexpected
    hcl_version_1
    ignored_name
    kdl_bad_escape
    kdl_bad_keyword
    kdl_bad_multiline_string
    kdl_bad_number
    kdl_forbidden_character
    kdl_hash_comment
    kdl_looks_wrong
    kdl_needs_quotes
    kdl_nesting_too_deep
    kdl_unclosed_block
    kdl_unclosed_comment
    kdl_unclosed_string
    kdl_unexpected_token
    kdl_unopened_block
    kdl_version_1
    latest_image
    literal_secret
    local_cycle
    machine_almost_another
    mdns_domain
    mismatched_reference
    missing_attribute
    missing_file
    missing_image
    missing_label
    missing_parameter
    missing_value
    mount_not_offered
    mounted_twice
    needs_consul
    network_storage
    no_auth
    no_failover
    no_job
    no_lab
    no_node_fits
    no_port
    no_provider
    no_room
    no_server
    not_allowed_value
    not_http
    not_reproducible
    other_namespace
    out_of_range
    path_outside_lab
    port_conflict
    port_in_dynamic_range
    port_not_published
    prefers_nobody
    preset_cycle
    public_without_login
    reference_as_text
    registered_twice
    removed_name
    route_conflict
    route_of_what_ends
    route_outside_domain
    route_shadowed
    servers_expected
    system_folder
    too_few_nodes
    two_writers
    udp_only
    undeclared_variable
    unexpected_argument
    unknown_annotation
    unknown_function
    unknown_name
    unknown_parameter
    unknown_reference
    unknown_runtime_name
    unknown_secret
    unknown_time_zone
    unknown_variable
    unlike_its_image
    unlocked_image
    unneeded_allow
    unreadable_file
    unregistered_service
    unserved_name
    unset_variable
    unused_image
    unused_secret
    unused_value
    variable_almost_another
    volume_missing
    volume_owner
    words_in_one
    wrong_architecture
    wrong_datacenter
    wrong_region
    wrong_type
    yaml_syntax
    yaml_too_large
}

#[test]
fn every_code_has_a_test() {
    let tested: Vec<String> = PAGES.iter().map(|name| name.replace('_', "-")).collect();
    let names: Vec<&str> = codes().iter().map(|code| code.name).collect();
    assert_eq!(tested, names, "`pages!` lists every code, by name");
}

#[test]
fn names_and_summaries_are_well_formed() {
    let mut last = "";
    for code in codes() {
        let words = code.name.split('-');
        let kebab = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        assert!(words.clone().all(kebab) && words.count() > 1, "{}", code.name);
        assert!(last < code.name, "{} is there twice", code.name);
        last = code.name;
        let summary = code.summary;
        assert!(
            !summary.is_empty() && !summary.ends_with('.') && !summary.starts_with(char::is_uppercase),
            "{summary}"
        );
        assert!(!summary.contains('\n') && summary.len() < 80, "{summary}");
    }
}

/// The change that a page's message offers, made to the letter, leaves nothing of that message.
#[test]
fn fixes_fix() {
    for code in codes() {
        let fences = fences(code.page, "Fails");
        let before = compiled(&fences);
        for fix in before.diagnostics.iter().filter_map(|diagnostic| diagnostic.fix.as_ref()) {
            let path = before.sources.path(fix.span.file);
            let fixed = |fence: &Fence<'_>| {
                let mut text = format!("{}\n", fence.text);
                if fence.path == path {
                    text.replace_range(fix.span.start as usize..fix.span.end as usize, &fix.replacement);
                }
                text
            };
            let texts: Vec<String> = fences.iter().map(fixed).collect();
            let fences: Vec<Fence<'_>> =
                fences.iter().zip(&texts).map(|(fence, text)| Fence { text: text.trim_end(), ..*fence }).collect();
            let left = compiled(&fences);
            assert!(
                found(&left, code.name).count() < found(&before, code.name).count(),
                "{}: the fix `{}` left\n{}",
                code.name,
                fix.replacement,
                rendered(&left, code.name)
            );
        }
    }
}
