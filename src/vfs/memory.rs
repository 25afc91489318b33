//! A file system in memory, with a quota: `/tmp`, the home directory, and the
//! root with what tools look for in `/bin` and `/etc`.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use super::{
    DirEntry, Errno, File, FileSystem, FileType, Follow, Metadata, OpenOptions, Opened, SetTime,
    VfsError, VfsResult, Visit,
};

type InodeNumber = u64;

const ROOT: InodeNumber = 1;
/// What an inode and its name count against the quota, in bytes, besides its content.
const INODE_COST: u64 = 256;

pub struct MemoryFileSystem {
    tree: Arc<Mutex<Tree>>,
}

struct Tree {
    inodes: HashMap<InodeNumber, Inode>,
    next: InodeNumber,
    used: u64,
    quota: u64,
}

struct Inode {
    content: Content,
    permissions: u32,
    links: u64,
    open: u64,
    accessed: SystemTime,
    modified: SystemTime,
    changed: SystemTime,
    created: SystemTime,
}

enum Content {
    Regular(Vec<u8>),
    Directory(BTreeMap<Vec<u8>, InodeNumber>),
    Symlink(Vec<u8>),
}

impl Inode {
    fn new(content: Content, permissions: u32) -> Self {
        let now = SystemTime::now();
        Self {
            content,
            permissions: permissions & 0o7777,
            links: 0,
            open: 0,
            accessed: now,
            modified: now,
            changed: now,
            created: now,
        }
    }

    fn file_type(&self) -> FileType {
        match self.content {
            Content::Regular(_) => FileType::Regular,
            Content::Directory(_) => FileType::Directory,
            Content::Symlink(_) => FileType::Symlink,
        }
    }

    fn touch(&mut self) {
        self.modified = SystemTime::now();
        self.changed = self.modified;
    }

    fn set_times(&mut self, accessed: SetTime, modified: SetTime) {
        let now = SystemTime::now();
        let set = |field: &mut SystemTime, time| match time {
            SetTime::Keep => {}
            SetTime::Now => *field = now,
            SetTime::To(time) => *field = time,
        };
        set(&mut self.accessed, accessed);
        set(&mut self.modified, modified);
        self.changed = now;
    }

    fn metadata(&self, inode: InodeNumber) -> Metadata {
        let size = match &self.content {
            Content::Regular(bytes) | Content::Symlink(bytes) => bytes.len() as u64,
            Content::Directory(_) => 4096,
        };
        Metadata {
            file_type: self.file_type(),
            permissions: self.permissions,
            device: 0,
            inode,
            links: self.links,
            size,
            blocks: match self.content {
                Content::Regular(_) => size.div_ceil(4096) * 8,
                _ => 0,
            },
            accessed: self.accessed,
            modified: self.modified,
            changed: self.changed,
            created: Some(self.created),
        }
    }
}

impl MemoryFileSystem {
    /// An empty tree. `quota` is in bytes: contents, names and 256 bytes an inode.
    pub fn new(quota: u64) -> Self {
        let mut root = Inode::new(Content::Directory(BTreeMap::new()), 0o755);
        root.links = 2;
        Self {
            tree: Arc::new(Mutex::new(Tree {
                inodes: HashMap::from([(ROOT, root)]),
                next: ROOT + 1,
                used: 0,
                quota,
            })),
        }
    }

    /// Adds a regular file, for the files a sandbox starts with.
    pub fn add_file(&self, path: &[u8], content: &[u8], permissions: u32) -> VfsResult<()> {
        let mut tree = self.lock();
        let inode = Inode::new(Content::Regular(content.to_vec()), permissions);
        tree.charge(content.len() as u64)?;
        tree.insert(path, inode).map(|_| ())
    }

    fn lock(&self) -> MutexGuard<'_, Tree> {
        lock(&self.tree)
    }
}

fn lock(tree: &Mutex<Tree>) -> MutexGuard<'_, Tree> {
    tree.lock().unwrap_or_else(PoisonError::into_inner)
}

fn split(path: &[u8]) -> (&[u8], &[u8]) {
    match path.iter().rposition(|&byte| byte == b'/') {
        Some(slash) => (&path[..slash], &path[slash + 1..]),
        None => (&[], path),
    }
}

impl Tree {
    fn inode(&self, number: InodeNumber) -> &Inode {
        self.inodes
            .get(&number)
            .expect("a linked or open inode is in the table")
    }

    fn inode_mut(&mut self, number: InodeNumber) -> &mut Inode {
        self.inodes
            .get_mut(&number)
            .expect("a linked or open inode is in the table")
    }

    fn entries(&self, number: InodeNumber) -> VfsResult<&BTreeMap<Vec<u8>, InodeNumber>> {
        match &self.inode(number).content {
            Content::Directory(entries) => Ok(entries),
            Content::Symlink(_) => Err(VfsError::Symlink),
            Content::Regular(_) => Err(Errno::NotDirectory.into()),
        }
    }

    fn entries_mut(
        &mut self,
        number: InodeNumber,
    ) -> VfsResult<&mut BTreeMap<Vec<u8>, InodeNumber>> {
        let inode = self.inode_mut(number);
        inode.touch();
        match &mut inode.content {
            Content::Directory(entries) => Ok(entries),
            Content::Symlink(_) => Err(VfsError::Symlink),
            Content::Regular(_) => Err(Errno::NotDirectory.into()),
        }
    }

    fn find(&self, path: &[u8], follow: Follow) -> VfsResult<InodeNumber> {
        let mut number = ROOT;
        if path.is_empty() {
            return Ok(number);
        }
        for name in path.split(|&byte| byte == b'/') {
            if name.len() > 255 {
                return Err(Errno::NameTooLong.into());
            }
            number = *self.entries(number)?.get(name).ok_or(Errno::NotFound)?;
        }
        if follow == Follow::Yes && self.inode(number).file_type() == FileType::Symlink {
            return Err(VfsError::Symlink);
        }
        Ok(number)
    }

    fn charge(&mut self, bytes: u64) -> Result<(), Errno> {
        let used = self.used.checked_add(bytes).ok_or(Errno::NoSpace)?;
        if used > self.quota {
            return Err(Errno::NoSpace);
        }
        self.used = used;
        Ok(())
    }

    fn release(&mut self, bytes: u64) {
        self.used = self.used.saturating_sub(bytes);
    }

    /// Puts a new inode at a path that must be free.
    fn insert(&mut self, path: &[u8], inode: Inode) -> VfsResult<InodeNumber> {
        let (parent, name) = split(path);
        if name.is_empty() {
            return Err(Errno::Exist.into());
        }
        if name.len() > 255 {
            return Err(Errno::NameTooLong.into());
        }
        let parent = self.find(parent, Follow::Yes)?;
        if self.entries(parent)?.contains_key(name) {
            return Err(Errno::Exist.into());
        }
        self.charge(INODE_COST + name.len() as u64)?;
        let number = self.next;
        self.next += 1;
        let is_directory = matches!(inode.content, Content::Directory(_));
        self.inodes.insert(number, inode);
        self.link(parent, name, number)?;
        if is_directory {
            self.inode_mut(number).links += 1;
            self.inode_mut(parent).links += 1;
        }
        Ok(number)
    }

    fn link(&mut self, parent: InodeNumber, name: &[u8], number: InodeNumber) -> VfsResult<()> {
        self.entries_mut(parent)?.insert(name.to_vec(), number);
        self.inode_mut(number).links += 1;
        Ok(())
    }

    /// Takes a name away, and its inode with the last one.
    fn unlink(&mut self, path: &[u8]) -> VfsResult<()> {
        let (parent, name) = split(path);
        let parent = self.find(parent, Follow::Yes)?;
        let number = self
            .entries_mut(parent)?
            .remove(name)
            .ok_or(Errno::NotFound)?;
        let inode = self.inode_mut(number);
        inode.changed = SystemTime::now();
        inode.links -= 1;
        if inode.file_type() == FileType::Directory {
            inode.links -= 1;
            self.inode_mut(parent).links -= 1;
        }
        self.release(name.len() as u64);
        self.forget_unused(number);
        Ok(())
    }

    fn forget_unused(&mut self, number: InodeNumber) {
        let inode = self.inode(number);
        if inode.links > 0 || inode.open > 0 {
            return;
        }
        let size = match &inode.content {
            Content::Regular(bytes) | Content::Symlink(bytes) => bytes.len() as u64,
            Content::Directory(_) => 0,
        };
        self.inodes.remove(&number);
        self.release(INODE_COST + size);
    }

    fn check_empty(&self, number: InodeNumber) -> VfsResult<()> {
        if self.entries(number)?.is_empty() {
            Ok(())
        } else {
            Err(Errno::NotEmpty.into())
        }
    }

    fn resize(&mut self, number: InodeNumber, size: u64) -> Result<(), Errno> {
        let Content::Regular(bytes) = &self.inode(number).content else {
            return Err(Errno::Invalid);
        };
        let old = bytes.len() as u64;
        if size > old {
            self.charge(size - old)?;
        } else {
            self.release(old - size);
        }
        let inode = self.inode_mut(number);
        inode.touch();
        let mut resized = Ok(());
        if let Content::Regular(bytes) = &mut inode.content {
            let grown = size.saturating_sub(old) as usize;
            match bytes.try_reserve(grown) {
                Ok(()) => bytes.resize(size as usize, 0),
                Err(_) => resized = Err(Errno::NoSpace),
            }
            // What the quota no longer counts is given back.
            if size < old {
                bytes.shrink_to(2 * size as usize);
            }
        }
        if resized.is_err() {
            self.release(size.saturating_sub(old));
        }
        resized
    }
}

impl FileSystem for MemoryFileSystem {
    fn open(&self, path: &[u8], options: &OpenOptions) -> VfsResult<Opened> {
        let mut tree = self.lock();
        let number = match tree.find(path, options.follow) {
            Ok(_) if options.create && options.exclusive => return Err(Errno::Exist.into()),
            Err(VfsError::Symlink) if options.create && options.exclusive => {
                tree.find(path, Follow::No)?;
                return Err(Errno::Exist.into());
            }
            Err(VfsError::Errno(Errno::NotFound)) if options.create => tree.insert(
                path,
                Inode::new(Content::Regular(Vec::new()), options.permissions),
            )?,
            found => found?,
        };
        match tree.inode(number).content {
            Content::Symlink(_) => return Err(Errno::Loop.into()),
            Content::Directory(_) if options.changes_the_tree() => {
                return Err(Errno::IsDirectory.into());
            }
            Content::Directory(_) => return Ok(Opened::Directory),
            Content::Regular(_) if options.directory => return Err(Errno::NotDirectory.into()),
            Content::Regular(_) => {}
        }
        if options.truncate {
            tree.resize(number, 0)?;
        }
        tree.inode_mut(number).open += 1;
        Ok(Opened::File(Arc::new(MemoryFile {
            tree: Arc::clone(&self.tree),
            number,
        })))
    }

    fn metadata(&self, path: &[u8], follow: Follow) -> VfsResult<Metadata> {
        let tree = self.lock();
        let number = tree.find(path, follow)?;
        Ok(tree.inode(number).metadata(number))
    }

    fn read_dir(&self, path: &[u8], visit: &mut Visit) -> VfsResult<()> {
        let tree = self.lock();
        for (name, &number) in tree.entries(tree.find(path, Follow::Yes)?)? {
            let entry = DirEntry {
                name: name.clone(),
                file_type: tree.inode(number).file_type(),
                inode: number,
            };
            if !visit(entry) {
                break;
            }
        }
        Ok(())
    }

    fn read_link(&self, path: &[u8]) -> VfsResult<Vec<u8>> {
        let tree = self.lock();
        match &tree.inode(tree.find(path, Follow::No)?).content {
            Content::Symlink(target) => Ok(target.clone()),
            _ => Err(Errno::Invalid.into()),
        }
    }

    fn create_dir(&self, path: &[u8], permissions: u32) -> VfsResult<()> {
        let inode = Inode::new(Content::Directory(BTreeMap::new()), permissions);
        self.lock().insert(path, inode).map(|_| ())
    }

    fn remove_dir(&self, path: &[u8]) -> VfsResult<()> {
        let mut tree = self.lock();
        let number = tree.find(path, Follow::No)?;
        if tree.inode(number).file_type() != FileType::Directory {
            return Err(Errno::NotDirectory.into());
        }
        tree.check_empty(number)?;
        tree.unlink(path)
    }

    fn remove_file(&self, path: &[u8]) -> VfsResult<()> {
        let mut tree = self.lock();
        let number = tree.find(path, Follow::No)?;
        if tree.inode(number).file_type() == FileType::Directory {
            return Err(Errno::IsDirectory.into());
        }
        tree.unlink(path)
    }

    fn rename(&self, from: &[u8], to: &[u8]) -> VfsResult<()> {
        let mut tree = self.lock();
        let source = tree.find(from, Follow::No)?;
        let is_directory = tree.inode(source).file_type() == FileType::Directory;
        if is_directory
            && to
                .strip_prefix(from)
                .is_some_and(|rest| rest.starts_with(b"/"))
        {
            return Err(Errno::Invalid.into());
        }
        if from
            .strip_prefix(to)
            .is_some_and(|rest| rest.starts_with(b"/"))
        {
            return Err(Errno::NotEmpty.into());
        }
        let (to_parent, to_name) = split(to);
        if to_name.len() > 255 {
            return Err(Errno::NameTooLong.into());
        }
        let to_parent = tree.find(to_parent, Follow::Yes)?;
        tree.entries(to_parent)?;
        match tree.find(to, Follow::No) {
            Ok(target) if target == source => return Ok(()),
            Ok(target) => {
                match (is_directory, tree.inode(target).file_type()) {
                    (true, FileType::Directory) => tree.check_empty(target)?,
                    (true, _) => return Err(Errno::NotDirectory.into()),
                    (false, FileType::Directory) => return Err(Errno::IsDirectory.into()),
                    (false, _) => {}
                }
                tree.unlink(to)?;
            }
            Err(VfsError::Errno(Errno::NotFound)) => {}
            Err(error) => return Err(error),
        }
        let (from_parent, from_name) = split(from);
        let from_parent = tree.find(from_parent, Follow::Yes)?;
        tree.entries_mut(from_parent)?.remove(from_name);
        tree.release(from_name.len() as u64);
        tree.used += to_name.len() as u64;
        tree.entries_mut(to_parent)?
            .insert(to_name.to_vec(), source);
        tree.inode_mut(source).changed = SystemTime::now();
        if is_directory {
            tree.inode_mut(from_parent).links -= 1;
            tree.inode_mut(to_parent).links += 1;
        }
        Ok(())
    }

    fn hard_link(&self, from: &[u8], to: &[u8]) -> VfsResult<()> {
        let mut tree = self.lock();
        let source = tree.find(from, Follow::No)?;
        let (parent, name) = split(to);
        let parent = tree.find(parent, Follow::Yes)?;
        if name.is_empty() || tree.entries(parent)?.contains_key(name) {
            return Err(Errno::Exist.into());
        }
        if tree.inode(source).file_type() == FileType::Directory {
            return Err(Errno::NotPermitted.into());
        }
        if name.len() > 255 {
            return Err(Errno::NameTooLong.into());
        }
        tree.charge(name.len() as u64)?;
        tree.inode_mut(source).changed = SystemTime::now();
        tree.link(parent, name, source)
    }

    fn symlink(&self, target: &[u8], path: &[u8]) -> VfsResult<()> {
        let mut tree = self.lock();
        tree.charge(target.len() as u64)?;
        let inserted = tree.insert(path, Inode::new(Content::Symlink(target.to_vec()), 0o777));
        if inserted.is_err() {
            tree.release(target.len() as u64);
        }
        inserted.map(|_| ())
    }

    fn set_permissions(&self, path: &[u8], permissions: u32) -> VfsResult<()> {
        let mut tree = self.lock();
        let number = tree.find(path, Follow::Yes)?;
        let inode = tree.inode_mut(number);
        inode.permissions = permissions & 0o7777;
        inode.changed = SystemTime::now();
        Ok(())
    }

    fn set_times(
        &self,
        path: &[u8],
        follow: Follow,
        accessed: SetTime,
        modified: SetTime,
    ) -> VfsResult<()> {
        let mut tree = self.lock();
        let number = tree.find(path, follow)?;
        tree.inode_mut(number).set_times(accessed, modified);
        Ok(())
    }
}

/// An open file; the inode lives while it is open, even without a name.
struct MemoryFile {
    tree: Arc<Mutex<Tree>>,
    number: InodeNumber,
}

impl Drop for MemoryFile {
    fn drop(&mut self) {
        let mut tree = lock(&self.tree);
        tree.inode_mut(self.number).open -= 1;
        tree.forget_unused(self.number);
    }
}

impl File for MemoryFile {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> Result<usize, Errno> {
        let tree = lock(&self.tree);
        let Content::Regular(bytes) = &tree.inode(self.number).content else {
            return Err(Errno::Invalid);
        };
        let rest = usize::try_from(offset)
            .ok()
            .and_then(|offset| bytes.get(offset..))
            .unwrap_or_default();
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        Ok(length)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> Result<usize, Errno> {
        let mut tree = lock(&self.tree);
        write(&mut tree, self.number, bytes, offset)
    }

    fn append(&self, bytes: &[u8]) -> Result<(usize, u64), Errno> {
        let mut tree = lock(&self.tree);
        let end = tree.inode(self.number).metadata(self.number).size;
        let written = write(&mut tree, self.number, bytes, end)?;
        Ok((written, end + written as u64))
    }

    fn metadata(&self) -> Result<Metadata, Errno> {
        Ok(lock(&self.tree).inode(self.number).metadata(self.number))
    }

    fn set_len(&self, size: u64) -> Result<(), Errno> {
        lock(&self.tree).resize(self.number, size)
    }

    fn sync(&self) -> Result<(), Errno> {
        Ok(())
    }

    fn set_times(&self, accessed: SetTime, modified: SetTime) -> Result<(), Errno> {
        lock(&self.tree)
            .inode_mut(self.number)
            .set_times(accessed, modified);
        Ok(())
    }
}

fn write(tree: &mut Tree, number: InodeNumber, bytes: &[u8], offset: u64) -> Result<usize, Errno> {
    if bytes.is_empty() {
        return Ok(0);
    }
    let end = offset
        .checked_add(bytes.len() as u64)
        .ok_or(Errno::FileTooBig)?;
    if end > tree.inode(number).metadata(number).size {
        tree.resize(number, end)?;
    }
    let inode = tree.inode_mut(number);
    inode.touch();
    if let Content::Regular(content) = &mut inode.content {
        let start = usize::try_from(offset).map_err(|_| Errno::FileTooBig)?;
        content[start..start + bytes.len()].copy_from_slice(bytes);
    }
    Ok(bytes.len())
}
