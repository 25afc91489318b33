//! The calls between the guest and the host that WASI does not have, and the layouts they share.
//!
//! Every number is little-endian. A path is absolute in the guest's view, made of bytes, and not NUL-terminated.
//! A call returns 0, or an error number of WASI preview 1.
#![no_std]

extern crate alloc;

mod signal;
mod spawn;
mod status;

pub use signal::Disposition;
pub use spawn::{
    Descriptor, INHERIT_UMASK, MAX_DESCRIPTORS, MAX_MESSAGE, Malformed, SEARCH_PATH, SpawnMessage,
};
pub use status::{Times, WaitStatus, Waited};

/// The import module the calls live in.
pub const MODULE: &str = "agent_sandbox_v1";

/// The mask of `st_mode` that holds the file's type.
pub const S_IFMT: u32 = 0o170000;
pub const S_IFSOCK: u32 = 0o140000;
pub const S_IFLNK: u32 = 0o120000;
pub const S_IFREG: u32 = 0o100000;
pub const S_IFBLK: u32 = 0o060000;
pub const S_IFDIR: u32 = 0o040000;
pub const S_IFCHR: u32 = 0o020000;
pub const S_IFIFO: u32 = 0o010000;

/// The first argument of a tool that is called by another name: that name, the tool's and its arguments follow.
pub const TOOLBOX: &str = "toolbox";

/// A timeout of `proc_wait` that never comes.
pub const WITHOUT_LIMIT: u64 = u64::MAX;

/// The bits `path_chmod` can set.
pub const PERMISSION_BITS: u32 = 0o7777;

/// The seconds of a time that is not known.
pub const TIME_UNKNOWN: i64 = i64::MIN;

/// What `stat(2)` says of a file.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileStat {
    pub dev: u64,
    pub ino: u64,
    pub rdev: u64,
    pub size: u64,
    /// In units of 512 bytes, whatever `blksize` is.
    pub blocks: u64,
    /// The type and the permission bits, as `st_mode`.
    pub mode: u32,
    pub nlink: u32,
    pub uid: u32,
    pub gid: u32,
    /// The preferred size of a read or write.
    pub blksize: u32,
    pub reserved: u32,
    pub atime_sec: i64,
    pub mtime_sec: i64,
    pub ctime_sec: i64,
    /// The time of creation, or `TIME_UNKNOWN`.
    pub btime_sec: i64,
    pub atime_nsec: u32,
    pub mtime_nsec: u32,
    pub ctime_nsec: u32,
    pub btime_nsec: u32,
}

impl FileStat {
    /// The size of the layout in guest memory.
    pub const SIZE: usize = 112;

    /// The bytes the guest reads.
    pub fn to_bytes(&self) -> [u8; Self::SIZE] {
        let mut writer = Writer {
            bytes: [0; Self::SIZE],
            at: 0,
        };
        for word in [self.dev, self.ino, self.rdev, self.size, self.blocks] {
            writer.put(word.to_le_bytes());
        }
        for word in [
            self.mode,
            self.nlink,
            self.uid,
            self.gid,
            self.blksize,
            self.reserved,
        ] {
            writer.put(word.to_le_bytes());
        }
        for word in [
            self.atime_sec,
            self.mtime_sec,
            self.ctime_sec,
            self.btime_sec,
        ] {
            writer.put(word.to_le_bytes());
        }
        for word in [
            self.atime_nsec,
            self.mtime_nsec,
            self.ctime_nsec,
            self.btime_nsec,
        ] {
            writer.put(word.to_le_bytes());
        }
        writer.bytes
    }

    /// The value that `to_bytes` wrote.
    pub fn from_bytes(bytes: &[u8; Self::SIZE]) -> Self {
        let mut reader = Reader { bytes, at: 0 };
        // Fields are evaluated in the order written, which is the order of the layout.
        Self {
            dev: u64::from_le_bytes(reader.take()),
            ino: u64::from_le_bytes(reader.take()),
            rdev: u64::from_le_bytes(reader.take()),
            size: u64::from_le_bytes(reader.take()),
            blocks: u64::from_le_bytes(reader.take()),
            mode: u32::from_le_bytes(reader.take()),
            nlink: u32::from_le_bytes(reader.take()),
            uid: u32::from_le_bytes(reader.take()),
            gid: u32::from_le_bytes(reader.take()),
            blksize: u32::from_le_bytes(reader.take()),
            reserved: u32::from_le_bytes(reader.take()),
            atime_sec: i64::from_le_bytes(reader.take()),
            mtime_sec: i64::from_le_bytes(reader.take()),
            ctime_sec: i64::from_le_bytes(reader.take()),
            btime_sec: i64::from_le_bytes(reader.take()),
            atime_nsec: u32::from_le_bytes(reader.take()),
            mtime_nsec: u32::from_le_bytes(reader.take()),
            ctime_nsec: u32::from_le_bytes(reader.take()),
            btime_nsec: u32::from_le_bytes(reader.take()),
        }
    }
}

/// Lays numbers one after another; the layout has no padding, which the assertion below checks.
struct Writer {
    bytes: [u8; FileStat::SIZE],
    at: usize,
}

impl Writer {
    fn put<const N: usize>(&mut self, field: [u8; N]) {
        self.bytes[self.at..self.at + N].copy_from_slice(&field);
        self.at += N;
    }
}

struct Reader<'a> {
    bytes: &'a [u8; FileStat::SIZE],
    at: usize,
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let mut field = [0; N];
        field.copy_from_slice(&self.bytes[self.at..self.at + N]);
        self.at += N;
        field
    }
}

const _: () = assert!(core::mem::size_of::<FileStat>() == FileStat::SIZE);
const _: () = assert!(core::mem::align_of::<FileStat>() == 8);
const _: () = assert!(core::mem::offset_of!(FileStat, mode) == 40);
const _: () = assert!(core::mem::offset_of!(FileStat, atime_sec) == 64);
const _: () = assert!(core::mem::offset_of!(FileStat, btime_nsec) == 108);

#[cfg(target_arch = "wasm32")]
#[link(wasm_import_module = "agent_sandbox_v1")]
unsafe extern "C" {
    /// Writes the status of the file at the path to `out`; `follow` is 0 to look at a symbolic link itself.
    ///
    /// # Safety
    /// `path` must be valid for reading `path_len` bytes, and `out` for writing a `FileStat`.
    pub fn path_stat(path: *const u8, path_len: usize, follow: u32, out: *mut FileStat) -> u32;

    /// Sets the permission bits of the file at the path, which may be reached through a symbolic link.
    ///
    /// # Safety
    /// `path` must be valid for reading `path_len` bytes.
    pub fn path_chmod(path: *const u8, path_len: usize, mode: u32) -> u32;

    /// Makes a pipe; writes the descriptors of its reading and its writing end to `out`.
    ///
    /// # Safety
    /// `out` must be valid for writing two words.
    pub fn fd_pipe(out: *mut [u32; 2]) -> u32;

    /// Makes a collector, a pipe whose writers never wait: it holds all that was not read yet, as memory of the call.
    /// Writes the descriptors of its ends as `fd_pipe` does.
    ///
    /// # Safety
    /// `out` must be valid for writing two words.
    pub fn fd_collector(out: *mut [u32; 2]) -> u32;

    /// Reads up to `len` bytes, but none behind the first `delimiter` (a byte), and writes their number to `out`. Waits as
    /// `fd_read` does.
    ///
    /// # Safety
    /// `buffer` must be valid for writing `len` bytes, and `out` for writing a word.
    pub fn fd_read_until(
        fd: u32,
        buffer: *mut u8,
        len: usize,
        delimiter: u32,
        out: *mut u32,
    ) -> u32;

    /// Waits until a read would not wait any more, for `timeout` nanoseconds at the most (`WITHOUT_LIMIT`, or 0 to only
    /// look), and writes to `out` whether that is so.
    ///
    /// # Safety
    /// `out` must be valid for writing a word.
    pub fn fd_wait(fd: u32, timeout: u64, out: *mut u32) -> u32;

    /// Gives an open file the lowest free descriptor from `least` up (`F_DUPFD`) and writes it to `out`.
    ///
    /// # Safety
    /// `out` must be valid for writing a word.
    pub fn fd_dup(fd: u32, least: u32, out: *mut u32) -> u32;

    /// Makes `to` a descriptor of the file that `from` has open, closing what `to` was (`dup2`).
    pub safe fn fd_dup2(from: u32, to: u32) -> u32;

    /// Starts the process of a `SpawnMessage`, waits for its end and writes its `WaitStatus` to `out`.
    ///
    /// # Safety
    /// `message` must be valid for reading `len` bytes, and `out` for writing a word.
    pub fn proc_run(message: *const u8, len: usize, out: *mut u32) -> u32;

    /// Starts the process of a `SpawnMessage`, which runs beside the caller, and writes its pid to `out`.
    ///
    /// # Safety
    /// `message` must be valid for reading `len` bytes, and `out` for writing a word.
    pub fn proc_spawn(message: *const u8, len: usize, out: *mut u32) -> u32;

    /// Waits until the child `pid` (-1: any child) has ended, for `timeout` nanoseconds at the most (`WITHOUT_LIMIT`, or 0 to
    /// only look), and writes which, and how, to `out`; the pid is 0 when none has ended by then.
    ///
    /// # Safety
    /// `out` must be valid for writing a `Waited`.
    pub fn proc_wait(pid: i32, timeout: u64, out: *mut Waited) -> u32;

    /// Sends a signal to the process `pid`; 0 is every process of the call, the caller included, and -1 all but the caller.
    /// Signal 0 only asks whether there is such a process.
    pub safe fn proc_kill(pid: i32, signal: u32) -> u32;

    /// Says what a signal does to the caller (a `Disposition`).
    pub safe fn proc_set_signal(signal: u32, disposition: u32) -> u32;

    /// The caught signals that have come since the last call; bit `n - 1` is signal `n`.
    pub safe fn proc_take_signals() -> u64;

    /// The signals that the caller ignores, as bits.
    pub safe fn proc_ignored_signals() -> u64;

    /// Waits for `time` nanoseconds; a caught signal ends that with `EINTR`.
    pub safe fn proc_sleep(time: u64) -> u32;

    /// Writes the processor time of the caller and of its children to `out`.
    ///
    /// # Safety
    /// `out` must be valid for writing a `Times`.
    pub fn proc_times(out: *mut Times) -> u32;

    /// The caller's pid.
    pub safe fn proc_id() -> u32;

    /// The pid of the caller's parent; 0 for the first process of a call.
    pub safe fn proc_parent_id() -> u32;

    /// Sets the caller's umask and returns the one before; `INHERIT_UMASK` only asks.
    pub safe fn proc_umask(mask: u32) -> u32;

    /// Writes the directory that the caller was started in to `out`, cut at `size` bytes, and its length to `len`.
    ///
    /// # Safety
    /// `out` must be valid for writing `size` bytes, and `len` for writing a word.
    pub fn proc_cwd(out: *mut u8, size: usize, len: *mut u32) -> u32;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> FileStat {
        FileStat {
            dev: 1,
            ino: 2,
            rdev: 3,
            size: 4,
            blocks: 5,
            mode: S_IFREG | 0o644,
            nlink: 7,
            uid: 8,
            gid: 9,
            blksize: 10,
            reserved: 11,
            atime_sec: -12,
            mtime_sec: 13,
            ctime_sec: 14,
            btime_sec: TIME_UNKNOWN,
            atime_nsec: 16,
            mtime_nsec: 17,
            ctime_nsec: 18,
            btime_nsec: 19,
        }
    }

    #[test]
    fn a_status_survives_the_way_through_bytes() {
        assert_eq!(FileStat::from_bytes(&sample().to_bytes()), sample());
    }

    #[test]
    fn the_bytes_are_the_layout_the_guest_reads() {
        let bytes = sample().to_bytes();
        assert_eq!(bytes[0..8], 1u64.to_le_bytes());
        assert_eq!(bytes[40..44], (S_IFREG | 0o644).to_le_bytes());
        assert_eq!(bytes[64..72], (-12i64).to_le_bytes());
        assert_eq!(bytes[108..112], 19u32.to_le_bytes());
    }
}
