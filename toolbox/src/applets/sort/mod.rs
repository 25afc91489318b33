//! `sort`: sorts, merges or checks lines of text.

mod key;
mod options;
mod order;

use std::cmp::Ordering;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::hash::RandomState;
use std::io::{self, BufWriter, Read, Write};

use crate::stdio;
use crate::sys::OsStrExt;
use crate::sys::quote::quoted_if_needed;
use key::Key;
use options::{Check, Job, Wish};

const NAME: &str = "sort";
/// Every failure; one is for `-c` to say that the input is not sorted.
const FAILED: i32 = 2;
const BUFFER: usize = 64 * 1024;

pub fn main(args: &[OsString]) -> i32 {
    let job = match options::read(args) {
        Ok(Wish::Sort(job)) => job,
        Ok(Wish::Help(text)) => {
            return stdio::print(NAME, text.as_bytes());
        }
        Err(refusal) => return refusal.report(),
    };
    match job.run() {
        Ok(status) => status,
        Err(message) => {
            stdio::complain(NAME, &message);
            FAILED
        }
    }
}

/// A line, with what it is compared by first.
#[derive(Clone, Copy)]
struct Line<'t> {
    text: &'t [u8],
    key: &'t [u8],
    /// The first bytes of the key, where keys compare as bytes: most pairs differ in them.
    prefix: u64,
}

/// The order of the lines.
struct Comparison<'j> {
    job: &'j Job,
    chance: RandomState,
}

impl Comparison<'_> {
    fn line<'t>(&self, text: &'t [u8]) -> Line<'t> {
        let first = self.job.keys.first();
        let key = first.map_or(text, |key| key.find(text, self.job.separator));
        let mut prefix = 0;
        if first.is_none_or(|key| key.ordering.is_bytes()) {
            let mut start = [0; 8];
            for (place, byte) in start.iter_mut().zip(key) {
                *place = *byte;
            }
            prefix = u64::from_be_bytes(start);
        }
        Line { text, key, prefix }
    }

    /// By the keys alone.
    fn by_keys(&self, a: &Line, b: &Line) -> Ordering {
        let Some((first, more)) = self.job.keys.split_first() else {
            return self.by_bytes(a, b);
        };
        let prefixes = a.prefix.cmp(&b.prefix);
        let order = if prefixes == Ordering::Equal {
            order::compare(a.key, b.key, &first.ordering, &self.chance)
        } else if first.ordering.reverse {
            prefixes.reverse()
        } else {
            prefixes
        };
        let separator = self.job.separator;
        more.iter().fold(order, |order, key: &Key| {
            order.then_with(|| {
                let (a, b) = (key.find(a.text, separator), key.find(b.text, separator));
                order::compare(a, b, &key.ordering, &self.chance)
            })
        })
    }

    fn by_bytes(&self, a: &Line, b: &Line) -> Ordering {
        let order = match self.job.keys.is_empty() {
            true => a.prefix.cmp(&b.prefix).then_with(|| a.text.cmp(b.text)),
            false => a.text.cmp(b.text),
        };
        if self.job.reverse {
            order.reverse()
        } else {
            order
        }
    }

    fn compare(&self, a: &Line, b: &Line) -> Ordering {
        let order = self.by_keys(a, b);
        match self.job.stable || self.job.unique {
            true => order,
            false => order.then_with(|| self.by_bytes(a, b)),
        }
    }
}

impl Job {
    fn run(&self) -> Result<i32, Vec<u8>> {
        let comparison = Comparison {
            job: self,
            chance: RandomState::new(),
        };
        if let Some(check) = self.check {
            return self.check(check, &comparison);
        }
        let texts = self
            .inputs
            .iter()
            .map(|name| read(name))
            .collect::<Result<Vec<_>, _>>()?;
        let lines = texts
            .iter()
            .map(|text| self.lines(text).map(|line| comparison.line(line)));
        let sorted = if self.merge {
            merge(lines.map(Iterator::collect).collect(), &comparison)
        } else {
            let mut lines: Vec<Line> = lines.flatten().collect();
            match self.stable || self.unique {
                true => lines.sort_by(|a, b| comparison.compare(a, b)),
                // Lines that compare equal are the same, byte by byte.
                false => lines.sort_unstable_by(|a, b| comparison.compare(a, b)),
            }
            lines
        };
        self.write(&sorted, &comparison)?;
        Ok(0)
    }

    fn lines<'t>(&self, text: &'t [u8]) -> impl Iterator<Item = &'t [u8]> + use<'t> {
        let text = text.strip_suffix(&[self.line_end]).unwrap_or(text);
        let line_end = self.line_end;
        let some = if text.is_empty() { None } else { Some(text) };
        some.into_iter().flat_map(move |text| Lines {
            rest: Some(text),
            line_end,
        })
    }

    fn write(&self, lines: &[Line], comparison: &Comparison) -> Result<(), Vec<u8>> {
        let mut out: Box<dyn Write> = match &self.output {
            Some(name) => Box::new(
                File::create(name).map_err(|error| failure(b"open failed: ", name, &error))?,
            ),
            None => Box::new(io::stdout().lock()),
        };
        let mut out = BufWriter::with_capacity(BUFFER, &mut out);
        let mut last: Option<&Line> = None;
        let mut put = || -> io::Result<()> {
            for line in lines {
                if self.unique
                    && last.is_some_and(|last| comparison.by_keys(last, line) == Ordering::Equal)
                {
                    continue;
                }
                out.write_all(line.text)?;
                out.write_all(&[self.line_end])?;
                last = Some(line);
            }
            out.flush()
        };
        put().map_err(|error| {
            let name = self
                .output
                .as_deref()
                .unwrap_or(OsStr::new("standard output"));
            failure(b"write failed: ", name, &error)
        })
    }

    /// Looks for the first line that is out of order.
    fn check(&self, check: Check, comparison: &Comparison) -> Result<i32, Vec<u8>> {
        let Some(name) = self.inputs.first() else {
            return Ok(0);
        };
        let text = read(name)?;
        let mut last: Option<Line> = None;
        for (index, line) in self.lines(&text).enumerate() {
            let line = comparison.line(line);
            let disorder = last.is_some_and(|last| match comparison.compare(&last, &line) {
                Ordering::Greater => true,
                Ordering::Equal => self.unique,
                Ordering::Less => false,
            });
            if disorder && check == Check::Quiet {
                return Ok(1);
            }
            if disorder {
                let number = (index + 1).to_string();
                let shown = quoted_if_needed(name.as_bytes());
                let message = [
                    shown.as_slice(),
                    b":",
                    number.as_bytes(),
                    b": disorder: ",
                    line.text,
                ];
                stdio::complain(NAME, &message.concat());
                return Ok(1);
            }
            last = Some(line);
        }
        Ok(0)
    }
}

/// Cuts a text that is not empty into lines.
struct Lines<'t> {
    rest: Option<&'t [u8]>,
    line_end: u8,
}

impl<'t> Iterator for Lines<'t> {
    type Item = &'t [u8];

    fn next(&mut self) -> Option<&'t [u8]> {
        let rest = self.rest?;
        let Some(at) = memchr::memchr(self.line_end, rest) else {
            self.rest = None;
            return Some(rest);
        };
        self.rest = rest.get(at + 1..);
        rest.get(..at)
    }
}

/// The smallest first line of all inputs, again and again; of equal ones, that of the earlier input.
fn merge<'t>(inputs: Vec<Vec<Line<'t>>>, comparison: &Comparison) -> Vec<Line<'t>> {
    let mut merged = Vec::with_capacity(inputs.iter().map(Vec::len).sum());
    let mut inputs: Vec<_> = inputs
        .into_iter()
        .map(|lines| lines.into_iter().peekable())
        .collect();
    loop {
        let mut best: Option<(usize, Line)> = None;
        for (index, input) in inputs.iter_mut().enumerate() {
            let Some(line) = input.peek() else { continue };
            if best.is_none_or(|(_, best)| comparison.compare(line, &best) == Ordering::Less) {
                best = Some((index, *line));
            }
        }
        let Some((index, line)) = best else {
            return merged;
        };
        merged.push(line);
        if let Some(input) = inputs.get_mut(index) {
            input.next();
        }
    }
}

fn read(name: &OsStr) -> Result<Vec<u8>, Vec<u8>> {
    let mut text = Vec::new();
    if name == "-" {
        let read = io::stdin().lock().read_to_end(&mut text);
        read.map_err(|error| failure(b"read failed: ", name, &error))?;
        return Ok(text);
    }
    let mut file = stdio::open(name).map_err(|error| match error.raw_os_error() {
        Some(libc::EISDIR) => failure(b"read failed: ", name, &error),
        _ => failure(b"cannot read: ", name, &error),
    })?;
    file.read_to_end(&mut text)
        .map_err(|error| failure(b"read failed: ", name, &error))?;
    Ok(text)
}

fn failure(what: &[u8], name: &OsStr, error: &io::Error) -> Vec<u8> {
    [what, stdio::about(name, error).as_slice()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(args: &[&str], inputs: &[&str]) -> String {
        let args: Vec<OsString> = ["sort"].iter().chain(args).map(OsString::from).collect();
        let Ok(Wish::Sort(job)) = options::read(&args) else {
            panic!("a valid line: {args:?}")
        };
        let comparison = Comparison {
            job: &job,
            chance: RandomState::new(),
        };
        let lines = inputs.iter().map(|text| {
            job.lines(text.as_bytes())
                .map(|line| comparison.line(line))
                .collect()
        });
        let lines: Vec<Vec<Line>> = lines.collect();
        let sorted = if job.merge {
            merge(lines, &comparison)
        } else {
            let mut lines = lines.concat();
            lines.sort_by(|a, b| comparison.compare(a, b));
            lines
        };
        let mut texts: Vec<&[u8]> = Vec::new();
        let mut last: Option<Line> = None;
        for line in sorted {
            if !(job.unique
                && last.is_some_and(|last| comparison.by_keys(&last, &line) == Ordering::Equal))
            {
                texts.push(line.text);
            }
            last = Some(line);
        }
        String::from_utf8(texts.join(&b' ')).expect("a text")
    }

    #[test]
    fn lines_are_sorted_by_their_bytes() {
        assert_eq!(sorted(&[], &["b\na\nB\né\n\n"]), " B a b é");
        assert_eq!(sorted(&["-r"], &["b\na\nc"]), "c b a");
        assert_eq!(
            sorted(&[], &["aaaaaaaab\naaaaaaaa\n"]),
            "aaaaaaaa aaaaaaaab"
        );
    }

    #[test]
    fn lines_with_equal_keys_fall_back_to_their_bytes_unless_stable() {
        assert_eq!(
            sorted(&["-t,", "-k2,2"], &["b,1\na,1\nc,0\n"]),
            "c,0 a,1 b,1"
        );
        assert_eq!(
            sorted(&["-s", "-t,", "-k2,2"], &["b,1\na,1\nc,0\n"]),
            "c,0 b,1 a,1"
        );
        assert_eq!(
            sorted(&["-t,", "-k2,2nr", "-k1,1"], &["b,1\na,1\nc,10\n"]),
            "c,10 a,1 b,1"
        );
    }

    #[test]
    fn unique_keeps_the_first_of_equal_keys() {
        assert_eq!(sorted(&["-u"], &["b\na\nb\n"]), "a b");
        assert_eq!(sorted(&["-uf"], &["b\na\nB\nA\n"]), "a b");
        assert_eq!(sorted(&["-un"], &["07\n7\n1\n"]), "1 07");
    }

    #[test]
    fn a_key_with_letters_of_its_own_takes_none_from_the_line() {
        assert_eq!(sorted(&["-r", "-k1,1"], &["a\nb\n"]), "b a");
        assert_eq!(sorted(&["-r", "-k1,1n"], &["2\n10\n"]), "2 10");
    }

    #[test]
    fn merging_takes_each_input_in_its_own_order() {
        assert_eq!(sorted(&["-m"], &["a\nc\n", "b\nd\n"]), "a b c d");
        assert_eq!(sorted(&["-m"], &["c\na\n", "b\n"]), "b c a");
    }
}
