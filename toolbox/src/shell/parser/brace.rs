//! Brace expansion: the parts of a word that make several words of it.

use crate::shell::ast::{Brace, BraceKind, Part, Text};

/// How deep braces are looked for inside of braces.
const MAX_DEPTH: usize = 100;

/// Finds the braces in the literal parts of a word.
pub(super) fn expand(parts: &mut Vec<Part>) {
    let has = |wanted: u8| {
        parts
            .iter()
            .any(|part| matches!(part, Part::Literal(text) if text.contains(&wanted)))
    };
    if !has(b'{') || !has(b'}') {
        return;
    }
    let mut atoms = Vec::new();
    for part in parts.drain(..) {
        match part {
            Part::Literal(text) => atoms.extend(text.into_iter().map(Atom::Byte)),
            part => atoms.push(Atom::Part(part)),
        }
    }
    *parts = braces(&atoms, 0);
}

#[derive(Clone)]
enum Atom {
    Byte(u8),
    Part(Part),
}

fn is(atom: Option<&Atom>, byte: u8) -> bool {
    matches!(atom, Some(Atom::Byte(found)) if *found == byte)
}

fn plain(atoms: &[Atom]) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for atom in atoms {
        match (atom, parts.last_mut()) {
            (Atom::Byte(byte), Some(Part::Literal(text))) => text.push(*byte),
            (Atom::Byte(byte), _) => parts.push(Part::Literal(vec![*byte])),
            (Atom::Part(part), _) => parts.push(part.clone()),
        }
    }
    parts
}

fn join(parts: &mut Vec<Part>, more: Vec<Part>) {
    for part in more {
        match (parts.last_mut(), part) {
            (Some(Part::Literal(before)), Part::Literal(text)) => before.extend(text),
            (_, part) => parts.push(part),
        }
    }
}

fn braces(atoms: &[Atom], depth: usize) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut from = 0;
    let mut at = 0;
    while at < atoms.len() {
        if is(atoms.get(at), b'{')
            && depth < MAX_DEPTH
            && let Some((brace, end)) = brace(atoms, at, depth)
        {
            join(&mut parts, plain(&atoms[from..at]));
            parts.push(Part::Brace(Box::new(brace)));
            at = end;
            from = end;
        } else {
            at += 1;
        }
    }
    join(&mut parts, plain(&atoms[from..]));
    parts
}

/// The brace that opens at `start`, and where it ends; none if that is no brace expansion.
fn brace(atoms: &[Atom], start: usize, depth: usize) -> Option<(Brace, usize)> {
    let mut level = 0_usize;
    let mut commas = Vec::new();
    let mut end = None;
    for (at, atom) in atoms.iter().enumerate().skip(start) {
        match atom {
            Atom::Byte(b'{') => level += 1,
            Atom::Byte(b'}') => {
                level -= 1;
                if level == 0 {
                    end = Some(at);
                    break;
                }
            }
            Atom::Byte(b',') if level == 1 => commas.push(at),
            _ => {}
        }
    }
    let end = end?;
    let inner = &atoms[start + 1..end];
    let kind = if commas.is_empty() {
        sequence(inner)?
    } else {
        let mut alternatives = Vec::new();
        let mut from = start + 1;
        for comma in commas.into_iter().chain([end]) {
            alternatives.push(braces(&atoms[from..comma], depth + 1));
            from = comma + 1;
        }
        BraceKind::Alternatives(alternatives)
    };
    let plain = plain(&atoms[start..=end]);
    Some((Brace { plain, kind }, end + 1))
}

/// `first..last` or `first..last..step`
fn sequence(atoms: &[Atom]) -> Option<BraceKind> {
    let text: Option<Text> = atoms
        .iter()
        .map(|atom| match atom {
            Atom::Byte(byte) => Some(*byte),
            Atom::Part(_) => None,
        })
        .collect();
    let text = String::from_utf8(text?).ok()?;
    let mut fields = text.split("..");
    let (first, last, step) = (fields.next()?, fields.next()?, fields.next());
    if fields.next().is_some() {
        return None;
    }
    let step: Option<i64> = match step {
        None => None,
        Some(step) => Some(step.parse().ok()?),
    };
    if let (Some(from), Some(to)) = (number(first), number(last)) {
        let has_zeros = |text: &str| {
            let digits = text.trim_start_matches(['-', '+']);
            digits.len() > 1 && digits.starts_with('0')
        };
        let width = match has_zeros(first) || has_zeros(last) {
            true => first.len().max(last.len()),
            false => 0,
        };
        return Some(BraceKind::Numbers {
            first: from,
            last: to,
            step: step.unwrap_or(0),
            width,
        });
    }
    match (first.as_bytes(), last.as_bytes()) {
        ([from], [to]) if from.is_ascii_alphabetic() && to.is_ascii_alphabetic() => {
            Some(BraceKind::Characters {
                first: *from,
                last: *to,
                step: step.unwrap_or(0),
            })
        }
        _ => None,
    }
}

fn number(text: &str) -> Option<i64> {
    let digits = text.trim_start_matches(['-', '+']);
    let is_number = !digits.is_empty() && text.len() - digits.len() <= 1;
    (is_number && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}
