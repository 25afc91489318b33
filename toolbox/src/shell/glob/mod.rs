//! Pathname expansion: fields that are patterns become the names of files.

mod path;
mod walk;

use self::path::Path;
use self::walk::{Rules, Walk};
use super::Shell;
use super::access::discard;
use super::ast::Text;
use super::flow::Flow;
use super::options::Shopt;
use super::pattern::{self, Pattern};
use super::symbol::Symbol;

impl Shell {
    /// Puts names of files in the places of the fields that have patterns.
    pub(super) fn expand_paths(
        &mut self,
        fields: Vec<Text>,
        patterns: Vec<(usize, Text)>,
    ) -> Flow<Vec<Text>> {
        let ignored = self.ignored();
        let rules = self.rules(ignored.is_some());
        let mut patterns = patterns.into_iter().peekable();
        let mut expanded = Vec::with_capacity(fields.len());
        for (number, field) in fields.into_iter().enumerate() {
            let Some((_, source)) = patterns.next_if(|(at, _)| *at == number) else {
                expanded.push(field);
                continue;
            };
            let path = Path::new(&source, rules);
            if path.is_literal() {
                expanded.push(field);
                continue;
            }
            let mut names = Walk::new(rules).names(&path);
            if let Some(ignored) = &ignored {
                names.retain(|name| !is_ignored(name, ignored));
            }
            if !names.is_empty() {
                expanded.append(&mut names);
            } else if self.has_shopt(Shopt::FailGlob) {
                self.complain([b"no match: ", &field[..]].concat());
                return discard();
            } else if !self.has_shopt(Shopt::NullGlob) {
                expanded.push(field);
            }
        }
        Flow::Continue(expanded)
    }

    /// The names of files that a pattern matches, sorted.
    pub fn glob(&mut self, source: &[u8]) -> Vec<Text> {
        let ignored = self.ignored();
        let rules = self.rules(ignored.is_some());
        let mut names = Walk::new(rules).names(&Path::new(source, rules));
        if let Some(ignored) = &ignored {
            names.retain(|name| !is_ignored(name, ignored));
        }
        names
    }

    fn rules(&self, has_ignored: bool) -> Rules {
        Rules {
            extglob: self.has_shopt(Shopt::ExtGlob),
            ignore_case: self.has_shopt(Shopt::NoCaseGlob),
            dots: self.has_shopt(Shopt::DotGlob),
            skips_dots: self.has_shopt(Shopt::GlobSkipDots) || has_ignored,
            globstar: self.has_shopt(Shopt::GlobStar),
        }
    }

    /// The patterns of `GLOBIGNORE`.
    fn ignored(&mut self) -> Option<Vec<Ignored>> {
        let text = self
            .value(Symbol::GLOBIGNORE)
            .filter(|text| !text.is_empty())?;
        let extglob = self.has_shopt(Shopt::ExtGlob);
        let patterns = pattern::split(&text, b':');
        Some(
            patterns
                .into_iter()
                .map(|source| Ignored::new(source, extglob))
                .collect(),
        )
    }
}

/// A pattern of names that are not wanted, by its components.
struct Ignored {
    components: Vec<Pattern>,
    /// The last component without the `*` at its end, which also stands for what is below.
    open: Option<Pattern>,
}

impl Ignored {
    fn new(source: &[u8], extglob: bool) -> Self {
        let components: Vec<_> = source.split(|&byte| byte == b'/').collect();
        let open = components.last().and_then(|last| {
            let before = last.strip_suffix(b"*")?;
            (!before.ends_with(b"\\")).then(|| Pattern::new(before, extglob, false))
        });
        Self {
            components: components
                .into_iter()
                .map(|component| Pattern::new(component, extglob, false))
                .collect(),
            open,
        }
    }

    fn has(&self, name: &[u8]) -> bool {
        let names: Vec<_> = name.split(|&byte| byte == b'/').collect();
        let Some(last) = self.components.len().checked_sub(1) else {
            return false;
        };
        let mut pairs = self.components.iter().zip(&names);
        if self.components.len() == names.len() {
            return pairs.all(|(pattern, name)| pattern.matches(name));
        }
        match (&self.open, names.get(last)) {
            (Some(open), Some(name)) => {
                open.shortest_prefix(name).is_some()
                    && pairs
                        .take(last)
                        .all(|(pattern, name)| pattern.matches(name))
            }
            _ => false,
        }
    }
}

fn is_ignored(name: &[u8], ignored: &[Ignored]) -> bool {
    ignored.iter().any(|ignored| ignored.has(name))
}

#[cfg(test)]
mod tests;
