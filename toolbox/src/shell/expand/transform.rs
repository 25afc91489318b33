//! `${x@Q}` and the other letters.

use std::rc::Rc;

use super::found::{Found, Joined, Many};
use super::parameter::joined_with;
use super::sink::Sink;
use crate::shell::Shell;
use crate::shell::ast::{CaseChange, Parameter, Part, Subject, Text};
use crate::shell::flow::Flow;
use crate::shell::parser;
use crate::shell::quote;
use crate::shell::value::{Attributes, Value, Variable};

impl Shell {
    pub(super) fn expand_transform(
        &mut self,
        parameter: &Parameter,
        subject: &Subject,
        found: Found,
        letter: u8,
        is_quoted: bool,
        sink: &mut Sink,
    ) -> Flow<()> {
        if let Found::One(one) = &found
            && one.text().is_none()
        {
            self.check_unset(parameter, subject)?;
        }
        match letter {
            b'A' => return self.expand_declaration(parameter, subject, found, is_quoted, sink),
            b'a' => return self.expand_attributes(parameter, subject, found, is_quoted, sink),
            _ => {}
        }
        let (many, joined) = match found {
            Found::One(one) => {
                let Some(text) = one.text() else {
                    if is_quoted {
                        sink.put_quoted(b"");
                    }
                    return Flow::Continue(());
                };
                let text = self.transformed(text, letter)?;
                sink.put(self, &text, is_quoted);
                return Flow::Continue(());
            }
            Found::Many(many, joined) => (many, joined),
        };
        if let (b'K' | b'k', Many::Elements(variable)) = (letter, &many)
            && variable.is_array()
        {
            self.put_pairs(variable, letter, joined, is_quoted, sink);
            return Flow::Continue(());
        }
        let mut texts = Vec::with_capacity(many.len());
        for text in many.texts() {
            texts.push(self.transformed(text, letter)?);
        }
        let joined = sink.joined_when_changed(joined, is_quoted || letter == b'Q');
        self.put_many(&texts, joined, is_quoted, sink);
        Flow::Continue(())
    }

    fn transformed(&mut self, text: &[u8], letter: u8) -> Flow<Text> {
        let case = |change, all| super::operation::with_case(text, change, all, None);
        Flow::Continue(match letter {
            b'U' => case(CaseChange::Upper, true),
            b'u' => case(CaseChange::Upper, false),
            b'L' => case(CaseChange::Lower, true),
            b'E' => with_escapes(text),
            b'P' => self.expand_prompt(text)?,
            // Of one value, `K` and `k` show no more than `Q`.
            _ => quote::for_reuse(text),
        })
    }

    /// Keys and values of an array: `K` as one text with quotes, `k` as a field each.
    fn put_pairs(
        &mut self,
        variable: &Variable,
        letter: u8,
        joined: Joined,
        is_quoted: bool,
        sink: &mut Sink,
    ) {
        let keys = variable.keys();
        let pairs: Vec<_> = keys.iter().zip(variable.elements()).collect();
        if letter == b'k' {
            let texts: Vec<&Text> = pairs
                .into_iter()
                .flat_map(|(key, text)| [key, text])
                .collect();
            self.put_many(&texts, joined, is_quoted, sink);
            return;
        }
        let is_associative = matches!(variable.value, Value::Associative(_));
        let shown: Vec<Text> = pairs
            .into_iter()
            .map(|(key, text)| [&quote::key(key)[..], b" ", &quote::double(text)].concat())
            .collect();
        let mut text = joined_with(&shown, b" ");
        if is_associative {
            text.push(b' ');
        }
        sink.put(self, &text, is_quoted);
    }

    /// `${x@A}`: a command that makes the variable again.
    fn expand_declaration(
        &mut self,
        parameter: &Parameter,
        subject: &Subject,
        found: Found,
        is_quoted: bool,
        sink: &mut Sink,
    ) -> Flow<()> {
        if let Found::Many(Many::Positional(parameters), _) = &found {
            let mut text = b"set --".to_vec();
            for parameter in parameters.iter() {
                text.push(b' ');
                text.extend(quote::for_reuse(parameter));
            }
            sink.put(self, &text, is_quoted);
            return Flow::Continue(());
        }
        let Some((name, variable)) = self.variable_of(subject) else {
            if !matches!(subject, Subject::Positional(_) | Subject::Special(_)) {
                self.check_unset(parameter, subject)?;
            }
            if is_quoted {
                sink.put_quoted(b"");
            }
            return Flow::Continue(());
        };
        let letters = attribute_letters(variable.attributes, &variable.value);
        let mut value = Text::new();
        match &found {
            Found::One(one) => {
                if let Some(text) = one.text() {
                    value.push(b'=');
                    value.extend(quote::for_reuse(text));
                }
            }
            Found::Many(..) if variable.is_declared_only() => {}
            Found::Many(..) if variable.is_array() => {
                value.push(b'=');
                value.extend(array_text(&variable.value));
            }
            Found::Many(..) => {
                if let Some(text) = variable.text() {
                    value.push(b'=');
                    value.extend(quote::for_reuse(text));
                }
            }
        }
        let mut text = Text::new();
        if !letters.is_empty() {
            text.extend_from_slice(&[b"declare -", &letters[..], b" "].concat());
        }
        if !letters.is_empty() || !value.is_empty() {
            text.extend_from_slice(&name.name());
            text.extend(value);
        }
        sink.put(self, &text, is_quoted);
        Flow::Continue(())
    }

    /// `${x@a}`: the letters of the attributes; of a list, once for each element.
    fn expand_attributes(
        &mut self,
        parameter: &Parameter,
        subject: &Subject,
        found: Found,
        is_quoted: bool,
        sink: &mut Sink,
    ) -> Flow<()> {
        let variable = self.variable_of(subject);
        let letters = match &variable {
            Some((_, variable)) => attribute_letters(variable.attributes, &variable.value),
            None => Text::new(),
        };
        match found {
            Found::One(one) => {
                if one.text().is_none() && variable.is_none() {
                    self.check_unset(parameter, subject)?;
                }
                sink.put(self, &letters, is_quoted);
            }
            Found::Many(many, joined) => {
                let is_declared_only =
                    |(_, variable): (_, Rc<Variable>)| variable.is_declared_only();
                let count = match variable.is_some_and(is_declared_only) {
                    true => 1,
                    false => many.len(),
                };
                let texts = vec![letters; count];
                self.put_many(&texts, joined, is_quoted, sink);
            }
        }
        Flow::Continue(())
    }
}

/// A text with the escapes of `$'…'` replaced.
fn with_escapes(text: &[u8]) -> Text {
    if !text.contains(&b'\\') {
        return text.to_vec();
    }
    let mut source = b"$'".to_vec();
    let mut bytes = text.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\'' => source.extend_from_slice(b"\\'"),
            b'\\' => {
                source.push(b'\\');
                source.push(bytes.next().unwrap_or(b'\\'));
            }
            _ => source.push(byte),
        }
    }
    source.push(b'\'');
    match parser::word_text(&source).map(|word| word.parts) {
        Ok(parts) => match parts.as_slice() {
            [Part::Quoted(text)] => text.clone(),
            _ => text.to_vec(),
        },
        Err(_) => text.to_vec(),
    }
}

/// The letters of `declare` for attributes and value.
pub fn attribute_letters(attributes: Attributes, value: &Value) -> Text {
    let mut letters = Text::new();
    let mut add = |on: bool, letter: u8| {
        if on {
            letters.push(letter);
        }
    };
    add(matches!(value, Value::Indexed(_)), b'a');
    add(matches!(value, Value::Associative(_)), b'A');
    add(attributes.integer, b'i');
    add(attributes.nameref, b'n');
    add(attributes.readonly, b'r');
    add(attributes.traced, b't');
    add(attributes.exported, b'x');
    add(attributes.capitalized, b'c');
    add(attributes.lowercase, b'l');
    add(attributes.uppercase, b'u');
    letters
}

/// `([0]="a" [1]="b")`
pub fn array_text(value: &Value) -> Text {
    let pairs: Vec<Text> = match value {
        Value::Indexed(array) => array
            .iter()
            .map(|(index, text)| [format!("[{index}]=").as_bytes(), &quote::double(text)].concat())
            .collect(),
        Value::Associative(array) => array
            .iter()
            .into_iter()
            .map(|(key, text)| {
                [
                    b"[",
                    quote::key(key).as_slice(),
                    b"]=",
                    &quote::double(text),
                ]
                .concat()
            })
            .collect(),
        _ => Vec::new(),
    };
    let is_associative = matches!(value, Value::Associative(_)) && !pairs.is_empty();
    let end: &[u8] = if is_associative { b" )" } else { b")" };
    [b"(", pairs.join(&b' ').as_slice(), end].concat()
}
