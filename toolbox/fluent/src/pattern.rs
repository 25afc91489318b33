//! Formats the value of one message: text over several lines, placeables, and variants chosen by a value.

use crate::{FluentArgs, FluentValue};

/// What a pattern can refer to.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    pub args: Option<&'a FluentArgs<'a>>,
    /// The text of another message.
    pub message: &'a dyn Fn(&str) -> Option<&'a str>,
}

/// A part of a pattern, in the order of the text.
enum Piece<'a> {
    Text(&'a str),
    /// What stands between braces.
    Placeable(&'a str),
    /// Line ends, and the blanks before the text that follows them. Blanks before a placeable do not count.
    Break {
        lines: usize,
        indent: Option<usize>,
    },
}

/// The message at the start of `text`, formatted; what follows the message is left alone.
pub fn format(text: &str, scope: Scope) -> String {
    let (pieces, _) = split(text);
    let mut out = String::new();
    write(&pieces, scope, &mut out);
    out
}

/// Takes a pattern apart; also says how many bytes of `text` it has.
fn split(text: &str) -> (Vec<Piece<'_>>, usize) {
    let mut pieces = Vec::new();
    let mut position = text.len() - text.trim_start_matches(' ').len();
    while let Some(rest) = text.get(position..).filter(|rest| !rest.is_empty()) {
        let length = match rest.as_bytes() {
            [b'{', ..] => {
                let length = placeable_length(rest);
                pieces.push(Piece::Placeable(
                    rest.get(1..length.saturating_sub(1)).unwrap_or(""),
                ));
                length
            }
            [b'\n', ..] => {
                let (lines, indent, length) = line_break(rest);
                match rest.as_bytes().get(length) {
                    None | Some(b'.' | b'[' | b'*' | b'}') => break,
                    Some(b'{') => pieces.push(Piece::Break {
                        lines,
                        indent: None,
                    }),
                    Some(_) if indent == 0 => break,
                    Some(_) => pieces.push(Piece::Break {
                        lines,
                        indent: Some(indent),
                    }),
                }
                length
            }
            _ => {
                let length = rest.find(['\n', '{']).unwrap_or(rest.len());
                pieces.push(Piece::Text(rest.get(..length).unwrap_or("")));
                length
            }
        };
        position += length;
    }
    (pieces, position)
}

/// How many lines end, how far the next one is indented, and how many bytes that takes.
fn line_break(rest: &str) -> (usize, usize, usize) {
    let (mut lines, mut indent) = (0, 0);
    for (position, byte) in rest.bytes().enumerate() {
        match byte {
            b'\n' => (lines, indent) = (lines + 1, 0),
            b' ' => indent += 1,
            b'\r' => {}
            _ => return (lines, indent, position),
        }
    }
    (lines, indent, rest.len())
}

/// The length of a placeable with its braces.
fn placeable_length(rest: &str) -> usize {
    let (mut depth, mut quoted, mut escaped) = (0, false, false);
    for (position, byte) in rest.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' if !quoted => depth += 1,
            b'}' if !quoted => {
                depth -= 1;
                if depth == 0 {
                    return position + 1;
                }
            }
            _ => {}
        }
    }
    rest.len()
}

fn write(pieces: &[Piece], scope: Scope, out: &mut String) {
    let indents = pieces.iter().filter_map(|piece| match piece {
        Piece::Break { indent, .. } => *indent,
        _ => None,
    });
    let common = indents.min().unwrap_or(0);
    for (index, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Text(text) if index + 1 == pieces.len() => out.push_str(text.trim_end()),
            Piece::Text(text) => out.push_str(text),
            Piece::Placeable(inner) => placeable(inner, scope, out),
            Piece::Break { lines, indent } => {
                // The line end after `id =` is not part of the value.
                if index > 0 {
                    out.extend(std::iter::repeat_n('\n', *lines));
                }
                out.extend(std::iter::repeat_n(
                    ' ',
                    indent.map_or(0, |indent| indent - common),
                ));
            }
        }
    }
}

fn placeable(inner: &str, scope: Scope, out: &mut String) {
    let inner = inner.trim();
    if let Some(literal) = inner
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    {
        unescape(literal, out);
    } else if let Some((selector, variants)) = inner.split_once("->") {
        select(value(selector.trim(), scope), variants, scope, out);
    } else if let Some(value) = value(inner, scope) {
        out.push_str(&value.to_string());
    } else if let Some(text) = (scope.message)(inner) {
        write(&split(text).0, scope, out);
    } else {
        out.push('{');
        out.push_str(inner);
        out.push('}');
    }
}

/// The value of `$name`.
fn value<'a>(expression: &str, scope: Scope<'a>) -> Option<&'a FluentValue<'a>> {
    scope.args?.get(expression.strip_prefix('$')?)
}

/// Writes the variant that `value` chooses, or the default one.
fn select(value: Option<&FluentValue>, mut variants: &str, scope: Scope, out: &mut String) {
    let mut chosen = None;
    loop {
        variants = variants.trim_start();
        let (default, key) = match variants.strip_prefix('*') {
            Some(rest) => (true, rest),
            None => (false, variants),
        };
        let Some((key, rest)) = key.strip_prefix('[').and_then(|rest| rest.split_once(']')) else {
            break;
        };
        let (pieces, length) = split(rest);
        let matched = value.is_some_and(|value| matches(value, key.trim()));
        if matched || (default && chosen.is_none()) {
            chosen = Some(pieces);
        }
        if matched {
            break;
        }
        variants = rest.get(length..).unwrap_or("");
    }
    write(&chosen.unwrap_or_default(), scope, out);
}

/// Whether a variant's key stands for `value`: itself, or its plural category in English.
fn matches(value: &FluentValue, key: &str) -> bool {
    match value {
        FluentValue::String(text) => text == key,
        FluentValue::Number(number) => match key {
            "one" => *number == 1.0,
            "other" => *number != 1.0,
            _ => key.parse() == Ok(*number),
        },
    }
}

/// Writes a quoted literal: `\\`, `\"`, `\uHHHH` and `\UHHHHHH` stand for characters.
fn unescape(literal: &str, out: &mut String) {
    let mut rest = literal;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let digits = match after.as_bytes().first() {
            Some(b'u') => 4,
            Some(b'U') => 6,
            _ => {
                let mut characters = after.chars();
                out.extend(characters.next());
                rest = characters.as_str();
                continue;
            }
        };
        let code = after
            .get(1..=digits)
            .and_then(|hex| u32::from_str_radix(hex, 16).ok());
        out.push(
            code.and_then(char::from_u32)
                .unwrap_or(char::REPLACEMENT_CHARACTER),
        );
        rest = after.get(1 + digits..).unwrap_or("");
    }
    out.push_str(rest);
}
