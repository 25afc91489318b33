//! `tail`: prints the last lines or bytes of each file. It does not wait for what is added later.

mod options;

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};

use self::options::{Job, Wish};
use super::head::count::Unit;
use super::head::files::{print_each, refuse_directory};
use super::head::held::Held;
use crate::stdio;
use crate::sys::{self, FileKind, Follow};

const NAME: &str = "tail";
const BUFFER: usize = 8 * 1024;

pub fn main(args: &[OsString]) -> i32 {
    let (job, mut files) = match options::read(args) {
        Ok(Wish::Print(job, files)) => (job, files),
        Ok(Wish::Help(text)) => return stdio::print(NAME, text.as_bytes()),
        Err(error) => return error.report(),
    };
    if files.is_empty() {
        files.push("-".into());
    }
    let mut out = BufWriter::new(io::stdout().lock());
    let mut status = 0;
    // Nothing is to be read, so GNU does not look whether the files are there.
    if job.count > 0 || job.from_start || job.follow {
        status = print_each(
            NAME,
            &files,
            job.headers,
            &mut out,
            |file, out| match file {
                None => job.print_stream(&mut io::stdin().lock(), out),
                Some(file) => refuse_directory(file).and_then(|()| job.print_file(file, out)),
            },
        );
    }
    let status = stdio::finish(NAME, out.flush(), status);
    if job.follow && !files.iter().all(|name| name == "-" && is_pipe()) {
        stdio::complain(
            NAME,
            b"following a file (-f, -F, --follow) is not supported",
        );
        return 1;
    }
    status
}

/// What comes through a pipe is not followed: it ends.
fn is_pipe() -> bool {
    sys::stat("/dev/stdin", Follow::Yes)
        .is_ok_and(|stat| FileKind::of_mode(stat.mode) == FileKind::Fifo)
}

/// Only reading fails in here: what cannot be written is found when the buffer is flushed.
impl Job {
    fn print_file(&self, file: &mut File, out: &mut impl Write) -> io::Result<()> {
        let metadata = file.metadata()?;
        // Some files do not say their size.
        if !metadata.is_file() || metadata.len() == 0 {
            return self.print_stream(file, out);
        }
        let size = metadata.len();
        let start = match (self.unit, self.from_start) {
            (Unit::Bytes, true) => self.count.saturating_sub(1).min(size),
            (Unit::Bytes, false) => size.saturating_sub(self.count),
            (Unit::Lines, true) => return self.print_stream(file, out),
            (Unit::Lines, false) => self.last_lines(file, size)?,
        };
        file.seek(SeekFrom::Start(start))?;
        copy(file, size - start, out)
    }

    /// Where the last lines begin, read from the end.
    fn last_lines(&self, file: &mut File, size: u64) -> io::Result<u64> {
        let mut buffer = vec![0; BUFFER.min(usize::try_from(size).unwrap_or(BUFFER))];
        let mut end = size;
        let mut left = self.count;
        while end > 0 {
            let length = (buffer.len() as u64).min(end);
            let start = end - length;
            let block = buffer
                .get_mut(..usize::try_from(length).unwrap_or(BUFFER))
                .unwrap_or_default();
            file.seek(SeekFrom::Start(start))?;
            file.read_exact(block)?;
            for at in memchr::memrchr_iter(self.line_end, block) {
                let after = start + at as u64 + 1;
                // The end of the last line begins no other.
                if after == size {
                    continue;
                }
                left -= 1;
                if left == 0 {
                    return Ok(after);
                }
            }
            end = start;
        }
        Ok(0)
    }

    fn print_stream(&self, input: &mut impl Read, out: &mut impl Write) -> io::Result<()> {
        if self.from_start {
            return self.print_after(input, out);
        }
        let mut held = Held::new(self.unit, self.line_end, self.count);
        let result = held.fill(input, |_| {});
        let _ = held.write(true, out);
        result
    }

    /// All but the first units.
    fn print_after(&self, input: &mut impl Read, out: &mut impl Write) -> io::Result<()> {
        let mut left = self.count.saturating_sub(1);
        let mut buffer = vec![0; BUFFER];
        loop {
            let length = match input.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let text = buffer.get(..length).unwrap_or_default();
            let mut start = 0;
            match self.unit {
                Unit::Bytes => {
                    start = usize::try_from(left).unwrap_or(length).min(length);
                    left -= start as u64;
                }
                Unit::Lines => {
                    let mut ends = memchr::memchr_iter(self.line_end, text);
                    while left > 0 {
                        start = ends.next().map_or(length, |at| at + 1);
                        if start == length && text.last() != Some(&self.line_end) {
                            break;
                        }
                        left -= 1;
                        if start == length {
                            break;
                        }
                    }
                }
            }
            if out
                .write_all(text.get(start..).unwrap_or_default())
                .is_err()
            {
                return Ok(());
            }
        }
    }
}

/// Copies what is left of a file, all of it should it have grown.
fn copy(file: &mut File, left: u64, out: &mut impl Write) -> io::Result<()> {
    let size = usize::try_from(left).unwrap_or(usize::MAX);
    let mut buffer = vec![0; size.saturating_add(1).clamp(512, 16 * BUFFER)];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(length) => {
                if out
                    .write_all(buffer.get(..length).unwrap_or_default())
                    .is_err()
                {
                    return Ok(());
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
