//! `/dev`: the devices tools expect, none of them a device of the host.

use std::sync::Arc;
use std::time::SystemTime;

use super::{
    DirEntry, Errno, File, FileSystem, FileType, Follow, Metadata, OpenOptions, Opened, SetTime,
    VfsResult, Visit,
};

#[derive(Clone, Copy)]
enum Device {
    Null,
    Zero,
    Full,
    Random,
    /// The terminal of the process: no process has one.
    Terminal,
    /// A descriptor of the process that opens it.
    Descriptor(u32),
}

/// The names in `/dev`. A device's place in the table is its inode number less two.
const DEVICES: [(&str, Device); 9] = [
    ("full", Device::Full),
    ("null", Device::Null),
    ("random", Device::Random),
    ("stderr", Device::Descriptor(2)),
    ("stdin", Device::Descriptor(0)),
    ("stdout", Device::Descriptor(1)),
    ("tty", Device::Terminal),
    ("urandom", Device::Random),
    ("zero", Device::Zero),
];

pub struct DeviceFileSystem {
    mounted: SystemTime,
}

impl DeviceFileSystem {
    pub fn new() -> Self {
        Self {
            mounted: SystemTime::now(),
        }
    }

    fn metadata_of(&self, file_type: FileType, permissions: u32, inode: u64) -> Metadata {
        Metadata {
            file_type,
            permissions,
            device: 0,
            inode,
            links: 1,
            size: 0,
            blocks: 0,
            accessed: self.mounted,
            modified: self.mounted,
            changed: self.mounted,
            created: None,
            descriptor: None,
        }
    }
}

fn find(path: &[u8]) -> Result<(u64, Device), Errno> {
    let (name, rest) = match path.iter().position(|&byte| byte == b'/') {
        Some(slash) => (&path[..slash], Some(&path[slash + 1..])),
        None => (path, None),
    };
    if name == b"fd" {
        let number = rest
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| digits.parse().ok())
            .ok_or(Errno::NotFound)?;
        return Ok((DEVICES.len() as u64 + 3, Device::Descriptor(number)));
    }
    let index = DEVICES
        .iter()
        .position(|(device, _)| device.as_bytes() == name)
        .ok_or(Errno::NotFound)?;
    if rest.is_some() {
        return Err(Errno::NotDirectory);
    }
    Ok((index as u64 + 2, DEVICES[index].1))
}

/// `/dev` itself and `/dev/fd`.
fn is_directory(path: &[u8]) -> bool {
    path.is_empty() || path == b"fd"
}

impl FileSystem for DeviceFileSystem {
    fn open(&self, path: &[u8], options: &OpenOptions) -> VfsResult<Opened> {
        if is_directory(path) {
            return if options.create && options.exclusive {
                Err(Errno::Exist.into())
            } else if options.changes_the_tree() {
                Err(Errno::IsDirectory.into())
            } else if path.is_empty() {
                Ok(Opened::Directory)
            } else {
                Ok(Opened::Descriptors)
            };
        }
        let (inode, device) = match find(path) {
            Err(Errno::NotFound) if options.create => return Err(Errno::Access.into()),
            found => found?,
        };
        if options.create && options.exclusive {
            return Err(Errno::Exist.into());
        }
        if options.directory {
            return Err(Errno::NotDirectory.into());
        }
        Ok(match device {
            Device::Descriptor(number) => Opened::Descriptor(number),
            Device::Terminal => return Err(Errno::NoSuchDeviceOrAddress.into()),
            _ => Opened::File(Arc::new(DeviceFile {
                device,
                metadata: self.metadata_of(FileType::CharacterDevice, 0o666, inode),
            })),
        })
    }

    fn metadata(&self, path: &[u8], _follow: Follow) -> VfsResult<Metadata> {
        if is_directory(path) {
            return Ok(self.metadata_of(FileType::Directory, 0o755, 1));
        }
        let (inode, device) = find(path)?;
        Ok(Metadata {
            descriptor: match device {
                Device::Descriptor(number) => Some(number),
                _ => None,
            },
            ..self.metadata_of(FileType::CharacterDevice, 0o666, inode)
        })
    }

    fn read_dir(&self, path: &[u8], visit: &mut Visit) -> VfsResult<()> {
        if path == b"fd" {
            // The kernel lists the caller's own, for `Opened::Descriptors`.
            return Ok(());
        }
        if !path.is_empty() {
            find(path)?;
            return Err(Errno::NotDirectory.into());
        }
        let devices = DEVICES.iter().zip(2..).map(|((name, _), inode)| DirEntry {
            name: name.as_bytes().to_vec(),
            file_type: FileType::CharacterDevice,
            inode,
        });
        let descriptors = DirEntry {
            name: b"fd".to_vec(),
            file_type: FileType::Directory,
            inode: 1,
        };
        for entry in devices.chain([descriptors]) {
            if !visit(entry) {
                break;
            }
        }
        Ok(())
    }

    fn read_link(&self, path: &[u8]) -> VfsResult<Vec<u8>> {
        if !is_directory(path) {
            find(path)?;
        }
        Err(Errno::Invalid.into())
    }

    fn create_dir(&self, path: &[u8], _permissions: u32) -> VfsResult<()> {
        refuse_new(path)
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
        refuse_new(path)
    }

    fn set_permissions(&self, _path: &[u8], _permissions: u32) -> VfsResult<()> {
        Err(Errno::NotPermitted.into())
    }

    fn set_times(
        &self,
        path: &[u8],
        _follow: Follow,
        accessed: SetTime,
        modified: SetTime,
    ) -> VfsResult<()> {
        if !is_directory(path) {
            find(path)?;
            return Ok(());
        }
        // The directories are of another user, as those of Linux are.
        Err(match (accessed, modified) {
            (SetTime::Now, SetTime::Now) => Errno::Access.into(),
            _ => Errno::NotPermitted.into(),
        })
    }
}

fn refuse_new(path: &[u8]) -> VfsResult<()> {
    if is_directory(path) || find(path).is_ok() {
        return Err(Errno::Exist.into());
    }
    Err(Errno::Access.into())
}

struct DeviceFile {
    device: Device,
    metadata: Metadata,
}

impl File for DeviceFile {
    fn read_at(&self, buffer: &mut [u8], _offset: u64) -> Result<usize, Errno> {
        match self.device {
            Device::Null | Device::Terminal | Device::Descriptor(_) => Ok(0),
            Device::Zero | Device::Full => {
                buffer.fill(0);
                Ok(buffer.len())
            }
            Device::Random => {
                random(buffer)?;
                Ok(buffer.len())
            }
        }
    }

    fn write_at(&self, bytes: &[u8], _offset: u64) -> Result<usize, Errno> {
        match self.device {
            Device::Full => Err(Errno::NoSpace),
            _ => Ok(bytes.len()),
        }
    }

    fn append(&self, bytes: &[u8]) -> Result<(usize, u64), Errno> {
        Ok((self.write_at(bytes, 0)?, 0))
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
        Ok(())
    }

    fn is_seekable(&self) -> bool {
        false
    }
}

/// Bytes of the host's random number generator.
pub fn random(buffer: &mut [u8]) -> Result<(), Errno> {
    getrandom::fill(buffer).map_err(|_| Errno::Io)
}
