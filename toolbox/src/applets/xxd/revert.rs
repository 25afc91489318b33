//! `xxd -r`: bytes from a hex dump, or into a file that is there.

use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};

use super::Failure;
use super::options::{self, Form, Options};
use crate::stdio::{Blocks, Input};

/// Where bytes go.
pub trait Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Goes from one place to another; false when that cannot be.
    fn seek(&mut self, from: i64, to: i64) -> io::Result<bool>;
    fn flush(&mut self) -> io::Result<()>;
}

/// Bytes that follow each other.
pub struct Stream<'w, W: Write>(pub &'w mut W);

impl<W: Write> Target for Stream<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    fn seek(&mut self, from: i64, to: i64) -> io::Result<bool> {
        let Ok(gap) = u64::try_from(to.saturating_sub(from)) else {
            return Ok(false);
        };
        // What is passed over is zeros.
        io::copy(&mut io::Read::take(io::repeat(0), gap), self.0)?;
        Ok(true)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A file that is changed where the dump says.
pub struct Patch<'w>(pub &'w mut BufWriter<File>);

impl Target for Patch<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    fn seek(&mut self, _from: i64, to: i64) -> io::Result<bool> {
        let Ok(to) = u64::try_from(to) else {
            return Ok(false);
        };
        self.0.seek(SeekFrom::Start(to))?;
        Ok(true)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Reads a dump and writes its bytes. What is no dump is passed over, line by line.
pub fn revert(
    options: &Options,
    columns: usize,
    input: &mut Input,
    out: &mut dyn Target,
) -> Result<(), Failure> {
    let plain = options.form == Form::Plain;
    let columns = if columns == 0 { usize::MAX } else { columns };
    let base = options.seek.map_or(0, options::Seek::distance);
    let mut state = State {
        plain,
        columns,
        base,
        // An address comes first.
        taken: columns,
        wanted: 0,
        here: 0,
        digits: [None; 3],
        garbage: true,
        passes_line: false,
    };
    let mut blocks = Blocks::new(input);
    loop {
        let bytes = blocks.read().map_err(Failure::Read)?;
        if bytes.is_empty() {
            return Ok(());
        }
        for byte in bytes {
            state.take(*byte, out)?;
        }
    }
}

struct State {
    plain: bool,
    columns: usize,
    base: i64,
    /// The bytes of this line so far; as many as there are columns stand for an address that is being read.
    taken: usize,
    /// Where the next byte is to be.
    wanted: i64,
    here: i64,
    /// The last three characters as digits.
    digits: [Option<u8>; 3],
    /// Until the next digit, nothing counts.
    garbage: bool,
    /// The rest of the line does not count.
    passes_line: bool,
}

impl State {
    fn take(&mut self, byte: u8, out: &mut dyn Target) -> Result<(), Failure> {
        if self.passes_line {
            self.passes_line = byte != b'\n';
            return Ok(());
        }
        if byte == b'\r' || (self.plain && matches!(byte, b' ' | b'\n' | b'\t')) {
            return Ok(());
        }
        let digit = char::from(byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok());
        self.digits = [digit, self.digits[0], self.digits[1]];
        if digit.is_none() && self.garbage {
            return Ok(());
        }
        self.garbage = false;
        if self.taken >= self.columns {
            if !self.plain {
                match digit {
                    Some(digit) => self.wanted = self.wanted << 4 | i64::from(digit),
                    None => self.taken = 0,
                }
                return Ok(());
            }
            self.taken = 0;
        }
        let target = self.base.wrapping_add(self.wanted);
        if target != self.here {
            if !out.seek(self.here, target).map_err(Failure::Write)? {
                return Err(Failure::Back);
            }
            self.here = target;
        }
        match self.digits {
            [Some(low), Some(high), _] => {
                out.write(&[high << 4 | low]).map_err(Failure::Write)?;
                self.here += 1;
                self.wanted += 1;
                self.digits[0] = None;
                self.taken += 1;
                if !self.plain && self.taken >= self.columns {
                    // The text beside the bytes.
                    self.end_line();
                    self.passes_line = true;
                }
            }
            [None, None, None] => {
                self.end_line();
                self.passes_line = byte != b'\n';
            }
            _ if byte == b'\n' => self.end_line(),
            _ => {}
        }
        Ok(())
    }

    fn end_line(&mut self) {
        if !self.plain {
            self.wanted = 0;
        }
        self.garbage = true;
        self.taken = self.columns;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reverted(plain: bool, text: &str) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        let mut state = State {
            plain,
            columns: 16,
            base: 0,
            taken: 16,
            wanted: 0,
            here: 0,
            digits: [None; 3],
            garbage: true,
            passes_line: false,
        };
        for byte in text.bytes() {
            state.take(byte, &mut Stream(&mut out)).ok()?;
        }
        Some(out)
    }

    #[test]
    fn bytes_stand_where_their_addresses_say() {
        assert_eq!(
            reverted(false, "0000003: 4865 6c6c  Hell\n"),
            Some(b"\0\0\0Hell".to_vec())
        );
        assert_eq!(
            reverted(false, "0: 41\n5: 42\n"),
            Some(b"A\0\0\0\0B".to_vec())
        );
        assert_eq!(reverted(false, "4: 41\n0: 42\n"), None);
        assert_eq!(reverted(true, "48 65 6c6c 6f\n"), Some(b"Hello".to_vec()));
    }
}
