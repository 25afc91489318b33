//! How values are shown so that a shell reads them back.

use super::ast::Text;
use crate::format::quote::ansi_c_quoted;
use crate::sys::quote::is_printable;

/// `'…'`, whatever is in it: `${x@Q}` and `trap`, when all characters can be printed.
pub fn single(text: &[u8]) -> Text {
    if text == b"'" {
        return b"\\'".to_vec();
    }
    let mut quoted = vec![b'\''];
    for byte in text {
        match byte {
            b'\'' => quoted.extend_from_slice(b"'\\''"),
            _ => quoted.push(*byte),
        }
    }
    quoted.push(b'\'');
    quoted
}

/// `${x@Q}`
pub fn for_reuse(text: &[u8]) -> Text {
    match is_shown_plainly(text) {
        true => single(text),
        false => ansi_c_quoted(text),
    }
}

/// As `declare -p` shows a value.
pub fn double(text: &[u8]) -> Text {
    if !is_shown_plainly(text) {
        return ansi_c_quoted(text);
    }
    let mut quoted = vec![b'"'];
    for byte in text {
        if matches!(byte, b'"' | b'$' | b'`' | b'\\') {
            quoted.push(b'\\');
        }
        quoted.push(*byte);
    }
    quoted.push(b'"');
    quoted
}

/// As `set -x` shows a word: with quotes only where they are needed.
pub fn for_trace(text: &[u8]) -> Text {
    if text.is_empty() {
        b"''".to_vec()
    } else if has_meaning(text) {
        single(text)
    } else {
        for_message(text)
    }
}

/// As a message shows a name.
pub fn for_message(text: &[u8]) -> Text {
    match is_shown_plainly(text) {
        true => text.to_vec(),
        false => ansi_c_quoted(text),
    }
}

/// As `set` shows a value.
pub fn for_set(text: &[u8]) -> Text {
    match text.is_empty() {
        true => Text::new(),
        false if !is_shown_plainly(text) => ansi_c_quoted(text),
        false => for_trace(text),
    }
}

/// As a key of an associative array is shown between its brackets.
pub fn key(text: &[u8]) -> Text {
    if !is_shown_plainly(text) {
        ansi_c_quoted(text)
    } else if text.is_empty() || text == b"@" || has_meaning(text) {
        double(text)
    } else {
        text.to_vec()
    }
}

/// Whether all characters can be printed.
fn is_shown_plainly(text: &[u8]) -> bool {
    if text.is_ascii() {
        return text.iter().all(|byte| matches!(byte, b' '..=b'~'));
    }
    text.utf8_chunks()
        .all(|chunk| chunk.invalid().is_empty() && chunk.valid().chars().all(is_printable))
}

/// Whether a shell would see more in the text than its characters.
fn has_meaning(text: &[u8]) -> bool {
    let special = |byte: &u8| {
        matches!(
            byte,
            b' ' | b'\t'
                | b'\n'
                | b'\''
                | b'"'
                | b'\\'
                | b'|'
                | b'&'
                | b';'
                | b'('
                | b')'
                | b'<'
                | b'>'
                | b'!'
                | b'{'
                | b'}'
                | b'*'
                | b'['
                | b'?'
                | b']'
                | b'^'
                | b'$'
                | b'`'
        )
    };
    text.iter().any(special)
        || matches!(text.first(), Some(b'#' | b'~'))
        || text.windows(2).any(|pair| matches!(pair, b":~" | b"=~"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(style: fn(&[u8]) -> Text, text: &str) -> String {
        String::from_utf8(style(text.as_bytes())).expect("text")
    }

    #[test]
    fn quotes_stand_where_they_are_needed() {
        assert_eq!(shown(for_set, "a=b,c-+%@#~"), "a=b,c-+%@#~");
        assert_eq!(shown(for_set, ""), "");
        assert_eq!(shown(for_trace, ""), "''");
        assert_eq!(shown(for_set, "it's"), "'it'\\''s'");
        assert_eq!(shown(for_set, "#"), "'#'");
        assert_eq!(shown(for_set, "a:~"), "'a:~'");
        assert_eq!(shown(for_set, "a\tb"), "$'a\\tb'");
    }

    #[test]
    fn double_quotes_leave_three_meanings() {
        assert_eq!(shown(double, "a\"$`\\!'"), "\"a\\\"\\$\\`\\\\!'\"");
        assert_eq!(shown(double, "\n"), "$'\\n'");
        assert_eq!(shown(single, "a\n'"), "'a\n'\\'''");
    }

    #[test]
    fn keys_have_quotes_where_they_are_needed() {
        assert_eq!(shown(key, "k-=é"), "k-=é");
        assert_eq!(shown(key, "x$y"), "\"x\\$y\"");
        assert_eq!(shown(key, "@"), "\"@\"");
        assert_eq!(shown(key, "\n"), "$'\\n'");
    }
}
