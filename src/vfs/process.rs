//! `/proc`: what processes tell about themselves and the machine (proc(5)).
//!
//! A file system knows no process, so most files are opened as
//! `Opened::Process` and the kernel makes their bytes. Nothing here is a fact
//! of the host.
//!
//! Linux also has `self/exe` and `self/cwd`. They would be links that lead
//! elsewhere for each process, and the mount table resolves links for all; the
//! working directory is known to the C library of a guest only.

use std::sync::Arc;
use std::time::SystemTime;

use super::{
    DirEntry, Errno, File, FileSystem, FileType, Follow, Metadata, OpenOptions, Opened, SetTime,
    VfsError, VfsResult, Visit,
};

/// A file of `/proc` that the kernel writes, in the format of proc(5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProcessFile {
    /// `self/cmdline`: the arguments, each ended by a NUL.
    CommandLine,
    /// `self/comm`: the last name of the program's path, at most 15 bytes, and a newline.
    Comm,
    /// `self/environ`: `NAME=value` as the process was started with, each ended by a NUL.
    Environment,
    /// `self/stat`: one line; `pid (comm) R ppid pgrp session 0 -1 …`, 52 fields, 0 where unknown.
    Stat,
    /// `self/status`: lines of `Name:`, tab, value: `Name`, `Umask`, `State`, `Tgid`, `Pid`,
    /// `PPid`, `Uid` and `Gid` four times each, `VmSize` and `VmRSS` in kB, `Threads`.
    Status,
    /// `loadavg`: three averages with two decimals, `running/all`, the latest pid.
    LoadAverage,
    /// `meminfo`: `MemTotal`, `MemFree`, `MemAvailable`, `Buffers`, `Cached`, `SwapTotal`,
    /// `SwapFree`, each as `%-16s%8d kB` of `Name:` and kB. The limits of the sandbox.
    Memory,
    /// `mounts` and `self/mounts`: a line `source point type options 0 0` for each mount,
    /// deepest last; the source is a type, never a path of the host.
    Mounts,
    /// `uptime`: seconds since the sandbox began and idle seconds, two decimals each.
    Uptime,
}

/// What a name in `/proc` is.
#[derive(Clone, Copy)]
enum Node {
    Directory,
    /// `self/fd`.
    Descriptors,
    /// `self/fd/N`.
    Descriptor(u32),
    /// Made by the kernel.
    Process(ProcessFile),
    /// The text of the machine that never changes.
    Processors,
    Version,
    /// The same bytes in every process.
    Link(&'static [u8]),
}

/// The names, with their directory; the place in the table gives the inode
/// number. `self` is a directory, not a link to a pid: only the caller's own
/// is there, and a file system could not say where the link leads.
const NODES: [(&[u8], &[u8], Node); 15] = [
    (b"", b"cpuinfo", Node::Processors),
    (b"", b"loadavg", Node::Process(ProcessFile::LoadAverage)),
    (b"", b"meminfo", Node::Process(ProcessFile::Memory)),
    (b"", b"mounts", Node::Link(b"self/mounts")),
    (b"", b"self", Node::Directory),
    (b"", b"uptime", Node::Process(ProcessFile::Uptime)),
    (b"", b"version", Node::Version),
    (b"self", b"cmdline", Node::Process(ProcessFile::CommandLine)),
    (b"self", b"comm", Node::Process(ProcessFile::Comm)),
    (b"self", b"environ", Node::Process(ProcessFile::Environment)),
    (b"self", b"fd", Node::Descriptors),
    (b"self", b"mounts", Node::Process(ProcessFile::Mounts)),
    (b"self", b"root", Node::Link(b"/")),
    (b"self", b"stat", Node::Process(ProcessFile::Stat)),
    (b"self", b"status", Node::Process(ProcessFile::Status)),
];

pub struct ProcessFileSystem {
    /// `cpuinfo`.
    processors: Vec<u8>,
    mounted: SystemTime,
}

const VERSION: &[u8] = b"Linux version 6.1.0 (agent@sandbox) #1 SMP\n";

impl ProcessFileSystem {
    /// `/proc` of a machine with this many processors.
    pub fn new(processors: usize) -> Self {
        let processors: String = (0..processors)
            .map(|number| {
                format!(
                    "processor\t: {number}\nvendor_id\t: sandbox\nmodel name\t: WebAssembly\n\n"
                )
            })
            .collect();
        Self {
            processors: processors.into_bytes(),
            mounted: SystemTime::now(),
        }
    }

    fn metadata_of(&self, node: Node, inode: u64) -> Metadata {
        let file_type = node.file_type();
        Metadata {
            file_type,
            permissions: match file_type {
                FileType::Directory => 0o555,
                FileType::Symlink => 0o777,
                _ => 0o444,
            },
            device: 0,
            inode,
            links: 1,
            size: 0,
            blocks: 0,
            accessed: self.mounted,
            modified: self.mounted,
            changed: self.mounted,
            created: None,
            descriptor: match node {
                Node::Descriptor(number) => Some(number),
                _ => None,
            },
        }
    }

    /// What lies at a path, and its inode number.
    fn find(&self, path: &[u8], follow: Follow) -> VfsResult<(Node, u64)> {
        if path.is_empty() {
            return Ok((Node::Directory, 1));
        }
        let found = NODES
            .iter()
            .zip(2..)
            .find(|((directory, name, _), _)| is_at(path, directory, name));
        match found {
            Some((&(_, _, Node::Link(_)), _)) if follow == Follow::Yes => Err(VfsError::Symlink),
            Some((&(_, _, node), inode)) => Ok((node, inode)),
            None => find_beneath(path),
        }
    }
}

/// A path that is no name of the table: a descriptor, or nothing.
fn find_beneath(path: &[u8]) -> VfsResult<(Node, u64)> {
    if let Some(digits) = path.strip_prefix(b"self/fd/") {
        let number = std::str::from_utf8(digits)
            .ok()
            .and_then(|digits| digits.parse().ok())
            .ok_or(Errno::NotFound)?;
        return Ok((Node::Descriptor(number), NODES.len() as u64 + 2));
    }
    for (directory, name, node) in NODES {
        let inner = match directory {
            b"" => path.strip_prefix(name),
            _ => path
                .strip_prefix(directory)
                .and_then(|rest| rest.strip_prefix(b"/"))
                .and_then(|rest| rest.strip_prefix(name)),
        };
        if !inner.is_some_and(|rest| rest.starts_with(b"/")) {
            continue;
        }
        match node {
            Node::Link(_) => return Err(VfsError::Symlink),
            Node::Directory | Node::Descriptors => {}
            _ => return Err(Errno::NotDirectory.into()),
        }
    }
    Err(Errno::NotFound.into())
}

fn is_at(path: &[u8], directory: &[u8], name: &[u8]) -> bool {
    match directory {
        b"" => path == name,
        _ => path
            .strip_prefix(directory)
            .and_then(|rest| rest.strip_prefix(b"/"))
            .is_some_and(|rest| rest == name),
    }
}

impl Node {
    fn file_type(self) -> FileType {
        match self {
            Self::Directory | Self::Descriptors => FileType::Directory,
            Self::Link(_) => FileType::Symlink,
            Self::Descriptor(_) => FileType::CharacterDevice,
            Self::Process(_) | Self::Processors | Self::Version => FileType::Regular,
        }
    }
}

impl FileSystem for ProcessFileSystem {
    fn open(&self, path: &[u8], options: &OpenOptions) -> VfsResult<Opened> {
        let (node, inode) = self.find(path, options.follow)?;
        if options.create && options.exclusive {
            return Err(Errno::Exist.into());
        }
        let is_directory = node.file_type() == FileType::Directory;
        if is_directory && options.changes_the_tree() {
            return Err(Errno::IsDirectory.into());
        }
        if options.directory && !is_directory {
            return Err(Errno::NotDirectory.into());
        }
        let text = |content: &[u8]| {
            Opened::File(Arc::new(TextFile {
                content: content.to_vec(),
                metadata: self.metadata_of(node, inode),
            }))
        };
        Ok(match node {
            Node::Directory => Opened::Directory,
            Node::Descriptors => Opened::Descriptors,
            Node::Descriptor(number) => Opened::Descriptor(number),
            Node::Link(_) => return Err(Errno::Loop.into()),
            _ if options.changes_the_tree() => return Err(Errno::Access.into()),
            Node::Process(file) => Opened::Process(file),
            Node::Processors => text(&self.processors),
            Node::Version => text(VERSION),
        })
    }

    fn metadata(&self, path: &[u8], follow: Follow) -> VfsResult<Metadata> {
        let (node, inode) = self.find(path, follow)?;
        Ok(self.metadata_of(node, inode))
    }

    fn read_dir(&self, path: &[u8], visit: &mut Visit) -> VfsResult<()> {
        match self.find(path, Follow::Yes)?.0 {
            Node::Directory => {}
            // The kernel lists the caller's own, for `Opened::Descriptors`.
            Node::Descriptors => return Ok(()),
            _ => return Err(Errno::NotDirectory.into()),
        }
        for (&(directory, name, node), inode) in NODES.iter().zip(2..) {
            let entry = DirEntry {
                name: name.to_vec(),
                file_type: node.file_type(),
                inode,
            };
            if directory == path && !visit(entry) {
                break;
            }
        }
        Ok(())
    }

    fn read_link(&self, path: &[u8]) -> VfsResult<Vec<u8>> {
        match self.find(path, Follow::No)?.0 {
            Node::Link(target) => Ok(target.to_vec()),
            _ => Err(Errno::Invalid.into()),
        }
    }

    fn create_dir(&self, path: &[u8], _permissions: u32) -> VfsResult<()> {
        self.refuse_new(path)
    }

    fn remove_dir(&self, _path: &[u8]) -> VfsResult<()> {
        Err(Errno::NotPermitted.into())
    }

    fn remove_file(&self, _path: &[u8]) -> VfsResult<()> {
        Err(Errno::NotPermitted.into())
    }

    fn rename(&self, _from: &[u8], _to: &[u8]) -> VfsResult<()> {
        Err(Errno::NotPermitted.into())
    }

    fn hard_link(&self, _from: &[u8], _to: &[u8]) -> VfsResult<()> {
        Err(Errno::NotPermitted.into())
    }

    fn symlink(&self, _target: &[u8], path: &[u8]) -> VfsResult<()> {
        self.refuse_new(path)
    }

    fn set_permissions(&self, _path: &[u8], _permissions: u32) -> VfsResult<()> {
        Err(Errno::NotPermitted.into())
    }

    fn set_times(
        &self,
        _path: &[u8],
        _follow: Follow,
        _accessed: SetTime,
        _modified: SetTime,
    ) -> VfsResult<()> {
        Err(Errno::NotPermitted.into())
    }
}

impl ProcessFileSystem {
    /// Nothing is made in `/proc`, by anyone (Linux says ENOENT).
    fn refuse_new(&self, path: &[u8]) -> VfsResult<()> {
        self.find(path, Follow::No)?;
        Err(Errno::Exist.into())
    }
}

/// A file whose text never changes.
struct TextFile {
    content: Vec<u8>,
    metadata: Metadata,
}

impl File for TextFile {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<usize, Errno> {
        let rest = usize::try_from(offset)
            .ok()
            .and_then(|offset| self.content.get(offset..))
            .unwrap_or_default();
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }

    fn write_at(&self, _bytes: &[u8], _offset: u64) -> Result<usize, Errno> {
        Err(Errno::BadFd)
    }

    fn append(&self, _bytes: &[u8]) -> Result<(usize, u64), Errno> {
        Err(Errno::BadFd)
    }

    fn metadata(&self) -> Result<Metadata, Errno> {
        Ok(self.metadata.clone())
    }

    fn set_len(&self, _size: u64) -> Result<(), Errno> {
        Err(Errno::Invalid)
    }

    fn sync(&self) -> Result<(), Errno> {
        Err(Errno::Invalid)
    }

    fn set_times(&self, _accessed: SetTime, _modified: SetTime) -> Result<(), Errno> {
        Err(Errno::NotPermitted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read() -> OpenOptions {
        OpenOptions {
            read: true,
            write: false,
            append: false,
            create: false,
            exclusive: false,
            truncate: false,
            directory: false,
            follow: Follow::Yes,
            permissions: 0o644,
        }
    }

    #[test]
    fn the_machine_has_as_many_processors_as_it_was_made_with() {
        let proc = ProcessFileSystem::new(2);
        let Ok(Opened::File(file)) = proc.open(b"cpuinfo", &read()) else {
            panic!("it is a file");
        };
        let mut buffer = [0; 256];
        let count = file.read_at(&mut buffer, 0).expect("it is in memory");
        let one = "vendor_id\t: sandbox\nmodel name\t: WebAssembly\n\n";
        assert_eq!(
            String::from_utf8_lossy(&buffer[..count]),
            format!("processor\t: 0\n{one}processor\t: 1\n{one}")
        );
    }

    #[test]
    fn what_only_the_kernel_knows_is_opened_as_such() {
        let proc = ProcessFileSystem::new(1);
        let status = proc.open(b"self/status", &read());
        assert!(matches!(status, Ok(Opened::Process(ProcessFile::Status))));
        let descriptor = proc.open(b"self/fd/7", &read());
        assert!(matches!(descriptor, Ok(Opened::Descriptor(7))));
        let listing = proc.open(b"self/fd", &read());
        assert!(matches!(listing, Ok(Opened::Descriptors)));
    }

    #[test]
    fn paths_in_proc_fail_as_on_linux() {
        let proc = ProcessFileSystem::new(1);
        let stat = |path: &[u8]| {
            proc.metadata(path, Follow::Yes)
                .map(|found| found.file_type)
        };
        assert_eq!(stat(b"none"), Err(Errno::NotFound.into()));
        assert_eq!(stat(b"self/none"), Err(Errno::NotFound.into()));
        assert_eq!(stat(b"self/fd/x"), Err(Errno::NotFound.into()));
        assert_eq!(stat(b"version/x"), Err(Errno::NotDirectory.into()));
        assert_eq!(stat(b"self/comm/x"), Err(Errno::NotDirectory.into()));
        assert_eq!(stat(b"mounts"), Err(VfsError::Symlink));
        assert_eq!(stat(b"self/fd"), Ok(FileType::Directory));
    }

    #[test]
    fn a_listing_of_self_has_its_names_only() {
        let mut names = Vec::new();
        let listed = ProcessFileSystem::new(1).read_dir(b"self", &mut |entry| {
            names.push(String::from_utf8_lossy(&entry.name).into_owned());
            true
        });
        assert_eq!(listed, Ok(()));
        let expected = [
            "cmdline", "comm", "environ", "fd", "mounts", "root", "stat", "status",
        ];
        assert_eq!(names, expected);
    }
}
