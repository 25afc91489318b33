//! Perl patterns (`grep -P`), read as PCRE2 reads them when it works on one line of UTF-8.

mod escape;
mod group;
mod set;

use crate::regex::ast::{self, Assert, Dialect, Mode, Node, Pattern};
use crate::regex::posix::character;
use crate::sys::locale;

/// PCRE2's words for what is wrong.
pub type Error = &'static str;

/// Groups within groups; parsing and compiling recurse this deep.
const MOST_NESTED: usize = 250;
const MOST_REPEATS: u32 = 65535;

#[derive(Clone, Copy, Debug)]
struct Flags {
    folded: bool,
    dot_all: bool,
    spaced: bool,
    lazy: bool,
}

struct Parser<'p> {
    text: &'p [u8],
    at: usize,
    flags: Flags,
    terminator: u8,
    groups: usize,
    /// The names of all groups of the pattern, for references that come before their group.
    names: Vec<(Vec<u8>, usize)>,
    /// The highest group that something refers to.
    highest_reference: usize,
    depth: usize,
}

pub fn parse(text: &[u8], folded: bool, terminator: u8) -> Result<Pattern, Error> {
    if std::str::from_utf8(text).is_err() && !locale::is_bytes() {
        return Err("UTF-8 error: illegal byte (0xfe or 0xff)");
    }
    let flags = Flags {
        folded,
        dot_all: false,
        spaced: false,
        lazy: false,
    };
    let names = group::names(text);
    let mut parser = Parser {
        text,
        at: 0,
        flags,
        terminator,
        groups: 0,
        names,
        highest_reference: 0,
        depth: 0,
    };
    let node = parser.alternatives()?;
    if !parser.rest().is_empty() {
        return Err("unmatched closing parenthesis");
    }
    if parser.highest_reference > parser.groups {
        return Err("reference to non-existent subpattern");
    }
    Ok(Pattern {
        node,
        dialect: Dialect::Perl,
        groups: parser.groups,
        ascii_only: false,
    })
}

impl<'p> Parser<'p> {
    fn rest(&self) -> &'p [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn eat(&mut self, prefix: &[u8]) -> bool {
        let found = self.rest().starts_with(prefix);
        if found {
            self.at += prefix.len();
        }
        found
    }

    /// Takes everything before `end`, and `end` itself.
    fn until(&mut self, end: &[u8]) -> Option<&'p [u8]> {
        let rest = self.rest();
        let length = rest.windows(end.len()).position(|window| window == end)?;
        self.at += length + end.len();
        rest.get(..length)
    }

    fn next_character(&mut self) -> Option<char> {
        let (letter, length) = character(self.rest())?;
        self.at += length;
        match letter {
            Err(byte) if locale::is_bytes() => Some(char::from(byte)),
            letter => letter.ok(),
        }
    }

    fn node_of(&self, letter: char) -> Node {
        Node::character(letter, self.flags.folded, Dialect::Perl)
    }

    fn class_node(&self, mut class: ast::ClassUnicode) -> Node {
        let terminator = char::from(self.terminator);
        class.difference(&ast::class(&[(terminator, terminator)]));
        Node::Class(class)
    }

    fn alternatives(&mut self) -> Result<Node, Error> {
        // An option set inside a group ends with the group.
        let flags = self.flags;
        let mut nodes = vec![self.sequence()?];
        while self.eat(b"|") {
            nodes.push(self.sequence()?);
        }
        self.flags = flags;
        Ok(Node::alternate(nodes))
    }

    fn sequence(&mut self) -> Result<Node, Error> {
        let mut nodes = Vec::new();
        loop {
            if self.flags.spaced {
                self.skip_space();
            }
            let Some(&first) = self.rest().first() else {
                break;
            };
            if first == b'|' || first == b')' {
                break;
            }
            if self.eat(b"\\Q") {
                self.quoted(&mut nodes)?;
            } else if !self.eat(b"\\E") && !self.eat_comment()? {
                let quantifiable = self.atom(&mut nodes)?;
                if !quantifiable {
                    continue;
                }
            } else {
                continue;
            }
            self.repetitions(&mut nodes)?;
        }
        Ok(Node::concat(nodes))
    }

    fn skip_space(&mut self) {
        loop {
            let rest = self.rest();
            match rest.first() {
                Some(b' ' | b'\t'..=b'\r') => self.at += 1,
                Some(b'#') => {
                    self.at += rest
                        .iter()
                        .position(|&byte| byte == b'\n')
                        .unwrap_or(rest.len())
                }
                _ => break,
            }
        }
    }

    fn eat_comment(&mut self) -> Result<bool, Error> {
        if !self.eat(b"(?#") {
            return Ok(false);
        }
        self.until(b")").ok_or("missing ) after (?# comment")?;
        Ok(true)
    }

    fn quoted(&mut self, nodes: &mut Vec<Node>) -> Result<(), Error> {
        while !self.rest().is_empty() && !self.eat(b"\\E") {
            let letter = self.next_character().ok_or("UTF-8 error")?;
            nodes.push(self.node_of(letter));
        }
        Ok(())
    }

    /// One thing that can be repeated. False when it was only an option setting.
    fn atom(&mut self, nodes: &mut Vec<Node>) -> Result<bool, Error> {
        let Some(letter) = self.next_character() else {
            return Ok(false);
        };
        let node = match letter {
            '\\' => self.escape()?,
            '[' => self.set()?,
            '(' => match self.group()? {
                Some(node) => node,
                None => return Ok(false),
            },
            '.' if self.flags.dot_all => self.class_node(ast::all_but(&[])),
            '.' => self.class_node(ast::all_but(&[('\n', '\n')])),
            '^' => Node::Assert(Assert::LineStart),
            '$' => Node::Assert(Assert::LineEnd),
            '*' | '+' | '?' => return Err("quantifier does not follow a repeatable item"),
            '{' => {
                self.at -= 1;
                if self.interval()?.is_some() {
                    return Err("quantifier does not follow a repeatable item");
                }
                self.at += 1;
                self.node_of('{')
            }
            other => self.node_of(other),
        };
        nodes.push(node);
        Ok(true)
    }

    /// At most one quantifier, with what makes it lazy or possessive.
    fn repetitions(&mut self, nodes: &mut Vec<Node>) -> Result<(), Error> {
        while self.eat_comment()? {}
        if self.flags.spaced {
            self.skip_space();
        }
        let (min, max) = if self.eat(b"*") {
            (0, None)
        } else if self.eat(b"+") {
            (1, None)
        } else if self.eat(b"?") {
            (0, Some(1))
        } else if self.rest().starts_with(b"{")
            && let Some(bounds) = self.interval()?
        {
            bounds
        } else {
            return Ok(());
        };
        let mode = if self.eat(b"+") {
            Mode::Possessive
        } else if self.eat(b"?") != self.flags.lazy {
            Mode::Lazy
        } else {
            Mode::Greedy
        };
        let node = nodes
            .pop()
            .filter(|node| !matches!(node, Node::Assert(_) | Node::Keep));
        let node = Box::new(node.ok_or("quantifier does not follow a repeatable item")?);
        nodes.push(Node::Repeat {
            node,
            min,
            max,
            mode,
        });
        Ok(())
    }

    /// `{2}`, `{2,}` or `{2,5}`; anything else in braces is no interval.
    fn interval(&mut self) -> Result<Option<(u32, Option<u32>)>, Error> {
        let rest = self.rest();
        let Some(close) = rest.iter().position(|&byte| byte == b'}') else {
            return Ok(None);
        };
        let Some(inside) = rest
            .get(1..close)
            .and_then(|inside| std::str::from_utf8(inside).ok())
        else {
            return Ok(None);
        };
        let (low, high) = match inside.split_once(',') {
            Some((low, high)) => (low, Some(high)),
            None => (inside, None),
        };
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if low.is_empty() || !digits(low) || !high.is_none_or(digits) {
            return Ok(None);
        }
        let number = |text: &str| match text.parse::<u32>() {
            Ok(number) if number <= MOST_REPEATS => Ok(number),
            _ => Err("number too big in {} quantifier"),
        };
        let min = number(low)?;
        let max = match high {
            None => Some(min),
            Some("") => None,
            Some(high) => Some(number(high)?),
        };
        if max.is_some_and(|max| max < min) {
            return Err("numbers out of order in {} quantifier");
        }
        self.at += close + 1;
        Ok(Some((min, max)))
    }
}
