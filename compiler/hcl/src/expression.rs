//! Expressions: operators by their precedence, and the choice between two.

use crate::complaint;
use crate::cursor::Cursor;
use crate::tree::{Expr, ExprKind, Operator};

/// The operators from the loosest to the tightest. Longer marks stand before those they start with.
const LEVELS: &[&[(&str, Operator)]] = &[
    &[("||", Operator::Or)],
    &[("&&", Operator::And)],
    &[("==", Operator::Equal), ("!=", Operator::NotEqual)],
    &[(">=", Operator::GreaterOrEqual), ("<=", Operator::LessOrEqual), (">", Operator::Greater), ("<", Operator::Less)],
    &[("+", Operator::Add), ("-", Operator::Subtract)],
    &[("*", Operator::Multiply), ("/", Operator::Divide), ("%", Operator::Remainder)],
];

impl<'t> Cursor<'t> {
    /// Reads an expression.
    pub(crate) fn expression(&mut self) -> Expr<'t> {
        let here = self.here();
        self.deeper(Self::conditional).unwrap_or_else(|| Expr::poison(here))
    }

    fn conditional(&mut self) -> Expr<'t> {
        let condition = self.binary(0);
        if condition.kind == ExprKind::Poison || !self.eat("?") {
            return condition;
        }
        let yes = self.expression();
        if yes.kind == ExprKind::Poison {
            return yes;
        }
        if !self.eat(":") {
            let here = self.here();
            self.report(complaint::no_colon(here, condition.span));
            return Expr::poison(here);
        }
        let no = self.expression();
        let span = condition.span.join(no.span);
        Expr::new(ExprKind::Conditional(Box::new([condition, yes, no])), span)
    }

    fn binary(&mut self, level: usize) -> Expr<'t> {
        let Some(operators) = LEVELS.get(level) else { return self.traversal() };
        let mut left = self.binary(level + 1);
        while left.kind != ExprKind::Poison {
            self.skip();
            let Some((mark, operator)) = operators.iter().find(|(mark, _)| self.is_operator(mark)) else { break };
            self.at += mark.len();
            let right = self.binary(level + 1);
            if right.kind == ExprKind::Poison {
                return right;
            }
            let span = left.span.join(right.span);
            left = Expr::new(ExprKind::Binary(*operator, Box::new([left, right])), span);
        }
        left
    }

    /// Whether an operator comes next. `=>` belongs to `for`, and `~}` isn't one.
    fn is_operator(&self, mark: &str) -> bool {
        let rest = self.rest();
        rest.starts_with(mark) && !(mark == "/" && (rest.starts_with("//") || rest.starts_with("/*")))
    }
}
