//! Signals: their numbers (signal(7), Linux on x86-64) and what they do to a
//! process that has said nothing about them.

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
    const CHLD: Self = Self(17);
    const CONT: Self = Self(18);
    const URG: Self = Self(23);
    const WINCH: Self = Self(28);

    pub fn from_number(number: u32) -> Option<Self> {
        (1..=MAX).contains(&number).then_some(Self(number as u8))
    }

    pub fn number(self) -> u8 {
        self.0
    }

    /// Whether it ends a process. Those that would stop one (SIGSTOP, SIGTSTP, …)
    /// do: nobody could continue it from a terminal.
    pub fn is_fatal(self) -> bool {
        ![Self::CHLD, Self::CONT, Self::URG, Self::WINCH].contains(&self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
