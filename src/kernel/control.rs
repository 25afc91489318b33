//! What others may do to a process: wake it, signal it, see that it waits.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use crate::vfs::Errno;

use super::scheduler::{Scheduler, Timer};
use super::signal::{Effect, Signals};
use super::time::ProcessTime;
use super::{Pid, Signal};

/// The part of a process that is shared with the rest of its job.
pub struct Control {
    pub pid: Pid,
    pub parent: Pid,
    /// What it has said about signals, and those it has caught.
    pub signals: Signals,
    /// The signal that ends it; 0 for none. The first one stays.
    fatal: AtomicU8,
    pub(super) time: ProcessTime,
    /// Set by what waits, when it lets the driver go; a guest that only yields leaves it.
    waiting: AtomicBool,
    /// Turns in which the guest burned all of its fuel slice.
    slices: AtomicU32,
    /// Wakes the task that the process runs in.
    waker: Mutex<Option<Waker>>,
}

impl Control {
    pub fn new(pid: Pid, parent: Pid, signals: Signals) -> Self {
        Self {
            pid,
            parent,
            signals,
            fatal: AtomicU8::new(0),
            time: ProcessTime::default(),
            waiting: AtomicBool::new(false),
            slices: AtomicU32::new(0),
            waker: Mutex::default(),
        }
    }

    /// Sends a signal: a fatal one ends the process at its next turn, a caught one
    /// ends what it waits for.
    pub fn signal(&self, signal: Signal) {
        if self.note(signal) {
            self.wake();
        }
    }

    /// Sends a signal without waking the process; says whether it has to be woken.
    pub(super) fn note(&self, signal: Signal) -> bool {
        match self.signals.receive(signal) {
            Effect::Nothing => false,
            Effect::Noted => true,
            Effect::Fatal => {
                let number = signal.number();
                let _ = self
                    .fatal
                    .compare_exchange(0, number, Ordering::AcqRel, Ordering::Acquire);
                true
            }
        }
    }

    /// The signal that the process must die of, if there is one.
    pub fn fatal(&self) -> Option<Signal> {
        Signal::from_number(u32::from(self.fatal.load(Ordering::Acquire)))
    }

    pub fn wake(&self) {
        let waker = self.lock_waker().clone();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Notes whom to wake; says whether that is new.
    pub(super) fn attend(&self, waker: &Waker) -> bool {
        let mut slot = self.lock_waker();
        let known = slot.as_ref().is_some_and(|known| known.will_wake(waker));
        if !known {
            *slot = Some(waker.clone());
        }
        !known
    }

    fn lock_waker(&self) -> std::sync::MutexGuard<'_, Option<Waker>> {
        self.waker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a wait of the process gives back when it has to go on waiting.
    pub(super) fn pending<T>(&self) -> Poll<T> {
        self.waiting.store(true, Ordering::Relaxed);
        Poll::Pending
    }

    /// Counts the turn that has ended and says whether it burned a fuel slice.
    pub(super) fn end_turn(&self) -> bool {
        let burned = !self.waiting.swap(false, Ordering::Relaxed);
        if burned {
            self.slices.fetch_add(1, Ordering::Relaxed);
        }
        burned
    }

    /// The fuel slices that were counted since the last time this was asked.
    pub fn take_slices(&self) -> u32 {
        self.slices.swap(0, Ordering::Relaxed)
    }

    /// Waits until `ready` gives something, looking each time the process is
    /// woken, and until `deadline` at the most. A caught signal ends the wait with
    /// `Errno::Interrupted`, if `by_signals`.
    pub(super) fn wait<T: Send>(
        self: &Arc<Self>,
        scheduler: &Arc<Scheduler>,
        deadline: Option<Instant>,
        by_signals: bool,
        ready: impl FnMut(&Waker) -> Option<T> + Send + Unpin,
    ) -> impl Future<Output = Result<Option<T>, Errno>> + Send {
        Wait {
            control: Arc::clone(self),
            scheduler: Arc::clone(scheduler),
            deadline,
            by_signals,
            timer: None,
            ready,
        }
    }
}

struct Wait<F> {
    control: Arc<Control>,
    scheduler: Arc<Scheduler>,
    deadline: Option<Instant>,
    by_signals: bool,
    timer: Option<Timer>,
    ready: F,
}

impl<T, F: FnMut(&Waker) -> Option<T> + Unpin> Future for Wait<F> {
    type Output = Result<Option<T>, Errno>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(ready) = (self.ready)(context.waker()) {
            return Poll::Ready(Ok(Some(ready)));
        }
        if self.by_signals && self.control.signals.interrupts() {
            return Poll::Ready(Err(Errno::Interrupted));
        }
        if let Some(deadline) = self.deadline {
            if Instant::now() >= deadline {
                return Poll::Ready(Ok(None));
            }
            if self.timer.is_none() {
                self.timer = Some(self.scheduler.timer(deadline, context.waker().clone()));
            }
        }
        self.control.pending()
    }
}
