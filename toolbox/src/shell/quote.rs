//! How values are shown so that a shell reads them back.

use super::ast::Text;
use crate::format::quote::ansi_c_quoted;
use crate::sys::quote::is_printable;

/// `'…'`, whatever is in it: `${x@Q}` and `trap`, when all characters can be printed.
pub fn single(text: &[u8]) -> Text {
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
    } else if !is_shown_plainly(text) {
        ansi_c_quoted(text)
    } else if has_meaning(text) {
        single(text)
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
                | b','
        )
    };
    text.iter().any(special)
        || matches!(text.first(), Some(b'#' | b'~'))
        || text.windows(2).any(|pair| matches!(pair, b":~" | b"=~"))
}
