//! The switch that ends a job, and the reasons for it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Wake, Waker};
use std::time::Instant;

use super::scheduler::{JobId, Scheduler, Timer};

/// Why a job was cut short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    Timeout,
    Aborted,
    Closed,
    /// Its processes burned all the fuel it had.
    OutOfFuel,
    /// A process was refused memory and could not go on without it.
    OutOfMemory,
    /// It wrote more to files than it may.
    OutOfWrites,
    /// The host had no memory or address space to start a process in.
    NotStarted,
    /// A bug of ours.
    Failed,
}

const RUNNING: u8 = 0;
const REASONS: [Reason; 8] = [
    Reason::Timeout,
    Reason::Aborted,
    Reason::Closed,
    Reason::OutOfFuel,
    Reason::OutOfMemory,
    Reason::OutOfWrites,
    Reason::NotStarted,
    Reason::Failed,
];

impl Reason {
    fn code(self) -> u8 {
        self as u8 + 1
    }

    fn from_code(code: u8) -> Option<Self> {
        REASONS.into_iter().find(|reason| reason.code() == code)
    }
}

/// Ends a job, from any thread. The first reason stays.
pub struct Interrupt {
    pub(super) scheduler: Arc<Scheduler>,
    pub(super) job: JobId,
    deadline: Instant,
    reason: AtomicU8,
    /// Wakes what belongs to the job, by a key of its own.
    wakers: Mutex<HashMap<u32, Waker>>,
    armed: AtomicBool,
    timer: Mutex<Option<Timer>>,
}

impl Interrupt {
    pub fn new(scheduler: Arc<Scheduler>, deadline: Instant) -> Self {
        let job = scheduler.new_job();
        Self {
            scheduler,
            job,
            deadline,
            reason: AtomicU8::new(RUNNING),
            wakers: Mutex::default(),
            armed: AtomicBool::new(false),
            timer: Mutex::default(),
        }
    }

    /// Ends the job for `reason`, unless it is ended already.
    pub fn raise(&self, reason: Reason) {
        let raised = self.reason.compare_exchange(
            RUNNING,
            reason.code(),
            Ordering::AcqRel,
            Ordering::Acquire,
        );
        if raised.is_ok() {
            let wakers = std::mem::take(&mut *lock(&self.wakers));
            for waker in wakers.into_values() {
                waker.wake();
            }
            self.scheduler.hurry(self.job);
        }
    }

    /// Why the job must end now, if it must.
    pub fn check(&self) -> Option<Reason> {
        let reason = self.raised();
        if reason.is_none() && Instant::now() >= self.deadline {
            self.raise(Reason::Timeout);
            return self.raised();
        }
        reason
    }

    /// Why the job was ended, whatever the time.
    pub(super) fn raised(&self) -> Option<Reason> {
        Reason::from_code(self.reason.load(Ordering::Acquire))
    }

    /// Wakes `waker` when the job is ended, until `forget` is called with the key.
    pub(super) fn attend(self: &Arc<Self>, key: u32, waker: &Waker) {
        if !self.armed.swap(true, Ordering::AcqRel) {
            let alarm = Waker::from(Arc::new(Alarm(Arc::downgrade(self))));
            *lock(&self.timer) = Some(Scheduler::timer(&self.scheduler, self.deadline, alarm));
        }
        lock(&self.wakers).insert(key, waker.clone());
        if self.raised().is_some() {
            waker.wake_by_ref();
        }
    }

    pub(super) fn forget(&self, key: u32) {
        lock(&self.wakers).remove(&key);
    }
}

/// Rings at the deadline.
struct Alarm(std::sync::Weak<Interrupt>);

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        if let Some(interrupt) = self.0.upgrade() {
            interrupt.check();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_survives_the_way_through_its_code() {
        for reason in REASONS {
            assert_eq!(Reason::from_code(reason.code()), Some(reason));
        }
        assert_eq!(Reason::from_code(RUNNING), None);
    }
}
