//! The operations of parameter expansion.

use crate::shell::Shell;
use crate::shell::access::discard;
use crate::shell::ast::{
    Arithmetic, CaseChange, Operation, Parameter, Part, Replaced, Subject, Subscript, Text, Word,
};
use crate::shell::flow::{Flow, Jump};
use crate::shell::options::Shopt;
use crate::shell::pattern::Pattern;
use crate::shell::value::Value;

use super::output::Output;
use super::parameter::{Found, put, subject_text};
use super::{Place, case};

impl Shell {
    pub(super) fn operate(
        &mut self,
        subject: &Subject,
        operation: &Operation,
        parameter: &Parameter,
        place: Place,
        output: &mut Output,
    ) -> Flow<()> {
        match operation {
            Operation::Default { colon, word } => {
                let found = self.find(subject)?;
                return match has_value(&found, *colon) {
                    true => Flow::Continue(put(&found, place, output)),
                    false => self.expand_inner(word, place, output),
                };
            }
            Operation::Alternative { colon, word } => {
                let found = self.find(subject)?;
                return match has_value(&found, *colon) {
                    true => self.expand_inner(word, place, output),
                    false => {
                        if place.quoted {
                            put(&Found::Unset, place, output);
                        }
                        Flow::Continue(())
                    }
                };
            }
            Operation::Assign { colon, word } => {
                let found = self.find(subject)?;
                if has_value(&found, *colon) {
                    put(&found, place, output);
                    return Flow::Continue(());
                }
                let text = self.expand_inner_text(word, place)?;
                match subject {
                    Subject::Variable(name) => {
                        self.assign(*name, text)?;
                    }
                    Subject::Element(name, Subscript::Index(index)) => {
                        self.assign_element(*name, index, text)?;
                    }
                    _ => {
                        let name = subject_text(subject);
                        self.complain([name.as_slice(), b": cannot assign in this way"].concat());
                        return discard();
                    }
                }
                let found = self.find(subject)?;
                put(&found, place, output);
                return Flow::Continue(());
            }
            Operation::Require { colon, word } => {
                let found = self.find(subject)?;
                if has_value(&found, *colon) {
                    put(&found, place, output);
                    return Flow::Continue(());
                }
                return self.refuse(subject, *colon, word.as_ref());
            }
            _ => {}
        }
        if let Operation::Transform(letter) = operation {
            return self.transform(subject, *letter, place, output);
        }
        if let Operation::Substring { offset, length } = operation {
            let found = self.substring(subject, offset, length.as_ref())?;
            put(&found, place, output);
            return Flow::Continue(());
        }
        let found = self.find(subject)?;
        if *operation == Operation::Length {
            if let Found::Unset = found {
                self.check_set(&found, subject)?;
            }
            let count = match found {
                Found::Unset => 0,
                Found::Text(text) => character_count(&text),
                Found::List { items, .. } => items.len(),
            };
            output.expanded(count.to_string().as_bytes(), place.quoted);
            return Flow::Continue(());
        }
        self.check_set(&found, subject)?;
        let _ = parameter;
        let found = self.changed(found, operation)?;
        put(&found, place, output);
        Flow::Continue(())
    }

    /// The word of an operation, in the place of the expansion.
    fn expand_inner(&mut self, word: &Word, place: Place, output: &mut Output) -> Flow<()> {
        let inner = Place {
            quoted: place.quoted,
            inner: true,
        };
        let before = output.mark();
        for part in &word.parts {
            match part {
                // In double quotes, quotes in the word only group.
                Part::DoubleQuoted(parts) if place.quoted => {
                    for part in parts {
                        self.expand_part(part, inner, output)?;
                    }
                }
                part => self.expand_part(part, inner, output)?,
            }
        }
        if place.quoted && output.mark() == before {
            output.quoted(b"");
        }
        Flow::Continue(())
    }

    fn expand_inner_text(&mut self, word: &Word, place: Place) -> Flow<Text> {
        match place.quoted {
            true => self.expand_quoted(&word.parts),
            false => self.expand_text(word),
        }
    }

    /// `${x?word}` of a parameter without a value ends the shell.
    fn refuse(&mut self, subject: &Subject, colon: bool, word: Option<&Word>) -> Flow<()> {
        let name = match subject {
            Subject::Positional(number) => number.to_string().into_bytes(),
            Subject::Special(byte) => vec![*byte],
            subject => subject_text(subject),
        };
        let text = match word {
            Some(word) => self.expand_text(word)?,
            None if colon => b"parameter null or not set".to_vec(),
            None => b"parameter not set".to_vec(),
        };
        self.complain([name.as_slice(), b": ", &text].concat());
        Flow::Break(Jump::Exit(self.unset_status()))
    }

    /// Removals, replacements and changes of case, which are made to each item of a list.
    fn changed(&mut self, found: Found, operation: &Operation) -> Flow<Found> {
        let extglob = self.has_shopt(Shopt::ExtGlob);
        let pattern = match operation {
            Operation::RemovePrefix { pattern, .. }
            | Operation::RemoveSuffix { pattern, .. }
            | Operation::Replace { pattern, .. }
            | Operation::Case {
                pattern: Some(pattern),
                ..
            } => Some(self.expand_pattern(pattern)?),
            _ => None,
        };
        let ignore_case =
            self.has_shopt(Shopt::NoCaseMatch) && matches!(operation, Operation::Replace { .. });
        let is_empty = pattern.as_ref().is_some_and(Vec::is_empty);
        let pattern = pattern.map(|source| Pattern::new(&source, extglob, ignore_case));
        let replacement = match operation {
            Operation::Replace { replacement, .. } => Some(self.replacement(replacement)?),
            _ => None,
        };
        let change = |text: Text| -> Text {
            match (operation, &pattern) {
                (Operation::RemovePrefix { longest, .. }, Some(pattern)) => {
                    let end = match longest {
                        true => pattern.longest_prefix(&text),
                        false => pattern.shortest_prefix(&text),
                    };
                    end.map_or(text.clone(), |end| text[end..].to_vec())
                }
                (Operation::RemoveSuffix { longest, .. }, Some(pattern)) => {
                    let start = match longest {
                        true => pattern.longest_suffix(&text),
                        false => pattern.shortest_suffix(&text),
                    };
                    start.map_or(text.clone(), |start| text[..start].to_vec())
                }
                (Operation::Replace { which, .. }, Some(pattern)) => {
                    let replacement = replacement.as_deref().unwrap_or_default();
                    replaced(&text, pattern, *which, replacement, is_empty)
                }
                (Operation::Case { change, all, .. }, pattern) => {
                    changed_case(&text, *change, *all, pattern.as_ref())
                }
                _ => text,
            }
        };
        Flow::Continue(match found {
            Found::Unset => match operation {
                // An empty text may match, too.
                Operation::Replace { .. } => Found::Text(change(Text::new())),
                _ => Found::Unset,
            },
            Found::Text(text) => Found::Text(change(text)),
            Found::List { items, joined } => Found::List {
                items: items.into_iter().map(change).collect(),
                joined,
            },
        })
    }

    /// The pieces of a replacement: text, and places where the match stands.
    fn replacement(&mut self, word: &Word) -> Flow<Vec<Piece>> {
        if !self.replaces_ampersand()
            || !word
                .source
                .iter()
                .any(|byte| matches!(byte, b'&' | b'$' | b'`' | b'\\'))
        {
            return Flow::Continue(vec![Piece::Text(self.expand_text(word)?)]);
        }
        let source = self.expand_pattern_like(word)?;
        let mut pieces = Vec::new();
        let mut text = Text::new();
        let mut bytes = source.iter().copied();
        while let Some(byte) = bytes.next() {
            match byte {
                b'\\' => match bytes.next() {
                    Some(b'&') => text.push(b'&'),
                    Some(b'\\') => text.push(b'\\'),
                    Some(other) => text.extend_from_slice(&[b'\\', other]),
                    None => text.push(b'\\'),
                },
                b'&' => {
                    pieces.push(Piece::Text(std::mem::take(&mut text)));
                    pieces.push(Piece::Match);
                }
                _ => text.push(byte),
            }
        }
        pieces.push(Piece::Text(text));
        Flow::Continue(pieces)
    }

    /// A replacement with `&` and `\` of its quoted parts escaped.
    fn expand_pattern_like(&mut self, word: &Word) -> Flow<Text> {
        let mut source = Text::new();
        for part in &word.parts {
            let text = self.expand_parts(std::slice::from_ref(part))?;
            match part {
                Part::Quoted(_) | Part::DoubleQuoted(_) => {
                    for byte in text {
                        if matches!(byte, b'&' | b'\\') {
                            source.push(b'\\');
                        }
                        source.push(byte);
                    }
                }
                _ => source.extend(text),
            }
        }
        Flow::Continue(source)
    }

    /// `${x:offset:length}`
    fn substring(
        &mut self,
        subject: &Subject,
        offset: &Arithmetic,
        length: Option<&Arithmetic>,
    ) -> Flow<Found> {
        if let Subject::Special(b'@' | b'*') = subject {
            let mut items = vec![self.state.name.clone()];
            items.extend(self.state.positional.iter().cloned());
            let joined = *subject == Subject::Special(b'*');
            let mut start = self.evaluate(offset)?;
            if start < 0 {
                start += items.len() as i64;
            }
            let items = match usize::try_from(start) {
                Ok(start) => self.sliced(items.into_iter().skip(start).collect(), length)?,
                Err(_) => Vec::new(),
            };
            return Flow::Continue(Found::List { items, joined });
        }
        if let Subject::Element(name, subscript @ (Subscript::Each | Subscript::Joined)) = subject {
            let mut start = self.evaluate(offset)?;
            let joined = *subscript == Subscript::Joined;
            let variable = self.variable(*name);
            let items: Vec<Text> = match variable.as_deref().map(|variable| &variable.value) {
                Some(Value::Indexed(array)) => {
                    if start < 0 {
                        start =
                            start.saturating_add(i64::try_from(array.end()).unwrap_or(i64::MAX));
                    }
                    match u64::try_from(start) {
                        Ok(start) => array
                            .iter_from(start)
                            .map(|(_, text)| text.clone())
                            .collect(),
                        Err(_) => Vec::new(),
                    }
                }
                _ => {
                    let items: Vec<Text> = match &variable {
                        Some(variable) => variable.elements().into_iter().cloned().collect(),
                        None => Vec::new(),
                    };
                    // Of an associative array, places count from 1.
                    let base =
                        i64::from(variable.as_deref().is_some_and(|variable| {
                            matches!(variable.value, Value::Associative(_))
                        }));
                    if start < 0 {
                        start += items.len() as i64 + base;
                    }
                    match usize::try_from((start - base).max(start.min(0))) {
                        Ok(start) => items.into_iter().skip(start).collect(),
                        Err(_) => Vec::new(),
                    }
                }
            };
            let items = self.sliced(items, length)?;
            return Flow::Continue(Found::List { items, joined });
        }
        let found = self.find(subject)?;
        self.check_set(&found, subject)?;
        let Found::Text(text) = found else {
            return Flow::Continue(found);
        };
        let ends = character_ends(&text);
        let count = ends.len() as i64;
        let mut start = self.evaluate(offset)?;
        if start < 0 {
            start = start.saturating_add(count);
        }
        let length = match length {
            Some(length) => Some(self.evaluate(length)?),
            None => None,
        };
        if start < 0 || start > count {
            return Flow::Continue(Found::Text(Text::new()));
        }
        let end = match length {
            None => count,
            Some(length) if length < 0 => {
                let end = count + length;
                if end < start {
                    self.complain(format!("{length}: substring expression < 0"));
                    return discard();
                }
                end
            }
            Some(length) => start.saturating_add(length).min(count),
        };
        let place = |at: i64| match usize::try_from(at).ok().and_then(|at| at.checked_sub(1)) {
            Some(before) => ends.get(before).copied().unwrap_or(text.len()),
            None => 0,
        };
        Flow::Continue(Found::Text(text[place(start)..place(end)].to_vec()))
    }

    fn sliced(&mut self, mut items: Vec<Text>, length: Option<&Arithmetic>) -> Flow<Vec<Text>> {
        if let Some(length) = length {
            let length = self.evaluate(length)?;
            let Ok(length) = usize::try_from(length) else {
                self.complain(format!("{length}: substring expression < 0"));
                return discard();
            };
            items.truncate(length);
        }
        Flow::Continue(items)
    }
}

enum Piece {
    Text(Text),
    Match,
}

/// Whether a parameter has a value; with a colon, an empty one is none.
fn has_value(found: &Found, colon: bool) -> bool {
    match found {
        Found::Unset => false,
        Found::Text(text) => !colon || !text.is_empty(),
        Found::List { items, .. } => match items.as_slice() {
            [] => false,
            [one] => !colon || !one.is_empty(),
            _ => true,
        },
    }
}

/// Where the characters of a text end; a byte that is in none is one of its own.
fn character_ends(text: &[u8]) -> Vec<usize> {
    let mut ends = Vec::with_capacity(text.len());
    let mut at = 0;
    for chunk in text.utf8_chunks() {
        for character in chunk.valid().chars() {
            at += character.len_utf8();
            ends.push(at);
        }
        for _ in chunk.invalid() {
            at += 1;
            ends.push(at);
        }
    }
    ends
}

fn character_count(text: &[u8]) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    text.utf8_chunks()
        .map(|chunk| chunk.valid().chars().count() + chunk.invalid().len())
        .sum()
}

fn replaced(
    text: &[u8],
    pattern: &Pattern,
    which: Replaced,
    replacement: &[Piece],
    is_empty: bool,
) -> Text {
    let mut result = Text::new();
    let put = |result: &mut Text, matched: &[u8]| {
        for piece in replacement {
            match piece {
                Piece::Text(text) => result.extend_from_slice(text),
                Piece::Match => result.extend_from_slice(matched),
            }
        }
    };
    match which {
        Replaced::Prefix => match pattern.longest_prefix(text) {
            Some(end) => {
                put(&mut result, &text[..end]);
                result.extend_from_slice(&text[end..]);
            }
            None => return text.to_vec(),
        },
        Replaced::Suffix => match pattern.longest_suffix(text) {
            Some(start) => {
                result.extend_from_slice(&text[..start]);
                put(&mut result, &text[start..]);
            }
            None => return text.to_vec(),
        },
        Replaced::First | Replaced::All => {
            if is_empty {
                return text.to_vec();
            }
            let mut at = 0;
            while at <= text.len() {
                let Some((start, end)) = pattern.find(text, at) else {
                    break;
                };
                result.extend_from_slice(&text[at..start]);
                put(&mut result, &text[start..end]);
                if end == start {
                    // Nothing was matched: the next character is stepped over.
                    let Some(byte) = text.get(start) else {
                        at = text.len() + 1;
                        break;
                    };
                    result.push(*byte);
                    at = start + 1;
                } else {
                    at = end;
                }
                if which == Replaced::First || at >= text.len() {
                    break;
                }
            }
            result.extend_from_slice(text.get(at..).unwrap_or_default());
        }
    }
    result
}

fn changed_case(text: &[u8], change: CaseChange, all: bool, pattern: Option<&Pattern>) -> Text {
    case::change(text, |at, character| {
        if at > 0 && !all {
            return character;
        }
        let mut buffer = [0; 4];
        let encoded = character.encode_utf8(&mut buffer);
        if pattern.is_some_and(|pattern| !pattern.matches(encoded.as_bytes())) {
            return character;
        }
        match change {
            CaseChange::Upper => case::upper(character),
            CaseChange::Lower => case::lower(character),
            CaseChange::Toggle if character.is_uppercase() => case::lower(character),
            CaseChange::Toggle => case::upper(character),
        }
    })
}
