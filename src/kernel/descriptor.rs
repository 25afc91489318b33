//! File descriptors: the table of a process and the open files it points to.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use crate::vfs::{DirEntry, Errno, File, FileType, Metadata};

use super::pipe::{self, Reader, Writer};
use super::{Charge, Job, Output};

/// Open descriptors of one process at the most (RLIMIT_NOFILE).
const MAX_FDS: usize = 1024;
/// The root directory, where WASI guests look for it.
const ROOT: u32 = 3;

/// An open file description: what `dup` shares.
pub struct OpenFile {
    pub(super) object: Object,
    pub(super) readable: bool,
    pub(super) writable: bool,
    append: bool,
    nonblocking: AtomicBool,
    offset: Mutex<u64>,
}

pub(super) enum Object {
    File(Arc<dyn File>),
    Directory(OpenDirectory),
    /// Standard input that was given with the call.
    Input(Vec<u8>),
    Output(Arc<Output>),
    Reader(Reader),
    Writer(Writer),
}

/// What a descriptor is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ready {
    Read,
    /// To write this many bytes.
    Write(usize),
}

pub(super) struct OpenDirectory {
    /// Absolute, without a trailing slash; empty for the root.
    pub path: Vec<u8>,
    /// Its entries are the descriptors of the process that lists it.
    pub lists_descriptors: bool,
    /// The entries as they were when the listing began.
    listing: Mutex<Option<Listing>>,
}

pub(super) struct Listing {
    pub entries: Arc<Vec<DirEntry>>,
    pub _charge: Charge,
}

impl OpenDirectory {
    pub fn listing(&self) -> MutexGuard<'_, Option<Listing>> {
        self.listing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whence {
    Start,
    Current,
    End,
}

impl OpenFile {
    fn new(object: Object, readable: bool, writable: bool, append: bool) -> Self {
        Self {
            object,
            readable,
            writable,
            append,
            nonblocking: AtomicBool::new(false),
            offset: Mutex::new(0),
        }
    }

    pub fn input(bytes: Vec<u8>) -> Self {
        Self::new(Object::Input(bytes), true, false, false)
    }

    pub fn output(output: Arc<Output>) -> Self {
        Self::new(Object::Output(output), false, true, false)
    }

    pub fn directory(path: Vec<u8>) -> Self {
        Self::open_directory(path, false)
    }

    /// `/dev/fd` or `/proc/self/fd`.
    pub(super) fn descriptors(path: Vec<u8>) -> Self {
        Self::open_directory(path, true)
    }

    fn open_directory(path: Vec<u8>, lists_descriptors: bool) -> Self {
        let directory = OpenDirectory {
            path,
            lists_descriptors,
            listing: Mutex::default(),
        };
        Self::new(Object::Directory(directory), true, false, false)
    }

    pub(super) fn file(file: Arc<dyn File>, readable: bool, writable: bool, append: bool) -> Self {
        Self::new(Object::File(file), readable, writable, append)
    }

    /// The reading and the writing end of a new pipe; none when the job may not
    /// have the memory.
    pub fn pipe(job: &Arc<Job>) -> Option<(Self, Self)> {
        let (reader, writer) = pipe::pipe(Charge::new(job))?;
        Some((
            Self::new(Object::Reader(reader), true, false, false),
            Self::new(Object::Writer(writer), false, true, false),
        ))
    }

    /// The offset; held while a read or write moves it.
    fn offset(&self) -> MutexGuard<'_, u64> {
        self.offset.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn file_type(&self) -> FileType {
        match &self.object {
            Object::Directory(_) => FileType::Directory,
            Object::File(file) if file.is_seekable() => FileType::Regular,
            Object::File(_) => FileType::CharacterDevice,
            _ => FileType::Fifo,
        }
    }

    pub(super) fn appends(&self) -> bool {
        self.append
    }

    pub(super) fn is_nonblocking(&self) -> bool {
        self.nonblocking.load(Ordering::Relaxed)
    }

    pub(super) fn set_nonblocking(&self, nonblocking: bool) {
        self.nonblocking.store(nonblocking, Ordering::Relaxed);
    }

    /// Whether a read or write would not wait; if it would, `waker` is woken when
    /// that changes. Only pipes wait.
    pub(super) fn is_ready(&self, ready: Ready, waker: &Waker) -> bool {
        match (&self.object, ready) {
            (Object::Reader(reader), Ready::Read) => reader.is_ready(waker),
            (Object::Writer(writer), Ready::Write(size)) => writer.is_ready(size, waker),
            _ => true,
        }
    }

    /// The bytes that can be read (or written) at once.
    pub(super) fn available(&self) -> usize {
        match &self.object {
            Object::Reader(reader) => reader.available(),
            Object::Writer(writer) => writer.room(),
            _ => 0,
        }
    }

    /// Reads at the offset and moves it.
    pub(super) fn read(&self, buffer: &mut [u8]) -> Result<usize, Errno> {
        if let Object::Reader(reader) = &self.object {
            return reader.read(buffer);
        }
        let mut offset = self.offset();
        let count = self.read_from(buffer, *offset)?;
        *offset += count as u64;
        Ok(count)
    }

    pub(super) fn read_at(&self, buffer: &mut [u8], at: u64) -> Result<usize, Errno> {
        if !self.is_seekable() {
            return Err(Errno::IllegalSeek);
        }
        self.read_from(buffer, at)
    }

    fn read_from(&self, buffer: &mut [u8], at: u64) -> Result<usize, Errno> {
        if let Object::Directory(_) = self.object {
            return Err(Errno::IsDirectory);
        }
        if !self.readable {
            return Err(Errno::BadFd);
        }
        match &self.object {
            Object::File(file) => file.read_at(buffer, at),
            Object::Input(bytes) => {
                let rest = usize::try_from(at)
                    .ok()
                    .and_then(|at| bytes.get(at..))
                    .unwrap_or_default();
                let count = rest.len().min(buffer.len());
                buffer[..count].copy_from_slice(&rest[..count]);
                Ok(count)
            }
            _ => Err(Errno::BadFd),
        }
    }

    /// Writes at the offset, or at the end when the file appends, and moves it.
    pub(super) fn write(&self, bytes: &[u8]) -> Result<usize, Errno> {
        if !self.writable {
            return Err(Errno::BadFd);
        }
        if let Object::Writer(writer) = &self.object {
            return writer.write(bytes);
        }
        if bytes.is_empty() {
            return Ok(0);
        }
        let mut offset = self.offset();
        match &self.object {
            Object::File(file) if self.appends() => {
                let (count, end) = file.append(bytes)?;
                *offset = end;
                Ok(count)
            }
            Object::File(file) => {
                let count = file.write_at(bytes, *offset)?;
                *offset += count as u64;
                Ok(count)
            }
            Object::Output(output) => {
                output.write(bytes);
                Ok(bytes.len())
            }
            _ => Err(Errno::BadFd),
        }
    }

    pub(super) fn write_at(&self, bytes: &[u8], at: u64) -> Result<usize, Errno> {
        match &self.object {
            Object::File(file) if self.writable => file.write_at(bytes, at),
            _ if !self.writable => Err(Errno::BadFd),
            _ => Err(Errno::IllegalSeek),
        }
    }

    fn is_seekable(&self) -> bool {
        matches!(self.object, Object::File(_) | Object::Directory(_))
    }

    pub(super) fn seek(&self, delta: i64, whence: Whence) -> Result<u64, Errno> {
        let Object::File(file) = &self.object else {
            return Err(if self.is_seekable() {
                Errno::Invalid
            } else {
                Errno::IllegalSeek
            });
        };
        if !file.is_seekable() {
            // A device has no offset: Linux takes every seek on it.
            return Ok(0);
        }
        let mut offset = self.offset();
        let base = match whence {
            Whence::Start => 0,
            Whence::Current => *offset,
            Whence::End => file.metadata()?.size,
        };
        let target = base.checked_add_signed(delta).ok_or(Errno::Invalid)?;
        if target > i64::MAX as u64 {
            return Err(Errno::Overflow);
        }
        *offset = target;
        Ok(target)
    }

    /// The file itself, for what is done to a file and not to its bytes.
    pub(super) fn regular(&self) -> Result<&dyn File, Errno> {
        match &self.object {
            Object::File(file) => Ok(&**file),
            Object::Directory(_) => Err(Errno::IsDirectory),
            _ => Err(Errno::Invalid),
        }
    }

    pub(super) fn as_directory(&self) -> Result<&OpenDirectory, Errno> {
        match &self.object {
            Object::Directory(directory) => Ok(directory),
            _ => Err(Errno::NotDirectory),
        }
    }

    /// What a stream without a file says of itself.
    pub(super) fn stream_metadata(&self) -> Metadata {
        let epoch = std::time::SystemTime::UNIX_EPOCH;
        Metadata {
            file_type: self.file_type(),
            permissions: 0o600,
            device: 0,
            inode: 0,
            links: 1,
            size: 0,
            blocks: 0,
            accessed: epoch,
            modified: epoch,
            changed: epoch,
            created: None,
        }
    }
}

/// The descriptors of a process, by number.
pub struct FdTable {
    files: Vec<Option<Arc<OpenFile>>>,
    /// What paths are relative to. It has the number 3 until that is given to another file, and to paths it has it still.
    root: Arc<OpenFile>,
}

impl FdTable {
    /// A table with the root directory only.
    pub fn with_root() -> Self {
        let root = Arc::new(OpenFile::directory(Vec::new()));
        let mut fds = Self {
            files: Vec::new(),
            root: Arc::clone(&root),
        };
        fds.give(ROOT, root).expect("an empty table has room");
        fds
    }

    /// What paths that begin at a descriptor are relative to.
    pub(super) fn directory(&self, fd: u32) -> Result<&Arc<OpenFile>, Errno> {
        match fd {
            ROOT => Ok(&self.root),
            _ => self.get(fd),
        }
    }

    /// Opens at this number, closing what was there.
    pub fn give(&mut self, fd: u32, file: Arc<OpenFile>) -> Result<(), Errno> {
        let index = fd as usize;
        if index >= MAX_FDS {
            return Err(Errno::BadFd);
        }
        if index >= self.files.len() {
            self.files.resize(index + 1, None);
        }
        self.files[index] = Some(file);
        Ok(())
    }

    /// Opens at the lowest free number (POSIX 2.14, file descriptor allocation).
    pub fn insert(&mut self, file: Arc<OpenFile>) -> Result<u32, Errno> {
        self.insert_from(0, file)
    }

    /// Opens at the lowest free number from `least` up (POSIX `F_DUPFD`).
    pub fn insert_from(&mut self, least: u32, file: Arc<OpenFile>) -> Result<u32, Errno> {
        let least = least as usize;
        if least >= MAX_FDS {
            return Err(Errno::Invalid);
        }
        let free = (least..self.files.len()).find(|&number| self.files[number].is_none());
        let number = free.unwrap_or(self.files.len().max(least));
        if number >= MAX_FDS {
            return Err(Errno::TooManyOpenFiles);
        }
        self.give(number as u32, file)?;
        Ok(number as u32)
    }

    /// The numbers that are open.
    pub(super) fn open_numbers(&self) -> impl Iterator<Item = u32> {
        (0..)
            .zip(&self.files)
            .filter_map(|(number, file)| file.as_ref().map(|_| number))
    }

    /// Whether one more can be opened.
    pub fn has_room(&self) -> bool {
        self.files.len() < MAX_FDS || self.files.iter().any(Option::is_none)
    }

    pub fn get(&self, fd: u32) -> Result<&Arc<OpenFile>, Errno> {
        self.files
            .get(fd as usize)
            .and_then(Option::as_ref)
            .ok_or(Errno::BadFd)
    }

    pub fn close(&mut self, fd: u32) -> Result<(), Errno> {
        let slot = self.files.get_mut(fd as usize).ok_or(Errno::BadFd)?;
        let closed = slot.take().ok_or(Errno::BadFd)?;
        if fd == ROOT && !Arc::ptr_eq(&closed, &self.root) {
            // The number is not free for others: paths would be taken for relative to them.
            *slot = Some(Arc::clone(&self.root));
        }
        drop(closed);
        Ok(())
    }

    /// Moves `from` to `to`, closing what was there.
    pub fn renumber(&mut self, from: u32, to: u32) -> Result<(), Errno> {
        let file = Arc::clone(self.get(from)?);
        self.get(to)?;
        self.files[from as usize] = None;
        self.files[to as usize] = Some(file);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(count: usize) -> FdTable {
        let mut table = FdTable::default();
        for _ in 0..count {
            table
                .insert(Arc::new(OpenFile::input(Vec::new())))
                .expect("there is room");
        }
        table
    }

    #[test]
    fn the_lowest_free_number_is_taken() {
        let mut table = table(4);
        table.close(1).expect("1 is open");
        let file = Arc::new(OpenFile::input(Vec::new()));
        assert_eq!(table.insert(Arc::clone(&file)), Ok(1));
        assert_eq!(table.insert(file), Ok(4));
    }

    #[test]
    fn a_full_table_refuses_and_keeps_what_it_has() {
        let mut table = table(MAX_FDS);
        let file = Arc::new(OpenFile::input(Vec::new()));
        assert_eq!(table.insert(file), Err(Errno::TooManyOpenFiles));
        assert!(table.get(MAX_FDS as u32 - 1).is_ok());
    }

    #[test]
    fn a_closed_number_is_bad() {
        let mut table = table(3);
        assert_eq!(table.close(2), Ok(()));
        assert_eq!(table.close(2), Err(Errno::BadFd));
        assert_eq!(table.close(u32::MAX), Err(Errno::BadFd));
    }

    #[test]
    fn renumbering_moves_and_needs_both_ends() {
        let mut table = table(3);
        assert_eq!(table.renumber(1, 2), Ok(()));
        assert!(table.get(1).is_err());
        assert!(table.get(2).is_ok());
        assert_eq!(table.renumber(2, 9), Err(Errno::BadFd));
        assert_eq!(table.renumber(2, 2), Ok(()));
    }

    #[test]
    fn input_is_read_to_its_end_and_cannot_seek() {
        let file = OpenFile::input(b"abc".to_vec());
        let mut buffer = [0; 2];
        assert_eq!(file.read(&mut buffer), Ok(2));
        assert_eq!(file.read(&mut buffer), Ok(1));
        assert_eq!(buffer[0], b'c');
        assert_eq!(file.read(&mut buffer), Ok(0));
        assert_eq!(file.seek(0, Whence::Start), Err(Errno::IllegalSeek));
        assert_eq!(file.write(b"x"), Err(Errno::BadFd));
    }
}
