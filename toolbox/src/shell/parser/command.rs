//! Lists, and-or lists and pipelines.

use std::rc::Rc;

use super::Reader;
use super::error::Parsed;
use super::input::ends_word;
use crate::shell::ast::{
    AndOr, Command, Connector, List, ListItem, Pipeline, RedirectedFd, Redirection,
    RedirectionTarget, TimeFormat, Word,
};

/// Reserved words (bash manual, "Reserved Words").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keyword {
    Bang,
    OpenBrace,
    CloseBrace,
    Test,
    If,
    Then,
    Else,
    Elif,
    Fi,
    For,
    While,
    Until,
    Do,
    Done,
    Case,
    Esac,
    Select,
    Function,
    Coprocess,
    Time,
    /// `in` and `]]` count elsewhere only, but are no commands either.
    Misplaced,
}

impl Keyword {
    fn of(text: &[u8]) -> Option<Self> {
        Some(match text {
            b"!" => Self::Bang,
            b"{" => Self::OpenBrace,
            b"}" => Self::CloseBrace,
            b"[[" => Self::Test,
            b"if" => Self::If,
            b"then" => Self::Then,
            b"else" => Self::Else,
            b"elif" => Self::Elif,
            b"fi" => Self::Fi,
            b"for" => Self::For,
            b"while" => Self::While,
            b"until" => Self::Until,
            b"do" => Self::Do,
            b"done" => Self::Done,
            b"case" => Self::Case,
            b"esac" => Self::Esac,
            b"select" => Self::Select,
            b"function" => Self::Function,
            b"coproc" => Self::Coprocess,
            b"time" => Self::Time,
            b"in" | b"]]" => Self::Misplaced,
            _ => return None,
        })
    }

    /// Whether it ends the commands before it.
    fn closes(self) -> bool {
        use Keyword as K;
        matches!(
            self,
            K::CloseBrace | K::Then | K::Else | K::Elif | K::Fi | K::Do | K::Done | K::Esac
        )
    }
}

impl Reader<'_, '_> {
    /// The reserved word at this place, and the place behind it.
    pub(super) fn keyword(&mut self) -> Option<(Keyword, usize)> {
        let start = self.input.at;
        if !matches!(
            self.peek()?,
            b'!' | b'{'
                | b'}'
                | b'['
                | b']'
                | b'i'
                | b't'
                | b'e'
                | b'f'
                | b'w'
                | b'u'
                | b'd'
                | b'c'
                | b's'
        ) {
            return None;
        }
        // The longest has eight letters.
        for _ in 0..9 {
            match self.peek() {
                Some(byte) if !ends_word(byte) => self.bump(),
                _ => break,
            }
        }
        let end = self.input.at;
        let is_whole = self.peek().is_none_or(ends_word);
        let keyword = Keyword::of(self.input.since(start)).filter(|_| is_whole);
        // `!(a|b)` is a pattern.
        let is_group =
            keyword == Some(Keyword::Bang) && self.settings.extglob && self.peek() == Some(b'(');
        self.input.at = start;
        keyword.filter(|_| !is_group).map(|keyword| (keyword, end))
    }

    /// Steps over this reserved word, if it stands here.
    pub(super) fn take_keyword(&mut self, keyword: Keyword) -> bool {
        match self.keyword() {
            Some((found, end)) if found == keyword => {
                self.input.at = end;
                true
            }
            _ => false,
        }
    }

    /// Behind line ends, there has to be this reserved word.
    pub(super) fn expect_keyword(&mut self, keyword: Keyword) -> Parsed<()> {
        self.skip_newlines();
        match self.take_keyword(keyword) {
            true => Ok(()),
            false => Err(self.unexpected()),
        }
    }

    /// The list up to the end of its line; none at the end of the script.
    pub(super) fn complete_command(&mut self) -> Parsed<Option<List>> {
        self.skip_newlines();
        while self.expand_alias() {
            self.skip_newlines();
        }
        if self.peek().is_none() {
            return Ok(None);
        }
        let mut list = List::default();
        loop {
            let separator = self.list_item(&mut list)?;
            self.skip_blanks();
            match self.peek() {
                None => break,
                Some(b'\n') => {
                    self.newline();
                    break;
                }
                Some(_) if separator.is_some() => {}
                Some(_) => return Err(self.unexpected()),
            }
        }
        self.finish_here_documents();
        Ok(Some(list))
    }

    /// The commands of a compound command, up to the word or operator that closes it. There must be one.
    pub(super) fn compound_list(&mut self) -> Parsed<List> {
        let list = self.commands()?;
        match list.items.is_empty() {
            true => Err(self.unexpected()),
            false => Ok(list),
        }
    }

    /// Commands up to what closes them; maybe none.
    #[inline(never)]
    pub(super) fn commands(&mut self) -> Parsed<List> {
        self.enter()?;
        let mut list = List::default();
        loop {
            self.skip_newlines();
            while self.expand_alias() {
                self.skip_newlines();
            }
            if self.is_at_closing() {
                break;
            }
            let separator = self.list_item(&mut list)?;
            if separator.is_none() && self.peek() != Some(b'\n') {
                break;
            }
        }
        self.depth -= 1;
        list.items.shrink_to_fit();
        Ok(list)
    }

    /// Adds the next command, and gives the operator that ends it.
    fn list_item(&mut self, list: &mut List) -> Parsed<Option<u8>> {
        let command = self.and_or()?;
        let separator = self.separator();
        list.items.push(ListItem {
            command,
            background: separator == Some(b'&'),
            ends_line: separator.is_none(),
        });
        Ok(separator)
    }

    fn is_at_closing(&mut self) -> bool {
        match self.peek() {
            None | Some(b')') => true,
            Some(b';') => matches!(self.peek_second(), Some(b';' | b'&')),
            Some(_) => self.keyword().is_some_and(|(keyword, _)| keyword.closes()),
        }
    }

    /// Steps over the `;` or `&` behind a command.
    fn separator(&mut self) -> Option<u8> {
        self.skip_blanks();
        let separator = match self.peek() {
            Some(b';') if !matches!(self.peek_second(), Some(b';' | b'&')) => b';',
            Some(b'&') if !matches!(self.peek_second(), Some(b'&' | b'>')) => b'&',
            _ => return None,
        };
        self.bump();
        Some(separator)
    }

    /// Steps over line ends, and what stands between them.
    pub(super) fn skip_newlines(&mut self) {
        loop {
            self.skip_blanks();
            if self.peek() != Some(b'\n') {
                return;
            }
            self.newline();
        }
    }

    #[inline(never)]
    fn and_or(&mut self) -> Parsed<AndOr> {
        let first = self.pipeline()?;
        let mut rest = Vec::new();
        loop {
            self.skip_blanks();
            let connector = match self.peek() {
                Some(b'&') if self.take_text(b"&&") => Connector::And,
                Some(b'|') if self.take_text(b"||") => Connector::Or,
                _ => return Ok(AndOr { first, rest }),
            };
            self.skip_newlines();
            rest.push((connector, self.pipeline()?));
        }
    }

    #[inline(never)]
    fn pipeline(&mut self) -> Parsed<Pipeline> {
        let mut pipeline = Pipeline {
            time: None,
            negated: false,
            stages: Vec::new(),
        };
        if self.prefixes(&mut pipeline) {
            return Ok(pipeline);
        }
        loop {
            let mut command = self.command()?;
            self.skip_blanks();
            if self.peek() != Some(b'|') || self.peek_second() == Some(b'|') {
                if pipeline.stages.is_empty() {
                    pipeline.stages.reserve_exact(1);
                }
                pipeline.stages.push(command);
                return Ok(pipeline);
            }
            self.bump();
            if self.take(b'&') {
                redirect_error(&mut command, self.line());
            }
            pipeline.stages.push(command);
            self.skip_newlines();
            while self.expand_alias() {
                self.skip_newlines();
            }
            if matches!(self.keyword(), Some((Keyword::Bang, _))) {
                return Err(self.unexpected());
            }
        }
    }

    /// `!` and `time` in any order; says whether nothing follows them.
    fn prefixes(&mut self, pipeline: &mut Pipeline) -> bool {
        let mut any = false;
        loop {
            self.skip_blanks();
            while self.expand_alias() {
                self.skip_blanks();
            }
            match self.keyword() {
                Some((Keyword::Bang, end)) => {
                    self.input.at = end;
                    pipeline.negated = !pipeline.negated;
                }
                Some((Keyword::Time, end)) => {
                    self.input.at = end;
                    pipeline.time = Some(self.time_options());
                }
                _ => break,
            }
            any = true;
        }
        any && match self.peek() {
            None | Some(b'\n') => true,
            Some(b';') => !matches!(self.peek_second(), Some(b';' | b'&')),
            Some(_) => false,
        }
    }

    /// `-p` and `--` behind `time`.
    fn time_options(&mut self) -> TimeFormat {
        let mut format = TimeFormat::Bash;
        for option in [b"-p", b"--"] {
            self.skip_blanks();
            let start = self.input.at;
            if self.take_text(option) && self.peek().is_none_or(ends_word) {
                format = TimeFormat::Posix;
            } else {
                self.input.at = start;
            }
        }
        format
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
        Command::Simple(simple) => simple.redirections.push(redirection),
        Command::Compound(compound) => Rc::make_mut(compound).redirections.push(redirection),
        Command::Function(_) | Command::Coprocess(_) | Command::Unread(_) => {}
    }
}
