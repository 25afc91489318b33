//! `name=(…)`.

use super::{Key, position};
use crate::shell::Shell;
use crate::shell::ast::{ArrayElement, Index, Part, Text, Word};
use crate::shell::flow::Flow;
use crate::shell::options::SetOption;
use crate::shell::quote;
use crate::shell::symbol::Symbol;
use crate::shell::value::{Associative, Attributes, Indexed, Value};

/// A value on its way into an array.
struct Pending<'a> {
    place: Place<'a>,
    append: bool,
    value: Text,
}

enum Place<'a> {
    /// Behind the one before.
    Next,
    Index(&'a Index),
    Key(Text),
}

impl Shell {
    /// Whether a variable is an associative array.
    pub fn is_associative(&self, name: Symbol) -> bool {
        let variable = self.state.variables.get(self.resolved(name));
        variable.is_some_and(|variable| matches!(variable.value, Value::Associative(_)))
    }

    /// The elements of an array with all their words expanded, but for the subscripts of an indexed one.
    pub fn frozen(
        &mut self,
        elements: &[ArrayElement],
        is_associative: bool,
    ) -> Flow<Vec<ArrayElement>> {
        let mut frozen = Vec::with_capacity(elements.len());
        for element in elements {
            let braced = match is_associative {
                true => None,
                false => self.braced_element(element),
            };
            let (None, Some(index)) = (&braced, &element.subscript) else {
                let word = braced.as_ref().unwrap_or(&element.value);
                let values = match is_associative {
                    true => vec![self.expand_text(word)?],
                    false => self.expand_words(std::slice::from_ref(word))?,
                };
                frozen.extend(values.into_iter().map(|value| ArrayElement {
                    subscript: None,
                    append: false,
                    value: Word::quoted(value),
                }));
                continue;
            };
            let mut index = index.clone();
            if is_associative {
                index.word = Word::quoted(self.expand_text(&index.word)?);
            }
            frozen.push(ArrayElement {
                subscript: Some(index),
                append: element.append,
                value: Word::quoted(self.expand_text(&element.value)?),
            });
        }
        Flow::Continue(frozen)
    }

    /// Makes an array of a list, or appends the list to it. A variable that is no associative array becomes an indexed one.
    pub fn assign_array(
        &mut self,
        name: Symbol,
        elements: &[ArrayElement],
        append: bool,
    ) -> Flow<()> {
        let name = self.array_of(name)?;
        let attributes = self.attributes(name);
        let is_associative = self.is_associative(name);
        if attributes.readonly {
            return self.refuse_readonly(name);
        }
        let pending = if is_associative {
            self.expand_pairs(name, elements)?
        } else {
            self.expand_elements(elements)?
        };
        if name.is_special() && self.is_computed(name) {
            return Flow::Continue(());
        }
        if attributes.nameref {
            self.state.variables.edit(name).attributes.nameref = false;
        }
        if !append {
            self.state.variables.edit(name).value = match is_associative {
                true => Value::Associative(Associative::default()),
                false => Value::Indexed(Indexed::default()),
            };
        } else if !is_associative {
            self.state.variables.edit(name).value.indexed();
        }
        self.fill(name, attributes, pending)
    }

    fn fill(
        &mut self,
        name: Symbol,
        attributes: Attributes,
        pending: Vec<Pending<'_>>,
    ) -> Flow<()> {
        let mut next = self.array_end(name);
        let is_plain = !attributes.integer
            && attributes
                == Attributes {
                    exported: attributes.exported,
                    traced: attributes.traced,
                    ..Attributes::default()
                };
        for element in pending {
            let key = match element.place {
                Place::Next => Key::Number(next),
                Place::Key(key) => Key::Text(key),
                Place::Index(index) => {
                    let number = self.evaluate_subscript(&index.arithmetic)?;
                    let end = self.array_end(name);
                    let source = &index.word.source;
                    match position(number, end) {
                        Some(number) if !source.is_empty() => Key::Number(number),
                        _ => {
                            self.complain([b"[", &source[..], b"]: bad array subscript"].concat());
                            continue;
                        }
                    }
                }
            };
            if let Key::Number(number) = key {
                next = number.saturating_add(1);
            }
            if is_plain && !element.append {
                self.state
                    .variables
                    .edit(name)
                    .value
                    .set(key, element.value);
            } else {
                self.store(name, Some(key), element.value, element.append)?;
            }
        }
        Flow::Continue(())
    }

    fn array_end(&self, name: Symbol) -> u64 {
        self.state
            .variables
            .get(name)
            .map_or(0, |variable| variable.end())
    }

    fn expand_elements<'a>(&mut self, elements: &'a [ArrayElement]) -> Flow<Vec<Pending<'a>>> {
        let mut pending = Vec::with_capacity(elements.len());
        for element in elements {
            let Some(index) = &element.subscript else {
                let values = self.expand_words(std::slice::from_ref(&element.value))?;
                pending.extend(values.into_iter().map(|value| Pending {
                    place: Place::Next,
                    append: false,
                    value,
                }));
                continue;
            };
            if let Some(word) = self.braced_element(element) {
                let values = self.expand_words(&[word])?;
                pending.extend(values.into_iter().map(|value| Pending {
                    place: Place::Next,
                    append: false,
                    value,
                }));
                continue;
            }
            let value = self.expand_text(&element.value)?;
            pending.push(Pending {
                place: Place::Index(index),
                append: element.append,
                value,
            });
        }
        Flow::Continue(pending)
    }

    /// An element of an indexed array as the word that it is written as, if there are braces in its value: they are expanded
    /// before anyone looks for a subscript.
    pub fn braced_element(&self, element: &ArrayElement) -> Option<Word> {
        element.subscript.as_ref()?;
        let is_brace = |part: &Part| matches!(part, Part::Brace(_));
        if !element.value.parts.iter().any(is_brace) || !self.is_set(SetOption::BraceExpand) {
            return None;
        }
        let before = element.target();
        let mut parts = vec![Part::Quoted(before.clone())];
        parts.extend(element.value.parts.iter().cloned());
        Some(Word {
            source: [before, element.value.source.clone()].concat(),
            parts,
            assignment: None,
        })
    }

    /// `declare name=(…)`: like an assignment, but messages have quotes around the elements of an associative array.
    pub fn assign_declared_array(
        &mut self,
        name: Symbol,
        elements: &[ArrayElement],
        append: bool,
    ) -> Flow<()> {
        let lacks_subscript = elements.iter().any(|element| element.subscript.is_none());
        if !lacks_subscript || !self.is_associative(name) {
            return self.assign_array(name, elements, append);
        }
        let mut shown = elements.to_vec();
        for element in &mut shown {
            if element.subscript.is_none() {
                element.value.source = quote::single(&element.value.source);
            }
        }
        self.assign_array(name, &shown, append)
    }

    /// The list of an associative array: `[key]=value`, or keys and values in turn.
    fn expand_pairs<'a>(
        &mut self,
        name: Symbol,
        elements: &'a [ArrayElement],
    ) -> Flow<Vec<Pending<'a>>> {
        let mut pending = Vec::with_capacity(elements.len());
        let is_pairs = elements
            .first()
            .is_some_and(|element| element.subscript.is_none());
        if is_pairs {
            for pair in elements.chunks(2) {
                let key = self.expand_pair_word(&pair[0])?;
                let value = match pair.get(1) {
                    Some(value) => self.expand_pair_word(value)?,
                    None => Text::new(),
                };
                if key.is_empty() {
                    self.complain([&name.name()[..], b": bad array subscript"].concat());
                    continue;
                }
                pending.push(Pending {
                    place: Place::Key(key),
                    append: false,
                    value,
                });
            }
            return Flow::Continue(pending);
        }
        for element in elements {
            let Some(index) = &element.subscript else {
                let name = name.name();
                let source = &element.value.source;
                let message = b": must use subscript when assigning associative array";
                self.complain([&name[..], b": ", source, message].concat());
                continue;
            };
            let key = self.expand_text(&index.word)?;
            let value = self.expand_text(&element.value)?;
            if key.is_empty() {
                let shown = [b"[", &index.word.source[..], b"]=", &element.value.source].concat();
                self.complain([&shown[..], b": bad array subscript"].concat());
                continue;
            }
            pending.push(Pending {
                place: Place::Key(key),
                append: element.append,
                value,
            });
        }
        Flow::Continue(pending)
    }

    fn expand_pair_word(&mut self, element: &ArrayElement) -> Flow<Text> {
        let value = self.expand_text(&element.value)?;
        let Some(index) = &element.subscript else {
            return Flow::Continue(value);
        };
        // Among keys and values, `[a]=b` is a text like others.
        let key = self.expand_text(&index.word)?;
        let equals: &[u8] = if element.append { b"]+=" } else { b"]=" };
        Flow::Continue([b"[", &key[..], equals, &value].concat())
    }
}
