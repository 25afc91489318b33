//! File types and permission bits, and their ten letters.

use toolbox_abi::{S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG, S_IFSOCK};

/// What a file is, by the type bits of its mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    Regular,
    Directory,
    Symlink,
    Fifo,
    Socket,
    CharDevice,
    BlockDevice,
    Unknown,
}

impl FileKind {
    pub fn of_mode(mode: u32) -> Self {
        match mode & S_IFMT {
            S_IFREG => FileKind::Regular,
            S_IFDIR => FileKind::Directory,
            S_IFLNK => FileKind::Symlink,
            S_IFIFO => FileKind::Fifo,
            S_IFSOCK => FileKind::Socket,
            S_IFCHR => FileKind::CharDevice,
            S_IFBLK => FileKind::BlockDevice,
            _ => FileKind::Unknown,
        }
    }

    pub fn of_type(kind: std::fs::FileType) -> Self {
        if kind.is_dir() {
            FileKind::Directory
        } else if kind.is_symlink() {
            FileKind::Symlink
        } else if kind.is_file() {
            FileKind::Regular
        } else {
            Self::of_special(kind)
        }
    }

    #[cfg(unix)]
    fn of_special(kind: std::fs::FileType) -> Self {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            FileKind::Fifo
        } else if kind.is_socket() {
            FileKind::Socket
        } else if kind.is_char_device() {
            FileKind::CharDevice
        } else if kind.is_block_device() {
            FileKind::BlockDevice
        } else {
            FileKind::Unknown
        }
    }

    /// std tells no more kinds apart on WASI; a caller that must know asks `stat`.
    #[cfg(target_os = "wasi")]
    fn of_special(_kind: std::fs::FileType) -> Self {
        FileKind::Unknown
    }

    /// The letter that `ls -l` starts a line with.
    pub fn letter(self) -> u8 {
        match self {
            FileKind::Regular => b'-',
            FileKind::Directory => b'd',
            FileKind::Symlink => b'l',
            FileKind::Fifo => b'p',
            FileKind::Socket => b's',
            FileKind::CharDevice => b'c',
            FileKind::BlockDevice => b'b',
            FileKind::Unknown => b'?',
        }
    }
}

/// The mode as `drwxr-xr-x`.
pub fn mode_text(mode: u32) -> [u8; 10] {
    let mut text = [b'-'; 10];
    text[0] = FileKind::of_mode(mode).letter();
    for (at, letter) in b"rwxrwxrwx".iter().enumerate() {
        if mode & (0o400 >> at) != 0 {
            text[at + 1] = *letter;
        }
    }
    for (bit, at, letter) in [(0o4000, 3, b's'), (0o2000, 6, b's'), (0o1000, 9, b't')] {
        if mode & bit != 0 {
            text[at] = if text[at] == b'x' {
                letter
            } else {
                letter.to_ascii_uppercase()
            };
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_has_ten_letters() {
        assert_eq!(&mode_text(0o040755), b"drwxr-xr-x");
        assert_eq!(&mode_text(0o100644), b"-rw-r--r--");
        assert_eq!(&mode_text(0o120777), b"lrwxrwxrwx");
        assert_eq!(&mode_text(0o010000), b"p---------");
    }

    #[test]
    fn set_id_and_sticky_bits_stand_in_the_place_of_x() {
        assert_eq!(&mode_text(0o104755), b"-rwsr-xr-x");
        assert_eq!(&mode_text(0o106644), b"-rwSr-Sr--");
        assert_eq!(&mode_text(0o041777), b"drwxrwxrwt");
        assert_eq!(&mode_text(0o041666), b"drw-rw-rwT");
    }
}
