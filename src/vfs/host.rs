//! A directory of the host as a file system: every path is resolved beneath
//! an open directory handle by the operating system (cap-std), never checked
//! first and then opened by name.

use std::fs;
use std::io;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use cap_fs_ext::{DirExt, FollowSymlinks, OpenOptionsFollowExt, SystemTimeSpec};
use cap_std::ambient_authority;
use cap_std::fs::Dir;

use super::{
    DirEntry, Errno, File, FileSystem, FileType, Follow, Metadata, OpenOptions, Opened, SetTime,
    VfsError, VfsResult, Visit,
};

/// Permission bits a guest may set on a host file: never setuid and setgid, which stay where they are.
const SETTABLE: u32 = 0o1777;

/// Permission bits that the umask of the host's process most often takes away.
const OFTEN_MASKED: u32 = 0o022;

pub struct HostDirectory {
    root: Dir,
}

impl HostDirectory {
    /// Opens the directory once; later renames of it on the host do not matter.
    pub fn open(path: &Path) -> io::Result<Self> {
        let root = Dir::open_ambient_dir(path, ambient_authority())?;
        root.entries()?;
        Ok(Self { root })
    }
}

impl HostDirectory {
    /// Opens a file, and gives one that is made new its permissions whatever the umask of the host's process.
    fn create_with(
        &self,
        path: &Path,
        host: &cap_std::fs::OpenOptions,
        options: &OpenOptions,
    ) -> io::Result<cap_std::fs::File> {
        let mut new = host.clone();
        new.create(false).create_new(true);
        match self.root.open_with(path, &new) {
            Ok(file) => {
                platform::widen(&file, options.permissions & SETTABLE)?;
                Ok(file)
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && !options.exclusive => {
                self.root.open_with(path, host)
            }
            Err(error) => Err(error),
        }
    }

    /// Refuses pipes, sockets and devices, which the host might open, and wait
    /// for, to change what a call changes.
    fn refuse_special(&self, path: &[u8]) -> VfsResult<()> {
        match self.metadata(path, Follow::Yes)?.file_type {
            FileType::Regular | FileType::Directory | FileType::Symlink => Ok(()),
            _ => Err(Errno::NotPermitted.into()),
        }
    }
}

impl FileSystem for HostDirectory {
    fn open(&self, path: &[u8], options: &OpenOptions) -> VfsResult<Opened> {
        let path = host_path(path)?;
        let mut host = cap_std::fs::OpenOptions::new();
        host.read(options.read)
            .write(options.write)
            .append(options.append)
            // std has no append and truncate at once; the file is cut below.
            .truncate(options.truncate && !options.append)
            .create(options.create && !options.exclusive)
            .create_new(options.create && options.exclusive)
            .follow(host_follow(options.follow));
        if (options.create || options.truncate) && !options.append {
            // std creates and cuts only what it opens for writing.
            host.write(true);
        }
        platform::open_flags(&mut host, options);
        let opened = match options.create && options.permissions & OFTEN_MASKED != 0 {
            true => self.create_with(path, &host, options),
            false => self.root.open_with(path, &host),
        };
        let file = match opened {
            Ok(file) => file.into_std(),
            Err(error) => return platform::opened_directory(&self.root, path, options, error),
        };
        let metadata = metadata_of(&file).map_err(VfsError::Errno)?;
        match metadata.file_type {
            FileType::Directory if options.changes_the_tree() => Err(Errno::IsDirectory.into()),
            FileType::Directory => Ok(Opened::Directory),
            FileType::Regular => {
                if options.truncate && options.append {
                    file.set_len(0).map_err(refused)?;
                }
                Ok(Opened::File(Arc::new(HostFile { file })))
            }
            // A device or a pipe of the host could wait for ever or act on the machine.
            _ => Err(Errno::NoSuchDeviceOrAddress.into()),
        }
    }

    fn metadata(&self, path: &[u8], follow: Follow) -> VfsResult<Metadata> {
        let metadata = match follow {
            // Each call asks for the directory it runs in, most often this one.
            _ if path.is_empty() => self.root.dir_metadata(),
            Follow::Yes => self.root.metadata(host_path(path)?),
            Follow::No => self.root.symlink_metadata(host_path(path)?),
        };
        Ok(platform::metadata(&metadata.map_err(refused)?))
    }

    fn read_dir(&self, path: &[u8], visit: &mut Visit) -> VfsResult<()> {
        for entry in self.root.read_dir(host_path(path)?).map_err(refused)? {
            let entry = entry.map_err(refused)?;
            let file_type = platform::file_type(&entry.file_type().map_err(refused)?);
            let name = platform::name_bytes(entry.file_name());
            let inode = platform::inode(&entry);
            if !visit(DirEntry {
                name,
                file_type,
                inode,
            }) {
                break;
            }
        }
        Ok(())
    }

    fn read_link(&self, path: &[u8]) -> VfsResult<Vec<u8>> {
        let target = self
            .root
            .read_link_contents(host_path(path)?)
            .map_err(refused)?;
        Ok(platform::name_bytes(target.into_os_string()))
    }

    fn create_dir(&self, path: &[u8], permissions: u32) -> VfsResult<()> {
        let builder = platform::dir_builder(permissions & SETTABLE);
        self.root
            .create_dir_with(host_path(path)?, &builder)
            .map_err(refused)?;
        match permissions & OFTEN_MASKED {
            0 => Ok(()),
            _ => self.set_permissions(path, permissions & SETTABLE),
        }
    }

    fn remove_dir(&self, path: &[u8]) -> VfsResult<()> {
        self.root.remove_dir(host_path(path)?).map_err(refused)
    }

    fn remove_file(&self, path: &[u8]) -> VfsResult<()> {
        self.root
            .remove_file_or_symlink(host_path(path)?)
            .map_err(refused)
    }

    fn rename(&self, from: &[u8], to: &[u8]) -> VfsResult<()> {
        self.root
            .rename(host_path(from)?, &self.root, host_path(to)?)
            .map_err(refused)
    }

    fn hard_link(&self, from: &[u8], to: &[u8]) -> VfsResult<()> {
        self.root
            .hard_link(host_path(from)?, &self.root, host_path(to)?)
            .map_err(refused)
    }

    fn symlink(&self, target: &[u8], path: &[u8]) -> VfsResult<()> {
        platform::symlink(&self.root, host_path(target)?, host_path(path)?).map_err(refused)
    }

    fn set_permissions(&self, path: &[u8], permissions: u32) -> VfsResult<()> {
        self.refuse_special(path)?;
        let foreign = permissions & 0o7777 & !SETTABLE;
        if foreign != 0 && self.metadata(path, Follow::Yes)?.permissions & foreign != foreign {
            return Err(Errno::NotPermitted.into());
        }
        platform::set_permissions(&self.root, host_path(path)?, permissions & 0o7777)
            .map_err(refused)
    }

    fn set_times(
        &self,
        path: &[u8],
        follow: Follow,
        accessed: SetTime,
        modified: SetTime,
    ) -> VfsResult<()> {
        if follow == Follow::Yes {
            self.refuse_special(path)?;
        }
        let (accessed, modified) = (host_time(accessed), host_time(modified));
        let path = host_path(path)?;
        match follow {
            Follow::Yes => self.root.set_times(path, accessed, modified),
            Follow::No => self.root.set_symlink_times(path, accessed, modified),
        }
        .map_err(refused)
    }
}

struct HostFile {
    file: fs::File,
}

impl File for HostFile {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<usize, Errno> {
        Ok(platform::read_at(&self.file, buffer, offset)?)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> Result<usize, Errno> {
        Ok(platform::write_at(&self.file, bytes, offset)?)
    }

    fn append(&self, bytes: &[u8]) -> Result<(usize, u64), Errno> {
        let mut file = &self.file;
        let written = file.write(bytes)?;
        Ok((written, io::Seek::stream_position(&mut file)?))
    }

    fn metadata(&self) -> Result<Metadata, Errno> {
        metadata_of(&self.file)
    }

    fn set_len(&self, size: u64) -> Result<(), Errno> {
        Ok(self.file.set_len(size)?)
    }

    fn sync(&self) -> Result<(), Errno> {
        Ok(self.file.sync_data()?)
    }

    fn set_times(&self, accessed: SetTime, modified: SetTime) -> Result<(), Errno> {
        let mut times = fs::FileTimes::new();
        if let Some(time) = system_time(accessed) {
            times = times.set_accessed(time);
        }
        if let Some(time) = system_time(modified) {
            times = times.set_modified(time);
        }
        Ok(self.file.set_times(times)?)
    }
}

pub(super) fn metadata_of(file: &fs::File) -> Result<Metadata, Errno> {
    Ok(platform::metadata(&cap_std::fs::Metadata::from_file(file)?))
}

fn host_path(path: &[u8]) -> Result<&Path, Errno> {
    if path.is_empty() {
        return Ok(Path::new("."));
    }
    platform::path(path)
}

fn host_follow(follow: Follow) -> FollowSymlinks {
    match follow {
        Follow::Yes => FollowSymlinks::Yes,
        Follow::No => FollowSymlinks::No,
    }
}

fn host_time(time: SetTime) -> Option<SystemTimeSpec> {
    match time {
        SetTime::Keep => None,
        SetTime::Now => Some(SystemTimeSpec::SymbolicNow),
        SetTime::To(time) => Some(SystemTimeSpec::from(cap_std::time::SystemTime::from_std(
            time,
        ))),
    }
}

fn system_time(time: SetTime) -> Option<SystemTime> {
    match time {
        SetTime::Keep => None,
        SetTime::Now => Some(SystemTime::now()),
        SetTime::To(time) => Some(time),
    }
}

/// The error of a path operation. cap-std reports a path that would leave the
/// directory as a refusal without a number of the operating system.
fn refused(error: io::Error) -> VfsError {
    if error.kind() == io::ErrorKind::PermissionDenied && error.raw_os_error().is_none() {
        return VfsError::Symlink;
    }
    VfsError::Errno(error.into())
}

#[cfg(unix)]
mod platform {
    //! What Unix hosts say about files.

    use std::ffi::{OsStr, OsString};
    use std::os::unix::ffi::{OsStrExt, OsStringExt};
    use std::os::unix::fs::{DirEntryExt, FileExt};

    use cap_std::fs::{
        DirBuilder, DirBuilderExt, FileTypeExt, MetadataExt, OpenOptionsExt, Permissions,
        PermissionsExt,
    };

    use super::*;

    pub fn path(path: &[u8]) -> Result<&Path, Errno> {
        Ok(Path::new(OsStr::from_bytes(path)))
    }

    pub fn name_bytes(name: OsString) -> Vec<u8> {
        name.into_vec()
    }

    pub fn open_flags(host: &mut cap_std::fs::OpenOptions, options: &OpenOptions) {
        // Non-blocking: opening a named pipe must not wait for its other end.
        let mut flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
        if options.directory {
            flags |= rustix::fs::OFlags::DIRECTORY;
        }
        host.custom_flags(flags.bits() as i32);
        host.mode(options.permissions & SETTABLE);
    }

    pub fn opened_directory(
        _root: &Dir,
        _path: &Path,
        _options: &OpenOptions,
        error: io::Error,
    ) -> VfsResult<Opened> {
        Err(refused(error))
    }

    pub fn dir_builder(permissions: u32) -> DirBuilder {
        let mut builder = DirBuilder::new();
        builder.mode(permissions);
        builder
    }

    pub fn symlink(root: &Dir, target: &Path, path: &Path) -> io::Result<()> {
        root.symlink_contents(target, path)
    }

    pub fn set_permissions(root: &Dir, path: &Path, permissions: u32) -> io::Result<()> {
        root.set_permissions(path, Permissions::from_mode(permissions))
    }

    /// Sets the permissions of a file that was just made.
    pub fn widen(file: &cap_std::fs::File, permissions: u32) -> io::Result<()> {
        file.set_permissions(Permissions::from_mode(permissions))
    }

    pub fn read_at(file: &fs::File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        file.read_at(buffer, offset)
    }

    pub fn write_at(file: &fs::File, bytes: &[u8], offset: u64) -> io::Result<usize> {
        file.write_at(bytes, offset)
    }

    pub fn inode(entry: &cap_std::fs::DirEntry) -> u64 {
        entry.ino()
    }

    pub fn file_type(host: &cap_std::fs::FileType) -> FileType {
        if host.is_file() {
            FileType::Regular
        } else if host.is_dir() {
            FileType::Directory
        } else if host.is_symlink() {
            FileType::Symlink
        } else if host.is_char_device() {
            FileType::CharacterDevice
        } else if host.is_block_device() {
            FileType::BlockDevice
        } else if host.is_fifo() {
            FileType::Fifo
        } else {
            FileType::Socket
        }
    }

    pub fn metadata(host: &cap_std::fs::Metadata) -> Metadata {
        let time = |seconds: i64, nanoseconds: i64| -> SystemTime {
            let nanoseconds = std::time::Duration::from_nanos(nanoseconds.unsigned_abs());
            let seconds_off = std::time::Duration::from_secs(seconds.unsigned_abs());
            let base = if seconds >= 0 {
                SystemTime::UNIX_EPOCH.checked_add(seconds_off)
            } else {
                SystemTime::UNIX_EPOCH.checked_sub(seconds_off)
            };
            base.and_then(|base| base.checked_add(nanoseconds))
                .unwrap_or(SystemTime::UNIX_EPOCH)
        };
        Metadata {
            file_type: file_type(&host.file_type()),
            permissions: host.mode() & 0o7777,
            device: host.dev(),
            inode: host.ino(),
            links: host.nlink(),
            size: host.size(),
            blocks: host.blocks(),
            accessed: time(host.atime(), host.atime_nsec()),
            modified: time(host.mtime(), host.mtime_nsec()),
            changed: time(host.ctime(), host.ctime_nsec()),
            created: host.created().ok().map(|time| time.into_std()),
            descriptor: None,
        }
    }
}

#[cfg(windows)]
mod platform {
    //! What Windows says about files: names are Unicode, permissions are a
    //! read-only bit, links have the type of their target.

    use std::ffi::OsString;
    use std::os::windows::fs::FileExt;

    use cap_fs_ext::MetadataExt;
    use cap_std::fs::DirBuilder;

    use super::*;

    pub fn path(path: &[u8]) -> Result<&Path, Errno> {
        std::str::from_utf8(path)
            .map(Path::new)
            .map_err(|_| Errno::IllegalSequence)
    }

    pub fn name_bytes(name: OsString) -> Vec<u8> {
        name.to_string_lossy().replace('\\', "/").into_bytes()
    }

    pub fn open_flags(_host: &mut cap_std::fs::OpenOptions, _options: &OpenOptions) {}

    /// Windows does not open a directory as a file: ask what the path is.
    pub fn opened_directory(
        root: &Dir,
        path: &Path,
        options: &OpenOptions,
        error: io::Error,
    ) -> VfsResult<Opened> {
        match root.metadata(path) {
            Ok(metadata) if metadata.is_dir() && options.changes_the_tree() => {
                Err(Errno::IsDirectory.into())
            }
            Ok(metadata) if metadata.is_dir() => Ok(Opened::Directory),
            _ => Err(refused(error)),
        }
    }

    pub fn dir_builder(_permissions: u32) -> DirBuilder {
        DirBuilder::new()
    }

    pub fn symlink(root: &Dir, target: &Path, path: &Path) -> io::Result<()> {
        if root.metadata(target).is_ok_and(|target| target.is_dir()) {
            root.symlink_dir(target, path)
        } else {
            root.symlink_file(target, path)
        }
    }

    pub fn set_permissions(root: &Dir, path: &Path, permissions: u32) -> io::Result<()> {
        let mut host = root.metadata(path)?.permissions();
        host.set_readonly(permissions & 0o200 == 0);
        root.set_permissions(path, host)
    }

    pub fn widen(_file: &cap_std::fs::File, _permissions: u32) -> io::Result<()> {
        Ok(())
    }

    pub fn read_at(file: &fs::File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        match file.seek_read(buffer, offset) {
            // ERROR_HANDLE_EOF
            Err(error) if error.raw_os_error() == Some(38) => Ok(0),
            result => result,
        }
    }

    pub fn write_at(file: &fs::File, bytes: &[u8], offset: u64) -> io::Result<usize> {
        file.seek_write(bytes, offset)
    }

    pub fn inode(_entry: &cap_std::fs::DirEntry) -> u64 {
        0
    }

    pub fn file_type(host: &cap_std::fs::FileType) -> FileType {
        if host.is_dir() {
            FileType::Directory
        } else if host.is_symlink() {
            FileType::Symlink
        } else {
            FileType::Regular
        }
    }

    pub fn metadata(host: &cap_std::fs::Metadata) -> Metadata {
        let file_type = file_type(&host.file_type());
        let writable = if host.permissions().readonly() {
            0
        } else {
            0o200
        };
        let base = if file_type == FileType::Directory {
            0o555
        } else {
            0o444
        };
        let modified = host
            .modified()
            .map_or(SystemTime::UNIX_EPOCH, |time| time.into_std());
        Metadata {
            file_type,
            permissions: base | writable,
            device: host.dev(),
            inode: host.ino(),
            links: host.nlink(),
            size: host.len(),
            blocks: host.len().div_ceil(512),
            accessed: host.accessed().map_or(modified, |time| time.into_std()),
            modified,
            changed: modified,
            created: host.created().ok().map(|time| time.into_std()),
            descriptor: None,
        }
    }
}
