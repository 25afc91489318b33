//! An open file of a tree in memory. It lives while it is open, even without a name.

use std::sync::Arc;

use super::node::Node;
use crate::vfs::{Errno, File, Metadata, SetTime};

pub struct MemoryFile(pub Arc<Node>);

impl File for MemoryFile {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<usize, Errno> {
        Ok(self.0.content()?.read(buffer, offset))
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> Result<usize, Errno> {
        self.0.write_at(bytes, offset)
    }

    fn append(&self, bytes: &[u8]) -> Result<(usize, u64), Errno> {
        self.0.append(bytes)
    }

    fn metadata(&self) -> Result<Metadata, Errno> {
        Ok(self.0.metadata())
    }

    fn set_len(&self, size: u64) -> Result<(), Errno> {
        self.0.resize(size)
    }

    fn sync(&self) -> Result<(), Errno> {
        Ok(())
    }

    fn set_times(&self, accessed: SetTime, modified: SetTime) -> Result<(), Errno> {
        self.0.set_times(accessed, modified);
        Ok(())
    }
}
