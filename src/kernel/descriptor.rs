//! File descriptors: the table of a process and the open files it points to.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use crate::vfs::{DirEntry, Errno, File, FileType, Metadata};

use super::pipe::{self, Reader, Writer};
use super::{Charge, Job, Output};

/// Open descriptors of one process at the most (RLIMIT_NOFILE).
const MAX_FDS: usize = 1024;
/// Where a WASI guest looks for the root directory, which paths are relative to. It is
/// no descriptor: a process may have another file open under this number.
const ROOT: u32 = 3;
/// The device that pipes and streams seem to be on.
const STREAMS: u64 = 13;

/// An open file description: what `dup` shares.
pub struct OpenFile {
    pub(super) object: Object,
    pub(super) readable: bool,
    pub(super) writable: bool,
    append: bool,
    nonblocking: AtomicBool,
    offset: Mutex<u64>,
    /// Of a pipe or stream: both ends of a pipe have the same.
    inode: u64,
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
            inode: 0,
        }
    }

    /// A pipe's end or a stream.
    fn stream(object: Object, readable: bool, inode: u64) -> Self {
        Self {
            inode,
            ..Self::new(object, readable, !readable, false)
        }
    }

    pub fn input(bytes: Vec<u8>) -> Self {
        Self::stream(Object::Input(bytes), true, new_inode())
    }

    pub fn output(output: Arc<Output>) -> Self {
        Self::stream(Object::Output(output), false, new_inode())
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
        pipe::pipe(Charge::new(job)).map(Self::ends)
    }

    /// As `pipe`, but writers never wait.
    pub fn collector(job: &Arc<Job>) -> Option<(Self, Self)> {
        pipe::collector(Charge::new(job)).map(Self::ends)
    }

    fn ends((reader, writer): (Reader, Writer)) -> (Self, Self) {
        let inode = new_inode();
        (
            Self::stream(Object::Reader(reader), true, inode),
            Self::stream(Object::Writer(writer), false, inode),
        )
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

    /// Reads at the offset and moves it; nothing behind a `delimiter`.
    pub(super) fn read(&self, buffer: &mut [u8], delimiter: Option<u8>) -> Result<usize, Errno> {
        if let Object::Reader(reader) = &self.object {
            return reader.read(buffer, delimiter);
        }
        let mut offset = self.offset();
        let mut count = self.read_from(buffer, *offset)?;
        if let Some(delimiter) = delimiter {
            let end = buffer[..count].iter().position(|&byte| byte == delimiter);
            count = end.map_or(count, |end| end + 1);
        }
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
            device: STREAMS,
            inode: self.inode,
            links: 1,
            size: 0,
            blocks: 0,
            accessed: epoch,
            modified: epoch,
            changed: epoch,
            created: None,
            descriptor: None,
        }
    }
}

fn new_inode() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// The descriptors of a process, by number.
pub struct FdTable {
    files: Vec<Option<Arc<OpenFile>>>,
    root: Arc<OpenFile>,
}

impl Default for FdTable {
    fn default() -> Self {
        Self {
            files: Vec::new(),
            root: Arc::new(OpenFile::directory(Vec::new())),
        }
    }
}

impl FdTable {
    /// Opens at this number, closing what was there.
    pub fn put(&mut self, fd: u32, file: Arc<OpenFile>) -> Result<(), Errno> {
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

    /// Opens at the lowest free number from `least` up (POSIX `F_DUPFD`). That of the
    /// root is left out: what is opened may be a directory, which paths are relative to.
    pub fn insert_from(&mut self, least: u32, file: Arc<OpenFile>) -> Result<u32, Errno> {
        let least = least as usize;
        if least >= MAX_FDS {
            return Err(Errno::Invalid);
        }
        let is_free = |&number: &usize| {
            number != ROOT as usize && self.files.get(number).is_none_or(Option::is_none)
        };
        let number = (least..MAX_FDS)
            .find(is_free)
            .ok_or(Errno::TooManyOpenFiles)?;
        self.put(number as u32, file)?;
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
        let others =
            |(number, file): (usize, &Option<_>)| number != ROOT as usize && file.is_none();
        self.files.len() < MAX_FDS || self.files.iter().enumerate().any(others)
    }

    /// What a path may be relative to: the number of the root is the root's.
    pub fn get_base(&self, fd: u32) -> Result<&Arc<OpenFile>, Errno> {
        match fd {
            ROOT => Ok(&self.root),
            _ => self.get(fd),
        }
    }

    /// As `get`; the number of the root is the root's unless something else is open there.
    pub fn get_or_root(&self, fd: u32) -> Result<&Arc<OpenFile>, Errno> {
        self.get(fd).or_else(|_| self.get_base(fd))
    }

    pub fn get(&self, fd: u32) -> Result<&Arc<OpenFile>, Errno> {
        self.files
            .get(fd as usize)
            .and_then(Option::as_ref)
            .ok_or(Errno::BadFd)
    }

    pub fn close(&mut self, fd: u32) -> Result<(), Errno> {
        self.files
            .get_mut(fd as usize)
            .and_then(Option::take)
            .map(drop)
            .ok_or(Errno::BadFd)
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
        let mut table = table(5);
        table.close(1).expect("1 is open");
        let file = Arc::new(OpenFile::input(Vec::new()));
        assert_eq!(table.insert(Arc::clone(&file)), Ok(1));
        assert_eq!(table.insert(file), Ok(6));
    }

    #[test]
    fn a_full_table_refuses_and_keeps_what_it_has() {
        let mut table = table(MAX_FDS - 1);
        let file = Arc::new(OpenFile::input(Vec::new()));
        assert!(!table.has_room());
        assert_eq!(table.insert(file), Err(Errno::TooManyOpenFiles));
        assert!(table.get(MAX_FDS as u32 - 1).is_ok());
    }

    #[test]
    fn the_number_of_the_root_is_free_for_who_asks_for_it() {
        let mut table = table(4);
        assert_eq!(table.get(ROOT).err(), Some(Errno::BadFd));
        assert!(
            table
                .get_or_root(ROOT)
                .is_ok_and(|root| root.as_directory().is_ok())
        );
        let file = Arc::new(OpenFile::input(Vec::new()));
        assert_eq!(table.put(ROOT, file), Ok(()));
        assert!(
            table
                .get(ROOT)
                .is_ok_and(|file| file.as_directory().is_err())
        );
        assert!(
            table
                .get_or_root(ROOT)
                .is_ok_and(|file| file.as_directory().is_err())
        );
        assert!(
            table
                .get_base(ROOT)
                .is_ok_and(|root| root.as_directory().is_ok())
        );
        assert_eq!(table.close(ROOT), Ok(()));
        assert_eq!(table.close(ROOT), Err(Errno::BadFd));
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
        assert_eq!(file.read(&mut buffer, None), Ok(2));
        assert_eq!(file.read(&mut buffer, None), Ok(1));
        assert_eq!(buffer[0], b'c');
        assert_eq!(file.read(&mut buffer, None), Ok(0));
        assert_eq!(file.seek(0, Whence::Start), Err(Errno::IllegalSeek));
        assert_eq!(file.write(b"x"), Err(Errno::BadFd));
    }
}
