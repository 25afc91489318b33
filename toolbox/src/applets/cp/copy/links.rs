//! Hard and symbolic links, made as copies or instead of them.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::{Copier, Source, identity, name};
use crate::applets::cp::options::Purpose;
use crate::sys::quote::quoted_if_needed;
use crate::sys::{self, Follow, OsStrExt, error_text};

impl Copier {
    /// With `--preserve=links`, a file that has a copy already gets another name for it.
    pub(super) fn link_to_earlier_copy(
        &mut self,
        source: &Source,
        destination: &Path,
        exists: bool,
    ) -> bool {
        let may_meet_again = source.stat.nlink > 1
            || (source.is_operand && self.several && source.follow == Follow::Yes);
        // A file whose other names were moved has one name left.
        let may_be_last = self.options.purpose == Purpose::Move;
        if !self.options.keep_links || !(may_meet_again || may_be_last) {
            return false;
        }
        let id = identity(&source.stat);
        let Some(earlier) = self.links.get(&id).cloned() else {
            if may_meet_again {
                self.links.insert(id, destination.to_path_buf());
            }
            return false;
        };
        if exists && !self.remove(destination) {
            return true;
        }
        if let Err(error) = std::fs::hard_link(&earlier, destination) {
            self.fail_to_link("hard link", &earlier, destination, &error);
        }
        true
    }

    pub(super) fn fail_to_link(
        &mut self,
        what: &str,
        target: &Path,
        link: &Path,
        error: &io::Error,
    ) {
        let before = format!("cannot create {what} ");
        let (link, target, text) = (name(link), name(target), error_text(error));
        let parts: [&[u8]; 6] = [
            before.as_bytes(),
            &link,
            b" to ",
            &target,
            b": ",
            text.as_bytes(),
        ];
        self.fail(&parts);
    }

    pub(super) fn make_symbolic_link(&mut self, target: &Path, link: &Path) {
        if !target.is_absolute() && !is_in_current_directory(link) {
            let link = quoted_if_needed(link.as_os_str().as_bytes());
            let text = b": can make relative symbolic links only in current directory";
            return self.fail(&[&link, text]);
        }
        let made = sys::symlink(target.as_os_str(), link);
        let made = self.retry_without(made, link, || sys::symlink(target.as_os_str(), link));
        if let Err(error) = made {
            self.fail_to_link("symbolic link", target, link, &error);
        }
    }

    pub(super) fn make_hard_link(&mut self, source: &Source, link: &Path) {
        let target = match source.follow {
            Follow::Yes => resolve_links(source.path),
            Follow::No => source.path.to_path_buf(),
        };
        let made = std::fs::hard_link(&target, link);
        let made = self.retry_without(made, link, || std::fs::hard_link(&target, link));
        if let Err(error) = made {
            self.fail_to_link("hard link", source.path, link, &error);
        }
    }

    /// With `--force`, what stands in the way of a link is removed, and the link is made then.
    pub(super) fn retry_without(
        &self,
        made: io::Result<()>,
        link: &Path,
        make: impl FnOnce() -> io::Result<()>,
    ) -> io::Result<()> {
        match made {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let gives_way = self.options.force || self.options.remove_destination;
                if !gives_way {
                    return Err(error);
                }
                std::fs::remove_file(link)?;
                make()
            }
            made => made,
        }
    }

    pub(super) fn copy_symlink(&mut self, source: &Source, destination: &Path) {
        let target = match std::fs::read_link(source.path) {
            Ok(target) => target,
            Err(error) => return self.fail_at("cannot read symbolic link", source.path, &error),
        };
        let made = sys::symlink(target.as_os_str(), destination);
        let made = self.retry_without(made, destination, || {
            sys::symlink(target.as_os_str(), destination)
        });
        if let Err(error) = made {
            return self.fail_at("cannot create symbolic link", destination, &error);
        }
        if self.options.keep_times {
            self.keep_times(destination, &source.stat, Follow::No);
        }
    }
}

fn is_in_current_directory(path: &Path) -> bool {
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => return true,
    };
    match (sys::stat(parent, Follow::Yes), sys::stat(".", Follow::Yes)) {
        (Ok(parent), Ok(here)) => identity(&parent) == identity(&here),
        _ => false,
    }
}

/// The file that a symbolic link leads to; the last link that can be read when there is none.
pub fn resolve_links(path: &Path) -> PathBuf {
    let mut path = path.to_path_buf();
    for _ in 0..40 {
        let Ok(target) = std::fs::read_link(&path) else {
            break;
        };
        path = match path.parent() {
            Some(parent) => parent.join(target),
            None => target,
        };
    }
    path
}
