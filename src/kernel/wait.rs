//! The one place where a host thread waits, and everything that ends a wait:
//! a wake-up, a timer, the deadline, an abort or a close.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Instant;

use super::Accounting;

/// Why a job was cut short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    Timeout,
    Aborted,
    Closed,
}

const RUNNING: u8 = 0;

impl Reason {
    fn code(self) -> u8 {
        match self {
            Self::Timeout => 1,
            Self::Aborted => 2,
            Self::Closed => 3,
        }
    }

    fn from_code(code: u8) -> Option<Self> {
        [Self::Timeout, Self::Aborted, Self::Closed]
            .into_iter()
            .find(|reason| reason.code() == code)
    }
}

/// The switch that ends a job from another thread. The first reason stays.
pub struct Interrupt {
    deadline: Instant,
    reason: AtomicU8,
    /// Wakes whatever waits for the job: its driver, or its place in the queue.
    wakers: Mutex<Vec<Waker>>,
}

impl Interrupt {
    pub fn new(deadline: Instant) -> Self {
        Self {
            deadline,
            reason: AtomicU8::new(RUNNING),
            wakers: Mutex::default(),
        }
    }

    pub fn deadline(&self) -> Instant {
        self.deadline
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
            for waker in wakers {
                waker.wake();
            }
        }
    }

    /// Why the job must end now, if it must.
    pub fn check(&self) -> Option<Reason> {
        let reason = Reason::from_code(self.reason.load(Ordering::Acquire));
        if reason.is_none() && Instant::now() >= self.deadline {
            self.raise(Reason::Timeout);
            return Reason::from_code(self.reason.load(Ordering::Acquire));
        }
        reason
    }

    /// Wakes `waker` when the job is ended from outside; the deadline is the waiter's own.
    pub fn wake_on_raise(&self, waker: &Waker) {
        lock(&self.wakers).push(waker.clone());
        if self.reason.load(Ordering::Acquire) != RUNNING {
            waker.wake_by_ref();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One `exec` and all it starts: how it is ended, what waits in it, what it used.
pub struct Job {
    pub interrupt: Arc<Interrupt>,
    pub accounting: Accounting,
    timers: Mutex<Vec<(Instant, Waker)>>,
}

impl Job {
    pub fn new(interrupt: Arc<Interrupt>) -> Self {
        Self {
            interrupt,
            accounting: Accounting::default(),
            timers: Mutex::default(),
        }
    }

    /// Waits until `at`.
    pub fn sleep_until(self: &Arc<Self>, at: Instant) -> impl Future<Output = ()> + Send + use<> {
        Sleep {
            job: Arc::clone(self),
            at,
        }
    }

    /// Wakes the sleepers that are due and gives the time of the next one.
    fn run_timers(&self) -> Option<Instant> {
        let now = Instant::now();
        let mut timers = lock(&self.timers);
        timers.retain(|(at, waker)| {
            if *at <= now {
                waker.wake_by_ref();
            }
            *at > now
        });
        timers.iter().map(|(at, _)| *at).min()
    }
}

struct Sleep {
    job: Arc<Job>,
    at: Instant,
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if Instant::now() >= self.at {
            return Poll::Ready(());
        }
        lock(&self.job.timers).push((self.at, context.waker().clone()));
        Poll::Pending
    }
}

/// Wakes the thread that drives a job.
struct DriverWaker {
    thread: Thread,
    woken: AtomicBool,
}

impl Wake for DriverWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.woken.swap(true, Ordering::AcqRel) {
            self.thread.unpark();
        }
    }
}

/// Runs a job's future on this thread until it ends or is cut short; then the
/// future is dropped, and with it every process of the job.
///
/// A running guest comes back here each time it has used up its fuel slice,
/// a waiting one does not: the thread is parked until something wakes it.
pub fn drive<F: Future>(job: &Job, future: F) -> Result<F::Output, Reason> {
    let mut future = pin!(future);
    let driver = Arc::new(DriverWaker {
        thread: thread::current(),
        woken: AtomicBool::new(false),
    });
    let waker = Waker::from(Arc::clone(&driver));
    job.interrupt.wake_on_raise(&waker);
    let mut context = Context::from_waker(&waker);
    loop {
        // Before the look, so that what is raised after it wakes the wait below.
        driver.woken.store(false, Ordering::Release);
        if let Some(reason) = job.interrupt.check() {
            return Err(reason);
        }
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return Ok(output);
        }
        let timer = job.run_timers();
        while !driver.woken.load(Ordering::Acquire) {
            let deadline = job.interrupt.deadline();
            let until = timer.map_or(deadline, |timer| timer.min(deadline));
            let Some(rest) = until.checked_duration_since(Instant::now()) else {
                break;
            };
            thread::park_timeout(rest);
        }
        job.run_timers();
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::time::Duration;

    use super::*;

    const LONG: Duration = Duration::from_secs(600);

    fn job(timeout: Duration) -> Arc<Job> {
        Arc::new(Job::new(Arc::new(Interrupt::new(Instant::now() + timeout))))
    }

    #[test]
    fn a_future_that_is_ready_gives_its_output() {
        assert_eq!(drive(&job(LONG), async { 7 }), Ok(7));
    }

    #[test]
    fn a_future_that_never_ends_is_cut_at_the_deadline() {
        let outcome = drive(&job(Duration::from_millis(10)), pending::<()>());
        assert_eq!(outcome, Err(Reason::Timeout));
    }

    #[test]
    fn a_sleeper_wakes_at_its_time() {
        let job = job(LONG);
        let at = Instant::now() + Duration::from_millis(10);
        assert_eq!(drive(&job, job.sleep_until(at)), Ok(()));
        assert!(Instant::now() >= at);
    }

    #[test]
    fn the_first_reason_to_end_a_parked_job_stays() {
        let job = job(LONG);
        let interrupt = Arc::clone(&job.interrupt);
        let other = thread::spawn(move || {
            interrupt.raise(Reason::Aborted);
            interrupt.raise(Reason::Closed);
        });
        let outcome = drive(&job, job.sleep_until(Instant::now() + LONG));
        other.join().expect("raising does not panic");
        assert_eq!(outcome, Err(Reason::Aborted));
    }

    #[test]
    fn a_job_that_was_ended_before_it_began_does_not_run() {
        let job = job(LONG);
        job.interrupt.raise(Reason::Closed);
        let outcome = drive(&job, async { unreachable!("must not be polled") });
        assert_eq!(outcome, Err(Reason::Closed));
    }

    #[test]
    fn a_future_that_wakes_itself_is_still_stopped() {
        let outcome = drive(
            &job(Duration::from_millis(10)),
            std::future::poll_fn(|context| {
                context.waker().wake_by_ref();
                Poll::<()>::Pending
            }),
        );
        assert_eq!(outcome, Err(Reason::Timeout));
    }
}
