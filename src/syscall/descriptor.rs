//! `fd_*` and `sock_*` of WASI preview 1.

use wasmtime::{Caller, Linker};

use crate::kernel::{Process, Ready, Whence};
use crate::vfs::{DirEntry, Errno};

use super::stat::{set_times, wasi_file_type, wasi_filestat};
use super::{Guest, WASI, answer, answer_when_ready};

/// The number that paths of the guest are relative to: the root directory.
const PREOPEN: u32 = 3;
const PREOPEN_NAME: &[u8] = b"/";
const PREOPEN_DIRECTORY: u32 = 0;

const FD_APPEND: u16 = 1;
const FD_NONBLOCK: u16 = 4;
/// Rights mean nothing here; guests expect to see all of them. That these have
/// `fd_seek` and `fd_tell` tells a guest's `isatty` that nothing is a terminal.
const ALL_RIGHTS: u64 = (1 << 30) - 1;

/// Several buffers up to this size are written as one, so that they stay
/// together in a pipe (PIPE_BUF).
const GATHERED: usize = 4096;

const DIRENT_SIZE: usize = 24;

pub fn add_to_linker(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    add_transfers(linker)?;
    add_positions(linker)?;
    add_attributes(linker)?;
    add_directories(linker)?;
    add_sockets(linker)
}

fn add_transfers(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker
        .func_wrap_async(
            WASI,
            "fd_read",
            |mut caller: Caller<'_, Guest>, (fd, buffers, count, out): (u32, u32, u32, u32)| {
                Box::new(async move {
                    answer_when_ready(&mut caller, fd, Ready::Read, |process, memory| {
                        let moved = memory.transfer(buffers, count, |memory, buffer, _| {
                            process.read(fd, memory.slice_mut(buffer.at, buffer.len)?)
                        })?;
                        memory.write_u32(out, moved)
                    })
                    .await
                })
            },
        )?
        .func_wrap(
            WASI,
            "fd_pread",
            |mut caller: Caller<'_, Guest>,
             fd: u32,
             buffers: u32,
             count: u32,
             at: u64,
             out: u32| {
                answer(&mut caller, |process, memory| {
                    let moved = memory.transfer(buffers, count, |memory, buffer, moved| {
                        let at = at.checked_add(moved).ok_or(Errno::Invalid)?;
                        process.read_at(fd, memory.slice_mut(buffer.at, buffer.len)?, at)
                    })?;
                    memory.write_u32(out, moved)
                })
            },
        )?
        .func_wrap_async(
            WASI,
            "fd_write",
            |mut caller: Caller<'_, Guest>, (fd, buffers, count, out): (u32, u32, u32, u32)| {
                Box::new(async move {
                    // What a pipe without room waits for.
                    let ready = Ready::Write(GATHERED);
                    answer_when_ready(&mut caller, fd, ready, |process, memory| {
                        let moved = match memory.gather(buffers, count, GATHERED)? {
                            Some(bytes) => process.write(fd, &bytes)? as u32,
                            None => memory.transfer(buffers, count, |memory, buffer, _| {
                                process.write(fd, memory.slice(buffer.at, buffer.len)?)
                            })?,
                        };
                        memory.write_u32(out, moved)
                    })
                    .await
                })
            },
        )?
        .func_wrap(
            WASI,
            "fd_pwrite",
            |mut caller: Caller<'_, Guest>,
             fd: u32,
             buffers: u32,
             count: u32,
             at: u64,
             out: u32| {
                answer(&mut caller, |process, memory| {
                    let moved = memory.transfer(buffers, count, |memory, buffer, moved| {
                        let at = at.checked_add(moved).ok_or(Errno::Invalid)?;
                        process.write_at(fd, memory.slice(buffer.at, buffer.len)?, at)
                    })?;
                    memory.write_u32(out, moved)
                })
            },
        )?;
    Ok(())
}

fn add_positions(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker
        .func_wrap(
            WASI,
            "fd_seek",
            |mut caller: Caller<'_, Guest>, fd: u32, delta: i64, whence: u32, out: u32| {
                answer(&mut caller, |process, memory| {
                    let whence = match whence {
                        0 => Whence::Start,
                        1 => Whence::Current,
                        2 => Whence::End,
                        _ => return Err(Errno::Invalid),
                    };
                    let offset = process.seek(fd, delta, whence)?;
                    memory.write_u64(out, offset)
                })
            },
        )?
        .func_wrap(
            WASI,
            "fd_tell",
            |mut caller: Caller<'_, Guest>, fd: u32, out: u32| {
                answer(&mut caller, |process, memory| {
                    let offset = process.seek(fd, 0, Whence::Current)?;
                    memory.write_u64(out, offset)
                })
            },
        )?
        .func_wrap(
            WASI,
            "fd_close",
            |mut caller: Caller<'_, Guest>, fd: u32| {
                answer(&mut caller, |process, _| process.close(fd))
            },
        )?
        .func_wrap(
            WASI,
            "fd_renumber",
            |mut caller: Caller<'_, Guest>, from: u32, to: u32| {
                answer(&mut caller, |process, _| process.renumber(from, to))
            },
        )?;
    Ok(())
}

fn add_attributes(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    for name in ["fd_sync", "fd_datasync"] {
        linker.func_wrap(WASI, name, |mut caller: Caller<'_, Guest>, fd: u32| {
            answer(&mut caller, |process, _| process.sync(fd))
        })?;
    }
    linker
        .func_wrap(
            WASI,
            "fd_fdstat_get",
            |mut caller: Caller<'_, Guest>, fd: u32, out: u32| {
                answer(&mut caller, |process, memory| {
                    memory.write(out, &fdstat(process, fd)?)
                })
            },
        )?
        .func_wrap(
            WASI,
            "fd_fdstat_set_flags",
            |mut caller: Caller<'_, Guest>, fd: u32, flags: u32| {
                answer(&mut caller, |process, _| {
                    let is_set = |flag: u16| flags & u32::from(flag) != 0;
                    process.set_flags(fd, is_set(FD_APPEND), is_set(FD_NONBLOCK))
                })
            },
        )?
        .func_wrap(
            WASI,
            "fd_fdstat_set_rights",
            |mut caller: Caller<'_, Guest>, fd: u32, _base: u64, _inheriting: u64| {
                answer(&mut caller, |process, _| process.check_fd(fd))
            },
        )?
        .func_wrap(
            WASI,
            "fd_filestat_get",
            |mut caller: Caller<'_, Guest>, fd: u32, out: u32| {
                answer(&mut caller, |process, memory| {
                    memory.write(out, &wasi_filestat(&process.metadata_of_fd(fd)?))
                })
            },
        )?
        .func_wrap(
            WASI,
            "fd_filestat_set_size",
            |mut caller: Caller<'_, Guest>, fd: u32, size: u64| {
                answer(&mut caller, |process, _| process.set_len(fd, size))
            },
        )?
        .func_wrap(
            WASI,
            "fd_filestat_set_times",
            |mut caller: Caller<'_, Guest>, fd: u32, accessed: u64, modified: u64, which: u32| {
                answer(&mut caller, |process, _| {
                    let (accessed, modified) = set_times(which, accessed, modified)?;
                    process.set_times_of_fd(fd, accessed, modified)
                })
            },
        )?
        .func_wrap(
            WASI,
            "fd_allocate",
            |mut caller: Caller<'_, Guest>, fd: u32, offset: u64, len: u64| {
                answer(&mut caller, |process, _| {
                    let size = offset.checked_add(len).ok_or(Errno::FileTooBig)?;
                    process.allocate(fd, size)
                })
            },
        )?
        .func_wrap(
            WASI,
            "fd_advise",
            |mut caller: Caller<'_, Guest>, fd: u32, _offset: u64, _len: u64, advice: u32| {
                answer(&mut caller, |process, _| {
                    process.check_fd(fd)?;
                    if advice > 5 {
                        return Err(Errno::Invalid);
                    }
                    Ok(())
                })
            },
        )?;
    Ok(())
}

fn add_directories(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker
        .func_wrap(
            WASI,
            "fd_prestat_get",
            |mut caller: Caller<'_, Guest>, fd: u32, out: u32| {
                answer(&mut caller, |_, memory| {
                    preopen(fd)?;
                    memory.write_u32(out, PREOPEN_DIRECTORY)?;
                    let name_len = out.checked_add(4).ok_or(Errno::Fault)?;
                    memory.write_u32(name_len, PREOPEN_NAME.len() as u32)
                })
            },
        )?
        .func_wrap(
            WASI,
            "fd_prestat_dir_name",
            |mut caller: Caller<'_, Guest>, fd: u32, name: u32, len: u32| {
                answer(&mut caller, |_, memory| {
                    preopen(fd)?;
                    if (len as usize) < PREOPEN_NAME.len() {
                        return Err(Errno::NameTooLong);
                    }
                    memory.write(name, PREOPEN_NAME)
                })
            },
        )?
        .func_wrap(
            WASI,
            "fd_readdir",
            |mut caller: Caller<'_, Guest>,
             fd: u32,
             buffer: u32,
             len: u32,
             cookie: u64,
             out: u32| {
                answer(&mut caller, |process, memory| {
                    let entries = process.read_dir(fd, cookie == 0)?;
                    let filled = write_entries(memory.slice_mut(buffer, len)?, &entries, cookie);
                    memory.write_u32(out, filled)
                })
            },
        )?;
    Ok(())
}

fn add_sockets(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    let refused = Errno::NotSupported as u32;
    linker
        .func_wrap(
            WASI,
            "sock_accept",
            move |_fd: u32, _flags: u32, _out: u32| refused,
        )?
        .func_wrap(
            WASI,
            "sock_recv",
            move |_fd: u32, _buffers: u32, _count: u32, _flags: u32, _size: u32, _out: u32| refused,
        )?
        .func_wrap(
            WASI,
            "sock_send",
            move |_fd: u32, _buffers: u32, _count: u32, _flags: u32, _out: u32| refused,
        )?
        .func_wrap(WASI, "sock_shutdown", move |_fd: u32, _how: u32| refused)?;
    Ok(())
}

fn preopen(fd: u32) -> Result<(), Errno> {
    if fd == PREOPEN {
        Ok(())
    } else {
        Err(Errno::BadFd)
    }
}

/// `fdstat` of WASI preview 1.
fn fdstat(process: &Process, fd: u32) -> Result<[u8; 24], Errno> {
    let mut bytes = [0; 24];
    let file_type = process.file_type(fd)?;
    let mut flags = 0;
    if process.appends(fd)? {
        flags |= FD_APPEND;
    }
    if process.is_nonblocking(fd)? {
        flags |= FD_NONBLOCK;
    }
    bytes[0] = wasi_file_type(file_type);
    bytes[2..4].copy_from_slice(&flags.to_le_bytes());
    bytes[8..16].copy_from_slice(&ALL_RIGHTS.to_le_bytes());
    bytes[16..24].copy_from_slice(&ALL_RIGHTS.to_le_bytes());
    Ok(bytes)
}

/// Fills a buffer with `dirent`s from `cookie` on; the last may be cut, which
/// tells the guest that there are more.
fn write_entries(buffer: &mut [u8], entries: &[DirEntry], cookie: u64) -> u32 {
    let mut filled = 0;
    let start = usize::try_from(cookie).unwrap_or(usize::MAX);
    for (index, entry) in entries.iter().enumerate().skip(start) {
        let mut head = [0; DIRENT_SIZE];
        head[..8].copy_from_slice(&(index as u64 + 1).to_le_bytes());
        head[8..16].copy_from_slice(&entry.inode.to_le_bytes());
        head[16..20].copy_from_slice(&(entry.name.len() as u32).to_le_bytes());
        head[20] = wasi_file_type(entry.file_type);
        for part in [&head[..], &entry.name] {
            let room = &mut buffer[filled..];
            let count = part.len().min(room.len());
            room[..count].copy_from_slice(&part[..count]);
            filled += count;
        }
        if filled == buffer.len() {
            break;
        }
    }
    filled as u32
}
