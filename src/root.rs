//! The virtual root of a sandbox, and the environment its programs start with.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use crate::error::Error;
use crate::kernel::tool_file;
use crate::session::{MountSettings, Settings};
use crate::vfs::{
    DeviceFileSystem, FileSystem, HostDirectory, MemoryFileSystem, Mount, MountTable,
    ProcessFileSystem,
};

pub const WORK_DIR: &str = "/work";
const HOME: &str = "/home/agent";

/// What `/tmp`, the home directory and a work directory in memory may hold, in bytes each.
const MEMORY_QUOTA: u64 = 256 << 20;
/// What the directories above the mount points may hold: some inodes.
const ROOT_QUOTA: u64 = 1 << 20;

/// The names of the tools, sorted (read by the build script from the guest itself).
pub const TOOLS: &[&str] = include!(concat!(env!("OUT_DIR"), "/applets.rs"));

/// `/bin` and `/usr/bin`: a file for every tool. All sandboxes share it.
static BIN: LazyLock<Arc<dyn FileSystem>> = LazyLock::new(|| {
    let bin = MemoryFileSystem::new(MEMORY_QUOTA);
    for tool in TOOLS {
        bin.add_file(tool.as_bytes(), &tool_file(tool), 0o755)
            .expect("the names differ and fit the quota");
    }
    Arc::new(bin)
});

/// `/etc`, with the users that exist. All sandboxes share it.
static ETC: LazyLock<Arc<dyn FileSystem>> = LazyLock::new(|| {
    let etc = MemoryFileSystem::new(MEMORY_QUOTA);
    let files: [(&str, &str); 3] = [
        (
            "passwd",
            "root:x:0:0:root:/root:/bin/bash\nagent:x:1000:1000:agent:/home/agent:/bin/bash\n",
        ),
        ("group", "root:x:0:\nagent:x:1000:\n"),
        ("hostname", "sandbox\n"),
    ];
    for (name, content) in files {
        etc.add_file(name.as_bytes(), content.as_bytes(), 0o644)
            .expect("the names differ and fit the quota");
    }
    Arc::new(etc)
});

static DEV: LazyLock<Arc<dyn FileSystem>> = LazyLock::new(|| Arc::new(DeviceFileSystem::new()));

/// `/proc` shows one processor: a process is one thread.
static PROC: LazyLock<Arc<dyn FileSystem>> = LazyLock::new(|| Arc::new(ProcessFileSystem::new(1)));

/// Whether a guest path is one that every sandbox has already.
pub fn is_taken(guest_path: &str, has_work_dir: bool) -> bool {
    match guest_path {
        "/" | "/bin" | "/usr/bin" | "/etc" | "/dev" | "/proc" | "/tmp" | HOME => true,
        WORK_DIR => has_work_dir,
        _ => false,
    }
}

/// Builds the tree of a sandbox: the user's directories over what every sandbox has.
pub fn mount(settings: &Settings) -> Result<MountTable, Error> {
    let mut mounts = vec![
        read_only("/bin", &BIN),
        read_only("/usr/bin", &BIN),
        read_only("/etc", &ETC),
        Mount {
            writable: true,
            ..read_only("/dev", &DEV)
        },
        // What may be written are the descriptors of `/proc/self/fd`.
        Mount {
            writable: true,
            ..read_only("/proc", &PROC)
        },
        temporary(),
        memory(HOME),
    ];
    for (index, settings) in settings.mounts.iter().enumerate() {
        mounts.push(user_mount(index, settings)?);
    }
    match &settings.work_dir {
        Some(path) => {
            let directory = HostDirectory::open(path)
                .map_err(|error| Error::WorkDir(host_problem(&error, path)))?;
            mounts.push(Mount {
                point: WORK_DIR.into(),
                file_system: Arc::new(directory),
                writable: true,
            });
        }
        None if mounts
            .iter()
            .all(|mount| mount.point != WORK_DIR.as_bytes()) =>
        {
            mounts.push(memory(WORK_DIR));
        }
        None => {}
    }
    let root = MemoryFileSystem::new(ROOT_QUOTA);
    for mount in &mounts {
        create_parents(&root, &mount.point)?;
    }
    mounts.push(Mount {
        point: Vec::new(),
        file_system: Arc::new(root),
        writable: false,
    });
    Ok(MountTable::new(mounts))
}

fn user_mount(index: usize, settings: &MountSettings) -> Result<Mount, Error> {
    let directory = HostDirectory::open(&settings.host_path).map_err(|error| {
        let option = format!("mounts[{index}].hostPath");
        Error::invalid(option, host_problem(&error, &settings.host_path))
    })?;
    Ok(Mount {
        point: settings.guest_path.clone().into_bytes(),
        file_system: Arc::new(directory),
        writable: settings.writable,
    })
}

fn read_only(point: &str, file_system: &Arc<dyn FileSystem>) -> Mount {
    Mount {
        point: point.into(),
        file_system: Arc::clone(file_system),
        writable: false,
    }
}

fn memory(point: &str) -> Mount {
    Mount {
        point: point.into(),
        file_system: Arc::new(MemoryFileSystem::new(MEMORY_QUOTA)),
        writable: true,
    }
}

/// `/tmp` is everybody's, as on other machines.
fn temporary() -> Mount {
    let mount = memory("/tmp");
    // The root of a new file system is there.
    let _ = mount.file_system.set_permissions(b"", 0o1777);
    mount
}

/// Makes the directories of a mount point, so that they show in listings.
fn create_parents(root: &MemoryFileSystem, point: &[u8]) -> Result<(), Error> {
    let path = &point[1..];
    let ends = path
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'/')
        .map(|(index, _)| index)
        .chain([path.len()]);
    for end in ends {
        // A directory that is there already was made for another mount point.
        let _ = root.create_dir(&path[..end], 0o755);
    }
    root.metadata(path, crate::vfs::Follow::No)
        .map(|_| ())
        .map_err(|_| Error::invalid("mounts", "has too many or too long guest paths"))
}

/// What is wrong with a directory of the host, to the one who named it.
fn host_problem(error: &std::io::Error, path: &std::path::Path) -> String {
    use std::io::ErrorKind;
    let problem = match error.kind() {
        ErrorKind::NotFound => "does not exist",
        ErrorKind::NotADirectory => "is not a directory",
        ErrorKind::PermissionDenied => "cannot be read",
        _ => "cannot be opened",
    };
    format!("{problem}: '{}'", path.display())
}

/// The environment of a program: what every sandbox has, then each layer over
/// it, then the work directory of the call. Nothing of the host's.
pub fn environment(layers: &[&[(String, String)]], cwd: &str) -> Vec<Vec<u8>> {
    let mut variables = BTreeMap::from([
        ("HOME", HOME),
        ("LANG", "C.UTF-8"),
        ("LOGNAME", "agent"),
        ("PATH", "/usr/local/bin:/usr/bin:/bin"),
        ("TERM", "dumb"),
        ("TZ", "UTC"),
        ("USER", "agent"),
    ]);
    for (name, value) in layers.iter().flat_map(|layer| layer.iter()) {
        variables.insert(name, value);
    }
    variables.insert("PWD", cwd);
    variables
        .iter()
        .map(|(name, value)| format!("{name}={value}").into_bytes())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_layers_win_and_pwd_is_the_cwd() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let first = [pair("A", "1"), pair("B", "1"), pair("PWD", "/nowhere")];
        let second = [pair("B", "2"), pair("TERM", "xterm")];
        let environment = environment(&[&first, &second], "/work");
        let text: Vec<_> = environment
            .iter()
            .map(|variable| String::from_utf8_lossy(variable).into_owned())
            .collect();
        assert_eq!(
            text,
            [
                "A=1",
                "B=2",
                "HOME=/home/agent",
                "LANG=C.UTF-8",
                "LOGNAME=agent",
                "PATH=/usr/local/bin:/usr/bin:/bin",
                "PWD=/work",
                "TERM=xterm",
                "TZ=UTC",
                "USER=agent",
            ]
        );
    }
}
