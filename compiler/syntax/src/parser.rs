//! From tokens to the tree: nodes and blocks, with an explicit stack instead of recursion.

use std::borrow::Cow;

use crate::braces::Plan;
use crate::error::SyntaxError;
use crate::span::Span;
use crate::token::{Token, TokenKind};
use crate::tree::{Document, EntryData, NONE, NodeData, Value};
use crate::{chars, complaint, lexer};

/// How many levels of blocks are read.
pub const MAX_DEPTH: usize = 256;

/// After how many errors the rest of a text is left out of the tree.
pub const MAX_ERRORS: usize = 100;

/// The tree of a text and everything that is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct Parse<'a> {
    /// All that could be read; complete when there are no errors.
    pub document: Document<'a>,
    /// What is wrong, by place.
    pub errors: Vec<SyntaxError>,
    /// What is allowed, but hardly meant: single or typographic quotes, commas, unquoted URLs.
    pub warnings: Vec<SyntaxError>,
}

/// Parses a text; never fails, and takes linear time.
pub fn parse(text: &str) -> Parse<'_> {
    if u32::try_from(text.len()).is_err() {
        return Parse { errors: vec![complaint::too_large()], ..Parse::default() };
    }
    let first = Parser::new(text, lexer::lex(text), Plan::default()).run();
    if first.unbalanced {
        let plan = Plan::guess(text, &first.document.tokens);
        if !plan.is_empty() {
            let second = Parser::new(text, first.document.tokens, plan);
            return second.run().into_parse();
        }
    }
    first.into_parse()
}

/// The lengths of the arenas, to go back to when something turns out to be commented out.
#[derive(Clone, Copy)]
pub(crate) struct Checkpoint {
    nodes: usize,
    entries: usize,
    idents: usize,
}

/// How far a node has been read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Entries may follow, and a block.
    Entries,
    /// A block that is commented out has been seen: only blocks may follow.
    Blocks,
    /// The block has been seen: nothing may follow, but blocks that are commented out.
    Closed,
}

/// A node that is being read.
pub(crate) struct OpenNode {
    pub(crate) index: usize,
    pub(crate) phase: Phase,
    /// Set if the node is commented out.
    slashdash: Option<Checkpoint>,
    /// Something of it was wrong and has been skipped.
    pub(crate) faulty: bool,
    /// A comma in it has been reported.
    pub(crate) comma: bool,
}

/// A block that is being read.
struct Frame {
    node: OpenNode,
    brace: Span,
    /// Set if the block is commented out.
    slashdash: Option<Checkpoint>,
}

pub(crate) struct Parser<'a> {
    pub(crate) document: Document<'a>,
    pub(crate) pos: usize,
    pub(crate) errors: Vec<SyntaxError>,
    pub(crate) warnings: Vec<SyntaxError>,
    /// Offsets of the characters that are forbidden, and reported already.
    forbidden: Vec<u32>,
    pub(crate) node: Option<OpenNode>,
    stack: Vec<Frame>,
    /// The node that ended last in this block.
    last: Option<usize>,
    /// No node has ended yet.
    first: bool,
    /// The nesting has been reported, or the end of the text can't tell anything about blocks.
    too_deep: bool,
    plan: Plan,
    /// Up to this token, no `]` has been found for a `[`.
    pub(crate) no_bracket_before: usize,
    unbalanced: bool,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, tokens: Vec<Token>, plan: Plan) -> Self {
        let document = Document {
            text,
            nodes: Vec::with_capacity(tokens.len() / 8),
            entries: Vec::with_capacity(tokens.len() / 4),
            idents: Vec::with_capacity(tokens.len() / 8),
            tokens,
        };
        let mut parser = Self {
            document,
            pos: 0,
            errors: Vec::new(),
            warnings: Vec::new(),
            forbidden: Vec::new(),
            node: None,
            stack: Vec::new(),
            last: None,
            first: true,
            too_deep: false,
            plan,
            no_bracket_before: 0,
            unbalanced: false,
        };
        if chars::may_hold_forbidden(text.as_bytes()) {
            parser.find_forbidden();
        }
        parser
    }

    fn find_forbidden(&mut self) {
        let text = self.document.text;
        let start = if text.starts_with('\u{FEFF}') { 3 } else { 0 };
        let mut end = u32::MAX;
        for (at, char) in text[start..].char_indices() {
            if !chars::is_forbidden(char) {
                continue;
            }
            let at = (start + at) as u32;
            self.forbidden.push(at);
            if at != end && self.errors.len() < MAX_ERRORS {
                self.errors.push(complaint::forbidden(at, char));
            }
            end = at + char.len_utf8() as u32;
        }
    }

    fn run(mut self) -> Self {
        while self.errors.len() < MAX_ERRORS {
            let more = match self.node {
                Some(_) => self.in_node(),
                None => self.between_nodes(),
            };
            if !more {
                break;
            }
        }
        self.finish();
        self
    }

    /// Closes what is still open at the end of the text, and says so.
    fn finish(&mut self) {
        let swallowed = complaint::swallowed(self.document.text, self.document.tokens.last());
        let complete = self.errors.len() < MAX_ERRORS;
        let quiet = swallowed.is_some() || self.too_deep || !complete;
        if let Some(error) = swallowed.filter(|_| complete) {
            self.report(error);
        }
        if let Some(frame) = self.stack.last()
            && !quiet
        {
            self.unbalanced = true;
            let (name, brace) = (self.name_of(&frame.node), frame.brace);
            let end = self.document.text.len() as u32;
            let error =
                complaint::unclosed_block(&name, brace).secondary(Span::new(end, end), "the file ends without it");
            self.report(error);
        }
        if let Some(node) = self.node.take() {
            self.end_node(node);
        }
        while !self.stack.is_empty() {
            let end = self.document.text.len() as u32;
            self.close_block(Span::new(end, end));
            if let Some(node) = self.node.take() {
                self.end_node(node);
            }
        }
        self.errors.sort_by_key(|error| error.span);
        self.warnings.sort_by_key(|warning| warning.span);
    }

    fn into_parse(self) -> Parse<'a> {
        Parse { document: self.document, errors: self.errors, warnings: self.warnings }
    }

    fn name_of(&self, node: &OpenNode) -> String {
        crate::error::excerpt(&self.document.nodes[node.index].name)
    }

    /// Records an error, unless a forbidden character in that place explains it.
    #[cold]
    pub(crate) fn report(&mut self, error: SyntaxError) {
        let at = self.forbidden.partition_point(|&offset| offset < error.span.start);
        if self.forbidden.get(at).is_none_or(|&at| at >= error.span.end) {
            self.errors.push(error);
        }
    }

    pub(crate) fn text(&self) -> &'a str {
        self.document.text
    }

    pub(crate) fn token(&self) -> Option<Token> {
        self.document.tokens.get(self.pos).copied()
    }

    pub(crate) fn kind(&self) -> Option<TokenKind> {
        self.document.tokens.get(self.pos).map(|token| token.kind)
    }

    /// Returns the place of the current token, or of the end.
    pub(crate) fn here(&self) -> Span {
        let end = self.document.text.len() as u32;
        self.token().map_or(Span::new(end, end), |token| token.span)
    }

    pub(crate) fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            nodes: self.document.nodes.len(),
            entries: self.document.entries.len(),
            idents: self.document.idents.len(),
        }
    }

    /// Takes everything since the checkpoint out of the tree.
    pub(crate) fn rewind(&mut self, to: Checkpoint) {
        self.document.nodes.truncate(to.nodes);
        self.document.entries.truncate(to.entries);
        self.document.idents.truncate(to.idents);
    }

    pub(crate) fn add_ident(&mut self, text: Cow<'a, str>, span: Span) -> u32 {
        let index = self.document.idents.len() as u32;
        self.document.idents.push((text, span));
        index
    }

    pub(crate) fn add_entry(&mut self, entry: EntryData<'a>) {
        self.document.entries.push(entry);
    }

    /// Lets the current node own the entries so far.
    pub(crate) fn keep_entries(&mut self) {
        let end = self.document.entries.len() as u32;
        if let Some(node) = &self.node {
            self.document.nodes[node.index].entries.1 = end;
        }
    }

    /// Reads up to the name of the next node, or the end of the block. Returns false at the end.
    fn between_nodes(&mut self) -> bool {
        self.skip_line_space();
        if self.plan.closes(self.pos) {
            self.close_by_indentation();
            return true;
        }
        let Some(token) = self.token() else {
            return false;
        };
        match token.kind {
            TokenKind::CloseBrace => self.end_of_block(token.span),
            TokenKind::Slashdash => {
                let slashdash = self.checkpoint();
                self.pos += 1;
                self.skip_line_space();
                match self.token() {
                    Some(token) if starts_node(token.kind) => self.start_node(Some(slashdash)),
                    Some(token) if token.kind == TokenKind::Slashdash => {
                        self.fault(complaint::unexpected(self.text(), token));
                    }
                    _ => self.fault(complaint::nothing_to_comment_out(token.span)),
                }
            }
            TokenKind::OpenBrace => self.nameless_block(token.span),
            kind if starts_node(kind) => self.start_node(None),
            _ => self.fault(complaint::unexpected(self.text(), token)),
        }
        true
    }

    /// Reports an error outside a node and skips the rest of the line, or the block.
    fn fault(&mut self, error: SyntaxError) {
        self.report(error);
        self.skip_rest();
    }

    fn skip_rest(&mut self) {
        let before = self.pos;
        self.recover();
        match self.kind() {
            Some(TokenKind::Semicolon) => self.pos += 1,
            Some(TokenKind::OpenBrace) => self.skip_block(),
            _ if self.pos == before && self.kind() != Some(TokenKind::CloseBrace) => self.pos += 1,
            _ => {}
        }
    }

    fn end_of_block(&mut self, brace: Span) {
        if self.plan.ignores(self.pos) || self.stack.is_empty() {
            let error = complaint::unopened_block(brace, !self.stack.is_empty());
            self.unbalanced = true;
            self.report(error);
            self.pos += 1;
        } else {
            self.pos += 1;
            self.close_block(brace);
        }
    }

    fn close_by_indentation(&mut self) {
        if let Some(frame) = self.stack.last() {
            let error = complaint::unclosed_block(&self.name_of(&frame.node), frame.brace)
                .secondary(self.here(), "by its indentation, this is after the block");
            self.report(error);
            let start = self.here().start;
            self.close_block(Span::new(start, start));
            if let Some(node) = self.node.take() {
                self.end_node(node);
            }
        }
    }

    /// A `{` where a name should be: mostly the block of the node on the line before.
    fn nameless_block(&mut self, brace: Span) {
        let nodes = &self.document.nodes;
        match self.last.filter(|&index| nodes[index].block.is_empty()) {
            Some(index) => {
                let name = crate::error::excerpt(&nodes[index].name);
                let place = nodes[index].name_span;
                self.report(complaint::brace_on_next_line(&name, brace, place));
                self.node =
                    Some(OpenNode { index, phase: Phase::Entries, slashdash: None, faulty: true, comma: false });
            }
            None => self.fault(complaint::nameless_block(brace)),
        }
    }

    fn start_node(&mut self, slashdash: Option<Checkpoint>) {
        let start = self.here().start;
        let ty = match self.kind() {
            Some(TokenKind::OpenParen) => self.annotation(),
            _ => NONE,
        };
        if ty != NONE {
            self.skip_node_space();
        }
        let Some(token) = self.token().filter(|token| is_name(token.kind)) else {
            if ty != NONE {
                let span = Span::new(start, self.here().start);
                self.fault(complaint::annotation_alone(self.text(), span, "a node name"));
            } else {
                self.skip_rest();
            }
            if let Some(slashdash) = slashdash {
                self.rewind(slashdash);
            }
            return;
        };
        let (name, name_span) = self.name(token);
        let entries = self.document.entries.len() as u32;
        let index = self.document.nodes.len();
        self.document.nodes.push(NodeData {
            name,
            name_span,
            ty,
            start,
            entries: (entries, entries),
            subtree_end: index as u32 + 1,
            block: Span::default(),
        });
        self.node = Some(OpenNode { index, phase: Phase::Entries, slashdash, faulty: false, comma: false });
    }

    /// Opens the block at the current `{`.
    pub(crate) fn open_block(&mut self, slashdash: Option<Checkpoint>) {
        let brace = self.here();
        let Some(node) = &mut self.node else { return };
        if self.stack.len() >= MAX_DEPTH {
            node.phase = Phase::Closed;
            if !self.too_deep {
                self.report(complaint::too_deep(brace, MAX_DEPTH));
            }
            self.too_deep = true;
            return self.skip_block();
        }
        if node.phase == Phase::Closed && slashdash.is_none() {
            let first = self.document.nodes[node.index].block;
            if !node.faulty {
                self.report(complaint::second_block(brace, first));
            }
            return self.skip_block();
        }
        self.pos += 1;
        self.last = None;
        if let Some(node) = self.node.take() {
            self.stack.push(Frame { node, brace, slashdash });
        }
    }

    /// Ends the innermost block and goes back to its node.
    fn close_block(&mut self, brace: Span) {
        let Some(frame) = self.stack.pop() else {
            return;
        };
        let mut node = frame.node;
        if let Some(slashdash) = frame.slashdash {
            self.rewind(slashdash);
            if node.phase == Phase::Entries {
                node.phase = Phase::Blocks;
            }
        } else {
            self.document.nodes[node.index].block = frame.brace.join(brace);
            node.phase = Phase::Closed;
        }
        self.node = Some(node);
    }

    pub(crate) fn end_node(&mut self, node: OpenNode) {
        self.document.nodes[node.index].subtree_end = self.document.nodes.len() as u32;
        self.last = Some(node.index);
        if let Some(slashdash) = node.slashdash {
            if self.first && self.stack.is_empty() {
                self.check_version(node.index);
            }
            self.rewind(slashdash);
            self.last = None;
        }
        self.first = false;
    }

    /// Rejects a text that says it is KDL version 1.
    fn check_version(&mut self, index: usize) {
        let data = &self.document.nodes[index];
        let entries = &self.document.entries[data.entries.0 as usize..];
        if data.name == "kdl-version"
            && let [entry] = entries
            && entry.key == NONE
            && entry.value == Value::Integer(1)
        {
            let span = Span::new(data.start, entry.value_span.end);
            self.report(complaint::version_marker(span));
        }
    }
}

/// Reports whether a node can start with such a token, right or nearly so.
const fn starts_node(kind: TokenKind) -> bool {
    is_name(kind) || matches!(kind, TokenKind::OpenParen)
}

/// Reports whether such a token can be a name, right or nearly so.
pub(crate) const fn is_name(kind: TokenKind) -> bool {
    kind.is_string() || matches!(kind, TokenKind::Number | TokenKind::Keyword | TokenKind::Junk)
}
