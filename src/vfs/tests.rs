//! The memory file system against a real directory: random sequences of
//! operations give the same answers and the same errors on both, through the
//! mount table, and what they leave behind is the same.

#![allow(
    clippy::disallowed_methods,
    reason = "tests lay out directories of the host"
)]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::*;

/// A small generator of reproducible numbers (xorshift64).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }

    fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// A path of up to three short names, now and then with an odd spelling.
    fn path(&mut self) -> Vec<u8> {
        let mut path = b"/m".to_vec();
        for _ in 0..=self.below(3) {
            path.push(b'/');
            path.extend_from_slice(self.pick(&[
                &b"a"[..],
                b"b",
                b"c",
                b"d",
                b"e",
                b"\xff",
                b".",
                b"..",
            ]));
        }
        if self.below(12) == 0 {
            path.push(b'/');
        }
        path
    }
}

#[derive(Debug)]
enum Operation {
    Write {
        path: Vec<u8>,
        options: OpenOptions,
        bytes: &'static [u8],
    },
    Read(Vec<u8>),
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

fn options(follow: Follow) -> OpenOptions {
    OpenOptions {
        read: true,
        write: false,
        append: false,
        create: false,
        exclusive: false,
        truncate: false,
        directory: false,
        follow,
        permissions: 0o644,
    }
}

fn operation(random: &mut Random) -> Operation {
    let path = random.path();
    match random.below(14) {
        0..=2 => Operation::Write {
            path,
            options: OpenOptions {
                write: true,
                append: random.below(3) == 0,
                create: random.below(4) > 0,
                exclusive: random.below(4) == 0,
                truncate: random.below(3) == 0,
                ..options(random.pick(&[Follow::Yes, Follow::No]))
            },
            bytes: random.pick(&[&b"one"[..], b"x", b"a longer text"]),
        },
        3 => Operation::Read(path),
        4 | 5 => Operation::CreateDir(path),
        6 => Operation::RemoveDir(path),
        7 => Operation::RemoveFile(path),
        8 => Operation::Rename(path, random.path()),
        9 => Operation::Link(path, random.path()),
        10 => {
            let targets: [&[u8]; 5] = [b"a", b"../b", b"c/d", b"..", b"nowhere"];
            Operation::Symlink(random.pick(&targets).to_vec(), path)
        }
        11 => Operation::ReadLink(path),
        12 if random.below(3) == 0 => Operation::Chmod(path, random.pick(&[0o600, 0o755])),
        12 => Operation::Stat(path, random.pick(&[Follow::Yes, Follow::No])),
        _ => Operation::List(path),
    }
}

/// What an operation says, as far as two file systems can agree on it.
fn apply(table: &MountTable, operation: &Operation) -> Result<String, Errno> {
    let done = |()| String::new();
    match operation {
        Operation::Write {
            path,
            options,
            bytes,
        } => match table.open(path, options)? {
            Opened::File(file) if options.append => file
                .append(bytes)
                .map(|(count, end)| format!("{count} to {end}")),
            Opened::File(file) => file.write_at(bytes, 2).map(|count| format!("{count}")),
            _ => Ok("a directory".to_owned()),
        },
        Operation::Read(path) => match table.open(path, &options(Follow::Yes))? {
            Opened::File(file) => {
                let mut buffer = [0; 64];
                let count = file.read_at(&mut buffer, 1)?;
                Ok(format!("{:?}", &buffer[..count]))
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
        Operation::Chmod(path, permissions) => table.set_permissions(path, *permissions).map(done),
        Operation::Stat(path, follow) => table.metadata(path, *follow).map(|metadata| {
            let size = match metadata.file_type {
                FileType::Directory => 0,
                _ => metadata.size,
            };
            format!(
                "{:?} {:o} {} {size}",
                metadata.file_type, metadata.permissions, metadata.links
            )
        }),
        Operation::List(path) => {
            let mut entries = Vec::new();
            table.read_dir(path, &mut |entry| {
                entries.push((entry.name, format!("{:?}", entry.file_type)));
                true
            })?;
            entries.sort();
            Ok(format!("{entries:?}"))
        }
    }
}

fn table(file_system: Arc<dyn FileSystem>) -> MountTable {
    let root = MemoryFileSystem::new(1 << 20);
    root.create_dir(b"m", 0o755).expect("the root is empty");
    MountTable::new(vec![
        Mount {
            point: b"/m".to_vec(),
            file_system,
            writable: true,
        },
        Mount {
            point: Vec::new(),
            file_system: Arc::new(root),
            writable: false,
        },
    ])
}

#[test]
fn memory_behaves_as_a_directory_of_linux_does() {
    for seed in 1..=60 {
        let directory = tempfile::tempdir().expect("a directory can be made");
        let host = HostDirectory::open(directory.path()).expect("it was just made");
        let real = table(Arc::new(host));
        let memory = table(Arc::new(MemoryFileSystem::new(1 << 20)));
        let mut random = Random(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed));
        for step in 0..400 {
            let operation = operation(&mut random);
            let expected = apply(&real, &operation);
            let actual = apply(&memory, &operation);
            assert_eq!(actual, expected, "seed {seed}, step {step}: {operation:?}");
        }
    }
}

fn host_table(path: &Path, writable: bool) -> MountTable {
    let mut table = table(Arc::new(HostDirectory::open(path).expect("it is there")));
    table.mounts_mut()[0].writable = writable;
    table
}

#[test]
fn a_link_that_leads_out_of_a_mount_stays_in_the_virtual_root() {
    let outside = tempfile::tempdir().expect("a directory can be made");
    std::fs::write(outside.path().join("secret"), "s").expect("it can be written");
    let inside = outside.path().join("inside");
    std::fs::create_dir(&inside).expect("it can be made");
    for (name, target) in [
        ("up", "../secret"),
        ("root", "/etc/passwd"),
        ("dir", ".."),
        ("loop", "loop"),
    ] {
        std::os::unix::fs::symlink(target, inside.join(name)).expect("it can be made");
    }
    std::os::unix::fs::symlink(outside.path().join("secret"), inside.join("absolute"))
        .expect("it can be made");
    let table = host_table(&inside, true);
    let open = |path: &[u8]| table.open(path, &options(Follow::Yes)).err();
    assert_eq!(open(b"/m/up"), Some(Errno::NotFound));
    assert_eq!(open(b"/m/absolute"), Some(Errno::NotFound));
    assert_eq!(open(b"/m/root"), Some(Errno::NotFound));
    assert_eq!(open(b"/m/dir/secret"), Some(Errno::NotFound));
    assert_eq!(open(b"/m/dir/../../../secret"), Some(Errno::NotFound));
    assert_eq!(open(b"/m/loop"), Some(Errno::Loop));
    assert_eq!(
        open(b"/m/dir/m"),
        None,
        "`..` of the mount is the virtual root"
    );
}

#[test]
fn a_link_leads_from_one_mount_into_another() {
    let directory = tempfile::tempdir().expect("a directory can be made");
    std::fs::write(directory.path().join("file"), "text").expect("it can be written");
    let mut table = host_table(directory.path(), true);
    let other = MemoryFileSystem::new(1 << 20);
    other
        .symlink(b"/m/file", b"link")
        .expect("the name is free");
    table.mounts_mut().insert(
        0,
        Mount {
            point: b"/other".to_vec(),
            file_system: Arc::new(other),
            writable: true,
        },
    );
    let metadata = table
        .metadata(b"/other/link", Follow::Yes)
        .expect("it is a file");
    assert_eq!((metadata.file_type, metadata.size), (FileType::Regular, 4));
    assert_eq!(
        table.rename(b"/other/link", b"/m/link"),
        Err(Errno::CrossDevice)
    );
}

#[test]
fn a_read_only_mount_refuses_every_change() {
    let directory = tempfile::tempdir().expect("a directory can be made");
    std::fs::write(directory.path().join("file"), "text").expect("it can be written");
    let table = host_table(directory.path(), false);
    let refused = Err(Errno::ReadOnly);
    let create = OpenOptions {
        create: true,
        ..options(Follow::Yes)
    };
    let write = OpenOptions {
        write: true,
        ..options(Follow::Yes)
    };
    assert_eq!(table.open(b"/m/new", &create).err(), Some(Errno::ReadOnly));
    assert_eq!(table.open(b"/m/file", &write).err(), Some(Errno::ReadOnly));
    assert_eq!(table.create_dir(b"/m/new", 0o755), refused);
    assert_eq!(table.create_dir(b"/m/file", 0o755), Err(Errno::Exist));
    assert_eq!(table.remove_file(b"/m/file"), refused);
    assert_eq!(table.remove_file(b"/m/none"), refused);
    assert_eq!(table.remove_file(b"/m/none/x"), Err(Errno::NotFound));
    assert_eq!(table.rename(b"/m/file", b"/m/new"), refused);
    assert_eq!(table.hard_link(b"/m/file", b"/m/new"), refused);
    assert_eq!(table.symlink(b"file", b"/m/new"), refused);
    assert_eq!(table.set_permissions(b"/m/file", 0o600), refused);
    let times = table.set_times(b"/m/file", Follow::Yes, SetTime::Now, SetTime::Now);
    assert_eq!(times, refused);
    for options in [options(Follow::Yes), create] {
        let Ok(Opened::File(file)) = table.open(b"/m/file", &options) else {
            panic!("it can be read");
        };
        assert_eq!(file.set_times(SetTime::Now, SetTime::Now), refused);
    }
}

#[test]
fn a_pipe_of_the_host_is_not_opened() {
    let directory = tempfile::tempdir().expect("a directory can be made");
    let status = std::process::Command::new("mkfifo")
        .arg(directory.path().join("pipe"))
        .status();
    assert!(status.expect("mkfifo is there").success());
    let table = host_table(directory.path(), true);
    let opened = table.open(b"/m/pipe", &options(Follow::Yes));
    assert_eq!(opened.err(), Some(Errno::NoSuchDeviceOrAddress));
    let times = table.set_times(b"/m/pipe", Follow::Yes, SetTime::Now, SetTime::Now);
    assert_eq!(times, Err(Errno::NotPermitted));
    assert_eq!(
        table.set_permissions(b"/m/pipe", 0o600),
        Err(Errno::NotPermitted)
    );
}

#[test]
fn a_guest_cannot_set_the_setuid_bit_on_a_host_file() {
    let directory = tempfile::tempdir().expect("a directory can be made");
    std::fs::write(directory.path().join("file"), "text").expect("it can be written");
    let table = host_table(directory.path(), true);
    let file = directory.path().join("file");
    let permissions = || {
        let metadata = std::fs::metadata(&file).expect("it is there");
        metadata.permissions().mode() & 0o7777
    };
    for refused in [0o4755, 0o2755, 0o6755] {
        assert_eq!(
            table.set_permissions(b"/m/file", refused),
            Err(Errno::NotPermitted)
        );
    }
    assert_eq!(table.set_permissions(b"/m/file", 0o1755), Ok(()));
    assert_eq!(permissions(), 0o1755);
    // Who has it already keeps it.
    let host = std::fs::Permissions::from_mode(0o4755);
    std::fs::set_permissions(&file, host).expect("it is ours");
    assert_eq!(table.set_permissions(b"/m/file", 0o4700), Ok(()));
    assert_eq!(permissions(), 0o4700);
    assert_eq!(
        table.set_permissions(b"/m/file", 0o6700),
        Err(Errno::NotPermitted)
    );
}

#[test]
fn new_host_files_have_the_permissions_that_the_guest_asked_for() {
    let directory = tempfile::tempdir().expect("a directory can be made");
    let table = host_table(directory.path(), true);
    let permissions = |path: &[u8]| {
        let metadata = table.metadata(path, Follow::Yes).expect("it is there");
        metadata.permissions
    };
    let open = |path: &[u8], exclusive, permissions| {
        let create = OpenOptions {
            write: true,
            create: true,
            exclusive,
            permissions,
            ..options(Follow::Yes)
        };
        table.open(path, &create).map(|_| ())
    };
    // The umask of the process that runs the tests takes one of these away, if not both.
    assert_eq!(open(b"/m/shared", false, 0o666), Ok(()));
    assert_eq!(permissions(b"/m/shared"), 0o666);
    assert_eq!(open(b"/m/shared", true, 0o662), Err(Errno::Exist));
    // One that is there keeps its own.
    assert_eq!(open(b"/m/shared", false, 0o622), Ok(()));
    assert_eq!(permissions(b"/m/shared"), 0o666);
    assert_eq!(open(b"/m/exclusive", true, 0o620), Ok(()));
    assert_eq!(permissions(b"/m/exclusive"), 0o620);
    assert_eq!(table.create_dir(b"/m/directory", 0o775), Ok(()));
    assert_eq!(permissions(b"/m/directory"), 0o775);
}

#[test]
fn a_full_memory_file_system_has_no_space_and_gets_it_back() {
    let table = table(Arc::new(MemoryFileSystem::new(10_000)));
    let create = OpenOptions {
        write: true,
        create: true,
        ..options(Follow::Yes)
    };
    let Ok(Opened::File(file)) = table.open(b"/m/big", &create) else {
        panic!("the first file fits");
    };
    assert_eq!(file.write_at(&[1; 20_000], 0), Ok(8192));
    assert_eq!(file.write_at(b"x", 8192), Err(Errno::NoSpace));
    assert_eq!(file.set_len(u64::MAX), Err(Errno::FileTooBig));
    let files = (0..100).take_while(|number| {
        let path = format!("/m/{number}");
        table.open(path.as_bytes(), &create).is_ok()
    });
    assert_eq!(files.count(), 5);
    table.remove_file(b"/m/big").expect("it is there");
    assert_eq!(table.create_dir(b"/m/d", 0o755), Err(Errno::NoSpace));
    drop(file);
    assert_eq!(table.create_dir(b"/m/d", 0o755), Ok(()));
}

#[test]
fn an_open_file_says_that_it_is_on_the_device_its_path_is_on() {
    let table = table(Arc::new(MemoryFileSystem::new(1 << 20)));
    let open = |options: OpenOptions| match table.open(b"/m/f", &options) {
        Ok(Opened::File(file)) => file.metadata().expect("it is open"),
        _ => panic!("it is a file"),
    };
    let written = open(OpenOptions {
        write: true,
        create: true,
        ..options(Follow::Yes)
    });
    let read = open(options(Follow::Yes));
    let seen = table
        .metadata(b"/m/f", Follow::Yes)
        .expect("it was just made");
    let place = |metadata: &Metadata| (metadata.device, metadata.inode);
    assert_eq!(place(&written), place(&seen));
    assert_eq!(place(&read), place(&seen));
    assert_ne!(seen.device, 0);
}

#[test]
fn long_and_strange_paths_are_refused() {
    let table = table(Arc::new(MemoryFileSystem::new(1 << 20)));
    let stat = |path: &[u8]| table.metadata(path, Follow::Yes).err();
    assert_eq!(stat(&[b'/'; 1 << 20]), Some(Errno::NameTooLong));
    assert_eq!(stat(b"/m/\0"), Some(Errno::Invalid));
    assert_eq!(stat(b""), Some(Errno::NotFound));
    let long = [&b"/m/"[..], &[b'x'; 256]].concat();
    assert_eq!(table.create_dir(&long, 0o755), Err(Errno::NameTooLong));
}

#[test]
fn mount_points_show_in_the_listing_of_their_parent() {
    let table = table(Arc::new(MemoryFileSystem::new(1 << 20)));
    let mut names = Vec::new();
    let listed = table.read_dir(b"/", &mut |entry| {
        names.push(entry.name);
        true
    });
    assert_eq!((listed, names), (Ok(()), vec![b"m".to_vec()]));
}

#[test]
fn a_mount_point_stays_where_it_is() {
    let mut table = table(Arc::new(MemoryFileSystem::new(1 << 20)));
    assert_eq!(table.remove_dir(b"/m"), Err(Errno::ReadOnly));
    assert_eq!(table.rename(b"/m", b"/n"), Err(Errno::ReadOnly));
    table.mounts_mut()[1].writable = true;
    assert_eq!(table.remove_dir(b"/m"), Err(Errno::Busy));
    assert_eq!(table.remove_file(b"/m"), Err(Errno::IsDirectory));
    assert_eq!(table.rename(b"/m", b"/n"), Err(Errno::Busy));
    assert_eq!(table.rename(b"/m", b"/m/n"), Err(Errno::CrossDevice));
    assert_eq!(table.create_dir(b"/m", 0o755), Err(Errno::Exist));
    assert_eq!(table.hard_link(b"/m", b"/n"), Err(Errno::CrossDevice));
}

#[test]
fn the_root_stays_where_it_is() {
    let table = table(Arc::new(MemoryFileSystem::new(1 << 20)));
    for root in [&b"/"[..], b"//"] {
        assert_eq!(table.create_dir(root, 0o755), Err(Errno::Exist));
        assert_eq!(table.symlink(b"x", root), Err(Errno::Exist));
        assert_eq!(table.hard_link(b"/m", root), Err(Errno::Exist));
        assert_eq!(table.remove_dir(root), Err(Errno::Busy));
        assert_eq!(table.remove_file(root), Err(Errno::IsDirectory));
        assert_eq!(table.rename(root, b"/x"), Err(Errno::Busy));
        assert_eq!(table.read_link(root), Err(Errno::Invalid));
        let create = OpenOptions {
            create: true,
            ..options(Follow::Yes)
        };
        let opened = table.open(root, &create);
        assert_eq!(opened.err(), Some(Errno::IsDirectory));
    }
}

#[test]
fn no_directory_is_made_by_open() {
    let table = table(Arc::new(MemoryFileSystem::new(1 << 20)));
    let create = OpenOptions {
        create: true,
        directory: true,
        ..options(Follow::Yes)
    };
    let opened = table.open(b"/m/new", &create);
    assert_eq!(opened.err(), Some(Errno::Invalid));
}

#[test]
fn devices_read_and_write_as_those_of_linux() {
    let table = table(Arc::new(DeviceFileSystem::new()));
    let write = OpenOptions {
        write: true,
        ..options(Follow::Yes)
    };
    let open = |path: &[u8]| match table.open(path, &write) {
        Ok(Opened::File(file)) => file,
        _ => panic!("it is a device"),
    };
    let mut buffer = [7; 4];
    assert_eq!(open(b"/m/null").read_at(&mut buffer, 0), Ok(0));
    assert_eq!(open(b"/m/zero").read_at(&mut buffer, 9), Ok(4));
    assert_eq!(buffer, [0; 4]);
    assert_eq!(open(b"/m/full").write_at(b"x", 0), Err(Errno::NoSpace));
    assert_eq!(open(b"/m/null").write_at(b"xyz", 0), Ok(3));
    assert_eq!(open(b"/m/urandom").read_at(&mut buffer, 0), Ok(4));
    assert!(matches!(
        table.open(b"/m/fd/2", &write),
        Ok(Opened::Descriptor(2))
    ));
}

#[test]
fn a_mount_in_a_mount_cannot_be_gone_around() {
    let directory = tempfile::tempdir().expect("a directory can be made");
    std::fs::create_dir_all(directory.path().join("sub/inner")).expect("it can be made");
    std::fs::write(directory.path().join("sub/inner/file"), "hidden").expect("it can be written");
    let mut table = host_table(directory.path(), true);
    table.mounts_mut().insert(
        0,
        Mount {
            point: b"/m/sub/inner".to_vec(),
            file_system: Arc::new(MemoryFileSystem::new(1 << 20)),
            writable: false,
        },
    );
    table.symlink(b".", b"/m/dot").expect("the name is free");
    for path in [&b"/m/sub/inner/file"[..], b"/m/dot/sub/inner/file"] {
        assert_eq!(
            table.metadata(path, Follow::Yes).err(),
            Some(Errno::NotFound)
        );
    }
    assert_eq!(table.rename(b"/m/sub", b"/m/other"), Err(Errno::Busy));
}

#[test]
fn a_resolution_costs_a_limited_number_of_looks() {
    let table = table(Arc::new(MemoryFileSystem::new(1 << 20)));
    let long = b"/m/..".repeat(819);
    assert_eq!(long.len(), PATH_MAX);
    assert!(table.metadata(&long, Follow::Yes).is_ok());
    // Each link takes 800 steps more (Linux has a limit for the links only).
    let detour = b"/m/..".repeat(800);
    for number in 1..20_u8 {
        let target = [&detour, &b"/m/"[..], &[b'a' + number - 1]].concat();
        let link = [b'/', b'm', b'/', b'a' + number];
        assert_eq!(table.symlink(&target, &link), Ok(()));
    }
    assert_eq!(table.create_dir(b"/m/a", 0o755), Ok(()));
    assert!(table.metadata(b"/m/f", Follow::Yes).is_ok());
    let last = table.metadata(b"/m/t", Follow::Yes);
    assert_eq!(last, Err(Errno::NameTooLong));
}

#[test]
fn a_file_that_is_cut_gives_its_memory_back() {
    let table = table(Arc::new(MemoryFileSystem::new(8 << 20)));
    let create = OpenOptions {
        write: true,
        create: true,
        ..options(Follow::Yes)
    };
    for number in 0..100 {
        let path = format!("/m/{number}");
        let Ok(Opened::File(file)) = table.open(path.as_bytes(), &create) else {
            panic!("an empty file fits");
        };
        assert_eq!(file.set_len(4 << 20), Ok(()));
        assert_eq!(file.set_len(1), Ok(()));
    }
}

#[test]
fn an_open_file_outlives_its_name() {
    let directory = tempfile::tempdir().expect("a directory can be made");
    let memory = table(Arc::new(MemoryFileSystem::new(1 << 20)));
    for table in [memory, host_table(directory.path(), true)] {
        let create = OpenOptions {
            write: true,
            create: true,
            ..options(Follow::Yes)
        };
        let Ok(Opened::File(file)) = table.open(b"/m/old", &create) else {
            panic!("an empty file fits");
        };
        assert_eq!(table.rename(b"/m/old", b"/m/new"), Ok(()));
        assert_eq!(file.write_at(b"text", 0), Ok(4));
        assert_eq!(table.remove_file(b"/m/new"), Ok(()));
        let mut buffer = [0; 8];
        assert_eq!(file.read_at(&mut buffer, 0), Ok(4));
        assert_eq!(&buffer[..4], b"text");
        assert_eq!(file.metadata().map(|metadata| metadata.links), Ok(0));
    }
}

#[test]
fn a_large_directory_is_listed_with_one_visit_an_entry() {
    let memory = MemoryFileSystem::new(64 << 20);
    for number in 0..100_000 {
        let name = number.to_string();
        assert_eq!(memory.create_dir(name.as_bytes(), 0o755), Ok(()));
    }
    let table = table(Arc::new(memory));
    let mut visits = 0;
    let listed = table.read_dir(b"/m", &mut |_| {
        visits += 1;
        true
    });
    assert_eq!((listed, visits), (Ok(()), 100_000));
}

#[test]
fn a_tree_deeper_than_a_stack_goes_away() {
    let memory = MemoryFileSystem::new(64 << 20);
    let chain = b"d/".repeat(100);
    for _ in 0..200 {
        for depth in 1..=100 {
            let path = &chain[..2 * depth - 1];
            assert_eq!(memory.create_dir(path, 0o755), Ok(()));
        }
        if memory.create_dir(b"top", 0o755) == Ok(()) {
            assert_eq!(memory.rename(b"d", b"top/d"), Ok(()));
        } else {
            let below = [&chain[..], b"top"].concat();
            assert_eq!(memory.rename(b"top", &below), Ok(()));
            assert_eq!(memory.create_dir(b"top", 0o755), Ok(()));
            assert_eq!(memory.rename(b"d", b"top/d"), Ok(()));
        }
    }
    drop(memory);
}

#[test]
fn no_process_has_a_terminal() {
    let table = table(Arc::new(DeviceFileSystem::new()));
    let read = options(Follow::Yes);
    let terminal = table.open(b"/m/tty", &read);
    assert_eq!(terminal.err(), Some(Errno::NoSuchDeviceOrAddress));
    assert!(table.metadata(b"/m/tty", Follow::Yes).is_ok());
    assert!(matches!(
        table.open(b"/m/fd", &read),
        Ok(Opened::Descriptors)
    ));
}

#[test]
fn the_null_device_takes_every_flag_of_a_redirection() {
    let table = table(Arc::new(DeviceFileSystem::new()));
    let redirection = OpenOptions {
        write: true,
        create: true,
        truncate: true,
        ..options(Follow::Yes)
    };
    let opened = table.open(b"/m/null", &redirection);
    assert!(matches!(opened, Ok(Opened::File(_))));
}
