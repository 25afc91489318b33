//! `select`: a menu on standard error, and a turn for each answer.

use super::compound::{Turn, for_text};
use super::trap::Next;
use crate::shell::Shell;
use crate::shell::ast::{List, Word};
use crate::shell::flow::Flow;
use crate::shell::symbol::Symbol;

impl Shell {
    #[inline(never)]
    pub(super) fn run_select(
        &mut self,
        line: u32,
        variable: Symbol,
        words: Option<&[Word]>,
        body: &List,
    ) -> Flow {
        let Some(values) = self.loop_values(line, variable, words)? else {
            return self.done(1);
        };
        if values.is_empty() {
            return self.done(0);
        }
        let mut status = 0;
        let mut shows_menu = true;
        self.trace_for("select", variable, words)?;
        if self.before_command(|| for_text("select", variable, words))? == Next::Skip {
            return self.done(0);
        }
        self.in_loop(|shell| {
            loop {
                if std::mem::replace(&mut shows_menu, false) {
                    shell.show_menu(&values);
                }
                let prompt = shell.value(Symbol::PS3).unwrap_or_else(|| b"#? ".to_vec());
                shell.write_error(&prompt);
                let Some(answer) = shell.read_answer() else {
                    shell.out().push(b'\n');
                    status = 1;
                    break;
                };
                shell.assign(Symbol::REPLY, answer.clone())?;
                if answer.is_empty() {
                    shows_menu = true;
                    continue;
                }
                let chosen = std::str::from_utf8(&answer)
                    .ok()
                    .and_then(|text| text.trim().parse::<usize>().ok())
                    .and_then(|number| values.get(number.checked_sub(1)?));
                let chosen = chosen.cloned().unwrap_or_default();
                let is_taken = match shell.attributes(variable).nameref {
                    // Unlike `for`, it assigns to what that refers to.
                    true => {
                        shell.assign(variable, chosen)?;
                        true
                    }
                    false => shell.assign_turn(variable, chosen)?,
                };
                if !is_taken {
                    status = 1;
                    break;
                }
                let turn = shell.run_list(body);
                if let (Turn::Leave, _) = shell.end_turn(turn, &mut Some(&mut status))? {
                    break;
                }
                let reply = shell.value(Symbol::REPLY).unwrap_or_default();
                shows_menu = reply.is_empty();
            }
            Flow::Continue(())
        })?;
        self.done(status)
    }

    /// How wide the menu may be: `COLUMNS`, or 80.
    fn menu_width(&mut self) -> usize {
        let given = self.value(Symbol::new("COLUMNS"));
        given
            .and_then(|text| std::str::from_utf8(&text).ok()?.trim().parse().ok())
            .filter(|columns| *columns > 0)
            .unwrap_or(80)
    }

    /// The choices of `select`, in columns.
    fn show_menu(&mut self, values: &[Vec<u8>]) {
        let width = |value: &[u8]| String::from_utf8_lossy(value).chars().count();
        let digits = values.len().to_string().len();
        let longest = values.iter().map(|value| width(value)).max().unwrap_or(0);
        let cell = digits + 2 + longest + 2;
        let columns = (self.menu_width() / cell).max(1);
        let rows = values.len().div_ceil(columns);
        let rows = if rows == 1 { values.len() } else { rows };
        // The numbers of the first column are as wide as its last one.
        let first_digits = rows.to_string().len();
        let mut text = Vec::new();
        for row in 0..rows {
            let mut at = 0;
            for index in (row..values.len()).step_by(rows) {
                let digits = if index < rows { first_digits } else { digits };
                let item = format!("{:>digits$}) ", index + 1);
                text.extend_from_slice(item.as_bytes());
                text.extend_from_slice(&values[index]);
                if index + rows < values.len() {
                    let used = at + item.len() + width(&values[index]);
                    let goal = at + cell;
                    pad(&mut text, used, goal);
                    at = goal;
                }
            }
            text.push(b'\n');
        }
        self.write_error(&text);
    }

    /// A line of standard input as `read` reads it: a backslash keeps the byte behind it, and with a line end it goes on in
    /// the next line. A line that has no end is none.
    fn read_answer(&mut self) -> Option<Vec<u8>> {
        let input = self.descriptor(0).ok()?;
        let mut answer = Vec::new();
        let mut is_escaped = false;
        let mut buffer = [0; 256];
        loop {
            let count = crate::sys::process::read_until(input.0, &mut buffer, b'\n').ok()?;
            if count == 0 {
                return None;
            }
            for &byte in &buffer[..count] {
                match (byte, std::mem::replace(&mut is_escaped, false)) {
                    (b'\n', true) => {}
                    (b'\n', false) => return Some(answer),
                    (b'\\', false) => is_escaped = true,
                    _ => answer.push(byte),
                }
            }
        }
    }
}

/// Fills up to a column with tabs and spaces, as bash does.
fn pad(text: &mut Vec<u8>, mut from: usize, to: usize) {
    while from < to {
        if to / 8 > from / 8 {
            text.push(b'\t');
            from = (from / 8 + 1) * 8;
        } else {
            text.push(b' ');
            from += 1;
        }
    }
}
