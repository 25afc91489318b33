//! Bracket expressions of Perl patterns: `[^\w.[:alpha:]-]`.

use super::escape::{Escaped, SPACE, WORD};
use super::{Error, Parser};
use crate::regex::ast::{self, ClassUnicode, ClassUnicodeRange, Dialect, Node, class};

const UNTERMINATED: Error = "missing terminating ] for character class";

/// The POSIX names, which mean ASCII here.
const NAMED: &[(&str, &[(char, char)])] = &[
    ("alnum", &[('0', '9'), ('A', 'Z'), ('a', 'z')]),
    ("alpha", &[('A', 'Z'), ('a', 'z')]),
    ("ascii", &[('\0', '\x7f')]),
    ("blank", &[('\t', '\t'), (' ', ' ')]),
    ("cntrl", &[('\0', '\x1f'), ('\x7f', '\x7f')]),
    ("digit", &[('0', '9')]),
    ("graph", &[('!', '~')]),
    ("lower", &[('a', 'z')]),
    ("print", &[(' ', '~')]),
    ("punct", &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')]),
    ("space", SPACE),
    ("upper", &[('A', 'Z')]),
    ("word", WORD),
    ("xdigit", &[('0', '9'), ('A', 'F'), ('a', 'f')]),
];

impl Parser<'_> {
    /// After the `[`.
    pub(super) fn set(&mut self) -> Result<Node, Error> {
        for kind in [b':', b'.', b'='] {
            self.refuse_outside(kind)?;
        }
        let negated = self.eat(b"^");
        let mut class = ClassUnicode::empty();
        let mut first = true;
        while first || !self.eat(b"]") {
            first = false;
            if self.eat(b"\\Q") {
                while !self.rest().is_empty() && !self.eat(b"\\E") {
                    let letter = self.next_character().ok_or(UNTERMINATED)?;
                    class.push(ClassUnicodeRange::new(letter, letter));
                }
                continue;
            }
            if self.eat(b"\\E") {
                continue;
            }
            let from = match self.element()? {
                Escaped::Class(part) => {
                    class.union(&part);
                    if self.rest().starts_with(b"-") && !self.rest().starts_with(b"-]") {
                        return Err("invalid range in character class");
                    }
                    continue;
                }
                Escaped::Character(letter) => letter,
            };
            let mut to = from;
            if self.rest().starts_with(b"-") && !self.rest().starts_with(b"-]") {
                self.at += 1;
                to = match self.element()? {
                    Escaped::Character(letter) => letter,
                    Escaped::Class(_) => return Err("invalid range in character class"),
                };
            }
            if from > to {
                return Err("range out of order in character class");
            }
            class.push(ClassUnicodeRange::new(from, to));
        }
        if self.flags.folded {
            ast::fold(&mut class, Dialect::Perl);
        }
        if negated {
            class.negate();
        }
        Ok(self.class_node(class))
    }

    /// `[:alpha:]` where no set is open.
    fn refuse_outside(&self, kind: u8) -> Result<(), Error> {
        let Some(inside) = self.rest().strip_prefix(&[kind]) else {
            return Ok(());
        };
        let name = inside
            .iter()
            .take_while(|byte| byte.is_ascii_alphabetic() || **byte == b'^')
            .count();
        if !inside
            .get(name..)
            .unwrap_or_default()
            .starts_with(&[kind, b']'])
        {
            return Ok(());
        }
        Err(match kind {
            b':' => "POSIX named classes are supported only within a class",
            _ => "POSIX collating elements are not supported",
        })
    }

    fn element(&mut self) -> Result<Escaped, Error> {
        if self.rest().is_empty() {
            return Err(UNTERMINATED);
        }
        if self.eat(b"\\") {
            if self.eat(b"b") {
                return Ok(Escaped::Character('\u{8}'));
            }
            return match self.rest().first() {
                Some(b'B' | b'R' | b'X') => Err("escape sequence is invalid in character class"),
                _ => self.escaped_character(),
            };
        }
        for kind in [b'.', b'='] {
            if self.rest().starts_with(&[b'[', kind])
                && self.rest().windows(2).any(|pair| pair == [kind, b']'])
            {
                return Err("POSIX collating elements are not supported");
            }
        }
        if let Some(inside) = self.rest().strip_prefix(b"[:") {
            let length = inside
                .iter()
                .take_while(|byte| byte.is_ascii_alphabetic() || **byte == b'^')
                .count();
            let (name, after) = inside.split_at(length);
            if after.starts_with(b":]") {
                self.at += length + 4;
                return posix_class(name, self.flags.folded);
            }
        }
        self.next_character()
            .map(Escaped::Character)
            .ok_or(UNTERMINATED)
    }
}

fn posix_class(name: &[u8], folded: bool) -> Result<Escaped, Error> {
    let (negated, name) = match name.strip_prefix(b"^") {
        Some(name) => (true, name),
        None => (false, name),
    };
    let name = if folded && (name == b"upper" || name == b"lower") {
        b"alpha"
    } else {
        name
    };
    let row = NAMED
        .iter()
        .find(|row| row.0.as_bytes() == name)
        .ok_or("unknown POSIX class name")?;
    let mut class = class(row.1);
    if negated {
        class.negate();
    }
    Ok(Escaped::Class(class))
}
