//! `[[ … ]]`

use std::ops::ControlFlow;

use crate::shell::Shell;
use crate::shell::ast::{TestExpression, TestOperator, Word};
use crate::shell::flow::{Flow, Jump};
use crate::shell::options::Shopt;
use crate::shell::pattern::Pattern;
use crate::shell::printer;
use crate::shell::symbol::Symbol;
use crate::shell::value::{Indexed, Value};

impl Shell {
    /// The status of an expression: 0 when it holds, 1 when it does not, 2 for an error in it.
    pub(super) fn run_test(&mut self, expression: &TestExpression) -> Flow {
        match self.holds(expression) {
            ControlFlow::Continue(holds) => Flow::Continue(i32::from(!holds)),
            // An error in an operand is that of the command.
            ControlFlow::Break(Jump::Discard(status)) => Flow::Continue(status),
            ControlFlow::Break(jump) => ControlFlow::Break(jump),
        }
    }

    fn holds(&mut self, expression: &TestExpression) -> Flow<bool> {
        Flow::Continue(match expression {
            TestExpression::Or(one, other) => self.holds(one)? || self.holds(other)?,
            TestExpression::And(one, other) => self.holds(one)? && self.holds(other)?,
            TestExpression::Not(inner) => !self.holds(inner)?,
            TestExpression::Word(word) => {
                let text = self.expand_text(word)?;
                self.trace_test(&[b"-n ", super::trace::traced_word(&text).as_slice()].concat())?;
                !text.is_empty()
            }
            TestExpression::Unary(operator, word) => {
                let text = self.expand_text(word)?;
                let shown = super::trace::traced_word(&text);
                self.trace_test(&[&[b'-', *operator, b' '][..], &shown].concat())?;
                self.unary_test(*operator, &text)?
            }
            TestExpression::Binary(left, operator, right) => {
                self.compare(left, *operator, right)?
            }
        })
    }

    fn compare(&mut self, left: &Word, operator: TestOperator, right: &Word) -> Flow<bool> {
        let left = self.expand_text(left)?;
        let right = match operator {
            TestOperator::Matches | TestOperator::Differs => self.expand_pattern(right)?,
            TestOperator::Regex => self.expand_regex(right)?,
            _ => self.expand_text(right)?,
        };
        let name = printer::operator_text(operator);
        let shown = super::trace::traced_word(&left);
        self.trace_test(&[shown.as_slice(), b" ", name.as_bytes(), b" ", &right].concat())?;
        let ignore_case = self.has_shopt(Shopt::NoCaseMatch);
        let ordering = match operator {
            TestOperator::Matches => {
                return Flow::Continue(Pattern::new(&right, true, ignore_case).matches(&left));
            }
            TestOperator::Differs => {
                return Flow::Continue(!Pattern::new(&right, true, ignore_case).matches(&left));
            }
            TestOperator::Regex => return self.match_regex(&left, &right, ignore_case),
            TestOperator::Before => return Flow::Continue(left < right),
            TestOperator::After => return Flow::Continue(left > right),
            TestOperator::Newer | TestOperator::Older | TestOperator::SameFile => {
                return self.binary_test(&left, name.as_bytes(), &right);
            }
            _ => {
                let left = self.evaluate_text(&left)?;
                left.cmp(&self.evaluate_text(&right)?)
            }
        };
        Flow::Continue(match operator {
            TestOperator::Equal => ordering.is_eq(),
            TestOperator::NotEqual => ordering.is_ne(),
            TestOperator::Less => ordering.is_lt(),
            TestOperator::AtMost => ordering.is_le(),
            TestOperator::Greater => ordering.is_gt(),
            _ => ordering.is_ge(),
        })
    }

    /// `=~`: BASH_REMATCH gets what the whole and the groups matched.
    fn match_regex(&mut self, text: &[u8], source: &[u8], ignore_case: bool) -> Flow<bool> {
        let Some(groups) = self.matched_groups(text, source, ignore_case) else {
            // The status of a bad expression (bash manual, "Conditional Constructs").
            return ControlFlow::Break(Jump::Discard(2));
        };
        let found = groups.is_some();
        let array = Indexed::from_iter(groups.unwrap_or_default());
        self.state.variables.edit(Symbol::BASH_REMATCH).value = Value::Indexed(array);
        Flow::Continue(found)
    }

    /// What the whole and the groups of an expression match; none inside when it does not match, and none at all when it is
    /// no expression.
    fn matched_groups(
        &self,
        text: &[u8],
        source: &[u8],
        ignore_case: bool,
    ) -> Option<Option<Vec<Vec<u8>>>> {
        super::regex::groups(text, source, ignore_case)
    }
}
