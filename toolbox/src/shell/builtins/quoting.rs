//! How values are shown so that a shell reads them back.

use crate::format::quote::ansi_c_quoted;
use crate::sys::quote::is_printable;

/// As `set` shows a value: with quotes only where they are needed.
pub fn reusable(text: &[u8], out: &mut Vec<u8>) {
    if !is_shown_plainly(text) {
        out.extend(ansi_c_quoted(text));
    } else if has_meaning(text) {
        single_quoted(text, out);
    } else {
        out.extend_from_slice(text);
    }
}

/// As `declare -p` shows a value.
pub fn double_quoted(text: &[u8], out: &mut Vec<u8>) {
    if !is_shown_plainly(text) {
        out.extend(ansi_c_quoted(text));
        return;
    }
    out.push(b'"');
    for byte in text {
        if matches!(byte, b'"' | b'$' | b'`' | b'\\') {
            out.push(b'\\');
        }
        out.push(*byte);
    }
    out.push(b'"');
}

/// `'…'`, whatever is in it.
pub fn single_quoted(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'\'');
    for byte in text {
        match byte {
            b'\'' => out.extend_from_slice(b"'\\''"),
            _ => out.push(*byte),
        }
    }
    out.push(b'\'');
}

/// Whether all characters can be printed.
pub fn is_shown_plainly(text: &[u8]) -> bool {
    if text.is_ascii() {
        return text.iter().all(|byte| matches!(byte, b' '..=b'~'));
    }
    text.utf8_chunks()
        .all(|chunk| chunk.invalid().is_empty() && chunk.valid().chars().all(is_printable))
}

/// Whether a shell would see more in the text than its characters.
fn has_meaning(text: &[u8]) -> bool {
    let mut before = None;
    text.iter().any(|byte| {
        let before = before.replace(*byte);
        match byte {
            b' ' | b'!' | b'"' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b';' | b'<' | b'>'
            | b'?' | b'[' | b'\\' | b']' | b'^' | b'`' | b'{' | b'|' | b'}' => true,
            b'#' => before.is_none(),
            b'~' => matches!(before, None | Some(b'=' | b':')),
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(style: fn(&[u8], &mut Vec<u8>), text: &str) -> String {
        let mut out = Vec::new();
        style(text.as_bytes(), &mut out);
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn quotes_stand_where_they_are_needed() {
        assert_eq!(shown(reusable, "a=b,c-+%@#~"), "a=b,c-+%@#~");
        assert_eq!(shown(reusable, ""), "");
        assert_eq!(shown(reusable, "it's"), "'it'\\''s'");
        assert_eq!(shown(reusable, "#"), "'#'");
        assert_eq!(shown(reusable, "a:~"), "'a:~'");
        assert_eq!(shown(reusable, "a\tb"), "$'a\\tb'");
    }

    #[test]
    fn double_quotes_leave_three_meanings() {
        assert_eq!(shown(double_quoted, "a\"$`\\!'"), "\"a\\\"\\$\\`\\\\!'\"");
        assert_eq!(shown(double_quoted, "\n"), "$'\\n'");
        assert_eq!(shown(single_quoted, "a\n'"), "'a\n'\\'''");
    }
}
