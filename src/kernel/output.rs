//! Standard output and error of a job: kept up to a limit, counted beyond it.

use std::sync::{Mutex, PoisonError};

/// Bytes are kept in chunks up to this size. One large buffer that grows would be
/// copied under the lock of the allocator, where JavaScript's thread waits for it.
const CHUNK: usize = 1 << 20;

pub struct Output {
    limit: usize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    chunks: Vec<Vec<u8>>,
    kept: usize,
    total: u64,
}

impl State {
    /// Keeps all of `bytes`, or less when the host has no memory.
    fn keep(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let last = match self.chunks.last_mut() {
                Some(last) if last.len() < CHUNK => last,
                _ => {
                    self.chunks.push(Vec::new());
                    continue;
                }
            };
            let (now, later) = bytes.split_at(bytes.len().min(CHUNK - last.len()));
            if last.try_reserve(now.len()).is_err() {
                return;
            }
            last.extend_from_slice(now);
            self.kept += now.len();
            bytes = later;
        }
    }
}

/// What a stream has received.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Captured {
    /// The first bytes, up to the limit.
    pub bytes: Vec<u8>,
    /// All bytes that were written.
    pub total: u64,
}

impl Captured {
    pub fn truncated(&self) -> bool {
        self.total > self.bytes.len() as u64
    }
}

impl Output {
    /// `limit` is in bytes.
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            state: Mutex::default(),
        }
    }

    /// Takes all of `bytes`; the writer never learns of the limit.
    pub fn write(&self, bytes: &[u8]) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        // Nothing is kept after a gap: what there is, is the beginning.
        if state.total == state.kept as u64 {
            let room = self.limit - state.kept;
            state.keep(&bytes[..bytes.len().min(room)]);
        }
        state.total += bytes.len() as u64;
    }

    /// Takes out what was received so far.
    pub fn take(&self) -> Captured {
        let state = std::mem::take(&mut *self.state.lock().unwrap_or_else(PoisonError::into_inner));
        let mut chunks = state.chunks;
        let bytes = match chunks.len() {
            0 | 1 => chunks.pop().unwrap_or_default(),
            _ => chunks.concat(),
        };
        Captured {
            bytes,
            total: state.total,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_beyond_the_limit_is_counted_but_not_kept() {
        let output = Output::new(5);
        output.write(b"abc");
        output.write(b"defg");
        output.write(b"h");
        let captured = output.take();
        assert_eq!(captured.bytes, b"abcde");
        assert_eq!(captured.total, 8);
        assert!(captured.truncated());
    }

    #[test]
    fn much_output_comes_back_in_one_piece() {
        let output = Output::new(3 * CHUNK);
        let bytes: Vec<u8> = (0..2 * CHUNK + 7).map(|at| (at % 251) as u8).collect();
        output.write(&bytes[..10]);
        output.write(&bytes[10..CHUNK + 10]);
        output.write(&bytes[CHUNK + 10..]);
        assert!(output.take().bytes == bytes);
    }

    #[test]
    fn output_that_just_fits_is_not_truncated() {
        let output = Output::new(3);
        output.write(b"abc");
        assert!(!output.take().truncated());
    }
}
