//! The options of a builtin: letters behind a `-`, read one after another.

use super::{Argument, help};
use crate::shell::Shell;
use crate::shell::ast::Text;
use crate::shell::flow::Flow;

/// Something that stands among the arguments of a builtin.
pub trait Operand {
    /// Its text, unless it is more than that.
    fn text(&self) -> Option<&[u8]>;
}

impl Operand for Text {
    fn text(&self) -> Option<&[u8]> {
        Some(self)
    }
}

impl Operand for Argument<'_> {
    fn text(&self) -> Option<&[u8]> {
        match self {
            Argument::Text(text) => Some(text),
            Argument::Array(_) => None,
        }
    }
}

/// Reads the options that stand before the operands.
pub struct Letters<'a, T> {
    /// The builtin's name and its arguments.
    args: &'a [T],
    /// The letters that are known; `:` behind one says that a value follows, `;` that one may.
    known: &'static [u8],
    /// `+x` is an option as well.
    plus: bool,
    /// The argument that is read now, and how far.
    at: usize,
    offset: usize,
}

/// An option that was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Given<'a> {
    /// With `+` instead of `-`.
    plus: bool,
    pub letter: u8,
    /// Empty when the letter takes none.
    pub value: &'a [u8],
}

impl Given<'_> {
    pub fn is_plus(self) -> bool {
        self.plus
    }
}

enum Next<'a> {
    End,
    Option(Given<'a>),
    Help,
    Unknown(bool, u8),
    NoValue(u8),
}

impl<'a, T: Operand> Letters<'a, T> {
    pub fn new(args: &'a [T], known: &'static str) -> Self {
        Self {
            args,
            known: known.as_bytes(),
            plus: false,
            at: 1,
            offset: 0,
        }
    }

    pub fn with_plus(args: &'a [T], known: &'static str) -> Self {
        Self {
            plus: true,
            ..Self::new(args, known)
        }
    }

    /// The next option, or none when the operands begin. An option that is not known is told of, and the error is what the
    /// builtin returns.
    pub fn next(&mut self, shell: &mut Shell) -> Result<Option<Given<'a>>, Flow> {
        match self.read() {
            Next::End => Ok(None),
            Next::Option(given) => Ok(Some(given)),
            Next::Help => {
                help::show(shell, self.name());
                Err(Flow::Continue(2))
            }
            Next::Unknown(plus, letter) => {
                let sign = if plus { b'+' } else { b'-' };
                let name = self.name();
                shell.complain_as(name, [&[sign, letter], &b": invalid option"[..]].concat());
                Err(shell.misused(name))
            }
            Next::NoValue(letter) => {
                let name = self.name();
                let message = [&[b'-', letter], &b": option requires an argument"[..]].concat();
                shell.complain_as(name, message);
                Err(shell.misused(name))
            }
        }
    }

    fn name(&self) -> &'a [u8] {
        self.args.first().and_then(T::text).unwrap_or_default()
    }

    /// What stands behind the options.
    pub fn operands(&self) -> &'a [T] {
        self.args.get(self.at..).unwrap_or_default()
    }

    fn read(&mut self) -> Next<'a> {
        let Some(text) = self.args.get(self.at).and_then(T::text) else {
            return Next::End;
        };
        if self.offset == 0 {
            match text {
                b"--" => {
                    self.at += 1;
                    return Next::End;
                }
                b"--help" => return Next::Help,
                [b'-', _, ..] => {}
                [b'+', _, ..] if self.plus => {}
                _ => return Next::End,
            }
            self.offset = 1;
        }
        let plus = text.first() == Some(&b'+');
        let (Some(&letter), rest) = (text.get(self.offset), text.get(self.offset + 1..)) else {
            return Next::End;
        };
        let rest = rest.unwrap_or_default();
        self.offset += 1;
        if rest.is_empty() {
            self.at += 1;
            self.offset = 0;
        }
        let known = match letter {
            b':' | b';' => None,
            _ => self.known.iter().position(|&known| known == letter),
        };
        let Some(known) = known else {
            return Next::Unknown(plus, letter);
        };
        let mut value = &[][..];
        if let Some(kind @ (b':' | b';')) = self.known.get(known + 1) {
            if !rest.is_empty() {
                value = rest;
                self.at += 1;
                self.offset = 0;
            } else if let Some(next) = self.args.get(self.at).and_then(T::text)
                && (*kind == b':' || !next.starts_with(b"-"))
            {
                value = next;
                self.at += 1;
            } else if *kind == b':' {
                return Next::NoValue(letter);
            }
        }
        Next::Option(Given {
            plus,
            letter,
            value,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The options as text, and the operands.
    fn read(known: &'static str, args: &[&str]) -> (String, Vec<String>) {
        let args: Vec<Text> = args.iter().map(|&arg| arg.into()).collect();
        let mut letters = Letters::with_plus(&args, known);
        let mut found = String::new();
        loop {
            match letters.read() {
                Next::Option(given) => {
                    found.push(if given.is_plus() { '+' } else { '-' });
                    found.push(given.letter.into());
                    found.push_str(&String::from_utf8_lossy(given.value));
                }
                Next::End => break,
                Next::Help => found.push_str("help"),
                Next::Unknown(_, letter) => {
                    found.push('?');
                    found.push(letter.into());
                }
                Next::NoValue(letter) => {
                    found.push('!');
                    found.push(letter.into());
                }
            }
        }
        let rest = letters.operands().iter();
        let rest = rest.map(|text| String::from_utf8_lossy(text).into_owned());
        (found, rest.collect())
    }

    fn all(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|&text| text.to_owned()).collect()
    }

    #[test]
    fn letters_may_stand_together_and_values_behind_them() {
        let (found, rest) = read("rd:u:", &["x", "-rd", "", "-u3", "-", "-r"]);
        assert_eq!((found.as_str(), rest), ("-r-d-u3", all(&["-", "-r"])));
        let (found, rest) = read("rd:", &["x", "-rdx", "--", "-r"]);
        assert_eq!((found.as_str(), rest), ("-r-dx", all(&["-r"])));
    }

    #[test]
    fn what_is_not_known_or_not_whole_is_told_apart() {
        assert_eq!(read("d:", &["x", "-z", "-d"]).0, "?z!d");
        assert_eq!(read("d:", &["x", "-:"]).0, "?:");
    }

    #[test]
    fn a_value_that_may_be_left_out_does_not_take_an_option() {
        assert_eq!(read("c;n;", &["x", "-c", "-n", "5"]).0, "-c-n5");
        assert_eq!(read("c;n;", &["x", "-c"]).0, "-c");
    }

    #[test]
    fn a_plus_takes_options_away() {
        let (found, rest) = read("ax", &["x", "+a", "-x", "+", "y"]);
        assert_eq!((found.as_str(), rest), ("+a-x", all(&["+", "y"])));
    }
}
