//! A value that is one word of a list, as `--sort=WORD`: whole or begun, and GNU's error when it is neither.

use std::ffi::OsStr;

use super::OsStrExt;
use super::quote::quoted_text;

/// The words that stand for each value; words of one value follow each other.
pub type Choices<T> = [(&'static str, T)];

/// The value that `word` names in full, or the only one that it begins. `of` is the option as the error shows it.
pub fn choose<T: Copy + PartialEq>(
    of: &str,
    choices: &Choices<T>,
    word: &OsStr,
) -> Result<T, Vec<u8>> {
    let bytes = word.as_bytes();
    if let Some((_, value)) = choices.iter().find(|(name, _)| name.as_bytes() == bytes) {
        return Ok(*value);
    }
    let mut begun = choices
        .iter()
        .filter(|(name, _)| name.as_bytes().starts_with(bytes))
        .map(|(_, value)| *value);
    let problem = match begun.next() {
        Some(value) if begun.all(|other| other == value) => return Ok(value),
        Some(_) => "ambiguous",
        None => "invalid",
    };
    Err(refusal(of, choices, bytes, problem))
}

/// The error of a word that is none of the choices, with the list of them; `problem` is what it is instead.
pub fn refusal<T: Copy + PartialEq>(
    of: &str,
    choices: &Choices<T>,
    word: &[u8],
    problem: &str,
) -> Vec<u8> {
    let mut text = format!("{problem} argument ").into_bytes();
    text.extend(quoted_text(word));
    text.extend_from_slice(format!(" for ‘{of}’\nValid arguments are:").as_bytes());
    let mut last = None;
    for (name, value) in choices {
        let before = if last == Some(*value) { ", " } else { "\n  - " };
        text.extend_from_slice(format!("{before}‘{name}’").as_bytes());
        last = Some(*value);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHEN: &Choices<u8> = &[
        ("always", 1),
        ("yes", 1),
        ("never", 2),
        ("no", 2),
        ("auto", 3),
    ];

    #[test]
    fn a_word_may_be_shortened_while_one_value_is_left() {
        assert_eq!(choose("--color", WHEN, OsStr::new("n")), Ok(2));
        assert_eq!(choose("--color", WHEN, OsStr::new("auto")), Ok(3));
    }

    #[test]
    fn other_words_are_refused_with_the_list() {
        let list = "\nValid arguments are:\n  - ‘always’, ‘yes’\n  - ‘never’, ‘no’\n  - ‘auto’";
        assert_eq!(
            choose("--color", WHEN, OsStr::new("x")),
            Err(format!("invalid argument ‘x’ for ‘--color’{list}").into_bytes())
        );
        assert_eq!(
            choose("--color", WHEN, OsStr::new("a")),
            Err(format!("ambiguous argument ‘a’ for ‘--color’{list}").into_bytes())
        );
    }
}
