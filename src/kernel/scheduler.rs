//! Who runs next: the tasks that can run, in turns of their jobs, the timers
//! that are due, and the few threads (drivers) that run them.
//!
//! A task is a future that wakes itself when it only yields. There are as many
//! drivers as cores, so a task that waits holds no thread. Jobs take turns, whatever
//! the number of their tasks; one that is being ended goes first.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::{Duration, Instant};

use async_task::{Runnable, ScheduleInfo, WithInfo};

/// How long a driver without work looks for some before it sleeps: about what
/// waking it would cost.
const SPIN: Duration = Duration::from_micros(50);
/// How long a driver without work is kept.
const LINGER: Duration = Duration::from_secs(10);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobId(u64);

/// Starts a thread that calls `Scheduler::drive`.
type StartDriver = Box<dyn Fn(Arc<Scheduler>) + Send + Sync>;

pub struct Scheduler {
    max_drivers: usize,
    start_driver: StartDriver,
    next: AtomicU64,
    /// The number of runnable tasks, for drivers that look without the lock.
    runnable: AtomicUsize,
    state: Mutex<State>,
    work: Condvar,
}

#[derive(Default)]
struct State {
    ready: HashMap<JobId, VecDeque<Runnable>>,
    /// The jobs that have runnable tasks; one may be here twice, or no more be runnable.
    turns: VecDeque<JobId>,
    hurried: VecDeque<JobId>,
    timers: BTreeMap<(Instant, u64), Waker>,
    drivers: usize,
    spinning: usize,
    /// When each of the sleeping drivers wakes by itself.
    sleeping: Vec<Instant>,
}

impl State {
    fn push(&mut self, job: JobId, task: Runnable) {
        let tasks = self.ready.entry(job).or_default();
        if tasks.is_empty() {
            self.turns.push_back(job);
        }
        tasks.push_back(task);
    }

    fn pop(&mut self) -> Option<Runnable> {
        while let Some(&job) = self.hurried.front() {
            match self.take(job) {
                Some((task, _)) => return Some(task),
                None => self.hurried.pop_front(),
            };
        }
        while let Some(job) = self.turns.pop_front() {
            if let Some((task, more)) = self.take(job) {
                if more {
                    self.turns.push_back(job);
                }
                return Some(task);
            }
        }
        None
    }

    fn take(&mut self, job: JobId) -> Option<(Runnable, bool)> {
        let tasks = self.ready.get_mut(&job)?;
        let task = tasks.pop_front();
        let more = !tasks.is_empty();
        if !more {
            self.ready.remove(&job);
        }
        task.map(|task| (task, more))
    }

    fn due(&mut self, now: Instant) -> Vec<Waker> {
        let later = self.timers.split_off(&(now, u64::MAX));
        std::mem::replace(&mut self.timers, later)
            .into_values()
            .collect()
    }
}

impl Scheduler {
    /// A scheduler that calls `start_driver` when it wants one more thread.
    pub fn new(
        max_drivers: usize,
        start_driver: impl Fn(Arc<Scheduler>) + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            max_drivers,
            start_driver: Box::new(start_driver),
            next: AtomicU64::new(0),
            runnable: AtomicUsize::new(0),
            state: Mutex::default(),
            work: Condvar::new(),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn new_job(&self) -> JobId {
        JobId(self.next.fetch_add(1, Ordering::Relaxed))
    }

    /// Runs a future as a task of a job.
    pub(super) fn spawn(
        self: &Arc<Self>,
        job: JobId,
        future: impl Future<Output = ()> + Send + 'static,
    ) {
        let scheduler = Arc::clone(self);
        let schedule = WithInfo(move |task: Runnable, info: ScheduleInfo| {
            scheduler.push(job, task, info.woken_while_running);
        });
        let (task, handle) = async_task::spawn(future, schedule);
        handle.detach();
        task.schedule();
    }

    /// Runs work that belongs to no job.
    pub fn run(self: &Arc<Self>, work: impl FnOnce() + Send + 'static) {
        self.spawn(self.new_job(), async move { work() });
    }

    fn push(self: &Arc<Self>, job: JobId, task: Runnable, by_its_driver: bool) {
        let mut state = self.state();
        state.push(job, task);
        let others = self.runnable.fetch_add(1, Ordering::AcqRel);
        // A task that yields is taken again by the thread that ran it.
        if by_its_driver && others == 0 {
            return;
        }
        self.call_driver(state);
    }

    /// Sees to it that a runnable task is taken, if a driver is free or can be had.
    fn call_driver(self: &Arc<Self>, mut state: MutexGuard<'_, State>) {
        if state.spinning > 0 {
            return;
        }
        if !state.sleeping.is_empty() {
            drop(state);
            self.work.notify_one();
        } else if state.drivers < self.max_drivers {
            state.drivers += 1;
            drop(state);
            let start = AssertUnwindSafe(|| (self.start_driver)(Arc::clone(self)));
            if let Err(panic) = catch_unwind(start) {
                // The host has no thread for us: the next task tries again.
                self.state().drivers -= 1;
                resume_unwind(panic);
            }
        }
    }

    /// Lets the runnable tasks of a job go before all others.
    pub(super) fn hurry(&self, job: JobId) {
        let mut state = self.state();
        if state.ready.contains_key(&job) {
            state.hurried.push_back(job);
        }
    }

    /// Wakes `waker` at `at`, unless the timer is dropped before.
    pub(super) fn timer(self: &Arc<Self>, at: Instant, waker: Waker) -> Timer {
        let key = (at, self.next.fetch_add(1, Ordering::Relaxed));
        // Drivers look at the timers after every turn and before they sleep. When all that
        // sleep would sleep for longer, one is told, as the others may be busy then.
        let mut state = self.state();
        state.timers.insert(key, waker);
        let first_to_wake = state.sleeping.iter().min();
        if first_to_wake.is_some_and(|&wake| at < wake) {
            drop(state);
            self.work.notify_one();
        }
        Timer {
            scheduler: Arc::clone(self),
            key,
        }
    }

    /// Runs tasks on this thread for as long as there are any, and a while longer.
    pub fn drive(self: &Arc<Self>) {
        while let Some(task) = self.next_task() {
            // What runs is contained by the process it belongs to; this is the last resort.
            let _ = catch_unwind(AssertUnwindSafe(|| task.run()));
        }
    }

    /// Waits for a runnable task; none is given when there was nothing for long.
    fn next_task(self: &Arc<Self>) -> Option<Runnable> {
        let mut idle_since = None;
        let mut state = self.state();
        loop {
            let now = Instant::now();
            if state
                .timers
                .first_key_value()
                .is_some_and(|(key, _)| key.0 <= now)
            {
                let due = state.due(now);
                drop(state);
                due.into_iter().for_each(Waker::wake);
                state = self.state();
            }
            if let Some(task) = state.pop() {
                let others = self.runnable.fetch_sub(1, Ordering::AcqRel) - 1;
                if others > 0 {
                    self.call_driver(state);
                }
                return Some(task);
            }
            let Some(since) = idle_since else {
                idle_since = Some(now);
                state = self.spin(state);
                continue;
            };
            let next_timer = state.timers.first_key_value().map(|(key, _)| key.0);
            let until = next_timer.unwrap_or(since + LINGER);
            let Some(rest) = until.checked_duration_since(now) else {
                if next_timer.is_some() {
                    continue;
                }
                state.drivers -= 1;
                return None;
            };
            state.sleeping.push(until);
            state = self
                .work
                .wait_timeout(state, rest)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
            if let Some(place) = state.sleeping.iter().position(|wake| *wake == until) {
                state.sleeping.swap_remove(place);
            }
        }
    }

    /// Looks for work for a short while without sleeping.
    fn spin<'a>(&'a self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        state.spinning += 1;
        drop(state);
        let end = Instant::now() + SPIN;
        while self.runnable.load(Ordering::Acquire) == 0 && Instant::now() < end {
            std::hint::spin_loop();
        }
        let mut state = self.state();
        state.spinning -= 1;
        state
    }
}

/// A time at which something is woken.
pub(super) struct Timer {
    scheduler: Arc<Scheduler>,
    key: (Instant, u64),
}

impl Drop for Timer {
    fn drop(&mut self) {
        let waker = self.scheduler.state().timers.remove(&self.key);
        // Without the lock: a waker may be the last owner of a task.
        drop(waker);
    }
}
