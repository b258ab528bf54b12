//! Large job files take as long as they are: a megabyte of each thing that a job can have much of, and of each mistake.

use hlmc_core::diagnostic::Severity;
use hlmc_core::source::MemoryWorld;
use std::time::Duration;

/// The size of the large ones in bytes; less, where nothing is optimized.
const SIZE: usize = if cfg!(debug_assertions) { 64_000 } else { 1_000_000 };

/// A smaller one may take so many times less at the most: twice as many as it is smaller.
const SMALLER: usize = 8;

/// A name, what stands before and behind, and what is repeated, with its number in place of `#`.
const SHAPES: &[(&str, &str, &str, &str)] = &[
    (
        "groups",
        "",
        "group \"g#\" {\ntask \"t\" {\ndriver = \"docker\"\nconfig {\nimage = \"nginx:1.29.3\"\n}\nenv {\nA = \"#\"\n}\n}\n}\n",
        "",
    ),
    ("variables of a task", "env {\n", "NAME_# = \"value # of many\"\n", "}\n"),
    ("entries of a map", "env = {\n", "NAME_# = \"value # of many\"\n", "}\n"),
    ("arguments", "config {\nimage = \"nginx:1.29.3\"\nargs = [", "\"--argument=#\",\n", "]\n}\n"),
    (
        "templates",
        "",
        "template {\ndestination = \"local/f#\"\ndata = <<-EOF\n  line # ${NOMAD_ALLOC_ID}\n  EOF\n}\n",
        "",
    ),
    (
        "lines",
        "template {\ndestination = \"local/f\"\ndata = <<-EOF\n",
        "  line # of {{ env \"X\" }} ${NOMAD_ALLOC_ID} $${x}\n",
        "  EOF\n}\n",
    ),
    ("calculations", "env {\nA = \"", "${1 + # * 2}%{ if # > 5 }x%{ endif }", "\"\n}\n"),
    ("comments", "", "// comment #\n/* another */ // and one more\n", ""),
    ("references", "env {\n", "N# = \"${local.map.a} ${var.tag} ${upper(local.name)}\"\n", "}\n"),
    ("elements gone through", "env = { for at, it in [", "\"#\",", "] : \"N${at}\" => it }\n"),
    ("unknown names", "", "unknown_# = 1\n", ""),
    ("duplicate names", "", "user = \"#\"\n", ""),
    ("broken items", "", "name # broken\n", ""),
    ("open quotes", "", "name = \"#\n", ""),
    ("open lists", "", "name = [#\n", ""),
    ("open braces", "", "name # {\n", ""),
    ("closed braces", "", "}\n", ""),
    ("broken sequences", "env {\nA = <<EOF\n", "${# %{\n", "EOF\n}\n"),
    ("quoted names", "env {\n", "\"N#\" = \"#\"\n", "}\n"),
    ("items on one line", "env {\n", "N# = 1 ", "\n}\n"),
];

fn lab((name, before, many, behind): &(&str, &str, &str, &str), size: usize) -> MemoryWorld {
    let mut inside = (*before).to_owned();
    for at in 0.. {
        if inside.len() >= size {
            break;
        }
        inside.push_str(&many.replace('#', &at.to_string()));
    }
    inside.push_str(behind);
    let config = if inside.contains("config {") { "" } else { "config {\nimage = \"nginx:1.29.3\"\n}\n" };
    let task = format!("group \"a\" {{\ntask \"a\" {{\ndriver = \"docker\"\n{config}{inside}}}\n}}\n");
    let body = if *name == "groups" { inside } else { task };
    let head = "variable \"tag\" {\ndefault = \"1\"\n}\nlocals {\nname = \"x\"\nmap = { a = 1 }\n}\n";
    let mut world = MemoryWorld::default();
    world.insert("lab.kdl", "lab \"l\" { domain \"home.example.com\"; network \"lan\" cidr=\"192.168.1.0/24\"; }\n");
    world.insert("nodes/n.kdl", "node \"n\" { address \"192.168.1.9\"; arch \"amd64\"; server; }\n");
    world.insert("services/a.nomad", format!("{head}job \"a\" {{\n{body}}}\n"));
    world
}

/// How long a processor works on a lab, all of it in this thread, so that others who use the machine don't count.
fn time(world: &MemoryWorld) -> Duration {
    let start = worked();
    drop(hlmc_core::compile(world));
    worked() - start
}

/// For how long a processor worked for this thread so far.
fn worked() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    Duration::from_nanos(text.split(' ').next().and_then(|nanos| nanos.parse().ok()).expect("nanoseconds"))
}

#[test]
#[cfg(target_os = "linux")]
fn large_job_files_take_linear_time() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build().unwrap();
    pool.install(|| compare(SHAPES));
}

fn compare(shapes: &[(&str, &str, &str, &str)]) {
    let mut slow = Vec::new();
    for shape in shapes {
        let (small, large) = (time(&lab(shape, SIZE / SMALLER)), time(&lab(shape, SIZE)));
        #[allow(clippy::print_stdout)] // for whoever measures: `cargo test --release -- --nocapture`
        {
            println!("{:24} {:6} ms, {:6} ms for an eighth", shape.0, large.as_millis(), small.as_millis());
        }
        let allowed = small.max(Duration::from_millis(20)) * u32::try_from(2 * SMALLER).unwrap();
        if large > allowed {
            slow.push(format!("{}: {small:?}, and {large:?} for {SMALLER} times as much", shape.0));
        }
    }
    assert!(slow.is_empty(), "{slow:#?}");
}

#[test]
fn large_job_files_without_mistakes_compile() {
    for shape in &SHAPES[..10] {
        let compiled = hlmc_core::compile(&lab(shape, 20_000));
        let errors = compiled.diagnostics.iter().filter(|it| it.severity == Severity::Error);
        let errors: Vec<&str> = errors.map(|it| it.message.as_str()).take(3).collect();
        assert!(compiled.bundle.is_some(), "{}: {errors:?}", shape.0);
    }
}
