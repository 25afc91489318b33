//! The regular part of a pattern as lazily built automata: whether a text matches, and where.

use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson::pikevm::PikeVM;
use regex_automata::nfa::thompson::{self, NFA, WhichCaptures};
use regex_automata::util::look::LookMatcher;
use regex_automata::util::primitives::PatternID;
use regex_automata::{Anchored, Input, MatchErrorKind, MatchKind};
use regex_syntax::hir::{Class, ClassBytes, ClassBytesRange, Hir, Look, Repetition};

use super::ast::{self, Assert, Dialect, Lines, Mode, Node, Pattern};
use crate::sys::locale;

/// The largest automaton, before it is made deterministic.
const NFA_LIMIT: usize = 64 << 20;
/// What the states of one lazy automaton may take; beyond it they are built anew.
const CACHE_LIMIT: usize = 8 << 20;

pub const TOO_BIG: &str = "Regular expression too big";

/// Where a search over many lines ended.
pub enum Scan {
    /// A match ends here.
    End(usize),
    Nothing,
    /// The byte here is beyond this automaton; no line before its line matches.
    GaveUp(usize),
}

/// Where a search in one text ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    Match(usize, usize),
    Nothing,
    /// What matters for the answer is beyond this automaton.
    GaveUp,
}

struct Lazy {
    dfa: DFA,
    cache: Cache,
}

pub struct Automaton {
    hir: Hir,
    dialect: Dialect,
    lines: Lines,
    /// It only knows ASCII, and gives up at other bytes.
    ascii_only: bool,
    /// What `forward` and `longest` are built from.
    ahead: Option<NFA>,
    forward: Option<Lazy>,
    reverse: Option<Lazy>,
    longest: Option<Lazy>,
}

impl Automaton {
    pub fn new(pattern: &Pattern, lines: Lines) -> Automaton {
        let unicode_words =
            pattern.dialect == Dialect::Posix && !pattern.ascii_only && !locale::is_bytes();
        let hir = lower(&pattern.node, unicode_words, lines);
        let (dialect, ascii_only) = (pattern.dialect, pattern.ascii_only);
        Automaton {
            hir,
            dialect,
            lines,
            ascii_only,
            ahead: None,
            forward: None,
            reverse: None,
            longest: None,
        }
    }

    /// Whether bytes beyond ASCII stop it, so that it cannot search a buffer of them in one go.
    pub fn gives_up(&self) -> bool {
        self.ascii_only || self.hir.properties().look_set().contains_word_unicode()
    }

    fn nfa(&self, reverse: bool, captures: WhichCaptures) -> Result<NFA, &'static str> {
        let mut looks = LookMatcher::new();
        if let Lines::Apart(terminator) | Lines::Within(terminator) = self.lines {
            looks.set_line_terminator(terminator);
        }
        let config = thompson::Config::new()
            .utf8(false)
            .reverse(reverse)
            .look_matcher(looks)
            .nfa_size_limit(Some(NFA_LIMIT))
            .which_captures(captures);
        NFA::compiler()
            .configure(config)
            .build_from_hir(&self.hir)
            .map_err(|_| TOO_BIG)
    }

    fn lazy(&mut self, reverse: bool, kind: MatchKind) -> Result<Lazy, &'static str> {
        let mut config = DFA::config()
            .match_kind(kind)
            .unicode_word_boundary(true)
            .skip_cache_capacity_check(true)
            .cache_capacity(CACHE_LIMIT);
        if self.ascii_only {
            for byte in 0x80..=0xff {
                config = config.quit(byte, true);
            }
        }
        let nfa = match &self.ahead {
            Some(nfa) if !reverse => nfa.clone(),
            _ => self.nfa(reverse, WhichCaptures::None)?,
        };
        if !reverse {
            self.ahead = Some(nfa.clone());
        }
        let dfa = DFA::builder()
            .configure(config)
            .build_from_nfa(nfa)
            .map_err(|_| TOO_BIG)?;
        let cache = dfa.create_cache();
        Ok(Lazy { dfa, cache })
    }

    /// The end of some match in `span`, which may cover many lines of `text`.
    pub fn scan(&mut self, text: &[u8], from: usize, to: usize) -> Result<Scan, &'static str> {
        if self.forward.is_none() {
            self.forward = Some(self.lazy(false, MatchKind::LeftmostFirst)?);
        }
        let Some(Lazy { dfa, cache }) = &mut self.forward else {
            return Err(TOO_BIG);
        };
        let input = Input::new(text).span(from..to).earliest(true);
        match dfa.try_search_fwd(cache, &input) {
            Ok(Some(half)) => Ok(Scan::End(half.offset())),
            Ok(None) => Ok(Scan::Nothing),
            Err(error) => match error.kind() {
                MatchErrorKind::Quit { offset, .. } | MatchErrorKind::GaveUp { offset } => {
                    Ok(Scan::GaveUp(*offset))
                }
                _ => Err(TOO_BIG),
            },
        }
    }

    /// Whether one line matches.
    pub fn matches(&mut self, line: &[u8]) -> Result<bool, &'static str> {
        match self.scan(line, 0, line.len())? {
            Scan::End(_) => Ok(true),
            Scan::Nothing => Ok(false),
            Scan::GaveUp(_) => Ok(self.simulate(line, 0)?.is_some()),
        }
    }

    /// The leftmost match in `line` at `from` or later: the longest one for POSIX, the first one for Perl.
    pub fn find(
        &mut self,
        line: &[u8],
        from: usize,
    ) -> Result<Option<(usize, usize)>, &'static str> {
        match self.try_find(line, from)? {
            Found::Match(start, end) => Ok(Some((start, end))),
            Found::Nothing => Ok(None),
            Found::GaveUp => self.simulate(line, from),
        }
    }

    /// The same, unless it is beyond the automata.
    pub fn try_find(&mut self, line: &[u8], from: usize) -> Result<Found, &'static str> {
        if self.forward.is_none() {
            self.forward = Some(self.lazy(false, MatchKind::LeftmostFirst)?);
        }
        let Some(forward) = &mut self.forward else {
            return Err(TOO_BIG);
        };
        let input = Input::new(line).span(from..line.len());
        let end = match forward.dfa.try_search_fwd(&mut forward.cache, &input) {
            Ok(Some(half)) => half.offset(),
            Ok(None) => return Ok(Found::Nothing),
            Err(_) => return Ok(Found::GaveUp),
        };
        if self.reverse.is_none() {
            self.reverse = Some(self.lazy(true, MatchKind::All)?);
        }
        let Some(reverse) = &mut self.reverse else {
            return Err(TOO_BIG);
        };
        let back = Input::new(line).span(from..end).anchored(Anchored::Yes);
        let Ok(Some(start)) = reverse.dfa.try_search_rev(&mut reverse.cache, &back) else {
            return Ok(Found::GaveUp);
        };
        let start = start.offset();
        if self.dialect == Dialect::Perl {
            return Ok(Found::Match(start, end));
        }
        Ok(match self.try_longest(line, start)? {
            Found::Nothing => Found::GaveUp,
            found => found,
        })
    }

    /// The longest match that starts at `start`.
    pub fn try_longest(&mut self, line: &[u8], start: usize) -> Result<Found, &'static str> {
        if self.longest.is_none() {
            self.longest = Some(self.lazy(false, MatchKind::All)?);
        }
        let Some(longest) = &mut self.longest else {
            return Err(TOO_BIG);
        };
        let on = Input::new(line)
            .span(start..line.len())
            .anchored(Anchored::Yes);
        Ok(match longest.dfa.try_search_fwd(&mut longest.cache, &on) {
            Ok(Some(half)) => Found::Match(start, half.offset()),
            Ok(None) => Found::Nothing,
            Err(_) => Found::GaveUp,
        })
    }

    /// The same, for lines where the automata give up: slower, never at a loss.
    fn simulate(&self, line: &[u8], from: usize) -> Result<Option<(usize, usize)>, &'static str> {
        let nfa = self.nfa(false, WhichCaptures::Implicit)?;
        let search = |kind, from, anchored| {
            let config = PikeVM::config().match_kind(kind);
            let machine = PikeVM::builder()
                .configure(config)
                .build_from_nfa(nfa.clone())
                .map_err(|_| TOO_BIG)?;
            let mut slots = [None, None];
            let input = Input::new(line).span(from..line.len()).anchored(anchored);
            let found: Option<PatternID> =
                machine.search_slots(&mut machine.create_cache(), &input, &mut slots);
            Ok(found.and_then(|_| Some((slots[0]?.get(), slots[1]?.get()))))
        };
        let first: Option<(usize, usize)> = search(MatchKind::LeftmostFirst, from, Anchored::No)?;
        match (first, self.dialect) {
            (Some((start, _)), Dialect::Posix) => search(MatchKind::All, start, Anchored::Yes),
            (first, _) => Ok(first),
        }
    }
}

/// The pattern for the automata. What they cannot match is replaced by something that matches at least as much.
fn lower(node: &Node, unicode: bool, lines: Lines) -> Hir {
    let each = |nodes: &[Node]| {
        nodes
            .iter()
            .map(|node| lower(node, unicode, lines))
            .collect()
    };
    let look = |ascii, wide| Hir::look(if unicode { wide } else { ascii });
    match node {
        Node::Empty | Node::Look { .. } | Node::Keep => Hir::empty(),
        Node::Literal(bytes) => Hir::literal(bytes.as_slice()),
        Node::Folded { class, .. } | Node::Class(class) => Hir::class(match locale::is_bytes() {
            true => Class::Bytes(ast::byte_class(class)),
            false => Class::Unicode(class.clone()),
        }),
        Node::Assert(assert) => match assert {
            Assert::TextStart => Hir::look(Look::Start),
            Assert::TextEnd => Hir::look(Look::End),
            Assert::LineStart => Hir::look(Look::StartLF),
            Assert::LineEnd => Hir::look(Look::EndLF),
            Assert::Boundary => look(Look::WordAscii, Look::WordUnicode),
            Assert::NotBoundary => look(Look::WordAsciiNegate, Look::WordUnicodeNegate),
            Assert::WordStart => look(Look::WordStartAscii, Look::WordStartUnicode),
            Assert::WordEnd => look(Look::WordEndAscii, Look::WordEndUnicode),
            Assert::NoWordBefore => look(Look::WordStartHalfAscii, Look::WordStartHalfUnicode),
            Assert::NoWordAfter => look(Look::WordEndHalfAscii, Look::WordEndHalfUnicode),
        },
        Node::Concat(nodes) => Hir::concat(each(nodes)),
        Node::Alternate(nodes) => Hir::alternation(each(nodes)),
        Node::Repeat {
            node,
            min,
            max,
            mode,
        } => Hir::repetition(Repetition {
            min: *min,
            max: *max,
            greedy: *mode != Mode::Lazy,
            sub: Box::new(lower(node, unicode, lines)),
        }),
        Node::Group { node, .. } | Node::Atomic(node) => lower(node, unicode, lines),
        Node::Conditional { yes, no, .. } => {
            Hir::alternation(vec![lower(yes, unicode, lines), lower(no, unicode, lines)])
        }
        Node::BackReference { .. } | Node::Call(_) => Hir::repetition(Repetition {
            min: 0,
            max: None,
            greedy: true,
            sub: Box::new(Hir::class(Class::Bytes(any_byte(lines)))),
        }),
    }
}

/// What a text may be made of.
fn any_byte(lines: Lines) -> ClassBytes {
    let mut any = ClassBytes::empty();
    if let Lines::Apart(terminator) = lines {
        any.push(ClassBytesRange::new(terminator, terminator));
    }
    any.negate();
    any
}
