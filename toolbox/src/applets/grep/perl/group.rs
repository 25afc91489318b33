//! What a parenthesis can open in a Perl pattern: groups, options, looks around, references and conditions.

use super::{Error, Flags, MOST_NESTED, Parser};
use crate::regex::ast::Node;

const MISSING_CLOSE: Error = "missing closing parenthesis";
const NO_SUCH_GROUP: Error = "reference to non-existent subpattern";
const BAD_NAME: Error = "syntax error in subpattern name (missing terminator?)";

/// The names of the groups in `text` with their numbers, found without parsing the rest.
pub fn names(text: &[u8]) -> Vec<(Vec<u8>, usize)> {
    let (mut names, mut groups, mut at, mut in_set) = (Vec::new(), 0, 0, false);
    while let Some((&byte, after)) = text.get(at..).and_then(<[u8]>::split_first) {
        at += 1;
        match byte {
            b'\\' if after.starts_with(b"Q") => {
                at += after
                    .windows(2)
                    .position(|pair| pair == b"\\E")
                    .unwrap_or(after.len());
            }
            b'\\' => at += 1,
            b'[' if !in_set => {
                in_set = true;
                at += usize::from(after.starts_with(b"^"));
                at += usize::from(text.get(at) == Some(&b']'));
            }
            b']' => in_set = false,
            b'(' if !in_set => {
                if let Some((name, _)) = opened_name(after) {
                    groups += 1;
                    names.push((name.to_vec(), groups));
                } else if !after.starts_with(b"?") && !after.starts_with(b"*") {
                    groups += 1;
                }
            }
            _ => {}
        }
    }
    names
}

/// The name in `?<name>`, `?'name'` or `?P<name>`, and how long that text is.
fn opened_name(text: &[u8]) -> Option<(&[u8], usize)> {
    for (open, close) in [(&b"?<"[..], b'>'), (b"?'", b'\''), (b"?P<", b'>')] {
        let Some(after) = text.strip_prefix(open) else {
            continue;
        };
        let length = after.iter().position(|&byte| byte == close)?;
        let name = after.get(..length)?;
        let valid = name
            .iter()
            .all(|&byte| byte == b'_' || byte.is_ascii_alphanumeric());
        if valid && name.first().is_some_and(|first| !first.is_ascii_digit()) {
            return Some((name, open.len() + length + 1));
        }
    }
    None
}

impl Parser<'_> {
    /// What follows a `(`. `None` when it was a setting for the rest of the group around it.
    pub(super) fn group(&mut self) -> Result<Option<Node>, Error> {
        self.depth += 1;
        if self.depth > MOST_NESTED {
            return Err("parentheses are too deeply nested");
        }
        let node = self.opened();
        self.depth -= 1;
        node
    }

    fn opened(&mut self) -> Result<Option<Node>, Error> {
        if self.rest().starts_with(b"*") {
            return Err("(*VERB) not recognized or malformed");
        }
        if let Some((_, length)) = opened_name(self.rest()) {
            let name = opened_name(self.rest())
                .map(|(name, _)| name.to_vec())
                .unwrap_or_default();
            if self
                .names
                .iter()
                .filter(|(known, _)| *known == name)
                .count()
                > 1
            {
                return Err("two named subpatterns have the same name (PCRE2_DUPNAMES not set)");
            }
            self.at += length;
            return self.capture().map(Some);
        }
        if !self.eat(b"?") {
            return self.capture().map(Some);
        }
        for (mark, behind, negated) in [
            (&b"="[..], false, false),
            (b"!", false, true),
            (b"<=", true, false),
            (b"<!", true, true),
        ] {
            if self.eat(mark) {
                let node = self.closed()?;
                return Ok(Some(Node::Look {
                    node: Box::new(node),
                    behind,
                    negated,
                }));
            }
        }
        if self.eat(b":") {
            return self.closed().map(Some);
        }
        if self.eat(b">") {
            return Ok(Some(Node::Atomic(Box::new(self.closed()?))));
        }
        if self.eat(b"|") {
            return self.branch_reset().map(Some);
        }
        if self.eat(b"(") {
            return self.conditional().map(Some);
        }
        if self.eat(b"P=") {
            let name = self.until(b")").ok_or(BAD_NAME)?;
            return self.reference(name).map(Some);
        }
        if self.eat(b"P>") || self.eat(b"&") {
            let name = self.until(b")").ok_or(BAD_NAME)?;
            return self.named(name).map(|index| Some(Node::Call(index)));
        }
        match self.rest().first() {
            Some(b'<' | b'\'') => Err(BAD_NAME),
            Some(b'P') => Err("unrecognized character after (?P"),
            Some(b'R' | b'0'..=b'9' | b'+') => self.call().map(Some),
            Some(b'-') if self.rest().get(1).is_some_and(u8::is_ascii_digit) => {
                self.call().map(Some)
            }
            _ => self.options(),
        }
    }

    fn capture(&mut self) -> Result<Node, Error> {
        self.groups += 1;
        let index = self.groups;
        let node = Box::new(self.closed()?);
        Ok(Node::Group { index, node })
    }

    fn closed(&mut self) -> Result<Node, Error> {
        let node = self.alternatives()?;
        if self.eat(b")") {
            Ok(node)
        } else {
            Err(MISSING_CLOSE)
        }
    }

    /// `(?|…)`: every alternative counts its groups from the same number.
    fn branch_reset(&mut self) -> Result<Node, Error> {
        let (flags, first) = (self.flags, self.groups);
        let (mut nodes, mut most) = (Vec::new(), first);
        loop {
            self.groups = first;
            nodes.push(self.sequence()?);
            most = most.max(self.groups);
            if !self.eat(b"|") {
                break;
            }
        }
        (self.groups, self.flags) = (most, flags);
        if self.eat(b")") {
            Ok(Node::alternate(nodes))
        } else {
            Err(MISSING_CLOSE)
        }
    }

    /// `(?(1)yes|no)`, after its second parenthesis.
    fn conditional(&mut self) -> Result<Node, Error> {
        if self.rest().starts_with(b"?") {
            return Err("a condition that looks around is not supported");
        }
        let text = self.until(b")").ok_or(MISSING_CLOSE)?;
        let name = text
            .strip_prefix(b"<")
            .and_then(|text| text.strip_suffix(b">"));
        let name = name.or_else(|| {
            text.strip_prefix(b"'")
                .and_then(|text| text.strip_suffix(b"'"))
        });
        let index = self.named(name.unwrap_or(text))?;
        let flags = self.flags;
        let yes = Box::new(self.sequence()?);
        let no = Box::new(if self.eat(b"|") {
            self.sequence()?
        } else {
            Node::Empty
        });
        self.flags = flags;
        match self.rest().first() {
            Some(b')') => self.at += 1,
            Some(_) => return Err("conditional subpattern contains more than two branches"),
            None => return Err(MISSING_CLOSE),
        }
        Ok(Node::Conditional { index, yes, no })
    }

    fn call(&mut self) -> Result<Node, Error> {
        let text = self.until(b")").ok_or(MISSING_CLOSE)?;
        if text == b"R" {
            return Ok(Node::Call(0));
        }
        self.named(text).map(Node::Call)
    }

    /// `(?i)`, `(?i-s:…)`, `(?^…)`.
    fn options(&mut self) -> Result<Option<Node>, Error> {
        let outside = self.flags;
        let mut flags = outside;
        let mut on = true;
        if self.eat(b"^") {
            flags = Flags {
                folded: false,
                dot_all: false,
                spaced: false,
                lazy: flags.lazy,
            };
        }
        loop {
            let Some(&letter) = self.rest().first() else {
                return Err(MISSING_CLOSE);
            };
            self.at += 1;
            match letter {
                b'i' => flags.folded = on,
                b's' => flags.dot_all = on,
                b'x' => flags.spaced = on,
                b'U' => flags.lazy = on,
                // In one line there is nothing for `m` to change.
                b'm' => {}
                b'-' if on => on = false,
                b')' => {
                    self.flags = flags;
                    return Ok(None);
                }
                b':' => {
                    self.flags = flags;
                    let node = self.closed()?;
                    self.flags = outside;
                    return Ok(Some(node));
                }
                _ => return Err("unrecognized character after (? or (?-"),
            }
        }
    }

    /// The node for a reference by number (`1`, `-1`) or name.
    pub(super) fn reference(&mut self, text: &[u8]) -> Result<Node, Error> {
        let index = self.named(text)?;
        Ok(Node::BackReference {
            index,
            folded: self.flags.folded,
        })
    }

    /// The group that a number, a relative number or a name stands for.
    pub(super) fn named(&mut self, text: &[u8]) -> Result<usize, Error> {
        let (sign, digits) = match text {
            [sign @ (b'+' | b'-'), digits @ ..] => (Some(*sign), digits),
            digits => (None, digits),
        };
        let index = if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) {
            let number = digits.iter().fold(0_usize, |sum, digit| {
                sum.saturating_mul(10) + usize::from(digit - b'0')
            });
            match sign {
                None => Some(number),
                Some(b'+') => self.groups.checked_add(number),
                Some(_) => (self.groups + 1)
                    .checked_sub(number)
                    .filter(|&index| index > 0),
            }
        } else {
            self.names
                .iter()
                .find(|(name, _)| name == text)
                .map(|&(_, index)| index)
        };
        let index = index.ok_or(NO_SUCH_GROUP)?;
        self.highest_reference = self.highest_reference.max(index);
        Ok(index)
    }
}
