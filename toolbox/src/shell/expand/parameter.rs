//! Parameter expansion: what a parameter has, before its operation.

use crate::shell::Shell;
use crate::shell::ast::{Index, Operation, Parameter, Subject, Subscript, Text};
use crate::shell::flow::{Flow, Jump};
use crate::shell::options::{SetOption, Shopt};
use crate::shell::parser;
use crate::shell::symbol::Symbol;
use crate::shell::value::Value;

use super::output::Output;
use super::{Place, exit};

/// What a parameter has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Unset,
    Text(Text),
    /// `$@`, `${a[*]}` and the like.
    List {
        items: Vec<Text>,
        joined: bool,
    },
}

impl Shell {
    pub(super) fn expand_parameter(
        &mut self,
        parameter: &Parameter,
        place: Place,
        output: &mut Output,
    ) -> Flow<()> {
        if parameter.operation == Operation::Value && !parameter.indirect {
            // The commonest case: a variable with a value.
            if let Subject::Variable(name) = parameter.subject
                && !name.is_special()
                && let Some(variable) = self.state.variables.get(name)
                && !variable.attributes.nameref
                && let Value::Scalar(text) = &variable.value
            {
                output.expanded(text, place.quoted);
                return Flow::Continue(());
            }
            let found = self.find(&parameter.subject)?;
            self.check_set(&found, &parameter.subject)?;
            put(&found, place, output);
            return Flow::Continue(());
        }
        match &parameter.operation {
            Operation::Bad => {
                self.complain([parameter.source.as_slice(), b": bad substitution"].concat());
                crate::shell::access::discard()
            }
            Operation::Names { joined } => {
                let Subject::Variable(prefix) = parameter.subject else {
                    return Flow::Continue(());
                };
                let items = self.names_with_prefix(prefix);
                put(
                    &Found::List {
                        items,
                        joined: *joined,
                    },
                    place,
                    output,
                );
                Flow::Continue(())
            }
            Operation::Keys { joined } => {
                let Subject::Element(name, _) = parameter.subject else {
                    return Flow::Continue(());
                };
                // Of a nameref, the name that it refers to.
                let items = self.array_keys(name);
                put(
                    &Found::List {
                        items,
                        joined: *joined,
                    },
                    place,
                    output,
                );
                Flow::Continue(())
            }
            operation if parameter.indirect => match self.indirect(parameter)? {
                Some(subject) => self.operate(&subject, operation, parameter, place, output),
                None => Flow::Continue(()),
            },
            operation => self.operate(&parameter.subject, operation, parameter, place, output),
        }
    }

    /// The parameter that the value of another one names.
    fn indirect(&mut self, parameter: &Parameter) -> Flow<Option<Subject>> {
        if let Subject::Variable(name) = parameter.subject
            && self.attributes(name).nameref
        {
            // Of a nameref it is the name that it refers to.
            let text = self
                .state
                .variables
                .get(name)
                .and_then(|variable| variable.text().cloned());
            let text = text.unwrap_or_default();
            return Flow::Continue(Some(Subject::Variable(self.named(&text))));
        }
        let found = self.find(&parameter.subject)?;
        let text = match found {
            Found::Text(text) => text,
            Found::List { items, .. } => items.join(&b' '),
            Found::Unset => {
                if matches!(
                    parameter.operation,
                    Operation::Default { .. } | Operation::Alternative { .. }
                ) {
                    return Flow::Continue(Some(Subject::Variable(self.named(b""))));
                }
                let shown = parameter.source.strip_prefix(b"${!").unwrap_or_default();
                let shown = shown.strip_suffix(b"}").unwrap_or(shown);
                self.complain([shown, b": invalid indirect expansion"].concat());
                return Flow::Break(Jump::Discard(1));
            }
        };
        match parser::parameter_name(&text) {
            Some(subject) => Flow::Continue(Some(subject)),
            None => {
                self.complain([text.as_slice(), b": invalid variable name"].concat());
                Flow::Break(Jump::Discard(1))
            }
        }
    }

    /// A variable that holds a text, for what has no name.
    fn named(&mut self, text: &[u8]) -> Symbol {
        let name = Symbol::new(" indirect");
        let variable = self.state.variables.edit(name);
        variable.value = match text {
            b"" => Value::Unset,
            text => Value::Scalar(text.to_vec()),
        };
        name
    }

    /// What a parameter has.
    pub(super) fn find(&mut self, subject: &Subject) -> Flow<Found> {
        Flow::Continue(match subject {
            Subject::Variable(name) => self.value(*name).map_or(Found::Unset, Found::Text),
            Subject::Positional(0) => Found::Text(self.state.name.clone()),
            Subject::Positional(number) => match self.state.positional.get(number - 1) {
                Some(text) => Found::Text(text.clone()),
                None => Found::Unset,
            },
            Subject::Special(b'@' | b'*') => Found::List {
                items: self.state.positional.to_vec(),
                joined: *subject == Subject::Special(b'*'),
            },
            Subject::Special(special) => self.special(*special).map_or(Found::Unset, Found::Text),
            Subject::Element(name, Subscript::Index(index)) => self.find_element(*name, index)?,
            Subject::Element(name, subscript) => {
                let items = match self.variable(*name) {
                    Some(variable) => variable.elements().into_iter().cloned().collect(),
                    None => Vec::new(),
                };
                Found::List {
                    items,
                    joined: *subscript == Subscript::Joined,
                }
            }
        })
    }

    fn find_element(&mut self, name: Symbol, index: &Index) -> Flow<Found> {
        Flow::Continue(self.element(name, index)?.map_or(Found::Unset, Found::Text))
    }

    fn special(&self, special: u8) -> Option<Text> {
        let number = |number: i64| Some(number.to_string().into_bytes());
        match special {
            b'#' => number(self.state.positional.len() as i64),
            b'?' => number(i64::from(self.state.status)),
            b'$' => number(i64::from(self.state.pid)),
            b'!' => self
                .state
                .last_background
                .and_then(|pid| number(i64::from(pid))),
            b'-' => Some(self.option_letters()),
            _ => None,
        }
    }

    /// `$-`
    pub fn option_letters(&self) -> Text {
        use crate::shell::state::ScriptSource;

        let mut letters: Text = (b'a'..=b'z')
            .chain(b'A'..=b'Z')
            .filter(|letter| {
                SetOption::from_letter(*letter).is_some_and(|option| self.is_set(option))
            })
            .collect();
        match self.state.source {
            ScriptSource::Argument => letters.push(b'c'),
            ScriptSource::StandardInput => letters.push(b's'),
            ScriptSource::File => {}
        }
        letters
    }

    /// With `set -u`, a parameter without a value ends the shell.
    pub(super) fn check_set(&mut self, found: &Found, subject: &Subject) -> Flow<()> {
        if *found != Found::Unset || !self.is_set(SetOption::NoUnset) {
            return Flow::Continue(());
        }
        let name = subject_text(subject);
        self.complain([name.as_slice(), b": unbound variable"].concat());
        exit(self.unset_status())
    }

    /// The status of a shell that an unset parameter ends.
    pub(crate) fn unset_status(&self) -> i32 {
        match self.state.subshells > 0 || self.is_set(SetOption::ErrExit) {
            true => 1,
            false => 127,
        }
    }

    /// Whether `&` stands for the match in a replacement.
    pub(super) fn replaces_ampersand(&self) -> bool {
        self.has_shopt(Shopt::PatsubReplacement)
    }
}

/// How messages name a parameter.
pub(super) fn subject_text(subject: &Subject) -> Text {
    match subject {
        Subject::Variable(name) => name.name().to_vec(),
        Subject::Positional(number) => format!("${number}").into_bytes(),
        Subject::Special(byte) => vec![b'$', *byte],
        Subject::Element(name, Subscript::Index(index)) => {
            [&name.name()[..], b"[", &index.word.source, b"]"].concat()
        }
        Subject::Element(name, Subscript::Each) => [&name.name()[..], b"[@]"].concat(),
        Subject::Element(name, Subscript::Joined) => [&name.name()[..], b"[*]"].concat(),
    }
}

pub(super) fn put(found: &Found, place: Place, output: &mut Output) {
    match found {
        Found::Unset if place.quoted => output.quoted(b""),
        Found::Unset => {}
        Found::Text(text) => output.expanded(text, place.quoted),
        Found::List { items, joined } => {
            if items.is_empty() {
                if place.quoted && (*joined || !output.splits()) {
                    output.quoted(b"");
                } else {
                    output.note_empty_list();
                }
                return;
            }
            output.list(items, *joined, place.quoted);
        }
    }
}
