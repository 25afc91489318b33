//! What applets of ours do alike: open an input, report an error, print a text and end.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufRead, Read, Seek, SeekFrom, Write};

use crate::sys::{self, OsStrExt, process, quote::quoted_if_needed};

/// Opens a file to read. A directory is refused here, because WASI says less about it later.
pub fn open(name: &OsStr) -> io::Result<File> {
    let file = sys::open(name)?;
    match file.metadata()?.is_dir() {
        true => Err(io::Error::from_raw_os_error(libc::EISDIR)),
        false => Ok(file),
    }
}

/// A file, or standard input where the name is `-`.
pub enum Input {
    Stdin(io::StdinLock<'static>),
    File(File),
}

impl Input {
    /// Opens a file to read; a directory is refused, as by `open`.
    pub fn open(name: &OsStr) -> io::Result<Self> {
        match name == "-" {
            true => Ok(Self::stdin()),
            false => open(name).map(Self::File),
        }
    }

    pub fn stdin() -> Self {
        Self::Stdin(io::stdin().lock())
    }

    /// All that is left of it.
    pub fn read_all(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        match self {
            Self::Stdin(stdin) => stdin.read_to_end(&mut bytes)?,
            Self::File(file) => file.read_to_end(&mut bytes)?,
        };
        Ok(bytes)
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Stdin(stdin) => stdin.read(buffer),
            Self::File(file) => file.read(buffer),
        }
    }
}

/// Standard input without a buffer, for tools that stop before its end: who has the same file open reads on from there.
pub fn shared_stdin() -> io::Result<File> {
    process::dup(0, 3).map(File::from)
}

/// Gives back what was read of a file and not used, where it can do that: a pipe cannot.
pub fn give_back(file: &mut File, unused: usize) {
    if let Ok(unused) = i64::try_from(unused)
        && unused > 0
    {
        let _ = file.seek(SeekFrom::Current(-unused));
    }
}

/// Reads an input by the block. Clearing a large buffer takes time, so it begins small and grows with what there is to read.
pub struct Blocks<R> {
    input: R,
    buffer: Vec<u8>,
}

impl<R: Read> Blocks<R> {
    const FIRST: usize = 8 * 1024;
    const LARGEST: usize = 64 * 1024;

    pub fn new(input: R) -> Self {
        Self {
            input,
            buffer: vec![0; Self::FIRST],
        }
    }

    /// The next bytes, as many as one read gives; none at the end.
    pub fn read(&mut self) -> io::Result<&mut [u8]> {
        loop {
            match self.input.read(&mut self.buffer) {
                Ok(length) => {
                    if length == self.buffer.len() && length < Self::LARGEST {
                        self.buffer.resize(2 * length, 0);
                    }
                    return Ok(self.buffer.get_mut(..length).unwrap_or_default());
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// Writes `applet: message` to stderr. When that fails, the exit status is the only witness.
pub fn complain(applet: &str, message: &[u8]) {
    let _ = io::stderr().write_all(&[applet.as_bytes(), b": ", message, b"\n"].concat());
}

/// Asks `applet: question? `; the answer is a line of stdin that begins with `y`.
pub fn confirms(applet: &str, question: &[u8]) -> bool {
    let _ = io::stderr().write_all(&[applet.as_bytes(), b": ", question, b"? "].concat());
    let mut answer = Vec::new();
    // A stdin that cannot be read says no.
    let _ = io::stdin().lock().read_until(b'\n', &mut answer);
    matches!(answer.first(), Some(b'y' | b'Y'))
}

/// `name: error`, the name quoted where a shell would need it.
pub fn about(name: &OsStr, error: &io::Error) -> Vec<u8> {
    [
        quoted_if_needed(name.as_bytes()).as_slice(),
        b": ",
        sys::error_text(error).as_bytes(),
    ]
    .concat()
}

/// The exit status after the last output: `status`, unless it could not be written.
pub fn finish(applet: &str, written: io::Result<()>, status: i32) -> i32 {
    match written {
        Ok(()) => status,
        Err(error) => {
            complain(
                applet,
                format!("write error: {}", sys::error_text(&error)).as_bytes(),
            );
            1
        }
    }
}

/// Prints a text, as for `--help`, and returns the exit status.
pub fn print(applet: &str, text: &[u8]) -> i32 {
    let mut out = io::stdout().lock();
    finish(applet, out.write_all(text).and_then(|()| out.flush()), 0)
}
