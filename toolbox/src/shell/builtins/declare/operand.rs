//! An operand of a declaration: `name`, `name=value`, `name[subscript]+=value` or `name=(…)`.

use crate::shell::access::is_name;
use crate::shell::ast::{ArrayElement, AssignedValue, Assignment, Index, Subject, Subscript, Word};
use crate::shell::builtins::Argument;
use crate::shell::parser;
use crate::shell::symbol::Symbol;

pub struct Operand<'a> {
    pub name: Symbol,
    pub subscript: Option<Box<Index>>,
    /// The subscript is `[@]` or `[*]`.
    pub is_each: bool,
    /// `+=`
    pub append: bool,
    pub value: Assigned<'a>,
}

#[derive(Clone, Copy)]
pub enum Assigned<'a> {
    Nothing,
    Text(&'a [u8]),
    Array(&'a [ArrayElement]),
}

impl<'a> Operand<'a> {
    /// Takes an argument apart; none when it begins with no name.
    pub fn new(argument: &'a Argument<'_>) -> Option<Self> {
        match argument {
            Argument::Text(text) => Self::of_text(text),
            Argument::Array(assignment) => {
                let AssignedValue::Array(elements) = &assignment.value else {
                    return None;
                };
                Some(Self {
                    name: assignment.name,
                    subscript: assignment.subscript.clone(),
                    is_each: false,
                    append: assignment.append,
                    value: Assigned::Array(elements),
                })
            }
        }
    }

    fn of_text(text: &'a [u8]) -> Option<Self> {
        let (target, append, value) = split(text);
        let value = value.map_or(Assigned::Nothing, Assigned::Text);
        let (name, subscript, is_each) = if is_name(target) {
            (Symbol::new(target), None, false)
        } else {
            match parser::parameter_name(target)? {
                Subject::Element(name, Subscript::Index(index)) => (name, Some(index), false),
                Subject::Element(name, _) if matches!(value, Assigned::Nothing) => {
                    (name, None, true)
                }
                _ => return None,
            }
        };
        Some(Self {
            name,
            subscript,
            is_each,
            append,
            value,
        })
    }

    /// Whether it is about a variable, not about an element.
    pub fn is_whole(&self) -> bool {
        self.subscript.is_none() && !self.is_each
    }

    /// The operand as an assignment of the grammar, for what the interpreter does with these.
    pub fn assignment(&self, value: &[u8]) -> Assignment {
        Assignment {
            name: self.name,
            subscript: self.subscript.clone(),
            append: self.append,
            value: AssignedValue::Scalar(Word::quoted(value.to_vec())),
        }
    }
}

/// A word that was refused, as messages of `export` and `readonly` show it: of an element, without its value.
pub fn shown(text: &[u8]) -> &[u8] {
    let (target, ..) = split(text);
    match target.contains(&b'[') && parser::parameter_name(target).is_some() {
        true => target,
        false => text,
    }
}

/// The target, whether it is appended to, and the value. An equals sign in a subscript ends no target.
fn split(text: &[u8]) -> (&[u8], bool, Option<&[u8]>) {
    let mut depth = 0_usize;
    let end = text.iter().position(|byte| {
        match byte {
            b'[' => depth += 1,
            b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        *byte == b'=' && depth == 0
    });
    let Some(end) = end else {
        return (text, false, None);
    };
    let (target, value) = text.split_at(end);
    let value = value.get(1..);
    match target.strip_suffix(b"+") {
        Some(target) => (target, true, value),
        None => (target, false, value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Option<(String, Option<String>, bool, Option<String>)> {
        let operand = Operand::of_text(text.as_bytes())?;
        let shown = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
        let value = match operand.value {
            Assigned::Text(text) => Some(shown(text)),
            _ => None,
        };
        let subscript = operand.subscript.map(|index| shown(&index.word.source));
        Some((
            shown(&operand.name.name()),
            subscript,
            operand.append,
            value,
        ))
    }

    #[test]
    fn an_operand_comes_apart_at_its_equals_sign() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(parts("a"), Some(("a".into(), None, false, None)));
        assert_eq!(parts("a=b=c"), Some(("a".into(), None, false, some("b=c"))));
        assert_eq!(parts("a+="), Some(("a".into(), None, true, some(""))));
        assert_eq!(
            parts("a[x=1]+=v"),
            Some(("a".into(), some("x=1"), true, some("v")))
        );
    }

    #[test]
    fn what_begins_with_no_name_is_no_operand() {
        for text in [
            "", "=", "1x", "1x=2", "a b", "a b=3", "a]=1", "a[1]x=2", "-i",
        ] {
            assert_eq!(parts(text), None, "{text}");
        }
    }
}
