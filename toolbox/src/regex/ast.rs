//! A pattern as a tree: what both pattern languages are parsed into and both engines are built from.

use regex_syntax::hir::{ClassBytes, ClassBytesRange};
pub use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

use crate::sys::locale;

/// The two pattern languages differ in what a word, a folded letter and "the best match" are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Posix,
    Perl,
}

/// What the ends of lines are to a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lines {
    /// A text is one line of a buffer that holds many: nothing matches the byte that ends one, and anchors are at its ends.
    Apart(u8),
    /// Bytes like all others: anchors are at the ends of the text.
    Whole,
    /// `^` and `$` are also at the ends of the lines within a text, `.` and `[^x]` match neither this byte nor a newline.
    Within(u8),
}

impl Lines {
    /// A class without what no class matches where texts are lines of a buffer.
    pub fn in_line(self, mut set: ClassUnicode) -> ClassUnicode {
        if let Lines::Apart(terminator) = self {
            let terminator = char::from(terminator);
            set.difference(&class(&[(terminator, terminator)]));
        }
        set
    }

    /// A class that leaves something out, without the ends of lines that it leaves out as well.
    pub fn within_line(self, mut set: ClassUnicode) -> ClassUnicode {
        if let Lines::Within(terminator) = self {
            let terminator = char::from(terminator);
            set.difference(&class(&[(terminator, terminator), ('\n', '\n')]));
        }
        self.in_line(set)
    }

    /// What `.` matches.
    pub fn any(self) -> ClassUnicode {
        self.within_line(all_but(&[]))
    }
}

#[derive(Clone, Debug)]
pub enum Node {
    Empty,
    /// One character, or one byte that is not UTF-8.
    Literal(Vec<u8>),
    /// One character in either case. `class` is `letter` with all its cases.
    Folded {
        letter: char,
        class: ClassUnicode,
    },
    Class(ClassUnicode),
    Assert(Assert),
    Concat(Vec<Node>),
    Alternate(Vec<Node>),
    Repeat {
        node: Box<Node>,
        min: u32,
        max: Option<u32>,
        mode: Mode,
    },
    Group {
        index: usize,
        node: Box<Node>,
    },
    BackReference {
        index: usize,
        folded: bool,
    },
    /// `(?=…)`, `(?!…)`, `(?<=…)`, `(?<!…)`.
    Look {
        node: Box<Node>,
        behind: bool,
        negated: bool,
    },
    /// `(?>…)`: its first way to match is the only one.
    Atomic(Box<Node>),
    /// `\K`: the match is reported from here.
    Keep,
    /// `(?1)`: group `index` once more; 0 is the whole pattern.
    Call(usize),
    /// `(?(1)yes|no)`.
    Conditional {
        index: usize,
        yes: Box<Node>,
        no: Box<Node>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Greedy,
    Lazy,
    Possessive,
}

/// What is true of a place between two characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assert {
    LineStart,
    LineEnd,
    Boundary,
    NotBoundary,
    WordStart,
    WordEnd,
    /// No word character before.
    NoWordBefore,
    /// No word character after.
    NoWordAfter,
    TextStart,
    TextEnd,
}

impl Assert {
    pub fn is_about_words(self) -> bool {
        !matches!(
            self,
            Assert::LineStart | Assert::LineEnd | Assert::TextStart | Assert::TextEnd
        )
    }
}

/// A parsed pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    pub node: Node,
    pub dialect: Dialect,
    /// How many groups it has, the whole match not counted.
    pub groups: usize,
    /// Its classes hold ASCII only although the pattern asks for more: right for lines of ASCII.
    pub ascii_only: bool,
}

pub fn class(ranges: &[(char, char)]) -> ClassUnicode {
    ClassUnicode::new(
        ranges
            .iter()
            .map(|&(from, to)| ClassUnicodeRange::new(from, to)),
    )
}

/// Every character but `excluded`.
pub fn all_but(excluded: &[(char, char)]) -> ClassUnicode {
    let mut all = class(excluded);
    all.negate();
    all
}

pub fn contains(class: &ClassUnicode, letter: char) -> bool {
    let ranges = class.ranges();
    let place = ranges.partition_point(|range| range.end() < letter);
    ranges
        .get(place)
        .is_some_and(|range| range.start() <= letter)
}

/// The characters of a class as the Unicode tables know it; `text` is in regex-syntax's language.
pub fn unicode(text: &str) -> Option<ClassUnicode> {
    match regex_syntax::parse(text).ok()?.into_kind() {
        regex_syntax::hir::HirKind::Class(regex_syntax::hir::Class::Unicode(class)) => Some(class),
        _ => None,
    }
}

/// Capitals of their own that have a small letter which is another capital's: `towupper` leaves them alone.
const LONE_CAPITALS: [char; 5] = ['\u{3f4}', '\u{1e9e}', '\u{2126}', '\u{212a}', '\u{212b}'];

/// Adds the other cases of every character. POSIX compares by capital letter, as `towupper` gives it; Perl by Unicode's folding.
pub fn fold(set: &mut ClassUnicode, dialect: Dialect) {
    if locale::is_bytes() {
        let mut letters = class(&[('A', 'Z'), ('a', 'z')]);
        letters.intersect(set);
        letters.case_fold_simple();
        letters.intersect(&class(&[('\0', '\x7f')]));
        set.union(&letters);
        return;
    }
    if set.is_ascii() {
        let ascii: Vec<ClassUnicodeRange> = set.ranges().to_vec();
        for range in ascii {
            for letter in range.start()..=range.end() {
                fold_ascii(set, letter, dialect);
            }
        }
        return;
    }
    if dialect == Dialect::Perl {
        set.case_fold_simple();
        return;
    }
    let mut lone = class(&LONE_CAPITALS.map(|capital| (capital, capital)));
    let all_lone = lone.clone();
    lone.intersect(set);
    set.difference(&all_lone);
    set.case_fold_simple();
    set.difference(&all_lone);
    set.union(&lone);
    let mut small_i = class(&[('i', 'i')]);
    small_i.intersect(set);
    let mut dotless = class(&[('\u{131}', '\u{131}')]);
    dotless.intersect(set);
    if !small_i.ranges().is_empty() || !dotless.ranges().is_empty() {
        set.union(&class(&[('I', 'I'), ('i', 'i'), ('\u{131}', '\u{131}')]));
    }
}

fn fold_ascii(set: &mut ClassUnicode, letter: char, dialect: Dialect) {
    let mut add = |letter| set.push(ClassUnicodeRange::new(letter, letter));
    if letter.is_ascii_alphabetic() {
        add(letter.to_ascii_lowercase());
        add(letter.to_ascii_uppercase());
    }
    match (letter.to_ascii_lowercase(), dialect) {
        ('s', _) => add('\u{17f}'),
        ('i', Dialect::Posix) => add('\u{131}'),
        ('k', Dialect::Perl) => add('\u{212a}'),
        _ => {}
    }
}

/// A character as texts have it: where each byte is one, the character with its number stands for it.
fn bytes_of(letter: char) -> Vec<u8> {
    match u8::try_from(letter) {
        Ok(byte) if locale::is_bytes() => vec![byte],
        _ => letter.to_string().into_bytes(),
    }
}

/// The bytes of a class, where each byte is a character.
pub fn byte_class(class: &ClassUnicode) -> ClassBytes {
    let bytes = class.ranges().iter().filter_map(|range| {
        let start = u8::try_from(range.start()).ok()?;
        let end = u8::try_from(range.end()).unwrap_or(u8::MAX);
        Some(ClassBytesRange::new(start, end))
    });
    ClassBytes::new(bytes)
}

impl Node {
    /// A character as it is, or in all its cases.
    pub fn character(letter: char, folded: bool, dialect: Dialect) -> Node {
        let literal = || Node::Literal(bytes_of(letter));
        if !folded || (letter.is_ascii() && !letter.is_ascii_alphabetic()) {
            return literal();
        }
        let mut class = class(&[(letter, letter)]);
        fold(&mut class, dialect);
        if matches!(class.ranges(), [only] if only.start() == only.end()) {
            return literal();
        }
        Node::Folded { letter, class }
    }

    pub fn concat(mut nodes: Vec<Node>) -> Node {
        match nodes.len() {
            0 => Node::Empty,
            1 => nodes.remove(0),
            _ => Node::Concat(nodes),
        }
    }

    pub fn alternate(mut nodes: Vec<Node>) -> Node {
        if nodes.len() == 1 {
            nodes.remove(0)
        } else {
            Node::Alternate(nodes)
        }
    }

    /// Whether glibc matches it byte by byte, also within characters: all its classes are of ASCII, or `any`, the one of `.`.
    pub fn is_bytewise(&self, any: &ClassUnicode) -> bool {
        match self {
            Node::Empty | Node::Literal(_) | Node::BackReference { folded: false, .. } => true,
            Node::Assert(assert) => !assert.is_about_words(),
            Node::Class(class) => class.is_ascii() || class == any,
            Node::Concat(nodes) | Node::Alternate(nodes) => {
                nodes.iter().all(|node| node.is_bytewise(any))
            }
            Node::Repeat { node, .. } | Node::Group { node, .. } => node.is_bytewise(any),
            _ => false,
        }
    }

    /// Whether an automaton can match it exactly.
    pub fn is_regular(&self) -> bool {
        match self {
            Node::Empty
            | Node::Literal(_)
            | Node::Folded { .. }
            | Node::Class(_)
            | Node::Assert(_) => true,
            Node::Concat(nodes) | Node::Alternate(nodes) => nodes.iter().all(Node::is_regular),
            Node::Repeat { node, mode, .. } => *mode != Mode::Possessive && node.is_regular(),
            Node::Group { node, .. } => node.is_regular(),
            Node::BackReference { .. }
            | Node::Look { .. }
            | Node::Atomic(_)
            | Node::Keep
            | Node::Call(_)
            | Node::Conditional { .. } => false,
        }
    }
}
