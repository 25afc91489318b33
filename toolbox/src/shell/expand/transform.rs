//! `${x@Q}` and its kin.

use crate::shell::Shell;
use crate::shell::ast::{Subject, Subscript, Text};
use crate::shell::flow::Flow;
use crate::shell::quote;

use crate::shell::value::{Attributes, Value};

use super::output::Output;
use super::parameter::{Found, put};
use super::{Place, case};

impl Shell {
    pub(super) fn transform(
        &mut self,
        subject: &Subject,
        letter: u8,
        place: Place,
        output: &mut Output,
    ) -> Flow<()> {
        let found = match letter {
            b'a' => self.attributes_of(subject)?,
            b'A' => self.assignment_of(subject)?,
            b'K' | b'k' => self.pairs_of(subject, letter)?,
            _ => {
                let found = self.find(subject)?;
                self.check_set(&found, subject)?;
                match found {
                    Found::Unset => Found::Unset,
                    Found::Text(text) => Found::Text(self.transformed(text, letter)?),
                    Found::List { items, joined } => {
                        let mut transformed = Vec::with_capacity(items.len());
                        for item in items {
                            transformed.push(self.transformed(item, letter)?);
                        }
                        Found::List {
                            items: transformed,
                            joined,
                        }
                    }
                }
            }
        };
        put(&found, place, output);
        Flow::Continue(())
    }

    fn transformed(&mut self, text: Text, letter: u8) -> Flow<Text> {
        Flow::Continue(match letter {
            b'Q' => quote::for_reuse(&text),
            b'U' => case::uppercase(&text),
            b'L' => case::lowercase(&text),
            b'u' => case::change(&text, |at, character| {
                if at == 0 {
                    case::upper(character)
                } else {
                    character
                }
            }),
            b'P' => self.expand_prompt(&text)?,
            b'E' => {
                let source = [b"$'", escape_quotes(&text).as_slice(), b"'"].concat();
                match crate::shell::parser::word_text(&source) {
                    Ok(word) => self.expand_text(&word)?,
                    Err(_) => text,
                }
            }
            _ => text,
        })
    }

    /// `${x@a}`: the letters of the attributes.
    fn attributes_of(&mut self, subject: &Subject) -> Flow<Found> {
        let (name, subscript) = match subject {
            Subject::Variable(name) => (*name, None),
            Subject::Element(name, subscript) => (*name, Some(subscript)),
            _ => return Flow::Continue(Found::Unset),
        };
        let Some(variable) = self.variable(name) else {
            return Flow::Continue(Found::Unset);
        };
        let letters = attribute_letters(variable.attributes, &variable.value);
        let count = variable.elements().len();
        let is_set = match subscript {
            None => variable.text().is_some(),
            Some(_) => true,
        };
        Flow::Continue(match subscript {
            Some(Subscript::Each | Subscript::Joined) => Found::List {
                items: vec![letters; count],
                joined: subscript == Some(&Subscript::Joined),
            },
            _ if is_set || !letters.is_empty() => Found::Text(letters),
            _ => Found::Unset,
        })
    }

    /// `${x@A}`: an assignment or `declare` that makes the variable again.
    fn assignment_of(&mut self, subject: &Subject) -> Flow<Found> {
        let (name, whole) = match subject {
            Subject::Variable(name) => (*name, false),
            Subject::Element(name, Subscript::Each | Subscript::Joined) => (*name, true),
            Subject::Element(name, Subscript::Index(_)) => (*name, false),
            Subject::Special(b'@' | b'*') => {
                let words: Vec<Text> = self
                    .state
                    .positional
                    .iter()
                    .map(|text| quote::for_reuse(text))
                    .collect();
                return Flow::Continue(Found::Text(
                    [b"set -- ".as_slice(), &words.join(&b' ')].concat(),
                ));
            }
            _ => return Flow::Continue(Found::Unset),
        };
        let found = self.find(subject)?;
        let Some(variable) = self.variable(name) else {
            return Flow::Continue(Found::Unset);
        };
        let letters = attribute_letters(variable.attributes, &variable.value);
        let declare = match letters.is_empty() {
            true => Text::new(),
            false => [b"declare -", letters.as_slice(), b" "].concat(),
        };
        let value = if whole && variable.is_array() {
            array_text(&variable.value)
        } else {
            match found {
                Found::Text(text) => quote::for_reuse(&text),
                Found::List { items, .. } => quote::for_reuse(&items.join(&b' ')),
                Found::Unset if declare.is_empty() => return Flow::Continue(Found::Unset),
                Found::Unset => {
                    return Flow::Continue(Found::Text(
                        [declare.as_slice(), &name.name()].concat(),
                    ));
                }
            }
        };
        Flow::Continue(Found::Text(
            [declare.as_slice(), &name.name(), b"=", &value].concat(),
        ))
    }

    /// `${a[@]@K}`: keys and values.
    fn pairs_of(&mut self, subject: &Subject, letter: u8) -> Flow<Found> {
        let Subject::Element(name, subscript @ (Subscript::Each | Subscript::Joined)) = subject
        else {
            let found = self.find(subject)?;
            return Flow::Continue(match found {
                Found::Text(text) => Found::Text(quote::for_reuse(&text)),
                Found::List { items, joined } => Found::List {
                    items: items.iter().map(|item| quote::for_reuse(item)).collect(),
                    joined,
                },
                Found::Unset => Found::Unset,
            });
        };
        let keys = self.array_keys(*name);
        let values: Vec<Text> = match self.variable(*name) {
            Some(variable) => variable.elements().into_iter().cloned().collect(),
            None => Vec::new(),
        };
        if letter == b'k' {
            let items = keys
                .into_iter()
                .zip(values)
                .flat_map(|(key, value)| [key, value])
                .collect();
            let joined = *subscript == Subscript::Joined;
            return Flow::Continue(Found::List { items, joined });
        }
        let pairs: Vec<Text> = keys
            .into_iter()
            .zip(values)
            .map(|(key, value)| [key.as_slice(), b" ", &quote::double(&value)].concat())
            .collect();
        Flow::Continue(Found::Text(pairs.join(&b' ')))
    }
}

/// The text that `$'…'` decodes to this one's meaning: quotes in it are no ends.
fn escape_quotes(text: &[u8]) -> Text {
    let mut escaped = Text::new();
    let mut bytes = text.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => {
                escaped.push(byte);
                escaped.extend(bytes.next());
            }
            b'\'' => escaped.extend_from_slice(b"\\'"),
            _ => escaped.push(byte),
        }
    }
    escaped
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
                [b"[", key_text(key).as_slice(), b"]=", &quote::double(text)].concat()
            })
            .collect(),
        _ => Vec::new(),
    };
    let is_associative = matches!(value, Value::Associative(_)) && !pairs.is_empty();
    let end: &[u8] = if is_associative { b" )" } else { b")" };
    [b"(", pairs.join(&b' ').as_slice(), end].concat()
}

/// A key, quoted where it has to be.
fn key_text(key: &[u8]) -> Text {
    let is_plain = !key.is_empty()
        && key.iter().all(|byte| {
            byte.is_ascii_alphanumeric()
                || matches!(
                    byte,
                    b'_' | b'-' | b'.' | b'/' | b'+' | b':' | b'%' | b',' | b'@'
                )
                || *byte >= 0x80
        });
    match is_plain && key != b"@" {
        true => key.to_vec(),
        false => quote::double(key),
    }
}
