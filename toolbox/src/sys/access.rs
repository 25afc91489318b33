//! Who this process is, and what it may do with a file.

use std::path::Path;

use super::{Follow, stat};

/// What a process may want to do with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    Read,
    Write,
    Execute,
}

/// The user and the group that this process acts as.
pub fn effective_ids() -> (u32, u32) {
    #[cfg(unix)]
    // SAFETY: both calls only return a number.
    return unsafe { (libc::geteuid(), libc::getegid()) };
    #[cfg(target_os = "wasi")]
    (1000, 1000)
}

/// Whether this process may do that with a file, by the file's mode.
pub fn may_access(path: impl AsRef<Path>, access: Access) -> bool {
    let Ok(found) = stat(path, Follow::Yes) else {
        return false;
    };
    let (uid, gid) = effective_ids();
    let bit = match access {
        Access::Read => 0o4,
        Access::Write => 0o2,
        Access::Execute => 0o1,
    };
    if uid == 0 {
        return access != Access::Execute || found.mode & 0o111 != 0;
    }
    let class = match (found.uid == uid, found.gid == gid) {
        (true, _) => 6,
        (false, true) => 3,
        (false, false) => 0,
    };
    found.mode >> class & bit != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_may_be_entered_and_a_missing_file_may_not_be_read() {
        assert!(may_access("/", Access::Execute) && may_access("/", Access::Read));
        assert!(!may_access("/no/such/file", Access::Read));
    }
}
