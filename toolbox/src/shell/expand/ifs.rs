//! `IFS`: where words are split.

use crate::shell::Shell;
use crate::shell::ast::Text;
use crate::shell::pattern::characters;
use crate::shell::symbol::Symbol;

/// The separators of words.
#[derive(Clone, Debug)]
pub enum Ifs {
    /// Blank, tab and newline.
    Default,
    /// ASCII characters: one bit for each.
    Ascii(u128),
    /// Characters with more than one byte are among them.
    Characters(Vec<Text>),
}

/// A separator that was found in a text.
pub struct Separator {
    pub start: usize,
    pub end: usize,
    /// White space: several of it are one separator.
    pub is_space: bool,
}

impl Ifs {
    pub fn of(shell: &mut Shell) -> Self {
        let Some(text) = shell.value(Symbol::IFS) else {
            return Self::Default;
        };
        Self::new(&text)
    }

    fn new(text: &[u8]) -> Self {
        if text == b" \t\n" {
            return Self::Default;
        }
        if text.is_ascii() {
            return Self::Ascii(text.iter().fold(0, |bits, byte| bits | 1 << byte));
        }
        let mut separators = Vec::new();
        let mut at = 0;
        while let Some((_, width)) = characters::at(text, at) {
            separators.push(text[at..at + width].to_vec());
            at += width;
        }
        Self::Characters(separators)
    }

    /// The first separator from a place on.
    pub fn find(&self, text: &[u8], from: usize) -> Option<Separator> {
        let rest = text.get(from..)?;
        let (start, width) = match self {
            Self::Default => (memchr::memchr3(b' ', b'\t', b'\n', rest)?, 1),
            Self::Ascii(0) => return None,
            Self::Ascii(bits) => {
                let is_separator = |byte: &u8| byte.is_ascii() && bits & 1 << byte != 0;
                (rest.iter().position(is_separator)?, 1)
            }
            Self::Characters(separators) => find_character(separators, rest)?,
        };
        let start = from + start;
        Some(Separator {
            start,
            end: start + width,
            is_space: matches!(text[start], b' ' | b'\t' | b'\n'),
        })
    }
}

fn find_character(separators: &[Text], text: &[u8]) -> Option<(usize, usize)> {
    let mut at = 0;
    loop {
        let (_, width) = characters::at(text, at)?;
        if separators
            .iter()
            .any(|separator| *separator == text[at..at + width])
        {
            return Some((at, width));
        }
        at += width;
    }
}

impl Shell {
    /// What stands between the parameters in `"$*"`: the first character of `IFS`.
    pub(in crate::shell) fn joiner(&mut self) -> Text {
        let Some(mut text) = self.value(Symbol::IFS) else {
            return b" ".to_vec();
        };
        text.truncate(characters::at(&text, 0).map_or(0, |(_, width)| width));
        text
    }
}
