//! How a process ended, as `proc_run` and `proc_wait` say it, and the time it took.

/// One word: an exit status from 0 to 255, or `SIGNALED` and the number of the signal that ended the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitStatus(pub u32);

const SIGNALED: u32 = 0x100;

impl WaitStatus {
    pub fn exited(status: u8) -> Self {
        Self(u32::from(status))
    }

    pub fn signaled(signal: u8) -> Self {
        Self(SIGNALED | u32::from(signal))
    }

    /// The signal that ended the process, if one did.
    pub fn signal(self) -> Option<u8> {
        (self.0 & SIGNALED != 0).then_some(self.0 as u8)
    }

    /// The status as a shell has it: 128 and the signal's number for a process that a signal ended.
    pub fn code(self) -> u8 {
        match self.signal() {
            Some(signal) => 128 | signal,
            None => self.0 as u8,
        }
    }
}

/// What `proc_wait` writes.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waited {
    /// 0 when no child has ended yet.
    pub pid: u32,
    /// A `WaitStatus`.
    pub status: u32,
}

/// What `proc_times` writes: processor time in nanoseconds. All of it is user time, as guests have no other.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// Of the process itself.
    pub own: u64,
    /// Of its children that have ended and were waited for, with theirs.
    pub children: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_is_told_from_the_exit_status_that_looks_like_it() {
        assert_eq!(WaitStatus::exited(141).signal(), None);
        assert_eq!(WaitStatus::exited(141).code(), 141);
        assert_eq!(WaitStatus::signaled(13).signal(), Some(13));
        assert_eq!(WaitStatus::signaled(13).code(), 141);
    }
}
