//! A process: its arguments, environment and descriptors, and the system
//! calls on descriptors.

use std::sync::Arc;

use toolbox_abi::TOOLBOX;

use crate::vfs::{DirEntry, Errno, FileType, Metadata, SetTime, random};

use super::descriptor::{Listing, Object};
use super::signal::Signals;
use super::{Charge, Control, FdTable, Job, Lease, OpenFile, Reason, Signal, Whence};

/// The umask every process starts with.
const UMASK: u32 = 0o022;
/// A listing looks this often, in entries, whether its job was ended.
const LISTING_SLICE: usize = 1024;
/// What an entry takes of the host's memory besides its name, in bytes.
const ENTRY_COST: u64 = 64;
/// Random bytes are made in slices of this size between two such looks.
const RANDOM_SLICE: usize = 1 << 20;

pub struct Process {
    /// The arguments; the first is the name the program was called by.
    pub argv: Vec<Vec<u8>>,
    /// `NAME=VALUE` each.
    pub env: Vec<Vec<u8>>,
    /// The directory it was started in, absolute.
    pub cwd: Vec<u8>,
    pub job: Arc<Job>,
    pub control: Arc<Control>,
    pub(super) fds: FdTable,
    pub(super) umask: u32,
    /// How many parents poll it: those that wait for it in the foreground.
    pub(super) depth: usize,
    /// The nearest of them.
    pub(super) polled_by: Option<Arc<Control>>,
    /// What its arguments and variables take of the host's memory.
    pub(super) _strings: Charge,
    pub(super) lease: Lease,
}

/// What a new process starts with.
pub struct Start {
    pub argv: Vec<Vec<u8>>,
    pub env: Vec<Vec<u8>>,
    pub cwd: Vec<u8>,
    pub fds: FdTable,
    pub umask: u32,
}

impl Process {
    /// The first process of a job.
    pub fn first(
        job: &Arc<Job>,
        argv: Vec<Vec<u8>>,
        env: Vec<Vec<u8>>,
        cwd: Vec<u8>,
        streams: [OpenFile; 3],
        lease: Lease,
    ) -> Result<Self, Errno> {
        let mut fds = FdTable::default();
        for (fd, file) in (0..).zip(streams) {
            fds.put(fd, Arc::new(file))?;
        }
        let start = Start {
            argv,
            env,
            cwd,
            fds,
            umask: UMASK,
        };
        let control = job.table().add(0, Signals::default())?;
        Ok(Self::new(control, start, Charge::new(job), lease, job))
    }

    pub(super) fn new(
        control: Arc<Control>,
        start: Start,
        strings: Charge,
        lease: Lease,
        job: &Arc<Job>,
    ) -> Self {
        Self {
            argv: start.argv,
            env: start.env,
            cwd: start.cwd,
            job: Arc::clone(job),
            control,
            fds: start.fds,
            umask: start.umask,
            depth: 0,
            polled_by: None,
            _strings: strings,
            lease,
        }
    }

    /// The name the program was called by, for messages about it.
    pub fn name(&self) -> &[u8] {
        self.arguments().next().unwrap_or(b"")
    }

    /// The arguments as the program sees them.
    pub(super) fn arguments(&self) -> impl Iterator<Item = &[u8]> {
        let is_renamed = self.argv.len() > 2 && self.argv[0] == TOOLBOX.as_bytes();
        let is_shown = move |at: usize| !(is_renamed && [0, 2].contains(&at));
        let all = self.argv.iter().enumerate();
        all.filter(move |(at, _)| is_shown(*at))
            .map(|(_, argument)| argument.as_slice())
    }

    /// Sets the umask and gives the one before.
    pub fn set_umask(&mut self, mask: Option<u32>) -> u32 {
        let before = self.umask;
        if let Some(mask) = mask {
            self.umask = mask & 0o777;
        }
        before
    }

    /// Puts a line of the system on standard error.
    pub fn complain(&self, message: &str) {
        if let Ok(file) = self.fds.get(2) {
            let mut line = self.name().to_vec();
            line.extend_from_slice(b": ");
            line.extend_from_slice(message.as_bytes());
            line.push(b'\n');
            // A standard error that cannot be written leaves nobody to tell.
            let _ = file.write(&line);
        }
    }

    /// Reads what is there; `Errno::Again` when there may be something later.
    pub fn read(&self, fd: u32, buffer: &mut [u8]) -> Result<usize, Errno> {
        let count = self.fds.get(fd)?.read(buffer, None)?;
        self.job.accounting.read(count);
        Ok(count)
    }

    /// As `read`, but leaves what comes behind the first `delimiter`.
    pub fn read_until(&self, fd: u32, buffer: &mut [u8], delimiter: u8) -> Result<usize, Errno> {
        let count = self.fds.get(fd)?.read(buffer, Some(delimiter))?;
        self.job.accounting.read(count);
        Ok(count)
    }

    pub fn read_at(&self, fd: u32, buffer: &mut [u8], at: u64) -> Result<usize, Errno> {
        let count = self.fds.get(fd)?.read_at(buffer, at)?;
        self.job.accounting.read(count);
        Ok(count)
    }

    /// Writes what can be written at once; `Errno::Again` when that is nothing.
    /// Without a reader the process is sent SIGPIPE.
    pub fn write(&self, fd: u32, bytes: &[u8]) -> Result<usize, Errno> {
        let file = self.fds.get(fd)?;
        let written = file.write(bytes);
        match written {
            Err(Errno::BrokenPipe) => self.control.signal(Signal::PIPE),
            // Its writer has no part in what a collector holds, and cannot make it less.
            Err(Errno::OutOfMemory) if matches!(file.object, Object::Writer(_)) => {
                self.job.interrupt.raise(Reason::OutOfMemory);
            }
            _ => {}
        }
        self.wrote(file, written?)
    }

    pub fn write_at(&self, fd: u32, bytes: &[u8], at: u64) -> Result<usize, Errno> {
        let file = self.fds.get(fd)?;
        self.wrote(file, file.write_at(bytes, at)?)
    }

    /// Counts what was written. A job that writes too much to files is ended.
    fn wrote(&self, file: &OpenFile, count: usize) -> Result<usize, Errno> {
        self.job.accounting.wrote(count);
        if file.file_type() == FileType::Regular
            && self.job.accounting.wrote_to_file(count) > self.job.limits.written
        {
            self.job.interrupt.raise(Reason::OutOfWrites);
        }
        Ok(count)
    }

    pub fn seek(&self, fd: u32, delta: i64, whence: Whence) -> Result<u64, Errno> {
        self.fds.get(fd)?.seek(delta, whence)
    }

    pub fn close(&mut self, fd: u32) -> Result<(), Errno> {
        self.fds.close(fd)
    }

    pub fn renumber(&mut self, from: u32, to: u32) -> Result<(), Errno> {
        self.fds.renumber(from, to)
    }

    pub fn file_type(&self, fd: u32) -> Result<FileType, Errno> {
        Ok(self.fds.get_or_root(fd)?.file_type())
    }

    pub fn appends(&self, fd: u32) -> Result<bool, Errno> {
        Ok(self.fds.get_or_root(fd)?.appends())
    }

    pub fn is_nonblocking(&self, fd: u32) -> Result<bool, Errno> {
        Ok(self.fds.get_or_root(fd)?.is_nonblocking())
    }

    /// Sets or clears O_NONBLOCK, for all descriptors of the open file. O_APPEND
    /// stays as the file was opened with.
    pub fn set_flags(&mut self, fd: u32, append: bool, nonblocking: bool) -> Result<(), Errno> {
        let file = self.fds.get(fd)?;
        if file.appends() != append {
            return Err(Errno::NotSupported);
        }
        file.set_nonblocking(nonblocking);
        Ok(())
    }

    pub fn metadata_of_fd(&self, fd: u32) -> Result<Metadata, Errno> {
        let file = self.fds.get(fd)?;
        match &file.object {
            Object::File(inner) => inner.metadata(),
            Object::Directory(directory) => self
                .job
                .files
                .metadata(&rooted(&directory.path), crate::vfs::Follow::Yes),
            _ => Ok(file.stream_metadata()),
        }
    }

    pub fn set_len(&self, fd: u32, size: u64) -> Result<(), Errno> {
        let file = self.fds.get(fd)?;
        if !file.writable {
            return Err(Errno::Invalid);
        }
        file.regular()?.set_len(size)
    }

    /// Makes sure that a file has at least `size` bytes (posix_fallocate).
    pub fn allocate(&self, fd: u32, size: u64) -> Result<(), Errno> {
        if self.metadata_of_fd(fd)?.size < size {
            self.set_len(fd, size)?;
        }
        Ok(())
    }

    pub fn sync(&self, fd: u32) -> Result<(), Errno> {
        let file = self.fds.get(fd)?;
        match file.as_directory() {
            Ok(_) => Ok(()),
            Err(_) => file.regular()?.sync(),
        }
    }

    pub fn set_times_of_fd(
        &self,
        fd: u32,
        accessed: SetTime,
        modified: SetTime,
    ) -> Result<(), Errno> {
        let file = self.fds.get(fd)?;
        if let Ok(directory) = file.as_directory() {
            let path = rooted(&directory.path);
            let follow = crate::vfs::Follow::Yes;
            return self.job.files.set_times(&path, follow, accessed, modified);
        }
        file.regular()?.set_times(accessed, modified)
    }

    /// The entries of an open directory, `.` and `..` first. The listing is made
    /// when it is first asked for, and anew when it is `restart`ed.
    pub fn read_dir(&self, fd: u32, restart: bool) -> Result<Arc<Vec<DirEntry>>, Errno> {
        let file = self.fds.get(fd)?;
        let directory = file.as_directory()?;
        if let (false, Some(listing)) = (restart, &*directory.listing()) {
            return Ok(Arc::clone(&listing.entries));
        }
        *directory.listing() = None;
        let own = self.metadata_of_fd(fd)?.inode;
        let mut entries: Vec<DirEntry> = [&b"."[..], b".."]
            .map(|name| DirEntry {
                name: name.to_vec(),
                file_type: FileType::Directory,
                inode: own,
            })
            .into();
        if directory.lists_descriptors {
            entries.extend(self.fds.open_numbers().map(|number| DirEntry {
                name: number.to_string().into_bytes(),
                file_type: FileType::CharacterDevice,
                inode: u64::from(number),
            }));
        }
        let mut charge = Charge::new(&self.job);
        let mut charged = entries.len();
        let mut full = false;
        let mut interrupted = false;
        self.job
            .files
            .read_dir(&rooted(&directory.path), &mut |entry| {
                entries.push(entry);
                if entries.len() - charged == LISTING_SLICE {
                    full = !charge.add(cost(&entries[charged..]));
                    charged = entries.len();
                    interrupted = self.is_ended();
                }
                !interrupted && !full
            })?;
        full |= !charge.add(cost(&entries[charged..]));
        if full {
            return Err(Errno::OutOfMemory);
        }
        if interrupted {
            return Err(Errno::Interrupted);
        }
        let entries = Arc::new(entries);
        *directory.listing() = Some(Listing {
            entries: Arc::clone(&entries),
            _charge: charge,
        });
        Ok(entries)
    }

    /// Fills a buffer with random bytes. A long one is left unfinished when the
    /// job was ended meanwhile.
    pub fn random(&self, buffer: &mut [u8]) -> Result<(), Errno> {
        for slice in buffer.chunks_mut(RANDOM_SLICE) {
            if self.interrupted().is_some() {
                return Err(Errno::Interrupted);
            }
            random(slice)?;
        }
        Ok(())
    }

    /// Why the job must end now, if it must; long calls ask.
    pub fn interrupted(&self) -> Option<Reason> {
        self.job.interrupt.check()
    }

    /// Whether the process must not go on: its job or itself was ended.
    pub fn is_ended(&self) -> bool {
        self.interrupted().is_some() || self.control.fatal().is_some()
    }

    /// Makes sure that a descriptor is open.
    pub fn check_fd(&self, fd: u32) -> Result<(), Errno> {
        self.fds.get(fd).map(|_| ())
    }
}

/// What entries take of the host's memory, in bytes.
fn cost(entries: &[DirEntry]) -> u64 {
    entries
        .iter()
        .map(|entry| ENTRY_COST + entry.name.len() as u64)
        .sum()
}

/// The path of a directory as the mount table wants it.
fn rooted(path: &[u8]) -> Vec<u8> {
    if path.is_empty() {
        b"/".to_vec()
    } else {
        path.to_vec()
    }
}
