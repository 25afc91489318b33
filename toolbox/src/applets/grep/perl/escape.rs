//! What a backslash means in a Perl pattern.

use super::{Error, Parser};
use crate::regex::ast::{self, Assert, ClassUnicode, Node, class};
use crate::sys::locale;

/// An escape that stands for characters, inside brackets or outside.
pub(super) enum Escaped {
    Character(char),
    Class(ClassUnicode),
}

const HORIZONTAL: &[(char, char)] = &[
    ('\t', '\t'),
    (' ', ' '),
    ('\u{a0}', '\u{a0}'),
    ('\u{1680}', '\u{1680}'),
    ('\u{180e}', '\u{180e}'),
    ('\u{2000}', '\u{200a}'),
    ('\u{202f}', '\u{202f}'),
    ('\u{205f}', '\u{205f}'),
    ('\u{3000}', '\u{3000}'),
];
const VERTICAL: &[(char, char)] = &[('\n', '\r'), ('\u{85}', '\u{85}'), ('\u{2028}', '\u{2029}')];
pub(super) const WORD: &[(char, char)] = &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];
pub(super) const SPACE: &[(char, char)] = &[('\t', '\r'), (' ', ' ')];
const TOO_LARGE: Error = "character code point value in \\x{} or \\o{} is too large";

impl Parser<'_> {
    /// After a backslash, outside brackets.
    pub(super) fn escape(&mut self) -> Result<Node, Error> {
        let Some(&letter) = self.rest().first() else {
            return Err("\\ at end of pattern");
        };
        let before = self.at;
        self.at += 1;
        let node = match letter {
            b'A' | b'G' => Node::Assert(Assert::LineStart),
            b'z' | b'Z' => Node::Assert(Assert::LineEnd),
            b'b' => Node::Assert(Assert::Boundary),
            b'B' => Node::Assert(Assert::NotBoundary),
            b'K' => Node::Keep,
            b'N' if !self.rest().starts_with(b"{U+") => {
                self.class_node(ast::all_but(&[('\n', '\n')]))
            }
            b'R' => self.line_break(),
            b'X' => return Err("\\X is not supported"),
            b'C' => return Err("\\C is not supported"),
            b'1'..=b'9' => match self.numbered(before) {
                Some(node) => node,
                None => self.characters(before)?,
            },
            b'g' => self.group_reference()?,
            b'k' => {
                let close = match self.rest().first() {
                    Some(b'<') => b">",
                    Some(b'{') => b"}",
                    Some(b'\'') => b"'",
                    _ => {
                        return Err(
                            "\\k is not followed by a braced, angle-bracketed, or quoted name",
                        );
                    }
                };
                self.at += 1;
                let name = self
                    .until(close)
                    .ok_or("syntax error in subpattern name (missing terminator?)")?;
                self.reference(name)?
            }
            // Outside brackets these match ASCII only, as in Debian's PCRE2.
            b'D' | b'W' | b'S' => {
                self.at = before;
                let Escaped::Class(mut class) = self.escaped_character()? else {
                    return Ok(Node::Empty);
                };
                if !locale::is_bytes() {
                    class.intersect(&ast::class(&[('\0', '\x7f')]));
                }
                self.class_node(class)
            }
            _ => self.characters(before)?,
        };
        Ok(node)
    }

    fn characters(&mut self, before: usize) -> Result<Node, Error> {
        self.at = before;
        Ok(match self.escaped_character()? {
            Escaped::Character(letter) => self.node_of(letter),
            Escaped::Class(class) => self.class_node(class),
        })
    }

    fn line_break(&self) -> Node {
        let pair = Node::Concat(vec![
            Node::Literal(b"\r".to_vec()),
            Node::Literal(b"\n".to_vec()),
        ]);
        Node::Atomic(Box::new(Node::Alternate(vec![
            pair,
            self.class_node(class(VERTICAL)),
        ])))
    }

    /// `\1`, or an octal number when there are not so many groups.
    fn numbered(&mut self, before: usize) -> Option<Node> {
        let text = self.text.get(before..)?;
        let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let number = std::str::from_utf8(text.get(..digits)?)
            .ok()?
            .parse::<usize>()
            .ok()?;
        if number > 9 && number > self.groups {
            return None;
        }
        self.at = before + digits;
        self.reference(text.get(..digits)?).ok()
    }

    fn group_reference(&mut self) -> Result<Node, Error> {
        const MALFORMED: Error = "a numbered reference must not be zero";
        if self.eat(b"{") {
            let name = self.until(b"}").ok_or(MALFORMED)?;
            return self.reference(name);
        }
        if self.eat(b"<") {
            let name = self.until(b">").ok_or(MALFORMED)?;
            return self.named(name).map(Node::Call);
        }
        let rest = self.rest();
        let sign = usize::from(rest.starts_with(b"-") || rest.starts_with(b"+"));
        let digits = rest
            .iter()
            .skip(sign)
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let text = rest
            .get(..sign + digits)
            .filter(|_| digits > 0)
            .ok_or(MALFORMED)?;
        self.at += text.len();
        self.reference(text)
    }

    /// An escape that means the same inside brackets, after its backslash.
    pub(super) fn escaped_character(&mut self) -> Result<Escaped, Error> {
        let Some(letter) = self.next_character() else {
            return Err("\\ at end of pattern");
        };
        let negated = |ranges| Escaped::Class(ast::all_but(ranges));
        let some = |ranges| Escaped::Class(class(ranges));
        Ok(match letter {
            'd' => some(&[('0', '9')]),
            'D' => negated(&[('0', '9')]),
            'w' => some(WORD),
            'W' => negated(WORD),
            's' => some(SPACE),
            'S' => negated(SPACE),
            'h' => some(HORIZONTAL),
            'H' => negated(HORIZONTAL),
            'v' => some(VERTICAL),
            'V' => negated(VERTICAL),
            'p' | 'P' => Escaped::Class(self.property(letter == 'P')?),
            'a' => Escaped::Character('\u{7}'),
            'e' => Escaped::Character('\u{1b}'),
            'f' => Escaped::Character('\u{c}'),
            'n' => Escaped::Character('\n'),
            'r' => Escaped::Character('\r'),
            't' => Escaped::Character('\t'),
            'c' => match self.next_character() {
                Some(control @ ' '..='~') => {
                    Escaped::Character(char::from((control as u8).to_ascii_uppercase() ^ 0x40))
                }
                _ => return Err("\\c must be followed by a printable ASCII character"),
            },
            'x' => self.hexadecimal()?,
            'o' if self.eat(b"{") => {
                let text = self.until(b"}").ok_or("missing terminating } after \\o")?;
                Escaped::Character(code_point(text, 8)?)
            }
            'N' if self.eat(b"{U+") => {
                let text = self.until(b"}").ok_or("missing terminating } after \\x")?;
                Escaped::Character(code_point(text, 16)?)
            }
            '0'..='9' => {
                self.at -= 1;
                let rest = self.rest();
                let length = rest
                    .iter()
                    .take(3)
                    .take_while(|byte| (b'0'..=b'7').contains(byte))
                    .count();
                let text = rest.get(..length).unwrap_or_default();
                self.at += length;
                match length {
                    0 => return Err("reference to non-existent subpattern"),
                    _ => Escaped::Character(code_point(text, 8)?),
                }
            }
            'F' | 'L' | 'l' | 'U' | 'u' | 'N' => {
                return Err("PCRE2 does not support \\F, \\L, \\l, \\N{name}, \\U, or \\u");
            }
            other if other.is_ascii_alphanumeric() => {
                return Err("unrecognized character follows \\");
            }
            other => Escaped::Character(other),
        })
    }

    fn hexadecimal(&mut self) -> Result<Escaped, Error> {
        if self.eat(b"{") {
            let text = self.until(b"}").ok_or("missing terminating } after \\x")?;
            return code_point(text, 16).map(Escaped::Character);
        }
        let rest = self.rest();
        let length = rest
            .iter()
            .take(2)
            .take_while(|byte| byte.is_ascii_hexdigit())
            .count();
        self.at += length;
        match rest.get(..length) {
            Some(text) if length > 0 => code_point(text, 16).map(Escaped::Character),
            _ => Ok(Escaped::Character('\0')),
        }
    }

    /// `\pL`, `\p{Lu}`, `\p{^Greek}`.
    fn property(&mut self, mut negated: bool) -> Result<ClassUnicode, Error> {
        const MALFORMED: Error = "malformed \\P or \\p sequence";
        let name = if self.eat(b"{") {
            let text = self.until(b"}").ok_or(MALFORMED)?;
            std::str::from_utf8(text)
                .map_err(|_| MALFORMED)?
                .trim()
                .to_owned()
        } else {
            self.next_character().ok_or(MALFORMED)?.to_string()
        };
        let plain = name.strip_prefix('^').map_or(name.as_str(), |rest| {
            negated = !negated;
            rest
        });
        let word = |byte: u8| byte == b'_' || byte == b'&' || byte.is_ascii_alphanumeric();
        if plain.is_empty() || !plain.bytes().all(word) {
            return Err("unknown property after \\P or \\p");
        }
        let text = match plain {
            "Any" => "\\p{any}".to_owned(),
            "L&" => "[\\p{Lu}\\p{Ll}\\p{Lt}]".to_owned(),
            "Xan" => "[\\p{L}\\p{N}]".to_owned(),
            "Xwd" => "[\\p{L}\\p{N}_]".to_owned(),
            "Xsp" | "Xps" => "[\\p{Z}\\t-\\r\\x{85}]".to_owned(),
            name => format!("\\p{{{name}}}"),
        };
        let mut class = ast::unicode(&text).ok_or("unknown property after \\P or \\p")?;
        if negated {
            class.negate();
        }
        Ok(class)
    }
}

fn code_point(text: &[u8], radix: u32) -> Result<char, Error> {
    let text = std::str::from_utf8(text).unwrap_or_default().trim();
    let number = u64::from_str_radix(text, radix).map_err(|_| match radix {
        8 => "non-octal character in \\o{} (closing brace missing?)",
        _ => "non-hex character in \\x{} (closing brace missing?)",
    })?;
    let number = u32::try_from(number).map_err(|_| TOO_LARGE)?;
    match char::from_u32(number) {
        Some(letter) => Ok(letter),
        None if number > 0x10_ffff => Err(TOO_LARGE),
        None => Err("disallowed Unicode code point (>= 0xd800 && <= 0xdfff)"),
    }
}
