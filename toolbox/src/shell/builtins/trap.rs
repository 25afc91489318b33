//! `trap`

use crate::shell::Shell;
use crate::shell::ast::Text;
use crate::shell::flow::Flow;
use crate::shell::quote;
use crate::shell::traps::Event;
use crate::sys::signal::Signal;

const USAGE: &[u8] = b"trap: usage: trap [-lp] [[arg] signal_spec ...]\n";

pub fn main(shell: &mut Shell, args: &[Text]) -> Flow {
    let mut rest = &args[1..];
    let mut prints = false;
    while let [first, others @ ..] = rest {
        match first.as_slice() {
            b"-p" => prints = true,
            b"-l" => {
                let list = super::kill::signal_list();
                shell.out().extend(list);
                return Flow::Continue(0);
            }
            b"-lp" | b"-pl" => prints = true,
            b"--" => {
                rest = others;
                break;
            }
            [b'-', letter, ..] => {
                let message = format!("-{}: invalid option", char::from(*letter));
                shell.complain_as("trap", message);
                shell.write_error(USAGE);
                return Flow::Continue(2);
            }
            _ => break,
        }
        rest = others;
    }
    if prints || rest.is_empty() {
        return show(shell, rest);
    }
    let [action, specs @ ..] = rest else {
        return Flow::Continue(0);
    };
    // A number alone, and a name without a command, reset.
    let is_number = !action.is_empty() && action.iter().all(u8::is_ascii_digit);
    let (action, specs) = if action == b"-" {
        (None, specs)
    } else if specs.is_empty() || is_number && event(action).is_some() {
        if specs.is_empty() && event(action).is_none() {
            shell.write_error(USAGE);
            return Flow::Continue(2);
        }
        (None, rest)
    } else {
        (Some(action), specs)
    };
    let mut status = 0;
    for spec in specs {
        match event(spec) {
            Some(event) => set(shell, event, action),
            None => {
                shell.complain_as(
                    "trap",
                    [spec.as_slice(), b": invalid signal specification"].concat(),
                );
                status = 1;
            }
        }
    }
    Flow::Continue(status)
}

fn set(shell: &mut Shell, event: Event, action: Option<&Text>) {
    if let Some(action) = action {
        // It need not stand in the script as it is.
        shell.note_what_is_asked(action);
    }
    match action {
        Some(action) => shell.state.traps.set(event, action.clone()),
        None => shell.state.traps.remove(event),
    }
    if let Event::Signal(number) = event {
        shell.apply_signal(number);
    }
    shell.catch_ends();
}

fn show(shell: &mut Shell, specs: &[Text]) -> Flow {
    let mut status = 0;
    let mut wanted = Vec::new();
    for spec in specs {
        match event(spec) {
            Some(event) => wanted.push(event),
            None => {
                shell.complain_as(
                    "trap",
                    [spec.as_slice(), b": invalid signal specification"].concat(),
                );
                status = 1;
            }
        }
    }
    let set = shell.state.traps.shown().clone();
    if specs.is_empty() {
        wanted = set.keys().copied().collect();
    }
    for event in wanted {
        if let Some(command) = set.get(&event) {
            let name = name(event);
            let quoted = quote::single(command);
            let line = [b"trap -- ", quoted.as_slice(), b" ", name.as_bytes(), b"\n"].concat();
            shell.out().extend(line);
        }
    }
    Flow::Continue(status)
}

/// The event that a name or number means.
fn event(spec: &[u8]) -> Option<Event> {
    let upper = spec.to_ascii_uppercase();
    Some(match upper.as_slice() {
        b"EXIT" | b"0" | b"SIGEXIT" => Event::Exit,
        b"DEBUG" => Event::Debug,
        b"ERR" => Event::Error,
        b"RETURN" => Event::Return,
        digits if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) => {
            let number = std::str::from_utf8(digits).ok()?.parse().ok()?;
            Event::Signal(Signal::from_number(number)?.number())
        }
        name => Event::Signal(Signal::from_name(name)?.number()),
    })
}

fn name(event: Event) -> String {
    match event {
        Event::Exit => "EXIT".to_owned(),
        Event::Debug => "DEBUG".to_owned(),
        Event::Error => "ERR".to_owned(),
        Event::Return => "RETURN".to_owned(),
        Event::Signal(number) => {
            let signal = Signal::from_number(number.into());
            let name = signal.and_then(|signal| signal.name());
            name.map_or_else(|| number.to_string(), |name| format!("SIG{name}"))
        }
    }
}
