//! The one table of error numbers: POSIX names, numbered as WASI preview 1 numbers them.

use std::io;

macro_rules! errno {
    ($($name:ident = $number:literal, $posix:ident;)*) => {
        /// Why a system call failed. The discriminant is what the guest receives
        /// (`errno` of wasi_snapshot_preview1).
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u16)]
        pub enum Errno { $($name = $number,)* }

        impl Errno {
            #[cfg(unix)]
            fn from_raw(code: i32) -> Option<Self> {
                use rustix::io::Errno as Host;
                $(if code == Host::$posix.raw_os_error() { return Some(Self::$name); })*
                None
            }
        }
    };
}

errno! {
    TooBig = 1, TOOBIG;
    Access = 2, ACCESS;
    Again = 6, AGAIN;
    BadFd = 8, BADF;
    Busy = 10, BUSY;
    NoChild = 12, CHILD;
    Exist = 20, EXIST;
    Fault = 21, FAULT;
    FileTooBig = 22, FBIG;
    IllegalSequence = 25, ILSEQ;
    Interrupted = 27, INTR;
    Invalid = 28, INVAL;
    Io = 29, IO;
    IsDirectory = 31, ISDIR;
    Loop = 32, LOOP;
    TooManyOpenFiles = 33, MFILE;
    TooManyLinks = 34, MLINK;
    NameTooLong = 37, NAMETOOLONG;
    HostOutOfFiles = 41, NFILE;
    NoDevice = 43, NODEV;
    NotFound = 44, NOENT;
    NotExecutable = 45, NOEXEC;
    OutOfMemory = 48, NOMEM;
    NoSpace = 51, NOSPC;
    NotImplemented = 52, NOSYS;
    NotDirectory = 54, NOTDIR;
    NotEmpty = 55, NOTEMPTY;
    NotSupported = 58, OPNOTSUPP;
    NotATerminal = 59, NOTTY;
    NoSuchDeviceOrAddress = 60, NXIO;
    Overflow = 61, OVERFLOW;
    NotPermitted = 63, PERM;
    BrokenPipe = 64, PIPE;
    ReadOnly = 69, ROFS;
    IllegalSeek = 70, SPIPE;
    NoProcess = 71, SRCH;
    TextBusy = 74, TXTBSY;
    CrossDevice = 75, XDEV;
}

impl From<io::Error> for Errno {
    /// The number of a host error; what the host says in words never travels further.
    fn from(error: io::Error) -> Self {
        #[cfg(unix)]
        if let Some(errno) = error.raw_os_error().and_then(Self::from_raw) {
            return errno;
        }
        match error.kind() {
            io::ErrorKind::NotFound => Self::NotFound,
            io::ErrorKind::PermissionDenied => Self::Access,
            io::ErrorKind::AlreadyExists => Self::Exist,
            io::ErrorKind::NotADirectory => Self::NotDirectory,
            io::ErrorKind::IsADirectory => Self::IsDirectory,
            io::ErrorKind::DirectoryNotEmpty => Self::NotEmpty,
            io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::NoSpace,
            io::ErrorKind::CrossesDevices => Self::CrossDevice,
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidFilename => Self::Invalid,
            io::ErrorKind::Unsupported => Self::NotSupported,
            io::ErrorKind::OutOfMemory => Self::OutOfMemory,
            io::ErrorKind::Interrupted => Self::Interrupted,
            io::ErrorKind::BrokenPipe => Self::BrokenPipe,
            _ => Self::Io,
        }
    }
}
