//! `l`: a line with everything visible.

/// The line, with `\` and the line end `delimiter` where it is folded and `$` at its end. A width of 0 does not fold.
pub fn visible(text: &[u8], width: usize, delimiter: u8) -> Vec<u8> {
    let mut result = Vec::with_capacity(text.len() + 2);
    let mut column = 0;
    for &byte in text {
        let escaped: &[u8] = match byte {
            b'\\' => b"\\\\",
            7 => b"\\a",
            8 => b"\\b",
            0x0c => b"\\f",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            0x0b => b"\\v",
            b' '..=b'~' => &[byte],
            _ => &[
                b'\\',
                b'0' + (byte >> 6),
                b'0' + (byte >> 3 & 7),
                b'0' + (byte & 7),
            ],
        };
        if width > 0 && column + escaped.len() > width - 1 {
            result.extend_from_slice(&[b'\\', delimiter]);
            column = 0;
        }
        result.extend_from_slice(escaped);
        column += escaped.len();
    }
    result.push(b'$');
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_an_escape() {
        assert_eq!(
            visible(b"a\tb\\\n\x01\xff", 0, b'\n'),
            b"a\\tb\\\\\\n\\001\\377$"
        );
    }

    #[test]
    fn a_long_line_is_folded_between_characters() {
        assert_eq!(visible(b"xxxx\t\tyz", 6, b'\n'), b"xxxx\\\n\\t\\ty\\\nz$");
        assert_eq!(visible(b"ab", 3, b'\n'), b"ab$");
        assert_eq!(visible(b"ab", 1, b'\n'), b"\\\na\\\nb$");
    }
}
