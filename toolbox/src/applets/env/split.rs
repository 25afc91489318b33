//! `-S`: one argument that is taken apart into several, as a line behind `#!` needs it.

use std::ffi::{OsStr, OsString};

use crate::sys::{OsStrExt, OsStringExt};

/// The short options that take a value beside `S`.
const WITH_VALUE: &[u8] = b"uC";

/// The command line with the value of each `-S` in its place, taken apart; `variable` is what `${NAME}` stands for.
pub fn expand(
    args: &[OsString],
    variable: impl Fn(&OsStr) -> Option<OsString>,
) -> Result<Vec<OsString>, Vec<u8>> {
    let mut done = Vec::new();
    let mut rest: Vec<OsString> = args.iter().rev().cloned().collect();
    done.extend(rest.pop());
    while let Some(arg) = rest.pop() {
        match option(arg.as_bytes()) {
            Part::Split { before, value } => {
                let value = match value {
                    Some(value) => OsStr::from_bytes(value).to_owned(),
                    None => match rest.pop() {
                        Some(value) => value,
                        // The parser says what is missing.
                        None => {
                            done.push(arg);
                            break;
                        }
                    },
                };
                if !before.is_empty() {
                    done.push(OsString::from_vec([b"-", before].concat()));
                }
                let words = Splitter::new(value.as_bytes(), &variable).words()?;
                rest.extend(words.into_iter().rev().map(OsString::from_vec));
            }
            Part::WithNext => {
                done.push(arg);
                done.extend(rest.pop());
            }
            Part::Other => done.push(arg),
            Part::Operand => {
                done.push(arg);
                break;
            }
        }
    }
    done.extend(rest.into_iter().rev());
    Ok(done)
}

/// What an argument is to the search for `-S`.
enum Part<'a> {
    Split {
        /// The letters in the same argument.
        before: &'a [u8],
        value: Option<&'a [u8]>,
    },
    /// Its value is the next argument.
    WithNext,
    Other,
    /// No options come any more.
    Operand,
}

fn option(arg: &[u8]) -> Part<'_> {
    match arg {
        b"--" | b"-" | b"" => Part::Operand,
        [b'-', b'-', long @ ..] => {
            let at = long.iter().position(|byte| *byte == b'=');
            let name = &long[..at.unwrap_or(long.len())];
            let begins = |full: &[u8]| !name.is_empty() && full.starts_with(name);
            if begins(b"split-string") {
                Part::Split {
                    before: b"",
                    value: at.map(|at| &long[at + 1..]),
                }
            } else if at.is_none() && (begins(b"unset") || begins(b"chdir")) {
                Part::WithNext
            } else {
                Part::Other
            }
        }
        [b'-', letters @ ..] => {
            let is_last = |letter: &u8| *letter == b'S' || WITH_VALUE.contains(letter);
            let Some(at) = letters.iter().position(is_last) else {
                return Part::Other;
            };
            let value = &letters[at + 1..];
            match letters[at] {
                b'S' => Part::Split {
                    before: &letters[..at],
                    value: Some(value).filter(|value| !value.is_empty()),
                },
                _ if value.is_empty() => Part::WithNext,
                _ => Part::Other,
            }
        }
        _ => Part::Operand,
    }
}

struct Splitter<'a, F> {
    rest: &'a [u8],
    variable: &'a F,
    words: Vec<Vec<u8>>,
    /// The word that has begun.
    word: Option<Vec<u8>>,
}

impl<'a, F: Fn(&OsStr) -> Option<OsString>> Splitter<'a, F> {
    fn new(text: &'a [u8], variable: &'a F) -> Self {
        Self {
            rest: text,
            variable,
            words: Vec::new(),
            word: None,
        }
    }

    fn words(mut self) -> Result<Vec<Vec<u8>>, Vec<u8>> {
        let mut quote = None;
        while let Some((byte, after)) = self.rest.split_first() {
            let from = self.rest;
            self.rest = after;
            match (quote, *byte) {
                (Some(open), byte) if byte == open => quote = None,
                (None, b'\'' | b'"') => {
                    quote = Some(*byte);
                    self.word.get_or_insert_default();
                }
                (None, b' ' | b'\t' | b'\n' | 0x0b | 0x0c | b'\r') => self.end_word(),
                (None, b'#') if self.word.is_none() => break,
                (_, b'\\') => {
                    if !self.escape(quote)? {
                        break;
                    }
                }
                (None | Some(b'"'), b'$') => self.expand_variable(from)?,
                (_, byte) => self.push(byte),
            }
        }
        if quote.is_some() {
            return Err(b"no terminating quote in -S string".to_vec());
        }
        self.end_word();
        Ok(self.words)
    }

    fn push(&mut self, byte: u8) {
        self.word.get_or_insert_default().push(byte);
    }

    fn end_word(&mut self) {
        self.words.extend(self.word.take());
    }

    /// What is behind a backslash; false is the end of the text.
    fn escape(&mut self, quote: Option<u8>) -> Result<bool, Vec<u8>> {
        let Some((byte, after)) = self.rest.split_first() else {
            return Err(b"invalid backslash at end of string in -S".to_vec());
        };
        let single = quote == Some(b'\'');
        if single && !matches!(byte, b'\\' | b'\'') {
            self.push(b'\\');
            return Ok(true);
        }
        self.rest = after;
        match byte {
            b'"' | b'#' | b'$' | b'\'' | b'\\' => self.push(*byte),
            b'_' if quote.is_some() => self.push(b' '),
            b'_' => self.end_word(),
            b'c' if quote.is_some() => {
                return Err(b"'\\c' must not appear in double-quoted -S string".to_vec());
            }
            b'c' => return Ok(false),
            b'f' => self.push(0x0c),
            b'n' => self.push(b'\n'),
            b'r' => self.push(b'\r'),
            b't' => self.push(b'\t'),
            b'v' => self.push(0x0b),
            byte => return Err([b"invalid sequence '\\", [*byte].as_slice(), b"' in -S"].concat()),
        }
        Ok(true)
    }

    /// `${NAME}`; `from` begins with the dollar sign.
    fn expand_variable(&mut self, from: &[u8]) -> Result<(), Vec<u8>> {
        let name = self.rest.strip_prefix(b"{").and_then(|rest| {
            let end = rest.iter().position(|byte| *byte == b'}')?;
            Some(&rest[..end])
        });
        let is_name = |name: &&[u8]| {
            let is_letter = |byte: &u8| byte.is_ascii_alphabetic() || *byte == b'_';
            name.first().is_some_and(is_letter)
                && name
                    .iter()
                    .all(|byte| is_letter(byte) || byte.is_ascii_digit())
        };
        let Some(name) = name.filter(is_name) else {
            let text: &[u8] = b"only ${VARNAME} expansion is supported, error at: ";
            return Err([text, from].concat());
        };
        self.rest = &self.rest[name.len() + 2..];
        if let Some(value) = (self.variable)(OsStr::from_bytes(name)) {
            let word = self.word.get_or_insert_default();
            word.extend_from_slice(value.as_bytes());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(args: &[&str]) -> Result<Vec<String>, String> {
        let args: Vec<OsString> = ["env"].iter().chain(args).map(OsString::from).collect();
        let variable = |name: &OsStr| (name == "V").then(|| "v w".into());
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        match expand(&args, variable) {
            Ok(words) => Ok(words
                .iter()
                .skip(1)
                .map(|word| text(word.as_bytes()))
                .collect()),
            Err(message) => Err(text(&message)),
        }
    }

    #[test]
    fn the_value_stands_in_the_place_of_the_option() {
        for (args, expected) in [
            (
                &["-S", "-i A=1 cat", "x"][..],
                &["-i", "A=1", "cat", "x"][..],
            ),
            (&["-ivScat -n"], &["-iv", "cat", "-n"]),
            (&["--split-string=a b", "c"], &["a", "b", "c"]),
            (&["-u", "-S", "cat"], &["-u", "-S", "cat"]),
            (&["cat", "-S", "a b"], &["cat", "-S", "a b"]),
        ] {
            assert_eq!(
                expanded(args),
                Ok(expected.iter().map(|w| (*w).to_owned()).collect())
            );
        }
    }

    #[test]
    fn quotes_escapes_and_variables_are_read() {
        let split = |text| expanded(&["-S", text]);
        let words = |words: &[&str]| Ok(words.iter().map(|word| (*word).to_owned()).collect());
        assert_eq!(
            split("a\\_b \"c\\_d\" '\\_' \\#x #y"),
            words(&["a", "b", "c d", "\\_", "#x"])
        );
        assert_eq!(
            split("${V} x${N}y ${N} \"${N}\""),
            words(&["v w", "xy", ""])
        );
        assert_eq!(split("a\\c b"), words(&["a"]));
        assert_eq!(split("'a"), Err("no terminating quote in -S string".into()));
        assert_eq!(split("\\q"), Err("invalid sequence '\\q' in -S".into()));
    }
}
