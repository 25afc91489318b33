//! Command and process substitution, and the commands that arithmetic may turn out to be.

use std::rc::Rc;

use super::error::{ErrorKind, Parsed};
use super::{Reader, What};
use crate::shell::ast::{
    AndOr, Command, CommandSubstitution, List, ListItem, Part, Pipeline, ProcessSubstitution,
    RedirectedFd, RedirectionTarget, Text, UnreadText, Word,
};

/// What `((` begins.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Arithmetic,
    /// A subshell in parentheses that close before this place.
    Commands(usize),
}

/// A place to go back to.
pub(super) struct Position {
    at: usize,
    depth: usize,
    pending: usize,
}

impl Reader<'_, '_> {
    pub(super) fn position(&self) -> Position {
        Position {
            at: self.input.at,
            depth: self.depth,
            pending: self.pending.len(),
        }
    }

    pub(super) fn go_back(&mut self, position: &Position) {
        self.input.at = position.at;
        self.depth = position.depth;
        self.pending.truncate(position.pending);
    }

    /// What `((` at some place begins, if it was found out already.
    pub(super) fn meaning(&self, at: usize) -> Option<Meaning> {
        let known = self
            .double_parentheses
            .iter()
            .rev()
            .find(|(place, _)| *place == at);
        known.map(|(_, meaning)| *meaning)
    }

    pub(super) fn remember(&mut self, at: usize, meaning: Meaning) {
        self.double_parentheses.push((at, meaning));
    }

    /// `$(…)`, behind the `$`.
    #[inline(never)]
    pub(super) fn command_substitution(&mut self) -> Parsed<Part> {
        let body = self.parenthesised()?;
        Ok(substitution(body))
    }

    /// `<(…)` or `>(…)`
    #[inline(never)]
    pub(super) fn process_substitution(&mut self) -> Parsed<Part> {
        let is_read = self.peek() == Some(b'<');
        self.bump();
        let mut body = self.parenthesised()?;
        if is_read {
            print_file(&mut body);
        }
        Ok(Part::Process(Rc::new(ProcessSubstitution {
            is_read,
            body,
        })))
    }

    /// Commands in parentheses; maybe none.
    #[inline(never)]
    fn parenthesised(&mut self) -> Parsed<List> {
        let start = self.input.at;
        let body = self.list_in_parentheses().map_err(|mut error| {
            // One that lacks its end is an error like others.
            if error.is_eof {
                error.name_parenthesis();
            } else {
                error.kind = ErrorKind::Substitution;
            }
            error
        })?;
        self.show(start, || What::Commands(body.clone()));
        Ok(body)
    }

    #[inline(never)]
    fn list_in_parentheses(&mut self) -> Parsed<List> {
        self.peek();
        self.bump();
        let outer = std::mem::take(&mut self.pending);
        let braces = self.braces;
        self.braces += 1;
        let is_body = std::mem::take(&mut self.is_body);
        let body = self.commands();
        self.is_body = is_body;
        let body = body?;
        self.braces = braces;
        match self.peek() {
            Some(b')') => self.bump(),
            _ => return Err(self.unexpected()),
        }
        // A here-document that begins inside, in a line that has not ended yet, has its body behind that line.
        let inner = std::mem::replace(&mut self.pending, outer);
        if !inner.is_empty() {
            let line = self.line();
            let plural = if inner.len() == 1 { "" } else { "s" };
            let message = format!(
                "warning: command substitution: {} unterminated here-document{plural}",
                inner.len()
            );
            self.warnings.push((line, message.into_bytes()));
        }
        self.pending.extend(inner);
        Ok(body)
    }

    /// `` `…` ``: a backslash keeps its meaning only before `$`, `` ` `` and `\`, and before `"` inside of double quotes.
    #[inline(never)]
    pub(super) fn backquotes(&mut self, is_quoted: bool) -> Parsed<Part> {
        let start = self.input.at;
        self.bump();
        let mut text = Text::new();
        loop {
            let Some(byte) = self.input.raw(self.input.at) else {
                return Err(self.unclosed(start, '`'));
            };
            self.bump();
            match byte {
                b'`' => break,
                b'\\' => match self.input.raw(self.input.at) {
                    Some(next @ (b'$' | b'`' | b'\\')) => {
                        text.push(next);
                        self.bump();
                    }
                    Some(b'"') if is_quoted => {
                        text.push(b'"');
                        self.bump();
                    }
                    _ => text.push(b'\\'),
                },
                _ => text.push(byte),
            }
        }
        let line = self.input.line_at(start);
        self.enter()?;
        let mut inner = self.inner(text, line);
        inner.braces += 1;
        let parsed = inner.whole_list();
        self.warnings.append(&mut inner.warnings);
        self.depth -= 1;
        let body = match parsed {
            Ok(body) => body,
            Err(error) if error.is_too_deep() => return Err(error),
            // Bash reads them when it runs them, and reports it then.
            Err(_) => unread(inner.input.whole_text(), line),
        };
        Ok(substitution(body))
    }

    /// All commands of the text.
    fn whole_list(&mut self) -> Parsed<List> {
        let list = self.commands()?;
        match self.peek() {
            None => {
                self.finish_here_documents();
                Ok(list)
            }
            Some(_) => Err(self.unexpected()),
        }
    }

    /// `$((…))`, behind the `$`: an expression, or a command substitution that begins with a subshell.
    #[inline(never)]
    pub(super) fn double_parenthesis(&mut self) -> Parsed<Part> {
        let position = self.position();
        let meaning = self.meaning(position.at);
        if !matches!(meaning, Some(Meaning::Commands(_))) {
            match self.arithmetic_expansion() {
                Ok(Some(part)) => {
                    self.remember(position.at, Meaning::Arithmetic);
                    return Ok(part);
                }
                Err(error) if error.holds_for_commands() => return Err(error),
                _ => self.go_back(&position),
            }
        }
        // Bash reads these commands when it runs them.
        let end = match meaning {
            Some(Meaning::Commands(end)) => end,
            _ => match self.end_of_brackets(b'(', b')') {
                Ok(end) => end,
                Err(open) => return Err(self.still_open(open)),
            },
        };
        self.remember(position.at, Meaning::Commands(end));
        let part = self.command_substitution();
        self.show_as_it_stands(position.at);
        match part {
            Err(error) if !error.is_too_deep() => {
                self.go_back(&position);
                let line = self.line();
                let text = self
                    .input
                    .text
                    .get(position.at + 1..end - 1)
                    .unwrap_or_default();
                let body = unread(text.to_vec(), line);
                self.input.at = end;
                Ok(substitution(body))
            }
            part => part,
        }
    }
}

fn substitution(body: List) -> Part {
    Part::Command(Rc::new(match file_of(&body) {
        Some(file) => CommandSubstitution {
            body: List::default(),
            file: Some(file),
        },
        None => CommandSubstitution { body, file: None },
    }))
}

/// Commands that are read when they run.
fn unread(text: Text, line: u32) -> List {
    let command = Command::Unread(Rc::new(UnreadText { text, line }));
    let first = Pipeline {
        time: None,
        negated: false,
        stages: vec![command],
    };
    let command = AndOr {
        first,
        rest: Vec::new(),
    };
    List {
        items: vec![ListItem {
            command,
            background: false,
            ends_line: false,
        }],
    }
}

/// Lets the command of `<(< file)` print the file.
fn print_file(body: &mut List) {
    if file_of(body).is_some()
        && let [item] = body.items.as_mut_slice()
        && let [Command::Simple(command)] = item.command.first.stages.as_mut_slice()
    {
        let words: [&[u8]; 3] = [b"command", b"-p", b"cat"];
        command.words.extend(words.map(Word::literal));
    }
}

/// The file of `< file`, when that is all there is.
fn file_of(body: &List) -> Option<Word> {
    let [item] = body.items.as_slice() else {
        return None;
    };
    let pipeline = &item.command.first;
    let [Command::Simple(command)] = pipeline.stages.as_slice() else {
        return None;
    };
    let is_alone = !item.background
        && item.command.rest.is_empty()
        && pipeline.time.is_none()
        && !pipeline.negated
        && command.words.is_empty()
        && command.assignments.is_empty();
    match command.redirections.as_slice() {
        [redirection] if is_alone && redirection.fd == RedirectedFd::Default => {
            match &redirection.target {
                RedirectionTarget::Read(word) => Some(word.clone()),
                _ => None,
            }
        }
        _ => None,
    }
}
