//! A file system in memory, with a quota: `/tmp`, the home directory, and the
//! root with what tools look for in `/bin` and `/etc`.

mod content;
mod file;
mod node;
mod quota;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use self::file::MemoryFile;
use self::node::{Body, Node, lock};
use self::quota::Quota;
use super::{
    DirEntry, Errno, FileSystem, FileType, Follow, Metadata, OpenOptions, Opened, SetTime,
    VfsError, VfsResult, Visit,
};

/// The longest name, in bytes (Linux NAME_MAX).
const NAME_MAX: usize = 255;

pub struct MemoryFileSystem {
    root: Arc<Node>,
    /// Held while a path is walked or names change, never while content is copied.
    names: Mutex<()>,
    next: AtomicU64,
    quota: Arc<Quota>,
}

impl MemoryFileSystem {
    /// An empty tree. `quota` is in bytes: pages of contents that are
    /// allocated, names, targets of links and 256 bytes an inode.
    pub fn new(quota: u64) -> Self {
        let quota = Arc::new(Quota::new(quota));
        let root = Node::root(&quota);
        Self {
            next: AtomicU64::new(root.number + 1),
            root,
            names: Mutex::new(()),
            quota,
        }
    }

    /// Adds a regular file, for the files a sandbox starts with.
    pub fn add_file(&self, path: &[u8], content: &[u8], permissions: u32) -> VfsResult<()> {
        let _names = self.lock_names();
        let node = self.insert(path, Body::Regular(Mutex::default()), permissions)?;
        if node.write_at(content, 0)? < content.len() {
            return Err(Errno::NoSpace.into());
        }
        Ok(())
    }

    fn lock_names(&self) -> MutexGuard<'_, ()> {
        lock(&self.names)
    }

    fn find(&self, path: &[u8], follow: Follow) -> VfsResult<Arc<Node>> {
        let mut node = Arc::clone(&self.root);
        if path.is_empty() {
            return Ok(node);
        }
        for name in path.split(|&byte| byte == b'/') {
            let entries = node.entries()?;
            if name.len() > NAME_MAX {
                return Err(Errno::NameTooLong.into());
            }
            let next = Arc::clone(entries.get(name).ok_or(Errno::NotFound)?);
            drop(entries);
            node = next;
        }
        if follow == Follow::Yes && node.file_type() == FileType::Symlink {
            return Err(VfsError::Symlink);
        }
        Ok(node)
    }

    /// As `find`, for an operation that needs the names no longer.
    fn find_once(&self, path: &[u8], follow: Follow) -> VfsResult<Arc<Node>> {
        let _names = self.lock_names();
        self.find(path, follow)
    }

    /// The directory of a path and the last name of it.
    fn find_parent<'a>(&self, path: &'a [u8]) -> VfsResult<(Arc<Node>, &'a [u8])> {
        let (parent, name) = match path.iter().rposition(|&byte| byte == b'/') {
            Some(slash) => (&path[..slash], &path[slash + 1..]),
            None => (&path[..0], path),
        };
        let parent = self.find(parent, Follow::Yes)?;
        drop(parent.entries()?);
        if name.len() > NAME_MAX {
            return Err(Errno::NameTooLong.into());
        }
        Ok((parent, name))
    }

    /// Puts a new node at a path that must be free.
    fn insert(&self, path: &[u8], body: Body, permissions: u32) -> VfsResult<Arc<Node>> {
        let (parent, name) = self.find_parent(path)?;
        if name.is_empty() || parent.entries()?.contains_key(name) {
            return Err(Errno::Exist.into());
        }
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let node = Node::new(number, body, permissions, &self.quota)?;
        self.link(&parent, name, &node)?;
        if node.file_type() == FileType::Directory {
            parent.attributes().links += 1;
        }
        Ok(node)
    }

    /// Gives a node a name that is free.
    fn link(&self, parent: &Node, name: &[u8], node: &Arc<Node>) -> VfsResult<()> {
        self.quota.take(name.len() as u64)?;
        parent.entries()?.insert(name.to_vec(), Arc::clone(node));
        parent.touch();
        node.attributes().links += 1;
        Ok(())
    }

    /// Takes a name away, and its node with the last one.
    fn unlink(&self, path: &[u8]) -> VfsResult<()> {
        let (parent, name) = self.find_parent(path)?;
        let node = parent.entries()?.remove(name).ok_or(Errno::NotFound)?;
        parent.touch();
        let mut attributes = node.attributes();
        attributes.change();
        attributes.links -= 1;
        if node.file_type() == FileType::Directory {
            attributes.links -= 1;
            parent.attributes().links -= 1;
        }
        drop(attributes);
        self.quota.release(name.len() as u64);
        Ok(())
    }

    /// The node that `open` opens, made when it is not there.
    fn find_or_create(&self, path: &[u8], options: &OpenOptions) -> VfsResult<Arc<Node>> {
        let _names = self.lock_names();
        match self.find(path, options.follow) {
            Ok(_) if options.create && options.exclusive => Err(Errno::Exist.into()),
            Err(VfsError::Symlink) if options.create && options.exclusive => {
                self.find(path, Follow::No)?;
                Err(Errno::Exist.into())
            }
            Err(VfsError::Errno(Errno::NotFound)) if options.create => {
                self.insert(path, Body::Regular(Mutex::default()), options.permissions)
            }
            found => found,
        }
    }
}

fn check_empty(node: &Node) -> VfsResult<()> {
    if node.entries()?.is_empty() {
        Ok(())
    } else {
        Err(Errno::NotEmpty.into())
    }
}

impl FileSystem for MemoryFileSystem {
    fn open(&self, path: &[u8], options: &OpenOptions) -> VfsResult<Opened> {
        let node = self.find_or_create(path, options)?;
        match node.body {
            // With O_DIRECTORY a link that is not followed is no directory.
            Body::Symlink(_) if options.directory => return Err(Errno::NotDirectory.into()),
            Body::Symlink(_) => return Err(Errno::Loop.into()),
            Body::Directory(_) if options.changes_the_tree() => {
                return Err(Errno::IsDirectory.into());
            }
            Body::Directory(_) => return Ok(Opened::Directory),
            Body::Regular(_) if options.directory => return Err(Errno::NotDirectory.into()),
            Body::Regular(_) => {}
        }
        if options.truncate {
            node.resize(0)?;
        }
        Ok(Opened::File(Arc::new(MemoryFile(node))))
    }

    fn metadata(&self, path: &[u8], follow: Follow) -> VfsResult<Metadata> {
        Ok(self.find_once(path, follow)?.metadata())
    }

    fn read_dir(&self, path: &[u8], visit: &mut Visit) -> VfsResult<()> {
        let directory = self.find_once(path, Follow::Yes)?;
        for (name, node) in directory.entries()?.iter() {
            let entry = DirEntry {
                name: name.clone(),
                file_type: node.file_type(),
                inode: node.number,
            };
            if !visit(entry) {
                break;
            }
        }
        Ok(())
    }

    fn read_link(&self, path: &[u8]) -> VfsResult<Vec<u8>> {
        match &self.find_once(path, Follow::No)?.body {
            Body::Symlink(target) => Ok(target.clone()),
            _ => Err(Errno::Invalid.into()),
        }
    }

    fn create_dir(&self, path: &[u8], permissions: u32) -> VfsResult<()> {
        let _names = self.lock_names();
        self.insert(path, Body::Directory(Mutex::default()), permissions)
            .map(|_| ())
    }

    fn remove_dir(&self, path: &[u8]) -> VfsResult<()> {
        let _names = self.lock_names();
        let node = self.find(path, Follow::No)?;
        if node.file_type() != FileType::Directory {
            return Err(Errno::NotDirectory.into());
        }
        check_empty(&node)?;
        self.unlink(path)
    }

    fn remove_file(&self, path: &[u8]) -> VfsResult<()> {
        let _names = self.lock_names();
        let node = self.find(path, Follow::No)?;
        if node.file_type() == FileType::Directory {
            return Err(Errno::IsDirectory.into());
        }
        self.unlink(path)
    }

    fn rename(&self, from: &[u8], to: &[u8]) -> VfsResult<()> {
        let _names = self.lock_names();
        let source = self.find(from, Follow::No)?;
        let is_directory = source.file_type() == FileType::Directory;
        let (to_parent, to_name) = self.find_parent(to)?;
        if is_directory && is_beneath(to, from) {
            return Err(Errno::Invalid.into());
        }
        if is_beneath(from, to) {
            return Err(Errno::NotEmpty.into());
        }
        match self.find(to, Follow::No) {
            Ok(target) if Arc::ptr_eq(&target, &source) => return Ok(()),
            Ok(target) => {
                match (is_directory, target.file_type()) {
                    (true, FileType::Directory) => check_empty(&target)?,
                    (true, _) => return Err(Errno::NotDirectory.into()),
                    (false, FileType::Directory) => return Err(Errno::IsDirectory.into()),
                    (false, _) => {}
                }
                self.unlink(to)?;
            }
            Err(VfsError::Errno(Errno::NotFound)) => {}
            Err(error) => return Err(error),
        }
        let (from_parent, from_name) = self.find_parent(from)?;
        from_parent.entries()?.remove(from_name);
        from_parent.touch();
        self.quota.release(from_name.len() as u64);
        // The old target may be gone already, so this is not refused.
        self.quota.force(to_name.len() as u64);
        to_parent
            .entries()?
            .insert(to_name.to_vec(), Arc::clone(&source));
        to_parent.touch();
        source.attributes().change();
        if is_directory {
            from_parent.attributes().links -= 1;
            to_parent.attributes().links += 1;
        }
        Ok(())
    }

    fn hard_link(&self, from: &[u8], to: &[u8]) -> VfsResult<()> {
        let _names = self.lock_names();
        let source = self.find(from, Follow::No)?;
        let (parent, name) = self.find_parent(to)?;
        if name.is_empty() || parent.entries()?.contains_key(name) {
            return Err(Errno::Exist.into());
        }
        if source.file_type() == FileType::Directory {
            return Err(Errno::NotPermitted.into());
        }
        source.attributes().change();
        self.link(&parent, name, &source)
    }

    fn symlink(&self, target: &[u8], path: &[u8]) -> VfsResult<()> {
        let _names = self.lock_names();
        self.insert(path, Body::Symlink(target.to_vec()), 0o777)
            .map(|_| ())
    }

    fn set_permissions(&self, path: &[u8], permissions: u32) -> VfsResult<()> {
        let node = self.find_once(path, Follow::Yes)?;
        let mut attributes = node.attributes();
        attributes.permissions = permissions & 0o7777;
        attributes.change();
        Ok(())
    }

    fn set_times(
        &self,
        path: &[u8],
        follow: Follow,
        accessed: SetTime,
        modified: SetTime,
    ) -> VfsResult<()> {
        self.find_once(path, follow)?.set_times(accessed, modified);
        Ok(())
    }
}

fn is_beneath(path: &[u8], directory: &[u8]) -> bool {
    path.strip_prefix(directory)
        .is_some_and(|rest| rest.starts_with(b"/"))
}
