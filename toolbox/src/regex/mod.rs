//! POSIX regular expressions as glibc and GNU's tools match them, in a UTF-8 locale and in that of C: leftmost, longest, with GNU's extensions.
//!
//! A tool with patterns of its own makes a [`Regex`] of each, once, and searches with it as often as it likes:
//!
//! ```
//! use toolbox::regex::{Captures, Options, Regex};
//!
//! let regex = Regex::new(b"(a|ab)(c|bcd)", Options::extended())?;
//! assert_eq!(regex.find_at(b"xabcd", 0)?, Some((1, 5)));
//! let mut groups = Captures::default();
//! assert!(regex.captures_at(b"xabcd", 0, &mut groups)?);
//! assert_eq!((groups.get(1), groups.get(2)), (Some((1, 2)), Some((2, 5))));
//! # Ok::<(), toolbox::regex::Error>(())
//! ```
//!
//! For `[[ string =~ ere ]]` those are all the calls: `Options::extended()`, with `ignore_case` for `nocasematch`; an error
//! of `new` is status 2; `captures_at(string, 0, …)` fills what `BASH_REMATCH` holds (a group that did not match is `None`,
//! an empty element). `find_at` without groups is faster. A search that goes on behind a match starts at `start` in the same
//! text, so that `^` and `\b` see what stands before.
//!
//! Patterns and texts are bytes. A byte that is not UTF-8 is matched by itself only, not by `.` or a bracket expression;
//! in the locale of C each byte is a character ([`crate::sys::locale`]).
//! Time and memory grow with the length of the text times that of the pattern; only a pattern with back references may take
//! longer, and ends in an error when it takes much longer. grep has its own `Matcher`, for many lines at once, over the same parts.

pub mod ast;
pub mod automaton;
pub mod backtrack;
pub mod bracket;
mod engines;
mod filter;
mod interval;
pub mod literal;
mod memo;
pub mod posix;
mod program;
#[cfg(test)]
mod tests;
pub mod words;

use std::cell::RefCell;
use std::fmt;

use ast::Lines;
use engines::Engines;
pub use filter::LineFilter;
use literal::Literal;
pub use posix::Flavour;
use posix::{CLASS_SYNTAX, Syntax};

use crate::sys::locale;

/// How a pattern is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// `(a|b)+` instead of `\(a\|b\)\+`.
    pub extended: bool,
    pub ignore_case: bool,
    /// With the byte that ends a line: `^` and `$` are also at the ends of lines within the text, and neither `.` nor `[^x]`
    /// matches a newline.
    pub multi_line: Option<u8>,
    pub flavour: Flavour,
}

impl Options {
    /// What `regcomp` does without `REG_EXTENDED`.
    pub const fn basic() -> Options {
        Options {
            extended: false,
            ignore_case: false,
            multi_line: None,
            flavour: Flavour::Library,
        }
    }

    /// What `regcomp` does with `REG_EXTENDED`.
    pub const fn extended() -> Options {
        Options {
            extended: true,
            ..Options::basic()
        }
    }
}

/// A pattern that is wrong, or a search that takes too long; in GNU's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error(&'static str);

impl Error {
    pub fn text(self) -> &'static str {
        self.0
    }

    /// Whether the pattern is right for POSIX, and only a mistake for all that.
    pub fn is_about_class_syntax(self) -> bool {
        self.0 == CLASS_SYNTAX
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Error {}

/// Where a match and its groups are: starts and ends in bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Captures {
    places: Vec<Option<(usize, usize)>>,
}

impl Captures {
    /// Group 0 is the whole match.
    pub fn get(&self, group: usize) -> Option<(usize, usize)> {
        self.places.get(group).copied().flatten()
    }

    /// Sets them to a match without groups.
    pub fn set_whole(&mut self, place: (usize, usize)) {
        self.places.clear();
        self.places.push(Some(place));
    }

    /// How many groups the pattern has, the whole match counted.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether nothing has been matched yet.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }
}

/// A compiled pattern.
pub struct Regex {
    pattern: Vec<u8>,
    syntax: Syntax,
    groups: usize,
    /// It may match within a character.
    bytewise: bool,
    literal: Option<Literal>,
    /// What searches, which learns while it does. For texts of ASCII, where that is much smaller,
    narrow: RefCell<Option<Engines>>,
    /// and for all, made when it is needed.
    wide: RefCell<Option<Engines>>,
}

impl Regex {
    pub fn new(pattern: &[u8], options: Options) -> Result<Regex, Error> {
        let lines = options.multi_line.map_or(Lines::Whole, Lines::Within);
        let plain = pattern.is_ascii();
        let syntax = Syntax {
            extended: options.extended,
            folded: options.ignore_case,
            lines,
            flavour: options.flavour,
            ascii_only: false,
        };
        let ascii_only = plain;
        let parsed = parse(
            pattern,
            Syntax {
                ascii_only,
                ..syntax
            },
        )?;
        let tree = parsed.pattern;
        let groups = tree.groups;
        let wide_classes = parsed.wants_unicode || parsed.has_classes;
        let bytewise = locale::is_bytes()
            || !syntax.folded && !wide_classes && tree.node.is_bytewise(&lines.any());
        let literal = Literal::of(&tree);
        let (mut narrow, mut wide) = (None, None);
        if plain && parsed.wants_unicode {
            narrow = Some(Engines::new(tree, lines));
        } else {
            let ascii_only = false;
            wide = Some(Engines::new(ast::Pattern { ascii_only, ..tree }, lines));
        }
        Ok(Regex {
            pattern: pattern.to_vec(),
            syntax,
            groups,
            bytewise,
            literal,
            narrow: RefCell::new(narrow),
            wide: RefCell::new(wide),
        })
    }

    /// How many groups the pattern has, the whole match not counted.
    pub fn groups(&self) -> usize {
        self.groups
    }

    /// Whether characters of more than a byte are bytes to this pattern, so that it may match within one.
    pub fn is_bytewise(&self) -> bool {
        self.bytewise
    }

    /// What finds the lines of a buffer that may match, if that is of use; `terminator` ends a line.
    pub fn line_filter(&self, terminator: u8) -> Option<LineFilter> {
        LineFilter::new(&self.pattern, self.syntax, terminator)
    }

    pub fn is_match(&self, text: &[u8]) -> Result<bool, Error> {
        Ok(self.find_at(text, 0)?.is_some())
    }

    /// The leftmost, longest match at `start` or later.
    pub fn find_at(&self, text: &[u8], start: usize) -> Result<Option<(usize, usize)>, Error> {
        let mut from = start;
        while from <= text.len() {
            let Some((start, end)) = self.search(text, from)? else {
                break;
            };
            if self.bytewise || !words::inside_character(text, start) {
                return Ok(Some((start, end)));
            }
            from = start + 1;
        }
        Ok(None)
    }

    /// The same, with where its groups are. False leaves `captures` as they were.
    pub fn captures_at(
        &self,
        text: &[u8],
        start: usize,
        captures: &mut Captures,
    ) -> Result<bool, Error> {
        let Some((start, end)) = self.find_at(text, start)? else {
            return Ok(false);
        };
        captures.places.clear();
        captures.places.push(Some((start, end)));
        if self.groups > 0 {
            // Whether words end is seen from outside.
            let outside = text.get(start.saturating_sub(1)..text.len().min(end + 1));
            let ascii = outside.is_some_and(<[u8]>::is_ascii);
            self.engines(ascii, |engines| {
                engines.locate(text, start, end, &mut captures.places)
            })?;
        }
        Ok(true)
    }

    /// The leftmost match, which may lie within a character.
    fn search(&self, text: &[u8], from: usize) -> Result<Option<(usize, usize)>, Error> {
        let literal = self.literal.as_ref().filter(|literal| literal.covers(text));
        let mut from = from;
        let mut prefix = None;
        if let Some(literal) = literal {
            let Some((start, end)) = literal.find(text, from) else {
                return Ok(None);
            };
            if literal.is_exact() {
                return Ok(Some((start, end)));
            }
            if literal.is_prefix() {
                prefix = Some(literal);
                from = start;
            }
        }
        if let Some(narrow) = self.narrow.borrow_mut().as_mut()
            && let Some(found) = narrow.find(text, from, prefix)?
        {
            return Ok(found);
        }
        self.engines(false, |wide| wide.find_anyhow(text, from, prefix))
    }

    /// Lets the engines for ASCII do something, where there are such, or those for everything.
    fn engines<T>(
        &self,
        ascii: bool,
        work: impl FnOnce(&mut Engines) -> Result<T, &'static str>,
    ) -> Result<T, Error> {
        if ascii && let Some(narrow) = self.narrow.borrow_mut().as_mut() {
            return work(narrow).map_err(Error);
        }
        let mut wide = self.wide.borrow_mut();
        let engines = match &mut *wide {
            Some(engines) => engines,
            none => none.insert(Engines::new(
                parse(&self.pattern, self.syntax)?.pattern,
                self.syntax.lines,
            )),
        };
        work(engines).map_err(Error)
    }
}

impl From<&'static str> for Error {
    fn from(text: &'static str) -> Error {
        Error(text)
    }
}

fn parse(pattern: &[u8], syntax: Syntax) -> Result<posix::Parsed, Error> {
    posix::parse(&[pattern], syntax).map_err(|errors| {
        let first = errors.first().copied();
        Error(first.unwrap_or("Invalid regular expression"))
    })
}
