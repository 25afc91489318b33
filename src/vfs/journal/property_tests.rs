//! Random sequences of changes: the diff is what a comparison of two full
//! listings gives, of a model in which every name has an identity.

#![allow(
    clippy::disallowed_methods,
    reason = "tests lay out directories of the host"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::*;
use super::{Diff, Renamed};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    File,
    Directory,
    /// To this name in the same directory.
    Link(&'static str),
}

#[derive(Clone, Debug)]
struct Entry {
    /// Of the name: kept when it moves, and not shared by hard links.
    id: u64,
    inode: u64,
    version: u64,
    kind: Kind,
}

type Listing = BTreeMap<String, Entry>;

struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }

    fn path(&mut self) -> String {
        let mut path = "/m".to_owned();
        for _ in 0..=self.below(3) {
            path.push('/');
            path.push_str(["a", "b", "c", "d"][self.below(4)]);
        }
        path
    }
}

struct Model {
    table: MountTable,
    before: Listing,
    now: Listing,
    open: Vec<(Arc<dyn File>, u64)>,
    next: u64,
}

fn parent(path: &str) -> &str {
    &path[..path.rfind('/').unwrap_or(0)]
}

fn options(create: bool, truncate: bool, exclusive: bool) -> OpenOptions {
    OpenOptions {
        read: false,
        write: true,
        append: false,
        create,
        exclusive,
        truncate,
        directory: false,
        follow: Follow::Yes,
        permissions: 0o644,
    }
}

impl Model {
    fn new(file_system: Arc<dyn FileSystem>) -> Self {
        let mount = |point: &str, file_system, writable| Mount {
            point: point.into(),
            file_system,
            writable,
        };
        let root = Arc::new(MemoryFileSystem::new(1 << 20));
        Self {
            table: MountTable::new(vec![mount("/m", file_system, true), mount("", root, false)]),
            before: Listing::new(),
            now: Listing::new(),
            open: Vec::new(),
            next: 1,
        }
    }

    /// The path without links, as the model knows it.
    fn resolve(&self, path: &str, follow: Follow) -> Option<String> {
        let mut links = 0;
        let mut pending: Vec<&str> = path.split('/').skip(2).collect();
        pending.reverse();
        let mut real = "/m".to_owned();
        while let Some(name) = pending.pop() {
            let next = format!("{real}/{name}");
            match self.now.get(&next).map(|entry| entry.kind) {
                Some(Kind::Link(target)) if !pending.is_empty() || follow == Follow::Yes => {
                    links += 1;
                    if links > 40 {
                        return None;
                    }
                    pending.push(target);
                }
                _ => real = next,
            }
        }
        Some(real)
    }

    fn real(&self, path: &str, follow: Follow) -> String {
        self.resolve(path, follow)
            .expect("a call that succeeded had a path")
    }

    fn insert(&mut self, path: String, kind: Kind, inode: Option<u64>) {
        let id = self.next;
        self.next += 1;
        let entry = Entry {
            id,
            inode: inode.unwrap_or(id),
            version: 0,
            kind,
        };
        let old = self.now.insert(path, entry);
        assert!(old.is_none(), "a name is made once");
    }

    fn touch(&mut self, id: u64) {
        if let Some(entry) = self.now.values_mut().find(|entry| entry.id == id) {
            entry.version += 1;
        }
    }

    fn step(&mut self, random: &mut Random) {
        let path = random.path();
        let bytes = path.as_bytes();
        match random.below(16) {
            0..=3 => self.write(&path, random),
            4 | 5 if self.table.create_dir(bytes, 0o755).is_ok() => {
                let real = self.real(&path, Follow::No);
                self.insert(real, Kind::Directory, None);
            }
            6 if self.table.remove_dir(bytes).is_ok() => {
                self.now.remove(&self.real(&path, Follow::No));
            }
            7 if self.table.remove_file(bytes).is_ok() => {
                self.now.remove(&self.real(&path, Follow::No));
            }
            8..=11 => self.rename(&path, &random.path()),
            12 => {
                let to = random.path();
                let from = self.resolve(&path, Follow::No);
                if self.table.hard_link(bytes, to.as_bytes()).is_ok() {
                    let entry = self.now[&from.expect("what was linked is there")].clone();
                    self.insert(self.real(&to, Follow::No), entry.kind, Some(entry.inode));
                }
            }
            13 => {
                let target = ["a", "b", "c", "d"][random.below(4)];
                if self.table.symlink(target.as_bytes(), bytes).is_ok() {
                    let real = self.real(&path, Follow::No);
                    self.insert(real, Kind::Link(target), None);
                }
            }
            14 if self.table.set_permissions(bytes, 0o700).is_ok() => {
                let id = self.now[&self.real(&path, Follow::Yes)].id;
                self.touch(id);
            }
            15 if !self.open.is_empty() => {
                let index = random.below(self.open.len());
                let (file, id) = self.open[index].clone();
                file.append(b"more").unwrap();
                self.touch(id);
                if random.below(2) == 0 {
                    self.open.swap_remove(index);
                }
            }
            _ => {}
        }
    }

    fn write(&mut self, path: &str, random: &mut Random) {
        let options = options(
            random.below(4) > 0,
            random.below(3) == 0,
            random.below(8) == 0,
        );
        let Ok(Opened::File(file)) = self.table.open(path.as_bytes(), &options) else {
            return;
        };
        let real = self.real(path, Follow::Yes);
        if !self.now.contains_key(&real) {
            self.insert(real.clone(), Kind::File, None);
        } else if options.truncate {
            self.touch(self.now[&real].id);
        }
        let id = self.now[&real].id;
        if random.below(3) > 0 {
            file.write_at(b"text", 0).unwrap();
            self.touch(id);
        }
        if random.below(4) == 0 {
            self.open.push((file, id));
        }
    }

    fn rename(&mut self, from: &str, to: &str) {
        let (source, target) = (self.resolve(from, Follow::No), self.resolve(to, Follow::No));
        if self.table.rename(from.as_bytes(), to.as_bytes()).is_err() {
            return;
        }
        let source = source.expect("what was renamed is there");
        let target = target.expect("and has a new path");
        let inode = self.now[&source].inode;
        if self
            .now
            .get(&target)
            .is_some_and(|entry| entry.inode == inode)
        {
            return;
        }
        self.now.remove(&target);
        let beneath = format!("{source}/");
        let moved: Vec<String> = self
            .now
            .keys()
            .filter(|path| **path == source || path.starts_with(&beneath))
            .cloned()
            .collect();
        for path in moved {
            let entry = self.now.remove(&path).expect("it was listed");
            self.now
                .insert(format!("{target}{}", &path[source.len()..]), entry);
        }
    }

    /// All paths that the file system has.
    fn listing(&self) -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        let mut pending = vec!["/m".to_owned()];
        while let Some(directory) = pending.pop() {
            let listed = self.table.read_dir(directory.as_bytes(), &mut |entry| {
                let path = format!("{directory}/{}", String::from_utf8_lossy(&entry.name));
                if entry.file_type == FileType::Directory {
                    pending.push(path.clone());
                }
                all.insert(path);
                true
            });
            listed.unwrap();
        }
        all
    }

    /// The rules of `Diff`, by comparing both listings.
    fn expected(&self) -> Diff {
        let before: BTreeMap<u64, &String> = self
            .before
            .iter()
            .map(|(path, entry)| (entry.id, path))
            .collect();
        let goes_with_its_directory = |old: &str, new: &str| {
            let directories = (self.before.get(parent(old)), self.now.get(parent(new)));
            old[parent(old).len()..] == new[parent(new).len()..]
                && match directories {
                    (Some(old), Some(new)) => old.id == new.id,
                    (None, None) => true,
                    _ => false,
                }
        };
        let present: BTreeMap<u64, &String> = self
            .now
            .iter()
            .map(|(path, entry)| (entry.id, path))
            .collect();
        // Whether what was at a path counts as deleted, should the path be free.
        let is_deleted = |old: &String| {
            let entry = &self.before[old];
            match present.get(&entry.id) {
                None => true,
                Some(new) => {
                    *new != old
                        && entry.kind != Kind::Directory
                        && !goes_with_its_directory(old, new)
                        && self.before.contains_key(*new)
                }
            }
        };
        let mut diff = Diff {
            complete: true,
            ..Diff::default()
        };
        for (path, entry) in &self.now {
            let bytes = path.as_bytes().to_vec();
            let was_taken = self.before.contains_key(path);
            let Some(&old) = before.get(&entry.id) else {
                if was_taken {
                    diff.modified.push(bytes);
                } else {
                    diff.created.push(bytes);
                }
                continue;
            };
            let mut modified = self.before[old].version != entry.version;
            if old != path {
                if goes_with_its_directory(old, path) {
                    modified |= was_taken && is_deleted(path);
                } else {
                    modified |= was_taken;
                    if !was_taken || entry.kind == Kind::Directory {
                        diff.renamed.push(Renamed {
                            from: old.as_bytes().to_vec(),
                            to: bytes.clone(),
                        });
                    }
                }
            }
            if modified {
                diff.modified.push(bytes);
            }
        }
        diff.renamed.sort();
        for path in self.before.keys() {
            if !self.now.contains_key(path) && is_deleted(path) {
                diff.deleted.push(path.as_bytes().to_vec());
            }
        }
        diff
    }

    #[track_caller]
    fn check(&self, seed: u64) {
        let known: BTreeSet<String> = self.now.keys().cloned().collect();
        assert_eq!(self.listing(), known, "seed {seed}");
        assert_eq!(self.table.diff(), self.expected(), "seed {seed}");
    }

    fn run(mut self, seed: u64) {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        for _ in 0..4 {
            for _ in 0..6 {
                for _ in 0..10 {
                    self.step(&mut random);
                }
                self.check(seed);
            }
            self.table.checkpoint();
            self.before = self.now.clone();
            self.check(seed);
        }
        self.open.clear();
        self.table.checkpoint();
        assert_eq!(self.table.journaled(), 0, "seed {seed}");
    }
}

#[test]
fn the_diff_of_a_memory_file_system_is_the_difference_of_two_listings() {
    for seed in 1..=1500 {
        Model::new(Arc::new(MemoryFileSystem::new(1 << 24))).run(seed);
    }
}

#[test]
fn the_diff_of_a_host_directory_is_the_difference_of_two_listings() {
    for seed in 1..=40 {
        let directory = tempfile::tempdir().unwrap();
        let host = HostDirectory::open(directory.path()).unwrap();
        Model::new(Arc::new(host)).run(seed);
    }
}
