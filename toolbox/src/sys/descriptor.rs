//! A descriptor by its number, for those who do not own it: the shell's numbers are the script's.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Seek, SeekFrom, Write};
use std::mem::ManuallyDrop;
use std::os::fd::{FromRawFd, RawFd};

/// Reads from and writes to an open descriptor, and leaves it open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Descriptor(pub RawFd);

impl Descriptor {
    fn file(self) -> ManuallyDrop<File> {
        // SAFETY: the number is only passed to the system, which refuses one that is not open; nothing is closed.
        ManuallyDrop::new(unsafe { File::from_raw_fd(self.0) })
    }

    /// The status of what it has open.
    pub fn metadata(self) -> io::Result<std::fs::Metadata> {
        self.file().metadata()
    }

    pub fn is_terminal(self) -> bool {
        self.0 >= 0 && self.file().is_terminal()
    }
}

impl Read for Descriptor {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file().read(buffer)
    }
}

impl Write for Descriptor {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Descriptor {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file().seek(to)
    }
}

/// Closes a descriptor by its number.
pub fn close(fd: RawFd) -> io::Result<()> {
    if fd < 0 || Descriptor(fd).metadata().is_err() {
        return Err(io::Error::from_raw_os_error(libc::EBADF));
    }
    // SAFETY: the descriptor is open, and the shell, which alone knows its number, gives it up.
    drop(unsafe { File::from_raw_fd(fd) });
    Ok(())
}
