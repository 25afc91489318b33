//! Standard output and error of a job: kept up to a limit, counted beyond it.

use std::sync::{Mutex, PoisonError};

pub struct Output {
    limit: usize,
    state: Mutex<Captured>,
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
        if !state.truncated() {
            let room = self.limit - state.bytes.len();
            let kept = &bytes[..bytes.len().min(room)];
            if state.bytes.try_reserve(kept.len()).is_ok() {
                state.bytes.extend_from_slice(kept);
            }
        }
        state.total += bytes.len() as u64;
    }

    /// Takes out what was received so far.
    pub fn take(&self) -> Captured {
        std::mem::take(&mut *self.state.lock().unwrap_or_else(PoisonError::into_inner))
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
    fn output_that_just_fits_is_not_truncated() {
        let output = Output::new(3);
        output.write(b"abc");
        assert!(!output.take().truncated());
    }
}
