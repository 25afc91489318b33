//! `poll_oneoff` of WASI preview 1: waiting for time, and for descriptors.

use std::time::{Duration, Instant, SystemTime};

use wasmtime::{Caller, Linker};

use crate::kernel::{Process, Ready};
use crate::vfs::Errno;

use super::memory::GuestMemory;
use super::{Guest, SUCCESS, WASI, answer};

const SUBSCRIPTION_SIZE: u32 = 48;
const EVENT_SIZE: u32 = 32;
/// The most subscriptions of one call.
const MAX_SUBSCRIPTIONS: u32 = 4096;

const CLOCK_REALTIME: u32 = 0;
const CLOCK_MONOTONIC: u32 = 1;
const CLOCK_ABSOLUTE: u16 = 1;

/// A pipe is writable when a write of this size would not wait.
const PIPE_BUF: usize = 4096;

const EVENT_CLOCK: u8 = 0;
const EVENT_FD_READ: u8 = 1;
const EVENT_FD_WRITE: u8 = 2;

/// What a subscription waits for.
enum Wait {
    Until(Instant),
    Descriptor(u32, Ready),
    Refused(Errno),
}

struct Subscription {
    user_data: u64,
    kind: u8,
    wait: Wait,
}

pub fn add_to_linker(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker.func_wrap_async(
        WASI,
        "poll_oneoff",
        |mut caller: Caller<'_, Guest>,
         (subscriptions, events, count, out): (u32, u32, u32, u32)| {
            Box::new(async move {
                let mut decoded = Vec::new();
                let errno = answer(&mut caller, |_, memory| {
                    decoded = subscriptions_at(memory, subscriptions, count)?;
                    memory.slice(events, count * EVENT_SIZE)?;
                    Ok(())
                })?;
                if errno != SUCCESS {
                    return Ok(errno);
                }
                let mut written = 0;
                loop {
                    if wait(&caller.data().process, &decoded).await == Err(Errno::Interrupted) {
                        return Ok(Errno::Interrupted as u32);
                    }
                    let errno = answer(&mut caller, |process, memory| {
                        written = write_events(process, memory, &decoded, events)?;
                        memory.write_u32(out, written)
                    })?;
                    // What was ready may have gone to another process meanwhile.
                    if errno != SUCCESS || written > 0 {
                        return Ok(errno);
                    }
                }
            })
        },
    )?;
    Ok(())
}

/// Waits until one of the subscriptions has something to say. With times alone it is the
/// sleep of a guest's library, which knows of no signals.
async fn wait(process: &Process, subscriptions: &[Subscription]) -> Result<(), Errno> {
    let mut first: Option<Instant> = None;
    let mut wanted = Vec::new();
    for subscription in subscriptions {
        match subscription.wait {
            Wait::Until(at) => first = Some(first.map_or(at, |first| first.min(at))),
            Wait::Refused(_) => return Ok(()),
            Wait::Descriptor(fd, ready) => wanted.push((fd, ready)),
        }
    }
    // A bad descriptor is an event too and does not wait.
    process.any_ready(&wanted, first).await
}

fn subscriptions_at(memory: &GuestMemory, at: u32, count: u32) -> Result<Vec<Subscription>, Errno> {
    if count == 0 || count > MAX_SUBSCRIPTIONS {
        return Err(Errno::Invalid);
    }
    memory.slice(at, count * SUBSCRIPTION_SIZE)?;
    (0..count)
        .map(|index| {
            let at = at + index * SUBSCRIPTION_SIZE;
            let kind = memory.read_u8(at + 8)?;
            let wait = match kind {
                EVENT_CLOCK => deadline(memory, at + 16)?,
                EVENT_FD_READ => Wait::Descriptor(memory.read_u32(at + 16)?, Ready::Read),
                EVENT_FD_WRITE => {
                    Wait::Descriptor(memory.read_u32(at + 16)?, Ready::Write(PIPE_BUF))
                }
                _ => return Err(Errno::Invalid),
            };
            Ok(Subscription {
                user_data: memory.read_u64(at)?,
                kind,
                wait,
            })
        })
        .collect()
}

/// When a `subscription_clock` is due.
fn deadline(memory: &GuestMemory, at: u32) -> Result<Wait, Errno> {
    let clock = memory.read_u32(at)?;
    let timeout = Duration::from_nanos(memory.read_u64(at + 8)?);
    let absolute = memory.read_u16(at + 24)? & CLOCK_ABSOLUTE != 0;
    let now = Instant::now();
    let rest = match (clock, absolute) {
        (CLOCK_REALTIME | CLOCK_MONOTONIC, false) => timeout,
        (CLOCK_REALTIME, true) => SystemTime::UNIX_EPOCH
            .checked_add(timeout)
            .and_then(|at| at.duration_since(SystemTime::now()).ok())
            .unwrap_or_default(),
        // The guest's monotonic clock has a zero of its own (wasmtime-wasi's),
        // so a point on it means nothing here.
        _ => return Ok(Wait::Refused(Errno::NotSupported)),
    };
    // A time beyond what the host can name is never.
    let never = now + Duration::from_secs(100 * 365 * 24 * 3600);
    Ok(Wait::Until(now.checked_add(rest).unwrap_or(never)))
}

fn write_events(
    process: &Process,
    memory: &mut GuestMemory,
    subscriptions: &[Subscription],
    events: u32,
) -> Result<u32, Errno> {
    let now = Instant::now();
    let mut written = 0;
    for subscription in subscriptions {
        let result = match subscription.wait {
            Wait::Until(at) if at > now => continue,
            Wait::Until(_) => Ok(0),
            Wait::Refused(errno) => Err(errno),
            Wait::Descriptor(fd, ready) => match process.readiness(fd, ready) {
                Ok(None) => continue,
                Ok(Some(bytes)) => Ok(bytes),
                Err(errno) => Err(errno),
            },
        };
        let errno = result.map_or_else(|errno| errno as u16, |_| 0);
        let mut event = [0; EVENT_SIZE as usize];
        event[..8].copy_from_slice(&subscription.user_data.to_le_bytes());
        event[8..10].copy_from_slice(&errno.to_le_bytes());
        event[10] = subscription.kind;
        event[16..24].copy_from_slice(&(result.unwrap_or(0) as u64).to_le_bytes());
        memory.write(events + written * EVENT_SIZE, &event)?;
        written += 1;
    }
    Ok(written)
}
