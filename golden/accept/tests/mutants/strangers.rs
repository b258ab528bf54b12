//! What is written by whoever knows other languages better: Compose, Kubernetes, YAML, or the configuration of one of the programs.

use crate::kinds::{
    Facts, Kind, harmless, hcl, is_free, is_plain_value, is_port, is_size, is_time, kind, number, quoted, value,
};
use crate::places::{Place, Role};
use hlmc_fuzz::Random;

/// One of several.
fn one<'t>(random: &mut Random, of: &[&'t str]) -> &'t str {
    of[random.below(of.len())]
}

/// A size or a time in its number and its unit.
fn parts(place: &Place) -> Option<(&str, &str)> {
    let inner = place.inner()?;
    let at = inner.find(|c: char| c.is_alphabetic())?;
    Some((&inner[..at], &inner[at..]))
}

/// The node is one of these, and taken out.
fn without(place: &Place, parent: &str, nodes: &[&str]) -> Option<String> {
    (place.role == Role::Whole && place.parent() == parent && nodes.contains(&place.node())).then(String::new)
}

/// Two values of a line changed for one another.
fn swapped(place: &Place, node: &str) -> Option<String> {
    if place.role != Role::Whole || place.node() != node || place.text.contains(['{', '(']) {
        return None;
    }
    let quoted = place.quoted();
    let [first, second, ..] = quoted.as_slice() else { return None };
    let (before, after) = (format!("{node} \"{first}\""), format!("{node} \"{second}\""));
    let rest = place.text.strip_prefix(&before)?;
    Some(format!("{after}{}", rest.replacen(&format!("\"{second}\""), &format!("\"{first}\""), 1)))
}

/// What may stand in a body several times.
const SEVERAL: [&str; 11] =
    ["on", "check", "prefer", "spread", "constraint", "allow", "-", "after", "identity", "action", "schedule"];

fn twice(place: &Place, _: &Facts, _: &mut Random) -> Option<String> {
    let fits = place.role == Role::Whole
        && place.path.len() > 1
        && !place.text.contains('\n')
        && !is_free(place)
        && !place.is_in("config")
        && !SEVERAL.contains(&place.node());
    fits.then(|| format!("{0}\n{0}", place.text))
}

fn typographic(place: &Place, _: &Facts, _: &mut Random) -> Option<String> {
    let text = place.inner().filter(|text| !text.is_empty() && !text.contains(' '))?;
    (place.role == Role::Value).then(|| format!("“{text}”"))
}

fn single(place: &Place, _: &Facts, _: &mut Random) -> Option<String> {
    let text = place.inner().filter(|text| !text.is_empty() && !text.contains([' ', '{', '(', '=', ';', '\'']))?;
    (place.role == Role::Value).then(|| format!("'{text}'"))
}

/// The kinds.
pub(super) const KINDS: &[Kind] = &[
    // Quotes and signs of other languages.
    kind("typographic quotes", typographic),
    kind("single quotes", single),
    kind("comma behind a value", |p, _, _| value(p.role == Role::Value && p.inner().is_some(), format!("{},", p.text))),
    kind("word with `=` behind", |p, _, _| {
        (p.role == Role::Word && !is_free(p) && !p.is_in("config")).then(|| format!("{} =", p.text))
    }),
    kind("`null` in place of a value", |p, _, _| {
        value(
            is_plain_value(p) && p.key.is_some() && p.annotation.is_none() && !matches!(p.node(), "preset" | "values"),
            "null",
        )
    }),
    kind("line twice", twice),
    // Units.
    kind("unit of a size in small letters", |p, _, _| value(is_size(p), quoted(&p.inner()?.to_lowercase()))),
    kind("size as Docker writes it", |p, _, r| {
        value(
            is_size(p),
            quoted(&format!("{}{}", parts(p)?.0, one(r, &["m", "g", "M", "G", "Mi", "Gi", "mb", "MiBs"]))),
        )
    })
    .lossy(),
    kind("size with a blank", |p, _, _| value(is_size(p), quoted(&format!("{} {}", parts(p)?.0, parts(p)?.1)))),
    kind("size in bits", |p, _, _| value(is_size(p), quoted(&format!("{}Gbit", parts(p)?.0)))),
    kind("size below zero", |p, _, _| value(is_size(p), quoted(&format!("-{}", p.inner()?)))),
    kind("time in words", |p, _, r| {
        value(
            is_time(p),
            quoted(&format!("{}{}", parts(p)?.0, one(r, &[" seconds", "sec", "min", " minutes", "S", "M", " s"]))),
        )
    })
    .lossy(),
    kind("time below zero", |p, _, _| value(is_time(p), quoted(&format!("-{}", p.inner()?)))),
    kind("processor in Kubernetes' words", |p, _, _| {
        value(p.is("resources", "cpu") || p.is("service", "cpu") || p.is("use", "cpu"), "\"500m\"")
    }),
    kind("processor in cores", |p, _, r| {
        number(p, p.is("resources", "cpu") || p.is("service", "cpu") || p.is("use", "cpu"), one(r, &["1", "2", "4"]))
    }),
    kind("processors of a node in cores", |p, _, r| number(p, p.is("capacity", "cpu"), one(r, &["4", "8", "16"]))),
    kind("number in words", |p, _, _| number(p, true, "three")),
    // Architectures and operating systems.
    kind("architecture in other words", |p, _, r| {
        let is = p.is("node", "arch") || p.is("on", "arch") || p.is("service", "arch") || p.is("use", "arch");
        value(
            is,
            quoted(one(
                r,
                &["aarch64", "x86_64", "arm", "armv7", "linux/amd64", "ARM64", "AMD64", "x64", "i386", "arm64/v8"],
            )),
        )
    })
    .lossy(),
    kind("operating system that is none", |p, _, r| {
        value(p.is("node", "os"), quoted(one(r, &["linux", "Debian", "arch", "windows"])))
    }),
    // Addresses.
    kind("address with a slip", |p, _, r| {
        let inner = p.inner()?;
        let wrong = match r.below(7) {
            0 => inner.replacen('.', ",", 1),
            1 => inner.rsplit_once('.')?.0.to_owned(),
            2 => format!("{inner}.1"),
            3 => format!("{inner}:8080"),
            4 => inner.replace('1', "l"),
            5 => inner.replacen('.', "..", 1),
            _ => format!("http://{inner}"),
        };
        value(p.is("node", "address") || p.is("host", "address"), quoted(&wrong))
    }),
    kind("address in the wrong order", |p, _, _| {
        let [a, b, c, d] = p.inner()?.split('.').collect::<Vec<_>>().try_into().ok()?;
        value(p.is("node", "address") && b != c, quoted(&[a, c, b, d].join(".")))
    }),
    kind("address by name", |p, _, _| value(p.is("node", "address"), "\"nas.lan\"")),
    kind("network with a slip", |p, _, r| {
        let inner = p.inner()?;
        let wrong = match r.below(6) {
            0 => inner.replace('/', "\\\\"),
            1 => inner.replace("/24", "/33"),
            2 => inner.replace("/24", "-255"),
            3 => inner.replace("/24", "/255.255.255.0"),
            4 => inner.replacen('.', ",", 1),
            _ => inner.replace(".0/", ".256/"),
        };
        value(p.is("network", "cidr"), quoted(&wrong))
    }),
    kind("another network", |p, _, _| value(p.is("network", "cidr"), "\"172.30.0.0/24\"")),
    kind("upstream by name", |p, _, _| value(p.role == Role::Value && p.node() == "upstream", "\"dns.quad9.net\"")),
    // Ports.
    kind("port of sshd taken", |p, _, _| value(p.is("port", "static"), "22"))
        .or_harmless("sshd may be told to be elsewhere"),
    kind("port of an agent taken", |p, _, r| {
        value(p.is("port", "static"), one(r, &["4646", "4647", "4648", "8300", "8301", "8302", "8500", "8600"]))
    })
    .or_harmless("without Consul, and where no server runs, some of these ports are free"),
    kind("port that Nomad may give to others", |p, _, _| value(p.is("port", "static"), "25000")),
    kind("ports as Compose has them", |p, _, _| value(is_port(p), "\"8080:80\"")),
    kind("protocol in other words", |p, _, r| {
        value(p.is("port", "protocol"), quoted(one(r, &["TCP", "UDP", "tcp/udp", "http", "tcp,udp"])))
    })
    .lossy(),
    // Paths.
    kind("path of a person", |p, _, r| {
        let wrong = one(r, &["~/data", "$HOME/data", "./data", "C:\\\\data", "../data", "data/"]);
        value(
            p.is("host-volume", "path") || p.is("volume", "to") || p.is("share", "path") || p.labels("mount"),
            quoted(wrong),
        )
    }),
    kind("volume as Compose has it", |p, _, _| value(p.labels("volume"), quoted(&format!("{}:/data", p.inner()?)))),
    kind("name and path of a volume swapped", |p, _, _| swapped(p, "volume")),
    kind("name and path of an offered volume swapped", |p, _, _| swapped(p, "host-volume")),
    kind("both ends of a mount swapped", |p, _, _| swapped(p, "file")),
    kind("both sides of a template swapped", |p, _, _| swapped(p, "template")),
    // References.
    kind("annotation left out", |p, _, _| {
        let known = matches!(p.annotation.as_deref(), Some("address" | "host" | "port" | "url" | "secret"));
        (p.role == Role::Annotated && known && !p.is_in("config"))
            .then(|| format!("\"{}\"", p.quoted().first().unwrap_or(&"")))
    }),
    kind("annotation of another kind", |p, _, _| {
        let wrong = match (p.role, p.text.as_str()) {
            (Role::Annotation, "secret") => "address",
            (Role::Annotation, "address" | "url") => "secret",
            _ => return None,
        };
        Some(wrong.to_owned())
    }),
    kind("secret with a dot in place of `#`", |p, _, _| {
        value(p.annotation.as_deref() == Some("secret") && p.role == Role::Value, quoted(&p.inner()?.replace('#', ".")))
    }),
    kind("secret with a slash before its path", |p, _, _| {
        value(
            p.annotation.as_deref() == Some("secret") && p.role == Role::Value,
            quoted(&p.inner()?.replacen(':', ":/", 1)),
        )
    }),
    kind("secret of another store", |p, _, _| {
        let inner = p.inner()?;
        let (store, rest) = inner.split_once(':')?;
        let other = if store == "vault" { "nomad" } else { "vault" };
        value(p.annotation.as_deref() == Some("secret") && p.role == Role::Value, quoted(&format!("{other}:{rest}")))
    }),
    kind("node in place of a class", |p, f, r| value(p.is("on", "class"), quoted(&f.nodes[r.below(f.nodes.len())])))
        .or_harmless("a class may be named like a node"),
    kind("name of a service in capitals", |p, _, _| {
        value(p.path.len() == 1 && p.labels("service"), quoted(&p.inner()?.to_uppercase()))
    })
    .lossy(),
    // Names, domains, routes.
    kind("domain with what doesn't belong to it", |p, _, r| {
        let inner = p.inner()?;
        let wrong = match r.below(6) {
            0 => format!("https://{inner}"),
            1 => format!("{inner}:443"),
            2 => format!("*.{inner}"),
            3 => inner.replacen('.', "..", 1),
            4 => format!("{inner}/"),
            _ => inner.replacen('.', "_", 1),
        };
        value(p.is("lab", "domain"), quoted(&wrong))
    }),
    kind("route with what doesn't belong to it", |p, _, r| {
        let inner = p.inner()?;
        let wrong = match r.below(6) {
            0 => format!("https://{inner}"),
            1 => format!("{inner}/"),
            2 => format!("{inner}:8443"),
            3 => format!("{inner}_x"),
            4 => format!("{inner} x"),
            _ => format!("-{inner}"),
        };
        value(p.labels("route") || p.is("route", "host"), quoted(&wrong))
    }),
    kind("e-mail address that is none", |p, _, _| {
        value(
            p.role == Role::Value
                && p.inner().is_some_and(|text| text.contains('@') && !text.contains('{'))
                && p.key.is_some(),
            "\"ops.example.com\"",
        )
    }),
    kind("variable with a blank in its name", |p, _, _| {
        (p.parent() == "env" && p.role == Role::Word).then(|| format!("\"{} X\"", p.text))
    }),
    // Times of a day.
    kind("schedule that never comes or is none", |p, _, r| {
        let wrong = [
            "0 3 * *",
            "3am",
            "* 60 * * *",
            "0 3 * * 8",
            "0 0 31 2 *",
            "@every 5m",
            "0 3 * * MON-FRY",
            "daily",
            "0 0 30 FEB *",
        ];
        value(p.labels("periodic"), quoted(one(r, &wrong)))
    }),
    kind("time zone of a variable misspelt", |p, _, r| {
        value(
            p.inner().is_some_and(|text| text.starts_with("Europe/")),
            quoted(one(r, &["Europe/Dubln", "Europe/Berln", "europe/dublin"])),
        )
    }),
    // Numbers that mean nothing.
    kind("count of none", |p, _, _| number(p, p.is("service", "count") || p.is("use", "count"), "0"))
        .or_harmless("a service may be switched off"),
    kind("priority or weight 0", |p, _, _| {
        number(p, p.is("service", "priority") || p.is("prefer", "weight") || p.is("spread", "weight"), "0")
    }),
    kind("time of nothing", |p, _, _| value(is_time(p) && p.node() == "check", "\"0s\""))
        .or_harmless("a time of grace may be none"),
    kind("owner of another form", |p, _, r| {
        value(p.is("host-volume", "owner"), quoted(one(r, &["1000", "1000:", "1000:1000:1", "1000.1000", "-1:-1"])))
    }),
    kind("mode of another form", |p, _, r| {
        value(p.is("file", "mode") || p.is("template", "mode"), quoted(one(r, &["rw", "u+x", "0x644", "888"])))
    }),
    kind("version that is none", |p, _, r| {
        let version = p.is("constraint", "value") && p.inner().is_some_and(|text| text.starts_with(['>', '<', '~']));
        value(version, quoted(one(r, &["=> 6.1", "6.1 or later", "latest", ">= six"])))
    }),
    kind("check of another type", |p, _, r| value(p.labels("check"), quoted(one(r, &["ping", "tpc", "HTTP", "cmd"])))),
    kind("path of a check as a URL", |p, _, _| {
        value(p.is("check", "path"), quoted(&format!("http://localhost{}", p.inner()?)))
    }),
    kind("kind of a network that is none", |p, _, r| {
        value(p.is("service", "network"), quoted(one(r, &["hosts", "Host", "macvlan", "overlay"])))
    }),
    kind("image by its page", |p, _, _| {
        value(
            p.is("service", "image") || p.is("use", "image"),
            quoted(&format!("http://hub.example.org/r/{}", p.inner()?)),
        )
    }),
    kind("image with two tags", |p, _, _| {
        value(
            (p.is("service", "image") || p.is("use", "image")) && !p.text.contains('@'),
            quoted(&format!("{}:latest", p.inner()?)),
        )
    }),
    // Things taken out.
    kind("address or architecture of a node taken out", |p, _, _| without(p, "node", &["address", "arch"])),
    kind("offered volume taken out", |p, _, _| without(p, "node", &["host-volume"]))
        .or_harmless("nothing asks for it, or it is offered elsewhere too"),
    kind("class taken out", |p, _, _| without(p, "node", &["class"])).or_harmless("nothing asks for it"),
    kind("domain taken out", |p, _, _| without(p, "lab", &["domain"])),
    kind("provider taken out", |p, _, _| without(p, "lab", &["reverse-proxy", "auth", "dns", "monitoring"]))
        .or_harmless("a lab without it is a lab"),
    kind("store of secrets taken out", |p, _, _| without(p, "lab", &["secrets"])).or_harmless("nothing asks for it"),
    kind("held path taken out", |p, _, _| without(p, "secrets", &["holds"])),
    kind("image taken out", |p, _, _| without(p, "service", &["image"])),
    kind("port taken out", |p, _, _| without(p, "service", &["port"])).or_harmless("nothing asks for it"),
    kind("parameter taken out", |p, _, _| without(p, "preset", &["param"])),
    kind("device taken out", |p, _, _| without(p, "node", &["device"])),
    // Job files.
    kind("job file: typographic quotes", |p, _, _| {
        (hcl(p))
            .then(|| p.inner().filter(|text| text.starts_with(char::is_alphanumeric)))?
            .map(|text| format!("“{text}”"))
    }),
    kind("job file: single quotes", |p, _, _| {
        (hcl(p))
            .then(|| p.inner().filter(|text| text.starts_with(char::is_alphanumeric)))?
            .map(|text| format!("'{text}'"))
    }),
    kind("job file: size with a unit", |p, _, _| {
        value(hcl(p) && p.is_number() && p.at == 0 && p.path[0] == "memory", quoted(&format!("{}MB", p.text)))
    }),
    kind("job file: number below zero", |p, _, _| {
        value(
            hcl(p)
                && p.is_number()
                && p.at == 0
                && matches!(p.path[0].as_str(), "memory" | "cpu" | "attempts" | "static" | "to"),
            format!("-{}", p.text),
        )
    }),
    kind("job file: port out of range", |p, _, r| {
        value(
            hcl(p) && p.is_number() && p.at == 0 && matches!(p.path[0].as_str(), "static" | "to"),
            one(r, &["70000", "0"]),
        )
    })
    .or_harmless("0 lets Nomad choose, in its own language"),
    kind("job file: `true` for a text", |p, _, _| {
        value(hcl(p) && p.at == 0 && matches!(p.text.as_str(), "true" | "false"), "\"yes\"")
    })
    .or_harmless("in an expression any text will do"),
    kind("job file: mode of another kind", |p, _, _| {
        value(hcl(p) && p.at == 0 && p.path[0] == "mode" && p.inner().is_some(), "\"hosts\"")
    }),
    kind("job file: image in capitals", |p, _, _| {
        value(
            hcl(p) && p.at == 0 && p.path[0] == "image" && p.inner().is_some_and(|text| !text.contains("${")),
            quoted(&p.inner()?.to_uppercase()),
        )
    }),
    harmless(
        "value of a variable misspelt",
        |p, _, _| {
            let is = p.parent() == "env"
                && p.role == Role::Value
                && p.annotation.is_none()
                && p.inner()
                    .is_some_and(|text| text.starts_with(char::is_alphabetic) && !text.contains(['/', '@', '$']));
            value(is, quoted(&format!("{}x", p.inner()?)))
        },
        "what a variable may be stands nowhere",
    ),
];
