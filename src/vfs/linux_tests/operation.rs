//! Random operations, and what they give through a mount table.

use super::super::*;

/// A small generator of reproducible numbers (xorshift64).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed))
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }

    fn chance(&mut self, one_in: usize) -> bool {
        self.below(one_in) == 0
    }

    fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    fn follow(&mut self) -> Follow {
        self.pick(&[Follow::Yes, Follow::No])
    }

    /// An absolute path of up to three names, now and then with an odd
    /// spelling; never the root itself, but perhaps by `..`.
    fn path(&mut self) -> Vec<u8> {
        let names: [&[u8]; 7] = [b"a", b"b", b"c", b"\xff\n", b"d", b"e", b"a"];
        let mut path = Vec::new();
        for _ in 0..=self.below(3) {
            let name: &[u8] = match self.below(40) {
                0 => &[b'x'; 256],
                1 => &[b'x'; 255],
                2 => b"./c",
                3 => b"/a",
                4 => b".",
                5 | 6 => b"..",
                _ => self.pick(&names),
            };
            path.extend([b"/", name].concat());
        }
        if self.chance(12) {
            path.push(b'/');
        }
        match self.below(200) {
            0 => lengthen(path, b"/", 4095),
            1 => lengthen(path, b"/", 4096),
            2 => lengthen(path, b"/.", 4095),
            3 => lengthen(path, b"/a/..", 4095),
            _ => path,
        }
    }

    fn target(&mut self) -> Vec<u8> {
        let targets: [&[u8]; 14] = [
            b"a",
            b"c/d",
            b"/b",
            b"nowhere",
            b"b/a",
            b"/a/../c",
            b"b/",
            b"nowhere/",
            b"c/.",
            b"..",
            b"../a",
            b".",
            b"/",
            b"",
        ];
        match self.below(30) {
            0 => vec![b'/'; 4096],
            1 => vec![b'x'; 256],
            _ => self.pick(&targets).to_vec(),
        }
    }

    fn change(&mut self) -> Change {
        let offset = self.pick(&[0, 1, 4095, 4096, 70_000, 1 << 33]);
        match self.below(6) {
            0 => Change::SetLen(offset),
            1 => Change::SetModified(self.below(4) as u64 * 1000),
            2 => Change::Read(offset),
            3 => Change::Stat,
            _ => Change::Write(offset),
        }
    }
}

/// Puts a filling before a path as often as it fits in `size` bytes, then slashes.
fn lengthen(path: Vec<u8>, filling: &[u8], size: usize) -> Vec<u8> {
    let room = size - path.len();
    let mut long = vec![b'/'; room % filling.len()];
    long.extend(filling.repeat(room / filling.len()));
    long.extend(path);
    long
}

#[derive(Debug)]
pub enum Operation {
    Open(Open),
    /// A change of one of the files that are still open.
    Held(usize, Change),
    CreateDir(Vec<u8>),
    RemoveDir(Vec<u8>),
    RemoveFile(Vec<u8>),
    Rename(Vec<u8>, Vec<u8>),
    Link(Vec<u8>, Vec<u8>),
    Symlink(Vec<u8>, Vec<u8>),
    ReadLink(Vec<u8>),
    Stat(Vec<u8>, Follow),
    Chmod(Vec<u8>, u32),
    /// In seconds; `None` keeps both times.
    SetModified(Vec<u8>, Follow, Option<u64>),
    List(Vec<u8>),
}

#[derive(Debug)]
pub struct Open {
    pub path: Vec<u8>,
    pub options: OpenOptions,
    pub change: Change,
    /// Whether the file stays open.
    pub is_held: bool,
}

/// What is done with an open file.
#[derive(Clone, Copy, Debug)]
pub enum Change {
    Read(u64),
    Write(u64),
    SetLen(u64),
    SetModified(u64),
    Stat,
}

impl Change {
    /// This one, if a file opened with such options takes it.
    pub fn fit(self, options: &OpenOptions) -> Self {
        match self {
            Self::Read(_) if !options.read => Self::Stat,
            Self::Write(_) | Self::SetLen(_) if !options.write => Self::Stat,
            change => change,
        }
    }
}

pub fn operation(random: &mut Random) -> Operation {
    let path = random.path();
    match random.below(18) {
        0..=3 => {
            let access = random.below(3);
            let write = access > 0;
            let create = random.chance(2);
            Operation::Open(Open {
                path,
                options: OpenOptions {
                    read: access != 1,
                    write,
                    append: write && random.chance(4),
                    create,
                    exclusive: random.chance(5),
                    truncate: random.chance(6),
                    directory: !create && random.chance(6),
                    follow: random.follow(),
                    permissions: 0o644,
                },
                change: random.change(),
                is_held: random.chance(3),
            })
        }
        4..=6 => Operation::Held(random.below(16), random.change()),
        7 | 8 => Operation::CreateDir(path),
        9 => Operation::RemoveDir(path),
        10 => Operation::RemoveFile(path),
        11 => Operation::Rename(path, random.path()),
        12 => Operation::Link(path, random.path()),
        13 => Operation::Symlink(random.target(), path),
        14 => Operation::ReadLink(path),
        15 if random.chance(2) => Operation::Chmod(path, random.pick(&[0o700, 0o755])),
        15 => {
            let seconds = random.pick(&[None, Some(0), Some(1000), Some(2000)]);
            Operation::SetModified(path, random.follow(), seconds)
        }
        16 => Operation::Stat(path, random.follow()),
        _ => Operation::List(path),
    }
}

/// What two file systems can agree on. A time that was set is told.
pub fn describe(metadata: &Metadata) -> String {
    let directory = metadata.file_type == FileType::Directory;
    let size = if directory { 0 } else { metadata.size };
    let regular = metadata.file_type == FileType::Regular;
    let sparse = regular && metadata.blocks * 512 < size / 2;
    let since = metadata.modified.duration_since(SystemTime::UNIX_EPOCH);
    let set = since.ok().filter(|since| since.as_secs() < 1_000_000);
    let (mode, links) = (metadata.permissions, metadata.links);
    format!(
        "{:?} {mode:o} {links} {size} {sparse} {set:?}",
        metadata.file_type
    )
}

/// A mount table, and the files that are open in it.
pub struct Guest {
    pub table: MountTable,
    pub held: Vec<(Arc<dyn File>, OpenOptions)>,
}

impl Guest {
    pub fn new(file_system: Arc<dyn FileSystem>, writable: bool) -> Self {
        let table = MountTable::new(vec![Mount {
            point: Vec::new(),
            file_system,
            writable,
        }]);
        Self {
            table,
            held: Vec::new(),
        }
    }

    pub fn apply(&mut self, operation: &Operation) -> Result<String, Errno> {
        let done = |()| String::new();
        let table = &self.table;
        match operation {
            Operation::Open(open) => match table.open(&open.path, &open.options)? {
                Opened::File(file) => {
                    if open.is_held {
                        self.held.push((Arc::clone(&file), open.options));
                    }
                    change(&*file, &open.options, open.change)
                }
                _ => Ok("a directory".to_owned()),
            },
            Operation::Held(index, with) => match self.held.get(*index) {
                Some((file, options)) => change(&**file, options, *with),
                None => Ok("nothing".to_owned()),
            },
            Operation::CreateDir(path) => table.create_dir(path, 0o755).map(done),
            Operation::RemoveDir(path) => table.remove_dir(path).map(done),
            Operation::RemoveFile(path) => table.remove_file(path).map(done),
            Operation::Rename(from, to) => table.rename(from, to).map(done),
            Operation::Link(from, to) => table.hard_link(from, to).map(done),
            Operation::Symlink(target, path) => table.symlink(target, path).map(done),
            Operation::ReadLink(path) => table.read_link(path).map(|target| format!("{target:?}")),
            Operation::Chmod(path, mode) => table.set_permissions(path, *mode).map(done),
            Operation::SetModified(path, follow, seconds) => {
                let time = seconds.map_or(SetTime::Keep, at);
                table
                    .set_times(path, *follow, SetTime::Keep, time)
                    .map(done)
            }
            Operation::Stat(path, follow) => Ok(describe(&table.metadata(path, *follow)?)),
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
}

fn at(seconds: u64) -> SetTime {
    SetTime::To(SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds))
}

fn change(file: &dyn File, options: &OpenOptions, change: Change) -> Result<String, Errno> {
    match change.fit(options) {
        Change::Read(offset) => {
            let mut buffer = [7; 16];
            let count = file.read_at(&mut buffer, offset)?;
            return Ok(format!("{:?}", &buffer[..count]));
        }
        Change::Write(_) if options.append => drop(file.append(b"text")?),
        Change::Write(offset) => drop(file.write_at(b"text", offset)?),
        Change::SetLen(size) => file.set_len(size)?,
        Change::SetModified(seconds) => file.set_times(SetTime::Keep, at(seconds))?,
        Change::Stat => {}
    }
    Ok(describe(&file.metadata()?))
}
