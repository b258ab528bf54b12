//! Lists, maps and `for` expressions.

use crate::body::looks_like_item;
use crate::complaint;
use crate::cursor::{Cursor, name_length};
use crate::tree::{Entry, Expr, ExprKind, For, Key, Name};

impl<'t> Cursor<'t> {
    /// `[a, b]`, or a `for`.
    pub(crate) fn tuple(&mut self) -> Expr<'t> {
        let start = self.at;
        self.at += 1;
        self.within(true, |cursor| {
            if cursor.is_for() {
                return cursor.for_expression(start, "[", "]");
            }
            let mut elements = Vec::new();
            while !cursor.eat("]") {
                if cursor.is_at_end() || cursor.is_cut_off() {
                    return cursor.cut_off(start, "[", "]");
                }
                let element = cursor.expression();
                let poison = element.kind == ExprKind::Poison;
                elements.push(element);
                if !poison && (cursor.eat(",") || cursor.next_is(b']')) {
                    continue;
                }
                if cursor.is_at_end() || cursor.is_cut_off() {
                    return cursor.cut_off(start, "[", "]");
                }
                if !poison {
                    let here = cursor.here();
                    cursor.report(complaint::no_comma(here));
                }
                cursor.skip_to(b",]");
                if !cursor.eat(",") && !cursor.next_is(b']') {
                    return Expr::poison(cursor.here());
                }
            }
            Expr::new(ExprKind::Tuple(elements), cursor.span_from(start))
        })
    }

    /// `{ a = b }`, or a `for`.
    pub(crate) fn object(&mut self) -> Expr<'t> {
        let start = self.at;
        self.at += 1;
        if self.within(true, Self::is_for) {
            return self.within(true, |cursor| cursor.for_expression(start, "{", "}"));
        }
        self.within(false, |cursor| {
            let mut entries = Vec::new();
            loop {
                cursor.skip_lines();
                if cursor.eat("}") {
                    return Expr::new(ExprKind::Object(entries), cursor.span_from(start));
                }
                if cursor.is_at_end() {
                    return cursor.cut_off(start, "{", "}");
                }
                let mistakes = cursor.mistakes;
                entries.extend(cursor.entry());
                if cursor.mistakes == mistakes && !cursor.eat(",") && !cursor.is_line_over() && !cursor.next_is(b'}') {
                    let here = cursor.here();
                    cursor.report(complaint::no_comma_or_line(here));
                }
                if cursor.mistakes > mistakes {
                    cursor.skip_to(b",}\n");
                    if !matches!(cursor.byte(0), b',' | b'}' | b'\n') {
                        return Expr::poison(cursor.here());
                    }
                    cursor.eat(",");
                }
            }
        })
    }

    fn entry(&mut self) -> Option<Entry<'t>> {
        let key = self.expression();
        let key = match key.kind {
            ExprKind::Poison => return None,
            ExprKind::Variable(text) => Key::Name(Name { text, span: key.span }),
            ExprKind::Bool(_) | ExprKind::Null => Key::Name(Name { text: key.span.of(self.text), span: key.span }),
            _ => Key::Expr(key),
        };
        self.skip();
        let is_block = self.byte(0) == b'{';
        if !(self.eat("=") || self.eat(":")) {
            let here = self.here();
            self.report(complaint::no_equals(here, is_block));
            return None;
        }
        let value = self.expression();
        Some(Entry { key, value })
    }

    fn is_for(&mut self) -> bool {
        self.skip();
        let rest = self.rest();
        // A key may be called `for` as well.
        &rest[..name_length(rest)] == "for"
            && !rest[3..].trim_start_matches([' ', '\t']).starts_with(['=', ':', ',', ']'])
    }

    fn for_expression(&mut self, start: usize, open: &str, close: &str) -> Expr<'t> {
        let read = self.for_parts(close == "}");
        let Some(read) = read else { return Expr::poison(self.here()) };
        if !self.eat(close) {
            let here = self.here();
            self.report(complaint::unclosed_bracket(open, close, start, here));
            return Expr::poison(here);
        }
        Expr::new(ExprKind::For(Box::new(read)), self.span_from(start))
    }

    fn for_parts(&mut self, object: bool) -> Option<For<'t>> {
        self.word("for");
        let (index, element) = self.for_names()?;
        let collection = self.whole()?;
        self.expect(":", "behind what `for` goes through")?;
        let mut value = self.whole()?;
        let mut key = None;
        if object {
            self.expect("=>", "between the key and the value")?;
            key = Some(std::mem::replace(&mut value, Expr::poison(self.here())));
            value = self.whole()?;
        }
        let group = object && self.eat("...");
        let condition = if self.word("if") { Some(self.whole()?) } else { None };
        Some(For { index, element, collection, key, value, group, condition })
    }

    /// `k, v in`: the names of what a `for` goes through.
    pub(crate) fn for_names(&mut self) -> Option<(Option<Name<'t>>, Name<'t>)> {
        self.skip();
        let first = self.name();
        let second = if first.is_some() && self.eat(",") {
            self.skip();
            Some(self.name())
        } else {
            None
        };
        let names = match (first, second) {
            (Some(index), Some(Some(element))) => (Some(index), element),
            (Some(element), None) => (None, element),
            _ => {
                let here = self.here();
                self.report(complaint::no_for_name(here));
                return None;
            }
        };
        if self.word("in") {
            return Some(names);
        }
        let here = self.here();
        self.report(complaint::expected("`in`", "behind the names of `for`", here));
        None
    }

    /// An expression; nothing where it can't be read.
    pub(crate) fn whole(&mut self) -> Option<Expr<'t>> {
        Some(self.expression()).filter(|expr| expr.kind != ExprKind::Poison)
    }

    fn expect(&mut self, mark: &str, place: &str) -> Option<()> {
        if self.eat(mark) {
            return Some(());
        }
        let here = self.here();
        self.report(complaint::expected(&format!("`{mark}`"), place, here));
        None
    }

    pub(crate) fn next_is(&mut self, byte: u8) -> bool {
        self.skip();
        self.byte(0) == byte
    }

    /// Reports a list or map without its end.
    fn cut_off(&mut self, start: usize, open: &str, close: &str) -> Expr<'t> {
        let here = self.here();
        self.report(complaint::unclosed_bracket(open, close, start, here));
        Expr::poison(here)
    }

    /// Whether a list was left open: the line looks like the next attribute or block.
    fn is_cut_off(&self) -> bool {
        self.starts_line(self.at) && looks_like_item(self.rest())
    }

    /// Goes to one of these bytes, past whatever is nested and quoted.
    fn skip_to(&mut self, stops: &[u8]) {
        let mut depth = 0_usize;
        while !self.is_at_end() {
            match self.byte(0) {
                byte if depth == 0 && stops.contains(&byte) => return,
                b'\n' if depth == 0 && looks_like_item(&self.rest()[1..]) && !stops.contains(&b'}') => {
                    self.at += 1;
                    return;
                }
                b'[' | b'{' | b'(' => depth += 1,
                b']' | b'}' | b')' if depth == 0 => return,
                b']' | b'}' | b')' => depth -= 1,
                b'"' => {
                    let line = self.rest()[1..].find(['"', '\n']).unwrap_or(0);
                    self.at += line + 1;
                }
                _ => {}
            }
            self.at += self.rest().chars().next().map_or(1, char::len_utf8);
        }
    }
}
