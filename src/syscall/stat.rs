//! The layouts of `filestat`, times and file types in WASI preview 1 and in
//! our own extension.

use std::time::{Duration, SystemTime};

use toolbox_abi::{FileStat, TIME_UNKNOWN};

use crate::vfs::{AGENT_ID, Errno, FileType, Metadata, SetTime};

/// `filetype` of WASI preview 1.
pub fn wasi_file_type(file_type: FileType) -> u8 {
    match file_type {
        FileType::BlockDevice => 1,
        // WASI has no name for a pipe; guests read this as a stream.
        FileType::CharacterDevice | FileType::Fifo => 2,
        FileType::Directory => 3,
        FileType::Regular => 4,
        FileType::Socket => 6,
        FileType::Symlink => 7,
    }
}

/// `filestat` of WASI preview 1.
pub fn wasi_filestat(metadata: &Metadata) -> [u8; 64] {
    let words = [
        metadata.device,
        metadata.inode,
        u64::from(wasi_file_type(metadata.file_type)),
        metadata.links,
        metadata.size,
        wasi_time(metadata.accessed),
        wasi_time(metadata.modified),
        wasi_time(metadata.changed),
    ];
    let mut bytes = [0; 64];
    for (word, place) in words.iter().zip(bytes.chunks_exact_mut(8)) {
        place.copy_from_slice(&word.to_le_bytes());
    }
    bytes
}

/// Nanoseconds since 1970; a time before it is 1970, as WASI has no sign.
fn wasi_time(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH)
        .ok()
        .and_then(|since| u64::try_from(since.as_nanos()).ok())
        .unwrap_or_default()
}

/// Which times `fd_filestat_set_times` and `path_filestat_set_times` set, from `fstflags`.
pub fn set_times(flags: u32, accessed: u64, modified: u64) -> Result<(SetTime, SetTime), Errno> {
    let choose = |to: bool, now: bool, time: u64| match (to, now) {
        (true, true) => Err(Errno::Invalid),
        (true, false) => SystemTime::UNIX_EPOCH
            .checked_add(Duration::from_nanos(time))
            .map(SetTime::To)
            .ok_or(Errno::Overflow),
        (false, true) => Ok(SetTime::Now),
        (false, false) => Ok(SetTime::Keep),
    };
    Ok((
        choose(flags & 1 != 0, flags & 2 != 0, accessed)?,
        choose(flags & 4 != 0, flags & 8 != 0, modified)?,
    ))
}

/// The stat of our own extension, which knows modes and owners.
pub fn file_stat(metadata: &Metadata) -> FileStat {
    let file_type = match metadata.file_type {
        FileType::Regular => toolbox_abi::S_IFREG,
        FileType::Directory => toolbox_abi::S_IFDIR,
        FileType::Symlink => toolbox_abi::S_IFLNK,
        FileType::CharacterDevice => toolbox_abi::S_IFCHR,
        FileType::BlockDevice => toolbox_abi::S_IFBLK,
        FileType::Fifo => toolbox_abi::S_IFIFO,
        FileType::Socket => toolbox_abi::S_IFSOCK,
    };
    let (atime_sec, atime_nsec) = timespec(metadata.accessed);
    let (mtime_sec, mtime_nsec) = timespec(metadata.modified);
    let (ctime_sec, ctime_nsec) = timespec(metadata.changed);
    let (btime_sec, btime_nsec) = metadata.created.map_or((TIME_UNKNOWN, 0), timespec);
    FileStat {
        dev: metadata.device,
        ino: metadata.inode,
        rdev: 0,
        size: metadata.size,
        blocks: metadata.blocks,
        mode: file_type | metadata.permissions,
        nlink: u32::try_from(metadata.links).unwrap_or(u32::MAX),
        uid: AGENT_ID,
        gid: AGENT_ID,
        blksize: 4096,
        reserved: 0,
        atime_sec,
        mtime_sec,
        ctime_sec,
        btime_sec,
        atime_nsec,
        mtime_nsec,
        ctime_nsec,
        btime_nsec,
    }
}

/// Seconds since 1970 and nanoseconds from there on.
fn timespec(time: SystemTime) -> (i64, u32) {
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => (
            i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
            since.subsec_nanos(),
        ),
        Err(before) => {
            let before = before.duration();
            let seconds = i64::try_from(before.as_secs()).unwrap_or(i64::MAX);
            match before.subsec_nanos() {
                0 => (-seconds, 0),
                nanoseconds => (-seconds - 1, 1_000_000_000 - nanoseconds),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_before_1970_counts_its_nanoseconds_upward() {
        let time = SystemTime::UNIX_EPOCH - Duration::from_millis(1500);
        assert_eq!(timespec(time), (-2, 500_000_000));
    }

    #[test]
    fn setting_a_time_and_the_present_at_once_is_invalid() {
        assert_eq!(set_times(3, 0, 0), Err(Errno::Invalid));
        assert_eq!(set_times(2, 0, 0), Ok((SetTime::Now, SetTime::Keep)));
        let one_second = SystemTime::UNIX_EPOCH + Duration::from_secs(1);
        assert_eq!(
            set_times(4, 0, 1_000_000_000),
            Ok((SetTime::Keep, SetTime::To(one_second)))
        );
    }
}
