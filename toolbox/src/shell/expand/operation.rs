//! What `${x#…}`, `${x%…}`, `${x/…/…}` and `${x^…}` do to one value.

use std::borrow::Cow;

use super::replace::Template;
use super::sink::Kind;
use crate::shell::Shell;
use crate::shell::ast::{CaseChange, Operation, Replaced, Text, Word};
use crate::shell::flow::Flow;
use crate::shell::options::Shopt;
use crate::shell::pattern::{Pattern, characters};

/// A change of values whose words have been expanded.
pub enum Change {
    None,
    Prefix {
        pattern: Pattern,
        longest: bool,
    },
    Suffix {
        pattern: Pattern,
        longest: bool,
    },
    Replace {
        which: Replaced,
        pattern: Pattern,
        is_empty: bool,
        template: Template,
    },
    Case {
        change: CaseChange,
        all: bool,
        pattern: Option<Pattern>,
    },
}

impl Shell {
    /// Expands the words of an operation.
    pub(super) fn change_of(&mut self, operation: &Operation) -> Flow<Change> {
        Flow::Continue(match operation {
            Operation::RemovePrefix { longest, pattern } => Change::Prefix {
                pattern: self.pattern_of(pattern)?,
                longest: *longest,
            },
            Operation::RemoveSuffix { longest, pattern } => Change::Suffix {
                pattern: self.pattern_of(pattern)?,
                longest: *longest,
            },
            Operation::Replace {
                which,
                pattern,
                replacement,
            } => {
                let ignore_case = self.has_shopt(Shopt::NoCaseMatch);
                let source = self.expand_pattern(pattern)?;
                let template = self.template_of(replacement)?;
                if excludes_bracket(&source) {
                    return Flow::Continue(Change::None);
                }
                Change::Replace {
                    which: *which,
                    pattern: Pattern::new(&source, self.has_shopt(Shopt::ExtGlob), ignore_case),
                    is_empty: source.is_empty(),
                    template,
                }
            }
            Operation::Case {
                change,
                all,
                pattern,
            } => Change::Case {
                change: *change,
                all: *all,
                pattern: match pattern {
                    Some(pattern) => self.case_pattern_of(pattern)?,
                    None => None,
                },
            },
            _ => Change::None,
        })
    }

    fn pattern_of(&mut self, word: &Word) -> Flow<Pattern> {
        let source = self.expand_pattern(word)?;
        let extglob = self.has_shopt(Shopt::ExtGlob);
        Flow::Continue(Pattern::new(&source, extglob, false))
    }

    /// Which characters change their case; an empty pattern means all.
    fn case_pattern_of(&mut self, word: &Word) -> Flow<Option<Pattern>> {
        let source = self.expand_pattern(word)?;
        let extglob = self.has_shopt(Shopt::ExtGlob);
        let pattern = (!source.is_empty()).then(|| Pattern::new(&source, extglob, false));
        Flow::Continue(pattern)
    }

    fn template_of(&mut self, word: &Word) -> Flow<Template> {
        if !self.has_shopt(Shopt::PatsubReplacement) {
            return Flow::Continue(Template::plain(self.expand_text(word)?));
        }
        let source = self.expand_parts(&word.parts, Kind::Replacement)?;
        Flow::Continue(Template::new(&source))
    }
}

impl Change {
    pub fn apply<'t>(&self, text: &'t [u8]) -> Cow<'t, [u8]> {
        match self {
            Self::None => Cow::Borrowed(text),
            Self::Prefix { pattern, longest } => {
                let end = match longest {
                    true => pattern.longest_prefix(text),
                    false => pattern.shortest_prefix(text),
                };
                Cow::Borrowed(&text[end.unwrap_or(0)..])
            }
            Self::Suffix { pattern, longest } => {
                let start = match longest {
                    true => pattern.longest_suffix(text),
                    false => pattern.shortest_suffix(text),
                };
                Cow::Borrowed(&text[..start.unwrap_or(text.len())])
            }
            Self::Replace {
                which,
                pattern,
                is_empty,
                template,
            } => replaced(text, *which, pattern, *is_empty, template),
            Self::Case {
                change,
                all,
                pattern,
            } => Cow::Owned(with_case(text, *change, *all, pattern.as_ref())),
        }
    }
}

/// `[^]…]` and `[!]…]`: bash measures such a pattern wrongly, and finds it nowhere.
fn excludes_bracket(pattern: &[u8]) -> bool {
    let mut rest = pattern;
    while let Some((first, after)) = rest.split_first() {
        rest = match first {
            b'\\' => after.get(1..).unwrap_or_default(),
            b'[' if after.starts_with(b"^]") || after.starts_with(b"!]") => return true,
            b'[' => {
                let end = after.iter().skip(1).position(|byte| *byte == b']');
                end.map_or(after, |end| &after[end + 2..])
            }
            _ => after,
        };
    }
    false
}

fn replaced<'t>(
    text: &'t [u8],
    which: Replaced,
    pattern: &Pattern,
    is_empty: bool,
    template: &Template,
) -> Cow<'t, [u8]> {
    let mut out = Text::new();
    match which {
        Replaced::Prefix => {
            let Some(end) = pattern.longest_prefix(text) else {
                return Cow::Borrowed(text);
            };
            template.put(&text[..end], &mut out);
            out.extend_from_slice(&text[end..]);
        }
        Replaced::Suffix => {
            let Some(start) = pattern.longest_suffix(text) else {
                return Cow::Borrowed(text);
            };
            out.extend_from_slice(&text[..start]);
            template.put(&text[start..], &mut out);
        }
        // An empty pattern is found nowhere.
        Replaced::First | Replaced::All if is_empty => return Cow::Borrowed(text),
        Replaced::All if text.is_empty() => {
            if !pattern.matches(text) {
                return Cow::Borrowed(text);
            }
            template.put(text, &mut out);
        }
        Replaced::First => {
            let Some((start, end)) = pattern.find(text, 0) else {
                return Cow::Borrowed(text);
            };
            out.extend_from_slice(&text[..start]);
            template.put(&text[start..end], &mut out);
            out.extend_from_slice(&text[end..]);
        }
        Replaced::All => {
            let mut at = 0;
            while at < text.len()
                && let Some((start, end)) = pattern.find(text, at)
            {
                if start == text.len() {
                    break;
                }
                out.extend_from_slice(&text[at..start]);
                template.put(&text[start..end], &mut out);
                at = end;
                if end == start {
                    // An empty match: the character behind it stays.
                    let width = characters::at(text, at).map_or(1, |(_, width)| width);
                    out.extend_from_slice(&text[at..at + width]);
                    at += width;
                }
            }
            if at == 0 {
                return Cow::Borrowed(text);
            }
            out.extend_from_slice(&text[at..]);
        }
    }
    Cow::Owned(out)
}

pub fn with_case(text: &[u8], change: CaseChange, all: bool, pattern: Option<&Pattern>) -> Text {
    let mut out = Text::with_capacity(text.len());
    let mut at = 0;
    while let Some((character, width)) = characters::at(text, at) {
        let bytes = &text[at..at + width];
        at += width;
        let is_meant = pattern.is_none_or(|pattern| pattern.matches(bytes));
        let changed = match change {
            _ if !is_meant => character,
            CaseChange::Upper => character.uppercase(),
            CaseChange::Lower => character.lowercase(),
            CaseChange::Toggle if character.uppercase() == character => character.lowercase(),
            CaseChange::Toggle => character.uppercase(),
        };
        match changed.to_char() {
            Some(changed) => out.extend_from_slice(changed.encode_utf8(&mut [0; 4]).as_bytes()),
            None => out.extend_from_slice(bytes),
        }
        if !all {
            break;
        }
    }
    out.extend_from_slice(&text[at.min(text.len())..]);
    out
}
