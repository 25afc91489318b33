//! The run of a format over its arguments.

use std::io;

use super::Dialect;
use super::escape::{Escape, Place, escape};
use super::extended::{Extended, Fit};
use super::quote::bash_quoted;
use super::read::{self, Found};
use super::spec::Spec;
use crate::sys::clock::Civil;
use crate::sys::quote::{Quoting, Style, quoted_text};
use crate::sys::strftime::format_time;

/// The time that `%(format)T` shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    Now,
    /// When the shell was started.
    Started,
    /// Seconds since 1970.
    At(i64),
}

/// What a printf needs from the program it is part of.
pub trait Host {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Reports a mistake: the message is without the name of the program and without a line end. What was written before
    /// it is to be seen before it.
    fn complain(&mut self, message: &[u8]);

    /// `%n` of bash: a variable gets the number of bytes so far. False, after a complaint, when it cannot.
    fn assign(&mut self, _name: &[u8], _count: u64) -> bool {
        false
    }

    /// `%(format)T` of bash: that time, in the zone of the shell.
    fn civil(&mut self, when: When) -> Civil;
}

/// What ends a format before its end.
enum Ended {
    /// `\c`
    Stop,
    /// A mistake of which the host knows.
    Failed,
    Io(io::Error),
}

impl From<io::Error> for Ended {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

struct Run<'a> {
    dialect: Dialect,
    args: &'a [&'a [u8]],
    /// The arguments that were used.
    used: usize,
    host: &'a mut dyn Host,
    written: u64,
    status: i32,
}

/// Prints the arguments as the format says, as often as it takes to use them up; returns the exit status.
pub fn printf(
    dialect: Dialect,
    format: &[u8],
    args: &[&[u8]],
    host: &mut dyn Host,
) -> io::Result<i32> {
    let mut run = Run {
        dialect,
        args,
        used: 0,
        host,
        written: 0,
        status: 0,
    };
    loop {
        let before = run.used;
        match run.once(format) {
            Ok(()) => {}
            Err(Ended::Stop) => return Ok(run.status),
            Err(Ended::Failed) => return Ok(1),
            Err(Ended::Io(error)) => return Err(error),
        }
        if run.used >= args.len() || run.used == before {
            break;
        }
    }
    if dialect == Dialect::Gnu
        && let Some(first) = args.get(run.used)
    {
        let start = b"warning: ignoring excess arguments, starting with ";
        run.host
            .complain(&[start, quoted_text(first).as_slice()].concat());
    }
    Ok(run.status)
}

impl<'a> Run<'a> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.written += bytes.len() as u64;
        self.host.write(bytes)
    }

    /// Prints with a layout.
    fn lay_out(
        &mut self,
        layout: impl FnOnce(&mut dyn FnMut(&[u8]) -> io::Result<()>) -> io::Result<()>,
    ) -> Result<(), Ended> {
        layout(&mut |bytes| self.write(bytes)).map_err(Ended::Io)
    }

    fn once(&mut self, format: &[u8]) -> Result<(), Ended> {
        let mut rest = format;
        loop {
            let plain = memchr::memchr2(b'%', b'\\', rest).unwrap_or(rest.len());
            let (text, special) = rest.split_at(plain);
            if !text.is_empty() {
                self.write(text)?;
            }
            rest = match special {
                [] => return Ok(()),
                [b'%', b'%', after @ ..] => {
                    self.write(b"%")?;
                    after
                }
                [b'%', after @ ..] => self.conversion(special, after)?,
                [_, after @ ..] => {
                    let (escape, length) = escape(after, self.dialect, Place::Format);
                    let mut bytes = Vec::new();
                    self.escaped(escape, &mut bytes)?;
                    self.write(&bytes)?;
                    after.get(length..).unwrap_or_default()
                }
            };
        }
    }

    /// Adds what an escape stands for.
    fn escaped(&mut self, escape: Escape, bytes: &mut Vec<u8>) -> Result<(), Ended> {
        match escape {
            Escape::Bytes(more) => bytes.extend(more),
            Escape::Stop => return Err(Ended::Stop),
            Escape::Warning(warning, more) => {
                self.host.complain(warning.as_bytes());
                bytes.extend(more);
            }
            Escape::Error(error) => {
                self.host.complain(error.as_bytes());
                return Err(Ended::Failed);
            }
        }
        Ok(())
    }

    fn next(&mut self) -> Option<&'a [u8]> {
        let arg = self.args.get(self.used).copied();
        self.used += usize::from(arg.is_some());
        arg
    }

    /// One conversion; returns what is behind it. `whole` begins with the percent sign.
    fn conversion<'f>(&mut self, whole: &'f [u8], after: &'f [u8]) -> Result<&'f [u8], Ended> {
        let mut spec = Spec::default();
        let mut quote = false;
        let mut rest = after;
        while let [flag, behind @ ..] = rest {
            match flag {
                b'-' => spec.left = true,
                b'+' => spec.plus = true,
                b' ' => spec.space = true,
                b'#' => spec.alternate = true,
                b'0' => spec.zeros = true,
                b'\'' => quote = true,
                b'I' if self.dialect == Dialect::Gnu => quote = true,
                _ => break,
            }
            rest = behind;
        }
        if let Some(behind) = rest.strip_prefix(b"*") {
            rest = behind;
            let width = self.count("invalid field width: ")?;
            spec.left |= width < 0;
            spec.width = usize::try_from(width.unsigned_abs()).unwrap_or(usize::MAX);
        } else {
            (spec.width, rest) = self.digits(rest)?;
        }
        if let Some(behind) = rest.strip_prefix(b".") {
            if let Some(behind) = behind.strip_prefix(b"*") {
                rest = behind;
                spec.precision = usize::try_from(self.count("invalid precision: ")?).ok();
            } else {
                let (precision, behind) = self.digits(behind)?;
                (spec.precision, rest) = (Some(precision), behind);
            }
        }
        while let [b'h' | b'j' | b'l' | b'L' | b't' | b'z', behind @ ..] = rest {
            rest = behind;
        }
        let length = whole.len() - rest.len();
        let Some((letter, behind)) = rest.split_first() else {
            return Err(self.refused(whole, None));
        };
        let directive = whole.get(..length + 1).unwrap_or(whole);
        if self.dialect == Dialect::Gnu && !is_allowed(*letter, &spec, quote, directive) {
            return Err(self.refused(directive, Some(*letter)));
        }
        match letter {
            b'd' | b'i' => {
                let value = self.signed();
                self.lay_out(|sink| spec.signed(value, sink))?;
            }
            b'u' | b'o' | b'x' | b'X' => {
                let value = self.unsigned();
                self.lay_out(|sink| spec.unsigned(value, *letter, sink))?;
            }
            b'a' | b'e' | b'f' | b'g' | b'A' | b'E' | b'F' | b'G' => {
                let value = self.float();
                self.lay_out(|sink| spec.float(value, *letter, sink))?;
            }
            b's' => {
                let text = self.next().unwrap_or_default();
                self.lay_out(|sink| spec.text(text, sink))?;
            }
            b'c' => {
                let text = self.next().unwrap_or_default();
                let byte = [text.first().copied().unwrap_or(0)];
                self.lay_out(|sink| spec.padded(&byte, sink))?;
            }
            b'b' => self.with_escapes(&spec)?,
            b'q' | b'Q' => self.quoted(spec, *letter)?,
            b'n' if self.dialect == Dialect::Bash => self.store()?,
            b'(' if self.dialect == Dialect::Bash => return self.time(spec, whole, behind),
            _ => return Err(self.refused(directive, Some(*letter))),
        }
        Ok(behind)
    }

    fn refused(&mut self, directive: &[u8], letter: Option<u8>) -> Ended {
        let message = match (self.dialect, letter) {
            (Dialect::Gnu, _) => [directive, b": invalid conversion specification"].concat(),
            (Dialect::Bash, Some(letter)) => {
                [b"`", &[letter][..], b"': invalid format character"].concat()
            }
            (Dialect::Bash, None) => [b"`", directive, b"': missing format character"].concat(),
        };
        self.host.complain(&message);
        Ended::Failed
    }

    /// A width or a precision in the format.
    fn digits<'f>(&mut self, text: &'f [u8]) -> Result<(usize, &'f [u8]), Ended> {
        let length = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = text.split_at(length);
        let number = digits.iter().fold(0_usize, |number, digit| {
            number
                .saturating_mul(10)
                .saturating_add(usize::from(digit - b'0'))
        });
        // A C library does not print fields that large.
        if i32::try_from(number).is_err() {
            return Err(Ended::Io(io::Error::from_raw_os_error(libc::EOVERFLOW)));
        }
        Ok((number, rest))
    }

    /// A width or a precision that is an argument.
    fn count(&mut self, problem: &str) -> Result<i32, Ended> {
        let Some(text) = self.next() else {
            return Ok(0);
        };
        let value = self.number(text, read::signed, |code| code);
        match (i32::try_from(value), self.dialect) {
            (Ok(value), _) => Ok(value),
            (Err(_), Dialect::Gnu) => {
                let message = [problem.as_bytes(), &quoted_text(text)].concat();
                self.host.complain(&message);
                Err(Ended::Failed)
            }
            (Err(_), Dialect::Bash) => {
                let message = [b"warning: ", text, b": Numerical result out of range"];
                self.host.complain(&message.concat());
                Ok(if value < 0 { -i32::MAX } else { i32::MAX })
            }
        }
    }

    fn signed(&mut self) -> i64 {
        match self.next() {
            Some(text) => self.number(text, read::signed, |code| code),
            None => 0,
        }
    }

    fn unsigned(&mut self) -> u64 {
        match self.next() {
            Some(text) => self.number(text, read::unsigned, i64::cast_unsigned),
            None => 0,
        }
    }

    fn float(&mut self) -> Extended {
        match self.next() {
            Some(text) => self.number(text, read::extended, Extended::from_i64),
            None => Extended::ZERO,
        }
    }

    /// The number in an argument. What is wrong with it is said, and its start used.
    fn number<T>(
        &mut self,
        text: &[u8],
        read: fn(&[u8]) -> Found<T>,
        from_code: fn(i64) -> T,
    ) -> T {
        if let [b'\'' | b'"', character @ ..] = text
            && !(character.is_empty() && self.dialect == Dialect::Gnu)
        {
            let (code, length) = character_code(character);
            if let Some(rest @ [_, ..]) = character.get(length..)
                && self.dialect == Dialect::Gnu
            {
                let problem = b": character(s) following character constant have been ignored";
                self.host.complain(&[b"warning: ", rest, problem].concat());
            }
            return from_code(code);
        }
        let found = read(text);
        let complete = found.length == text.len();
        let out_of_range = found.fit == Fit::OutOfRange;
        let quoted = || quoted_text(text);
        let problem = match self.dialect {
            Dialect::Gnu if out_of_range => {
                [&quoted(), &b": Numerical result out of range"[..]].concat()
            }
            Dialect::Gnu if complete => return found.value,
            Dialect::Gnu if found.length == 0 => {
                [&quoted(), &b": expected a numeric value"[..]].concat()
            }
            Dialect::Gnu => [&quoted(), &b": value not completely converted"[..]].concat(),
            Dialect::Bash if !complete => {
                let kind: &[u8] = match text {
                    [b'0', b'0'..=b'9', ..] => b": invalid octal number",
                    [b'0', b'x', ..] => b": invalid hex number",
                    _ => b": invalid number",
                };
                [text, kind].concat()
            }
            Dialect::Bash if out_of_range => {
                let warning = [b"warning: ", text, b": Numerical result out of range"].concat();
                self.host.complain(&warning);
                return found.value;
            }
            Dialect::Bash => return found.value,
        };
        self.host.complain(&problem);
        self.status = 1;
        found.value
    }

    /// `%b`
    fn with_escapes(&mut self, spec: &Spec) -> Result<(), Ended> {
        let text = self.next().unwrap_or_default();
        let mut bytes = Vec::with_capacity(text.len());
        let mut rest = text;
        let mut ended = Ok(());
        while let Some(at) = memchr::memchr(b'\\', rest) {
            let (plain, special) = rest.split_at(at);
            bytes.extend_from_slice(plain);
            let after = special.get(1..).unwrap_or_default();
            let (escape, length) = escape(after, self.dialect, Place::Argument);
            ended = self.escaped(escape, &mut bytes);
            rest = after.get(length..).unwrap_or_default();
            if ended.is_err() {
                rest = &[];
            }
        }
        bytes.extend_from_slice(rest);
        self.lay_out(|sink| spec.text(&bytes, sink))?;
        ended
    }

    /// `%q`, and bash's `%Q`, whose precision is that of the argument.
    fn quoted(&mut self, mut spec: Spec, letter: u8) -> Result<(), Ended> {
        let text = self.next().unwrap_or_default();
        let quoted = match self.dialect {
            Dialect::Gnu => Quoting::new(Style::ShellEscape).apply(text),
            Dialect::Bash if letter == b'Q' => {
                let cut = spec.precision.take().and_then(|most| text.get(..most));
                bash_quoted(cut.unwrap_or(text))
            }
            Dialect::Bash => bash_quoted(text),
        };
        self.lay_out(|sink| spec.text(&quoted, sink))
    }

    /// `%n`
    fn store(&mut self) -> Result<(), Ended> {
        let written = self.written;
        let Some(name) = self.next().filter(|name| !name.is_empty()) else {
            return Ok(());
        };
        match self.host.assign(name, written) {
            true => Ok(()),
            false => Err(Ended::Failed),
        }
    }

    /// `%(format)T`
    fn time<'f>(
        &mut self,
        spec: Spec,
        whole: &'f [u8],
        behind: &'f [u8],
    ) -> Result<&'f [u8], Ended> {
        let mut depth = 1_usize;
        let close = behind.iter().position(|byte| {
            match byte {
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        let (format, after) = behind.split_at(close.unwrap_or(behind.len()));
        if !after.starts_with(b")T") {
            let letter = after.get(1..2).unwrap_or_default();
            let message = [
                b"warning: `",
                letter,
                b"': invalid time format specification",
            ]
            .concat();
            self.host.complain(&message);
            self.write(whole.get(..whole.len() - behind.len()).unwrap_or_default())?;
            return Ok(behind);
        }
        let when = match self.next() {
            None => When::Now,
            Some(text) => match self.number(text, read::signed, |code| code) {
                -1 => When::Now,
                -2 => When::Started,
                seconds => When::At(seconds),
            },
        };
        let format = if format.is_empty() { b"%X" } else { format };
        let mut text = Vec::new();
        format_time(format, &self.host.civil(when), &mut text);
        if text.len() >= TIME_SIZE {
            text.clear();
        }
        self.lay_out(|sink| spec.text(&text, sink))?;
        Ok(after.get(2..).unwrap_or_default())
    }
}

/// Bash gives nothing for a time that is as long.
const TIME_SIZE: usize = 128;

/// The number of a character, and its length in bytes. A byte that belongs to none is its own number.
fn character_code(text: &[u8]) -> (i64, usize) {
    let Some(chunk) = text.utf8_chunks().next() else {
        return (0, 0);
    };
    match chunk.valid().chars().next() {
        Some(character) => (i64::from(u32::from(character)), character.len_utf8()),
        None => (text.first().map_or(0, |byte| i64::from(*byte)), 1),
    }
}

/// Whether GNU allows the flags and the precision with the letter.
fn is_allowed(letter: u8, spec: &Spec, quote: bool, directive: &[u8]) -> bool {
    match letter {
        b'd' | b'i' | b'u' => !spec.alternate,
        b'f' | b'F' | b'g' | b'G' => true,
        b'o' | b'x' | b'X' | b'e' | b'E' | b'a' | b'A' => !quote,
        b's' => !(spec.alternate || spec.zeros || quote),
        b'c' => !(spec.alternate || spec.zeros || quote || directive.contains(&b'.')),
        // These two stand right behind the percent sign.
        b'b' | b'q' => directive.len() == 2,
        _ => false,
    }
}
