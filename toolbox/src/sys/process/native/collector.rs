//! A pipe without a bound: two pipes, and a thread between them that holds what was not read yet.

use std::collections::VecDeque;
use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::os::fd::{AsRawFd, OwnedFd};

use super::{result, signal};

const CHUNK: usize = 64 << 10;

pub fn collector() -> io::Result<(OwnedFd, OwnedFd)> {
    let (input, writer) = io::pipe()?;
    let (reader, output) = io::pipe()?;
    for fd in [input.as_raw_fd(), output.as_raw_fd()] {
        // SAFETY: fcntl(2) takes any numbers.
        result(unsafe { libc::fcntl(fd, libc::F_SETFL, libc::O_NONBLOCK) })?;
    }
    let carry = move || {
        signal::block_all();
        // Whatever fails, closing both ends tells those who use them.
        let _ = carry(input, output);
    };
    std::thread::Builder::new().spawn(carry)?;
    Ok((reader.into(), writer.into()))
}

/// Takes all that comes, and gives what fits, until the last writer or the reader is gone.
fn carry(input: PipeReader, mut output: PipeWriter) -> io::Result<()> {
    let mut held = VecDeque::new();
    let mut input = Some(input);
    let mut chunk = vec![0; CHUNK];
    while input.is_some() || !held.is_empty() {
        let mut polled = [-1; 2].map(|fd| libc::pollfd {
            fd,
            events: 0,
            revents: 0,
        });
        if let Some(input) = &input {
            polled[0].fd = input.as_raw_fd();
            polled[0].events = libc::POLLIN;
        }
        polled[1].fd = output.as_raw_fd();
        polled[1].events = if held.is_empty() { 0 } else { libc::POLLOUT };
        // SAFETY: `polled` has two entries, valid for reading and writing.
        result(unsafe { libc::poll(polled.as_mut_ptr(), 2, -1) })?;
        if polled[1].revents & libc::POLLERR != 0 {
            return Ok(());
        }
        if polled[1].revents != 0 {
            let written = output.write(held.as_slices().0)?;
            held.drain(..written);
        }
        if polled[0].revents != 0
            && let Some(open) = &mut input
        {
            match open.read(&mut chunk)? {
                0 => input = None,
                count => held.extend(&chunk[..count]),
            }
        }
    }
    Ok(())
}
