//! Reading no more than is asked for, and waiting for something to read.

use std::io;
use std::os::fd::RawFd;
use std::time::{Duration, Instant};

use super::super::Wait;
use super::{result, signal};

/// How long the system waits at a time when a signal may end the wait.
const SLICE: Duration = Duration::from_millis(5);

/// A file is read in one piece and set back; of what cannot be set back each byte is read by itself.
pub fn read_until(fd: RawFd, buffer: &mut [u8], delimiter: u8) -> io::Result<usize> {
    // SAFETY: lseek(2) takes any numbers.
    let at = unsafe { libc::lseek(fd, 0, libc::SEEK_CUR) };
    if at != -1 {
        let count = read(fd, buffer)?;
        let Some(end) = buffer[..count].iter().position(|&byte| byte == delimiter) else {
            return Ok(count);
        };
        let used = end + 1;
        let back = i64::try_from(used).unwrap_or(i64::MAX);
        // SAFETY: as above.
        unsafe { libc::lseek(fd, at + back, libc::SEEK_SET) };
        return Ok(used);
    }
    let mut count = 0;
    while count < buffer.len() {
        if count == 0 {
            ready(fd, Wait::Forever)?;
        } else if !poll(fd, Duration::ZERO)? {
            break;
        }
        if read(fd, &mut buffer[count..=count])? == 0 {
            break;
        }
        count += 1;
        if buffer[count - 1] == delimiter {
            break;
        }
    }
    Ok(count)
}

fn read(fd: RawFd, buffer: &mut [u8]) -> io::Result<usize> {
    // SAFETY: `buffer` is valid for writing its length.
    let count = unsafe { libc::read(fd, buffer.as_mut_ptr().cast(), buffer.len()) };
    usize::try_from(count).map_err(|_| io::Error::last_os_error())
}

pub fn ready(fd: RawFd, wait: Wait) -> io::Result<bool> {
    let time = match wait {
        Wait::Forever => signal::LONG,
        Wait::AtMost(time) => time.min(signal::LONG),
    };
    let end = Instant::now() + time;
    loop {
        let rest = end.saturating_duration_since(Instant::now());
        let time = match signal::any_caught() {
            true => rest.min(SLICE),
            false => rest,
        };
        match poll(fd, time) {
            Ok(true) => return Ok(true),
            Ok(false) if rest.is_zero() => return Ok(false),
            Ok(false) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if signal::interrupts() {
            return Err(io::ErrorKind::Interrupted.into());
        }
    }
}

/// Whether a read would not wait, after this time at the most.
fn poll(fd: RawFd, time: Duration) -> io::Result<bool> {
    let mut polled = libc::pollfd {
        fd,
        events: libc::POLLIN,
        revents: 0,
    };
    let time = i32::try_from(time.as_nanos().div_ceil(1_000_000)).unwrap_or(i32::MAX);
    // SAFETY: `polled` is one entry, valid for reading and writing.
    let count = result(unsafe { libc::poll(&raw mut polled, 1, time) })?;
    if polled.revents & libc::POLLNVAL != 0 {
        return Err(io::Error::from_raw_os_error(libc::EBADF));
    }
    Ok(count > 0)
}
