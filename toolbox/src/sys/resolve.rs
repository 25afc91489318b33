//! Paths without symbolic links, `.` and `..`, and paths from one place to another.

use std::io;
use std::path::Path;

use super::{FileKind, Follow, OsStrExt, OsStringExt};

/// How many symbolic links may lead on.
const MOST_LINKS: usize = 40;

/// What of a path has to exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    Nothing,
    /// The last part may be missing.
    Last,
    Anything,
}

/// What happens to symbolic links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    Resolved,
    /// They stay, and `..` takes away the part before it, whatever that is.
    Kept,
}

/// The absolute path of a name.
pub fn resolve(name: &[u8], missing: Missing, links: Links) -> io::Result<Vec<u8>> {
    if name.is_empty() {
        return Err(error(libc::ENOENT));
    }
    let mut done = Vec::new();
    if !name.starts_with(b"/") {
        let here = std::env::current_dir()?.into_os_string().into_vec();
        // The kernel's own path may have links in it, as it is the one the process was started in.
        done = resolve(&here, Missing::Anything, Links::Resolved)?;
        if done == b"/" {
            done.clear();
        }
    }
    let mut rest = name.to_vec();
    let mut followed = 0;
    loop {
        let start = rest.iter().take_while(|byte| **byte == b'/').count();
        rest.drain(..start);
        let length = rest
            .iter()
            .position(|byte| *byte == b'/')
            .unwrap_or(rest.len());
        let part: Vec<u8> = rest.drain(..length).collect();
        match part.as_slice() {
            b"" => break,
            b"." => continue,
            b".." => {
                let end = done.iter().rposition(|byte| *byte == b'/');
                done.truncate(end.unwrap_or(0));
                continue;
            }
            _ => {}
        }
        let parent = done.len();
        done.push(b'/');
        done.extend_from_slice(&part);
        let found = match links {
            Links::Resolved => read_link(&done),
            Links::Kept if missing == Missing::Anything => continue,
            Links::Kept => super::stat(path(&done), Follow::Yes).map(|_| None),
        };
        match found {
            Ok(None) => {
                if missing != Missing::Anything && must_be_directory(&rest) {
                    check_directory(&done)?;
                }
            }
            Ok(Some(target)) => {
                followed += 1;
                if followed > MOST_LINKS {
                    if missing == Missing::Anything {
                        continue;
                    }
                    return Err(error(libc::ELOOP));
                }
                done.truncate(if target.starts_with(b"/") { 0 } else { parent });
                rest.splice(0..0, target);
            }
            Err(_) if missing == Missing::Anything => {}
            Err(error) => {
                // A link that is kept is not asked where it leads, so its parts need not be there either.
                let may_be_missing = match links {
                    Links::Resolved => rest.iter().all(|byte| *byte == b'/'),
                    Links::Kept => !goes_on_with_dots(&rest),
                };
                if !(missing == Missing::Last
                    && may_be_missing
                    && error.kind() == io::ErrorKind::NotFound)
                {
                    return Err(error);
                }
            }
        }
    }
    if done.is_empty() {
        done.push(b'/');
    }
    Ok(done)
}

/// Where a link leads; nothing when the file is none.
fn read_link(name: &[u8]) -> io::Result<Option<Vec<u8>>> {
    match std::fs::read_link(path(name)) {
        Ok(target) => Ok(Some(target.into_os_string().into_vec())),
        Err(error) if error.raw_os_error() == Some(libc::EINVAL) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether what follows a part asks for a directory, without naming anything in it that would be looked up.
fn must_be_directory(rest: &[u8]) -> bool {
    let mut parts = rest
        .split(|byte| *byte == b'/')
        .filter(|part| !part.is_empty() && *part != b".");
    !rest.is_empty() && matches!(parts.next(), None | Some(b".."))
}

fn goes_on_with_dots(rest: &[u8]) -> bool {
    let mut parts = rest
        .split(|byte| *byte == b'/')
        .filter(|part| !part.is_empty());
    matches!(parts.next(), Some(b"." | b".."))
}

fn check_directory(name: &[u8]) -> io::Result<()> {
    let stat = super::stat(path(name), Follow::Yes)?;
    match FileKind::of_mode(stat.mode) {
        FileKind::Directory => Ok(()),
        _ => Err(error(libc::ENOTDIR)),
    }
}

fn path(name: &[u8]) -> &Path {
    Path::new(std::ffi::OsStr::from_bytes(name))
}

fn error(errno: i32) -> io::Error {
    io::Error::from_raw_os_error(errno)
}

/// The path that leads from a directory to a place; both are absolute and have no links.
pub fn between(directory: &[u8], place: &[u8]) -> Vec<u8> {
    let parts = |path: &[u8]| -> Vec<Vec<u8>> {
        let parts = path
            .split(|byte| *byte == b'/')
            .filter(|part| !part.is_empty());
        parts.map(<[u8]>::to_vec).collect()
    };
    let (from, to) = (parts(directory), parts(place));
    let common = from
        .iter()
        .zip(&to)
        .take_while(|(one, other)| one == other)
        .count();
    let up = from.iter().skip(common).map(|_| b"..".to_vec());
    let steps: Vec<Vec<u8>> = up.chain(to.into_iter().skip(common)).collect();
    match steps.is_empty() {
        true => b".".to_vec(),
        false => steps.join(&b'/'),
    }
}

/// Whether an absolute path is that of a directory or of something below it.
pub fn is_below(directory: &[u8], place: &[u8]) -> bool {
    match place.strip_prefix(directory) {
        Some(rest) => directory.ends_with(b"/") || rest.is_empty() || rest.starts_with(b"/"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_go_without_a_look_when_anything_may_be_missing() {
        let resolved = |name: &str| {
            let path = resolve(name.as_bytes(), Missing::Anything, Links::Kept);
            String::from_utf8(path.expect("a path")).expect("text")
        };
        assert_eq!(resolved("/no/./such//x/../y/"), "/no/such/y");
        assert_eq!(resolved("/.."), "/");
        assert_eq!(resolved("//"), "/");
    }

    #[test]
    fn a_path_goes_up_to_what_is_common_and_down_again() {
        for (directory, place, path) in [
            ("/a/b", "/a/c", "../c"),
            ("/a/b", "/a/b/c", "c"),
            ("/a/b", "/a/b", "."),
            ("/a/b", "/a", ".."),
            ("/", "/a", "a"),
            ("/a/b", "/", "../.."),
        ] {
            assert_eq!(
                between(directory.as_bytes(), place.as_bytes()),
                path.as_bytes()
            );
        }
    }

    #[test]
    fn only_whole_names_are_below() {
        assert!(is_below(b"/a", b"/a") && is_below(b"/a", b"/a/b") && is_below(b"/", b"/a"));
        assert!(!is_below(b"/a", b"/ab") && !is_below(b"/a/b", b"/a"));
    }
}
