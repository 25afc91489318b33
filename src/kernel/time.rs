//! The processor time of a process, as `times` and the shell's `time` tell it.
//!
//! A turn of a process is one piece of work of one thread, so the thread's own clock measures it. A child that is
//! polled by its parent takes part of the parent's turn, which is not the parent's time.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cpu_time::ThreadTime;
use toolbox_abi::Times;

/// Nanoseconds each. Only the thread that has the turn writes them, but for `children`.
#[derive(Default)]
pub struct ProcessTime {
    own: AtomicU64,
    /// When the turn began, on the clock of its thread.
    turn: AtomicU64,
    /// What children took of the turn.
    nested: AtomicU64,
    children: AtomicU64,
}

/// What this thread has worked so far; zero where the system does not tell.
pub fn thread_time() -> Duration {
    ThreadTime::try_now().map_or(Duration::ZERO, |time| time.as_duration())
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

impl ProcessTime {
    pub fn begin_turn(&self, now: Duration) {
        self.turn.store(nanoseconds(now), Ordering::Relaxed);
        self.nested.store(0, Ordering::Relaxed);
    }

    /// Counts what of the turn is over by now.
    pub fn settle(&self, now: Duration) {
        let now = nanoseconds(now);
        let spent = now.saturating_sub(self.turn.swap(now, Ordering::Relaxed));
        let own = spent.saturating_sub(self.nested.swap(0, Ordering::Relaxed));
        self.own.fetch_add(own, Ordering::Relaxed);
    }

    /// A child has taken part of the turn.
    pub fn lend(&self, time: Duration) {
        self.nested.fetch_add(nanoseconds(time), Ordering::Relaxed);
    }

    /// A child has been waited for.
    pub fn add_child(&self, child: &Self) {
        let times = child.times();
        self.children
            .fetch_add(times.own.saturating_add(times.children), Ordering::Relaxed);
    }

    /// What was counted so far.
    pub fn times(&self) -> Times {
        Times {
            own: self.own.load(Ordering::Relaxed),
            children: self.children.load(Ordering::Relaxed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn milliseconds(number: u64) -> Duration {
        Duration::from_millis(number)
    }

    #[test]
    fn the_time_of_a_nested_child_is_not_its_parents_until_it_is_waited_for() {
        let (parent, child) = (ProcessTime::default(), ProcessTime::default());
        parent.begin_turn(milliseconds(100));
        child.begin_turn(milliseconds(102));
        child.settle(milliseconds(105));
        parent.lend(milliseconds(3));
        parent.settle(milliseconds(106));
        parent.settle(milliseconds(108));
        let own = |own: u64, children: u64| Times {
            own: own * 1_000_000,
            children: children * 1_000_000,
        };
        assert_eq!(child.times(), own(3, 0));
        assert_eq!(parent.times(), own(5, 0));
        parent.add_child(&child);
        assert_eq!(parent.times(), own(5, 3));
    }

    #[test]
    fn a_turn_on_another_thread_has_a_clock_of_its_own() {
        let time = ProcessTime::default();
        time.begin_turn(milliseconds(500));
        time.settle(milliseconds(501));
        time.begin_turn(milliseconds(3));
        time.settle(milliseconds(4));
        assert_eq!(time.times().own, 2_000_000);
    }
}
