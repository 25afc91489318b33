//! Brace expansion: one word becomes several.

use std::borrow::Cow;

use super::sink::Sink;
use crate::shell::Shell;
use crate::shell::ast::{BraceKind, Part, Subject, Text, Word};
use crate::shell::flow::Flow;
use crate::shell::options::SetOption;
use crate::shell::symbol::Symbol;

/// Parts that belong together behind each other.
type Row<'a> = Vec<Cow<'a, Part>>;

impl Shell {
    pub(super) fn has_braces(&self, word: &Word) -> bool {
        word.parts.iter().any(|part| matches!(part, Part::Brace(_)))
            && self.is_set(SetOption::BraceExpand)
    }

    /// The fields of a word with braces.
    pub(super) fn expand_braces(&mut self, word: &Word, sink: &mut Sink) -> Flow<()> {
        let rest: Vec<&Part> = word.parts.iter().collect();
        self.expand_row(&mut Vec::new(), &rest, sink)
    }

    /// Goes on behind parts without braces: at the first brace, once for each of its alternatives.
    fn expand_row<'a>(
        &mut self,
        before: &mut Row<'a>,
        rest: &[&'a Part],
        sink: &mut Sink,
    ) -> Flow<()> {
        let is_brace = |part: &&Part| matches!(part, Part::Brace(_));
        let Some(at) = rest.iter().position(is_brace) else {
            let mut parts = before
                .iter()
                .map(|part| &**part)
                .chain(rest.iter().copied())
                .peekable();
            while let Some(part) = parts.next() {
                let longer = parts.peek().and_then(|next| joined(part, next));
                match longer {
                    Some((parameter, text)) => {
                        parts.next();
                        self.expand_part(&parameter, false, sink)?;
                        self.expand_part(&text, false, sink)?;
                    }
                    None => self.expand_part(part, false, sink)?,
                }
            }
            sink.end_field();
            return Flow::Continue(());
        };
        let length = before.len();
        before.extend(rest[..at].iter().map(|part| Cow::Borrowed(*part)));
        let behind = &rest[at + 1..];
        if let Part::Brace(brace) = rest[at] {
            match &brace.kind {
                BraceKind::Alternatives(alternatives) => {
                    for alternative in alternatives {
                        let row: Vec<&Part> =
                            alternative.iter().chain(behind.iter().copied()).collect();
                        self.expand_row(before, &row, sink)?;
                    }
                }
                BraceKind::Numbers {
                    first,
                    last,
                    step,
                    width,
                } => {
                    for number in numbers(*first, *last, *step) {
                        let text = padded(number, *width);
                        if before.is_empty() && behind.is_empty() {
                            sink.push_field(text);
                            continue;
                        }
                        self.expand_element(before, Part::Literal(text), behind, sink)?;
                    }
                }
                BraceKind::Characters { first, last, step } => {
                    for number in numbers(i64::from(*first), i64::from(*last), *step) {
                        // It stays between two bytes.
                        let part = match number as u8 {
                            // What a backslash would quote is nothing.
                            b'\\' => Part::Quoted(Text::new()),
                            byte if byte.is_ascii_alphanumeric() => Part::Literal(vec![byte]),
                            byte => Part::Quoted(vec![byte]),
                        };
                        self.expand_element(before, part, behind, sink)?;
                    }
                }
            }
        }
        before.truncate(length);
        Flow::Continue(())
    }

    fn expand_element<'a>(
        &mut self,
        before: &mut Row<'a>,
        part: Part,
        behind: &[&'a Part],
        sink: &mut Sink,
    ) -> Flow<()> {
        before.push(Cow::Owned(part));
        self.expand_row(before, behind, sink)?;
        before.pop();
        Flow::Continue(())
    }
}

/// Braces are expanded before parameters: of `$x{a,b}`, the names are `xa` and `xb`. Gives the parameter with the longer
/// name and the rest of the text.
fn joined(part: &Part, next: &Part) -> Option<(Part, Part)> {
    let (Part::Parameter(parameter), Part::Literal(text)) = (part, next) else {
        return None;
    };
    let Subject::Variable(name) = parameter.subject else {
        return None;
    };
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let length = text
        .iter()
        .position(|byte| !is_name(byte))
        .unwrap_or(text.len());
    if length == 0 || parameter.source.starts_with(b"${") {
        return None;
    }
    let mut longer = parameter.clone();
    longer.subject = Subject::Variable(Symbol::new([&name.name()[..], &text[..length]].concat()));
    longer.source.extend_from_slice(&text[..length]);
    let rest = Part::Literal(text[length..].to_vec());
    Some((Part::Parameter(longer), rest))
}

/// The numbers of a sequence. The direction of the step does not matter.
fn numbers(first: i64, last: i64, step: i64) -> impl Iterator<Item = i64> {
    let size = step.unsigned_abs().max(1);
    let count = first.abs_diff(last) / size;
    let is_up = first <= last;
    (0..=count).map(move |number| {
        // It lies between the two ends, so that it cannot wrap around.
        let distance = number.wrapping_mul(size).cast_signed();
        match is_up {
            true => first.wrapping_add(distance),
            false => first.wrapping_sub(distance),
        }
    })
}

/// A number with zeros in front of it, up to a number of characters.
fn padded(number: i64, width: usize) -> Text {
    if width == 0 {
        let mut text = Text::new();
        crate::shell::arithmetic::put_number(number, &mut text);
        return text;
    }
    format!("{number:0width$}").into_bytes()
}
