//! Basic and extended regular expressions, read as GNU grep reads them in a UTF-8 locale.

use super::ast::{self, Assert, Dialect, Mode, Node, Pattern};
use super::bracket;

/// What the parser is told, beside the pattern.
#[derive(Clone, Copy, Debug)]
pub struct Syntax {
    pub extended: bool,
    pub folded: bool,
    /// The byte that ends a line, which no class holds.
    pub terminator: u8,
    /// Named classes and words are cut down to ASCII.
    pub ascii_only: bool,
}

/// Where a repetition has nothing to repeat, GNU says so and goes on.
#[derive(Debug, PartialEq, Eq)]
pub enum Warning {
    RepetitionAtStart(&'static str),
}

pub struct Parsed {
    pub pattern: Pattern,
    pub warnings: Vec<Warning>,
    /// The pattern holds what lines of more than ASCII match differently.
    pub wants_unicode: bool,
}

const MOST_REPEATS: u32 = 32767;
/// Groups within groups; parsing and compiling recurse this deep.
const MOST_NESTED: usize = 250;

struct Parser<'p> {
    text: &'p [u8],
    at: usize,
    syntax: Syntax,
    depth: usize,
    /// Groups opened in all patterns so far; the first of this one is `base + 1`.
    groups: usize,
    base: usize,
    closed: Vec<usize>,
    warnings: Vec<Warning>,
    wants_unicode: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Character(char),
    Byte(u8),
    Any,
    Open,
    Close,
    Or,
    Star,
    Plus,
    Question,
    Brace,
    Bracket,
    Start,
    End,
    Word,
    NotWord,
    Space,
    NotSpace,
    Assert(Assert),
    BackReference(usize),
}

/// Parses patterns into one alternative each; every one has its own groups.
pub fn parse(patterns: &[&[u8]], syntax: Syntax) -> Result<Parsed, Vec<&'static str>> {
    let (mut nodes, mut errors) = (Vec::with_capacity(patterns.len()), Vec::new());
    let (mut groups, mut warnings, mut wants_unicode) = (0, Vec::new(), false);
    for text in patterns {
        let (base, closed) = (groups, Vec::new());
        let mut parser = Parser {
            text,
            at: 0,
            syntax,
            depth: 0,
            groups,
            base,
            closed,
            warnings,
            wants_unicode,
        };
        match parser.alternatives() {
            Ok(node) => nodes.push(node),
            Err(error) => errors.push(error),
        }
        (groups, warnings, wants_unicode) = (parser.groups, parser.warnings, parser.wants_unicode);
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let node = Node::alternate(nodes);
    let pattern = Pattern {
        node,
        dialect: Dialect::Posix,
        groups,
        ascii_only: syntax.ascii_only,
    };
    Ok(Parsed {
        pattern,
        warnings,
        wants_unicode,
    })
}

/// The first character of `text` and its length, or its first byte when that is not UTF-8.
pub fn character(text: &[u8]) -> Option<(Result<char, u8>, usize)> {
    let first = *text.first()?;
    if first.is_ascii() {
        return Some((Ok(char::from(first)), 1));
    }
    let most = text.get(..4).unwrap_or(text);
    let valid = match std::str::from_utf8(most) {
        Ok(valid) => valid,
        Err(error) => std::str::from_utf8(most.get(..error.valid_up_to())?).ok()?,
    };
    Some(
        valid
            .chars()
            .next()
            .map_or((Err(first), 1), |letter| (Ok(letter), letter.len_utf8())),
    )
}

impl Parser<'_> {
    fn rest(&self) -> &[u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The next token and its length. `*` and the like are tokens here wherever they stand.
    fn token(&self) -> Result<Option<(Token, usize)>, &'static str> {
        let extended = self.syntax.extended;
        let Some((letter, length)) = character(self.rest()) else {
            return Ok(None);
        };
        let letter = match letter {
            Ok(letter) => letter,
            Err(byte) => return Ok(Some((Token::Byte(byte), length))),
        };
        let plain = Token::Character(letter);
        let token = match letter {
            '\\' => return self.escape().map(Some),
            '[' => Token::Bracket,
            '.' => Token::Any,
            '*' => Token::Star,
            '^' if extended || self.anchors_start() => Token::Start,
            '$' if extended || self.anchors_end() => Token::End,
            '(' if extended => Token::Open,
            ')' if extended && self.depth > 0 => Token::Close,
            '|' if extended => Token::Or,
            '+' if extended => Token::Plus,
            '?' if extended => Token::Question,
            '{' if extended => Token::Brace,
            _ => plain,
        };
        Ok(Some((token, length)))
    }

    /// In a basic expression `^` is an anchor where an expression starts,
    fn anchors_start(&self) -> bool {
        let before = self.text.get(..self.at).unwrap_or_default();
        before.is_empty()
            || before.ends_with(b"\\(")
            || before.ends_with(b"\\|")
            || before.ends_with(b"\n")
    }

    /// and `$` where one ends.
    fn anchors_end(&self) -> bool {
        let after = self.text.get(self.at + 1..).unwrap_or_default();
        after.is_empty()
            || after.starts_with(b"\\)")
            || after.starts_with(b"\\|")
            || after.starts_with(b"\n")
    }

    fn escape(&self) -> Result<(Token, usize), &'static str> {
        let basic = !self.syntax.extended;
        let Some((letter, length)) = character(self.rest().get(1..).unwrap_or_default()) else {
            return Err("Trailing backslash");
        };
        let token = match letter {
            Err(byte) => Token::Byte(byte),
            Ok('(') if basic => Token::Open,
            Ok(')') if basic => Token::Close,
            Ok('|') if basic => Token::Or,
            Ok('+') if basic => Token::Plus,
            Ok('?') if basic => Token::Question,
            Ok('{') if basic => Token::Brace,
            Ok('w') => Token::Word,
            Ok('W') => Token::NotWord,
            Ok('s') => Token::Space,
            Ok('S') => Token::NotSpace,
            Ok('b') => Token::Assert(Assert::Boundary),
            Ok('B') => Token::Assert(Assert::NotBoundary),
            Ok('<') => Token::Assert(Assert::WordStart),
            Ok('>') => Token::Assert(Assert::WordEnd),
            Ok('`') => Token::Assert(Assert::LineStart),
            Ok('\'') => Token::Assert(Assert::LineEnd),
            Ok(digit @ '1'..='9') => Token::BackReference(digit as usize - '0' as usize),
            Ok(other) => Token::Character(other),
        };
        Ok((token, 1 + length))
    }

    fn alternatives(&mut self) -> Result<Node, &'static str> {
        // A back reference sees only the groups of its own alternative.
        let before = self.closed.clone();
        let mut nodes = vec![self.sequence()?];
        let mut closed = self.closed.clone();
        while let Some((Token::Or, length)) = self.token()? {
            self.at += length;
            self.closed.clone_from(&before);
            nodes.push(self.sequence()?);
            closed.append(&mut self.closed);
        }
        self.closed = closed;
        Ok(Node::alternate(nodes))
    }

    /// Everything up to `|`, the `)` of this group, or the end.
    fn sequence(&mut self) -> Result<Node, &'static str> {
        let mut nodes: Vec<Node> = Vec::new();
        // Whether a repetition here would have nothing before it.
        let mut at_start = true;
        let mut last = Token::Or;
        while let Some((token, length)) = self.token()? {
            match token {
                Token::Or => break,
                Token::Close if self.depth > 0 => break,
                Token::Close => return Err("Unmatched ) or \\)"),
                Token::Star | Token::Plus | Token::Question | Token::Brace => {
                    at_start = self.repetition(token, length, &mut nodes, at_start, last)?;
                    last = token;
                    continue;
                }
                _ => {}
            }
            self.at += length;
            nodes.push(self.atom(token)?);
            at_start &= matches!(token, Token::Start | Token::End | Token::Assert(_));
            last = token;
        }
        Ok(Node::concat(nodes))
    }

    fn atom(&mut self, token: Token) -> Result<Node, &'static str> {
        let node = match token {
            Token::Byte(byte) => Node::Literal(vec![byte]),
            Token::Any => Node::Class(self.without_terminator(ast::all_but(&[]))),
            Token::Bracket => {
                let mut bracket = bracket::parse(
                    self.text,
                    self.at,
                    self.syntax.folded,
                    self.syntax.ascii_only,
                )?;
                self.at = bracket.end;
                self.wants_unicode |= bracket.wants_unicode;
                if self.syntax.folded {
                    ast::fold(&mut bracket.class, Dialect::Posix);
                }
                if bracket.negated {
                    bracket.class.negate();
                }
                Node::Class(self.without_terminator(bracket.class))
            }
            Token::Open => self.group()?,
            Token::Start => Node::Assert(Assert::LineStart),
            Token::End => Node::Assert(Assert::LineEnd),
            Token::Word => self.named("_alnum", false)?,
            Token::NotWord => self.named("_alnum", true)?,
            Token::Space => self.named("space", false)?,
            Token::NotSpace => self.named("space", true)?,
            Token::Assert(assert) => {
                self.wants_unicode |= !matches!(assert, Assert::LineStart | Assert::LineEnd);
                Node::Assert(assert)
            }
            Token::BackReference(number) => {
                let index = self.base + number;
                if !self.closed.contains(&index) {
                    return Err("Invalid back reference");
                }
                Node::BackReference {
                    index,
                    folded: self.syntax.folded,
                }
            }
            Token::Character(letter) => Node::character(letter, self.syntax.folded, Dialect::Posix),
            Token::Close => Node::character(')', false, Dialect::Posix),
            Token::Star => Node::character('*', false, Dialect::Posix),
            Token::Plus => Node::character('+', false, Dialect::Posix),
            Token::Question => Node::character('?', false, Dialect::Posix),
            Token::Brace => Node::character('{', false, Dialect::Posix),
            Token::Or => Node::Empty,
        };
        Ok(node)
    }

    fn named(&mut self, name: &str, negated: bool) -> Result<Node, &'static str> {
        self.wants_unicode = true;
        let mut class = bracket::named(name.as_bytes(), self.syntax.ascii_only)?;
        if negated {
            class.negate();
        }
        Ok(Node::Class(self.without_terminator(class)))
    }

    fn without_terminator(&mut self, mut class: ast::ClassUnicode) -> ast::ClassUnicode {
        let terminator = char::from(self.syntax.terminator);
        class.difference(&ast::class(&[(terminator, terminator)]));
        class
    }

    fn group(&mut self) -> Result<Node, &'static str> {
        self.groups += 1;
        let index = self.groups;
        self.depth += 1;
        if self.depth > MOST_NESTED {
            return Err("Regular expression too big");
        }
        let node = self.alternatives()?;
        let Some((Token::Close, length)) = self.token()? else {
            return Err("Unmatched ( or \\(");
        };
        self.at += length;
        self.depth -= 1;
        self.closed.push(index);
        Ok(Node::Group {
            index,
            node: Box::new(node),
        })
    }

    /// A repetition of the last node. Where there is none, a basic expression means the character itself, and an extended
    /// one means nothing. Returns whether the next token stands at a start again.
    fn repetition(
        &mut self,
        token: Token,
        length: usize,
        nodes: &mut Vec<Node>,
        at_start: bool,
        last: Token,
    ) -> Result<bool, &'static str> {
        self.at += length;
        let after_anchor = matches!(last, Token::Start | Token::End | Token::Assert(_));
        let after_word = matches!(last, Token::Assert(_));
        if (at_start || after_word) && !self.syntax.extended {
            nodes.push(self.atom(token)?);
            return Ok(false);
        }
        let (min, max, shown) = match token {
            Token::Star => (0, None, "*"),
            Token::Plus => (1, None, "+"),
            Token::Question => (0, Some(1), "?"),
            _ => match self.interval()? {
                Some((min, max)) => (min, max, "{...}"),
                None => {
                    nodes.push(self.atom(token)?);
                    return Ok(false);
                }
            },
        };
        let before_close = token != Token::Brace && self.depth > 0 && self.rest().starts_with(b")");
        if (at_start || after_anchor) && before_close {
            // As in glibc, what follows the sign here is an ordinary character, even if it could close the group.
            return Err("Unmatched ( or \\(");
        }
        if at_start {
            self.warnings.push(Warning::RepetitionAtStart(shown));
            return Ok(token != Token::Brace);
        }
        if !after_word {
            let node = Box::new(nodes.pop().unwrap_or(Node::Empty));
            nodes.push(Node::Repeat {
                node,
                min,
                max,
                mode: Mode::Greedy,
            });
        }
        Ok(false)
    }

    /// What stands after `{`; `None` when an extended expression means the brace itself.
    fn interval(&mut self) -> Result<Option<(u32, Option<u32>)>, &'static str> {
        let basic = !self.syntax.extended;
        let rest = self.rest();
        let digits = |text: &[u8]| text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let number = |text: &[u8]| {
            text.iter().fold(0_u32, |sum, byte| {
                sum.saturating_mul(10)
                    .saturating_add(u32::from(byte - b'0'))
            })
        };
        let (low, after_low) = rest.split_at(digits(rest));
        let (comma, after_comma) = match after_low.strip_prefix(b",") {
            Some(after) => (true, after),
            None => (false, after_low),
        };
        let (high, after_high) = after_comma.split_at(if comma { digits(after_comma) } else { 0 });
        let close: &[u8] = if basic { b"\\}" } else { b"}" };
        if !after_high.starts_with(close) || (low.is_empty() && !comma) {
            return match basic {
                false => Ok(None),
                true if after_high.is_empty() => Err("Unmatched \\{"),
                true => Err("Invalid content of \\{\\}"),
            };
        }
        let min = number(low);
        let max = match (comma, high.is_empty()) {
            (true, true) => None,
            (true, false) => Some(number(high)),
            (false, _) => Some(min),
        };
        if max.is_some_and(|max| max < min) {
            return Err("Invalid content of \\{\\}");
        }
        if min > MOST_REPEATS || max.is_some_and(|max| max > MOST_REPEATS) {
            return Err("Regular expression too big");
        }
        self.at += rest.len() - after_high.len() + close.len();
        Ok(Some((min, max)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str, extended: bool) -> Vec<&'static str> {
        let syntax = Syntax {
            extended,
            folded: false,
            terminator: b'\n',
            ascii_only: true,
        };
        parse(&[text.as_bytes()], syntax).err().unwrap_or_default()
    }

    #[test]
    fn a_wrong_pattern_is_refused_in_the_words_of_gnu() {
        let cases = [
            ("\\(", "Unmatched ( or \\("),
            ("\\)", "Unmatched ) or \\)"),
            ("[", "Invalid regular expression"),
            ("[a", "Unmatched [, [^, [:, [., or [="),
            ("[[:foo:]]", "Invalid character class name"),
            (
                "[:alpha:]",
                "character class syntax is [[:space:]], not [:space:]",
            ),
            ("[z-a]", "Invalid range end"),
            ("[[.ab.]]", "Invalid collation character"),
            ("a\\{1", "Unmatched \\{"),
            ("a\\{2,1\\}", "Invalid content of \\{\\}"),
            ("a\\{99999\\}", "Regular expression too big"),
            ("\\(a\\)\\2", "Invalid back reference"),
            ("a\\", "Trailing backslash"),
        ];
        for (text, words) in cases {
            assert_eq!(error(text, false), [words], "{text}");
        }
        assert_eq!(error("(a", true), ["Unmatched ( or \\("]);
        assert_eq!(error("(a)|b\\1", true), ["Invalid back reference"]);
        assert!(error("a)", true).is_empty());
        assert!(error("a{x", true).is_empty());
    }

    #[test]
    fn the_errors_of_all_patterns_are_reported() {
        let syntax = Syntax {
            extended: true,
            folded: false,
            terminator: b'\n',
            ascii_only: true,
        };
        let errors = parse(&[b"(", b"a", b"["], syntax).err();
        assert_eq!(
            errors,
            Some(vec!["Unmatched ( or \\(", "Invalid regular expression"])
        );
    }

    #[test]
    fn a_repetition_of_nothing_is_a_warning_in_extended_patterns() {
        let syntax = Syntax {
            extended: true,
            folded: false,
            terminator: b'\n',
            ascii_only: true,
        };
        let warnings = parse(&[b"*a|+b"], syntax).map(|parsed| parsed.warnings);
        assert_eq!(
            warnings.ok(),
            Some(vec![
                Warning::RepetitionAtStart("*"),
                Warning::RepetitionAtStart("+")
            ])
        );
    }
}
