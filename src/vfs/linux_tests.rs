//! Both file systems against Linux itself: random sequences of operations
//! through the mount table give what the system calls give on a plain
//! directory, result for result and error for error.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;

use rustix::fs::{self, AtFlags, Dir, Mode, OFlags, ResolveFlags};

use super::*;

const SEEDS: u64 = 400;
const STEPS: usize = 60;

/// The answers that differ, with ours first. All are of the mount table.
const KNOWN: [(&str, &str, &str); 5] = [
    // Of two errors at once Linux tells that of the second directory.
    ("Link", "Err(NameTooLong)", "Err(NotFound)"),
    ("Rename", "Err(NameTooLong)", "Err(Loop)"),
    ("Rename", "Err(NameTooLong)", "Err(NotDirectory)"),
    ("Rename", "Err(NameTooLong)", "Err(NotFound)"),
    // O_CREAT on a directory: a change is opened in two steps, the second without `create`.
    ("Open", "Ok(\"a directory\")", "Err(IsDirectory)"),
];

/// A small generator of reproducible numbers (xorshift64).
struct Random {
    state: u64,
    /// Whether paths end in `/` or `.` now and then.
    odd: bool,
}

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        (self.state % bound as u64) as usize
    }

    fn chance(&mut self, one_in: usize) -> bool {
        self.below(one_in) == 0
    }

    fn follow(&mut self) -> Follow {
        if self.chance(2) {
            Follow::Yes
        } else {
            Follow::No
        }
    }

    /// An absolute path of up to three names; never the root itself.
    fn path(&mut self) -> Vec<u8> {
        let long = [b'x'; 256];
        let names: [&[u8]; 7] = [b"a", b"b", b"c", b"\xff\n", b"d", b"e", b"a"];
        let mut path = Vec::new();
        for depth in 0..=self.below(3) {
            path.push(b'/');
            match self.below(40) {
                0 => path.extend_from_slice(&long),
                1 => path.extend_from_slice(&long[1..]),
                2 if depth > 0 => path.extend_from_slice(if self.odd { b"." } else { b"./c" }),
                3 if depth > 0 => path.extend_from_slice(b"/a"),
                _ => path.extend_from_slice(names[self.below(names.len())]),
            }
        }
        if self.odd && self.chance(12) {
            path.push(b'/');
        }
        path
    }
}

#[derive(Debug)]
enum Operation {
    Open {
        path: Vec<u8>,
        options: OpenOptions,
        change: Change,
    },
    CreateDir(Vec<u8>),
    RemoveDir(Vec<u8>),
    RemoveFile(Vec<u8>),
    Rename(Vec<u8>, Vec<u8>),
    Link(Vec<u8>, Vec<u8>),
    Symlink(Vec<u8>, Vec<u8>),
    ReadLink(Vec<u8>),
    Stat(Vec<u8>, Follow),
    Chmod(Vec<u8>, u32),
    List(Vec<u8>),
}

/// What is done with a file once it is open.
#[derive(Clone, Copy, Debug)]
enum Change {
    Read(u64),
    Write(u64),
    SetLen(u64),
}

fn operation(random: &mut Random) -> Operation {
    let path = random.path();
    match random.below(14) {
        0..=3 => {
            let access = random.below(3);
            let write = access > 0;
            let offset = [0, 1, 4095, 4096, 70_000, 1 << 33][random.below(6)];
            Operation::Open {
                path,
                options: OpenOptions {
                    read: access != 1,
                    write,
                    append: write && random.chance(4),
                    create: random.chance(2),
                    exclusive: random.chance(5),
                    truncate: write && random.chance(4),
                    directory: false,
                    follow: random.follow(),
                    permissions: 0o644,
                },
                change: match random.below(3) {
                    _ if !write => Change::Read(offset),
                    0 => Change::SetLen(offset),
                    _ => Change::Write(offset),
                },
            }
        }
        4 | 5 => Operation::CreateDir(path),
        6 => Operation::RemoveDir(path),
        7 => Operation::RemoveFile(path),
        8 => Operation::Rename(path, random.path()),
        9 => Operation::Link(path, random.path()),
        10 => {
            let targets: [&[u8]; 6] = [b"a", b"c/d", b"/b", b"nowhere", b"b/a", b"/a/../c"];
            Operation::Symlink(targets[random.below(6)].to_vec(), path)
        }
        11 => Operation::ReadLink(path),
        12 if random.chance(3) => Operation::Chmod(path, [0o700, 0o755][random.below(2)]),
        12 => Operation::Stat(path, random.follow()),
        _ => Operation::List(path),
    }
}

fn describe_stat(metadata: &Metadata) -> String {
    let directory = metadata.file_type == FileType::Directory;
    let size = if directory { 0 } else { metadata.size };
    let sparse = !directory && metadata.blocks * 512 < size / 2;
    let (mode, links) = (metadata.permissions, metadata.links);
    format!("{:?} {mode:o} {links} {size} {sparse}", metadata.file_type)
}

fn on_table(table: &MountTable, operation: &Operation) -> Result<String, Errno> {
    let done = |()| String::new();
    match operation {
        Operation::Open {
            path,
            options,
            change,
        } => match (table.open(path, options)?, *change) {
            (Opened::File(file), Change::Read(offset)) => {
                let mut buffer = [7; 16];
                let count = file.read_at(&mut buffer, offset)?;
                Ok(format!("{:?}", &buffer[..count]))
            }
            (Opened::File(file), Change::Write(_)) if options.append => {
                file.append(b"text")?;
                Ok(file.metadata()?.size.to_string())
            }
            (Opened::File(file), Change::Write(offset)) => {
                file.write_at(b"text", offset)?;
                Ok(file.metadata()?.size.to_string())
            }
            (Opened::File(file), Change::SetLen(size)) => {
                file.set_len(size)?;
                Ok(file.metadata()?.size.to_string())
            }
            _ => Ok("a directory".to_owned()),
        },
        Operation::CreateDir(path) => table.create_dir(path, 0o755).map(done),
        Operation::RemoveDir(path) => table.remove_dir(path).map(done),
        Operation::RemoveFile(path) => table.remove_file(path).map(done),
        Operation::Rename(from, to) => table.rename(from, to).map(done),
        Operation::Link(from, to) => table.hard_link(from, to).map(done),
        Operation::Symlink(target, path) => table.symlink(target, path).map(done),
        Operation::ReadLink(path) => table.read_link(path).map(|target| format!("{target:?}")),
        Operation::Chmod(path, mode) => table.set_permissions(path, *mode).map(done),
        Operation::Stat(path, follow) => Ok(describe_stat(&table.metadata(path, *follow)?)),
        Operation::List(path) => {
            let mut names = Vec::new();
            table.read_dir(path, &mut |entry| {
                names.push(entry.name);
                true
            })?;
            names.sort();
            Ok(format!("{names:?}"))
        }
    }
}

/// A plain directory, taken for the root by every resolution (openat2, RESOLVE_IN_ROOT).
struct Linux(OwnedFd);

impl Linux {
    fn open(&self, path: &[u8], flags: OFlags) -> io::Result<OwnedFd> {
        let mode = Mode::from_raw_mode(if flags.contains(OFlags::CREATE) {
            0o644
        } else {
            0
        });
        Ok(fs::openat2(
            &self.0,
            path,
            flags,
            mode,
            ResolveFlags::IN_ROOT,
        )?)
    }

    /// The directory of a path, and its last name with the slashes behind it.
    fn parent<'a>(&self, path: &'a [u8]) -> io::Result<(OwnedFd, &'a [u8])> {
        let end = path.iter().rposition(|&byte| byte != b'/').unwrap_or(0);
        let slash = path[..end].iter().rposition(|&byte| byte == b'/');
        let (parent, name) = path.split_at(slash.map_or(0, |slash| slash + 1));
        Ok((self.open(parent, OFlags::PATH | OFlags::DIRECTORY)?, name))
    }

    fn apply(&self, operation: &Operation) -> io::Result<String> {
        let done = |()| String::new();
        match operation {
            Operation::Open {
                path,
                options,
                change,
            } => self.open_and_change(path, options, *change),
            Operation::CreateDir(path) => {
                let (parent, name) = self.parent(path)?;
                Ok(fs::mkdirat(parent, name, Mode::from_raw_mode(0o755)).map(done)?)
            }
            Operation::RemoveDir(path) => {
                let (parent, name) = self.parent(path)?;
                Ok(fs::unlinkat(parent, name, AtFlags::REMOVEDIR).map(done)?)
            }
            Operation::RemoveFile(path) => {
                let (parent, name) = self.parent(path)?;
                Ok(fs::unlinkat(parent, name, AtFlags::empty()).map(done)?)
            }
            Operation::Rename(from, to) => {
                let ((from_dir, from), (to_dir, to)) = (self.parent(from)?, self.parent(to)?);
                Ok(fs::renameat(from_dir, from, to_dir, to).map(done)?)
            }
            Operation::Link(from, to) => {
                let ((from_dir, from), (to_dir, to)) = (self.parent(from)?, self.parent(to)?);
                Ok(fs::linkat(from_dir, from, to_dir, to, AtFlags::empty()).map(done)?)
            }
            Operation::Symlink(target, path) => {
                let (parent, name) = self.parent(path)?;
                Ok(fs::symlinkat(&target[..], parent, name).map(done)?)
            }
            Operation::ReadLink(path) => {
                let (parent, name) = self.parent(path)?;
                let target = fs::readlinkat(parent, name, Vec::new())?;
                Ok(format!("{:?}", target.as_bytes()))
            }
            Operation::Chmod(path, mode) => {
                let file = self.open(path, OFlags::RDONLY)?;
                Ok(fs::fchmod(file, Mode::from_raw_mode(*mode)).map(done)?)
            }
            Operation::Stat(path, follow) => {
                let mut flags = OFlags::PATH;
                flags.set(OFlags::NOFOLLOW, *follow == Follow::No);
                let file = std::fs::File::from(self.open(path, flags)?);
                let metadata = super::host::metadata_of(&file);
                Ok(describe_stat(&metadata.map_err(|_| io::ErrorKind::Other)?))
            }
            Operation::List(path) => {
                let directory = self.open(path, OFlags::RDONLY | OFlags::DIRECTORY)?;
                let mut names = Vec::new();
                for entry in Dir::new(directory)? {
                    names.push(entry?.file_name().to_bytes().to_vec());
                }
                names.retain(|name| name != b"." && name != b"..");
                names.sort();
                Ok(format!("{names:?}"))
            }
        }
    }

    fn open_and_change(
        &self,
        path: &[u8],
        options: &OpenOptions,
        change: Change,
    ) -> io::Result<String> {
        let mut flags = match (options.read, options.write) {
            (true, true) => OFlags::RDWR,
            (_, true) => OFlags::WRONLY,
            _ => OFlags::RDONLY,
        };
        flags.set(OFlags::APPEND, options.append);
        flags.set(OFlags::CREATE, options.create);
        // Without O_CREAT, O_EXCL has no defined meaning.
        flags.set(OFlags::EXCL, options.create && options.exclusive);
        flags.set(OFlags::TRUNC, options.truncate);
        flags.set(OFlags::NOFOLLOW, options.follow == Follow::No);
        let file = std::fs::File::from(self.open(path, flags)?);
        if file.metadata()?.is_dir() {
            return Ok("a directory".to_owned());
        }
        match change {
            Change::Read(offset) => {
                let mut buffer = [7; 16];
                let count = file.read_at(&mut buffer, offset)?;
                return Ok(format!("{:?}", &buffer[..count]));
            }
            Change::Write(offset) => {
                file.write_at(b"text", offset)?;
            }
            Change::SetLen(size) => file.set_len(size)?,
        }
        Ok(file.metadata()?.len().to_string())
    }
}

fn root(file_system: Arc<dyn FileSystem>) -> MountTable {
    MountTable::new(vec![Mount {
        point: Vec::new(),
        file_system,
        writable: true,
    }])
}

/// Runs the sequences against a file system that `make` gives for a directory.
fn compare(odd: bool, make: impl Fn(&std::path::Path) -> Arc<dyn FileSystem>) {
    let mut differences = std::collections::BTreeMap::new();
    for seed in 1..=SEEDS {
        let directory = tempfile::tempdir().expect("a directory can be made");
        let other = tempfile::tempdir().expect("a directory can be made");
        let real = Linux(
            fs::open(
                directory.path(),
                OFlags::RDONLY | OFlags::DIRECTORY,
                Mode::empty(),
            )
            .expect("it was just made"),
        );
        let table = root(make(other.path()));
        let mut random = Random {
            state: 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed),
            odd,
        };
        for step in 0..STEPS {
            let operation = operation(&mut random);
            let expected = real.apply(&operation).map_err(Errno::from);
            let actual = on_table(&table, &operation);
            if actual != expected {
                let text = format!("{operation:?}");
                let kind = text.split(['(', ' ']).next().unwrap_or_default();
                let (ours, theirs) = (format!("{actual:?}"), format!("{expected:?}"));
                if !KNOWN.contains(&(kind, &ours, &theirs)) {
                    differences
                        .entry((kind.to_owned(), ours, theirs))
                        .or_insert_with(|| format!("seed {seed}, step {step}: {text}"));
                }
                // The trees may differ from here on.
                if actual.is_ok() || expected.is_ok() {
                    break;
                }
            }
        }
    }
    assert!(differences.is_empty(), "{differences:#?}");
}

#[test]
fn memory_answers_as_linux_does() {
    compare(false, |_| Arc::new(MemoryFileSystem::new(1 << 24)));
}

#[test]
fn a_host_directory_answers_as_linux_does() {
    compare(false, |path| {
        Arc::new(HostDirectory::open(path).expect("it was just made"))
    });
}

#[test]
#[ignore = "the mount table reads `name/` and `name/.` as `name` in 29 ways that Linux does not"]
fn odd_spellings_of_paths_mean_what_they_mean_to_linux() {
    compare(true, |_| Arc::new(MemoryFileSystem::new(1 << 24)));
}
