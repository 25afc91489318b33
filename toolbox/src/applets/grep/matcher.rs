//! Which lines match, and where in them: the fastest engine that is right for the pattern.

use memchr::{memchr, memrchr};

use super::options::{Language, Whole};
use super::perl;
use crate::regex::ast::{Assert, Dialect, Lines, Node, Pattern};
use crate::regex::automaton::{Automaton, Scan};
use crate::regex::backtrack::Backtracker;
use crate::regex::literal::Literal;
use crate::regex::posix;

/// What the backtracking engine may try on one line before the automata take it over.
const FALLBACK_STEPS: u64 = 200_000;

/// What to look for.
pub struct Request<'p> {
    pub patterns: Vec<&'p [u8]>,
    pub language: Language,
    pub folded: bool,
    pub whole: Whole,
    /// The byte that ends a line.
    pub terminator: u8,
}

pub struct Matcher {
    terminator: u8,
    /// No pattern at all, which matches no line.
    never: bool,
    literal: Option<Literal>,
    /// For lines of ASCII, where that is much smaller than `full`.
    ascii: Option<Automaton>,
    full: Automaton,
    /// What decides when the automata only know that a line may match.
    backtracker: Option<Backtracker>,
    /// What decides about words beside characters beyond ASCII: faster there, and with GNU's idea of a word.
    fallback: Option<Backtracker>,
    pattern: Pattern,
    /// Whether the literal can be trusted in the buffer at hand.
    literal_covers: bool,
}

/// The lines that were refused or repaired while parsing.
pub struct Compiled {
    pub matcher: Matcher,
    pub warnings: Vec<posix::Warning>,
}

/// The errors are those of all patterns.
pub fn compile(request: &Request) -> Result<Compiled, Vec<&'static str>> {
    let terminator = request.terminator;
    let (mut pattern, mut ascii, mut warnings) = (None, None, Vec::new());
    match request.language {
        Language::Fixed => pattern = Some(fixed(request)),
        Language::Perl => match request.patterns.as_slice() {
            [] => {}
            [one] => {
                pattern = Some(
                    perl::parse(one, request.folded, terminator).map_err(|error| vec![error])?,
                )
            }
            _ => return Err(vec!["the -P option only supports a single pattern"]),
        },
        Language::Basic | Language::Extended => {
            let extended = request.language == Language::Extended;
            let syntax = posix::Syntax {
                extended,
                folded: request.folded,
                lines: Lines::Apart(terminator),
                flavour: posix::Flavour::Grep,
                ascii_only: true,
            };
            let plain = request.patterns.iter().all(|text| text.is_ascii());
            let parsed = posix::parse(
                &request.patterns,
                posix::Syntax {
                    ascii_only: plain,
                    ..syntax
                },
            )?;
            let wants_unicode = parsed.wants_unicode || request.whole == Whole::Words;
            warnings = parsed.warnings;
            if plain && wants_unicode {
                ascii = Some(parsed.pattern);
                let wide = posix::Syntax {
                    ascii_only: false,
                    ..syntax
                };
                pattern = Some(posix::parse(&request.patterns, wide)?.pattern);
            } else {
                pattern = Some(Pattern {
                    ascii_only: false,
                    ..parsed.pattern
                });
            }
        }
    }
    let lines = Lines::Apart(terminator);
    let never = request.patterns.is_empty();
    let empty = Pattern {
        node: Node::Empty,
        dialect: Dialect::Posix,
        groups: 0,
        ascii_only: false,
    };
    let pattern = enclose(pattern.unwrap_or(empty), request.whole);
    let ascii = ascii.map(|ascii| enclose(ascii, request.whole));
    let backtracker = match pattern.node.is_regular() {
        true => None,
        false => Some(Backtracker::new(&pattern, lines).map_err(|error| vec![error])?),
    };
    let matcher = Matcher {
        terminator,
        never,
        literal: Literal::of(&pattern),
        ascii: ascii.map(|ascii| Automaton::new(&ascii, lines)),
        full: Automaton::new(&pattern, lines),
        backtracker,
        fallback: None,
        pattern,
        literal_covers: true,
    };
    Ok(Compiled { matcher, warnings })
}

/// Patterns that mean themselves.
fn fixed(request: &Request) -> Pattern {
    let literal = |text: &&[u8]| {
        let mut nodes = Vec::new();
        let mut rest = *text;
        if !request.folded && !rest.is_empty() {
            return Node::Literal(rest.to_vec());
        }
        while let Some((letter, length)) = posix::character(rest) {
            let (one, after) = rest.split_at(length);
            nodes.push(match letter {
                Ok(letter) => Node::character(letter, request.folded, Dialect::Posix),
                Err(_) => Node::Literal(one.to_vec()),
            });
            rest = after;
        }
        Node::concat(nodes)
    };
    let node = Node::alternate(request.patterns.iter().map(literal).collect());
    Pattern {
        node,
        dialect: Dialect::Posix,
        groups: 0,
        ascii_only: false,
    }
}

/// The pattern for `-x` or `-w`.
fn enclose(pattern: Pattern, whole: Whole) -> Pattern {
    let (before, after) = match whole {
        Whole::Any => return pattern,
        Whole::Lines => (Assert::LineStart, Assert::LineEnd),
        Whole::Words => (Assert::NoWordBefore, Assert::NoWordAfter),
    };
    let node = Node::Concat(vec![
        Node::Assert(before),
        pattern.node,
        Node::Assert(after),
    ]);
    Pattern { node, ..pattern }
}

impl Matcher {
    /// Takes note of the buffer that the next calls of `next_line` search.
    pub fn prepare(&mut self, text: &[u8]) {
        self.literal_covers = self
            .literal
            .as_ref()
            .is_some_and(|literal| literal.covers(text));
    }

    /// The next line of `text` at `from` or later that matches: its start, and its end before the terminator.
    /// `text` is lines with a terminator each, and `from` starts one.
    pub fn next_line(
        &mut self,
        text: &[u8],
        mut from: usize,
    ) -> Result<Option<(usize, usize)>, &'static str> {
        if self.never {
            return Ok(None);
        }
        while from < text.len() {
            let (start, end, sure) = match self.candidate(text, from)? {
                Some(candidate) => candidate,
                None => return Ok(None),
            };
            let line = text.get(start..end).unwrap_or_default();
            if sure || self.matches(line)? {
                return Ok(Some((start, end)));
            }
            from = end + 1;
        }
        Ok(None)
    }

    /// The next line that may match, and whether it does for sure.
    fn candidate(
        &mut self,
        text: &[u8],
        from: usize,
    ) -> Result<Option<(usize, usize, bool)>, &'static str> {
        let terminator = self.terminator;
        let around = |place: usize| {
            let start = memrchr(terminator, text.get(from..place).unwrap_or_default())
                .map_or(from, |at| from + at + 1);
            let rest = text.get(place..).unwrap_or_default();
            (
                start,
                memchr(terminator, rest).map_or(text.len(), |at| place + at),
            )
        };
        if let Some(literal) = self.literal.as_ref().filter(|_| self.literal_covers) {
            return Ok(literal.find(text, from).map(|(place, _)| {
                let (start, end) = around(place);
                (start, end, literal.is_exact())
            }));
        }
        let regular = self.backtracker.is_none();
        let automaton = self.ascii.as_mut().unwrap_or(&mut self.full);
        // The last terminator is looked at, not searched: after it there is no line.
        let place = match automaton.scan(text, from, text.len().saturating_sub(1))? {
            Scan::End(place) => {
                return Ok(Some(around(place)).map(|(start, end)| (start, end, regular)));
            }
            Scan::Nothing => return Ok(None),
            Scan::GaveUp(place) => place,
        };
        let (start, end) = around(place);
        if self.full.gives_up() {
            return Ok(Some((start, end, false)));
        }
        Ok(
            match self.full.scan(text, start, text.len().saturating_sub(1))? {
                Scan::End(place) => Some(around(place)).map(|(start, end)| (start, end, regular)),
                Scan::GaveUp(_) => Some((start, end, false)),
                Scan::Nothing => None,
            },
        )
    }

    fn automaton_for(&mut self, line: &[u8]) -> &mut Automaton {
        match &mut self.ascii {
            Some(ascii) if line.is_ascii() => ascii,
            _ => &mut self.full,
        }
    }

    /// The match in a line where the automata do not know what a word is; `None` when they do, or when it takes too long.
    fn find_words(&mut self, line: &[u8], from: usize) -> Option<Option<(usize, usize)>> {
        if self.backtracker.is_some() || line.is_ascii() || !self.full.gives_up() {
            return None;
        }
        if self.fallback.is_none() {
            self.fallback = Backtracker::with_limit(
                &self.pattern,
                Lines::Apart(self.terminator),
                FALLBACK_STEPS,
            )
            .ok();
        }
        self.fallback.as_mut()?.find(line, from).ok()
    }

    fn matches(&mut self, line: &[u8]) -> Result<bool, &'static str> {
        if let Some(found) = self.find_words(line, 0) {
            return Ok(found.is_some());
        }
        let by_hand = self.backtracker.is_some() && self.full.gives_up() && !line.is_ascii();
        if !by_hand && !self.automaton_for(line).matches(line)? {
            return Ok(false);
        }
        match &mut self.backtracker {
            Some(backtracker) => Ok(backtracker.find(line, 0)?.is_some()),
            None => Ok(true),
        }
    }

    /// The leftmost match in a line at `from` or later.
    pub fn find(
        &mut self,
        line: &[u8],
        from: usize,
    ) -> Result<Option<(usize, usize)>, &'static str> {
        if self.never {
            return Ok(None);
        }
        if let Some(literal) = self
            .literal
            .as_ref()
            .filter(|literal| literal.is_exact() && literal.covers(line))
        {
            return Ok(literal.find(line, from));
        }
        if let Some(found) = self.find_words(line, from) {
            return Ok(found);
        }
        match &mut self.backtracker {
            Some(backtracker) => backtracker.find(line, from),
            None => self.automaton_for(line).find(line, from),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(language: Language, pattern: &str, line: &str) -> Option<Vec<(usize, usize)>> {
        let patterns = vec![pattern.as_bytes()];
        let request = Request {
            patterns,
            language,
            folded: false,
            whole: Whole::Any,
            terminator: b'\n',
        };
        let mut matcher = compile(&request).ok()?.matcher;
        let (mut found, mut from) = (Vec::new(), 0);
        while let Ok(Some((start, end))) = matcher.find(line.as_bytes(), from)
            && end > start
        {
            found.push((start, end));
            from = end;
        }
        Some(found)
    }

    #[test]
    fn the_longest_alternative_wins_in_posix_and_the_first_one_in_perl() {
        assert_eq!(
            matches(Language::Extended, "a|ab|a[bc]*", "xabcb"),
            Some(vec![(1, 5)])
        );
        assert_eq!(
            matches(Language::Perl, "a|ab|a[bc]*", "xabcb"),
            Some(vec![(1, 2)])
        );
    }

    #[test]
    fn back_references_find_the_longest_match_too() {
        assert_eq!(
            matches(Language::Extended, "(a|ab)(c|bcd)\\1?", "abcd"),
            Some(vec![(0, 4)])
        );
        assert_eq!(
            matches(Language::Basic, "\\(.\\)\\1", "aabccd"),
            Some(vec![(0, 2), (3, 5)])
        );
    }

    #[test]
    fn perl_patterns_look_around() {
        assert_eq!(
            matches(Language::Perl, "(?<=a)b(?!c)", "abc ab"),
            Some(vec![(5, 6)])
        );
        assert_eq!(
            matches(Language::Perl, "a\\Kb++", "abbb"),
            Some(vec![(1, 4)])
        );
        assert_eq!(
            matches(Language::Perl, "\\((?:[^()]++|(?R))*\\)", "x(a(b)c)"),
            Some(vec![(1, 8)])
        );
    }

    #[test]
    fn words_beyond_ascii_are_words_in_posix() {
        assert_eq!(
            matches(Language::Basic, "\\bt\\w*", "été te"),
            Some(vec![(6, 8)])
        );
    }

    #[test]
    fn the_next_line_that_matches_is_found_in_a_buffer() {
        let patterns = vec![&b"^b\\w*$"[..]];
        let request = Request {
            patterns,
            language: Language::Basic,
            folded: false,
            whole: Whole::Any,
            terminator: b'\n',
        };
        let mut matcher = compile(&request).expect("the pattern is right").matcher;
        let text = "ab\nb c\nbé\nbcd\n".as_bytes();
        matcher.prepare(text);
        assert_eq!(matcher.next_line(text, 0), Ok(Some((7, 10))));
        assert_eq!(matcher.next_line(text, 11), Ok(Some((11, 14))));
        assert_eq!(matcher.next_line(text, 15), Ok(None));
    }
}
