//! The bytes that a pipe holds: a ring of bounded size, or chunks without a bound.

use std::collections::VecDeque;

use crate::vfs::Errno;

use super::Charge;

/// What a ring holds, in bytes (Linux: 64 KiB; more means fewer changes between
/// writer and reader).
pub const CAPACITY: usize = 256 << 10;
/// A write up to this size is never mixed with others (PIPE_BUF).
pub const ATOMIC: usize = 4096;
/// The sizes of chunks: as large as all before, between these.
const MIN_CHUNK: usize = 512;
const MAX_CHUNK: usize = 64 << 10;

pub enum Store {
    Ring(Ring),
    Chunks(Chunks),
}

impl Store {
    /// A store whose writers wait for room; none when the job may not have the memory.
    pub fn bounded(mut charge: Charge) -> Option<Self> {
        charge.add(ATOMIC as u64).then(|| {
            Self::Ring(Ring {
                charge,
                capacity: CAPACITY,
                bytes: Box::default(),
                start: 0,
                len: 0,
            })
        })
    }

    /// A store that takes all there is.
    pub fn unbounded(mut charge: Charge) -> Option<Self> {
        charge.add(MIN_CHUNK as u64).then(|| {
            Self::Chunks(Chunks {
                charge,
                chunks: VecDeque::new(),
                len: 0,
            })
        })
    }

    pub fn len(&self) -> usize {
        match self {
            Self::Ring(ring) => ring.len,
            Self::Chunks(chunks) => chunks.len,
        }
    }

    /// The bytes that can be put at once.
    pub fn room(&self) -> usize {
        match self {
            Self::Ring(ring) => ring.room(),
            Self::Chunks(_) => CAPACITY,
        }
    }

    /// Whether `size` bytes can be put, or the first of them.
    pub fn takes(&self, size: usize) -> bool {
        match self {
            Self::Ring(ring) => ring.takes(size),
            Self::Chunks(_) => true,
        }
    }

    /// Takes what there is room for, up to PIPE_BUF bytes all or nothing. `Errno::Again` when there is no
    /// room, `Errno::OutOfMemory` when the job may not have the memory for more.
    pub fn put(&mut self, bytes: &[u8]) -> Result<usize, Errno> {
        match self {
            Self::Ring(ring) => ring.put(bytes),
            Self::Chunks(chunks) => chunks.put(bytes),
        }
    }

    /// Gives what there is, up to the first `delimiter` if there is one.
    pub fn get(&mut self, buffer: &mut [u8], delimiter: Option<u8>) -> usize {
        let limit = delimiter.and_then(|delimiter| self.end_of(delimiter, buffer.len()));
        let buffer = match limit {
            Some(limit) => &mut buffer[..limit],
            None => buffer,
        };
        match self {
            Self::Ring(ring) => ring.get(buffer),
            Self::Chunks(chunks) => chunks.get(buffer),
        }
    }

    /// How many of the first `limit` bytes there are up to the first `delimiter`.
    fn end_of(&self, delimiter: u8, limit: usize) -> Option<usize> {
        let mut before = 0;
        for piece in self.pieces() {
            let piece = &piece[..piece.len().min(limit - before)];
            if let Some(at) = piece.iter().position(|&byte| byte == delimiter) {
                return Some(before + at + 1);
            }
            before += piece.len();
            if before == limit {
                break;
            }
        }
        None
    }

    /// What is held, in order.
    fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        let (ring, chunks) = match self {
            Self::Ring(ring) => (Some(ring.pieces()), None),
            Self::Chunks(chunks) => (None, Some(chunks.chunks.iter().map(Chunk::rest))),
        };
        ring.into_iter()
            .flatten()
            .chain(chunks.into_iter().flatten())
    }

    /// Takes out all that is held, to be dropped when no lock is held.
    #[must_use]
    pub fn take(&mut self) -> Taken {
        match self {
            Self::Ring(ring) => {
                ring.len = 0;
                Taken(std::mem::take(&mut ring.bytes), VecDeque::new())
            }
            Self::Chunks(chunks) => {
                chunks.len = 0;
                let held = chunks.chunks.iter().map(|chunk| chunk.bytes.capacity());
                chunks.charge.give_back(held.sum::<usize>() as u64);
                Taken(Box::default(), std::mem::take(&mut chunks.chunks))
            }
        }
    }
}

/// The memory of a store that nobody reads any more.
#[expect(dead_code, reason = "it is only there to be dropped")]
pub struct Taken(Box<[u8]>, VecDeque<Chunk>);

pub struct Ring {
    charge: Charge,
    /// `CAPACITY`, or less when the job may not have the memory for it.
    capacity: usize,
    /// As large as was needed so far, up to `CAPACITY`.
    bytes: Box<[u8]>,
    start: usize,
    len: usize,
}

impl Ring {
    fn room(&self) -> usize {
        self.capacity - self.len
    }

    fn takes(&self, size: usize) -> bool {
        self.room() >= size.clamp(1, ATOMIC)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<usize, Errno> {
        self.grow(self.len + bytes.len().min(self.room()));
        if !self.takes(bytes.len()) {
            return Err(Errno::Again);
        }
        let size = self.bytes.len();
        let count = bytes.len().min(size - self.len);
        let at = (self.start + self.len) % size;
        let first = count.min(size - at);
        self.bytes[at..at + first].copy_from_slice(&bytes[..first]);
        self.bytes[..count - first].copy_from_slice(&bytes[first..count]);
        self.len += count;
        Ok(count)
    }

    fn pieces(&self) -> [&[u8]; 2] {
        let first = self.len.min(self.bytes.len() - self.start);
        [
            &self.bytes[self.start..self.start + first],
            &self.bytes[..self.len - first],
        ]
    }

    fn get(&mut self, buffer: &mut [u8]) -> usize {
        let count = buffer.len().min(self.len);
        let [first, second] = self.pieces();
        let split = count.min(first.len());
        buffer[..split].copy_from_slice(&first[..split]);
        buffer[split..count].copy_from_slice(&second[..count - split]);
        self.len -= count;
        // An empty ring starts anew: what is put next stays in one piece.
        self.start = if self.len == 0 {
            0
        } else {
            (self.start + count) % self.bytes.len()
        };
        count
    }

    /// Makes the ring large enough for `needed` bytes, or as large as it may be.
    fn grow(&mut self, needed: usize) {
        let old = self.bytes.len();
        if needed <= old {
            return;
        }
        let size = needed.next_power_of_two().clamp(ATOMIC, CAPACITY);
        // The first of it was charged when the pipe was made.
        let charged = old.max(ATOMIC);
        if !self.charge.add((size - charged) as u64) {
            self.capacity = charged;
            if old == charged {
                return;
            }
        }
        let mut bytes = vec![0; size.min(self.capacity)].into_boxed_slice();
        let len = self.len;
        if len > 0 {
            self.get(&mut bytes[..len]);
        }
        self.bytes = bytes;
        self.start = 0;
        self.len = len;
    }
}

pub struct Chunks {
    charge: Charge,
    chunks: VecDeque<Chunk>,
    len: usize,
}

struct Chunk {
    /// Never more than the capacity it was made with.
    bytes: Vec<u8>,
    /// What was read of it.
    start: usize,
}

impl Chunk {
    fn rest(&self) -> &[u8] {
        &self.bytes[self.start..]
    }
}

impl Chunks {
    fn put(&mut self, mut bytes: &[u8]) -> Result<usize, Errno> {
        let count = bytes.len();
        while !bytes.is_empty() {
            let room = self
                .chunks
                .back()
                .map_or(0, |last| last.bytes.capacity() - last.bytes.len());
            if room == 0 {
                let size = self.len.next_power_of_two().clamp(MIN_CHUNK, MAX_CHUNK);
                if !self.charge.add(size as u64) {
                    return Err(Errno::OutOfMemory);
                }
                self.chunks.push_back(Chunk {
                    bytes: Vec::with_capacity(size),
                    start: 0,
                });
                continue;
            }
            let (now, later) = bytes.split_at(bytes.len().min(room));
            if let Some(last) = self.chunks.back_mut() {
                last.bytes.extend_from_slice(now);
            }
            self.len += now.len();
            bytes = later;
        }
        Ok(count)
    }

    fn get(&mut self, buffer: &mut [u8]) -> usize {
        let mut count = 0;
        while count < buffer.len()
            && let Some(first) = self.chunks.front_mut()
        {
            let rest = first.rest();
            let part = rest.len().min(buffer.len() - count);
            buffer[count..count + part].copy_from_slice(&rest[..part]);
            count += part;
            first.start += part;
            if first.start == first.bytes.len() {
                let size = first.bytes.capacity();
                self.chunks.pop_front();
                self.charge.give_back(size as u64);
            }
        }
        self.len -= count;
        count
    }
}
