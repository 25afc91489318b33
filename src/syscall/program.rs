//! The program itself: `args_*`, `environ_*`, `proc_*`, `sched_yield`,
//! `random_get`.

use wasmtime::{Caller, Linker};

use crate::vfs::Errno;

use super::memory::GuestMemory;
use super::{Guest, SUCCESS, WASI, answer};

/// The guest called `proc_exit`. It travels as an error, so that it unwinds
/// the guest's stack.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the process exited with status {0}")]
pub struct Exited(pub u32);

pub fn add_to_linker(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker
        .func_wrap(
            WASI,
            "args_sizes_get",
            |mut caller: Caller<'_, Guest>, count: u32, size: u32| {
                answer(&mut caller, |process, memory| {
                    write_sizes(memory, &process.argv, count, size)
                })
            },
        )?
        .func_wrap(
            WASI,
            "args_get",
            |mut caller: Caller<'_, Guest>, pointers: u32, bytes: u32| {
                answer(&mut caller, |process, memory| {
                    write_strings(memory, &process.argv, pointers, bytes)
                })
            },
        )?
        .func_wrap(
            WASI,
            "environ_sizes_get",
            |mut caller: Caller<'_, Guest>, count: u32, size: u32| {
                answer(&mut caller, |process, memory| {
                    write_sizes(memory, &process.env, count, size)
                })
            },
        )?
        .func_wrap(
            WASI,
            "environ_get",
            |mut caller: Caller<'_, Guest>, pointers: u32, bytes: u32| {
                answer(&mut caller, |process, memory| {
                    write_strings(memory, &process.env, pointers, bytes)
                })
            },
        )?
        .func_wrap(WASI, "proc_exit", |status: u32| -> wasmtime::Result<()> {
            Err(wasmtime::Error::new(Exited(status)))
        })?
        .func_wrap(WASI, "proc_raise", |_signal: u32| {
            Errno::NotSupported as u32
        })?
        .func_wrap(WASI, "sched_yield", || SUCCESS)?
        .func_wrap(
            WASI,
            "random_get",
            |mut caller: Caller<'_, Guest>, buffer: u32, len: u32| {
                answer(&mut caller, |process, memory| {
                    process.random(memory.slice_mut(buffer, len)?)
                })
            },
        )?;
    Ok(())
}

fn write_sizes(
    memory: &mut GuestMemory,
    strings: &[Vec<u8>],
    count: u32,
    size: u32,
) -> Result<(), Errno> {
    let bytes: usize = strings.iter().map(|string| string.len() + 1).sum();
    memory.write_u32(
        count,
        u32::try_from(strings.len()).map_err(|_| Errno::TooBig)?,
    )?;
    memory.write_u32(size, u32::try_from(bytes).map_err(|_| Errno::TooBig)?)
}

fn write_strings(
    memory: &mut GuestMemory,
    strings: &[Vec<u8>],
    mut pointers: u32,
    mut bytes: u32,
) -> Result<(), Errno> {
    for string in strings {
        memory.write_u32(pointers, bytes)?;
        memory.write(bytes, string)?;
        let end = bytes.checked_add(string.len() as u32).ok_or(Errno::Fault)?;
        memory.write(end, &[0])?;
        bytes = end.checked_add(1).ok_or(Errno::Fault)?;
        pointers = pointers.checked_add(4).ok_or(Errno::Fault)?;
    }
    Ok(())
}
