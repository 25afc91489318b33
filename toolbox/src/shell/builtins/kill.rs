//! `kill`

use super::jobs::{Ambiguous, job_named};
use crate::shell::Shell;
use crate::shell::ast::Text;
use crate::shell::flow::Flow;
use crate::sys::signal::Signal;
use crate::sys::{self, process};

const USAGE: &[u8] =
    b"kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n";

pub fn main(shell: &mut Shell, args: &[Text]) -> Flow {
    let mut signal = Some(Signal::TERM);
    let mut rest = &args[1..];
    match rest {
        [first, others @ ..] if first == b"-l" || first == b"-L" => return list(shell, others),
        [first, ..] if first == b"-s" || first == b"-n" => {
            let [_, name, others @ ..] = rest else {
                let message = [first.as_slice(), b": option requires an argument"].concat();
                shell.complain_as("kill", message);
                return Flow::Continue(1);
            };
            let Some(found) = signal_of(name) else {
                return invalid_signal(shell, name);
            };
            signal = found;
            rest = others;
        }
        [first, others @ ..] if first.len() > 1 && first.starts_with(b"-") && first != b"--" => {
            let name = &first[1..];
            let name = match name {
                [b's' | b'n', attached @ ..] if signal_of(name).is_none() => attached,
                _ => name,
            };
            let Some(found) = signal_of(name) else {
                return invalid_signal(shell, name);
            };
            signal = found;
            rest = others;
        }
        _ => {}
    }
    if let [first, others @ ..] = rest
        && first == b"--"
    {
        rest = others;
    }
    if rest.is_empty() {
        shell.write_error(USAGE);
        return Flow::Continue(2);
    }
    let _ = shell.flush();
    let mut any = false;
    for target in rest {
        any |= send(shell, target, signal);
    }
    let status = i32::from(!any);
    shell.state.status = status;
    if let flow @ std::ops::ControlFlow::Break(_) = shell.run_pending_traps() {
        return flow.map_continue(|()| 0);
    }
    Flow::Continue(status)
}

fn send(shell: &mut Shell, target: &[u8], signal: Option<Signal>) -> bool {
    let pid = if target.starts_with(b"%") {
        let Some(job) = job_named(shell, "kill", target, Ambiguous::IsAmbiguous) else {
            return false;
        };
        i32::try_from(job.member.pid.0).unwrap_or(i32::MAX)
    } else {
        let number = std::str::from_utf8(target)
            .ok()
            .and_then(|text| text.trim().parse().ok());
        let Some(number) = number else {
            let problem = b": arguments must be process or job IDs";
            shell.complain_as("kill", [target, problem].concat());
            return false;
        };
        number
    };
    match process::kill(pid, signal) {
        Ok(()) => true,
        Err(error) => {
            let text = sys::error_text(&error);
            shell.complain_as("kill", format!("({pid}) - {text}"));
            false
        }
    }
}

/// None is signal 0, which only asks.
fn signal_of(name: &[u8]) -> Option<Option<Signal>> {
    if name == b"0" || name.eq_ignore_ascii_case(b"EXIT") {
        return Some(None);
    }
    if !name.is_empty() && name.iter().all(u8::is_ascii_digit) {
        let number = std::str::from_utf8(name).ok()?.parse().ok()?;
        return Signal::from_number(number).map(Some);
    }
    Signal::from_name(name).map(Some)
}

fn invalid_signal(shell: &mut Shell, name: &[u8]) -> Flow {
    shell.complain_as("kill", [name, b": invalid signal specification"].concat());
    Flow::Continue(1)
}

fn list(shell: &mut Shell, names: &[Text]) -> Flow {
    if names.is_empty() {
        let list = signal_list();
        shell.out().extend(list);
        return Flow::Continue(0);
    }
    let mut status = 0;
    for name in names {
        let is_number = name.iter().all(u8::is_ascii_digit);
        let number = std::str::from_utf8(name)
            .ok()
            .and_then(|text| text.parse::<u32>().ok());
        let answer = match number.filter(|_| is_number) {
            // A status over 128 is that of a process that a signal ended.
            Some(0) => Some("EXIT".to_owned()),
            Some(number) => Signal::from_number(if number > 128 { number - 128 } else { number })
                .and_then(|signal| signal.name()),
            None => signal_of(name).map(|signal| signal.map_or(0, Signal::number).to_string()),
        };
        match answer {
            Some(answer) => shell.out().extend(format!("{answer}\n").bytes()),
            None => {
                shell.complain_as(
                    "kill",
                    [name.as_slice(), b": invalid signal specification"].concat(),
                );
                status = 1;
            }
        }
    }
    Flow::Continue(status)
}

/// All signals in five columns, as `kill -l` and `trap -l` print them.
pub fn signal_list() -> Text {
    let mut text = String::new();
    let signals = (1..=64)
        .filter_map(Signal::from_number)
        .filter(|signal| signal.name().is_some());
    let mut column = 0;
    for signal in signals {
        let name = signal.name().unwrap_or_default();
        text += &format!("{:2}) SIG{name}", signal.number());
        column += 1;
        text.push(if column % 5 == 0 { '\n' } else { '\t' });
    }
    if column % 5 != 0 {
        text.push('\n');
    }
    text.into_bytes()
}
