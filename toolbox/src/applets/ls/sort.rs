//! The orders a directory is listed in.

use std::cmp::Ordering;

use super::entry::Entry;
use super::options::{Config, Sort};
use crate::sys::FileKind;

/// Sorts entries as the options ask. Names decide between equals; `-r` turns all but the grouping around.
pub fn sort(entries: &mut [Entry], config: &Config) {
    let directories_first =
        |a: &Entry, b: &Entry| b.stands_for_directory().cmp(&a.stands_for_directory());
    if config.sort == Sort::None {
        return;
    }
    entries.sort_by(|a, b| {
        let grouping = match config.directories_first {
            true => directories_first(a, b),
            false => Ordering::Equal,
        };
        grouping.then_with(|| match config.reverse {
            true => order(b, a, config),
            false => order(a, b, config),
        })
    });
}

fn order(a: &Entry, b: &Entry, config: &Config) -> Ordering {
    let first = match config.sort {
        Sort::None | Sort::Name => Ordering::Equal,
        Sort::Size => size(b).cmp(&size(a)),
        Sort::Time => {
            let time = |entry: &Entry| entry.stat.as_ref().and_then(|stat| config.time.of(stat));
            time(b).cmp(&time(a))
        }
        Sort::Extension => extension(&a.name).cmp(extension(&b.name)),
        Sort::Version => version(&a.name, &b.name),
        Sort::Width => a.width.cmp(&b.width),
    };
    first.then_with(|| a.name.cmp(&b.name))
}

fn size(entry: &Entry) -> u64 {
    entry.stat.as_ref().map_or(0, |stat| stat.size)
}

fn extension(name: &[u8]) -> &[u8] {
    let dot = name.iter().rposition(|byte| *byte == b'.');
    dot.map_or(&[], |at| &name[at..])
}

impl Entry {
    /// Whether it is a directory, or a symbolic link that leads to one.
    fn stands_for_directory(&self) -> bool {
        self.kind == FileKind::Directory
            || self.target_mode.map(FileKind::of_mode) == Some(FileKind::Directory)
    }
}

/// The order of version sort: numbers by value, `~` before all, and file suffixes last.
fn version(a: &[u8], b: &[u8]) -> Ordering {
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
        // The dot of a hidden file does not begin a suffix.
        if dot == 0 || !begins || !goes_on {
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
        names.sort_by(|a, b| version(a.as_bytes(), b.as_bytes()));
        assert_eq!(names, expected);
        assert_eq!(version(b"a1", b"a01"), Ordering::Equal);
        assert_eq!(version(b"x10.c", b"x9.c"), Ordering::Greater);
        assert_eq!(version(b"a~", b"a"), Ordering::Less);
        assert_eq!(
            version(b"foo-1.2.tar.gz", b"foo-1.10.tar.gz"),
            Ordering::Less
        );
    }
}
