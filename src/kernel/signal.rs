//! Signals: their numbers (signal(7), Linux on x86-64), and what they do to a
//! process.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use toolbox_abi::Disposition;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signal(u8);

/// The highest number (SIGRTMAX).
const MAX: u32 = 64;

impl Signal {
    pub const ABRT: Self = Self(6);
    pub const FPE: Self = Self(8);
    pub const KILL: Self = Self(9);
    pub const SEGV: Self = Self(11);
    pub const PIPE: Self = Self(13);
    pub const CHLD: Self = Self(17);
    const CONT: Self = Self(18);
    const STOP: Self = Self(19);
    const URG: Self = Self(23);
    const WINCH: Self = Self(28);

    pub fn from_number(number: u32) -> Option<Self> {
        (1..=MAX).contains(&number).then_some(Self(number as u8))
    }

    pub fn number(self) -> u8 {
        self.0
    }

    fn bit(self) -> u64 {
        1 << (self.0 - 1)
    }

    /// Whether a process may say what it does.
    fn is_free(self) -> bool {
        ![Self::KILL, Self::STOP].contains(&self)
    }

    /// Whether it ends a process by itself. Those that would stop one (SIGSTOP, SIGTSTP, …)
    /// do: nobody could continue it from a terminal.
    pub fn is_fatal(self) -> bool {
        ![Self::CHLD, Self::CONT, Self::URG, Self::WINCH].contains(&self)
    }
}

/// What signals do to a process, and those that it has not taken yet. Signals are bits:
/// `n - 1` is signal `n`.
#[derive(Default)]
pub struct Signals {
    ignored: AtomicU64,
    caught: AtomicU64,
    pending: AtomicU64,
    /// A caught signal came and has not ended a wait yet.
    fresh: AtomicBool,
}

/// What is to be done about a signal that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    Nothing,
    Noted,
    Fatal,
}

impl Signals {
    /// Those of a new process that ignores some.
    pub fn ignoring(signals: u64) -> Self {
        let never = Signal::KILL.bit() | Signal::STOP.bit();
        Self {
            ignored: AtomicU64::new(signals & !never),
            ..Self::default()
        }
    }

    /// Says what a signal does; false for one that cannot be told.
    pub fn set(&self, signal: Signal, disposition: Disposition) -> bool {
        if !signal.is_free() {
            return disposition == Disposition::Default;
        }
        let put = |set: &AtomicU64, is_in| match is_in {
            true => set.fetch_or(signal.bit(), Ordering::AcqRel),
            false => set.fetch_and(!signal.bit(), Ordering::AcqRel),
        };
        put(&self.caught, disposition == Disposition::Catch);
        put(&self.ignored, disposition == Disposition::Ignore);
        if disposition == Disposition::Ignore {
            put(&self.pending, false);
        }
        true
    }

    pub fn ignored(&self) -> u64 {
        self.ignored.load(Ordering::Acquire)
    }

    /// A signal has come.
    pub fn receive(&self, signal: Signal) -> Effect {
        let is_in = |set: &AtomicU64| set.load(Ordering::Acquire) & signal.bit() != 0;
        if is_in(&self.caught) {
            self.pending.fetch_or(signal.bit(), Ordering::AcqRel);
            self.fresh.store(true, Ordering::Release);
            Effect::Noted
        } else if is_in(&self.ignored) || !signal.is_fatal() {
            Effect::Nothing
        } else {
            Effect::Fatal
        }
    }

    /// The caught signals that have come since this was last asked.
    pub fn take(&self) -> u64 {
        self.fresh.store(false, Ordering::Release);
        self.pending.swap(0, Ordering::AcqRel)
    }

    /// Whether the wait that asks is to end for a caught signal; each ends one.
    pub fn interrupts(&self) -> bool {
        self.fresh.load(Ordering::Acquire) && self.fresh.swap(false, Ordering::AcqRel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INT: Signal = Signal(2);

    #[test]
    fn a_caught_signal_is_taken_once_and_ends_one_wait() {
        let signals = Signals::default();
        assert_eq!(signals.receive(INT), Effect::Fatal);
        assert!(signals.set(INT, Disposition::Catch));
        assert_eq!(signals.receive(INT), Effect::Noted);
        assert_eq!(signals.receive(Signal::PIPE), Effect::Fatal);
        assert!(signals.interrupts());
        assert!(!signals.interrupts());
        assert_eq!(signals.take(), 0b10);
        assert_eq!(signals.take(), 0);
        assert_eq!(signals.receive(INT), Effect::Noted);
        assert_eq!(signals.take(), 0b10);
        assert!(!signals.interrupts());
    }

    #[test]
    fn what_is_ignored_from_then_on_was_never_there() {
        let signals = Signals::default();
        assert!(signals.set(INT, Disposition::Catch));
        assert_eq!(signals.receive(INT), Effect::Noted);
        assert!(signals.set(INT, Disposition::Ignore));
        assert_eq!(signals.receive(INT), Effect::Nothing);
        assert_eq!((signals.take(), signals.ignored()), (0, 0b10));
        assert!(signals.set(INT, Disposition::Default));
        assert_eq!(signals.receive(INT), Effect::Fatal);
    }

    #[test]
    fn nothing_keeps_kill_and_stop_away() {
        let signals = Signals::ignoring(u64::MAX);
        for signal in [Signal::KILL, Signal::STOP] {
            assert!(!signals.set(signal, Disposition::Catch));
            assert!(!signals.set(signal, Disposition::Ignore));
            assert!(signals.set(signal, Disposition::Default));
            assert_eq!(signals.receive(signal), Effect::Fatal);
        }
        assert_eq!(signals.receive(INT), Effect::Nothing);
    }

    #[test]
    fn numbers_go_from_1_to_64() {
        assert_eq!(Signal::from_number(0), None);
        assert_eq!(Signal::from_number(9), Some(Signal::KILL));
        assert_eq!(Signal::from_number(64).map(Signal::number), Some(64));
        assert_eq!(Signal::from_number(65), None);
    }

    #[test]
    fn a_child_that_ends_does_not_kill_its_parent() {
        assert!(!Signal::CHLD.is_fatal());
        assert!(Signal::KILL.is_fatal());
    }
}
