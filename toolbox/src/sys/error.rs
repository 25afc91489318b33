//! The text of an operating system error as glibc words it, which is what scripts match.

use std::io;

/// What `strerror` says, without std's ` (os error N)`.
pub fn error_text(error: &io::Error) -> String {
    if let Some(text) = error.raw_os_error().and_then(glibc_text) {
        return text.to_owned();
    }
    let mut text = error.to_string();
    if let Some(at) = text.find(" (os error ") {
        text.truncate(at);
    }
    text
}

/// The texts in which wasi-libc differs from glibc. Its other texts are the same.
#[cfg(target_os = "wasi")]
fn glibc_text(errno: i32) -> Option<&'static str> {
    Some(match errno {
        libc::EBUSY => "Device or resource busy",
        libc::EDQUOT => "Disk quota exceeded",
        libc::EIO => "Input/output error",
        libc::ELOOP => "Too many levels of symbolic links",
        libc::EMFILE => "Too many open files",
        libc::ENAMETOOLONG => "File name too long",
        libc::ENFILE => "Too many open files in system",
        libc::ENOMEM => "Cannot allocate memory",
        libc::ENOTCAPABLE => "Permission denied",
        libc::ENOTSUP => "Operation not supported",
        libc::ENOTTY => "Inappropriate ioctl for device",
        libc::EOVERFLOW => "Value too large for defined data type",
        libc::ESPIPE => "Illegal seek",
        libc::EXDEV => "Invalid cross-device link",
        _ => return None,
    })
}

#[cfg(unix)]
fn glibc_text(_errno: i32) -> Option<&'static str> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_the_system_has_its_plain_text() {
        let error = io::Error::from_raw_os_error(libc::ENOENT);
        assert_eq!(error_text(&error), "No such file or directory");
    }

    #[test]
    fn an_error_of_our_own_keeps_its_words() {
        assert_eq!(error_text(&io::Error::other("too deep")), "too deep");
    }
}
