//! Our own imports on processes and descriptors: `proc_*`, `fd_pipe`, `fd_dup`, `fd_dup2`.

use toolbox_abi::{INHERIT_UMASK, MAX_MESSAGE, MODULE, SpawnMessage};
use wasmtime::{Caller, Linker};

use crate::kernel::{Pid, Signal, Target, Which};
use crate::vfs::Errno;

use super::memory::GuestMemory;
use super::{Guest, SUCCESS, answer, deadline, fuel};

pub fn add_to_linker(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    add_starts(linker)?;
    add_waits(linker)?;
    add_identity(linker)
}

fn add_starts(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker
        .func_wrap_async(
            MODULE,
            "proc_run",
            |mut caller: Caller<'_, Guest>, (message, len, out): (u32, u32, u32)| {
                Box::new(async move {
                    let mut bytes = Vec::new();
                    let errno = answer(&mut caller, |_, memory| {
                        memory.slice(out, 4)?;
                        bytes = message_at(memory, message, len)?;
                        Ok(())
                    })?;
                    if errno != SUCCESS {
                        return Ok(errno);
                    }
                    let Ok(decoded) = SpawnMessage::decode(&bytes) else {
                        return Ok(Errno::Invalid as u32);
                    };
                    fuel::settle(&mut caller)?;
                    let ended = caller.data().process.run(&decoded).await;
                    fuel::refill(&mut caller)?;
                    answer(&mut caller, |_, memory| memory.write_u32(out, ended?.0))
                })
            },
        )?
        .func_wrap(
            MODULE,
            "proc_spawn",
            |mut caller: Caller<'_, Guest>, message: u32, len: u32, out: u32| {
                fuel::settle(&mut caller)?;
                answer(&mut caller, |process, memory| {
                    memory.slice(out, 4)?;
                    let bytes = message_at(memory, message, len)?;
                    let decoded = SpawnMessage::decode(&bytes).map_err(|_| Errno::Invalid)?;
                    memory.write_u32(out, process.spawn(&decoded)?)
                })
            },
        )?;
    Ok(())
}

/// A copy of a message: what the kernel reads cannot change under it.
fn message_at(memory: &GuestMemory, at: u32, len: u32) -> Result<Vec<u8>, Errno> {
    if len as usize > MAX_MESSAGE {
        return Err(Errno::TooBig);
    }
    Ok(memory.slice(at, len)?.to_vec())
}

fn add_waits(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker
        .func_wrap_async(
            MODULE,
            "proc_wait",
            |mut caller: Caller<'_, Guest>, (pid, timeout, out): (i32, u64, u32)| {
                Box::new(async move {
                    let errno = answer(&mut caller, |_, memory| memory.slice(out, 8).map(|_| ()))?;
                    if errno != SUCCESS {
                        return Ok(errno);
                    }
                    let which = match pid {
                        -1 => Which::Any,
                        1.. => Which::Pid(pid.cast_unsigned()),
                        _ => return Ok(Errno::NoChild as u32),
                    };
                    let deadline = deadline(timeout);
                    let process = &caller.data().process;
                    let ended = process.wait_for(which, deadline).await;
                    answer(&mut caller, |_, memory| {
                        let (pid, status) = ended?.map_or((0, 0), |(pid, status)| (pid, status.0));
                        memory.write_u32(out, pid)?;
                        memory.write_u32(out + 4, status)
                    })
                })
            },
        )?
        .func_wrap(
            MODULE,
            "proc_kill",
            |mut caller: Caller<'_, Guest>, pid: i32, signal: u32| {
                answer(&mut caller, |process, _| {
                    let target = match pid {
                        0 => Target::All,
                        -1 => Target::AllButCaller,
                        1.. => Target::Pid(pid.cast_unsigned()),
                        _ => return Err(Errno::NoProcess),
                    };
                    let signal = match signal {
                        0 => None,
                        number => Some(Signal::from_number(number).ok_or(Errno::Invalid)?),
                    };
                    process.kill(target, signal)
                })
            },
        )?;
    Ok(())
}

fn add_identity(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker
        .func_wrap(MODULE, "proc_id", |caller: Caller<'_, Guest>| -> Pid {
            caller.data().process.control.pid
        })?
        .func_wrap(
            MODULE,
            "proc_parent_id",
            |caller: Caller<'_, Guest>| -> Pid { caller.data().process.control.parent },
        )?
        .func_wrap(
            MODULE,
            "proc_umask",
            |mut caller: Caller<'_, Guest>, mask: u32| -> u32 {
                let mask = (mask != INHERIT_UMASK).then_some(mask);
                caller.data_mut().process.set_umask(mask)
            },
        )?
        .func_wrap(
            MODULE,
            "proc_cwd",
            |mut caller: Caller<'_, Guest>, out: u32, size: u32, len: u32| {
                answer(&mut caller, |process, memory| {
                    let cwd = &process.cwd;
                    memory.write(out, &cwd[..cwd.len().min(size as usize)])?;
                    memory.write_u32(len, cwd.len() as u32)
                })
            },
        )?;
    Ok(())
}
