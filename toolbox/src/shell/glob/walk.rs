//! Looks for the files that a path's pattern names.

use std::ffi::OsStr;
use std::fs::{self, FileType};

use super::path::{Component, ComponentKind, IsDotted, Path};
use crate::shell::ast::Text;
use crate::shell::pattern::Pattern;
use crate::sys::OsStrExt;

/// What the options say.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    pub extglob: bool,
    pub ignore_case: bool,
    /// Names that begin with a dot are matched like others.
    pub dots: bool,
    /// `.` and `..` are never matched.
    pub skips_dots: bool,
    /// `**` means all directories below.
    pub globstar: bool,
}

/// How deep directories are followed by `**`.
const DEEPEST: usize = 512;

pub struct Walk {
    rules: Rules,
    names: Vec<Text>,
}

struct Entry {
    name: Text,
    kind: Option<FileType>,
}

impl Entry {
    fn may_be_directory(&self) -> bool {
        self.kind
            .is_none_or(|kind| kind.is_dir() || kind.is_symlink())
    }
}

impl Walk {
    pub fn new(rules: Rules) -> Self {
        Self {
            rules,
            names: Vec::new(),
        }
    }

    /// The names, sorted.
    pub fn names(mut self, path: &Path) -> Vec<Text> {
        let mut at = path.root.clone();
        self.descend(&mut at, &path.components);
        self.names.sort_unstable();
        self.names.dedup();
        self.names
    }

    /// Adds what the components match in a directory, whose name ends in a slash if it is not empty.
    fn descend(&mut self, directory: &mut Text, components: &[Component]) {
        let Some((component, rest)) = components.split_first() else {
            return;
        };
        let length = directory.len();
        match &component.kind {
            ComponentKind::Literal(name) => {
                directory.extend_from_slice(name);
                self.enter(directory, component, rest, None);
            }
            ComponentKind::Pattern(pattern, is_dotted) => {
                let is_inner = !component.slashes.is_empty();
                for entry in self.matching(directory, pattern, *is_dotted) {
                    if is_inner && !entry.may_be_directory() {
                        continue;
                    }
                    directory.extend_from_slice(&entry.name);
                    self.enter(directory, component, rest, entry.kind);
                    directory.truncate(length);
                }
            }
            ComponentKind::AllBelow { behind_names } => {
                // Two of them behind each other are one.
                match rest.first().map(|next| &next.kind) {
                    Some(ComponentKind::AllBelow { .. }) => self.descend(directory, rest),
                    _ => self.all_below(directory, component, rest, *behind_names),
                }
            }
        }
        directory.truncate(length);
    }

    /// Goes on behind a name.
    fn enter(
        &mut self,
        path: &mut Text,
        component: &Component,
        rest: &[Component],
        kind: Option<FileType>,
    ) {
        path.extend_from_slice(&component.slashes);
        if !rest.is_empty() {
            return self.descend(path, rest);
        }
        let exists = if component.slashes.is_empty() {
            // What was found in a directory is there.
            kind.is_some() || fs::symlink_metadata(OsStr::from_bytes(path)).is_ok()
        } else {
            is_directory(path)
        };
        if exists {
            self.names.push(path.clone());
        }
    }

    /// `**`
    fn all_below(
        &mut self,
        directory: &mut Text,
        component: &Component,
        rest: &[Component],
        behind_names: bool,
    ) {
        let is_first = directory.is_empty();
        if rest.is_empty() {
            let only_directories = !component.slashes.is_empty();
            if !is_first && is_directory(directory) {
                // Behind a pattern, it is the name that the pattern found.
                let end = match behind_names || only_directories {
                    true => directory.len(),
                    false => directory
                        .iter()
                        .rposition(|&byte| byte != b'/')
                        .map_or(0, |at| at + 1),
                };
                self.names.push(directory[..end].to_vec());
            }
            self.add_below(directory, only_directories.then_some(&component.slashes), 0);
            return;
        }
        self.descend(directory, rest);
        // Links to directories are looked into, but only behind the name of a directory.
        self.descend_below(directory, !is_first, rest, 0);
    }

    fn add_below(&mut self, directory: &mut Text, slashes: Option<&Text>, depth: usize) {
        if depth == DEEPEST {
            return;
        }
        let length = directory.len();
        for entry in self.visible(directory) {
            directory.extend_from_slice(&entry.name);
            let is_directory_itself = entry.kind.is_some_and(|kind| kind.is_dir());
            match slashes {
                None => self.names.push(directory.clone()),
                Some(slashes) => {
                    let is_link = entry.kind.is_some_and(|kind| kind.is_symlink());
                    if is_directory_itself || is_link && is_directory(directory) {
                        self.names.push([&directory[..], slashes].concat());
                    }
                }
            }
            if is_directory_itself {
                directory.push(b'/');
                self.add_below(directory, slashes, depth + 1);
            }
            directory.truncate(length);
        }
    }

    fn descend_below(
        &mut self,
        directory: &mut Text,
        enters_links: bool,
        rest: &[Component],
        depth: usize,
    ) {
        if depth == DEEPEST {
            return;
        }
        let length = directory.len();
        for entry in self.visible(directory) {
            let is_directory = entry.kind.is_some_and(|kind| kind.is_dir());
            let is_link = entry.kind.is_some_and(|kind| kind.is_symlink());
            if !(is_directory || is_link && enters_links) {
                continue;
            }
            directory.extend_from_slice(&entry.name);
            directory.push(b'/');
            self.descend(directory, rest);
            if is_directory {
                self.descend_below(directory, enters_links, rest, depth + 1);
            }
            directory.truncate(length);
        }
    }

    /// The entries that `**` sees.
    fn visible(&self, directory: &[u8]) -> Vec<Entry> {
        let mut entries = read(directory);
        entries.retain(|entry| self.rules.dots || entry.name.first() != Some(&b'.'));
        entries
    }

    fn matching(&self, directory: &[u8], pattern: &Pattern, is_dotted: IsDotted) -> Vec<Entry> {
        let mut entries = read(directory);
        entries.retain(|entry| {
            if entry.name.first() != Some(&b'.') {
                return pattern.matches(&entry.name);
            }
            if self.rules.dots {
                return pattern.matches(&entry.name);
            }
            is_dotted.0 && pattern.matches_name(&entry.name)
        });
        if !self.rules.skips_dots {
            for name in [&b"."[..], b".."] {
                // They begin with a dot that has to stand in the pattern, whatever the options say.
                if pattern.matches_name(name) {
                    entries.push(Entry {
                        name: name.to_vec(),
                        kind: None,
                    });
                }
            }
        }
        entries
    }
}

/// Whether a path leads to a directory.
fn is_directory(path: &[u8]) -> bool {
    fs::metadata(OsStr::from_bytes(path)).is_ok_and(|metadata| metadata.is_dir())
}

/// What a directory holds; nothing of one that cannot be read.
fn read(directory: &[u8]) -> Vec<Entry> {
    let path = if directory.is_empty() {
        OsStr::new(".")
    } else {
        OsStr::from_bytes(directory)
    };
    let Ok(entries) = fs::read_dir(path) else {
        return Vec::new();
    };
    entries
        .flatten()
        .map(|entry| Entry {
            name: entry.file_name().as_bytes().to_vec(),
            kind: entry.file_type().ok(),
        })
        .collect()
}
