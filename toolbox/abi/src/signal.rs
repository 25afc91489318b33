//! What a process does with a signal, as `proc_set_signal` takes it.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// What the signal does by itself: most end the process.
    Default,
    /// Nothing; new processes ignore it too.
    Ignore,
    /// It is noted until the process asks for it (`proc_take_signals`), and ends a wait with `EINTR`.
    Catch,
}

impl Disposition {
    /// The number for the host.
    pub fn number(self) -> u32 {
        match self {
            Self::Default => 0,
            Self::Ignore => 1,
            Self::Catch => 2,
        }
    }

    pub fn from_number(number: u32) -> Option<Self> {
        [Self::Default, Self::Ignore, Self::Catch]
            .into_iter()
            .find(|disposition| disposition.number() == number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_three_numbers_are_dispositions() {
        for number in 0..3 {
            let disposition = Disposition::from_number(number);
            assert_eq!(disposition.map(Disposition::number), Some(number));
        }
        assert_eq!(Disposition::from_number(3), None);
        assert_eq!(Disposition::from_number(u32::MAX), None);
    }
}
