//! Our own import module, for what WASI preview 1 cannot say.

use toolbox_abi::MODULE;
use wasmtime::{Caller, Linker};

use crate::vfs::Follow;

use super::stat::file_stat;
use super::{Guest, answer};

pub fn add_to_linker(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker
        .func_wrap(
            MODULE,
            "path_stat",
            |mut caller: Caller<'_, Guest>, path: u32, len: u32, follow: u32, out: u32| {
                answer(&mut caller, |process, memory| {
                    let follow = if follow == 0 { Follow::No } else { Follow::Yes };
                    let metadata = process.stat(memory.slice(path, len)?, follow)?;
                    memory.write(out, &file_stat(&metadata).to_bytes())
                })
            },
        )?
        .func_wrap(
            MODULE,
            "path_chmod",
            |mut caller: Caller<'_, Guest>, path: u32, len: u32, mode: u32| {
                answer(&mut caller, |process, memory| {
                    process.chmod(
                        memory.slice(path, len)?,
                        mode & toolbox_abi::PERMISSION_BITS,
                    )
                })
            },
        )?;
    Ok(())
}
