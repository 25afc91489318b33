//! Pathname expansion (bash manual, "Filename Expansion").

use std::ffi::OsStr;

use super::Shell;
use super::access::discard;
use super::ast::Text;
use super::flow::Flow;
use super::options::Shopt;
use super::pattern::Pattern;
use super::symbol::Symbol;
use crate::sys::{self, FileKind, Follow, OsStrExt, OsStringExt};

/// How deep `**` goes.
const MAX_DEPTH: usize = 200;

/// What the options say.
#[derive(Clone, Copy)]
struct Rules {
    extglob: bool,
    ignore_case: bool,
    dots: bool,
    skip_dots: bool,
    star_star: bool,
}

impl Shell {
    /// Adds the files that a pattern matches; without one, the word itself.
    pub(super) fn expand_pathname(&mut self, word: Text, source: &[u8], fields: &mut Vec<Text>) -> Flow<()> {
        if !has_pattern(source, self.has_shopt(Shopt::ExtGlob)) {
            fields.push(word);
            return Flow::Continue(());
        }
        let found = self.glob(source);
        if !found.is_empty() {
            fields.extend(found);
        } else if self.has_shopt(Shopt::FailGlob) {
            self.complain([b"no match: ", word.as_slice()].concat());
            return discard();
        } else if !self.has_shopt(Shopt::NullGlob) {
            fields.push(word);
        }
        Flow::Continue(())
    }

    /// The files that a pattern matches, sorted.
    pub fn glob(&mut self, source: &[u8]) -> Vec<Text> {
        let ignored = self.value(Symbol::GLOBIGNORE).filter(|text| !text.is_empty());
        let rules = Rules {
            extglob: self.has_shopt(Shopt::ExtGlob),
            ignore_case: self.has_shopt(Shopt::NoCaseGlob),
            dots: self.has_shopt(Shopt::DotGlob) || ignored.is_some(),
            skip_dots: self.has_shopt(Shopt::GlobSkipDots) || ignored.is_some(),
            star_star: self.has_shopt(Shopt::GlobStar),
        };
        let mut found = Vec::new();
        let (prefix, rest) = match source.iter().position(|byte| *byte != b'/') {
            Some(at) => source.split_at(at),
            None => (source, &b""[..]),
        };
        walk(prefix.to_vec(), &components(rest), rules, &mut found, 0);
        if let Some(ignored) = ignored {
            let patterns: Vec<Pattern> = split_colons(&ignored)
                .into_iter()
                .map(|pattern| Pattern::new(&pattern, rules.extglob, rules.ignore_case))
                .collect();
            found.retain(|path| {
                let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
                !matches!(name, b"." | b"..") && !patterns.iter().any(|pattern| pattern.matches(path))
            });
        }
        found.sort();
        found.dedup();
        found
    }
}

/// The patterns of GLOBIGNORE: a colon in brackets is no separator.
fn split_colons(text: &[u8]) -> Vec<Text> {
    let mut patterns = vec![Text::new()];
    let mut brackets = false;
    for byte in text {
        match byte {
            b':' if !brackets => patterns.push(Text::new()),
            _ => {
                brackets = match byte {
                    b'[' => true,
                    b']' => false,
                    _ => brackets,
                };
                if let Some(last) = patterns.last_mut() {
                    last.push(*byte);
                }
            }
        }
    }
    patterns.retain(|pattern| !pattern.is_empty());
    patterns
}

/// The parts of a pattern between slashes, which may stand in brackets or groups.
fn components(source: &[u8]) -> Vec<Text> {
    let mut components = vec![Text::new()];
    let mut groups = 0_usize;
    let mut bytes = source.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        let Some(last) = components.last_mut() else { break };
        match byte {
            b'/' if groups == 0 => components.push(Text::new()),
            b'\\' => {
                if bytes.peek() == Some(&b'/') {
                    continue;
                }
                last.push(byte);
                last.extend(bytes.next());
            }
            _ => {
                match byte {
                    b'(' if matches!(last.last(), Some(b'?' | b'*' | b'+' | b'@' | b'!')) => groups += 1,
                    b')' => groups = groups.saturating_sub(1),
                    _ => {}
                }
                last.push(byte);
            }
        }
    }
    components
}

/// Adds what the components match in a directory, which is the text before them.
fn walk(prefix: Text, components: &[Text], rules: Rules, found: &mut Vec<Text>, depth: usize) {
    let Some((component, rest)) = components.split_first() else {
        found.push(prefix);
        return;
    };
    let is_last = rest.is_empty();
    if component.is_empty() {
        // Slashes in a row, or one at the end, which only a directory has.
        if is_last {
            if prefix.is_empty() || is_directory(&prefix) {
                found.push(prefix);
            }
        } else {
            walk([prefix.as_slice(), b"/"].concat(), rest, rules, found, depth);
        }
        return;
    }
    if component == b"**" && rules.star_star {
        // It stands for any number of directories, none included.
        if is_last {
            if !prefix.is_empty() {
                found.push(prefix.clone());
            }
        } else {
            walk(prefix.clone(), rest, rules, found, depth);
        }
        if depth < MAX_DEPTH {
            for (name, is_directory) in entries(&prefix) {
                if name.starts_with(b".") && !rules.dots {
                    continue;
                }
                let path = [prefix.as_slice(), &name].concat();
                if is_directory {
                    walk([path.as_slice(), b"/"].concat(), components, rules, found, depth + 1);
                } else if is_last {
                    found.push(path);
                }
            }
        }
        if is_last {
            // What `**` itself stands for has no slash at its end.
            strip_slashes(found, &prefix);
        }
        return;
    }
    let pattern = Pattern::new(component, rules.extglob, rules.ignore_case);
    if pattern.literal().is_some() && !rules.ignore_case {
        let path = [prefix.as_slice(), &unescaped(component)].concat();
        if is_last {
            if exists(&path) {
                found.push(path);
            }
        } else if is_directory(&path) {
            walk([path.as_slice(), b"/"].concat(), rest, rules, found, depth);
        }
        return;
    }
    let mut names: Vec<Text> = entries(&prefix).into_iter().map(|(name, _)| name).collect();
    if !rules.skip_dots {
        names.extend([b".".to_vec(), b"..".to_vec()]);
    }
    for name in names {
        let matches = match rules.dots && !matches!(name.as_slice(), b"." | b"..") {
            true => pattern.matches(&name),
            false => pattern.matches_name(&name),
        };
        if !matches {
            continue;
        }
        let path = [prefix.as_slice(), &name].concat();
        if is_last {
            found.push(path);
        } else if is_directory(&path) {
            walk([path.as_slice(), b"/"].concat(), rest, rules, found, depth);
        }
    }
}

/// Directories that `**` found in itself end in a slash only when the pattern does.
fn strip_slashes(found: &mut [Text], root: &[u8]) {
    for path in found {
        if path.len() > root.len() && path.last() == Some(&b'/') {
            path.pop();
        }
    }
}

fn unescaped(component: &[u8]) -> Text {
    let mut text = Text::with_capacity(component.len());
    let mut bytes = component.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => text.extend(bytes.next()),
            _ => text.push(byte),
        }
    }
    text
}

/// The names in a directory, and which of them are directories themselves (links to one are not).
fn entries(prefix: &[u8]) -> Vec<(Text, bool)> {
    let directory = if prefix.is_empty() { b"." } else { prefix };
    let Ok(listing) = std::fs::read_dir(OsStr::from_bytes(directory)) else {
        return Vec::new();
    };
    listing
        .filter_map(Result::ok)
        .map(|entry| {
            let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
            (entry.file_name().into_vec(), is_directory)
        })
        .collect()
}

fn exists(path: &[u8]) -> bool {
    sys::stat(OsStr::from_bytes(path), Follow::No).is_ok()
}

fn is_directory(path: &[u8]) -> bool {
    let stat = sys::stat(OsStr::from_bytes(path), Follow::Yes);
    stat.is_ok_and(|stat| FileKind::of_mode(stat.mode) == FileKind::Directory)
}

/// Whether a source is more than text with escapes.
fn has_pattern(source: &[u8], extglob: bool) -> bool {
    let mut bytes = source.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next()),
            b'*' | b'?' => return true,
            b'[' if bytes.clone().any(|byte| byte == b']') => return true,
            b'+' | b'@' | b'!' if extglob && bytes.peek() == Some(&b'(') => return true,
            _ => {}
        }
    }
    false
}
