//! Bracket expressions: `[a-z]`, `[!x]`, `[[:digit:]]`.

use super::characters::{self, Character};

/// A set of characters.
#[derive(Clone, Debug)]
pub struct Set {
    negated: bool,
    ignore_case: bool,
    items: Vec<Item>,
    /// The answers for ASCII characters.
    ascii: u128,
}

#[derive(Clone, Debug)]
enum Item {
    One(Character),
    Range(Character, Character),
    Class(Class),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Alnum,
    Alpha,
    Ascii,
    Blank,
    Cntrl,
    Digit,
    Graph,
    Lower,
    Print,
    Punct,
    Space,
    Upper,
    Word,
    Xdigit,
}

const CLASSES: &[(&[u8], Class)] = &[
    (b"alnum", Class::Alnum),
    (b"alpha", Class::Alpha),
    (b"ascii", Class::Ascii),
    (b"blank", Class::Blank),
    (b"cntrl", Class::Cntrl),
    (b"digit", Class::Digit),
    (b"graph", Class::Graph),
    (b"lower", Class::Lower),
    (b"print", Class::Print),
    (b"punct", Class::Punct),
    (b"space", Class::Space),
    (b"upper", Class::Upper),
    (b"word", Class::Word),
    (b"xdigit", Class::Xdigit),
];

impl Class {
    fn holds(self, character: Character) -> bool {
        let Some(character) = character.to_char() else {
            return false;
        };
        let printable = || !character.is_control();
        match self {
            Self::Alnum => character.is_alphanumeric(),
            Self::Alpha => {
                character.is_alphabetic() || !character.is_ascii() && character.is_numeric()
            }
            Self::Ascii => character.is_ascii(),
            Self::Blank => matches!(character, ' ' | '\t'),
            Self::Cntrl => character.is_control(),
            Self::Digit => character.is_ascii_digit(),
            Self::Graph => printable() && !character.is_whitespace(),
            Self::Lower => character.is_lowercase(),
            Self::Print => printable(),
            Self::Punct => {
                printable() && !character.is_whitespace() && !character.is_alphanumeric()
            }
            Self::Space => character.is_whitespace(),
            Self::Upper => character.is_uppercase(),
            Self::Word => character.is_alphanumeric() || character == '_',
            Self::Xdigit => character.is_ascii_hexdigit(),
        }
    }
}

impl Set {
    /// Reads what follows a `[`. Gives the set and the number of bytes with the `]`; none when there is no `]`.
    pub fn parse(source: &[u8], ignore_case: bool) -> Option<(Self, usize)> {
        let mut at = 0;
        let negated = matches!(source.first(), Some(b'!' | b'^'));
        if negated {
            at += 1;
        }
        let mut items = Vec::new();
        let first = at;
        loop {
            if source.get(at)? == &b']' && at > first {
                at += 1;
                break;
            }
            if source[at] == b'['
                && source.get(at + 1) == Some(&b':')
                && let Some((class, end)) = class(source, at + 2)
            {
                // A class that is not known holds no character.
                items.extend(class.map(Item::Class));
                at = end;
                continue;
            }
            let (low, end) = element(source, at)?;
            at = end;
            let is_range = source.get(at) == Some(&b'-')
                && source.get(at + 1).is_some_and(|&next| next != b']');
            if is_range {
                let (high, end) = element(source, at + 1)?;
                at = end;
                items.push(Item::Range(low, high));
            } else {
                items.push(Item::One(low));
            }
        }
        let mut set = Self {
            negated,
            ignore_case,
            items,
            ascii: 0,
        };
        for byte in 0..128_u8 {
            if set.look(Character::from_byte(byte)) {
                set.ascii |= 1 << byte;
            }
        }
        Some((set, at))
    }

    /// Whether the set has an ASCII character.
    pub fn has_byte(&self, byte: u8) -> bool {
        byte.is_ascii() && self.ascii & 1 << byte != 0
    }

    pub fn has(&self, character: Character) -> bool {
        match character.to_char() {
            Some(ascii) if ascii.is_ascii() => self.ascii & 1 << ascii as u32 != 0,
            _ => self.look(character),
        }
    }

    fn look(&self, character: Character) -> bool {
        let is_in = self.lists(character)
            || self.ignore_case
                && (self.lists(character.lowercase()) || self.lists(character.uppercase()));
        is_in != self.negated
    }

    fn lists(&self, character: Character) -> bool {
        self.items.iter().any(|item| match *item {
            Item::One(one) => one == character,
            Item::Range(low, high) => low <= character && character <= high,
            Item::Class(class) => class.holds(character),
        })
    }
}

/// What `[:name:]` means, from the name on, and where it ends.
fn class(source: &[u8], start: usize) -> Option<(Option<Class>, usize)> {
    let rest = &source[start..];
    let end = rest.windows(2).position(|pair| pair == b":]")?;
    let name = &rest[..end];
    if !name.iter().all(u8::is_ascii_alphabetic) {
        return None;
    }
    let class = CLASSES.iter().find(|(known, _)| *known == name);
    Some((class.map(|(_, class)| *class), start + end + 2))
}

/// One character of the list: as it is, behind a backslash, or as `[=c=]` and `[.c.]`; and where it ends.
fn element(source: &[u8], start: usize) -> Option<(Character, usize)> {
    let (character, width) = characters::at(source, start)?;
    let end = start + width;
    if character.is(b'\\') {
        let (escaped, width) = characters::at(source, end)?;
        return Some((escaped, end + width));
    }
    if character.is(b'[')
        && let Some(&mark @ (b'=' | b'.')) = source.get(end)
        && let Some((inner, width)) = characters::at(source, end + 1)
        && source.get(end + 1 + width..end + 3 + width) == Some(&[mark, b']'])
    {
        return Some((inner, end + 3 + width));
    }
    Some((character, end))
}
