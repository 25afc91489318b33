//! `$name` and `${…}`.

use super::found::{Found, Joined, Many, One};
use super::operation::Change;
use super::sink::{Kind, Sink};
use crate::shell::Shell;
use crate::shell::access::{self, Referent, discard};
use crate::shell::ast::{Operation, Parameter, Subject, Subscript, Text, Word};
use crate::shell::flow::{Error, Flow, Jump};
use crate::shell::options::SetOption;
use crate::shell::pattern::characters;
use crate::shell::script::TextSource;
use crate::shell::state::ScriptSource;
use crate::shell::symbol::Symbol;
use crate::shell::value::Value;

impl Shell {
    pub(super) fn expand_parameter(
        &mut self,
        parameter: &Parameter,
        is_quoted: bool,
        sink: &mut Sink,
    ) -> Flow<()> {
        if parameter.operation == Operation::Value
            && !parameter.indirect
            && self.put_plain(&parameter.subject, is_quoted, sink)
        {
            return Flow::Continue(());
        }
        match &parameter.operation {
            Operation::Bad => return self.expand_bad(parameter),
            Operation::Unclosed(closing) => {
                let quote = if *closing == b'`' { '"' } else { '`' };
                let end = if *closing == b'`' { '"' } else { '\'' };
                let closing = char::from(*closing);
                let message = format!("bad substitution: no closing {quote}{closing}{end} in ");
                self.complain([message.as_bytes(), &parameter.source].concat());
                return Flow::Break(Jump::Discard(Error::Command, 1));
            }
            Operation::Unread(messages) => {
                self.tell_of_text(messages, TextSource::Substitution.label());
                return Flow::Break(Jump::Discard(Error::Command, 1));
            }
            Operation::Names { joined } => {
                let names = self.names_with(parameter);
                let joined = sink.joined_when_changed(Joined::when(*joined), is_quoted);
                self.put_many(&names, joined, is_quoted, sink);
                return Flow::Continue(());
            }
            Operation::Keys { joined } => {
                let keys = match &parameter.subject {
                    Subject::Element(name, _) | Subject::Variable(name) => {
                        self.array_indices(*name)
                    }
                    _ => Vec::new(),
                };
                let joined = sink.joined_when_changed(Joined::when(*joined), is_quoted);
                self.put_many(&keys, joined, is_quoted, sink);
                return Flow::Continue(());
            }
            _ => {}
        }
        if !parameter.indirect {
            return self.expand_subject(parameter, &parameter.subject, is_quoted, sink);
        }
        // Of namerefs, the value of the last one is looked at, not what it leads to.
        if let (Subject::Variable(name), Operation::Value) =
            (&parameter.subject, &parameter.operation)
            && self.attributes(*name).nameref
        {
            let Some(target) = self.nameref_text(*name) else {
                return self.refuse_indirection(&name.name());
            };
            sink.put(self, &target, is_quoted);
            return Flow::Continue(());
        }
        let subject = self.indirect_subject(parameter)?;
        self.expand_subject(parameter, &subject, is_quoted, sink)
    }

    /// Puts the value of a variable or a positional parameter that needs nothing done. Says whether it is one.
    fn put_plain(&mut self, subject: &Subject, is_quoted: bool, sink: &mut Sink) -> bool {
        if !is_quoted {
            sink.need_ifs(self);
        }
        let text = match subject {
            Subject::Variable(name) => self.plain_value(*name),
            Subject::Positional(number @ 1..) => self.state.positional.get(number - 1),
            _ => None,
        };
        match text {
            Some(text) => {
                sink.put_with_ifs(text, is_quoted);
                true
            }
            None => false,
        }
    }

    /// What `${!name}` is about: the parameter that the value names.
    fn indirect_subject(&mut self, parameter: &Parameter) -> Flow<Subject> {
        let name = match self.find(&parameter.subject)? {
            Found::One(one) => one.text().cloned(),
            Found::Many(many, _) if many.len() == 0 => None,
            Found::Many(many, _) => Some(joined_with(&many.texts(), b" ")),
        };
        let Some(name) = name else {
            if let Subject::Variable(name) | Subject::Element(name, _) = parameter.subject
                && self.variable(name).is_none()
            {
                return self.refuse_indirection(&label_of(&parameter.subject));
            }
            // What has no value names what has none.
            return Flow::Continue(Subject::Variable(Symbol::new("")));
        };
        match access::subject(&name) {
            Some(subject) => Flow::Continue(subject),
            None => {
                self.complain([&name[..], b": invalid variable name"].concat());
                discard()
            }
        }
    }

    fn refuse_indirection<T>(&mut self, label: &[u8]) -> Flow<T> {
        self.complain([label, b": invalid indirect expansion"].concat());
        discard()
    }

    fn expand_subject(
        &mut self,
        parameter: &Parameter,
        subject: &Subject,
        is_quoted: bool,
        sink: &mut Sink,
    ) -> Flow<()> {
        let found = self.find(subject)?;
        if let Found::One(One::Nowhere(name)) = &found {
            if parameter.operation == Operation::Length
                && let Subject::Element(name, Subscript::Index(index)) = subject
            {
                if self.variable(*name).is_none() {
                    self.check_array(subject)?;
                    sink.put_number(self, 0, is_quoted);
                    return Flow::Continue(());
                }
                let source = &index.word.source;
                self.complain([&source[..], b"]: bad array subscript"].concat());
                return discard();
            }
            self.complain_of_subscript(*name);
        }
        // Whether the values of `$*` are one text.
        let is_one = is_quoted || sink.kind != Kind::Fields;
        match &parameter.operation {
            Operation::Value => match found {
                Found::One(one) => match one.text() {
                    Some(text) => sink.put(self, text, is_quoted),
                    None => {
                        self.check_unset(parameter, subject)?;
                        if is_quoted {
                            sink.put_quoted(b"");
                        }
                    }
                },
                Found::Many(many, joined) => {
                    // `${a[*]}` alone is joined as elsewhere.
                    let is_array = matches!(subject, Subject::Element(..));
                    let joins = sink.joins_with_blanks;
                    sink.joins_with_blanks &= !is_array;
                    self.put_many(&many.texts(), joined, is_quoted, sink);
                    sink.joins_with_blanks = joins;
                }
            },
            Operation::Length => {
                let length = self.length_of(parameter, subject, &found)?;
                let length = i64::try_from(length).unwrap_or(i64::MAX);
                sink.put_number(self, length, is_quoted);
            }
            Operation::Default { colon, word } => {
                if self.is_missing(&found, *colon, is_one) {
                    return self.expand_inner(word, is_quoted, sink);
                }
                self.put_found(&found, is_quoted, sink);
            }
            Operation::Alternative { colon, word } => {
                if !self.is_missing(&found, *colon, is_one) {
                    return self.expand_inner(word, is_quoted, sink);
                }
                match &found {
                    Found::Many(many, Joined::No) if many.len() == 0 => sink.note_empty_list(),
                    _ if is_quoted => sink.put_quoted(b""),
                    _ => {}
                }
            }
            Operation::Assign { colon, word } => {
                if !self.is_missing(&found, *colon, is_one) {
                    self.put_found(&found, is_quoted, sink);
                    return Flow::Continue(());
                }
                let value = self.assign_default(parameter, subject, word, is_quoted)?;
                sink.put(self, &value, is_quoted);
            }
            Operation::Require { colon, word } => {
                if self.is_missing(&found, *colon, is_one) {
                    return Flow::Break(self.require(parameter, subject, *colon, word.as_ref())?);
                }
                self.put_found(&found, is_quoted, sink);
            }
            Operation::Substring { offset, length } => {
                self.expand_substring(
                    parameter,
                    subject,
                    found,
                    offset,
                    length.as_deref(),
                    is_quoted,
                    sink,
                )?;
            }
            Operation::Transform(letter) => {
                self.expand_transform(parameter, subject, found, *letter, is_quoted, sink)?;
            }
            operation => {
                if let Found::One(one) = &found
                    && one.text().is_none()
                {
                    self.check_unset(parameter, subject)?;
                }
                // Where there is nothing to change, the words are not expanded.
                let change = match is_changeable(&found, operation) {
                    true => self.change_of(operation)?,
                    false => Change::None,
                };
                self.put_changed(&found, &change, is_quoted, sink);
            }
        }
        Flow::Continue(())
    }

    fn put_changed(&mut self, found: &Found, change: &Change, is_quoted: bool, sink: &mut Sink) {
        match found {
            Found::One(one) => {
                // What has no value stays nothing, also where a pattern matches that.
                match one.text() {
                    Some(text) => sink.put(self, &change.apply(text), is_quoted),
                    None => sink.put(self, b"", is_quoted),
                }
            }
            Found::Many(many, joined) => {
                let texts: Vec<_> = many
                    .texts()
                    .into_iter()
                    .map(|text| change.apply(text))
                    .collect();
                let removes = matches!(change, Change::Prefix { .. } | Change::Suffix { .. });
                let joined = sink.joined_when_changed(*joined, is_quoted || removes);
                self.put_many(&texts, joined, is_quoted, sink);
            }
        }
    }

    fn put_found(&mut self, found: &Found, is_quoted: bool, sink: &mut Sink) {
        match found {
            Found::One(one) => {
                let text = one.text().map_or(&b""[..], |text| text);
                sink.put(self, text, is_quoted);
            }
            Found::Many(many, joined) => self.put_many(&many.texts(), *joined, is_quoted, sink),
        }
    }

    /// Puts several values.
    pub(super) fn put_many<T: AsRef<[u8]>>(
        &mut self,
        texts: &[T],
        joined: Joined,
        is_quoted: bool,
        sink: &mut Sink,
    ) {
        let is_one_text = is_quoted && joined == Joined::Yes || sink.kind != Kind::Fields;
        if is_one_text {
            let joiner = match joined {
                Joined::Yes if !sink.joins_with_blanks => self.joiner(),
                _ => b" ".to_vec(),
            };
            let text = joined_with(texts, &joiner);
            if !text.is_empty() || joined == Joined::Yes {
                sink.put(self, &text, is_quoted);
            }
            return;
        }
        if texts.is_empty() && is_quoted {
            sink.note_empty_list();
        }
        // Without quotes, values are joined and split again if what they are joined with is no white space: then empty ones
        // among them are fields.
        let separator = match is_quoted {
            true => Text::new(),
            false => self.joiner(),
        };
        let splits_again = !matches!(separator.as_slice(), [] | [b' ' | b'\t' | b'\n']);
        for (number, text) in texts.iter().enumerate() {
            if number > 0 && splits_again {
                sink.put(self, &separator, false);
            } else if number > 0 {
                sink.end_field();
            }
            sink.put(self, text.as_ref(), is_quoted);
        }
    }

    /// Whether `${x-word}` (with a colon, `${x:-word}`) takes the word.
    fn is_missing(&mut self, found: &Found, colon: bool, is_one: bool) -> bool {
        match found {
            Found::One(one) => match one.text() {
                Some(text) => colon && text.is_empty(),
                None => true,
            },
            Found::Many(many, joined) => match many.texts().as_slice() {
                [] => true,
                [only] => colon && only.is_empty(),
                texts => {
                    colon
                        && is_one
                        && *joined == Joined::Yes
                        && texts.iter().all(|text| text.is_empty())
                        && self.joiner().is_empty()
                }
            },
        }
    }

    fn length_of(
        &mut self,
        parameter: &Parameter,
        subject: &Subject,
        found: &Found,
    ) -> Flow<usize> {
        // As in bash, what a nameref with a subscript stands for has no length.
        if let Subject::Variable(name) = subject
            && self.named_element(*name).is_some()
        {
            return Flow::Continue(0);
        }
        match found {
            Found::One(one) => match one.text() {
                Some(text) => Flow::Continue(characters::count(text)),
                None => {
                    self.check_length(parameter, subject)?;
                    Flow::Continue(0)
                }
            },
            Found::Many(many, _) => {
                let lacks_value = match many {
                    Many::None => true,
                    Many::Elements(variable) => variable.is_declared_only(),
                    Many::Positional(_) => false,
                };
                if lacks_value {
                    self.check_array(subject)?;
                }
                Flow::Continue(many.len())
            }
        }
    }

    /// With `set -u`, what has no value has no length: of an element, its array is looked at.
    fn check_length(&mut self, parameter: &Parameter, subject: &Subject) -> Flow<()> {
        match subject {
            Subject::Element(..) => match self.variable_of(subject) {
                Some((_, variable)) if variable.is_array() && !variable.is_declared_only() => {
                    Flow::Continue(())
                }
                _ => self.check_array(subject),
            },
            Subject::Positional(number) if self.is_set(SetOption::NoUnset) => {
                Flow::Break(self.refuse_unset(number.to_string().as_bytes()))
            }
            Subject::Special(_) => Flow::Continue(()),
            _ => self.check_unset(parameter, subject),
        }
    }

    /// With `set -u`, an array without a value is an error.
    fn check_array(&mut self, subject: &Subject) -> Flow<()> {
        if !self.is_set(SetOption::NoUnset) {
            return Flow::Continue(());
        }
        let label = name_of(subject);
        self.complain([&label[..], b": unbound variable"].concat());
        discard()
    }

    /// With `set -u`, a parameter without a value is an error.
    pub(super) fn check_unset(&mut self, parameter: &Parameter, subject: &Subject) -> Flow<()> {
        let is_excused =
            matches!(subject, Subject::Variable(name) if self.named_element(*name).is_some());
        if !self.is_set(SetOption::NoUnset) || is_excused {
            return Flow::Continue(());
        }
        let is_braced = parameter.source.starts_with(b"${");
        let label = match subject {
            _ if parameter.indirect => [b"!", &label_of(&parameter.subject)[..]].concat(),
            Subject::Positional(_) | Subject::Special(_) if !is_braced => {
                [b"$", &label_of(subject)[..]].concat()
            }
            subject => label_of(subject),
        };
        Flow::Break(self.refuse_unset(&label))
    }

    /// Says that a parameter has no value; gives the end of the shell that follows.
    pub(in crate::shell) fn refuse_unset(&mut self, label: &[u8]) -> Jump {
        self.complain([label, b": unbound variable"].concat());
        self.end_of_error()
    }

    /// How an error ends the shell that expands something which has no value.
    fn end_of_error(&self) -> Jump {
        Jump::Exit(self.unset_status())
    }

    /// The status of a shell that an unset parameter ends.
    pub(crate) fn unset_status(&self) -> i32 {
        let is_argument = self.state.source == ScriptSource::Argument;
        match self.state.subshells > 0 || self.is_set(SetOption::ErrExit) || !is_argument {
            true => 1,
            false => 127,
        }
    }

    fn require(
        &mut self,
        parameter: &Parameter,
        subject: &Subject,
        colon: bool,
        word: Option<&Word>,
    ) -> Flow<Jump> {
        let message = match word {
            Some(word) => self.expand_text(word)?,
            None if colon => b"parameter null or not set".to_vec(),
            None => b"parameter not set".to_vec(),
        };
        let label = match parameter.indirect {
            true => [b"!", &label_of(&parameter.subject)[..]].concat(),
            false => label_of(subject),
        };
        self.complain([&label[..], b": ", &message].concat());
        Flow::Continue(self.end_of_error())
    }

    /// `${name=word}`
    fn assign_default(
        &mut self,
        parameter: &Parameter,
        subject: &Subject,
        word: &Word,
        is_quoted: bool,
    ) -> Flow<Text> {
        let value = match is_quoted {
            true => self.expand_quoted(word)?,
            false => self.expand_text(word)?,
        };
        match subject {
            Subject::Variable(name) if parameter.indirect && name.name().is_empty() => {
                let label = label_of(&parameter.subject);
                self.refuse_indirection(&[b"!", &label[..]].concat())
            }
            Subject::Variable(name) => {
                self.assign(*name, value)?;
                Flow::Continue(self.value(*name).unwrap_or_default())
            }
            Subject::Element(name, Subscript::Index(index)) => {
                self.assign_element(*name, index, value)?;
                Flow::Continue(self.element(*name, index)?.unwrap_or_default())
            }
            Subject::Element(name, Subscript::Each | Subscript::Joined) => {
                let name = name.name();
                let source = if matches!(subject, Subject::Element(_, Subscript::Each)) {
                    b"[@]"
                } else {
                    b"[*]"
                };
                self.complain([&name[..], source, b": bad array subscript"].concat());
                discard()
            }
            Subject::Positional(_) | Subject::Special(_) => {
                let label = label_of(if parameter.indirect {
                    &parameter.subject
                } else {
                    subject
                });
                self.complain([b"$", &label[..], b": cannot assign in this way"].concat());
                discard()
            }
        }
    }

    /// What is no expansion of bash's.
    fn expand_bad(&mut self, parameter: &Parameter) -> Flow<()> {
        // With `@` and a letter that is none, it is nothing when the parameter has no value, and else worse than others.
        let transformed = parameter.source.strip_prefix(b"${").and_then(|rest| {
            let at = rest.iter().rposition(|&byte| byte == b'@')?;
            access::subject(&rest[..at])
        });
        let jump = match transformed {
            Some(subject) => match self.find(&subject)? {
                Found::One(one) if one.text().is_none() => return Flow::Continue(()),
                _ => self.end_of_error(),
            },
            None => Jump::Discard(Error::Command, 1),
        };
        self.complain([&parameter.source[..], b": bad substitution"].concat());
        Flow::Break(jump)
    }

    /// The attributes of what a subject names, and whether it is an array.
    pub(super) fn variable_of(
        &mut self,
        subject: &Subject,
    ) -> Option<(Symbol, std::rc::Rc<crate::shell::value::Variable>)> {
        let (Subject::Variable(name) | Subject::Element(name, _)) = subject else {
            return None;
        };
        let name = match self.resolve(*name) {
            Referent::Variable(name) | Referent::Global(name) | Referent::Element(name, _) => name,
            Referent::Nothing => return None,
        };
        Some((name, self.seen(name)?))
    }
}

/// Whether there is a value that an operation changes: what is empty has nothing to remove.
fn is_changeable(found: &Found, operation: &Operation) -> bool {
    let removes = matches!(
        operation,
        Operation::RemovePrefix { .. } | Operation::RemoveSuffix { .. }
    );
    match found {
        Found::One(one) => one.text().is_some_and(|text| !(removes && text.is_empty())),
        Found::Many(many, _) => many.len() > 0,
    }
}

/// Texts with another one between each two.
pub(super) fn joined_with<T: AsRef<[u8]>>(texts: &[T], joiner: &[u8]) -> Text {
    let mut joined = Text::new();
    for (number, text) in texts.iter().enumerate() {
        if number > 0 {
            joined.extend_from_slice(joiner);
        }
        joined.extend_from_slice(text.as_ref());
    }
    joined
}

/// A subject as messages name it.
pub(super) fn label_of(subject: &Subject) -> Text {
    match subject {
        Subject::Variable(name) => name.name().to_vec(),
        Subject::Element(name, subscript) => {
            let source: &[u8] = match subscript {
                Subscript::Each => b"@",
                Subscript::Joined => b"*",
                Subscript::Index(index) => &index.word.source,
            };
            [&name.name()[..], b"[", source, b"]"].concat()
        }
        Subject::Positional(number) => number.to_string().into_bytes(),
        Subject::Special(mark) => vec![*mark],
    }
}

/// The name of a subject's variable.
fn name_of(subject: &Subject) -> Text {
    match subject {
        Subject::Element(name, _) => name.name().to_vec(),
        subject => label_of(subject),
    }
}

/// Whether a value is an associative array's.
pub(super) fn is_associative(value: &Value) -> bool {
    matches!(value, Value::Associative(_))
}

/// The values of a list, of which one may be none.
pub(super) fn one_text(one: &One) -> &[u8] {
    one.text().map_or(&b""[..], |text| text)
}
