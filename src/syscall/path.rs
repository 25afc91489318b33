//! `path_*` of WASI preview 1.

use wasmtime::{Caller, Linker};

use crate::vfs::{Errno, Follow, OpenOptions};

use super::stat::{set_times, wasi_filestat};
use super::{Guest, WASI, answer};

const LOOKUP_FOLLOW: u32 = 1;

const O_CREAT: u32 = 1;
const O_DIRECTORY: u32 = 2;
const O_EXCL: u32 = 4;
const O_TRUNC: u32 = 8;

const FD_APPEND: u32 = 1;

const RIGHT_FD_READ: u64 = 1 << 1;
const RIGHT_FD_WRITE: u64 = 1 << 6;
const RIGHT_FD_READDIR: u64 = 1 << 14;

/// What a file is created with, before the umask.
const CREATE_PERMISSIONS: u32 = 0o666;

fn follow(flags: u32) -> Follow {
    if flags & LOOKUP_FOLLOW == 0 {
        Follow::No
    } else {
        Follow::Yes
    }
}

fn open_options(lookup: u32, open: u32, rights: u64, fd_flags: u32) -> OpenOptions {
    let append = fd_flags & FD_APPEND != 0;
    let truncate = open & O_TRUNC != 0;
    let write = rights & RIGHT_FD_WRITE != 0;
    OpenOptions {
        read: rights & (RIGHT_FD_READ | RIGHT_FD_READDIR) != 0 || !write,
        write,
        append: append && write,
        create: open & O_CREAT != 0,
        exclusive: open & O_EXCL != 0,
        truncate,
        directory: open & O_DIRECTORY != 0,
        follow: follow(lookup),
        permissions: CREATE_PERMISSIONS,
    }
}

pub fn add_to_linker(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker
        .func_wrap(
            WASI,
            "path_open",
            |mut caller: Caller<'_, Guest>,
             dir: u32,
             lookup: u32,
             path: u32,
             len: u32,
             open: u32,
             rights: u64,
             _inheriting: u64,
             fd_flags: u32,
             out: u32| {
                answer(&mut caller, |process, memory| {
                    let options = open_options(lookup, open, rights, fd_flags);
                    memory.slice(out, 4)?;
                    let fd = process.open(dir, memory.slice(path, len)?, &options)?;
                    memory.write_u32(out, fd)
                })
            },
        )?
        .func_wrap(
            WASI,
            "path_filestat_get",
            |mut caller: Caller<'_, Guest>, dir: u32, flags: u32, path: u32, len: u32, out: u32| {
                answer(&mut caller, |process, memory| {
                    let metadata =
                        process.metadata(dir, memory.slice(path, len)?, follow(flags))?;
                    memory.write(out, &wasi_filestat(&metadata))
                })
            },
        )?
        .func_wrap(
            WASI,
            "path_filestat_set_times",
            |mut caller: Caller<'_, Guest>,
             dir: u32,
             flags: u32,
             path: u32,
             len: u32,
             accessed: u64,
             modified: u64,
             which: u32| {
                answer(&mut caller, |process, memory| {
                    let (accessed, modified) = set_times(which, accessed, modified)?;
                    let path = memory.slice(path, len)?;
                    process.set_times(dir, path, follow(flags), accessed, modified)
                })
            },
        )?
        .func_wrap(
            WASI,
            "path_create_directory",
            |mut caller: Caller<'_, Guest>, dir: u32, path: u32, len: u32| {
                answer(&mut caller, |process, memory| {
                    process.create_dir(dir, memory.slice(path, len)?)
                })
            },
        )?
        .func_wrap(
            WASI,
            "path_remove_directory",
            |mut caller: Caller<'_, Guest>, dir: u32, path: u32, len: u32| {
                answer(&mut caller, |process, memory| {
                    process.remove_dir(dir, memory.slice(path, len)?)
                })
            },
        )?
        .func_wrap(
            WASI,
            "path_unlink_file",
            |mut caller: Caller<'_, Guest>, dir: u32, path: u32, len: u32| {
                answer(&mut caller, |process, memory| {
                    process.unlink(dir, memory.slice(path, len)?)
                })
            },
        )?
        .func_wrap(
            WASI,
            "path_rename",
            |mut caller: Caller<'_, Guest>,
             dir: u32,
             path: u32,
             len: u32,
             to_dir: u32,
             to: u32,
             to_len: u32| {
                answer(&mut caller, |process, memory| {
                    let to = memory.slice(to, to_len)?;
                    process.rename(dir, memory.slice(path, len)?, to_dir, to)
                })
            },
        )?
        .func_wrap(
            WASI,
            "path_link",
            |mut caller: Caller<'_, Guest>,
             dir: u32,
             flags: u32,
             path: u32,
             len: u32,
             to_dir: u32,
             to: u32,
             to_len: u32| {
                answer(&mut caller, |process, memory| {
                    if follow(flags) == Follow::Yes {
                        return Err(Errno::Invalid);
                    }
                    let to = memory.slice(to, to_len)?;
                    process.hard_link(dir, memory.slice(path, len)?, to_dir, to)
                })
            },
        )?
        .func_wrap(
            WASI,
            "path_symlink",
            |mut caller: Caller<'_, Guest>,
             target: u32,
             target_len: u32,
             dir: u32,
             path: u32,
             len: u32| {
                answer(&mut caller, |process, memory| {
                    let target = memory.slice(target, target_len)?;
                    process.symlink(target, dir, memory.slice(path, len)?)
                })
            },
        )?
        .func_wrap(
            WASI,
            "path_readlink",
            |mut caller: Caller<'_, Guest>,
             dir: u32,
             path: u32,
             len: u32,
             buffer: u32,
             size: u32,
             out: u32| {
                answer(&mut caller, |process, memory| {
                    let target = process.read_link(dir, memory.slice(path, len)?)?;
                    // Cut at the buffer's size without a word (POSIX readlink).
                    let count = target.len().min(size as usize);
                    memory.write(buffer, &target[..count])?;
                    memory.write_u32(out, count as u32)
                })
            },
        )?;
    Ok(())
}
