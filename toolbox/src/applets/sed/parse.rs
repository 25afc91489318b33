//! Scripts as GNU sed reads them, with its errors.

use std::ffi::OsString;

use crate::regex::{Flavour, Options, Regex};
use crate::sys::OsStringExt;

use super::delimited::{self, WIDE_DELIMITER};
use super::escape;
use super::reader::{Piece, Place, Reader};
use super::replacement::Replacement;
use super::script::{
    Action, Address, Command, End, Jump, RegexIndex, Script, Selector, Substitution,
};
use super::translation::Translation;

/// How a script is read, beside its text.
#[derive(Clone, Copy, Debug)]
pub struct Dialect {
    pub extended: bool,
    /// `--posix`: without what GNU adds.
    pub posix: bool,
    /// `--sandbox`: without what reads, writes or runs something.
    pub sandbox: bool,
    /// The byte that ends a line of the input.
    pub delimiter: u8,
}

/// What a script is refused for, and the exit status.
pub struct Refusal {
    pub message: Vec<u8>,
    pub status: i32,
}

const WRONG: i32 = 1;
const PANIC: i32 = 4;
const NOT_ALLOWED: &str = "e/r/w commands disabled in sandbox mode";
const ONE_ADDRESS: &str = "command only uses one address";
const NO_FILE: &str = "missing filename in r/R/w/W commands";
const NO_TEXT: &str = "expected \\ after `a', `c' or `i'";

/// The newest version that `v` may ask for.
const VERSION: [u64; 3] = [4, 9, 0];

type Parsed<T> = Result<T, Refusal>;

struct Parser {
    reader: Reader,
    dialect: Dialect,
    script: Script,
    /// The blocks that are open, and where they were opened.
    blocks: Vec<(usize, Place)>,
    labels: Vec<(Vec<u8>, usize)>,
    jumps: Vec<(usize, Vec<u8>)>,
    /// A text that is not complete yet.
    open: Option<OpenText>,
}

/// The text of a command while it is read.
struct OpenText {
    command: usize,
    /// As it is written, with its backslashes.
    raw: Vec<u8>,
    /// It begins in the next piece.
    later: bool,
}

pub fn parse(pieces: Vec<Piece>, dialect: Dialect) -> Parsed<Script> {
    let mut pieces = pieces.into_iter();
    let Some(first) = pieces.next() else {
        return Ok(Script::default());
    };
    let mut parser = Parser {
        script: Script {
            quiet: first.text.starts_with(b"#n"),
            ..Script::default()
        },
        reader: Reader::new(first),
        dialect,
        blocks: Vec::new(),
        labels: Vec::new(),
        jumps: Vec::new(),
        open: None,
    };
    parser.piece()?;
    for piece in pieces {
        parser.reader = Reader::new(piece);
        if let Some(open) = parser.open.take() {
            parser.text(open)?;
        }
        parser.piece()?;
    }
    parser.finish()
}

impl Parser {
    fn error<T>(&self, what: impl AsRef<[u8]>) -> Parsed<T> {
        self.error_at(&self.reader.place(), what)
    }

    fn error_at<T>(&self, place: &Place, what: impl AsRef<[u8]>) -> Parsed<T> {
        Err(Refusal {
            message: place.error(what),
            status: WRONG,
        })
    }

    fn finish(mut self) -> Parsed<Script> {
        if let Some(open) = self.open.take() {
            if self.dialect.posix && open.raw.is_empty() {
                return self.error("incomplete command");
            }
            self.set_text(&open)?;
        }
        if let Some((_, place)) = self.blocks.last() {
            return self.error_at(&place.unknown(), "unmatched `{'");
        }
        for (command, label) in self.jumps.iter().rev() {
            let found = self.labels.iter().rev().find(|(name, _)| name == label);
            let Some((_, target)) = found else {
                let quoted = [b"can't find label for jump to `", label.as_slice(), b"'"];
                return Err(Refusal {
                    message: quoted.concat(),
                    status: PANIC,
                });
            };
            if let Some(command) = self.script.commands.get_mut(*command)
                && let Action::Branch(jump)
                | Action::BranchIfReplaced(jump)
                | Action::BranchUnlessReplaced(jump) = &mut command.action
            {
                *jump = Some(*target);
            }
        }
        Ok(self.script)
    }

    /// All commands of a piece.
    fn piece(&mut self) -> Parsed<()> {
        loop {
            match self.reader.next() {
                None => return Ok(()),
                Some(b';' | b' ' | b'\t'..=b'\r') => {}
                Some(byte) => self.command(byte)?,
            }
        }
    }

    fn command(&mut self, first: u8) -> Parsed<()> {
        let (selector, next) = self.selector(Some(first))?;
        let mut name = next;
        let negated = name == Some(b'!');
        if negated {
            name = self.reader.next_nonblank();
            if name == Some(b'!') {
                return self.error("multiple `!'s");
            }
        }
        let Some(name) = name else {
            return self.error("missing command");
        };
        let index = self.script.commands.len();
        let Some(action) = self.action(name, selector, index)? else {
            return Ok(());
        };
        self.script.commands.push(Command {
            selector,
            negated,
            action,
        });
        match self.open.take() {
            Some(open) => self.text(open),
            None => Ok(()),
        }
    }

    /// The addresses, and the character after them.
    fn selector(&mut self, first: Option<u8>) -> Parsed<(Selector, Option<u8>)> {
        let Some(begin) = self.address(first)? else {
            return Ok((Selector::All, first));
        };
        let End::At(begin) = begin else {
            return self.error("invalid usage of +N or ~N as first address");
        };
        let mut selector = Selector::One(begin);
        let mut next = self.reader.next_nonblank();
        if next == Some(b',') {
            let first = self.reader.next_nonblank();
            let Some(end) = self.address(first)? else {
                return self.error("unexpected `,'");
            };
            selector = Selector::Range(begin, end);
            next = self.reader.next_nonblank();
        }
        if begin == Address::Line(0) {
            let allowed = match selector {
                Selector::Range(_, End::At(Address::Regex(_))) => !self.dialect.posix,
                Selector::One(_) => next == Some(b'r'),
                _ => false,
            };
            if !allowed {
                return self.error("invalid usage of line address 0");
            }
        }
        Ok((selector, next))
    }

    fn address(&mut self, first: Option<u8>) -> Parsed<Option<End>> {
        let gnu = !self.dialect.posix;
        let address = match first {
            Some(b'/') => self.pattern_address(b'/')?,
            Some(b'\\') => match self.reader.next() {
                Some(delimiter) => self.pattern_address(delimiter)?,
                None => return self.error("unterminated address regex"),
            },
            Some(digit @ b'0'..=b'9') => self.line_address(digit),
            Some(sign @ (b'+' | b'~')) if gnu => {
                let lines = self.optional_number();
                return Ok(Some(match sign {
                    b'+' => End::Lines(lines),
                    _ => End::Multiple(lines),
                }));
            }
            Some(b'$') => Address::Last,
            _ => return Ok(None),
        };
        Ok(Some(End::At(address)))
    }

    fn line_address(&mut self, digit: u8) -> Address {
        let first = self.reader.number(digit);
        let sign = self.reader.next_nonblank();
        if sign == Some(b'~') && !self.dialect.posix {
            let step = self.optional_number();
            if step > 0 {
                return Address::Step { first, step };
            }
        } else {
            self.reader.back(sign);
        }
        Address::Line(first)
    }

    /// A number behind blanks; without one it is 0.
    fn optional_number(&mut self) -> u64 {
        match self.reader.next_nonblank() {
            Some(digit @ b'0'..=b'9') => self.reader.number(digit),
            other => {
                self.reader.back(other);
                0
            }
        }
    }

    fn pattern_address(&mut self, delimiter: u8) -> Parsed<Address> {
        if !delimiter.is_ascii() {
            return self.error(WIDE_DELIMITER);
        }
        let Some(pattern) = delimited::read(&mut self.reader, delimiter, true) else {
            return self.error("unterminated address regex");
        };
        let (mut ignore_case, mut multi_line) = (false, false);
        loop {
            let flag = self.reader.next_nonblank();
            match flag {
                Some(b'I') if !self.dialect.posix => ignore_case = true,
                Some(b'M') if !self.dialect.posix => multi_line = true,
                _ => {
                    self.reader.back(flag);
                    break;
                }
            }
        }
        let index = self.regex(&pattern, ignore_case, multi_line)?;
        Ok(Address::Regex(index))
    }

    fn regex(&mut self, pattern: &[u8], ignore_case: bool, multi_line: bool) -> Parsed<RegexIndex> {
        if pattern.is_empty() {
            if ignore_case || multi_line {
                return self.error("cannot specify modifiers on empty regexp");
            }
            return Ok(None);
        }
        let pattern = match escape::replaced(pattern) {
            Ok(pattern) => pattern,
            Err(error) => return self.error(error),
        };
        let options = Options {
            extended: self.dialect.extended,
            ignore_case,
            multi_line: multi_line.then_some(self.dialect.delimiter),
            flavour: match self.dialect.posix {
                true => Flavour::PosixSed,
                false => Flavour::Sed,
            },
        };
        match Regex::new(&pattern, options) {
            Ok(regex) => {
                self.script.regexes.push(regex);
                Ok(Some(self.script.regexes.len() - 1))
            }
            Err(error) if error.is_about_class_syntax() => Err(Refusal {
                message: error.text().into(),
                status: PANIC,
            }),
            Err(error) => self.error(error.text()),
        }
    }

    /// The command called `name`. None has nothing to do at run time.
    fn action(&mut self, name: u8, selector: Selector, index: usize) -> Parsed<Option<Action>> {
        let (gnu, sandbox) = (!self.dialect.posix, self.dialect.sandbox);
        if matches!(name, b'=' | b'a' | b'i' | b'r') && !gnu || matches!(name, b'q' | b'Q') {
            self.one_address(selector)?;
        }
        if sandbox && matches!(name, b'e' | b'r' | b'R' | b'w' | b'W') {
            return self.error(NOT_ALLOWED);
        }
        let action = match name {
            b'#' => {
                if selector != Selector::All {
                    return self.error("comments don't accept any addresses");
                }
                self.reader.rest_of_line();
                return Ok(None);
            }
            b':' => {
                if selector != Selector::All {
                    return self.error(": doesn't want any addresses");
                }
                let label = self.label();
                if label.is_empty() {
                    return self.error("\":\" lacks a label");
                }
                self.labels.push((label, index));
                return Ok(None);
            }
            b'{' => {
                self.blocks.push((index, self.reader.place()));
                return Ok(Some(Action::Block(index)));
            }
            b'}' => self.block_end(selector, index)?,
            b'a' | b'i' | b'c' => {
                self.text_start(index)?;
                match name {
                    b'a' => Action::Append(Vec::new()),
                    b'i' => Action::Insert(Vec::new()),
                    _ => Action::Change(Vec::new()),
                }
            }
            b'e' if gnu => {
                let first = self.reader.next_nonblank();
                if matches!(first, None | Some(b'\n')) {
                    Action::Execute(None)
                } else {
                    self.reader.back(first);
                    self.open_text(index, false);
                    Action::Execute(Some(Vec::new()))
                }
            }
            b'b' => Action::Branch(self.jump(index)),
            b't' => Action::BranchIfReplaced(self.jump(index)),
            b'T' if gnu => Action::BranchUnlessReplaced(self.jump(index)),
            b'q' => Action::Quit(self.status()?),
            b'Q' if gnu => Action::QuitSilently(self.status()?),
            b'l' => Action::List(self.argument()?),
            b'L' if gnu => {
                self.argument()?;
                Action::Unknown('L')
            }
            b'r' => Action::Read(self.file_name()?),
            b'R' if gnu => Action::ReadLine(self.file(|script| &mut script.read)?),
            b'w' => Action::Write(self.file(|script| &mut script.written)?),
            b'W' if gnu => Action::WriteFirst(self.file(|script| &mut script.written)?),
            b's' => Action::Substitute(Box::new(self.substitution()?)),
            b'y' => Action::Translate(Box::new(self.translation()?)),
            b'v' if gnu => {
                let wanted = self.label();
                if !is_at_most(&wanted, VERSION) {
                    return self.error("expected newer version of sed");
                }
                return Ok(None);
            }
            _ => return self.plain(name).map(Some),
        };
        Ok(Some(action))
    }

    /// A command without anything behind it.
    fn plain(&mut self, name: u8) -> Parsed<Action> {
        let gnu = !self.dialect.posix;
        let action = match name {
            b'=' => Action::LineNumber,
            b'd' => Action::Delete,
            b'D' => Action::DeleteFirst,
            b'F' if gnu => Action::FileName,
            b'g' => Action::Get,
            b'G' => Action::GetAppend,
            b'h' => Action::Hold,
            b'H' => Action::HoldAppend,
            b'n' => Action::Next,
            b'N' => Action::NextAppend,
            b'p' => Action::Print,
            b'P' => Action::PrintFirst,
            b'x' => Action::Exchange,
            b'z' if gnu => Action::Zap,
            _ => return self.error([b"unknown command: `", &[name][..], b"'"].concat()),
        };
        self.end_of_command()?;
        Ok(action)
    }

    fn one_address(&self, selector: Selector) -> Parsed<()> {
        match selector {
            Selector::Range(..) => self.error(ONE_ADDRESS),
            _ => Ok(()),
        }
    }

    fn end_of_command(&mut self) -> Parsed<()> {
        let next = self.reader.next_nonblank();
        match next {
            None | Some(b'\n' | b';') => Ok(()),
            Some(b'}' | b'#') => {
                self.reader.back(next);
                Ok(())
            }
            Some(_) => self.error("extra characters after command"),
        }
    }

    fn block_end(&mut self, selector: Selector, index: usize) -> Parsed<Action> {
        let Some((block, _)) = self.blocks.pop() else {
            return self.error("unexpected `}'");
        };
        if selector != Selector::All {
            return self.error("`}' doesn't want any addresses");
        }
        if let Some(command) = self.script.commands.get_mut(block) {
            command.action = Action::Block(index);
        }
        self.end_of_command()?;
        Ok(Action::Nothing)
    }

    fn label(&mut self) -> Vec<u8> {
        self.reader.skip_blanks();
        let mut label = Vec::new();
        while let Some(byte) = self.reader.peek()
            && !matches!(byte, b';' | b'}' | b'#' | b' ' | b'\t'..=b'\r')
        {
            label.extend(self.reader.next());
        }
        label
    }

    fn jump(&mut self, index: usize) -> Jump {
        let label = self.label();
        if !label.is_empty() {
            self.jumps.push((index, label));
        }
        None
    }

    /// A number at the end of a command.
    fn argument(&mut self) -> Parsed<Option<usize>> {
        let first = self.reader.next_nonblank();
        let number = match first {
            Some(digit @ b'0'..=b'9') if !self.dialect.posix => {
                let number = self.reader.number(digit);
                Some(usize::try_from(number).unwrap_or(usize::MAX))
            }
            _ => {
                self.reader.back(first);
                None
            }
        };
        self.end_of_command()?;
        Ok(number)
    }

    /// An exit status, of which the system keeps eight bits.
    fn status(&mut self) -> Parsed<i32> {
        let number = self.argument()?.unwrap_or(0);
        Ok(i32::from((number & 0xff) as u8))
    }

    fn file_name(&mut self) -> Parsed<OsString> {
        self.reader.skip_blanks();
        let name = self.reader.rest_of_line();
        match name.is_empty() {
            true => self.error(NO_FILE),
            false => Ok(OsString::from_vec(name)),
        }
    }

    /// The place of a file in one of the script's tables.
    fn file(&mut self, table: fn(&mut Script) -> &mut Vec<OsString>) -> Parsed<usize> {
        let name = self.file_name()?;
        let table = table(&mut self.script);
        Ok(match table.iter().position(|file| *file == name) {
            Some(place) => place,
            None => {
                table.push(name);
                table.len() - 1
            }
        })
    }

    /// What stands between `a`, `i` or `c` and its text.
    fn text_start(&mut self, command: usize) -> Parsed<()> {
        let Some(first) = self.reader.next_nonblank() else {
            return self.error(NO_TEXT);
        };
        if first != b'\\' {
            if self.dialect.posix {
                return self.error(NO_TEXT);
            }
            self.reader.back(Some(first));
            self.open_text(command, false);
            return Ok(());
        }
        let next = self.reader.next();
        match next {
            None | Some(b'\n') => {}
            Some(_) if self.dialect.posix => return self.error(NO_TEXT),
            // Of a second backslash before the end of the line nothing is left.
            Some(b'\\') if self.reader.peek() == Some(b'\n') => {}
            _ => self.reader.back(next),
        }
        self.open_text(command, next.is_none());
        Ok(())
    }

    fn open_text(&mut self, command: usize, later: bool) {
        self.open = Some(OpenText {
            command,
            raw: Vec::new(),
            later,
        });
    }

    /// Reads a text up to a line end that has no backslash before it, or the end of the piece.
    fn text(&mut self, mut open: OpenText) -> Parsed<()> {
        if open.later {
            open.later = false;
            self.open = Some(open);
            return Ok(());
        }
        while let Some(byte) = self.reader.next().filter(|byte| *byte != b'\n') {
            open.raw.push(byte);
            if byte != b'\\' {
                continue;
            }
            match self.reader.next() {
                Some(escaped) => open.raw.push(escaped),
                None => {
                    open.raw.pop();
                    open.raw.push(b'\n');
                    self.open = Some(open);
                    return Ok(());
                }
            }
        }
        open.raw.push(b'\n');
        self.set_text(&open)
    }

    fn set_text(&mut self, open: &OpenText) -> Parsed<()> {
        let text = match escape::text(&open.raw) {
            Ok(text) => text,
            Err(error) => return self.error(error),
        };
        if let Some(command) = self.script.commands.get_mut(open.command)
            && let Action::Append(place)
            | Action::Insert(place)
            | Action::Change(place)
            | Action::Execute(Some(place)) = &mut command.action
        {
            *place = text;
        }
        Ok(())
    }

    fn substitution(&mut self) -> Parsed<Substitution> {
        let unterminated = "unterminated `s' command";
        let (pattern, replacement) = self.two_parts(true, unterminated)?;
        let mut flags = Flags::default();
        self.flags(&mut flags)?;
        let regex = self.regex(&pattern, flags.ignore_case, flags.multi_line)?;
        let replacement = match Replacement::new(&replacement, !self.dialect.posix) {
            Ok(replacement) => replacement,
            Err(error) => return self.error(error),
        };
        let groups = regex
            .and_then(|index| self.script.regexes.get(index))
            .map(Regex::groups);
        if groups.is_some_and(|groups| replacement.groups > groups) {
            let group = replacement.groups;
            return self.error(format!("invalid reference \\{group} on `s' command's RHS"));
        }
        Ok(Substitution {
            regex,
            replacement,
            number: flags.number.unwrap_or(1),
            global: flags.global,
            evaluated: flags.evaluated,
            printed_first: flags.printed_first,
            printed: flags.printed,
            written: flags.written,
        })
    }

    /// The two parts of `s` or `y`.
    fn two_parts(&mut self, is_pattern: bool, unterminated: &str) -> Parsed<(Vec<u8>, Vec<u8>)> {
        let Some(delimiter) = self.reader.next() else {
            return self.error(unterminated);
        };
        if !delimiter.is_ascii() {
            return self.error(WIDE_DELIMITER);
        }
        let Some(first) = delimited::read(&mut self.reader, delimiter, is_pattern) else {
            return self.error(unterminated);
        };
        let Some(second) = delimited::read(&mut self.reader, delimiter, false) else {
            return self.error(unterminated);
        };
        Ok((first, second))
    }

    fn flags(&mut self, flags: &mut Flags) -> Parsed<()> {
        let gnu = !self.dialect.posix;
        loop {
            let flag = self.reader.next();
            match flag {
                None | Some(b'\n' | b';') => return Ok(()),
                Some(b'}' | b'#') => {
                    self.reader.back(flag);
                    return Ok(());
                }
                Some(b'\r') if self.reader.peek() == Some(b'\n') => {}
                Some(b' ' | b'\t') => {}
                Some(b'i' | b'I') if gnu => flags.ignore_case = true,
                Some(b'm' | b'M') if gnu => flags.multi_line = true,
                Some(b'e') if gnu => {
                    if self.dialect.sandbox {
                        return self.error(NOT_ALLOWED);
                    }
                    flags.evaluated = true;
                    flags.printed_first |= std::mem::take(&mut flags.printed);
                }
                Some(b'p') => {
                    if flags.printed || flags.printed_first {
                        return self.error("multiple `p' options to `s' command");
                    }
                    flags.printed = true;
                }
                Some(b'g') => {
                    if flags.global {
                        return self.error("multiple `g' options to `s' command");
                    }
                    flags.global = true;
                }
                Some(b'w') => {
                    if self.dialect.sandbox {
                        return self.error(NOT_ALLOWED);
                    }
                    flags.written = Some(self.file(|script| &mut script.written)?);
                    return Ok(());
                }
                Some(digit @ b'0'..=b'9') => {
                    if flags.number.is_some() {
                        return self.error("multiple number options to `s' command");
                    }
                    let number = self.reader.number(digit);
                    if number == 0 {
                        return self.error("number option to `s' command may not be zero");
                    }
                    flags.number = Some(usize::try_from(number).unwrap_or(usize::MAX));
                }
                Some(_) => return self.error("unknown option to `s'"),
            }
        }
    }

    fn translation(&mut self) -> Parsed<Translation> {
        let (from, to) = self.two_parts(false, "unterminated `y' command")?;
        let sides = escape::replaced(&from).and_then(|from| Ok((from, escape::replaced(&to)?)));
        let (from, to) = match sides {
            Ok(sides) => sides,
            Err(error) => return self.error(error),
        };
        let Some(translation) = Translation::new(&from, &to) else {
            return self.error("strings for `y' command are different lengths");
        };
        self.end_of_command()?;
        Ok(translation)
    }
}

#[derive(Default)]
struct Flags {
    ignore_case: bool,
    multi_line: bool,
    global: bool,
    number: Option<usize>,
    printed: bool,
    printed_first: bool,
    evaluated: bool,
    written: Option<usize>,
}

/// Whether a version is not newer than another; what is no version never is.
fn is_at_most(wanted: &[u8], most: [u64; 3]) -> bool {
    if wanted.is_empty() {
        return true;
    }
    let number = |text: &[u8]| {
        let digits = text.iter().take_while(|byte| byte.is_ascii_digit());
        digits.fold(0_u64, |sum, digit| {
            sum.saturating_mul(10)
                .saturating_add(u64::from(digit - b'0'))
        })
    };
    let parts: Vec<u64> = wanted.split(|byte| *byte == b'.').map(number).collect();
    wanted.first().is_some_and(u8::is_ascii_digit) && parts.as_slice() <= most.as_slice()
}
