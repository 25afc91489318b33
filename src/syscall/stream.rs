//! Our own calls on descriptors: pipes, copies, and reads that WASI does not have.

use toolbox_abi::MODULE;
use wasmtime::{Caller, Linker};

use crate::kernel::{Process, Ready};
use crate::vfs::Errno;

use super::memory::{GuestMemory, MAX_TRANSFER};
use super::{Guest, SUCCESS, answer, answer_when_ready, deadline};

pub fn add_to_linker(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    add_pipes(linker)?;
    add_copies(linker)?;
    add_reads(linker)
}

fn add_pipes(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker
        .func_wrap(
            MODULE,
            "fd_pipe",
            |mut caller: Caller<'_, Guest>, out: u32| {
                answer(&mut caller, |process, memory| {
                    ends(process, memory, out, Process::pipe)
                })
            },
        )?
        .func_wrap(
            MODULE,
            "fd_collector",
            |mut caller: Caller<'_, Guest>, out: u32| {
                answer(&mut caller, |process, memory| {
                    ends(process, memory, out, Process::collector)
                })
            },
        )?;
    Ok(())
}

fn ends(
    process: &mut Process,
    memory: &mut GuestMemory,
    out: u32,
    make: impl FnOnce(&mut Process) -> Result<[u32; 2], Errno>,
) -> Result<(), Errno> {
    memory.slice(out, 8)?;
    let [reader, writer] = make(process)?;
    memory.write_u32(out, reader)?;
    memory.write_u32(out + 4, writer)
}

fn add_copies(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker
        .func_wrap(
            MODULE,
            "fd_dup",
            |mut caller: Caller<'_, Guest>, fd: u32, least: u32, out: u32| {
                answer(&mut caller, |process, memory| {
                    memory.slice(out, 4)?;
                    memory.write_u32(out, process.dup(fd, least)?)
                })
            },
        )?
        .func_wrap(
            MODULE,
            "fd_dup2",
            |mut caller: Caller<'_, Guest>, from: u32, to: u32| {
                answer(&mut caller, |process, _| process.dup2(from, to))
            },
        )?;
    Ok(())
}

fn add_reads(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker
        .func_wrap_async(
            MODULE,
            "fd_read_until",
            |mut caller: Caller<'_, Guest>,
             (fd, buffer, len, delimiter, out): (u32, u32, u32, u32, u32)| {
                Box::new(async move {
                    answer_when_ready(&mut caller, fd, Ready::Read, |process, memory| {
                        let delimiter = u8::try_from(delimiter).map_err(|_| Errno::Invalid)?;
                        memory.slice(buffer, len)?;
                        memory.slice(out, 4)?;
                        let buffer = memory.slice_mut(buffer, len.min(MAX_TRANSFER))?;
                        let count = process.read_until(fd, buffer, delimiter)?;
                        memory.write_u32(out, count as u32)
                    })
                    .await
                })
            },
        )?
        .func_wrap_async(
            MODULE,
            "fd_wait",
            |mut caller: Caller<'_, Guest>, (fd, timeout, out): (u32, u64, u32)| {
                Box::new(async move {
                    let errno = answer(&mut caller, |_, memory| memory.slice(out, 4).map(|_| ()))?;
                    if errno != SUCCESS {
                        return Ok(errno);
                    }
                    let process = &caller.data().process;
                    let wanted = [(fd, Ready::Read)];
                    let waited = process.any_ready(&wanted, deadline(timeout)).await;
                    answer(&mut caller, |process, memory| {
                        waited?;
                        let is_ready = process.readiness(fd, Ready::Read)?.is_some();
                        memory.write_u32(out, is_ready.into())
                    })
                })
            },
        )?;
    Ok(())
}
