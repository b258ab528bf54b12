//! The text that something is imported from: its comments, and where its blocks end.

use super::kdl::Node;
use hlmc_hcl::{Body, File, Item};
use std::collections::BTreeMap;

/// A job file.
pub(super) struct Origin<'t> {
    comments: Vec<Said<'t>>,
    /// Where blocks end, by where they start.
    blocks: BTreeMap<u32, u32>,
}

/// A comment, a line of it.
struct Said<'t> {
    text: &'t str,
    start: u32,
    trailing: bool,
}

impl<'t> Origin<'t> {
    pub(super) fn of(file: &File<'t>) -> Self {
        let mut blocks = BTreeMap::new();
        ends(&file.body, &mut blocks);
        let mut comments = Vec::new();
        for comment in &file.comments {
            for line in comment.text.lines() {
                // What a block of `*` is drawn with says nothing.
                let line = if comment.text.contains('\n') { line.trim().trim_start_matches('*') } else { line };
                comments.push(Said { text: line, start: comment.span.start, trailing: comment.trailing });
            }
        }
        Self { comments, blocks }
    }

    /// Whether a comment stands in the block that starts there.
    pub(super) fn has_comment(&self, start: Option<u32>) -> bool {
        let Some((start, end)) = start.and_then(|start| Some((start, *self.blocks.get(&start)?))) else { return false };
        self.comments.iter().any(|comment| (start..end).contains(&comment.start))
    }

    /// Puts every comment to the node that it is about: the next one of its block, or the one it stands behind.
    pub(super) fn comment(&self, top: &mut Node) {
        let mut origins = Vec::new();
        collect(top, &mut origins);
        origins.sort_unstable();
        for comment in &self.comments {
            let around = self.around(comment.start);
            let within = |origin: &&u32| around.is_none_or(|(start, end)| (start..end).contains(*origin));
            let before = origins.iter().filter(within).rfind(|origin| **origin < comment.start);
            let after = origins.iter().filter(within).find(|origin| **origin > comment.start);
            let at = |origin: Option<&u32>| origin.copied();
            let _found = match (comment.trailing, at(before), at(after)) {
                (true, Some(origin), _) => put(top, origin, &mut |node| trail(node, comment.text)),
                (_, _, Some(origin)) => put(top, origin, &mut |node| node.comments.push(comment.text.to_owned())),
                (_, Some(origin), None) => put(top, origin, &mut |node| node.after.push(comment.text.to_owned())),
                _ => {
                    let next = origins.iter().find(|origin| **origin > comment.start).or(origins.last());
                    match next {
                        Some(origin) => put(top, *origin, &mut |node| node.comments.push(comment.text.to_owned())),
                        None => {
                            top.comments.push(comment.text.to_owned());
                            true
                        }
                    }
                }
            };
        }
    }

    /// The innermost block that a place lies in.
    fn around(&self, place: u32) -> Option<(u32, u32)> {
        self.blocks.range(..place).rev().find(|(_, end)| **end > place).map(|(start, end)| (*start, *end))
    }
}

fn ends(body: &Body<'_>, blocks: &mut BTreeMap<u32, u32>) {
    for item in &body.items {
        if let Item::Block(block) = item {
            blocks.insert(block.span.start, block.span.end);
            ends(&block.body, blocks);
        }
    }
}

fn collect(node: &Node, origins: &mut Vec<u32>) {
    origins.extend(node.origin);
    node.children.iter().flatten().for_each(|child| collect(child, origins));
}

fn trail(node: &mut Node, text: &str) {
    match &mut node.trailing {
        Some(_) => node.comments.push(text.to_owned()),
        none => *none = Some(text.to_owned()),
    }
}

/// Does something to the first node that comes from a place.
fn put(node: &mut Node, origin: u32, act: &mut dyn FnMut(&mut Node)) -> bool {
    if node.origin == Some(origin) {
        act(node);
        return true;
    }
    node.children.iter_mut().flatten().any(|child| put(child, origin, act))
}
