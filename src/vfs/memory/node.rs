//! An inode of a tree in memory. It lives as long as a name or an open file holds it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use super::content::Content;
use super::quota::Quota;
use crate::vfs::{Errno, FileType, Metadata, SetTime, VfsError, VfsResult};

/// What an inode counts against the quota, in bytes, besides names and content.
pub const INODE_COST: u64 = 256;

pub type Entries = BTreeMap<Vec<u8>, Arc<Node>>;

/// Lock order: the names of the tree, then the body of one node, then its
/// attributes. Nothing locks two bodies at once. A write to an open file takes
/// the locks of that file only.
pub struct Node {
    pub number: u64,
    pub body: Body,
    attributes: Mutex<Attributes>,
    created: SystemTime,
    quota: Arc<Quota>,
}

pub enum Body {
    Regular(Mutex<Content>),
    Directory(Mutex<Entries>),
    Symlink(Vec<u8>),
}

pub struct Attributes {
    pub permissions: u32,
    pub links: u64,
    accessed: SystemTime,
    modified: SystemTime,
    changed: SystemTime,
}

impl Attributes {
    pub fn change(&mut self) {
        self.changed = SystemTime::now();
    }
}

/// Locks; a panic elsewhere leaves every value here usable.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Node {
    /// The root of a tree, which no quota is too small for.
    pub fn root(quota: &Arc<Quota>) -> Arc<Self> {
        quota.force(INODE_COST);
        let root = Self::uncharged(1, Body::Directory(Mutex::default()), 0o755, quota);
        root.attributes().links += 1;
        root
    }

    /// A node without a name, charged to the quota.
    pub fn new(
        number: u64,
        body: Body,
        permissions: u32,
        quota: &Arc<Quota>,
    ) -> Result<Arc<Self>, Errno> {
        quota.take(INODE_COST + fixed_cost(&body))?;
        Ok(Self::uncharged(number, body, permissions, quota))
    }

    fn uncharged(number: u64, body: Body, permissions: u32, quota: &Arc<Quota>) -> Arc<Self> {
        let now = SystemTime::now();
        Arc::new(Self {
            number,
            attributes: Mutex::new(Attributes {
                permissions: permissions & 0o7777,
                // A directory has its own `.`.
                links: u64::from(matches!(body, Body::Directory(_))),
                accessed: now,
                modified: now,
                changed: now,
            }),
            body,
            created: now,
            quota: Arc::clone(quota),
        })
    }

    pub fn file_type(&self) -> FileType {
        match self.body {
            Body::Regular(_) => FileType::Regular,
            Body::Directory(_) => FileType::Directory,
            Body::Symlink(_) => FileType::Symlink,
        }
    }

    pub fn attributes(&self) -> MutexGuard<'_, Attributes> {
        lock(&self.attributes)
    }

    /// The entries of a directory.
    pub fn entries(&self) -> VfsResult<MutexGuard<'_, Entries>> {
        match &self.body {
            Body::Directory(entries) => Ok(lock(entries)),
            Body::Symlink(_) => Err(VfsError::Symlink),
            Body::Regular(_) => Err(Errno::NotDirectory.into()),
        }
    }

    /// The content of a regular file.
    pub fn content(&self) -> Result<MutexGuard<'_, Content>, Errno> {
        match &self.body {
            Body::Regular(content) => Ok(lock(content)),
            _ => Err(Errno::Invalid),
        }
    }

    /// Marks a change of what the node holds.
    pub fn touch(&self) {
        let mut attributes = self.attributes();
        attributes.modified = SystemTime::now();
        attributes.changed = attributes.modified;
    }

    pub fn write_at(&self, bytes: &[u8], offset: u64) -> Result<usize, Errno> {
        let written = self.content()?.write(bytes, offset, &self.quota)?;
        if written > 0 {
            self.touch();
        }
        Ok(written)
    }

    /// Writes at the end; gives the bytes written and the offset behind them.
    pub fn append(&self, bytes: &[u8]) -> Result<(usize, u64), Errno> {
        let mut content = self.content()?;
        let end = content.size();
        let written = content.write(bytes, end, &self.quota)?;
        drop(content);
        if written > 0 {
            self.touch();
        }
        Ok((written, end + written as u64))
    }

    pub fn resize(&self, size: u64) -> Result<(), Errno> {
        self.content()?.resize(size, &self.quota)?;
        self.touch();
        Ok(())
    }

    pub fn set_times(&self, accessed: SetTime, modified: SetTime) {
        let now = SystemTime::now();
        let set = |field: &mut SystemTime, time| match time {
            SetTime::Keep => {}
            SetTime::Now => *field = now,
            SetTime::To(time) => *field = time,
        };
        let mut attributes = self.attributes();
        set(&mut attributes.accessed, accessed);
        set(&mut attributes.modified, modified);
        attributes.changed = now;
    }

    pub fn metadata(&self) -> Metadata {
        let (size, allocated) = match &self.body {
            Body::Regular(content) => {
                let content = lock(content);
                (content.size(), content.allocated())
            }
            Body::Directory(_) => (4096, 0),
            Body::Symlink(target) => (target.len() as u64, 0),
        };
        let attributes = self.attributes();
        Metadata {
            file_type: self.file_type(),
            permissions: attributes.permissions,
            device: 0,
            inode: self.number,
            links: attributes.links,
            size,
            blocks: allocated / 512,
            accessed: attributes.accessed,
            modified: attributes.modified,
            changed: attributes.changed,
            created: Some(self.created),
            descriptor: None,
        }
    }
}

fn fixed_cost(body: &Body) -> u64 {
    match body {
        Body::Symlink(target) => target.len() as u64,
        Body::Regular(_) | Body::Directory(_) => 0,
    }
}

/// Takes the entries out of a directory that goes away with its tree.
fn take_entries(node: &mut Node) -> Entries {
    match &mut node.body {
        Body::Directory(entries) => {
            std::mem::take(entries.get_mut().unwrap_or_else(PoisonError::into_inner))
        }
        Body::Regular(_) | Body::Symlink(_) => Entries::new(),
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let content = self.content().map_or(0, |content| content.allocated());
        self.quota
            .release(INODE_COST + fixed_cost(&self.body) + content);
        // One after the other: guests make trees deeper than a thread's stack.
        let mut pending: Vec<Arc<Node>> = take_entries(self).into_values().collect();
        while let Some(node) = pending.pop() {
            if let Some(mut node) = Arc::into_inner(node) {
                pending.extend(take_entries(&mut node).into_values());
            }
        }
    }
}
