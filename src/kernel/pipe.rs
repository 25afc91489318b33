//! Pipes: a queue of bytes between processes (POSIX `pipe`), and collectors, which
//! are pipes whose writers never wait.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use crate::vfs::Errno;

use super::Charge;
use super::store::Store;
use super::waiters::Waiters;

/// The two ends of a new pipe, whose memory is charged to a job; none when that is
/// refused.
pub fn pipe(charge: Charge) -> Option<(Reader, Writer)> {
    Store::bounded(charge).map(ends)
}

/// As `pipe`, without a bound on what it holds.
pub fn collector(charge: Charge) -> Option<(Reader, Writer)> {
    Store::unbounded(charge).map(ends)
}

fn ends(store: Store) -> (Reader, Writer) {
    let pipe = Arc::new(Pipe(Mutex::new(State {
        store,
        readers: 1,
        writers: 1,
        read_waiters: Waiters::default(),
        write_waiters: Waiters::default(),
    })));
    (Reader(Arc::clone(&pipe)), Writer(pipe))
}

struct Pipe(Mutex<State>);

struct State {
    store: Store,
    readers: usize,
    writers: usize,
    read_waiters: Waiters,
    write_waiters: Waiters,
}

impl Pipe {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The reading end.
pub struct Reader(Arc<Pipe>);

impl Reader {
    /// Reads what is there, nothing behind a `delimiter`; 0 at the end, when no writer is left.
    /// `Errno::Again` when a writer may still bring something.
    pub fn read(&self, buffer: &mut [u8], delimiter: Option<u8>) -> Result<usize, Errno> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let mut state = self.0.lock();
        if state.store.len() == 0 {
            return if state.writers == 0 {
                Ok(0)
            } else {
                Err(Errno::Again)
            };
        }
        let count = state.store.get(buffer, delimiter);
        let woken = state.write_waiters.take();
        drop(state);
        drop(woken);
        Ok(count)
    }

    /// The bytes that can be read at once.
    pub fn available(&self) -> usize {
        self.0.lock().store.len()
    }

    /// Whether a read would not wait; if it would, `waker` is woken when that changes.
    pub fn is_ready(&self, waker: &Waker) -> bool {
        let mut state = self.0.lock();
        let ready = state.store.len() > 0 || state.writers == 0;
        if !ready {
            state.read_waiters.add(waker);
        }
        ready
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.readers -= 1;
        let woken = state.write_waiters.take();
        // Nobody can read it any more.
        let held = state.store.take();
        drop(state);
        drop((woken, held));
    }
}

/// The writing end.
pub struct Writer(Arc<Pipe>);

impl Writer {
    /// Writes what fits; a write up to PIPE_BUF bytes all or nothing.
    /// `Errno::Again` when there is no room, `Errno::BrokenPipe` when no reader is left,
    /// `Errno::OutOfMemory` when a collector may not hold more.
    pub fn write(&self, bytes: &[u8]) -> Result<usize, Errno> {
        let mut state = self.0.lock();
        if bytes.is_empty() {
            return Ok(0);
        }
        if state.readers == 0 {
            return Err(Errno::BrokenPipe);
        }
        let count = state.store.put(bytes)?;
        let woken = state.read_waiters.take();
        drop(state);
        drop(woken);
        Ok(count)
    }

    /// Whether a write of `size` bytes would not wait; if it would, `waker` is
    /// woken when that changes.
    pub fn is_ready(&self, size: usize, waker: &Waker) -> bool {
        let mut state = self.0.lock();
        let ready = state.readers == 0 || state.store.takes(size);
        if !ready {
            state.write_waiters.add(waker);
        }
        ready
    }

    /// The bytes that can be written at once.
    pub fn room(&self) -> usize {
        self.0.lock().store.room()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.writers -= 1;
        let woken = state.read_waiters.take();
        drop(state);
        drop(woken);
    }
}

#[cfg(test)]
mod tests {
    use super::super::store::{ATOMIC, CAPACITY};
    use super::super::tests::job_with_memory;
    use super::*;

    fn unlimited() -> (Reader, Writer) {
        pipe(Charge::new(&job_with_memory(1 << 30))).expect("there is memory")
    }

    #[test]
    fn a_job_without_memory_has_small_pipes_and_then_none() {
        let job = job_with_memory(3 * ATOMIC as u64);
        let new = || pipe(Charge::new(&job));
        let (reader, writer) = new().expect("the first fits");
        let _second = new().expect("the second fits");
        assert_eq!(writer.write(&[1; 3 * ATOMIC]), Ok(ATOMIC));
        assert_eq!(writer.write(&[1; 1]), Err(Errno::Again));
        assert!(!writer.is_ready(1, Waker::noop()));
        assert_eq!(reader.read(&mut [0; 10], None), Ok(10));
        assert!(writer.is_ready(10, Waker::noop()));
        let _third = new().expect("the third fits");
        assert!(new().is_none());
        drop((reader, writer));
        assert!(new().is_some());
    }

    #[test]
    fn bytes_come_out_as_they_went_in() {
        let (reader, writer) = unlimited();
        assert_eq!(writer.write(b"abc"), Ok(3));
        assert_eq!(writer.write(b"de"), Ok(2));
        let mut buffer = [0; 4];
        assert_eq!(reader.read(&mut buffer, None), Ok(4));
        assert_eq!(&buffer, b"abcd");
        assert_eq!(reader.read(&mut buffer, None), Ok(1));
        assert_eq!(buffer[0], b'e');
        assert_eq!(reader.read(&mut buffer, None), Err(Errno::Again));
    }

    #[test]
    fn the_end_comes_after_the_last_byte() {
        let (reader, writer) = unlimited();
        assert_eq!(writer.write(b"x"), Ok(1));
        drop(writer);
        let mut buffer = [0; 4];
        assert_eq!(reader.read(&mut buffer, None), Ok(1));
        assert_eq!(reader.read(&mut buffer, None), Ok(0));
        assert_eq!(reader.read(&mut buffer, None), Ok(0));
    }

    #[test]
    fn a_write_without_a_reader_is_refused() {
        let (reader, writer) = unlimited();
        assert_eq!(writer.write(b"lost"), Ok(4));
        drop(reader);
        assert_eq!(writer.write(b"x"), Err(Errno::BrokenPipe));
        assert_eq!(writer.write(b""), Ok(0));
    }

    #[test]
    fn a_full_pipe_takes_no_more_and_then_what_was_read() {
        let (reader, writer) = unlimited();
        assert_eq!(writer.write(&vec![1; CAPACITY + 10]), Ok(CAPACITY));
        assert_eq!(writer.write(b"x"), Err(Errno::Again));
        assert!(!writer.is_ready(1, Waker::noop()));
        let mut buffer = [0; 5];
        assert_eq!(reader.read(&mut buffer, None), Ok(5));
        assert!(writer.is_ready(1, Waker::noop()));
        // All of a small write or nothing of it.
        assert_eq!(writer.write(&[2; 6]), Err(Errno::Again));
        assert_eq!(writer.write(&[2; 5]), Ok(5));
        assert_eq!(writer.room(), 0);
    }

    #[test]
    fn a_ring_that_wraps_keeps_the_order() {
        let (reader, writer) = unlimited();
        let mut buffer = vec![0; CAPACITY];
        assert_eq!(writer.write(&vec![7; CAPACITY - 3]), Ok(CAPACITY - 3));
        assert_eq!(
            reader.read(&mut buffer[..CAPACITY - 4], None),
            Ok(CAPACITY - 4)
        );
        assert_eq!(writer.write(b"abcdefgh"), Ok(8));
        assert_eq!(reader.available(), 9);
        assert_eq!(reader.read(&mut buffer, None), Ok(9));
        assert_eq!(&buffer[..9], b"\x07abcdefgh");
    }

    #[test]
    fn random_reads_and_writes_lose_nothing() {
        let mut seed = 0x5eed_u64;
        let mut next = move |bound: usize| {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            (seed % bound as u64) as usize
        };
        let (reader, writer) = unlimited();
        let (mut written, mut read) = (0_usize, 0_usize);
        let mut buffer = vec![0; 100_000];
        for _ in 0..5_000 {
            let size = next(100_000);
            if next(2) == 0 {
                let bytes: Vec<u8> = (written..written + size).map(|at| at as u8).collect();
                written += writer.write(&bytes).unwrap_or(0);
            } else if let Ok(count) = reader.read(&mut buffer[..size.max(1)], None) {
                let right = (read..read + count).map(|at| at as u8);
                assert!(buffer[..count].iter().copied().eq(right));
                read += count;
            }
            assert_eq!(written - read, reader.available());
        }
        assert!(read > CAPACITY);
    }
}
