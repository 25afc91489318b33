//! Characters that are written as escapes in a script: `\t`, `\x41`, `\cA`.

/// An escape that GNU sed refuses.
pub const RECURSIVE: &str = "recursive escaping after \\c not allowed";

/// The byte that the escape at the start of `text`, after its backslash, stands for, and its length without that.
pub fn read(text: &[u8]) -> Result<Option<(u8, usize)>, &'static str> {
    let (kind, rest) = match text {
        [kind, rest @ ..] => (*kind, rest),
        [] => return Ok(None),
    };
    let plain = |byte| Ok(Some((byte, 1)));
    match kind {
        b'a' => plain(7),
        b'f' => plain(0x0c),
        b'r' => plain(b'\r'),
        b't' => plain(b'\t'),
        b'v' => plain(0x0b),
        b'c' => control(rest),
        b'd' => Ok(number(rest, 10, 3)),
        b'o' => Ok(number(rest, 8, 3)),
        b'x' => Ok(number(rest, 16, 2)),
        _ => Ok(None),
    }
}

fn control(rest: &[u8]) -> Result<Option<(u8, usize)>, &'static str> {
    match rest {
        // GNU leaves a backslash of it.
        [] => Ok(Some((b'\\', 1))),
        [b'\\', b'\\', ..] => Ok(Some((b'\\' ^ 0x40, 3))),
        [b'\\', ..] => Err(RECURSIVE),
        [letter, ..] => Ok(Some((letter.to_ascii_uppercase() ^ 0x40, 2))),
    }
}

fn number(rest: &[u8], base: u32, most: usize) -> Option<(u8, usize)> {
    let digit = |byte: &u8| char::from(*byte).to_digit(base);
    let digits: Vec<u32> = rest.iter().take(most).map_while(digit).collect();
    if digits.is_empty() {
        return None;
    }
    let value = digits.iter().fold(0, |sum, digit| sum * base + digit);
    // What is too large wraps around.
    Some(((value & 0xff) as u8, 1 + digits.len()))
}

/// A text with its escapes replaced and all other backslashes as they are.
pub fn replaced(text: &[u8]) -> Result<Vec<u8>, &'static str> {
    let mut result = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first != b'\\' {
            result.push(first);
        } else if let Some((byte, length)) = read(after)? {
            result.push(byte);
            rest = after.get(length..).unwrap_or_default();
        } else {
            result.push(first);
            if let Some((&next, after)) = after.split_first() {
                result.push(next);
                rest = after;
            }
        }
    }
    Ok(result)
}

/// A text with its escapes replaced and all other backslashes left out: what `a`, `i` and `c` print.
pub fn text(text: &[u8]) -> Result<Vec<u8>, &'static str> {
    let mut result = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first != b'\\' {
            result.push(first);
        } else if let Some((byte, length)) = read(after)? {
            result.push(byte);
            rest = after.get(length..).unwrap_or_default();
        } else if let Some((&next, after)) = after.split_first() {
            result.push(if next == b'n' { b'\n' } else { next });
            rest = after;
        }
    }
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_stand_for_bytes() {
        let all = |escaped: &str| replaced(escaped.as_bytes());
        assert_eq!(
            all("a\\tb\\x41\\o101\\d065\\cA"),
            Ok(b"a\tbAAA\x01".to_vec())
        );
        assert_eq!(all("\\x414\\d2561"), Ok(b"A4\x001".to_vec()));
        assert_eq!(all("\\c\\\\"), Ok(b"\x1c".to_vec()));
        assert_eq!(all("\\c\\d"), Err(RECURSIVE));
    }

    #[test]
    fn what_is_no_escape_keeps_its_backslash_in_a_pattern_and_loses_it_in_a_text() {
        assert_eq!(
            replaced(b"\\\\t\\.\\xg\\n"),
            Ok(b"\\\\t\\.\\xg\\n".to_vec())
        );
        assert_eq!(text(b"\\\\t\\.\\xg\\ty"), Ok(b"\\t.xg\ty".to_vec()));
    }
}
