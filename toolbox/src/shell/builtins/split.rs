//! How `read` takes a line apart: by the characters of IFS (POSIX, "Field Splitting").

use super::read::Line;

/// The characters of IFS.
pub struct Separators {
    kinds: [Kind; 256],
    /// Those of more than one byte.
    wide: Vec<Vec<u8>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    /// A separator, of which several count as one.
    Blank,
    Separator,
}

impl Separators {
    pub fn new(ifs: &[u8]) -> Self {
        let mut separators = Self {
            kinds: [Kind::Text; 256],
            wide: Vec::new(),
        };
        for chunk in ifs.utf8_chunks() {
            for character in chunk.valid().chars() {
                if character.is_ascii() {
                    let is_blank = matches!(character, ' ' | '\t' | '\n');
                    let kind = if is_blank {
                        Kind::Blank
                    } else {
                        Kind::Separator
                    };
                    separators.kinds[character as usize] = kind;
                } else {
                    separators.wide.push(character.to_string().into_bytes());
                }
            }
            for byte in chunk.invalid() {
                separators.kinds[usize::from(*byte)] = Kind::Separator;
            }
        }
        separators
    }

    pub fn fields<'a>(&'a self, line: &'a Line) -> Fields<'a> {
        let mut fields = Fields {
            separators: self,
            text: &line.text,
            escaped: &line.escaped,
            at: 0,
        };
        fields.at = fields.past_blanks(0);
        fields
    }
}

/// The fields of a line, one after another.
pub struct Fields<'a> {
    separators: &'a Separators,
    text: &'a [u8],
    escaped: &'a [usize],
    at: usize,
}

impl<'a> Fields<'a> {
    /// What stands at a place, and its length.
    fn kind(&self, at: usize) -> (Kind, usize) {
        let Some(byte) = self.text.get(at) else {
            return (Kind::Text, 1);
        };
        let mut kind = (self.separators.kinds[usize::from(*byte)], 1);
        if *byte >= 0x80 {
            let rest = &self.text[at..];
            let mut wide = self.separators.wide.iter();
            if let Some(found) = wide.find(|wide| rest.starts_with(wide)) {
                kind = (Kind::Separator, found.len());
            }
        }
        if kind.0 != Kind::Text && self.escaped.binary_search(&at).is_ok() {
            return (Kind::Text, 1);
        }
        kind
    }

    fn past_blanks(&self, mut at: usize) -> usize {
        while at < self.text.len() && self.kind(at).0 == Kind::Blank {
            at += 1;
        }
        at
    }

    /// Where the field that begins at a place ends.
    fn end_of_field(&self, mut at: usize) -> usize {
        while at < self.text.len() && self.kind(at).0 == Kind::Text {
            at += 1;
        }
        at
    }

    /// Where the next field begins.
    fn past_separator(&self, at: usize) -> usize {
        let at = self.past_blanks(at);
        match self.kind(at) {
            (Kind::Separator, length) => self.past_blanks(at + length),
            _ => at,
        }
    }

    /// All that is left, without blanks at its end; of a single field, also without the separator behind it.
    pub fn rest(&self) -> &'a [u8] {
        let end = self.end_of_field(self.at);
        if self.past_separator(end) == self.text.len() {
            return &self.text[self.at..end];
        }
        let mut end = self.text.len();
        while end > self.at && self.kind(end - 1).0 == Kind::Blank {
            end -= 1;
        }
        &self.text[self.at..end]
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.at >= self.text.len() {
            return None;
        }
        let start = self.at;
        let end = self.end_of_field(start);
        self.at = self.past_separator(end);
        Some(&self.text[start..end])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Line {
        Line {
            text: text.into(),
            escaped: Vec::new(),
        }
    }

    fn split(ifs: &str, text: &str, count: usize) -> Vec<String> {
        let separators = Separators::new(ifs.as_bytes());
        let line = line(text);
        let mut fields = separators.fields(&line);
        let shown = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
        let mut all: Vec<_> = (1..count)
            .map(|_| shown(fields.next().unwrap_or_default()))
            .collect();
        all.push(shown(fields.rest()));
        all
    }

    #[test]
    fn blanks_join_and_others_count() {
        assert_eq!(split(" \t\n", "  1  2 3  4  ", 3), ["1", "2", "3  4"]);
        assert_eq!(split(":", "1::2:3:4:", 3), ["1", "", "2:3:4:"]);
        assert_eq!(split(" :", " 1 : 2 :3 : ", 3), ["1", "2", "3"]);
        assert_eq!(split(": ", "1: :2", 2), ["1", ":2"]);
    }

    #[test]
    fn one_separator_ends_the_last_field() {
        assert_eq!(split(":", "1:2:", 2), ["1", "2"]);
        assert_eq!(split(":", "1:2::", 2), ["1", "2::"]);
        assert_eq!(split(":", "1::", 2), ["1", ""]);
        assert_eq!(split(":", "::", 1), ["::"]);
        assert_eq!(split(":", ":", 1), [""]);
        assert_eq!(split("", " x y ", 2), [" x y ", ""]);
    }

    #[test]
    fn separators_may_be_wide() {
        assert_eq!(split("é", "1é2é3", 2), ["1", "2é3"]);
    }

    #[test]
    fn what_had_a_backslash_separates_nothing() {
        let separators = Separators::new(b" ");
        let line = Line {
            text: b"a b  ".to_vec(),
            escaped: vec![1, 4],
        };
        let mut fields = separators.fields(&line);
        assert_eq!(fields.next(), Some(&b"a b"[..]));
        assert_eq!(fields.next(), Some(&b" "[..]));
        assert_eq!(separators.fields(&line).rest(), b"a b  ");
    }
}
