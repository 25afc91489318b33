//! The `time` keyword.

use std::time::{Duration, Instant};

use crate::shell::Shell;
use crate::shell::ast::{Pipeline, Text, TimeFormat};
use crate::shell::flow::Flow;
use crate::shell::symbol::Symbol;
use crate::sys::process::{self, Times};

/// The format when TIMEFORMAT is not set (bash manual, "Bash Variables").
const DEFAULT_FORMAT: &[u8] = b"\nreal\t%3lR\nuser\t%3lU\nsys\t%3lS";
const POSIX_FORMAT: &[u8] = b"real %2R\nuser %2U\nsys %2S";

/// What a command took.
struct Taken {
    real: Duration,
    user: Duration,
    system: Duration,
}

impl Shell {
    #[inline(never)]
    pub(super) fn run_timed(&mut self, pipeline: &Pipeline, format: TimeFormat) -> Flow {
        let started = Instant::now();
        let before = process::times().unwrap_or_default();
        let flow = self.run_stages(pipeline);
        let after = process::times().unwrap_or_default();
        let sum = |times: &Times| {
            (
                times.user + times.children_user,
                times.system + times.children_system,
            )
        };
        let (before, after) = (sum(&before), sum(&after));
        let taken = Taken {
            real: started.elapsed(),
            user: after.0.saturating_sub(before.0),
            system: after.1.saturating_sub(before.1),
        };
        let format = match format {
            TimeFormat::Posix => POSIX_FORMAT.to_vec(),
            TimeFormat::Bash => self
                .value(Symbol::TIMEFORMAT)
                .unwrap_or_else(|| DEFAULT_FORMAT.to_vec()),
        };
        if !format.is_empty() {
            let text = self.report(&format, &taken);
            self.write_error(&text);
        }
        flow
    }

    fn report(&mut self, format: &[u8], taken: &Taken) -> Text {
        let mut text = Text::new();
        let mut rest = format.iter().copied().peekable();
        while let Some(byte) = rest.next() {
            if byte != b'%' {
                text.push(byte);
                continue;
            }
            if rest.next_if_eq(&b'%').is_some() {
                text.push(b'%');
                continue;
            }
            let digits = rest
                .next_if(u8::is_ascii_digit)
                .map_or(3, |digit| (digit - b'0').min(3));
            let is_long = rest.next_if_eq(&b'l').is_some();
            match rest.next() {
                Some(b'R') => push_time(&mut text, taken.real, digits, is_long),
                Some(b'U') => push_time(&mut text, taken.user, digits, is_long),
                Some(b'S') => push_time(&mut text, taken.system, digits, is_long),
                Some(b'P') => {
                    let used = (taken.user + taken.system).as_secs_f64();
                    let share = 100.0 * used / taken.real.as_secs_f64().max(1e-9);
                    text.extend_from_slice(format!("{share:.2}").as_bytes());
                }
                other => {
                    let shown = String::from_utf8_lossy(other.as_slice()).into_owned();
                    self.complain(format!("TIMEFORMAT: `{shown}': invalid format character"));
                    return Text::new();
                }
            }
        }
        text.push(b'\n');
        text
    }
}

fn push_time(text: &mut Text, time: Duration, digits: u8, is_long: bool) {
    let (minutes, seconds) = match is_long {
        true => (time.as_secs() / 60, time.as_secs() % 60),
        false => (0, time.as_secs()),
    };
    if is_long {
        text.extend_from_slice(format!("{minutes}m").as_bytes());
    }
    text.extend_from_slice(seconds.to_string().as_bytes());
    if digits > 0 {
        let fraction = format!("{:03}", time.subsec_millis());
        let shown = fraction.get(..usize::from(digits)).unwrap_or_default();
        text.extend_from_slice(format!(".{shown}").as_bytes());
    }
    if is_long {
        text.push(b's');
    }
}
