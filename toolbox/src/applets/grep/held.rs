//! Output that is held in memory until its turn has come.

use std::io::{self, Read, Write};

/// So many bytes are held; then the turn is waited for.
const MOST: usize = 1 << 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    Output,
    Errors,
}

pub struct Held {
    /// In the order in which they are to be written.
    pieces: Vec<(Stream, Vec<u8>)>,
    length: usize,
    /// A byte from here is the turn; without one it never comes.
    turn: Box<dyn Read>,
}

impl Held {
    pub fn new(turn: Box<dyn Read>) -> Held {
        Held {
            pieces: Vec::new(),
            length: 0,
            turn,
        }
    }

    pub fn add(&mut self, stream: Stream, bytes: &[u8]) {
        self.length += bytes.len();
        match self.pieces.last_mut() {
            Some((last, piece)) if *last == stream => piece.extend_from_slice(bytes),
            _ => self.pieces.push((stream, bytes.to_vec())),
        }
    }

    pub fn is_full(&self) -> bool {
        self.length >= MOST
    }

    /// Drops what is held.
    pub fn clear(&mut self) {
        self.pieces.clear();
        self.length = 0;
    }

    /// Waits for the turn and writes what was held. A turn that never comes is a broken pipe: who waits for the output
    /// is gone.
    pub fn release(mut self, output: &mut dyn Write, errors: &mut dyn Write) -> io::Result<()> {
        self.turn
            .read_exact(&mut [0])
            .map_err(|_| io::ErrorKind::BrokenPipe)?;
        for (stream, piece) in self.pieces {
            match stream {
                Stream::Output => output.write_all(&piece).and_then(|()| output.flush())?,
                // A stderr that cannot be written to leaves the status as the only witness.
                Stream::Errors => drop(errors.write_all(&piece)),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::*;

    /// Writes to what another one writes to as well, after a mark.
    struct Marked(&'static str, Rc<RefCell<Vec<u8>>>);

    impl Write for Marked {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let mut shared = self.1.borrow_mut();
            shared.extend_from_slice(self.0.as_bytes());
            shared.extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn released(held: Held) -> (io::Result<()>, String) {
        let shared = Rc::default();
        let mut output = Marked("[out]", Rc::clone(&shared));
        let mut errors = Marked("[err]", Rc::clone(&shared));
        let done = held.release(&mut output, &mut errors);
        let text = String::from_utf8_lossy(&shared.borrow()).into_owned();
        (done, text)
    }

    #[test]
    fn both_streams_come_out_in_the_order_in_which_they_went_in() {
        let mut held = Held::new(Box::new(&b"\n"[..]));
        held.add(Stream::Errors, b"said before");
        held.clear();
        held.add(Stream::Output, b"a");
        held.add(Stream::Output, b"b");
        held.add(Stream::Errors, b"c");
        held.add(Stream::Output, b"d");
        let (done, text) = released(held);
        assert!(done.is_ok());
        assert_eq!(text, "[out]ab[err]c[out]d");
    }

    #[test]
    fn without_a_turn_nothing_is_written() {
        let mut held = Held::new(Box::new(io::empty()));
        held.add(Stream::Output, b"a");
        let (done, text) = released(held);
        let kind = done.map_err(|error| error.kind());
        assert_eq!((kind, text.as_str()), (Err(io::ErrorKind::BrokenPipe), ""));
    }

    #[test]
    fn it_is_full_at_a_mebibyte() {
        let mut held = Held::new(Box::new(io::empty()));
        held.add(Stream::Output, &vec![0; MOST - 1]);
        assert!(!held.is_full());
        held.add(Stream::Errors, b"x");
        assert!(held.is_full());
    }
}
