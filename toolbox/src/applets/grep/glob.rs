//! File name patterns of `--include` and its kin, matched as `fnmatch` does without flags.

use crate::regex::posix::character;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    Include,
    Exclude,
}

/// Patterns in the order given; the last one that matches decides.
#[derive(Default)]
pub struct Filters {
    rows: Vec<(Filter, Vec<u8>)>,
}

impl Filters {
    pub fn add(&mut self, filter: Filter, glob: &[u8]) {
        self.rows.push((filter, glob.to_vec()));
    }

    /// Whether a file is left out. For one of the command line (`operand`) every name suffix counts.
    pub fn leave_out(&self, name: &[u8], operand: bool) -> bool {
        let Some((first, _)) = self.rows.first() else {
            return false;
        };
        let suffixes = |glob: &[u8]| {
            if matches(glob, name) {
                return true;
            }
            operand
                && (1..name.len()).any(|at| {
                    let (before, suffix) = name.split_at(at);
                    before.ends_with(b"/") && !suffix.starts_with(b"/") && matches(glob, suffix)
                })
        };
        match self.rows.iter().rev().find(|(_, glob)| suffixes(glob)) {
            Some((filter, _)) => *filter == Filter::Exclude,
            None => *first == Filter::Include,
        }
    }
}

/// Whether `name` fits `glob`: `*`, `?`, `[a-z]`, `[!a-z]`, `[[:alpha:]]`, and `\` before a character.
fn matches(mut glob: &[u8], mut name: &[u8]) -> bool {
    // Where to go on when the last `*` has to take one character more.
    let mut retry: Option<(&[u8], &[u8])> = None;
    loop {
        let step = match glob.first() {
            None if name.is_empty() => return true,
            None => None,
            Some(b'*') => {
                glob = glob.get(1..).unwrap_or_default();
                retry = Some((glob, name));
                continue;
            }
            Some(_) => one(glob, name),
        };
        if let Some((glob_length, name_length)) = step {
            glob = glob.get(glob_length..).unwrap_or_default();
            name = name.get(name_length..).unwrap_or_default();
            continue;
        }
        let Some((after_star, from)) = retry else {
            return false;
        };
        let Some((_, length)) = character(from) else {
            return false;
        };
        name = from.get(length..).unwrap_or_default();
        glob = after_star;
        retry = Some((after_star, name));
    }
}

/// One item of the pattern against one character: the lengths of both.
fn one(glob: &[u8], name: &[u8]) -> Option<(usize, usize)> {
    let (letter, length) = character(name)?;
    match glob {
        [b'?', ..] => Some((1, length)),
        [b'[', inside @ ..] => match set(inside, letter.ok()) {
            Some((true, used)) => Some((1 + used, length)),
            Some((false, _)) => None,
            None => (letter == Ok('[')).then_some((1, length)),
        },
        [b'\\', after @ ..] if !after.is_empty() => {
            let (wanted, used) = character(after)?;
            (wanted == letter).then_some((1 + used, length))
        }
        glob => {
            let (wanted, used) = character(glob)?;
            (wanted == letter).then_some((used, length))
        }
    }
}

/// A bracket expression after its `[`: whether it holds the character, and its length. `None` when it never ends.
fn set(inside: &[u8], letter: Option<char>) -> Option<(bool, usize)> {
    let negated = matches!(inside, [b'!' | b'^', ..]);
    let mut at = usize::from(negated);
    let (mut found, begin) = (false, at);
    loop {
        let rest = inside.get(at..)?;
        if at > begin && rest.starts_with(b"]") {
            return Some((found != negated, at + 1));
        }
        if let Some(named) = rest.strip_prefix(b"[:")
            && let Some(length) = named.windows(2).position(|pair| pair == b":]")
        {
            let class = crate::regex::bracket::named(named.get(..length)?, true).ok()?;
            found |= letter.is_some_and(|letter| {
                class
                    .ranges()
                    .iter()
                    .any(|range| (range.start()..=range.end()).contains(&letter))
            });
            at += length + 4;
            continue;
        }
        let (from, used) = listed(rest)?;
        at += used;
        let mut to = from;
        let rest = inside.get(at..)?;
        if rest.starts_with(b"-") && rest.get(1) != Some(&b']') {
            let (end, used) = listed(rest.get(1..)?)?;
            to = end;
            at += 1 + used;
        }
        found |= letter.is_some_and(|letter| (from..=to).contains(&letter));
    }
}

/// A character in brackets, and the length of how it is written.
fn listed(text: &[u8]) -> Option<(char, usize)> {
    match text {
        [b'\\', after @ ..] => {
            let (letter, length) = character(after)?;
            Some((letter.ok()?, 1 + length))
        }
        text => {
            let (letter, length) = character(text)?;
            Some((letter.ok()?, length))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_match_as_fnmatch_does() {
        for (glob, name) in [
            ("*.c", "a.c"),
            ("a*b*c", "aXbbYc"),
            ("[!a-c]?", "dé"),
            ("\\*", "*"),
            ("[[:digit:]]x", "7x"),
            ("[", "["),
            ("*", ".x/y"),
        ] {
            assert!(matches(glob.as_bytes(), name.as_bytes()), "{glob} {name}");
        }
        for (glob, name) in [
            ("*.c", "a.h"),
            ("a?", "a"),
            ("[a-c]", "d"),
            ("\\*", "x"),
            ("a", "ab"),
        ] {
            assert!(!matches(glob.as_bytes(), name.as_bytes()), "{glob} {name}");
        }
    }

    #[test]
    fn the_last_filter_that_matches_decides() {
        let mut filters = Filters::default();
        filters.add(Filter::Include, b"*.c");
        filters.add(Filter::Exclude, b"x*");
        assert!(filters.leave_out(b"a.h", false));
        assert!(!filters.leave_out(b"a.c", false));
        assert!(filters.leave_out(b"x.c", false));
        assert!(filters.leave_out(b"d/x.c", true));
        assert!(!filters.leave_out(b"d/x.c", false));
    }
}
