//! Those who wait for the same thing.

use std::task::Waker;

/// More tasks than a job may have processes do not wait at one place.
const MAX_WAITERS: usize = 512;

/// Wakers of tasks that wait; each is woken once and then asks again.
#[derive(Default)]
pub struct Waiters {
    wakers: Vec<Waker>,
}

impl Waiters {
    pub fn add(&mut self, waker: &Waker) {
        if self.wakers.len() >= MAX_WAITERS {
            // Some are of tasks that have ended; the others ask again.
            drop(self.take());
        }
        if !self.wakers.iter().any(|known| known.will_wake(waker)) {
            self.wakers.push(waker.clone());
        }
    }

    /// Takes out all wakers, to be woken when no lock is held.
    #[must_use]
    pub fn take(&mut self) -> Woken {
        Woken(std::mem::take(&mut self.wakers))
    }
}

/// Wakes its tasks when it is dropped.
pub struct Woken(Vec<Waker>);

impl Drop for Woken {
    fn drop(&mut self) {
        for waker in self.0.drain(..) {
            waker.wake();
        }
    }
}
