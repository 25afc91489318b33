//! `${x:offset:length}`, of texts and of lists, and `${!prefix*}`.

use std::rc::Rc;

use super::found::{Found, Many, One};
use super::parameter::{is_associative, label_of, one_text};
use super::sink::Sink;
use crate::shell::Shell;
use crate::shell::access::is_seen_by_scripts;
use crate::shell::ast::{Arithmetic, Parameter, Subject, Text};
use crate::shell::flow::{Error, Flow, Jump};
use crate::shell::pattern::characters;
use crate::shell::value::Value;

impl Shell {
    #[expect(
        clippy::too_many_arguments,
        reason = "each part of the expansion is one"
    )]
    pub(super) fn expand_substring(
        &mut self,
        parameter: &Parameter,
        subject: &Subject,
        found: Found,
        offset: &Arithmetic,
        length: Option<&Arithmetic>,
        is_quoted: bool,
        sink: &mut Sink,
    ) -> Flow<()> {
        let found = match found {
            // A scalar is no list, whatever the subscript says.
            Found::Many(Many::Elements(variable), _) if !variable.is_array() => {
                Found::One(One::Variable(variable))
            }
            found => found,
        };
        let label = label_of(subject);
        let (many, joined) = match found {
            Found::One(one) => {
                if one.text().is_none() {
                    self.check_unset(parameter, subject)?;
                    // Nobody asks where in nothing.
                    sink.put(self, b"", is_quoted);
                    return Flow::Continue(());
                }
                let text = one_text(&one);
                let range = self.substring(&label, text, offset, length)?;
                sink.put(self, &text[range], is_quoted);
                return Flow::Continue(());
            }
            Found::Many(many @ (Many::None | Many::Elements(_)), joined) if many.len() == 0 => {
                self.put_many::<Text>(&[], joined, is_quoted, sink);
                return Flow::Continue(());
            }
            Found::Many(many, joined) => (many, joined),
        };
        let offset = self.evaluate_of(&label, offset)?;
        let length = match length {
            Some(length) => Some(self.evaluate_of(&label, length)?),
            None => None,
        };
        if let Some(length) = length.filter(|length| *length < 0) {
            return self.bad_length(length);
        }
        let length = length.map_or(usize::MAX, |length| {
            usize::try_from(length).unwrap_or(usize::MAX)
        });
        let texts = self.slice(&many, offset, length);
        let joined = sink.joined_when_changed(joined, is_quoted);
        self.put_many(&texts, joined, is_quoted, sink);
        Flow::Continue(())
    }

    /// The bytes of the characters that are meant.
    fn substring(
        &mut self,
        label: &[u8],
        text: &[u8],
        offset: &Arithmetic,
        length: Option<&Arithmetic>,
    ) -> Flow<std::ops::Range<usize>> {
        let offset = self.evaluate_of(label, offset)?;
        let length = match length {
            Some(length) => Some(self.evaluate_of(label, length)?),
            None => None,
        };
        let is_simple = offset >= 0 && length.is_none_or(|length| length >= 0);
        if is_simple {
            let start = characters::offset(text, usize::try_from(offset).unwrap_or(usize::MAX));
            let Some(length) = length else {
                return Flow::Continue(start..text.len());
            };
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            let end = start + characters::offset(&text[start..], length);
            return Flow::Continue(start..end);
        }
        let count = i64::try_from(characters::count(text)).unwrap_or(i64::MAX);
        let start = if offset < 0 {
            count.saturating_add(offset)
        } else {
            offset
        };
        if start < 0 || start > count {
            return Flow::Continue(0..0);
        }
        let end = match length {
            None => count,
            Some(length) if length < 0 => {
                let end = count.saturating_add(length);
                if end < start {
                    return self.bad_length(length);
                }
                end
            }
            Some(length) => start.saturating_add(length).min(count),
        };
        let place = |number: i64| characters::offset(text, usize::try_from(number).unwrap_or(0));
        Flow::Continue(place(start)..place(end))
    }

    fn bad_length<T>(&mut self, length: i64) -> Flow<T> {
        self.complain(format!("{length}: substring expression < 0"));
        Flow::Break(Jump::Discard(Error::Expansion, 1))
    }

    /// Elements from an offset on: of an indexed array from that index, of the positional parameters with `$0` before them.
    fn slice(&self, many: &Many, offset: i64, length: usize) -> Vec<Text> {
        match many {
            Many::None => Vec::new(),
            Many::Positional(parameters) => {
                let count = i64::try_from(parameters.len()).unwrap_or(i64::MAX) + 1;
                let start = if offset < 0 { count + offset } else { offset };
                let Ok(start) = usize::try_from(start) else {
                    return Vec::new();
                };
                let all = std::iter::once(&self.state.name).chain(parameters.iter());
                all.skip(start).take(length).cloned().collect()
            }
            Many::Elements(variable) => match &variable.value {
                Value::Indexed(array) => {
                    let start = match u64::try_from(offset) {
                        Ok(start) => Some(start),
                        Err(_) => array.end().checked_add_signed(offset),
                    };
                    let Some(start) = start else {
                        return Vec::new();
                    };
                    let elements = array.iter_from(start).take(length);
                    elements.map(|(_, text)| text.clone()).collect()
                }
                value => {
                    let texts = variable.elements();
                    let count = i64::try_from(texts.len()).unwrap_or(i64::MAX);
                    let start = match (offset < 0, is_associative(value)) {
                        (true, _) => count + offset,
                        // The elements of an associative array are counted from 1.
                        (false, true) => (offset - 1).max(0),
                        (false, false) => offset,
                    };
                    let Ok(start) = usize::try_from(start) else {
                        return Vec::new();
                    };
                    texts
                        .into_iter()
                        .skip(start)
                        .take(length)
                        .cloned()
                        .collect()
                }
            },
        }
    }

    /// The names of variables that begin with a parameter's name.
    pub(super) fn names_with(&self, parameter: &Parameter) -> Vec<Rc<[u8]>> {
        let Subject::Variable(prefix) = &parameter.subject else {
            return Vec::new();
        };
        let prefix = prefix.name();
        let variables = &self.state.variables;
        let mut names: Vec<_> = variables
            .names()
            .filter(|&name| is_seen_by_scripts(name))
            .filter(|&name| {
                let variable = variables.get(name);
                self.is_computed(name)
                    || variable.is_some_and(|variable| !variable.is_declared_only())
            })
            .map(|name| name.name())
            .filter(|name| name.starts_with(&prefix))
            .collect();
        names.sort_unstable();
        names
    }
}
