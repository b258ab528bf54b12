//! Changes of a manifest's tree: what byte by byte would hardly ever come about.

use crate::{Random, generate};
use hlmc_syntax::NodeRef;
use std::ops::Range;

/// Changes the first `size` of the bytes by a node or two, up to `most` of them; says how many there are then, or nothing where
/// the change is better left to libFuzzer.
pub fn mutate(bytes: &mut [u8], size: usize, most: usize, seed: u32) -> Option<usize> {
    let mut random = Random::new(u64::from(seed));
    if random.once_in(2) {
        return None;
    }
    let text = std::str::from_utf8(bytes.get(..size)?).ok()?;
    let nodes = nodes(text);
    let changed = change(text, &nodes, &mut random)?;
    let fits = changed.len() <= most.min(bytes.len());
    fits.then(|| {
        bytes[..changed.len()].copy_from_slice(changed.as_bytes());
        changed.len()
    })
}

fn change(text: &str, nodes: &[Range<usize>], random: &mut Random) -> Option<String> {
    if nodes.is_empty() || random.once_in(50) {
        return String::from_utf8(generate(random).input()).ok();
    }
    let node = nodes.get(random.below(nodes.len()))?.clone();
    let other = nodes.get(random.below(nodes.len()))?.clone();
    let with = |range: Range<usize>, new: &str| format!("{}{new}{}", &text[..range.start], &text[range.end..]);
    Some(match random.below(6) {
        0 => with(node, ""),
        1 => with(node.clone(), &format!("{0}\n{0}", &text[node])),
        2 => with(node, &text[other]),
        3 => with(node.end..node.end, &format!("\n{}\n", &text[other])),
        4 => with(node.end..node.end, &format!(" {{\n{}\n}}", &text[other])),
        _ => {
            // A node of a random lab.
            let lab = String::from_utf8(generate(random).input()).ok()?;
            let new = self::nodes(&lab);
            let new = new.get(random.below(new.len()))?.clone();
            with(node, &lab[new])
        }
    })
}

/// Where the nodes of a text are, outer ones first.
fn nodes(text: &str) -> Vec<Range<usize>> {
    let parse = hlmc_syntax::parse(text);
    let mut found = Vec::new();
    let mut open: Vec<NodeRef<'_, '_>> = parse.document.nodes().collect();
    while let Some(node) = open.pop() {
        found.push(node.span().range());
        open.extend(node.children());
    }
    found
}

/// Takes nodes out of a text as long as something still holds of what is left.
#[must_use]
pub fn smaller(mut text: String, holds: impl Fn(&str) -> bool) -> String {
    loop {
        let mut nodes = nodes(&text);
        nodes.sort_by_key(|node| std::cmp::Reverse(node.len()));
        let without = |node: &Range<usize>| format!("{}{}", &text[..node.start], &text[node.end..]);
        let Some(less) = nodes.iter().filter(|node| !node.is_empty()).map(without).find(|less| holds(less)) else {
            return text;
        };
        text = less;
    }
}
