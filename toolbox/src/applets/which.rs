//! `which`: prints the files that names of commands stand for.

use std::ffi::{OsStr, OsString};
use std::io::{self, BufWriter, Write};

use crate::stdio;
use crate::sys::{self, FileKind, Follow, OsStrExt};

const NAME: &str = "which";

/// The original is a script for a shell, whose words these are.
const USAGE: &[u8] = b"Usage: /usr/bin/which [-a] args\n";

pub fn main(args: &[OsString]) -> i32 {
    let mut names = args.get(1..).unwrap_or_default();
    let mut all = false;
    while let Some((first, rest)) = names.split_first() {
        let letters = match first.as_bytes() {
            b"--" => {
                names = rest;
                break;
            }
            [b'-', letters @ ..] if !letters.is_empty() => letters,
            _ => break,
        };
        if let Some(letter) = letters.iter().find(|letter| **letter != b'a') {
            let message = [b"Illegal option -", &[*letter][..], b"\n"].concat();
            // A stderr that cannot be written to leaves the status as the only witness.
            let _ = io::stderr().write_all(&message);
            stdio::print(NAME, USAGE);
            return 2;
        }
        all = true;
        names = rest;
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut out = BufWriter::new(io::stdout().lock());
    let mut status = i32::from(names.is_empty());
    for name in names {
        let found = files(name.as_bytes(), path.as_bytes());
        let shown = if all { found.len() } else { found.len().min(1) };
        status |= i32::from(shown == 0);
        for file in found.iter().take(shown) {
            // What cannot be written is found when the buffer is flushed.
            let _ = out.write_all(file).and_then(|()| out.write_all(b"\n"));
        }
    }
    stdio::finish(NAME, out.flush(), status)
}

/// The programs of a name, in the order in which they are found.
fn files(name: &[u8], path: &[u8]) -> Vec<Vec<u8>> {
    if name.contains(&b'/') {
        return Vec::from_iter(is_program(name).then(|| name.to_vec()));
    }
    let files = directories(path).map(|directory| match directory {
        b"" => [b"./", name].concat(),
        directory => [directory, b"/", name].concat(),
    });
    files.filter(|file| is_program(file)).collect()
}

/// The directories of a path; an empty one is the working directory.
fn directories(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    // Nothing stands behind the last of several colons.
    let path = match path {
        b":" => b"",
        [before @ .., b':', b':'] if !before.is_empty() => &path[..path.len() - 1],
        [b':', b':'] => b":",
        path => path,
    };
    path.split(|byte| *byte == b':')
}

fn is_program(file: &[u8]) -> bool {
    sys::stat(OsStr::from_bytes(file), Follow::Yes).is_ok_and(|stat| {
        FileKind::of_mode(stat.mode) == FileKind::Regular && stat.mode & 0o111 != 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_directory_is_the_one_of_now() {
        let split = |path: &'static str| -> Vec<&str> {
            let parts = directories(path.as_bytes());
            parts
                .map(|part| std::str::from_utf8(part).expect("text"))
                .collect()
        };
        assert_eq!(split("/a:/b"), ["/a", "/b"]);
        assert_eq!(split(":/b"), ["", "/b"]);
        assert_eq!(split("/a:"), ["/a", ""]);
        assert_eq!(split("/a::"), ["/a", ""]);
        assert_eq!(split(":"), [""]);
    }
}
