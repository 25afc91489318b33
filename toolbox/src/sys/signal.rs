//! Signals: the names and numbers of Linux on x86-64 (signal(7)).

/// A signal that can be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signal(u8);

/// The signals that have a name of their own, from number 1 on.
const NAMES: [&str; 31] = [
    "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
    "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
    "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "POLL", "PWR", "SYS",
];
/// What the same signals are about, as strsignal(3) says it.
const DESCRIPTIONS: [&str; 31] = [
    "Hangup",
    "Interrupt",
    "Quit",
    "Illegal instruction",
    "Trace/breakpoint trap",
    "Aborted",
    "Bus error",
    "Floating point exception",
    "Killed",
    "User defined signal 1",
    "Segmentation fault",
    "User defined signal 2",
    "Broken pipe",
    "Alarm clock",
    "Terminated",
    "Stack fault",
    "Child exited",
    "Continued",
    "Stopped (signal)",
    "Stopped",
    "Stopped (tty input)",
    "Stopped (tty output)",
    "Urgent I/O condition",
    "CPU time limit exceeded",
    "File size limit exceeded",
    "Virtual timer expired",
    "Profiling timer expired",
    "Window changed",
    "I/O possible",
    "Power failure",
    "Bad system call",
];
/// Second names.
const ALIASES: [(&str, u8); 3] = [("IOT", 6), ("CLD", 17), ("IO", 29)];
/// The real-time signals that programs may use; libc keeps 32 and 33.
const RTMIN: u8 = 34;
const RTMAX: u8 = 64;

impl Signal {
    pub const HUP: Self = Self(1);
    pub const INT: Self = Self(2);
    pub const QUIT: Self = Self(3);
    pub const KILL: Self = Self(9);
    pub const PIPE: Self = Self(13);
    pub const TERM: Self = Self(15);
    pub const CONT: Self = Self(18);

    /// The signals with a name of their own, in the order of their numbers.
    pub fn named() -> impl Iterator<Item = (Self, &'static str)> {
        (1..).map(Self).zip(NAMES)
    }

    pub fn from_number(number: u32) -> Option<Self> {
        let number = u8::try_from(number).ok()?;
        (1..=RTMAX).contains(&number).then_some(Self(number))
    }

    pub fn number(self) -> u8 {
        self.0
    }

    /// What is said of who was ended by it.
    pub fn description(self) -> String {
        match DESCRIPTIONS.get(usize::from(self.0) - 1) {
            Some(text) => (*text).to_owned(),
            None => format!("Real-time signal {}", self.0.saturating_sub(RTMIN)),
        }
    }

    /// The signal of a name in any case, with or without `SIG`: `TERM`, `sigint`, `RTMIN+1`.
    pub fn from_name(name: &[u8]) -> Option<Self> {
        let name = name.to_ascii_uppercase();
        let name = std::str::from_utf8(name.strip_prefix(b"SIG").unwrap_or(&name)).ok()?;
        if let Some((signal, _)) = Self::named().find(|(_, known)| *known == name) {
            return Some(signal);
        }
        if let Some((_, number)) = ALIASES.iter().find(|(known, _)| *known == name) {
            return Some(Self(*number));
        }
        let (base, offset) = match (name.strip_prefix("RTMIN"), name.strip_prefix("RTMAX")) {
            (Some(offset), _) => (RTMIN, offset),
            (_, Some(offset)) => (RTMAX, offset),
            _ => return None,
        };
        let offset: i8 = match offset {
            "" => 0,
            _ if offset.starts_with(['+', '-']) => offset.parse().ok()?,
            _ => return None,
        };
        let number = base.checked_add_signed(offset)?;
        (RTMIN..=RTMAX).contains(&number).then_some(Self(number))
    }

    /// The name without `SIG`; a real-time signal is counted from the nearer end. 32 and 33 have none.
    pub fn name(self) -> Option<String> {
        if let Some(name) = NAMES.get(usize::from(self.0) - 1) {
            return Some((*name).to_owned());
        }
        match self.0 {
            RTMIN => Some("RTMIN".to_owned()),
            RTMAX => Some("RTMAX".to_owned()),
            number if number < RTMIN => None,
            number if number - RTMIN <= RTMAX - number => Some(format!("RTMIN+{}", number - RTMIN)),
            number => Some(format!("RTMAX-{}", RTMAX - number)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_back_to_its_number() {
        for number in (1..=31).chain(34..=64) {
            let signal = Signal::from_number(number).expect("a number of a signal");
            let name = signal.name().expect("a name");
            assert_eq!(Signal::from_name(name.as_bytes()), Some(signal), "{name}");
        }
        assert_eq!(Signal::from_number(0), None);
        assert_eq!(Signal::from_number(65), None);
        assert_eq!(Signal::from_number(265), None);
        assert_eq!(Signal::from_number(32).and_then(Signal::name), None);
    }

    #[test]
    fn names_are_those_of_linux() {
        assert_eq!(Signal::TERM.name().as_deref(), Some("TERM"));
        assert_eq!(Signal::from_name(b"sigkill"), Some(Signal::KILL));
        assert_eq!(Signal::from_name(b"CLD").map(Signal::number), Some(17));
        assert_eq!(Signal::from_name(b"SYS").map(Signal::number), Some(31));
        assert_eq!(Signal(49).name().as_deref(), Some("RTMIN+15"));
        assert_eq!(Signal(50).name().as_deref(), Some("RTMAX-14"));
    }

    #[test]
    fn other_words_name_no_signal() {
        for word in [
            "", "SIG", "FOO", "RTMIN+31", "RTMIN-1", "RTMAX+1", "RTMIN1", "9", "\u{e9}",
        ] {
            assert_eq!(Signal::from_name(word.as_bytes()), None, "{word}");
        }
    }
}
