//! Lists, and-or lists and pipelines.

use super::{Parsed, Parser};
use crate::shell::ast::{
    AndOr, Command, CompoundCommand, Connector, List, ListItem, Pipeline, RedirectedFd,
    Redirection, RedirectionTarget, SimpleCommand, TimeFormat, Word,
};
use std::rc::Rc;

/// Words that end a list inside of a compound command.
const CLOSING: &[&str] = &["then", "else", "elif", "fi", "do", "done", "esac", "}"];

impl Parser<'_> {
    /// The list up to the end of its line; none at the end of the script.
    pub(super) fn complete_command(&mut self) -> Parsed<Option<List>> {
        loop {
            self.skip_blanks();
            match self.peek() {
                None => return Ok(None),
                Some(b'\n') => self.newline()?,
                Some(_) => break,
            }
        }
        let mut list = List::default();
        loop {
            self.skip_blanks();
            match self.peek() {
                None => break,
                Some(b'\n') => {
                    self.newline()?;
                    break;
                }
                Some(_) => {}
            }
            let command = self.and_or()?;
            let (background, more) = self.separator()?;
            list.items.push(ListItem {
                command,
                background,
            });
            if !more {
                match self.peek() {
                    None => {}
                    Some(b'\n') => self.newline()?,
                    Some(_) => return Err(self.unexpected()),
                }
                break;
            }
        }
        self.finish_here_documents()?;
        Ok(Some(list))
    }

    /// The commands of a compound command, up to the word or operator that closes it. There must be one.
    pub(super) fn compound_list(&mut self) -> Parsed<List> {
        let list = self.commands()?;
        if list.items.is_empty() {
            return Err(self.unexpected());
        }
        Ok(list)
    }

    /// Commands up to what closes them; maybe none.
    pub(super) fn commands(&mut self) -> Parsed<List> {
        self.deeper(|parser| {
            let mut list = List::default();
            loop {
                parser.skip_newlines()?;
                if parser.is_at_closing() {
                    return Ok(list);
                }
                let command = parser.and_or()?;
                let (background, more) = parser.separator()?;
                list.items.push(ListItem {
                    command,
                    background,
                });
                if !more && parser.peek() != Some(b'\n') {
                    return Ok(list);
                }
            }
        })
    }

    fn is_at_closing(&mut self) -> bool {
        match self.peek() {
            None | Some(b')') => true,
            Some(b';') => true,
            Some(b't' | b'e' | b'f' | b'd' | b'}') => {
                CLOSING.iter().any(|word| self.looks_at_word(word))
            }
            Some(_) => false,
        }
    }

    /// What stands behind a command: whether it is `&`, and whether another command may follow on the line.
    fn separator(&mut self) -> Parsed<(bool, bool)> {
        self.skip_blanks();
        match self.peek() {
            Some(b';') if !matches!(self.peek_at(1), Some(b';' | b'&')) => {
                self.bump();
                Ok((false, true))
            }
            Some(b'&') if self.peek_at(1) != Some(b'&') => {
                self.bump();
                Ok((true, true))
            }
            _ => Ok((false, false)),
        }
    }

    /// Steps over line ends, and what stands between them.
    pub(super) fn skip_newlines(&mut self) -> Parsed<()> {
        loop {
            self.skip_blanks();
            if self.peek() != Some(b'\n') {
                return Ok(());
            }
            self.newline()?;
        }
    }

    fn and_or(&mut self) -> Parsed<AndOr> {
        let first = self.pipeline()?;
        let mut rest = Vec::new();
        loop {
            self.skip_blanks();
            let connector = if self.take("&&") {
                Connector::And
            } else if self.take("||") {
                Connector::Or
            } else {
                return Ok(AndOr { first, rest });
            };
            self.skip_newlines()?;
            rest.push((connector, self.pipeline()?));
        }
    }

    fn pipeline(&mut self) -> Parsed<Pipeline> {
        let mut pipeline = Pipeline {
            time: None,
            negated: false,
            stages: Vec::new(),
        };
        loop {
            self.skip_blanks();
            if self.looks_at_word("!") {
                self.bump();
                pipeline.negated = !pipeline.negated;
            } else if pipeline.time.is_none() && self.looks_at_word("time") {
                self.bump_by(4);
                pipeline.time = Some(TimeFormat::Bash);
                self.skip_blanks();
                if self.take_word("-p") {
                    pipeline.time = Some(TimeFormat::Posix);
                    self.skip_blanks();
                }
                self.take_word("--");
            } else {
                break;
            }
        }
        let stands_alone = pipeline.negated || pipeline.time.is_some();
        if stands_alone && matches!(self.peek(), None | Some(b'\n' | b';' | b')')) {
            return Ok(pipeline);
        }
        loop {
            let mut command = self.command()?;
            self.skip_blanks();
            if self.looks_at("||") || self.peek() != Some(b'|') {
                pipeline.stages.push(command);
                return Ok(pipeline);
            }
            self.bump();
            if self.peek() == Some(b'&') {
                self.bump();
                redirect_error(&mut command, self.line);
            }
            pipeline.stages.push(command);
            self.skip_newlines()?;
        }
    }
}

/// `|&`: standard error goes where standard output goes.
fn redirect_error(command: &mut Command, line: u32) {
    let redirection = Redirection {
        line,
        fd: RedirectedFd::Number(2),
        target: RedirectionTarget::DuplicateOutput(Word::literal(b"1")),
    };
    match command {
        Command::Simple(SimpleCommand { redirections, .. }) => redirections.push(redirection),
        Command::Compound(compound) => {
            let compound: &mut CompoundCommand = Rc::make_mut(compound);
            compound.redirections.push(redirection);
        }
        Command::Function(_) | Command::Coprocess(_) => {}
    }
}
