//! Compound commands, functions and coprocesses. Loops are in `loops`.

use std::rc::Rc;

use super::Reader;
use super::command::Keyword;
use super::error::Parsed;
use super::input::{ends_word, starts_name};
use super::substitution::Meaning;
use super::word::Kind;
use crate::shell::ast::{CaseArm, CaseEnd, Command, Compound, CompoundCommand, Coprocess};
use crate::shell::symbol::Symbol;

impl Reader<'_, '_> {
    /// The command at this place, at which aliases are replaced.
    #[inline(never)]
    pub(super) fn command(&mut self) -> Parsed<Command> {
        match self.keyword() {
            Some((Keyword::Function, end)) => {
                self.input.at = end;
                self.function_keyword()
            }
            Some((Keyword::Coprocess, end)) => {
                self.input.at = end;
                self.coprocess()
            }
            keyword => match self.compound_command()? {
                Some(command) => self.with_redirections(command),
                // `time` counts at the beginning of a pipeline only.
                None if keyword.is_some_and(|(keyword, _)| keyword != Keyword::Time) => {
                    Err(self.unexpected())
                }
                None => self.simple_command(true),
            },
        }
    }

    fn with_redirections(&mut self, mut command: CompoundCommand) -> Parsed<Command> {
        self.redirect(&mut command)?;
        Ok(Command::Compound(Rc::new(command)))
    }

    /// The redirections behind a compound command.
    pub(super) fn redirect(&mut self, command: &mut CompoundCommand) -> Parsed<()> {
        command.redirections = self.redirections()?;
        // No reserved word counts behind one.
        match self.peek() {
            Some(byte) if !ends_word(byte) && !command.redirections.is_empty() => {
                Err(self.unexpected())
            }
            _ => Ok(()),
        }
    }

    /// The compound command at this place, without its redirections; none if another command begins here.
    #[inline(never)]
    pub(super) fn compound_command(&mut self) -> Parsed<Option<CompoundCommand>> {
        let start = self.input.at;
        if self.peek() == Some(b'(') {
            let line = self.line();
            let kind = self.parenthesis()?;
            let line = match kind {
                Compound::Arithmetic(_) => self.line(),
                _ => line,
            };
            return Ok(Some(compound(line, kind)));
        }
        let Some((keyword, end)) = self.keyword() else {
            return Ok(None);
        };
        let line = self.line();
        self.input.at = end;
        let kind = match keyword {
            Keyword::OpenBrace => {
                let list = self.compound_list()?;
                self.expect_keyword(Keyword::CloseBrace)?;
                Compound::Group(list)
            }
            Keyword::Test => self.test_command()?,
            Keyword::If => self.if_command()?,
            Keyword::While => self.while_loop(false)?,
            Keyword::Until => self.while_loop(true)?,
            Keyword::For => self.for_loop()?,
            Keyword::Select => self.select()?,
            Keyword::Case => self.case()?,
            _ => {
                self.input.at = start;
                return Ok(None);
            }
        };
        Ok(Some(compound(line, kind)))
    }

    /// `( … )` or `(( … ))`
    #[inline(never)]
    fn parenthesis(&mut self) -> Parsed<Compound> {
        if self.peek_second() != Some(b'(') {
            return self.subshell();
        }
        let position = self.position();
        let start = self.input.at;
        let mut mistake = None;
        if !matches!(self.meaning(start), Some(Meaning::Commands(_))) {
            match self.double_parenthesised() {
                Ok(Some(arithmetic)) => {
                    self.remember(start, Meaning::Arithmetic);
                    return Ok(Compound::Arithmetic(arithmetic));
                }
                Err(error) if error.holds_for_commands() => return Err(error),
                Ok(None) => mistake = self.end_of_line_in_arithmetic(),
                Err(_) => {}
            }
            self.remember(start, Meaning::Commands(0));
            self.go_back(&position);
        }
        self.subshell().map_err(|error| match mistake {
            Some(mistake) if !error.is_too_deep() && error.line > mistake.line => mistake,
            _ => error,
        })
    }

    #[inline(never)]
    fn subshell(&mut self) -> Parsed<Compound> {
        self.bump();
        let list = self.compound_list()?;
        self.skip_newlines();
        match self.take(b')') {
            true => Ok(Compound::Subshell(list)),
            false => Err(self.unexpected()),
        }
    }

    #[inline(never)]
    fn if_command(&mut self) -> Parsed<Compound> {
        let mut branches = Vec::with_capacity(1);
        loop {
            let condition = self.compound_list()?;
            self.expect_keyword(Keyword::Then)?;
            let body = self.compound_list()?;
            branches.push((condition, body));
            self.skip_newlines();
            if self.take_keyword(Keyword::Elif) {
                continue;
            }
            let otherwise = match self.take_keyword(Keyword::Else) {
                true => Some(self.compound_list()?),
                false => None,
            };
            self.expect_keyword(Keyword::Fi)?;
            return Ok(Compound::If {
                branches,
                otherwise,
            });
        }
    }

    #[inline(never)]
    fn case(&mut self) -> Parsed<Compound> {
        self.skip_blanks();
        let word = self.expect_word(Kind::Plain)?;
        self.skip_newlines();
        if !self.take_in() {
            return Err(self.unexpected());
        }
        let mut arms = Vec::new();
        loop {
            self.skip_newlines();
            if self.take_keyword(Keyword::Esac) {
                break;
            }
            let (arm, is_last) = self.case_arm()?;
            arms.push(arm);
            if is_last {
                self.expect_keyword(Keyword::Esac)?;
                break;
            }
        }
        Ok(Compound::Case { word, arms })
    }

    /// One arm, and whether nothing ended it, so that it must be the last one.
    #[inline(never)]
    fn case_arm(&mut self) -> Parsed<(CaseArm, bool)> {
        self.take(b'(');
        let mut patterns = Vec::with_capacity(1);
        loop {
            self.skip_blanks();
            patterns.push(self.expect_word(Kind::Plain)?);
            self.skip_blanks();
            match self.peek() {
                Some(b'|') if self.peek_second() != Some(b'|') => self.bump(),
                Some(b')') => {
                    self.bump();
                    break;
                }
                _ => return Err(self.unexpected()),
            }
        }
        let body = self.commands()?;
        self.skip_newlines();
        let end = if !self.take(b';') {
            None
        } else if self.take(b'&') {
            Some(CaseEnd::FallThrough)
        } else {
            // Commands end at no other semicolon.
            self.take(b';');
            match self.take(b'&') {
                true => Some(CaseEnd::TryNext),
                false => Some(CaseEnd::Leave),
            }
        };
        let is_last = end.is_none();
        let end = end.unwrap_or(CaseEnd::Leave);
        Ok((
            CaseArm {
                patterns,
                body,
                end,
            },
            is_last,
        ))
    }

    /// Steps over the word `in`, if it stands here.
    pub(super) fn take_in(&mut self) -> bool {
        let start = self.input.at;
        let found = self.take_text(b"in") && self.peek().is_none_or(ends_word);
        match found {
            true => self.pass_over(start),
            false => self.input.at = start,
        }
        found
    }

    /// `function name [()] body`
    #[inline(never)]
    fn function_keyword(&mut self) -> Parsed<Command> {
        self.skip_blanks();
        let line = self.line();
        let name = self.expect_word(Kind::Plain)?;
        self.skip_blanks();
        // `function f ( … )` has a subshell for its body.
        let start = self.input.at;
        if self.take(b'(') {
            self.skip_blanks();
            if !self.take(b')') {
                self.input.at = start;
            }
        }
        self.function_body(line, name)
    }

    /// `coproc [NAME] command`: there is a name only before a compound command.
    #[inline(never)]
    fn coprocess(&mut self) -> Parsed<Command> {
        self.skip_blanks();
        if let Some(command) = self.compound_command()? {
            let command = self.with_redirections(command)?;
            return Ok(coprocess(Symbol::COPROC, command));
        }
        if matches!(self.keyword(), Some((keyword, _)) if keyword != Keyword::Time) {
            return Err(self.unexpected());
        }
        let start = self.input.at;
        if self.peek().is_some_and(starts_name) {
            let name = self.name().to_vec();
            if self.peek().is_some_and(|byte| matches!(byte, b' ' | b'\t')) {
                self.skip_blanks();
                if let Some(command) = self.compound_command()? {
                    let command = self.with_redirections(command)?;
                    return Ok(coprocess(Symbol::new(name), command));
                }
                if matches!(self.keyword(), Some((keyword, _)) if keyword != Keyword::Time) {
                    return Err(self.unexpected());
                }
            }
            self.input.at = start;
        }
        let command = self.simple_command(false)?;
        Ok(coprocess(Symbol::COPROC, command))
    }
}

fn compound(line: u32, kind: Compound) -> CompoundCommand {
    CompoundCommand {
        line,
        kind,
        redirections: Vec::new(),
    }
}

fn coprocess(name: Symbol, command: Command) -> Command {
    Command::Coprocess(Box::new(Coprocess { name, command }))
}
