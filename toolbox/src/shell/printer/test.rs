//! The expression of `[[ ]]` as text.

use super::Printer;
use crate::shell::ast::{TestExpression, TestOperator};

impl Printer {
    pub(super) fn test(&mut self, expression: &TestExpression) {
        match expression {
            TestExpression::Or(one, other) => {
                self.test(one);
                self.put(" || ");
                self.test(other);
            }
            TestExpression::And(one, other) => {
                self.test(one);
                self.put(" && ");
                self.test(other);
            }
            TestExpression::Not(inner) => {
                self.put("! ");
                self.test(inner);
            }
            TestExpression::Group(inner) => {
                self.put("( ");
                self.test(inner);
                self.put(" )");
            }
            TestExpression::Unary(letter, word) => {
                self.put("-");
                self.text.push(*letter);
                self.put(" ");
                self.word(word);
            }
            TestExpression::Binary(left, operator, right) => {
                self.word(left);
                self.put(" ");
                self.put(operator_text(*operator));
                self.put(" ");
                self.word(right);
            }
            TestExpression::Word(word) => {
                self.put("-n ");
                self.word(word);
            }
        }
    }
}

/// How an operator of `[[` is written.
pub fn operator_text(operator: TestOperator) -> &'static str {
    match operator {
        TestOperator::Matches => "==",
        TestOperator::Equals => "=",
        TestOperator::Differs => "!=",
        TestOperator::Regex => "=~",
        TestOperator::Before => "<",
        TestOperator::After => ">",
        TestOperator::Equal => "-eq",
        TestOperator::NotEqual => "-ne",
        TestOperator::Less => "-lt",
        TestOperator::AtMost => "-le",
        TestOperator::Greater => "-gt",
        TestOperator::AtLeast => "-ge",
        TestOperator::Newer => "-nt",
        TestOperator::Older => "-ot",
        TestOperator::SameFile => "-ef",
    }
}
