//! Our own calls on signals and times.

use toolbox_abi::{Disposition, MODULE};
use wasmtime::{Caller, Linker};

use crate::kernel::Signal;
use crate::vfs::Errno;

use super::{Guest, answer, deadline};

pub fn add_to_linker(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker
        .func_wrap(
            MODULE,
            "proc_set_signal",
            |mut caller: Caller<'_, Guest>, signal: u32, disposition: u32| {
                answer(&mut caller, |process, _| {
                    let signal = Signal::from_number(signal).ok_or(Errno::Invalid)?;
                    let disposition =
                        Disposition::from_number(disposition).ok_or(Errno::Invalid)?;
                    process.set_signal(signal, disposition)
                })
            },
        )?
        .func_wrap(
            MODULE,
            "proc_take_signals",
            |caller: Caller<'_, Guest>| -> u64 { caller.data().process.control.signals.take() },
        )?
        .func_wrap(
            MODULE,
            "proc_ignored_signals",
            |caller: Caller<'_, Guest>| -> u64 { caller.data().process.control.signals.ignored() },
        )?
        .func_wrap_async(
            MODULE,
            "proc_sleep",
            |mut caller: Caller<'_, Guest>, (time,): (u64,)| {
                Box::new(async move {
                    let slept = caller.data().process.sleep(deadline(time)).await;
                    answer(&mut caller, |_, _| slept)
                })
            },
        )?
        .func_wrap(
            MODULE,
            "proc_times",
            |mut caller: Caller<'_, Guest>, out: u32| {
                answer(&mut caller, |process, memory| {
                    let times = process.times();
                    memory.slice(out, 16)?;
                    memory.write_u64(out, times.own)?;
                    memory.write_u64(out + 8, times.children)
                })
            },
        )?;
    Ok(())
}
