//! The files that `head` and `tail` print, one after another, perhaps each below its name.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Write};

use crate::stdio;
use crate::sys::quote::quoted;
use crate::sys::{self, OsStrExt};

/// Prints each file with `print`, which gets none for standard input, and says what cannot be read. Gives the status.
/// Without a word about headers, several files have them.
pub fn print_each<W: Write>(
    applet: &str,
    names: &[OsString],
    headers: Option<bool>,
    out: &mut W,
    mut print: impl FnMut(Option<&mut File>, &mut W) -> io::Result<()>,
) -> i32 {
    let headers = headers.unwrap_or(names.len() > 1);
    let mut status = 0;
    let mut first = true;
    for name in names {
        let mut file = match name.as_bytes() {
            b"-" => None,
            _ => match sys::open(name) {
                Ok(file) => Some(file),
                Err(error) => {
                    let name = quoted(name.as_bytes());
                    report(applet, &[b"cannot open ", &name, b" for reading"], &error);
                    status = 1;
                    continue;
                }
            },
        };
        let shown = match file {
            Some(_) => name,
            None => OsStr::new("standard input"),
        };
        if headers {
            header(shown, first, out);
        }
        first = false;
        // The other files follow; GNU's tail stops at a directory when it counts bytes.
        if let Err(error) = print(file.as_mut(), out) {
            let name = quoted(shown.as_bytes());
            report(applet, &[b"error reading ", &name], &error);
            status = 1;
        }
    }
    status
}

/// WASI says less of a directory when it is read.
pub fn refuse_directory(file: &File) -> io::Result<()> {
    match file.metadata()?.is_dir() {
        true => Err(io::Error::from_raw_os_error(libc::EISDIR)),
        false => Ok(()),
    }
}

/// The line above each file's own.
fn header(name: &OsStr, first: bool, out: &mut impl Write) {
    let before = if first { "" } else { "\n" };
    // What cannot be written is found when the buffer is flushed.
    let _ = out.write_all(&[before.as_bytes(), b"==> ", name.as_bytes(), b" <==\n"].concat());
}

fn report(applet: &str, about: &[&[u8]], error: &io::Error) {
    let reason = sys::error_text(error);
    let text = [&about.concat()[..], b": ", reason.as_bytes()].concat();
    stdio::complain(applet, &text);
}
