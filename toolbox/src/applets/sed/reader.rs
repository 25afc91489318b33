//! The characters of a script, one after the other, and where errors are in it.

use std::ffi::OsString;

use crate::sys::OsStrExt;

/// One `-e` or `-f` of the command line.
pub struct Piece {
    pub origin: Origin,
    pub text: Vec<u8>,
}

impl Piece {
    /// Where an error is said to be that is found when the script runs.
    pub fn end(&self) -> Place {
        let lines = self.text.iter().filter(|byte| **byte == b'\n').count();
        Place {
            origin: self.origin.clone(),
            at: match self.origin {
                Origin::Expression(_) => 0,
                Origin::File(_) => lines + 1,
            },
        }
    }
}

#[derive(Clone, Debug)]
pub enum Origin {
    /// The number of the `-e`.
    Expression(usize),
    File(OsString),
}

/// A place in the script, as errors name it.
#[derive(Clone, Debug)]
pub struct Place {
    origin: Origin,
    at: usize,
}

impl Place {
    /// The place before all characters, which is also where an error is said to be that is found too late.
    pub fn unknown(&self) -> Place {
        match self.origin {
            Origin::Expression(_) => Place {
                at: 0,
                ..self.clone()
            },
            Origin::File(_) => self.clone(),
        }
    }

    /// `-e expression #1, char 3: what`
    pub fn error(&self, what: impl AsRef<[u8]>) -> Vec<u8> {
        let at = self.at;
        let place = match &self.origin {
            Origin::Expression(number) => {
                format!("-e expression #{number}, char {at}: ").into_bytes()
            }
            Origin::File(name) => [
                b"file ",
                name.as_bytes(),
                format!(" line {at}: ").as_bytes(),
            ]
            .concat(),
        };
        [&place, what.as_ref()].concat()
    }
}

pub struct Reader {
    piece: Piece,
    at: usize,
    line: usize,
}

impl Reader {
    pub fn new(piece: Piece) -> Reader {
        Reader {
            piece,
            at: 0,
            line: 1,
        }
    }

    pub fn next(&mut self) -> Option<u8> {
        let byte = *self.piece.text.get(self.at)?;
        self.at += 1;
        self.line += usize::from(byte == b'\n');
        Some(byte)
    }

    /// Takes back what `next` returned.
    pub fn back(&mut self, byte: Option<u8>) {
        if let Some(byte) = byte {
            self.at = self.at.saturating_sub(1);
            self.line -= usize::from(byte == b'\n');
        }
    }

    pub fn peek(&self) -> Option<u8> {
        self.piece.text.get(self.at).copied()
    }

    /// The next character that is not a blank. A line end is none.
    pub fn next_nonblank(&mut self) -> Option<u8> {
        loop {
            let byte = self.next();
            if !matches!(byte, Some(b' ' | b'\t')) {
                return byte;
            }
        }
    }

    pub fn skip_blanks(&mut self) {
        let byte = self.next_nonblank();
        self.back(byte);
    }

    /// The rest of the line, without its end.
    pub fn rest_of_line(&mut self) -> Vec<u8> {
        let mut text = Vec::new();
        while let Some(byte) = self.next().filter(|byte| *byte != b'\n') {
            text.push(byte);
        }
        text
    }

    /// A number whose first digit has been read. It wraps around, as GNU's does.
    pub fn number(&mut self, first: u8) -> u64 {
        let mut number = u64::from(first.wrapping_sub(b'0'));
        while let Some(digit) = self.peek().filter(u8::is_ascii_digit) {
            self.at += 1;
            number = number
                .wrapping_mul(10)
                .wrapping_add(u64::from(digit - b'0'));
        }
        number
    }

    pub fn place(&self) -> Place {
        Place {
            origin: self.piece.origin.clone(),
            at: match self.piece.origin {
                Origin::Expression(_) => self.at,
                Origin::File(_) => self.line,
            },
        }
    }
}
