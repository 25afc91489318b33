//! Compound commands, functions and coprocesses.

use super::input::{continues_name, starts_name};
use super::{Parsed, Parser};
use crate::shell::ast::{
    ArithmeticHeader, CaseArm, CaseEnd, Command, Compound, CompoundCommand, Coprocess, List,
    Redirection, Word,
};
use crate::shell::symbol::Symbol;
use std::rc::Rc;

impl Parser<'_> {
    pub(super) fn command(&mut self) -> Parsed<Command> {
        self.deeper(|parser| {
            parser.skip_blanks();
            if parser.take_word("function") {
                return parser.function_keyword();
            }
            if parser.take_word("coproc") {
                return parser.coprocess();
            }
            match parser.compound_command()? {
                Some(mut command) => {
                    command.redirections = parser.redirections()?;
                    Ok(Command::Compound(Rc::new(command)))
                }
                None if parser.is_reserved() => Err(parser.unexpected()),
                None => parser.simple_command(),
            }
        })
    }

    /// Whether a reserved word stands here that begins no command.
    fn is_reserved(&mut self) -> bool {
        let words = [
            "then", "else", "elif", "fi", "do", "done", "esac", "}", "in",
        ];
        words[..8].iter().any(|word| self.looks_at_word(word))
    }

    pub(super) fn redirections(&mut self) -> Parsed<Vec<Redirection>> {
        let mut redirections = Vec::new();
        loop {
            self.skip_blanks();
            match self.redirection()? {
                Some(redirection) => redirections.push(redirection),
                None => return Ok(redirections),
            }
        }
    }

    /// The compound command at this place, without its redirections; none if another command begins here.
    pub(super) fn compound_command(&mut self) -> Parsed<Option<CompoundCommand>> {
        let line = self.line;
        let kind = match self.peek() {
            Some(b'(') => match self.arithmetic_command()? {
                Some(kind) => kind,
                None => self.subshell()?,
            },
            Some(b'{') if self.take_word("{") => {
                let list = self.compound_list()?;
                self.expect("}")?;
                Compound::Group(list)
            }
            Some(b'[') if self.take_word("[[") => Compound::Test(self.test_expression()?),
            Some(b'i') if self.take_word("if") => self.conditional()?,
            Some(b'w') if self.take_word("while") => self.while_loop(false)?,
            Some(b'u') if self.take_word("until") => self.while_loop(true)?,
            Some(b'f') if self.take_word("for") => self.for_loop()?,
            Some(b's') if self.take_word("select") => {
                let (variable, words) = self.loop_header()?;
                let body = self.loop_body()?;
                Compound::Select {
                    variable,
                    words,
                    body,
                }
            }
            Some(b'c') if self.take_word("case") => self.case()?,
            _ => return Ok(None),
        };
        Ok(Some(CompoundCommand {
            line,
            kind,
            redirections: Vec::new(),
        }))
    }

    fn expect(&mut self, word: &str) -> Parsed<()> {
        self.skip_newlines()?;
        match self.take_word(word) {
            true => Ok(()),
            false => Err(self.unexpected()),
        }
    }

    fn subshell(&mut self) -> Parsed<Compound> {
        self.bump();
        let list = self.compound_list()?;
        self.skip_newlines()?;
        match self.take(")") {
            true => Ok(Compound::Subshell(list)),
            false => Err(self.unexpected()),
        }
    }

    /// `((…))`; none if it turns out to be a subshell in a subshell.
    fn arithmetic_command(&mut self) -> Parsed<Option<Compound>> {
        if self.peek_at(1) != Some(b'(') {
            return Ok(None);
        }
        let (at, line) = (self.at, self.line);
        self.bump_by(2);
        if let Ok(Some(text)) = self.arithmetic_source(b'(', b')')
            && self.peek() == Some(b')')
        {
            self.bump();
            return Ok(Some(Compound::Arithmetic(self.arithmetic(text)?)));
        }
        (self.at, self.line) = (at, line);
        Ok(None)
    }

    fn conditional(&mut self) -> Parsed<Compound> {
        let mut branches = Vec::new();
        loop {
            let condition = self.compound_list()?;
            self.expect("then")?;
            let body = self.compound_list()?;
            branches.push((condition, body));
            if self.take_word("elif") {
                continue;
            }
            let otherwise = match self.take_word("else") {
                true => Some(self.compound_list()?),
                false => None,
            };
            self.expect("fi")?;
            return Ok(Compound::If {
                branches,
                otherwise,
            });
        }
    }

    fn while_loop(&mut self, until: bool) -> Parsed<Compound> {
        let condition = self.compound_list()?;
        let body = self.do_group()?;
        Ok(Compound::While {
            until,
            condition,
            body,
        })
    }

    fn do_group(&mut self) -> Parsed<List> {
        self.expect("do")?;
        let body = self.compound_list()?;
        self.expect("done")?;
        Ok(body)
    }

    /// The body of a `for`, also in braces.
    fn loop_body(&mut self) -> Parsed<List> {
        self.skip_newlines()?;
        if self.take_word("{") {
            let body = self.compound_list()?;
            self.expect("}")?;
            return Ok(body);
        }
        self.do_group()
    }

    fn for_loop(&mut self) -> Parsed<Compound> {
        self.skip_blanks();
        if self.looks_at("((") {
            return self.arithmetic_for();
        }
        let (variable, words) = self.loop_header()?;
        let body = self.loop_body()?;
        Ok(Compound::For {
            variable,
            words,
            body,
        })
    }

    /// `name [in words];`
    fn loop_header(&mut self) -> Parsed<(Symbol, Option<Vec<Word>>)> {
        self.skip_blanks();
        let name = self.word()?;
        let is_name = name.source.first().is_some_and(|byte| starts_name(*byte))
            && name.source.iter().all(|byte| continues_name(*byte));
        if name.source.is_empty() {
            return Err(self.unexpected());
        }
        if !is_name {
            let message = [b"`", name.source.as_slice(), b"': not a valid identifier"].concat();
            return Err(self.error(message));
        }
        let variable = Symbol::new(&name.source);
        self.skip_blanks();
        if self.peek() == Some(b';') {
            self.bump();
            return Ok((variable, None));
        }
        self.skip_newlines()?;
        if !self.take_word("in") {
            return Ok((variable, None));
        }
        let mut words = Vec::new();
        loop {
            self.skip_blanks();
            match self.peek() {
                Some(b';') => {
                    self.bump();
                    return Ok((variable, Some(words)));
                }
                Some(b'\n') => {
                    self.newline()?;
                    return Ok((variable, Some(words)));
                }
                None => return Err(self.unexpected_end()),
                Some(b'&' | b'|' | b'(' | b')') => return Err(self.unexpected()),
                Some(b'<' | b'>') if self.peek_at(1) != Some(b'(') => return Err(self.unexpected()),
                Some(_) => words.push(self.word()?),
            }
        }
    }

    fn arithmetic_for(&mut self) -> Parsed<Compound> {
        self.bump_by(2);
        let line = self.line;
        let Some(text) = self.arithmetic_source(b'(', b')')? else {
            return Err(self.unclosed(line, ")"));
        };
        if !self.take(")") {
            return Err(self.unexpected());
        }
        let fields: Vec<&[u8]> = text.split(|byte| *byte == b';').collect();
        let [first, condition, step] = fields.as_slice() else {
            return Err(self.error("syntax error: arithmetic expression required"));
        };
        let mut field = |text: &[u8]| match text.trim_ascii() {
            b"" => Ok(None),
            text => self.arithmetic(text.to_vec()).map(Some),
        };
        let header = Box::new(ArithmeticHeader {
            first: field(first)?,
            condition: field(condition)?,
            step: field(step)?,
        });
        self.skip_blanks();
        if self.peek() == Some(b';') {
            self.bump();
        }
        let body = self.loop_body()?;
        Ok(Compound::ArithmeticFor { header, body })
    }

    fn case(&mut self) -> Parsed<Compound> {
        self.skip_blanks();
        let start = self.at;
        let word = self.word()?;
        if self.at == start {
            return Err(self.unexpected());
        }
        self.expect("in")?;
        let mut arms = Vec::new();
        loop {
            self.skip_newlines()?;
            if self.take_word("esac") {
                return Ok(Compound::Case { word, arms });
            }
            let (arm, is_last) = self.case_arm()?;
            arms.push(arm);
            if is_last {
                self.expect("esac")?;
                return Ok(Compound::Case { word, arms });
            }
        }
    }

    /// One arm, and whether nothing ended it, so that it must be the last one.
    fn case_arm(&mut self) -> Parsed<(CaseArm, bool)> {
        if self.peek() == Some(b'(') {
            self.bump();
        }
        let mut patterns = Vec::new();
        loop {
            self.skip_blanks();
            let start = self.at;
            let pattern = self.plain_word()?;
            if self.at == start {
                return Err(self.unexpected());
            }
            patterns.push(pattern);
            self.skip_blanks();
            match self.peek() {
                Some(b'|') => self.bump(),
                Some(b')') => {
                    self.bump();
                    break;
                }
                _ => return Err(self.unexpected()),
            }
        }
        let body = self.commands()?;
        self.skip_newlines()?;
        let end = if self.take(";;&") {
            Some(CaseEnd::TryNext)
        } else if self.take(";;") {
            Some(CaseEnd::Leave)
        } else if self.take(";&") {
            Some(CaseEnd::FallThrough)
        } else {
            None
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

    /// `function name [()] body`
    fn function_keyword(&mut self) -> Parsed<Command> {
        self.skip_blanks();
        let line = self.line;
        let start = self.at;
        let name = self.plain_word()?;
        if self.at == start {
            return Err(self.unexpected());
        }
        self.skip_blanks();
        // `function f ( … )` has a subshell for its body.
        if self.peek() == Some(b'(') {
            let mut offset = 1;
            while matches!(self.peek_at(offset), Some(b' ' | b'\t')) {
                offset += 1;
            }
            if self.peek_at(offset) == Some(b')') {
                self.empty_parentheses()?;
            }
        }
        self.function_body(line, name)
    }

    /// `coproc [NAME] command`: there is a name only before a compound command.
    fn coprocess(&mut self) -> Parsed<Command> {
        self.skip_blanks();
        if let Some(mut command) = self.compound_command()? {
            command.redirections = self.redirections()?;
            return Ok(Command::Coprocess(Box::new(Coprocess {
                name: Symbol::COPROC,
                command: Command::Compound(Rc::new(command)),
            })));
        }
        let (at, line) = (self.at, self.line);
        if self.peek().is_some_and(starts_name) {
            let name = self.name();
            self.skip_blanks();
            if let Some(mut command) = self.compound_command()? {
                command.redirections = self.redirections()?;
                return Ok(Command::Coprocess(Box::new(Coprocess {
                    name,
                    command: Command::Compound(Rc::new(command)),
                })));
            }
            (self.at, self.line) = (at, line);
        }
        Ok(Command::Coprocess(Box::new(Coprocess {
            name: Symbol::COPROC,
            command: self.simple_command()?,
        })))
    }
}
