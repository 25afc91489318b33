//! Paths as guests write them.

use super::PATH_MAX;
use crate::vfs::{Errno, Follow};

/// How a path ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Name,
    /// A name and `/`: it must be a directory.
    Slash,
    Dot,
    DotDot,
    /// No name at all: the root.
    Root,
}

impl Ending {
    pub fn of(path: &[u8]) -> Self {
        let mut names = path.rsplit(|&byte| byte == b'/');
        match names.find(|name| !name.is_empty()) {
            None => Self::Root,
            Some(b".") => Self::Dot,
            Some(b"..") => Self::DotDot,
            Some(_) if path.ends_with(b"/") => Self::Slash,
            Some(_) => Self::Name,
        }
    }

    /// Whether the path can only be that of a directory.
    pub fn names_a_directory(self) -> bool {
        self != Self::Name
    }

    /// Whether the last name is one that a directory has from its beginning, so
    /// that it is never made or removed.
    pub fn is_fixed(self) -> bool {
        matches!(self, Self::Dot | Self::DotDot | Self::Root)
    }
}

/// A path of the virtual root.
pub struct GuestPath {
    /// `/a/b`, or empty for the root itself: no `.`, no `/` twice or at the end.
    pub normal: Vec<u8>,
    pub has_parent_name: bool,
    pub ending: Ending,
}

impl GuestPath {
    /// Reads an absolute path: no NUL, at most PATH_MAX bytes.
    pub fn parse(path: &[u8]) -> Result<Self, Errno> {
        check(path)?;
        let mut normal = Vec::with_capacity(path.len() + 1);
        let mut has_parent_name = false;
        for name in names(path) {
            has_parent_name |= name == b"..";
            normal.push(b'/');
            normal.extend_from_slice(name);
        }
        Ok(Self {
            normal,
            has_parent_name,
            ending: Ending::of(path),
        })
    }

    /// A path that ends in `/` or `/.` goes through a link at its end.
    pub fn follow(&self, follow: Follow) -> Follow {
        if self.ending.names_a_directory() {
            Follow::Yes
        } else {
            follow
        }
    }
}

/// Refuses what is no path to anyone.
pub fn check(path: &[u8]) -> Result<(), Errno> {
    if path.is_empty() {
        return Err(Errno::NotFound);
    }
    if path.len() > PATH_MAX {
        return Err(Errno::NameTooLong);
    }
    if path.contains(&0) {
        return Err(Errno::Invalid);
    }
    Ok(())
}

/// The names of a path, first one first, without `.`.
pub fn names(path: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    path.split(|&byte| byte == b'/')
        .filter(|name| !name.is_empty() && *name != b".")
}

/// The directory that a normal path lies in; that of the root is the root.
pub fn parent(normal: &[u8]) -> &[u8] {
    let slash = normal.iter().rposition(|&byte| byte == b'/');
    &normal[..slash.unwrap_or(0)]
}

/// Whether `path` lies beneath `directory`, both normal.
pub fn is_beneath(path: &[u8], directory: &[u8]) -> bool {
    path.strip_prefix(directory)
        .is_some_and(|rest| rest.starts_with(b"/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_path_is_its_last_name_whatever_slashes_follow() {
        let endings = [
            (&b"/a"[..], Ending::Name),
            (b"/a//", Ending::Slash),
            (b"/a/./", Ending::Dot),
            (b"/a/..//", Ending::DotDot),
            (b"//", Ending::Root),
            (b"/.a", Ending::Name),
            (b"..", Ending::DotDot),
        ];
        for (path, ending) in endings {
            assert_eq!(Ending::of(path), ending, "{}", path.escape_ascii());
        }
    }

    #[test]
    fn a_normal_path_has_each_name_once_and_no_dots() {
        let parsed = GuestPath::parse(b"//a/./b//../c/.").expect("it is a path");
        assert_eq!(parsed.normal, b"/a/b/../c");
        assert!(parsed.has_parent_name);
        assert_eq!(parent(&parsed.normal), b"/a/b/..");
        assert_eq!(parent(b"/a"), b"");
        assert_eq!(parent(b""), b"");
    }

    #[test]
    fn a_path_has_a_length_and_no_nul() {
        let parse = |path: &[u8]| GuestPath::parse(path).map(|parsed| parsed.normal);
        assert_eq!(parse(b""), Err(Errno::NotFound));
        assert_eq!(parse(b"/\0"), Err(Errno::Invalid));
        assert_eq!(parse(&[b'/'; 4096]), Err(Errno::NameTooLong));
        assert_eq!(parse(&[b'/'; 4095]), Ok(Vec::new()));
    }
}
