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
use super::pattern::Pattern;
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
            dots: self.has_shopt(Shopt::DotGlob) || has_ignored,
            skips_dots: self.has_shopt(Shopt::GlobSkipDots) || has_ignored,
            globstar: self.has_shopt(Shopt::GlobStar),
        }
    }

    /// The patterns of `GLOBIGNORE`, by their components.
    fn ignored(&mut self) -> Option<Vec<Vec<Pattern>>> {
        let text = self
            .value(Symbol::GLOBIGNORE)
            .filter(|text| !text.is_empty())?;
        let extglob = self.has_shopt(Shopt::ExtGlob);
        let components = |source: &[u8]| {
            source
                .split(|&byte| byte == b'/')
                .map(|component| Pattern::new(component, extglob, false))
                .collect()
        };
        Some(text.split(|&byte| byte == b':').map(components).collect())
    }
}

fn is_ignored(name: &[u8], ignored: &[Vec<Pattern>]) -> bool {
    let components: Vec<_> = name.split(|&byte| byte == b'/').collect();
    ignored.iter().any(|patterns| {
        patterns.len() == components.len()
            && patterns
                .iter()
                .zip(&components)
                .all(|(pattern, component)| pattern.matches(component))
    })
}
