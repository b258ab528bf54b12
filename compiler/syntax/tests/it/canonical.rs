//! Prints a tree in the one canonical way that the official suite expects.

use hlmc_syntax::{Document, EntryRef, Nodes, Value};

/// Prints the document; a property that is given twice counts as given last, in alphabetical order.
pub(crate) fn print(document: &Document<'_>) -> String {
    let mut out = String::new();
    print_nodes(document.nodes(), 0, &mut out);
    if out.is_empty() {
        out.push('\n');
    }
    out
}

fn print_nodes(nodes: Nodes<'_, '_>, depth: usize, out: &mut String) {
    for node in nodes {
        out.push_str(&"    ".repeat(depth));
        if let Some(ty) = node.ty() {
            out.push_str(&format!("({})", print_string(ty.text)));
        }
        out.push_str(&print_string(node.name()));
        for arg in node.args() {
            out.push_str(&format!(" {}", print_value(arg)));
        }
        let props: std::collections::BTreeMap<_, _> =
            node.props().filter_map(|prop| Some((prop.key()?.text, prop))).collect();
        for (key, prop) in props {
            out.push_str(&format!(" {}={}", print_string(key), print_value(prop)));
        }
        if node.children().next().is_some() {
            out.push_str(" {\n");
            print_nodes(node.children(), depth + 1, out);
            out.push_str(&"    ".repeat(depth));
            out.push('}');
        }
        out.push('\n');
    }
}

fn print_value(entry: EntryRef<'_, '_>) -> String {
    let ty = entry.ty().map(|ty| format!("({})", print_string(ty.text))).unwrap_or_default();
    let value = match entry.value() {
        Value::String(text) => print_string(text),
        Value::Integer(value) => value.to_string(),
        Value::Float(value) if entry.text().starts_with('#') => match *value {
            f64::INFINITY => "#inf".to_owned(),
            f64::NEG_INFINITY => "#-inf".to_owned(),
            _ => "#nan".to_owned(),
        },
        Value::Float(_) => print_float(entry.text()),
        Value::Bool(value) => format!("#{value}"),
        Value::Null => "#null".to_owned(),
    };
    ty + &value
}

fn print_float(text: &str) -> String {
    let plain = text.replace('_', "").replace('e', "E");
    match plain.split_once('E') {
        Some((mantissa, exponent)) if exponent.starts_with(['+', '-']) => {
            format!("{mantissa}E{exponent}")
        }
        Some((mantissa, exponent)) => format!("{mantissa}E+{exponent}"),
        None => plain,
    }
}

fn print_string(text: &str) -> String {
    if is_bare(text) {
        return text.to_owned();
    }
    let mut out = String::from("\"");
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{C}' => out.push_str("\\f"),
            char => out.push(char),
        }
    }
    out + "\""
}

fn is_bare(text: &str) -> bool {
    let start = text.trim_start_matches(['+', '-']);
    let signs = text.len() - start.len();
    let number = signs <= 1 && {
        let start = start.strip_prefix('.').unwrap_or(start);
        start.starts_with(|char: char| char.is_ascii_digit())
    };
    let keyword = matches!(text, "true" | "false" | "null" | "inf" | "-inf" | "nan");
    let special = |char: char| char.is_whitespace() || "(){}[]/\\\"#;=".contains(char);
    !text.is_empty() && !number && !keyword && !text.contains(special)
}
