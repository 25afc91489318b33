//! `[[ … ]]`

use std::ops::ControlFlow;

use crate::regex::{self, Captures, Regex};
use crate::shell::Shell;
use crate::shell::ast::{TestExpression, TestOperator, Word};
use crate::shell::flow::{Error, Flow, Jump};
use crate::shell::options::Shopt;
use crate::shell::pattern::Pattern;
use crate::shell::printer;
use crate::shell::symbol::Symbol;
use crate::shell::value::{Indexed, Value};

/// The status of a bad regular expression (bash manual, "Conditional Constructs").
const BAD_REGEX: i32 = 2;

impl Shell {
    /// The status of an expression: 0 when it holds, 1 when it does not, 2 when it has a bad regular expression.
    #[inline(never)]
    pub(super) fn run_test(&mut self, expression: &TestExpression) -> Flow {
        match expression {
            TestExpression::Or(one, other) => match self.run_test(one)? {
                0 => Flow::Continue(0),
                _ => self.run_test(other),
            },
            TestExpression::And(one, other) => match self.run_test(one)? {
                0 => self.run_test(other),
                status => Flow::Continue(status),
            },
            TestExpression::Not(inner) => {
                let status = self.run_test(inner)?;
                Flow::Continue(i32::from(status == 0))
            }
            TestExpression::Group(inner) => self.run_test(inner),
            primary => match self.holds(primary) {
                ControlFlow::Continue(holds) => Flow::Continue(i32::from(!holds)),
                ControlFlow::Break(Jump::Discard(Error::Command, BAD_REGEX)) => {
                    Flow::Continue(BAD_REGEX)
                }
                ControlFlow::Break(jump) => ControlFlow::Break(jump),
            },
        }
    }

    /// Whether an expression without others in it holds.
    fn holds(&mut self, expression: &TestExpression) -> Flow<bool> {
        Flow::Continue(match expression {
            TestExpression::Or(..)
            | TestExpression::And(..)
            | TestExpression::Not(_)
            | TestExpression::Group(_) => self.run_test(expression)? == 0,
            TestExpression::Word(word) => {
                let text = self.expand_compared(word)?;
                self.trace_test(&[b"-n ", shown(&text)].concat())?;
                !text.is_empty()
            }
            TestExpression::Unary(operator, word) => {
                let text = self.expand_compared(word)?;
                self.trace_test(&[&[b'-', *operator, b' '][..], shown(&text)].concat())?;
                // The word has been expanded, so that the key in it is one as it stands.
                *operator == b'v' && self.key_as_written(&text).is_some()
                    || self.unary_test(*operator, &text)?
            }
            TestExpression::Binary(left, operator, right) => {
                self.compare(left, *operator, right)?
            }
        })
    }

    fn compare(&mut self, left: &Word, operator: TestOperator, right: &Word) -> Flow<bool> {
        let left = self.expand_compared(left)?;
        let right = match operator {
            TestOperator::Matches | TestOperator::Equals | TestOperator::Differs => {
                self.expand_pattern(right)?
            }
            TestOperator::Regex => self.expand_regex(right)?,
            _ => self.expand_compared(right)?,
        };
        let name = printer::operator_text(operator);
        self.trace_test(&[shown(&left), b" ", name.as_bytes(), b" ", shown(&right)].concat())?;
        let ignore_case = self.has_shopt(Shopt::NoCaseMatch);
        let ordering = match operator {
            TestOperator::Matches | TestOperator::Equals => {
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
                // What is no number compares as false.
                let Some(left) = self.evaluate_operand(&left)? else {
                    return Flow::Continue(false);
                };
                let Some(right) = self.evaluate_operand(&right)? else {
                    return Flow::Continue(false);
                };
                left.cmp(&right)
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
        let options = regex::Options {
            ignore_case,
            ..regex::Options::extended()
        };
        let mut captures = Captures::default();
        let searched =
            Regex::new(source, options).and_then(|regex| regex.captures_at(text, 0, &mut captures));
        let Ok(found) = searched else {
            return ControlFlow::Break(Jump::Discard(Error::Command, BAD_REGEX));
        };
        let count = if found { captures.len() } else { 0 };
        let groups = (0..count).map(|group| match captures.get(group) {
            Some((start, end)) => text.get(start..end).unwrap_or_default().to_vec(),
            None => Vec::new(),
        });
        let groups = Indexed::from_iter(groups);
        self.state.variables.edit(Symbol::BASH_REMATCH).value = Value::Indexed(groups);
        Flow::Continue(found)
    }
}

/// A word as the trace shows it: without quotes, but for one that is empty.
fn shown(text: &[u8]) -> &[u8] {
    match text {
        b"" => b"''",
        text => text,
    }
}
