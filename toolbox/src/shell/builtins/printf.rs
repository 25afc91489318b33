//! `printf`: prints its arguments as a format says.

use std::ffi::OsStr;
use std::io;

use super::letters::Letters;
use crate::format::{self, Dialect, Host, When};
use crate::shell::Shell;
use crate::shell::access::{is_name, is_target};
use crate::shell::ast::Text;
use crate::shell::flow::{Flow, Jump};
use crate::shell::state::error_text;
use crate::shell::symbol::Symbol;
use crate::sys::OsStrExt;
use crate::sys::clock::{self, Civil, Zone};

/// More than this is written before the end.
const LARGE: usize = 64 << 10;

pub fn run(shell: &mut Shell, args: &[Text]) -> Flow {
    let mut target = None;
    let mut letters = Letters::new(args, "v:");
    loop {
        match letters.next(shell) {
            Ok(Some(given)) => target = Some(given.value),
            Ok(None) => break,
            Err(flow) => return flow,
        }
        if let Some(name) = target
            && !is_target(name)
        {
            shell.not_an_identifier("printf", name);
            return Flow::Continue(2);
        }
    }
    let Some((template, values)) = letters.operands().split_first() else {
        return shell.misused(b"printf");
    };
    let values: Vec<&[u8]> = values.iter().map(Vec::as_slice).collect();
    let mut printer = Printer {
        shell,
        text: Text::new(),
        is_assigned: target.is_some(),
        jump: None,
    };
    let printed = format::printf(Dialect::Bash, template, &values, &mut printer);
    let (mut text, jump) = (printer.text, printer.jump);
    if let Some(jump) = jump {
        return Flow::Break(jump);
    }
    let status = match printed {
        Ok(status) => status,
        Err(error) => {
            let text = error_text(&error);
            shell.complain_as("printf", format!("write error: {text}"));
            1
        }
    };
    if let Some(target) = target {
        // A variable holds what is before the first NUL byte.
        if let Some(end) = memchr::memchr(0, &text) {
            text.truncate(end);
        }
        let assigned = match is_name(target) {
            true => shell.try_assign(Symbol::new(target), text)?,
            false => shell.assign_text(target, text)?,
        };
        return Flow::Continue(if assigned { status } else { 1 });
    }
    shell.out().append(&mut text);
    Flow::Continue(status)
}

struct Printer<'s> {
    shell: &'s mut Shell,
    /// What was printed: bash shows mistakes before it.
    text: Text,
    /// It is the value of a variable (`-v`).
    is_assigned: bool,
    /// Out of an assignment by `%n`.
    jump: Option<Jump>,
}

impl Host for Printer<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.text.extend_from_slice(bytes);
        if self.is_assigned || self.text.len() < LARGE {
            return Ok(());
        }
        self.shell.out().append(&mut self.text);
        self.shell.flush()
    }

    fn complain(&mut self, message: &[u8]) {
        self.shell.complain_as("printf", message);
    }

    fn assign(&mut self, name: &[u8], count: u64) -> bool {
        if !is_target(name) {
            self.shell.not_an_identifier("printf", name);
            return false;
        }
        match self.shell.assign_text(name, count.to_string()) {
            // That a variable is readonly is said, and the rest is printed.
            Flow::Continue(_) => true,
            Flow::Break(jump) => {
                self.jump = Some(jump);
                false
            }
        }
    }

    fn civil(&mut self, when: When) -> Civil {
        let mut time = clock::now();
        match when {
            When::At(seconds) => (time.seconds, time.nanoseconds) = (seconds, 0),
            When::Started => {
                let seconds = self.shell.state.started.div_euclid(1_000_000_000);
                (time.seconds, time.nanoseconds) = (i64::try_from(seconds).unwrap_or(0), 0);
            }
            When::Now => {}
        }
        let zone = match self.shell.value(Symbol::new("TZ")) {
            Some(zone) => Zone::named(OsStr::from_bytes(&zone)),
            None => Zone::named(OsStr::new("")),
        };
        zone.civil(time)
    }
}
