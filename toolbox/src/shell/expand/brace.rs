//! Brace expansion: one word after another, so that a long sequence takes no memory of its own.

use crate::shell::ast::{BraceKind, Part, Text};
use crate::shell::flow::Flow;

/// Calls `word` with the parts of each word that braces make.
pub(super) fn each(parts: &[Part], word: &mut dyn FnMut(&[Part]) -> Flow<()>) -> Flow<()> {
    let Some(at) = parts.iter().position(|part| matches!(part, Part::Brace(_))) else {
        // A word that is nothing at all is none.
        let is_empty = parts.iter().all(|part| matches!(part, Part::Literal(text) if text.is_empty()));
        return if is_empty { Flow::Continue(()) } else { word(parts) };
    };
    let (before, rest) = (&parts[..at], &parts[at + 1..]);
    let Some(Part::Brace(brace)) = parts.get(at) else {
        return word(parts);
    };
    let mut with = |middle: &[Part]| {
        let all: Vec<Part> = before.iter().chain(middle).chain(rest).cloned().collect();
        each(&all, word)
    };
    match &brace.kind {
        BraceKind::Alternatives(alternatives) => {
            for alternative in alternatives {
                with(alternative)?;
            }
        }
        BraceKind::Numbers { first, last, step, width } => {
            for number in Sequence::new(*first, *last, *step) {
                with(&[Part::Quoted(padded(number, *width))])?;
            }
        }
        BraceKind::Characters { first, last, step } => {
            for code in Sequence::new(i64::from(*first), i64::from(*last), *step) {
                let byte = u8::try_from(code).unwrap_or(b'?');
                with(&[Part::Quoted(vec![byte])])?;
            }
        }
    }
    Flow::Continue(())
}

/// The parts as they were written.
pub(super) fn without(parts: &[Part]) -> Vec<Part> {
    parts
        .iter()
        .flat_map(|part| match part {
            Part::Brace(brace) => brace.plain.clone(),
            part => vec![part.clone()],
        })
        .collect()
}

/// Numbers from one to another, the last one included if a step meets it.
struct Sequence {
    next: Option<i64>,
    last: i64,
    step: u64,
    down: bool,
}

impl Sequence {
    fn new(first: i64, last: i64, step: i64) -> Self {
        Self {
            next: Some(first),
            last,
            step: step.unsigned_abs().max(1),
            down: last < first,
        }
    }
}

impl Iterator for Sequence {
    type Item = i64;

    fn next(&mut self) -> Option<i64> {
        let number = self.next?;
        let left = self.last.abs_diff(number);
        self.next = match (left >= self.step, self.down) {
            (false, _) => None,
            (true, true) => number.checked_sub_unsigned(self.step),
            (true, false) => number.checked_add_unsigned(self.step),
        };
        Some(number)
    }
}

fn padded(number: i64, width: usize) -> Text {
    match number < 0 {
        true => format!("-{:0width$}", number.unsigned_abs(), width = width.saturating_sub(1)),
        false => format!("{number:0width$}"),
    }
    .into_bytes()
}
