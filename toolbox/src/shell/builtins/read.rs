//! `read`: reads a line and splits it into variables.

use std::io::{self, Read};
use std::time::{Duration, Instant};

use super::letters::Letters;
use super::split::Separators;
use crate::shell::Shell;
use crate::shell::access::{is_name, is_target};
use crate::shell::ast::Text;
use crate::shell::flow::Flow;
use crate::shell::pattern::characters;
use crate::shell::state::error_text;
use crate::shell::symbol::Symbol;
use crate::shell::value::{Indexed, Value};
use crate::sys::Descriptor;
use crate::sys::process::{self, Wait};

/// The status of a read whose time was over: that of SIGALRM.
const TIMED_OUT: i32 = 128 + 14;

/// What the command line asks for.
struct Request {
    array: Option<Text>,
    delimiter: u8,
    limit: Limit,
    raw: bool,
    timeout: Option<Duration>,
    fd: u32,
}

/// How much is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Limit {
    Line,
    /// `-n`: up to the delimiter, but no more than so many characters.
    AtMost(usize),
    /// `-N`: so many characters, whatever they are.
    Exactly(usize),
}

/// What was read: its characters, and which of them had a backslash.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Line {
    pub text: Text,
    /// Places in the text of bytes that are no separators, in their order.
    pub escaped: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// With the delimiter, or with the last of the characters.
    Complete,
    EndOfFile,
    TimedOut,
}

pub fn run(shell: &mut Shell, args: &[Text]) -> Flow {
    let (request, names) = match parse(shell, args) {
        Ok(parsed) => parsed,
        Err(flow) => return flow,
    };
    let checked = request.array.iter().chain(names.first());
    if let Some(name) = checked.into_iter().find(|name| !is_target(name)) {
        shell.not_an_identifier("read", name);
        return Flow::Continue(1);
    }
    let fd = match shell.descriptor(request.fd) {
        Ok(descriptor) => descriptor.0,
        Err(error) => return unreadable(shell, &request, &error),
    };
    if request.timeout == Some(Duration::ZERO) {
        let is_ready = process::ready(fd, Wait::NOT).unwrap_or(false);
        return Flow::Continue(i32::from(!is_ready));
    }
    let mut reader = Reader::new(&request);
    let ended = match request.limit {
        Limit::AtMost(0) | Limit::Exactly(0) => Ended::Complete,
        _ => loop {
            match reader.read(fd) {
                Ok(ended) => break ended,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                    shell.run_pending_traps()?;
                }
                Err(error) => return unreadable(shell, &request, &error),
            }
        },
    };
    let assigned = assign(shell, &request, names, reader.line)?;
    Flow::Continue(match ended {
        _ if !assigned => 1,
        Ended::Complete => 0,
        Ended::EndOfFile => 1,
        Ended::TimedOut => TIMED_OUT,
    })
}

fn unreadable(shell: &mut Shell, request: &Request, error: &io::Error) -> Flow {
    let fd = request.fd;
    let text = error_text(error);
    shell.complain_as("read", format!("read error: {fd}: {text}"));
    Flow::Continue(1)
}

fn parse<'a>(shell: &mut Shell, args: &'a [Text]) -> Result<(Request, &'a [Text]), Flow> {
    let mut request = Request {
        array: None,
        delimiter: b'\n',
        limit: Limit::Line,
        raw: false,
        timeout: None,
        fd: 0,
    };
    let mut letters = Letters::new(args, "ersa:d:i:n:p:t:u:N:");
    while let Some(given) = letters.next(shell)? {
        let value = given.value;
        match given.letter {
            b'r' => request.raw = true,
            b'a' => request.array = Some(value.to_vec()),
            b'd' => request.delimiter = value.first().copied().unwrap_or(0),
            b'n' | b'N' => {
                let Some(count) = whole(value) else {
                    return Err(refused(shell, value, ": invalid number"));
                };
                request.limit = match given.letter {
                    b'n' => Limit::AtMost(count),
                    _ => Limit::Exactly(count),
                };
            }
            b't' => match seconds(value) {
                Some(time) => request.timeout = Some(time),
                None => return Err(refused(shell, value, ": invalid timeout specification")),
            },
            b'u' => {
                let fd = whole(value).and_then(|fd| u32::try_from(fd).ok());
                let Some(fd) = fd else {
                    let problem = ": invalid file descriptor specification";
                    return Err(refused(shell, value, problem));
                };
                if let Err(error) = shell.descriptor(fd) {
                    let text = error_text(&error);
                    let problem = format!(": invalid file descriptor: {text}");
                    return Err(refused(shell, value, &problem));
                }
                request.fd = fd;
            }
            // A prompt, silence and line editing are for terminals.
            _ => {}
        }
    }
    if request.timeout.is_none()
        && let Some(time) = shell.value(Symbol::TMOUT)
    {
        request.timeout = seconds(&time).filter(|time| !time.is_zero());
    }
    Ok((request, letters.operands()))
}

fn refused(shell: &mut Shell, value: &[u8], problem: &str) -> Flow {
    shell.complain_as("read", [value, problem.as_bytes()].concat());
    Flow::Continue(1)
}

fn whole(text: &[u8]) -> Option<usize> {
    std::str::from_utf8(text).ok()?.trim().parse().ok()
}

/// A time of seconds, also with a fraction.
fn seconds(text: &[u8]) -> Option<Duration> {
    let text = std::str::from_utf8(text).ok()?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if !fraction.bytes().all(|byte| byte.is_ascii_digit())
        || whole.is_empty() && fraction.is_empty()
    {
        return None;
    }
    let whole = match whole {
        "" => 0,
        _ => whole.parse().ok()?,
    };
    let micros = format!("{fraction:0<6}");
    let micros: u64 = micros.get(..6)?.parse().ok()?;
    Some(Duration::from_secs(whole) + Duration::from_micros(micros))
}

/// Takes bytes in until the line has its end.
struct Reader {
    delimiter: u8,
    /// The delimiter is a character like others.
    is_exact: bool,
    /// The most characters.
    most: usize,
    raw: bool,
    end: Option<Instant>,
    line: Line,
    /// The characters that were read.
    count: usize,
    /// Bytes that the last character still lacks.
    lacking: usize,
    after_backslash: bool,
}

impl Reader {
    fn new(request: &Request) -> Self {
        let (is_exact, most) = match request.limit {
            Limit::Line => (false, usize::MAX),
            Limit::AtMost(most) => (false, most),
            Limit::Exactly(most) => (true, most),
        };
        Self {
            delimiter: request.delimiter,
            is_exact,
            most,
            raw: request.raw,
            end: request
                .timeout
                .and_then(|time| Instant::now().checked_add(time)),
            line: Line::default(),
            count: 0,
            lacking: 0,
            after_backslash: false,
        }
    }

    /// Goes on until the end; an interruption is an error, after which it can go on.
    fn read(&mut self, fd: i32) -> io::Result<Ended> {
        let mut buffer = [0; 4096];
        loop {
            if let Some(end) = self.end {
                let rest = end.saturating_duration_since(Instant::now());
                if !process::ready(fd, Wait::AtMost(rest))? {
                    return Ok(Ended::TimedOut);
                }
            }
            // No character is shorter than a byte, so nothing is read that belongs to others.
            let room = self.most.saturating_sub(self.count).max(1);
            let room = room.min(buffer.len());
            let buffer = &mut buffer[..room];
            let count = if self.is_exact {
                Descriptor(fd).read(buffer)?
            } else {
                process::read_until(fd, buffer, self.delimiter)?
            };
            if count == 0 {
                return Ok(Ended::EndOfFile);
            }
            if self.take(&buffer[..count]) {
                return Ok(Ended::Complete);
            }
        }
    }

    /// Says whether the line has its end.
    fn take(&mut self, bytes: &[u8]) -> bool {
        // Most lines are plain text up to their end.
        if self.most == usize::MAX && !self.after_backslash {
            let special = match self.raw {
                true => memchr::memchr2(self.delimiter, 0, bytes),
                false => memchr::memchr3(self.delimiter, 0, b'\\', bytes),
            };
            match special {
                None => {
                    self.line.text.extend_from_slice(bytes);
                    return false;
                }
                Some(at) if at + 1 == bytes.len() && bytes[at] == self.delimiter => {
                    self.line.text.extend_from_slice(&bytes[..at]);
                    return true;
                }
                Some(_) => {}
            }
        }
        for byte in bytes {
            if self.after_backslash {
                self.after_backslash = false;
                if *byte != b'\n' {
                    self.line.escaped.push(self.line.text.len());
                    self.put(*byte);
                }
            } else if *byte == self.delimiter && !self.is_exact {
                return true;
            } else if *byte == b'\\' && !self.raw {
                self.after_backslash = true;
            } else if *byte != 0 {
                self.put(*byte);
            }
            if self.count >= self.most && self.lacking == 0 {
                return true;
            }
        }
        false
    }

    fn put(&mut self, byte: u8) {
        self.line.text.push(byte);
        match byte {
            0x80..=0xbf if self.lacking > 0 => self.lacking -= 1,
            _ => {
                self.count += 1;
                self.lacking = match byte {
                    _ if characters::are_bytes() => 0,
                    0xc2..=0xdf => 1,
                    0xe0..=0xef => 2,
                    0xf0..=0xf4 => 3,
                    _ => 0,
                };
            }
        }
    }
}

/// Says whether all variables were assigned; it has complained if not.
fn assign(shell: &mut Shell, request: &Request, names: &[Text], line: Line) -> Flow<bool> {
    if let Some(name) = &request.array {
        return assign_array(shell, name, request.limit, line);
    }
    let Some((last, others)) = names.split_last() else {
        return shell.try_assign(Symbol::REPLY, line.text);
    };
    if matches!(request.limit, Limit::Exactly(_)) {
        let (first, others) = names.split_first().unwrap_or((last, &[]));
        if !assign_one(shell, first, line.text)? {
            return Flow::Continue(false);
        }
        for name in others {
            if !assign_one(shell, name, Text::new())? {
                return Flow::Continue(false);
            }
        }
        return Flow::Continue(true);
    }
    let separators = shell.field_separators();
    let mut fields = separators.fields(&line);
    for name in others {
        let field = fields.next().unwrap_or_default().to_vec();
        if !assign_one(shell, name, field)? {
            return Flow::Continue(false);
        }
    }
    let rest = fields.rest();
    let rest = (rest.len() < line.text.len()).then(|| rest.to_vec());
    assign_one(shell, last, rest.unwrap_or(line.text))
}

fn assign_one(shell: &mut Shell, name: &[u8], value: Text) -> Flow<bool> {
    if is_name(name) {
        return shell.try_assign(Symbol::new(name), value);
    }
    if !is_target(name) {
        shell.not_an_identifier("read", name);
        return Flow::Continue(false);
    }
    shell.assign_text(name, value)
}

fn assign_array(shell: &mut Shell, name: &[u8], limit: Limit, line: Line) -> Flow<bool> {
    let name = shell.resolved(Symbol::new(name));
    if shell.is_associative(name) {
        shell.complain_as(
            "read",
            [&name.name()[..], b": not an indexed array"].concat(),
        );
        return Flow::Continue(false);
    }
    if shell.attributes(name).readonly {
        shell.complain([&name.name()[..], b": readonly variable"].concat());
        return Flow::Continue(false);
    }
    let attributes = shell.attributes(name);
    let fields: Vec<Text> = match limit {
        // With `-N`, nothing is a separator.
        Limit::Exactly(_) => vec![line.text],
        _ => {
            let separators = shell.field_separators();
            separators.fields(&line).map(<[u8]>::to_vec).collect()
        }
    };
    let mut array = Indexed::default();
    for (index, field) in (0..).zip(fields) {
        let value = shell.converted(attributes, field)?;
        array.set(index, value);
    }
    shell.state.variables.edit(name).value = Value::Indexed(array);
    Flow::Continue(true)
}

impl Shell {
    /// What separates words: the value of IFS.
    pub(super) fn field_separators(&self) -> Separators {
        match self.state.variables.get(Symbol::IFS) {
            Some(variable) => match variable.text() {
                Some(text) => Separators::new(text),
                None => Separators::new(b" \t\n"),
            },
            None => Separators::new(b" \t\n"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(limit: Limit, raw: bool) -> Reader {
        Reader::new(&Request {
            array: None,
            delimiter: b'\n',
            limit,
            raw,
            timeout: None,
            fd: 0,
        })
    }

    fn taken(mut reader: Reader, chunks: &[&str]) -> (bool, String, Vec<usize>) {
        let mut ended = false;
        for chunk in chunks {
            ended = reader.take(chunk.as_bytes());
        }
        let text = String::from_utf8_lossy(&reader.line.text).into_owned();
        (ended, text, reader.line.escaped)
    }

    #[test]
    fn a_backslash_hides_a_meaning_and_joins_lines() {
        let read = taken(reader(Limit::Line, false), &["a\\ b\\", "\n", "c\n"]);
        assert_eq!(read, (true, "a bc".into(), vec![1]));
        let read = taken(reader(Limit::Line, true), &["a\\ b\\\n"]);
        assert_eq!(read, (true, "a\\ b\\".into(), vec![]));
    }

    #[test]
    fn characters_are_counted_not_bytes() {
        let read = taken(reader(Limit::AtMost(2), false), &["é", "\u{e9}"]);
        assert_eq!(read, (true, "éé".into(), vec![]));
        let mut exact = reader(Limit::Exactly(3), true);
        assert!(!exact.take("a\n".as_bytes()));
        assert!(exact.take(b"b"));
        assert_eq!(exact.line.text, b"a\nb");
    }

    #[test]
    fn bytes_that_no_variable_can_hold_are_left_out() {
        let read = taken(reader(Limit::Line, true), &["a\0b\n"]);
        assert_eq!(read, (true, "ab".into(), vec![]));
    }

    #[test]
    fn times_may_have_a_fraction() {
        assert_eq!(seconds(b"1"), Some(Duration::from_secs(1)));
        assert_eq!(seconds(b"0.25"), Some(Duration::from_millis(250)));
        assert_eq!(seconds(b".5"), Some(Duration::from_millis(500)));
        for text in ["", ".", "-1", "x", "1x", "1.x"] {
            assert_eq!(seconds(text.as_bytes()), None, "{text}");
        }
    }
}
