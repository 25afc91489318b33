//! Signals of the system: a handler that only takes note.

use std::cell::Cell;
use std::io;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::super::Disposition;
use super::{LOOK, Signal, result};

/// More than any wait; an `Instant` takes it.
pub const LONG: Duration = Duration::from_secs(100 * 365 * 24 * 3600);
/// The last signal (SIGRTMAX).
const LAST: u8 = 64;

/// Caught signals that were not taken yet.
static PENDING: AtomicU64 = AtomicU64::new(0);
/// One of them has not yet ended a wait.
static FRESH: AtomicBool = AtomicBool::new(false);
static CAUGHT: AtomicU64 = AtomicU64::new(0);
/// SIGPIPE is to be ignored, and not only by std, which does that in every program.
static PIPE_IGNORED: AtomicBool = AtomicBool::new(false);
/// The thread that said what signals do: the one whose waits they end.
static OWNER: AtomicUsize = AtomicUsize::new(0);

/// Takes a thread's name off `OWNER` when it ends.
struct Owner;

impl Drop for Owner {
    fn drop(&mut self) {
        let _ = OWNER.compare_exchange(this_thread(), 0, Ordering::AcqRel, Ordering::Acquire);
    }
}

thread_local! {
    static OWNS: Cell<Option<Owner>> = const { Cell::new(None) };
}

fn this_thread() -> usize {
    // SAFETY: pthread_self(3) cannot fail.
    unsafe { libc::pthread_self() as usize }
}

fn bit(number: u8) -> u64 {
    1 << (number - 1)
}

extern "C" fn note(signal: libc::c_int) {
    if let Ok(number @ 1..=LAST) = u8::try_from(signal) {
        PENDING.fetch_or(bit(number), Ordering::AcqRel);
        FRESH.store(true, Ordering::Release);
    }
    let owner = OWNER.load(Ordering::Acquire);
    if owner != 0 && owner != this_thread() {
        // SAFETY: the owner takes its name away before it ends.
        unsafe { libc::pthread_kill(owner as libc::pthread_t, signal) };
    }
}

pub fn set_signal(signal: Signal, disposition: Disposition) -> io::Result<()> {
    // What takes the name away comes first: one that is replaced does so.
    OWNS.set(Some(Owner));
    OWNER.store(this_thread(), Ordering::Release);
    let number = signal.number();
    if disposition == Disposition::Catch {
        CAUGHT.fetch_or(bit(number), Ordering::AcqRel);
    } else {
        CAUGHT.fetch_and(!bit(number), Ordering::AcqRel);
    }
    if disposition == Disposition::Ignore {
        PENDING.fetch_and(!bit(number), Ordering::AcqRel);
    }
    if signal == Signal::PIPE {
        PIPE_IGNORED.store(disposition == Disposition::Ignore, Ordering::Release);
    }
    let handler = match disposition {
        Disposition::Default => libc::SIG_DFL,
        Disposition::Ignore => libc::SIG_IGN,
        Disposition::Catch => note as *const () as libc::sighandler_t,
    };
    set_handler(number.into(), handler)
}

/// Async-signal-safe.
pub fn set_handler(signal: i32, handler: libc::sighandler_t) -> io::Result<()> {
    // SAFETY: all zeros are a `sigaction`: no flags, so that waits are interrupted, and an empty mask.
    let mut action: libc::sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
    action.sa_sigaction = handler;
    // SAFETY: `action` is valid for reading, and its handler takes a signal's number.
    result(unsafe { libc::sigaction(signal, &raw const action, std::ptr::null_mut()) })?;
    Ok(())
}

pub fn take_signals() -> u64 {
    FRESH.store(false, Ordering::Release);
    PENDING.swap(0, Ordering::AcqRel)
}

pub fn ignored_signals() -> u64 {
    (1..=LAST)
        .filter(|&number| match number == Signal::PIPE.number() {
            true => PIPE_IGNORED.load(Ordering::Acquire),
            false => is_ignored(number.into()),
        })
        .fold(0, |bits, number| bits | bit(number))
}

fn is_ignored(signal: i32) -> bool {
    let mut action = MaybeUninit::<libc::sigaction>::uninit();
    // SAFETY: `action` is valid for writing.
    let known = unsafe { libc::sigaction(signal, std::ptr::null(), action.as_mut_ptr()) } == 0;
    // SAFETY: sigaction(2) has written it when it succeeds.
    known && unsafe { action.assume_init() }.sa_sigaction == libc::SIG_IGN
}

/// What a new process does with SIGPIPE, which std ignores in this one.
pub fn pipe_handler() -> libc::sighandler_t {
    match PIPE_IGNORED.load(Ordering::Acquire) {
        true => libc::SIG_IGN,
        false => libc::SIG_DFL,
    }
}

/// Whether a signal may end a wait of this thread.
pub fn any_caught() -> bool {
    CAUGHT.load(Ordering::Acquire) != 0 && OWNER.load(Ordering::Acquire) == this_thread()
}

/// Whether a caught signal ends the wait that asks; each ends one.
pub fn interrupts() -> bool {
    any_caught() && FRESH.swap(false, Ordering::AcqRel)
}

pub fn sleep(time: Duration) -> io::Result<()> {
    let end = Instant::now() + time.min(LONG);
    loop {
        if interrupts() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let Some(rest) = end.checked_duration_since(Instant::now()) else {
            return Ok(());
        };
        std::thread::sleep(if any_caught() { rest.min(LOOK) } else { rest });
    }
}

/// Keeps all signals from this thread.
pub fn block_all() {
    let mut all = MaybeUninit::uninit();
    // SAFETY: `all` is valid for writing.
    unsafe { libc::sigfillset(all.as_mut_ptr()) };
    // SAFETY: sigfillset(3) has written it.
    unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, all.as_ptr(), std::ptr::null_mut()) };
}
