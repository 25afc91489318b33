//! Basic and extended regular expressions, read as GNU's tools read them in a UTF-8 locale.

use super::ast::{self, Assert, Dialect, Lines, Mode, Node, Pattern};
use super::bracket;
use super::interval::{self, Interval};
use crate::sys::locale;

/// Whose reading of what POSIX leaves open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// grep: a repetition of nothing is nothing, an interval that is none is text.
    Grep,
    /// sed: the strictest.
    Sed,
    /// sed with `--posix`: without GNU's escapes.
    PosixSed,
    /// glibc's `regcomp`, which the shell, `expr` and `nl` call.
    Library,
}

/// What the parser is told, beside the pattern.
#[derive(Clone, Copy, Debug)]
pub struct Syntax {
    pub extended: bool,
    pub folded: bool,
    pub lines: Lines,
    pub flavour: Flavour,
    /// Named classes and words are cut down to ASCII.
    pub ascii_only: bool,
}

/// Where a repetition has nothing to repeat, grep says so and goes on.
#[derive(Debug, PartialEq, Eq)]
pub enum Warning {
    RepetitionAtStart(&'static str),
}

pub struct Parsed {
    pub pattern: Pattern,
    pub warnings: Vec<Warning>,
    /// The pattern holds what lines of more than ASCII match differently.
    pub wants_unicode: bool,
    /// It has classes with names in brackets.
    pub has_classes: bool,
}

/// Groups within groups, and repetitions of repetitions; parsing and compiling recurse this deep.
const MOST_NESTED: usize = 250;
const TOO_BIG: &str = "Regular expression too big";
/// What sed and grep say of `[:space:]` outside of a bracket expression.
pub const CLASS_SYNTAX: &str = "character class syntax is [[:space:]], not [:space:]";
const NOTHING_TO_REPEAT: &str = "Invalid preceding regular expression";

struct Parser<'p> {
    text: &'p [u8],
    at: usize,
    syntax: Syntax,
    /// The token before `at`; `Or` where an expression starts.
    last: Token,
    depth: usize,
    /// Groups opened in all patterns so far; the first of this one is `base + 1`.
    groups: usize,
    base: usize,
    closed: Vec<usize>,
    warnings: Vec<Warning>,
    wants_unicode: bool,
    has_classes: bool,
    /// An error that only counts where there is no other.
    late_error: Option<&'static str>,
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

impl Token {
    fn is_anchor(self) -> bool {
        matches!(self, Token::Start | Token::End | Token::Assert(_))
    }

    fn is_repetition(self) -> bool {
        matches!(
            self,
            Token::Star | Token::Plus | Token::Question | Token::Brace
        )
    }
}

/// Parses patterns into one alternative each; every one has its own groups.
pub fn parse(patterns: &[&[u8]], syntax: Syntax) -> Result<Parsed, Vec<&'static str>> {
    let (mut nodes, mut errors) = (Vec::with_capacity(patterns.len()), Vec::new());
    let (mut groups, mut warnings) = (0, Vec::new());
    let (mut wants_unicode, mut has_classes) = (false, false);
    for text in patterns {
        let (base, closed) = (groups, Vec::new());
        let mut parser = Parser {
            text,
            at: 0,
            syntax,
            last: Token::Or,
            depth: 0,
            groups,
            base,
            closed,
            warnings,
            wants_unicode,
            has_classes,
            late_error: None,
        };
        let parsed = parser.alternatives();
        match (parsed, parser.late_error) {
            (Ok(node), None) => nodes.push(node),
            (Err(error), _) | (Ok(_), Some(error)) => errors.push(error),
        }
        (groups, warnings) = (parser.groups, parser.warnings);
        (wants_unicode, has_classes) = (parser.wants_unicode, parser.has_classes);
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
        has_classes,
    })
}

/// The first character of `text` and its length, or its first byte when that is not UTF-8. Where each byte is a character,
/// those beyond ASCII are such bytes.
pub fn character(text: &[u8]) -> Option<(Result<char, u8>, usize)> {
    let first = *text.first()?;
    if first.is_ascii() {
        return Some((Ok(char::from(first)), 1));
    }
    if locale::is_bytes() {
        return Some((Err(first), 1));
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

    fn is_sed(&self) -> bool {
        matches!(self.syntax.flavour, Flavour::Sed | Flavour::PosixSed)
    }

    fn is_grep(&self) -> bool {
        self.syntax.flavour == Flavour::Grep
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
            // In a basic expression `^` is an anchor where an expression starts,
            '^' if extended || matches!(self.last, Token::Or | Token::Open) => Token::Start,
            '$' if extended || self.anchors_end() => Token::End,
            '(' if extended => Token::Open,
            ')' if extended && (self.depth > 0 || self.syntax.flavour == Flavour::Sed) => {
                Token::Close
            }
            '|' if extended => Token::Or,
            '+' if extended => Token::Plus,
            '?' if extended => Token::Question,
            '{' if extended => Token::Brace,
            _ => plain,
        };
        Ok(Some((token, length)))
    }

    /// and `$` where one ends.
    fn anchors_end(&self) -> bool {
        let after = self.text.get(self.at + 1..).unwrap_or_default();
        after.is_empty() || after.starts_with(b"\\)") || after.starts_with(b"\\|")
    }

    fn escape(&self) -> Result<(Token, usize), &'static str> {
        let basic = !self.syntax.extended;
        let Some((letter, length)) = character(self.rest().get(1..).unwrap_or_default()) else {
            return Err("Trailing backslash");
        };
        let whole = !matches!(self.syntax.lines, Lines::Apart(_));
        let gnu = self.syntax.flavour != Flavour::PosixSed;
        let token = match letter {
            Err(byte) => Token::Byte(byte),
            Ok('(') if basic => Token::Open,
            Ok(')') if basic => Token::Close,
            Ok('|') if basic && gnu => Token::Or,
            Ok('+') if basic && gnu => Token::Plus,
            Ok('?') if basic && gnu => Token::Question,
            Ok('{') if basic => Token::Brace,
            Ok(other @ ('w' | 'W' | 's' | 'S' | 'b' | 'B' | '<' | '>' | '`' | '\'')) if !gnu => {
                Token::Character(other)
            }
            Ok('w') => Token::Word,
            Ok('W') => Token::NotWord,
            Ok('s') => Token::Space,
            Ok('S') => Token::NotSpace,
            Ok('b') => Token::Assert(Assert::Boundary),
            Ok('B') => Token::Assert(Assert::NotBoundary),
            Ok('<') => Token::Assert(Assert::WordStart),
            Ok('>') => Token::Assert(Assert::WordEnd),
            Ok('`') if whole => Token::Assert(Assert::TextStart),
            Ok('\'') if whole => Token::Assert(Assert::TextEnd),
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
            self.last = Token::Or;
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
        let mut repeated = 0;
        while let Some((token, length)) = self.token()? {
            if token == Token::Or {
                break;
            }
            if token == Token::Close {
                if self.depth > 0 {
                    break;
                }
                return Err("Unmatched ) or \\)");
            }
            if token.is_repetition() {
                repeated += 1;
                if repeated > MOST_NESTED {
                    return Err(TOO_BIG);
                }
                at_start = self.repetition(token, length, &mut nodes, at_start)?;
                continue;
            }
            repeated = 0;
            self.at += length;
            self.last = token;
            nodes.push(self.atom(token)?);
            if token == Token::Open {
                self.last = Token::Close;
            }
            at_start &= token.is_anchor();
        }
        Ok(Node::concat(nodes))
    }

    fn atom(&mut self, token: Token) -> Result<Node, &'static str> {
        let node = match token {
            Token::Byte(byte) => Node::Literal(vec![byte]),
            Token::Any => Node::Class(self.syntax.lines.any()),
            Token::Bracket => self.bracket()?,
            Token::Open => self.group()?,
            Token::Start if self.syntax.lines == Lines::Whole => Node::Assert(Assert::TextStart),
            Token::End if self.syntax.lines == Lines::Whole => Node::Assert(Assert::TextEnd),
            Token::Start => Node::Assert(Assert::LineStart),
            Token::End => Node::Assert(Assert::LineEnd),
            Token::Word => self.named("_alnum", false)?,
            Token::NotWord => self.named("_alnum", true)?,
            Token::Space => self.named("space", false)?,
            Token::NotSpace => self.named("space", true)?,
            Token::Assert(assert) => {
                self.wants_unicode |= assert.is_about_words();
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

    fn bracket(&mut self) -> Result<Node, &'static str> {
        let rules = bracket::Rules {
            folded: self.syntax.folded,
            ascii_only: self.syntax.ascii_only,
            lenient: !self.is_grep(),
        };
        let mut bracket = bracket::parse(self.text, self.at, rules)?;
        self.at = bracket.end;
        self.wants_unicode |= bracket.wants_unicode;
        self.has_classes |= bracket.has_class;
        if bracket.is_class_name {
            match self.syntax.flavour {
                Flavour::Grep => return Err(CLASS_SYNTAX),
                Flavour::Sed | Flavour::PosixSed => self.late_error = Some(CLASS_SYNTAX),
                Flavour::Library => {}
            }
        }
        if self.syntax.folded {
            ast::fold(&mut bracket.class, Dialect::Posix);
        }
        if bracket.negated {
            bracket.class.negate();
            bracket.class = self.syntax.lines.within_line(bracket.class);
        }
        Ok(Node::Class(self.syntax.lines.in_line(bracket.class)))
    }

    fn named(&mut self, name: &str, negated: bool) -> Result<Node, &'static str> {
        self.wants_unicode = true;
        let mut class = bracket::named(name.as_bytes(), self.syntax.ascii_only)?;
        if negated {
            class.negate();
        }
        Ok(Node::Class(self.syntax.lines.in_line(class)))
    }

    fn group(&mut self) -> Result<Node, &'static str> {
        self.groups += 1;
        let index = self.groups;
        self.depth += 1;
        if self.depth > MOST_NESTED {
            return Err(TOO_BIG);
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

    /// A repetition of the last node, or what the sign means where there is none: in a basic expression the character
    /// itself, in an extended one nothing or an error. Returns whether the next token stands at a start again.
    fn repetition(
        &mut self,
        token: Token,
        length: usize,
        nodes: &mut Vec<Node>,
        at_start: bool,
    ) -> Result<bool, &'static str> {
        self.at += length;
        let last = std::mem::replace(&mut self.last, token);
        let after_word = matches!(last, Token::Assert(_));
        if self.is_grep() {
            if (at_start || after_word) && !self.syntax.extended {
                return self.sign_itself(token, nodes);
            }
        } else if at_start || last.is_anchor() {
            let strict_brace = token == Token::Brace && self.is_sed();
            if self.syntax.extended || strict_brace {
                return Err(NOTHING_TO_REPEAT);
            }
            return self.sign_itself(token, nodes);
        } else if last.is_repetition() && !self.syntax.extended {
            let strict = self.is_sed();
            if strict && matches!(token, Token::Star | Token::Brace) {
                return Err(NOTHING_TO_REPEAT);
            }
        }
        let (min, max, shown) = match token {
            Token::Star => (0, None, "*"),
            Token::Plus => (1, None, "+"),
            Token::Question => (0, Some(1), "?"),
            _ => match self.interval()? {
                Some(Interval { min, max, .. }) => (min, max, "{...}"),
                None => return self.sign_itself(token, nodes),
            },
        };
        if self.is_grep() {
            let before_close =
                token != Token::Brace && self.depth > 0 && self.rest().starts_with(b")");
            if (at_start || last.is_anchor()) && before_close {
                // As in glibc, what follows the sign here is an ordinary character, even if it could close the group.
                return Err("Unmatched ( or \\(");
            }
            if at_start {
                self.warnings.push(Warning::RepetitionAtStart(shown));
                return Ok(token != Token::Brace);
            }
            if after_word {
                return Ok(false);
            }
        }
        let node = Box::new(nodes.pop().unwrap_or(Node::Empty));
        nodes.push(Node::Repeat {
            node,
            min,
            max,
            mode: Mode::Greedy,
        });
        Ok(false)
    }

    /// The sign of a repetition as the character that it is.
    fn sign_itself(&mut self, token: Token, nodes: &mut Vec<Node>) -> Result<bool, &'static str> {
        nodes.push(self.atom(token)?);
        // What is repeated next is this character.
        self.last = Token::Character('*');
        Ok(false)
    }

    /// What stands after `{`; `None` when an extended expression of grep means the brace itself.
    fn interval(&mut self) -> Result<Option<Interval>, &'static str> {
        let (text, basic) = (self.rest(), !self.syntax.extended);
        let found = match self.syntax.flavour {
            Flavour::Grep => interval::read(text, basic)?,
            Flavour::Sed | Flavour::PosixSed | Flavour::Library => {
                Some(interval::read_strictly(text, basic)?)
            }
        };
        if let Some(found) = &found {
            self.at += found.length;
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str, extended: bool) -> Vec<&'static str> {
        let syntax = Syntax {
            extended,
            folded: false,
            lines: Lines::Apart(b'\n'),
            flavour: Flavour::Grep,
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
            lines: Lines::Apart(b'\n'),
            flavour: Flavour::Grep,
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
            lines: Lines::Apart(b'\n'),
            flavour: Flavour::Grep,
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
