//! The orders a directory is listed in.

use std::cmp::Ordering;

use super::entry::Entry;
use super::options::{Config, Sort};
use crate::sys::{FileKind, version};

/// Sorts entries as the options ask. Names decide between equals; `-r` turns all but the grouping around.
pub fn sort(entries: &mut [Entry], config: &Config) {
    let directories_first =
        |a: &Entry, b: &Entry| b.stands_for_directory().cmp(&a.stands_for_directory());
    if config.sort == Sort::None {
        return;
    }
    entries.sort_by(|a, b| {
        let grouping = match config.directories_first {
            true => directories_first(a, b),
            false => Ordering::Equal,
        };
        grouping.then_with(|| match config.reverse {
            true => order(b, a, config),
            false => order(a, b, config),
        })
    });
}

fn order(a: &Entry, b: &Entry, config: &Config) -> Ordering {
    let first = match config.sort {
        Sort::None | Sort::Name => Ordering::Equal,
        Sort::Size => size(b).cmp(&size(a)),
        Sort::Time => {
            let time = |entry: &Entry| entry.stat.as_ref().and_then(|stat| config.time.of(stat));
            time(b).cmp(&time(a))
        }
        Sort::Extension => extension(&a.name).cmp(extension(&b.name)),
        Sort::Version => version::compare(&a.name, &b.name),
        Sort::Width => a.width.cmp(&b.width),
    };
    first.then_with(|| a.name.cmp(&b.name))
}

fn size(entry: &Entry) -> u64 {
    entry.stat.as_ref().map_or(0, |stat| stat.size)
}

fn extension(name: &[u8]) -> &[u8] {
    let dot = name.iter().rposition(|byte| *byte == b'.');
    dot.map_or(&[], |at| &name[at..])
}

impl Entry {
    /// Whether it is a directory, or a symbolic link that leads to one.
    fn stands_for_directory(&self) -> bool {
        self.kind == FileKind::Directory
            || self.target_mode.map(FileKind::of_mode) == Some(FileKind::Directory)
    }
}
