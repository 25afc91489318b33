//! The order of versions, as `ls -v` and `sort -V` have it.

use std::cmp::Ordering;

/// The order of version sort: numbers by value, `~` before all, and file suffixes last.
pub fn compare(a: &[u8], b: &[u8]) -> Ordering {
    let rank = |name: &[u8]| match name {
        b"" => 0,
        b"." => 1,
        b".." => 2,
        [b'.', ..] => 3,
        _ => 4,
    };
    let by_rank = rank(a).cmp(&rank(b));
    if by_rank != Ordering::Equal || rank(a) < 3 {
        return by_rank;
    }
    version_parts(without_suffix(a), without_suffix(b)).then_with(|| version_parts(a, b))
}

/// The name without what looks like suffixes: dots followed by a letter and more letters and digits, at the end.
fn without_suffix(name: &[u8]) -> &[u8] {
    let mut end = name.len();
    loop {
        let Some(dot) = name[..end].iter().rposition(|byte| *byte == b'.') else {
            return &name[..end];
        };
        let suffix = &name[dot + 1..end];
        let begins = suffix
            .first()
            .is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'~');
        let goes_on = suffix
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'~');
        if !begins || !goes_on {
            return &name[..end];
        }
        end = dot;
    }
}

fn version_parts(mut a: &[u8], mut b: &[u8]) -> Ordering {
    while !a.is_empty() || !b.is_empty() {
        loop {
            let (left, right) = (weight(a.first()), weight(b.first()));
            if left == 0 && right == 0 {
                break;
            }
            if left != right {
                return left.cmp(&right);
            }
            (a, b) = (a.get(1..).unwrap_or(&[]), b.get(1..).unwrap_or(&[]));
        }
        let (left, right) = (number(&mut a), number(&mut b));
        let by_value = left.len().cmp(&right.len()).then_with(|| left.cmp(right));
        if by_value != Ordering::Equal {
            return by_value;
        }
    }
    Ordering::Equal
}

/// How a character sorts outside of numbers; a digit ends the text as the end of the name does.
fn weight(byte: Option<&u8>) -> i32 {
    match byte {
        None => 0,
        Some(byte) if byte.is_ascii_digit() => 0,
        Some(byte) if byte.is_ascii_alphabetic() => i32::from(*byte),
        Some(b'~') => -1,
        Some(byte) => i32::from(*byte) + 256,
    }
}

/// Takes the digits at the front, without leading zeros.
fn number<'a>(text: &mut &'a [u8]) -> &'a [u8] {
    let end = text
        .iter()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    *text = rest;
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    &digits[zeros..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_sort_counts_numbers_and_puts_suffixes_last() {
        let expected = [
            ".",
            "..",
            ".a",
            ".b.gz",
            "a~",
            "a",
            "a1",
            "a01.x",
            "a2",
            "a10",
            "a-1.tar.gz",
            "a-1.2.tar.gz",
            "a-1.10.tar.gz",
            "b",
            "b.a",
            "b_",
        ];
        let mut names = expected;
        names.reverse();
        names.sort_by(|a, b| compare(a.as_bytes(), b.as_bytes()));
        assert_eq!(names, expected);
        assert_eq!(compare(b"a1", b"a01"), Ordering::Equal);
        assert_eq!(compare(b"x10.c", b"x9.c"), Ordering::Greater);
        // All of a hidden name may be a suffix.
        assert_eq!(compare(b".b", b".~_ .a"), Ordering::Less);
        assert_eq!(compare(b"a~", b"a"), Ordering::Less);
        assert_eq!(
            compare(b"foo-1.2.tar.gz", b"foo-1.10.tar.gz"),
            Ordering::Less
        );
    }
}
