//! Whether source and destination are one file, which a copy would destroy.

use std::path::Path;

use super::copy::identity;
use super::operands::{base_name, directory_of};
use super::options::{Kind, Options};
use crate::sys::{self, FileKind, FileStat, Follow};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Same {
    /// They differ, or the copy may go on although they do not.
    No,
    /// They are one file, as was asked for.
    Done,
    Refused,
}

pub fn compare(source: &Path, follow: Follow, destination: &Path, options: &Options) -> Same {
    let links = (
        sys::stat(source, Follow::No),
        sys::stat(destination, Follow::No),
    );
    let (Ok(source_link), Ok(destination_link)) = links else {
        return Same::No;
    };
    let targets = (
        sys::stat(source, Follow::Yes),
        sys::stat(destination, Follow::Yes),
    );
    let is_link = |stat: &FileStat| FileKind::of_mode(stat.mode) == FileKind::Symlink;
    let one_link = identity(&source_link) == identity(&destination_link);
    let one_target = match &targets {
        (Ok(source), Ok(destination)) => identity(source) == identity(destination),
        _ => false,
    };
    let one_name = one_link && is_one_name(source, destination, &source_link);
    if follow == Follow::No && is_link(&source_link) {
        return match one_link {
            true if options.kind == Kind::HardLink => Same::Done,
            true if one_name => Same::Refused,
            true if options.backup.is_wanted() || options.remove_destination => Same::No,
            true => Same::Refused,
            // The link would come to stand where it leads.
            false if one_target && !is_link(&destination_link) => {
                match options.backup.is_wanted() {
                    true => Same::No,
                    false => Same::Refused,
                }
            }
            false => Same::No,
        };
    }
    if !one_target {
        return Same::No;
    }
    if options.kind == Kind::HardLink && !is_link(&destination_link) {
        return Same::Done;
    }
    // Making the link fails, or takes the place of the other one.
    let replaces = options.backup.is_wanted()
        || options.remove_destination
        || (options.kind != Kind::Data && is_link(&destination_link));
    // A link that leads to the destination would lead nowhere once that is moved or removed.
    let destroys_source = is_link(&source_link) && !is_link(&destination_link);
    match replaces && !one_name && !destroys_source {
        true => Same::No,
        false => Same::Refused,
    }
}

/// Whether two paths of one file are the same entry of one directory.
pub fn is_one_name(a: &Path, b: &Path, stat: &FileStat) -> bool {
    if stat.nlink <= 1 {
        return true;
    }
    let parent = |path: &Path| {
        sys::stat(directory_of(path), Follow::Yes)
            .ok()
            .map(|stat| identity(&stat))
    };
    base_name(a.as_os_str()) == base_name(b.as_os_str()) && parent(a) == parent(b)
}
