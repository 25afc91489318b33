//! Brace expansion (bash manual, "Brace Expansion"): which braces of a word are one.

use crate::shell::ast::{Brace, BraceKind, Part, Text};

/// How deep braces may be inside each other.
const MAX_DEPTH: usize = 250;
/// How many steps the search for closing braces may take for each character, when most are not closed.
const STEPS: usize = 200;

/// What a word is made of for braces.
#[derive(Clone)]
enum Piece {
    /// A character of literal text.
    Byte(u8),
    Part(Part),
}

impl Piece {
    fn is(&self, byte: u8) -> bool {
        matches!(self, Piece::Byte(own) if *own == byte)
    }

    fn add(&self, literal: &mut Text, parts: &mut Vec<Part>) {
        match self {
            Piece::Byte(byte) => literal.push(*byte),
            Piece::Part(part) => {
                flush(literal, parts);
                parts.push(part.clone());
            }
        }
    }
}

/// Makes braces of the literal text into parts, where they are right; none if they are too deep. With `keeps_plain`, the
/// outermost ones have what they are without expansion.
pub(super) fn expand(parts: Vec<Part>, keeps_plain: bool) -> Option<Vec<Part>> {
    let may_expand = parts.iter().any(|part| match part {
        Part::Literal(text) => text.contains(&b',') || text.windows(2).any(|pair| pair == b".."),
        _ => false,
    });
    if !may_expand {
        return Some(parts);
    }
    let pieces = pieces(parts);
    let mut braces = Braces {
        pieces: &pieces,
        steps: pieces.len().saturating_mul(STEPS),
        keeps_plain,
    };
    braces.expand(0, pieces.len(), 0)
}

fn pieces(parts: Vec<Part>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for part in parts {
        match part {
            Part::Literal(text) => pieces.extend(text.into_iter().map(Piece::Byte)),
            part => pieces.push(Piece::Part(part)),
        }
    }
    pieces
}

struct Braces<'p> {
    pieces: &'p [Piece],
    /// How many more steps the search may take.
    steps: usize,
    keeps_plain: bool,
}

impl Braces<'_> {
    fn expand(&mut self, start: usize, end: usize, depth: usize) -> Option<Vec<Part>> {
        if depth > MAX_DEPTH {
            return None;
        }
        let mut parts = Vec::new();
        let mut literal = Text::new();
        let mut at = start;
        while at < end {
            let mut behind = at + 1;
            if self.pieces[at].is(b'{')
                && let Some(closing) = self.closing(at, end)
            {
                behind = closing + 1;
                if let Some(brace) = self.brace(at, closing, depth)? {
                    flush(&mut literal, &mut parts);
                    parts.push(Part::Brace(Box::new(brace)));
                    at = behind;
                }
            }
            // What is no brace expansion is text, with all that is inside.
            for piece in &self.pieces[at..behind] {
                piece.add(&mut literal, &mut parts);
            }
            at = behind;
        }
        flush(&mut literal, &mut parts);
        Some(parts)
    }

    /// The brace expansion between two braces, if it is one.
    fn brace(&mut self, start: usize, closing: usize, depth: usize) -> Option<Option<Brace>> {
        let inside = &self.pieces[start + 1..closing];
        let kind = if inside.iter().any(|piece| piece.is(b',')) {
            let mut alternatives = Vec::new();
            for (from, to) in self.alternatives(start + 1, closing) {
                let mut parts = self.expand(from, to, depth + 1)?;
                if start == 0 && depth == 0 {
                    begin_with_tilde(&mut parts);
                }
                alternatives.push(parts);
            }
            BraceKind::Alternatives(alternatives)
        } else {
            match sequence(inside) {
                Some(kind) => kind,
                None => return Some(None),
            }
        };
        let mut plain = Vec::new();
        if depth == 0 && self.keeps_plain {
            let mut literal = Text::new();
            for piece in &self.pieces[start..=closing] {
                piece.add(&mut literal, &mut plain);
            }
            flush(&mut literal, &mut plain);
        }
        Some(Some(Brace { plain, kind }))
    }

    /// The brace that closes the one at some place: the first that has a comma or `..` before it.
    fn closing(&mut self, start: usize, end: usize) -> Option<usize> {
        let mut depth = 0_usize;
        let mut separates = false;
        for at in start + 1..end {
            self.steps = self.steps.checked_sub(1)?;
            let Piece::Byte(byte) = self.pieces[at] else {
                continue;
            };
            match byte {
                b'{' => depth += 1,
                b'}' if depth > 0 => depth -= 1,
                b'}' if separates => return Some(at),
                b',' if depth == 0 => separates = true,
                b'.' if depth == 0 && !separates => {
                    let next = |offset: usize, byte| {
                        self.pieces[..end]
                            .get(at + offset)
                            .is_some_and(|piece| piece.is(byte))
                    };
                    separates = next(1, b'.') && !next(2, b'}');
                }
                _ => {}
            }
        }
        None
    }

    /// What the commas between two places separate.
    fn alternatives(&self, start: usize, end: usize) -> Vec<(usize, usize)> {
        let mut alternatives = Vec::new();
        let (mut from, mut depth) = (start, 0_usize);
        for at in start..end {
            match self.pieces[at] {
                Piece::Byte(b'{') => depth += 1,
                Piece::Byte(b'}') => depth = depth.saturating_sub(1),
                Piece::Byte(b',') if depth == 0 => {
                    alternatives.push((from, at));
                    from = at + 1;
                }
                _ => {}
            }
        }
        alternatives.push((from, end));
        alternatives
    }
}

fn flush(literal: &mut Text, parts: &mut Vec<Part>) {
    if !literal.is_empty() {
        parts.push(Part::Literal(std::mem::take(literal)));
    }
}

/// A tilde that an alternative begins with begins a word.
fn begin_with_tilde(parts: &mut Vec<Part>) {
    let Some(Part::Literal(text)) = parts.first_mut() else {
        return;
    };
    if text.first() != Some(&b'~') {
        return;
    }
    let end = text
        .iter()
        .position(|byte| matches!(byte, b'/' | b':'))
        .unwrap_or(text.len());
    let rest = text.split_off(end);
    let name = text.split_off(1);
    parts[0] = Part::Tilde(name);
    if !rest.is_empty() {
        parts.insert(1, Part::Literal(rest));
    }
}

/// `first..last` or `first..last..step`
fn sequence(pieces: &[Piece]) -> Option<BraceKind> {
    let mut text = Text::new();
    for piece in pieces {
        match piece {
            Piece::Byte(byte) => text.push(*byte),
            Piece::Part(_) => return None,
        }
    }
    let (first, rest) = split(&text)?;
    let (last, step) = match split(rest) {
        Some((last, step)) => (last, number(step)?),
        None => (rest, 1),
    };
    if let (Some(from), Some(to)) = (number(first), number(last)) {
        let is_padded = |text: &[u8]| {
            let digits = text
                .strip_prefix(b"-")
                .or(text.strip_prefix(b"+"))
                .unwrap_or(text);
            digits.len() > 1 && digits[0] == b'0'
        };
        let width = match is_padded(first) || is_padded(last) {
            true => first.len().max(last.len()),
            false => 0,
        };
        return Some(BraceKind::Numbers {
            first: from,
            last: to,
            step: direction(step, from <= to)?,
            width,
        });
    }
    match (first, last) {
        ([from], [to]) if from.is_ascii_alphabetic() && to.is_ascii_alphabetic() => {
            Some(BraceKind::Characters {
                first: *from,
                last: *to,
                step: direction(step, from <= to)?,
            })
        }
        _ => None,
    }
}

/// The step in the direction of the sequence; 0 is 1.
fn direction(step: i64, is_up: bool) -> Option<i64> {
    let size = if step == 0 { 1 } else { step.checked_abs()? };
    Some(if is_up { size } else { -size })
}

fn split(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = text.windows(2).position(|pair| pair == b"..")?;
    Some((&text[..at], &text[at + 2..]))
}

fn number(text: &[u8]) -> Option<i64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}
