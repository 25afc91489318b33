//! Bracket expressions and named classes of POSIX patterns: `[^a-z[:digit:]]`.

use super::ast::{self, ClassUnicode, ClassUnicodeRange};
use super::posix::character;
use crate::sys::locale;

pub struct Bracket {
    /// What the brackets list, before negation.
    pub class: ClassUnicode,
    pub negated: bool,
    /// Where the text goes on after `]`.
    pub end: usize,
    pub wants_unicode: bool,
    /// It looks like the name of a class that lacks the brackets around it.
    pub is_class_name: bool,
    /// It lists a class by its name.
    pub has_class: bool,
}

/// How brackets are read.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    pub folded: bool,
    pub ascii_only: bool,
    /// A byte that is not UTF-8 matches nothing; otherwise it is an error.
    pub lenient: bool,
}

const UNMATCHED: &str = "Unmatched [, [^, [:, [., or [=";
const COLLATION: &str = "Invalid collation character";
const RANGE: &str = "Invalid range end";

/// The names of classes: in ASCII, and in all of Unicode as glibc's C.UTF-8 has them (regex-syntax's notation).
/// `_alnum` is ours, for `\w`.
const NAMED: &[(&str, &str, &str)] = &[
    ("alnum", "[A-Za-z0-9]", r"[\p{Alphabetic}\p{Nd}]"),
    ("_alnum", "[A-Za-z0-9_]", r"[\p{Alphabetic}\p{Nd}_]"),
    ("alpha", "[A-Za-z]", r"[[\p{Alphabetic}\p{Nd}]--[0-9]]"),
    (
        "blank",
        r"[\t ]",
        r"[\t \x{1680}\x{2000}-\x{2006}\x{2008}-\x{200a}\x{205f}\x{3000}]",
    ),
    ("cntrl", r"[\x00-\x1f\x7f]", r"[\p{Cc}\x{2028}\x{2029}]"),
    ("digit", "[0-9]", "[0-9]"),
    (
        "graph",
        "[!-~]",
        r"[^\p{Cc}\p{Cn}\x{2028}\x{2029}\x{1680}\x{2000}-\x{2006}\x{2008}-\x{200a}\x{205f}\x{3000} ]",
    ),
    ("lower", "[a-z]", r"[\p{Lowercase}]"),
    ("print", "[ -~]", r"[^\p{Cc}\p{Cn}\x{2028}\x{2029}]"),
    (
        "punct",
        "[!-/:-@\\[-`{-~]",
        r"[[^\p{Cc}\p{Cn}\x{2028}\x{2029}\x{1680}\x{2000}-\x{2006}\x{2008}-\x{200a}\x{205f}\x{3000} ]--[\p{Alphabetic}\p{Nd}]]",
    ),
    (
        "space",
        r"[\t-\r ]",
        r"[\t-\r \x{1680}\x{2000}-\x{2006}\x{2008}-\x{200a}\x{2028}\x{2029}\x{205f}\x{3000}]",
    ),
    ("upper", "[A-Z]", r"[\p{Uppercase}\p{Lt}]"),
    ("xdigit", "[0-9A-Fa-f]", "[0-9A-Fa-f]"),
];

/// The class called `name`.
pub fn named(name: &[u8], ascii_only: bool) -> Result<ClassUnicode, &'static str> {
    let row = NAMED.iter().find(|row| row.0.as_bytes() == name);
    let ascii_only = ascii_only || locale::is_bytes();
    let text = row.map(|row| if ascii_only { row.1 } else { row.2 });
    text.and_then(ast::unicode)
        .ok_or("Invalid character class name")
}

/// One thing listed in brackets.
enum Element {
    Character(char),
    Class(ClassUnicode),
    /// A byte that is not UTF-8.
    Byte(u8),
}

struct Reader<'t> {
    text: &'t [u8],
    at: usize,
    rules: Rules,
    wants_unicode: bool,
    has_class: bool,
}

/// Reads from `at`, just after the `[`.
pub fn parse(text: &[u8], at: usize, rules: Rules) -> Result<Bracket, &'static str> {
    let mut reader = Reader {
        text,
        at,
        rules,
        wants_unicode: false,
        has_class: false,
    };
    let negated = reader.eat(b"^");
    if reader.rest().is_empty() {
        return Err("Invalid regular expression");
    }
    let begin = reader.at;
    let mut class = ClassUnicode::empty();
    loop {
        if reader.at > begin && reader.eat(b"]") {
            break;
        }
        // A hyphen may begin a list or end it; elsewhere it joins two ends of a range.
        if reader.at > begin && reader.rest().starts_with(b"-") && !reader.rest().starts_with(b"-]")
        {
            if reader.rest().len() == 1 {
                return Err(UNMATCHED);
            }
            return Err(RANGE);
        }
        let first = reader.element()?;
        if !reader.rest().starts_with(b"-") || reader.rest().starts_with(b"-]") {
            match first {
                Element::Character(letter) => class.push(ClassUnicodeRange::new(letter, letter)),
                Element::Class(named) => class.union(&named),
                Element::Byte(_) => {}
            }
            continue;
        }
        reader.at += 1;
        let last = reader.element()?;
        if matches!(first, Element::Class(_)) || matches!(last, Element::Class(_)) {
            return Err(RANGE);
        }
        // glibc's C.UTF-8 has no collation order for more than ASCII.
        let (Some(from), Some(to)) = (reader.bound(&first), reader.bound(&last)) else {
            return Err(COLLATION);
        };
        if from > to {
            return Err(RANGE);
        }
        if locale::is_bytes() {
            class.push(ClassUnicodeRange::new(char::from(from), char::from(to)));
        } else if from.is_ascii() {
            let (from, to) = (char::from(from), char::from(to.min(0x7f)));
            class.push(ClassUnicodeRange::new(from, to));
        }
    }
    let inside = text.get(begin..reader.at - 1).unwrap_or_default();
    let is_class_name =
        matches!(inside, [b':', name @ .., b':'] if name.iter().any(|&byte| byte != b':'));
    let unicode_by_fold = rules.folded && class.ranges().iter().any(|range| range.end() >= 'A');
    let wants_unicode = reader.wants_unicode || negated || unicode_by_fold || !class.is_ascii();
    Ok(Bracket {
        class,
        negated,
        end: reader.at,
        wants_unicode,
        is_class_name,
        has_class: reader.has_class,
    })
}

impl Reader<'_> {
    fn rest(&self) -> &[u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn eat(&mut self, prefix: &[u8]) -> bool {
        let found = self.rest().starts_with(prefix);
        if found {
            self.at += prefix.len();
        }
        found
    }

    /// An end of a range. Where case is folded, glibc reads the pattern in capitals.
    fn bound(&self, element: &Element) -> Option<u8> {
        match element {
            Element::Character(letter) if !letter.is_ascii() => {
                u8::try_from(*letter).ok().filter(|_| locale::is_bytes())
            }
            Element::Character(letter) if self.rules.folded => {
                Some(letter.to_ascii_uppercase() as u8)
            }
            Element::Character(letter) => Some(*letter as u8),
            Element::Byte(byte) => Some(*byte),
            Element::Class(_) => None,
        }
    }

    fn element(&mut self) -> Result<Element, &'static str> {
        for kind in [b':', b'.', b'='] {
            if self.eat(&[b'[', kind]) {
                return self.symbol(kind);
            }
        }
        match character(self.rest()) {
            None => Err(UNMATCHED),
            Some((Err(byte), length)) if locale::is_bytes() => {
                self.at += length;
                Ok(Element::Character(char::from(byte)))
            }
            Some((Err(byte), length)) if self.rules.lenient => {
                self.at += length;
                Ok(Element::Byte(byte))
            }
            Some((Err(_), _)) => Err(COLLATION),
            Some((Ok(letter), length)) => {
                self.at += length;
                Ok(Element::Character(letter))
            }
        }
    }

    /// `[:alpha:]`, `[.a.]` or `[=a=]`, after its first two bytes.
    fn symbol(&mut self, kind: u8) -> Result<Element, &'static str> {
        let text = self.text;
        let rest = text.get(self.at..).unwrap_or_default();
        let length = rest
            .windows(2)
            .position(|pair| pair == [kind, b']'])
            .ok_or(UNMATCHED)?;
        let name = rest.get(..length).unwrap_or_default();
        let Rules {
            folded, ascii_only, ..
        } = self.rules;
        let element = match (kind, name) {
            (b':', name) => {
                let cased = name == b"upper" || name == b"lower";
                self.has_class = true;
                let name = if folded && cased { b"alpha" } else { name };
                self.wants_unicode |= !matches!(name, b"digit" | b"xdigit");
                Element::Class(if name == b"_alnum" {
                    named(b"", true)?
                } else {
                    named(name, ascii_only)?
                })
            }
            (_, [byte]) if byte.is_ascii() => Element::Character(char::from(*byte)),
            _ => return Err(COLLATION),
        };
        self.at += length + 2;
        Ok(element)
    }
}
