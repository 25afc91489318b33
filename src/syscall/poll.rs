//! `poll_oneoff` of WASI preview 1: waiting for time, and for descriptors.

use std::time::{Duration, Instant, SystemTime};

use wasmtime::{Caller, Linker};

use crate::kernel::Process;
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

const EVENT_CLOCK: u8 = 0;
const EVENT_FD_READ: u8 = 1;
const EVENT_FD_WRITE: u8 = 2;

/// What a subscription waits for.
enum Wait {
    Until(Instant),
    Descriptor(u32),
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
                if let Some(until) = wait_until(&caller.data().process, &decoded) {
                    caller.data().process.sleep_until(until).await;
                }
                answer(&mut caller, |process, memory| {
                    let written = write_events(process, memory, &decoded, events)?;
                    memory.write_u32(out, written)
                })
            })
        },
    )?;
    Ok(())
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
                EVENT_FD_READ | EVENT_FD_WRITE => Wait::Descriptor(memory.read_u32(at + 16)?),
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

/// The time to wait for, unless something is ready now.
fn wait_until(process: &Process, subscriptions: &[Subscription]) -> Option<Instant> {
    let mut first = None;
    for subscription in subscriptions {
        match subscription.wait {
            Wait::Until(at) => first = Some(first.map_or(at, |first: Instant| first.min(at))),
            Wait::Refused(_) => return None,
            Wait::Descriptor(fd) => {
                // A bad descriptor is an event too: neither waits.
                let _ = process.is_ready(fd);
                return None;
            }
        }
    }
    first
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
            Wait::Until(_) => Ok(()),
            Wait::Refused(errno) => Err(errno),
            Wait::Descriptor(fd) => process.is_ready(fd),
        };
        let errno = result.map_or_else(|errno| errno as u16, |()| 0);
        let mut event = [0; EVENT_SIZE as usize];
        event[..8].copy_from_slice(&subscription.user_data.to_le_bytes());
        event[8..10].copy_from_slice(&errno.to_le_bytes());
        event[10] = subscription.kind;
        memory.write(events + written * EVENT_SIZE, &event)?;
        written += 1;
    }
    Ok(written)
}
