//! `let`, `caller`, `times`, `ulimit`, `history` and others that are short.

use super::letters::Letters;
use crate::shell::Shell;
use crate::shell::ast::Text;
use crate::shell::flow::{Error, Flow, Jump};
use crate::shell::options::Shopt;
use crate::sys::process;

pub fn let_(shell: &mut Shell, args: &[Text]) -> Flow {
    let expressions = match args.get(1..).unwrap_or_default() {
        [dashes, rest @ ..] if dashes == b"--" => rest,
        expressions => expressions,
    };
    if expressions.is_empty() {
        shell.complain_as("let", "expression expected");
        return Flow::Continue(1);
    }
    let mut value = 0;
    let outer = std::mem::replace(&mut shell.arithmetic_prefix, b"let: ");
    let mut failed = None;
    for expression in expressions {
        match shell.evaluate_text(expression) {
            Flow::Continue(number) => value = number,
            Flow::Break(Jump::Discard(Error::Command, _)) => {
                failed = Some(Flow::Continue(1));
                break;
            }
            Flow::Break(jump) => {
                failed = Some(Flow::Break(jump));
                break;
            }
        }
    }
    shell.arithmetic_prefix = outer;
    failed.unwrap_or(Flow::Continue(i32::from(value == 0)))
}

pub fn caller(shell: &mut Shell, args: &[Text]) -> Flow {
    let depth = match args.get(1) {
        None => None,
        Some(text) => match std::str::from_utf8(text)
            .ok()
            .and_then(|text| text.parse::<usize>().ok())
        {
            Some(depth) => Some(depth),
            None => {
                shell.complain_as("caller", [text.as_slice(), b": invalid number"].concat());
                return shell.misused(b"caller");
            }
        },
    };
    let calls: Vec<_> = shell.state.calls.iter().cloned().collect();
    let at = depth.unwrap_or(0);
    let Some(call) = calls
        .get(at)
        .filter(|call| call.kind != crate::shell::calls::CallKind::Main)
    else {
        return Flow::Continue(1);
    };
    let outer = calls.get(at + 1);
    let file = outer.map_or_else(|| b"NULL".to_vec(), |outer| outer.file.clone());
    let line = match depth {
        None => [format!("{} ", call.line).as_bytes(), &file].concat(),
        Some(_) => {
            let Some(outer) = outer else {
                return Flow::Continue(1);
            };
            [
                format!("{} ", call.line).as_bytes(),
                &outer.name,
                b" ",
                &file,
            ]
            .concat()
        }
    };
    shell.out().extend(line);
    shell.out().push(b'\n');
    Flow::Continue(0)
}

pub fn times(shell: &mut Shell, _args: &[Text]) -> Flow {
    let times = process::times().unwrap_or_default();
    let shown = |time: std::time::Duration| {
        format!(
            "{}m{}.{:03}s",
            time.as_secs() / 60,
            time.as_secs() % 60,
            time.subsec_millis()
        )
    };
    let text = format!(
        "{} {}\n{} {}\n",
        shown(times.user),
        shown(times.system),
        shown(times.children_user),
        shown(times.children_system)
    );
    shell.out().extend(text.bytes());
    Flow::Continue(0)
}

/// What `ulimit` shows: the letter, the words, and the limit that a sandbox has.
const LIMITS: &[(u8, &str, &str)] = &[
    (
        b'R',
        "real-time non-blocking time  (microseconds, -R) ",
        "unlimited",
    ),
    (b'c', "core file size              (blocks, -c) ", "0"),
    (
        b'd',
        "data seg size               (kbytes, -d) ",
        "unlimited",
    ),
    (b'e', "scheduling priority                 (-e) ", "0"),
    (
        b'f',
        "file size                   (blocks, -f) ",
        "unlimited",
    ),
    (b'i', "pending signals                     (-i) ", "256"),
    (b'l', "max locked memory           (kbytes, -l) ", "64"),
    (
        b'm',
        "max memory size             (kbytes, -m) ",
        "unlimited",
    ),
    (b'n', "open files                          (-n) ", "1024"),
    (b'p', "pipe size                (512 bytes, -p) ", "8"),
    (b'q', "POSIX message queues         (bytes, -q) ", "819200"),
    (b'r', "real-time priority                  (-r) ", "0"),
    (b's', "stack size                  (kbytes, -s) ", "8192"),
    (
        b't',
        "cpu time                   (seconds, -t) ",
        "unlimited",
    ),
    (b'u', "max user processes                  (-u) ", "256"),
    (
        b'v',
        "virtual memory              (kbytes, -v) ",
        "unlimited",
    ),
    (
        b'x',
        "file locks                          (-x) ",
        "unlimited",
    ),
];

pub fn ulimit(shell: &mut Shell, args: &[Text]) -> Flow {
    let mut shown = Vec::new();
    let mut all = false;
    let mut letters = Letters::new(args, "HSabcdefiklmnpqrstuvxPRT");
    loop {
        match letters.next(shell) {
            Ok(None) => break,
            Ok(Some(given)) => match given.letter {
                b'a' => all = true,
                b'H' | b'S' => {}
                letter => shown.push(letter),
            },
            Err(flow) => return flow,
        }
    }
    if let Some(value) = letters.operands().first() {
        let is_limit = matches!(value.as_slice(), b"unlimited" | b"hard" | b"soft")
            || value.iter().all(u8::is_ascii_digit);
        if !is_limit {
            shell.complain_as("ulimit", [value.as_slice(), b": invalid number"].concat());
            return Flow::Continue(1);
        }
        // The limits are the sandbox's: they cannot be changed from inside.
        shell.complain_as("ulimit", "cannot modify limit: Operation not permitted");
        return Flow::Continue(1);
    }
    if all {
        shown = LIMITS.iter().map(|(letter, _, _)| *letter).collect();
    }
    if shown.is_empty() {
        shown.push(b'f');
    }
    let several = shown.len() > 1;
    for letter in shown {
        let Some((_, words, value)) = LIMITS.iter().find(|(known, _, _)| *known == letter) else {
            continue;
        };
        let line = if several {
            format!("{words}{value}\n")
        } else {
            format!("{value}\n")
        };
        shell.out().extend(line.bytes());
    }
    Flow::Continue(0)
}

/// There is no history where nobody types.
pub fn history(shell: &mut Shell, args: &[Text]) -> Flow {
    let mut letters = Letters::new(args, "cd:anrwps");
    loop {
        match letters.next(shell) {
            Ok(None) => return Flow::Continue(0),
            Ok(Some(_)) => {}
            Err(flow) => return flow,
        }
    }
}

pub fn fc(shell: &mut Shell, _args: &[Text]) -> Flow {
    shell.complain_as("fc", "history specification out of range");
    Flow::Continue(1)
}

pub fn logout(shell: &mut Shell, args: &[Text]) -> Flow {
    if shell.has_shopt(Shopt::LoginShell) {
        return super::flow::exit(shell, args);
    }
    shell.complain_as("logout", "not login shell: use `exit'");
    Flow::Continue(1)
}

pub fn suspend(shell: &mut Shell, _args: &[Text]) -> Flow {
    shell.complain_as("suspend", "cannot suspend: no job control");
    Flow::Continue(1)
}

/// Completion is for those who type: its rules are taken and not used.
pub fn complete(_shell: &mut Shell, _args: &[Text]) -> Flow {
    Flow::Continue(0)
}
