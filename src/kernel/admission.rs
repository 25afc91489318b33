//! How many jobs run at one time; the others wait, first come, first served.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use super::{Interrupt, Reason};

/// The key under which a waiting job attends its interrupt: no process has it.
const KEY: u32 = 0;

pub struct Admission(Mutex<State>);

struct State {
    free: usize,
    queue: VecDeque<Arc<Ticket>>,
}

/// A place in the queue.
struct Ticket(Mutex<Turn>);

enum Turn {
    Waiting(Option<Waker>),
    /// The next one to run; the place is its own now.
    Called,
    Left,
}

impl Ticket {
    fn turn(&self) -> MutexGuard<'_, Turn> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Admission {
    /// `places` is the number of jobs at one time.
    pub fn new(places: usize) -> Arc<Self> {
        Arc::new(Self(Mutex::new(State {
            free: places,
            queue: VecDeque::new(),
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a place, or for the end of the job.
    pub fn enter(
        self: &Arc<Self>,
        interrupt: &Arc<Interrupt>,
    ) -> impl Future<Output = Result<Place, Reason>> + Send + use<> {
        Enter {
            admission: Arc::clone(self),
            interrupt: Arc::clone(interrupt),
            ticket: None,
        }
    }

    fn leave(&self) {
        let mut state = self.state();
        while let Some(next) = state.queue.pop_front() {
            let mut turn = next.turn();
            if let Turn::Waiting(waker) = &mut *turn {
                let waker = waker.take();
                *turn = Turn::Called;
                drop((turn, state));
                if let Some(waker) = waker {
                    waker.wake();
                }
                return;
            }
        }
        state.free += 1;
    }
}

/// A job's right to run.
pub struct Place(Arc<Admission>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.leave();
    }
}

struct Enter {
    admission: Arc<Admission>,
    interrupt: Arc<Interrupt>,
    ticket: Option<Arc<Ticket>>,
}

impl Future for Enter {
    type Output = Result<Place, Reason>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(reason) = self.interrupt.check() {
            return Poll::Ready(Err(reason));
        }
        let Some(ticket) = &self.ticket else {
            let mut state = self.admission.state();
            if state.free > 0 {
                state.free -= 1;
                return Poll::Ready(Ok(Place(Arc::clone(&self.admission))));
            }
            let waiting = Turn::Waiting(Some(context.waker().clone()));
            let ticket = Arc::new(Ticket(Mutex::new(waiting)));
            state.queue.push_back(Arc::clone(&ticket));
            drop(state);
            self.ticket = Some(ticket);
            self.interrupt.attend(KEY, context.waker());
            return Poll::Pending;
        };
        let mut turn = ticket.turn();
        if let Turn::Waiting(waker) = &mut *turn {
            *waker = Some(context.waker().clone());
            return Poll::Pending;
        }
        drop(turn);
        self.ticket = None;
        Poll::Ready(Ok(Place(Arc::clone(&self.admission))))
    }
}

impl Drop for Enter {
    fn drop(&mut self) {
        self.interrupt.forget(KEY);
        let Some(ticket) = &self.ticket else {
            return;
        };
        let was = std::mem::replace(&mut *ticket.turn(), Turn::Left);
        if matches!(was, Turn::Called) {
            self.admission.leave();
        }
    }
}
