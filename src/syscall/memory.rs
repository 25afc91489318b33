//! The linear memory of a guest, read and written within its bounds.

use crate::vfs::Errno;

/// The most bytes one read or write moves: a longer one is short, as POSIX
/// allows, so that a call returns soon enough to be stopped.
pub const MAX_TRANSFER: u32 = 1 << 20;
/// The most buffers of one call (IOV_MAX).
const MAX_BUFFERS: u32 = 1024;

pub struct GuestMemory<'a> {
    bytes: &'a mut [u8],
}

/// A buffer of a scattered read or write: its place in guest memory.
#[derive(Clone, Copy)]
pub struct Buffer {
    pub at: u32,
    pub len: u32,
}

impl<'a> GuestMemory<'a> {
    pub fn new(bytes: &'a mut [u8]) -> Self {
        Self { bytes }
    }

    pub fn slice(&self, at: u32, len: u32) -> Result<&[u8], Errno> {
        let at = at as usize;
        at.checked_add(len as usize)
            .and_then(|end| self.bytes.get(at..end))
            .ok_or(Errno::Fault)
    }

    pub fn slice_mut(&mut self, at: u32, len: u32) -> Result<&mut [u8], Errno> {
        let at = at as usize;
        at.checked_add(len as usize)
            .and_then(|end| self.bytes.get_mut(at..end))
            .ok_or(Errno::Fault)
    }

    pub fn write(&mut self, at: u32, bytes: &[u8]) -> Result<(), Errno> {
        let len = u32::try_from(bytes.len()).map_err(|_| Errno::Fault)?;
        self.slice_mut(at, len)?.copy_from_slice(bytes);
        Ok(())
    }

    pub fn write_u32(&mut self, at: u32, value: u32) -> Result<(), Errno> {
        self.write(at, &value.to_le_bytes())
    }

    pub fn write_u64(&mut self, at: u32, value: u64) -> Result<(), Errno> {
        self.write(at, &value.to_le_bytes())
    }

    pub fn read_u16(&self, at: u32) -> Result<u16, Errno> {
        Ok(u16::from_le_bytes(self.array(at)?))
    }

    pub fn read_u32(&self, at: u32) -> Result<u32, Errno> {
        Ok(u32::from_le_bytes(self.array(at)?))
    }

    pub fn read_u64(&self, at: u32) -> Result<u64, Errno> {
        Ok(u64::from_le_bytes(self.array(at)?))
    }

    pub fn read_u8(&self, at: u32) -> Result<u8, Errno> {
        Ok(u8::from_le_bytes(self.array(at)?))
    }

    fn array<const N: usize>(&self, at: u32) -> Result<[u8; N], Errno> {
        self.slice(at, N as u32)?
            .try_into()
            .map_err(|_| Errno::Fault)
    }

    /// The bytes of several small buffers in one piece, up to `limit` bytes.
    pub fn gather(&self, buffers: u32, count: u32, limit: usize) -> Result<Option<Vec<u8>>, Errno> {
        if !(2..=MAX_BUFFERS).contains(&count) {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        for index in 0..count {
            let buffer = self.buffer(buffers, index)?;
            if bytes.len() + buffer.len as usize > limit {
                return Ok(None);
            }
            bytes.extend_from_slice(self.slice(buffer.at, buffer.len)?);
        }
        Ok(Some(bytes))
    }

    /// An entry of an `iovec` array.
    fn buffer(&self, buffers: u32, index: u32) -> Result<Buffer, Errno> {
        let entry = buffers.checked_add(index * 8).ok_or(Errno::Fault)?;
        Ok(Buffer {
            at: self.read_u32(entry)?,
            len: self.read_u32(entry.checked_add(4).ok_or(Errno::Fault)?)?,
        })
    }

    /// Calls `transfer` with each buffer of an `iovec` array until one is not
    /// filled, and gives the bytes moved. An error after the first byte is
    /// left for the next call to find.
    pub fn transfer(
        &mut self,
        buffers: u32,
        count: u32,
        mut transfer: impl FnMut(&mut Self, Buffer, u64) -> Result<usize, Errno>,
    ) -> Result<u32, Errno> {
        if count > MAX_BUFFERS {
            return Err(Errno::Invalid);
        }
        let mut moved = 0;
        for index in 0..count {
            let Buffer { at, len: asked } = self.buffer(buffers, index)?;
            self.slice(at, asked)?;
            let len = asked.min(MAX_TRANSFER - moved);
            let done = match transfer(self, Buffer { at, len }, u64::from(moved)) {
                Ok(done) => done as u32,
                Err(errno) if moved == 0 => return Err(errno),
                Err(_) => break,
            };
            moved += done;
            if done < asked || moved == MAX_TRANSFER {
                break;
            }
        }
        Ok(moved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slice_beyond_the_end_or_around_it_is_a_fault() {
        let mut bytes = [0; 16];
        let memory = GuestMemory::new(&mut bytes);
        assert_eq!(memory.slice(16, 0), Ok(&[][..]));
        assert_eq!(memory.slice(16, 1), Err(Errno::Fault));
        assert_eq!(memory.slice(u32::MAX, u32::MAX), Err(Errno::Fault));
        assert_eq!(memory.read_u64(9), Err(Errno::Fault));
    }

    #[test]
    fn a_transfer_stops_at_a_short_buffer() {
        let mut bytes = [0; 64];
        let mut memory = GuestMemory::new(&mut bytes);
        for (at, value) in [(0, 32), (4, 8), (8, 40), (12, 8), (16, 48), (20, 8)] {
            memory.write_u32(at, value).expect("in bounds");
        }
        let mut calls = 0;
        let moved = memory.transfer(0, 3, |_, _, _| {
            calls += 1;
            Ok(if calls == 1 { 8 } else { 3 })
        });
        assert_eq!((moved, calls), (Ok(11), 2));
    }

    #[test]
    fn an_array_of_buffers_out_of_bounds_is_a_fault() {
        let mut bytes = [0; 16];
        let mut memory = GuestMemory::new(&mut bytes);
        let moved = memory.transfer(u32::MAX - 4, 2, |_, _, _| Ok(0));
        assert_eq!(moved, Err(Errno::Fault));
        let moved = memory.transfer(0, u32::MAX, |_, _, _| Ok(0));
        assert_eq!(moved, Err(Errno::Invalid));
    }
}
