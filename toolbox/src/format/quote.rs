//! `%q` of bash: a word that bash reads back as the same text.

use crate::sys::quote::is_printable;

/// The text with backslashes, or as `$'…'` where it has what cannot be printed.
pub fn bash_quoted(text: &[u8]) -> Vec<u8> {
    if text.is_empty() {
        return b"''".to_vec();
    }
    if text.utf8_chunks().any(|chunk| {
        !chunk.invalid().is_empty()
            || chunk
                .valid()
                .chars()
                .any(|character| !is_printable(character))
    }) {
        return ansi_c_quoted(text);
    }
    let mut out = Vec::with_capacity(text.len() + 8);
    let mut before = None;
    for byte in text {
        if needs_backslash(*byte, before) {
            out.push(b'\\');
        }
        out.push(*byte);
        before = Some(*byte);
    }
    out
}

fn needs_backslash(byte: u8, before: Option<u8>) -> bool {
    match byte {
        b' ' | b'!' | b'"' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b',' | b';' | b'<'
        | b'>' | b'?' | b'[' | b'\\' | b']' | b'^' | b'`' | b'{' | b'|' | b'}' => true,
        b'#' => before.is_none(),
        // A tilde is a home directory at the start of a word or of a value.
        b'~' => matches!(before, None | Some(b'=' | b':')),
        _ => false,
    }
}

/// `$'…'`: every text can be written so.
pub fn ansi_c_quoted(text: &[u8]) -> Vec<u8> {
    let mut out = b"$'".to_vec();
    for chunk in text.utf8_chunks() {
        for character in chunk.valid().chars() {
            let mut buffer = [0; 4];
            let bytes = character.encode_utf8(&mut buffer).as_bytes();
            match character {
                '\\' | '\'' => out.extend([b'\\', bytes[0]]),
                _ if is_printable(character) => out.extend_from_slice(bytes),
                _ => bytes.iter().for_each(|byte| put_escaped(*byte, &mut out)),
            }
        }
        chunk
            .invalid()
            .iter()
            .for_each(|byte| put_escaped(*byte, &mut out));
    }
    out.push(b'\'');
    out
}

fn put_escaped(byte: u8, out: &mut Vec<u8>) {
    let letter = match byte {
        0x07 => b'a',
        0x08 => b'b',
        0x09 => b't',
        0x0a => b'n',
        0x0b => b'v',
        0x0c => b'f',
        0x0d => b'r',
        0x1b => b'E',
        _ => {
            out.extend_from_slice(format!("\\{byte:03o}").as_bytes());
            return;
        }
    };
    out.extend([b'\\', letter]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(text: &str) -> String {
        String::from_utf8(bash_quoted(text.as_bytes())).expect("text")
    }

    #[test]
    fn what_bash_would_read_gets_a_backslash() {
        assert_eq!(quoted("a b"), "a\\ b");
        assert_eq!(quoted("it's"), "it\\'s");
        assert_eq!(quoted("#a#"), "\\#a#");
        assert_eq!(quoted("~a~=~b"), "\\~a~=\\~b");
        assert_eq!(quoted("{a,b}"), "\\{a\\,b\\}");
        assert_eq!(quoted("é/x.-_%+@=:"), "é/x.-_%+@=:");
        assert_eq!(quoted(""), "''");
    }

    #[test]
    fn what_cannot_be_printed_is_escaped() {
        assert_eq!(quoted("a\nb'\\"), "$'a\\nb\\'\\\\'");
        assert_eq!(bash_quoted(b"\x01\x1b\xff x"), b"$'\\001\\E\\377 x'");
    }
}
