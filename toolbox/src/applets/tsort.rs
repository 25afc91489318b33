//! `tsort`: puts names in an order in which each comes before those that depend on it.

use std::collections::{HashMap, VecDeque};
use std::ffi::OsString;
use std::io::{self, BufWriter, Write};

use crate::getopt::{self, UsageError};
use crate::stdio::{self, Input};
use crate::sys::OsStrExt;
use crate::sys::quote::{quoted_if_needed, quoted_text};

const NAME: &str = "tsort";

/// Names, and which come before which.
#[derive(Default)]
struct Graph<'t> {
    names: Vec<&'t [u8]>,
    /// The names that come behind each, the last one said first.
    followers: Vec<Vec<usize>>,
    /// How many come before each, still.
    waits_for: Vec<usize>,
    /// Which names have not been printed, by their text.
    left: std::collections::BTreeMap<&'t [u8], usize>,
}

pub fn main(args: &[OsString]) -> i32 {
    let operands = match getopt::operands(NAME, "Usage: tsort [OPTION] [FILE]\n", args) {
        Ok(operands) => operands,
        Err(status) => return status,
    };
    if let Some(extra) = operands.get(1) {
        let quoted = quoted_text(extra.as_bytes());
        let message = [b"extra operand ", quoted.as_slice()].concat();
        return UsageError::new(NAME, message).report(1);
    }
    let name = operands.first().cloned().unwrap_or_else(|| "-".into());
    let text = match Input::open(&name).and_then(|mut input| input.read_all()) {
        Ok(text) => text,
        // GNU reads nothing from a directory, and says nothing.
        Err(error) if error.raw_os_error() == Some(libc::EISDIR) => Vec::new(),
        Err(error) => {
            stdio::complain(NAME, &stdio::about(&name, &error));
            return 1;
        }
    };
    let shown = quoted_if_needed(name.as_bytes());
    let Some(mut graph) = Graph::read(&text) else {
        let problem = b": input contains an odd number of tokens";
        stdio::complain(NAME, &[shown.as_slice(), problem].concat());
        return 1;
    };
    let mut out = BufWriter::new(io::stdout().lock());
    let mut status = 0;
    let mut written = graph.print(&mut out);
    while written.is_ok()
        && let Some(cycle) = graph.open_cycle()
    {
        status = 1;
        let _ = out.flush();
        stdio::complain(
            NAME,
            &[shown.as_slice(), b": input contains a loop:"].concat(),
        );
        for name in &cycle {
            stdio::complain(NAME, graph.names.get(*name).copied().unwrap_or_default());
        }
        written = graph.print(&mut out);
    }
    stdio::finish(NAME, written.and_then(|()| out.flush()), status)
}

impl<'t> Graph<'t> {
    /// Nothing when a name has no partner.
    fn read(text: &'t [u8]) -> Option<Self> {
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n');
        let mut graph = Self::default();
        let mut numbers = HashMap::new();
        let words = text.split(is_blank).filter(|word| !word.is_empty());
        let mut first = None;
        for word in words {
            let number = *numbers.entry(word).or_insert_with(|| {
                graph.names.push(word);
                graph.followers.push(Vec::new());
                graph.waits_for.push(0);
                graph.names.len() - 1
            });
            match first.take() {
                None => first = Some(number),
                Some(before) if before == number => {}
                Some(before) => {
                    graph.followers[before].push(number);
                    graph.waits_for[number] += 1;
                }
            }
        }
        graph.left = graph
            .names
            .iter()
            .enumerate()
            .map(|(number, name)| (*name, number))
            .collect();
        first.is_none().then_some(graph)
    }

    /// Prints all names that wait for none, and those that then wait for none.
    fn print(&mut self, out: &mut impl Write) -> io::Result<()> {
        let free = self
            .left
            .values()
            .copied()
            .filter(|name| self.waits_for[*name] == 0);
        let mut queue: VecDeque<usize> = free.collect();
        while let Some(name) = queue.pop_front() {
            let text = self.names[name];
            out.write_all(text)?;
            out.write_all(b"\n")?;
            self.left.remove(text);
            for follower in std::mem::take(&mut self.followers[name]).into_iter().rev() {
                self.waits_for[follower] -= 1;
                if self.waits_for[follower] == 0 {
                    queue.push_back(follower);
                }
            }
        }
        Ok(())
    }

    /// Names that each come before the next, and the last before the first, of those that are left; the step from the last
    /// to the first is taken out. None when no name is left.
    fn open_cycle(&mut self) -> Option<Vec<usize>> {
        // Going back from one that waits to one that it waits for, a name is met again some time. Which of several is gone
        // back to is told by their order.
        let names: Vec<usize> = self.left.values().copied().collect();
        let mut head = *names.first()?;
        let mut next = HashMap::new();
        let mut is_first = true;
        loop {
            for name in &names {
                if std::mem::take(&mut is_first) {
                    continue;
                }
                let steps = &mut self.followers[*name];
                let Some(step) = steps.iter().rposition(|follower| *follower == head) else {
                    continue;
                };
                if !next.contains_key(name) {
                    next.insert(*name, head);
                    head = *name;
                    continue;
                }
                steps.remove(step);
                self.waits_for[head] -= 1;
                let mut cycle = vec![head];
                while let Some(last) = cycle.last()
                    && last != name
                    && let Some(follower) = next.get(last)
                {
                    cycle.push(*follower);
                }
                return Some(cycle);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(text: &str) -> String {
        let mut graph = Graph::read(text.as_bytes()).expect("pairs");
        let mut out = Vec::new();
        graph.print(&mut out).expect("memory");
        String::from_utf8(out).expect("text").replace('\n', " ")
    }

    #[test]
    fn names_come_before_what_depends_on_them() {
        assert_eq!(sorted("a b b c d a"), "d a b c ");
        assert_eq!(sorted("a a b b"), "a b ");
        assert_eq!(sorted("a b a c a d b e c e d e f a"), "f a d c b e ");
        assert!(Graph::read(b"a b c").is_none());
    }
}
