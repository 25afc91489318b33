//! Verifies the checksums that files list.

use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, BufReader, Write};

use super::algorithm::Algorithm;
use super::line::{Entry, Reader, escaped};
use crate::stdio::{self, Input};
use crate::sys::quote::quoted_if_needed;
use crate::sys::{self, OsStrExt};

/// What is said of the lines.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    pub ignore_missing: bool,
    pub quiet: bool,
    pub status: bool,
    pub strict: bool,
    pub warn: bool,
}

pub struct Check<'a, W> {
    pub program: &'a str,
    /// None: that of the tag of each line.
    pub algorithm: Option<Algorithm>,
    pub options: Options,
    pub out: W,
}

/// How many lines were of each kind.
#[derive(Default)]
struct Counts {
    proper: bool,
    matched: bool,
    improper: u64,
    mismatched: u64,
    unreadable: u64,
}

impl<W: Write> Check<'_, W> {
    /// Whether everything that the file lists is as it says.
    pub fn file(&mut self, name: &OsStr) -> bool {
        let mut input = match Input::open(name) {
            Ok(input) => BufReader::new(input),
            Err(error) if error.raw_os_error() == Some(libc::EISDIR) => {
                self.complain(name, ": read error");
                return false;
            }
            Err(error) => {
                self.complain(name, &format!(": {}", sys::error_text(&error)));
                return false;
            }
        };
        let is_stdin = name == "-";
        let shown = if is_stdin {
            OsStr::new("standard input")
        } else {
            name
        };
        let mut counts = Counts::default();
        let mut reader = Reader::new(self.algorithm, self.program == "cksum");
        let mut line = Vec::new();
        for number in 1_u64.. {
            line.clear();
            match input.read_until(b'\n', &mut line) {
                Ok(0) => break,
                Ok(_) => {}
                Err(_) => {
                    self.complain(shown, ": read error");
                    return false;
                }
            }
            let text = line.strip_suffix(b"\n").unwrap_or(&line);
            let text = text.strip_suffix(b"\r").unwrap_or(text);
            if text.is_empty() || text.starts_with(b"#") {
                continue;
            }
            match reader
                .read(text)
                .filter(|entry| !(is_stdin && entry.name == b"-"))
            {
                Some(entry) => {
                    counts.proper = true;
                    self.verify(&entry, &mut counts);
                }
                None => {
                    counts.improper += 1;
                    if self.options.warn {
                        let tag = reader.algorithm.tag();
                        let problem =
                            format!(": {number}: improperly formatted {tag} checksum line");
                        self.complain(shown, &problem);
                    }
                }
            }
        }
        self.conclude(shown, &counts)
    }

    fn verify(&mut self, entry: &Entry, counts: &mut Counts) {
        let name = OsString::from(OsStr::from_bytes(&entry.name));
        let found = Input::open(&name).and_then(|input| entry.algorithm.of(input));
        let verdict = match found {
            Ok((digest, _)) if digest == entry.digest => {
                counts.matched = true;
                (!self.options.quiet).then_some(": OK\n")
            }
            Ok(_) => {
                counts.mismatched += 1;
                Some(": FAILED\n")
            }
            Err(error)
                if self.options.ignore_missing && error.kind() == io::ErrorKind::NotFound =>
            {
                None
            }
            Err(error) => {
                counts.unreadable += 1;
                self.complain(&name, &format!(": {}", sys::error_text(&error)));
                Some(": FAILED open or read\n")
            }
        };
        if let Some(verdict) = verdict.filter(|_| !self.options.status) {
            let line = match entry.name.contains(&b'\n') {
                true => [b"\\", escaped(&entry.name).0.as_slice(), verdict.as_bytes()].concat(),
                false => [entry.name.as_slice(), verdict.as_bytes()].concat(),
            };
            // What cannot be written is found when the buffer is flushed.
            let _ = self.out.write_all(&line);
        }
    }

    fn conclude(&mut self, name: &OsStr, counts: &Counts) -> bool {
        if !counts.proper {
            self.complain(name, ": no properly formatted checksum lines found");
        } else if !self.options.status {
            let warnings = [
                (
                    counts.improper,
                    "line is improperly formatted",
                    "lines are improperly formatted",
                ),
                (
                    counts.unreadable,
                    "listed file could not be read",
                    "listed files could not be read",
                ),
                (
                    counts.mismatched,
                    "computed checksum did NOT match",
                    "computed checksums did NOT match",
                ),
            ];
            for (count, one, many) in warnings.into_iter().filter(|(count, ..)| *count > 0) {
                let _ = self.out.flush();
                let what = if count == 1 { one } else { many };
                let message = format!("WARNING: {count} {what}");
                stdio::complain(self.program, message.as_bytes());
            }
            if self.options.ignore_missing && !counts.matched {
                self.complain(name, ": no file was verified");
            }
        }
        counts.proper
            && counts.matched
            && counts.mismatched == 0
            && counts.unreadable == 0
            && (!self.options.strict || counts.improper == 0)
    }

    fn complain(&mut self, name: &OsStr, problem: &str) {
        let _ = self.out.flush();
        let name = quoted_if_needed(name.as_bytes());
        stdio::complain(
            self.program,
            &[name.as_slice(), problem.as_bytes()].concat(),
        );
    }
}
