//! What operators stand between: values, references, calls, and the steps behind them.

use crate::complaint;
use crate::cursor::{Cursor, name_length};
use crate::tree::{Expr, ExprKind, Name, Step};
use hlmc_syntax::Span;

impl<'t> Cursor<'t> {
    /// A term and the steps behind it: `.name`, `[key]`, `.*`, `[*]`.
    pub(crate) fn traversal(&mut self) -> Expr<'t> {
        let mut expr = self.term();
        loop {
            if expr.kind == ExprKind::Poison {
                return expr;
            }
            self.skip();
            let start = self.at;
            expr = match (self.byte(0), self.byte(1)) {
                (b'.', b'.') => return expr,
                (b'.', b'*') => {
                    self.at += 2;
                    self.splat(expr, false)
                }
                (b'[', b'*') => {
                    self.at += 2;
                    if !self.eat("]") {
                        let here = self.here();
                        self.report(complaint::unclosed_bracket("[", "]", start, here));
                        return Expr::poison(here);
                    }
                    self.splat(expr, true)
                }
                (b'.', _) | (b'[', _) => match self.step() {
                    Some(Step::Attr(name)) => {
                        let span = expr.span.join(name.span);
                        Expr::new(ExprKind::Attr(Box::new(expr), name), span)
                    }
                    Some(Step::Index(key)) => {
                        let span = expr.span.join(self.span_from(start));
                        Expr::new(ExprKind::Index(Box::new(expr), Box::new(key)), span)
                    }
                    None => Expr::poison(self.span_from(start)),
                },
                _ => return expr,
            };
        }
    }

    fn splat(&mut self, of: Expr<'t>, full: bool) -> Expr<'t> {
        let mut steps = Vec::new();
        loop {
            self.skip();
            let more = match self.byte(0) {
                b'.' => self.byte(1) != b'.' && self.byte(1) != b'*',
                b'[' => full && self.byte(1) != b'*',
                _ => false,
            };
            if !more {
                break;
            }
            match self.step() {
                Some(step) => steps.push(step),
                None => return Expr::poison(self.here()),
            }
        }
        let span = self.span_from(of.span.start as usize);
        Expr::new(ExprKind::Splat(Box::new(of), steps), span)
    }

    /// `.name`, `.0` or `[key]`.
    fn step(&mut self) -> Option<Step<'t>> {
        let start = self.at;
        if self.eat("[") {
            let key = self.within(true, Self::expression);
            if key.kind == ExprKind::Poison {
                return None;
            }
            if !self.within(true, |cursor| cursor.eat("]")) {
                let here = self.here();
                self.report(complaint::unclosed_bracket("[", "]", start, here));
                return None;
            }
            return Some(Step::Index(key));
        }
        self.at += 1;
        self.skip();
        if let Some(name) = self.name() {
            return Some(Step::Attr(name));
        }
        let number = self.at;
        while self.byte(0).is_ascii_digit() {
            self.at += 1;
        }
        let span = self.span_from(number);
        if !span.is_empty() {
            return Some(Step::Index(Expr::new(ExprKind::Number(span.of(self.text)), span)));
        }
        let here = self.here();
        self.report(complaint::no_step(here));
        None
    }

    fn term(&mut self) -> Expr<'t> {
        self.skip();
        let start = self.at;
        match self.byte(0) {
            b'"' => self.quoted(),
            b'<' if self.byte(1) == b'<' => self.heredoc(),
            b'[' => self.tuple(),
            b'{' => self.object(),
            b'(' => self.parens(),
            b'0'..=b'9' => self.number(),
            b'-' => self.prefixed(ExprKind::Negate),
            b'!' => self.prefixed(ExprKind::Not),
            _ => match self.name() {
                Some(name) => self.named(name),
                None => {
                    let here = self.here();
                    self.report(complaint::no_expression(here, self.rest()));
                    Expr::poison(self.span_from(start))
                }
            },
        }
    }

    fn prefixed(&mut self, kind: fn(Box<Expr<'t>>) -> ExprKind<'t>) -> Expr<'t> {
        let start = self.at;
        self.at += 1;
        let of = self.deeper(Self::traversal).unwrap_or_else(|| Expr::poison(Span::default()));
        if of.kind == ExprKind::Poison {
            return of;
        }
        Expr::new(kind(Box::new(of)), self.span_from(start))
    }

    fn parens(&mut self) -> Expr<'t> {
        let start = self.at;
        self.at += 1;
        let inner = self.within(true, Self::expression);
        if inner.kind == ExprKind::Poison {
            return inner;
        }
        if !self.within(true, |cursor| cursor.eat(")")) {
            let here = self.here();
            self.report(complaint::unclosed_bracket("(", ")", start, here));
            return Expr::poison(here);
        }
        Expr::new(ExprKind::Parens(Box::new(inner)), self.span_from(start))
    }

    fn number(&mut self) -> Expr<'t> {
        let start = self.at;
        self.digits();
        if self.byte(0) == b'.' && self.byte(1).is_ascii_digit() {
            self.at += 1;
            self.digits();
        }
        let exponent = usize::from(matches!(self.byte(1), b'+' | b'-'));
        if matches!(self.byte(0), b'e' | b'E') && self.byte(1 + exponent).is_ascii_digit() {
            self.at += 1 + exponent;
            self.digits();
        }
        let span = self.span_from(start);
        let behind = name_length(self.rest());
        if behind > 0 {
            self.at += behind;
            let all = self.span_from(start);
            self.report(complaint::bad_number(all, all.of(self.text)));
            return Expr::poison(all);
        }
        Expr::new(ExprKind::Number(span.of(self.text)), span)
    }

    fn digits(&mut self) {
        while self.byte(0).is_ascii_digit() {
            self.at += 1;
        }
    }

    fn named(&mut self, name: Name<'t>) -> Expr<'t> {
        self.skip();
        if self.byte(0) == b'(' {
            return self.call(name);
        }
        let kind = match name.text {
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "null" => ExprKind::Null,
            other => ExprKind::Variable(other),
        };
        Expr::new(kind, name.span)
    }

    fn call(&mut self, name: Name<'t>) -> Expr<'t> {
        let open = self.at;
        self.at += 1;
        self.within(true, |cursor| {
            let (mut arguments, mut spread) = (Vec::new(), false);
            while !cursor.eat(")") {
                let argument = cursor.expression();
                if argument.kind == ExprKind::Poison {
                    return argument;
                }
                arguments.push(argument);
                spread = cursor.eat("...");
                if spread || !cursor.eat(",") {
                    if cursor.eat(")") {
                        break;
                    }
                    let here = cursor.here();
                    cursor.report(complaint::unclosed_bracket("(", ")", open, here));
                    return Expr::poison(here);
                }
            }
            let span = cursor.span_from(name.span.start as usize);
            Expr::new(ExprKind::Call { name, arguments, spread }, span)
        })
    }
}
