//! An input as operations on a tree of several mounts, each compared with what a model says that
//! resolves paths by names alone.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::vfs::{
    FileSystem, FileType, Follow, HostDirectory, MemoryFileSystem, Mount, MountTable, OpenOptions,
    Opened,
};

/// Operations of one input.
const MAX_OPERATIONS: usize = 100;
/// How many links Linux follows, and how many names the mount table steps through.
const MAX_SYMLINKS: usize = 40;
const MAX_STEPS: usize = 512;

const NAMES: [&[u8]; 8] = [b"a", b"b", b"c", b"m", b"in", b"..", b".", b""];
const TARGETS: [&[u8]; 12] = [
    b"a",
    b"b",
    b"..",
    b"../a",
    b"/m",
    b"/m/in",
    b"/m/in/../a",
    b"in/a",
    b"/a/b",
    b"c/..",
    b"/r/a",
    b"/",
];
/// The mount points; the last one may not be written.
const POINTS: [&str; 4] = ["", "/m", "/m/in", "/r"];

/// A node of the model. Its number is also what a file holds, so that a file is told from another.
struct Node {
    body: Body,
    /// The place of its mount in `POINTS`.
    mount: usize,
}

enum Body {
    Directory(BTreeMap<Vec<u8>, usize>),
    File,
    Link(Vec<u8>),
}

/// What an operation gives: something to compare, or a failure, whatever its error number.
type Answer = Option<String>;

/// A model gives up where links or names are more than can be resolved.
struct TooFar;

/// Where a path ends: the directories down to its parent, the last name and the node there.
struct Place {
    parents: Vec<usize>,
    name: Vec<u8>,
    node: Option<usize>,
    /// The last name was `.` or `..`, or there was none.
    is_dots: bool,
    /// There were slashes behind the last name: it has to be a directory.
    slashes: bool,
}

struct Model {
    nodes: Vec<Node>,
    /// The root of the mount that covers a directory.
    covers: HashMap<usize, usize>,
}

#[derive(Debug)]
enum Operation {
    Stat(Vec<u8>, Follow),
    List(Vec<u8>),
    ReadLink(Vec<u8>),
    Read(Vec<u8>, Follow),
    Create(Vec<u8>, bool),
    CreateDir(Vec<u8>),
    RemoveDir(Vec<u8>),
    RemoveFile(Vec<u8>),
    Symlink(Vec<u8>, Vec<u8>),
    Rename(Vec<u8>, Vec<u8>),
    Link(Vec<u8>, Vec<u8>),
}

impl Model {
    fn new() -> Self {
        let mut model = Self {
            nodes: Vec::new(),
            covers: HashMap::new(),
        };
        let roots: Vec<_> = (0..POINTS.len())
            .map(|mount| model.add(Body::Directory(BTreeMap::new()), mount))
            .collect();
        for (below, name, above) in [(0, "m", 1), (1, "in", 2), (0, "r", 3)] {
            let point = model.add(Body::Directory(BTreeMap::new()), below);
            model.entries(roots[below]).insert(name.into(), point);
            model.covers.insert(point, roots[above]);
        }
        // What lies in the mount that may not be written.
        let directory = model.add(Body::Directory(BTreeMap::new()), 3);
        let link = model.add(Body::Link(b"/m/a".to_vec()), 3);
        model.entries(roots[3]).insert(b"a".to_vec(), directory);
        model.entries(roots[3]).insert(b"b".to_vec(), link);
        model
    }

    fn add(&mut self, body: Body, mount: usize) -> usize {
        self.nodes.push(Node { body, mount });
        self.nodes.len() - 1
    }

    fn entries(&mut self, directory: usize) -> &mut BTreeMap<Vec<u8>, usize> {
        match &mut self.nodes[directory].body {
            Body::Directory(entries) => entries,
            _ => unreachable!("the caller has looked"),
        }
    }

    fn directory(&self, node: usize) -> Option<&BTreeMap<Vec<u8>, usize>> {
        match &self.nodes[node].body {
            Body::Directory(entries) => Some(entries),
            _ => None,
        }
    }

    fn is_writable(&self, node: usize) -> bool {
        self.nodes[node].mount != POINTS.len() - 1
    }

    /// Walks a path name by name; none when a name on the way is not there or no directory.
    fn walk(&self, path: &[u8], follow: Follow) -> Result<Option<Place>, TooFar> {
        let split = |path: &[u8]| -> Vec<Vec<u8>> {
            path.split(|&byte| byte == b'/')
                .rev()
                .map(<[u8]>::to_vec)
                .collect()
        };
        let end = path.iter().rposition(|&byte| byte != b'/');
        let trimmed = &path[..end.map_or(0, |end| end + 1)];
        let slashes = trimmed.len() < path.len();
        let mut pending = split(trimmed);
        let mut stack = vec![0];
        let (mut links, mut steps) = (0, 0);
        let mut place = Place {
            parents: Vec::new(),
            name: Vec::new(),
            node: Some(0),
            is_dots: true,
            slashes,
        };
        while let Some(name) = pending.pop() {
            let last = pending.is_empty();
            steps += 1;
            if steps > MAX_STEPS {
                return Err(TooFar);
            }
            let Some(here) = place.node else {
                return Ok(None);
            };
            if self.directory(here).is_none() {
                return Ok(None);
            }
            if name.is_empty() || name == b"." {
                place.is_dots = true;
                continue;
            }
            if name == b".." {
                if stack.len() > 1 {
                    stack.pop();
                }
                place.node = stack.last().copied();
                place.is_dots = true;
                continue;
            }
            let found = self
                .directory(here)
                .and_then(|entries| entries.get(&name))
                .copied();
            let found = found.map(|node| self.covers.get(&node).copied().unwrap_or(node));
            if let Some(node) = found
                && let Body::Link(target) = &self.nodes[node].body
                && (!last || follow == Follow::Yes)
            {
                links += 1;
                if links > MAX_SYMLINKS {
                    return Err(TooFar);
                }
                if target.starts_with(b"/") {
                    stack.truncate(1);
                    place.node = Some(0);
                }
                place.is_dots = true;
                pending.extend(split(target));
                continue;
            }
            place = Place {
                parents: stack.clone(),
                name,
                node: found,
                is_dots: false,
                slashes,
            };
            if let Some(node) = found {
                stack.push(node);
            }
        }
        Ok(Some(place))
    }

    fn find(&self, path: &[u8], follow: Follow) -> Result<Option<usize>, TooFar> {
        let follow = if path.ends_with(b"/") {
            Follow::Yes
        } else {
            follow
        };
        let place = self.walk(path, follow)?;
        Ok(place.and_then(|place| {
            let node = place.node?;
            (!place.slashes || self.directory(node).is_some()).then_some(node)
        }))
    }

    /// Where a new name can be made; with slashes behind it only for a directory.
    fn free(
        &self,
        path: &[u8],
        follow: Follow,
        directory: bool,
    ) -> Result<Option<(usize, Vec<u8>)>, TooFar> {
        let Some(place) = self.walk(path, follow)? else {
            return Ok(None);
        };
        let parent = place
            .parents
            .last()
            .copied()
            .filter(|&parent| self.is_writable(parent));
        Ok(match parent {
            Some(parent)
                if place.node.is_none() && !place.is_dots && (directory || !place.slashes) =>
            {
                Some((parent, place.name))
            }
            _ => None,
        })
    }

    /// A name that is there and can be taken away: its directory, itself and what it names.
    fn taken(&self, path: &[u8]) -> Result<Option<(usize, Vec<u8>, usize)>, TooFar> {
        let Some(place) = self.walk(path, Follow::No)? else {
            return Ok(None);
        };
        let parent = place
            .parents
            .last()
            .copied()
            .filter(|&parent| self.is_writable(parent));
        Ok(match (parent, place.node) {
            (Some(parent), Some(node))
                if !place.is_dots
                    && !self.has_mounts(node)
                    && (!place.slashes || self.directory(node).is_some()) =>
            {
                Some((parent, place.name, node))
            }
            _ => None,
        })
    }

    /// Whether a node is the root of a mount or has one beneath it.
    fn has_mounts(&self, node: usize) -> bool {
        self.covers.values().any(|&root| root == node)
            || self.covers.contains_key(&node)
            || self
                .directory(node)
                .is_some_and(|entries| entries.values().any(|&entry| self.has_mounts(entry)))
    }

    fn is_beneath(&self, node: usize, directory: usize) -> bool {
        self.directory(directory).is_some_and(|entries| {
            entries
                .values()
                .any(|&entry| entry == node || self.is_beneath(node, entry))
        })
    }

    fn make(&mut self, path: &[u8], follow: Follow, body: Body) -> Result<Option<usize>, TooFar> {
        let directory = matches!(body, Body::Directory(_));
        let Some((parent, name)) = self.free(path, follow, directory)? else {
            return Ok(None);
        };
        let node = self.add(body, self.nodes[parent].mount);
        self.entries(parent).insert(name, node);
        Ok(Some(node))
    }

    fn apply(&mut self, operation: &Operation) -> Result<Answer, TooFar> {
        let done = || Some(String::new());
        Ok(match operation {
            Operation::Stat(path, follow) => {
                self.find(path, *follow)?.map(|node| self.describe(node))
            }
            Operation::List(path) => self
                .find(path, Follow::Yes)?
                .and_then(|node| self.directory(node))
                .map(|entries| format!("{:?}", entries.keys().collect::<Vec<_>>())),
            Operation::ReadLink(path) => {
                let node = self.find(path, Follow::No)?;
                node.and_then(|node| match &self.nodes[node].body {
                    Body::Link(target) => Some(format!("{target:?}")),
                    _ => None,
                })
            }
            Operation::Read(path, follow) => {
                let node = self.find(path, *follow)?;
                node.and_then(|node| match &self.nodes[node].body {
                    Body::Directory(_) => Some("a directory".to_owned()),
                    Body::File => Some(node.to_string()),
                    Body::Link(_) => None,
                })
            }
            Operation::Create(path, exclusive) => {
                let follow = if *exclusive { Follow::No } else { Follow::Yes };
                let made = self.make(path, follow, Body::File)?;
                let there = match made {
                    None if !exclusive => self.walk(path, follow)?,
                    _ => None,
                };
                let there = there
                    .filter(|place| !place.is_dots && !place.slashes)
                    .and_then(|place| place.node);
                let file = there.filter(|&node| {
                    matches!(self.nodes[node].body, Body::File) && self.is_writable(node)
                });
                made.or(file).map(|node| node.to_string())
            }
            Operation::CreateDir(path) => self
                .make(path, Follow::No, Body::Directory(BTreeMap::new()))?
                .and_then(|_| done()),
            Operation::Symlink(target, path) => self
                .make(path, Follow::No, Body::Link(target.clone()))?
                .and_then(|_| done()),
            Operation::RemoveDir(path) => match self.taken(path)? {
                Some((parent, name, node))
                    if self.directory(node).is_some_and(BTreeMap::is_empty) =>
                {
                    self.entries(parent).remove(&name);
                    done()
                }
                _ => None,
            },
            Operation::RemoveFile(path) => match self.taken(path)? {
                Some((parent, name, node)) if self.directory(node).is_none() => {
                    self.entries(parent).remove(&name);
                    done()
                }
                _ => None,
            },
            Operation::Rename(from, to) => self.rename(from, to)?.and_then(|()| done()),
            Operation::Link(from, to) => {
                let source = self.find(from, Follow::No)?;
                let free = self.free(to, Follow::No, false)?;
                match (source, free) {
                    (Some(node), Some((parent, name)))
                        if self.directory(node).is_none()
                            && self.nodes[node].mount == self.nodes[parent].mount =>
                    {
                        self.entries(parent).insert(name, node);
                        done()
                    }
                    _ => None,
                }
            }
        })
    }

    fn rename(&mut self, from: &[u8], to: &[u8]) -> Result<Option<()>, TooFar> {
        let Some((from_parent, from_name, node)) = self.taken(from)? else {
            return Ok(None);
        };
        let target = self.taken(to)?;
        let Some((to_parent, to_name)) = self
            .free(to, Follow::No, self.directory(node).is_some())?
            .or_else(|| {
                let (parent, name, _) = target.clone()?;
                Some((parent, name))
            })
        else {
            return Ok(None);
        };
        if self.nodes[from_parent].mount != self.nodes[to_parent].mount {
            return Ok(None);
        }
        if to_parent == node || self.is_beneath(to_parent, node) {
            return Ok(None);
        }
        if let Some((_, _, old)) = target {
            if old == node {
                return Ok(Some(()));
            }
            let fits = match (self.directory(node), self.directory(old)) {
                (Some(_), Some(entries)) => entries.is_empty(),
                (None, None) => true,
                _ => false,
            };
            if !fits {
                return Ok(None);
            }
        }
        self.entries(from_parent).remove(&from_name);
        self.entries(to_parent).insert(to_name, node);
        Ok(Some(()))
    }

    fn describe(&self, node: usize) -> String {
        match &self.nodes[node].body {
            Body::Directory(_) => "a directory".to_owned(),
            Body::File => "a file".to_owned(),
            Body::Link(target) => format!("a link of {}", target.len()),
        }
    }
}

/// The same operation on the mount table; a file that is made holds `number`.
fn on_table(table: &MountTable, operation: &Operation, number: usize) -> Answer {
    let done = |()| String::new();
    let options = |follow| OpenOptions {
        read: true,
        write: false,
        append: false,
        create: false,
        exclusive: false,
        truncate: false,
        directory: false,
        follow,
        permissions: 0o644,
    };
    match operation {
        Operation::Stat(path, follow) => {
            let metadata = table.metadata(path, *follow).ok()?;
            Some(match metadata.file_type {
                FileType::Directory => "a directory".to_owned(),
                FileType::Regular => "a file".to_owned(),
                FileType::Symlink => format!("a link of {}", metadata.size),
                other => format!("{other:?}"),
            })
        }
        Operation::List(path) => {
            let mut names = Vec::new();
            let listed = table.read_dir(path, &mut |entry| {
                names.push(entry.name);
                true
            });
            names.sort();
            listed.ok().map(|()| format!("{names:?}"))
        }
        Operation::ReadLink(path) => table
            .read_link(path)
            .ok()
            .map(|target| format!("{target:?}")),
        Operation::Read(path, follow) => content(table.open(path, &options(*follow)).ok()?, None),
        Operation::Create(path, exclusive) => {
            let options = OpenOptions {
                write: true,
                create: true,
                exclusive: *exclusive,
                ..options(Follow::Yes)
            };
            content(table.open(path, &options).ok()?, Some(number))
        }
        Operation::CreateDir(path) => table.create_dir(path, 0o755).ok().map(done),
        Operation::RemoveDir(path) => table.remove_dir(path).ok().map(done),
        Operation::RemoveFile(path) => table.remove_file(path).ok().map(done),
        Operation::Symlink(target, path) => table.symlink(target, path).ok().map(done),
        Operation::Rename(from, to) => table.rename(from, to).ok().map(done),
        Operation::Link(from, to) => table.hard_link(from, to).ok().map(done),
    }
}

/// The number that a file holds; an empty one is given `number` first.
fn content(opened: Opened, number: Option<usize>) -> Answer {
    let Opened::File(file) = opened else {
        return Some("a directory".to_owned());
    };
    let mut buffer = [0; 16];
    let mut count = file.read_at(&mut buffer, 0).ok()?;
    if let (0, Some(number)) = (count, number) {
        file.write_at(number.to_string().as_bytes(), 0).ok()?;
        count = file.read_at(&mut buffer, 0).ok()?;
    }
    Some(String::from_utf8_lossy(&buffer[..count]).into_owned())
}

/// Reads operations out of an input.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn byte(&mut self) -> Option<usize> {
        let (&byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(usize::from(byte))
    }

    /// An absolute path of up to four names.
    fn path(&mut self) -> Option<Vec<u8>> {
        let count = 1 + self.byte()? % 4;
        let mut path = Vec::new();
        for _ in 0..count {
            path.push(b'/');
            path.extend_from_slice(NAMES[self.byte()? % NAMES.len()]);
        }
        Some(path)
    }

    fn operation(&mut self) -> Option<Operation> {
        let kind = self.byte()?;
        let path = self.path()?;
        let follow = if kind & 0x80 == 0 {
            Follow::No
        } else {
            Follow::Yes
        };
        Some(match kind % 13 {
            0 | 1 => Operation::Stat(path, follow),
            2 => Operation::List(path),
            3 => Operation::ReadLink(path),
            4 => Operation::Read(path, follow),
            5 => Operation::Create(path, kind & 0x80 == 0),
            6 | 7 => Operation::CreateDir(path),
            8 => Operation::RemoveDir(path),
            9 => Operation::RemoveFile(path),
            10 => Operation::Symlink(TARGETS[self.byte()? % TARGETS.len()].to_vec(), path),
            11 => Operation::Rename(path, self.path()?),
            _ => Operation::Link(path, self.path()?),
        })
    }
}

/// The mounts of the model, the second a directory of the host.
fn table(host: &std::path::Path) -> MountTable {
    let memory = |names: &[&str]| {
        let memory = MemoryFileSystem::new(1 << 20);
        for name in names {
            memory
                .create_dir(name.as_bytes(), 0o755)
                .expect("there is room");
        }
        memory
    };
    let fixed = memory(&["a"]);
    fixed.symlink(b"/m/a", b"b").expect("there is room");
    std::fs::create_dir(host.join("in")).expect("a directory can be made");
    let host = HostDirectory::open(host).expect("it is there");
    let systems: [Arc<dyn FileSystem>; 4] = [
        Arc::new(memory(&["m", "r"])),
        Arc::new(host),
        Arc::new(memory(&[])),
        Arc::new(fixed),
    ];
    let mounts = POINTS
        .iter()
        .zip(systems)
        .map(|(&point, file_system)| Mount {
            point: point.into(),
            file_system,
            writable: point != "/r",
        });
    MountTable::new(mounts.collect())
}

/// Runs one input.
pub fn paths(bytes: &[u8]) {
    let outside = tempfile::tempdir().expect("a directory can be made");
    let inside = outside.path().join("inside");
    std::fs::create_dir(&inside).expect("a directory can be made");
    let table = table(&inside);
    let mut model = Model::new();
    let mut reader = Reader(bytes);
    for _ in 0..MAX_OPERATIONS {
        let Some(operation) = reader.operation() else {
            break;
        };
        let number = model.nodes.len();
        let Ok(expected) = model.apply(&operation) else {
            break;
        };
        let actual = on_table(&table, &operation, number);
        assert_eq!(actual, expected, "{operation:?}");
    }
    let names: Vec<_> = std::fs::read_dir(outside.path())
        .expect("it is there")
        .map(|entry| entry.expect("it can be read").file_name())
        .collect();
    assert_eq!(names, ["inside"]);
}
