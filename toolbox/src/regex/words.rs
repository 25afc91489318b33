//! Characters of a text around a place in it: words, what comes before, the same text again.

use super::ast::{self, Assert, ClassUnicode};
use super::posix::character;

/// The character before `at` (`None` inside when it is not UTF-8) and where it starts.
pub fn before(line: &[u8], at: usize) -> Option<(Option<char>, usize)> {
    let head = line.get(..at)?;
    for length in 1..=head.len().min(4) {
        let start = at - length;
        if let Some((Ok(letter), width)) = character(head.get(start..)?)
            && width == length
        {
            return Some((Some(letter), start));
        }
    }
    Some((None, at.checked_sub(1)?))
}

/// Whether an assertion is true at a place. `word` is what words are made of, `terminator` ends a line.
pub fn holds(assert: Assert, line: &[u8], at: usize, word: &ClassUnicode, terminator: u8) -> bool {
    let word_before = || {
        before(line, at)
            .and_then(|(letter, _)| letter)
            .is_some_and(|letter| ast::contains(word, letter))
    };
    let word_after = || match character(line.get(at..).unwrap_or_default()) {
        Some((Ok(letter), _)) => ast::contains(word, letter),
        _ => false,
    };
    match assert {
        Assert::TextStart => at == 0,
        Assert::TextEnd => at == line.len(),
        Assert::LineStart => {
            at == 0 || at.checked_sub(1).and_then(|at| line.get(at)) == Some(&terminator)
        }
        Assert::LineEnd => line.get(at).is_none_or(|byte| *byte == terminator),
        Assert::Boundary => word_before() != word_after(),
        Assert::NotBoundary => word_before() == word_after(),
        Assert::WordStart => !word_before() && word_after(),
        Assert::WordEnd => word_before() && !word_after(),
        Assert::NoWordBefore => !word_before(),
        Assert::NoWordAfter => !word_after(),
    }
}

/// The end of `text` where it stands again at `at`.
pub fn repeat(text: &[u8], line: &[u8], mut at: usize, folded: bool) -> Option<usize> {
    if !folded {
        return line.get(at..)?.starts_with(text).then(|| at + text.len());
    }
    let mut rest = text;
    while let Some((letter, length)) = character(rest) {
        let (other, width) = character(line.get(at..)?)?;
        let same = match (letter, other) {
            (Ok(letter), Ok(other)) => {
                letter == other
                    || letter.to_uppercase().eq(other.to_uppercase())
                    || letter.to_lowercase().eq(other.to_lowercase())
            }
            (letter, other) => letter == other,
        };
        if !same {
            return None;
        }
        rest = rest.get(length..)?;
        at += width;
    }
    Some(at)
}

/// Whether a place lies within a character.
pub fn inside_character(text: &[u8], at: usize) -> bool {
    if text.get(at).is_none_or(|byte| byte & 0xc0 != 0x80) {
        return false;
    }
    (1..4).any(|back| {
        let rest = at.checked_sub(back).and_then(|start| text.get(start..));
        matches!(rest.and_then(character), Some((Ok(_), length)) if length > back)
    })
}
