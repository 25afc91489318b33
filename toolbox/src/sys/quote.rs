//! How GNU's tools quote file names: in listings, where the style is an option, and in their messages.

use super::choice::Choices;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Literal,
    /// Quoted where a shell would need it; control characters stay as they are.
    Shell,
    ShellAlways,
    /// As `Shell`, with `$'\n'` for what cannot be printed.
    ShellEscape,
    ShellEscapeAlways,
    C,
    /// As `C`, but without quotes where nothing has to be escaped.
    CMaybe,
    Escape,
    Locale,
}

/// The words for the styles, as `--quoting-style` and `QUOTING_STYLE` take them.
pub const STYLES: &Choices<Word> = &[
    ("literal", Word(0, Style::Literal)),
    ("shell", Word(1, Style::Shell)),
    ("shell-always", Word(2, Style::ShellAlways)),
    ("shell-escape", Word(3, Style::ShellEscape)),
    ("shell-escape-always", Word(4, Style::ShellEscapeAlways)),
    ("c", Word(5, Style::C)),
    ("c-maybe", Word(6, Style::CMaybe)),
    ("escape", Word(7, Style::Escape)),
    ("locale", Word(8, Style::Locale)),
    ("clocale", Word(9, Style::Locale)),
];

/// A style by its word: `locale` and `clocale` are two words of one style here, and listed apart.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Word(u8, pub Style);

/// A style, and the characters it quotes beyond its own.
#[derive(Clone, Copy, Debug)]
pub struct Quoting {
    pub style: Style,
    /// Print `?` for what cannot be printed, where the style does not escape it.
    pub question_marks: bool,
    /// Quote spaces, as `ls -b` does.
    pub spaces: bool,
    /// Quote colons, as headings and messages do.
    pub colons: bool,
}

/// `'name'`, as messages quote a file name.
pub fn quoted(name: &[u8]) -> Vec<u8> {
    Quoting::new(Style::ShellEscapeAlways).apply(name)
}

/// The name as it is, unless a shell or a reader would take it for something else.
pub fn quoted_if_needed(name: &[u8]) -> Vec<u8> {
    let mut quoting = Quoting::new(Style::ShellEscape);
    quoting.colons = true;
    quoting.apply(name)
}

/// `‘text’`, as messages quote what is not a file name.
pub fn quoted_text(text: &[u8]) -> Vec<u8> {
    Quoting::new(Style::Locale).apply(text)
}

impl Quoting {
    pub fn new(style: Style) -> Self {
        Self {
            style,
            question_marks: false,
            spaces: false,
            colons: false,
        }
    }

    /// Whether a name of this style may begin with a quote, so that listings align the others by a space.
    pub fn may_quote(&self) -> bool {
        matches!(
            self.style,
            Style::Shell | Style::ShellEscape | Style::CMaybe
        )
    }

    pub fn apply(&self, name: &[u8]) -> Vec<u8> {
        match self.style {
            Style::Literal => self.printable(name),
            Style::Shell => self.shell(name, false, false),
            Style::ShellAlways => self.shell(name, false, true),
            Style::ShellEscape => self.shell(name, true, false),
            Style::ShellEscapeAlways => self.shell(name, true, true),
            Style::C => self.escaped(name, "\"", "\""),
            Style::CMaybe => {
                let text = self.escaped(name, "\"", "\"");
                let plain = text.len() == name.len() + 2 || !needs_c_quotes(name);
                if plain && !(self.colons && name.contains(&b':')) {
                    name.to_vec()
                } else {
                    text
                }
            }
            Style::Escape => self.escaped(name, "", ""),
            Style::Locale => self.escaped(name, "‘", "’"),
        }
    }

    /// The name with `?` for what cannot be printed, where that is asked for.
    fn printable(&self, name: &[u8]) -> Vec<u8> {
        if !self.question_marks {
            return name.to_vec();
        }
        let mut out = Vec::with_capacity(name.len());
        for piece in pieces(name) {
            match piece {
                Piece::Printable(bytes) => out.extend_from_slice(bytes),
                Piece::Other(_) => out.push(b'?'),
            }
        }
        out
    }

    fn escaped(&self, name: &[u8], open: &str, close: &str) -> Vec<u8> {
        let mut out = open.as_bytes().to_vec();
        for piece in pieces(name) {
            match piece {
                Piece::Printable(bytes) => {
                    let quoted = match bytes {
                        b"\\" => true,
                        b" " => self.spaces,
                        b":" => self.colons && self.style == Style::Escape,
                        _ => !close.is_empty() && bytes == close.as_bytes(),
                    };
                    if quoted {
                        out.push(b'\\');
                    }
                    out.extend_from_slice(bytes);
                }
                Piece::Other(bytes) => bytes.iter().for_each(|byte| escape(*byte, &mut out)),
            }
        }
        out.extend_from_slice(close.as_bytes());
        out
    }

    fn shell(&self, name: &[u8], escapes: bool, always: bool) -> Vec<u8> {
        let special = |piece: &Piece| match piece {
            Piece::Printable(bytes) => bytes.first().is_some_and(|byte| is_special(*byte)),
            Piece::Other(bytes) => escapes || matches!(*bytes, b"\n" | b"\t"),
        };
        let needed = always
            || match name {
                b"" | b"{" | b"}" => true,
                [b'#' | b'~', ..] => true,
                _ => (self.colons && name.contains(&b':')) || pieces(name).any(|p| special(&p)),
            };
        if !needed {
            return self.printable(name);
        }
        let mut out = Vec::with_capacity(name.len() + 2);
        if name.contains(&b'\'')
            && pieces(name).all(|piece| plain_in_double_quotes(&piece, escapes))
        {
            out.push(b'"');
            out.extend(self.printable(name));
            out.push(b'"');
            return out;
        }
        out.push(b'\'');
        let mut in_escape = false;
        for piece in pieces(name) {
            match piece {
                Piece::Other(bytes) if escapes => {
                    if !in_escape {
                        out.extend_from_slice(b"'$'");
                    }
                    in_escape = true;
                    bytes.iter().for_each(|byte| escape(*byte, &mut out));
                }
                Piece::Other(_) if self.question_marks => out.push(b'?'),
                // A quote closes whatever string is open, so it ends an escape by itself.
                Piece::Printable(b"'") => {
                    in_escape = false;
                    out.extend_from_slice(b"'\\''");
                }
                Piece::Printable(bytes) | Piece::Other(bytes) => {
                    if in_escape {
                        out.extend_from_slice(b"''");
                    }
                    in_escape = false;
                    out.extend_from_slice(bytes);
                }
            }
        }
        out.push(b'\'');
        out
    }
}

fn needs_c_quotes(name: &[u8]) -> bool {
    pieces(name).any(|piece| matches!(piece, Piece::Other(_) | Piece::Printable(b"\"")))
}

/// A character that can be printed, or the bytes of one that cannot.
enum Piece<'a> {
    Printable(&'a [u8]),
    Other(&'a [u8]),
}

/// The characters of a name. A byte that belongs to none stands alone; a character cut short at the end is one piece.
fn pieces(name: &[u8]) -> impl Iterator<Item = Piece<'_>> {
    name.utf8_chunks().flat_map(|chunk| {
        let valid = chunk.valid();
        let characters = valid.char_indices().map(move |(at, character)| {
            let bytes = &valid.as_bytes()[at..at + character.len_utf8()];
            if is_printable(character) {
                Piece::Printable(bytes)
            } else {
                Piece::Other(bytes)
            }
        });
        let invalid = chunk.invalid();
        characters.chain((!invalid.is_empty()).then_some(Piece::Other(invalid)))
    })
}

/// Whether glibc's C.UTF-8 calls the character printable.
pub fn is_printable(character: char) -> bool {
    if character.is_ascii() {
        return !character.is_ascii_control();
    }
    match character {
        '\u{80}'..='\u{9f}' | '\u{2028}' | '\u{2029}' => false,
        '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{ffffd}' | '\u{100000}'..='\u{10fffd}' => true,
        // Formatting characters print, as nothing; so do marks, on what precedes them.
        _ => unicode_width::UnicodeWidthChar::width(character).is_some() && is_assigned(character),
    }
}

/// Whether the character is assigned, as far as std's tables tell: its debug form keeps what can be shown.
fn is_assigned(character: char) -> bool {
    if unicode_width::UnicodeWidthChar::width(character) == Some(0) {
        return true;
    }
    character.is_whitespace() || character.escape_debug().len() == 1
}

/// Whether a shell takes the byte for more than itself.
fn is_special(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'!'
            | b'"'
            | b'$'
            | b'&'
            | b'\''
            | b'('
            | b')'
            | b'*'
            | b';'
            | b'<'
            | b'='
            | b'>'
            | b'?'
            | b'['
            | b'\\'
            | b'^'
            | b'`'
            | b'|'
    )
}

/// Whether the piece means itself between double quotes and GNU's quoting thinks so too.
fn plain_in_double_quotes(piece: &Piece, escapes: bool) -> bool {
    match piece {
        Piece::Printable(b" " | b"'") => true,
        Piece::Printable(bytes) => bytes
            .first()
            .is_some_and(|byte| !is_special(*byte) && !matches!(byte, b'#' | b'~' | b'{' | b'}')),
        Piece::Other(bytes) => !escapes && !matches!(*bytes, b"\n" | b"\t"),
    }
}

fn escape(byte: u8, out: &mut Vec<u8>) {
    let letter = match byte {
        0x07 => b'a',
        0x08 => b'b',
        b'\t' => b't',
        b'\n' => b'n',
        0x0b => b'v',
        0x0c => b'f',
        b'\r' => b'r',
        _ => {
            out.extend_from_slice(format!("\\{byte:03o}").as_bytes());
            return;
        }
    };
    out.extend_from_slice(&[b'\\', letter]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn styled(style: Style, name: &str) -> String {
        let quoted = Quoting::new(style).apply(name.as_bytes());
        String::from_utf8(quoted).expect("the name is UTF-8")
    }

    #[test]
    fn a_message_quotes_a_name_as_a_shell_would_take_it() {
        assert_eq!(quoted(b"nope"), b"'nope'");
        assert_eq!(quoted(b"it's"), b"\"it's\"");
        assert_eq!(quoted(b"no'\"pe"), b"'no'\\''\"pe'");
        assert_eq!(quoted(b"n\nl"), b"'n'$'\\n''l'");
        assert_eq!(quoted(b"\n'"), b"''$'\\n'\\'''");
        assert_eq!(quoted(b"\x01\x7f\xff"), b"''$'\\001\\177\\377'");
    }

    #[test]
    fn a_name_is_left_alone_where_it_needs_no_quotes() {
        assert_eq!(quoted_if_needed(b"dir/name.txt"), b"dir/name.txt");
        assert_eq!(quoted_if_needed(b"a b"), b"'a b'");
        assert_eq!(quoted_if_needed(b"a:b"), b"'a:b'");
        assert_eq!(quoted_if_needed(b""), b"''");
        assert_eq!(quoted_if_needed(b"~x"), b"'~x'");
        assert_eq!(quoted_if_needed(b"x~"), b"x~");
    }

    #[test]
    fn the_styles_differ_in_quotes_and_escapes() {
        assert_eq!(styled(Style::Literal, "n\nl"), "n\nl");
        assert_eq!(styled(Style::Shell, "n\nl"), "'n\nl'");
        assert_eq!(styled(Style::C, "d\"q\n"), "\"d\\\"q\\n\"");
        assert_eq!(styled(Style::CMaybe, "a b"), "a b");
        assert_eq!(styled(Style::CMaybe, "a\tb"), "\"a\\tb\"");
        assert_eq!(
            styled(Style::Escape, "a\\b\u{2028}"),
            "a\\\\b\\342\\200\\250"
        );
        assert_eq!(styled(Style::Locale, "é's"), "‘é's’");
    }

    #[test]
    fn question_marks_stand_for_what_cannot_be_printed() {
        let mut quoting = Quoting::new(Style::Literal);
        quoting.question_marks = true;
        assert_eq!(quoting.apply(b"a\n\xc3x\xe2\x82"), b"a??x?");
    }
}
