//! Paths from one place to another, as `ln --relative` needs them.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

/// How many symbolic links may lead on.
const MOST_LINKS: usize = 40;

/// The path that leads from a link in `directory` to `target`, which need not exist.
pub fn from_directory(directory: &Path, target: &Path) -> PathBuf {
    between(&resolved(directory), &resolved(target))
}

fn between(directory: &Path, target: &Path) -> PathBuf {
    let common = directory
        .components()
        .zip(target.components())
        .take_while(|(here, there)| here == there)
        .count();
    let up = directory
        .components()
        .skip(common)
        .map(|_| Component::ParentDir);
    let path: PathBuf = up.chain(target.components().skip(common)).collect();
    match path.as_os_str().is_empty() {
        true => PathBuf::from("."),
        false => path,
    }
}

/// The absolute path without symbolic links and `..`; parts that are not there stay as they are.
fn resolved(path: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/"));
    let mut left: VecDeque<OsString> = parts(&here.join(path)).collect();
    let mut done = PathBuf::from("/");
    let mut links = 0;
    while let Some(part) = left.pop_front() {
        if part == ".." {
            done.pop();
            continue;
        }
        done.push(&part);
        if links < MOST_LINKS
            && let Ok(target) = std::fs::read_link(&done)
        {
            links += 1;
            match target.is_absolute() {
                true => done = PathBuf::from("/"),
                false => drop(done.pop()),
            }
            for part in parts(&target).rev() {
                left.push_front(part);
            }
        }
    }
    done
}

fn parts(path: &Path) -> impl DoubleEndedIterator<Item = OsString> {
    path.components().filter_map(|component| match component {
        Component::Normal(name) => Some(name.to_owned()),
        Component::ParentDir => Some(OsString::from("..")),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_goes_up_to_what_is_common_and_down_again() {
        for (directory, target, path) in [
            ("/a/b", "/a/c", "../c"),
            ("/a/b", "/a/b/c", "c"),
            ("/a/b", "/a/b", "."),
            ("/a/b", "/a", ".."),
            ("/", "/a", "a"),
            ("/a/b", "/c/d", "../../c/d"),
        ] {
            assert_eq!(
                between(Path::new(directory), Path::new(target)),
                Path::new(path)
            );
        }
    }
}
