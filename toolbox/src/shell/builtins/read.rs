//! `read` and `mapfile`.

use std::io;
use std::time::{Duration, Instant};

use super::letters::Letters;
use crate::shell::Shell;
use crate::shell::ast::Text;
use crate::shell::flow::Flow;
use crate::shell::symbol::Symbol;
use crate::shell::value::{Indexed, Value};
use crate::sys;
use crate::sys::process::{self, Wait};

/// The status when the time was over: 128 and SIGALRM.
const TIMED_OUT: i32 = 142;

#[derive(Default)]
struct Options {
    raw: bool,
    array: Option<Text>,
    delimiter: Option<u8>,
    /// The number of characters, and whether the delimiter ends the reading before.
    count: Option<(usize, bool)>,
    prompt: Option<Text>,
    timeout: Option<Duration>,
    fd: u32,
}

pub fn read(shell: &mut Shell, args: &[Text]) -> Flow {
    let mut options = Options::default();
    let mut letters = Letters::new(args, "ersa:d:i:n:N:p:t:u:");
    loop {
        match letters.next(shell) {
            Ok(None) => break,
            Ok(Some(given)) => match given.letter {
                b'r' => options.raw = true,
                b'a' => options.array = Some(given.value.to_vec()),
                b'd' => options.delimiter = Some(given.value.first().copied().unwrap_or(0)),
                letter @ (b'n' | b'N') => match number(given.value) {
                    Some(count) => options.count = Some((count, letter == b'n')),
                    None => {
                        shell.complain_as("read", [given.value, b": invalid number"].concat());
                        return Flow::Continue(1);
                    }
                },
                b'p' => options.prompt = Some(given.value.to_vec()),
                b't' => match seconds(given.value) {
                    Some(time) => options.timeout = Some(time),
                    None => {
                        let problem = b": invalid timeout specification";
                        shell.complain_as("read", [given.value, problem].concat());
                        return Flow::Continue(1);
                    }
                },
                b'u' => match number(given.value).and_then(|fd| u32::try_from(fd).ok()) {
                    Some(fd) => options.fd = fd,
                    None => {
                        let problem = b": invalid file descriptor specification";
                        shell.complain_as("read", [given.value, problem].concat());
                        return Flow::Continue(1);
                    }
                },
                _ => {}
            },
            Err(flow) => return flow,
        }
    }
    let names = letters.operands();
    let input = match shell.descriptor(options.fd) {
        Ok(input) => input.0,
        Err(error) => {
            let text = sys::error_text(&error);
            shell.complain_as(
                "read",
                format!("{}: invalid file descriptor: {text}", options.fd),
            );
            return Flow::Continue(1);
        }
    };
    let _ = shell.flush();
    if options.timeout == Some(Duration::ZERO) {
        return Flow::Continue(i32::from(
            !process::ready(input, Wait::NOT).unwrap_or(false),
        ));
    }
    let line = read_line(shell, input, &options)?;
    let assigned = assign(shell, &options, names, &line);
    match (assigned?, line.end) {
        (false, _) => Flow::Continue(1),
        (true, End::Delimiter) => Flow::Continue(0),
        (true, End::Timeout) => Flow::Continue(TIMED_OUT),
        (true, End::Input) => Flow::Continue(1),
    }
}

fn number(text: &[u8]) -> Option<usize> {
    std::str::from_utf8(text).ok()?.trim().parse().ok()
}

fn seconds(text: &[u8]) -> Option<Duration> {
    let seconds: f64 = std::str::from_utf8(text).ok()?.parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Delimiter,
    Input,
    Timeout,
}

/// What was read: the text without backslashes that escape, and which of its bytes were escaped.
struct Line {
    text: Text,
    escaped: Vec<bool>,
    end: End,
}

fn read_line(shell: &mut Shell, input: i32, options: &Options) -> Flow<Line> {
    let delimiter = options.delimiter.unwrap_or(b'\n');
    let stops = options.count.is_none_or(|(_, stops)| stops);
    let deadline = options.timeout.map(|time| Instant::now() + time);
    let mut line = Line {
        text: Text::new(),
        escaped: Vec::new(),
        end: End::Input,
    };
    let mut escape = false;
    let mut buffer = [0; 512];
    loop {
        let left = options
            .count
            .map(|(count, _)| count.saturating_sub(characters(&line.text)));
        if left == Some(0) {
            line.end = End::Delimiter;
            break;
        }
        if let Some(deadline) = deadline {
            let time = deadline.saturating_duration_since(Instant::now());
            if !process::ready(input, Wait::AtMost(time)).unwrap_or(true) {
                line.end = End::Timeout;
                break;
            }
        }
        // With a count nothing beyond it may be taken.
        let most = left.map_or(buffer.len(), |_| 1);
        let read = match stops {
            true => process::read_until(input, &mut buffer[..most], delimiter),
            false => io::Read::read(&mut sys::Descriptor(input), &mut buffer[..most]),
        };
        let count = match read {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                shell.run_pending_traps()?;
                continue;
            }
            Err(error) => {
                let text = sys::error_text(&error);
                shell.complain_as("read", format!("read error: {}: {text}", options.fd));
                break;
            }
        };
        let mut is_done = false;
        for byte in buffer.iter().take(count).copied() {
            if escape {
                escape = false;
                // A line that is continued has no end here.
                if byte != b'\n' {
                    line.text.push(byte);
                    line.escaped.push(true);
                }
            } else if byte == b'\\' && !options.raw {
                escape = true;
            } else if stops && byte == delimiter {
                is_done = true;
            } else if byte != 0 {
                line.text.push(byte);
                line.escaped.push(false);
            }
        }
        if is_done {
            line.end = End::Delimiter;
            break;
        }
    }
    Flow::Continue(line)
}

fn characters(text: &[u8]) -> usize {
    text.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

fn assign(shell: &mut Shell, options: &Options, names: &[Text], line: &Line) -> Flow<bool> {
    let separators = shell
        .value(Symbol::IFS)
        .unwrap_or_else(|| b" \t\n".to_vec());
    if let Some(array) = &options.array {
        let fields = split(line, &separators, usize::MAX);
        if shell.attributes(Symbol::new(array)).readonly {
            return Flow::Continue(shell.assign_text(array, Text::new())?);
        }
        if crate::shell::parser::parameter_name(array).is_none() {
            shell.complain_as(
                "read",
                [b"`", array.as_slice(), b"': not a valid identifier"].concat(),
            );
            return Flow::Continue(false);
        }
        let name = shell.resolved(Symbol::new(array));
        shell.state.variables.edit(name).value = Value::Indexed(Indexed::from_iter(fields));
        return Flow::Continue(true);
    }
    if options.count.is_some_and(|(_, stops)| !stops) {
        // `-N` takes the text as it is.
        let name = names.first().map_or(&b"REPLY"[..], Vec::as_slice);
        let assigned = shell.assign_text(name, line.text.clone())?;
        for name in names.iter().skip(1) {
            shell.assign_text(name, Text::new())?;
        }
        return Flow::Continue(assigned);
    }
    if names.is_empty() {
        shell.assign(Symbol::REPLY, line.text.clone())?;
        return Flow::Continue(true);
    }
    let mut fields = split(line, &separators, names.len()).into_iter();
    for name in names {
        let field = fields.next().unwrap_or_default();
        let is_name = crate::shell::parser::parameter_name(name).is_some_and(|subject| {
            matches!(
                subject,
                crate::shell::ast::Subject::Variable(_) | crate::shell::ast::Subject::Element(..)
            )
        });
        if !is_name {
            shell.complain_as(
                "read",
                [b"`", name.as_slice(), b"': not a valid identifier"].concat(),
            );
            return Flow::Continue(false);
        }
        if !shell.assign_text(name, field)? {
            return Flow::Continue(false);
        }
    }
    Flow::Continue(true)
}

/// At most that many fields; the last one has all of the rest (POSIX `read`).
fn split(line: &Line, separators: &[u8], most: usize) -> Vec<Text> {
    let text = &line.text;
    let is_separator = |at: usize| !line.escaped[at] && separators.contains(&text[at]);
    let is_space = |at: usize| is_separator(at) && matches!(text[at], b' ' | b'\t' | b'\n');
    let mut fields = Vec::new();
    let mut at = 0;
    while at < text.len() && is_space(at) {
        at += 1;
    }
    while at < text.len() {
        if fields.len() + 1 == most {
            fields.push(last_field(line, at, separators));
            return fields;
        }
        let start = at;
        while at < text.len() && !is_separator(at) {
            at += 1;
        }
        fields.push(text[start..at].to_vec());
        while at < text.len() && is_space(at) {
            at += 1;
        }
        if at < text.len() && is_separator(at) {
            at += 1;
            while at < text.len() && is_space(at) {
                at += 1;
            }
        }
    }
    fields
}

/// The rest of the line, without separators at its end that belong to one field.
fn last_field(line: &Line, start: usize, separators: &[u8]) -> Text {
    let text = &line.text;
    let is_separator = |at: usize| !line.escaped[at] && separators.contains(&text[at]);
    let is_space = |at: usize| is_separator(at) && matches!(text[at], b' ' | b'\t' | b'\n');
    let mut end = text.len();
    while end > start && is_space(end - 1) {
        end -= 1;
    }
    // One separator behind the only field is its end, not a part of it.
    if end > start && is_separator(end - 1) && !is_space(end - 1) {
        let field_end = end - 1;
        if !(start..field_end).any(|at| is_separator(at) && !is_space(at)) {
            let mut field_end = field_end;
            while field_end > start && is_space(field_end - 1) {
                field_end -= 1;
            }
            if !(start..field_end).any(is_separator) {
                return text[start..field_end].to_vec();
            }
        }
    }
    text[start..end].to_vec()
}

pub fn mapfile(shell: &mut Shell, args: &[Text]) -> Flow {
    let (mut delimiter, mut most, mut origin, mut skip) = (b'\n', 0_usize, None, 0_usize);
    let (mut strips, mut fd, mut callback, mut quantum) = (false, 0_u32, None, 5000_usize);
    let mut letters = Letters::new(args, "d:n:O:s:tu:C:c:");
    loop {
        match letters.next(shell) {
            Ok(None) => break,
            Ok(Some(given)) => {
                let count = number(given.value);
                match given.letter {
                    b'd' => delimiter = given.value.first().copied().unwrap_or(0),
                    b't' => strips = true,
                    b'C' => callback = Some(given.value.to_vec()),
                    letter => match (letter, count) {
                        (b'n', Some(count)) => most = count,
                        (b'O', Some(count)) => origin = Some(count as u64),
                        (b's', Some(count)) => skip = count,
                        (b'c', Some(count)) if count > 0 => quantum = count,
                        (b'u', Some(count)) => fd = u32::try_from(count).unwrap_or(u32::MAX),
                        _ => {
                            let problem: &[u8] = match letter {
                                b'O' => b": invalid array origin",
                                b'u' => b": invalid file descriptor specification",
                                b'c' => b": invalid callback quantum",
                                _ => b": invalid line count",
                            };
                            shell.complain_as("mapfile", [given.value, problem].concat());
                            return Flow::Continue(1);
                        }
                    },
                }
            }
            Err(flow) => return flow,
        }
    }
    let name = letters
        .operands()
        .first()
        .map_or(Symbol::MAPFILE, Symbol::new);
    let name = shell.resolved(name);
    if shell.attributes(name).readonly {
        shell.complain_as(
            "mapfile",
            [&name.name()[..], b": readonly variable"].concat(),
        );
        return Flow::Continue(1);
    }
    let input = match shell.descriptor(fd) {
        Ok(input) => input.0,
        Err(error) => {
            let text = sys::error_text(&error);
            shell.complain_as("mapfile", format!("{fd}: invalid file descriptor: {text}"));
            return Flow::Continue(1);
        }
    };
    let mut array = match (&mut shell.state.variables.edit(name).value, origin) {
        (Value::Indexed(array), Some(_)) => std::mem::take(array),
        (Value::Scalar(text), Some(_)) => Indexed::from_iter([std::mem::take(text)]),
        (Value::Associative(_), _) => {
            shell.complain_as(
                "mapfile",
                [&name.name()[..], b": not an indexed array"].concat(),
            );
            return Flow::Continue(1);
        }
        _ => Indexed::default(),
    };
    let mut at = origin.unwrap_or(0);
    let mut read = 0;
    while let Some(mut line) = next_line(input, delimiter) {
        read += 1;
        if read <= skip {
            continue;
        }
        if strips && line.last() == Some(&delimiter) {
            line.pop();
        }
        line.retain(|byte| *byte != 0);
        if let Some(callback) = &callback
            && (read - skip) % quantum == 0
        {
            let text = [
                callback.as_slice(),
                format!(" {at} ").as_bytes(),
                &crate::shell::quote::single(&line),
            ]
            .concat();
            shell.state.variables.edit(name).value = Value::Indexed(array.clone());
            let current = shell.state.line;
            shell.run_text(text, current)?;
        }
        array.set(at, line);
        at += 1;
        if most > 0 && read - skip >= most {
            break;
        }
    }
    shell.state.variables.edit(name).value = Value::Indexed(array);
    Flow::Continue(0)
}

/// The next line with its delimiter; none at the end.
fn next_line(input: i32, delimiter: u8) -> Option<Text> {
    let mut line = Text::new();
    let mut buffer = [0; 4096];
    loop {
        match process::read_until(input, &mut buffer, delimiter) {
            Ok(0) => return (!line.is_empty()).then_some(line),
            Ok(count) => {
                line.extend_from_slice(&buffer[..count]);
                if line.last() == Some(&delimiter) {
                    return Some(line);
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return (!line.is_empty()).then_some(line),
        }
    }
}
