//! The system calls on paths. A path is relative to an open directory.

use std::sync::Arc;

use crate::vfs::{Errno, Follow, Metadata, OpenOptions, Opened, PATH_MAX, SetTime};

use super::{OpenFile, Process};

impl Process {
    /// A relative path as an absolute one (POSIX `openat`).
    fn absolute(&self, dir: u32, path: &[u8]) -> Result<Vec<u8>, Errno> {
        let directory = self.fds.directory(dir)?.as_directory()?;
        if path.is_empty() {
            return Err(Errno::NotFound);
        }
        if path.starts_with(b"/") {
            return Err(Errno::NotPermitted);
        }
        if path.len() > PATH_MAX {
            return Err(Errno::NameTooLong);
        }
        let mut absolute = Vec::with_capacity(directory.path.len() + 1 + path.len());
        absolute.extend_from_slice(&directory.path);
        absolute.push(b'/');
        absolute.extend_from_slice(path);
        Ok(absolute)
    }

    /// Opens a path and gives its descriptor.
    pub fn open(&mut self, dir: u32, path: &[u8], options: &OpenOptions) -> Result<u32, Errno> {
        let absolute = self.absolute(dir, path)?;
        if !self.fds.has_room() {
            return Err(Errno::TooManyOpenFiles);
        }
        let mut options = *options;
        options.permissions &= !self.umask;
        let file = match self.job.files.open(&absolute, &options)? {
            Opened::File(file) => Arc::new(OpenFile::file(
                file,
                options.read,
                options.write || options.append,
                options.append,
            )),
            Opened::Directory => Arc::new(OpenFile::directory(absolute)),
            Opened::Descriptors => Arc::new(OpenFile::descriptors(absolute)),
            Opened::Process(file) => {
                Arc::new(OpenFile::file(self.proc_file(file)?, true, false, false))
            }
            Opened::Descriptor(fd) => Arc::clone(self.fds.get(fd).map_err(|_| Errno::NotFound)?),
        };
        self.fds.insert(file)
    }

    pub fn metadata(&self, dir: u32, path: &[u8], follow: Follow) -> Result<Metadata, Errno> {
        self.job.files.metadata(&self.absolute(dir, path)?, follow)
    }

    /// As `metadata`, of an absolute path.
    pub fn stat(&self, path: &[u8], follow: Follow) -> Result<Metadata, Errno> {
        self.job.files.metadata(path, follow)
    }

    /// Sets the permission bits at an absolute path, following links.
    pub fn chmod(&self, path: &[u8], permissions: u32) -> Result<(), Errno> {
        self.job.files.set_permissions(path, permissions)
    }

    pub fn set_times(
        &self,
        dir: u32,
        path: &[u8],
        follow: Follow,
        accessed: SetTime,
        modified: SetTime,
    ) -> Result<(), Errno> {
        let path = self.absolute(dir, path)?;
        self.job.files.set_times(&path, follow, accessed, modified)
    }

    pub fn create_dir(&self, dir: u32, path: &[u8]) -> Result<(), Errno> {
        let path = self.absolute(dir, path)?;
        self.job.files.create_dir(&path, 0o777 & !self.umask)
    }

    pub fn remove_dir(&self, dir: u32, path: &[u8]) -> Result<(), Errno> {
        self.job.files.remove_dir(&self.absolute(dir, path)?)
    }

    pub fn unlink(&self, dir: u32, path: &[u8]) -> Result<(), Errno> {
        self.job.files.remove_file(&self.absolute(dir, path)?)
    }

    pub fn rename(&self, dir: u32, path: &[u8], to_dir: u32, to: &[u8]) -> Result<(), Errno> {
        self.job
            .files
            .rename(&self.absolute(dir, path)?, &self.absolute(to_dir, to)?)
    }

    pub fn hard_link(&self, dir: u32, path: &[u8], to_dir: u32, to: &[u8]) -> Result<(), Errno> {
        self.job
            .files
            .hard_link(&self.absolute(dir, path)?, &self.absolute(to_dir, to)?)
    }

    pub fn symlink(&self, target: &[u8], dir: u32, path: &[u8]) -> Result<(), Errno> {
        self.job.files.symlink(target, &self.absolute(dir, path)?)
    }

    pub fn read_link(&self, dir: u32, path: &[u8]) -> Result<Vec<u8>, Errno> {
        self.job.files.read_link(&self.absolute(dir, path)?)
    }
}
